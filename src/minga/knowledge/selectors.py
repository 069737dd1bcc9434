"""Every read of knowledge: find, show, match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import ceil
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from minga import members
from minga.knowledge.engine import matching as rule
from minga.knowledge.engine.records import SOURCE_LANGUAGE
from minga.knowledge.models import (
    Record,
    RecordAudience,
    RecordCountry,
    RecordFactor,
    RecordLanguage,
    RecordSector,
    RecordText,
)
from minga.text import fold
from minga.web import search

KIND = "knowledge.record"
ANY = "any"  # what a record without countries or sectors answers to
PER_PAGE = 20
COUNTRY_PAGE = 100
_CHOICES = "knowledge.choices"


@dataclass(frozen=True)
class Criteria:
    """What a person looks for; empty where anything will do."""

    q: str = ""
    type: str = ""
    country: str = ""
    sector: str = ""
    factor: str = ""
    language: str = ""
    cost: str = ""
    audience: str = ""

    def is_narrowed(self) -> bool:
        """Tell whether any filter beside the words is set."""
        return any(value for name, value in asdict(self).items() if name != "q")


@dataclass(frozen=True)
class Card:
    """A record as lists show it, in the reader's language or in the language it has."""

    slug: str
    type: str
    title: str
    summary: str
    language: str
    is_reviewed: bool
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    cost_band: str
    confidence: str
    checked_on: date | None
    is_sample: bool


@dataclass(frozen=True)
class ResultPage:
    """One page of results. `is_loosened`: no record held all words, so these hold some of them."""

    cards: tuple[Card, ...]
    total: int
    number: int
    pages: int
    is_loosened: bool

    def previous(self) -> int:
        """Return the number of the page before; behind the last page, the last."""
        return min(self.number - 1, self.pages)

    def next(self) -> int:
        """Return the number of the page after."""
        return self.number + 1


@dataclass(frozen=True)
class HelpMatch:
    """A record that fits an enterprise, with its reasons as codes and parameters (words: `words.reason`)."""

    record: int
    slug: str
    title: str
    language: str
    type: str
    cost_band: str
    confidence: str
    checked_on: date | None
    is_sample: bool
    points: float
    reasons: tuple[rule.Reason, ...]


def published() -> QuerySet[Record]:
    """Return the records everyone may see."""
    return Record.objects.filter(status=Record.Status.PUBLISHED)


def text_for(texts: Iterable[RecordText], language: str) -> RecordText:
    """Choose the text in the reader's language, else the English one, else the first there is."""
    by_language = {text.language: text for text in texts}
    chosen = by_language.get(language) or by_language.get(SOURCE_LANGUAGE)
    return chosen or by_language[min(by_language)]


def values(rows: Any) -> tuple[str, ...]:
    """Return the values of a record's join rows in their order; uses what was prefetched."""
    return tuple(sorted(row.value for row in rows.all()))


def card(record: Record, language: str) -> Card:
    """Show a record with its prefetched texts, countries and languages."""
    text = text_for(record.texts.all(), language)
    return Card(
        slug=record.slug,
        type=record.type,
        title=text.title,
        summary=text.summary,
        language=text.language,
        is_reviewed=text.reviewed,
        countries=values(record.countries),
        languages=values(record.languages),
        cost_band=record.cost_band,
        confidence=record.confidence,
        checked_on=record.checked_on,
        is_sample=record.is_sample,
    )


def cards(slugs: Sequence[str], language: str) -> tuple[Card, ...]:
    """Show published records in the order of their slugs given."""
    # by the slug alone: asked for the status too, SQLite would read through all published records
    rows = Record.objects.filter(slug__in=slugs).prefetch_related("texts", "countries", "languages")
    by_slug = {record.slug: record for record in rows if record.status == Record.Status.PUBLISHED}
    return tuple(card(by_slug[slug], language) for slug in slugs if slug in by_slug)


