"""Changing one thing in a definition by its path, the way experiments and uncertainty analyses name it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from minga.indicators.engine.definition import Index, Indicator, Node
from minga.indicators.engine.errors import DefinitionError
from minga.indicators.engine.scales import Scale, options_of, scale_from
from minga.indicators.engine.steps import Aggregate, aggregate_from, aggregation_from

STEPS = ("denominate", "impute", "screen", "treat", "panel")
PLAIN = ("id", "title", "description", "licence", "version", "unit", "unit_name", "best")


def replace(index: Index, path: str, value: Any) -> Index:
    """Give the definition with the thing at ``path`` changed to ``value``."""
    head, _, rest = path.partition(".")
    if head == "weights" and not rest:
        return replace_weights(index, value)
    if head in ("indicator", "node") and "." in rest:
        code, _, option = rest.partition(".")
        return replace_item(index, code, {option: value})
    if head == "normalise":
        return dataclasses.replace(index, normalise=_scale(index.normalise, rest, value))
    if head == "aggregate":
        return dataclasses.replace(index, aggregate=_aggregate(index.aggregate, rest, value))
    if head in STEPS:
        return dataclasses.replace(index, **{head: change_step(getattr(index, head), head, rest, value)})
    if head in PLAIN and not rest:
        if head in ("title", "description"):
            value = texts_from(value)
        return dataclasses.replace(index, **{head: value})
    known = ", ".join((*STEPS, "normalise", "aggregate", "weights", "indicator.CODE.…", "node.CODE.…"))
    raise DefinitionError(f"There is no {path!r} in a definition. A path begins with one of: {known}.")


def texts_from(value: Any) -> tuple[tuple[str, str], ...]:
    """Read a text, or one by language."""
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else (("en", str(value)),)


def change_step(step: Any, name: str, option: str, value: Any) -> Any:
    """Give a step with one option changed, or several at once by a table."""
    if option:
        return _with_options(step, name, {option: value})
    if isinstance(value, type(step)):
        return value
    if isinstance(value, Mapping):
        return _with_options(step, name, value)
    if isinstance(value, bool) and "on" in step.__dataclass_fields__:
        return dataclasses.replace(step, on=value)
    if isinstance(value, str) and "method" in step.__dataclass_fields__:
        return dataclasses.replace(step, method=value)
    raise DefinitionError(f"{value!r} is no setting of the step {name!r}. Give a table of options.")


def _with_options(step: Any, name: str, options: Mapping[str, Any]) -> Any:
    known = step.__dataclass_fields__
    for option in options:
        if option not in known:
            raise DefinitionError(f"The step {name!r} has no option {option!r}. It takes: {', '.join(known)}.")
    plain = {option: tuple(value) if isinstance(value, list) else value for option, value in options.items()}
    return dataclasses.replace(step, **plain)


def _scale(scale: Scale, option: str, value: Any) -> Scale:
    if not option or option == "method":
        return scale_from(value)
    if option not in options_of(scale):
        raise DefinitionError(
            f"The normalisation {scale.method!r} has no option {option!r}. It takes: {', '.join(options_of(scale))}."
        )
    return dataclasses.replace(scale, **{option: value})


def _aggregate(step: Aggregate, option: str, value: Any) -> Aggregate:
    if not option:
        changed = aggregate_from(value)
        if isinstance(value, str) or callable(value):  # a rule alone leaves the thresholds as they are
            return dataclasses.replace(step, rule=changed.rule, levels=())
        return changed
    if option in ("min_share",):
        return dataclasses.replace(step, min_share=float(value))
    head, _, level = option.partition(".")
    if head == "levels" and level.isdigit():
        rules = dict(step.levels) | {int(level): aggregation_from(value)}
        return dataclasses.replace(step, levels=tuple(sorted(rules.items())))
    if option in step.rule.__dataclass_fields__:
        return dataclasses.replace(step, rule=dataclasses.replace(step.rule, **{option: value}))
    raise DefinitionError(f"The step 'aggregate' has no option {option!r}. Use method, power, min_share or levels.2.")


def replace_item(index: Index, code: str, changes: Mapping[str, Any]) -> Index:
    """Give the definition with one indicator or node changed."""
    for kind in ("nodes", "indicators"):
        items: tuple[Any, ...] = getattr(index, kind)
        for position, item in enumerate(items):
            if item.code == code:
                for option, value in changes.items():
                    item = _changed(item, option, value)
                changed: Any = {kind: (*items[:position], item, *items[position + 1 :])}
                return dataclasses.replace(index, **changed)
    raise DefinitionError(f"There is no indicator or node with the code {code!r} in this index.")


def _changed(item: Indicator | Node, option: str, value: Any) -> Any:
    head, _, rest = option.partition(".")
    if head not in item.__dataclass_fields__:
        what = "node" if isinstance(item, Node) else "indicator"
        raise DefinitionError(
            f"The {what} {item.code!r} has no option {head!r}. It takes: {', '.join(item.__dataclass_fields__)}."
        )
    if head in ("treat", "impute"):
        held = dict(getattr(item, head))
        held.update({rest: value} if rest else dict(value))
        value = tuple(sorted(held.items()))
    elif head == "normalise":
        value = None if value is None else scale_from(value)
    elif head == "aggregate":
        value = None if value is None else aggregation_from(value)
    elif head == "goalposts" and value is not None:
        value = tuple(float(end) for end in value)
    return dataclasses.replace(item, **{head: value})


def replace_weights(index: Index, value: Any) -> Index:
    """Give the definition with the weights of a named set, or of a mapping, put in place."""
    if isinstance(value, str):
        sets = dict(index.weight_sets)
        if value not in sets:
            raise DefinitionError(f"There is no weight set {value!r}. This index has: {', '.join(sets) or 'none'}.")
        value = dict(sets[value])
    weights = dict(value)
    unknown = sorted(set(weights) - set(index.weights))
    if unknown:
        raise DefinitionError(f"Weights are given for {', '.join(unknown)}, which are no indicators or nodes here.")
    return dataclasses.replace(
        index,
        indicators=tuple(_weighted(item, weights) for item in index.indicators),
        nodes=tuple(_weighted(item, weights) for item in index.nodes),
    )


def _weighted(item: Any, weights: Mapping[str, float]) -> Any:
    return dataclasses.replace(item, weight=float(weights[item.code])) if item.code in weights else item


def apply_scenario(index: Index, name: str) -> Index:
    """Give the definition under a named scenario."""
    from minga.indicators.engine.schema import thawed

    for scenario in index.scenarios:
        if scenario.name == name:
            for path, value in scenario.changes:
                index = replace(index, path, thawed(value))
            return index
    names = ", ".join(scenario.name for scenario in index.scenarios) or "none"
    raise DefinitionError(f"There is no scenario {name!r}. This index has: {names}.")
