"""Clusters of points in few dimensions: k-means as Pol.is runs it, k-means++ with many starts, how good they are."""

from __future__ import annotations

import numpy as np

from minga.deliberation.engine.votes import Floats, Ints

#: Pol.is stops when no centre moves further than this.
_STILL = 0.01
#: From how many points on, starts are tried on a grid of cells rather than on the points themselves.
_GRID_FROM = 2000
_GRID = 48
#: Silhouettes are taken over at most this many points.
_SILHOUETTE = 2000
_BLOCK = 50_000


# ---------------------------------------------------------------- as Pol.is does it
def first_distinct(points: Floats, k: int) -> Floats:
    """Return the first k points that differ from each other, in the order given."""
    _values, first = np.unique(points, axis=0, return_index=True)
    chosen: Floats = points[np.sort(first)[:k]]
    return chosen


def lloyd(points: Floats, centres: Floats, weights: Floats, passes: int) -> tuple[Ints, Floats]:
    """Move given centres to the middle of what lies nearest; a centre with nothing near it is given up.

    Stops when no centre, both lists sorted, moved by 0.01 or more.

    Returns
    -------
    label of each point, centres
    """
    for _ in range(passes):
        labels, held = _held(nearest(points, centres), len(centres))
        moved = _middles(points, labels, weights, len(held))
        still = len(moved) == len(centres) and _same(moved, centres)
        centres = moved
        if still:
            break
    return nearest_kept(points, centres)


