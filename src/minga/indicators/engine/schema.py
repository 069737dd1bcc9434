"""Reading a definition from nested mappings (TOML), and writing it back.

Every fault is found at once; each names the key, and its line when the reader knows it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any

from minga.indicators.engine.definition import Denominator, Group, Index, Indicator, Node, Scenario
from minga.indicators.engine.errors import DefinitionError, Finding, refuse
from minga.indicators.engine.paths import change_step, texts_from
from minga.indicators.engine.scales import Own, Scale, scale_from
from minga.indicators.engine.steps import (
    Aggregate,
    Aggregation,
    Denominate,
    Impute,
    Panel,
    Screen,
    Treat,
    aggregate_from,
    aggregation_from,
)

Place = tuple[str | int, ...]
HEAD = ("id", "title", "description", "licence", "version", "unit", "unit_name", "best")
STEPS: dict[str, type[Any]] = {
    "denominate": Denominate, "impute": Impute, "screen": Screen, "treat": Treat, "panel": Panel,
}  # fmt: skip
LISTS: dict[str, tuple[str, type[Any]]] = {
    "indicator": ("indicators", Indicator), "node": ("nodes", Node), "denominator": ("denominators", Denominator),
    "group": ("groups", Group),
}  # fmt: skip
TABLES = ("index", *LISTS, *STEPS, "normalise", "aggregate", "weights", "uncertainty", "scenario")


class Reader:
    """Collects what is wrong while a definition is read; ``line_of`` finds the line of a place."""

    def __init__(self, line_of: Callable[[Place], int | None] | None = None) -> None:
        self.line_of = line_of or (lambda place: None)
        self.findings: list[Finding] = []

    def fault(self, place: Place, rule: str, message: str) -> None:
        self.findings.append(Finding("error", rule, message, line=self.line_of(place)))

    def known(self, found: Mapping[str, Any], allowed: tuple[str, ...], place: Place, what: str) -> None:
        """Refuse keys that mean nothing, with the nearest word that does."""
        for key in found:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(allowed)}."
                self.fault((*place, key), "unknown_key", f"Unknown key {key!r} in {what}. {hint}")

    def guarded(self, place: Place, what: str, build: Callable[[], Any]) -> Any:
        """Build a value; a refusal is noted with its place."""
        try:
            return build()
        except DefinitionError as wrong:
            self.fault(place, "value", f"{what}: {wrong}")
        except (TypeError, ValueError, KeyError) as wrong:
            self.fault(place, "value", f"{what} cannot be read ({wrong}). See the guide for its form.")
        return None


def index_from(content: Mapping[str, Any], line_of: Callable[[Place], int | None] | None = None) -> Index:
    """Read a definition; all faults are said in one error."""
    reader = Reader(line_of)
    reader.known(content, TABLES, (), "the definition")
    content = _shaped(reader, content)
    options: dict[str, Any] = _head(reader, content.get("index", {}))
    for key, (field, kind) in LISTS.items():
        rows = content.get(key, [])
        options[field] = tuple(_item(reader, kind, row, (key, at)) for at, row in enumerate(rows))
    for key, kind in STEPS.items():
        if key in content:
            options[key] = _step(reader, key, kind, content[key])
    if "normalise" in content:
        options["normalise"] = reader.guarded(("normalise",), "[normalise]", lambda: scale_from(content["normalise"]))
    if "aggregate" in content:
        options["aggregate"] = _aggregate(reader, content["aggregate"])
    options["weight_sets"] = tuple(
        reader.guarded(("weights", name), f"[weights.{name}]", partial(_weight_set, name, found))
        for name, found in content.get("weights", {}).items()
    )
    options["scenarios"] = tuple(_scenario(reader, row, at) for at, row in enumerate(content.get("scenario", [])))
    options["uncertain"] = tuple((str(path), frozen(value)) for path, value in content.get("uncertainty", {}).items())
    refuse(DefinitionError, reader.findings)
    index = Index(**options)
    assert index.tree  # loops and orphans are refused here
    for name, _ in index.weight_sets:
        index.replace("weights", name)
    if index.uncertain:
        from minga.indicators.engine.factors import factors_from

        factors_from(index, None, seed=1, default_sets=1)  # refuses what the definition does not know
    return index


def _shaped(reader: Reader, content: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what has the form its name asks for: a list of tables, a table, or for a step also a single word."""
    kept = {}
    for key, found in content.items():
        if key in (*LISTS, "scenario"):
            fits = isinstance(found, list) and all(isinstance(row, Mapping) for row in found)
            form = f"a list of tables: write [[{key}]]"
        else:
            fits = isinstance(found, Mapping) or key in (*STEPS, "normalise", "aggregate")
            form = f"a table: write [{key}]"
        if fits:
            kept[key] = found
        else:
            reader.fault((key,), "form", f"{key!r} must be {form}.")
    return kept


