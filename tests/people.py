"""The people of the house-wide tests, each with a story, and what belongs to them.

Amina owns a bakery in Praia and has its report. Chloé is a visitor. Dina tries the check without an account: the key
is in her browser. Khadija owns a workshop in Sfax and has nothing to do with Amina. Elena advises Amina's bakery.
Farid is an assessor of the alliance. Bao works in the secretariat.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.consulted import consult

#: The order in which tables of expectations list them.
ROLES = ("visitor", "guest", "owner", "other owner", "adviser", "assessor", "secretariat")


@dataclass
class Tenant:
    """What belongs to one enterprise, with a word of its own in every place where people write freely.

    The word for a place is ``word + place``: places are "mail", "person", "organization", "check", "note", "reason",
    "colleague".
    """

    word: str
    email: str
    account: Any = None
    person: Any = None
    organization: Any = None
    assessment: Any = None
    #: an assessment that is still being answered
    draft: Any = None
    consent: Any = None
    #: Karim, who was asked as a colleague: his questions are closed to everybody here, the owner among them
    colleague: Any = None
    #: a photo behind an answer, and a validation under way whose assessor, Greta, is nobody of this table
    evidence: Any = None
    validation: Any = None
    #: a place in a panel whose first round is open, kept in the tenant's account
    panellist: Any = None
    #: a meeting that has begun, of the tenant's organization alone
    meeting: Any = None


@dataclass
class Alliance:
    """Everybody, with a browser each."""

    amina: Tenant
    khadija: Tenant
    dina: Tenant
    mandate: Any = None
    #: Amina's API token
    token: Any = None
    #: a panel that is published, for all; the secretariat runs it
    panel: Any = None
    #: a consultation that the secretariat runs, open to all
    consulted: Any = None
    browsers: dict[str, Client] = field(default_factory=dict)
    #: addresses that carry a tenant's ids, by pattern and the tenant's word
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)


def enterprise(word: str, name: str, *, country: str, sector: str) -> Tenant:
    """Set up an owner with an organization and a submitted assessment; `word` stands in everything they wrote."""
    from minga.members import selectors
    from minga.members import services as members
    from minga.readiness import report, services

    email = f"{word}mail@bakery.example"
    account = members.create_account(email=email, password="a long enough password", name=f"{name} {word}person")
    person = members.person_for(account)
    organization = members.create_organization(
        by=person, name=f"Enterprise {word}organization", type="sme", country=country, sector=sector, size="10-49"
    )
    asked = {"country": country, "sector": sector, "size": "10-49", "language": "en"}
    owned = {"name": f"Enterprise {word}check", "account": account, "organization": organization}
    assessment = services.start_assessment(**asked, **owned)
    draft = services.start_assessment(**asked, **owned)
    answer_all(assessment, word)
    colleague = answer_as_colleague(assessment, word)
    services.give_benchmark(assessment=assessment)
    services.submit_assessment(assessment=assessment, scores=report.score_rows(assessment))
    consent = selectors.consents_of(person).first()
    return Tenant(word, email, account, person, organization, assessment, draft, consent, colleague)


def answer_as_colleague(assessment: Any, word: str) -> Any:
    """Ask a colleague, who does not know one thing and notes a word that only he may see."""
    from minga.readiness import selectors, services

    colleague = services.invite_colleague(assessment=assessment, role="production").colleague
    instrument = selectors.instrument_of(assessment, "en")
    item = selectors.items_for(instrument, assessment.form, role="production")[0].id
    note = f"Note {word}colleague"
    services.save_answer(
        assessment=assessment, colleague=colleague, item=item, value="dk", note=note, seen_version=0, language="en"
    )
    services.finish(colleague=colleague)
    return colleague


def show_and_judge(tenant: Tenant, assessor: Any) -> None:
    """Put a photo behind an answer, and let an assessor look at it; both carry a word of the tenant."""
    from minga.readiness import services
    from minga.readiness.models import Finding, Validation
    from minga.readiness.testing_validation import photo

    check = tenant.assessment
    caption = f"Plan {tenant.word}note"
    added = services.add_evidence(assessment=check, item="INT1", data=photo(), caption=caption, account=tenant.account)
    tenant.evidence = added.evidence
    tenant.validation = Validation.objects.create(
        assessment=check,
        assessor=assessor,
        status="under-way",
        has_conflict=False,
        declared_at=timezone.now(),
        assigned_at=timezone.now(),
    )
    Finding.objects.create(validation=tenant.validation, item="INT1", level=1, comment=f"Seen {tenant.word}note")


def sit_in_panels(tenants: tuple[Tenant, ...]) -> Any:
    """Seat tenants in a panel whose first round is open, and hold and publish another one, which is returned."""
    from minga.readiness import services

    open_one = services.set_up_panel(name="Makers of Praia", country="CV")
    for tenant in tenants:
        tenant.panellist = services.invite_panellist(panel=open_one, group="small-firm").panellist
        services.keep_seat(panellist=tenant.panellist, account=tenant.account)
        say_in_panel(tenant.panellist, 1, f"Reason {tenant.word}reason")
    panel = services.set_up_panel(name="Makers of Cabo Verde", country="CV")
    seated = [services.invite_panellist(panel=panel, group="workers").panellist for _one in range(5)]
    for number, stage in ((1, "first"), (2, "second")):
        for panellist in seated:
            say_in_panel(panellist, number)
            services.finish_round(panellist=panellist)
        services.close_round(panel=panel, stage=stage)
    services.publish_panel(panel=panel)
    return panel


def meet(tenant: Tenant) -> None:
    """Begin a meeting of the tenant's organization, to which nobody else is invited, and keep something of it."""
    from minga.meetings import services
    from minga.meetings.testing import called

    tenant.meeting = called(hours=-1, title=f"Meeting {tenant.word}organization", organization=tenant.organization)
    services.add_session(meeting=tenant.meeting, title=f"Session {tenant.word}organization")
    services.add_guest(meeting=tenant.meeting, name=f"Guest {tenant.word}person")
    said = {"text": f"Said {tenant.word}organization", "language": "en"}
    services.write_minutes(meeting=tenant.meeting, seen=0, **said)
    services.add_takeaway(meeting=tenant.meeting, kind="action", **said)


