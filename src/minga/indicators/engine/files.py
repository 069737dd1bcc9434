"""Tables from and to files: CSV, Parquet, XLSX and JSON, and everything about a result in one workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.result import STAGES, Result
from minga.tables import workbooks
from minga.tables.reading import TableError


def read_table(source: str | Path, *, sheet: str | None = None) -> pl.DataFrame:
    """Read a table by the ending of its file: .csv (comma, semicolon or tab), .parquet, .xlsx, .json."""
    path = Path(source)
    if not path.exists():
        raise DataError(f"There is no file {path}. Check its name and folder.")
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return read_csv(path)
    if ending == ".parquet":
        return pl.read_parquet(path)
    if ending == ".json":
        return pl.read_json(path)
    if ending == ".xlsx":
        sheets = read_workbook(path)
        if sheet is None and sheets:
            sheet = next((name for name in ("iData", "Data", "data") if name in sheets), next(iter(sheets)))
        if sheet not in sheets:
            raise DataError(f"{path.name} has no sheet {sheet!r}. It has: {', '.join(sheets) or 'no filled sheet'}.")
        return sheets[sheet]
    raise DataError(f"{path.name} ends in {ending!r}. Readable are .csv, .parquet, .xlsx and .json.")


def read_workbook(source: str | Path) -> dict[str, pl.DataFrame]:
    """Read every sheet of an XLSX workbook; see :func:`minga.tables.workbooks.read_workbook`."""
    try:
        return workbooks.read_workbook(source)
    except TableError as wrong:
        raise DataError(str(wrong)) from None


def write_workbook(sheets: Mapping[str, pl.DataFrame], target: str | Path) -> None:
    """Write tables as the sheets of one workbook; see :func:`minga.tables.workbooks.write_workbook`."""
    try:
        workbooks.write_workbook(sheets, target)
    except TableError as wrong:
        raise DataError(str(wrong)) from None


def read_csv(path: Path) -> pl.DataFrame:
    """Read a CSV file with commas, semicolons or tabs; cells stay as they are, marks for nothing included."""
    text = path.read_bytes()
    head = text[:100_000].split(b"\n", 1)[0]
    separator = max((",", ";", "\t"), key=lambda mark: head.count(mark.encode()))
    try:
        return pl.read_csv(text, separator=separator, infer_schema_length=None, encoding="utf8-lossy")
    except pl.exceptions.PolarsError as wrong:
        raise DataError(f"{path.name} cannot be read as a table: {str(wrong).splitlines()[0]}") from None


def read_coinr(source: str | Path, meta: str | Path | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read COINr's iData and iMeta: two CSV files, or one workbook with the sheets iData and iMeta."""
    path = Path(source)
    if path.suffix.lower() == ".xlsx" and meta is None:
        sheets = read_workbook(path)
        lacking = [name for name in ("iData", "iMeta") if name not in sheets]
        if lacking:
            raise DataError(f"{path.name} has no sheet {' and no sheet '.join(lacking)}. It has: {', '.join(sheets)}.")
        return sheets["iData"], sheets["iMeta"]
    if meta is None:
        raise DataError("Name the file of iMeta too, or give one workbook with the sheets iData and iMeta.")
    return read_table(path), read_table(meta)


def metadata(index: Index) -> pl.DataFrame:
    """The reference metadata that travels with the index: one row per indicator."""
    return pl.DataFrame([
        {"code": item.code, "name": item.name, "unit": item.unit, "direction": item.direction,
         "parent": item.parent, "weight": item.weight, "denominator": item.denominator, "source": item.source,
         "year": item.year, "method": item.method, "quality": item.quality, "licence": item.licence}
        for item in index.indicators
    ], infer_schema_length=None)  # fmt: skip


def write_scores(result: Result, target: str | Path) -> None:
    """Write ``scores.csv``: ``unit``, (``time``,) ``node``, ``score``, ``rank``, whatever the data call them."""
    named = dict(zip(result.keys.columns, ("unit", "time"), strict=False))
    columns = [pl.col(column).alias(name) for column, name in named.items()]
    result.scores.select(*columns, "node", "score", "rank").write_csv(target)


def result_sheets(result: Result) -> dict[str, pl.DataFrame]:
    """Everything about a result as tables, in the order a reader wants them."""
    sheets = {"Results": result.table(), "Scores": result.scores, "Ranks": result.ranks}
    for name in STAGES:
        if name in result.stages:
            sheets[name.capitalize()] = result.stage(name)
    sheets["Why"] = result.why
    if not result.details.is_empty():
        sheets["Treatment"] = result.details.with_columns(
            pl.when(pl.col("low", "high").is_finite()).then(pl.col("low", "high"))
        )
    sheets["Log"] = result.log
    sheets["Warnings"] = pl.DataFrame(
        {"rule": [item.rule for item in result.warnings], "message": [item.message for item in result.warnings]},
        schema={"rule": pl.String, "message": pl.String},
    )
    sheets["Indicators"] = metadata(result.index)
    sheets["Definition"] = pl.DataFrame({"definition": _definition(result.index).splitlines()})
    return sheets


def _definition(index: Index) -> str:
    try:
        return index.to_toml()
    except ValueError as wrong:
        return f"This definition cannot be written as TOML. {wrong}"


def write_xlsx(result: Result, target: str | Path) -> None:
    """Write one workbook with results, every stage, reasons, log, metadata and definition."""
    write_workbook(result_sheets(result), target)


def result_json(result: Result) -> dict[str, Any]:
    """A result as plain values: the definition, scores, warnings, log, metadata."""
    return {
        "index": result.index.id,
        "title": dict(result.index.title),
        "version": result.index.version,
        "definition": _definition(result.index),
        "scores": rows_of(result.scores),
        "warnings": [{"rule": item.rule, "message": item.message} for item in result.warnings],
        "log": rows_of(result.log),
        "indicators": rows_of(metadata(result.index)),
    }


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; NaN and infinities become null, which JSON has no word for."""
    floats = [name for name, kind in table.schema.items() if kind.is_float()]
    finite = [pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in floats]
    return table.with_columns(finite).to_dicts()


def write_all(result: Result, folder: str | Path) -> list[Path]:
    """Write scores.csv, table.csv, why.csv, log.csv, metadata.csv, result.json and result.xlsx into a folder."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    write_scores(result, place / "scores.csv")
    tables: Mapping[str, pl.DataFrame] = {
        "table": result.table(), "why": result.why, "log": result.log, "metadata": metadata(result.index),
    }  # fmt: skip
    for name, table in tables.items():
        table.write_csv(place / f"{name}.csv")
    (place / "result.json").write_text(json.dumps(result_json(result), ensure_ascii=False, indent=1), encoding="utf-8")
    write_xlsx(result, place / "result.xlsx")
    return sorted(path for path in place.iterdir() if path.is_file())
