"""What a file really is: pictures lose what they carry unseen, and PDF files that could act are refused."""

from __future__ import annotations

import io
import struct
import time
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from minga.readiness.engine.errors import EvidenceError
from minga.readiness.inspection import MAX_SIDE, examine

SECRET = b"15.1N 23.5W Praia"


def picture(kind: str = "JPEG", size=(64, 48), mode: str = "RGB", **options) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "teal").save(written, kind, **options)
    return written.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # a description, as cameras write it
    exif[0x0112] = 6  # turned by a quarter
    return picture(exif=exif, comment=SECRET)


def pdf(inside: bytes = b"", *, end: bytes = b"%%EOF\n") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + inside + b" >>\nendobj\n" + end


def packed(objects: bytes, head: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    return pdf() + b"2 0 obj << " + head + b" >> stream\n" + zlib.compress(objects) + b"\nendstream endobj\n%%EOF"


def refused(data: bytes) -> str:
    with pytest.raises(EvidenceError) as said:
        examine(data)
    return said.value.code


@pytest.mark.parametrize(("kind", "type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_pictures_keep_their_kind_and_size(kind, type):
    found = examine(picture(kind))
    with Image.open(io.BytesIO(found.data)) as shown:
        assert (found.content_type, shown.format, shown.size) == (type, kind, (64, 48))


def test_place_device_and_comment_stay_behind_and_the_picture_stands_upright():
    sent = with_place()
    assert SECRET in sent
    found = examine(sent)
    with Image.open(io.BytesIO(found.data)) as shown:
        assert shown.size == (48, 64)
        assert not shown.getexif()
    assert SECRET not in found.data


def test_words_in_a_png_stay_behind():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", SECRET.decode())
    sent = picture("PNG", pnginfo=words)
    assert SECRET in sent
    assert SECRET not in examine(sent).data


def test_what_hangs_behind_a_picture_stays_behind():
    assert b"<script>" not in examine(picture() + b"<script>alert(1)</script>").data


def test_transparent_pictures_stay_transparent():
    with Image.open(io.BytesIO(examine(picture("PNG", mode="RGBA")).data)) as shown:
        assert shown.mode == "RGBA"


def test_large_pictures_are_made_smaller():
    with Image.open(io.BytesIO(examine(picture(size=(4000, 1000))).data)) as shown:
        assert shown.size == (MAX_SIDE, 750)


def test_a_picture_made_small_before_does_not_grow():
    sent = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(sent, "JPEG", quality=60)
    assert len(examine(sent.getvalue()).data) <= len(sent.getvalue())


def bomb() -> bytes:
    """A PNG of some hundred bytes that claims 50,000 by 50,000 points."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    drawn = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + drawn + chunk(b"IEND", b"")


def test_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked():
    assert refused(bomb()) == "pixels"


def test_moving_and_damaged_pictures_are_refused():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:])
    assert refused(written.getvalue()) == "moving"
    assert refused(picture(size=(600, 600))[:900]) == "damaged"
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as WeasyPrint leaves it behind
    assert refused(picture(size=(600, 600))[:900]) == "damaged"


@pytest.mark.parametrize(
    "sent",
    [b"GIF89a" + bytes(50), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ" + bytes(50), b"PK\x03\x04", b" %PDF-1"],
)
def test_other_kinds_are_refused_whatever_they_are_called(sent):
    assert refused(sent) == "kind"
    assert refused(b"") == "empty"


def test_plain_pdf_is_kept_as_it_is():
    plain = pdf(b"/OpenAction [1 0 R /Fit]")
    found = examine(plain)
    assert (found.content_type, found.data) == ("application/pdf", plain)
    assert examine(packed(b"1 0 << /Type /Page >>")).content_type == "application/pdf"


@pytest.mark.parametrize(
    "active",
    [
        b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        b"/AA << /O << /S /Launch /F (cmd.exe) >> >>",
        b"/Names << /EmbeddedFiles 5 0 R >>",
        b"/AcroForm << /XFA 6 0 R >>",
        b"/S /J#61vaScript",
        b"/Encrypt 7 0 R",
        b"/Subtype /FileAttachment /FS 8 0 R",
        b"/FS << /Type /Filespec /EF << /F 9 0 R >> >>",
        b"/FS << /Type /Filespec /EF 9 0 R >>",
    ],
)
def test_pdf_that_could_act_or_hides_something_is_refused(active):
    assert refused(pdf(active)) == "active"
    assert refused(packed(b"1 0 << " + active + b" >>")) == "active"


def test_pdf_that_cannot_be_looked_into_is_refused():
    assert refused(packed(b"1 0 <<>>", b"/Type /ObjStm /N 1 /First 4 /DecodeParms << /Predictor 12 >>")) == "packed"
    assert refused(packed(b"1 0 <<>>").replace(zlib.compress(b"1 0 <<>>"), b"not packed")) == "packed"
    assert refused(pdf(end=b"")) == "damaged"


@pytest.mark.parametrize(("begin", "end"), [(b"stream\r", b"endstream\r"), (b"stream", b"endstream ")])
def test_part_whose_beginning_only_lenient_readers_find_is_refused(begin, end):
    """The next part is harmless, and must not be looked at in the place of the one that acts."""
    acts, harmless = zlib.compress(b"1 0 << /S /JavaScript >>"), zlib.compress(b"1 0 <<>>")
    hidden = b"2 0 obj << /Type /ObjStm /N 1 /First 4 >> " + begin + acts + end + b"endobj\n"
    after = b"3 0 obj << /Length 9 >> stream\n" + harmless + b"endstream\nendobj\n"
    for body in (hidden, hidden + after):
        assert refused(b"%PDF-1.7\n" + body + b"%%EOF") == "packed"


def test_time_grows_with_the_size_and_not_with_its_square():
    """Measured against itself, so that a slow machine does not matter: 8 times the size took 60 times as long once."""
    piece = b"/First 1 /N 1 stream\n" + zlib.compress(b"x")

    def seconds(times: int) -> float:
        begun = time.process_time()
        examine(b"%PDF-1.7\n1 0 obj\n" + piece * times + b"endstream\n%%EOF")
        return time.process_time() - begun

    assert seconds(16_000) < 30 * max(seconds(2_000), 0.005)


def test_words_that_only_begin_alike_are_fine():
    assert examine(pdf(b"/Launching 1 /XFAces 2")).content_type == "application/pdf"


HEADS = (b"", b"\xff\xd8\xff", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP")


@example(b"%%EOF", b"%PDF-1.7")
@given(st.binary(max_size=200), st.sampled_from(HEADS))
def test_bytes_that_only_begin_like_a_picture_or_pdf_are_refused_in_words(data, head):
    with pytest.raises(EvidenceError, match=r"\w{3}.*\."):
        examine(head + data)
