"""The sample's story: from the voice of a factory to a clause, a decision and a promise, by the real services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from minga.deliberation.models import Clause, Consultation, Disposition, Round, Theme, Voice
from minga.deliberation.sample_days import Calendar, date_promise
from minga.deliberation.sample_talks import sample_id
from minga.deliberation.selectors import answering as answered
from minga.deliberation.selectors import citing as published
from minga.deliberation.selectors.drafts import words_mark
from minga.deliberation.services import (
    adopting,
    answering,
    citing,
    committing,
    drafting,
    harvesting,
    reshaping,
    sources,
    theming,
    versions,
)
from minga.meetings import selectors as meetings

OFFICE = "Ministry of the sample alliance"
_FIGURES = "/en/indicators/readiness/readiness-2026.1/"
_PANEL = f"/en/readiness/panels/{sample_id('Food makers of Tunisia (sample)')}/result/"


@dataclass
class Told:
    """What stands so far, by the words of the file."""

    consultation: Consultation
    officer: Any
    calendar: Calendar
    themes: dict[str, Theme] = field(default_factory=dict)
    voices: dict[int, Voice] = field(default_factory=dict)
    answers: dict[str, Disposition] = field(default_factory=dict)
    clauses: dict[str, Clause] = field(default_factory=dict)
    #: answers of single voices that wait for the change of a clause
    changes: dict[str, list[Disposition]] = field(default_factory=dict)


# ---------------------------------------------------------------- voices and themes
def take_in(told: Told, rows: Iterable[Mapping[str, Any]], *, owner: Any = None, rounds: Any = None) -> None:
    """Take voices in and put them under their themes; each gets its answer later."""
    for place, row in enumerate(rows):
        taken = sources.take_in(
            told.consultation,
            row["kind"],
            "\n\n".join(point["text"] for point in row["points"]),
            voices=[sources.Part(point["text"], language=row["language"]) for point in row["points"]],
            round=_round(row, rounds),
            author=sources.Author(organization=row.get("organization", "")),
            strata=row["strata"],
            may_publish=row["publish"],
            account=owner if row.get("owner") else None,
            language=row["language"],
            received_at=told.calendar.at("voices") + timedelta(hours=19 * place),
            by=None if row["kind"] == "form" else told.officer,
        )
        for voice, point in zip(taken.voices, row["points"], strict=True):
            told.voices[voice.number] = voice
            _treat(told, voice, point)


def _round(row: Mapping[str, Any], rounds: Mapping[str, Round] | None) -> Round | None:
    return None if rounds is None else rounds.get(row.get("place", ""), rounds["Sfax"])


def _treat(told: Told, voice: Voice, point: Mapping[str, Any]) -> None:
    """Put a voice under its theme, or answer it by itself."""
    if "theme" in point:
        theming.put_under(theme=told.themes[point["theme"]], voices=[voice], by=told.officer)
    elif "repeats" in point:
        first = told.voices[point["repeats"]]
        reason = f"{first.code} says the same and is answered; this voice is counted with it."
        _answer(told, voice, "duplicate_of", reason, duplicate_of=first)
    elif "answer" in point:
        given = _answer(told, voice, point["answer"], point["reason"])
        told.changes.setdefault(point.get("change", ""), []).append(given)


def make_themes(told: Told, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the codebook."""
    for key, row in rows.items():
        told.themes[key] = theming.make_theme(
            consultation=told.consultation, name=row["name"], about=row["about"], by=told.officer
        )


