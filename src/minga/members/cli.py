"""`minga members …`: countries and sectors from the package; audit trail and roles from the site's database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from minga import members
from minga.members import MembersError

if TYPE_CHECKING:
    from minga.members.services import TrailReport

app = typer.Typer(
    help="People, organizations, mandates, consents, audit trail.", no_args_is_help=True, add_completion=False
)
audit = typer.Typer(help="The hash-chained audit trail.", no_args_is_help=True)
app.add_typer(audit, name="audit")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Lang = Annotated[str, typer.Option(help="Language of the names: en, fr, es, ar, zh, ru.")]


def _fail(problem: Exception | str) -> typer.Exit:
    typer.echo(str(problem), err=True)
    return typer.Exit(1)


def _print(columns: list[str], rows: list[list[str]]) -> None:
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(soft_wrap=True).print(table)


@app.command()
def countries(as_json: AsJson = False, lang: Lang = "en") -> None:
    """List countries and areas with their codes and development groups."""
    found = members.countries()
    if as_json:
        keys = ("iso2", "iso3", "m49", "region", "subregion", "ldc", "lldc", "sids", "income")
        typer.echo(
            json.dumps(
                [{key: getattr(one, key) for key in keys} | {"name": one.name(lang)} for one in found],
                ensure_ascii=False,
            )
        )
        return
    _print(
        ["code", "name", "region", "groups", "income"],
        [
            [
                one.iso2,
                one.name(lang),
                one.subregion or one.region,
                " ".join(group.upper() for group in ("ldc", "lldc", "sids") if getattr(one, group)),
                one.income,
            ]
            for one in found
        ],
    )


@app.command()
def sectors(
    as_json: AsJson = False,
    lang: Lang = "en",
    level: Annotated[str | None, typer.Option(help="section or division; both if left out.")] = None,
    revision: Annotated[int, typer.Option(help="Revision of ISIC: 4 or 5.")] = 4,
) -> None:
    """List the sections and divisions of ISIC."""
    try:
        found = members.sectors(level, revision=revision)
    except MembersError as problem:
        raise _fail(problem) from None
    if as_json:
        keys = ("code", "level", "section", "revision")
        typer.echo(
            json.dumps(
                [{key: getattr(one, key) for key in keys} | {"title": one.name(lang)} for one in found],
                ensure_ascii=False,
            )
        )
        return
    _print(["code", "title"], [[one.code, one.name(lang)] for one in found])


@audit.command()
def verify(as_json: AsJson = False) -> None:
    """Check the whole trail. Exit code 0: intact; 1: broken, with every break located."""
    with _site() as services:
        report = services.verify_audit()
    if as_json:
        typer.echo(json.dumps(report.as_dict()))
    else:
        _tell(report)
    raise typer.Exit(0 if report.is_intact else 1)


def _tell(report: TrailReport) -> None:
    if report.is_intact:
        typer.echo(
            f"The audit trail is intact: {report.count} acts, compared with {report.anchors} ends kept outside the "
            f"database. Its last hash is {report.head or 'none yet'}."
        )
    else:
        typer.echo(f"The audit trail is broken in {len(report.breaks)} places:")
        for one in report.breaks:
            typer.echo(f"  {one.kind:<10} {one.message}")
        typer.echo("Keep the database as it is, copy it, and find out who had access.")
    if report.other_chains:
        typer.echo("The file outside also holds ends of another trail: this database was once replaced.")


@audit.command()
def accept(
    reason: Annotated[str, typer.Option(help="Why the end that stands is right, such as: restored from a backup.")],
    as_json: AsJson = False,
) -> None:
    """Go on from the end that stands, after a restore. Itself an act in the trail."""
    with _site() as services:
        act = services.accept_audit_head(by=None, reason=reason)
    typer.echo(json.dumps({"sequence": act.sequence}) if as_json else f"Accepted; recorded as act {act.sequence}.")


@app.command()
def grant(
    email: Annotated[str, typer.Argument(help="Address of an account.")],
    role: Annotated[str, typer.Argument(help="owner, respondent, adviser, assessor or secretariat.")],
    organization: Annotated[
        str, typer.Option(help="The organization's mark (32 letters and digits, in its address); else the alliance.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Give an account a role in an organization or, without one, in the alliance."""
    with _site() as services:
        mandate = services.grant_by_address(email=email, role=role, organization_mark=organization)
    done = {"email": email, "role": role, "in": str(mandate.place), "from": mandate.starts_on.isoformat()}
    words = f"{email} now has the role {role} in {mandate.place}."
    typer.echo(json.dumps(done, ensure_ascii=False) if as_json else words)


@app.command("reset-second-factor")
def reset_second_factor(
    email: Annotated[str, typer.Argument(help="Address of the account.")],
    reason: Annotated[str, typer.Option(help="What happened to it: lost, stolen or broken.")],
    as_json: AsJson = False,
) -> None:
    """Take away a lost second step of sign-in, recovery codes and API tokens; recorded, and mailed to the person."""
    with _site() as services:
        removed = services.reset_by_address(email=email, reason=reason)
    done = {"email": email, "removed": removed}
    words = f"{removed} ways to sign in to {email} were taken away; the password still works, and a mail tells so."
    typer.echo(json.dumps(done) if as_json else words)


@contextmanager
def _site() -> Iterator[ModuleType]:
    """Start the site and give its services; what goes wrong is said in words, with exit code 1."""
    try:
        from minga.web.setup import django_setup

        django_setup()
    except (ImportError, ValueError) as problem:
        raise _fail(f"The site cannot start: {problem} Install it, or correct the setting.") from None
    from django.db import DatabaseError

    from minga.members import services

    try:
        yield services
    except MembersError as problem:
        raise _fail(problem) from None
    except DatabaseError as problem:
        raise _fail(
            f"The database cannot be used: {problem}. Run `minga site check`, which says what is missing."
        ) from None
