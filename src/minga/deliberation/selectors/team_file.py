"""Every voice with who sent it and what it was answered, so that the team can write to those who have no code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from minga.deliberation.engine.texts.replies import stands_in
from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import ClauseVersion, Consultation, Disposition, Theme, Voice
from minga.deliberation.selectors import publishing, theming


@dataclass(frozen=True)
class TeamRow:
    """A voice with its sender (in `voice.source`), its themes, and the answers that count for it, own ones first."""

    voice: Voice
    themes: tuple[Theme, ...]
    answers: tuple[Disposition, ...]
    #: the published clauses that these answers led to or name, each once with its last words
    clauses: tuple[ClauseVersion, ...]
    #: those in which that stands today, over splits and merges
    now: tuple[ClauseVersion, ...]


def team_rows(consultation: Consultation) -> list[TeamRow]:
    """Return every voice that nobody took back, in a fixed number of queries."""
    trace = publishing.published_trace(consultation)
    given = Disposition.objects.filter(consultation=consultation).select_related("duplicate_of")
    answers = {str(one.pk): one for one in given}
    clauses = publishing.clauses_named(consultation)
    rows = []
    for voice in theming.voices_in(consultation):
        standing = [row["disposition"] for row in _answers_for(trace, voice.code)]
        led = dict.fromkeys(clause for name in standing for clause in _clauses_of(trace, name))
        now = dict.fromkeys(clause for name in standing for clause in stands_in(trace, name))
        themes = tuple(link.theme for link in voice.running_links)  # type: ignore[attr-defined]
        told = tuple(answers[name] for name in standing)
        rows.append(TeamRow(voice, themes, told, *(tuple(clauses[name] for name in names) for names in (led, now))))
    return rows


def _clauses_of(trace: Trace, answer: str) -> Iterator[str]:
    """Yield the clauses that an answer led to, and the one that says already what was asked for."""
    yield from (change["clause"] for change in trace.changes.get(answer, ()))
    if covering := trace.covering(trace.answers[answer]):
        yield covering


def _answers_for(trace: Trace, voice: str) -> Iterator[dict[str, Any]]:
    """Yield the answers that stand for a voice, then those of the voice that it repeats."""
    seen: set[str] = set()
    current: str | None = voice
    while current and current not in seen:
        seen.add(current)
        found = trace.answer_of(current)
        yield from found
        current = next((row["duplicate_of"] for row in found if row["duplicate_of"]), None)
