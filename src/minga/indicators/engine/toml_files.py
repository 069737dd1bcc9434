"""TOML files: read with the line of every fault, written so that reading again gives an equal definition."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from minga.indicators.engine.definition import Index, preset_names
from minga.indicators.engine.errors import DefinitionError
from minga.indicators.engine.schema import Place, content_of, index_from

PRESETS = Path(__file__).resolve().parents[1] / "presets"
_TABLE = re.compile(r"^\s*\[(\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")


def read_toml(source: str | Path) -> Index:
    """Read a definition from a file, or from TOML text (anything with a line break)."""
    if isinstance(source, str) and "\n" in source:
        text = source
    elif Path(source).is_file():
        text = Path(source).read_text(encoding="utf-8")
    else:
        raise DefinitionError(f"There is no file {source}. Check its name and folder.")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise DefinitionError(f"This is no valid TOML: {wrong}. Correct that place first.") from None
    lines = line_numbers(text)

    def line_of(place: Place) -> int | None:
        while place and place not in lines:
            place = place[:-1]
        return lines.get(place)

    return index_from(content, line_of)


def read_preset(name: str) -> Index:
    """Load a definition that ships with the package."""
    if name not in preset_names():
        raise DefinitionError(f"There is no preset {name!r}. There are: {', '.join(preset_names())}.")
    return read_toml(PRESETS / f"{name}.toml")


def line_numbers(text: str) -> dict[Place, int]:
    """Find the line of every table and key: ("indicator", 2, "direction") -> 41."""
    found: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted:  # inside a text of several lines
            quoted = line.count('"""') % 2 == 0
            continue
        header = _TABLE.match(line)
        if header:
            table = _table_place(header.group(2), bool(header.group(1)), counts)
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault((*table, key.group(1).strip("\"'")), number)
        quoted = line.count('"""') % 2 == 1
    return found


def _table_place(name: str, is_list: bool, counts: dict[str, int]) -> Place:
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    if is_list:
        counts[name] = counts.get(name, -1) + 1
        return (*parts, counts[name])
    if parts[0] in counts and len(parts) > 1:  # [scenario.changes] belongs to the last [[scenario]]
        return (parts[0], counts[parts[0]], *parts[1:])
    return tuple(parts)


def write_toml(index: Index) -> str:
    """Write a definition as TOML."""
    blocks = []
    for key, value in content_of(index).items():
        if isinstance(value, list):
            blocks += [f"[[{key}]]\n" + _pairs(row) for row in value]
        elif key == "weights":
            blocks += [f"[weights.{_name(name)}]\n" + _pairs(weights) for name, weights in value.items()]
        else:
            blocks.append(f"[{key}]\n" + _pairs(value))
    return "\n".join(blocks)


def _pairs(table: Mapping[str, Any]) -> str:
    return "".join(f"{_name(key)} = {_value(value)}\n" for key, value in table.items())


def _name(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_name(key)} = {_value(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(_value(item) for item in value) + "]"
