"""What tests of readiness share: a bakery in Praia that answers, without an account and with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minga.members import services as members
from minga.readiness import report, selectors, services
from minga.readiness.models import Answer, AnswerVersion, Assessment, Colleague, Given

#: Amina runs a small bakery in Praia.
BAKERY = {"country": "CV", "sector": "10", "size": "10-49"}


def started(**fields: Any) -> Assessment:
    """Start an assessment of Amina's bakery."""
    given: dict[str, Any] = BAKERY | {"language": "en", "name": "Amina's bakery"} | fields
    return services.start_assessment(**given)


def answered(levels: Mapping[str, str] | str, **fields: Any) -> Assessment:
    """Start an assessment and answer it: item by item, or every item of the form with one value."""
    assessment = started(**fields)
    if isinstance(levels, str):
        _answer_all(assessment, levels)
        return assessment
    for item, value in levels.items():
        services.save_answer(assessment=assessment, item=item, value=value, seen_version=0, language="en")
    return assessment


def _answer_all(assessment: Assessment, value: str) -> None:
    """Store at once what `save_answer` would store item by item; hundreds of businesses are made by it."""
    items = selectors.instrument_of(assessment, "en").items_of(None, assessment.form)
    now = timezone.now()
    content = {"given": Given.LEVEL, "level": int(value)} if value.isdigit() else {"given": Given(value), "level": None}
    rows = [{"assessment": assessment, "item": item.id, "version": 1} | content for item in items]
    Answer.objects.bulk_create(Answer(**row, saved_at=now) for row in rows)
    AnswerVersion.objects.bulk_create(AnswerVersion(**row, seen_version=0, language="en", at=now) for row in rows)
    assessment.last_answer_at = now
    assessment.save(update_fields=["last_answer_at"])


def submitted(levels: Mapping[str, str] | str, **fields: Any) -> Assessment:
    """Answer and submit."""
    assessment = answered(levels, **fields)
    services.submit_assessment(assessment=assessment, scores=report.score_rows(assessment))
    return assessment


def invited(assessment: Assessment, role: str = "") -> Colleague:
    """Ask a colleague."""
    return services.invite_colleague(assessment=assessment, role=role).colleague


def answer_as(colleague: Colleague, levels: Mapping[str, str], *, account: Any = None, finish: bool = False) -> None:
    """Answer as a colleague does."""
    for item, value in levels.items():
        services.save_answer(
            assessment=colleague.assessment,
            colleague=colleague,
            item=item,
            value=value,
            reason="not here" if value == "na" else "",
            seen_version=getattr(colleague.answers.filter(item=item).first(), "version", 0),
            language="en",
            account=account,
        )
    if finish:
        services.finish(colleague=colleague)


def signed_in(email: str) -> tuple[Client, Any]:
    """Return a browser in which a new account is signed in, and the account."""
    account = members.create_account(email=email, password=uuid4().hex, name=email.split("@")[0])
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, account


def lent(levels: Mapping[str, str] | str, **fields: Any) -> Assessment:
    """Answer and submit as an owner with an account of their own who lends the scores."""
    if not {"account", "organization"} & set(fields):
        fields["account"] = members.create_account(email=f"{uuid4().hex}@example.org", password=uuid4().hex)
    assessment = submitted(levels, **fields)
    services.give_benchmark(assessment=assessment)
    return assessment


def start_in_browser(client: Client, language: str = "en", **fields: Any) -> Assessment:
    """Start as a visitor does, by the pages; the client then holds the cookie."""
    sent = BAKERY | {"overlays": ["sector-food-processing"], "name": "Amina's bakery"} | fields
    known = set(Assessment.objects.values_list("pk", flat=True))
    response = client.post(f"/{language}/readiness/confirm/", sent)
    assert response.status_code == 302, response.content
    return Assessment.objects.exclude(pk__in=known).get()


def address(name: str, assessment: Assessment | Colleague, *rest: Any) -> str:
    """Return the English address of a page of an assessment or of a colleague."""
    from django.utils import translation

    with translation.override("en"):
        return reverse(f"readiness:{name}", args=[assessment.pk, *rest])


def page_of(assessment: Assessment, factor: str, value: str) -> dict[str, str]:
    """Return what the form of a page sends when every item gets one value."""
    instrument = selectors.instrument_of(assessment, "en")
    stored = selectors.answers_of(assessment)
    sent = {}
    for item in instrument.items_of(factor, assessment.form):
        sent[item.id] = value
        sent[f"{item.id}-version"] = str(stored[item.id].version if item.id in stored else 0)
    return sent
