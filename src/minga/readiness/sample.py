"""The sample alliance's part of readiness: invented businesses with answers, drawn the same way each time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import numpy as np
from django.db import transaction

from minga import members as world
from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import selectors, services
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.models import Answer, AnswerVersion, Assessment, Given, InstrumentEdition
from minga.readiness.sample_panels import load_panels
from minga.readiness.sample_people import give_clients, let_colleagues_differ
from minga.readiness.sample_scores import store_scores
from minga.readiness.sample_validated import COUNTRIES as VALIDATED
from minga.readiness.sample_validated import validate_many
from minga.readiness.sample_validation import validate_some

#: Known to all, so the sample is loaded on localhost only.
PASSWORD = "sample-alliance-2026"  # noqa: S105 - a published password of invented people
SEED = 20260221
_BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: how many businesses a country gives; the last ones are fewer than ten on purpose
COUNTRIES = {
    "TN": 34, "MA": 30, "EG": 28, "KE": 26, "VN": 24, "CO": 22, "JO": 20, "SN": 18, "BD": 14, "GH": 12, "PE": 8,
    "RW": 4,
}  # fmt: skip
#: division of ISIC, the neutral word in invented names, and how often it is drawn
SECTORS = {
    "10": ("Bakery", 0.26), "14": ("Clothing Workshop", 0.18), "25": ("Metal Works", 0.15),
    "13": ("Weaving Mill", 0.11),
    "31": ("Furniture Maker", 0.10), "22": ("Plastics Plant", 0.09), "28": ("Machine Builder", 0.07),
    "29": ("Vehicle Parts Maker", 0.04),
}  # fmt: skip
#: size band, share of businesses, and the level around which its answers lie
SIZES = {"1-9": (0.24, 1.3), "10-49": (0.42, 1.9), "50-249": (0.26, 2.5), "250+": (0.08, 3.1)}
#: size band, and of a hundred businesses how many are in a city, in another town, in a rural area; the rest do not say
LOCATIONS = {"1-9": (26, 30, 36), "10-49": (32, 34, 28), "50-249": (42, 34, 20), "250+": (52, 32, 12)}
_MAIN_LANGUAGE = {"TN": "fr", "MA": "fr", "SN": "fr", "EG": "ar", "JO": "ar", "CO": "es", "PE": "es"}
_LENT, _FULL, _UNKNOWN = 0.85, 0.35, 0.04

OWNER = "owner@sample.example"
#: who can sign in: address, what they are called, and the role their name says
LOGINS = (
    (OWNER, "Amina Sample", "owner"),
    ("respondent@sample.example", "Karim Sample", "respondent"),
    ("adviser@sample.example", "Bao Sample", "adviser"),
    ("assessor@sample.example", "Chloé Sample", "assessor"),
    ("secretariat@sample.example", "Diego Sample", "secretariat"),
)
#: owns the sample ministry, which runs the sample programme
OFFICER = ("officer@sample.example", "Leila Sample", "officer")
#: Tunisian businesses that the programme counts: all but the first ones, which tell stories of their own
_PROGRAMME = slice(4, 28)
#: who else belongs to the alliance: what they are called, their kind and country; the directory lists them
ALLIES = (
    ("Sample Ministry of Industry", "government", "TN"),
    ("Sample Technical University", "university", "KE"),
    ("Sample Chamber of Manufacturers", "association", "CO"),
    ("Sample Development Organization", "international", "CH"),
    ("Sample Network of Women in Industry", "civil_society", "SN"),
)
_LISTED_EVERY = 6


@dataclass(frozen=True)
class Drawn:
    """An invented business before it is stored."""

    name: str
    country: str
    sector: str
    size: str
    ability: float
    form: str
    lends: bool
    at: datetime


@transaction.atomic
def load_sample() -> list[dict[str, str]]:
    """Store the sample businesses with their answers and sample logins; a second time changes nothing.

    Returns the logins, for the command that loads the sample to print.
    """
    if not Assessment.objects.filter(is_sample=True).exists():
        draw = np.random.default_rng(SEED)
        drawn = list(_businesses(draw))
        accounts = {email: _account(email, name) for email, name, _role in LOGINS}
        organizations = [_organization(one) for one in drawn]
        _give_roles(accounts, organizations[0])
        allies = _allies()
        _list([*allies, *organizations[::_LISTED_EVERY]])
        _store(drawn, organizations, draw, accounts[OWNER])
        _validate(drawn, accounts)
        _let_people_in(accounts)
        _run_programme(drawn, organizations, allies[0])
        load_panels(ministry=allies[0], sitting=accounts["adviser@sample.example"], begin=_BEGIN + timedelta(days=60))
    return [{"role": role, "email": email, "password": PASSWORD} for email, _name, role in (*LOGINS, OFFICER)]


def _run_programme(drawn: list[Drawn], organizations: list[Any], ministry: Any) -> None:
    """Let the ministry count businesses that checked themselves half a year before too, and stood lower then."""
    officer = people.person_of(_account(*OFFICER[:2]))
    members.join(person=officer, organization=ministry)
    members.grant_mandate(person=officer, role="owner", organization=ministry)
    begin = _BEGIN - timedelta(days=170)
    programme = services.start_programme(
        organization=ministry,
        name="First steps with data (sample)",
        description="Ten days of advice at the factory for small manufacturers; invented, to show what this page says.",
        starts_on=begin.date(),
        country="TN",
    )
    draw = np.random.default_rng(SEED + 1)
    pairs = list(zip(drawn[_PROGRAMME], organizations[_PROGRAMME], strict=True))
    half_a_year = timedelta(days=170)
    before = [
        (one, _assessment(one, place, services.pin(_overlays(one)), one.at - half_a_year, is_latest=False))
        for one, place in pairs
    ]
    _keep(before, [row for pair in before for row in _answers(*pair, draw, lower=bool(draw.random() < 0.7))])
    for business, assessment in before:
        share = services.join_programme(assessment=assessment, programme=programme)
        share.given_at = business.at - timedelta(days=165)
        share.save(update_fields=["given_at"])


def _validate(drawn: list[Drawn], accounts: dict[str, Any]) -> None:
    """Let the first businesses with the full form meet an assessor; the owner's bakery is the first."""
    first, many = _to_validate(drawn)
    checks = {check.name: check for check in Assessment.objects.filter(is_latest=True)}
    secretariat = accounts["secretariat@sample.example"]
    validate_some(
        [checks[business.name] for business in first],
        owner=accounts[OWNER],
        assessor=accounts["assessor@sample.example"],
        secretariat=secretariat,
    )
    validate_many([checks[business.name] for business in many], by=secretariat)


