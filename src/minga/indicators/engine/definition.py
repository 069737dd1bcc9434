"""The definition of a composite index: immutable, hashable, the same in Python and in TOML."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minga.indicators.engine.scales import MinMax, Scale
from minga.indicators.engine.steps import Aggregate, Aggregation, Denominate, Impute, Panel, Screen, Treat

if TYPE_CHECKING:
    import polars as pl

    from minga.indicators.engine.result import Result
    from minga.indicators.engine.structure import Tree

Options = tuple[tuple[str, Any], ...]
Texts = tuple[tuple[str, str], ...]
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Indicator:
    """One measure. ``direction`` 1 means more is better, -1 less is better.

    ``column`` names the column of the data (default: the code); ``value`` makes it a constant for every unit;
    ``names`` holds the name in further languages, by their codes.
    """

    code: str
    parent: str | None = None
    name: str = ""
    unit: str = ""
    direction: int = 1
    weight: float = 1.0
    column: str | None = None
    value: float | None = None
    denominator: str | None = None
    goalposts: tuple[float, float] | None = None
    target: float | None = None
    source: str = ""
    year: int | None = None
    method: str = ""
    quality: str = ""
    licence: str = ""
    names: Texts = ()
    impute: Options = ()
    treat: Options = ()
    normalise: Scale | None = None


@dataclass(frozen=True)
class Node:
    """One aggregate. ``copy_of`` gives it the score of another node instead of children."""

    code: str
    parent: str | None = None
    name: str = ""
    unit: str = ""
    weight: float = 1.0
    aggregate: Aggregation | None = None
    min_share: float | None = None
    copy_of: str | None = None
    source: str = ""
    names: Texts = ()


@dataclass(frozen=True)
class Denominator:
    """A column indicators are divided by; ``scale`` turns its unit (thousands, say) into the one wanted."""

    code: str
    name: str = ""
    unit: str = ""
    scale: float = 1.0


@dataclass(frozen=True)
class Group:
    """A column that sorts units into groups (region, income)."""

    code: str
    name: str = ""


@dataclass(frozen=True)
class Scenario:
    """A named variation of the definition: pairs of path and value."""

    name: str
    changes: Options = ()


@dataclass(frozen=True)
class Index:
    """A composite index: what is measured, how it is arranged, and every step from raw figures to a score.

    Values never change; :meth:`replace` and :meth:`node` give a new definition.
    """

    indicators: tuple[Indicator, ...]
    nodes: tuple[Node, ...]
    id: str = "index"
    title: Texts = ()
    description: Texts = ()
    licence: str = ""
    version: str = ""
    unit: str = "unit"
    unit_name: str | None = None
    best: str = "high"
    denominators: tuple[Denominator, ...] = ()
    groups: tuple[Group, ...] = ()
    denominate: Denominate = field(default_factory=Denominate)
    impute: Impute = field(default_factory=Impute)
    screen: Screen = field(default_factory=Screen)
    treat: Treat = field(default_factory=Treat)
    normalise: Scale = field(default_factory=MinMax)
    aggregate: Aggregate = field(default_factory=Aggregate)
    panel: Panel = field(default_factory=Panel)
    weight_sets: tuple[tuple[str, Weights], ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    uncertain: Options = ()

    @property
    def items(self) -> tuple[Indicator | Node, ...]:
        """Indicators, then nodes: the order of the tree."""
        return (*self.indicators, *self.nodes)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The indicators' codes, in order."""
        return tuple(indicator.code for indicator in self.indicators)

    @cached_property
    def tree(self) -> Tree:
        """The arrangement, checked: children, levels, order of calculation."""
        from minga.indicators.engine.structure import build_tree

        return build_tree(self.indicators, self.nodes)

    @property
    def weights(self) -> dict[str, float]:
        """The weight of every indicator and node as the definition gives it."""
        return {item.code: item.weight for item in self.items}

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, field.name) for field in dataclasses.fields(self)))

    def __hash__(self) -> int:
        return self._hash

    def replace(self, path: str, value: Any) -> Index:
        """Give a definition with one thing changed, named by its path.

        Paths: a step (``"normalise"``), an option of a step (``"treat.winmax"``), ``"weights"`` (a mapping or the
        name of a weight set), ``"indicator.CODE.weight"``, ``"indicator.CODE.treat.winmax"``,
        ``"node.CODE.aggregate"``.
        """
        from minga.indicators.engine.paths import replace

        return replace(self, path, value)

    def node(self, code: str, **changes: Any) -> Index:
        """Give a definition with one node (or indicator) changed: ``ix.node("Social", aggregate="geometric")``."""
        from minga.indicators.engine.paths import replace_item

        return replace_item(self, code, changes)

    def scenario(self, name: str) -> Index:
        """Give the definition under one of its named scenarios."""
        from minga.indicators.engine.paths import apply_scenario

        return apply_scenario(self, name)

    def fit(self, table: pl.DataFrame, *, allow_errors: bool = False) -> Result:
        """Calculate the index for a table, one row per unit (and time)."""
        from minga.indicators.engine.pipeline import fit

        return fit(self, table, allow_errors=allow_errors)

    @classmethod
    def from_toml(cls, source: str | Path) -> Index:
        """Read a definition from a TOML file; an unknown key is an error that names its line."""
        from minga.indicators.engine.toml_files import read_toml

        return read_toml(source)

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> Index:
        """Read a definition from the nested mapping a TOML file has."""
        from minga.indicators.engine.schema import index_from

        return index_from(content)

    @classmethod
    def from_tables(cls, idata: pl.DataFrame, imeta: pl.DataFrame, **options: Any) -> Index:
        """Read a definition from COINr's pair of tables; ``options`` are steps, as in a TOML file."""
        from minga.indicators.engine.coinr import index_from_tables

        return index_from_tables(idata, imeta, **options)

    @classmethod
    def preset(cls, name: str) -> Index:
        """Load one of the definitions that ship with the package: hdi, gdi, gii, phdi."""
        from minga.indicators.engine.toml_files import read_preset

        return read_preset(name)

    def to_toml(self) -> str:
        """Write the definition as TOML; reading it again gives an equal definition."""
        from minga.indicators.engine.toml_files import write_toml

        return write_toml(self)


def preset_names() -> Sequence[str]:
    """Name the definitions that ship with the package."""
    folder = Path(__file__).resolve().parents[1] / "presets"
    return sorted(path.stem for path in folder.glob("*.toml"))
