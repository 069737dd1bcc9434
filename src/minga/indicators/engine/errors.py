"""The one family of errors of this room: what was found, where, the rule, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing a person should know before trusting an index: an ``error`` stops the run, a ``warning`` does not.

    ``code`` names the sentence in :mod:`sentences` and ``values`` what stands in its places, where it has one.
    """

    level: str
    rule: str
    message: str
    indicator: str | None = None
    unit: str | None = None
    line: int | None = None
    code: str = ""
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"


class IndicatorsError(ValueError):
    """Anything this room refuses; ``findings`` lists every place."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class DefinitionError(IndicatorsError):
    """The definition of an index breaks a rule."""


class DataError(IndicatorsError):
    """A table of data does not fit the definition."""


class StepError(IndicatorsError):
    """A step cannot be calculated with these figures."""


def refuse(kind: type[IndicatorsError], findings: Sequence[Finding]) -> None:
    """Raise one error that says every finding, or nothing when there is none."""
    if findings:
        raise kind("\n".join(str(finding) for finding in findings), findings)
