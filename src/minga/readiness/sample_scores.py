"""The sample's scores: each edition and form at once, by own levels or by those of assessors."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import polars as pl

from minga.readiness import selectors
from minga.readiness.engine.scoring import Kind, score
from minga.readiness.models import Assessment, AssessmentScore

_KINDS: tuple[Kind, ...] = ("local", "link")
_COLUMNS = {"enterprise": pl.String, "item": pl.String, "level": pl.String}


def store_scores(
    checks: Iterable[Assessment], levels: Mapping[uuid.UUID, Mapping[str, str]], *, suffix: str = ""
) -> None:
    """Keep the scores of checks from their levels by item; `suffix` says whose levels, as in ``link-validated``."""
    groups: dict[tuple[int, str], list[Assessment]] = {}
    for check in checks:
        groups.setdefault((check.edition_id, check.form), []).append(check)
    for (_edition, form), group in groups.items():
        rows = [(str(one.pk), item, level) for one in group for item, level in levels[one.pk].items()]
        table = pl.DataFrame(rows, schema=_COLUMNS, orient="row")
        instrument = selectors.instrument_of(group[0], "en")
        for kind in _KINDS:
            scored = score(table, instrument, kind, form).nodes.drop_nulls("score")
            AssessmentScore.objects.bulk_create(
                AssessmentScore(
                    assessment_id=uuid.UUID(row["enterprise"]),
                    kind=f"{kind}{suffix}",
                    node=row["node"],
                    score=row["score"],
                )
                for row in scored.iter_rows(named=True)
            )
