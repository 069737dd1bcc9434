"""``minga indicators ...``: build, check and question a composite index, from files and without any site.

Exit codes: 0 done; 1 the definition or the data has faults, which are listed; 2 the command line is wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    import polars as pl

    from minga.indicators.engine.definition import Index

app = typer.Typer(
    name="indicators",
    help="Build composite indexes, check them, and say how sure their ranks are.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Definition = Annotated[
    str, typer.Argument(metavar="INDEX", help="TOML file of the definition, or hdi, gdi, gii, phdi.")
]
Figures = Annotated[Path, typer.Argument(metavar="DATA", help="CSV, Parquet, XLSX or JSON, one row per unit.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write tables to; it is made if it is missing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Scenario = Annotated[str | None, typer.Option(help="Name of a scenario of the definition.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change one thing: PATH=VALUE, such as treat.winmax=3; may be repeated."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same figures.")]
Top = Annotated[int, typer.Option(help="How many rows to print.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Print what the engine refuses, each finding on its own line, and leave with 1."""
    from minga.indicators.engine.errors import IndicatorsError

    try:
        yield
    except IndicatorsError as wrong:
        for line in str(wrong).splitlines():
            typer.echo(line, err=True)
        raise typer.Exit(1) from None


def load(definition: str, data: Path, scenario: str | None, changes: list[str] | None) -> tuple[Index, pl.DataFrame]:
    """Read definition and data, the scenario and single changes applied."""
    from minga.indicators.engine.definition import Index, preset_names
    from minga.indicators.engine.errors import DefinitionError
    from minga.indicators.engine.files import read_table

    if definition in preset_names():
        index = Index.preset(definition)
    elif Path(definition).exists():
        index = Index.from_toml(Path(definition))
    else:
        raise DefinitionError(
            f"There is no file {definition}, and no preset of that name. Presets: {', '.join(preset_names())}."
        )
    if scenario:
        index = index.scenario(scenario)
    for change in changes or []:
        path, equals, value = change.partition("=")
        if not equals:
            raise DefinitionError(f"--set takes PATH=VALUE; {change!r} has no equals sign.")
        index = index.replace(path.strip(), _value(value.strip()))
    return index, read_table(data)


def _value(text: str) -> Any:
    """Read a value as TOML would, a bare word as text."""
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def show(table: pl.DataFrame, rows: int = 20) -> None:
    """Print a table in columns."""
    from minga.indicators.engine.files import rows_of

    shown = rows_of(table.head(rows))
    cells = [[_word(row[name]) for name in table.columns] for row in shown]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, name in enumerate(table.columns)]
    numeric = [kind.is_numeric() for kind in table.dtypes]
    for row in [list(table.columns), *cells]:
        line = [cell.rjust(w) if right else cell.ljust(w) for cell, w, right in zip(row, widths, numeric, strict=True)]
        typer.echo("  ".join(line).rstrip())
    if table.height > rows:
        typer.echo(f"... and {table.height - rows} more rows")


