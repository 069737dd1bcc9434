"""How an indicator is brought to a common scale: one small immutable value per rule.

Each rule turns "less is better" around by itself, in the indicator's own units; no sign has to be thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from minga.indicators.engine.errors import DefinitionError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """The common root of every rule; ``method`` is its word in files."""

    method: ClassVar[str] = ""


@dataclass(frozen=True)
class MinMax(Scale):
    """From the lowest value seen (``lower``) to the highest (``upper``)."""

    method: ClassVar[str] = "minmax"
    lower: float = 0.0
    upper: float = 100.0

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise DefinitionError(
                f"MinMax runs from {self.lower} to {self.upper}, but the lower end must be below the upper one. "
                "Swap them; a direction of -1 belongs to the indicator."
            )


@dataclass(frozen=True)
class ZScore(Scale):
    """Mean and standard deviation (n - 1) brought to the two given numbers."""

    method: ClassVar[str] = "zscore"
    mean: float = 0.0
    sd: float = 1.0


@dataclass(frozen=True)
class Linear(Scale):
    """``factor * (x - lower) / (upper - lower)``, not truncated; ``floor`` lifts values below it first."""

    method: ClassVar[str] = "linear"
    lower: float = 0.0
    upper: float = 100.0
    factor: float = 1.0
    floor: float | None = None


@dataclass(frozen=True)
class Goalposts(Scale):
    """Between fixed goalposts, by default truncated to them; ``log`` takes logarithms of value and goalposts.

    Without ``lower`` and ``upper`` the goalposts of the indicator itself are used.
    """

    method: ClassVar[str] = "goalposts"
    lower: float | None = None
    upper: float | None = None
    scale: float = 100.0
    truncate: bool = True
    log: bool = False


@dataclass(frozen=True)
class Rank(Scale):
    """1 for the worst value; ties share the lowest rank."""

    method: ClassVar[str] = "rank"


@dataclass(frozen=True)
class PercentileRank(Scale):
    """(rank - 1) / (n - 1), n = number of values seen."""

    method: ClassVar[str] = "percentile_rank"


@dataclass(frozen=True)
class Borda(Scale):
    """Number of units beaten: rank - 1."""

    method: ClassVar[str] = "borda"


@dataclass(frozen=True)
class DistanceToMax(Scale):
    """1 - (max - x) / (max - min)."""

    method: ClassVar[str] = "distance_to_max"


@dataclass(frozen=True)
class DistanceToReference(Scale):
    """1 - (reference - x) / (reference - min): 1 is as good as the reference unit."""

    method: ClassVar[str] = "distance_to_reference"
    unit: str = ""


@dataclass(frozen=True)
class DistanceToTarget(Scale):
    """1 - (target - x) / (target - min): 1 is the target; ``cap`` stops there."""

    method: ClassVar[str] = "distance_to_target"
    cap: bool = False


@dataclass(frozen=True)
class FractionOfMax(Scale):
    """x / max; where less is better min / x, so that 1 is always the best.

    ``as_coinr`` gives COINr's figure there, x / min, which grows as things get worse.
    """

    method: ClassVar[str] = "fraction_of_max"
    as_coinr: bool = False


@dataclass(frozen=True)
class Reciprocal(Scale):
    """``factor / x`` with x held between ``lower`` and ``upper``; only where less is better."""

    method: ClassVar[str] = "reciprocal"
    factor: float = 1.0
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Identity(Scale):
    """The values as they are; where less is better, their negative."""

    method: ClassVar[str] = "identity"


@dataclass(frozen=True)
class Own(Scale):
    """A function of one's own: it takes the values of one indicator (more is better) and returns as many."""

    method: ClassVar[str] = "own"
    function: Callable[[Floats], Floats] | None = None


SCALES: dict[str, type[Scale]] = {
    kind.method: kind
    for kind in (
        MinMax, ZScore, Linear, Goalposts, Rank, PercentileRank, Borda, DistanceToMax, DistanceToReference,
        DistanceToTarget, FractionOfMax, Reciprocal, Identity,
    )
}  # fmt: skip


COINR = {
    "n_minmax": "minmax", "n_zscore": "zscore", "n_scaled": "linear", "n_goalposts": "goalposts", "n_rank": "rank",
    "n_prank": "percentile_rank", "n_borda": "borda", "n_dist2max": "distance_to_max",
    "n_dist2ref": "distance_to_reference", "n_dist2targ": "distance_to_target", "n_fracmax": "fraction_of_max",
}  # fmt: skip


def options_of(scale: Scale | type[Scale]) -> tuple[str, ...]:
    """Name the options of a rule."""
    return tuple(field.name for field in fields(scale))


def scale_from(value: Any) -> Scale:
    """Read a rule from its word, its table, a function, or itself."""
    if isinstance(value, Scale):
        return value
    if callable(value):
        return Own(function=value)
    options = {"method": value} if isinstance(value, str) else dict(value)
    method = COINR.get(str(options.get("method")), options.get("method"))
    options.pop("method", None)
    if method not in SCALES:
        raise DefinitionError(f"{method!r} is no way to normalise. Choose one of: {', '.join(SCALES)}.")
    kind = SCALES[method]
    known = options_of(kind)
    for key in options:
        if key not in known:
            raise DefinitionError(
                f"The normalisation {method!r} has no option {key!r}. It takes: {', '.join(known) or 'none'}."
            )
    return kind(**{key: _plain(item) for key, item in options.items()})


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
