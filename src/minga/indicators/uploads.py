"""Reading what the secretariat uploads: every wrong cell named by row and column, nothing lost. No Django."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from minga.indicators.engine.definition import Group, Index, Indicator, Node
from minga.indicators.engine.errors import DataError, Finding, IndicatorsError
from minga.indicators.engine.files import read_table as read_any
from minga.indicators.engine.scales import MinMax, PercentileRank, Scale, ZScore
from minga.indicators.engine.sentences import error
from minga.indicators.engine.steps import Aggregate, Aggregation, Impute, Treat
from minga.tables.reading import LINE, TableError
from minga.tables.reading import read_table as read_text

#: what people write into cells that hold nothing; in a column of codes NA is Namibia and stays
NOTHING = frozenset({"", "na", "n/a", "nan", "null", "..", "-", "–"})
ROOT = "index"
SCALES: dict[str, Scale] = {
    "minmax": MinMax(1.0, 100.0),
    "zscore": ZScore(50.0, 10.0),
    "percentile_rank": PercentileRank(),
}
MOST_PROBLEMS = 50


def read(name: str, content: bytes) -> pl.DataFrame:
    """Read an uploaded table by the ending of its name: CSV, XLSX or Parquet; columns of numbers become numbers.

    Raises
    ------
    DataError
        The file cannot be read as a table; it says where.
    """
    ending = Path(name).suffix.lower()
    if ending not in (".csv", ".tsv", ".txt", ".xlsx", ".parquet"):
        raise DataError(f"{name} ends in {ending or 'nothing'!r}. Give a CSV, XLSX or Parquet file.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{ending}"
        path.write_bytes(content)
        try:
            table = _read(path)
        except (IndicatorsError, TableError) as wrong:
            raise DataError(str(wrong).replace(str(path), name).replace(path.name, name)) from None
        except Exception as wrong:  # a damaged workbook breaks its reader in many ways
            raise DataError(f"{name} cannot be read as a table. Save it again as CSV in UTF-8. ({wrong})") from None
    if not table.height or not table.width:
        raise DataError(f"{name} holds no rows. Give one row per unit, with a header.")
    return typed(table)


def _read(path: Path) -> pl.DataFrame:
    if path.suffix not in (".csv", ".tsv", ".txt"):
        return read_any(path)
    reading = read_text(path)
    if reading.problems:
        raise DataError("\n".join(str(problem) for problem in reading.problems[:MOST_PROBLEMS]))
    return reading.table.drop(LINE, strict=False)


def typed(table: pl.DataFrame) -> pl.DataFrame:
    """Make numbers of the columns in which every filled cell is one; the others stay text."""
    columns = []
    for name in table.columns:
        series = table[name]
        if series.dtype == pl.String:
            # PostgreSQL stores no NUL sign, and nobody means one
            text = series.str.replace_all("\x00", "", literal=True).str.strip_chars()
            filled = text.filter(~text.str.to_lowercase().is_in(list(NOTHING)) & text.is_not_null())
            if len(filled) and filled.cast(pl.Float64, strict=False).is_not_null().all() and not _is_code(name, filled):
                series = text.cast(pl.Float64, strict=False)
            else:
                series = text
        elif series.dtype.is_numeric():
            series = series.cast(pl.Float64) if not series.dtype.is_integer() else series
        else:
            series = series.cast(pl.String)
        columns.append(series.alias(name.strip()))
    return pl.DataFrame(columns)


def _is_code(name: str, filled: pl.Series) -> bool:
    """Whether digits are a code, as in a sector 01: then a zero in front must stay."""
    return bool(filled.str.contains(r"^0\d").any()) or name.strip().lower() in ("code", "unit", "id", "iso2", "iso3")


def cell_problems(index: Index, table: pl.DataFrame) -> list[Finding]:
    """Name every cell of an indicator that holds no number, by the row of the file and its column."""
    found = []
    for item in index.indicators:
        column = item.column or item.code
        if column not in table.columns or table[column].dtype != pl.String:
            continue
        numbers = table[column].cast(pl.Float64, strict=False)
        for row, (text, number) in enumerate(zip(table[column].to_list(), numbers.to_list(), strict=True), start=2):
            if text is not None and text.lower() not in NOTHING and number is None:
                found.append(error("not_a_number.cell", indicator=item.code, row=row, column=column, cell=text))
    return found[:MOST_PROBLEMS]


def without_words_for_nothing(index: Index, table: pl.DataFrame) -> pl.DataFrame:
    """Empty the cells of indicators that say in words that they are empty."""
    columns = {item.column or item.code for item in index.indicators} & set(table.columns)
    text = [name for name in columns if table[name].dtype == pl.String]
    return table.with_columns(
        pl.when(pl.col(name).str.to_lowercase().is_in(list(NOTHING))).then(None).otherwise(pl.col(name)).alias(name)
        for name in text
    )


# ---------------------------------------------------------------- a definition from columns
@dataclass(frozen=True)
class Mapped:
    """What a person says of one column."""

    column: str
    name: str
    direction: int
    weight: float
    node: str


def guess(table: pl.DataFrame) -> Index:
    """Begin a definition: the first column of text is the unit, every column of numbers an indicator."""
    numbers = [name for name in table.columns if table[name].dtype.is_numeric() or _is_meant_as_numbers(table[name])]
    texts = [name for name in table.columns if name not in numbers]
    unit = next(iter(texts), table.columns[0])
    columns = [Mapped(name, name, 1, 1.0, "") for name in numbers if name != unit]
    second = texts[1] if len(texts) > 1 and table[texts[1]].n_unique() == table.height else None
    return define(columns, unit=unit, unit_name=second)


def _is_meant_as_numbers(series: pl.Series) -> bool:
    """Whether most filled cells of a column of text are numbers: the others are then faults to be named."""
    filled = series.filter(series.is_not_null() & ~series.str.to_lowercase().is_in(list(NOTHING)))
    if not len(filled) or _is_code(series.name, filled):
        return False
    return float(filled.cast(pl.Float64, strict=False).is_not_null().mean() or 0) > 0.5


def define(
    columns: Iterable[Mapped],
    *,
    unit: str,
    unit_name: str | None = None,
    group: str | None = None,
    title: Mapping[str, str] | None = None,
    scale: str = "minmax",
    mean: str = "arithmetic",
    gaps: str = "none",
) -> Index:
    """Define an index of two levels from what a form says."""
    chosen = list(columns)
    names = dict.fromkeys(one.node.strip() for one in chosen if one.node.strip())
    codes = {name: _code(name, at) for at, name in enumerate(names)}
    nodes = [Node(code=ROOT, name="Index"), *(Node(code=code, parent=ROOT, name=name) for name, code in codes.items())]
    indicators = []
    for at, one in enumerate(chosen):
        code = _code(one.column, at)
        indicators.append(Indicator(
            code=code, column=None if code == one.column else one.column, name=one.name or one.column,
            direction=one.direction, weight=one.weight, parent=codes.get(one.node.strip(), ROOT),
        ))  # fmt: skip
    return Index(
        indicators=tuple(indicators),
        nodes=tuple(nodes),
        title=tuple(sorted((title or {}).items())),
        unit=unit,
        unit_name=unit_name or None,
        groups=(Group(code=group),) if group else (),
        impute=Impute(method=gaps),
        treat=Treat(on=True),
        normalise=SCALES[scale],
        aggregate=Aggregate(rule=Aggregation(method=mean)),
    )


def _code(name: str, at: int) -> str:
    """A code for addresses from any name; names without Latin letters are numbered."""
    code = re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-.")[:50]
    return code if code and not code.startswith(ROOT) else f"part-{at + 1}"


def is_flat(index: Index) -> bool:
    """Whether a form of columns can show a definition without losing any of it."""
    root = index.tree.codes[index.tree.root]
    simple = all(
        node.parent in (None, root) and node.aggregate is None and node.copy_of is None for node in index.nodes
    )
    plain = all(
        item.normalise is None and not item.treat and not item.impute and item.denominator is None
        and item.goalposts is None and item.value is None
        for item in index.indicators
    )  # fmt: skip
    return simple and plain and not index.denominators and index.normalise in SCALES.values() and not index.uncertain
