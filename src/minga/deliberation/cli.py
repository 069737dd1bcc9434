"""``minga deliberation ...``: map a conversation, report it, and trace voices to answers, from files alone.

Exit codes: 0 done; 1 the files have faults, which are said; 2 the command line is wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from minga.deliberation import cli_sources

if TYPE_CHECKING:
    from minga.deliberation.engine.conversation import Conversation
    from minga.deliberation.engine.grouping import Groups

app = typer.Typer(
    name="deliberation",
    help="Map what people say in a consultation, and trace every voice to its answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class Mode(StrEnum):
    """How groups are found."""

    stable = "stable"
    polis = "polis"


class Solver(StrEnum):
    """How axes are found."""

    auto = "auto"
    exact = "exact"
    rsvd = "rsvd"


Source = Annotated[
    Path,
    typer.Argument(metavar="SOURCE", help="Folder or zip file of an export of Pol.is, or a .jsonl file of events."),
]
Out = Annotated[Path, typer.Option("--out", help="Folder to write to; it is made if it is missing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
ModeOption = Annotated[
    Mode, typer.Option("--mode", help="stable does not hang on the order of rows; polis is as published.")
]
K = Annotated[
    int | None, typer.Option("-k", min=2, max=5, help="Set the number of groups, 2 to 5; chosen when not given.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The same seed gives the same figures.")]
Strict = Annotated[bool, typer.Option("--strict", help="Leave out statements that nobody has moderated yet.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Print what the engine refuses or the disk does not allow, and leave with 1."""
    from minga.deliberation.engine.errors import DeliberationError

    try:
        yield
    except DeliberationError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from None
    except OSError as wrong:
        typer.echo(said_of_disk(wrong), err=True)
        raise typer.Exit(1) from None


def said_of_disk(wrong: OSError) -> str:
    """Say what stands in the way of reading or writing a file."""
    place = wrong.filename or "A file"
    if isinstance(wrong, FileExistsError | NotADirectoryError):
        return f"{place}: a file stands where a folder is needed. Give another --out, or move the file."
    if isinstance(wrong, IsADirectoryError):
        return f"{place}: a folder stands where a file is to be written. Give another --out, or move the folder."
    why = wrong.strerror or str(wrong)
    return f"{place} cannot be read or written ({why}). Check the path, the room on the disk and who may write there."


