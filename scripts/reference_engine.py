"""The reference of what runs without a site: every public function of the doors, the engines and the pure ground.

Read from the source rather than by import, so that the page is the same on every Python.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from minga.site.rooms import ROOMS

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "minga"
GROUND = ["stats", "tables", "text", "trust"]

HEAD = """# Engine and ground: what Python users call

Everything here works without Django, a database or the site. A name in a package's door is imported from the package
itself (`from minga import readiness`, then `readiness.score`); the others by the module that the heading names."""

Definition = ast.FunctionDef | ast.ClassDef


def engine() -> str:
    """Describe every public function and class, package by package, the doors first."""
    parts = [HEAD]
    for package in [*ROOMS, *GROUND]:
        parts += _package(package)
    return "\n\n".join(parts)


def public_functions() -> dict[str, str]:
    """Return the heading under which each public function must be found, by its full name."""
    found = {}
    for package in [*ROOMS, *GROUND]:
        door = _door(package)
        for module, definition in _definitions(package):
            full = f"{module}.{definition.name}"
            if isinstance(definition, ast.FunctionDef):
                found[full] = _heading(package, door, module, definition.name)
    return found


def without_docstring() -> list[str]:
    """List the public functions that do not say what they do."""
    return [
        f"{module}.{definition.name}"
        for package in [*ROOMS, *GROUND]
        for module, definition in _definitions(package)
        if isinstance(definition, ast.FunctionDef) and not ast.get_docstring(definition)
    ]


def _package(package: str) -> Iterator[str]:
    door = _door(package)
    found = list(_definitions(package))
    if not found:
        return
    tree = ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))
    yield f"## minga.{package}\n\n{inspect.cleandoc(ast.get_docstring(tree) or '')}"
    # what the door offers comes first
    for module, definition in sorted(found, key=lambda pair: door.get(pair[1].name) != pair[0]):
        yield _described(_heading(package, door, module, definition.name), definition)


def _heading(package: str, door: dict[str, str], module: str, name: str) -> str:
    return f"{package}.{name}" if door.get(name) == module else f"{module}.{name}"


def _door(package: str) -> dict[str, str]:
    """Return the module behind each name that a package's `__init__` imports (there for type checkers too)."""
    path = PACKAGE / package / "__init__.py"
    if not path.exists():
        return {}
    return {
        name.asname or name.name: node.module or ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"minga.{package}.")
        for name in node.names
    }


def _definitions(package: str) -> Iterator[tuple[str, Definition]]:
    """Yield the public functions and classes of a ground package or of a room's engine, with their module."""
    folder = PACKAGE / package if package in GROUND else PACKAGE / package / "engine"
    for path in sorted(folder.rglob("*.py")):
        if "tests" in path.parts or (path.name.startswith("_") and path.name != "__init__.py"):
            continue
        module = ".".join(("minga", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield module, node


def _described(heading: str, definition: Definition) -> str:
    shown = _signature(definition) if isinstance(definition, ast.FunctionDef) else _class(definition)
    words = inspect.cleandoc(ast.get_docstring(definition) or "")
    return f"### {heading}\n\n```text\n{shown}\n\n{words}\n```"


def _signature(function: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{function.name}({ast.unparse(function.args)}){returns}"


def _class(definition: ast.ClassDef) -> str:
    """Show the fields of a frozen value and the signatures of its public methods."""
    bases = ", ".join(ast.unparse(base) for base in definition.bases)
    lines = [f"class {definition.name}({bases})" if bases else f"class {definition.name}"]
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            lines.append(f"    {ast.unparse(node.target)}: {ast.unparse(node.annotation)}")
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            lines.append(f"    {_signature(node)}")
    return "\n".join(lines)