def nearest_kept(points: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """Label points by their nearest centre and drop centres with nothing near them."""
    labels, held = _held(nearest(points, centres), len(centres))
    return labels, centres[held]


def _held(labels: Ints, k: int) -> tuple[Ints, Ints]:
    """Number labels anew without the centres that hold nothing; return these labels and which centres hold."""
    holds = np.bincount(labels, minlength=k) > 0
    return (np.cumsum(holds) - 1)[labels], np.flatnonzero(holds)


def nearest(points: Floats, centres: Floats) -> Ints:
    """Return the nearest centre of each point, the first of equally near ones."""
    labels = np.empty(len(points), dtype=np.int64)
    # the nearest centre has the largest x·c - |c|²/2: one product, in blocks that stay in the processor's cache
    longer = np.column_stack([points, np.ones(len(points))])
    turned = np.ascontiguousarray(np.column_stack([centres, -(centres**2).sum(axis=1) / 2]).T)
    block = max(1, _BLOCK // max(len(centres), 1))
    for at in range(0, len(points), block):
        labels[at : at + block] = (longer[at : at + block] @ turned).argmax(axis=1)
    return labels


def _middles(points: Floats, labels: Ints, weights: Floats, k: int) -> Floats:
    total = np.bincount(labels, weights=weights, minlength=k)
    sums = [np.bincount(labels, weights=weights * axis, minlength=k) for axis in points.T]
    middles: Floats = np.column_stack(sums) / total[:, None]
    return middles


def _same(one: Floats, other: Floats) -> bool:
    by_place = [each[np.lexsort(each.T[::-1])] for each in (one, other)]
    return bool((((by_place[0] - by_place[1]) ** 2).sum(axis=1) < _STILL**2).all())


# ---------------------------------------------------------------- many starts
def kmeans(points: Floats, k: int, *, starts: int = 20, seed: int = 0, passes: int = 100) -> tuple[Floats, float]:
    """Find k centres with the least squared distances, over many seeded starts.

    Parameters
    ----------
    points : array, one row a person, in an order that does not hang on how the file was sorted
    k : int
    starts : int
        Each start draws far points as first centres (k-means++).
    seed : int
    passes : int

    Returns
    -------
    centres in ascending order, sum of squared distances

    Notes
    -----
    Above 2000 points, starts are tried on cells of a grid, weighted by the people in them; the best start is then
    finished on all points.

    Source: Arthur and Vassilvitskii (2007), k-means++: the advantages of careful seeding.
    """
    random = np.random.default_rng([seed, k])
    cells, weights = _cells(points) if len(points) > _GRID_FROM else (points, np.ones(len(points)))
    centres = np.stack([_far_points(cells, weights, k, random) for _ in range(starts)])
    centres = _settle(cells, weights, centres, passes)
    costs = _costs(cells, weights, centres)
    best = centres[int(np.argmin(np.round(costs, 9)))][None]
    if len(cells) < len(points):
        best = _settle(points, np.ones(len(points)), best, passes)
    found = best[0][np.lexsort(best[0].T[::-1])]
    return found, float(_costs(points, np.ones(len(points)), found[None])[0])


def _cells(points: Floats) -> tuple[Floats, Floats]:
    """Put points into cells of a grid; return the middle of each cell and how many it holds."""
    low, high = points.min(axis=0), points.max(axis=0)
    step = np.where(high > low, (high - low) / _GRID, 1.0)
    place = np.minimum(((points - low) / step).astype(np.int64), _GRID - 1)
    key = place @ (_GRID ** np.arange(points.shape[1], dtype=np.int64))
    _keys, cell, n = np.unique(key, return_inverse=True, return_counts=True)
    middles = np.column_stack([np.bincount(cell, weights=axis) for axis in points.T]) / n[:, None]
    return middles, n.astype(np.float64)


def _far_points(points: Floats, weights: Floats, k: int, random: np.random.Generator) -> Floats:
    chosen = [int(np.searchsorted(np.cumsum(weights), random.random() * weights.sum()))]
    distance = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(k - 1):
        odds = np.cumsum(weights * distance)
        if odds[-1] <= 0:
            break
        chosen.append(min(int(np.searchsorted(odds, random.random() * odds[-1])), len(points) - 1))
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    chosen += [chosen[-1]] * (k - len(chosen))
    return points[chosen]


def _settle(points: Floats, weights: Floats, centres: Floats, passes: int) -> Floats:
    """Run all starts side by side until no point changes its centre."""
    starts, k, _ = centres.shape
    shift = np.arange(starts)[:, None] * k
    before = None
    for _ in range(passes):
        flat_centres = centres.reshape(starts * k, -1)
        scores = points @ flat_centres.T - (flat_centres**2).sum(axis=1) / 2
        labels = scores.reshape(len(points), starts, k).argmax(axis=2).T
        if before is not None and np.array_equal(labels, before):
            break
        before = labels
        flat = (labels + shift).ravel()
        each = np.broadcast_to(weights, labels.shape).ravel()
        total = np.bincount(flat, weights=each, minlength=starts * k)
        for axis in range(points.shape[1]):
            sums = np.bincount(flat, weights=each * np.tile(points[:, axis], starts), minlength=starts * k)
            moved = np.where(total > 0, sums / np.maximum(total, 1e-300), centres[:, :, axis].ravel())
            centres[:, :, axis] = moved.reshape(starts, k)
    return centres


def _costs(points: Floats, weights: Floats, centres: Floats) -> Floats:
    costs = np.empty(len(centres))
    for at, own in enumerate(centres):
        costs[at] = (weights * ((points - own[nearest(points, own)]) ** 2).sum(axis=1)).sum()
    return costs


# ---------------------------------------------------------------- how good
def silhouette(points: Floats, labels: Ints) -> float:
    """Return how much nearer points are to their own cluster than to the next, -1 to 1; alone counts 0.

    Taken over the first 2000 points where there are more, so give them in an order drawn by lot.

    Source: Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65.
    """
    points, labels = points[:_SILHOUETTE], labels[:_SILHOUETTE]
    _names, labels, n = np.unique(labels, return_inverse=True, return_counts=True)
    if len(n) < 2:
        return 0.0
    squared = (points**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squared[:, None] + squared[None] - 2 * points @ points.T, 0))
    np.fill_diagonal(apart, 0.0)
    sums = np.stack([apart[:, labels == group].sum(axis=1) for group in range(len(n))], axis=1)
    at = np.arange(len(points))
    own = sums[at, labels] / np.maximum(n[labels] - 1, 1)
    means = sums / n
    means[at, labels] = np.inf
    other = means.min(axis=1)
    widths = np.where(n[labels] > 1, (other - own) / np.maximum(np.maximum(other, own), 1e-300), 0.0)
    return float(widths.mean())


def agreement(one: Ints, other: Ints) -> float:
    """Return how alike two groupings of the same people are: 1 the same, about 0 as by chance.

    Source: Hubert and Arabie (1985), Journal of Classification 2, 193-218 (adjusted Rand index).
    """
    table = crossed(one, other)
    pairs = float(_pairs(table).sum())
    rows, columns = float(_pairs(table.sum(axis=1)).sum()), float(_pairs(table.sum(axis=0)).sum())
    total = float(_pairs(np.array([len(one)])).sum())
    expected = rows * columns / total if total else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def agreement_of_grouped(one: Ints, other: Ints) -> float:
    """Return the agreement over people who are in a group (0 or more) both times, so that those in none count nowhere.

    1 where nobody is grouped either time: twice the same answer; 0 where nobody is grouped in both, though some are
    in one.

    Source: as :func:`agreement`.
    """
    both = (one >= 0) & (other >= 0)
    if both.any():
        return agreement(one[both], other[both])
    return 0.0 if (one >= 0).any() or (other >= 0).any() else 1.0


def crossed(one: Ints, other: Ints) -> Floats:
    """Count how many people are in each pair of groups."""
    _a, first = np.unique(one, return_inverse=True)
    _b, second = np.unique(other, return_inverse=True)
    width = int(second.max(initial=-1)) + 1
    height = int(first.max(initial=-1)) + 1
    counted = np.bincount(first * width + second, minlength=height * width)
    return counted.reshape(height, width).astype(np.float64)


def _pairs(n: Floats | Ints) -> Floats:
    pairs: Floats = n * (n - 1) / 2.0
    return pairs