def say_in_panel(panellist: Any, number: int, reason: str = "") -> None:
    """Answer one question of a panel."""
    from minga.readiness import services

    services.save_panel_answer(
        panellist=panellist,
        round_number=number,
        item="I-SKL1",
        value="2",
        reason=reason,
        seen_version=0,
        language="en",
    )


def answer_all(assessment: Any, word: str) -> None:
    """Answer the short form: mostly level 2, once "do not know", once "does not apply" where that is allowed."""
    from minga.readiness import selectors, services

    items = selectors.instrument_of(assessment, "en").items_of(form=assessment.form)
    not_applicable = next((item.id for item in items if item.na_allowed), None)
    for place, item in enumerate(items):
        value = "na" if item.id == not_applicable else "dk" if place == 5 else str(1 + place % 3)
        services.save_answer(
            assessment=assessment,
            item=item.id,
            value=value,
            seen_version=0,
            language="en",
            reason=f"Reason {word}reason" if value == "na" else "",
            note=f"Note {word}note",
        )


def guest(word: str) -> tuple[Tenant, Client]:
    """Start a check in a browser, the way a visitor does; its cookie is the key, and programs send one as a header."""
    from minga.readiness import services
    from minga.readiness.models import Assessment

    browser = Client()
    given = {"country": "SN", "sector": "10", "size": "1-9", "name": f"Enterprise {word}check"}
    response = browser.post(reverse("readiness:confirm"), given)
    assert response.status_code == 302, response.content.decode()
    assessment = Assessment.objects.get(name=f"Enterprise {word}check")
    browser.defaults["HTTP_X_MINGA_KEY"] = services.give_key(assessment=assessment)
    answer_all(assessment, word)
    return Tenant(word, email="", assessment=assessment, draft=assessment), browser


