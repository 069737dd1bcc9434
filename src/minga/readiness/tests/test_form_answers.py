"""Submissions of ODK and KoboToolbox: whatever the export, each counts once, under the form it answered."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga import readiness
from minga.readiness.engine.form_answers import finder, looks_like_submissions
from minga.readiness.engine.xlsform_texts import form_version
from minga.readiness.tests.engine_support import GENERIC

HERE = Path(__file__).parent / "fixtures"
CODES = {"countries": {"CV"}, "sectors": {"10", "25"}, "today": date(2026, 11, 22)}
VERSION = form_version(GENERIC, "short")
WRITTEN = "1.0.0-dd387190-short"  # as the files have it


def export(tmp_path, name, change=lambda text: text):
    file = tmp_path / name
    file.write_text(change((HERE / name).read_text(encoding="utf-8").replace(WRITTEN, VERSION)), encoding="utf-8")
    return file


def read(file, *instruments):
    return readiness.read_submissions(file, finder(instruments or (GENERIC,)), **CODES)


@pytest.mark.parametrize("name", ["kobo.json", "kobo.csv", "central.csv", "central.json"])
def test_every_export_gives_the_same_two_businesses(tmp_path, name):
    file = export(tmp_path, name)
    assert looks_like_submissions(file)
    bakery, mill = read(file).firms
    assert (bakery.name, bakery.country, bakery.sector, bakery.size) == ("Padaria da Praia", "CV", "10", "10-49")
    assert (bakery.location, bakery.date, bakery.form) == ("rural", "2026-03-02", "short")
    assert (bakery.goals, bakery.cash_limit, bakery.horizon_limit) == (("scrap", "energy"), "c1", "h2")
    assert bakery.key == "0b9f6a5e-8c5e-4b0e-9a57-1d2f3c4b5a61"
    assert list(bakery.answers) == [item.id for item in GENERIC.items_of(form="short")]
    assert (bakery.answers["INT1"], bakery.answers["SKL1"], mill.answers["INC3"]) == ("3", "dk", "0")
    assert mill.size == "1-9"
    assert bakery.content_hash == GENERIC.content_hash


def test_submission_sent_twice_counts_once_and_a_wrong_one_waits(tmp_path):
    incoming = read(export(tmp_path, "kobo.json"))
    assert (incoming.rows, len(incoming.firms), incoming.bad_rows) == (4, 2, 1)
    assert [str(one) for one in incoming.notices] == ["Repeated submissions: 1. Each submission counts once."]
    assert [(one.row, one.column, one.code) for one in incoming.problems] == [(4, "policies/POL3", "bad_level")]
    assert incoming.to_mend["about/enterprise"].to_list() == ["Metal Fogo"]


def test_newer_copy_of_a_submission_counts_where_they_differ(tmp_path):
    def edit(text):
        content = json.loads(text)
        later = content["results"][0] | {"integration/INT1": "5", "_submission_time": "2026-03-09T08:00:00"}
        content["results"].insert(0, later)
        return json.dumps(content)

    incoming = read(export(tmp_path, "kobo.json", edit))
    assert {firm.name: firm.answers["INT1"] for firm in incoming.firms}["Padaria da Praia"] == "5"
    assert [one.code for one in incoming.notices] == ["repeated_differs", "repeated_differs", "repeated"]


def test_unknown_version_is_named_with_how_to_bring_the_form(tmp_path):
    incoming = read(export(tmp_path, "central.csv", lambda text: text.replace(VERSION, "0.9.0-00c0ffee")))
    assert incoming.firms == ()
    assert {one.code for one in incoming.problems} == {"unknown_version"}
    assert "'0.9.0-00c0ffee'" in str(incoming.problems[0])
    assert "give the XLSX file" in str(incoming.problems[0])


def test_version_finds_the_edition_that_was_asked(tmp_path):
    merged = readiness.merge("generic-enterprise", "country-jordan")
    file = export(tmp_path, "kobo.csv", lambda text: text.replace(VERSION, form_version(merged, "short")))
    assert {firm.content_hash for firm in read(file, GENERIC, merged).firms} == {merged.content_hash}


def test_central_says_the_version_where_the_question_was_left_out(tmp_path):
    file = export(tmp_path, "central.csv", lambda text: text.replace("minga_version", "other"))
    assert len(read(file).firms) == 2


def test_submission_without_any_version_is_named(tmp_path):
    file = export(tmp_path, "kobo.csv", lambda text: text.replace("minga_version", "other").replace("__version__", "v"))
    assert {one.code for one in read(file).problems} == {"no_version"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", "{", "cannot be read as JSON"),
        ("a.json", '"text"', "holds no list of submissions"),
        ("a.json", "[]", "holds no submission"),
        ("a.csv", "", "is empty"),
    ],
)
def test_file_without_submissions_is_refused_in_words(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    with pytest.raises(readiness.AnswerError, match=words):
        read(tmp_path / name)


def test_sheet_that_somebody_filled_in_is_no_export(tmp_path):
    (tmp_path / "firms.csv").write_text("name,country,INT1\nA,CV,3\n")
    assert not looks_like_submissions(tmp_path / "firms.csv")


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 3), st.sampled_from(["", "9", "x", "3", "dk", "na"]))
def test_shuffled_columns_and_rows_and_repeats_change_nothing(tmp_path_factory, chance, repeats, level):
    text = (HERE / "kobo.csv").read_text(encoding="utf-8").replace(WRITTEN, VERSION)
    header, *rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    at = header.index("integration/INT1")
    rows[0][at] = level
    rows = [*rows, *(list(chance.choice(rows)) for _ in range(repeats))]
    chance.shuffle(rows)
    order = list(range(len(header)))
    chance.shuffle(order)
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([[row[one] for one in order] for row in (header, *rows)])
    file = tmp_path_factory.mktemp("odk") / "kobo.csv"
    file.write_text(out.getvalue(), encoding="utf-8")
    incoming = read(file)
    found = {firm.name: dict(firm.answers) for firm in incoming.firms}
    assert "Moinho Santiago" in found
    if level in ("9", "x", "na"):
        assert "Padaria da Praia" not in found
        assert {(one.column) for one in incoming.problems} == {"integration/INT1"}
    else:
        assert found["Padaria da Praia"].get("INT1", "") == level
    assert len(incoming.firms) + incoming.bad_rows == 2
