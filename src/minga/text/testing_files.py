"""Files as people send them, made for tests: Word, PDF, mail and archives."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage


def word_file(paragraphs: Sequence[str], *, table: Sequence[Sequence[str]] = ()) -> bytes:
    """Write a Word file; "# " begins a heading and "- " an item of a list."""
    import docx

    document = docx.Document()
    for text in paragraphs:
        if text.startswith("# "):
            document.add_heading(text[2:], level=1)
        elif text.startswith("- "):
            document.add_paragraph(text[2:], style="List Bullet")
        else:
            document.add_paragraph(text)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                made.cell(row, column).text = cell
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf_file(pages: Sequence[Sequence[str]], *, password: str = "") -> bytes:
    """Write a PDF file with lines of text on each page; a page without lines is as empty as a scanned one."""
    import pypdf
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(width=595, height=842)
        shown = b"".join(
            b"("
            + line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            + b") Tj T*\n"
            for line in lines
        )
        content = DecodedStreamObject()
        content.set_data(b"BT /F1 11 Tf 14 TL 50 780 Td\n" + shown + b"ET")
        page[NameObject("/Contents")] = writer._add_object(content)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def mail_file(
    text: str,
    *,
    sender: str = "Amina Diallo <amina@example.org>",
    subject: str = "Our view",
    html: str = "",
    attached: Mapping[str, bytes] | None = None,
) -> bytes:
    """Write a message as mail programs save it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "office@example.org", subject
    message["Date"] = "Tue, 03 Mar 2026 09:15:00 +0100"
    message["Message-ID"] = "<1@example.org>"
    if text:
        message.set_content(text)
    if html:
        if text:
            message.add_alternative(html, subtype="html")
        else:
            message.set_content(html, subtype="html")
    for name, data in (attached or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def mailbox_file(messages: Sequence[bytes]) -> bytes:
    """Write a mailbox."""
    escaped = [one.replace(b"\nFrom ", b"\n>From ") for one in messages]
    return b"".join(b"From amina@example.org Tue Mar  3 09:15:00 2026\n" + one + b"\n\n" for one in escaped)


def outlook_file(values: Mapping[str, bytes], *, shares: bool = False) -> bytes:
    """Write a mail as Outlook keeps it, from streams by their path: {"__substg1.0_0037001F": ...}.

    With `shares` all streams lie in the same bytes, as no program writes them.
    """
    size, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    padded = {path: data + bytes(max(4096 - len(data), 0)) for path, data in values.items()}
    folders = dict.fromkeys(path.split("/")[0] for path in values if "/" in path)
    children: dict[str, list[str]] = {"": [*folders, *(path for path in values if "/" not in path)]}
    children |= {folder: [path for path in values if path.startswith(f"{folder}/")] for folder in folders}
    order = ["", *folders, *values]
    chains, starts, content = list[int](), dict[str, int](), b""
    for path, data in padded.items():
        if not (shares and starts):
            filled = data + bytes(-len(data) % size)
            starts[path] = len(chains)
            chains += [*range(len(chains) + 1, len(chains) + len(filled) // size), end]
            content += filled
        starts.setdefault(path, 0)
    after = {one: group[at + 1] for group in children.values() for at, one in enumerate(group[:-1])}
    entries = b""
    for path in order:
        kind = 5 if not path else 1 if path in folders else 2
        called = (path.rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
        inner = children.get(path, []) if kind != 2 else []
        links = (order.index(after[path]) if path in after else free, order.index(inner[0]) if inner else free)
        entries += called.ljust(64, b"\0") + struct.pack("<HBBIII", len(called), kind, 1, free, *links) + bytes(36)
        entries += struct.pack("<IQ", starts.get(path, end), len(padded.get(path, b"")))
    entries += bytes(-len(entries) % size)
    first = len(chains)
    chains += [*range(first + 1, first + len(entries) // size), end]
    tables = next(count for count in range(1, 100) if count * 128 >= len(chains) + count)
    at = len(chains)
    table = struct.pack(f"<{tables * 128}I", *chains, *[0xFFFFFFFD] * tables, *[free] * (tables * 127 - len(chains)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, first, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", *range(at, at + tables), *[free] * (109 - tables))
    return head + content + entries + table


def archive_file(files: Mapping[str, bytes]) -> bytes:
    """Write a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def open_file(kind: str, body: str, *, begin: str = "") -> bytes:
    """Write a file of LibreOffice: a "text" or a "spreadsheet" with this body."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
    )
    content = (
        f'<?xml version="1.0"?>{begin}<office:document-content{names}><office:body><office:{kind}>{body}'
        f"</office:{kind}></office:body></office:document-content>"
    )
    return archive_file(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": content.encode()}
    )
