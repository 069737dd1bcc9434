"""Read the YAML of instruments, overlays and translations, and find the line of a key in it.

The parsed text is kept per file until the file changes, so that merging and checking many times
costs milliseconds. Line numbers are looked up in the parse tree only when something is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from minga.readiness.engine.errors import Finding, InstrumentError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CACHE: dict[Path, tuple[tuple[int, int], Document]] = {}


@dataclass(frozen=True)
class Document:
    """A parsed file: its data, its parse tree, and the keys that it holds twice."""

    file: str
    data: Any
    tree: Any = None
    findings: tuple[Finding, ...] = field(default=())

    def line(self, where: Sequence[str | int]) -> int | None:
        """Return the line (from 1) of the deepest part of ``where`` that the file holds."""
        node, line = self.tree, None
        for part in where:
            found = _step(node, part)
            if found is None:
                if node is not None and isinstance(part, str):
                    continue  # pydantic names the kind of an operation inside the path
                break
            node, line = found
        return line

    def finding(self, message: str, where: Sequence[str | int] = (), item: str | None = None) -> Finding:
        """Describe something wrong at a place of this file."""
        key = ".".join(str(part) for part in where) or None
        return Finding(self.file, message, item=item, key=key, line=self.line(where))


def read_document(source: str | Path | Mapping[str, Any]) -> Document:
    """Parse a file (or take a mapping as it is).

    Raises
    ------
    InstrumentError
        The file is missing, not UTF-8, or not YAML.
    """
    if isinstance(source, Mapping):
        return Document("(mapping)", dict(source))
    path = Path(source)
    try:
        status = path.stat()
    except OSError:
        raise InstrumentError(f"There is no file {path}. Check the path or the name.") from None
    stamp = (status.st_mtime_ns, status.st_size)
    kept = _CACHE.get(path)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    document = _parse(path)
    _CACHE[path] = (stamp, document)
    return document


def _parse(path: Path) -> Document:
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InstrumentError(f"{path.name} cannot be read as UTF-8 text: {error}.") from error
    try:
        tree = loader.get_single_node()
        doubles = list(_doubles(tree, path.name))  # before construction, which merges doubles silently
        data = loader.construct_document(tree) if tree is not None else None
    except (yaml.YAMLError, ValueError) as error:
        raise InstrumentError(f"{path.name} is not valid YAML: {error}") from error
    finally:
        loader.dispose()
    return Document(path.name, data, tree, tuple(doubles))


def _doubles(node: Any, file: str) -> list[Finding]:
    """Find keys that one mapping holds twice; YAML would keep the last without a word."""
    found: list[Finding] = []
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                message = (
                    f"The key '{key.value}' stands twice, first in line {seen[key.value]}. "
                    "Each key may stand once; remove one of them."
                )
                found.append(Finding(file, message, key=str(key.value), line=line))
            seen.setdefault(key.value, line)
            found.extend(_doubles(value, file))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            found.extend(_doubles(value, file))
    return found


def _step(node: Any, part: str | int) -> tuple[Any, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        value = node.value[part]
        return value, value.start_mark.line + 1
    return None
