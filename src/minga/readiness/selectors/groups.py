"""Groups of businesses as the alliance's indexes show them: what may be published, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from django.conf import settings

from minga.readiness.engine.benchmark import peers
from minga.readiness.models import Assessment
from minga.readiness.selectors.peers import DECLARED, KINDS, lent_scores
from minga.stats.resampling import resampled_medians

Floats = npt.NDArray[np.float64]
#: Sizes that count as small where small and large businesses are compared.
SMALL_SIZES = ("1-9", "10-49")


def medians_by(*, is_sample: bool, by: Sequence[str], basis: str = DECLARED) -> pl.DataFrame:
    """Return the middle level of each factor in nested groups of businesses, as far as the policy lets it be shown.

    Parameters
    ----------
    is_sample : whether sample assessments are meant; the two never mix
    by : names of groups, from the widest to the finest: ``region``, ``country``, ``section``, ``sector``, ``band``
        (small, large), ``leadership`` (women, others), ``location`` (rural, others); the last two leave out
        businesses that did not say
    basis : ``declared`` takes every business by its own levels, ``validated`` those alone whose levels an assessor
        checked, by the assessor's levels; the two never mix in one figure

    Returns
    -------
    table, one row per finest group and factor (and ``total``)
        The names of ``by``, ``node``, ``n``, ``median``, ``withheld`` and ``pooled`` as in ``benchmark.peers``.
    """
    rows = list(_rows(is_sample=is_sample, by=by, basis=basis))
    schema = {"enterprise": pl.String, "node": pl.String, "score": pl.Float64} | dict.fromkeys(by, pl.String)
    table = pl.DataFrame(rows, schema=schema, orient="row").drop_nulls(list(by))
    if table.is_empty():
        return table.drop("enterprise", "score").with_columns(n=0, median=0.0, withheld=pl.lit(""), pooled=pl.lit(""))
    wanted = [*by, "node", "n", "median", "withheld", "pooled"]
    return peers(table, by=list(by), min_group=settings.MIN_PEERS).select(wanted)


def _rows(*, is_sample: bool, by: Sequence[str], basis: str) -> Iterator[tuple[Any, ...]]:
    """Give enterprise, node, score and the groups asked for, a row a score."""
    fields = [_GROUPINGS.get(name, f"assessment__{name}") for name in by]
    lent = lent_scores(is_sample=is_sample, basis=basis).order_by("pk")
    for pk, node, score, *values in lent.values_list("assessment", "node", "score", *fields):
        yield str(pk), node, score, *(_group_of(name, value) for name, value in zip(by, values, strict=True))


_GROUPINGS = {"band": "assessment__size", "leadership": "assessment__organization__women_led"}


def _group_of(name: str, value: Any) -> str | None:
    if name == "band":
        return "small" if value in SMALL_SIZES else "large"
    if name == "leadership":
        return None if value is None else "women" if value else "others"
    if name == "location":
        return ("rural" if value == Assessment.Location.RURAL else "others") if value else None
    return str(value)


# ---------------------------------------------------------------- how sure
@dataclass(frozen=True)
class Cell:
    """One published median: of which node, on which basis, of the businesses in which groups."""

    node: str
    basis: str
    groups: Mapping[str, str]


def medians_resampled(
    *, is_sample: bool, within: str, cells: Sequence[Cell], times: int, seed: int
) -> tuple[Floats, Floats]:
    """Return what published medians would have been had other businesses of the same countries or sectors taken part.

    Businesses are drawn anew within each group of ``within``; all cells of one draw come from the same businesses.
    Answers of single businesses do not leave this function.

    Parameters
    ----------
    is_sample : whether sample assessments are meant
    within : ``country`` or ``sector``
    cells : medians that the policy lets be shown
    times, seed : as for ``resampled_medians``

    Returns
    -------
    medians, drawn
        The medians as they are today, and an array (times, cells) of those drawn anew; NaN for a cell with fewer
        businesses than the policy asks for.
    """
    by = sorted({within, *(name for cell in cells for name in cell.groups)})
    found = {basis: list(_rows(is_sample=is_sample, by=by, basis=basis)) for basis in KINDS}
    groups = {row[0]: row[3:] for rows in found.values() for row in rows}
    members = {enterprise: at for at, enterprise in enumerate(groups)}
    measures = {key: at for at, key in enumerate(dict.fromkeys((cell.basis, cell.node) for cell in cells))}
    values = np.full((len(measures), len(members)), np.nan)
    for basis, rows in found.items():
        for enterprise, node, score, *_groups in rows:
            if (basis, node) in measures:
                values[measures[basis, node], members[enterprise]] = score
    columns = {name: np.array([row[at] for row in groups.values()], dtype=object) for at, name in enumerate(by)}
    wanted, today = [], np.full(len(cells), np.nan)
    for at, cell in enumerate(cells):
        row = measures[cell.basis, cell.node]
        inside = np.ones(len(members), dtype=np.bool_)
        for name, value in cell.groups.items():
            inside &= columns[name] == value
        known = values[row][inside & ~np.isnan(values[row])]
        if len(known) >= settings.MIN_PEERS:
            today[at] = np.median(known)
        else:
            inside = np.zeros_like(inside)
        wanted.append((row, inside))
    strata = np.unique(columns[within].astype(str), return_inverse=True)[1].astype(np.int64)
    return today, resampled_medians(values, strata, wanted, times, seed)
