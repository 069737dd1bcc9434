"""The steps between raw figures and an index, each a small immutable value with its defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from minga.indicators.engine.errors import DefinitionError

IMPUTE = ("none", "mean", "median", "constant")
SCREEN = ("none", "missing", "zeros", "missing_and_zeros")
TRANSFORMS = ("log_ct", "log_ct_orig", "log_ct_plus", "log", "log_gii", "boxcox", "none")
POWER_MEANS = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0, "power": None}
AGGREGATIONS = (*POWER_MEANS, "copeland", "bod", "mpi", "ampi", "product", "ratio")
PANEL_FRAMES = ("all", "each", "base")
PANEL_IMPUTE = ("none", "latest", "constant", "linear", "linear-constant")


COINR = {
    "a_amean": "arithmetic", "a_gmean": "geometric", "a_hmean": "harmonic", "a_genmean": "power",
    "a_copeland": "copeland",
}  # fmt: skip


def _one_of(value: Any, choices: tuple[str, ...], what: str) -> None:
    if value not in choices:
        raise DefinitionError(f"{what} is {value!r}. Choose one of: {', '.join(choices)}.")


@dataclass(frozen=True)
class Denominate:
    """Divide an indicator by its denominator (``x / (denominator / scale)``)."""

    on: bool = True


@dataclass(frozen=True)
class Impute:
    """Fill gaps: by ``column`` (optionally inside groups of units) or by ``row`` (optionally inside an aggregate)."""

    method: str = "none"
    axis: str = "column"
    group: str | None = None
    within_level: int | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        _one_of(self.method, IMPUTE, "impute.method")
        _one_of(self.axis, ("column", "row", "table"), "impute.axis")
        if self.method == "constant" and self.value is None:
            raise DefinitionError("impute.method is 'constant', but impute.value is not given. Add the value.")


@dataclass(frozen=True)
class Screen:
    """Leave out units with too few values; a unit goes when its share is strictly below the threshold."""

    method: str = "none"
    min_available: float = 2 / 3
    min_nonzero: float = 0.05
    when: str = "before_impute"
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of(self.method, SCREEN, "screen.method")
        _one_of(self.when, ("before_impute", "after_impute"), "screen.when")


@dataclass(frozen=True)
class Treat:
    """Rein in outliers: winsorise up to ``winmax`` values, and where that fails transform the indicator.

    ``first`` and ``then`` may be functions of one's own over one indicator's values.
    """

    on: bool = True
    first: str | Callable[..., Any] = "winsorise"
    winmax: int = 5
    skew: float = 2.0
    kurt: float = 3.5
    then: str | Callable[..., Any] = "log_ct"
    combine: bool = False

    def __post_init__(self) -> None:
        if not callable(self.first):
            _one_of(self.first, ("winsorise", "none"), "treat.first")
        if not callable(self.then):
            _one_of(self.then, TRANSFORMS, "treat.then")
        if self.winmax < 0 or self.winmax != int(self.winmax):
            raise DefinitionError(f"treat.winmax is {self.winmax}; give a whole number of at least 0.")


@dataclass(frozen=True)
class Aggregation:
    """How children become their parent; ``factor`` and ``offset`` are applied to the outcome, then ``decimals``.

    ``power`` is the exponent of a power mean; ``share`` the least and greatest part of a benefit-of-the-doubt score
    one child may have; ``penalty`` the side on which Mazziotta and Pareto punish imbalance.
    """

    method: str | Callable[..., Any] = "arithmetic"
    power: float = 1.0
    factor: float = 1.0
    offset: float = 0.0
    share: tuple[float, float] = (0.0, 1.0)
    penalty: str = "negative"
    decimals: int | None = None

    def __post_init__(self) -> None:
        if not callable(self.method):
            _one_of(self.method, AGGREGATIONS, "aggregate.method")
        _one_of(self.penalty, ("negative", "positive"), "aggregate.penalty")

    @property
    def exponent(self) -> float | None:
        """The exponent if this is a power mean, else None."""
        if callable(self.method) or self.method not in POWER_MEANS:
            return None
        fixed = POWER_MEANS[self.method]
        return self.power if fixed is None else fixed


def aggregation_from(value: Any) -> Aggregation:
    """Read an aggregation from its word, its table, a function, or itself."""
    if isinstance(value, Aggregation):
        return value
    if isinstance(value, str) or callable(value):
        return Aggregation(method=COINR.get(value, value) if isinstance(value, str) else value)
    if not isinstance(value, Mapping):
        raise DefinitionError(f"{value!r} is no way to aggregate. Choose one of: {', '.join(AGGREGATIONS)}.")
    for key in value:
        if key not in Aggregation.__dataclass_fields__:
            raise DefinitionError(
                f"An aggregation has no option {key!r}. It takes: {', '.join(Aggregation.__dataclass_fields__)}."
            )
    options = dict(value)
    options["method"] = COINR.get(str(options.get("method")), options.get("method", "arithmetic"))
    if "share" in options:
        options["share"] = tuple(float(end) for end in options["share"])
    return Aggregation(**options)


@dataclass(frozen=True)
class Aggregate:
    """The rule for every node, with exceptions by level (the level of the node that is formed: 2 and up)."""

    rule: Aggregation = Aggregation()
    levels: tuple[tuple[int, Aggregation], ...] = ()
    min_share: float = 0.0
    min_shares: tuple[tuple[int, float], ...] = ()

    def for_level(self, level: int) -> Aggregation:
        return dict(self.levels).get(level, self.rule)

    def share_for_level(self, level: int) -> float:
        return dict(self.min_shares).get(level, self.min_share)


def aggregate_from(value: Any) -> Aggregate:
    """Read the step from a word, a list (lowest level first), or a table."""
    if isinstance(value, Aggregate):
        return value
    if isinstance(value, list | tuple):
        rules = [aggregation_from(item) for item in value]
        return Aggregate(rule=rules[-1], levels=tuple((level, rule) for level, rule in enumerate(rules, start=2)))
    if not isinstance(value, Mapping):
        return Aggregate(rule=aggregation_from(value))
    options = dict(value)
    levels = options.pop("levels", {})
    min_share, min_shares = options.pop("min_share", 0.0), options.pop("min_shares", {})
    return Aggregate(
        rule=aggregation_from({"method": "arithmetic"} | options),
        levels=tuple(sorted((int(level), aggregation_from(item)) for level, item in dict(levels).items())),
        min_share=float(min_share),
        min_shares=tuple(sorted((int(level), float(item)) for level, item in dict(min_shares).items())),
    )


@dataclass(frozen=True)
class Panel:
    """Several times in one table: which column, what the scale refers to, how gaps in time are filled."""

    time: str | None = None
    frame: str = "all"
    base: int | None = None
    impute: str = "none"
    max_gap: int | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        _one_of(self.frame, PANEL_FRAMES, "panel.frame")
        _one_of(self.impute, PANEL_IMPUTE, "panel.impute")
        if self.frame == "base" and self.base is None:
            raise DefinitionError("panel.frame is 'base', but panel.base is not given. Add the base year.")
