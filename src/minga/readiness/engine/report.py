"""Assemble the report: the only place that knows the order of the steps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import minga
from minga.readiness.engine.agreement import checked_items, self_minus_assessor
from minga.readiness.engine.answers import BLANK, STATES, AnswerMatrix, answer_matrix
from minga.readiness.engine.bands import band_label
from minga.readiness.engine.benchmark import compare
from minga.readiness.engine.change import changes
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.engine.gates import gates
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.priorities import prioritize
from minga.readiness.engine.report_types import (
    Calculation,
    GateResult,
    Help,
    InstrumentCard,
    ItemResult,
    NodeResult,
    PeerFigures,
    Priorities,
    Report,
    Step,
)
from minga.readiness.engine.respondents import DISCUSS_FROM, combine_assessor
from minga.readiness.engine.scoring import TOTAL, Form, Kind, Scores, score
from minga.stats import release

Peers = Scores | pl.DataFrame | Mapping[str, PeerFigures]
Helps = pl.DataFrame | Sequence[Mapping[str, Any]]


def assemble(
    answers: pl.DataFrame,
    instrument: Instrument,
    *,
    profile: Mapping[str, Any] | None = None,
    form: Form = "full",
    enterprise: Any = None,
    peers: Peers | None = None,
    peers_kind: Kind = "link",
    peer_profiles: pl.DataFrame | None = None,
    by: Sequence[str] = (),
    min_group: int = release.MIN_ORGANIZATIONS,
    help: Helps | None = None,  # what a reader would call it; the built-in is not used here
    previous: pl.DataFrame | None = None,
    agreed: pl.DataFrame | None = None,
    assessor: pl.DataFrame | None = None,
    status: str = "self-declared",
    date: str | None = None,
) -> Report:
    """Bring scores, peers, gates, steps, help and change together in one frozen report.

    Parameters
    ----------
    answers : table, one row per answer
        ``enterprise``, ``item``, ``level``, optionally ``respondent``.
    instrument : Instrument
        In the language of the report.
    profile : mapping, optional
        ``goals``, ``cash_limit``, ``horizon_limit`` and the columns of ``by``.
    enterprise : optional
        Which one, when the answers hold several.
    peers : Scores, table with ``enterprise``, ``node``, ``score``, or result of ``compare``; optional
        Scores of the other enterprises, of the kind ``peers_kind``; sample figures must not be among them
        unless the report itself is a sample.
    help : table or mappings, optional
        ``item`` or ``factor``, ``title``, optionally ``kind``, ``key``, ``url``, ``reason``.
    previous : table, optional
        Earlier answers of the enterprise.
    agreed, assessor : tables, optional
        Levels that take the place of the respondents' own; an assessor's come last.

    Returns
    -------
    Report

    Raises
    ------
    AnswerError, ProfileError
        As ``score`` and ``prioritize`` do.
    """
    matrix = _one(answer_matrix(answers, instrument), enterprise)
    settled = _set(matrix, agreed, instrument)
    judged = _set(settled, assessor, instrument)
    local, link = score(judged, instrument, "local", form), score(judged, instrument, "link", form)
    # others and earlier times gave their own levels, so they stand beside the enterprise's own
    declared = score(settled, instrument, peers_kind, form)
    checked = _combined(matrix, settled, assessor, instrument)
    beside = _peers(peers, declared, profile or {}, by, min_group, peer_profiles)
    items = _items(local, instrument)
    nodes = _nodes(local, instrument, items, beside)
    steps = _priorities(local, instrument, profile or {}, beside)
    open_points = _discussion(items, _named(agreed) | _replaced(matrix, judged))
    moved = (
        () if previous is None else changes(settled, _one(answer_matrix(previous, instrument), enterprise), instrument)
    )
    helps = _helps(help)
    answered = [item for item in items if item.level is not None]
    return Report(
        enterprise=str(matrix.enterprises[0]),
        status=status,
        form=form,
        date=date,
        instrument=_card(instrument),
        profile=tuple(sorted((profile or {}).items())),
        total=nodes[-1],
        link_total=_nodes(link, instrument, items, {})[-1],
        factors=tuple(nodes[:-1]),
        strongest=max(answered, key=lambda item: item.level or 0, default=None),
        weakest=min(answered, key=lambda item: item.level or 0, default=None),
        gates=_gates(local, instrument),
        first_steps=tuple(_with_help(step, helps) for step in steps.first),
        later=tuple(_with_help(step, helps) for step in steps.later),
        ranked=tuple(_with_help(step, helps) for step in steps.ranked),
        discussion=open_points,
        inclusion=tuple(item for item in items if item.inclusion is not None),
        items=items,
        change=moved,
        changes_compared=previous is not None,
        calculation=Calculation(
            software_version=minga.__version__,
            code_hash=code_hash(),
            instrument_hash=instrument.content_hash,
            data_hash=data_hash(answers, agreed, assessor, enterprise=matrix.enterprises[0]),
            form=form,
            kind="local",
            items_asked=len(items),
            items_answered=len(answered),
            respondents=matrix.respondents,
        ),
        checked=() if checked is None else checked_items(checked, instrument),
        bias=() if checked is None else self_minus_assessor(checked, instrument),
    )


def _one(matrix: AnswerMatrix, enterprise: Any) -> AnswerMatrix:
    if enterprise is not None:
        return matrix.only(enterprise)
    if len(matrix.enterprises) != 1:
        raise ReadinessError(
            f"The answers hold {len(matrix.enterprises)} enterprises, but a report is about one. Name the enterprise."
        )
    return matrix


def _set(matrix: AnswerMatrix, levels: pl.DataFrame | None, instrument: Instrument) -> AnswerMatrix:
    """Put settled levels in the place of the respondents' own; the spread stays on record."""
    if levels is None or not levels.height:
        return matrix
    settled = answer_matrix(levels, instrument)
    if matrix.enterprises[0] not in settled.position:
        return matrix
    new = settled.only(matrix.enterprises[0]).levels
    return replace(matrix, levels=np.where(new != BLANK, new, matrix.levels).astype(np.int8))


