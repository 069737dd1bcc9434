"""Conversations for programs: joining as a guest, the next statement, votes, statements of one's own, the report."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page
from ninja import Status
from ninja.decorators import decorate_view
from ninja.errors import HttpError

from minga.deliberation import conversation_report, limits, wording_consulting
from minga.deliberation.api_shapes import (
    AUTH,
    ConversationOut,
    GivenStatement,
    GivenVote,
    Joined,
    Joining,
    Language,
    Page,
    PerPage,
    ReportOut,
    StatedOut,
    StatementPage,
    TurnOut,
    VoteOutcome,
    key_of,
    router,
)
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, Participant
from minga.deliberation.selectors import access, taking_part, votes
from minga.deliberation.services import stating, voting
from minga.deliberation.services import taking_part as services
from minga.members import selectors as members
from minga.web import codes
from minga.web.ratelimit import exceeded, seconds_left

_TALK = "/conversations/{slug:slug}"


@router.get(_TALK, response=ConversationOut, summary="Read a conversation")
@decorate_view(conditional_page)
def conversation(request: HttpRequest, slug: str, language: Language = "en") -> Any:
    """Its question and its rules; needs no account."""
    talk = access.find_conversation(slug, request.user)
    with translation.override(language):
        text = wording_consulting.shown(talk)
    kept = ("slug", "state", "entry", "takes_statements", "longest", "is_sample")
    return {name: getattr(talk, name) for name in kept} | {
        "consultation": talk.consultation.slug,
        "title": text.title,
        "about": text.about,
        "language": text.language,
        "is_running": taking_part.is_running(talk),
        "statements": taking_part.shown_statements(talk).count(),
        "has_report": votes.published_map(talk) is not None,
    }


@router.get(f"{_TALK}/statements", response=StatementPage, summary="List statements")
@decorate_view(conditional_page)
def statements(request: HttpRequest, slug: str, page: Page = 1, per_page: PerPage = 50) -> Any:
    """What people vote on, by number; who said it is nobody's business."""
    talk = access.find_conversation(slug, request.user)
    found = Paginator(taking_part.shown_statements(talk).order_by("number"), per_page)
    shown = list(found.page(page)) if page <= found.num_pages else []
    return {"statements": shown, "total": found.count, "page": page, "pages": found.num_pages}


# ---------------------------------------------------------------- taking part
@router.post(f"{_TALK}/participants", response={201: Joined}, summary="Join a conversation", auth=None)
@decorate_view(never_cache)
def join(request: HttpRequest, slug: str, given: Joining) -> Any:
    """Makes a place for a guest and returns its key once. The key leads to no person, and to no other conversation."""
    talk, secret = access.find_conversation(slug, request.user), codes.new_secret()
    if talk.entry == Conversation.Entry.CODE:
        _use_code(request, talk, given, secret)
    else:
        _refuse(limits.joins_too_often(request))
        services.join(conversation=talk, secret=secret, language=given.language)
    return Status(201, {"key": secret})


def _use_code(request: HttpRequest, talk: Conversation, given: Joining, secret: str) -> None:
    """Come in with a code; wrong ones are counted for the address, others never."""
    _refuse(limits.mistypes_too_often(request, wrong=0))
    try:
        services.use_code(conversation=talk, typed=given.code, secret=secret, language=given.language)
    except ActError as error:
        if error.code == "wrong_code":
            _refuse(limits.mistypes_too_often(request))
        raise


@router.get(f"{_TALK}/next", response=TurnOut, summary="Ask for the next statement", auth=AUTH)
@decorate_view(never_cache)
def next_statement(request: HttpRequest, slug: str) -> Any:
    """Drawn by lot with weights; the same place with the same votes gets the same statement."""
    participant = _participant(request, slug)
    turn = taking_part.next_turn(participant.conversation, participant, participant.token_hash)
    return {"statement": turn.statement, "answered": turn.answered, "left": turn.left}


@router.post(f"{_TALK}/votes", response=VoteOutcome, summary="Vote", auth=AUTH)
@decorate_view(never_cache)
def vote(request: HttpRequest, slug: str, given: GivenVote) -> Any:
    """Once this answers, the vote is stored; sent again under the same `client_id` it counts once."""
    participant = _participant(request, slug)
    _refuse(limits.acts_too_often(request, limits.VOTES, participant))
    statement = taking_part.find_shown(participant.conversation, given.statement)
    if statement is None:
        raise Http404
    return {"is_new": voting.cast_vote(participant, statement.number, given.vote, given.client_id)}


