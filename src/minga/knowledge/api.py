"""Records and matching as JSON, under /api/v1/knowledge."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from minga.knowledge import selectors
from minga.knowledge.engine.errors import KnowledgeError
from minga.knowledge.engine.records import AUDIENCES, COST_BANDS, FACTORS, TOP_LEVEL, TYPES
from minga.knowledge.models import Record

router = Router()

Country = Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$", description="ISO 3166-1 alpha-2")]
Sector = Annotated[str, Field(pattern=r"^[0-9]{0,4}$", description="ISIC Rev.4; a longer code counts by its division")]
ServiceLanguage = Annotated[str, Field(pattern=r"^[a-z]{0,3}$", description="language of the service")]
Lang = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="Language of titles where there is one.")]


class RecordCard(Schema):
    """A record as lists give it; `language` is the language of title and summary."""

    slug: str
    type: str
    title: str
    summary: str
    language: str
    is_reviewed: bool
    countries: list[str]
    languages: list[str]
    cost_band: str
    confidence: str
    checked_on: date | None
    is_sample: bool


class RecordList(Schema):
    """One page of records. `is_loosened`: no record holds all the words, so these hold some."""

    records: list[RecordCard]
    total: int
    page: int
    pages: int
    is_loosened: bool


class TextOut(Schema):
    """What a record says in one language."""

    title: str
    summary: str
    steps: list[str]
    reviewed: bool


class RecordOut(Schema):
    """One record whole. No countries or no sectors means all of them."""

    slug: str
    type: str
    countries: list[str]
    sectors: list[str]
    factors: list[str]
    helps_levels: tuple[int, int]
    audience: list[str]
    cost_band: str
    languages: list[str]
    publisher: str
    source: str
    seen: str
    confidence: str
    checked_on: date | None
    is_sample: bool
    content_hash: str
    texts: dict[str, TextOut]


class ReasonOut(Schema):
    """Why a record fits: a code and its parameters."""

    code: str
    params: dict[str, str | int]


class MatchOut(Schema):
    """A record that fits, with its points (0 to 100) and reasons."""

    slug: str
    title: str
    language: str
    type: str
    cost_band: str
    confidence: str
    checked_on: date | None
    is_sample: bool
    points: float
    reasons: list[ReasonOut]


class MatchList(Schema):
    """Records that fit, best first."""

    matches: list[MatchOut]


class FindQuery(Schema):
    """What to look for; every part may be left out."""

    q: Annotated[str, Field(max_length=200)] = ""
    type: Literal["", *TYPES] = ""  # type: ignore[valid-type]
    country: Country = ""
    sector: Sector = ""
    factor: Literal["", *FACTORS] = ""  # type: ignore[valid-type]
    language: ServiceLanguage = ""
    cost: Literal["", *COST_BANDS] = ""  # type: ignore[valid-type]
    audience: Literal["", *AUDIENCES] = ""  # type: ignore[valid-type]


@router.get("/records", response=RecordList, url_name="knowledge_records")
def records(
    request: HttpRequest,
    criteria: Query[FindQuery],
    lang: Lang = settings.LANGUAGE_CODE,
    page: Annotated[int, Field(ge=1, le=100_000)] = 1,
    per_page: Annotated[int, Field(ge=1, le=100)] = selectors.PER_PAGE,
) -> Any:
    """Find records by words and filters, as the page Find help does."""
    wanted = criteria.dict() | {"country": criteria.country.upper(), "sector": criteria.sector[:2]}
    found = selectors.find(selectors.Criteria(**wanted), lang, page=page, per_page=per_page)
    return {
        "records": found.cards,
        "total": found.total,
        "page": found.number,
        "pages": found.pages,
        "is_loosened": found.is_loosened,
    }


@router.get("/records/{slug:slug}", response=RecordOut, url_name="knowledge_record")
def one_record(request: HttpRequest, slug: str) -> Any:
    """Return one record with its texts in all languages."""
    try:
        record = selectors.one(slug)
    except Record.DoesNotExist:
        raise Http404 from None
    return {
        **{name: getattr(record, name) for name in ("slug", "type", "cost_band", "publisher", "source", "seen")},
        **{name: getattr(record, name) for name in ("confidence", "checked_on", "is_sample", "content_hash")},
        "helps_levels": (record.level_from, record.level_to),
        "countries": selectors.values(record.countries),
        "sectors": selectors.values(record.sectors),
        "factors": selectors.values(record.factors),
        "audience": selectors.values(record.audiences),
        "languages": selectors.values(record.languages),
        "texts": {
            text.language: {
                "title": text.title,
                "summary": text.summary,
                "steps": text.steps,
                "reviewed": text.reviewed,
            }
            for text in record.texts.all()
        },
    }


def _need(text: str) -> tuple[str, float, float]:
    factor, _, rest = text.partition(":")
    level, _, target = rest.partition(":")
    try:
        need = factor, float(level), float(target)
    except ValueError:
        need = factor, -1.0, -1.0
    if factor not in FACTORS or not all(0 <= number <= TOP_LEVEL for number in need[1:]):
        raise KnowledgeError(
            f"The need {text!r} cannot be read. Write factor:level:target, as in data_quality:1:3, levels from 0 to "
            f"{TOP_LEVEL}, factor one of {', '.join(FACTORS)}."
        )
    return need


@router.get("/matching", response=MatchList, url_name="knowledge_matching")
def matching(
    request: HttpRequest,
    need: Annotated[list[str], Query(min_length=1, max_length=len(FACTORS), description="factor:level:target")],
    country: Country = "",
    sector: Sector = "",
    lang: Lang = settings.LANGUAGE_CODE,
    limit: Annotated[int, Field(ge=1, le=50)] = 10,
) -> Any:
    """Return the records that fit an enterprise's needs, best first, with reasons."""
    found = selectors.matching([_need(one) for one in need], country, sector, lang, limit)
    return {
        "matches": [
            {
                **{name: getattr(one, name) for name in MatchOut.model_fields if name != "reasons"},
                "reasons": [{"code": reason.code, "params": dict(reason.params)} for reason in one.reasons],
            }
            for one in found
        ]
    }
