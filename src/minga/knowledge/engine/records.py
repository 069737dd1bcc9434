"""What a record is: its fields, the codes it may use, and the shape of a record in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

TYPES = (
    "regulation", "scheme", "centre", "course", "case", "standard", "solution", "finance", "report", "event", "expert",
)  # fmt: skip
# The seven factors of readiness in the alliance's founding text; the readiness room gives them their names.
FACTORS = ("integration", "data_quality", "safety", "inclusiveness", "skills", "culture", "policies")
AUDIENCES = ("sme", "start-up", "worker", "women-led", "youth", "government", "researcher")
COST_BANDS = ("c0", "c1", "c2", "c3")
CONFIDENCES = ("high", "medium")
TOP_LEVEL = 5
SOURCE_LANGUAGE = "en"

Words = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=300)]
Language = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z]{2,3}$")]
Level = Annotated[int, Field(strict=True, ge=0, le=TOP_LEVEL)]


@dataclass(frozen=True, slots=True)
class Text:
    """What a record says in one language; `reviewed` is false for a translation nobody has read yet."""

    title: str
    summary: str
    steps: tuple[str, ...]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class RecordContent:
    """One record as its files give it, translations merged."""

    id: str
    type: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    factors: tuple[str, ...]
    level_from: int
    level_to: int
    audience: tuple[str, ...]
    cost_band: str
    languages: tuple[str, ...]
    publisher: str
    source: str
    seen: str
    confidence: str
    checked_on: date | None
    is_sample: bool
    texts: dict[str, Text] = field(hash=False)


class BaseRecord(BaseModel):
    """A record as a base file writes it."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    type: Literal[TYPES]  # type: ignore[valid-type]
    countries: list[Words]
    sectors: list[Words]
    factors: Annotated[list[Literal[FACTORS]], Field(min_length=1)]  # type: ignore[valid-type]
    helps_levels: tuple[Level, Level]
    audience: list[Literal[AUDIENCES]]  # type: ignore[valid-type]
    cost_band: Literal[COST_BANDS]  # type: ignore[valid-type]
    languages: Annotated[list[Language], Field(min_length=1)]
    title: dict[Language, Line]
    summary: dict[Language, Words]
    steps: list[Words] = []
    publisher: Line
    source: Annotated[str, StringConstraints(strict=True, pattern=r"^https?://[^\s]+$", max_length=500)]
    seen: Words
    confidence: Literal[CONFIDENCES]  # type: ignore[valid-type]
    checked_on: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> BaseRecord:
        if self.helps_levels[0] >= self.helps_levels[1]:
            raise ValueError("helps_levels: the first level must be below the second. Write it as [from, to].")
        if self.title.keys() != self.summary.keys():
            odd = ", ".join(sorted(self.title.keys() ^ self.summary.keys()))
            raise ValueError(f"title: title and summary must be in the same languages; {odd} has only one of them.")
        if SOURCE_LANGUAGE not in self.title:
            raise ValueError("title: the English title and summary are missing. Add them; the others translate them.")
        return self


class SampleRecord(BaseRecord):
    """An invented record of the sample alliance: it has no source and says so."""

    source: Literal[""] = ""
    seen: Literal[""] = ""
    confidence: Literal[""] = ""


class Translation(BaseModel):
    """What a translation file may add to a record."""

    model_config = ConfigDict(extra="forbid")

    title: Line | None = None
    summary: Words | None = None
    steps: list[Words] = []


class Sidecar(BaseModel):
    """A translation file."""

    model_config = ConfigDict(extra="forbid")

    language: Language
    reviewed: Annotated[bool, Field(strict=True)]
    records: dict[str, Any]


def as_json(record: RecordContent) -> dict[str, Any]:
    """Return a record as plain JSON values in a fixed order of keys, as its content hash and API show it."""
    plain = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in ((name, getattr(record, name)) for name in RecordContent.__slots__)
    }
    plain["checked_on"] = record.checked_on.isoformat() if record.checked_on else None
    plain["texts"] = {
        language: {"title": text.title, "summary": text.summary, "steps": list(text.steps), "reviewed": text.reviewed}
        for language, text in sorted(record.texts.items())
    }
    return plain
