"""Every read of readiness: who may see which assessment, its answers and instrument, and its peers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Replace
from django.http import Http404

from minga.members import selectors as members
from minga.readiness import editions, keys
from minga.readiness.engine.benchmark import peers
from minga.readiness.engine.instrument import Instrument, Item, load_instrument
from minga.readiness.engine.overlays import Overlay, known_overlays
from minga.readiness.models import AccessKey, Answer, AnswerVersion, Assessment, AssessmentScore, InstrumentEdition

#: The instrument a business starts with.
GENERIC = "generic-enterprise"

#: Roles in an organization that may answer for it, as members calls them.
OWNER, RESPONDENT = "owner", "respondent"

#: The consent to be counted among peers, as members calls it.
BENCHMARK = "benchmark"


# ---------------------------------------------------------------- instruments
@lru_cache(maxsize=8)
def generic(language: str) -> Instrument:
    """Return the generic instrument in a language."""
    return load_instrument(GENERIC).in_language(language)


@lru_cache(maxsize=1)
def overlays() -> tuple[Overlay, ...]:
    """Return every overlay that comes with Minga."""
    return known_overlays()


def fitting_overlays(country: str, sector: str) -> list[Overlay]:
    """Return the overlays written for a country or a sector."""
    return [overlay for overlay in overlays() if overlay.fits(country=country, sector=sector)]


def possible_overlays(country: str, sector: str) -> list[Overlay]:
    """Return the overlays written for a part of a sector: only the business knows whether it belongs to that part."""
    fitting = fitting_overlays(country, sector)
    return [one for one in overlays() if one not in fitting and _is_for_a_part(one, country, sector)]


def _is_for_a_part(overlay: Overlay, country: str, sector: str) -> bool:
    applies = overlay.content.applies_to
    in_country = not applies.country or country in applies.country
    return in_country and any(code.startswith(sector) for code in applies.isic4)


@lru_cache(maxsize=64)
def _unpacked(content_hash: str, texts_hash: str, language: str) -> Instrument:
    # both hashes stand in the key, so a stored edition that changes is never served from memory
    texts = InstrumentEdition.objects.values_list("texts", flat=True).get(content_hash=content_hash)
    return editions.unpack(texts, language)


def instrument_of(assessment: Assessment, language: str) -> Instrument:
    """Return the pinned instrument of an assessment in a language."""
    edition = assessment.edition
    return _unpacked(edition.content_hash, edition.texts_hash, language)


def pinned_instrument(content_hash: str, language: str) -> Instrument:
    """Return an instrument by its content hash.

    Raises
    ------
    Http404
        No assessment here ever used it.
    """
    edition = InstrumentEdition.objects.defer("texts").filter(content_hash=content_hash).first()
    if edition is None:
        raise Http404
    return _unpacked(edition.content_hash, edition.texts_hash, language)


# ---------------------------------------------------------------- who may see what
def _assessments() -> QuerySet[Assessment]:
    return Assessment.objects.select_related("edition", "organization").defer("edition__texts")


def opened_by_account(account: Any) -> QuerySet[Assessment]:
    """Return what an account may open: its own, and those of organizations it answers for.

    Advisers, assessors and the secretariat open nothing by their role alone.
    """
    if not getattr(account, "is_authenticated", False):
        return _assessments().none()
    return _assessments().filter(Q(account=account) | Q(organization__in=_organizations(account, OWNER, RESPONDENT)))


def _organizations(account: Any, *roles: str) -> QuerySet[Any, Any]:
    """Return the ids of organizations in which an account's person holds one of these roles today."""
    held = members.running_mandates().filter(person__account=account, role__in=roles, organization__isnull=False)
    return held.values("organization")


def find(pk: uuid.UUID, *, account: Any = None, secret: str | None = None) -> Assessment:
    """Return an assessment to whoever may open it.

    Parameters
    ----------
    pk : the id in the address; alone it opens nothing
    account : who is signed in
    secret : what the browser's cookie, or a program's header, holds

    Raises
    ------
    Http404
        It does not exist, or is not theirs: the two look the same from outside.
    """
    found = opened_by_account(account).filter(pk=pk).first()
    if found is None and secret:
        held = AccessKey.objects.filter(
            assessment=pk, kind=AccessKey.Kind.BROWSER, secret_hash=keys.hash_of(secret)
        ).exists()
        found = _assessments().filter(pk=pk).first() if held else None
    if found is None:
        raise Http404
    return found


def may_decide(assessment: Assessment, account: Any) -> bool:
    """Whether someone who may open an assessment may also delete it or lend its figures.

    A guest with the key decides while nobody has claimed it; afterwards its account, or an owner of its organization.
    """
    if not assessment.is_claimed:
        return True
    if not getattr(account, "is_authenticated", False):
        return False
    if assessment.account_id == account.pk:
        return True
    owned = _organizations(account, OWNER).filter(organization=assessment.organization_id)
    return assessment.organization_id is not None and owned.exists()


