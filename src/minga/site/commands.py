"""`minga site …`: set up, run, check and keep a site. Django is loaded only when a command is called."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Set up, run, check and keep a site. Exit codes: 0 done; 1 faults, which are listed; 2 wrong command line.",
)

_JSON = typer.Option(False, "--json", help="Print the result as JSON.")
_YES = typer.Option(False, "--yes", help="Do not ask.")


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _fail(message: str) -> NoReturn:
    _say(message)
    raise typer.Exit(1)


@contextmanager
def _faults_in_words() -> Iterator[None]:
    """End with exit code 1 and the sentence, not with a traceback, where a fault has one."""
    try:
        yield
    except (ValueError, OSError) as problem:
        _fail(str(problem))
    except Exception as problem:
        if type(problem).__module__.startswith(("django.db", "django.core.exceptions")):
            _fail(f"{type(problem).__name__}: {str(problem).strip()} `minga site check` says what to do.")
        raise


@contextmanager
def _site() -> Iterator[None]:
    """Load the site, or say which setting or missing part keeps it from starting."""
    try:
        from minga.web.setup import django_setup
    except ModuleNotFoundError:
        _fail("The site is not installed, only the tools without it. Install it with `pip install 'minga[site]'`.")
    with _faults_in_words():
        try:
            django_setup()
        except ModuleNotFoundError as problem:
            _fail(f"{problem.name} is not installed. Install the site with `pip install 'minga[site]'`.")
        yield


def _show(result: dict[str, Any], as_json: bool, text: str) -> None:
    typer.echo(json.dumps(result, ensure_ascii=False, indent=1, default=str) if as_json else text)


# ---------------------------------------------------------------- running
@app.command()
def run(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8000, min=1, max=65535, help="Port to listen on."),
    workers: int = typer.Option(1, min=1, help="Server processes; about one a core."),
    worker: bool = typer.Option(True, help="Also run one worker for tasks in the background."),
) -> None:
    """Prepare the site and serve it until it is stopped by Ctrl-C or SIGTERM."""
    from minga.site import serve

    with _faults_in_words():
        serve.check_port(host, port)
    # in a child, so that the process that stays holds neither the site nor settings from before the preparation
    prepared = subprocess.run([sys.executable, "-m", "minga.site.cli", "site", "prepare"], check=False)
    if prepared.returncode:
        raise typer.Exit(1)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Minga serves on http://{shown}:{port}/ - stop it with Ctrl-C.")
    with _faults_in_words():
        serve.serve(host, port, workers=workers, with_worker=worker)


@app.command()
def prepare() -> None:
    """Bring database, static files and start content up to date, without serving."""
    with _site():
        from minga.site.prepare import prepare as bring_up_to_date

        bring_up_to_date(_say)


@app.command()
def worker(
    id: str = typer.Option("", help="Name of this worker, unique among all of the site. [default: machine's name]"),
    once: bool = typer.Option(False, "--once", help="Stop when the queue is empty."),
    parent: int = typer.Option(0, hidden=True),
) -> None:
    """Run tasks in the background and the daily schedule until stopped; what a crash left goes back into the queue."""
    with _site():
        from minga.web import tasks

        name = id or f"{platform.node() or 'minga'}-1"[:60]
        requeued = tasks.work(name, once=once, parent=parent or None)
    if requeued.again or requeued.given_up:
        _say(f"After a crash, tasks queued again: {requeued.again}; given up: {requeued.given_up}.")


@app.command()
def retention(as_json: bool = _JSON) -> None:
    """Delete now what is kept no longer; a worker does it every day."""
    with _site():
        from minga.web import tasks

        counts = tasks.run_scheduled.call("retention")
    _show(counts, as_json, "\n".join(f"{name}: {count} deleted" for name, count in counts.items()))


@app.command()
def check(as_json: bool = _JSON) -> None:
    """Check settings, database, audit trail and search index; list each fault with its remedy."""
    with _site():
        from minga.site.health import faults

        found = faults()
    listed = [{"part": fault.part, "found": fault.found, "remedy": fault.remedy} for fault in found]
    text = "\n".join(f"{fault.part}: {fault.found} {fault.remedy}".rstrip() for fault in found)
    _show({"ok": not found, "faults": listed}, as_json, text or "No fault found.")
    if found:
        raise typer.Exit(1)


@app.command()
def reindex(as_json: bool = _JSON) -> None:
    """Build the search index anew from what the rooms hold."""
    with _site():
        from minga.web import search

        counts = dict(search.rebuild())
    _show(counts, as_json, "\n".join(f"{kind}: {count} documents" for kind, count in counts.items()))


# ---------------------------------------------------------------- keeping
@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, for example minga-2026-11-21.zip.")],
    as_json: bool = _JSON,
) -> None:
    """Write database and uploads into one file that `restore` brings back on SQLite or PostgreSQL."""
    with _site():
        from minga.site.backup import folders, write

        with _progress() as step:
            manifest = write(file, step=step)
    rows = sum(table["rows"] for table in manifest["tables"])
    counts = {part: len(manifest[part]) for part in folders()}
    result = {"file": str(file), "bytes": file.stat().st_size, "rows": rows, **counts}
    _show(
        result,
        as_json,
        f"{file} holds the site (rows: {rows}, {', '.join(f'{part}: {count}' for part, count in counts.items())}). "
        "Keep it as safe as the database.",
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `minga site backup`.")],
    replace: bool = typer.Option(False, "--replace", help="Lose what the database holds now; a backup of it is kept."),
    yes: bool = _YES,
    as_json: bool = _JSON,
) -> None:
    """Bring a backup back: all of it or nothing. Backups of older versions are upgraded on the way."""
    with _site():
        from django.conf import settings

        from minga.members import services as members
        from minga.site import backup as backups
        from minga.site import restore as restores

        restores.examine(file)
        kept = None
        if replace and restores.first_with_rows("default"):
            if not yes and not typer.confirm("Everything the site holds now will be replaced. Go on?"):
                _fail("Nothing was changed.")
            kept = Path(settings.VAR) / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
            backups.write(kept)
        with _progress() as step:
            manifest = restores.restore(file, replace=replace, step=step)
        members.accept_audit_head(by=None, reason=f"restored from the backup of {manifest['made_at']}")
    rows = sum(table["rows"] for table in manifest["tables"])
    words = f"The site is back as it was at {manifest['made_at']} (rows: {rows}, uploads: {len(manifest['uploads'])})."
    if kept:
        words += f" What was there before is kept in {kept}."
    _show({"rows": rows, "uploads": len(manifest["uploads"]), "kept": kept}, as_json, words)


@contextmanager
def _progress() -> Iterator[Any]:
    """Show how far it is, on the terminal only, so that --json stays clean."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        known: dict[str, Any] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in known:
                known[what] = bars.add_task(what, total=total)
            bars.update(known[what], completed=done)

        yield step


