"""What people write beside a text is read too: answers in forms, comments, footnotes, and words they crossed out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import pytest

from minga.text.extraction import LIMITS, ExtractionError, has_struck
from minga.text.testing_files import open_file, pdf_file, word_file
from minga.text.tests.test_extraction import read, refused

#: What every field and note says of itself beside its own entries.
_FIELD = {"/Type": "/Annot", "/Subtype": "/Widget"}


def marked(data: bytes, notes: Sequence[Mapping[str, object]], *, form: Mapping[str, object] | None = None) -> bytes:
    """Put fields and notes onto the first page of a PDF file; what begins with a slash is a name of the format."""
    import pypdf
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

    def made(value):
        if isinstance(value, Mapping):
            return DictionaryObject({NameObject(key): made(one) for key, one in value.items()})
        if isinstance(value, list):
            return ArrayObject([made(one) for one in value])
        if isinstance(value, int):
            return NumberObject(value)
        return NameObject(value) if value.startswith("/") else TextStringObject(value)

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.pages[0][NameObject("/Annots")] = made([dict(one) for one in notes])
    writer._root_object[NameObject("/AcroForm")] = made(form or {})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


FORM = pdf_file([["Form of the ministry", "What should the centre teach?"]])


# ---------------------------------------------------------------- PDF
def test_answers_of_a_pdf_form_stand_beside_their_questions():
    fields = [
        {**_FIELD, "/FT": "/Tx", "/T": "form1[0]", "/TU": "What should it teach?", "/V": "Kilns.\rAnd glazes."},
        {**_FIELD, "/FT": "/Tx", "/T": "name[0]", "/V": "Amina"},
        {**_FIELD, "/FT": "/Btn", "/T": "Evenings", "/V": "/Yes"},
        {**_FIELD, "/FT": "/Btn", "/T": "Mornings", "/V": "/Off"},
        {**_FIELD, "/Parent": {"/FT": "/Btn", "/T": "Who", "/Ff": 1 << 15, "/V": "/1", "/Opt": ["Men", "Women"]}},
        {**_FIELD, "/FT": "/Ch", "/T": "Region", "/V": "p", "/Opt": [["m", "Mindelo"], ["p", "Praia"]]},
        {**_FIELD, "/FT": "/Tx", "/T": "empty", "/V": ""},
    ]
    assert [part.text for part in read(marked(FORM, fields)).parts[1:]] == [
        "What should it teach? Kilns.\nAnd glazes.",
        "name: Amina",
        "Evenings: ☒",
        "Who: Women",
        "Region: Praia",
    ]


def test_words_typed_onto_a_page_and_notes_on_it_are_read():
    notes = [
        {"/Subtype": "/FreeText", "/Contents": "Teach dyeing too."},
        {"/Subtype": "/Text", "/Contents": "Not for us."},
        {"/Subtype": "/Popup", "/Contents": "Not for us."},
        {"/Subtype": "/StrikeOut"},
    ]
    found = read(marked(FORM, notes))
    assert [(part.text, part.place) for part in found.parts[1:]] == [
        ("Teach dyeing too.", "page 1"),
        ("→ Not for us.", "page 1"),
    ]
    assert [(one.code, one.place) for one in found.left_out] == [("crossed_out", "page 1")]


def test_form_that_its_own_program_alone_can_show_says_what_to_do():
    assert refused(marked(FORM, [], form={"/XFA": "data"}), "form.pdf").code == "form"
    scan = marked(pdf_file([[]]), [{**_FIELD, "/FT": "/Tx", "/T": "wish", "/V": "Teach us."}], form={"/XFA": "x"})
    assert read(scan).text == "wish: Teach us.\n\n══ page 1", "the answers are read, and the picture is named"


def test_fields_made_to_say_one_thing_without_end_are_refused():
    from dataclasses import replace

    fields = [{**_FIELD, "/FT": "/Tx", "/T": f"f{number}", "/V": "x" * 900} for number in range(20)]
    with pytest.raises(ExtractionError, match="more than 9,000 characters"):
        read(marked(FORM, fields), limits=replace(LIMITS, characters=9_000))


# ---------------------------------------------------------------- Word
def commented(comment: str) -> bytes:
    """Write a Word draft with a comment at one word of it."""
    import docx

    document = docx.Document()
    paragraph = document.add_paragraph("The centre teaches ")
    run = paragraph.add_run("weaving")
    paragraph.add_run(" to all.")
    document.add_comment(run, text=comment, author="Amina")
    document.add_paragraph("It opens in May.")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_comments_of_a_word_file_stand_after_the_words_that_they_are_about_without_names():
    assert [part.text for part in read(commented("Also dyeing.")).parts] == [
        "The centre teaches weaving to all.",
        "“weaving” → Also dyeing.",
        "It opens in May.",
    ]


def changed(data: bytes, old: bytes, new: bytes, more: Mapping[str, bytes]) -> bytes:
    """Change the text of a Word file, and add parts to it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w") as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "word/document.xml":
                content = content.replace(old, new)
            if entry.filename == "word/_rels/document.xml.rels":
                content = content.replace(
                    b"</Relationships>",
                    b'<Relationship Id="n1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                    b'footnotes" Target="footnotes.xml"/></Relationships>',
                )
            made.writestr(entry, content)
        for name, content in more.items():
            made.writestr(name, content)
    return file.getvalue()


def test_footnotes_stand_in_the_line_that_refers_to_them_and_struck_words_are_marked():
    xmlns = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        b"<w:footnotes " + xmlns + b'><w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote>'
        b'<w:footnote w:id="2"><w:p><w:r><w:t> See our study.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    line = (
        b'We</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:rPr><w:strike/></w:rPr>'
        b'<w:t xml:space="preserve"> small</w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t xml:space="preserve"> men'
        b'</w:t></w:r><w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t xml:space="preserve"> bake. '
    )
    found = read(changed(word_file(["We bake."]), b"We bake.", line, {"word/footnotes.xml": notes}))
    assert found.text == "We [See our study.] ~~small men~~ bake."
    assert has_struck(found.text)
    assert not has_struck("~~~~~~~~\nA line of waves.\n~~~~~~~~")


# ---------------------------------------------------------------- LibreOffice and rich text
def test_libreoffice_gives_comments_footnotes_and_what_was_deleted():
    data = open_file(
        "text",
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>small </text:p>'
        "</text:deletion></text:changed-region></text:tracked-changes>"
        '<text:p>We <text:change text:change-id="c1"/>bake<text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>See our study.</text:p></text:note-body></text:note> for "
        '<office:annotation office:name="a"><text:p>And for women.</text:p></office:annotation>men'
        '<office:annotation-end office:name="a"/>.</text:p>',
    )
    assert read(data, "letter.odt").text == "We ~~small~~ bake [See our study.] for men.\n\n“men” → And for women."


def test_rich_text_gives_comments_footnotes_and_what_was_crossed_out():
    data = (
        rb"{\rtf1\ansi The weavers{\*\atnid A}{\*\atnauthor Amina}\chatn{\*\annotation{\*\atnref 1}\pard\plain{\chatn }"
        rb" Also dyers.\par too} need{\footnote\pard\plain {\chftn } See our study.} {\strike small }{\strike ovens}"
        rb" now {\deleted gone}.\par}"
    )
    said = "The weavers [→ Also dyers. too] need [See our study.] ~~small ovens~~ now ~~gone~~."
    assert read(data, "letter.rtf").text == said
