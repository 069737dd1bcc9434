"""A consultation as the engine's trace: voices, themes, answers, clauses and evidence, in a fixed number of queries.

Names in a trace are those that people read: V12 a voice, T3 a theme, ``strategy/C4`` a clause of a draft,
``talk-slug/7`` a statement. Answers are called by their id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import F, OuterRef, Q, Subquery

from minga.deliberation.engine.audit import adoptable, audit
from minga.deliberation.engine.common_ground import common_ground
from minga.deliberation.engine.coverage import Coverage, coverage, outcomes
from minga.deliberation.engine.lineage import with_beginnings
from minga.deliberation.engine.snapshot import closed_statements
from minga.deliberation.engine.spelling import one_spelling
from minga.deliberation.engine.trace import TABLES, Trace
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.models import (
    Citation,
    ClauseVersion,
    Consultation,
    Conversation,
    Disposition,
    Draft,
    MapRun,
    Statement,
    ThemeLink,
    Voice,
)

#: Problems that belong to one clause; those of another draft do not stop this one.
_OF_CLAUSES = ("clause_unsourced", "evidence_incomplete")


def trace_of(
    consultation: Consultation,
    draft: Draft | None = None,
    *,
    working: bool = False,
    voices: Collection[Any] | None = None,
) -> Trace:
    """Bring a consultation from the database to the engine.

    Parameters
    ----------
    consultation : Consultation
    draft : Draft, optional
        Leaves the clauses of other drafts out.
    working : bool
        Counts what is written for the next version of a draft too, and not only what is published.
    voices : keys of voices, optional
        Brings these alone, and those that they are duplicates of: enough for their receipts, not for counting.

    A voice that was taken back is left out, unless it was answered or another one is called its duplicate: then it
    stays without words, so that the chain holds. `coverage_of` counts none of them.
    """
    only = None if voices is None else _with_first(consultation, voices)
    told = _voices(consultation, only)
    names = set(told["voice"].to_list())
    links = _links(consultation, names, only)
    dispositions = _dispositions(consultation, names, set(links["theme"].to_list()), only)
    answers = set(dispositions["disposition"].to_list())
    clauses = _clauses(consultation, draft, answers, working=working)
    known = set(clauses["clause"].to_list())
    evidence = _evidence(consultation, known, answers)
    return Trace(told, links, _within(dispositions, known), clauses, evidence)


def _within(dispositions: pl.DataFrame, clauses: set[str]) -> pl.DataFrame:
    """Leave out that a clause covers it where the trace does not hold that clause: it is of another draft."""
    is_known = pl.col("covered_by").is_in(list(clauses))
    return dispositions.with_columns(covered_by=pl.when(is_known).then(pl.col("covered_by")))


def _table(name: str, rows: Iterable[tuple[Any, ...]], columns: tuple[str, ...], **kinds: Any) -> pl.DataFrame:
    """Make a table of the trace with all of its columns, empty where nothing is known."""
    needed, known = TABLES[name]
    table = pl.DataFrame(list(rows), schema={each: kinds.get(each, pl.String) for each in columns}, orient="row")
    absent = [each for each in (*needed, *known) if each not in columns]
    return table.with_columns([pl.lit(None, dtype=pl.String).alias(each) for each in absent])


def _with_first(consultation: Consultation, voices: Collection[Any]) -> set[Any]:
    """Return voices with those that they are duplicates of, over others too."""
    found, new = set(voices), set(voices)
    while new:
        said = Disposition.objects.filter(consultation=consultation, voice__in=new).exclude(duplicate_of=None)
        new = set(said.values_list("duplicate_of", flat=True)) - found
        found |= new
    return found


def _voices(consultation: Consultation, only: set[Any] | None) -> pl.DataFrame:
    answered = Disposition.objects.filter(consultation=consultation)
    needed = answered.exclude(voice=None).values("voice"), answered.exclude(duplicate_of=None).values("duplicate_of")
    kept = Voice.objects.filter(Q(withdrawn_at=None) | Q(pk__in=needed[0]) | Q(pk__in=needed[1]))
    if only is not None:
        kept = Voice.objects.filter(pk__in=only)
    found = (
        kept.filter(consultation=consultation)
        .order_by("number")
        .values_list(
            "number", "text", "language", "withdrawn_at", "source_id", "source__account_id", "source__author_address",
            "source__strata",
        )
    )  # fmt: skip
    columns = ("voice", "text", "language", "withdrawn", "author", *STRATA)
    rows = [
        (
            f"V{number}",
            "" if withdrawn else text,
            language or None,
            withdrawn is not None,
            _author(source, account, address),
            *(_told(strata, stratum) for stratum in STRATA),
        )
        for number, text, language, withdrawn, source, account, address, strata in found
    ]
    return _table("voices", rows, columns, withdrawn=pl.Boolean)


def _author(source: Any, account: Any, address: str) -> str:
    """Name who sent a voice, so that people are counted and not their letters; it is never shown."""
    return f"account {account}" if account else (address.strip().lower() or f"source {source}")


def _told(strata: Mapping[str, Any], stratum: str) -> str | None:
    return str(strata.get(stratum) or "").strip() or None


def _links(consultation: Consultation, voices: set[str], only: set[Any] | None) -> pl.DataFrame:
    links = ThemeLink.objects.filter(voice__consultation=consultation, ended_at=None)
    if only is not None:
        links = links.filter(voice__in=only)
    found = links.order_by("pk").values_list("voice__number", "theme__number")
    rows = [(f"V{voice}", f"T{theme}") for voice, theme in found if f"V{voice}" in voices]
    return _table("links", rows, ("voice", "theme"))


def _dispositions(
    consultation: Consultation, voices: set[str], themes: set[str], only: set[Any] | None
) -> pl.DataFrame:
    """Bring the answers; those to a voice that was taken back, or to a theme without voices, answer nothing now."""
    answers = Disposition.objects.filter(consultation=consultation)
    if only is not None:
        answers = answers.filter(Q(voice__in=only) | Q(theme__number__in=[int(name[1:]) for name in themes]))
    found = (
        answers
        .order_by("at", "pk")
        .values_list(
            "pk", "voice__number", "theme__number", "statement__conversation__slug", "statement__number", "answer",
            "reason", "responder", "at", "supersedes_id", "duplicate_of__number", "covered_by__draft__slug",
            "covered_by__number",
        )
    )  # fmt: skip
    columns = (
        "disposition", "voice", "theme", "statement", "answer", "reason", "responder", "date", "supersedes",
        "duplicate_of", "covered_by",
    )  # fmt: skip
    rows = []
    for pk, voice, theme, conversation, statement, answer, reason, responder, at, before, first, draft, clause in found:
        targets = (
            _code("V", voice),
            _code("T", theme),
            None if statement is None else f"{conversation}/{statement}",
        )
        if (targets[0] and targets[0] not in voices) or (targets[1] and targets[1] not in themes):
            continue
        told = (answer, reason, responder, at.date().isoformat(), str(before) if before else None, _code("V", first))
        rows.append((str(pk), *targets, *told, None if clause is None else f"{draft}/C{clause}"))
    return _table("dispositions", rows, columns)


def _code(letter: str, number: int | None) -> str | None:
    return None if number is None else f"{letter}{number}"


def _clauses(consultation: Consultation, draft: Draft | None, answers: set[str], *, working: bool) -> pl.DataFrame:
    """Bring each change of a clause, with a row for each answer that led to it."""
    changes = ClauseVersion.objects.filter(clause__draft__consultation=consultation)
    changes = changes.exclude(clause__draft__state=Draft.State.WITHDRAWN)
    if draft is not None:
        changes = changes.filter(clause__draft=draft)
    if not working:
        changes = changes.filter(version__lte=F("clause__draft__version"))
    found = changes.order_by("version", "clause__draft", "clause__number").values_list(
        "pk", "clause__draft__slug", "clause__number", "version", "kind", "came_from", "left_behind", "heading",
        "text",
    )  # fmt: skip
    led: dict[int, list[str]] = {}
    through = ClauseVersion.dispositions.through.objects.filter(disposition__consultation=consultation)
    for change, answer in through.order_by("pk").values_list("clauseversion_id", "disposition_id"):
        if str(answer) in answers:
            led.setdefault(change, []).append(str(answer))
    rows = [
        (f"{slug}/C{number}", version, kind, _origins(slug, came_from), " ".join(left) or None, answer, heading, text)
        for pk, slug, number, version, kind, came_from, left, heading, text in found
        for answer in led.get(pk) or [None]
    ]  # fmt: skip
    columns = ("clause", "version", "kind", "came_from", "left_behind", "disposition", "heading", "text")
    return with_beginnings(_table("clauses", rows, columns, version=pl.Int64))


def _origins(slug: str, came_from: Iterable[Any]) -> str | None:
    return " ".join(f"{slug}/C{str(each).removeprefix('C')}" for each in came_from) or None


def _evidence(consultation: Consultation, clauses: set[str], answers: set[str]) -> pl.DataFrame:
    found = (
        Citation.objects.filter(consultation=consultation, ended_at=None)
        .order_by("pk")
        .values_list(
            "clause__draft__slug", "clause__number", "disposition_id", "link", "value", "label", "cited_on"
        )
    )  # fmt: skip
    rows = []
    for slug, number, answer, link, value, label, cited_on in found:
        clause = None if number is None else f"{slug}/C{number}"
        if (clause in clauses) if clause else (str(answer) in answers):
            named = None if answer is None else str(answer)
            rows.append((clause, named, link, value, label, cited_on.isoformat()))
    return _table("evidence", rows, ("clause", "disposition", "link", "value", "label", "cited_on"))


# ---------------------------------------------------------------- what all groups agree on
def consensus_of(consultation: Consultation, *, is_public: bool = False) -> dict[str, str]:
    """Return the statements that all groups agree on, or reject: side by name in the trace.

    The published maps count, and the newest one of each conversation that is closed: an answer is owed whether the team
    publishes its report or not. With `is_public` only what everyone may read counts: published maps, and of these no
    statement on which votes are withheld.
    """
    runs = (
        MapRun.objects.filter(conversation__consultation=consultation)
        .filter(Q(is_published=True) if is_public else Q(is_published=True) | _last_of_closed())
        .order_by("conversation__created_at", "pk")
        .values_list("conversation_id", "conversation__slug", "tables")
    )
    about = set(
        Statement.objects.filter(conversation__consultation=consultation, is_meta=True).values_list(
            "conversation_id", "number"
        )
    )
    found = {}
    for conversation, slug, tables in runs:
        statements, stats = _stored(tables, "statements"), _stored(tables, "group_stats")
        if not statements.height:
            continue
        closed = closed_statements(tables) if is_public else set()
        for number, side in common_ground(stats, statements).rows():
            if (conversation, number) not in about and number not in closed:
                found[f"{slug}/{number}"] = side
    return found


def _last_of_closed() -> Q:
    """Say which maps are the newest of a closed conversation, and of so many people that they could be published."""
    newest = MapRun.objects.filter(conversation=OuterRef("conversation")).order_by("-pk").values("pk")[:1]
    closed = Q(conversation__state=Conversation.State.CLOSED)
    return closed & Q(pk=Subquery(newest), n_participants__gte=settings.MIN_PERSONS)


def _stored(tables: Mapping[str, Any], name: str) -> pl.DataFrame:
    """Read a table of a map as it was stored; without groups that of their votes has columns and no row."""
    stored = tables.get(name) or {"columns": [], "rows": []}
    return pl.DataFrame(stored["rows"], schema=stored["columns"], orient="row", infer_schema_length=None)


# ---------------------------------------------------------------- what follows from it
def problems(consultation: Consultation, draft: Draft | None = None, *, working: bool = False) -> pl.DataFrame:
    """List what is wrong or missing on the way from voices to clauses, as `engine.audit.audit` does.

    With a draft, findings about clauses of other drafts are left out; an acceptance that another draft carries counts.
    """
    table = audit(trace_of(consultation, working=working), consensus_of(consultation))
    if draft is None:
        return table
    others = pl.col("rule").is_in(_OF_CLAUSES) & pl.col("where").str.contains("/", literal=True)
    own = pl.col("where").str.starts_with(f"{draft.slug}/")
    return table.filter(~others | own)


def is_adoptable(consultation: Consultation, draft: Draft | None = None, *, working: bool = False) -> bool:
    """Say whether nothing stands in the way of adopting a draft."""
    return adoptable(problems(consultation, draft, working=working))


def coverage_of(trace: Trace) -> Coverage:
    """Count what was read, answered and carried over, as a whole and for each stratum; nothing that was taken back."""
    voices, links = _counted(trace)
    return coverage(voices, links, trace.dispositions, trace.clauses, list(STRATA), min_group=settings.MIN_PERSONS)


def outcomes_of(trace: Trace) -> pl.DataFrame:
    """Say of each voice whether it was answered and accepted, as `coverage_of` counts them."""
    voices, links = _counted(trace)
    return outcomes(Trace(voices, links, trace.dispositions, trace.clauses))


def _counted(trace: Trace) -> tuple[pl.DataFrame, pl.DataFrame]:
    voices = said_by_senders(trace.voices.filter(~pl.col("withdrawn")))
    return voices, trace.links.join(voices.select("voice"), on="voice", how="semi")


def said_by_senders(voices: pl.DataFrame) -> pl.DataFrame:
    """Give each voice what its sender first said of themselves, so that a person counts once in every table.

    A region is counted once however it is spelled.
    """
    spelled = one_spelling(voices["region"])
    voices = voices.with_columns(pl.col("region").replace(spelled))
    return voices.with_columns(pl.col(name).drop_nulls().first().over("author") for name in STRATA)
