"""SDMX, the form in which statistical offices exchange figures: CSV and SDMX-ML, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import (
    Element,
    ElementTree,
    ParseError,
    SubElement,
    fromstring,
    indent,
    register_namespace,
)

import numpy as np
import polars as pl

from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.files import read_csv
from minga.indicators.engine.result import Result


def read_sdmx_csv(
    source: str | Path | pl.DataFrame, *, unit: str = "REF_AREA", indicator: str = "INDICATOR",
    time: str | None = "TIME_PERIOD",
) -> pl.DataFrame:  # fmt: skip
    """Turn SDMX-CSV (1.0 or 2.0) into a table with one row per unit (and time) and one column per indicator.

    The dimension columns are named by their codes; several observations for one cell are an error.
    """
    table = source if isinstance(source, pl.DataFrame) else read_csv(Path(source))
    return _wide(table.rename({name: name.split(":")[0].strip() for name in table.columns}), unit, indicator, time)


def read_sdmx_ml(
    source: str | Path, *, unit: str = "REF_AREA", indicator: str = "INDICATOR", time: str | None = "TIME_PERIOD"
) -> pl.DataFrame:
    """Turn SDMX-ML 2.1 data (generic or structure-specific) into the same kind of table as :func:`read_sdmx_csv`."""
    content = Path(source).read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DataError(f"{Path(source).name} holds a document type declaration, which SDMX-ML does not have.")
    try:
        root = fromstring(content)  # noqa: S314 - no entities can be declared: see above
    except ParseError as wrong:
        raise DataError(f"{Path(source).name} is no valid XML ({wrong}).") from None
    rows = [row for series in _named(root, "Series") for row in _observed(series)]
    rows += [_values(each) for group in _named(root, "DataSet") for each in group if _name(each) == "Obs"]
    if not rows:
        raise DataError(f"{Path(source).name} holds no observation. Ask for a data message, not for the structure.")
    return _wide(pl.DataFrame(rows, infer_schema_length=None), unit, indicator, time)


def _name(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _named(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if _name(element) == name]


def _observed(series: Element) -> list[dict[str, str]]:
    """The observations of a series, each with the series' own dimensions."""
    shared = dict(series.attrib)
    for key in [child for child in series if _name(child) == "SeriesKey"]:
        shared |= {str(value.get("id")): str(value.get("value")) for value in key}
    return [shared | _values(each) for each in series if _name(each) == "Obs"]


def _values(observation: Element) -> dict[str, str]:
    """One observation: attributes (structure-specific) or child elements (generic)."""
    found = dict(observation.attrib)
    for child in observation:
        if _name(child) == "ObsDimension":
            found[str(child.get("id", "TIME_PERIOD"))] = str(child.get("value"))
        elif _name(child) == "ObsValue":
            found["OBS_VALUE"] = str(child.get("value"))
        elif _name(child) == "ObsKey":
            found |= {str(value.get("id")): str(value.get("value")) for value in child}
    return found


def _wide(table: pl.DataFrame, unit: str, indicator: str, time: str | None) -> pl.DataFrame:
    """One row per unit (and time), one column per indicator."""
    keys = [unit, *([time] if time and time in table.columns else [])]
    lacking = [name for name in (*keys, indicator, "OBS_VALUE") if name not in table.columns]
    if lacking:
        raise DataError(f"The SDMX data has no column {', '.join(lacking)}. It has: {', '.join(table.columns)}.")
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
    index, table = result.index, _published(result, nodes=nodes)
    table.insert_column(0, pl.lit("dataflow").alias("STRUCTURE"))
    table.insert_column(1, pl.lit(f"{agency}:{index.id.upper()}({index.version or '1.0'})").alias("STRUCTURE_ID"))
    table.insert_column(2, pl.lit("I").alias("ACTION"))
    table.write_csv(target)
    return table


def write_sdmx_ml(
    result: Result, target: str | Path, *, agency: str = "MINGA", nodes: bool = True, prepared: datetime | None = None
) -> pl.DataFrame:
    """Write the same figures as :func:`write_sdmx_csv` as SDMX-ML 2.1 generic data, one observation after the other.

    Parameters
    ----------
    agency : who keeps the structure, as the message names it
    nodes : with the scores of parts and whole
    prepared : the moment the message says it was made; now, if not given. The same moment gives the same bytes.

    Source: SDMX 2.1, section 3A (SDMX-ML), generic data without regard to time (all dimensions at the observation).
    """
    index, table = result.index, _published(result, nodes=nodes)
    dimensions = ["REF_AREA", "INDICATOR", *([] if table["TIME_PERIOD"].null_count() else ["TIME_PERIOD"])]
    root = Element(f"{{{_MESSAGE}}}GenericData")
    _head(root, index, agency, prepared or datetime.now(UTC))
    held = SubElement(root, f"{{{_MESSAGE}}}DataSet", structureRef="STRUCTURE", action="Information")
    for row in table.iter_rows(named=True):
        observation = SubElement(held, f"{{{_GENERIC}}}Obs")
        _pairs(observation, "ObsKey", {name: row[name] for name in dimensions})
        if row["OBS_VALUE"] is not None:
            SubElement(observation, f"{{{_GENERIC}}}ObsValue", value=repr(row["OBS_VALUE"]))
        _pairs(observation, "Attributes", {name: row[name] for name in ("UNIT_MEASURE", "OBS_STATUS") if row[name]})
    for prefix, space in (("mes", _MESSAGE), ("gen", _GENERIC), ("com", _COMMON)):
        register_namespace(prefix, space)
    indent(root)
    ElementTree(root).write(target, encoding="utf-8", xml_declaration=True)
    return table


_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_MESSAGE, _GENERIC, _COMMON = f"{_SCHEMAS}/message", f"{_SCHEMAS}/data/generic", f"{_SCHEMAS}/common"


def _head(root: Element, index: Index, agency: str, prepared: datetime) -> None:
    header = SubElement(root, f"{{{_MESSAGE}}}Header")
    for name, text in (("ID", index.id), ("Test", "false"), ("Prepared", prepared.isoformat(timespec="seconds"))):
        SubElement(header, f"{{{_MESSAGE}}}{name}").text = text
    SubElement(header, f"{{{_MESSAGE}}}Sender", id=agency)
    structure = SubElement(
        header, f"{{{_MESSAGE}}}Structure", structureID="STRUCTURE", dimensionAtObservation="AllDimensions"
    )
    named = SubElement(structure, f"{{{_COMMON}}}Structure")
    SubElement(named, "Ref", agencyID=agency, id=index.id.upper(), version=index.version or "1.0")


def _pairs(above: Element, name: str, values: Mapping[str, Any]) -> None:
    held = SubElement(above, f"{{{_GENERIC}}}{name}")
    for key, value in values.items():
        SubElement(held, f"{{{_GENERIC}}}Value", id=key, value=str(value))


def _published(result: Result, *, nodes: bool) -> pl.DataFrame:
    """One row an observation: indicators as used after imputation, and where wanted scores."""
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
    return pl.concat(parts)


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