def organizations_owned_by(account: Any) -> list[Any]:
    """Return the organizations in whose name an account may start or claim an assessment."""
    person = members.person_of(account)
    if person is None:
        return []
    return list(members.organizations_of(person).filter(pk__in=_organizations(account, OWNER)))


# ---------------------------------------------------------------- answers and progress
def answers_of(assessment: Assessment) -> dict[str, Answer]:
    """Return the present answers by item."""
    return {answer.item: answer for answer in assessment.answers.all()}


def history_of(assessment: Assessment) -> QuerySet[AnswerVersion]:
    """Return everything that was ever given, in its order."""
    return assessment.history.all()


@dataclass(frozen=True)
class FactorProgress:
    """How far one page of the form is."""

    id: str
    name: str
    asks: str
    asked: int
    answered: int

    @property
    def is_done(self) -> bool:
        return self.answered == self.asked


@dataclass(frozen=True)
class Progress:
    """How far an assessment is, and about how long the rest takes."""

    factors: tuple[FactorProgress, ...]
    minutes_in_all: int
    saved_at: datetime | None

    @property
    def asked(self) -> int:
        return sum(factor.asked for factor in self.factors)

    @property
    def answered(self) -> int:
        return sum(factor.answered for factor in self.factors)

    @property
    def open(self) -> int:
        """How many questions have no answer yet."""
        return self.asked - self.answered

    @property
    def minutes_left(self) -> int:
        """Whole minutes, never zero while something is open."""
        open_share = (self.asked - self.answered) / self.asked if self.asked else 0
        return max(1, round(open_share * self.minutes_in_all)) if open_share else 0

    @property
    def next_factor(self) -> str | None:
        """The first page with an open item."""
        return next((factor.id for factor in self.factors if not factor.is_done), None)


def progress(assessment: Assessment, instrument: Instrument, answers: Mapping[str, Answer]) -> Progress:
    """Count what is answered; `I do not know` is an answer here, and a missing one in the score."""
    factors = []
    for factor in instrument.factors:
        items = instrument.items_of(factor.id, assessment.form)
        if items:
            done = sum(item.id in answers for item in items)
            factors.append(FactorProgress(factor.id, factor.name, factor.asks, len(items), done))
    saved = max((answer.saved_at for answer in answers.values()), default=None)
    return Progress(tuple(factors), minutes_of(instrument, assessment.form), saved)


def minutes_of(instrument: Instrument, form: str) -> int:
    """Return about how many minutes a form takes."""
    if form == Assessment.Form.SHORT and instrument.short_form:
        return instrument.short_form.minutes
    return instrument.time_needed_minutes or 2 * len(instrument.items)


def items_of_page(instrument: Instrument, factor: str, form: str) -> tuple[Item, ...]:
    """Return the items of one page.

    Raises
    ------
    Http404
        The form asks nothing of this factor.
    """
    items = instrument.items_of(factor, form) if factor in instrument.factor_ids else ()
    if not items:
        raise Http404
    return items


def deleted_on(assessment: Assessment) -> datetime | None:
    """Return when an assessment that nobody claims is deleted; None for a claimed one."""
    if assessment.is_claimed or assessment.is_sample:
        return None
    return assessment.last_answer_at + timedelta(days=settings.UNCLAIMED_DAYS)


# ---------------------------------------------------------------- earlier ones and counts
def assessments_of(account: Any) -> QuerySet[Assessment]:
    """Return an account's assessments, newest first."""
    return opened_by_account(account).order_by("-started_at")


def earlier_of(assessment: Assessment) -> Assessment | None:
    """Return the last submitted assessment of the same enterprise before this one."""
    same = _same_enterprise(assessment)
    if same is None:
        return None
    before = assessment.submitted_at or assessment.last_answer_at
    submitted = _assessments().filter(same, submitted_at__lt=before, status=Assessment.Status.SELF_DECLARED)
    return submitted.exclude(pk=assessment.pk).order_by("-submitted_at").first()


def _same_enterprise(assessment: Assessment) -> Q | None:
    if assessment.organization_id is not None:
        return Q(organization=assessment.organization_id)
    if assessment.account_id is not None:
        # one account may answer for several businesses: the same name, country and sector are the same business
        return Q(
            account=assessment.account_id,
            organization=None,
            name=assessment.name,
            country=assessment.country,
            sector=assessment.sector,
        )
    return None


def same_enterprise(assessment: Assessment) -> QuerySet[Assessment]:
    """Return all assessments of an enterprise, this one among them."""
    same = _same_enterprise(assessment)
    return Assessment.objects.filter(same if same is not None else Q(pk=assessment.pk))


def enterprises_assessed(*, is_sample: bool, country: str | None = None) -> int:
    """Count enterprises with a submitted assessment."""
    found = Assessment.objects.filter(is_latest=True, is_sample=is_sample)
    return (found.filter(country=country) if country else found).count()


# ---------------------------------------------------------------- peers
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