def _to_validate(drawn: list[Drawn]) -> tuple[list[Drawn], list[Drawn]]:
    """Return the three that show the stages of a validation, and the many others that are validated.

    Only businesses that lend their scores are among the many: of the others no figure could tell. Those in the smaller
    groups come first, so that gaps between groups can be shown on checked levels, and full forms before short ones.
    """
    first = [business for business in drawn if business.form == "full"][:3]
    many: list[Drawn] = []
    for country, count in VALIDATED.items():
        lending = [one for one in drawn if one.country == country and one.lends and one not in first]
        many += sorted(lending, key=lambda one: (-_small_groups(one), one.form != "full"))[:count]
    return first, many


def _small_groups(business: Drawn) -> int:
    """Count to how many of the smaller groups a business belongs: led by women, rural, of fifty people or more."""
    return sum((_is_women_led(business), _location(business) == "rural", business.size in {"50-249", "250+"}))


def _let_people_in(accounts: dict[str, Any]) -> None:
    """Let colleagues take part in what the owner's bakery answered first, and her adviser see what it answered last."""
    owner = accounts[OWNER]
    last, before = selectors.assessments_of(owner)
    let_colleagues_differ(before, owner=owner)
    give_clients(
        adviser=accounts["adviser@sample.example"], check=last, owner=owner, begin=_BEGIN + timedelta(days=140)
    )