# ---------------------------------------------------------------- beginning
@app.command()
def createadmin(
    email: Annotated[str, typer.Argument(help="Address with which the administrator signs in.")],
    name: str = typer.Option("", help="Name of the person."),
    password_file: Annotated[
        Path | None, typer.Option(help="File whose first line is the password; without it, it is asked.")
    ] = None,
    as_json: bool = _JSON,
) -> None:
    """Make an account that belongs to the secretariat; an existing account joins it and keeps its password."""
    with _site():
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email

        from minga.members import services as members

        password = _password(password_file)
        try:
            validate_email(email)
            validate_password(password)
        except ValidationError as problem:
            _fail(" ".join(problem.messages))
        account = members.createadmin(email=email, password=password, name=name)
    _show({"email": account.email}, as_json, f"{account.email} belongs to the secretariat and can sign in.")


def _password(file: Path | None) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        return lines[0] if lines else ""
    return str(typer.prompt("Password (at least 10 characters)", hide_input=True, confirmation_prompt=True))


@app.command()
def sample(as_json: bool = _JSON) -> None:
    """Load the sample alliance, into a database that holds nothing else. Loading twice changes nothing."""
    with _site():
        from minga.site.sample import load

        logins = load(_say)
    lines = [f"{login['email']}  {login['password']}  ({login['role']})" for login in logins]
    _show({"logins": logins}, as_json, "\n".join(["Sign in to the sample with:", *lines]))
