"""Files of drafts and answers: the same input gives the same bytes, and what is read again is what was written."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import docx
import openpyxl
import polars as pl
import pytest
from docx.oxml.ns import qn
from lxml import etree

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.templates import template
from minga.deliberation.engine.texts.akoma import NAMESPACE
from minga.deliberation.engine.texts.behind import Behind
from minga.deliberation.engine.texts.blocks import Block, blocks
from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, VersionLine
from minga.deliberation.engine.texts.drafts import FORMATS, write_draft
from minga.deliberation.engine.texts.markdown import escaped
from minga.deliberation.engine.texts.replies import FORMATS as TABLES
from minga.deliberation.engine.texts.replies import Frame, Names, as_table, replies, reply_rows, write_replies
from minga.deliberation.engine.texts.word_files import guessed
from minga.deliberation.engine.trace import Trace

AKN = {"a": NAMESPACE}
WORDS = """Small firms & co. get <advice>.

- by telephone
- at their site,
  in a week

3. First try.
4. Then buy.

Two
lines."""
VOICE = Note("voice", "V3", "We need <advice> & time.", "https://minga.example/v/3/")
EVIDENCE = Note("evidence", "", "Readiness of Tunisia · 2.4", "https://minga.example/figure?a=1&b=2")


def clauses(language="en"):
    """Number the clauses of a template as a draft does."""
    found = []

    def add(given, above="", parent=None, depth=0):
        for count, each in enumerate(given, start=1):
            code = f"C{len(found) + 1}"
            notes = (VOICE, EVIDENCE) if code == "C2" else ()
            link = f"https://minga.example/c/{len(found) + 1}/"
            found.append(
                ClauseText(code, f"{above}{count}", each.heading, f"{each.text}\n\n{WORDS}", depth, parent, link, notes)
            )
            add(each.children, f"{above}{count}.", code, depth + 1)

    add(template("strategy", language))
    return tuple(found)


def draft(language="en", **changed):
    given = {
        "title": "A strategy *for* the <islands>",
        "name": "islands",
        "kind": "strategy",
        "language": language,
        "version": 2,
        "clauses": changed.get("clauses") or clauses(language),
        "versions": (VersionLine(1, date(2026, 3, 1)), VersionLine(2, date(2026, 5, 2), "Skills\nadded")),
        "consultation": "AI for the islands",
        "publisher": "Ministry of Industry",
        "country": "CV",
        "address": "https://minga.example/v/2/",
    }
    return DraftText(**given | changed)


# ---------------------------------------------------------------- words of a clause
def test_words_become_paragraphs_and_lists():
    assert blocks(WORDS) == (
        Block("paragraph", ("Small firms & co. get <advice>.",)),
        Block("points", ("by telephone", "at their site, in a week")),
        Block("numbers", ("First try.", "Then buy."), 3),
        Block("paragraph", ("Two\nlines.",)),
    )


@pytest.mark.parametrize(
    ("text", "kind"), [("-5 degrees", "paragraph"), ("1.5 million", "paragraph"), ("- x", "points")]
)
def test_only_a_mark_and_a_space_begin_a_list(text, kind):
    assert [each.kind for each in blocks(text)] == [kind]


def test_what_no_file_may_hold_is_left_out():
    assert blocks("a\x00b\x0bc\r\nd") == (Block("paragraph", ("abc\nd",)),)
    assert blocks(" \n\n ") == ()


# ---------------------------------------------------------------- every format
@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_same_draft_gives_the_same_bytes(ending, language, monkeypatch):
    first = write_draft(draft(language), ending, with_trace=True)
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 7, 8, 9, 10, 11, 0, 0, 0))
    assert write_draft(draft(language), ending, with_trace=True) == first


@pytest.mark.parametrize("ending", FORMATS)
def test_what_stands_behind_is_written_only_where_asked_for(ending):
    def shown(data):
        if ending == "docx":
            return "\n".join(each.text for each in docx.Document(io.BytesIO(data)).paragraphs)
        return data.decode()

    assert "Voice V3" in shown(write_draft(draft(), ending, with_trace=True))
    assert "Voice V3" not in shown(write_draft(draft(), ending))


def test_unknown_format_names_those_that_there_are():
    with pytest.raises(ExportError, match=r"'odt'.*md, html, docx, xml"):
        write_draft(draft(), "odt")


def test_sample_and_adoption_are_said_at_the_top():
    text = write_draft(draft(is_sample=True, adopted_on=date(2026, 6, 1), decision="Council 12"), "md").decode()
    assert text.index("Sample: this text is invented.") < text.index("Adopted on 2026-06-01: Council 12")
    assert "not adopted" not in text
    assert "This is a draft. It is not adopted." in write_draft(draft(), "md").decode()


# ---------------------------------------------------------------- Word
def opened(**changed):
    return docx.Document(io.BytesIO(write_draft(draft(**changed), "docx")))


def test_word_file_holds_every_heading_and_all_words_in_order():
    found, wanted = [], []
    for each in opened().paragraphs:
        style = each.style.name
        if style.startswith("Heading") or style in ("Normal", "List Bullet", "List Paragraph"):
            found.append((style, each.text))
    for clause in clauses():
        wanted.append((f"Heading {clause.depth + 1}", clause.heading))
        names = {"paragraph": "Normal", "points": "List Bullet", "numbers": "List Paragraph"}
        wanted += [(names[block.kind], item) for block in blocks(clause.text) for item in block.items]
    assert found == wanted


def test_word_file_numbers_its_headings_as_the_draft_does():
    file = opened()
    for level in (1, 2):
        number = file.styles[f"Heading {level}"].element.pPr.numPr
        assert number.ilvl.val == level - 1
        abstract = _abstract(file, number.numId.val)
        shape = abstract.findall(qn("w:lvl"))[level - 1].find(qn("w:lvlText")).get(qn("w:val"))
        assert shape == {1: "%1", 2: "%1.%2"}[level]


def test_heading_of_the_contents_is_not_numbered():
    file = opened()
    assert file.styles["TOC Heading"].element.pPr.numPr.numId.val == 0
    assert [each.text for each in file.paragraphs if each.style.name == "TOC Heading"] == ["Contents", "Versions"]


def test_parts_stand_in_the_order_that_the_format_wants():
    section = opened(language="ar").sections[0]._sectPr
    names = [etree.QName(each).localname for each in section]
    assert names.index("bidi") < names.index("docGrid")
    made = docx.Document(io.BytesIO(write_replies(replies(asked()), "docx", Frame("إجابات", "ar")))).tables[0]
    names = [etree.QName(each).localname for each in made._tbl.tblPr]
    assert names[:2] == ["tblStyle", "bidiVisual"]


def test_numbered_lists_begin_where_the_text_begins():
    file = opened()
    lists = [each for each in file.paragraphs if each.style.name == "List Paragraph"]
    numbers = [each._p.pPr.numPr.numId.val for each in lists]
    assert len(set(numbers)) == len(clauses())
    starts = {_abstract(file, number).find(qn("w:lvl")).find(qn("w:start")).get(qn("w:val")) for number in set(numbers)}
    assert starts == {"3"}


def _abstract(file, number):
    part = file.part.numbering_part.element
    (name,) = [
        each.find(qn("w:abstractNumId")).get(qn("w:val"))
        for each in part.findall(qn("w:num"))
        if each.get(qn("w:numId")) == str(number)
    ]
    (found,) = [each for each in part.findall(qn("w:abstractNum")) if each.get(qn("w:abstractNumId")) == name]
    return found


def test_contents_are_a_field_that_leads_to_every_heading():
    body = opened().element.body
    assert "TOC" in "".join(each.text for each in body.iter(qn("w:instrText")))
    kinds = [each.get(qn("w:fldCharType")) for each in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    leads = {each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))} - {None}
    marks = [each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))]
    assert leads == set(marks) == {clause.code for clause in clauses()}
    assert len(set(marks)) == len(marks)


def test_arabic_words_run_from_right_to_left_and_english_ones_do_not():
    for language, wanted in (("ar", True), ("en", False)):
        file = opened(language=language, clauses=clauses(language))
        told = [each for each in file.element.body.iter(qn("w:r")) if each.find(qn("w:t")) is not None]
        with_words = [each for each in told if not each.text.startswith("https:")]  # an address is of no language
        assert with_words
        assert {each.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None for each in with_words} == {wanted}
        sides = {each.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None for each in file.element.body.iter(qn("w:p"))}
        assert sides == {wanted}


def test_word_file_carries_the_day_of_its_version_and_its_title():
    properties = opened().core_properties
    assert properties.created.date() == properties.modified.date() == date(2026, 5, 2)
    assert properties.title == "A strategy *for* the <islands>"


# ---------------------------------------------------------------- HTML and Markdown
def test_page_is_whole_and_escapes_everything():
    page = write_draft(draft(), "html", with_trace=True).decode()
    whole = re.sub(r"<(br|meta)([^>]*)>", r"<\1\2/>", page.removeprefix("<!doctype html>"))
    root = etree.fromstring(whole)
    assert root.get("lang") == "en"
    names = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(names) == len(set(names))
    assert {each.get("href")[1:] for each in root.iter("a") if each.get("href")[0] == "#"} <= set(names)
    assert "<advice>" not in page
    assert "&lt;advice&gt;" in page
    assert "http://" not in page.replace("http://www", "")
    assert not re.search(r"<(script|link|img)", page)


def test_arabic_page_is_written_from_right_to_left():
    assert '<html lang="ar" dir="rtl">' in write_draft(draft("ar"), "html").decode()


def test_style_sheet_is_marked_where_the_site_asks_for_it():
    from minga.deliberation.engine.texts.html import write_html

    assert '<style nonce="abc">' in write_html(draft(), nonce="abc")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("a*b_c", r"a\*b\_c"),
        ("[x](y)", r"\[x\](y)"),
    ],
)
def test_markdown_shows_words_as_they_are(words, wanted):
    assert escaped(words) == wanted


# ---------------------------------------------------------------- what stands behind
def table(columns, *rows):
    return pl.DataFrame(list(rows), schema=dict.fromkeys(columns.split(), pl.String), orient="row")


@pytest.fixture
def trace():
    """Amina and Bao ask for advice under one theme, Chloé for cheaper power; the answer to the theme made C1."""
    return asked()


def asked():
    return Trace(
        voices=table("voice text", ("V1", "Advice, please."), ("V2", "=Advice for all"), ("V3", "Cheaper power.")),
        links=table("voice theme", ("V1", "T1"), ("V2", "T1"), ("V3", "T2")),
        dispositions=table(
            "disposition voice theme statement answer reason responder date supersedes duplicate_of",
            (
                "old",
                None,
                "T1",
                None,
                "rejected",
                "No money this year, as the ministry said.",
                "Unit",
                "2026-01-01",
                None,
                None,
            ),
            ("d1", None, "T1", None, "accepted", "", "Unit", "2026-02-01", "old", None),
            (
                "d2",
                "V3",
                None,
                None,
                "rejected",
                "Prices are set by another law, not by this one.",
                "Unit",
                "2026-02-01",
                None,
                None,
            ),
        ),
        clauses=table(
            "clause version kind came_from disposition text",
            ("C1", "1", "add", None, "d1", "Advice."),
            ("C2", "2", "split", "C1", None, "More."),
            ("C1", "2", "edit", None, "old", "Advice."),
        ).with_columns(pl.col("version").cast(pl.Int64)),
        evidence=table(
            "clause disposition link value label cited_on",
            ("C1", None, "https://minga.example/f", "2.4", "Readiness", "2026-01-05"),
        ),
    )


def test_answer_voices_and_evidence_stand_behind_a_clause_and_what_came_of_it(trace):
    for clause in ("C1", "C2"):
        notes = Behind(trace).notes(clause)
        assert [(each.kind, each.code) for each in notes] == [
            ("answer", ""),
            ("theme", "T1"),
            ("voice", "V1"),
            ("voice", "V2"),
            ("evidence", ""),
        ]
        assert notes[0].text == "accepted · Unit"
        assert notes[-1].text == "Readiness · 2.4 · 2026-01-05"


def test_words_of_a_voice_that_is_not_public_are_not_shown(trace):
    notes = Behind(trace, public={"V1"}, address=lambda kind, name: f"https://x.example/{name}").notes("C1")
    shown = {each.code: (each.text, each.link) for each in notes if each.kind == "voice"}
    assert shown == {"V1": ("Advice, please.", "https://x.example/V1"), "V2": ("not shown in public", "")}


def test_every_voice_has_its_row_with_the_answer_that_stands(trace):
    found = replies(trace, public={"V1", "V2"}, themes={"T1": "Advice"})
    assert found["voice"].to_list() == ["V1", "V2", "V3"]
    assert found["answer"].to_list() == ["accepted", "accepted", "rejected"]
    assert found["text"].to_list() == ["Advice, please.", "=Advice for all", "not shown in public"]
    assert found["theme"].to_list() == ["Advice", "Advice", "T2"]
    assert found["clause"].to_list() == ["C1", "C1", ""]


def test_voice_without_an_answer_has_a_row_too(trace):
    alone = Trace(trace.voices, trace.links, trace.dispositions.head(0), trace.clauses, trace.evidence)
    assert replies(alone)["answer"].to_list() == ["", "", ""]


FRAME = Frame("Answers to “AI”", "en", date(2026, 3, 1), "All of them.", "Ministry")


@pytest.mark.parametrize("ending", TABLES)
def test_same_answers_give_the_same_bytes(ending, trace):
    assert write_replies(replies(trace), ending, FRAME) == write_replies(replies(trace), ending, FRAME)


def test_answers_are_read_again_as_they_were_written(trace):
    wanted = [list(row) for row in replies(trace).rows()]
    names = list(FRAME.columns.values())
    sheet = openpyxl.load_workbook(io.BytesIO(write_replies(replies(trace), "xlsx", FRAME))).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows == [names, *wanted]
    word = docx.Document(io.BytesIO(write_replies(replies(trace), "docx", FRAME))).tables[0]
    assert [[cell.text for cell in row.cells] for row in word.rows] == [names, *wanted]


def test_words_like_a_formula_do_nothing_in_a_spreadsheet(trace):
    read = list(csv.DictReader(io.StringIO(write_replies(replies(trace), "csv", FRAME).decode())))
    assert read[1]["text"] == "'=Advice for all"
    sheet = openpyxl.load_workbook(io.BytesIO(write_replies(replies(trace), "xlsx", FRAME))).active
    assert sheet["B3"].data_type == "s"


def test_page_of_answers_is_read_from_right_to_left_in_arabic(trace):
    page = write_replies(replies(trace), "html", Frame("إجابات", "ar")).decode()
    assert 'dir="rtl"' in page
    assert page.count('id="V1"') == 1
    word = docx.Document(io.BytesIO(write_replies(replies(trace), "docx", Frame("إجابات", "ar"))))
    assert word.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is not None


def test_unknown_format_of_answers_is_refused(trace):
    with pytest.raises(ExportError, match=r"'ods'.*csv, xlsx, html, docx"):
        write_replies(replies(trace), "ods", FRAME)


def test_labels_say_what_a_note_is():
    assert Labels().named(VOICE) == "Voice V3"
    assert Labels(evidence="Beleg").named(EVIDENCE) == "Beleg"


# ---------------------------------------------------------------- languages and links
def spoken(trace):
    """Say in which languages the voices speak: Amina's is Arabic, and of Chloé's nobody knows."""
    words = trace.voices.with_columns(
        text=pl.Series(["نريد النصح", "=Advice for all", "Cheaper power."]),
        language=pl.Series(["ar", "en", None], dtype=pl.String),
    )
    return Trace(words, trace.links, trace.dispositions, trace.clauses, trace.evidence)


def noted(trace):
    """Write what stands behind the first clause under a French draft."""
    behind = Behind(
        spoken(trace),
        address=lambda kind, name: f"https://x.example/{kind}/{name}",
        names={"T1": "Advice"},
        languages={"T1": "en", "d1": "es"},
    )
    one = ClauseText("C1", "1", "Conseil", "Un conseil.", notes=behind.notes("C1"))
    return draft("fr", clauses=(one,))


def test_theme_behind_a_clause_has_its_name_and_its_link(trace):
    page = write_draft(noted(trace), "html", with_trace=True).decode()
    assert '<a href="https://x.example/theme/T1">Theme T1</a>: <span lang="en" dir="ltr">Advice</span>' in page
    assert "[Theme T1](https://x.example/theme/T1): Advice" in write_draft(noted(trace), "md", with_trace=True).decode()


def test_words_behind_a_clause_carry_their_languages(trace):
    page = write_draft(noted(trace), "html", with_trace=True).decode()
    assert '<span lang="ar" dir="rtl">نريد النصح</span>' in page
    root = etree.fromstring(write_draft(noted(trace), "xml", with_trace=True))
    said = {
        each.text: each.get("{http://www.w3.org/XML/1998/namespace}lang") for each in root.iter(f"{{{NAMESPACE}}}span")
    }
    assert said == {"Advice": "en", "نريد النصح": "ar", "=Advice for all": "en"}
    note = root.find(".//a:note[@eId='note_3']/a:p", AKN)
    assert note.xpath("string()") == "Voice V1: نريد النصح"


def test_arabic_words_in_a_french_word_file_run_from_right_to_left(trace):
    body = docx.Document(io.BytesIO(write_draft(noted(trace), "docx", with_trace=True))).element.body
    runs = {each.text: each.find(qn("w:rPr")) for each in body.iter(qn("w:r"))}
    arabic, french = runs["نريد النصح"], runs["Un conseil."]
    assert arabic.find(qn("w:rtl")) is not None
    assert arabic.find(qn("w:lang")).get(qn("w:bidi")) == "ar-SA"
    assert french.find(qn("w:rtl")) is None
    assert french.find(qn("w:lang")).get(qn("w:val")) == "fr-FR"


def test_reason_of_an_answer_carries_its_own_language(trace):
    reasoned = trace.dispositions.with_columns(reason=pl.lit("Hay dinero."))
    known = Trace(trace.voices, trace.links, reasoned, trace.clauses, trace.evidence)
    note = Behind(known, languages={"d1": "es"}).notes("C1")[0]
    assert note.words == (("accepted", ""), ("Hay dinero.", "es"), ("Unit", ""))
    assert note.text == "accepted · Hay dinero. · Unit"


def named_rows(trace):
    names = Names(
        themes={"T1": "Advice"},
        clauses={"C1": "C1 Advice for firms"},
        languages={"T1": "en", "C1": "fr", "d2": "es"},
        address=lambda kind, name: f"https://x.example/{kind}/{name}",
        day=lambda day: f"on {day}",
    )
    return reply_rows(spoken(trace), public={"V1", "V3"}, names=names)


def test_page_of_answers_names_clauses_and_leads_on(trace):
    frame = Frame("Answers", "en", home="https://x.example/", home_name="Back to the consultation")
    page = write_replies(named_rows(trace), "html", frame).decode()
    assert '<a href="https://x.example/">Back to the consultation</a>' in page
    assert '<a href="https://x.example/clause/C1"><span lang="fr" dir="ltr">C1 Advice for firms</span></a>' in page
    assert '<a href="https://x.example/theme/T1"><span lang="en" dir="ltr">T1 Advice</span></a>' in page
    assert '<a href="https://x.example/voice/V1">' in page
    assert "https://x.example/voice/V2" not in page
    assert '<span lang="ar" dir="rtl">نريد النصح</span>' in page
    assert "on 2026-02-01" in page


def test_tables_for_programs_keep_the_names_of_the_trace(trace):
    found = as_table(named_rows(trace))
    assert found.row(0, named=True) | {"text": ""} == {
        "voice": "V1", "text": "", "theme": "Advice", "answer": "accepted", "reason": "", "responder": "Unit",
        "date": "2026-02-01", "clause": "C1",
    }  # fmt: skip


def test_arabic_cell_of_an_english_word_file_runs_from_right_to_left(trace):
    table = docx.Document(io.BytesIO(write_replies(named_rows(trace), "docx", Frame("Answers")))).tables[0]
    said = [row.cells[1].paragraphs[0] for row in table.rows]
    assert [each._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None for each in said] == [False, True, False, False]
    assert said[1].runs[0]._r.find(f"{qn('w:rPr')}/{qn('w:lang')}").get(qn("w:bidi")) == "ar-SA"


@pytest.mark.parametrize(
    ("words", "around", "found"), [("نعم", "en", "ar"), ("Yes", "ar", ""), ("12", "ar", "ar"), ("Oui", "fr", "fr")]
)
def test_language_that_nobody_said_is_guessed_by_the_script(words, around, found):
    assert guessed(words, around) == found


# ---------------------------------------------------------------- as people hold it in their hands
@pytest.mark.parametrize("language", ["en", "ar"])
def test_word_file_numbers_its_pages_and_says_on_each_that_it_is_a_sample(language):
    foot = opened(language=language, is_sample=True).sections[0].footer.paragraphs[0]
    assert [each.text.strip() for each in foot._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert foot.text == "Sample: this text is invented. · 1 / 1"
    assert (foot._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None) == (language == "ar")
    assert "Sample" not in opened(language=language).sections[0].footer.paragraphs[0].text


def test_address_of_the_version_is_a_link_and_runs_from_left_to_right():
    there = "https://minga.example/v/2/"
    assert f'<a href="{there}" dir="ltr">{there}</a>' in write_draft(draft("ar"), "html").decode()
    word = opened(language="ar")
    (link,) = [each for each in word.element.body.iter(qn("w:hyperlink")) if each.find(f".//{qn('w:t')}").text == there]
    assert word.part.rels[link.get(qn("r:id"))].target_ref == there
    assert link.find(f".//{qn('w:rtl')}") is None


def test_days_are_written_as_the_words_around_the_text_say():
    labels = Labels(day=lambda day: f"{day.day} May")
    page = write_draft(draft(), "html", labels).decode()
    assert "Version 2, published on 2 May<" in page
    assert "2026-05-02" not in page
    # what programs read stays as it is
    assert b'date="2026-05-02"' in write_draft(draft(), "xml", labels)


def test_list_that_begins_at_three_counts_from_three_on_paper():
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("weasyprint")
    from minga.web.pdf import render

    one = ClauseText("C1", "1", "Steps", "3. First try.\n4. Then buy.")
    paper = render(write_draft(draft(clauses=(one,)), "html").decode(), "https://minga.example/")
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "First try." in words
    assert re.findall(r"\b(\d)\. *\n", words) == ["3", "4"]
