"""Every voice with who sent it and what it was answered, so that the team can write to those who have no code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F

from minga.deliberation.models import ClauseVersion, Consultation, Disposition, Draft, Theme, Voice
from minga.deliberation.selectors import theming


@dataclass(frozen=True)
class TeamRow:
    """A voice with its sender (in `voice.source`), its themes, and the answers that count for it, own ones first."""

    voice: Voice
    themes: tuple[Theme, ...]
    answers: tuple[Disposition, ...]
    #: the published clauses that these answers led to, each once with its last words
    clauses: tuple[ClauseVersion, ...]


def team_rows(consultation: Consultation) -> list[TeamRow]:
    """Return every voice that nobody took back, in a fixed number of queries."""
    voices = {voice.pk: voice for voice in theming.voices_in(consultation)}
    standing = theming.standing_answers(consultation).select_related("duplicate_of").filter(statement=None)
    own = {one.voice_id: one for one in standing if one.voice_id}
    by_theme = {one.theme_id: one for one in standing if one.theme_id}
    led = _clauses_led_to(consultation)
    rows = []
    for voice in voices.values():
        answers = tuple(_answers_for(voice, voices, own, by_theme))
        clauses = {row.clause_id: row for one in answers for row in led.get(one.pk, ())}
        rows.append(TeamRow(voice, _themes(voice), answers, tuple(clauses.values())))
    return rows


def _themes(voice: Voice) -> tuple[Theme, ...]:
    return tuple(link.theme for link in voice.running_links)  # type: ignore[attr-defined]


def _answers_for(
    voice: Voice,
    voices: dict[object, Voice],
    own: dict[object, Disposition],
    by_theme: dict[object, Disposition],
) -> Iterator[Disposition]:
    """Yield the own answer of a voice, then that of the voice it repeats; without one, those of its themes."""
    seen = set()
    current: Voice | None = voice
    while current is not None and current.pk not in seen:
        seen.add(current.pk)
        answer = own.get(current.pk)
        if answer is None:
            yield from (by_theme[theme.pk] for theme in _themes(current) if theme.pk in by_theme)
            return
        yield answer
        current = voices.get(answer.duplicate_of_id)


def _clauses_led_to(consultation: Consultation) -> dict[object, list[ClauseVersion]]:
    """Return by the answer the published clauses that it led to."""
    through = ClauseVersion.dispositions.through.objects.filter(
        clauseversion__clause__draft__consultation=consultation,
        clauseversion__version__lte=F("clauseversion__clause__draft__version"),
    ).exclude(clauseversion__clause__draft__state=Draft.State.WITHDRAWN)
    pairs = list(through.order_by("pk").values_list("disposition", "clauseversion"))
    rows = ClauseVersion.objects.select_related("clause__draft").in_bulk([row for _answer, row in pairs])
    found: dict[object, list[ClauseVersion]] = {}
    for answer, row in pairs:
        found.setdefault(answer, []).append(rows[row])
    return found
