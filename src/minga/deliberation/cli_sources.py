"""``minga deliberation sources-rekey``: what was sent to a site's consultations under a new key."""

from __future__ import annotations

import json
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the room's commands."""
    app.command("sources-rekey")(sources_rekey)


def sources_rekey(as_json: Json = False) -> None:
    """Write all files sent to consultations under the newest key of MINGA_EVIDENCE_KEY; a stop loses nothing.

    Put the new key first and the old one behind it, run this, then take the old key away. Files that were stored
    before there was a key are encrypted too.
    """
    try:
        from minga.web.setup import django_setup
    except ModuleNotFoundError:
        typer.echo("The site is not installed, so there are no files. Run `pip install 'minga[site]'`.", err=True)
        raise typer.Exit(1) from None
    try:
        django_setup()
        from minga.deliberation.services.keeping import encrypt_anew

        count = encrypt_anew()
    except ValueError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps({"encrypted": count}) if as_json else f"Files under the newest key: {count}.")
