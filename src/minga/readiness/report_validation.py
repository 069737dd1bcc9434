"""What assessors found, as the engine's tables and as the words of a page: both levels, the difference, who judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.utils import timezone

from minga.members import selectors as members
from minga.readiness import selectors
from minga.readiness.engine.agreement import Agreement, agreement, lower_of_two, self_minus_assessor
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.engine.report_types import Bias
from minga.readiness.engine.respondents import combine_assessor
from minga.readiness.engine.scoring import TOTAL, Kind, score
from minga.readiness.models import Assessment, AssessmentScore, Finding, Validation
from minga.stats import release

_LEVELS = {"item": pl.String, "level": pl.Int64}


@dataclass(frozen=True)
class Checked:
    """One item that assessors judged: what the business said, what counts, on what it rests, and their words."""

    item: Item
    own: str
    level: int
    difference: int | None
    #: "evidence" or "visit"
    basis: str
    #: the level of each assessor, in their order; None where one left the item open
    levels: tuple[int | None, ...]
    comments: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether two assessors judged it, and not alike."""
        return len({level for level in self.levels if level is not None}) > 1

    @property
    def shown_levels(self) -> str:
        """The levels of both assessors, for a page."""
        return " · ".join("–" if level is None else str(level) for level in self.levels)


@dataclass(frozen=True)
class Validated:
    """A completed validation, ready to be shown."""

    at: datetime
    until: datetime
    is_valid: bool
    #: the body whose mandate the assessors hold, by assessor; never their names
    bodies: tuple[str, ...]
    visited_on: tuple[date, ...]
    summaries: tuple[str, ...]
    checked: tuple[Checked, ...]
    unchecked: tuple[Item, ...]
    bias: tuple[Bias, ...]
    #: how far two assessors agreed; None where there was one
    agreement: Agreement | None

    @property
    def exact(self) -> str:
        """Share of questions at the same level, in percent."""
        return percent(self.agreement.exact_share if self.agreement else None)

    @property
    def within(self) -> str:
        """Share of questions at most one level apart, in percent."""
        return percent(self.agreement.within_one_share if self.agreement else None)


def percent(share: float | None) -> str:
    """Write a share as a page does; empty for none."""
    return "" if share is None else f"{round(100 * share)} %"


def findings_table(validation: Validation) -> pl.DataFrame:
    """Return an assessor's levels as a table of the engine."""
    rows = [(one.item, one.level) for one in validation.findings.order_by("item") if one.level is not None]
    return pl.DataFrame(rows, _LEVELS, orient="row")


def levels_table(validations: Sequence[Validation]) -> pl.DataFrame:
    """Return the levels that count of one assessor or of two: the lower one where two differ."""
    first, *second = [findings_table(validation) for validation in validations]
    return lower_of_two(first, second[0] if second else pl.DataFrame(schema=_LEVELS))


def assessor_table(assessment: Assessment) -> pl.DataFrame | None:
    """Return the levels of the completed validation as the engine's table of an assessor; None without one."""
    done = completed(assessment)
    if not done:
        return None
    levels = levels_table(done).select("item", pl.col("level").cast(pl.String))
    return levels.with_columns(enterprise=pl.lit(str(assessment.pk)))


def completed(assessment: Assessment) -> list[Validation]:
    """Return the validations whose levels make the result: one or two, none while one of them is still at work."""
    standing = selectors.standing_validations(assessment)
    return standing if all(one.status == Validation.Status.COMPLETED for one in standing) else []


def pairs_completed(limit: int = 50) -> list[list[Validation]]:
    """Return the pairs of validations that two assessors completed apart from each other, the latest first."""
    done = Validation.objects.filter(status=Validation.Status.COMPLETED)
    seconds = done.filter(number=2, assessment__in=done.filter(number=1).values("assessment"))
    pairs = []
    for second in seconds.order_by("-completed_at")[:limit]:
        pairs.append([done.get(assessment=second.assessment_id, number=1), second])
    return pairs


def validated(assessment: Assessment, instrument: Instrument) -> Validated | None:
    """Return what is shown of a completed validation, also after its time is over; None without one."""
    if assessment.validated_at is None or assessment.valid_until is None:
        return None
    done = completed(assessment)
    if not done:
        return None
    checked = _checked(assessment, done, instrument)
    judged = {one.item.id for one in checked}
    asked = instrument.items_of(None, assessment.form)
    pair = [findings_table(one) for one in done]
    return Validated(
        at=assessment.validated_at,
        until=assessment.valid_until,
        is_valid=assessment.is_validated,
        bodies=tuple(_body_of(one) for one in done),
        visited_on=tuple(one.visited_on for one in done if one.visited_on),
        summaries=tuple(one.summary for one in done if one.summary),
        checked=checked,
        unchecked=tuple(item for item in asked if item.id not in judged),
        bias=_bias(checked, instrument),
        agreement=agreement(*pair) if len(pair) == 2 else None,
    )


