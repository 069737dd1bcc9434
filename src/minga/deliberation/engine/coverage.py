"""How much of what people said was read, answered and carried over, and whether that was so for all alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from minga.deliberation.engine.errors import TraceError
from minga.deliberation.engine.intervals import newcombe, ratio_interval
from minga.deliberation.engine.trace import ACCEPTED, ANSWERS, TABLES, Trace, checked
from minga.deliberation.engine.withholding import NOT_STATED as NOT_STATED
from minga.deliberation.engine.withholding import Counted, withheld_values
from minga.stats.release import MIN_PERSONS

#: What sets a value beside all others.
_BESIDE = ("rest_share", "difference", "lower", "upper", "ratio", "ratio_lower", "ratio_upper")
_STRATA = (
    {"stratum": pl.String, "value": pl.String, "measure": pl.String}
    | dict.fromkeys(("people", "numerator", "denominator"), pl.Int64)
    | dict.fromkeys(("share", *_BESIDE), pl.Float64)
    | {"withheld": pl.Boolean, "reason": pl.String}
)
_PARTICIPATION = {
    "value": pl.String, "people": pl.Int64, "share": pl.Float64, "reference": pl.Float64, "withheld": pl.Boolean,
    "reason": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Coverage:
    """What became of the voices.

    Parameters
    ----------
    measures : table, one row per measure
        ``measure``, ``numerator``, ``denominator``, ``share`` (null where there is nothing to count). "read": voices
        with a theme; "answered": with an answer that stands, their own or of a theme; "accepted": answered yes, at
        least in part; "traced": accepted voices found in a change that is in force; "unsourced": clauses of the last
        version without any voice; "own_reason": rejections whose reason no other answer in force gives word for word.
    strata : table, one row per stratum, value and measure ("answered" or "accepted")
        ``stratum``, ``value``, ``people``, ``measure``, ``numerator``, ``denominator``, ``share``, ``rest_share``,
        ``difference`` with ``lower`` and ``upper`` (95 %), ``ratio`` with ``ratio_lower`` and ``ratio_upper``;
        ``withheld`` and ``reason`` by the disclosure policy (fewer than 5 people). Where one value alone is shown, its
        rest are just the withheld: then nothing is compared with it, and ``reason`` says so.
    """

    measures: pl.DataFrame
    strata: pl.DataFrame

    def __repr__(self) -> str:
        """Say what was counted, for a notebook."""
        counts = (f"{name}: {part:,} of {whole:,}" for name, part, whole, *_share in self.measures.rows())
        return f"Coverage({', '.join(counts)})"

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
        People are counted by ``author``; a voice without an author counts as a person of its own. An answer of unknown
        kind answers nothing.
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
        A table lacks a column, a stratum is no column, or the tables do not hold together.

    Source: docs/methods/trace.md; intervals by Newcombe (1998) and by Donner and Zou (2012).
    """
    for name, table in (("voices", voices), ("links", links), ("dispositions", dispositions), ("clauses", clauses)):
        _demand_columns(table, name, TABLES[name][0], "Coverage counts by them.")
    trace = checked(Trace(voices, links, dispositions, clauses))
    voices = trace.voices
    missing = [name for name in strata if name not in voices.columns]
    if missing:
        raise TraceError(
            f"The voices have no column {', '.join(missing)}; they have {', '.join(voices.columns)}. "
            "Name strata among these."
        )
    told = outcomes(trace)
    tables = [
        _stratum(name, _grouped(told, voices[name]), min_group) for name in dict.fromkeys(strata) if voices.height
    ]
    return Coverage(_measures(trace, told), pl.concat(tables) if tables else pl.DataFrame(schema=_STRATA))


def outcomes(trace: Trace) -> pl.DataFrame:
    """Say of each voice whether it was answered, and whether with a yes.

    Returns
    -------
    table, one row per voice, in the order of the voices
        ``voice``, ``person`` (who gave it), ``answered`` (an answer stands, its own or of a theme), ``accepted``
        (answered yes, at least in part). An answer of unknown kind answers nothing.

    Source: docs/methods/trace.md.
    """
    answers = [{row["answer"] for row in trace.answer_of(voice)} & set(ANSWERS) for voice in trace.voices["voice"]]
    return trace.voices.select("voice", person=person_of(trace.voices)).with_columns(
        answered=pl.Series([bool(own) for own in answers], dtype=pl.Boolean),
        accepted=pl.Series([bool(own & set(ACCEPTED)) for own in answers], dtype=pl.Boolean),
    )


