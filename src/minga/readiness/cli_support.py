"""What the commands of readiness share: loading an instrument, refusing in words, writing files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from minga.readiness.engine.instrument import Instrument

Overlays = Annotated[list[str] | None, typer.Option("--overlay", "-o", help="Name or file; may be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]

GENERIC = "generic-enterprise"


def load(name: str, overlays: Iterable[str] | None = None) -> Instrument:
    """Load an instrument and its overlays; findings end the command with exit code 1, a wrong name with 2."""
    from minga import readiness

    try:
        base = readiness.load_instrument(name)
        return readiness.merge(base, *overlays) if overlays else base
    except readiness.InstrumentError as error:
        if not error.findings:
            refuse(str(error))
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


def guard(function: Any, *values: Any, **named: Any) -> Any:
    """Call the engine; what it refuses becomes a sentence and exit code 2."""
    from minga.readiness import ReadinessError
    from minga.stats.release import ReleaseError

    try:
        return function(*values, **named)
    except (ReadinessError, ReleaseError) as error:
        refuse(str(error))


def refuse(sentence: str) -> NoReturn:
    """Say why nothing was done, and end with exit code 2."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(2)


def lines(sentences: Iterable[str], stream: Any = None) -> None:
    """Print one sentence a line."""
    for line in sentences:
        print(line, file=stream or sys.stdout)


def print_json(value: Any) -> None:
    """Print a value for other programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def folder(path: Path) -> None:
    """Make a folder, or say why it cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"The folder {path} cannot be made: {error.strerror}. Choose another place.")


def write(path: Path, words: str) -> None:
    """Write a text file, or say why it cannot be."""
    try:
        path.write_text(words, encoding="utf-8")
    except OSError as error:
        refuse(f"{path} cannot be written: {error.strerror}. Choose another place.")
