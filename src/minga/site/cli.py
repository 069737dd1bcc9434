"""The `minga` command: one group a room, found by ROOMS and loaded only when called."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

import minga
from minga.site.rooms import ROOMS

PACKAGE = Path(minga.__file__).parent


def _first_line(room: str) -> str:
    """Read a room's one-line description without importing it."""
    docstring = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8")))
    return (docstring or room).splitlines()[0]


class RoomCommands(TyperGroup):
    """Lists every room that has a cli.py; a room's module is imported when its command is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [
            room
            for room in (*ROOMS, "site")
            if (PACKAGE / room / ("cli.py" if room != "site" else "commands.py")).exists()
        ]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = "minga.site.commands" if cmd_name == "site" else f"minga.{cmd_name}.cli"
        return typer.main.get_command(import_module(module).app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(room, _first_line(room)) for room in self.list_commands(ctx)])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write plain help: the rich one would load every room to describe it."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)


app = typer.Typer(cls=RoomCommands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(minga.__version__)
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Minga: readiness, help, evidence and decisions for an alliance.

    Exit codes: 0 done; 1 the input or the state has faults, which are listed; 2 the command line is wrong.
    """


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