def _filters(criteria: Criteria) -> dict[str, list[str]]:
    exact = {"type": criteria.type, "factor": criteria.factor, "language": criteria.language}
    exact |= {"cost": criteria.cost, "audience": criteria.audience}
    filters = {name: [value] for name, value in exact.items() if value}
    for name, value in (("country", criteria.country), ("sector", criteria.sector)):
        if value:
            filters[name] = [value, ANY]
    return filters


def find(criteria: Criteria, language: str, *, page: int = 1, per_page: int = PER_PAGE) -> ResultPage:
    """Find records by words and filters, those of the chosen country and sector first.

    Where no record holds all the words, those that hold some of them are shown and the page says so.
    """
    number = max(1, page)
    question: dict[str, Any] = {
        "kind": KIND,
        "lang": language,
        "filters": _filters(criteria),
        "prefer": {"country": criteria.country, "sector": criteria.sector},
        "limit": per_page,
        "offset": (number - 1) * per_page,
    }
    found = search.index().query(criteria.q, **question)
    is_loosened = bool(criteria.q) and not found.total
    if is_loosened:
        found = search.index().query(criteria.q, every_word=False, **question)
    return ResultPage(
        cards=cards(found.keys, language),
        total=found.total,
        number=number,
        pages=max(1, ceil(found.total / per_page)),
        is_loosened=is_loosened and bool(found.total),
    )


def of_country(code: str, language: str) -> tuple[tuple[Card, ...], int]:
    """Return the records that name a country, by type and title, and how many there are in all.

    At most `COUNTRY_PAGE` of them: the search shows the others page by page.
    """
    rows = published().filter(countries__value=code)
    first = rows.order_by("type", "slug").prefetch_related("texts", "countries", "languages")[:COUNTRY_PAGE]
    shown = (card(record, language) for record in first)
    return tuple(sorted(shown, key=lambda one: (one.type, fold(one.title)))), rows.count()


def open_everywhere() -> int:
    """Count the records open to every country."""
    return published().filter(countries=None).count()


def choices() -> dict[str, dict[str, int]]:
    """Return what can be chosen in the filters: the values that published records use, and how many do.

    Counted once and kept until a service changes a record (`forget_choices`).
    """
    return cache.get_or_set(_CHOICES, _count_choices, 24 * 3600)


def forget_choices() -> None:
    """Count anew when the filters are next shown."""
    cache.delete(_CHOICES)


def _count_choices() -> dict[str, dict[str, int]]:
    tables = {
        "country": RecordCountry,
        "sector": RecordSector,
        "factor": RecordFactor,
        "language": RecordLanguage,
        "audience": RecordAudience,
    }
    counted = {
        name: dict(
            table.objects.filter(record__status=Record.Status.PUBLISHED)
            .values_list("value")
            .annotate(Count("id"))
            .order_by("value")
        )
        for name, table in tables.items()
    }
    for name, field in (("type", "type"), ("cost", "cost_band")):
        counted[name] = dict(published().values_list(field).annotate(Count("id")).order_by(field))
    return counted


def one(slug: str) -> Record:
    """Return a published record with everything its page shows.

    Raises
    ------
    Record.DoesNotExist
        There is none, or it is not published.
    """
    tables = ("texts", "countries", "sectors", "factors", "audiences", "languages")
    return published().prefetch_related(*tables).get(slug=slug)


def search_documents(records: Iterable[Record] | None = None) -> Iterator[search.Document]:
    """Describe records for the search index; all published ones by default."""
    tables = ("texts", "countries", "sectors", "factors", "audiences", "languages")
    rows = published().prefetch_related(*tables).iterator(chunk_size=500) if records is None else records
    for record in rows:
        texts = {text.language: text for text in record.texts.all()}
        countries = [members.country(code) for code in values(record.countries)]
        body = {language: " ".join([text.summary, *text.steps, record.publisher]) for language, text in texts.items()}
        for place in countries:
            for language, name in place.names.items():
                body[language] = f"{body.get(language, '')} {name}"
        yield search.Document(
            kind=KIND,
            key=record.slug,
            title={language: text.title for language, text in texts.items()},
            body=body,
            facets={
                "type": [record.type],
                "country": [place.iso2 for place in countries] or [ANY],
                "sector": values(record.sectors) or [ANY],
                "factor": values(record.factors),
                "language": values(record.languages),
                "cost": [record.cost_band],
                "audience": values(record.audiences),
            },
            order=text_for(texts.values(), SOURCE_LANGUAGE).title.casefold(),
        )


