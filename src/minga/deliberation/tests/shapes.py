"""Made-up conversations of known shape: camps with a gap between them, lines without one, and harder ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from minga import deliberation
from minga.deliberation.engine import clustering
from minga.deliberation.engine.gaps import borders
from minga.deliberation.engine.grouping import fitted, smallest_group
from minga.deliberation.tests.data import acts

Random = np.random.Generator


def voted(random: Random, agree: np.ndarray, each: int | None = None) -> pl.DataFrame:
    """Let everybody vote on all statements, or on about so many drawn by lot; one vote in ten is a pass."""
    people, statements = agree.shape
    asked = np.full(people, statements) if each is None else random.integers(each // 2, each * 3 // 2 + 1, people)
    row, column = np.nonzero(random.random(agree.shape).argsort(axis=1).argsort(axis=1) < asked[:, None])
    vote = np.where(agree[row, column], 1, -1)
    return acts(row, column, np.where(random.random(len(row)) < 0.1, 0, vote))


def camps(shares: tuple[float, ...], against: float, people: int = 400, each: int | None = None) -> Shape:
    """Return a shape: people follow the opinion of their camp, but for a share of their votes."""

    def drawn(random: Random) -> pl.DataFrame:
        side = random.choice(len(shares), people, p=shares)
        opinion = random.random((len(shares), 60)) < 0.5
        return voted(random, opinion[side] ^ (random.random((people, 60)) < against), each)

    return drawn


def line(
    place: Callable[[Random, int], np.ndarray],
    *,
    people: int = 400,
    statements: int = 60,
    sharp: float = 1.0,
    each: int | None = None,
) -> Shape:
    """Return a shape: people stand along one or more lines, and each statement cuts one of them somewhere."""

    def drawn(random: Random) -> pl.DataFrame:
        where = place(random, people)
        axis = random.integers(0, where.shape[1], statements)
        cut, turned = random.normal(size=statements), random.random(statements) < 0.5
        agree = random.random((people, statements)) < 1 / (1 + np.exp(-sharp * (where[:, axis] - cut)))
        return voted(random, agree ^ turned, each)

    return drawn


def even(random: Random, people: int) -> np.ndarray:
    return random.uniform(-1.7, 1.7, (people, 1))


def normal(random: Random, people: int, axes: int = 1) -> np.ndarray:
    return random.normal(size=(people, axes))


def two_crowds(random: Random, people: int) -> np.ndarray:
    """Two normal crowds, four standard deviations apart."""
    return (random.normal(size=(people, 1)) + random.choice([-2, 2], (people, 1))) / np.sqrt(5)


def by_coin(random: Random) -> pl.DataFrame:
    return voted(random, random.random((400, 60)) < 0.5)


Shape = Callable[[Random], pl.DataFrame]
#: Shapes of the method page, each with the number of groups it is cut into.
SHAPES: dict[str, tuple[Shape, int]] = {
    "two camps, 10 % of votes against the own camp": (camps((0.5, 0.5), 0.1), 2),
    "two camps, 25 % against": (camps((0.5, 0.5), 0.25), 2),
    "two camps, 35 % against": (camps((0.5, 0.5), 0.35), 2),
    "three camps, 10 % against": (camps((1 / 3, 1 / 3, 1 / 3), 0.1), 3),
    "camps of 90 and 10 %, 10 % against": (camps((0.9, 0.1), 0.1), 2),
    "two camps, 10 % against, 60 people": (camps((0.5, 0.5), 0.1, people=60), 2),
    "two camps, 10 % against, 15 votes each": (camps((0.5, 0.5), 0.1, each=15), 2),
    "two camps, 25 % against, 15 votes each": (camps((0.5, 0.5), 0.25, each=15), 2),
    "camps of 80 and 20 %, 10 % against, 15 votes each": (camps((0.8, 0.2), 0.1, each=15), 2),
    "two normal crowds four deviations apart, clear statements": (line(two_crowds, sharp=2), 2),
    "even line": (line(even), 2),
    "even line cut in three": (line(even), 3),
    "even line, 60 people": (line(even, people=60), 2),
    "even line, 15 votes each": (line(even, each=15), 2),
    "even line, very clear statements": (line(even, sharp=5), 2),
    "even line, 3 statements": (line(even, statements=3), 2),
    "normal line": (line(normal), 2),
    "normal cloud in two directions": (line(lambda random, people: normal(random, people, 2)), 2),
    "votes by coin": (by_coin, 2),
}


def cut(votes: pl.DataFrame, k: int) -> tuple[deliberation.OpinionMap, np.ndarray]:
    """Cut a conversation into groups as the mode stable does, without drawing people anew."""
    opinions = deliberation.opinion_map(votes)
    part = np.flatnonzero(opinions.in_conv)
    points = opinions.position[part]
    centres = fitted(points, k, smallest_group(len(part)), 0)
    assert centres is not None
    label = np.full(len(opinions.points), -1, dtype=np.int64)
    label[part] = clustering.nearest(points, centres)
    return opinions, label


def findings(name: str, seeds: int) -> pl.DataFrame:
    """Return the most crowded border of each of so many draws of a shape."""
    drawn, k = SHAPES[name]
    found = [borders(*cut(drawn(np.random.default_rng([seed, 5])), k)) for seed in range(seeds)]
    return pl.concat([one.sort("crowding", descending=True, nulls_last=True).head(1) for one in found])
