"""Files of drafts: the same input gives the same bytes, and what is read again is what was written."""

from __future__ import annotations

import io
import re
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.document import ClauseText, Labels
from minga.deliberation.engine.texts.drafts import FORMATS, write_draft
from minga.deliberation.engine.texts.markdown import escaped
from minga.deliberation.tests.drafted import EVIDENCE, VOICE, clauses, draft, opened
from minga.text.blocks import blocks


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


def test_style_sheet_of_a_page_can_be_named_by_its_content():
    from minga.deliberation.engine.texts.html import style_of, write_html

    page = write_html(draft())
    assert style_of(page).startswith("body{")
    assert f"<style>{style_of(page)}</style>" in page
    assert 'ol[start="3"]' in style_of(page)


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


def test_labels_say_what_a_note_is():
    assert Labels().named(VOICE) == "Voice V3"
    assert Labels(evidence="Beleg").named(EVIDENCE) == "Beleg"


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
