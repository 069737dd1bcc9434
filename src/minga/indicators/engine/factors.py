"""What is uncertain in an index: choices, ranges, weights; and how a replication draws from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DefinitionError
from minga.indicators.engine.pipeline import weight_row
from minga.indicators.engine.scales import Scale, options_of
from minga.indicators.engine.schema import thawed
from minga.indicators.engine.steps import Aggregation
from minga.indicators.engine.weighting import draw_noise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Uniform:
    """Any number between two ends (whole ones with ``whole``, both ends included)."""

    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Jitter:
    """Weights moved by up to a factor: ``w * (1 + U(-factor, factor))`` at the given levels (1 = indicators).

    ``sets`` limits the draws to that many weight sets; sensitivity analysis needs it (default there: 100).
    """

    factor: float = 0.25
    levels: tuple[int, ...] = ()
    sets: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.factor <= 1:
            raise DefinitionError(
                f"Jitter moves weights by the factor {self.factor}, but only 0 to 1 keeps them at 0 or above."
            )


@dataclass(frozen=True)
class Factor:
    """One uncertain thing, ready to draw from: choices, or a range, or rows of weights."""

    path: str
    choices: tuple[Any, ...] = ()
    range: Uniform | None = None
    weights: Floats | None = None
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many values there are; 0 for a range."""
        return len(self.choices) if self.weights is None else self.weights.shape[0]

    def draw(self, u: Floats) -> tuple[Ints, list[Any]]:
        """Turn numbers of 0 to 1 into picks and the values picked from."""
        if self.range is None:
            pick = np.minimum((u * self.size).astype(np.int64), self.size - 1)
            return pick, list(self.choices)
        low, high = self.range.low, self.range.high
        whole = self.range.whole
        values = np.minimum(np.floor(low + u * (high - low + 1)), high) if whole else low + u * (high - low)
        distinct, places = np.unique(values, return_inverse=True)
        return places.astype(np.int64), (distinct.astype(np.int64) if whole else distinct).tolist()


def check_draws(n: int, least: int, seed: int) -> None:
    """Refuse a number of draws or a seed that cannot be used."""
    if n < least or seed < 0:
        raise DefinitionError(f"n is {n} and seed is {seed}; give n of at least {least} and a seed of at least 0.")


def uncertain_of(index: Index) -> dict[str, Any]:
    """What the definition itself calls uncertain ([uncertainty]), else every weight by a quarter."""
    return {path: thawed(value) for path, value in index.uncertain} or {"weights": Jitter(0.25)}


def factors_from(
    index: Index, uncertain: Mapping[str, Any] | None, *, seed: int, default_sets: int
) -> tuple[Factor, ...]:
    """Read what is uncertain, each path with its choices; unknown paths and empty choices are errors.

    None takes what the definition says. Tables stand for the two classes, as in TOML: ``{"jitter": 0.25, "levels":
    [2, 3]}`` and ``{"low": 1, "high": 5, "whole": true}``.
    """
    if uncertain is None:
        uncertain = uncertain_of(index)
    if not uncertain:
        raise DefinitionError("Nothing is uncertain. Name at least one path with its choices.")
    random = np.random.default_rng([seed, 7])
    return tuple(_factor(index, path, value, random, default_sets) for path, value in uncertain.items())


def _written(path: str, value: Any) -> Any:
    """Turn a table of a file into what it stands for."""
    if not isinstance(value, Mapping):
        return value
    options = dict(value)
    try:
        if "jitter" in options:
            levels = tuple(int(level) for level in options.pop("levels", ()))
            return Jitter(float(options.pop("jitter")), levels, **options)
        return Uniform(**options)
    except TypeError:
        raise DefinitionError(
            f"The choices of {path!r} are {dict(value)!r}. "
            "Give a list, {low, high}, or for weights {jitter, levels}."
        ) from None


def _factor(index: Index, path: str, value: Any, random: np.random.Generator, default_sets: int) -> Factor:
    value = _written(path, value)
    if path == "weights":
        return _weights(index, value, random, default_sets)
    if isinstance(value, Uniform):
        index.replace(path, int(value.low) if value.whole else value.low)
        return Factor(path, range=value)
    choices = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
    if not choices:
        raise DefinitionError(f"The choices of {path!r} are {value!r}. Give a list, or mi.Uniform(low, high).")
    for choice in choices:
        index.replace(path, choice)  # refuses what the definition does not know, before anything runs
    return Factor(path, choices, labels=tuple(label_of(choice) for choice in choices))


def _weights(index: Index, value: Any, random: np.random.Generator, default_sets: int) -> Factor:
    if isinstance(value, Jitter):
        levels = value.levels or tuple(range(1, index.tree.top))
        count = value.sets or default_sets
        rows = draw_noise(index, dict.fromkeys(levels, value.factor), count, random)
        return Factor("weights", weights=rows, labels=tuple(f"draw {at + 1}" for at in range(count)))
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise DefinitionError("The choices of 'weights' are mi.Jitter(...) or a list of weight sets.")
    rows = np.array([weight_row(index.replace("weights", choice)) for choice in value])
    labels = tuple(choice if isinstance(choice, str) else f"set {at + 1}" for at, choice in enumerate(value))
    return Factor("weights", weights=rows, labels=labels)


def label_of(choice: Any) -> str:
    """Write a choice as a short word for tables."""
    if isinstance(choice, str | int | float):
        return str(choice)
    if isinstance(choice, Scale):
        return f"{choice.method}({', '.join(f'{name}={getattr(choice, name)!r}' for name in options_of(choice))})"
    if isinstance(choice, Aggregation):
        return str(choice.method) if choice.exponent != choice.power else f"power({choice.power:g})"
    return repr(choice)