def _businesses(draw: np.random.Generator) -> Iterator[Drawn]:
    """Draw the businesses; the first one, a bakery in Tunisia, is the one that the sample's owner runs."""
    shares = np.array([share for _word, share in SECTORS.values()])
    sizes = np.array([share for share, _level in SIZES.values()])
    numbers: dict[str, int] = {}
    for country, count in COUNTRIES.items():
        leaning = draw.normal(0, 0.2)
        for place in range(count):
            is_first = not numbers
            sector = "10" if is_first else str(draw.choice(list(SECTORS), p=shares / shares.sum()))
            size = "10-49" if is_first else str(draw.choice(list(SIZES), p=sizes / sizes.sum()))
            numbers[sector] = numbers.get(sector, 0) + 1
            yield Drawn(
                name=f"Sample {SECTORS[sector][0]} {numbers[sector]}",
                country=country,
                sector=sector,
                size=size,
                ability=SIZES[size][1] + leaning + draw.normal(0, 0.55),
                form="full" if is_first or draw.random() < _FULL else "short",
                lends=is_first or bool(draw.random() < _LENT),
                at=_BEGIN + timedelta(days=int(draw.integers(0, 200)), minutes=place),
            )


def _account(email: str, name: str) -> Any:
    return members.create_account(email=email, password=PASSWORD, name=name, languages=["en"], is_sample=True)


def _organization(drawn: Drawn) -> Any:
    return members.create_organization(
        by=None,
        is_sample=True,
        name=drawn.name,
        type="company" if drawn.size == "250+" else "sme",
        country=drawn.country,
        sector=drawn.sector,
        size=drawn.size,
        languages=[_MAIN_LANGUAGE.get(drawn.country, "en")],
        women_led=_is_women_led(drawn),
    )


def _is_women_led(drawn: Drawn) -> bool:
    """Let a third say that women lead them; from the name, so that what is drawn afterwards stays as it was."""
    return crc32(drawn.name.encode()) % 3 == 0


def _allies() -> list[Any]:
    return [
        members.create_organization(by=None, is_sample=True, name=name, type=kind, country=country, languages=["en"])
        for name, kind, country in ALLIES
    ]


def _list(organizations: list[Any]) -> None:
    """Let the directory show them; invented organizations agree under invented keys."""
    for organization in organizations:
        members.give_consent(
            scope="publication",
            text_version="sample",
            subject_key=f"sample:{organization.mark}",
            object=organization.reference,
        )


def _give_roles(accounts: dict[str, Any], organization: Any) -> None:
    for email, _name, role in LOGINS:
        person = people.person_of(accounts[email])
        if role in {"owner", "respondent"}:
            members.join(person=person, organization=organization)
            members.grant_mandate(person=person, role=role, organization=organization)
        else:
            members.grant_in_alliance(person=person, role=role)


def _store(drawn: list[Drawn], organizations: list[Any], draw: np.random.Generator, owner: Any) -> None:
    editions = {one: services.pin(one) for one in {_overlays(business) for business in drawn}}
    stored: list[tuple[Drawn, Assessment]] = []
    for business, organization in zip(drawn, organizations, strict=True):
        edition = editions[_overlays(business)]
        stored.append((business, _assessment(business, organization, edition, business.at, is_latest=True)))
    # the owner's bakery answered once before, lower: her report can show a change
    before = drawn[0].at - timedelta(days=170)
    first = _assessment(drawn[0], organizations[0], editions[_overlays(drawn[0])], before, is_latest=False)
    stored[0][1].account = first.account = owner
    stored.append((drawn[0], first))
    answers = [row for at, pair in enumerate(stored) for row in _answers(*pair, draw, lower=at == len(stored) - 1)]
    answers += _answers_further(stored, _to_validate(drawn)[1])
    _keep(stored, answers)
    for business, assessment in stored:
        if business.lends:
            services.give_benchmark(assessment=assessment)