def _that_may_help(needs: Sequence[rule.Need], country: str) -> QuerySet[Record]:
    """Narrow the records to those for firms that lead some need further and are open in the country."""
    helped = Q()
    for need in needs:
        helps = RecordFactor.objects.filter(record=OuterRef("pk"), value=need.factor)
        helped |= Q(Exists(helps), level_from__lte=need.level, level_to__gt=need.level)
    place = RecordCountry.objects.filter(record=OuterRef("pk"))
    audience = RecordAudience.objects.filter(record=OuterRef("pk"))
    for_firms = ~Exists(audience) | Q(Exists(audience.filter(value__in=rule.FOR_FIRMS)))
    return published().filter(helped, ~Exists(place) | Q(Exists(place.filter(value=country))), for_firms)


def _offers(needs: Sequence[rule.Need], country: str) -> list[rule.Offer]:
    """Read what matching must know, as plain rows: building thousands of model objects would take seconds."""
    records = _that_may_help(needs, country)
    tables = {
        "countries": RecordCountry,
        "sectors": RecordSector,
        "factors": RecordFactor,
        "audience": RecordAudience,
        "languages": RecordLanguage,
    }
    sets: dict[str, dict[int, set[str]]] = {}
    for name, table in tables.items():
        sets[name] = defaultdict(set)
        for pk, value in table.objects.filter(record__in=records.values("pk")).values_list("record_id", "value"):
            sets[name][pk].add(value)
    columns = ("pk", "slug", "type", "level_from", "level_to", "cost_band", "confidence", "checked_on")
    return [
        rule.Offer(
            id=pk,
            slug=slug,
            type=kind,
            level_from=level_from,
            level_to=level_to,
            cost_band=cost_band,
            confidence=confidence,
            is_checked=checked_on is not None,
            **{name: frozenset(found.get(pk, ())) for name, found in sets.items()},
        )
        for pk, slug, kind, level_from, level_to, cost_band, confidence, checked_on in records.values_list(*columns)
    ]


def matching(
    needs: Iterable[tuple[str, float, float]],
    country: str = "",
    sector: str = "",
    language: str = "en",
    limit: int | None = 10,
) -> tuple[HelpMatch, ...]:
    """Choose the published records that fit an enterprise's needs, best first, with reasons.

    Parameters
    ----------
    needs : (factor, level reached, level wanted), levels from 0 to 5
    country : ISO 3166-1 alpha-2; empty: only records open to every country
    sector : division of ISIC Rev.4; a longer code counts by its division; empty: any sector
    language : the reader's; also the language of service that is preferred
    limit : how many at most

    Eight queries, however many records there are. The rule: `engine/matching.py`.
    """
    wanted = [rule.Need(*need) for need in needs]
    if not wanted:
        return ()
    situation = rule.Situation(country.upper(), sector[:2], language)
    found = rule.match(_offers(wanted, situation.country), wanted, situation, limit=limit)
    rows = Record.objects.prefetch_related("texts").in_bulk([match.offer.id for match in found])
    return tuple(_shown(match, rows[match.offer.id], language) for match in found)


def _shown(match: rule.Match, record: Record, language: str) -> HelpMatch:
    text = text_for(record.texts.all(), language)
    return HelpMatch(
        record=record.pk,
        slug=record.slug,
        title=text.title,
        language=text.language,
        type=record.type,
        cost_band=record.cost_band,
        confidence=record.confidence,
        checked_on=record.checked_on,
        is_sample=record.is_sample,
        points=match.points,
        reasons=match.reasons,
    )
