"""What a file really is: told by its content. The name only says whether plain text is meant as a table."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from minga.text.extraction.charsets import decode
from minga.text.extraction.documents import ExtractionError, Limits

_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]?")
_MAIL_HEADERS = frozenset(
    b"from to cc subject date received message-id return-path mime-version delivered-to reply-to content-type "
    b"dkim-signature x-mailer in-reply-to references".split()
)
#: Bytes with which pictures begin.
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A name that each part of a mail of Outlook has.
_OUTLOOK = "__substg1.0_".encode("utf-16-le")
_TABLES = {".csv", ".tsv"}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.text-template": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.spreadsheet-template": "ods",
}


def kind_of(data: bytes, name: str, limits: Limits) -> str:
    """Say what a file is.

    One of "pdf", "word", "odt", "rtf", "workbook", "ods", "archive", "mailbox", "email", "outlook", "html", "csv" and
    "text".

    Raises
    ------
    ExtractionError
        It is empty, too large, holds macros, is protected, or is nothing that can be read.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise ExtractionError("empty", "The file is empty. Send it again, or leave it out.", file=name)
    if len(data) > limits.bytes:
        most = limits.bytes // 2**20
        raise ExtractionError(
            "bytes", f"The file is larger than {most} MB. Send it in parts.", file=name, values={"most": most}
        )
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(data, name)
    if is_outlook(data):
        return "outlook"
    _refuse(data, name)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if _is_mailbox(data):
        return "mailbox"
    if _is_mail(data):
        return "email"
    if decode(data) is None:
        raise _unknown(name)
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", data[:400], re.IGNORECASE):
        return "html"
    return "csv" if PurePath(name).suffix.lower() in _TABLES else "text"


def is_outlook(data: bytes) -> bool:
    """Whether a file is a mail as Outlook keeps it."""
    return data.startswith(_OLD_OFFICE) and _OUTLOOK in data


def _unknown(name: str) -> ExtractionError:
    return ExtractionError(
        "kind",
        "The content is nothing that can be read, whatever the name says. Save it as .docx, .pdf, .txt, .eml, .xlsx or "
        ".csv.",
        file=name,
    )


def _refuse(data: bytes, name: str) -> None:
    if data.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise protected(name)
        raise ExtractionError(
            "old_office", "The file is in an old format of Office (.doc or .xls). Save it as .docx or .xlsx.", file=name
        )
    if data.startswith(PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:8] == b"ftyp":
        raise ExtractionError(
            "picture",
            "The file is a picture or a recording, and holds no text. Type what it says, or scan it with text "
            "recognition (OCR).",
            file=name,
        )


def protected(name: str) -> ExtractionError:
    """Make the error for a file that asks for a password."""
    return ExtractionError(
        "protected", "The file is protected by a password. Save it without one, then send it again.", file=name
    )


def damaged(name: str, place: str = "") -> ExtractionError:
    """Make the error for a file that its own program could not read either."""
    return ExtractionError(
        "damaged",
        "The file is damaged or incomplete. Open it in its program and save it again.",
        file=name,
        place=place,
    )


def _packed(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            types = _beginning(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
            office = _beginning(archive, "mimetype").strip() if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
        raise damaged(name) from None
    if b"macroEnabled" in types or any(one.rpartition("/")[2].lower() == "vbaproject.bin" for one in names):
        raise ExtractionError(
            "macros", "The file holds macros, which are programs. Save it as .docx or .xlsx without them.", file=name
        )
    if types and "word/document.xml" in names:
        return "word"
    if types and "xl/workbook.xml" in names:
        return "workbook"
    if office in _OPEN:
        return _OPEN[office]
    if (types and any(one.startswith("ppt/") for one in names)) or "mimetype" in names:
        raise ExtractionError(
            "format",
            "The file is a presentation or in a format of another office program. Save it as .docx, .xlsx or .pdf.",
            file=name,
        )
    return "archive"


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(2**20)


def _is_mailbox(data: bytes) -> bool:
    first, _end, rest = data[:4000].partition(b"\n")
    return bool(re.match(rb"From \S+.*\d", first)) and _is_mail(rest)


def _is_mail(data: bytes) -> bool:
    """Whether a file begins with lines that only mail has: two headers or more, one of them naming a sender."""
    found: set[bytes] = set()
    for line in data.lstrip(b"\xef\xbb\xbf\r\n")[:20_000].split(b"\n"):
        if line[:1] in b" \t" and line.strip() and found:
            continue
        named = _HEADER.match(line)
        if named is None:
            break
        found.add(named.group(1).lower())
    return len(found & _MAIL_HEADERS) >= 2 and bool(found & {b"from", b"received", b"return-path", b"message-id"})
