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
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.engine.priorities import DEFAULT_TARGET
from minga.readiness.engine.report import assemble
from minga.readiness.engine.report_types import Report
from minga.readiness.engine.respondents import combine_respondents
from minga.readiness.engine.scoring import TOTAL, score
from minga.readiness.models import Assessment
from minga.readiness.report_validation import Validated, assessor_table, validated

#: How many records of help stand beside one step; a second step of a factor gets the next ones.
HELP_A_STEP = 3
_STEPS_A_FACTOR = 2
_COLUMNS = {"enterprise": pl.String, "respondent": pl.String, "item": pl.String, "level": pl.String}
_AGREED = {"enterprise": pl.String, "item": pl.String, "level": pl.String}


@dataclass(frozen=True)
class Built:
    """The frozen report of an assessment, with what the page needs beside it."""

    report: Report
    instrument: Instrument
    #: records of help by their key, since a page also shows in which language a record is written
    records: Mapping[str, Any]
    earlier: Assessment | None
    has_goals: bool
    #: how many people answered, and where they differed; None where the business answered alone
    voices: Voices | None = None
    #: what assessors found; None where nobody validated it
    validated: Validated | None = None


def answers_table(
    assessment: Assessment, instrument: Instrument, *, with_colleagues: bool | None = None
) -> pl.DataFrame:
    """Return the present answers of an assessment to the items of an instrument, as the engine's table.

    Colleagues' answers join those of the business when it is submitted; before, a draft of the report would show the
    owner what a colleague said. `with_colleagues` overrules that, for the moment of submitting. Each voice is named by
    its place among the levels of an item, never by its person: a name repeated over items would tell people apart,
    also in the hash of the answers.
    """
    joins = assessment.is_submitted if with_colleagues is None else with_colleagues
    answers = selectors.counted_answers(assessment) if joins else selectors.answers_of(assessment).values()
    asked = [(answer.item, answer.value) for answer in answers if instrument.has_item(answer.item)]
    seen: Counter[str] = Counter()
    rows = []
    for item, value in sorted(asked):
        seen[item] += 1
        rows.append({"enterprise": str(assessment.pk), "respondent": str(seen[item]), "item": item, "level": value})
    table = pl.DataFrame(rows, schema=_COLUMNS)
    # without colleagues there is one voice, and the table is that of a business alone
    return table if max(seen.values(), default=1) > 1 else table.drop("respondent")


def agreed_table(assessment: Assessment, instrument: Instrument) -> pl.DataFrame | None:
    """Return the levels that people agreed on, as the engine's table; None where nothing was agreed."""
    rows = [
        {"enterprise": str(assessment.pk), "item": item, "level": str(one.level)}
        for item, one in selectors.agreed_levels(assessment, instrument).items()
    ]
    return pl.DataFrame(rows, schema=_AGREED) if rows else None


def settled(assessment: Assessment, instrument: Instrument, *, with_colleagues: bool | None = None) -> pl.DataFrame:
    """Return one level an item: the lower median of all voices, or what they agreed on."""
    table = answers_table(assessment, instrument, with_colleagues=with_colleagues)
    if "respondent" not in table.columns:
        return table
    combined = combine_respondents(table, instrument, agreed_table(assessment, instrument))
    return combined.select("enterprise", "item", "level")


def score_rows(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the local and link scores that are kept when an assessment is submitted; every voice counts in them."""
    instrument = selectors.instrument_of(assessment, "en")
    table = settled(assessment, instrument, with_colleagues=True)
    if table.is_empty():
        return []
    rows: list[dict[str, Any]] = []
    for kind in ("local", "link"):
        rows += score(table, instrument, kind, assessment.form).nodes.select("kind", "node", "score").to_dicts()
    return rows


@dataclass(frozen=True)
class Difference:
    """One item that people saw two or more levels apart, and what they agreed on."""

    item: Item
    lowest: int
    highest: int
    voices: int
    agreed: int | None
    reason: str


@dataclass(frozen=True)
class Voices:
    """How many people answered, and where they differed; empty in a draft, which shows the business's own answers."""

    people: int
    differences: tuple[Difference, ...]


def voices(assessment: Assessment, instrument: Instrument) -> Voices | None:
    """Say how many voices made a submitted result; None where the business answered alone."""
    people = selectors.voices_heard(assessment) if assessment.is_submitted else 1
    if people < 2:
        return None
    return Voices(people, tuple(_difference(one) for one in selectors.discussions(assessment, instrument)))


def _difference(found: selectors.Discussion) -> Difference:
    levels, agreement = found.voices.levels, found.agreement if found.stands else None
    return Difference(
        item=found.voices.item,
        lowest=levels[0],
        highest=levels[-1],
        voices=len(levels),
        agreed=agreement.level if agreement else None,
        reason=agreement.reason if agreement else "",
    )


def build(assessment: Assessment, language: str) -> Built | None:
    """Make the report of an assessment in a language; None while nothing is answered."""
    instrument = selectors.instrument_of(assessment, language)
    answers = answers_table(assessment, instrument)
    if answers.is_empty():
        return None
    earlier = selectors.earlier_of(assessment)
    records, help_rows = _help(assessment, instrument, settled(assessment, instrument), language)
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
        agreed=agreed_table(assessment, instrument) if assessment.is_submitted else None,
        assessor=assessor_table(assessment) if assessment.is_validated else None,
        status="expired" if assessment.has_expired else assessment.status,
        date=(assessment.submitted_at or assessment.last_answer_at).date().isoformat(),
    )
    heard = voices(assessment, instrument)
    made = _with_shared_help(made)
    if heard:
        made = replace(made, calculation=replace(made.calculation, respondents=heard.people))
    return Built(made, instrument, records, earlier, bool(assessment.goals), heard, validated(assessment, instrument))


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
    table = settled(earlier, instrument)
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
