"""The people around an assessment, for programs: colleagues, agreements, advisers whom the owner lets in, clients."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from ninja import Field, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from ninja.security import django_auth

from minga.readiness import selectors, services
from minga.readiness.api_shapes import (
    AUTH,
    GivenAnswers,
    Language,
    Outcomes,
    Text,
    account_of,
    opened,
    save,
    secret_of,
)
from minga.readiness.api_validation import router
from minga.readiness.models import Assessment, Colleague
from minga.web.ratelimit import exceeded

_TOO_MANY = "This address asked too often. Wait, then try again."


class Invite(Schema):
    """Whom to ask."""

    role: Text = Field("", max_length=20, description="A role of the instrument, such as worker; empty: every item.")


class Invited(Schema):
    """An invitation. Code and link token are shown only here, work once, and end together."""

    number: int
    role: str
    code: str = Field(description="16 letters and digits to print; exchange it at /colleagues/open.")
    link_token: str = Field(description="Belongs at the end of the page /readiness/resume/<token>/.")


class ColleagueState(Schema):
    """What the owner may know of a colleague: how far, never what."""

    number: int
    role: str
    invited_at: datetime
    asked: int
    answered: int
    is_opened: bool
    finished_at: datetime | None


class Colleagues(Schema):
    """Who was asked."""

    colleagues: list[ColleagueState]


class Code(Schema):
    """A printed code."""

    code: Text = Field(max_length=40)


class OpenedPlace(Schema):
    """A colleague's questions. The key is shown only here."""

    id: uuid.UUID
    key: str = Field(description="Send it as X-Minga-Key.")


class Place(Schema):
    """A colleague's own questions and answers."""

    id: uuid.UUID
    role: str
    items: list[str]
    answers: dict[str, dict[str, Any]]
    finished_at: datetime | None
    is_submitted: bool = Field(description="The owner submitted: nothing can change any more.")


class Item(Schema):
    """An item on which levels lie two or more apart. Levels stand in their own order, not in that of people."""

    item: str
    levels: list[int]
    own: int | None = Field(description="What the business itself gave; null for no level.")
    without_level: int
    agreed: int | None
    reason: str
    version: int = Field(description="Version of the agreement; 0 for none. Send it back when agreeing.")
    stands: bool = Field(description="False where answers changed after the agreement.")


class Items(Schema):
    """What has to be agreed on before the assessment can be submitted."""

    items: list[Item]


class Agree(Schema):
    """The level that people agreed on, and why."""

    item: Text = Field(max_length=40)
    level: int = Field(ge=0, le=5)
    reason: Text = Field(min_length=1, max_length=2000)
    version: int = Field(0, ge=0, le=1_000_000, description="Version of the agreement that the sender saw.")


class AgreeOutcome(Schema):
    """What became of it; level, reason and version are what is stored now."""

    outcome: Literal["saved", "unchanged", "conflict"]
    item: str
    level: int
    reason: str
    version: int


class LetIn(Schema):
    """Whom the owner lets in."""

    code: Text = Field(max_length=40, description="The adviser's code, from the page “My clients”.")
    may_answer: bool = Field(False, description="The adviser may also write answers down, marked as assisted.")


class ShareState(Schema):
    """One adviser who is or was let in."""

    id: int
    adviser: str
    may_answer: bool
    how: str
    text_version: str
    given_at: datetime
    revoked_at: datetime | None
    is_running: bool


class Shares(Schema):
    """Who is or was let in."""

    shares: list[ShareState]


class NewClient(Schema):
    """A client's business, and how the client agreed to the words of the text assisted-1."""

    country: Text = Field(description="Two letters of ISO 3166, such as TN.", max_length=2)
    sector: Text = Field(description="Division of ISIC Rev.4, two digits, such as 10.", max_length=2)
    size: Literal["1-9", "10-49", "50-249", "250+"]
    name: Text = Field("", max_length=120)
    language: Language = "en"
    how: Literal["in-person", "telephone", "written"]
    given_on: date | None = Field(None, description="The day on which the client agreed; left out: today.")


class ClientPaper(Schema):
    """A begun check. Code and link token are for the client's paper, shown only here, and work once."""

    id: uuid.UUID
    code: str
    link_token: str


class Client(Schema):
    """One client of an adviser."""

    id: uuid.UUID
    name: str
    status: str
    is_assisted: bool
    answered: int
    asked: int
    last_answer_at: datetime
    may_answer: bool
    how: str
    given_at: datetime


class Clients(Schema):
    """An adviser's clients, the one that moved last first."""

    clients: list[Client]


def _decided(request: HttpRequest, pk: uuid.UUID) -> Assessment:
    """Return an assessment to who may decide about it; 404 to everyone else."""
    assessment = opened(request, pk)
    if not selectors.may_decide(assessment, request.user):
        raise Http404
    return assessment


def _asked(request: HttpRequest, pk: uuid.UUID) -> Colleague:
    return selectors.find_colleague(pk, account=request.user, secret=secret_of(request))


