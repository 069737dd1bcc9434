"""Members as JSON, under /api/v1/members."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.security import django_auth

from minga.members import selectors
from minga.members.engine import vocabulary

router = Router()

Language = Literal["en", "fr", "es", "ar", "zh", "ru"]


class CountryOut(Schema):
    """A country or area of the M49 list."""

    iso2: str
    iso3: str
    m49: str
    name: str
    region: str
    subregion: str
    intermediate_region: str
    ldc: bool
    lldc: bool
    sids: bool
    income: str


class SectorOut(Schema):
    """A section or division of ISIC."""

    code: str
    level: str
    section: str
    title: str
    revision: int


class RoleOut(Schema):
    """A role held today."""

    role: str
    in_: str
    starts_on: str
    ends_on: str | None


class OrganizationOut(Schema):
    """An organization one belongs to."""

    id: str
    name: str
    type: str
    country: str
    sector: str
    size: str
    is_sample: bool


class MeOut(Schema):
    """Whoever is signed in."""

    email: str
    name: str
    languages: list[str]
    roles: list[RoleOut]
    organizations: list[OrganizationOut]


@router.get("/me", response=MeOut, auth=django_auth, summary="The person who is signed in")
def me(request: HttpRequest) -> MeOut:
    """Answer with name, roles and organizations; needs the session of the site."""
    person = selectors.person_of(request.user)
    if person is None:
        raise HttpError(404, "This account has no person yet. Open your page on the site once.")
    return MeOut(
        email=request.user.email,
        name=person.name,
        languages=person.languages,
        roles=[
            RoleOut(
                role=one.role,
                in_=str(one.place),
                starts_on=one.starts_on.isoformat(),
                ends_on=one.ends_on.isoformat() if one.ends_on else None,
            )
            for one in selectors.mandates_of(person)
        ],
        organizations=[
            OrganizationOut(
                id=one.mark.hex,
                name=one.name,
                type=one.type,
                country=one.country,
                sector=one.sector,
                size=one.size,
                is_sample=one.is_sample,
            )
            for one in selectors.organizations_of(person)
        ],
    )


@router.get("/countries", response=list[CountryOut], summary="Countries and areas")
def countries(request: HttpRequest, lang: Language = "en") -> list[CountryOut]:
    """Answer with the M49 list, its development groups and income groups, named in a language."""
    return [
        CountryOut(
            iso2=one.iso2,
            iso3=one.iso3,
            m49=one.m49,
            name=one.name(lang),
            region=one.region,
            subregion=one.subregion,
            intermediate_region=one.intermediate_region,
            ldc=one.ldc,
            lldc=one.lldc,
            sids=one.sids,
            income=one.income,
        )
        for one in vocabulary.countries()
    ]


@router.get("/sectors", response=list[SectorOut], summary="Sections and divisions of ISIC")
def sectors(
    request: HttpRequest,
    level: Literal["section", "division"] | None = None,
    revision: Literal["4", "5"] = "4",
    lang: Language = "en",
) -> list[SectorOut]:
    """Answer with the sectors of a revision of ISIC; titles fall back to English where there is no translation."""
    found = vocabulary.sectors(level, revision=int(revision))
    return [
        SectorOut(code=one.code, level=one.level, section=one.section, title=one.name(lang), revision=one.revision)
        for one in found
    ]
