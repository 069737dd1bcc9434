"""What comes out of a file: documents, their parts with their place, and the one error with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

#: Kinds of parts that are not the sender's own words of now.
QUOTE, SIGNATURE = "quote", "signature"
#: What begins the line that names an attached file; after it stand the words of that file.
_ATTACHED = "══ "


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
        self.code = code
        self.file = file
        self.place = place
        self.values = dict(values or {})


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

    @property
    def text(self) -> str:
        """The whole text, a paragraph a part; items of a list and rows of a table follow each other closely.

        A line with a mark names each attached file before its words.
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
        return "".join(pieces).lstrip("\n")


def attached_mark(name: str) -> str:
    """Return the line beneath which the words of an attached file stand."""
    return _ATTACHED + " ".join(name.split())


def begins_attached(line: str) -> bool:
    """Whether a line names an attached file: what stands beneath is no part of the message or of its signature."""
    return line.startswith(_ATTACHED)