def _answers_further(stored: list[tuple[Drawn, Assessment]], to_validate: list[Drawn]) -> Iterator[Answer]:
    """Let businesses that will be validated go on from the short form to the full one; drawn apart from the others."""
    draw = np.random.default_rng(SEED + 2)
    for business, assessment in stored:
        if business.form != "short" or business not in to_validate:
            continue
        assessment.form = "full"
        answered = {item.id for item in selectors.instrument_of(assessment, "en").items_of(None, "short")}
        further = _answers(replace(business, form="full"), assessment, draw, lower=False)
        yield from (answer for answer in further if answer.item not in answered)


def _keep(stored: list[tuple[Drawn, Assessment]], answers: list[Answer]) -> None:
    """Store checks with their answers, history and scores."""
    Assessment.objects.bulk_create([assessment for _business, assessment in stored])
    Answer.objects.bulk_create(answers, batch_size=1000)
    AnswerVersion.objects.bulk_create((_version(answer) for answer in answers), batch_size=1000)
    # started_at is set when a row is made; a sample tells the time of its story
    for _business, assessment in stored:
        Assessment.objects.filter(pk=assessment.pk).update(started_at=assessment.submitted_at)
    levels: dict[uuid.UUID, dict[str, str]] = {}
    for answer in answers:
        levels.setdefault(answer.assessment_id, {})[answer.item] = answer.value
    store_scores([assessment for _business, assessment in stored], levels)


def _overlays(business: Drawn) -> tuple[str, ...]:
    return tuple(overlay.id for overlay in selectors.fitting_overlays(business.country, business.sector))


def _assessment(
    business: Drawn, organization: Any, edition: InstrumentEdition, at: datetime, *, is_latest: bool
) -> Assessment:
    country, sector = world.country(business.country), world.sector(business.sector)
    return Assessment(
        # the same id each time, so that links to the sample stay
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{business.name}/{at.date()}"),
        edition=edition,
        form=business.form,
        language=_MAIN_LANGUAGE.get(business.country, "en"),
        name=business.name,
        country=country.iso2,
        sector=sector.code,
        section=sector.section,
        region=country.subregion,
        size=business.size,
        location=_location(business),
        goals=["scrap", "energy", "otd"],
        goals_chosen=True,
        status=Assessment.Status.SELF_DECLARED,
        organization=organization,
        is_sample=True,
        last_answer_at=at,
        submitted_at=at,
        is_latest=is_latest,
    )


def _location(business: Drawn) -> str:
    """Say where a business is: from its name, so that what is drawn stays as it was."""
    place, upto = crc32(f"{business.name}, site".encode()) % 100, 0
    for location, share in zip(Assessment.Location.values, LOCATIONS[business.size], strict=True):
        upto += share
        if place < upto:
            return location
    return ""


def _answers(business: Drawn, assessment: Assessment, draw: np.random.Generator, *, lower: bool) -> Iterator[Answer]:
    """Draw answers that hang together: by business, by factor, by item; some are not known."""
    instrument = selectors.instrument_of(assessment, "en")
    leanings = {factor: draw.normal(0, 0.4) for factor in instrument.factor_ids}
    for item in instrument.items_of(None, business.form):
        middle = business.ability + leanings[item.factor] + _ease(item, instrument) - (0.9 if lower else 0)
        level = int(np.clip(np.rint(middle + draw.normal(0, 0.6)), 0, instrument.top_level))
        is_known = bool(draw.random() >= _UNKNOWN)
        yield Answer(
            assessment=assessment,
            item=item.id,
            given=Given.LEVEL if is_known else Given.UNKNOWN,
            level=level if is_known else None,
            version=1,
            saved_at=assessment.submitted_at,
        )


def _ease(item: Item, instrument: Instrument) -> float:
    """Make some items easier than others, by nothing but their place: from -0.4 to 0.4."""
    return 0.4 - 0.8 * (instrument.item_ids.index(item.id) * 7 % 11) / 10


def _version(answer: Answer) -> AnswerVersion:
    return AnswerVersion(
        assessment_id=answer.assessment_id,
        item=answer.item,
        given=answer.given,
        level=answer.level,
        version=1,
        seen_version=0,
        language=answer.assessment.language,
        at=answer.saved_at,
    )