def signed_in(account: Any) -> Client:
    """Return a browser in which an account is signed in."""
    browser = Client()
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


#: The secret of everybody's app with codes.
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_app(account: Any) -> None:
    """Set up an app with codes for an account, if it has none."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    if not Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(account, APP_SECRET)


def code_now(secret: str, steps: int = 0) -> str:
    """Return the code that an app with this secret shows, so many half minutes from now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@lru_cache(maxsize=1)
def some_records() -> tuple[Any, ...]:
    """Read a few of the real records."""
    from minga.knowledge import services
    from minga.knowledge.engine import content

    path = services.CONTENT / "records-africa-arab.yaml"
    return tuple(content.load([path], services.known_codes())[:8])


def publish_index(proposer: Any) -> None:
    """Publish a small index of countries, and leave a further edition as a draft."""
    import polars as pl

    from minga.indicators import Index, Indicator, Node, services
    from minga.members import services as members

    by = members.person_for(proposer)
    other = members.person_for(
        members.createadmin(email="noor@secretariat.example", password="a long enough password", name="Noor")
    )
    definition = Index(
        indicators=(Indicator(code="exports", parent="all"), Indicator(code="skills", parent="all")),
        nodes=(Node(code="all"),),
        unit="iso2",
    )
    table = pl.DataFrame({"iso2": ["TN", "MA", "EG"], "exports": [3.0, 1.0, 2.0], "skills": [1.0, 2.0, 4.0]})
    index = services.create_index(slug="trade", titles={"en": "Trade"}, units="country", by=by)
    for is_public in (True, False):
        edition = services.create_draft(index=index, definition=definition, table=table, by=by, year=2026)
        services.calculate(edition=edition)
        if is_public:
            services.propose(edition=edition, by=by)
            services.publish(edition=edition, by=other)


def gather(words: tuple[str, str, str] = ("almadina", "kerkennah", "sandaga")) -> Alliance:
    """Bring everybody together; the words are what Amina, Khadija and Dina wrote everywhere."""
    from minga.knowledge import services as knowledge
    from minga.members import services as members

    knowledge.import_records(some_records(), reason="test")
    amina = enterprise(words[0], "Amina", country="CV", sector="10")
    khadija = enterprise(words[1], "Khadija", country="TN", sector="29")
    dina, dinas_browser = guest(words[2])
    elena = members.create_account(email="elena@chamber.example", password="a long enough password", name="Elena")
    mandate = members.grant_mandate(
        person=members.person_for(elena), role="adviser", organization=amina.organization, by=amina.person
    )
    farid = members.create_account(email="farid@assessors.example", password="a long enough password", name="Farid")
    members.grant_in_alliance(person=members.person_for(farid), role="assessor")
    greta = members.create_account(email="greta@assessors.example", password="a long enough password", name="Greta")
    members.grant_in_alliance(person=members.person_for(greta), role="assessor")
    members.record_competence(person=members.person_for(greta), field="Factories", basis="Course of 2025")
    for tenant in (amina, khadija):
        show_and_judge(tenant, greta)
        meet(tenant)
    panel = sit_in_panels((amina, khadija))
    bao = members.createadmin(email="bao@secretariat.example", password="a long enough password", name="Bao")
    publish_index(bao)
    consulted = consult(bao)
    browsers = {
        "visitor": Client(),
        "guest": dinas_browser,
        "owner": signed_in(amina.account),
        "other owner": signed_in(khadija.account),
        "adviser": signed_in(elena),
        "assessor": signed_in(farid),
        "secretariat": signed_in(bao),
    }
    until = timezone.localdate() + timedelta(days=30)
    members.make_token(person=amina.person, name=f"Loader {words[0]}note", scopes=["members:read"], expires_on=until)
    return Alliance(amina, khadija, dina, mandate, amina.person.api_tokens.get(), panel, consulted, browsers)


@pytest.fixture
def alliance(db) -> Alliance:
    """Amina's bakery, Khadija's workshop, Dina's check without an account, and those who serve the alliance."""
    return gather()
