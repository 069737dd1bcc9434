"""Groups of opinion on a map, with what speaks for them, and "no clear groups" as an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine import clustering
from minga.deliberation.engine.chance import Chance, against_chance
from minga.deliberation.engine.checks import given, whole
from minga.deliberation.engine.components import components
from minga.deliberation.engine.errors import MapError
from minga.deliberation.engine.gaps import Finding, borders
from minga.deliberation.engine.projection import OpinionMap, centre, hashed_order, project, taking_part
from minga.deliberation.engine.votes import Bools, Floats, Ints, VoteTable

#: Groups are sought among these numbers.
SMALLEST_K, LARGEST_K = 2, 5
#: A group holds at least this many people, and at least this share of all who are grouped.
LEAST_PEOPLE, LEAST_SHARE = 5, 0.03
#: Groups count as clear when resamples find them again with at least this agreement (median).
CLEAR = 0.75
#: Resamples behind a choice of k, starts in each, and the people of a resample at most.
DRAWS, STARTS, DRAWN = 20, 5, 4000
#: People put aside as too far from any group, at most (share), before a number of groups is given up.
_ASIDE = 0.1
_BASE = 100


@dataclass(frozen=True, eq=False)
class Groups:
    """Who stands with whom, and how sure that is.

    Parameters
    ----------
    labels : table, one row per person
        ``participant``, ``group`` (0 the largest; null for who is not grouped, and for all where no groups are clear).
    k : number of groups; 1 means "no clear groups"
    evidence : table, one row per number of groups tried
        ``k``, ``silhouette``, ``stability`` (median agreement of resamples, null in mode "polis"), ``smallest``
        (people), ``eligible``.
    group_stability : share of each group that resamples find again, 0 to 1 (mean Jaccard); empty in mode "polis"
    smallest_allowed : people a group must have
    forced : whether somebody set k
    base_clusters : number of base clusters (mode "polis")
    chance : what the map shows against the same votes dealt by chance; None in mode "polis"
    map : the map they stand on
    keep : names of people who were to be grouped however few their votes
    """

    labels: pl.DataFrame
    k: int
    evidence: pl.DataFrame
    group_stability: tuple[float, ...]
    smallest_allowed: int
    forced: bool
    base_clusters: int
    chance: Chance | None
    map: OpinionMap = field(repr=False)
    keep: tuple[Any, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Say which groups there are and on which map, for a notebook."""
        sizes = " and ".join(f"{size:,}" for size in self.sizes)
        found = (
            f"k: {self.k}{' as set' if self.forced else ''}, people: {sizes}" if self.is_clear else "no clear groups"
        )
        return f"Groups({found};\n       {self.map!r})"

    @property
    def label(self) -> Ints:
        """The group of each person as a number, -1 for none."""
        numbers: Ints = self.labels["group"].fill_null(-1).to_numpy().astype(np.int64)
        return numbers

    @property
    def sizes(self) -> tuple[int, ...]:
        """People in each group."""
        n = np.bincount(self.label[self.label >= 0], minlength=0)
        return tuple(int(each) for each in n)

    @property
    def is_clear(self) -> bool:
        """Whether there are groups at all, found or set."""
        return self.k > 1

    @property
    def come_back(self) -> bool | None:
        """Whether the number was chosen freely and resamples find the groups again; None in mode "polis"."""
        return None if self.map.mode == "polis" else self.is_clear and not self.forced

    @property
    def were_drawn(self) -> bool:
        """Whether people were drawn anew at all: never in mode "polis", nor where no groups are large enough."""
        return bool(self.evidence["stability"].is_not_null().any())

    @cached_property
    def borders(self) -> pl.DataFrame:
        """How many people stand at the border of each two neighbouring groups, and what that says of a gap.

        One row per pair, as :func:`minga.deliberation.engine.gaps.borders` gives them; none without groups.
        """
        return borders(self.map, self.label)

    @property
    def separation(self) -> Finding | None:
        """What holds of all borders: "gap" at each, "no_gap" at one or more, else "unsure"; None without groups."""
        found = self.borders["finding"].to_list()
        if not found:
            return None
        return "no_gap" if "no_gap" in found else "gap" if set(found) == {"gap"} else "unsure"


