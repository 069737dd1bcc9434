"""A conversation inside another site, where its organizers allow that.

In a page of a foreign site a browser keeps no usual cookie. Newer ones keep one for the pair of the two sites
("partitioned"): with it people vote in the frame; without it, in a tab.
"""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import limits
from minga.deliberation.forms_taking_part import VoteForm
from minga.deliberation.models import Conversation
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.taking_part import cast, page_words
from minga.deliberation.views.visiting import Visit, held_secret, visit
from minga.web import errors
from minga.web.ratelimit import seconds_left

#: What a browser says of a frame in a page of the same site, or of a page that was opened by itself.
_OWN = {"same-origin", "same-site", "none"}


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@shows_conversation
@never_cache
def embed(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show the conversation in a frame; only this page and its votes may stand in one."""
    if not conversation.may_embed:
        raise Http404
    if _is_in_foreign_site(request, conversation):
        came = visit(request, conversation, in_frame=True)
        return _shown(request, came, keeps_place=conversation.entry == Conversation.Entry.ANYONE)
    return _shown(request, visit(request, conversation), keeps_place=_keeps_place(request, conversation))


def _is_in_foreign_site(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether the frame stands in a page of another site: the browser says so, or holds the key of such a frame."""
    if held_secret(request, conversation) or request.user.is_authenticated:
        return False
    is_cross = request.headers.get("Sec-Fetch-Site", "") == "cross-site"
    return is_cross or bool(held_secret(request, conversation, in_frame=True))


def _keeps_place(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether the browser sends the usual cookies here; one that does not say is not asked for a vote.

    Then the page leads to a window of its own instead of taking a vote that nobody could find again.
    """
    if held_secret(request, conversation) or request.user.is_authenticated:
        return True
    return request.headers.get("Sec-Fetch-Site", "") in _OWN


def _shown(request: HttpRequest, came: Visit, **words: Any) -> HttpResponse:
    words |= {"in_frame": came.in_frame, "onward": came.onward if came.in_frame else ""}
    return came.remember(render(request, "deliberation/embed.html", page_words(came) | words))


# ---------------------------------------------------------------- what is done in a frame of a foreign site
def _only_from_itself(request: HttpRequest) -> None:
    """Take a post only from this site's own page: in a frame the usual seal has no cookie to be compared with.

    No page can write this header. Browsers that keep a cookie in a foreign frame all send it.
    """
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise PermissionDenied


@csrf_exempt
@require_POST
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@shows_conversation
@never_cache
def vote_in_frame(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Store a vote of somebody whose key came along; without one the vote would be lost, so it is not taken."""
    _only_from_itself(request)
    if not conversation.may_embed:
        raise Http404
    came = visit(request, conversation, in_frame=True)
    if came.is_new:
        return render(request, "deliberation/embed.html", page_words(came) | {"keeps_place": False, "is_lost": True})
    refused = _refused(request, came)
    if refused:
        messages.error(request, refused)
        return _shown(request, came, keeps_place=True)
    return came.remember(redirect(reverse("deliberation:embed", args=[conversation.slug]) + "#talk"))


def _refused(request: HttpRequest, came: Visit) -> str:
    """Cast a vote; return why it was not taken, empty when it was. An error page could not stand in the frame."""
    if over := limits.acts_too_often(request, limits.VOTES, came.participant):
        return " ".join(errors.too_many_words(seconds_left(over)))
    return cast(came, VoteForm(request.POST))


@csrf_exempt
@require_POST
@shows_conversation
@never_cache
def out_of_frame(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Go on in a tab at the same place; a tab that has one keeps its own."""
    _only_from_itself(request)
    came = visit(request, conversation)
    onward = redirect("deliberation:conversation", conversation.slug)
    try:
        return came.going_on(request.POST.get("key", "")).remember(onward)
    except signing.BadSignature:
        return onward