def _checked(assessment: Assessment, done: Sequence[Validation], instrument: Instrument) -> tuple[Checked, ...]:
    own = selectors.own_levels(assessment, instrument)
    found = [selectors.findings_of(one) for one in done]
    levels = levels_table(done)
    counts = dict(zip(levels["item"], levels["level"], strict=True))
    rows = []
    for item in instrument.items_of(None, assessment.form):
        if item.id not in counts:
            continue
        mine = [(one, findings.get(item.id)) for one, findings in zip(done, found, strict=True)]
        said = own.get(item.id, "")
        rows.append(
            Checked(
                item=item,
                own=said,
                level=counts[item.id],
                difference=int(said) - counts[item.id] if said.isdigit() else None,
                basis="visit" if any(_was_seen(one, finding) for one, finding in mine) else "evidence",
                levels=tuple(finding.level if finding else None for _one, finding in mine),
                comments=tuple(finding.comment for _one, finding in mine if finding and finding.comment),
            )
        )
    return tuple(rows)


def _was_seen(validation: Validation, finding: Finding | None) -> bool:
    return bool(finding and finding.to_visit and validation.visited_on)


def _bias(checked: Sequence[Checked], instrument: Instrument) -> tuple[Bias, ...]:
    given = [one for one in checked if one.own]
    if not given:
        return ()
    own = pl.DataFrame([("own", one.item.id, one.own) for one in given], ("enterprise", "item", "level"), orient="row")
    theirs = own.with_columns(level=pl.Series([str(one.level) for one in given]))
    combined = combine_assessor(own, theirs, instrument)
    return tuple(row for row in self_minus_assessor(combined, instrument) if row.n)


def _body_of(validation: Validation) -> str:
    """Name the body in which the assessor held the mandate when the validation was completed."""
    account: Any = validation.assessor
    person = members.person_of(account) if account else None
    if person is None:
        return ""
    on = validation.completed_at.date() if validation.completed_at else None
    held = members.mandates_of(person, on).filter(role=selectors.ASSESSOR)
    return next((str(mandate.place) for mandate in held), "")


def validated_score_rows(assessment: Assessment) -> list[dict[str, Any]]:
    """Return the local and link scores with the assessors' levels in the place of the business's own."""
    instrument = selectors.instrument_of(assessment, "en")
    done = [one for one in selectors.standing_validations(assessment) if one.status == Validation.Status.COMPLETED]
    levels = levels_table(done)
    counts: dict[str, str] = selectors.own_levels(assessment, instrument)
    counts |= {item: str(level) for item, level in zip(levels["item"], levels["level"], strict=True)}
    table = pl.DataFrame(
        [(str(assessment.pk), item, level) for item, level in counts.items()],
        ("enterprise", "item", "level"),
        orient="row",
    )
    rows: list[dict[str, Any]] = []
    kinds: tuple[Kind, ...] = ("local", "link")
    for kind in kinds:
        rows += score(table, instrument, kind, assessment.form).nodes.select("kind", "node", "score").to_dicts()
    return rows


def bias_by_group(*, by: str, is_sample: bool | None = None) -> list[dict[str, Any]]:
    """Return how far own overall levels lie above validated ones, by country or section, as the policy lets it show.

    A row has ``group``, ``n``, ``difference`` (mean of own minus validated overall level, on the common core of
    questions) and ``withheld``; groups of fewer businesses than the policy asks, and those that could be worked out
    by subtraction, keep their figures to themselves.
    """
    kinds = ("link", "link-validated")
    stored = AssessmentScore.objects.filter(
        kind__in=kinds,
        node=TOTAL,
        assessment__status=Assessment.Status.VALIDATED,
        assessment__valid_until__gt=timezone.now(),
        assessment__is_latest=True,
        assessment__is_sample=settings.SAMPLE if is_sample is None else is_sample,
    )
    rows = [(str(pk), *rest) for pk, *rest in stored.values_list("assessment", "kind", "score", f"assessment__{by}")]
    schema = {"enterprise": pl.String, "kind": pl.String, "score": pl.Float64, "group": pl.String}
    table = pl.DataFrame(rows, schema, orient="row")
    own, theirs = (table.filter(kind=kind) for kind in kinds)
    both = own.join(theirs.select("enterprise", validated="score"), on="enterprise")
    groups = both.group_by("group").agg(n=pl.len(), difference=(pl.col("score") - pl.col("validated")).mean())
    least = max(settings.MIN_PEERS, release.MIN_ORGANIZATIONS)
    return release.withhold_small_groups(groups.sort("group"), min_group=least, within=[]).to_dicts()
