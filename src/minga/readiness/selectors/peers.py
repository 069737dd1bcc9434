"""Groups of peers: what stands beside an assessment's own scores, and what may be published on a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Replace

from minga.members import selectors as members
from minga.readiness.engine.benchmark import peers
from minga.readiness.models import Assessment, AssessmentScore
from minga.readiness.selectors.access import same_enterprise

#: The consent to be counted among peers, as members calls it.
BENCHMARK = "benchmark"


#: Groups of peers, from the widest to the finest; the finest that may be shown is used.
PEERS_BY = ("section", "size", "region")


def lends_scores(assessment: Assessment) -> bool:
    """Whether a consent stands that lets the scores of an assessment count in groups of peers."""
    return members.has_consent(BENCHMARK, object=assessment.reference)


def _lent_scores(*, is_sample: bool) -> QuerySet[AssessmentScore]:
    """Return the link scores that may count now; a consent taken back anywhere ends it at once.

    An assessment counts once somebody answers for it: else nine invented ones would lay the tenth, real one bare.
    """
    # the databases write a UUID with or without dashes; the reference has none
    mark = Replace(Cast("assessment_id", CharField()), Value("-"), Value(""))
    latest = AssessmentScore.objects.filter(
        kind="link", assessment__is_latest=True, assessment__is_sample=is_sample
    ).annotate(reference=Concat(Value("assessment:"), mark))
    claimed = Q(assessment__account__isnull=False) | Q(assessment__organization__isnull=False)
    return latest.filter(claimed, reference__in=members.consented_objects(BENCHMARK))


def peers_table(assessment: Assessment) -> pl.DataFrame:
    """Return the scores that stand beside an assessment's own, as the engine's table: one query.

    Only the latest submitted assessment of each other enterprise counts, only with consent, and sample
    assessments stand beside sample ones alone.
    """
    lent = _lent_scores(is_sample=assessment.is_sample).exclude(assessment__in=same_enterprise(assessment))
    names = ("assessment", "node", "score", *(f"assessment__{name}" for name in PEERS_BY))
    rows = [(str(pk), *rest) for pk, *rest in lent.order_by("pk").values_list(*names)]
    schema = {"enterprise": pl.String, "node": pl.String, "score": pl.Float64} | dict.fromkeys(PEERS_BY, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def group_medians(*, is_sample: bool, country: str) -> pl.DataFrame:
    """Return what may be published on the businesses of a country: a row a factor, withheld below the policy's size."""
    lent = _lent_scores(is_sample=is_sample).filter(assessment__country=country)
    rows = list(lent.order_by("pk").values_list("assessment", "node", "score"))
    table = pl.DataFrame(
        [(str(pk), node, value) for pk, node, value in rows],
        schema={"enterprise": pl.String, "node": pl.String, "score": pl.Float64},
        orient="row",
    )
    return peers(table, min_group=settings.MIN_PEERS) if rows else table


#: Sizes that count as small where small and large businesses are compared.
SMALL_SIZES = ("1-9", "10-49")


def medians_by(*, is_sample: bool, by: Sequence[str]) -> pl.DataFrame:
    """Return the middle level of each factor in nested groups of businesses, as far as the policy lets it be shown.

    Parameters
    ----------
    is_sample : whether sample assessments are meant; the two never mix
    by : names of groups, from the widest to the finest: ``region``, ``country``, ``section``, ``sector``, ``band``
        (small, large), ``leadership`` (women, others), ``location`` (rural, others); the last two leave out
        businesses that did not say

    Returns
    -------
    table, one row per finest group and factor (and ``total``)
        The names of ``by``, ``node``, ``n``, ``median``, ``withheld`` and ``pooled`` as in ``benchmark.peers``.
    """
    fields = {name: _GROUPINGS.get(name, f"assessment__{name}") for name in by}
    lent = _lent_scores(is_sample=is_sample)
    rows = [
        (str(pk), node, score, *(_group_of(name, value) for name, value in zip(by, values, strict=True)))
        for pk, node, score, *values in lent.order_by("pk").values_list("assessment", "node", "score", *fields.values())
    ]
    schema = {"enterprise": pl.String, "node": pl.String, "score": pl.Float64} | dict.fromkeys(by, pl.String)
    table = pl.DataFrame(rows, schema=schema, orient="row").drop_nulls(list(by))
    if table.is_empty():
        return table.drop("enterprise", "score").with_columns(n=0, median=0.0, withheld=pl.lit(""), pooled=pl.lit(""))
    wanted = [*by, "node", "n", "median", "withheld", "pooled"]
    return peers(table, by=list(by), min_group=settings.MIN_PEERS).select(wanted)


_GROUPINGS = {"band": "assessment__size", "leadership": "assessment__organization__women_led"}


def _group_of(name: str, value: Any) -> str | None:
    if name == "band":
        return "small" if value in SMALL_SIZES else "large"
    if name == "leadership":
        return None if value is None else "women" if value else "others"
    if name == "location":
        return ("rural" if value == Assessment.Location.RURAL else "others") if value else None
    return str(value)
