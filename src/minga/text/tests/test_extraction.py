"""Files become text with its place; what is no text, hostile or closed is refused with what to do about it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga.text.extraction import (
    LIMITS,
    Document,
    ExtractionError,
    decode,
    extract,
    is_item,
    kind_of,
    paragraphs,
    unpack,
    without_mark,
    without_words,
)
from minga.text.extraction.pdf import in_reading_order, plain_letters
from minga.text.testing_files import archive_file, mail_file, mailbox_file, open_file, pdf_file, word_file
from minga.text.tests.test_languages import SAID


def read(data: bytes, name: str = "letter", limits=LIMITS) -> Document:
    (found,) = extract(data, name, limits)
    assert isinstance(found, Document)
    return found


def refused(data: bytes, name: str = "letter", limits=LIMITS) -> ExtractionError:
    with pytest.raises(ExtractionError) as wrong:
        list(extract(data, name, limits))
    assert str(wrong.value).startswith(name)
    return wrong.value


# ---------------------------------------------------------------- plain text
@pytest.mark.parametrize(
    ("language", "charset"),
    [
        *((language, "utf-8") for language in SAID),
        *((language, "utf-8-sig") for language in SAID),
        *((language, "utf-16") for language in SAID),
        *((language, "utf-16-le") for language in ("en", "fr", "es", "ru", "ar")),
        *((language, "cp1252") for language in ("en", "fr", "es")),
        ("ru", "cp1251"),
        ("ar", "cp1256"),
        ("zh", "gb18030"),
    ],
)
def test_text_is_read_in_the_character_set_in_which_it_was_written(language, charset):
    text = f"{SAID[language]}\n\n{SAID[language]}"
    assert read(text.encode(charset)).text == text


def test_bytes_of_no_character_set_are_no_text():
    assert decode(bytes(range(128, 256)) * 3) is None
    assert refused(b"\x00\x01\x02\x03" * 500).code == "kind"


def test_markdown_keeps_headings_and_items_apart():
    found = read(b"# Our view\nWe run a bakery.\nIt is small.\n\n1. Train us.\n2. Fund us.\n- Listen.", "view.md")
    assert [(part.kind, part.place) for part in found.parts] == [
        ("heading", "paragraph 1"),
        ("paragraph", "paragraph 2"),
        ("item", "paragraph 3"),
        ("item", "paragraph 4"),
        ("item", "paragraph 5"),
    ]
    assert found.text == "# Our view\n\nWe run a bakery.\nIt is small.\n\n1. Train us.\n2. Fund us.\n- Listen."


def test_web_page_gives_its_words_without_its_scripts():
    page = (
        b"<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><p>Train&nbsp;us.</p><script>bad()"
    )
    assert (
        read(page + b"</script><ul><li>Fund us.</li></ul></body></html>", "view.html").text == "Train us.\n\n- Fund us."
    )


# ---------------------------------------------------------------- Word
def test_word_file_gives_headings_lists_and_tables_with_their_place():
    data = word_file(
        ["# Our view", "We run a bakery.", "- Train us.", "- Fund us."], table=[["Oven", "2"], ["Mixer", "1"]]
    )
    found = read(data, "anything.bin")
    assert (found.kind, found.text) == (
        "word",
        "# Our view\n\nWe run a bakery.\n\n- Train us.\n- Fund us.\n\nOven | 2\nMixer | 1",
    )
    assert [part.kind for part in found.parts] == ["heading", "paragraph", "item", "item", "row", "row"]
    assert found.parts[-1].place == "table 1, row 2"


def test_word_file_says_when_it_was_written_unless_that_is_the_day_of_a_template():
    import docx

    assert read(word_file(["We run a bakery."])).sent_at is None
    document = docx.Document()
    document.add_paragraph("We run a bakery.")
    document.core_properties.modified = datetime(2026, 3, 3, 9, tzinfo=UTC)
    file = io.BytesIO()
    document.save(file)
    assert read(file.getvalue()).sent_at == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_word_file_keeps_what_was_inserted_and_marks_what_was_crossed_out():
    data = word_file(["We run a MARK bakery."])
    tracked = (
        '</w:t></w:r><w:ins w:id="1" w:author="x"><w:r><w:t>small </w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText>large </w:delText></w:r></w:del><w:r><w:t>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/document.xml":
                content = content.replace(b"a MARK bakery", b"a " + tracked.encode() + b"bakery")
                content = content.replace(b"<w:t>We", b'<w:t xml:space="preserve">We')
            new.writestr(entry.filename, content)
    assert read(file.getvalue()).text == "We run a small ~~large~~ bakery."


def test_word_file_with_macros_is_refused():
    data = word_file(["Enable editing to see this letter."])
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    assert refused(file.getvalue(), "letter.docx").code == "macros"


def test_damaged_word_file_is_said_to_be_damaged():
    data = word_file(["We run a bakery."])
    assert refused(data[: len(data) // 2]).code == "damaged"
    broken = archive_file({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document"})
    assert refused(broken).code == "damaged"


# ---------------------------------------------------------------- PDF
def test_pdf_gives_paragraphs_with_their_page():
    first = ["Train us, because nobody else will do it for the small firms of", "our town.", "Then fund us."]
    found = read(pdf_file([first, ["1. Ovens first.", "2. Mixers (small ones) next."]]))
    assert [(part.text, part.kind, part.place) for part in found.parts] == [
        ("Train us, because nobody else will do it for the small firms of our town.", "paragraph", "page 1"),
        ("Then fund us.", "paragraph", "page 1"),
        ("1. Ovens first.", "item", "page 2"),
        ("2. Mixers (small ones) next.", "item", "page 2"),
    ]


def test_greeting_and_closing_of_a_pdf_stand_apart_from_what_is_said():
    lines = ["Dear Minister,", "We ask for training for all bakers of our town,", "and soon", "Kind regards,", "Zelda"]
    assert [part.text for part in read(pdf_file([lines])).parts] == [
        "Dear Minister,",
        "We ask for training for all bakers of our town, and soon",
        "Kind regards,",
        "Zelda",
    ]


def test_letters_shaped_for_print_become_plain_ones_and_others_stay():
    assert plain_letters("The oﬃce of the ﬁrm – x² ½ Å") == "The office of the firm – x² ½ Å"
    assert plain_letters("اﻟﺴﻴﺪ") == "السيد"


def test_words_of_an_arabic_line_drawn_from_the_left_are_turned_and_latin_lines_are_not():
    drawn = plain_letters(".اﻟﺴﻨﺔ  ﻟﻬﺬه  UNIDO Vienna ﻣﻦ  اﻟﺘﻤﻮﻳﻞ  وﻧﺮﻳﺪ  ،2027 ﻋﺎم")
    assert in_reading_order(drawn) == "عام 2027، ونريد التمويل من UNIDO Vienna لهذه السنة."
    assert in_reading_order("The office, العربية too.") == "The office, العربية too."


def test_arabic_pdf_is_read_and_its_order_is_named_as_not_sure():
    weasyprint = pytest.importorskip("weasyprint")
    page = '<html lang="{0}" dir="{1}"><p>{2}</p></html>'
    said = page.format("ar", "rtl", "نطلب تدريب الخبازين في مدينتنا")
    found = read(weasyprint.HTML(string=said).write_pdf())
    assert "الخبازين" in found.text
    assert [one.code for one in found.left_out] == ["arabic_order"]
    latin = read(weasyprint.HTML(string=page.format("en", "ltr", "The office of the firm is first.")).write_pdf())
    assert (latin.text, latin.left_out) == ("The office of the firm is first.", ())


def test_scanned_pdf_says_what_to_do():
    wrong = refused(pdf_file([[], []]), "scan.pdf")
    assert wrong.code == "no_text"
    assert "OCR" in str(wrong)


def test_a_scanned_page_among_others_is_named_and_the_others_are_kept():
    found = read(pdf_file([["We run a small bakery in Praia."], []]))
    assert found.text == "We run a small bakery in Praia.\n\n══ page 2"
    assert without_words(found.text) == ["page 2"]
    assert [(one.code, one.place) for one in found.left_out] == [("no_text", "page 2")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf_file([["We run a small bakery in Praia."]], password="secret"), "protected"),
        (b"%PDF-1.7\n" + b"nonsense " * 40, "damaged"),
    ],
)
def test_pdf_that_cannot_be_opened_is_refused(data, code):
    assert refused(data).code == code


def test_pdf_with_too_many_pages_is_refused_before_it_is_read():
    wrong = refused(pdf_file([["A page."]] * 4), limits=replace(LIMITS, pages=3))
    assert (wrong.code, wrong.values) == ("pages", {"count": 4, "most": 3})


# ---------------------------------------------------------------- mail
def test_mail_tells_own_words_from_quotes_and_signature():
    own, quoted = "Dear office,\n\nTrain us first.", "On Mon, 2 Mar 2026 the office wrote:\n> What do you need?"
    found = read(mail_file(f"{own}\n\n{quoted}\n\n-- \nAmina\nPraia"))
    assert [(part.kind, part.text) for part in found.parts] == [
        ("paragraph", "Dear office,"),
        ("paragraph", "Train us first."),
        ("quote", "On Mon, 2 Mar 2026 the office wrote:\n> What do you need?"),
        ("signature", "-- \nAmina\nPraia"),
    ]
    assert (found.sender_name, found.sender_address) == ("Amina Diallo", "amina@example.org")
    assert found.sent_at is not None
    assert found.sent_at.isoformat() == "2026-03-03T09:15:00+01:00"


def test_letter_attached_to_a_mail_belongs_to_it_and_what_cannot_be_read_is_named():
    attached = {"letter.docx": word_file(["We run a bakery."]), "run.exe": b"MZ\x00\x01\x02" * 99}
    found = read(mail_file("See the letter.", attached=attached))
    assert found.text == "See the letter.\n\n══ letter.docx\n\nWe run a bakery.\n\n══ run.exe"
    assert found.parts[-1].place == "letter.docx: paragraph 1"
    assert [(one.code, one.file, one.place) for one in found.left_out] == [("kind", "letter", "run.exe")]
    assert without_words(found.text) == ["run.exe"]


def test_words_of_each_attached_file_stand_beneath_its_name_after_the_signature():
    inner = mail_file("Forwarded.", attached={"view.txt": b"Fund us."})
    attached = {"one.docx": word_file(["# Our view", "Train us."]), "two.txt": b"- Hear us.", "old.eml": inner}
    assert read(mail_file("See below.\n\n-- \nAmina", attached=attached)).text == (
        "See below.\n\n-- \nAmina\n\n══ one.docx\n\n# Our view\n\nTrain us.\n\n══ two.txt\n\n- Hear us.\n\n"
        "══ old.eml\n\nForwarded.\n\n══ old.eml › view.txt\n\nFund us."
    )
    assert read(mail_file("", attached={"a.txt": b"Train us."})).text == "══ a.txt\n\nTrain us."


@pytest.mark.parametrize(
    "line",
    [
        "1. Train us.", "1.Train us.", "1- Train us.", "1-Train us.", "1/ Train us.", "1° Train us.", "2) Train us.",
        "\uf0b7Train us.", "➢ Train us.", "•Train us.", "o\tTrain us.", "Proposition n° 3 : Train us.",
        "Article 2 – Train us.", "Deuxièmement, Train us.",
        "١- دربونا", "أولاً: دربونا", "المطلب 2: دربونا", "第3条:培训",
    ],
)  # fmt: skip
def test_marks_of_lists_are_known_as_people_type_them(line):
    assert is_item(line)
    assert line[without_mark(line) :] in {"Train us.", "دربونا", "培训"}


@pytest.mark.parametrize(
    "line", ["1-9 employees", "3-year plan", "2-step process", "4G is missing", "12 mars 2026", "o bien", "1/4 of us"]
)
def test_figures_that_begin_a_sentence_are_no_marks_of_a_list(line):
    assert not is_item(line)


def test_mail_in_html_alone_and_in_an_old_code_page():
    assert (
        read(mail_file("", html="<p>Train&nbsp;<b>us</b>.</p><blockquote>What?</blockquote>")).text
        == "Train us.\n\n> What?"
    )
    old = b"From: a@example.org\nSubject: x\nContent-Type: text/plain\n\n" + SAID["ru"].encode("cp1251")
    assert read(old).text == SAID["ru"]


def test_mailbox_gives_each_message_and_names_the_one_without_words():
    box = mailbox_file([mail_file("Train us.\nFrom here on, fund us."), mail_file(" "), mail_file("Listen to us.")])
    found = list(extract(box, "box.mbox"))
    assert [one.text if isinstance(one, Document) else one.code for one in found] == [
        "Train us.\nFrom here on, fund us.",
        "no_words",
        "Listen to us.",
    ]
    assert [one.place for one in found] == ["message 1", "message 2", "message 3"]
    assert isinstance(found[0], Document)
    assert read(found[0].data or b"").text == found[0].text, "each message is kept by itself"


# ---------------------------------------------------------------- LibreOffice and rich text
def test_text_of_libreoffice_keeps_headings_items_tables_and_comments():
    data = open_file(
        "text",
        "<text:tracked-changes><text:p>Crossed out.</text:p></text:tracked-changes>"
        '<text:h text:outline-level="1">Our view</text:h>'
        '<text:p>We run<text:s text:c="2"/>a bakery<office:annotation><text:p>says who?</text:p></office:annotation>.'
        "</text:p>"
        "<text:list><text:list-item><text:p>Train us.</text:p></text:list-item>"
        "<text:list-item><text:p>2) Fund <text:span>us</text:span>.</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Praia</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="9"/></table:table-row></table:table>',
    )
    found = read(data, "letter.odt")
    assert found.text == "# Our view\n\nWe run  a bakery.\n\n→ says who?\n\n- Train us.\n2) Fund us.\n\nPraia"
    assert found.kind == "word"


def test_rich_text_gives_its_words_in_every_script_and_nothing_that_is_hidden():
    data = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset178 Arial;}{\f2\fcharset204 A;}}"
        rb"{\*\generator Word;}{\info{\author Amina}}{\header Ministry}\pard Formez les employ\'e9s d\'92abord.\par"
        b"\n{\\pict 89504e47}{\\v secret}\\f1 \\'e4\\'da\\'e3\\par \\f2 \\'c4\\'e0\\par "
        rb"\uc1 \u1606?\u1593\'3f\u1605? \{a\} \u-10179?\u-8703?{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}\par}"
    )
    found = read(data, "letter.rtf")
    assert found.text == "Formez les employés d’abord.\n\nنعم\n\nДа\n\nنعم {a} 😁link"


def test_nested_groups_without_end_are_refused():
    assert refused(b"{\\rtf1 " + b"{" * 5000, "deep.rtf").code == "damaged"


# ---------------------------------------------------------------- kinds, archives, hostile files
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"\xff\xd8\xff\xe0" + b"photo" * 9, "picture"),
        (b"{\\rtf1{\\fonttbl Arial;}}", "no_words"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_0037001F".encode("utf-16-le"), "outlook"),
        (archive_file({"mimetype": b"application/vnd.oasis.opendocument.presentation"}), "format"),
        (archive_file({"mimetype": b"application/vnd.oasis.opendocument.text"}), "damaged"),
        (open_file("text", "<text:p>&amp;</text:p>", begin='<!DOCTYPE a [<!ENTITY b "c">]>'), "damaged"),
        (open_file("text", "<text:p> </text:p>"), "no_words"),
        (archive_file({"a.txt": b"A letter."}), "nested"),
    ],
)
def test_what_cannot_be_read_is_refused_whatever_its_name_says(data, code):
    assert refused(data, "letter.txt").code == code


def test_the_name_decides_only_between_text_and_table():
    assert kind_of(b"name,text\nAmina,Train us.", "said.csv", LIMITS) == "csv"
    assert kind_of(b"name,text\nAmina,Train us.", "said.txt", LIMITS) == "text"
    assert kind_of(pdf_file([["x"]]), "said.csv", LIMITS) == "pdf"


def test_archive_gives_its_files_and_names_the_one_that_is_closed():
    data = archive_file({"letters/Lettre d'été.txt": b"Formez-nous.", "__MACOSX/._x": b"x", ".DS_Store": b"x"})
    assert list(unpack(data, "all.zip")) == [("letters/Lettre d'été.txt", b"Formez-nous.")]
    closed = data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x08", b"PK\x01\x02\x14\x03\x14\x00\x01\x08", 1)
    assert [getattr(one, "code", "") for one in unpack(closed, "all.zip")] == ["protected"]


def test_archive_made_to_unpack_without_end_is_not_opened():
    bomb = archive_file({"zeros.txt": bytes(30 * 2**20)})
    with pytest.raises(ExtractionError, match="was not opened") as wrong:
        list(unpack(bomb, "bomb.zip"))
    assert wrong.value.code == "bomb"
    inside = word_file(["We run a bakery."])
    file = io.BytesIO(inside)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", bytes(30 * 2**20))
    assert refused(file.getvalue()).code == "bomb"


def test_limits_of_bytes_files_and_characters_hold():
    assert refused(b"x" * 50, limits=replace(LIMITS, bytes=49)).code == "bytes"
    assert refused(b"word " * 50, limits=replace(LIMITS, characters=49)).code == "characters"
    assert refused(word_file(["word " * 50]), limits=replace(LIMITS, characters=49)).code == "characters"
    with pytest.raises(ExtractionError, match="2 are the most"):
        list(unpack(archive_file(dict.fromkeys("abc", b"x")), "a.zip", replace(LIMITS, files=2)))
    assert refused(mailbox_file([mail_file("x")] * 3), limits=replace(LIMITS, files=2)).code == "many_files"


def test_message_in_message_in_message_is_read_no_further():
    inner = mail_file("The innermost.")
    for _layer in range(4):
        inner = mail_file("See below.", attached={"forwarded.eml": inner})
    found = read(inner)
    unread = "forwarded.eml › forwarded.eml"
    assert found.text == f"See below.\n\n══ forwarded.eml\n\nSee below.\n\n══ {unread}"
    assert [(one.code, one.place) for one in found.left_out] == [("nested", unread)]


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            b"",
            b"{\\rtf1 ",
            b"%PDF-1.4\n",
            b"PK\x03\x04",
            b"From: a@b\nDate: x\n\n",
            b"From a 1\nFrom: x\n",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"),
        ]
    ),
)
def test_any_bytes_give_documents_or_one_kind_of_error(data, start):
    try:
        found = list(extract(start + data, "any"))
    except ExtractionError as wrong:
        found = [wrong]
    assert all(isinstance(one, Document | ExtractionError) for one in found)


@given(st.text(alphabet="ab\n -*1.>#", max_size=200))
def test_paragraphs_lose_no_word(text):
    def plain(words: str) -> str:
        return "".join(words.split())

    assert plain("".join(part.text for part in paragraphs(text, is_mail=True))) == plain(text)
