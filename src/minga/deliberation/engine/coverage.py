"""How much of what people said was read, answered and carried over, and whether that was so for all alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from minga.deliberation.engine.errors import TraceError
from minga.deliberation.engine.intervals import newcombe, ratio_interval
from minga.deliberation.engine.trace import ACCEPTED, Trace, checked
from minga.stats.release import MIN_PERSONS, withhold_small_groups

#: What a person said of themselves when they said nothing.
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Coverage:
    """What became of the voices.

    Parameters
    ----------
    measures : table, one row per measure
        ``measure``, ``numerator``, ``denominator``, ``share`` (null where there is nothing to count). "read": voices
        with a theme; "answered": with an answer that stands, their own or of a theme; "accepted": answered yes, at
        least in part; "traced": accepted voices found in a change that is in force; "unsourced": clauses of the last
        version without any voice; "own_reason": rejections whose reason no other answer gives word for word.
    strata : table, one row per stratum, value and measure ("answered" or "accepted")
        ``stratum``, ``value``, ``people``, ``measure``, ``numerator``, ``denominator``, ``share``, ``rest_share``,
        ``difference`` with ``lower`` and ``upper`` (95 %), ``ratio`` with ``ratio_lower`` and ``ratio_upper``;
        ``withheld`` and ``reason`` by the disclosure policy (fewer than 5 people).
    """

    measures: pl.DataFrame
    strata: pl.DataFrame

    def of(self, measure: str) -> tuple[int, int]:
        """Return numerator and denominator of a measure."""
        row = self.measures.row(by_predicate=pl.col("measure") == measure, named=True)
        return int(row["numerator"]), int(row["denominator"])


def coverage(
    voices: pl.DataFrame,
    links: pl.DataFrame,
    dispositions: pl.DataFrame,
    clauses: pl.DataFrame,
    strata: Sequence[str] = (),
    *,
    min_group: int = MIN_PERSONS,
) -> Coverage:
    """Count what was read, answered and carried over, as a whole and for each stratum.

    Parameters
    ----------
    voices, links, dispositions, clauses : tables, as for :class:`Trace`
    strata : column names of ``voices``
        Such as gender, region, type or size. Empty cells count as "not stated".
    min_group : int
        People that a group needs to be shown; raises the 5 of the policy.

    Returns
    -------
    Coverage

    Raises
    ------
    TraceError
        A stratum is no column, or the tables do not hold together.

    Source: docs/methods/trace.md; intervals by Newcombe (1998) and by Donner and Zou (2012).
    """
    trace = checked(Trace(voices, links, dispositions, clauses))
    missing = [name for name in strata if name not in voices.columns]
    if missing:
        raise TraceError(
            f"The voices have no column {', '.join(missing)}; they have {', '.join(voices.columns)}. "
            "Name strata among these."
        )
    names = voices["voice"].to_list()
    answers = {voice: [row["answer"] for row in trace.answer_of(voice)] for voice in names}
    told = voices.with_columns(
        answered=pl.Series([bool(answers[voice]) for voice in names], dtype=pl.Boolean),
        accepted=pl.Series([bool(set(ACCEPTED) & set(answers[voice])) for voice in names], dtype=pl.Boolean),
    )
    accepted = [voice for voice in names if set(ACCEPTED) & set(answers[voice])]
    clauses_sourced = [is_sourced for _clause, is_sourced in trace.sourced()]
    own, rejections = _own_reasons(trace)
    counts = [
        ("read", sum(voice in trace.themes for voice in names), len(names)),
        ("answered", int(told["answered"].sum()), len(names)),
        ("accepted", len(accepted), int(told["answered"].sum())),
        ("traced", sum(trace.is_traced(voice) for voice in accepted), len(accepted)),
        ("unsourced", clauses_sourced.count(False), len(clauses_sourced)),
        ("own_reason", own, rejections),
    ]
    measures = pl.DataFrame(
        [(*row, row[1] / row[2] if row[2] else None) for row in counts],
        schema={"measure": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "share": pl.Float64},
        orient="row",
    )
    return Coverage(measures, _strata(told, strata, min_group))


def _own_reasons(trace: Trace) -> tuple[int, int]:
    """Count rejections that stand, and those whose reason no other answer gives word for word."""
    used: dict[str, int] = {}
    for row in trace.answers.values():
        used[_plain(row["reason"])] = used.get(_plain(row["reason"]), 0) + 1
    standing = [
        row for name, row in trace.answers.items() if row["answer"] == "rejected" and name not in trace.replaced
    ]
    own = sum(bool(_plain(row["reason"])) and used[_plain(row["reason"])] == 1 for row in standing)
    return own, len(standing)


def _plain(reason: str | None) -> str:
    return " ".join((reason or "").lower().split())


def _strata(told: pl.DataFrame, strata: Sequence[str], min_group: int) -> pl.DataFrame:
    person = "author" if "author" in told.columns else "voice"
    tables = []
    for name in strata if told.height else ():
        each = told.with_columns(value=pl.col(name).cast(pl.String).fill_null(NOT_STATED))
        people = each.group_by("value").agg(
            people=pl.col(person).n_unique(),
            voices=pl.len(),
            answered=pl.col("answered").sum(),
            accepted=pl.col("accepted").sum(),
        )
        rows = [row for group in people.sort("value").rows(named=True) for row in _compared(name, group, told)]
        tables.append(pl.DataFrame(rows, infer_schema_length=None))
    if not tables:
        return pl.DataFrame(schema={"stratum": pl.String, "value": pl.String, "measure": pl.String})
    return withhold_small_groups(
        pl.concat(tables, how="vertical_relaxed"),
        count="people",
        min_group=min_group,
        of="persons",
        keep=["stratum", "value", "measure"],
        within=["stratum", "measure"],
    )


def _compared(name: str, group: dict[str, int], told: pl.DataFrame) -> list[dict[str, object]]:
    """Set a group beside all others: who was answered, and whom of the answered was told yes."""
    rows = []
    answered, accepted = int(told["answered"].sum()), int(told["accepted"].sum())
    for measure, cases, of, all_cases, all_of in (
        ("answered", group["answered"], group["voices"], answered, told.height),
        ("accepted", group["accepted"], group["answered"], accepted, answered),
    ):
        others, of_others = all_cases - cases, all_of - of
        comparable = of > 0 and of_others > 0
        difference = newcombe(cases, of, others, of_others) if comparable else (None, None)
        ratio = ratio_interval(cases, of, others, of_others) if comparable else (None, None)
        rows.append(
            {
                "stratum": name,
                "value": group["value"],
                "measure": measure,
                "people": group["people"],
                "numerator": cases,
                "denominator": of,
                "share": cases / of if of else None,
                "rest_share": others / of_others if of_others else None,
                "difference": cases / of - others / of_others if comparable else None,
                "lower": difference[0],
                "upper": difference[1],
                "ratio": (cases / of) / (others / of_others) if comparable and others else None,
                "ratio_lower": ratio[0],
                "ratio_upper": ratio[1] if ratio[1] is not None and math.isfinite(ratio[1]) else None,
            }
        )
    return rows


def participation(voices: pl.DataFrame, stratum: str, reference: dict[str, float]) -> pl.DataFrame:
    """Set who spoke beside a population one would like to hear from.

    Parameters
    ----------
    voices : table, one row per voice
        ``author`` if it is known: then people are counted, not voices.
    stratum : column name
    reference : share of each value in the population
        Any positive figures; they are scaled to add up to 1.

    Returns
    -------
    table, one row per value
        ``value``, ``people``, ``share``, ``reference``, ``dissimilarity`` (the same in every row: the share that would
        have to be other people for both to be alike, 0 to 1), ``withheld``, ``reason``. Who said nothing is left out.

    Raises
    ------
    TraceError
        The reference is empty or holds a figure that is not positive.

    Source: Duncan and Duncan (1955), American Sociological Review 20(2), 210-217.
    """
    if not reference or any(share <= 0 for share in reference.values()):
        raise TraceError("The reference population needs a positive figure for each group. Correct it.")
    person = "author" if "author" in voices.columns else "voice"
    counted = voices.drop_nulls(stratum).group_by(stratum).agg(n=pl.col(person).n_unique())
    n = {str(value): int(count) for value, count in counted.rows()}
    whole, total = sum(n.values()), sum(reference.values())
    rows = []
    for value in sorted({*n, *reference}):
        share = n.get(value, 0) / whole if whole else 0.0
        rows.append((value, n.get(value, 0), share, reference.get(value, 0.0) / total))
    index = sum(abs(share - wanted) for _value, _n, share, wanted in rows) / 2
    table = pl.DataFrame(rows, schema=["value", "people", "share", "reference"], orient="row")
    hidden = withhold_small_groups(
        table, count="people", min_group=MIN_PERSONS, of="persons", keep=["value", "reference"], within=[]
    )
    return hidden.with_columns(dissimilarity=pl.lit(index))