@router.get("/assessments/{uuid:pk}/colleagues", response=Colleagues, summary="See who was asked", auth=AUTH)
@decorate_view(never_cache)
def colleagues(request: HttpRequest, pk: uuid.UUID) -> Any:
    """How far every colleague is; what they answered is theirs."""
    assessment = _decided(request, pk)
    found = selectors.colleagues_progress(assessment, selectors.instrument_of(assessment, "en"))
    return {
        "colleagues": [
            {
                "number": one.colleague.number,
                "role": one.colleague.role,
                "invited_at": one.colleague.invited_at,
                "asked": one.asked,
                "answered": one.answered,
                "is_opened": one.is_opened,
                "finished_at": one.colleague.finished_at,
            }
            for one in found
        ]
    }


@router.post("/assessments/{uuid:pk}/colleagues", response={201: Invited}, summary="Ask a colleague", auth=AUTH)
@decorate_view(never_cache)
def invite(request: HttpRequest, pk: uuid.UUID, given: Invite) -> Any:
    """Makes a code and a link token; the first use of either ends both."""
    if exceeded(request, "readiness-invite", times=60, seconds=3600):
        raise HttpError(429, _TOO_MANY)
    assessment = _decided(request, pk)
    made = services.invite_colleague(assessment=assessment, role=given.role, account=account_of(request))
    shown = {"number": made.colleague.number, "role": given.role, "code": made.code, "link_token": made.link}
    return Status(201, shown)


@router.delete(
    "/assessments/{uuid:pk}/colleagues/{int:number}", response={204: None}, summary="Take an invitation back", auth=AUTH
)
@decorate_view(never_cache)
def withdraw(request: HttpRequest, pk: uuid.UUID, number: int) -> Any:
    """Deletes what was answered; refused once the colleague has finished."""
    found = get_object_or_404(selectors.colleagues_of(_decided(request, pk)), number=number)
    services.withdraw_invitation(colleague=found, account=account_of(request))
    return Status(204, None)


@router.post("/colleagues/open", response=OpenedPlace, summary="Open one's questions by a code", auth=None)
@decorate_view(never_cache)
def open_place(request: HttpRequest, given: Code) -> Any:
    """Exchanges a colleague's code for a key; an invitation's code works once."""
    if exceeded(request, "readiness-resume", times=10, seconds=600):
        raise HttpError(429, _TOO_MANY)
    found = services.open_place(code=given.code)
    if found is None:
        raise HttpError(404, "This code opens no colleague's questions. It may be misread, used, or taken back.")
    place, key = found
    return {"id": place.pk, "key": key}


@router.get("/colleagues/{uuid:pk}", response=Place, summary="See one's own questions and answers", auth=AUTH)
@decorate_view(never_cache)
def place(request: HttpRequest, pk: uuid.UUID) -> Any:
    """For the colleague alone: the owner of the assessment gets 404 too."""
    return _place(_asked(request, pk))


def _place(colleague: Colleague) -> dict[str, Any]:
    assessment = colleague.assessment
    items = selectors.items_for(selectors.instrument_of(assessment, "en"), assessment.form, role=colleague.role)
    answers = selectors.answers_of_colleague(colleague)
    return {
        "id": colleague.pk,
        "role": colleague.role,
        "items": [item.id for item in items],
        "answers": {
            item: {"value": answer.value, "version": answer.version, "reason": answer.reason, "note": answer.note}
            for item, answer in sorted(answers.items())
        },
        "finished_at": colleague.finished_at,
        "is_submitted": assessment.is_submitted,
    }


@router.patch("/colleagues/{uuid:pk}/answers", response=Outcomes, summary="Save a colleague's answers", auth=AUTH)
@decorate_view(never_cache)
def answer(request: HttpRequest, pk: uuid.UUID, given: GivenAnswers) -> Any:
    """Item by item, as for an assessment; items of other roles are refused."""
    if exceeded(request, "readiness-save", times=1200, seconds=600, weight=len(given.answers)):
        raise HttpError(429, _TOO_MANY)
    found = _asked(request, pk)
    return {"outcomes": [save(request, found.assessment, one, given.language, found) for one in given.answers]}


@router.post("/colleagues/{uuid:pk}/finish", response=Place, summary="Say: I am finished", auth=AUTH)
@decorate_view(never_cache)
def finish(request: HttpRequest, pk: uuid.UUID) -> Any:
    """From now on the answers count; they can still change until the owner submits."""
    found = _asked(request, pk)
    services.finish(colleague=found)
    return _place(found)


@router.delete("/colleagues/{uuid:pk}", response={204: None}, summary="Delete what one answered", auth=AUTH)
@decorate_view(never_cache)
def delete(request: HttpRequest, pk: uuid.UUID) -> Any:
    """Deletes a colleague's answers, history and keys for ever; refused after the assessment was submitted."""
    services.delete_colleague(colleague=_asked(request, pk))
    return Status(204, None)