def answer_themes(told: Told, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Answer each theme that has an answer, and so the voices under it."""
    for key, row in rows.items():
        if "answer" in row:
            told.answers[key] = _answer(told, told.themes[key], row["answer"], row["reason"])


def _answer(told: Told, target: Any, answer: str, reason: str, **more: Any) -> Disposition:
    return answering.give_answer(target=target, answer=answer, reason=reason, responder=OFFICE, by=told.officer, **more)


def hear(told: Told, by_number: Mapping[int, str]) -> None:
    """Take in what was said at the sample's hearing, point by point."""
    meeting = meetings.sample_hearing()
    if meeting is None:
        return
    said = [one for one in meetings.takeaways_of(meeting) if one.kind == "point"]
    taken = harvesting.voices_from_takeaways(
        consultation=told.consultation, meeting=meeting, takeaways=said, by=told.officer
    )
    for voice in taken.voices:
        told.voices[voice.number] = voice
        theme = told.themes[by_number[voice.takeaway.number]]
        theming.put_under(theme=theme, voices=[voice], was_suggested=True, by=told.officer)


# ---------------------------------------------------------------- the draft
def write(told: Told, said: Mapping[str, Any]) -> Any:
    """Write and publish the strategy in two versions; return the draft."""
    draft = drafting.make_draft(
        consultation=told.consultation,
        title=said["title"],
        slug=said["slug"],
        by=told.officer,
        pk=sample_id(f"{told.consultation.slug}/{said['slug']}"),
    )
    _add(told, draft, said["first"])
    versions.publish_version(draft=draft, note=said["first_note"], by=told.officer, at=told.calendar.at("first"))
    for key, row in said["second"].items():
        clause = told.clauses[key]
        drafting.save_clause(
            clause=clause, heading=row["heading"], text=row["text"], seen=_mark(clause),
            dispositions=[told.answers[theme] for theme in row["themes"]], by=told.officer,
        )  # fmt: skip
    for key, parts in said["split"].items():
        _split(told, key, parts)
    gone = told.clauses["cloud"]
    reshaping.delete_clause(clause=gone, seen=_mark(gone), dispositions=told.changes["cloud"], by=told.officer)
    _add(told, draft, said["added"])
    _cite(told)
    draft.refresh_from_db()
    return draft


def _add(told: Told, draft: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add clauses, each behind the one before."""
    last = next(reversed(told.clauses.values()), None)
    for row in rows:
        last = drafting.add_clause(
            draft=draft, heading=row["heading"], text=row["text"], after=last,
            dispositions=[told.answers[theme] for theme in row["themes"]], by=told.officer,
        )  # fmt: skip
        told.clauses[row.get("key", row["heading"])] = last


def _mark(clause: Clause) -> str:
    row = clause.versions.order_by("version").last()
    return words_mark(row.heading, row.text) if row else ""


def _split(told: Told, key: str, parts: Iterable[Mapping[str, Any]]) -> None:
    clause = told.clauses[key]
    reshaping.split_clause(
        clause=clause, parts=[(part["heading"], part["text"]) for part in parts], seen=_mark(clause),
        dispositions=[told.answers[key]], by=told.officer,
    )  # fmt: skip


def _cite(told: Told) -> None:
    """Let clauses rest on what the sample has published; a sample cut small, as in tests, may lack an index."""
    for key, link in (("skills", f"{_FIGURES}TN/skills/"), ("people", _PANEL)):
        if published.look_up(link) is not None:
            citing.cite(of=told.clauses[key], link=link, by=told.officer)


def say_what_is_covered(told: Told, rows: Iterable[Mapping[str, str]]) -> None:
    """Answer voices that a published clause covers already, and name it."""
    for row in rows:
        voice = next(one for one in told.voices.values() if one.text == row["voice"])
        _answer(told, voice, "already_covered", row["reason"], covered_by=told.clauses[row["clause"]])


# ---------------------------------------------------------------- decision and promises
def answer_common_ground(told: Told, by_number: Mapping[int, Mapping[str, str]]) -> None:
    """Answer what all groups of the conversation agree on, and tie it to the clause that says so.

    Each has its own entry: a statement without one stops the loading, so that no answer says what is not so.
    """
    for statement, _side in answered.consensus_without_answer(told.consultation):
        row = by_number[statement.number]
        given = _answer(told, statement, row["answer"], row["reason"])
        change = told.clauses[row["clause"]].versions.order_by("version").last()
        answering.link_change(disposition=given, clause_version=change, by=told.officer)


def promise(told: Told, draft: Any, rows: Iterable[Mapping[str, Any]], organization: Any) -> None:
    """Promise what follows from the clauses, and report on some of it."""
    today, made_at = timezone.localdate(), told.calendar.at("promised")
    for row in rows:
        link = f"{_FIGURES}{row['figure']}/" if "figure" in row else ""
        figure = published.look_up(link) if link else None
        made = committing.commit(
            clause=told.clauses[row["clause"]],
            title=row["title"],
            due_on=today + timedelta(days=row["days"]),
            owner=row.get("owner", "") or ("" if organization else OFFICE),
            organization=None if row.get("owner") else organization,
            indicator=row["indicator"],
            indicator_link=link if figure else "",
            baseline=_measured(row, "baseline", figure),
            target=row["target"],
            by=told.officer,
        )
        if "status" in row:
            value = _measured(row, "value", figure)
            committing.report(
                commitment=made, seen=1, status=row["status"], note=row["note"], value=value, by=told.officer
            )
        date_promise(made, made_at, told.calendar.after(row["reported"]) if "reported" in row else None)


def _measured(row: Mapping[str, Any], name: str, figure: published.Published | None) -> str:
    """Return a value of the file; where it is that of an index, as the index shows it, and none without one."""
    if "figure" in row and figure is None:
        return ""
    return str(row[name]).format(value=figure.value if figure else "")


def adopt(told: Told, draft: Any, by: Any, decision: str) -> None:
    """Let a second person adopt what the officer published."""
    adopting.adopt(draft, by, decision, at=told.calendar.at("adopted"))