def _measures(trace: Trace, told: pl.DataFrame) -> pl.DataFrame:
    names = trace.voices["voice"].to_list()
    answered, accepted = int(told["answered"].sum()), told.filter("accepted")["voice"].to_list()
    sourced = [is_sourced for _clause, is_sourced in trace.sourced()]
    own, rejections = _own_reasons(trace)
    counts = [
        ("read", sum(voice in trace.themes for voice in names), len(names)),
        ("answered", answered, len(names)),
        ("accepted", len(accepted), answered),
        ("traced", sum(trace.is_traced(voice) for voice in accepted), len(accepted)),
        ("unsourced", sourced.count(False), len(sourced)),
        ("own_reason", own, rejections),
    ]
    return pl.DataFrame(
        [(*row, row[1] / row[2] if row[2] else None) for row in counts],
        schema={"measure": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "share": pl.Float64},
        orient="row",
    )


def person_of(voices: pl.DataFrame) -> pl.Expr:
    """Return who gave each voice: its author, or else a person of its own."""
    own = pl.lit("voice ") + pl.col("voice").cast(pl.String)
    if "author" not in voices.columns:
        return own
    author = pl.col("author").cast(pl.String).str.strip_chars()
    return pl.when(author != "").then(pl.lit("author ") + author).otherwise(own)


def _demand_columns(table: pl.DataFrame, name: str, columns: Sequence[str], rule: str) -> None:
    missing = [each for each in columns if each not in table.columns]
    if missing:
        raise TraceError(
            f"The table of {name} lacks the column {', '.join(missing)}; it has {', '.join(table.columns)}. {rule} "
            "Add the column, or correct its name."
        )


def _own_reasons(trace: Trace) -> tuple[int, int]:
    """Count rejections that stand, and those whose reason no other answer that stands gives word for word."""
    standing = [row for name, row in trace.answers.items() if name not in trace.replaced]
    used = Counter(_plain(row["reason"]) for row in standing)
    rejections = [_plain(row["reason"]) for row in standing if row["answer"] == "rejected"]
    return sum(bool(reason) and used[reason] == 1 for reason in rejections), len(rejections)


def _plain(reason: str | None) -> str:
    return " ".join((reason or "").lower().split())


def _grouped(told: pl.DataFrame, stratum: pl.Series) -> pl.DataFrame:
    """Count people, voices, answered and accepted by what people said of one thing."""
    return (
        told.with_columns(value=stratum.cast(pl.String).fill_null(NOT_STATED))
        .group_by("value")
        .agg(
            people=pl.col("person").n_unique(),
            voices=pl.len(),
            answered=pl.col("answered").sum(),
            accepted=pl.col("accepted").sum(),
        )
        .sort("value")
    )


def _stratum(name: str, people: pl.DataFrame, min_group: int) -> pl.DataFrame:
    """Compare the values of one stratum, each with all others, and withhold what would give a person away."""
    groups = {row[0]: Counted(*row[1:]) for row in people.rows()}
    reasons = withheld_values(groups, min_group)
    whole = Counted(0, *(int(people[each].sum()) for each in ("voices", "answered", "accepted")))
    # the others of the only value shown are just those withheld
    shown = [value for value, one in groups.items() if value not in reasons and one.people]
    alone = len(shown) == 1 and bool(reasons)
    rows = []
    for value, group in groups.items():
        told = {"stratum": name, "value": value, "withheld": value in reasons}
        told["reason"] = reasons.get(value, "protects" if alone else "")
        for measure in ("answered", "accepted"):
            figures = {} if value in reasons else _compared(group, whole, measure)
            rows.append(told | {"measure": measure} | figures | (dict.fromkeys(_BESIDE) if alone else {}))
    return pl.DataFrame(rows, schema=_STRATA)


