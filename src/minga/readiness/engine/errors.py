"""The one family of errors of this room: what was found, where, the rule, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a file, with the place where a person can mend it."""

    file: str
    message: str
    item: str | None = None
    key: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.message}"


class ReadinessError(ValueError):
    """Anything this room refuses."""


class InstrumentError(ReadinessError):
    """An instrument, overlay or translation breaks a rule; ``findings`` lists every place."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class OverlayError(InstrumentError):
    """Overlays contradict each other, or would make results incomparable."""


class AnswerError(ReadinessError):
    """An answer does not fit the instrument; ``problems`` lists every row."""

    def __init__(self, message: str, problems: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class ProfileError(ReadinessError):
    """The profile of an enterprise lacks something, or says something that is no choice."""


class EvidenceError(ReadinessError):
    """A file cannot stand as evidence; ``code`` lets a page say it in its own language."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ValidationError(ReadinessError):
    """A step of a validation is not possible now, or not for this person; ``items`` names those it is about."""

    def __init__(self, code: str, message: str, items: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code, self.items = code, tuple(items)


class AgreementError(ReadinessError):
    """People in a business have not finished, or have not yet agreed on what they see differently."""


class PanelError(ReadinessError):
    """A step of a panel is not possible now; ``code`` lets a page say it in its own language."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
