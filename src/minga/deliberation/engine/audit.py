"""What still stands in the way of adopting a draft, and what a voice is told about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import polars as pl

from minga.deliberation.engine.errors import TraceError
from minga.deliberation.engine.lineage import origins
from minga.deliberation.engine.trace import ACCEPTED, ANSWERS, REASON, Trace

#: Findings that a person should see, but that do not stop a draft.
ADVICE = ("theme_unanswered", "clause_unsourced", "voice_unread")
#: What must exist when something names it: table, its column, the rule, and among what.
_NAMED = (
    ("links", "voice", "voice_unknown", "voices"),
    ("dispositions", "voice", "voice_unknown", "voices"),
    ("dispositions", "duplicate_of", "voice_unknown", "voices"),
    ("dispositions", "theme", "theme_unknown", "links"),
    ("dispositions", "supersedes", "answer_unknown", "dispositions"),
    ("dispositions", "covered_by", "clause_unknown", "clauses"),
    ("clauses", "disposition", "answer_unknown", "dispositions"),
    ("evidence", "disposition", "answer_unknown", "dispositions"),
    ("evidence", "clause", "clause_unknown", "clauses"),
)
_KEYS = {"voices": "voice", "links": "theme", "dispositions": "disposition", "clauses": "clause"}


def audit(trace: Trace, consensus: Iterable[Any] = ()) -> pl.DataFrame:
    """List what is wrong or missing on the way from voices to clauses.

    Parameters
    ----------
    trace : Trace
    consensus : names of statements, optional
        Statements that all groups agree on; each needs an answer of its own.

    Returns
    -------
    table, one row per problem
        ``rule``, ``where`` (the voice, theme, answer or clause), ``message`` (what was found, the rule, the next step),
        ``blocks`` (whether a draft cannot be adopted with it). Empty when everything holds.

    Source: docs/methods/trace.md.
    """
    found = [
        *_unknown(trace),
        *_links(trace),
        *_answers(trace),
        *_chains(trace),
        *_voices(trace),
        *_statements(trace, consensus),
        *_clauses(trace),
        *_evidence(trace),
    ]
    kinds = {"rule": pl.String, "where": pl.String, "message": pl.String, "blocks": pl.Boolean}
    return pl.DataFrame([(*row, row[0] not in ADVICE) for row in found], schema=kinds, orient="row")


def adoptable(problems: pl.DataFrame) -> bool:
    """Say whether a draft may be adopted: no problem blocks it.

    Parameters
    ----------
    problems : table, as :func:`audit` returns it
        Only ``blocks`` is read; an empty table blocks nothing.

    Returns
    -------
    bool
    """
    return not problems["blocks"].any()


Problem = tuple[str, str, str]

#: What is said of voices under a theme without an answer, where all have another one, and where some have.
_EACH = " Each of them has one of its own or of another theme, which need not speak of this one."
_OTHERS = " The others have one of their own or of another theme, which need not speak of this one."


def _unknown(trace: Trace) -> Iterator[Problem]:
    for table, column, rule, among in _NAMED:
        rows = getattr(trace, table)
        if column not in rows.columns:
            continue
        known = {None, *getattr(trace, among)[_KEYS[among]].to_list()}
        for row, name in enumerate(rows[column].to_list(), start=2):
            if name not in known:
                known.add(name)
                found = f"{table}.csv, row {row} names {name!r} as {column}, but {among}.csv does not."
                yield rule, str(name), f"{found} Correct the name, or add the row to {among}.csv."


def _links(trace: Trace) -> Iterator[Problem]:
    for row, (voice, theme) in enumerate(trace.links.select("voice", "theme").iter_rows(), start=2):
        if voice is None or theme is None:
            held = f"the theme {theme!r} but no voice" if voice is None else f"the voice {voice!r} but no theme"
            held = "neither a voice nor a theme" if voice is None and theme is None else held
            message = f"links.csv, row {row} names {held}, so it says nothing. Fill the cell, or take the row out."
            yield "link_incomplete", str(voice or theme or f"row {row}"), message


def _answers(trace: Trace) -> Iterator[Problem]:
    for at, (name, row) in enumerate(trace.answers.items(), start=2):
        file = f"dispositions.csv, row {at}: "
        targets = [row[target] for target in ("voice", "theme", "statement") if row[target]]
        if len(targets) != 1:
            yield (
                "answer_target",
                name,
                f"{file}answer {name!r} answers {len(targets)} things, but each answers one voice, theme or statement. "
                "Name just one.",
            )
        if row["answer"] not in ANSWERS:
            yield (
                "answer_unknown_kind",
                name,
                f"{file}answer {name!r} is {row['answer']!r}, but an answer is one of {', '.join(ANSWERS)}. "
                "Name one of these.",
            )
            continue
        if name in trace.replaced:
            continue
        length = len((row["reason"] or "").strip())
        if row["answer"] != "accepted" and length < REASON:
            yield (
                "reason_short",
                name,
                f"{file}answer {name!r} ({row['answer']}) gives a reason of {length} characters, but who is not fully "
                f"followed is owed at least {REASON}. Say why.",
            )
        if row["answer"] in ACCEPTED and not trace.changes.get(name):
            yield (
                "accepted_without_clause",
                name,
                f"{file}answer {name!r} accepts, but no clause says so. Name the change in clauses.csv, or a clause "
                "that says it already (kind none).",
            )
        if row["answer"] == "duplicate_of" and not row["duplicate_of"]:
            yield (
                "duplicate_unnamed",
                name,
                f"{file}answer {name!r} speaks of a duplicate, but does not say of which voice. Fill duplicate_of.",
            )


def _chains(trace: Trace) -> Iterator[Problem]:
    """Find answers replaced twice, and chains of replacements or duplicates that run in a circle."""
    heirs: dict[str, list[str]] = {}
    for name, row in trace.answers.items():
        if row["supersedes"]:
            heirs.setdefault(row["supersedes"], []).append(name)
    for name, own in heirs.items():
        if len(own) > 1:
            yield (
                "replaced_twice",
                name,
                f"Answer {name!r} is replaced by {', '.join(own)}; only one can follow it. Keep one.",
            )
    replacing = {name: row["supersedes"] for name, row in trace.answers.items() if row["supersedes"]}
    for name in _circles(replacing):
        yield "answer_circle", name, f"Answer {name!r} replaces itself over others, so no answer stands. Correct it."
    same, rows = {}, {}
    for at, (name, row) in enumerate(trace.answers.items(), start=2):
        if row["voice"] and row["duplicate_of"] and name not in trace.replaced:
            same[row["voice"]], rows[row["voice"]] = row["duplicate_of"], at
    for voice in _circles(same):
        told = (
            "is said to be a duplicate of itself, so nobody answers it. Name the voice that said it first, or answer "
            "this one in its own right."
            if same[voice] == voice
            else "is a duplicate of itself over others, so nobody answers it. Answer one of them in its own right, and "
            "let the others name it."
        )
        yield "duplicate_circle", voice, f"dispositions.csv, row {rows[voice]}: voice {voice!r} {told}"


def _circles(next_: dict[str, str]) -> Iterator[str]:
    for name in next_:
        seen, at = {name}, next_[name]
        while at in next_ and at not in seen:
            seen.add(at)
            at = next_[at]
        if at == name:
            yield name


def _voices(trace: Trace) -> Iterator[Problem]:
    for voice in trace.voices["voice"].to_list():
        if voice not in trace.themes:
            yield "voice_unread", voice, f"Voice {voice!r} has no theme. Read it and give it one."
        if not trace.answer_of(voice):
            yield (
                "voice_unanswered",
                voice,
                f"Voice {voice!r} has no answer, neither its own nor of a theme. Answer it.",
            )
    for theme in trace.links["theme"].drop_nulls().unique().sort().to_list():
        if not trace.answer_to("theme", theme):
            under = [voice for voice, own in trace.themes.items() if theme in own]
            waiting = sum(not trace.answer_of(voice) for voice in under)
            others = "" if waiting == len(under) else _OTHERS if waiting else _EACH
            message = f"Theme {theme!r} has no answer (voices: {len(under)}, without any answer: {waiting}).{others}"
            yield "theme_unanswered", str(theme), f"{message} Answer the theme."


def _statements(trace: Trace, consensus: Iterable[Any]) -> Iterator[Problem]:
    for statement in consensus:
        if not trace.answer_to("statement", str(statement)):
            yield (
                "consensus_unanswered",
                str(statement),
                f"All groups agree on statement {str(statement)!r}, but nobody answered it. Answer it before adoption.",
            )


def _clauses(trace: Trace) -> Iterator[Problem]:
    try:
        sourced = list(trace.sourced())
    except TraceError as wrong:
        yield "clause_lineage", "clauses.csv", str(wrong)
        return
    for clause, is_sourced in sourced:
        if not is_sourced:
            yield "clause_unsourced", clause, f"No voice stands behind clause {clause!r}. Say where it comes from."
    for name, changes in trace.changes.items():
        for change in changes:
            row = trace.answers.get(name)
            if row is None or name in trace.replaced or row["answer"] not in ACCEPTED:
                continue
            if not trace.lineage.carries(change["clause"], change["kind"], name):
                yield (
                    "change_undone",
                    name,
                    f"Answer {name!r} accepts and points to clause {change['clause']!r}, but that change is no longer "
                    "in the draft. Answer anew, or bring it back.",
                )
    for name, row in trace.answers.items():
        named = None if name in trace.replaced else trace.covering(row)
        if named and not trace.lineage.stands(named, "none"):
            yield (
                "cover_gone",
                name,
                f"Answer {name!r} says that clause {named!r} covers it already, but that clause is no longer in the "
                "draft. Answer anew, or bring it back.",
            )


def _evidence(trace: Trace) -> Iterator[Problem]:
    for number, row in enumerate(trace.evidence.iter_rows(named=True), start=2):
        where = str(row.get("clause") or row.get("disposition") or f"row {number}")
        if not row.get("clause") and not row.get("disposition"):
            message = f"evidence.csv, row {number} belongs to no clause and no answer. Name one."
            yield "evidence_target", where, message
        if not row["link"] or row["value"] is None or not str(row["value"]).strip():
            yield (
                "evidence_incomplete",
                where,
                f"evidence.csv, row {number}: the evidence for {where!r} lacks its link or the value cited. Keep both, "
                "so that a reader sees what was known then.",
            )


def changed_evidence(trace: Trace, current: dict[str, Any]) -> pl.DataFrame:
    """Show citations whose figure is another one today; the draft keeps the one cited.

    Parameters
    ----------
    trace : Trace
    current : value by link, as published today

    Returns
    -------
    table, one row per citation
        ``link``, ``clause``, ``disposition``, ``cited`` and ``current``.
    """
    rows = [
        (row["link"], row.get("clause"), row.get("disposition"), str(row["value"]), str(current[row["link"]]))
        for row in trace.evidence.iter_rows(named=True)
        if row["link"] in current and str(row["value"]) != str(current[row["link"]])
    ]
    names = ("link", "clause", "disposition", "cited", "current")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def receipt(trace: Trace, voice: str) -> dict[str, Any]:
    """Tell a voice what became of it.

    Parameters
    ----------
    trace : Trace
    voice : name

    Returns
    -------
    dict, ready for JSON
        ``voice``, ``text``, ``themes``, ``status`` ("unread", "read" or "answered"), ``answers`` (those that stand:
        answer, reason, responder, date, ``earlier`` answers they replaced, ``changes`` of clauses with the words
        ``before`` and ``after``, ``heading_before`` and ``heading_after``, whether the change ``stands``, and ``now``,
        the clauses in which it does today, ``covered_by`` (the clause that says it already, or None),
        ``evidence`` cited), ``same_as`` (the receipt of the voice it duplicates).

    Raises
    ------
    TraceError
        Nobody knows this voice.
    """
    return _receipt(trace, voice, frozenset())


def _receipt(trace: Trace, voice: str, seen: frozenset[str]) -> dict[str, Any]:
    if voice not in trace.texts:
        raise TraceError(f"There is no voice {voice!r} among {trace.voices.height}. Check its name.")
    answers = trace.answer_of(voice)
    status = "answered" if answers else ("read" if voice in trace.themes else "unread")
    originals = [row["duplicate_of"] for row in answers if row["duplicate_of"] and row["duplicate_of"] not in seen]
    return {
        "voice": voice,
        "text": trace.texts[voice],
        "themes": trace.themes.get(voice, []),
        "status": status,
        "answers": [_told(trace, row) for row in answers],
        "same_as": [
            _receipt(trace, each, seen | {voice}) for each in originals if each in trace.texts and each != voice
        ],
    }


def _told(trace: Trace, row: dict[str, Any]) -> dict[str, Any]:
    earlier: list[dict[str, Any]] = []
    at = row["supersedes"]
    while at in trace.answers and at not in [each["disposition"] for each in earlier]:
        earlier.append({name: trace.answers[at][name] for name in ("disposition", "answer", "reason", "date")})
        at = trace.answers[at]["supersedes"]
    told = {name: row[name] for name in ("disposition", "answer", "reason", "responder", "date", "theme")}
    changes = [_change(trace, row["disposition"], change) for change in trace.changes.get(row["disposition"], [])]
    cited = {row["disposition"], *(change["clause"] for change in changes)}
    rows = sorted({at for name in cited for at in trace.citations.get(name, [])})
    cells = [trace.evidence.row(at, named=True) for at in rows]
    evidence = [{name: each.get(name) for name in ("link", "value", "label", "cited_on")} for each in cells]
    return told | {"earlier": earlier, "changes": changes, "covered_by": trace.covering(row), "evidence": evidence}


Read = Callable[[str, int], str | None]


def _before(read: Read, change: dict[str, Any]) -> list[str]:
    """Return what each clause said before a change; of another one, made in the same version, what it says there."""
    clause, version = change["clause"], int(change["version"])
    said = []
    for origin in origins(change) or (clause,):
        found = read(origin, version - 1)
        said.append(found if found or origin == clause else read(origin, version))
    return [words for words in said if words]


def _heading_before(read: Read, change: dict[str, Any]) -> str | None:
    """Return the heading a clause had before a change; a new one that came of others had that of the first."""
    own = read(change["clause"], int(change["version"]) - 1)
    return own if own is not None else next(iter(_before(read, change)), None)


def _change(trace: Trace, answer: str, change: dict[str, Any]) -> dict[str, Any]:
    lines, clause, version = trace.lineage, change["clause"], int(change["version"])
    is_out = change["kind"] == "delete"
    return {
        "clause": clause,
        "version": version,
        "kind": change["kind"],
        "heading_before": _heading_before(lines.heading, change),
        "heading_after": None if is_out else lines.heading(clause, version),
        "before": "\n\n".join(_before(lines.words, change)) or None,
        "after": None if is_out else lines.words(clause, version),
        "stands": lines.carries(clause, change["kind"], answer),
        "now": sorted(lines.carriers(clause, answer)),
    }