def _compared(group: Counted, whole: Counted, measure: str) -> dict[str, object]:
    """Set a group beside all others: who was answered, and whom of the answered was told yes."""
    of_what = "voices" if measure == "answered" else "answered"
    cases, of = getattr(group, measure), getattr(group, of_what)
    others, of_others = getattr(whole, measure) - cases, getattr(whole, of_what) - of
    comparable = of > 0 and of_others > 0
    difference = newcombe(cases, of, others, of_others) if comparable else (None, None)
    ratio = ratio_interval(cases, of, others, of_others) if comparable else (None, None)
    return {
        "people": group.people,
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


def participation(
    voices: pl.DataFrame, stratum: str, reference: Mapping[str, float], *, min_group: int = MIN_PERSONS
) -> pl.DataFrame:
    """Set who spoke beside a population one would like to hear from.

    Parameters
    ----------
    voices : table, one row per voice
        ``author`` if it is known: then people are counted, not voices. A voice without an author counts as a person.
    stratum : column name
    reference : share of each value in the population
        Any positive figures; they are scaled to add up to 1.
    min_group : int
        People that a value needs to be shown; raises the 5 of the policy.

    Returns
    -------
    table, one row per value
        ``value``, ``people``, ``share``, ``reference``, ``dissimilarity`` (the same in every row: the share that would
        have to be other people for both to be alike, 0 to 1; values that are withheld count together, so that it gives
        none away, and it is null where all are), ``withheld``, ``reason``. Who said nothing is left out.

    Raises
    ------
    TraceError
        The voices lack the column, or the reference is empty or holds what is no positive figure.

    Source: Duncan and Duncan (1955), American Sociological Review 20(2), 210-217.
    """
    person = "author" if "author" in voices.columns else "voice"
    _demand_columns(voices, "voices", (stratum, person), f"Participation counts by {stratum!r}.")
    demand_reference(reference)
    said = voices.select(value=pl.col(stratum).cast(pl.String), person=person_of(voices)).drop_nulls("value")
    n = {value: int(count) for value, count in said.group_by("value").agg(n=pl.col("person").n_unique()).rows()}
    counts = {value: n.get(value, 0) for value in sorted({*n, *reference})}
    whole, total = sum(counts.values()), sum(reference.values())
    reasons = withheld_values({value: Counted(people) for value, people in counts.items()}, min_group)
    rows = [
        (
            value,
            None if value in reasons else people,
            None if value in reasons else people / max(whole, 1),
            reference.get(value, 0.0) / total,
            value in reasons,
            reasons.get(value, ""),
        )
        for value, people in counts.items()
    ]
    table = pl.DataFrame(rows, schema=_PARTICIPATION, orient="row")
    shares = {value: share / total for value, share in reference.items()}
    return table.with_columns(dissimilarity=pl.lit(dissimilarity(counts, shares, reasons), dtype=pl.Float64))


def dissimilarity(people: Mapping[str, int], shares: Mapping[str, float], withheld: Collection[str]) -> float | None:
    """Return the share of people who would have to be others for both to be alike.

    Parameters
    ----------
    people : how many there are of each value
    shares : of the population, 0 to 1, for the values that are named; what is missing to 1 are all others
        Nothing is scaled: a population of which three regions are named has other regions too.
    withheld : values that count together with those that are not named, so that the index gives none away

    Returns
    -------
    float or None
        0 to 1. None where nobody is counted, or where every value is withheld: then it would compare nothing.

    Source: Duncan and Duncan (1955), American Sociological Review 20(2), 210-217.
    """
    whole = sum(people.values())
    if not any(count for value, count in people.items() if value not in withheld):
        return None
    named = [value for value in shares if value not in withheld]
    apart = [people.get(value, 0) / whole - shares[value] for value in named]
    others = sum(count for value, count in people.items() if value not in named)
    rest = max(1 - sum(shares[value] for value in named), 0.0)
    return (sum(abs(each) for each in apart) + abs(others / whole - rest)) / 2


def demand_reference(reference: Mapping[str, float]) -> None:
    """Refuse a population that is empty or holds what is no positive figure.

    Raises
    ------
    TraceError
    """
    if not reference:
        raise TraceError("The reference population is empty. Give a positive figure for each group.")
    for value, share in reference.items():
        is_number = isinstance(share, int | float) and not isinstance(share, bool)
        if not is_number or not math.isfinite(share) or share <= 0:
            raise TraceError(
                f"The reference population gives {value!r} as {share!r}, but each group needs a positive figure. "
                "Correct it, or leave the group out."
            )
