"""The whole way from voices to clauses as tables to take along: for the team, and for everyone what pages show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q
from django.utils import translation

from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import ClauseVersion, Consultation, Conversation, Disposition, DraftVersion, Statement
from minga.deliberation.selectors import citing, publishing
from minga.deliberation.selectors.tracing import said_by_senders

#: What everyone reads of a voice; who sent it and what they said about themselves stays with the team.
_PUBLIC = ("voice", "text", "language", "may_publish", "withdrawn")


def for_team(consultation: Consultation) -> Trace:
    """Return the published trace with all words, and with everything that the counts of the site stand on.

    ``voices`` also holds ``may_publish`` (whether everyone may read the words), ``withdrawn`` (taken back, and counted
    nowhere) and the strata; senders are told apart by numbers, not by their addresses. ``clauses`` also holds
    ``parent``, ``position``, ``published`` and ``adopted``.
    """
    trace = publishing.published_trace(consultation)
    public = publishing.public_voices(consultation)
    voices = said_by_senders(trace.voices)
    people = {name: f"p{at}" for at, name in enumerate(voices["author"].unique(maintain_order=True), start=1)}
    return replace(
        trace,
        voices=voices.with_columns(
            author=pl.col("author").replace(people), may_publish=pl.col("voice").is_in(list(public))
        ),
        clauses=_placed(consultation, trace.clauses),
        evidence=_kept(trace.evidence),
    )


def for_everyone(consultation: Consultation) -> Trace:
    """Return the same without what no public page shows.

    Words and their language where the sender agreed; of the others the name, the themes and the answer that stands, as
    the list of answers shows them. Answers that were replaced stand where pages show them: for themes, and for voices
    that everyone may read. Of answers to statements those that stand and whose statement everyone may read. Evidence
    stands where a page shows it: of clauses, of themes, and of voices that everyone may read.
    """
    trace = for_team(consultation)
    hidden = _hidden_answers(consultation, trace)
    kept = ~pl.col("disposition").is_in(list(hidden))
    words = [pl.when("may_publish").then(pl.col(name)).alias(name) for name in ("text", "language")]
    without = pl.when(kept).then("disposition").alias("disposition")
    return Trace(
        voices=trace.voices.select(_PUBLIC).with_columns(words),
        links=trace.links,
        dispositions=trace.dispositions.filter(kept).with_columns(
            supersedes=pl.when(~pl.col("supersedes").is_in(list(hidden))).then("supersedes")
        ),
        clauses=trace.clauses.with_columns(without).unique(maintain_order=True),
        evidence=trace.evidence.filter(
            pl.col("clause").is_not_null() | pl.col("disposition").is_in(list(_with_evidence(trace) - hidden))
        ).with_columns(without),
    )


def _with_evidence(trace: Trace) -> set[str]:
    """Return answers whose evidence pages show: to themes, to voices everyone may read, and those behind clauses."""
    voices = set(trace.voices.filter("may_publish")["voice"])
    standing = ((name, row) for name, row in trace.answers.items() if name not in trace.replaced)
    return {name for name, row in standing if row["theme"] or row["voice"] in voices or name in trace.changes}


def _hidden_answers(consultation: Consultation, trace: Trace) -> set[str]:
    """Return the answers that no public page shows."""
    voices = set(trace.voices.filter("may_publish")["voice"])
    unread = Q(statement__conversation__state=Conversation.State.DRAFT) | Q(
        statement__state=Statement.State.WAITING, statement__conversation__is_strict=True
    )
    found = Disposition.objects.filter(unread, consultation=consultation).values_list("pk", flat=True)
    replaced = {
        name
        for name in trace.replaced & set(trace.answers)
        if trace.answers[name]["statement"] or (trace.answers[name]["voice"] or "") not in {"", *voices}
    }
    return replaced | {str(pk) for pk in found}


def _placed(consultation: Consultation, clauses: pl.DataFrame) -> pl.DataFrame:
    """Add to each change the clause above, the place beside others, and the days of its version and of adoption."""
    versions = DraftVersion.objects.filter(draft__consultation=consultation)
    days: dict[tuple[str, int], date] = {
        (draft, number): at.date()
        for draft, number, at in versions.values_list("draft__slug", "number", "published_at")
    }
    found = ClauseVersion.objects.filter(clause__draft__consultation=consultation)
    places: dict[tuple[str, int], tuple[str | None, int]] = {
        (f"{draft}/C{number}", version): (None if above is None else f"{draft}/C{above}", position)
        for draft, number, version, above, position in found.values_list(
            "clause__draft__slug", "clause__number", "version", "parent__number", "position"
        )
    }
    drafted = consultation.drafts.exclude(adopted_at=None).values_list("slug", "adopted_at")
    adopted = {slug: at.date().isoformat() for slug, at in drafted if at is not None}
    names = clauses.select("clause", "version").rows()
    known = [places.get(name, (None, None)) for name in names]
    drafts = [clause.rpartition("/")[0] for clause, _version in names]
    on = [days.get((draft, version)) for draft, (_clause, version) in zip(drafts, names, strict=True)]
    return clauses.with_columns(
        pl.Series("parent", [above for above, _position in known], dtype=pl.String),
        pl.Series("position", [position for _above, position in known], dtype=pl.Int64),
        pl.Series("published", [day and day.isoformat() for day in on], dtype=pl.String),
        pl.Series("adopted", [adopted.get(draft) for draft in drafts], dtype=pl.String),
    )


def _kept(evidence: pl.DataFrame) -> pl.DataFrame:
    """Write links into this site in one language, so that the file is the same for whoever asks."""
    with translation.override(citing.KEPT_IN):
        links = [citing.shown_link(link) for link in evidence["link"].to_list()]
    return evidence.with_columns(pl.Series("link", links, dtype=pl.String))


def rows_of(trace: Trace) -> dict[str, list[dict[str, Any]]]:
    """Return each table as rows, for programs."""
    names = ("voices", "links", "dispositions", "clauses", "evidence")
    return {name: getattr(trace, name).to_dicts() for name in names}