@contextmanager
def bar(what: str, as_json: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal; nothing when the output goes to a program."""
    if as_json or not sys.stderr.isatty():
        yield lambda done, wanted: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, wanted: progress.update(task, completed=done, total=wanted)


def emit(value: Any) -> None:
    """Print JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def written(paths: list[Path], out: Path) -> None:
    """Say what was written, where other output does not go."""
    typer.echo(f"Written to {out}: {', '.join(path.name for path in paths)}", err=True)


def load(source: Path) -> Conversation:
    """Read a conversation from an export or from a log of events, and say what stands out in it."""
    from minga.deliberation.engine.events import read_events
    from minga.deliberation.engine.exports import read_polis
    from minga.deliberation.engine.polis_matrix import remarks

    if source.suffix.lower() == ".jsonl":
        return read_events(source)
    conversation = read_polis(source)
    for remark in remarks(conversation):
        typer.echo(remark, err=True)
    return conversation


def grouped(
    conversation: Conversation, mode: Mode, k: int | None, seed: int, strict: bool, solver: Solver, as_json: bool
) -> Groups:
    """Place people and find their groups."""
    from minga.deliberation.engine.grouping import groups
    from minga.deliberation.engine.projection import opinion_map

    with bar("Comparing resamples", as_json) as tell:
        opinions = opinion_map(conversation, mode=mode.value, seed=seed, strict=strict, solver=solver.value)
        return groups(opinions, k, tell=tell)


@app.command("map")
def map_command(
    source: Source,
    out: Out,
    mode: ModeOption = Mode.stable,
    k: K = None,
    seed: Seed = 0,
    strict: Strict = False,
    solver: Annotated[Solver, typer.Option(help="How axes are found; auto fits every size.")] = Solver.auto,
    as_json: Json = False,
) -> None:
    """Place people by their votes and find groups; writes participants, statements, group_stats and map.json."""
    from minga.deliberation.engine.files import map_facts, write_map
    from minga.deliberation.engine.map_words import in_words

    with plain_errors():
        conversation = load(source)
        found = grouped(conversation, mode, k, seed, strict, solver, as_json)
        paths = write_map(found, out, conversation.statements)
    if as_json:
        emit(map_facts(found))
        return
    typer.echo(in_words(found))
    written(paths, out)


@app.command()
def report(
    source: Source,
    out: Out,
    mode: ModeOption = Mode.stable,
    k: K = None,
    seed: Seed = 0,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Write the report of a conversation as plain pages: map, groups, consensus, what divides, every statement."""
    from minga.deliberation.engine.map_words import in_words
    from minga.deliberation.engine.report_pages import report_pages

    with plain_errors():
        conversation = load(source)
        found = grouped(conversation, mode, k, seed, strict, Solver.auto, as_json)
        pages = report_pages(found, conversation)
        out.mkdir(parents=True, exist_ok=True)
        paths = [out / name for name in pages]
        for path in paths:
            path.write_text(pages[path.name], encoding="utf-8")
    if as_json:
        emit({"written": [str(path) for path in paths], "k": found.k})
        return
    typer.echo(in_words(found))
    written(paths, out)


@app.command()
def trace(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Folder or zip file with voices, links, dispositions, clauses, and evidence as .csv."
        ),
    ],
    strata: Annotated[
        list[str] | None, typer.Option("--by", help="Column of voices.csv to compare by; may be repeated.")
    ] = None,
    voice: Annotated[str | None, typer.Option(help="Print the receipt of this voice only.")] = None,
    consensus: Annotated[
        list[str] | None, typer.Option(help="Statement all groups agree on, which needs an answer; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for coverage, strata, problems as .csv and receipts.jsonl.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what became of every voice: coverage, what is missing before adoption, and receipts.

    Leaves with 1 when something stands in the way of adopting the draft.
    """
    from minga.deliberation.engine.audit import adoptable, audit, receipt
    from minga.deliberation.engine.coverage import coverage
    from minga.deliberation.engine.trace import counted, read_trace
    from minga.deliberation.engine.trace_words import coverage_lines

    with plain_errors():
        whole = read_trace(folder)
        if voice is not None:
            emit(receipt(whole, voice))
            return
        problems = audit(whole, consensus or ())
        told = counted(whole)
        covered = coverage(told.voices, told.links, told.dispositions, told.clauses, strata or ())
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            tables = {"coverage": covered.measures, "strata": covered.strata, "problems": problems}
            for name, table in tables.items():
                table.write_csv(out / f"{name}.csv")
            names = whole.voices["voice"].to_list()
            lines = [json.dumps(receipt(whole, name), ensure_ascii=False) + "\n" for name in names]
            (out / "receipts.jsonl").write_text("".join(lines), encoding="utf-8")
            written([*(out / f"{name}.csv" for name in tables), out / "receipts.jsonl"], out)
    ready = adoptable(problems)
    if as_json:
        emit({"coverage": covered.measures.rows(named=True), "strata": covered.strata.rows(named=True),
              "problems": problems.rows(named=True), "adoptable": ready})  # fmt: skip
    else:
        for line in coverage_lines(covered):
            typer.echo(line)
        for row in problems.sort("blocks", descending=True).head(20).rows(named=True):
            typer.echo(f"{'Blocks' if row['blocks'] else 'Advice'}: {row['message']}")
        if problems.height > 20:
            typer.echo(f"... and {problems.height - 20} more; --out writes them all.")
        typer.echo("The draft may be adopted." if ready else "The draft cannot be adopted yet.")
    if not ready:
        raise typer.Exit(1)


@app.command("import")
def import_command(
    source: Source,
    out: Annotated[Path, typer.Option("--out", help="The .jsonl file to write; its folder is made if it is missing.")],
    as_json: Json = False,
) -> None:
    """Turn an export of Pol.is into a log of events, one JSON line each."""
    from minga.deliberation.engine.events import write_events

    with plain_errors():
        conversation = load(source)
        lines = write_events(conversation, out)
    facts = {
        "written": str(out),
        "events": lines,
        "votes": conversation.votes.height,
        "statements": conversation.statements.height,
        "participants": conversation.participants.height,
    }
    if as_json:
        emit(facts)
    else:
        typer.echo(f"{facts['votes']:,} votes on {facts['statements']:,} statements; {lines:,} events.")
        written([out], out.parent)


_UNDATED = (
    "No draft is written as Akoma Ntoso, which names versions by their days: say them with --published 1=2026-10-21, "
    "or in a column published of clauses.csv."
)


def _days(said: list[str]) -> dict[int, date]:
    """Read days of versions as the command line gives them; leave with 2 where one cannot be read."""
    days = {}
    for each in said:
        version, _sign, day = each.partition("=")
        try:
            days[int(version)] = date.fromisoformat(day.strip())
        except ValueError:
            raise typer.BadParameter(
                f"{each!r} is no version with its day. Write both as in 1=2026-10-21.", param_hint="--published"
            ) from None
    return days


@app.command("export")
def export_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A conversation (as for map), or a folder or zip file with the tables of a consultation.",
        ),
    ],
    out: Out,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="Of a consultation: csv, xlsx, html, docx, md or xml; may be repeated."),
    ] = None,
    title: Annotated[str, typer.Option(help="Of a consultation: the title of its draft.")] = "Draft",
    language: Annotated[
        str, typer.Option(help="Of a consultation: the language of its draft: ar, en, es, fr, ru or zh.")
    ] = "en",
    published: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VERSION=DAY",
            help="Of a consultation: when a version was published, as in 1=2026-10-21; may be repeated.",
        ),
    ] = None,
    with_trace: Annotated[
        bool, typer.Option("--with-trace", help="Write what stands behind each clause into the draft.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a conversation in the CSV files of Pol.is, or answers and draft of a consultation as files to send on.

    What was read from files of Pol.is comes out as it went in. A consultation gives answers (.csv, .xlsx, .html, .docx)
    and, if it has clauses, a draft (.md, .html, .docx, and .xml as Akoma Ntoso, where the days of its versions are
    known), or a draft of each name before the names of its clauses (islands/C1).
    """
    from minga.deliberation.engine.polis_writing import write_polis
    from minga.deliberation.engine.texts.folder import write_texts
    from minga.deliberation.engine.trace import is_trace, read_trace

    days = _days(published or [])
    with plain_errors():
        if is_trace(source):
            asked = tuple(formats or ())
            paths = write_texts(
                read_trace(source), out, title=title, language=language, formats=asked, with_trace=with_trace,
                published=days,
            )  # fmt: skip
            endings = {path.suffix for path in paths}
            if not as_json and not asked and ".md" in endings and ".xml" not in endings:
                typer.echo(_UNDATED, err=True)
        else:
            paths = write_polis(load(source), out)
    if as_json:
        emit({"written": [str(path) for path in paths]})
    else:
        written(paths, out)


cli_sources.add_to(app)
