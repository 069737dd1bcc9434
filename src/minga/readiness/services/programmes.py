"""Programmes: who runs one, and the businesses that let it count them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from minga.members import services as members
from minga.readiness import selectors
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import Assessment, Programme, Share
from minga.readiness.services.sharing import open_share, revoke_share

#: The words a business agrees to; a new text gets a new version, and old consents keep theirs.
PROGRAMME_TEXT = "programme-1"


@transaction.atomic
def start_programme(
    *,
    organization: Any,
    name: str,
    description: str,
    starts_on: date,
    ends_on: date | None = None,
    country: str = "",
    by: Any = None,
) -> Programme:
    """Start a programme of an organization that helps businesses.

    Raises
    ------
    ProfileError
        The organization is a business itself, or the programme would end before it starts.
    """
    if not selectors.may_run_programmes(organization):
        raise ProfileError(
            f"{organization.name} is a business; programmes are run by ministries, associations, universities and "
            "the like. Choose such an organization."
        )
    if ends_on is not None and ends_on < starts_on:
        raise ProfileError(f"The programme would end on {ends_on}, before it starts on {starts_on}. Correct the days.")
    programme = Programme.objects.create(
        organization=organization,
        name=name.strip(),
        description=description.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        country=country,
        is_sample=organization.is_sample,
    )
    members.record(by=by, act="programme.started", on=programme.reference)
    return programme


@transaction.atomic
def join_programme(*, assessment: Assessment, programme: Programme, by: Any = None) -> Share:
    """Let a programme count a business: this check and later ones of the same business, in groups alone.

    Raises
    ------
    ProfileError
        The programme is over, or one of the two is sample and the other is not.
    """
    if not selectors.running_programmes(is_sample=assessment.is_sample).filter(pk=programme.pk).exists():
        raise ProfileError(f"The programme {programme.name!r} does not run now. Choose one that does.")
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    running = selectors.programme_shares(assessment).filter(programme=programme).first()
    if running is not None:
        return running
    return open_share(assessment=assessment, programme=programme, text_version=PROGRAMME_TEXT, by=by)


@transaction.atomic
def leave_programme(*, assessment: Assessment, programme: Programme, by: Any = None) -> None:
    """Take that back: from the next page on the business counts in no figure of the programme."""
    for share in selectors.programme_shares(assessment).filter(programme=programme):
        revoke_share(share=share, by=by)
