"""What changed in a group of enterprises between two times: the mean paired change with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from scipy import special

from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.scoring import TOTAL
from minga.stats.release import smallest_group, withhold_small_groups

#: Probability that the interval of a mean change holds the true mean.
LEVEL = 0.90
#: A factor is compared for an enterprise from so many common questions on; the total from so many factors.
MIN_ITEMS, MIN_FACTORS = 2, 6

_COLUMNS = ("n", "before", "after", "change", "lower", "upper", "risen", "is_change", "withheld")


def paired_changes(before: pl.DataFrame, after: pl.DataFrame, instrument: Instrument) -> pl.DataFrame:
    """Compare each enterprise with itself, on the anchor questions that it answered with a level both times.

    Parameters
    ----------
    before, after : tables, one row per answer
        ``enterprise``, ``item``, ``level`` (text: 0 to 5, dk or na).
    instrument : Instrument
        Says which items are anchors, and of which factor.

    Returns
    -------
    table, one row per enterprise and factor with two or more common questions, and ``total`` from six factors on
        ``enterprise``, ``node``, ``before``, ``after`` (mean levels of the common questions), ``change``.

    Source: rule "comparability: link_score" of the scoring rules; docs/methods/programme-effect.md.
    """
    factors = {item.id: item.factor for item in instrument.items if item.anchor}
    both = _levels(before, "before", factors).join(_levels(after, "after", factors), on=["enterprise", "item"])
    of_factors = (
        both.with_columns(node=pl.col("item").replace_strict(factors, return_dtype=pl.String))
        .group_by("enterprise", "node")
        .agg(pl.col("before", "after").mean(), items=pl.len())
        .filter(pl.col("items") >= MIN_ITEMS)
    )
    total = (
        of_factors.group_by("enterprise")
        .agg(pl.col("before", "after").mean(), factors=pl.len())
        .filter(pl.col("factors") >= MIN_FACTORS)
        .with_columns(node=pl.lit(TOTAL))
    )
    columns = ["enterprise", "node", "before", "after"]
    found = pl.concat([of_factors.select(columns), total.select(columns)])
    return found.with_columns(change=pl.col("after") - pl.col("before")).sort("enterprise", "node")


def _levels(answers: pl.DataFrame, name: str, factors: dict[str, str]) -> pl.DataFrame:
    return (
        answers.filter(pl.col("item").is_in(list(factors)))
        .select("enterprise", "item", pl.col("level").cast(pl.Float64, strict=False).alias(name))
        .drop_nulls()
    )


def programme_effect(
    changes: pl.DataFrame, *, by: Sequence[str] = (), min_group: int | None = None, level: float = LEVEL
) -> pl.DataFrame:
    """Average the changes of a group, as far as the disclosure policy lets it be shown.

    Parameters
    ----------
    changes : table, one row per enterprise and node
        As from `paired_changes`, with the columns of ``by``.
    by : names of columns, optional
        One row a group of these; an enterprise without a value is left out.
    min_group : int, optional
        Raises the threshold of the policy.
    level : float
        Of the interval, between 0 and 1.

    Returns
    -------
    table, one row per group and node
        The columns of ``by``, ``node``, ``n`` enterprises, mean ``before``, ``after`` and ``change``, ``lower``,
        ``upper`` (interval of the mean change: Student's t over enterprises), ``risen`` (share of enterprises
        whose level rose), ``is_change`` (the interval leaves 0 out), ``withheld`` (code of why, "" where shown).

    Notes
    -----
    Says what changed in businesses that took part, not what the programme did: businesses choose to take part, and
    levels move without help too. Enterprises are taken as independent.

    Source: paired t interval; docs/methods/programme-effect.md.
    """
    if not 0 < level < 1:
        raise ValueError(f"The level of the interval is {level}; give a number between 0 and 1, such as 0.9.")
    groups = [*by, "node"]
    means = (
        changes.drop_nulls(list(by))
        .group_by(groups)
        .agg(
            pl.len().alias("n"),
            pl.col("before", "after", "change").mean(),
            spread=pl.col("change").std(),
            risen=(pl.col("change") > 0).mean(),
        )
        .sort(groups)
    )
    half = pl.struct("n", "spread").map_batches(lambda rows: _half_widths(rows, level), return_dtype=pl.Float64)
    full = means.with_columns(half=half).with_columns(
        lower=pl.col("change") - pl.col("half"), upper=pl.col("change") + pl.col("half")
    )
    judged = full.with_columns(is_change=(pl.col("lower") > 0) | (pl.col("upper") < 0))
    return _released(judged, groups, smallest_group(min_group))


def _half_widths(rows: pl.Series, level: float) -> pl.Series:
    n = rows.struct.field("n").cast(pl.Float64).to_numpy()
    spread = rows.struct.field("spread").fill_null(float("nan")).to_numpy()
    return pl.Series(special.stdtrit(n - 1, (1 + level) / 2) * spread / n**0.5)


def _released(table: pl.DataFrame, groups: list[str], min_group: int) -> pl.DataFrame:
    """Blank what is too small, and whatever could be worked out from the rest of its node."""
    columns = [*groups, *_COLUMNS]
    if table.is_empty():
        return table.with_columns(withheld=pl.lit("")).select(columns)
    kept = withhold_small_groups(table, count="n", min_group=min_group, keep=groups, within=["node"])
    hidden = [pl.when("withheld").then(None).otherwise(pl.col("is_change")).alias("is_change")]
    return kept.with_columns(*hidden).with_columns(withheld=pl.col("reason")).select(columns)
