"""Drafts and answers from tables alone: the words around them, the days of versions, and clauses without a heading."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from typer.testing import CliRunner

from minga.deliberation.cli import app
from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.akoma import NAMESPACE
from minga.deliberation.engine.texts.document import ClauseText
from minga.deliberation.engine.texts.drafts import FORMATS, write_draft
from minga.deliberation.engine.texts.folder import draft_in, drafts_in, write_texts
from minga.deliberation.engine.trace import read_trace
from minga.deliberation.tests.drafted import draft
from minga.deliberation.tests.traces import small, written

AKN = {"a": NAMESPACE}


def export(folder, out, *options, code=0):
    done = CliRunner().invoke(app, ["export", str(folder), "--out", str(out), *map(str, options)])
    assert done.exit_code == code, done.output
    return done.output


def read(out, ending, name="draft"):
    data = (out / f"{name}.{ending}").read_bytes()
    if ending == "docx":
        file = docx.Document(io.BytesIO(data))
        cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(each.text for each in file.paragraphs), *cells])
    return data.decode()


def dated(parts, **days):
    for row in parts["clauses"]:
        row["published"] = days.get(f"v{row['version']}")
    return parts


def written_with(folder, parts):
    """Write tables that hold more columns than the engine knows."""
    import polars as pl

    for name, rows in parts.items():
        names = list(dict.fromkeys(key for row in rows for key in row))
        table = pl.DataFrame(
            [{key: row.get(key) for key in names} for row in rows], schema=dict.fromkeys(names, pl.String)
        )
        table.write_csv(folder / f"{name}.csv")
    return folder


# ---------------------------------------------------------------- days of versions
def test_version_without_a_day_is_given_none(tmp_path):
    said = export(written(tmp_path, small()), tmp_path / "out", "--with-trace")
    for ending in ("md", "html", "docx"):
        text = read(tmp_path / "out", ending)
        assert "1970" not in text
        assert "published on" not in text
        assert "Version 2" in text
    file = docx.Document(tmp_path / "out" / "draft.docx")
    assert [each for each in file.core_properties._element if "created" in each.tag or "modified" in each.tag] == []
    assert not (tmp_path / "out" / "draft.xml").exists(), "its format names versions by their days"
    assert "--published" in said


def test_day_of_an_answer_is_not_that_of_a_version(tmp_path):
    parts = small()
    for row in parts["dispositions"]:
        row["date"] = "2026-11-20"
    export(written(tmp_path, parts), tmp_path / "out", "--format", "md")
    assert "2026" not in read(tmp_path / "out", "md")


def test_days_stand_in_the_table_or_on_the_command_line(tmp_path):
    written_with(tmp_path, dated(small(), v1="2026-03-01", v2="2026-05-02"))
    export(tmp_path, tmp_path / "out", "--published", "2=2026-06-03")
    assert "Version 2, published on 3 June 2026" in read(tmp_path / "out", "md")
    assert "Version 1, published on 1 March 2026" in read(tmp_path / "out", "md")
    root = etree.fromstring((tmp_path / "out" / "draft.xml").read_bytes())
    days = [each.get("date") for each in root.iterfind(".//a:lifecycle/a:eventRef", AKN)]
    assert days == ["2026-03-01", "2026-06-03"]


def test_days_that_cannot_be_read_are_refused(tmp_path):
    folder = written(tmp_path, small())
    assert "1=2026-10-21" in export(folder, tmp_path / "out", "--published", "2026-10-21", code=2)
    assert "version 1 is not" in export(folder, tmp_path / "out", "--format", "xml", code=1)
    written_with(tmp_path, dated(small(), v2="2 May"))
    assert "'2 May' is no day" in export(tmp_path, tmp_path / "out", code=1)
    parts = dated(small(), v1="2026-03-01", v2="2026-03-02")
    parts["clauses"].append({"clause": "2", "version": "2", "kind": "add", "published": "2026-03-03"})
    written_with(tmp_path, parts)
    assert "A version has one day" in export(tmp_path, tmp_path / "out", code=1)


# ---------------------------------------------------------------- languages
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "publiée le 2 mai 2026",
                "Ce qui se trouve derrière cette clause",
                "acceptée",
            ),
        ),
        ("ar", ("نُشرت في 2 مايو 2026", "ما يستند إليه هذا البند", "مقبول")),
        ("zh", ("2026年5月2日发布", "这一条款背后的内容", "已采纳")),
    ],
)
def test_words_around_a_text_are_in_its_language(tmp_path, language, words):
    written_with(tmp_path, dated(small(), v1="2026-03-01", v2="2026-05-02"))
    export(tmp_path, tmp_path / "out", "--language", language, "--with-trace")
    for ending in ("md", "html", "docx"):
        text = read(tmp_path / "out", ending).replace("\\", "")
        for each in words:
            assert each in text
        assert "What stands behind" not in text
        assert "accepted" not in text
    for ending in ("html", "docx"):
        assert "accepted" not in read(tmp_path / "out", ending, "answers")
    assert ("63,2" if language == "fr" else "63.2") in read(tmp_path / "out", "md").replace("\\", "")
    if language == "fr":
        assert "Ce qui a été dit" in read(tmp_path / "out", "html", "answers")


def test_language_without_words_is_refused_and_the_six_are_named(tmp_path):
    said = export(written(tmp_path, small()), tmp_path / "out", "--language", "xx", code=1)
    assert "ar, en, es, fr, ru, zh" in said
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- clauses without a heading
@pytest.mark.parametrize("ending", FORMATS)
def test_words_of_a_clause_without_heading_stand_there_once(ending):
    words = "Every firm may ask a public adviser, and need not pay for the first hour of advice."
    text = draft(clauses=(ClauseText("C1", "1", "", words), ClauseText("C2", "2", "Skills", "Train people.")))
    data = write_draft(text, ending)
    if ending == "docx":
        file = docx.Document(io.BytesIO(data))
        body = [each for each in file.paragraphs if not each.style.name.startswith("toc")]
        found = "\n".join(each.text for each in body)
        heads = [each for each in body if each.style.name == "Heading 1"]
        assert ["C1" in heads[0].text, heads[1].text] == [True, "Skills"]
        marks = [each.get(qn("w:name")) for each in heads[0]._p.iter(qn("w:bookmarkStart"))]
        assert marks == ["C1"]
    else:
        found = data.decode().partition("<main>")[2] or data.decode()
    assert found.count("Every firm may ask") == 1
    assert "Skills" in found


# ---------------------------------------------------------------- tables of several drafts, places, zip files
def test_each_draft_has_files_of_its_own_and_clauses_stand_in_their_places(tmp_path):
    parts = small()
    parts["clauses"] = [
        {"clause": "plan/C1", "version": "1", "kind": "add", "position": "2", "heading": "Second", "text": "B"},
        {"clause": "plan/C2", "version": "1", "kind": "add", "position": "1", "heading": "First", "text": "A"},
        {"clause": "plan/C3", "version": "1", "kind": "add", "position": "1", "parent": "plan/C2", "text": "Under"},
        {"clause": "law/C1", "version": "1", "kind": "add", "text": "Law", "disposition": "d1"},
        {"clause": "plan/C3", "version": "2", "kind": "edit", "position": "3", "text": "At the top"},
    ]
    parts["evidence"] = []
    parts["evidence"] = [{"link": "https://x.example/", "value": "1", "disposition": "d1"}]
    trace = read_trace(written_with(tmp_path, parts))
    assert drafts_in(trace) == ["law", "plan"]
    plan = draft_in(trace, title="Plan", draft="plan")
    assert [(each.code, each.place, each.text) for each in plan.clauses] == [
        ("C2", "1", "A"), ("C1", "2", "B"), ("C3", "3", "At the top"),
    ]  # fmt: skip
    assert plan.name == "plan"
    paths = write_texts(trace, tmp_path / "out", title="Plan", formats=("md",), with_trace=True)
    assert [path.name for path in paths] == ["draft-law.md", "draft-plan.md"]


def test_position_that_is_no_number_is_named(tmp_path):
    parts = small()
    parts["clauses"][0]["position"] = "top"
    with pytest.raises(ExportError, match="'top', which is no number"):
        draft_in(read_trace(written_with(tmp_path, parts)), title="T")


def test_tables_may_be_packed_as_a_zip_file(tmp_path):
    written(tmp_path, small())
    packed = tmp_path / "all.zip"
    with zipfile.ZipFile(packed, "w") as parts:
        for name in ("voices", "links", "dispositions", "clauses"):
            parts.write(tmp_path / f"{name}.csv", f"consultation/{name}.csv")
    assert read_trace(packed).voices.equals(read_trace(tmp_path).voices)
    export(packed, tmp_path / "out", "--format", "csv")
    (tmp_path / "broken.zip").write_bytes(packed.read_bytes()[:200])
    done = CliRunner().invoke(app, ["trace", str(tmp_path / "broken.zip")])
    assert done.exit_code == 1
    assert "no whole zip file" in done.output
    with zipfile.ZipFile(packed, "w") as parts:
        parts.write(tmp_path / "voices.csv", "voices.csv")
    assert "lacks clauses.csv" in CliRunner().invoke(app, ["trace", str(packed)]).output


def test_published_days_may_be_given_to_the_engine(tmp_path):
    trace = read_trace(written(tmp_path, small()))
    text = draft_in(trace, title="T", published={2: date(2026, 5, 2)})
    assert [each.on for each in text.versions] == [None, date(2026, 5, 2)]
    with pytest.raises(ExportError, match="version 1 is not"):
        write_draft(text, "xml")