def _combined(
    matrix: AnswerMatrix, settled: AnswerMatrix, assessor: pl.DataFrame | None, instrument: Instrument
) -> pl.DataFrame | None:
    """Lay own and assessor's levels side by side; None without an assessor."""
    if assessor is None or not assessor.height:
        return None
    name = matrix.enterprises[0]
    words = [STATES.get(level, str(level)) for level in settled.levels[:, 0].tolist()]
    own = pl.DataFrame({"enterprise": [name] * len(words), "item": list(matrix.items), "level": words})
    return combine_assessor(own, assessor.filter(pl.col("enterprise").eq(pl.lit(name))), instrument)


def _named(levels: pl.DataFrame | None) -> frozenset[str]:
    """Return the items on which people agreed, also where they agreed on the level that counted before."""
    return frozenset() if levels is None else frozenset(levels["item"].to_list())


def _replaced(before: AnswerMatrix, after: AnswerMatrix) -> frozenset[str]:
    changed = before.levels[:, 0] != after.levels[:, 0]
    return frozenset(item for item, other in zip(before.items, changed, strict=True) if other)


def _peers(
    peers: Peers | None,
    own: Scores,
    profile: Mapping[str, Any],
    by: Sequence[str],
    min_group: int,
    profiles: pl.DataFrame | None,
) -> Mapping[str, PeerFigures]:
    if peers is None:
        return {}
    if isinstance(peers, Scores | pl.DataFrame):
        return compare(own, peers, profile, by, min_group, profiles)
    return peers


def _items(scores: Scores, instrument: Instrument) -> tuple[ItemResult, ...]:
    results = []
    for row in scores.items.filter(pl.col("asked")).iter_rows(named=True):
        item = instrument.item(row["item"])
        level = row["level"]
        results.append(
            ItemResult(
                item=item.id,
                factor=item.factor,
                short=item.short,
                level=level,
                level_text="" if level is None else item.levels[level],
                spread=row["spread"],
                state=row["state"],
                inclusion=item.inclusion,
                fallback=instrument.fallback(item.id),
            )
        )
    return tuple(results)


