"""Mails as Outlook keeps them (.msg): brought into the form of all other mail, in which everything about it is read."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from itertools import islice
from typing import Any

from minga.text.extraction.charsets import decode
from minga.text.extraction.documents import ExtractionError, Limits
from minga.text.extraction.html import html_to_text
from minga.text.extraction.kinds import PICTURES

MEDIA_TYPE = "application/vnd.ms-outlook"
#: Numbers of what a mail holds, as Microsoft's [MS-OXPROPS] lists them.
_SUBJECT, _BODY, _PAGE, _RICH, _DATA, _PICTURE = "0037", "1000", "1013", "1009", "3701", "3712"
_NAMES_OF_SENDER, _ADDRESSES_OF_SENDER = ("0C1A", "0042"), ("5D01", "5D02", "0C1F", "0065")
_NAMES_OF_FILE = ("3707", "3704", "3001")
_SENT = (0x00390040, 0x0E060040)
#: Outlook counts tenths of microseconds from this day; the last one is in the year 9000.
_FIRST_DAY, _LAST = datetime(1601, 1, 1, tzinfo=UTC), 2_334_000_000_000_000_000
#: A mail in a mail in a mail is taken along no further.
_DEEPEST = 2
#: A mail with fifty attached files has fewer entries.
_STREAM, _MOST_ENTRIES = 2, 20_000


def from_outlook(data: bytes, name: str, limits: Limits) -> bytes:
    """Bring a mail of Outlook into the form of all other mail.

    Raises
    ------
    ExtractionError
        It is damaged, or holds its words in a way that Outlook alone can show.

    Source: Microsoft, [MS-OXMSG] Outlook Item (.msg) File Format.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as opened:
            _check_size(opened, len(data))
            return _message(_Folder(opened, ()), limits, 0).as_bytes()
    except Exception:  # a parser meets hostile bytes with errors of every kind
        raise unread(name) from None


def _check_size(opened: Any, packed: int) -> None:
    """Refuse what is no mail, and streams that were made to share their bytes, which would unpack without end."""
    entries = [entry for entry in opened.direntries if entry is not None]
    unpacked = sum(entry.size for entry in entries if entry.entry_type == _STREAM)
    if unpacked > packed or len(entries) > _MOST_ENTRIES or not opened.exists("__properties_version1.0"):
        raise ValueError


def unread(name: str) -> ExtractionError:
    """Make the error for a mail that Outlook alone can show."""
    return ExtractionError(
        "outlook",
        "This mail of Outlook (.msg) cannot be read. Open it in Outlook, save it with “File”, “Save As” as “Text Only "
        "(*.txt)”, and save what is attached to it beside it.",
        file=name,
    )


@dataclass(frozen=True)
class _Folder:
    """A mail, or a file attached to it, within a file of Outlook."""

    opened: Any
    path: tuple[str, ...]

    def stream(self, name: str) -> bytes | None:
        """Return what lies there under a name."""
        where = [*self.path, name]
        if self.opened.get_type(where) != _STREAM:
            return None
        with self.opened.openstream(where) as found:
            return bytes(found.read())

    def words(self, *numbers: str) -> str:
        """Return the first of several values that holds words, in Unicode or in an old code page."""
        for number in numbers:
            if found := self.stream(f"__substg1.0_{number}001F"):
                return found.decode("utf-16-le", "replace").strip("\0")
            if found := self.stream(f"__substg1.0_{number}001E"):
                read = decode(found.strip(b"\0"))
                return read[0] if read else ""
        return ""

    def inner(self, name: str) -> _Folder:
        """Return a folder within this one."""
        return _Folder(self.opened, (*self.path, name))

    def attached(self) -> Iterator[_Folder]:
        """Yield the attached files in order."""
        names = {
            entry[len(self.path)]
            for entry in self.opened.listdir(streams=True, storages=True)
            if tuple(entry[: len(self.path)]) == self.path and len(entry) > len(self.path)
        }
        yield from (self.inner(name) for name in sorted(names) if name.startswith("__attach_version1.0_"))


def _message(mail: _Folder, limits: Limits, depth: int) -> EmailMessage:
    message = EmailMessage()
    name, address = _line(mail.words(*_NAMES_OF_SENDER)), _address(mail)
    message["From"] = formataddr((name, address))
    message["Subject"] = _line(mail.words(_SUBJECT))
    if at := _sent(mail):
        message["Date"] = format_datetime(at)
    page = decode((mail.stream(f"__substg1.0_{_PAGE}0102") or b"").strip(b"\0"))
    body = mail.words(_BODY) or (html_to_text(page[0]) if page else "")
    if not body.strip() and mail.stream(f"__substg1.0_{_RICH}0102"):
        raise ValueError  # its words are packed as rich text alone
    message.set_content(body)
    for file in islice(mail.attached(), limits.attachments + 1):
        _attach(message, file, limits, depth)
    return message


def _attach(message: EmailMessage, file: _Folder, limits: Limits, depth: int) -> None:
    called = _line(file.words(*_NAMES_OF_FILE)) or "attachment"
    data = file.stream(f"__substg1.0_{_DATA}0102")
    inner = file.inner(f"__substg1.0_{_DATA}000D")
    if data is None and depth < _DEEPEST and file.opened.exists(list(inner.path)):
        data, called = _message(inner, limits, depth + 1).as_bytes(), f"{called}.eml"
    is_within = bool(file.words(_PICTURE)) and (data or b"").startswith(PICTURES)
    kind, how = ("image", "inline") if is_within else ("application", "attachment")
    message.add_attachment(data or b"", maintype=kind, subtype="octet-stream", filename=called, disposition=how)


def _address(mail: _Folder) -> str:
    """Return the first address that is one; within an office Outlook writes names of its own server instead."""
    found = (_line(mail.words(number)) for number in _ADDRESSES_OF_SENDER)
    return next((one for one in found if "@" in one and one.isascii() and " " not in one), "")


def _sent(mail: _Folder) -> datetime | None:
    """Return when a mail was sent, from the table of values that have one length."""
    table = mail.stream("__properties_version1.0") or b""
    begin = 32 if not mail.path else 24
    for tag, _flags, ticks in struct.iter_unpack("<IIQ", table[begin : begin + (len(table) - begin) // 16 * 16]):
        if tag in _SENT and ticks < _LAST:
            return _FIRST_DAY + timedelta(microseconds=ticks // 10)
    return None


def _line(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())
