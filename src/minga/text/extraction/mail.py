"""E-mail: one message (.eml) or many (.mbox), with what is quoted and signed marked, and letters attached to them."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage, Message, MIMEPart
from email.utils import parseaddr, parsedate_to_datetime

from minga.text.extraction.charsets import decode
from minga.text.extraction.documents import Document, ExtractionError, Limits, Part
from minga.text.extraction.html import html_to_text
from minga.text.extraction.kinds import damaged
from minga.text.extraction.marks import paragraphs

MEDIA_TYPE = "message/rfc822"
_BEGIN = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S+[^\n]*\d[^\n]*\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
#: Attachments that carry no words: logos, signatures of programs, invitations.
_SILENT = (
    "image/",
    "audio/",
    "video/",
    "application/pgp-signature",
    "application/pkcs7",
    "text/calendar",
    "text/vcard",
)

#: Reads an attached file.
Reader = Callable[[bytes, str], Document]


def messages(data: bytes, name: str, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Yield the messages of a mailbox with their place.

    Raises
    ------
    ExtractionError
        There are too many.
    """
    starts = list(_BEGIN.finditer(data))
    if len(starts) > limits.files:
        raise ExtractionError(
            "many_files",
            f"The mailbox holds {len(starts)} messages; {limits.files} are the most. Send it in parts.",
            file=name,
            values={"count": len(starts), "most": limits.files},
        )
    for number, start in enumerate(starts, start=1):
        end = starts[number].start() if number < len(starts) else len(data)
        yield f"message {number}", _ESCAPED.sub(rb"\1", data[start.end() : end])


def read_mail(data: bytes, name: str, limits: Limits, read: Reader, place: str = "") -> Document:
    """Read a message: its own words, what it quotes, its signature, and the files attached to it.

    Raises
    ------
    ExtractionError
        It is damaged or holds no words.
    """
    try:
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        body = _body(message)
        sender_name, sender_address = parseaddr(_header(message, "from"))
        attached, left_out = _attached(message, name, limits, read)
    except ExtractionError:
        raise
    except Exception:  # headers and encodings of mail break in every way
        raise damaged(name, place) from None
    parts = (*paragraphs(body, is_mail=True), *attached)
    if sum(len(part.text) for part in parts) > limits.characters:
        raise ExtractionError(
            "characters",
            f"The text has more than {limits.characters:,} characters. Send it in parts.",
            file=name,
            place=place,
            values={"most": limits.characters},
        )
    if not parts:
        if left_out:
            raise left_out[0]
        raise ExtractionError(
            "no_words", "The file holds no words. Look into it, or leave it out.", file=name, place=place
        )
    return Document(
        "email",
        MEDIA_TYPE,
        parts,
        place=place,
        subject=_header(message, "subject"),
        sender_name=sender_name,
        sender_address=sender_address,
        sent_at=_sent(message),
        data=data if place else None,
        left_out=tuple(left_out),
    )


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _sent(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _body(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = _text(body)
    return html_to_text(text) if body.get_content_type() == "text/html" else text


def _text(part: MIMEPart) -> str:
    """Read what a message says in the character set that it names, or in the one in which it looks right."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    named = part.get_content_charset()
    if named and named not in {"us-ascii", "ascii"}:
        try:
            return raw.decode(named)
        except (LookupError, UnicodeDecodeError):
            pass
    found = decode(raw)
    return found[0] if found else raw.decode("utf-8", "replace")


def _attached(
    message: EmailMessage, name: str, limits: Limits, read: Reader
) -> tuple[list[Part], list[ExtractionError]]:
    parts: list[Part] = []
    left_out: list[ExtractionError] = []
    for number, one in enumerate(message.iter_attachments(), start=1):
        called = one.get_filename() or f"attachment {number}"
        if one.get_content_type().startswith(_SILENT):
            continue
        if number > limits.attachments:
            left_out.append(
                ExtractionError(
                    "attachments",
                    f"The message has more than {limits.attachments} attachments. Send the others by themselves.",
                    file=name,
                    values={"most": limits.attachments},
                )
            )
            break
        try:
            found = read(_bytes(one), called)
        except ExtractionError as wrong:
            left_out.append(wrong)
            continue
        parts += [
            Part(part.text, part.kind, f"{called}: {part.place}", " › ".join(filter(None, (called, part.attached))))
            for part in found.parts
        ]
        left_out += found.left_out
    return parts, left_out


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""
