"""The days of the sample's story: each step stands behind the one before, counted from the day of loading.

Services note the true moment of what they do. Where one takes no moment, its rows get theirs here, once the story is
told. Published versions and the adoption never change, so they are stored with their day at once; the audit trail
keeps the true time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from minga.deliberation.models import (
    AnomalyFlag,
    Citation,
    ClauseRevision,
    ClauseVersion,
    Commitment,
    CommitmentUpdate,
    Consultation,
    Conversation,
    Disposition,
    Draft,
    MapRun,
    TeamMember,
    Theme,
    ThemeLink,
    ThemeVersion,
    Voice,
)


@dataclass(frozen=True)
class Calendar:
    """The moments of one story, from the days of its steps: 0 is the day of loading, -10 lies ten days before."""

    loaded: datetime
    days: Mapping[str, int]

    def at(self, step: str) -> datetime:
        """Return the moment of a step."""
        return self.after(self.days[step])

    def after(self, days: int) -> datetime:
        """Return the moment so many days from that of loading."""
        return self.loaded + timedelta(days=days)


def date_consultation(consultation: Consultation, calendar: Calendar) -> None:
    """Let a consultation be opened, and closed if it is, in the past."""
    opened = calendar.at("opened")
    moments = {"created_at": opened, "opened_at": opened}
    if "closed" in calendar.days:
        moments["closed_at"] = calendar.at("closed")
    Consultation.objects.filter(pk=consultation.pk).update(**moments)
    TeamMember.objects.filter(consultation=consultation).update(since=opened)
    consultation.refresh_from_db()


def date_answers(consultation: Consultation, calendar: Calendar) -> None:
    """Let voices be read when they came, then sorted, then answered; statements are answered after the map.

    What a clause covers already is answered once that clause is published.
    """
    for source in consultation.sources.all():
        consultation.sources.filter(pk=source.pk).update(read_at=source.received_at)
        Voice.objects.filter(source=source).update(created_at=source.received_at)
    sorted_at = calendar.at("sorted")
    Theme.objects.filter(consultation=consultation).update(created_at=sorted_at)
    ThemeVersion.objects.filter(theme__consultation=consultation).update(at=sorted_at)
    links = ThemeLink.objects.filter(theme__consultation=consultation).order_by("pk")
    _one_after_another(links, "at", sorted_at)
    answers = Disposition.objects.filter(consultation=consultation).order_by("at", "pk")
    _one_after_another(answers.filter(statement=None, covered_by=None), "at", calendar.at("answered"))
    if "covered" in calendar.days:
        _one_after_another(answers.exclude(covered_by=None), "at", calendar.at("covered"))
    if "agreed" in calendar.days:
        _one_after_another(answers.exclude(statement=None), "at", calendar.at("agreed"))


def date_draft(draft: Draft, calendar: Calendar) -> None:
    """Let clauses be written before their version was published, and evidence cited with them."""
    Draft.objects.filter(pk=draft.pk).update(created_at=calendar.at("written"))
    for version, step in ((1, "written"), (2, "rewritten")):
        if step in calendar.days:
            moment = calendar.at(step)
            rows = ClauseVersion.objects.filter(clause__draft=draft, version=version)
            rows.update(changed_at=moment)
            ClauseRevision.objects.filter(clause_version__in=rows).update(at=moment)
            Citation.objects.filter(clause__draft=draft).update(cited_on=moment.date())


def date_map(talk: Conversation, calendar: Calendar) -> None:
    """Let the map of a closed conversation be calculated before its statements were answered."""
    MapRun.objects.filter(conversation=talk).update(made_at=calendar.at("mapped"))
    AnomalyFlag.objects.filter(conversation=talk).update(found_at=calendar.at("mapped"))


def date_promise(commitment: Commitment, made: datetime, reported: datetime | None) -> None:
    """Let a commitment be made, and reported on later."""
    Commitment.objects.filter(pk=commitment.pk).update(created_at=made)
    updates = CommitmentUpdate.objects.filter(commitment=commitment)
    updates.filter(version=1).update(at=made)
    if reported is not None:
        updates.filter(version__gt=1).update(at=reported)


def _one_after_another(rows: Any, field: str, begin: datetime) -> None:
    """Give rows their moments in the order in which they stand, so that lists by time keep it."""
    for place, row in enumerate(list(rows.values_list("pk", flat=True))):
        rows.model.objects.filter(pk=row).update(**{field: begin + timedelta(minutes=5 * place)})
