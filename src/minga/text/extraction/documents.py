"""What comes out of a file: documents, their parts with their place, and the one error with its remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

#: Kinds of parts that are not the sender's own words of now.
QUOTE, SIGNATURE = "quote", "signature"
#: What begins the line that names an attached file; after it stand the words of that file.
_ATTACHED = "══ "
#: What stands around words that were crossed out, and before what was noted beside a text.
_STRUCK, _NOTE = "~~", "→ "
_BETWEEN = re.compile(r"(?<=[^~])~~([ \t]?)~~(?=[^~])")
_CROSSED_OUT = re.compile(r"(?<!~)~~[^~]+~~(?!~)")


@dataclass(frozen=True)
class Limits:
    """What a file may cost to read; a small file can be made to unpack to more than a machine has."""

    #: bytes of one file, packed
    bytes: int = 50 * 2**20
    #: bytes that an archive or an Office file may unpack to, and how many times its own size
    unpacked: int = 400 * 2**20
    ratio: int = 200
    #: files in an archive, messages in a mailbox, attachments of a message
    files: int = 5_000
    attachments: int = 50
    pages: int = 1_000
    characters: int = 1_000_000
    #: seconds that one PDF may take
    seconds: float = 60.0


LIMITS = Limits()


class ExtractionError(ValueError):
    """A file cannot be read as text; `code` lets a page say why in its own language.

    The message says which file, where in it, what was found, and what to do.
    """

    def __init__(
        self, code: str, message: str, *, file: str, place: str = "", values: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{file}{f', {place}' if place else ''}: {message}")
        self.message = message
        self.code = code
        self.file = file
        self.place = place
        self.values = dict(values or {})

    def within(self, file: str, place: str = "") -> ExtractionError:
        """Return the same error as one of a file that holds this one, as a mail holds what is attached to it."""
        where = joined_places(place, self.file, self.place)
        return ExtractionError(self.code, self.message, file=file, place=where, values=self.values)


@dataclass(frozen=True)
class Part:
    """A piece of a document: a paragraph, a heading, an item of a list, a row of a table, a quote, a signature."""

    text: str
    kind: str = "paragraph"
    #: where it stands, as a word and a number: "page 3", "paragraph 12", "row 4"
    place: str = ""
    #: the attached file that holds it; empty for the words of the document itself
    attached: str = ""


@dataclass(frozen=True)
class Document:
    """One text, with what the file says of who sent it and when."""

    #: "text", "word", "pdf", "email"
    kind: str
    media_type: str
    parts: tuple[Part, ...]
    #: where in the file, if the file holds several: "message 3"
    place: str = ""
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    sent_at: datetime | None = None
    #: the document alone, where its file holds several
    data: bytes | None = field(default=None, repr=False)
    #: what was left out, one error each
    left_out: tuple[ExtractionError, ...] = ()
    #: which attached files and pages nobody could read: "position.pdf", "page 2", "position.pdf › page 2"
    unread: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole text, a paragraph a part; items of a list and rows of a table follow each other closely.

        A line with a mark names each attached file before its words, and at the end what was not read.
        """
        pieces: list[str] = []
        before = within = ""
        for part in self.parts:
            if part.attached != within:
                pieces += ["\n\n", attached_mark(part.attached)]
                before, within = "", part.attached
            if pieces:
                pieces.append("\n" if part.kind == before and part.kind in {"item", "row"} else "\n\n")
            pieces.append(part.text)
            before = part.kind
        pieces += [f"\n\n{attached_mark(one)}" for one in self.unread]
        return "".join(pieces).lstrip("\n")


def attached_mark(name: str) -> str:
    """Return the line beneath which the words of an attached file stand."""
    return _ATTACHED + " ".join(name.split())


def begins_attached(line: str) -> bool:
    """Whether a line names an attached file: what stands beneath is no part of the message or of its signature."""
    return line.startswith(_ATTACHED)


def without_words(text: str) -> list[str]:
    """Return the names of attached files and pages beneath which nothing stands: they were not read.

    Parameters
    ----------
    text : of a document, or of the source that was made of it

    Returns
    -------
    list of str
    """
    found: list[str] = []
    is_open = False
    for line in text.split("\n"):
        if begins_attached(line):
            found.append(line.removeprefix(_ATTACHED).strip())
            is_open = True
        elif is_open and line.strip():
            found.pop()
            is_open = False
    return found


def joined_places(*steps: str) -> str:
    """Name a place in a file that lies in another one: "message 3 › position.pdf › page 2"."""
    return " › ".join(filter(None, steps))


def note(words: str, about: str = "") -> str:
    """Write what was noted beside a text, with the words at which it stands, where they are known."""
    quoted = " ".join(about.split())
    return f"“{quoted}” {_NOTE}{words}" if quoted else f"{_NOTE}{words}"


def struck(words: str) -> str:
    """Mark words as crossed out, without the blanks around them; what holds no words stays as it is."""
    words = words.replace(_STRUCK, "")
    plain = words.strip()
    return words.replace(plain, f"{_STRUCK}{plain}{_STRUCK}", 1) if plain else words


def joined_struck(text: str) -> str:
    """Put words together that were crossed out one piece after the other."""
    return _BETWEEN.sub(r"\1", text)


def has_struck(text: str) -> bool:
    """Whether words of a text are marked as crossed out."""
    return _CROSSED_OUT.search(text) is not None
