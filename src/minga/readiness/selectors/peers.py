"""Groups of peers: what stands beside an assessment's own scores, and what may be published on a group."""

from __future__ import annotations

import polars as pl
from django.conf import settings
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Replace
from django.utils import timezone

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


#: Whose levels a score comes from, and the kind of stored score that has them.
DECLARED, VALIDATED = "declared", "validated"
KINDS = {DECLARED: "link", VALIDATED: "link-validated"}


def lent_scores(*, is_sample: bool, basis: str = DECLARED) -> QuerySet[AssessmentScore]:
    """Return the link scores that may count now; a consent taken back anywhere ends it at once.

    On the basis ``validated`` only those with an assessor's levels that are valid today. An assessment counts once
    somebody answers for it: else nine invented ones would lay the tenth, real one bare.
    """
    # the databases write a UUID with or without dashes; the reference has none
    mark = Replace(Cast("assessment_id", CharField()), Value("-"), Value(""))
    latest = AssessmentScore.objects.filter(
        kind=KINDS[basis], assessment__is_latest=True, assessment__is_sample=is_sample
    ).annotate(reference=Concat(Value("assessment:"), mark))
    if basis == VALIDATED:
        latest = latest.filter(
            assessment__status=Assessment.Status.VALIDATED, assessment__valid_until__gt=timezone.now()
        )
    claimed = Q(assessment__account__isnull=False) | Q(assessment__organization__isnull=False)
    return latest.filter(claimed, reference__in=members.consented_objects(BENCHMARK))


def peers_table(assessment: Assessment) -> pl.DataFrame:
    """Return the scores that stand beside an assessment's own, as the engine's table: one query.

    Only the latest submitted assessment of each other enterprise counts, only with consent, and sample
    assessments stand beside sample ones alone.
    """
    lent = lent_scores(is_sample=assessment.is_sample).exclude(assessment__in=same_enterprise(assessment))
    names = ("assessment", "node", "score", *(f"assessment__{name}" for name in PEERS_BY))
    rows = [(str(pk), *rest) for pk, *rest in lent.order_by("pk").values_list(*names)]
    schema = {"enterprise": pl.String, "node": pl.String, "score": pl.Float64} | dict.fromkeys(PEERS_BY, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def group_medians(*, is_sample: bool, country: str) -> pl.DataFrame:
    """Return what may be published on the businesses of a country: a row a factor, withheld below the policy's size."""
    lent = lent_scores(is_sample=is_sample).filter(assessment__country=country)
    rows = list(lent.order_by("pk").values_list("assessment", "node", "score"))
    table = pl.DataFrame(
        [(str(pk), node, value) for pk, node, value in rows],
        schema={"enterprise": pl.String, "node": pl.String, "score": pl.Float64},
        orient="row",
    )
    return peers(table, min_group=settings.MIN_PEERS) if rows else table