def _word(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def emit(value: Any) -> None:
    """Print JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


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


def save(tables: dict[str, pl.DataFrame], out: Path | None) -> None:
    """Write tables as CSV files into a folder."""
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_csv(out / f"{name}.csv")
    typer.echo(f"Written to {out}: {', '.join(f'{name}.csv' for name in tables)}", err=True)


@app.command()
def build(
    definition: Definition, data: Figures, out: Out = None, as_json: Json = False, scenario: Scenario = None,
    change: Set = None, top: Top = 20,
) -> None:  # fmt: skip
    """Calculate an index; --out writes scores.csv (unit, node, score, rank) and everything behind it."""
    from minga.indicators.engine.files import result_json, write_all

    with plain_errors():
        index, table = load(definition, data, scenario, change)
        result = index.fit(table)
    for warning in result.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    if out is not None:
        written = write_all(result, out)
        typer.echo(f"Written to {out}: {', '.join(path.name for path in written)}", err=True)
    if as_json:
        emit(result_json(result))
    elif out is None:
        root = index.tree.codes[index.tree.root]
        order = result.ranks[root].arg_sort(nulls_last=True)
        show(result.table()[order].select([*result.keys.columns, *result.nodes]), top)


@app.command()
def check(definition: Definition, data: Figures, as_json: Json = False, scenario: Scenario = None) -> None:
    """Look a definition and its data over, with every fault in plain words, and show the table of directions."""
    from minga.indicators.engine.checks import check as look_over
    from minga.indicators.engine.checks import directions
    from minga.indicators.engine.files import rows_of

    with plain_errors():
        index, table = load(definition, data, scenario, None)
        findings = look_over(index, table)
    if as_json:
        found = [{"level": item.level, "rule": item.rule, "message": item.message, "indicator": item.indicator,
                  "unit": item.unit} for item in findings]  # fmt: skip
        emit({"findings": found, "directions": rows_of(directions(index))})
    else:
        show(directions(index), 1000)
        for item in findings:
            typer.echo(f"{item.level.capitalize()}: {item}")
        typer.echo("Nothing was found." if not findings else f"{len(findings)} findings.")
    if any(item.level == "error" for item in findings):
        raise typer.Exit(1)


@app.command()
def audit(
    definition: Definition, data: Figures, out: Out = None, as_json: Json = False, scenario: Scenario = None,
    change: Set = None,
) -> None:  # fmt: skip
    """Describe the indicators and how they hang together: statistics, correlations, alpha, components, removals."""
    from minga import indicators as mi
    from minga.indicators.engine.files import rows_of

    with plain_errors():
        index, table = load(definition, data, scenario, change)
        result = index.fit(table)
        components = mi.pca(result)
        tables = {
            "statistics": mi.stats(result.stage("raw"), index.codes),
            "availability": mi.availability(index, table),
            "correlations": mi.corr(result.stage("normalised"), index.codes),
            "flagged_pairs": mi.corr_flags(index, result.stage("normalised")),
            "alpha": mi.alpha(result),
            "component_weights": components.weights,
            "component_variance": components.variance,
            "effective_weights": mi.effective_weights(index),
            "directions": mi.directions(index),
        }
        if index.panel.time is None:
            tables["removals"] = mi.drop_each(index, table, level=1).effect
    save(tables, out)
    if as_json:
        emit({name: rows_of(held) for name, held in tables.items()})
    elif out is None:
        for name in ("statistics", "flagged_pairs", "alpha", "effective_weights", "removals"):
            if name in tables:
                typer.echo(f"\n{name.replace('_', ' ').capitalize()}")
                show(tables[name], 100)


@app.command()
def uncertainty(
    definition: Definition, data: Figures, out: Out = None, as_json: Json = False, scenario: Scenario = None,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Replications.")] = 1000, seed: Seed = 1, top: Top = 20,
) -> None:  # fmt: skip
    """Say how sure each rank is, over the choices under [uncertainty] in the definition."""
    from minga import indicators as mi
    from minga.indicators.engine.files import rows_of

    with plain_errors(), bar("Replications", as_json) as progress:
        index, table = load(definition, data, scenario, None)
        if not index.uncertain:
            typer.echo("The definition has no [uncertainty]; every weight is moved by up to 25%.", err=True)
        found = mi.uncertainty(index, table, n=n, seed=seed, progress=progress)
    save({"ranks": found.ranks, "scores_spread": found.scores, "failures": found.failures, "draws": found.draws,
          "pairwise": found.pairwise} if out else {}, out)  # fmt: skip
    if found.failed:
        typer.echo(f"{found.failed} of {n} replications failed and are left out; see failures.", err=True)
    if as_json:
        emit({"n": n, "seed": seed, "failed": found.failed, "ranks": rows_of(found.ranks),
              "scores": rows_of(found.scores), "failures": rows_of(found.failures)})  # fmt: skip
    elif out is None:
        show(found.ranks.sort("nominal"), top)


@app.command()
def sobol(
    definition: Definition, data: Figures, out: Out = None, as_json: Json = False, scenario: Scenario = None,
    n: Annotated[int, typer.Option("-n", "--n", min=2, help="Size of the base sample.")] = 1024, seed: Seed = 1,
    sampler: Annotated[Literal["sobol", "random", "exact"], typer.Option(help="How combinations are chosen.")] = (
        "sobol"
    ),
    unit: Annotated[str | None, typer.Option(help="Explain the rank of this unit instead of all rank changes.")] = None,
) -> None:  # fmt: skip
    """Say which uncertain choice moves the ranks, by variance-based indices."""
    from minga import indicators as mi
    from minga.indicators.engine.files import rows_of

    with plain_errors(), bar("Runs", as_json) as progress:
        index, table = load(definition, data, scenario, None)
        target = "unit_rank" if unit else "mean_abs_rank_change"
        found = mi.sobol(index, table, n=n, seed=seed, sampler=sampler, target=target, unit=unit, progress=progress)
    save({"sobol": found.indices, "failures": found.failures} if out else {}, out)
    if as_json:
        emit({"runs": found.runs, "mean": found.mean, "variance": found.variance, "sampler": sampler, "seed": seed,
              "indices": rows_of(found.indices), "failures": rows_of(found.failures)})  # fmt: skip
    elif out is None:
        show(found.indices)
        typer.echo(f"{found.runs} runs; mean of the target {found.mean:.4g}, variance {found.variance:.4g}.")


@app.command()
def compare(
    definition: Definition, data: Figures,
    other: Annotated[str | None, typer.Option("--with", metavar="INDEX", help="Another definition.")] = None,
    other_data: Annotated[Path | None, typer.Option("--data", help="Other figures (default: the same).")] = None,
    out: Out = None, as_json: Json = False, scenario: Scenario = None, change: Set = None, top: Top = 20,
) -> None:  # fmt: skip
    """Compare with another definition, other figures, a --scenario or a --set; say what changed and why."""
    from minga import indicators as mi
    from minga.indicators.engine.files import rows_of

    if not any((other, other_data, scenario, change)):
        typer.echo(
            "Name what to compare with: --with INDEX, --data DATA, --scenario NAME or --set PATH=VALUE.", err=True
        )
        raise typer.Exit(2)
    with plain_errors():
        index, table = load(definition, data, None, None)
        second, second_table = load(other or definition, other_data or data, scenario, change)
        found = mi.revisions(index, table, second, second_table)
    save({"units": found.units, "cells": found.cells, "definition": found.definition} if out else {}, out)
    if as_json:
        emit({"units": rows_of(found.units), "cells": rows_of(found.cells), "definition": rows_of(found.definition),
              "added": list(found.added), "removed": list(found.removed)})  # fmt: skip
    elif out is None:
        show(found.units.sort("new_rank", nulls_last=True), top)
        if found.definition.height:
            typer.echo("\nWhat differs in the definition")
            show(found.definition, 100)


@app.command()
def report(
    definition: Definition, data: Figures,
    unit: Annotated[str | None, typer.Option(help="Explain this unit; without it, the whole index.")] = None,
    out: Out = None, as_json: Json = False, scenario: Scenario = None, change: Set = None,
) -> None:  # fmt: skip
    """Write what an index is and how it came about, or why one unit stands where it stands."""
    from minga.indicators.engine.files import rows_of
    from minga.indicators.engine.reporting import index_report, unit_report

    with plain_errors():
        index, table = load(definition, data, scenario, change)
        result = index.fit(table)
        text = unit_report(result, unit) if unit else index_report(result)
        explained = result.explain(unit) if unit else None
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        name = f"{unit or index.id}.md"
        (out / name).write_text(text, encoding="utf-8")
        typer.echo(f"Written to {out}: {name}", err=True)
    if as_json:
        tables = {} if explained is None else {
            "contributions": rows_of(explained.contributions), "strengths": rows_of(explained.strengths),
            "weaknesses": rows_of(explained.weaknesses), "changed": rows_of(explained.changed),
        }  # fmt: skip
        emit({"text": text} | tables)
    elif out is None:
        typer.echo(text)


@app.command("from-coinr")
def from_coinr(
    data: Annotated[Path, typer.Argument(metavar="IDATA", help="iData as CSV, or a workbook with iData and iMeta.")],
    meta: Annotated[Path | None, typer.Argument(metavar="IMETA", help="iMeta as CSV.")] = None,
    out: Annotated[Path, typer.Option("--out", help="The TOML file to write.")] = Path("index.toml"),
    as_json: Json = False,
) -> None:
    """Turn COINr's pair of tables into a definition; the steps are then written into the TOML file by hand."""
    from minga.indicators.engine.definition import Index
    from minga.indicators.engine.files import read_coinr

    with plain_errors():
        idata, imeta = read_coinr(data, meta)
        index = Index.from_tables(idata, imeta)
        out.write_text(index.to_toml(), encoding="utf-8")
    if as_json:
        emit({"written": str(out), "unit": index.unit, "indicators": list(index.codes)})
    else:
        typer.echo(f"Written: {out}. Its figures are {data.name}; the column of units is {index.unit}.")


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(help="Print this definition.")] = None, as_json: Json = False
) -> None:
    """List the definitions that ship with Minga, or print one."""
    from minga.indicators.engine.definition import Index, preset_names
    from minga.indicators.engine.toml_files import PRESETS

    with plain_errors():
        if name:
            Index.preset(name)
            typer.echo((PRESETS / f"{name}.toml").read_text(encoding="utf-8"), nl=False)
            return
        titles = {each: dict(Index.preset(each).title) for each in preset_names()}
    if as_json:
        emit(titles)
    else:
        for each, title in titles.items():
            typer.echo(f"{each:6} {title.get('en', '')}")
