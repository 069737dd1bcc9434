"""`minga knowledge`: check record files anywhere; search and load on a site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Records of help: check files, search, load.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.callback()
def knowledge() -> None:
    """Records of help: check files, search, load."""


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Record files; translations beside them are read along.")],
    as_json: Json = False,
) -> None:
    """Check record files: every fault with its file, line, record and key. Needs no site.

    Exit code 1 when there is any fault.
    """
    from dataclasses import asdict

    from minga import knowledge, members

    vocabulary = knowledge.Vocabulary(
        countries={country.iso2 for country in members.countries()},
        sectors={sector.code for sector in members.sectors(level="division")},
    )
    records, problems = knowledge.examine(files, vocabulary)
    if as_json:
        listed = [asdict(problem) for problem in problems]
        typer.echo(json.dumps({"records": len(records), "problems": listed}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        typer.echo(f"Records without fault: {len(records)}. Faults: {len(problems)}.")
    if problems:
        raise typer.Exit(1)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words in any of the languages; in quotes when there are several.")],
    country: Annotated[str, typer.Option(help="Two-letter code; what is open to every country comes along.")] = "",
    lang: Annotated[str, typer.Option(help="Language of the titles where there is one.")] = "en",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show at most.")] = 20,
    as_json: Json = False,
) -> None:
    """Search the records of the site, as the page Find help does."""
    from minga.web.setup import django_setup

    django_setup()
    from minga.knowledge import selectors

    found = selectors.find(selectors.Criteria(q=query, country=country.upper()), lang, per_page=limit)
    if as_json:
        rows = [{"slug": card.slug, "type": card.type, "title": card.title} for card in found.cards]
        typer.echo(json.dumps({"total": found.total, "records": rows}, ensure_ascii=False, indent=2))
        return
    if found.is_loosened:
        typer.echo("No record holds all of these words; these hold some.")
    for card in found.cards:
        typer.echo(f"{card.slug}  [{card.type}]  {card.title}")
    typer.echo(f"{len(found.cards)} of {found.total} records.")


@app.command()
def load(as_json: Json = False) -> None:
    """Bring the records that come with Minga into the site; a second time changes nothing."""
    from dataclasses import asdict

    from minga.web.setup import django_setup

    django_setup()
    from minga.knowledge import services

    done = services.load_start_content()
    typer.echo(
        json.dumps(asdict(done))
        if as_json
        else f"Records added: {done.added}. Changed: {done.changed}. Unchanged: {done.unchanged}."
    )
