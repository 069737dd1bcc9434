"""What groups say: votes of each group on each statement, how far that differs, and what all agree on."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl

from minga.deliberation.engine.checks import given, listed, named, tabled
from minga.deliberation.engine.errors import VoteError
from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.votes import Bools, Floats, Ints, VoteTable

#: One-sided 90 %: from here a difference counts as one.
SIGNIFICANT = 1.2816
#: The columns of the table of :func:`group_stats`.
STATS = ("group_id", "statement_id", "na", "nd", "ns", "pa", "pd", "pat", "pdt", "ra", "rd", "rat", "rdt")
#: How strongly a statement tells a group from all others.
_METRIC = pl.col("repness") * pl.col("repness_test") * pl.col("p_success") * pl.col("p_test")
GroupLabels = Groups | pl.DataFrame | Ints


def group_stats(votes: VoteTable, labels: GroupLabels) -> pl.DataFrame:
    """Count and test the votes of each group on each statement.

    Parameters
    ----------
    votes : VoteTable
    labels : Groups, table (participant, group), or array with -1 for people in no group

    Returns
    -------
    table, one row per group and statement
        ``group_id``, ``statement_id``; ``na``, ``nd``, ``ns`` (agree, disagree, all votes with passes);
        ``pa``, ``pd`` (shares with one vote added on each side), ``pat``, ``pdt`` (tests of more than half);
        ``ra``, ``rd`` (share of the group over share of all other grouped people), ``rat``, ``rdt`` (tests of it).

    Raises
    ------
    VoteError
        The votes are no VoteTable, or the labels do not fit its people: another number of them, somebody labelled
        twice, or a group that is no whole number.

    Source: Small and others (2021); tests of proportions with one added to every count.
    """
    counts, k = _counts(votes, group_of(votes, labels))
    rest = counts.sum(axis=1, keepdims=True) - counts
    width = len(votes.statements)
    na, nd, ns = counts
    return pl.DataFrame(
        {
            "group_id": np.repeat(np.arange(k), width),
            "statement_id": pl.concat([votes.statements] * k) if k else votes.statements[:0],
            **{name: each.ravel().astype(np.int64) for name, each in zip(("na", "nd", "ns"), counts, strict=True)},
            "pa": _share(na, ns).ravel(),
            "pd": _share(nd, ns).ravel(),
            "pat": _half(na, ns).ravel(),
            "pdt": _half(nd, ns).ravel(),
            "ra": (_share(na, ns) / _share(rest[0], rest[2])).ravel(),
            "rd": (_share(nd, ns) / _share(rest[1], rest[2])).ravel(),
            "rat": _two(na, rest[0], ns, rest[2]).ravel(),
            "rdt": _two(nd, rest[1], ns, rest[2]).ravel(),
        }
    )


def group_of(votes: VoteTable, labels: GroupLabels) -> Ints:
    """Return the group of each person as a number, -1 for none.

    Raises
    ------
    VoteError
        The votes are no VoteTable, or the labels do not fit its people.
    """
    votes = given(votes, VoteTable, "The table of votes", VoteError)
    if isinstance(labels, Groups):
        labels = labels.labels
    column = _joined(votes, labels) if isinstance(labels, pl.DataFrame) else pl.Series(np.asarray(labels))
    if len(column) != len(votes.participants):
        raise VoteError(f"There are {len(column)} labels for {len(votes.participants)} people. Give one a person.")
    if column.dtype.is_float():
        column = column.fill_nan(None)
    numbers = column.cast(pl.Int64, strict=False) if column.dtype.is_numeric() or column.dtype == pl.Null else None
    if numbers is None or not (numbers == column).fill_null(True).all() or (numbers < -1).any():
        raise VoteError(
            f"The groups are given as {column.dtype}, such as {column.drop_nulls()[0]!r}, but a group is a whole "
            "number from 0, and -1 or nothing for people in none. Number the groups."
        )
    return np.asarray(numbers.fill_null(-1).to_numpy(), dtype=np.int64)


def _joined(votes: VoteTable, labels: pl.DataFrame) -> pl.Series:
    """Return the group of each person from a table of people, which may leave some out."""
    if not {"participant", "group"} <= set(labels.columns):
        raise VoteError("The table of groups lacks the column participant or group. Give one row a person.")
    names = named(labels["participant"], votes.participants, "The table of groups", VoteError)
    if names.is_duplicated().any():
        twice = names.filter(names.is_duplicated())[0]
        raise VoteError(f"Participant {twice!r} has two rows in the table of groups. Give one row a person.")
    people = pl.DataFrame({"participant": votes.participants})
    told = pl.DataFrame({"participant": names, "group": labels["group"]})
    return people.join(told, on="participant", how="left", maintain_order="left")["group"]


def _counts(votes: VoteTable, label: Ints) -> tuple[Floats, int]:
    """Count agreement, disagreement and all votes by group and statement."""
    k = int(label.max(initial=-1)) + 1
    width = len(votes.statements)
    group = label[votes.row]
    counts = []
    for wanted in (votes.value == 1, votes.value == -1, np.ones(len(votes.value), dtype=bool)):
        kept = wanted & (group >= 0)
        place = group[kept] * width + votes.column[kept]
        counts.append(np.bincount(place, minlength=k * width).reshape(k, width))
    return np.stack(counts).astype(np.float64), k


def _share(n: Floats, of: Floats) -> Floats:
    return (n + 1) / (of + 2)


def _half(n: Floats, of: Floats) -> Floats:
    return 2 * np.sqrt(of + 1) * ((n + 1) / (of + 1) - 0.5)


def _two(n: Floats, other: Floats, of: Floats, other_of: Floats) -> Floats:
    """Test two proportions, one added to all four counts; 0 where both are certain."""
    n, other, of, other_of = n + 1, other + 1, of + 1, other_of + 1
    pooled = (n + other) / (of + other_of)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / of + 1 / other_of))
    tested: Floats = np.where(pooled == 1, 0.0, (n / of - other / other_of) / np.where(spread > 0, spread, 1.0))
    return tested


def representative(stats: pl.DataFrame, top: int | None = 5, *, mod_out: Any = ()) -> pl.DataFrame:
    """Pick, or rank, the statements that tell a group from all others.

    Parameters
    ----------
    stats : table of :func:`group_stats`
    top : int or None
        The number per group, at least 1, chosen as Pol.is chooses: the best agreement first, then what passes both
        tests by its strength, agreement before disagreement; without any, the single best. None ranks all statements
        by strength.
    mod_out : names of statements, optional
        Statements that are not shown: of a map, ``OpinionMap.rejected``.

    Returns
    -------
    table, one row per group and statement
        ``group_id``, ``statement_id``, ``rank``, ``side`` ("agree" or "disagree"), ``n_success``, ``n_trials``,
        ``p_success``, ``p_test``, ``repness``, ``repness_test``, ``metric`` (product of the last four),
        ``sufficient`` (both tests passed), ``best_agree`` (shown for its agreement, whichever side is stronger).
        Empty where there are no groups.

    Raises
    ------
    VoteError
        ``top`` is no whole number of at least 1, the table is not that of :func:`group_stats`, or ``mod_out`` is no
        list of names of the type that the votes use.

    Source: Small and others (2021); the sequence of Pol.is as published.
    """
    top = listed(top, VoteError)
    stats = tabled(stats, STATS, "The table of statistics", "group_stats", VoteError)
    hidden = named(mod_out, stats["statement_id"], "mod_out", VoteError)
    told = _sided(stats.filter(~pl.col("statement_id").is_in(hidden.to_list())))
    tables = []
    for group in told["group_id"].unique().sort().to_list():
        own = told.filter(pl.col("group_id") == group).sort("statement_id")
        tables.append(_ranked(own) if top is None else _chosen(own, top))
    shown = ["group_id", "statement_id", "rank", "side", "n_success", "n_trials", "p_success", "p_test", "repness",
             "repness_test", "metric", "sufficient", "best_agree"]  # fmt: skip
    if not tables:
        tables = [told.with_columns(rank=pl.lit(0, dtype=pl.Int64), best_agree=pl.lit(False))]
    return pl.concat(tables).select(shown)


def _sided(stats: pl.DataFrame) -> pl.DataFrame:
    """Decide for each statement whether agreement or disagreement tells the group from others."""
    agrees = pl.col("rat") > pl.col("rdt")

    def of(agree: str, disagree: str) -> pl.Expr:
        return pl.when(agrees).then(pl.col(agree)).otherwise(pl.col(disagree))

    passed = ((pl.col("rat") > SIGNIFICANT) & (pl.col("pat") > SIGNIFICANT)) | (
        (pl.col("rdt") > SIGNIFICANT) & (pl.col("pdt") > SIGNIFICANT)
    )
    return stats.with_columns(
        side=pl.when(agrees).then(pl.lit("agree")).otherwise(pl.lit("disagree")),
        n_success=of("na", "nd"),
        n_trials=pl.col("ns"),
        p_success=of("pa", "pd"),
        p_test=of("pat", "pdt"),
        repness=of("ra", "rd"),
        repness_test=of("rat", "rdt"),
        sufficient=passed,
    ).with_columns(metric=_METRIC)


def _ranked(own: pl.DataFrame) -> pl.DataFrame:
    """Rank all: what passes both tests first, each part by strength."""
    ordered = own.sort(["sufficient", "metric", "statement_id"], descending=[True, True, False])
    ranks = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return ordered.with_columns(rank=ranks, best_agree=pl.lit(False))


def _chosen(own: pl.DataFrame, top: int) -> pl.DataFrame:
    best = _best_agreement(own)
    enough = own.filter(pl.col("sufficient"))
    if enough.height:
        rest = enough.filter(pl.col("statement_id") != best) if best is not None else enough
        rest = rest.sort(["metric", "statement_id"], descending=[True, False])
        first = own.filter(pl.col("statement_id") == best) if best is not None else own[:0]
        chosen = pl.concat([first, rest]).head(top)
    elif best is not None:
        chosen = own.filter(pl.col("statement_id") == best)
    else:
        strongest = own.with_columns(z=pl.max_horizontal("rat", "rdt"))
        chosen = strongest.sort(["z", "statement_id"], descending=[True, False]).head(1).drop("z")
    marked = chosen.with_columns(best_agree=(pl.col("statement_id") == best) if best is not None else pl.lit(False))
    marked = marked.with_columns(side=pl.when("best_agree").then(pl.lit("agree")).otherwise("side"))
    marked = _agreeing(marked)
    ordered = marked.sort(pl.col("side") == "disagree", maintain_order=True)
    return ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _agreeing(chosen: pl.DataFrame) -> pl.DataFrame:
    """Show the figures of agreement for the best agreement, whatever its stronger side."""
    swap = {"n_success": "na", "p_success": "pa", "p_test": "pat", "repness": "ra", "repness_test": "rat"}
    swapped = chosen.with_columns(
        [pl.when("best_agree").then(pl.col(agree)).otherwise(pl.col(name)).alias(name) for name, agree in swap.items()]
    )
    return swapped.with_columns(metric=_METRIC)


def _best_agreement(own: pl.DataFrame) -> Any:
    """Go through the statements once and keep the one the group agrees on most tellingly, by the rule of Pol.is."""
    best = None
    columns = ("statement_id", "na", "nd", "ra", "rat", "pa", "pat")
    for row in own.select(columns).iter_rows():
        _name, na, nd, ra, rat, pa, pat = row
        if na == 0 and nd == 0:
            continue
        if best is None:
            better = pat > SIGNIFICANT or (ra > 1 and pa > 0.5)
        elif best[3] > 1:
            better = ra * rat * pa * pat > best[3] * best[4] * best[5] * best[6]
        else:
            better = pa * pat > best[5] * best[6]
        if better:
            best = row
    return None if best is None else best[0]


def consensus(
    votes: VoteTable,
    labels: GroupLabels,
    *,
    mod_out: Any = None,
    top: int | None = 5,
    of: Literal["all", "grouped"] = "all",
) -> dict[str, pl.DataFrame]:
    """Find what people agree on: as a whole, and across all groups.

    Parameters
    ----------
    votes : VoteTable
    labels : Groups, table (participant, group), or array with -1 for people in no group
    mod_out : names of statements, optional
        Statements that are left out of the two lists. When not given, those that the map of the ``Groups`` leaves
        out; none where the labels are no ``Groups``.
    top : int or None
        Length of the lists; None for all.
    of : "all" or "grouped"
        Whose votes count for the two lists.

    Returns
    -------
    tables by name
        ``agree`` and ``disagree``: statements with more than half on that side, and surely so, the strongest first
        (``statement``, ``n_success``, ``n_trials``, ``p_success``, ``p_test``). ``group_aware``: one row per
        statement, the product over the groups of their shares (``agree``, ``disagree``) and its geometric mean
        (``agree_mean``, ``disagree_mean``), which does not sink with the number of groups. Without groups everybody
        is one group.

    Raises
    ------
    VoteError
        The labels do not fit the people, ``top`` is no whole number of at least 1, ``of`` is unknown, or ``mod_out``
        is no list of names of the type that the votes use.

    Source: Small and others (2021), group-aware consensus.
    """
    if of not in ("all", "grouped"):
        raise VoteError(f"of is {of!r}, but the votes that count are those of all or of the grouped people.")
    top = listed(top, VoteError)
    label = group_of(votes, labels)
    if not (label >= 0).any():
        label = np.zeros(len(label), dtype=np.int64)
    counts, k = _counts(votes, label)
    na, nd, ns = counts
    agree, disagree = _share(na, ns).prod(axis=0), _share(nd, ns).prod(axis=0)
    whole = counts.sum(axis=1) if of == "grouped" else _counts(votes, np.zeros(len(label), dtype=np.int64))[0][:, 0]
    if mod_out is None:
        mod_out = labels.map.rejected if isinstance(labels, Groups) else ()
    shown = ~votes.statements.is_in(named(mod_out, votes.statements, "mod_out", VoteError).to_list()).to_numpy()
    return {
        "agree": _list(votes, whole[0], whole[2], shown, top),
        "disagree": _list(votes, whole[1], whole[2], shown, top),
        "group_aware": pl.DataFrame(
            {
                "statement": votes.statements,
                "agree": agree,
                "disagree": disagree,
                "agree_mean": agree ** (1 / k),
                "disagree_mean": disagree ** (1 / k),
            }
        ),
    }


def _list(votes: VoteTable, n: Floats, of: Floats, shown: Bools, top: int | None) -> pl.DataFrame:
    table = pl.DataFrame(
        {
            "statement": votes.statements,
            "n_success": n.astype(np.int64),
            "n_trials": of.astype(np.int64),
            "p_success": _share(n, of),
            "p_test": _half(n, of),
        }
    ).filter(pl.Series(shown) & (pl.col("p_success") > 0.5) & (pl.col("p_test") > SIGNIFICANT))
    ordered = table.sort([pl.col("p_success") * pl.col("p_test"), "statement"], descending=[True, False])
    return ordered if top is None else ordered.head(top)


def divisiveness(votes: VoteTable, labels: GroupLabels) -> pl.DataFrame:
    """Say how far each statement divides groups, and people.

    Parameters
    ----------
    votes : VoteTable
    labels : Groups, table (participant, group), or array with -1 for people in no group

    Returns
    -------
    table, one row per statement
        ``between`` (largest difference of the groups' shares of agreement among those who took a side, 0 to 1; null
        when fewer than two groups took one), ``within`` (1 when people are split in half, 0 when all stand on a side).

    Raises
    ------
    VoteError
        The labels do not fit the people.

    Source: own measures: the range of shares, and twice the share of the smaller side.
    """
    counts, k = _counts(votes, group_of(votes, labels))
    sided = counts[0] + counts[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(sided > 0, counts[0] / np.maximum(sided, 1), np.nan)
    whole = _counts(votes, np.zeros(len(votes.participants), dtype=np.int64))[0][:, 0]
    balance = np.minimum(whole[0], whole[1]) * 2 / np.maximum(whole[0] + whole[1], 1)
    enough = (~np.isnan(share)).sum(axis=0) >= 2 if k else np.zeros(len(votes.statements), dtype=bool)
    between = np.full(len(votes.statements), np.nan)
    if enough.any():
        between[enough] = np.nanmax(share[:, enough], axis=0) - np.nanmin(share[:, enough], axis=0)
    table = pl.DataFrame({"statement": votes.statements, "between": between, "within": balance})
    return table.with_columns(pl.col("between").fill_nan(None))
