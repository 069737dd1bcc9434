"""Evidence: published figures and records that an answer or a clause rests on, kept with the value as it was cited."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Citation, Clause, Consultation, Disposition
from minga.deliberation.selectors.citing import is_ours, is_settled, look_up
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

LONGEST_LINK = 500


@transaction.atomic
def cite(*, of: Disposition | Clause, link: str, value: str = "", label: str = "", by: Any = None) -> Citation:
    """Cite a published figure or record for an answer or a clause, with its value of today.

    Of a figure, result or record of this site, kind and value are taken from there, whatever was typed; its name stands
    in the language of the draft or of the answer.

    Raises
    ------
    ActError
        "link" where it is no permanent link, "nothing" where this site has published no figure there, "value" where
        another site's figure is cited without its value, "cited" where it is cited already, "adopted" where an adopted
        draft rests on the clause or the answer.
    """
    link, value, label = link.strip(), " ".join(value.split()), " ".join(label.split())
    _demand_open(of)
    found = look_up(link, of.draft.language if isinstance(of, Clause) else of.language)
    if found is not None:
        kind, link, value, label = found.kind, found.link, found.value, label or found.label
    else:
        kind = Citation.Kind.OTHER
        _check(link, value)
    value = value[:200]
    if of.citations.filter(link=link, value=value, ended_at=None).exists():
        raise ActError("cited", "This is cited here already, with the same value.")
    is_clause = isinstance(of, Clause)
    made = Citation.objects.create(
        consultation=of.draft.consultation if isinstance(of, Clause) else of.consultation,
        clause=of if is_clause else None,
        disposition=None if is_clause else of,
        kind=kind,
        link=link,
        label=label[:300],
        value=value,
        cited_on=timezone.localdate(),
        by_mark=mark_of(by),
    )
    members.record(by=by, act="evidence.cited", on=f"evidence:{made.pk}")
    return made


def _demand_open(of: Disposition | Clause) -> None:
    """Refuse where an adopted draft rests on it; the consultation is held, so that none is adopted meanwhile."""
    consultation = of.draft.consultation_id if isinstance(of, Clause) else of.consultation_id
    Consultation.objects.select_for_update().get(pk=consultation)
    if is_settled(of):
        raise ActError("adopted", "The draft is adopted, so what it rests on stays as it is.")


def _check(link: str, value: str) -> None:
    if is_ours(link):
        raise ActError(
            "nothing",
            "This page of this site holds no figure that can be cited. Give the permanent link of a figure of an "
            "index, of the published result of a panel, or of a record.",
        )
    if not link.startswith("https://") or len(link) > LONGEST_LINK:
        raise ActError("link", "A permanent link begins with https://, or is a path of this site. Copy it from there.")
    if not value:
        raise ActError("value", "Keep the value as it is today, so that a reader sees later what was known.")


@transaction.atomic
def end_citation(*, citation: Citation, by: Any = None) -> None:
    """Take a citation out; the row stays, and twice is once.

    Raises
    ------
    ActError
        "adopted" where an adopted draft rests on what cites it.
    """
    of = citation.clause or citation.disposition
    if of is not None:
        _demand_open(of)
    if Citation.objects.filter(pk=citation.pk, ended_at=None).update(ended_at=timezone.now()):
        members.record(by=by, act="evidence.ended", on=f"evidence:{citation.pk}")
