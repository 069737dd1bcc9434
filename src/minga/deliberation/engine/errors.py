"""The one family of errors of this room: what was found, where, the rule, the next step."""

from __future__ import annotations


class DeliberationError(ValueError):
    """Anything this room refuses."""


class ExportError(DeliberationError):
    """Files of a conversation cannot be read as such."""


class VoteError(DeliberationError):
    """A table of votes or statements breaks a rule."""


class MapError(DeliberationError):
    """A map, or groups on it, cannot be made from these votes."""


class TraceError(DeliberationError):
    """Voices, themes, answers and clauses do not hold together."""


class TemplateError(DeliberationError):
    """There is no such template of a draft."""


class ActError(DeliberationError):
    """What somebody wants to do in a consultation is not possible; `code` says which rule, for the page's own words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