def _nodes(
    scores: Scores, instrument: Instrument, items: Sequence[ItemResult], beside: Mapping[str, PeerFigures]
) -> list[NodeResult]:
    names = {factor.id: factor.name for factor in instrument.factors} | {TOTAL: instrument.title}
    weights = instrument.weights if scores.kind == "local" else instrument.base_weights
    results = []
    for row in scores.nodes.iter_rows(named=True):
        node = row["node"]
        own = [item for item in items if item.level is not None and node in (item.factor, TOTAL)]
        results.append(
            NodeResult(
                node=node,
                name=names[node],
                score=row["score"],
                lower=row["lower"],
                upper=row["upper"],
                answered=row["answered"],
                n=row["n"],
                band=row["band"],
                band_label=band_label(row["band"], instrument),
                weight=float(weights.get(node, sum(weights.values()))),
                peers=beside.get(node),
                strongest=max(own, key=lambda item: item.level or 0, default=None),
                weakest=min(own, key=lambda item: item.level or 0, default=None),
            )
        )
    return results


def _priorities(
    scores: Scores, instrument: Instrument, profile: Mapping[str, Any], beside: Mapping[str, PeerFigures]
) -> Priorities:
    """Rank the steps; a panel instrument without cost and time has none."""
    if instrument.level != "enterprise":
        return Priorities(str(scores.enterprises[0]), (), (), ())
    return prioritize(scores, instrument, profile, beside)


def _discussion(items: Sequence[ItemResult], settled: frozenset[str]) -> tuple[ItemResult, ...]:
    """Items on which respondents lie two levels or more apart and nothing has been settled."""
    apart = [item for item in items if item.spread >= DISCUSS_FROM and item.item not in settled]
    return tuple(sorted(apart, key=lambda item: -item.spread))


def _gates(scores: Scores, instrument: Instrument) -> tuple[GateResult, ...]:
    rows = gates(scores, instrument).drop("enterprise", strict=False).iter_rows(named=True)
    return tuple(GateResult(item_short=instrument.item(row["item"]).short, **row) for row in rows)


def _helps(rows: Helps | None) -> list[Mapping[str, Any]]:
    if rows is None:
        return []
    return list(rows.to_dicts() if isinstance(rows, pl.DataFrame) else rows)


def _with_help(step: Step, rows: Sequence[Mapping[str, Any]]) -> Step:
    def fits(row: Mapping[str, Any]) -> bool:
        return bool(row["item"] == step.item if row.get("item") else row.get("factor") == step.factor)

    found = tuple(
        Help(**{key: str(row.get(key) or "") for key in ("title", "kind", "key", "url", "reason")})
        for row in rows
        if fits(row)
    )
    return replace(step, help=found)


def _card(instrument: Instrument) -> InstrumentCard:
    return InstrumentCard(
        id=instrument.id,
        version=instrument.version,
        title=instrument.title,
        level=instrument.level,
        language=instrument.language,
        top_level=instrument.top_level,
        labels=instrument.scale.labels,
        overlays=tuple((overlay.id, overlay.version) for overlay in instrument.overlays),
        content_hash=instrument.content_hash,
        translation_reviewed=instrument.reviewed,
    )


@cache
def code_hash() -> str:
    """Return the hash of the source of the engine and of the statistics it stands on."""
    from minga.trust import content_hash

    here = Path(__file__).resolve().parent
    stats = Path(release.__file__).resolve().parent
    files = [*sorted(here.glob("*.py")), *sorted(stats.glob("*.py"))]
    return content_hash(
        {f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    )


def data_hash(*tables: pl.DataFrame | None, enterprise: Any) -> str:
    """Return the hash of the answers of one enterprise, whatever their order."""
    from minga.trust import content_hash

    rows = []
    for number, table in enumerate(tables):
        if table is None:
            continue
        for row in table.filter(pl.col("enterprise").eq(pl.lit(enterprise))).iter_rows(named=True):
            level = row["level"]
            text = STATES[BLANK] if level is None or level == "" else str(level).lower()
            rows.append([str(number), str(row.get("respondent") or ""), str(row["item"]), text])
    return content_hash(sorted(rows))