def _step(reader: Reader, key: str, kind: type[Any], found: Any) -> Any:
    """Read a step from its table, or from a single word: ``impute = "mean"``, ``treat = false``."""
    if isinstance(found, Mapping):
        return _item(reader, kind, found, (key,))
    return reader.guarded((key,), f"{key!r}", partial(change_step, kind(), key, "", found))


def _weight_set(name: str, found: Any) -> tuple[str, tuple[tuple[str, float], ...]]:
    if not isinstance(found, Mapping):
        raise DefinitionError(f"A weight set has a name of its own: write [weights.{name}] and a weight for each code.")
    return name, tuple(sorted((code, _number(weight)) for code, weight in found.items()))


def _head(reader: Reader, found: Mapping[str, Any]) -> dict[str, Any]:
    reader.known(found, HEAD, ("index",), "[index]")
    options: dict[str, Any] = {key: value for key, value in found.items() if key in HEAD}
    for key in ("title", "description"):
        if key in options:
            options[key] = texts_from(options[key])
    return options


def _item(reader: Reader, kind: type[Any], found: Any, place: Place) -> Any:
    """Read one table into its class, each value by the type its field has."""
    what = f"[[{place[0]}]] {found.get('code', int(place[1]) + 1)!r}" if len(place) > 1 else f"[{place[0]}]"
    fields = {field.name: field for field in dataclasses.fields(kind)}
    reader.known(found, tuple(fields), place, what)
    options = {}
    for key, value in found.items():
        if key in fields:
            read = _READERS.get(str(fields[key].type), _as_is)
            options[key] = reader.guarded((*place, key), f"{key!r} of {what}", partial(read, value))
    for key, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and key not in found:
            reader.fault(place, "missing_key", f"{what} has no {key!r}. Add it.")
            return None
    return reader.guarded(place, what, lambda: kind(**options))


def _aggregate(reader: Reader, found: Any) -> Aggregate:
    allowed = (*Aggregation.__dataclass_fields__, "levels", "min_share", "min_shares")
    if isinstance(found, Mapping):
        reader.known(found, allowed, ("aggregate",), "[aggregate]")
        found = {key: value for key, value in found.items() if key in allowed}
    read = reader.guarded(("aggregate",), "[aggregate]", lambda: aggregate_from(found))
    return read or Aggregate()


def _scenario(reader: Reader, found: Mapping[str, Any], at: int) -> Scenario:
    reader.known(found, ("name", "changes"), ("scenario", at), "[[scenario]]")
    changes = tuple(sorted((str(path), frozen(value)) for path, value in found.get("changes", {}).items()))
    return Scenario(str(found.get("name", at + 1)), changes)


class Pairs(tuple[Any, ...]):
    """A mapping made hashable, told apart from a list."""


def frozen(value: Any) -> Any:
    """Make a plain value hashable."""
    if isinstance(value, Mapping):
        return Pairs(sorted((str(key), frozen(item)) for key, item in value.items()))
    return tuple(frozen(item) for item in value) if isinstance(value, list | tuple) else value


def thawed(value: Any) -> Any:
    """Undo :func:`frozen`."""
    if isinstance(value, Pairs):
        return {key: thawed(item) for key, item in value}
    return [thawed(item) for item in value] if isinstance(value, tuple) else value


