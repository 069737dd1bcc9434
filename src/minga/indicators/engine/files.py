"""Tables from and to files: CSV, Parquet, XLSX, JSON and SDMX-CSV, and everything about a result in one workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.result import STAGES, Result
from minga.indicators.engine.workbooks import read_workbook, write_workbook

NOTHING = ["", "NA", "N/A", "NaN", "nan", "NULL", "..", "-"]


def read_table(source: str | Path, *, sheet: str | None = None) -> pl.DataFrame:
    """Read a table by the ending of its file: .csv (comma, semicolon or tab), .parquet, .xlsx, .json."""
    path = Path(source)
    if not path.exists():
        raise DataError(f"There is no file {path}. Check its name and folder.")
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return _read_csv(path)
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


def _read_csv(path: Path) -> pl.DataFrame:
    text = path.read_bytes()
    head = text[:100_000].split(b"\n", 1)[0]
    separator = max((",", ";", "\t"), key=lambda mark: head.count(mark.encode()))
    try:
        return pl.read_csv(
            text, separator=separator, null_values=NOTHING, infer_schema_length=None, encoding="utf8-lossy"
        )
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
         "year": item.year, "method": item.method, "quality": item.quality}
        for item in index.indicators
    ], infer_schema_length=None)  # fmt: skip


def write_scores(result: Result, target: str | Path) -> None:
    """Write ``scores.csv``: unit (and time), node, score, rank."""
    columns = [*result.keys.columns, "node", "score", "rank"]
    result.scores.select(columns).write_csv(target)


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
    write_workbook(target, result_sheets(result))


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


def read_sdmx_csv(
    source: str | Path | pl.DataFrame, *, unit: str = "REF_AREA", indicator: str = "INDICATOR",
    time: str | None = "TIME_PERIOD",
) -> pl.DataFrame:  # fmt: skip
    """Turn SDMX-CSV (1.0 or 2.0) into a table with one row per unit (and time) and one column per indicator.

    The dimension columns are named by their codes; several observations for one cell are an error.
    """
    table = source if isinstance(source, pl.DataFrame) else _read_csv(Path(source))
    table = table.rename({name: name.split(":")[0].strip() for name in table.columns})
    keys = [unit, *([time] if time and time in table.columns else [])]
    lacking = [name for name in (*keys, indicator, "OBS_VALUE") if name not in table.columns]
    if lacking:
        raise DataError(f"The SDMX-CSV file has no column {', '.join(lacking)}. It has: {', '.join(table.columns)}.")
    doubles = table.filter(pl.struct([*keys, indicator]).is_duplicated())
    if doubles.height:
        first = doubles.row(0, named=True)
        raise DataError(
            f"Unit {first[unit]!r} has several observations of {first[indicator]!r}. "
            "Filter the other dimensions (sex, age, frequency) to one value first."
        )
    values = table.with_columns(pl.col("OBS_VALUE").cast(pl.Float64, strict=False), pl.col(indicator).cast(pl.String))
    return values.pivot(indicator, index=keys, values="OBS_VALUE", sort_columns=False).sort(keys)


def write_sdmx_csv(result: Result, target: str | Path, *, agency: str = "MINGA", nodes: bool = True) -> pl.DataFrame:
    """Write indicators (as used, after imputation) and scores as SDMX-CSV 2.0; imputed cells have the status I."""
    index = result.index
    measured = result.stages.get("imputed") or result.stages.get("denominated") or result.stages["raw"]
    raw = result.stages.get("denominated") or result.stages["raw"]
    known = dict(zip(_row_keys(index, raw), ~np.isnan(raw.values), strict=True))
    parts = []
    keys = _row_keys(index, measured)
    for at, item in enumerate(index.indicators):
        status = ["A" if known[key][at] else "I" for key in keys]
        parts.append(_observations(index, item.code, item.unit, keys, measured.values[:, at], status))
    if nodes:
        keys = list(zip(result.units.to_list(), _times(index, result.data.times, result.data.size), strict=True))
        for at, code in enumerate(result.nodes):
            parts.append(_observations(index, code, "score", keys, result.node_scores[:, at], ["A"] * len(keys)))
    table = pl.concat(parts)
    table.insert_column(0, pl.lit("dataflow").alias("STRUCTURE"))
    table.insert_column(1, pl.lit(f"{agency}:{index.id.upper()}({index.version or '1.0'})").alias("STRUCTURE_ID"))
    table.insert_column(2, pl.lit("I").alias("ACTION"))
    table.write_csv(target)
    return table


def _times(index: Index, times: pl.Series | None, size: int) -> list[Any]:
    return times.to_list() if times is not None else [None] * size


def _row_keys(index: Index, stage: Any) -> list[tuple[str, Any]]:
    return list(zip(stage.data.units.to_list(), _times(index, stage.data.times, stage.data.size), strict=True))


def _observations(
    index: Index, code: str, unit: str, keys: list[tuple[str, Any]], values: Any, status: list[str]
) -> pl.DataFrame:
    table = pl.DataFrame({
        "REF_AREA": [key[0] for key in keys],
        "INDICATOR": [code] * len(keys),
        "TIME_PERIOD": pl.Series([key[1] for key in keys]).cast(pl.String),
        "OBS_VALUE": values,
        "UNIT_MEASURE": [unit] * len(keys),
        "OBS_STATUS": status,
    }).with_columns(pl.col("OBS_VALUE").fill_nan(None))  # fmt: skip
    return table.with_columns(
        pl.when(pl.col("OBS_VALUE").is_null()).then(pl.lit("M")).otherwise(pl.col("OBS_STATUS")).alias("OBS_STATUS")
    )
