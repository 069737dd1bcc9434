"""The ASEM example of COINr and the tables COINr 1.1.14 wrote for it, shared by the tests."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from minga import indicators as mi
from tests.support import shared_data

USED: set[str] = set()


def table(relative: str) -> pl.DataFrame:
    return pl.read_csv(shared_data(f"composite/asem/{relative}"), infer_schema_length=None, null_values=["", "NA"])


@cache
def idata() -> pl.DataFrame:
    return table("iData.csv")


@cache
def imeta() -> pl.DataFrame:
    return table("iMeta.csv")


@cache
def index() -> mi.Index:
    """COINr's default chain: impute by group, screen, treat, min-max 0..100, arithmetic."""
    return mi.Index.from_tables(
        idata(), imeta(), impute={"method": "mean", "group": "EurAsia_group"},
        screen={"method": "missing", "min_available": 0.9, "when": "after_impute"},
    )  # fmt: skip


@cache
def result() -> mi.Result:
    return index().fit(idata())


def raw_index() -> mi.Index:
    """No step but the reading: the raw table, treated or normalised as it is."""
    ix = index().replace("denominate", False).replace("impute", "none").replace("screen", "none")
    return ix.replace("treat", False)


def golden(name: str) -> pl.DataFrame:
    return table(f"goldens/{name}.csv")


def assert_equals(found: pl.DataFrame, name: str, *, key: str = "uCode", skip: tuple[str, ...] = (),
                  tolerance: float = 1e-9) -> None:  # fmt: skip
    """Every number of the golden within the relative tolerance, gaps in the same cells, rows by key."""
    wanted = golden(name)
    joined = wanted.select(key).join(found, on=key, how="left", maintain_order="left")
    assert found.height == wanted.height
    compared = 0
    for column in wanted.columns:
        if column in (key, *skip) or wanted[column].dtype == pl.String:
            continue
        close(joined[column], wanted[column], f"{name}: {column}", tolerance)
        compared += 1
    assert compared


def close(found: pl.Series, wanted: pl.Series, where: str, tolerance: float = 1e-9) -> None:
    a, b = found.cast(pl.Float64).to_numpy(), wanted.cast(pl.Float64).to_numpy()
    assert (np.isnan(a) == np.isnan(b)).all(), f"{where}: gaps differ"
    off = np.abs(a - b) / np.maximum(1.0, np.abs(b))
    assert np.isnan(off).all() or np.nanmax(off) <= tolerance, f"{where}: off by {np.nanmax(off)}"
