"""What a file really is: pictures are decoded and written anew, PDF files looked through; no name is believed."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from PIL import Image, ImageFile, ImageOps

from minga.readiness.engine.errors import EvidenceError

#: More than any telephone's camera gives; a small file that claims more is there to fill the memory.
MAX_PIXELS = 60_000_000
#: Larger pictures are made smaller: enough to read a label on a machine.
MAX_SIDE = 3000
_PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
#: What a reader could be made to do, or what a reader does not show: none of it belongs in evidence.
_ACTIVE = re.compile(
    rb"/(?:(JavaScript|Launch|EmbeddedFiles?|FileAttachment|GoToE|RichMedia|Rendition|XFA|SubmitForm|ImportData|Encrypt)"
    # two letters alone would be met by chance in a packed picture
    rb"(?![A-Za-z])|(EF)\s*(?:<<|\d+\s+\d+\s+R))"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Every PDF file holds at least one object that stands open (ISO 32000-2, 7.3.10).
_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
_STREAM = re.compile(rb"stream\r?\n")
_MAX_OBJECTS = 32 * 1024 * 1024


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: its kind, found by looking, and the bytes to keep."""

    content_type: str
    data: bytes


def examine(data: bytes) -> Examined:
    """Return what may be kept of a file.

    Raises
    ------
    EvidenceError
        It is empty, no picture or PDF, damaged, too large when unpacked, or holds what could act.
    """
    if not data:
        raise EvidenceError("empty", "The file is empty. Choose a photo (JPEG, PNG, WebP) or a PDF file.")
    if data.startswith(b"%PDF-"):
        _look_through(data)
        return Examined("application/pdf", data)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _drawn_anew(data)
    raise EvidenceError(
        "kind", "The content of the file is neither JPEG, PNG, WebP nor PDF, whatever its name says. Send one of these."
    )


def _drawn_anew(data: bytes) -> Examined:
    """Decode a picture and write its pixels into a new file: place, time, device and hidden parts stay behind."""
    # WeasyPrint, once loaded, lets every picture of the process end in the middle; evidence must be whole
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(data), formats=list(_PICTURES)) as seen:
            kind = str(seen.format)
            if seen.width * seen.height > MAX_PIXELS:
                raise _too_many_pixels()
            if getattr(seen, "n_frames", 1) > 1:
                raise EvidenceError("moving", "The picture moves. Send one still picture.")
            picture = ImageOps.exif_transpose(seen)
            picture.load()
    except EvidenceError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # decoders meet hostile bytes with errors of every kind
        raise EvidenceError(
            "damaged", "The picture cannot be read: it is damaged or incomplete. Take it again, or save it anew."
        ) from None
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info = {}
    if kind == "PNG":
        return Examined(_PICTURES[kind], _written(picture, kind, optimize=True))
    # never larger than what was sent: who made it small to save the line should not find it grown
    for quality in (88, 78, 66, 54, 42):
        kept = _written(picture, kind, quality=quality)
        if len(kept) <= len(data):
            break
    return Examined(_PICTURES[kind], kept)


def _written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    mode = "RGBA" if kind != "JPEG" and picture.has_transparency_data else "RGB"
    written = io.BytesIO()
    picture.convert(mode).save(written, kind, **options)
    return written.getvalue()


def _too_many_pixels() -> EvidenceError:
    return EvidenceError(
        "pixels",
        f"The picture has more than {MAX_PIXELS // 1_000_000} million points. Make it smaller, then send it again.",
    )


def _look_through(data: bytes) -> None:
    """Refuse a PDF file that could act, hides files, or cannot be looked into."""
    if b"%%EOF" not in data[-2048:] or not _OBJECT.search(data):
        raise EvidenceError("damaged", "The PDF file ends in the middle. Save it again, then send it.")
    for part in (data, *_objects(data)):
        found = _ACTIVE.search(_plain_names(part))
        if found:
            raise EvidenceError(
                "active",
                f"The PDF file holds {(found[1] or found[2]).decode()}, so it could act by itself, hides other "
                "files or is locked. Print it to a new PDF file, or photograph the page.",
            )


def _objects(data: bytes) -> Iterator[bytes]:
    """Yield the compressed parts in which a PDF file may keep objects; pictures and pages hold none.

    Each byte is looked at once: a part ends where the next one begins, so a file that repeats itself costs no more
    than its size.
    """
    before, left = 0, _MAX_OBJECTS
    begin: re.Match[bytes] | None
    for begin, following in pairwise(chain(_STREAM.finditer(data), (None,))):
        assert begin is not None  # only the last one is
        head = _plain_names(data[before : begin.start()])
        before = begin.end()
        _refuse_unread(head[: max(head.rfind(b"obj"), 0)])
        if b"/ObjStm" not in head and not (b"/First" in head and b"/N" in head):
            continue
        unpack = zlib.decompressobj()
        try:
            # never more in all than the memory bears, however often a file repeats itself
            inside = unpack.decompress(data[begin.end() : following.start() if following else len(data)], max(left, 1))
        except zlib.error:
            inside = b""
        left -= len(inside)
        if not inside or not unpack.eof or b"/DecodeParms" in head[head.rfind(b"obj") :]:
            raise _packed()
        yield inside
    _refuse_unread(_plain_names(data[before:]))


def _plain_names(part: bytes) -> bytes:
    """Write letters that stand there by their numbers as letters."""
    return _ESCAPED.sub(lambda one: bytes([int(one.group(1), 16)]), part)


def _refuse_unread(passed: bytes) -> None:
    """Refuse a part with objects whose beginning was not found, because it is written as no program writes it."""
    if b"/ObjStm" in passed:
        raise _packed()


def _packed() -> EvidenceError:
    return EvidenceError(
        "packed",
        "A part of the PDF file is packed so that it cannot be looked into. Print it to a new PDF file, or "
        "photograph the page.",
    )
