"""From files that people send to text: plain text, Word, LibreOffice, rich text, PDF with text, e-mail and archives.

What a file is, its content says, not its name. Nothing in a file is run, opened from elsewhere or written to the disk,
and what is made to unpack without end is refused before it is opened. Spreadsheets are read by `minga.tables`.
Pure: no Django, no database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from minga.text.extraction.archives import unpack
from minga.text.extraction.charsets import decode
from minga.text.extraction.documents import (
    LIMITS,
    QUOTE,
    SIGNATURE,
    Document,
    ExtractionError,
    Limits,
    Part,
    attached_mark,
    begins_attached,
    has_struck,
    without_words,
)
from minga.text.extraction.earlier import author_of, earlier_mail
from minga.text.extraction.html import html_to_text
from minga.text.extraction.kinds import kind_of
from minga.text.extraction.letters import (
    begins_signature,
    is_afterword,
    is_closing,
    is_greeting,
    is_said,
    is_short,
    is_thanks,
)
from minga.text.extraction.mail import Reader, digests_of_attached, messages, read_mail
from minga.text.extraction.marks import is_item, is_quoted, paragraphs, without_mark
from minga.text.extraction.opendocument import read_ods, read_odt
from minga.text.extraction.outlook import MEDIA_TYPE as OUTLOOK
from minga.text.extraction.outlook import from_outlook
from minga.text.extraction.pdf import read_pdf
from minga.text.extraction.rich import read_rtf
from minga.text.extraction.word import read_word, too_long

__all__ = [
    "LIMITS",
    "QUOTE",
    "SIGNATURE",
    "Document",
    "ExtractionError",
    "Limits",
    "Part",
    "attached_mark",
    "begins_attached",
    "begins_signature",
    "decode",
    "digests_of_attached",
    "earlier_mail",
    "extract",
    "has_struck",
    "is_afterword",
    "is_closing",
    "is_greeting",
    "is_item",
    "is_quoted",
    "is_said",
    "is_short",
    "is_thanks",
    "kind_of",
    "paragraphs",
    "read_ods",
    "unpack",
    "without_mark",
    "without_words",
]

#: A message in a message in a message is read no further.
_DEEPEST = 2


def extract(data: bytes, name: str, limits: Limits = LIMITS) -> Iterator[Document | ExtractionError]:
    """Read a file: one document, or several where it is a mailbox.

    Parameters
    ----------
    data : bytes of the file
    name : what it is called, for errors; and to tell a table from plain text
    limits : what it may cost to read

    Returns
    -------
    documents in order
        For a message of a mailbox that cannot be read, the error instead.

    Raises
    ------
    ExtractionError
        The file as a whole cannot be read, or is a table or an archive, which are read elsewhere.
    """
    kind = kind_of(data, name, limits)
    if kind == "mailbox":
        for place, message in messages(data, name, limits):
            try:
                yield read_mail(message, name, limits, _reader(limits, 1), place)
            except ExtractionError as wrong:
                yield wrong
    else:
        yield _one(data, name, kind, limits, 0)


def _one(data: bytes, name: str, kind: str, limits: Limits, depth: int) -> Document:
    if kind == "pdf":
        return read_pdf(data, name, limits)
    if kind == "word":
        return read_word(data, name, limits)
    if kind == "odt":
        return read_odt(data, name, limits)
    if kind == "rtf":
        return read_rtf(data, name, limits)
    if kind == "email" and depth < _DEEPEST:
        return read_mail(data, name, limits, _reader(limits, depth + 1))
    if kind == "outlook" and depth < _DEEPEST:
        mail = read_mail(from_outlook(data, name, limits), name, limits, _reader(limits, depth + 1))
        return replace(mail, media_type=OUTLOOK)
    if kind in {"text", "html"}:
        return _plain(data, name, kind, limits)
    raise ExtractionError(
        "nested", "A table, an archive or a mailbox inside another file is not read. Send it by itself.", file=name
    )


def _reader(limits: Limits, depth: int) -> Reader:
    def read(data: bytes, name: str) -> Document:
        return _one(data, name, kind_of(data, name, limits), limits, depth)

    return read


def _plain(data: bytes, name: str, kind: str, limits: Limits) -> Document:
    found = decode(data)
    assert found is not None, "kind_of has read it"
    text = html_to_text(found[0]) if kind == "html" else found[0]
    if len(text) > limits.characters:
        raise too_long(name, limits)
    name_of_author, address = author_of(earlier_mail(text.split("\n"))[2])
    is_mail = bool(name_of_author or address)  # that somebody saved as text
    parts = tuple(paragraphs(text, is_mail=is_mail))
    if not parts:
        raise ExtractionError("no_words", "The file holds no words. Look into it, or leave it out.", file=name)
    media_type = "text/html" if kind == "html" else "text/plain"
    return Document(
        "email" if is_mail else "text", media_type, parts, sender_name=name_of_author, sender_address=address
    )
