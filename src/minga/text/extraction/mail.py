"""E-mail: one message (.eml) or many (.mbox), with what is quoted and signed marked, and letters attached to them."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage, Message, MIMEPart
from email.utils import parsedate_to_datetime

from minga.text.extraction.charsets import decode
from minga.text.extraction.documents import LIMITS, Document, ExtractionError, Limits, Part, joined_places
from minga.text.extraction.earlier import author_of, earlier_mail
from minga.text.extraction.html import html_to_text
from minga.text.extraction.kinds import damaged, is_outlook
from minga.text.extraction.marks import paragraphs
from minga.text.extraction.outlook import from_outlook

MEDIA_TYPE = "message/rfc822"
_BEGIN = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S+[^\n]*\d[^\n]*\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
#: Attachments that carry no words: signatures of programs, invitations, cards.
_SILENT = ("application/pgp-signature", "application/pkcs7", "text/calendar", "text/vcard")
#: Pictures of a signature, a logo, are small and stand within the message; a photograph of a letter is neither.
_MEDIA, _LOGO = ("image/", "audio/", "video/"), 60_000

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
        attached = _attached(message, name, place, limits, read)
    except Exception:  # bodies of mail break in every way
        raise damaged(name, place) from None
    parts = (*paragraphs(body, is_mail=True), *attached.parts)
    if sum(len(part.text) for part in parts) > limits.characters:
        raise ExtractionError(
            "characters",
            f"The text has more than {limits.characters:,} characters. Send it in parts.",
            file=name,
            place=place,
            values={"most": limits.characters},
        )
    if not parts:
        if attached.left_out:
            raise attached.left_out[0]
        raise ExtractionError(
            "no_words", "The file holds no words. Look into it, or leave it out.", file=name, place=place
        )
    sender_name, sender_address = _forwarded_by(body) or author_of(_header(message, "from"))
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
        left_out=tuple(attached.left_out),
        unread=tuple(attached.unread),
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return a header in one line; of one that is broken what stands there, since the words beneath it are whole."""
    try:
        found = str(message.get(name, ""))
    except Exception:  # headers of mail break in every way, and each by itself
        found = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return " ".join(found.split())


def _forwarded_by(body: str) -> tuple[str, str] | None:
    """Return who wrote the mail that a message does nothing but forward, as far as the message tells."""
    written = author_of(earlier_mail(body.split("\n"))[2])
    return written if any(written) else None


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


@dataclass
class _Attached:
    """What lies in the files attached to a message, and which of them nobody could read."""

    parts: list[Part] = field(default_factory=list)
    left_out: list[ExtractionError] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def _attached(message: EmailMessage, name: str, place: str, limits: Limits, read: Reader) -> _Attached:
    all_of_it = _Attached()
    for number, one in enumerate(message.iter_attachments(), start=1):
        called = " ".join((_file_name(one) or f"attachment {number}").split())
        if one.get_content_type().startswith(_SILENT):
            continue
        if number > limits.attachments:
            all_of_it.unread.append(f"{called} …")
            all_of_it.left_out.append(
                ExtractionError(
                    "attachments",
                    f"The message has more than {limits.attachments} attachments. Send the others by themselves.",
                    file=name,
                    place=place,
                    values={"most": limits.attachments},
                )
            )
            break
        data = _bytes(one)
        if not _is_logo(one, data):
            _read_attached(all_of_it, data, called, read, lambda wrong: wrong.within(name, place))
    return all_of_it


def _read_attached(
    all_of_it: _Attached, data: bytes, called: str, read: Reader, placed: Callable[[ExtractionError], ExtractionError]
) -> None:
    try:
        found = read(data, called)
    except ExtractionError as wrong:
        all_of_it.left_out.append(placed(wrong))
        all_of_it.unread.append(called)
        return
    all_of_it.parts += [
        Part(part.text, part.kind, f"{called}: {part.place}", joined_places(called, part.attached))
        for part in found.parts
    ]
    all_of_it.left_out += [placed(one) for one in found.left_out]
    all_of_it.unread += [joined_places(called, one) for one in found.unread]


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # headers of mail break in every way
        return ""


def _is_logo(part: EmailMessage, data: bytes) -> bool:
    """Whether a picture belongs to how a message looks, and is nothing that somebody attached to be read."""
    is_attached = part.get_content_disposition() == "attachment"
    return part.get_content_type().startswith(_MEDIA) and not is_attached and len(data) < _LOGO


def digests_of_attached(data: bytes) -> frozenset[str]:
    """Return the SHA-256 of each file attached to a message, by which the same file is known again.

    Parameters
    ----------
    data : bytes of the message

    Returns
    -------
    frozenset of str
        Empty where it cannot be told.
    """
    try:
        data = from_outlook(data, "", LIMITS) if is_outlook(data) else data
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), policy=email.policy.default)
        files = (one for one in message.walk() if isinstance(one, EmailMessage) and _file_name(one))
        return frozenset(hashlib.sha256(_bytes(one)).hexdigest() for one in files)
    except Exception:  # bodies of mail break in every way
        return frozenset()


def _bytes(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return first.as_bytes() if isinstance(first, Message) else b""
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""
