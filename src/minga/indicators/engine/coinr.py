"""COINr's pair of tables (iData, iMeta) in and out, so that a COINr project comes over as it is."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from minga.indicators.engine.definition import Denominator, Group, Index, Indicator, Node
from minga.indicators.engine.errors import DefinitionError, Finding, refuse

TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")


def index_from_tables(idata: pl.DataFrame, imeta: pl.DataFrame, **options: Any) -> Index:
    """Read a definition from iMeta, checked against iData.

    Parameters
    ----------
    idata : one row per unit: ``uCode``, perhaps ``uName`` and ``Time``, and a column per row of iMeta
    imeta : one row per item: ``iCode``, ``Type``, ``Parent``, ``Direction``, ``Weight``, and perhaps ``iName``,
        ``Unit``, ``Target``, ``Denominator``, ``Source``, ``Licence``, and names in further languages in columns
        such as ``iName_fr`` or ``name_fr``
    options : steps, as in :meth:`Index.replace`: ``treat={"winmax": 3}``, ``normalise="minmax"``

    Returns
    -------
    Index, named after its top node. The order of indicators is that of iMeta.
    """
    refuse(DefinitionError, _findings(idata, imeta))
    rows = list(imeta.iter_rows(named=True))
    kinds = {kind: [row for row in rows if row["Type"] == kind] for kind in TYPES}
    aggregates = kinds["Aggregate"]
    top = next((row for row in aggregates if not row.get("Parent")), {"iCode": "index"})
    index = Index(
        id=str(top["iCode"]),
        title=(("en", str(top.get("iName") or top["iCode"])),),
        unit="uCode",
        unit_name="uName" if "uName" in idata.columns else None,
        indicators=tuple(_indicator(row) for row in kinds["Indicator"]),
        nodes=tuple(
            Node(code=str(row["iCode"]), parent=_text(row, "Parent") or None, name=_text(row, "iName"),
                 unit=_text(row, "Unit"), weight=_number(row, "Weight", 1.0), names=_names(row))
            for row in aggregates
        ),
        denominators=tuple(
            Denominator(str(row["iCode"]), _text(row, "iName"), _text(row, "Unit")) for row in kinds["Denominator"]
        ),
        groups=tuple(Group(str(row["iCode"]), _text(row, "iName")) for row in kinds["Group"]),
    )  # fmt: skip
    if "Time" in idata.columns and not options.get("panel") and idata["uCode"].is_duplicated().any():
        index = index.replace("panel.time", "Time")
    for path, value in options.items():
        index = index.replace(path, value)
    assert index.tree  # arranged and checked
    return index


def _indicator(row: dict[str, Any]) -> Indicator:
    target = row.get("Target")
    return Indicator(
        code=str(row["iCode"]),
        parent=_text(row, "Parent") or None,
        name=_text(row, "iName"),
        unit=_text(row, "Unit"),
        direction=int(_number(row, "Direction", 1.0)),
        weight=_number(row, "Weight", 1.0),
        denominator=_text(row, "Denominator") or None,
        target=None if target in (None, "") else float(target),
        source=_text(row, "Source"),
        licence=_text(row, "Licence"),
        names=_names(row),
    )


_LANGUAGE = re.compile(r"i?name_([a-z]{2,3}(?:-[a-z0-9]+)?)", flags=re.IGNORECASE)


def _names(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The name in further languages."""
    found = {match.group(1).lower(): _text(row, key) for key in row if (match := _LANGUAGE.fullmatch(key))}
    return tuple(sorted((language, text) for language, text in found.items() if text))


def _text(row: dict[str, Any], key: str) -> str:
    found = row.get(key)
    return "" if found is None else str(found).strip()


def _number(row: dict[str, Any], key: str, default: float) -> float:
    found = row.get(key)
    return default if found in (None, "") else float(found)


def _findings(idata: pl.DataFrame, imeta: pl.DataFrame) -> list[Finding]:
    lacking = [column for column in ("iCode", "Type", "Parent") if column not in imeta.columns]
    if lacking:
        return [Finding("error", "imeta", f"iMeta has no column {', '.join(lacking)}. Add it; COINr needs it too.")]
    if "uCode" not in idata.columns:
        return [Finding("error", "idata", "iData has no column 'uCode'. It holds the code of each unit.")]
    found = []
    for at, row in enumerate(imeta.iter_rows(named=True), start=2):
        code, kind = row["iCode"], row["Type"]
        if kind not in TYPES:
            found.append(Finding("error", "type", f"Row {at} of iMeta ({code!r}) has the type {kind!r}. "
                                 f"Write one of: {', '.join(TYPES)}.", str(code), line=at))  # fmt: skip
        elif kind in ("Indicator", "Denominator") and code not in idata.columns:
            found.append(Finding("error", "missing_column", f"Row {at} of iMeta names the {kind.lower()} {code!r}, "
                                 "but iData has no such column.", str(code), line=at))  # fmt: skip
    return found


def _named(item: Indicator | Node) -> dict[str, str]:
    return {f"iName_{language}": text for language, text in item.names}


def to_tables(index: Index, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write a definition and its data as COINr's iData and iMeta."""
    tree = index.tree
    rows: list[dict[str, Any]] = []
    for item in index.indicators:
        rows.append({
            "Level": 1, "iCode": item.code, "iName": item.name or item.code, "Direction": item.direction,
            "Weight": item.weight, "Unit": item.unit, "Target": item.target, "Denominator": item.denominator,
            "Parent": item.parent, "Type": "Indicator", **_named(item),
        })  # fmt: skip
    for at, node in enumerate(index.nodes, start=tree.indicators):
        rows.append({
            "Level": tree.levels[at], "iCode": node.code, "iName": node.name or node.code, "Direction": 1,
            "Weight": node.weight, "Unit": node.unit or "Score", "Parent": node.parent, "Type": "Aggregate",
            **_named(node),
        })  # fmt: skip
    rows += [{"iCode": group.code, "iName": group.name, "Type": "Group"} for group in index.groups]
    rows += [
        {"iCode": item.code, "iName": item.name, "Unit": item.unit, "Type": "Denominator"}
        for item in index.denominators
    ]
    order = ["Level", "iCode", "iName", "Direction", "Weight", "Unit", "Target", "Denominator", "Parent", "Type"]
    order += sorted({name for row in rows for name in row} - set(order))
    imeta = pl.DataFrame(rows, infer_schema_length=None).select(
        pl.col(name) if any(name in row for row in rows) else pl.lit(None).alias(name) for name in order
    )
    names = {index.unit: "uCode"} | ({index.unit_name: "uName"} if index.unit_name else {})
    names |= {item.column: item.code for item in index.indicators if item.column}
    names |= {index.panel.time: "Time"} if index.panel.time else {}
    kept = [column for column in table.columns if column in names or column in imeta["iCode"].to_list()]
    idata = table.select(kept).rename({old: new for old, new in names.items() if old in kept})
    if "uName" not in idata.columns:
        idata = idata.with_columns(pl.col("uCode").alias("uName"))
    return idata, imeta