def groups(
    opinions: OpinionMap,
    k: int | None = None,
    keep: Any = None,
    *,
    tell: Callable[[int, int], None] | None = None,
) -> Groups:
    """Find the groups on a map.

    Parameters
    ----------
    opinions : OpinionMap
        Its mode decides. "polis": base clusters, then weighted k-means, the number by the best silhouette, as Pol.is
        publishes (it hangs on the order of people). "stable": k-means++ over people in an order of their own, no group
        below 5 people or 3 %, the number by the best silhouette among those that resamples find again (0.75 or more),
        if the map shows more than the same votes dealt by chance; otherwise no groups.
    k : int, optional
        Sets the number of groups.
    keep : names, optional
        People who were grouped before, and stay, however few their votes.
    tell : function, optional
        Called with the resamples done and wanted (mode "stable").

    Returns
    -------
    Groups

    Raises
    ------
    MapError
        k is no whole number from 2 to 5, there is no such number of groups of the smallest size, ``keep`` is no list
        of names of the type that the votes use, or what is given is no map.

    Source: docs/methods/groups.md.
    """
    opinions = given(opinions, OpinionMap, "The map", MapError)
    if k is not None:
        k = whole(k, "The number of groups", MapError, least=SMALLEST_K, most=LARGEST_K)
    part = taking_part(opinions.table, keep, mode=opinions.mode)  # type: ignore[arg-type]
    found = _polis(opinions, part, k) if opinions.mode == "polis" else _stable(opinions, part, k, tell)
    return found if keep is None else replace(found, keep=tuple(keep))