@router.get("/assessments/{uuid:pk}/agreements", response=Items, summary="See what lies far apart", auth=AUTH)
@decorate_view(never_cache)
def agreements(request: HttpRequest, pk: uuid.UUID) -> Any:
    """Levels side by side without names, once every colleague has finished; before, this is refused."""
    assessment = _decided(request, pk)
    services.refuse_while_open(assessment)
    found = selectors.discussions(assessment, selectors.instrument_of(assessment, "en"))
    return {"items": [_item(one) for one in found]}


def _item(found: selectors.Discussion) -> dict[str, Any]:
    return {
        "item": found.voices.item.id,
        "levels": list(found.voices.levels),
        "own": found.voices.own,
        "without_level": found.voices.without_level,
        "agreed": found.agreement.level if found.agreement else None,
        "reason": found.agreement.reason if found.agreement else "",
        "version": found.version,
        "stands": found.stands,
    }


@router.post("/assessments/{uuid:pk}/agreements", response=AgreeOutcome, summary="Record an agreed level", auth=AUTH)
@decorate_view(never_cache)
def agree(request: HttpRequest, pk: uuid.UUID, given: Agree) -> Any:
    """A newer agreement is never overwritten: the outcome is then `conflict`, with what is stored."""
    done = services.agree(
        assessment=_decided(request, pk),
        item=given.item,
        level=given.level,
        reason=given.reason,
        seen_version=given.version,
        account=account_of(request),
    )
    now = done.agreement
    return {
        "outcome": done.outcome,
        "item": now.item,
        "level": now.level,
        "reason": now.reason,
        "version": now.version,
    }


@router.get("/assessments/{uuid:pk}/shares", response=Shares, summary="See who is let in", auth=AUTH)
@decorate_view(never_cache)
def shares(request: HttpRequest, pk: uuid.UUID) -> Any:
    """Advisers who are or were let in, by which consent."""
    return _shares(_decided(request, pk))


def _shares(assessment: Assessment) -> dict[str, Any]:
    return {
        "shares": [
            {
                "id": one.pk,
                "adviser": one.account.person.name,
                "may_answer": one.may_answer,
                "how": one.how,
                "text_version": one.text_version,
                "given_at": one.given_at,
                "revoked_at": one.revoked_at,
                "is_running": one.is_running,
            }
            for one in selectors.adviser_shares(assessment)
        ]
    }


@router.post("/assessments/{uuid:pk}/shares", response={201: Shares}, summary="Let an adviser in", auth=AUTH)
@decorate_view(never_cache)
def let_in(request: HttpRequest, pk: uuid.UUID, given: LetIn) -> Any:
    """By the code that the adviser hands out; the adviser never owns the assessment."""
    if exceeded(request, "readiness-share", times=30, seconds=3600):
        raise HttpError(429, _TOO_MANY)
    assessment = _decided(request, pk)
    adviser = selectors.adviser_by_code(given.code)
    if adviser is None:
        raise HttpError(422, "This is no adviser's code. Compare it with what the adviser gave you.")
    services.share_with_adviser(
        assessment=assessment, adviser=adviser, may_answer=given.may_answer, by=account_of(request)
    )
    return Status(201, _shares(assessment))


@router.delete(
    "/assessments/{uuid:pk}/shares/{int:share}", response={204: None}, summary="End an adviser's access", auth=AUTH
)
@decorate_view(never_cache)
def end_share(request: HttpRequest, pk: uuid.UUID, share: int) -> Any:
    """Ends at once, on the pages and here."""
    found = get_object_or_404(_decided(request, pk).shares, pk=share)
    services.revoke_share(share=found, by=account_of(request))
    return Status(204, None)


@router.get("/clients", response=Clients, summary="See one's clients as an adviser", auth=[django_auth])
@decorate_view(never_cache)
def clients(request: HttpRequest) -> Any:
    """Businesses that let the signed-in adviser in today."""
    _for_advisers(request)
    return {"clients": [_client(share) for share in selectors.clients_of(request.user)]}


def _for_advisers(request: HttpRequest) -> None:
    if not selectors.is_adviser(request.user):
        raise Http404


def _client(share: Any) -> dict[str, Any]:
    assessment = share.assessment
    return {
        "id": assessment.pk,
        "name": assessment.name,
        "status": assessment.status,
        "is_assisted": assessment.is_assisted,
        "answered": share.answered,
        "asked": len(selectors.instrument_of(assessment, "en").items_of(None, assessment.form)),
        "last_answer_at": assessment.last_answer_at,
        "may_answer": share.may_answer,
        "how": share.how,
        "given_at": share.given_at,
    }


@router.post("/clients", response={201: ClientPaper}, summary="Begin a check for a client", auth=[django_auth])
@decorate_view(never_cache)
def new_client(request: HttpRequest, given: NewClient) -> Any:
    """Only after the client heard the words of the text assisted-1, shown on the page, and said yes."""
    if exceeded(request, "readiness-start", times=60, seconds=3600):
        raise HttpError(429, _TOO_MANY)
    _for_advisers(request)
    assessment, _share = services.start_for_client(adviser=request.user, **given.dict())
    made = services.paper_for_client(assessment=assessment)
    return Status(201, {"id": assessment.pk, "code": made.code, "link_token": made.link})
