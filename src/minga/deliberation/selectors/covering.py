"""Coverage as everyone may read it: measures, strata, who took part, and what is still unanswered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.conf import settings

from minga.deliberation.engine.coverage import Coverage
from minga.deliberation.engine.trace import Trace
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.models import ClauseVersion, Consultation, Statement
from minga.deliberation.selectors import answering, publishing, strata, tracing


@dataclass(frozen=True)
class Covered:
    """What became of the voices of a consultation.

    ``participation`` is by stratum as `strata.participation_of` tells it; ``unread`` and ``unanswered`` are numbers of
    voices, ``statements`` those of published reports that all groups stand behind and nobody answered.
    """

    coverage: Coverage
    people: int
    participation: dict[str, dict[str, Any]]
    unread: int
    unanswered: int
    statements: list[tuple[Statement, str]]
    #: voices by the clause that said already what they ask for, the most first
    said_already: list[tuple[ClauseVersion, int]]


def covered(consultation: Consultation) -> Covered:
    """Count what became of the voices of a consultation."""
    trace = tracing.trace_of(consultation)
    found = tracing.coverage_of(trace)
    voices = tracing.said_by_senders(trace.voices.filter(~pl.col("withdrawn")))
    senders = voices.group_by("author", maintain_order=True).agg(pl.col(name).first() for name in STRATA)
    population = consultation.reference_population or {}
    read, of = found.of("read")
    answered, _of = found.of("answered")
    return Covered(
        coverage=found,
        people=senders.height,
        participation={
            name: strata.stratum_of(
                senders[name], population.get(name) or {}, settings.MIN_PERSONS, _withheld(found, name)
            )
            for name in STRATA
        },
        unread=of - read,
        unanswered=of - answered,
        statements=answering.consensus_without_answer(consultation, is_public=True),
        said_already=_said_already(consultation, trace, voices["voice"].to_list()),
    )


def _said_already(consultation: Consultation, trace: Trace, voices: list[str]) -> list[tuple[ClauseVersion, int]]:
    """Count voices by the clause that their answers name as covering them; this is no change, so it is not traced."""
    named = Counter(
        clause
        for voice in voices
        for clause in {trace.covering(row) for row in trace.answer_of(voice)}
        if clause is not None
    )
    clauses = publishing.clauses_named(consultation) if named else {}
    return [(clauses[name], count) for name, count in sorted(named.items(), key=lambda one: (-one[1], one[0]))]


def _withheld(found: Coverage, stratum: str) -> list[str]:
    """Return the values that coverage withholds: who took part is counted of the same people."""
    hidden = (pl.col("stratum") == stratum) & pl.col("withheld")
    return found.strata.filter(hidden)["value"].unique().to_list()


def rows_of(found: Covered) -> pl.DataFrame:
    """Return measures and strata as one table, as files hold them; what is withheld stays empty."""
    measures = found.coverage.measures.with_columns(
        stratum=pl.lit(""), value=pl.lit(""), withheld=pl.lit(value=False), reason=pl.lit("")
    )
    columns = ["stratum", "value", "measure", "numerator", "denominator", "share"]
    compared = ["rest_share", "difference", "lower", "upper", "ratio", "ratio_lower", "ratio_upper"]
    tables = [measures.select(*columns, "withheld", "reason")]
    if found.coverage.strata.height:
        tables.append(found.coverage.strata.select(*columns, *compared, "withheld", "reason"))
    return pl.concat(tables, how="diagonal_relaxed")