def _as_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DefinitionError(f"{value!r} is no number.")
    return float(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise DefinitionError(f"{value!r} is no whole number.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise DefinitionError(f"{value!r} is no text; put it in quotes.")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise DefinitionError(f"{value!r} is neither true nor false.")
    return value


def _pair(value: Any) -> tuple[float, float]:
    low, high = value
    return _number(low), _number(high)


def _texts(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise DefinitionError(f'{value!r} is no table of texts by language. Write {{fr = "...", ar = "..."}}.')
    return texts_from(value)


def _options(value: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((str(key), _as_is(item)) for key, item in dict(value).items()))


_READERS: dict[str, Callable[[Any], Any]] = {
    "float": _number, "float | None": _number, "int": _integer, "int | None": _integer, "str": _text,
    "str | None": _text, "bool": _truth, "tuple[float, float] | None": _pair, "tuple[float, float]": _pair,
    "Options": _options, "Texts": _texts, "Scale | None": scale_from, "Aggregation | None": aggregation_from,
}  # fmt: skip


def content_of(index: Index) -> dict[str, Any]:
    """Write a definition as the nested mapping a TOML file has; defaults are left out."""
    content: dict[str, Any] = {"index": _head_of(index)}
    for name in ("denominate", "impute", "screen", "treat", "panel"):
        changed = _changed(getattr(index, name))
        if changed:
            content[name] = changed
    content["normalise"] = scale_content(index.normalise)
    content["aggregate"] = _aggregate_content(index.aggregate)
    for key, (field, _) in LISTS.items():
        rows = [_changed(item) for item in getattr(index, field)]
        if rows:
            content[key] = rows
    if index.weight_sets:
        content["weights"] = {name: dict(weights) for name, weights in index.weight_sets}
    if index.uncertain:
        content["uncertainty"] = {path: thawed(value) for path, value in index.uncertain}
    if index.scenarios:
        content["scenario"] = [
            {"name": item.name, "changes": {path: thawed(value) for path, value in item.changes}}
            for item in index.scenarios
        ]
    return content


def _head_of(index: Index) -> dict[str, Any]:
    head: dict[str, Any] = {}
    for key in HEAD:
        value = getattr(index, key)
        if key in ("title", "description"):
            value = dict(value)
        if value not in ("", {}, None):
            head[key] = value
    return head


def _changed(item: Any) -> dict[str, Any]:
    """The fields that differ from their defaults, as plain values."""
    found = {}
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        default = field.default if field.default is not dataclasses.MISSING else None
        if value != default:
            found[field.name] = _plain(value, field.name)
    return found


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, Scale):
        return scale_content(value)
    if isinstance(value, Aggregation):
        return _aggregation_content(value)
    if callable(value):
        raise DefinitionError(f"{name!r} is a function of your own, which a file cannot hold. Keep it in Python.")
    if name == "names":
        return dict(value)
    if name in ("treat", "impute") and isinstance(value, tuple):
        return {key: list(item) if isinstance(item, tuple) else item for key, item in value}
    return list(value) if isinstance(value, tuple) else value


def scale_content(scale: Scale) -> dict[str, Any]:
    """Write a normalisation rule as a table."""
    if isinstance(scale, Own):
        raise DefinitionError("A normalisation is a function of your own, which a file cannot hold. Keep it in Python.")
    return {"method": scale.method} | _changed(scale)


def _aggregation_content(rule: Aggregation) -> Any:
    changed = _changed(rule)
    return changed.get("method", "arithmetic") if set(changed) <= {"method"} else {"method": rule.method} | changed


def _aggregate_content(step: Aggregate) -> dict[str, Any]:
    content: dict[str, Any] = {"method": step.rule.method} | _changed(step.rule)
    if step.levels:
        content["levels"] = {str(level): _aggregation_content(rule) for level, rule in step.levels}
    if step.min_share:
        content["min_share"] = step.min_share
    if step.min_shares:
        content["min_shares"] = {str(level): share for level, share in step.min_shares}
    return content
