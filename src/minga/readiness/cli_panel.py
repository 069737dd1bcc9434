"""``minga readiness panel``: the two rounds of a panel from files, without any site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minga.readiness.cli_support import Json, guard, lines, load, print_json, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from minga.readiness.engine.instrument import Instrument
    from minga.readiness.engine.panel_levels import PanelLevel
    from minga.readiness.engine.panel_result import PanelResult


def add_to(app: typer.Typer) -> None:
    """Add the command to ``minga readiness``."""
    app.command()(panel)


def panel(
    first: Annotated[Path, typer.Argument(help="CSV or Parquet with panellist, item and level: the first round.")],
    second: Annotated[Path | None, typer.Argument(help="The second round, in the same shape.")] = None,
    instrument: Annotated[
        str, typer.Option("--instrument", "-i", help="Name, id or file of the instrument.")
    ] = "generic-industry",
    within: Annotated[
        float, typer.Option(help="The panel agrees on an item if its middle half lies within so many levels.", min=0)
    ] = 1.0,
    public: Annotated[bool, typer.Option("--public", help="Leave out what would tell how few people said it.")] = False,
    as_json: Json = False,
) -> None:
    """Sum up the rounds of a panel: levels with intervals, agreement, and what moved."""
    from minga import readiness

    model = load(instrument)
    rounds = [_table(path) for path in (first, second) if path is not None]
    result = guard(readiness.panel_result, rounds[0], rounds[1] if second else None, model, within=within)
    if public:
        result = readiness.released(result)
    if as_json:
        print_json(result.to_dict())
    else:
        lines(_sentences(result, model))


def _table(path: Path) -> pl.DataFrame:
    import polars as pl

    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema_length=0)
    except (OSError, pl.exceptions.PolarsError) as error:
        refuse(f"{path} cannot be read as a table: {error}. Give a CSV or Parquet file.")


def _sentences(result: PanelResult, model: Instrument) -> Iterator[str]:
    second = "" if result.people_second is None else f", {result.people_second} in the second"
    yield f"{model.title}: {result.people_first} people in the first round{second}."
    rule = f"middle half within {result.within:g} levels"
    yield f"Agreed on {result.agreed} of {len(result.items)} items ({rule})."
    if result.movement is not None and result.movement.answers:
        moved = result.movement
        yield (
            f"Between the rounds {moved.kept} of {moved.answers} answers stayed, {moved.towards} came nearer to the "
            f"middle, {moved.away} went further from it, {moved.across} crossed it."
        )
    yield ""
    for level in result.levels:
        yield _level(level)
    yield ""
    for one in result.items:
        last = one.last
        if last.is_withheld or last.level is None:
            yield f"{one.item}  no figure: fewer than five people gave a level, or nobody did"
            continue
        people = f"n {last.n}" if last.n is not None else f"n at least {last.n_at_least}"
        state = "agreed" if last.agreed else "not agreed"
        yield (
            f"{one.item}  level {last.level}, median {last.median:g}, middle half {last.q1:g} to {last.q3:g}, "
            f"{people}, {state}"
        )


def _level(level: PanelLevel) -> str:
    name = f"{level.name:<16}"
    if level.level is None:
        return f"{name} no level: {level.items} of {level.asked} items have one"
    return f"{name} {level.level:.2f}  (90 % of panels drawn anew: {level.lower:.2f} to {level.upper:.2f})"