@router.post(f"{_TALK}/statements", response={201: StatedOut}, summary="Add a statement", auth=AUTH)
@decorate_view(never_cache)
def state(request: HttpRequest, slug: str, given: GivenStatement) -> Any:
    """The same words stand in a conversation once: vote on those of others instead."""
    participant = _participant(request, slug)
    _refuse(limits.acts_too_often(request, limits.STATEMENTS, participant))
    added = stating.add_statement(participant=participant, text=given.text, language=given.language)
    return Status(201, {"number": added.number, "state": added.state})


@router.delete(f"{_TALK}/me", response={204: None}, summary="Leave without a trace", auth=AUTH)
@decorate_view(never_cache)
def leave(request: HttpRequest, slug: str) -> Any:
    """Deletes one's votes and what one said of oneself; statements that others voted on stay and belong to nobody."""
    services.delete_trace(participant=_participant(request, slug))
    return Status(204, None)


def slow_down(request: HttpRequest, scope: str, times: int, seconds: int) -> None:
    """Refuse what one address asks for too often."""
    _refuse(seconds if exceeded(request, scope, times=times, seconds=seconds) else 0)


def _refuse(seconds: int) -> None:
    """Refuse what is one too many in the present window of so many seconds; 0 refuses nothing."""
    if seconds:
        wait = -(-seconds_left(seconds) // 60)
        raise HttpError(429, f"Too much was sent from here in a short time. Wait {wait} minutes, then go on.")


def _participant(request: HttpRequest, slug: str) -> Participant:
    """Return the place that a key or a sign-in opens; a member gets one with the first act where they need none.

    Raises
    ------
    Http404
        There is no such conversation, or no such place in it: they look the same from outside.
    """
    talk = access.find_conversation(slug, request.user)
    person = members.person_of(request.user)
    found = services.find(conversation=talk, secret=key_of(request), person=person)
    if found is None and person is not None and talk.entry == Conversation.Entry.MEMBER:
        found = services.join(conversation=talk, person=person)
    if found is None:
        raise Http404
    found.conversation = talk
    return found


# ---------------------------------------------------------------- report
@router.get(f"{_TALK}/report", response=ReportOut, summary="Read the report of a conversation")
@decorate_view(conditional_page)
def report(request: HttpRequest, slug: str, language: Language = "en") -> Any:
    """The published map: groups, and every statement with its votes; 404 before it is published."""
    talk = access.find_conversation(slug, request.user)
    run = votes.published_map(talk)
    if run is None:
        raise Http404
    run.conversation = talk
    with translation.override(language):
        built = conversation_report.build(run, language)
        rows = conversation_report.statement_rows(run, language, "number")
    return {
        "conversation": talk.slug,
        "made_at": run.made_at,
        "mode": run.mode,
        "people": built.people,
        "votes": run.n_votes,
        "clear_groups": bool(run.facts["clear_groups"]),
        "groups": [_group(one) for one in built.groups],
        "borders": [_border(one) for one in built.borders],
        **{name: _numbers(getattr(built, name)) for name in ("agreed", "disagreed", "across", "divisive")},
        "statements": [_row(one) for one in rows],
    }


def _numbers(told: tuple[conversation_report.Told, ...]) -> list[int]:
    return [one.words.number for one in told]


def _group(group: conversation_report.Group) -> dict[str, Any]:
    return {
        "letter": group.letter,
        "people": group.people,
        "found_again_percent": group.found_again,
        "stands_for": _numbers(group.stands_for),
    }


def _border(border: conversation_report.Border) -> dict[str, Any]:
    return {
        "groups": [border.one, border.other],
        "finding": border.finding,
        "at_border_per_100": border.people,
        "low": border.low,
        "high": border.high,
        "if_alike": border.if_alike,
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    words = row["words"]
    return {
        "number": words.number,
        "text": words.text,
        "language": words.language,
        "is_rejected": words.is_rejected,
        "agree_percent": row["agree"],
        "disagree_percent": row["disagree"],
        "split_percent": row["split"],
    }
