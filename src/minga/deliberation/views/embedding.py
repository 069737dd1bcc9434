"""A conversation inside another site, where its organizers allow that."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from minga.deliberation.models import Conversation
from minga.deliberation.views.common import shows_conversation
from minga.deliberation.views.taking_part import page_words
from minga.deliberation.views.visiting import held_secret, visit

#: What a browser says of a frame in a page of the same site, or of a page that was opened by itself.
_OWN = {"same-origin", "same-site", "none"}


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@shows_conversation
@never_cache
def embed(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show the conversation in a frame; only this page may stand in one."""
    if not conversation.may_embed:
        raise Http404
    came = visit(request, conversation)
    words = page_words(came) | {"keeps_place": _keeps_place(request, conversation)}
    return came.remember(render(request, "deliberation/embed.html", words))


def _keeps_place(request: HttpRequest, conversation: Conversation) -> bool:
    """Whether the browser sends cookies here: in a frame of a foreign site it does not, so votes would be lost.

    Then the page leads to a window of its own instead of taking a vote that nobody could find again.
    """
    if held_secret(request, conversation) or request.user.is_authenticated:
        return True
    return request.headers.get("Sec-Fetch-Site", "") in _OWN