# ---------------------------------------------------------------- as Pol.is publishes
def _polis(opinions: OpinionMap, part: Bools, k: int | None) -> Groups:
    points = opinions.position[part]
    base, centres, weights = base_clusters(points)
    most = max(min(LARGEST_K, 2 + len(centres) // 12), k or 0)
    found: dict[int, Ints] = {}
    rows: list[tuple[Any, ...]] = []
    for each in range(SMALLEST_K, min(most, len(centres)) + 1):
        labels, _ = clustering.lloyd(centres, clustering.first_distinct(centres, each), weights, passes=20)
        found[each] = labels[base]
        smallest = int(np.bincount(labels[base]).min())
        rows.append((each, clustering.silhouette(centres, labels), None, smallest, True))
    if k is not None and k not in found:
        raise MapError(
            f"{k} groups were asked for, but only {len(centres)} places on the map are taken. Ask for fewer groups."
        )
    chosen = k or (max((row[1], row[0]) for row in rows)[1] if rows else 1)
    labels = found.get(chosen, np.zeros(len(points), dtype=np.int64))
    return Groups(
        labels=_labelled(opinions, part, labels if rows else None),
        k=len(np.unique(labels)) if rows else 1,
        evidence=_evidence(rows),
        group_stability=(),
        smallest_allowed=1,
        forced=k is not None,
        base_clusters=len(centres),
        chance=None,
        map=opinions,
    )


def base_clusters(points: Floats) -> tuple[Ints, Floats, Floats]:
    """Gather people into at most 100 small clusters, begun from the first 100 who differ.

    Returns
    -------
    cluster of each person, centres, people in each
    """
    first = clustering.first_distinct(points, _BASE)
    base, centres = clustering.lloyd(points, first, np.ones(len(points)), passes=100)
    return base, centres, np.bincount(base, minlength=len(centres)).astype(np.float64)


def polis_centres(points: Floats, k: int) -> Floats:
    """Return the centres of k groups of points, found over base clusters."""
    _base, centres, weights = base_clusters(points)
    labels, found = clustering.lloyd(centres, clustering.first_distinct(centres, k), weights, passes=20)
    return found[np.unique(labels)]


# ---------------------------------------------------------------- that do not hang on order or luck
def _stable(opinions: OpinionMap, part: Bools, k: int | None, tell: Callable[[int, int], None] | None) -> Groups:
    order = hashed_order(opinions.table.participants, opinions.seed)
    order = order[part[order]]
    points = opinions.position[order]
    least = smallest_group(len(order))
    tried = (k,) if k else range(SMALLEST_K, LARGEST_K + 1)
    fits = {each: fit for each in tried if (fit := fitted(points, each, least, opinions.seed)) is not None}
    parts = {each: clustering.nearest(points, centres) for each, centres in fits.items()}
    found = resampled(opinions, order, parts, DRAWS, tell)
    chance = against_chance(opinions, order)
    rows: list[tuple[Any, ...]] = []
    for each in tried:
        if each not in fits:
            rows.append((each, None, None, None, False))
            continue
        labels = parts[each]
        stability = float(np.median(found[each][0]))
        sizes = np.bincount(labels, minlength=each)
        is_clear = stability >= CLEAR and chance.is_beaten
        rows.append((each, clustering.silhouette(points, labels), stability, int(sizes.min()), is_clear))
    if k and not fits:
        raise MapError(
            f"{k} groups were asked for, but one of them would hold fewer than {least} people, the least that is "
            f"shown of {len(order)}. Ask for fewer groups, or let the number be chosen."
        )
    eligible = [row for row in rows if row[4]]
    chosen = k or (-max((row[1], -row[0]) for row in eligible)[1] if eligible else 1)
    shuffled, ranks = _largest_first(parts.get(chosen), points)
    back = None if shuffled is None else _in_rows(shuffled, order, part)
    jaccard = found[chosen][1].mean(axis=0)[ranks] if chosen in found else np.zeros(0)
    return Groups(
        labels=_labelled(opinions, part, back, sort=False),
        k=chosen,
        evidence=_evidence(rows),
        group_stability=tuple(float(each) for each in jaccard),
        smallest_allowed=least,
        forced=k is not None,
        base_clusters=0,
        chance=chance,
        map=opinions,
    )


def smallest_group(people: int) -> int:
    """Return how many people a group must hold: 5, or 3 % of all who are grouped, whichever is more."""
    return max(LEAST_PEOPLE, int(np.ceil(LEAST_SHARE * people)))


def fitted(points: Floats, k: int, least: int, seed: int, starts: int = 20) -> Floats | None:
    """Find k centres whose groups all reach the smallest size, or nothing.

    Groups that are too small are put aside as lone voices and the rest is grouped again; in the end everybody joins
    the nearest group. When more than a tenth had to be put aside, there are no such groups.
    """
    kept = np.ones(len(points), dtype=bool)
    while kept.sum() >= max(k * least, (1 - _ASIDE) * len(points)):
        centres, _cost = clustering.kmeans(points[kept], k, starts=starts, seed=seed)
        labels = clustering.nearest(points[kept], centres)
        sizes = np.bincount(labels, minlength=k)
        if (sizes >= least).all():
            everybody = np.bincount(clustering.nearest(points, centres), minlength=k)
            return centres if (everybody >= least).all() else None
        lone = np.flatnonzero(kept)[sizes[labels] < least]
        if not len(lone):
            return None  # fewer places on the map than groups: some centre has nobody
        kept[lone] = False
    return None


def resampled(
    opinions: OpinionMap,
    order: Ints,
    labels: dict[int, Ints],
    draws: int,
    tell: Callable[[int, int], None] | None = None,
) -> dict[int, tuple[Floats, Floats]]:
    """Draw people anew, map and group them, and see how much of the groups comes back.

    Parameters
    ----------
    opinions : OpinionMap
        Its mode says how the people drawn are grouped.
    order : array of int
        The rows that are grouped.
    labels : groups of these rows, by number of groups
    draws : int
    tell : function, optional
        Called with the draws done and wanted.

    Returns
    -------
    by number of groups: agreement of each draw (draws), share of each group found again (draws, groups)

    Notes
    -----
    The axes are found anew in each draw; everybody is then placed on them and joins the nearest centre, so that the
    same people are compared. Above 4000 people each draw holds 4000, which makes it harsher, never kinder.

    Source: Hennig (2007), Cluster-wise assessment of cluster stability, CSDA 52, 258-271; agreement by Hubert and
    Arabie (1985).
    """
    table = opinions.table.take(order)
    random = np.random.default_rng([opinions.seed, 7])
    size = min(len(order), DRAWN)
    chosen = np.arange(size) if size == len(order) else np.sort(random.permutation(len(order))[:size])
    judged = table.take(chosen)
    result = {k: (np.zeros(draws), np.zeros((draws, k))) for k in labels}
    for draw in range(draws):
        drawn = np.sort(random.integers(0, len(order), size))
        fitted_on, placed = _again(opinions, table.take(drawn), judged)
        for k, own in labels.items():
            if opinions.mode == "polis":
                centres = polis_centres(fitted_on, k)
            else:
                centres, _cost = clustering.kmeans(fitted_on, k, starts=STARTS, seed=opinions.seed + draw + 1)
            other = clustering.nearest(placed, centres)
            result[k][0][draw] = clustering.agreement(own[chosen], other)
            result[k][1][draw] = _found_again(own[chosen], other, k)
        if tell is not None:
            tell(draw + 1, draws)
    return result


def _again(opinions: OpinionMap, drawn: VoteTable, judged: VoteTable) -> tuple[Floats, Floats]:
    """Find axes from the people drawn; place them and those who are judged."""
    out = opinions.out
    means, centred = centre(drawn, out)
    n = max(1, len(opinions.eigenvalues))
    directions, _values, _kind = components(centred, n, solver="auto", seed=opinions.seed)
    counted = ~out[judged.column]
    others = judged.matrix(np.where(counted, judged.value - means[judged.column], 0.0))
    return project(drawn, centred, directions, out), project(judged, others, directions, out)


def _found_again(labels: Ints, other: Ints, k: int) -> Floats:
    """Return for each group the largest overlap with a group of the resample (Jaccard)."""
    shared = np.zeros((k, int(other.max()) + 1))
    np.add.at(shared, (labels, other), 1)
    union = shared.sum(axis=1)[:, None] + shared.sum(axis=0)[None] - shared
    overlap: Floats = (shared / np.maximum(union, 1)).max(axis=1)
    return overlap


# ---------------------------------------------------------------- shared
def _largest_first(labels: Ints | None, points: Floats) -> tuple[Ints | None, Ints]:
    """Number groups by size, the largest first; equal ones from the left of the map."""
    if labels is None:
        return None, np.zeros(0, dtype=np.int64)
    sizes = np.bincount(labels)
    left = np.bincount(labels, weights=points[:, 0]) / np.maximum(sizes, 1)
    ranks = np.lexsort((left, -sizes)).astype(np.int64)
    number = np.empty_like(ranks)
    number[ranks] = np.arange(len(ranks))
    return number[labels], ranks


def _in_rows(labels: Ints, order: Ints, part: Bools) -> Ints:
    """Bring labels from the order of their own back to the order of rows."""
    by_row = np.full(len(part), -1, dtype=np.int64)
    by_row[order] = labels
    return by_row[part]


def _labelled(opinions: OpinionMap, part: Bools, labels: Ints | None, sort: bool = True) -> pl.DataFrame:
    numbers = np.full(len(part), -1, dtype=np.int64)
    if labels is not None:
        ordered = _largest_first(labels, opinions.position[part])[0] if sort else labels
        numbers[part] = labels if ordered is None else ordered
    group = pl.Series("group", numbers)
    return pl.DataFrame({"participant": opinions.table.participants, "group": group}).with_columns(
        pl.when(pl.col("group") >= 0).then(pl.col("group"))
    )


def _evidence(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    kinds = {
        "k": pl.Int64, "silhouette": pl.Float64, "stability": pl.Float64, "smallest": pl.Int64, "eligible": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=kinds, orient="row")
