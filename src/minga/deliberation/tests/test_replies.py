"""What stands behind clauses, and the answers to all voices as files, in the languages in which they were said."""

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
from minga.deliberation.engine.texts.akoma import NAMESPACE
from minga.deliberation.engine.texts.behind import Behind
from minga.deliberation.engine.texts.document import ClauseText
from minga.deliberation.engine.texts.drafts import write_draft
from minga.deliberation.engine.texts.replies import FORMATS as TABLES
from minga.deliberation.engine.texts.replies import (
    Frame,
    Names,
    as_table,
    coded_replies,
    replies,
    reply_rows,
    write_replies,
)
from minga.deliberation.engine.texts.word_files import guessed
from minga.deliberation.engine.trace import Trace
from minga.deliberation.tests.drafted import AKN, draft


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


def test_table_for_programs_holds_codes_and_no_words_of_a_language(trace):
    same = {"disposition": "d3", "voice": "V2", "answer": "duplicate_of", "reason": "As V1.", "duplicate_of": "V1"}
    told = pl.concat([trace.dispositions, pl.DataFrame([same])], how="diagonal")
    found = coded_replies(Trace(trace.voices, trace.links, told, trace.clauses, trace.evidence), public={"V1"})
    assert found["answer"].to_list() == ["accepted", "duplicate_of", "rejected"]
    assert found["duplicate_of"].to_list() == ["", "V1", ""]
    assert found["text"].to_list() == ["Advice, please.", "", ""]


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


def test_parts_of_a_table_stand_in_the_order_that_the_format_wants(trace):
    made = docx.Document(io.BytesIO(write_replies(replies(trace), "docx", Frame("إجابات", "ar")))).tables[0]
    names = [etree.QName(each).localname for each in made._tbl.tblPr]
    assert names[:2] == ["tblStyle", "bidiVisual"]


def test_unknown_format_of_answers_is_refused(trace):
    with pytest.raises(ExportError, match=r"'ods'.*csv, xlsx, html, docx"):
        write_replies(replies(trace), "ods", FRAME)


# ---------------------------------------------------------------- where it stands today
def moved(trace):
    """Merge the clause that came of C1 into C3; Chloé says what Amina said, and Amina takes her words back."""
    clauses = table(
        "clause version kind came_from disposition left_behind",
        ("C1", "1", "add", None, "d1", None),
        ("C1", "2", "split", "C1", None, "d1"),
        ("C2", "2", "split", "C1", None, None),
        ("C3", "3", "merge", "C2", None, None),
    ).with_columns(pl.col("version").cast(pl.Int64))
    again = pl.when(disposition="d2").then(pl.lit("V1")).otherwise("duplicate_of")
    said = trace.dispositions.with_columns(duplicate_of=again)
    return Trace(
        trace.voices.with_columns(withdrawn=pl.col("voice") == "V1"), trace.links, said, clauses, trace.evidence
    )


def test_answers_name_the_clauses_in_which_they_stand_today(trace):
    found = replies(moved(trace))
    assert found["clause"].to_list() == ["C1", "C1", ""]
    assert found["now"].to_list() == ["C3", "C3", ""]


def test_a_voice_that_says_the_same_leads_to_the_row_of_the_first(trace):
    page = write_replies(reply_rows(moved(trace), public={"V3"}), "html", FRAME).decode()
    assert '<tr id="V1">' in page
    assert re.search(r'<a href="#V1"><span[^>]*>rejected \(V1\)</span></a>', page)


@pytest.mark.parametrize("public", [None, {"V2"}])
def test_words_that_were_taken_back_are_said_to_be(trace, public):
    assert replies(moved(trace), public=public)["text"][:2].to_list() == ["taken back by its sender", "=Advice for all"]
    assert coded_replies(moved(trace), public=public)["text"][0] == ""


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
        "date": "2026-02-01", "clause": "C1", "now": "C1; C2",
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


def test_answers_as_word_file_say_on_each_page_what_they_are(trace):
    frame = Frame("Answers", about="For the team alone.")
    foot = docx.Document(io.BytesIO(write_replies(named_rows(trace), "docx", frame))).sections[0].footer.paragraphs[0]
    assert foot.text == "For the team alone. · 1 / 1"


def test_narrow_columns_of_answers_break_no_word_on_paper():
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("weasyprint")
    from minga.web.pdf import render

    long = "Nobody can lay out the price of a kit and wait eight months for the refund. " * 6
    row = {
        "voice": "V1",
        "text": long,
        "theme": "Neighbourhood workshops",
        "answer": "accepted_in_part",
        "reason": long,
        "responder": "Telecommunications authority",
        "date": "September",
        "clause": "strategy/C2 responsibilities",
        "now": "strategy/C2 responsibilities",
    }
    page = write_replies(pl.DataFrame([row]), "html", Frame("Answers")).decode()
    paper = pypdf.PdfReader(io.BytesIO(render(page, "https://minga.example/")))
    words = " ".join(each.extract_text() for each in paper.pages).split()
    assert {"Neighbourhood", "workshops", "Telecommunications", "September", "responsibilities"} <= set(words)
