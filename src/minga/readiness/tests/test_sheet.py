"""A spreadsheet of many businesses: every wrong cell is named, every good row is kept."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga import readiness
from minga.readiness.engine.incoming import PROBLEM, SENTENCES
from minga.readiness.engine.sheet import template
from minga.readiness.tests.engine_support import GENERIC
from minga.tables.workbooks import write_workbook

CODES = {"countries": {"CV", "JO", "NA"}, "sectors": {"01", "10", "25"}, "languages": ("en", "fr"),
         "today": date(2026, 11, 22)}  # fmt: skip
NA_ITEM = next(item.id for item in GENERIC.items if item.na_allowed)
AMINA = {"name": "Amina's bakery", "country": "CV", "sector": "10", "size": "small", "INT1": "3", "DAT2": "dk"}
BAO = {"name": "Bao's mill", "country": "JO", "sector": "25", "size": "250+", "INT1": "0", "SAF2": "5"}


def read(tmp_path, *rows, **named):
    columns = list(dict.fromkeys(key for row in rows for key in row))
    file = tmp_path / "firms.csv"
    pl.DataFrame([{key: row.get(key) for key in columns} for row in rows], schema=columns).write_csv(file)
    return readiness.read_sheet(file, GENERIC, **(CODES | named))


def said(incoming):
    return [(one.row, one.column, one.code) for one in incoming.problems]


def test_row_becomes_a_business_with_its_answers(tmp_path):
    rural = {"location": "Rural", "date": "2026-03-31", "goals": "scrap, energy", "language": "fr"}
    incoming = read(tmp_path, AMINA | rural, BAO)
    amina, bao = incoming.firms
    assert (amina.name, amina.country, amina.sector, amina.size, amina.location) == (
        "Amina's bakery", "CV", "10", "10-49", "rural")  # fmt: skip
    assert (amina.answers, amina.date, amina.goals) == ({"INT1": "3", "DAT2": "dk"}, "2026-03-31", ("scrap", "energy"))
    assert (bao.size, bao.answers, incoming.rows, incoming.problems) == ("250+", {"INT1": "0", "SAF2": "5"}, 2, ())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": ""}, ("name", "no_name")),
        ({"country": "Cabo Verde"}, ("country", "unknown_country")),
        ({"country": ""}, ("country", "unknown_country")),
        ({"sector": "99"}, ("sector", "unknown_sector")),
        ({"size": "big"}, ("size", "unknown_size")),
        ({"size": "2026-01-09"}, ("size", "size_became_a_date")),
        ({"location": "moon"}, ("location", "unknown_location")),
        ({"date": "31/03/2026"}, ("date", "bad_date")),
        ({"date": "2026-11-23"}, ("date", "future_date")),
        ({"form": "middle"}, ("form", "unknown_form")),
        ({"language": "xx"}, ("language", "unknown_language")),
        ({"goals": "scrap oee energy carbon"}, ("goals", "unknown_goals")),
        ({"goals": "fame"}, ("goals", "unknown_goals")),
        ({"cash_limit": "c9"}, ("cash_limit", "unknown_limit")),
        ({"horizon_limit": "later"}, ("horizon_limit", "unknown_limit")),
        ({"INT1": "6"}, ("INT1", "bad_level")),
        ({"INT1": "3.5"}, ("INT1", "bad_level")),
        ({"INT1": "na"}, ("INT1", "na_not_allowed")),
        ({NA_ITEM: "na"}, (NA_ITEM, "na_without_reason")),
        ({"INT1": "", "DAT2": ""}, ("", "no_answers")),
        ({"name": "A" * 121}, ("name", "too_long")),
    ],
)
def test_wrong_cell_is_named_and_the_other_row_is_kept(tmp_path, change, expected):
    incoming = read(tmp_path, AMINA | change, BAO)
    assert said(incoming) == [(2, *expected)]
    assert [firm.name for firm in incoming.firms] == ["Bao's mill"]
    sentence = str(incoming.problems[0])
    assert sentence.startswith("Row 2")
    assert sentence.endswith(".")
    assert incoming.to_mend.height == 1
    assert incoming.problems[0].sentence in incoming.to_mend[PROBLEM].item()


def test_every_problem_of_a_row_is_named_at_once(tmp_path):
    incoming = read(tmp_path, AMINA | {"country": "XX", "INT1": "9"})
    assert said(incoming) == [(2, "INT1", "bad_level"), (2, "country", "unknown_country")]
    assert incoming.bad_rows == 1


def test_mended_rows_are_read_as_they_are(tmp_path):
    incoming = read(tmp_path, AMINA | {"INT1": "9"}, BAO)
    mended = incoming.to_mend.with_columns(pl.lit("4").alias("INT1")).to_dicts()
    again = read(tmp_path, *mended)
    assert said(again) == []
    assert again.firms[0].answers["INT1"] == "4"


@pytest.mark.parametrize(
    ("given_size", "size"),
    [("micro", "1-9"), ("Small", "10-49"), ("1-9", "1-9"), ("9", "1-9"), ("10", "10-49"), ("50 – 249", "50-249"),
     ("249", "50-249"), ("250", "250+"), ("LARGE", "250+")],
)  # fmt: skip
def test_size_is_a_word_a_class_or_a_number_of_people(tmp_path, given_size, size):
    assert read(tmp_path, AMINA | {"size": given_size}).firms[0].size == size


def test_sector_keeps_the_zero_that_a_spreadsheet_dropped_and_na_is_namibia(tmp_path):
    firm = read(tmp_path, AMINA | {"sector": "1", "country": "na"}).firms[0]
    assert (firm.sector, firm.country) == ("01", "NA")


def test_reason_lets_na_stand(tmp_path):
    firm = read(tmp_path, AMINA | {NA_ITEM: "NA", f"{NA_ITEM}_reason": "Nobody but me works here."}).firms[0]
    assert firm.answers[NA_ITEM] == "na"
    assert firm.reasons == {NA_ITEM: "Nobody but me works here."}


def test_same_business_twice_is_named_unless_ids_tell_them_apart(tmp_path):
    assert said(read(tmp_path, AMINA, AMINA)) == [(3, "", "twice")]
    assert said(read(tmp_path, AMINA | {"id": "1"}, AMINA | {"id": "2"})) == []
    assert said(read(tmp_path, AMINA | {"id": "1"}, BAO | {"id": "1"})) == [(3, "", "twice")]


def test_code_of_a_paper_form_needs_no_profile(tmp_path):
    firm = read(tmp_path, {"code": "7QK4-0M2X-V9TB-3HFA", "INT1": "2"}).firms[0]
    assert (firm.code, firm.name, firm.country) == ("7QK4-0M2X-V9TB-3HFA", "", "")


def test_form_is_full_as_soon_as_an_item_outside_the_short_one_is_answered(tmp_path):
    assert read(tmp_path, AMINA).firms[0].form == "short"
    outside = next(item for item in GENERIC.item_ids if item not in GENERIC.short_form.items)
    assert read(tmp_path, AMINA | {outside: "1"}).firms[0].form == "full"


def test_long_table_gathers_the_rows_of_a_business(tmp_path):
    about = {key: AMINA[key] for key in ("name", "country", "sector", "size")}
    incoming = read(
        tmp_path, about | {"item": "INT1", "level": "3"}, {"name": about["name"], "item": "dat2", "level": "d"}
    )
    assert incoming.firms[0].answers == {"INT1": "3", "DAT2": "dk"}


def test_wrong_row_of_a_long_table_keeps_its_business_waiting_and_no_other(tmp_path):
    def row(about, item, level):
        return {key: about[key] for key in ("name", "country", "sector", "size")} | {"item": item, "level": level}

    incoming = read(
        tmp_path, row(AMINA, "INT1", "3"), row(AMINA, "XYZ", "1"), row(AMINA, "INT1", "2"), row(BAO, "INT1", "1"),
        row(BAO | {"country": "CV"}, "DAT2", "1"),
    )  # fmt: skip
    assert said(incoming) == [
        (3, "item", "unknown_item"), (4, "item", "answered_twice"), (6, "country", "differs"),
    ]  # fmt: skip
    assert incoming.firms == ()
    assert incoming.to_mend.height == 5
    assert "first in row 2" in incoming.problems[1].sentence


def test_workbook_is_read_from_its_sheet_of_answers(tmp_path):
    file = tmp_path / "firms.xlsx"
    row = pl.DataFrame([AMINA | {"INT1": 3, "size": 14, "date": date(2026, 3, 31)}], strict=False)
    write_workbook({"codes": pl.DataFrame({"a": [1]}), "answers": row}, file)
    firm = readiness.read_sheet(file, GENERIC, **CODES).firms[0]
    assert (firm.answers["INT1"], firm.size, firm.date) == ("3", "10-49", "2026-03-31")


def test_template_is_read_once_it_is_filled_in(tmp_path):
    sheets = template(GENERIC, form="short", countries=[("CV", "Cabo Verde")], sectors=[("10", "Food")])
    columns = sheets["answers"].columns
    filled = pl.DataFrame([dict.fromkeys(columns) | AMINA], schema=dict.fromkeys(columns, pl.String))
    write_workbook(sheets | {"answers": filled}, tmp_path / "template.xlsx")
    incoming = readiness.read_sheet(tmp_path / "template.xlsx", GENERIC, **CODES)
    assert incoming.firms[0].answers == {"INT1": "3", "DAT2": "dk"}
    assert incoming.notices == ()
    assert {"level", "size", "goals", "country", "sector"} <= set(sheets["codes"]["column"])
    assert sheets["questions"]["item"].to_list() == [item.id for item in GENERIC.items_of(form="short")]


def test_unknown_columns_are_left_aside_and_named(tmp_path):
    incoming = read(tmp_path, AMINA | {"telephone": "5551234"})
    assert [(one.code, one.values) for one in incoming.notices] == [("column_ignored", {"found": "telephone"})]
    assert len(incoming.firms) == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("name,INT1", "lacks 'country', 'sector', 'size'"),
        ("country,sector,size,INT1", "lacks 'name'"),
        ("name,country,sector,size", "lacks a column for any question"),
        ("name,firm,country,sector,size,INT1", "'name' and 'firm' mean the same"),
        ("name,name,INT1", "name twice"),
    ],
)
def test_table_without_needed_columns_is_refused_in_words(tmp_path, header, words):
    (tmp_path / "firms.csv").write_text(header + "\n" + ",".join("x" for _ in header.split(",")) + "\n")
    with pytest.raises(readiness.AnswerError, match=words):
        readiness.read_sheet(tmp_path / "firms.csv", GENERIC, **CODES)


def test_row_of_a_wrong_shape_is_named_and_others_are_kept(tmp_path):
    (tmp_path / "firms.csv").write_text("name,country,sector,size,INT1\nA,CV,10,small\nB,CV,10,small,2\n")
    incoming = readiness.read_sheet(tmp_path / "firms.csv", GENERIC, **CODES)
    assert said(incoming) == [(2, "", "row_shape")]
    assert [firm.name for firm in incoming.firms] == ["B"]


def test_scores_alone_need_no_profile(tmp_path):
    incoming = read(tmp_path, {"name": "A", "INT1": "3"}, needs_profile=False)
    assert incoming.answers().to_dicts() == [{"enterprise": "A", "item": "INT1", "level": "3", "reason": ""}]


def test_two_businesses_of_one_name_keep_two_names_in_the_table_of_answers(tmp_path):
    incoming = read(tmp_path, AMINA | {"id": "x1"}, AMINA | {"id": "x2"})
    assert incoming.answers()["enterprise"].unique().sort().to_list() == ["Amina's bakery (x1)", "Amina's bakery (x2)"]


def test_every_sentence_ends_and_says_what_to_do():
    for code, sentence in SENTENCES.items():
        assert code == "row_shape" or sentence.endswith("."), code


texts = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"'), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["0", "3", "5", "dk"]), st.one_of(st.none(), st.tuples(
        st.sampled_from(["country", "sector", "size", "INT1", "date", "name"]), texts))), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_broken_cells_and_shuffled_columns_and_rows_lose_no_good_row(tmp_path_factory, rows, chance):
    firms = []
    for number, (level, broken) in enumerate(rows):
        firms.append(AMINA | {"id": f"k{number}", "INT1": level} | ({broken[0]: broken[1]} if broken else {}))
    columns = [*AMINA, "id", "date"]
    chance.shuffle(columns)
    chance.shuffle(firms)
    file = tmp_path_factory.mktemp("sheet") / "firms.csv"
    pl.DataFrame([{key: row.get(key) for key in columns} for row in firms], schema=columns).write_csv(file)
    incoming = readiness.read_sheet(file, GENERIC, **CODES)
    good = {firm.key for firm in incoming.firms}
    bad = {problem.row for problem in incoming.problems}
    assert incoming.rows == len(firms) == len(good) + incoming.bad_rows
    assert len(bad) == incoming.bad_rows
    untouched = {f"k{number}" for number, (_level, broken) in enumerate(rows) if broken is None}
    assert untouched <= good
    for firm in incoming.firms:
        assert firm.answers.get("INT1", "dk") in {"0", "1", "2", "3", "4", "5", "dk"}
        assert (firm.country, firm.sector, firm.size) != ("", "", "")
