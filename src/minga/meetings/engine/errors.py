"""The one family of errors of this room: what was found, where, the rule, the next step."""

from __future__ import annotations


class MeetingsError(ValueError):
    """Anything this room refuses."""


class ZoneError(MeetingsError):
    """A time zone is not known, or its clocks never show a time."""


class ActError(MeetingsError):
    """What somebody wants to do with a meeting is not possible; `code` says which rule, for the page's own words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
