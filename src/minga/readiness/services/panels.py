"""Panels: setting one up, inviting, closing the rounds, publishing, and the end of what names people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from minga import members as world
from minga.members import services as members
from minga.readiness import selectors
from minga.readiness.engine.errors import PanelError
from minga.readiness.models import AccessKey, Panel, PanelAnswer, PanelAnswerVersion, PanelKey, Panellist
from minga.readiness.services.inviting import HandedOver
from minga.readiness.services.panel_seats import give_seat_key
from minga.readiness.services.starting import pin_named

#: What a panel may choose as agreement: the middle half lies within so many levels.
WITHIN_CHOICES = (0.5, 1.0, 1.5)


@dataclass(frozen=True)
class SeatInvitation(HandedOver):
    """What is handed over to somebody who is asked to sit in a panel."""

    panellist: Panellist


@transaction.atomic
def set_up_panel(
    *,
    name: str,
    country: str,
    reach: str = Panel.Reach.COUNTRY,
    place: str = "",
    sector: str = "",
    about: str = "",
    within: float = 1.0,
    planned: Mapping[str, int] | None = None,
    organization: Any = None,
    by: Any = None,
    is_sample: bool = False,
) -> Panel:
    """Set up a panel and pin its instrument; its rule of agreement is fixed from now on.

    Raises
    ------
    PanelError
        A region or city has no name, the rule or a group is no choice, or the sector is no division.
    """
    if reach not in Panel.Reach.values:
        raise PanelError("reach", f"Reach {reach!r} is unknown. Choose one of {', '.join(Panel.Reach.values)}.")
    if (reach == Panel.Reach.COUNTRY) == bool(place.strip()):
        raise PanelError("place", "A region or a city needs its name, and a whole country none. Correct the place.")
    if within not in WITHIN_CHOICES:
        choices = ", ".join(f"{one:g}" for one in WITHIN_CHOICES)
        raise PanelError("within", f"Agreement within {within!r} levels is no choice. Use one of {choices}.")
    unknown = set(planned or {}) - set(Panellist.Group.values)
    if unknown:
        raise PanelError("group", f"The group {', '.join(sorted(unknown))} is unknown. Use one of the groups.")
    if sector and world.sector(sector).level != "division":
        raise PanelError("sector", f"Sector {sector!r} is a section of ISIC. Give a division, such as 10, or none.")
    panel = Panel.objects.create(
        edition=pin_named(selectors.INDUSTRY),
        name=name.strip(),
        about=about.strip(),
        country=world.country(country).iso2,
        reach=reach,
        place=place.strip(),
        sector=sector,
        organization=organization,
        within=within,
        planned={group: count for group, count in (planned or {}).items() if count},
        is_sample=is_sample,
        changed_at=timezone.now(),
    )
    members.record(by=by, act="panel.started", on=panel.reference)
    return panel


# ---------------------------------------------------------------- inviting
@transaction.atomic
def invite_panellist(*, panel: Panel, group: str, by: Any = None) -> SeatInvitation:
    """Ask one more person of a group; only before the first round is closed.

    Raises
    ------
    PanelError
        The first round is closed, the group is unknown, or there are too many places.
    """
    locked = Panel.objects.select_for_update().get(pk=panel.pk)
    if locked.stage != Panel.Stage.FIRST:
        raise PanelError(
            "stage", "The first round is closed, so nobody can join: they could not answer alone any more."
        )
    if group not in Panellist.Group.values:
        raise PanelError("group", f"The group {group!r} is unknown. Use one of {', '.join(Panellist.Group.values)}.")
    if locked.panellists.count() >= selectors.MOST_SEATS:
        raise PanelError(
            "many", f"There are {selectors.MOST_SEATS} places already. Take back an invitation that nobody opened."
        )
    last = locked.panellists.aggregate(last=Max("number"))["last"] or 0
    panellist = Panellist.objects.create(panel=panel, group=group, number=last + 1)
    _touch(panel)
    members.record(by=by, act="panel.invited", on=panel.reference)
    return _handed_over(panellist)


def _handed_over(panellist: Panellist) -> SeatInvitation:
    kinds = AccessKey.Kind
    code, link = (give_seat_key(panellist=panellist, kind=kind) for kind in (kinds.CODE, kinds.LINK))
    return SeatInvitation(code, link, panellist)


@transaction.atomic
def renew_seat(*, panellist: Panellist) -> SeatInvitation:
    """Make a new link and code for an invitation that nobody opened yet.

    Raises
    ------
    PanelError
        It was opened: a key in other hands would show what was answered.
    """
    if selectors.is_opened_seat(panellist):
        raise PanelError("opened", "This invitation was opened already, so only the panellist can make a new code.")
    return _handed_over(panellist)


@transaction.atomic
def withdraw_seat(*, panellist: Panellist, by: Any = None) -> None:
    """Take an invitation back, with what was answered on it.

    Raises
    ------
    PanelError
        The panellist has finished a round: whoever runs a panel must not be able to drop a voice.
    """
    locked = Panellist.objects.select_for_update().get(pk=panellist.pk)
    if locked.finished_first_at is not None:
        raise PanelError(
            "finished", "This person has finished a round, so the answers count and only that person can take them out."
        )
    panel = locked.panel
    locked.delete()
    members.record(by=by, act="panel.seat_withdrawn", on=panel.reference)


# ---------------------------------------------------------------- rounds
@transaction.atomic
def close_round(*, panel: Panel, stage: str, by: Any = None) -> None:
    """Close the round that is open; closing the first opens the second. It cannot be undone.

    `stage` is the round that was seen as open, so that a second press closes nothing else.

    Raises
    ------
    PanelError
        Another round is open meanwhile, or fewer than five people have finished the first.
    """
    locked = Panel.objects.select_for_update().get(pk=panel.pk)
    if locked.stage != stage or not locked.is_open:
        raise PanelError("stage", "This round is closed already. Look at the page of the panel again.")
    least = settings.MIN_PERSONS
    if selectors.finished(locked, locked.round).count() < least:
        raise PanelError(
            "few",
            f"Fewer than {least} people have finished this round, so it would give no figure. Wait, or ask more.",
        )
    at = timezone.now()
    if locked.stage == Panel.Stage.FIRST:
        locked.stage, locked.first_closed_at = Panel.Stage.SECOND, at
    else:
        locked.stage, locked.second_closed_at = Panel.Stage.CLOSED, at
    locked.changed_at = at
    locked.save(update_fields=["stage", "first_closed_at", "second_closed_at", "changed_at"])
    members.record(by=by, act="panel.round_closed", on=panel.reference, reason=stage)
    panel.refresh_from_db(fields=["stage", "first_closed_at", "second_closed_at", "changed_at"])


@transaction.atomic
def publish_panel(*, panel: Panel, dissent: str = "", by: Any = None) -> None:
    """Show the result to everyone, with what the panel did not agree on in its own words.

    Raises
    ------
    PanelError
        A round is still open, or too few people are left for any figure.
    """
    locked = Panel.objects.select_for_update().get(pk=panel.pk)
    if locked.is_open:
        raise PanelError("stage", "A round is still open. Close both rounds, then publish.")
    if selectors.finished(locked, 2).count() < settings.MIN_PERSONS:
        raise PanelError(
            "few", f"Fewer than {settings.MIN_PERSONS} people are in the second round: nothing can be shown."
        )
    panel.published_at, panel.dissent = locked.published_at or timezone.now(), dissent.strip()
    panel.save(update_fields=["published_at", "dissent"])
    members.record(by=by, act="panel.published", on=panel.reference)


@transaction.atomic
def take_back_panel(*, panel: Panel, by: Any = None) -> None:
    """Show the result to nobody but those who run the panel; twice is once."""
    if not panel.is_published:
        return
    panel.published_at = None
    panel.save(update_fields=["published_at"])
    members.record(by=by, act="panel.unpublished", on=panel.reference)


@transaction.atomic
def delete_panel(*, panel: Panel, by: Any = None) -> None:
    """Delete a panel with everything that was answered in it."""
    reference = panel.reference
    panel.delete()
    members.record(by=by, act="panel.deleted", on=reference)


def _touch(panel: Panel) -> None:
    panel.changed_at = timezone.now()
    Panel.objects.filter(pk=panel.pk).update(changed_at=panel.changed_at)


# ---------------------------------------------------------------- retention
def tidy_panels() -> int:
    """Delete old panels that were never published, and of published ones all that names people; return how many.

    The time runs from the last answer or step of a panel, and from the end of the second round of a published one.
    """
    since = timezone.now() - timedelta(days=settings.PANEL_DAYS)
    real = Panel.objects.filter(is_sample=False)
    old = list(real.filter(published_at=None, changed_at__lt=since))
    for panel in old:
        delete_panel(panel=panel)
    done = list(real.filter(published_at__isnull=False, second_closed_at__lt=since, stripped_at=None))
    for panel in done:
        strip_panel(panel=panel)
    return len(old) + len(done)


@transaction.atomic
def strip_panel(*, panel: Panel) -> None:
    """Take keys, accounts, reasons and history out of a panel; levels and groups stay and belong to nobody."""
    PanelKey.objects.filter(panellist__panel=panel).delete()
    PanelAnswerVersion.objects.filter(panellist__panel=panel).delete()
    PanelAnswer.objects.filter(panellist__panel=panel).update(reason="", note="")
    panel.panellists.update(account=None)
    panel.stripped_at = timezone.now()
    panel.save(update_fields=["stripped_at"])
