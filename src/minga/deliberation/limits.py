"""How often people act in conversations: counted by place, since a hall or a mobile network shares one address.

Whoever has no place yet counts as a new participant of their network address, at every act until they have one. So
nothing is gained by throwing the key away.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from minga.deliberation.models import Participant
from minga.web.ratelimit import exceeded

_HOUR = 3600


@dataclass(frozen=True)
class Limit:
    """How often one participant may do something within a window of so many seconds."""

    scope: str
    times: int
    seconds: int


#: faster than anybody reads
VOTES = Limit("deliberation-vote", 600, 600)
STATEMENTS = Limit("deliberation-state", 60, _HOUR)
ABOUT_ME = Limit("deliberation-about", 60, _HOUR)


def acts_too_often(request: HttpRequest, limit: Limit, participant: Participant | None) -> int:
    """Count an act; return the seconds of the window in which it is one too many, 0 where it is not."""
    if participant is None:
        return joins_too_often(request)
    is_over = exceeded(request, limit.scope, limit.times, limit.seconds, who=f"participant {participant.pk}")
    return limit.seconds if is_over else 0


def joins_too_often(request: HttpRequest) -> int:
    """Count a new participant of an address; return the seconds of the window, or 0, likewise."""
    return _HOUR if exceeded(request, "deliberation-join", settings.PEOPLE_PER_ADDRESS, _HOUR) else 0


def mistypes_too_often(request: HttpRequest, *, wrong: int = 1) -> int:
    """Count a wrong invitation code, or with 0 only look; codes that open a conversation are never counted."""
    is_over = exceeded(request, "deliberation-code", settings.PEOPLE_PER_ADDRESS, _HOUR, weight=wrong)
    return _HOUR if is_over else 0
