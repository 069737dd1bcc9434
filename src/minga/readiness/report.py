"""Brings answers, peers, help and the earlier result from the database to the engine, which makes the frozen report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.conf import settings
from django.urls import reverse

from minga.knowledge import selectors as knowledge
from minga.readiness import selectors, wording
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.priorities import DEFAULT_TARGET
from minga.readiness.engine.report import assemble
from minga.readiness.engine.report_types import Report
from minga.readiness.engine.scoring import TOTAL, score
from minga.readiness.models import Assessment

#: How many records of help stand beside one step; a second step of a factor gets the next ones.
HELP_A_STEP = 3
_STEPS_A_FACTOR = 2
_COLUMNS = {"enterprise": pl.String, "item": pl.String, "level": pl.String}


@dataclass(frozen=True)
class Built:
    """The frozen report of an assessment, with what the page needs beside it."""

    report: Report
    instrument: Instrument
    #: records of help by their key, since a page also shows in which language a record is written
    records: Mapping[str, Any]
    earlier: Assessment | None
    has_goals: bool


def answers_table(assessment: Assessment, instrument: Instrument) -> pl.DataFrame:
    """Return the present answers of an assessment to the items of an instrument, as the engine's table."""
    rows = [
        {"enterprise": str(assessment.pk), "item": answer.item, "level": answer.value}
        for answer in selectors.answers_of(assessment).values()
        if instrument.has_item(answer.item)
    ]
    return pl.DataFrame(rows, schema=_COLUMNS)


def score_rows(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the local and link scores that are kept when an assessment is submitted."""
    instrument = selectors.instrument_of(assessment, "en")
    table = answers_table(assessment, instrument)
    if table.is_empty():
        return []
    rows: list[dict[str, Any]] = []
    for kind in ("local", "link"):
        rows += score(table, instrument, kind, assessment.form).nodes.select("kind", "node", "score").to_dicts()
    return rows


def build(assessment: Assessment, language: str) -> Built | None:
    """Make the report of an assessment in a language; None while nothing is answered."""
    instrument = selectors.instrument_of(assessment, language)
    answers = answers_table(assessment, instrument)
    if answers.is_empty():
        return None
    earlier = selectors.earlier_of(assessment)
    records, help_rows = _help(assessment, instrument, answers, language)
    lent = selectors.peers_table(assessment)
    made = assemble(
        answers,
        instrument,
        profile=_profile(assessment),
        form=assessment.form,
        peers=lent if lent.height else None,
        by=selectors.PEERS_BY,
        min_group=settings.MIN_PEERS,
        help=help_rows,
        previous=_previous(earlier, assessment, instrument),
        status=assessment.status,
        date=(assessment.submitted_at or assessment.last_answer_at).date().isoformat(),
    )
    return Built(_with_shared_help(made), instrument, records, earlier, bool(assessment.goals))


def _with_shared_help(made: Report) -> Report:
    """Give two steps of one factor different records, and only the first steps any."""
    seen: Counter[str] = Counter()
    steps = []
    for step in made.first_steps:
        at = seen[step.factor] * HELP_A_STEP
        steps.append(replace(step, help=step.help[at : at + HELP_A_STEP]))
        seen[step.factor] += 1
    bare = {name: tuple(replace(step, help=()) for step in getattr(made, name)) for name in ("ranked", "later")}
    return replace(made, first_steps=tuple(steps), **bare)


def _profile(assessment: Assessment) -> dict[str, Any]:
    return {
        "country": assessment.country,
        "sector": assessment.sector,
        "section": assessment.section,
        "size": assessment.size,
        "region": assessment.region,
        "goals": list(assessment.goals),
        "cash_limit": assessment.cash_limit,
        "horizon_limit": assessment.horizon_limit,
    }


def _previous(earlier: Assessment | None, now: Assessment, instrument: Instrument) -> pl.DataFrame | None:
    """Return the answers of the time before under the same name, so that the engine sees one enterprise twice."""
    if earlier is None:
        return None
    table = answers_table(earlier, instrument)
    return table.with_columns(enterprise=pl.lit(str(now.pk))) if table.height else None


def _help(
    assessment: Assessment, instrument: Instrument, answers: pl.DataFrame, language: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Find the records that fit the gaps, and give each to the factor that it helps most."""
    nodes = score(answers, instrument, "local", assessment.form).nodes
    needs = [
        (row["node"], row["score"], min(float(instrument.top_level), max(DEFAULT_TARGET, row["score"] + 1)))
        for row in nodes.iter_rows(named=True)
        if row["node"] != TOTAL and row["score"] is not None
    ]
    found = knowledge.matching(needs, assessment.country, assessment.sector, language, limit=None)
    records, rows = {}, []
    for factor, _level, _target in needs:
        helping = [match for match in found if factor in _factors(match)]
        for match in helping[: HELP_A_STEP * _STEPS_A_FACTOR]:
            records[match.slug] = match
            rows.append(_help_row(match, factor))
    return records, rows


def _factors(match: Any) -> set[str]:
    return {reason.params["factor"] for reason in match.reasons if reason.code == "factor"}


def _help_row(match: Any, factor: str) -> dict[str, Any]:
    said = [
        wording.help_reason(reason.code, reason.params)
        for reason in match.reasons
        if reason.code != "factor" or reason.params["factor"] == factor
    ]
    return {
        "factor": factor,
        "title": match.title,
        "kind": match.type,
        "key": match.slug,
        "url": reverse("knowledge:record", args=[match.slug]),
        "reason": wording.joined(said),
    }
