"""What is written to files: a version of a draft with what stands behind each clause, and the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from minga.text.blocks import clean

#: Languages that are written from right to left.
RIGHT_TO_LEFT = ("ar",)
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Note:
    """What stands behind a clause: a "voice", "theme", "statement", "answer" or "evidence"; or follows: a "commitment".

    Parameters
    ----------
    kind, code : what it is, and its permanent name
    text : its words
    link : where it is found for good
    language : of all of its words, if it is known
    parts : the words cut where the language changes, each with its language or ""; they are joined by " · "
    """

    kind: str
    code: str
    text: str
    link: str = ""
    language: str = ""
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The words, each part with its language; "" where nobody knows it."""
        return self.parts or (((self.text, self.language),) if self.text else ())


@dataclass(frozen=True)
class ClauseText:
    """A clause as it stands in the version: its permanent name ("C12"), its place ("2.1"), and its words."""

    code: str
    place: str
    heading: str
    text: str
    depth: int = 0
    parent: str | None = None
    link: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def anchor(self) -> str:
        """The permanent name as it can stand in an address: without the draft, and without spaces."""
        return _UNSAFE.sub("-", self.code.rpartition("/")[2])

    @property
    def number(self) -> str:
        """The permanent number without its letter."""
        return self.anchor.removeprefix("C")

    @property
    def title(self) -> str:
        """What contents call it: its heading, without one its first words, without words its permanent name."""
        return self.heading.strip() or first_words(self.text) or self.code


@dataclass(frozen=True)
class VersionLine:
    """When a version was published, if that is known, and what was new in it."""

    number: int
    on: date | None
    note: str = ""


@dataclass(frozen=True)
class DraftText:
    """A version of a draft.

    Parameters
    ----------
    title, name : what it is called, and the word in its address
    kind : "strategy", "guideline", "recommendation", "standard" or "empty"
    language : of the text; the direction of writing follows from it
    version, versions : the one that is written, and all published ones up to it
    clauses : in reading order, each before those under it
    consultation, publisher : what it comes of, and who publishes it
    country : two letters, empty for a text of the whole alliance
    address : where this version is found for good
    adopted_on, decision : when and by what it was adopted, if it was
    """

    title: str
    name: str
    kind: str
    language: str
    version: int
    clauses: tuple[ClauseText, ...]
    versions: tuple[VersionLine, ...] = ()
    consultation: str = ""
    publisher: str = ""
    country: str = ""
    address: str = ""
    adopted_on: date | None = None
    decision: str = ""
    is_sample: bool = False

    @property
    def direction(self) -> str:
        """How the language is written: "ltr" or "rtl"."""
        return direction(self.language)

    @property
    def published_on(self) -> date | None:
        """When this version was published; None where nobody said."""
        return next((each.on for each in self.versions if each.number == self.version), None)


@dataclass(frozen=True)
class Labels:
    """The words around a draft; English unless a page gives others. `{...}` is filled in, days as `day` writes them."""

    contents: str = "Contents"
    version: str = "Version {number}, published on {day}"
    undated: str = "Version {number}"
    adopted: str = "Adopted on {day}."
    adopted_by: str = "Adopted on {day}: {decision}"
    not_adopted: str = "This is a draft. It is not adopted."
    sample: str = "Sample: this text is invented."
    comes_of: str = "It comes of the consultation “{title}”."
    found_at: str = "This version is found at {address}"
    behind: str = "What stands behind this clause"
    nothing_behind: str = "No voice and no evidence is linked to this clause."
    versions: str = "Versions"
    voice: str = "Voice {code}"
    hidden_voice: str = "not shown in public"
    taken_back: str = "taken back by its sender"
    theme: str = "Theme {code}"
    statement: str = "Statement {code}"
    answer: str = "Answer"
    evidence: str = "Evidence"
    commitment: str = "Commitment {code}"
    day: Callable[[date], str] = date.isoformat
    answers: dict[str, str] = field(
        default_factory=lambda: {
            "accepted": "accepted",
            "accepted_in_part": "accepted in part",
            "rejected": "rejected",
            "out_of_scope": "out of scope",
            "already_covered": "already covered",
            "duplicate_of": "said by another voice too",
        }
    )

    def named(self, note: Note) -> str:
        """Say what a note is."""
        # a statement is known by its number; the word of its conversation in the address says nothing to readers
        code = note.code.rpartition("/")[2] if note.kind == "statement" else note.code
        return str(getattr(self, note.kind)).format(code=code).strip()

    def of_version(self, number: int, on: date | None) -> str:
        """Name a version, with the day on which it was published where that is known."""
        return (
            self.undated.format(number=number) if on is None else self.version.format(number=number, day=self.day(on))
        )

    def dated(self, written: str | None) -> str:
        """Write a day of a table as this language does; what is no day stays as it stands there."""
        try:
            return self.day(date.fromisoformat(written or ""))
        except ValueError:
            return written or ""


def first_words(text: str, most: int = 60) -> str:
    """Return the beginning of a text as a heading: of its first line, cut at a word."""
    line = " ".join(clean(text).strip().partition("\n")[0].split()).removeprefix("- ")
    if len(line) <= most:
        return line
    whole = line[:most].rpartition(" ")[0] if not line[most : most + 1].isspace() else line[:most]
    # what is written without spaces is cut where it is too long
    return f"{(whole if len(whole) > most // 2 else line[:most]).rstrip(' ,;:')}…"


def direction(language: str) -> str:
    """Return how a language is written: "ltr" or "rtl"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def facts(draft: DraftText, labels: Labels) -> list[str]:
    """Return the sentences that stand under the title: what the text is, and where it comes from."""
    said = [labels.of_version(draft.version, draft.published_on)]
    if draft.adopted_on is None:
        said.append(labels.not_adopted)
    else:
        words = labels.adopted_by if draft.decision else labels.adopted
        said.append(words.format(day=labels.day(draft.adopted_on), decision=draft.decision))
    if draft.consultation:
        said.append(labels.comes_of.format(title=draft.consultation))
    if draft.publisher:
        said.append(draft.publisher)
    if draft.address:
        said.append(labels.found_at.format(address=draft.address))
    if draft.is_sample:
        said.insert(0, labels.sample)
    return [clean(each) for each in said]


def version_lines(draft: DraftText, labels: Labels) -> list[str]:
    """Return a line for each version: when it was published, where that is known, and what was new."""
    lines = []
    for each in draft.versions:
        said = labels.of_version(each.number, each.on)
        lines.append(clean(f"{said}: {' '.join(each.note.split())}" if each.note.strip() else said))
    return lines
