"""The sample alliance's part of indicators: its own indexes, calculated and published the way real ones are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import transaction

from minga.indicators import alliance, disclosing, services
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.models import CompositeIndex, Disclosure
from minga.members import selectors as people
from minga.members import services as members

#: Known to all, so the sample is loaded on localhost only.
PASSWORD = "sample-alliance-2026"  # noqa: S105 - a published password of invented people
SEED = 20260404
#: two people of the secretariat, since nobody publishes alone
EDITORS = (
    ("editor@sample.example", "Elif Sample", "editor (secretariat)"),
    ("approver@sample.example", "Noor Sample", "approver (secretariat)"),
)
#: countries of the invented companies
COUNTRIES = ("TN", "MA", "EG", "KE", "VN", "CO", "JO", "SN", "BD", "GH", "PE", "RW", "TN", "KE")


@transaction.atomic
def load_sample() -> list[dict[str, str]]:
    """Publish the sample's indexes; a second time changes nothing. Returns the logins of who published them."""
    if not CompositeIndex.objects.filter(is_sample=True).exists():
        editor, approver = [_editor(email, name) for email, name, _role in EDITORS]
        list(_companies())
        for kind, units in alliance.SLUGS:
            _publish(kind, units, editor, approver)
    return [{"role": role, "email": email, "password": PASSWORD} for email, _name, role in EDITORS]


def _editor(email: str, name: str) -> Any:
    account = members.create_account(email=email, password=PASSWORD, name=name, languages=["en"], is_sample=True)
    person = members.person_for(account)
    members.grant_in_alliance(person=person, role=services.SECRETARIAT)
    assert people.is_secretariat(account)
    return person


def _publish(kind: str, units: str, editor: Any, approver: Any) -> None:
    try:
        edition = services.rebuild(kind=kind, units=units, by=editor, is_sample=True, year=2026)
    except IndicatorsError:  # a sample cut small, as in tests, may hold too few businesses to rank
        return
    services.calculate(edition=edition)
    services.propose(edition=edition, by=editor)
    services.publish(edition=edition, by=approver)


def _companies() -> Iterator[Disclosure]:
    """Invent companies that disclose; the last two keep their answers to themselves."""
    draw = np.random.default_rng(SEED)
    asked = disclosing.questionnaire().questions
    for at, country in enumerate(COUNTRIES):
        organization = members.create_organization(
            by=None, is_sample=True, name=f"Sample Platform Company {at + 1}", type="company", country=country,
            sector="62", size="250+", languages=["en"],
        )  # fmt: skip
        will = draw.uniform(0.15, 0.85)
        answers = {}
        for question in asked:
            drawn = draw.random()
            answer = "yes" if drawn < will * 0.7 else "partly" if drawn < will else "no"
            link = "" if answer == "no" else f"https://company-{at + 1}.sample.example/{question.id}"
            answers[question.id] = {"answer": answer, "evidence": link}
        disclosure = services.disclose(organization=organization, answers=answers, by=None, is_sample=True)
        if at < len(COUNTRIES) - 2:
            services.agree_to_publication(
                disclosure=disclosure, by=None, agrees=True, subject_key=f"sample:{disclosure.mark.hex}"
            )
        yield disclosure
