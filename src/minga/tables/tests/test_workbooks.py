"""Workbooks: read as written, read as office programs write them, wrong cells named, hostile files refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from minga.tables import workbooks
from minga.tables.reading import LINE, TableError
from minga.tables.workbooks import letters, read_workbook, write_workbook

MIXED = pl.DataFrame({
    "unit": ["Ålesund & co", '"<b>"', "القاهرة", None], "whole": [1, 2, None, 4], "part": [0.1, None, 1e-17, 1e300],
    "truth": [True, False, None, True], "text": ["a", None, " c ", "1"],
    "day": [date(2026, 1, 31), None, date(1999, 12, 1), date(2020, 2, 29)],
    "moment": [datetime(2026, 1, 31, 12, 30), None, datetime(1999, 12, 1), None],
    "formula": ["=1+1", "http://a.example", "@x", "-3"],
})  # fmt: skip


def book(tmp_path, *rows, name="Data"):
    """A workbook as another program writes it: openpyxl, which leaves formulas without their figures."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    made.save(tmp_path / "b.xlsx")
    return tmp_path / "b.xlsx"


def test_a_workbook_is_read_as_it_was_written(tmp_path):
    write_workbook({"Mixed": MIXED, "Other [1/2]": MIXED[:1]}, tmp_path / "a.xlsx")
    found = read_workbook(tmp_path / "a.xlsx")
    assert list(found) == ["Mixed", "Other  1 2 "]
    assert_frame_equal(found["Mixed"], MIXED)


def test_the_same_tables_give_the_same_bytes_on_disk_and_in_memory(tmp_path):
    memory = io.BytesIO()
    write_workbook({"Mixed": MIXED}, tmp_path / "a.xlsx")
    write_workbook({"Mixed": MIXED}, memory)
    assert (tmp_path / "a.xlsx").read_bytes() == memory.getvalue()
    assert_frame_equal(read_workbook(memory)["Mixed"], MIXED)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1), min_size=1))
def test_any_text_comes_back_as_it_was(texts):
    target = io.BytesIO()
    table = pl.DataFrame({"text": [*texts, "end"]})
    write_workbook({"T": table}, target)
    expected = table.with_columns(pl.when(pl.col("text") != "#N/A").then("text").alias("text"))
    if not set(texts) & set(workbooks._ERRORS):
        assert_frame_equal(read_workbook(target)["T"], expected)


def test_names_of_sheets_are_cut_and_told_apart(tmp_path):
    write_workbook(dict.fromkeys(("x" * 40, "X" * 31, "", "'q'"), MIXED[:1]), tmp_path / "a.xlsx")
    assert list(read_workbook(tmp_path / "a.xlsx")) == ["x" * 31, "X" * 27 + " 2", "Sheet", "q"]


def test_control_signs_and_figures_that_are_no_figures_are_left_out():
    target = io.BytesIO()
    write_workbook({"T": pl.DataFrame({"a": ["x\x01y", "z"], "b": [float("nan"), float("-inf")]})}, target)
    assert read_workbook(target)["T"].rows() == [("xy", None), ("z", None)]


def test_lines_of_the_sheet_are_kept_past_empty_rows_and_before_the_header(tmp_path):
    path = book(tmp_path, [], ["unit", None, 2020, "unit"], [], ["NA", None, 1.0, "x"], [None], ["ZA", "note", 2.5])
    table = read_workbook(path, lines=True)["Data"]
    assert table.columns == ["unit", "column_2", "2020", "unit_4", LINE]
    assert table.rows() == [("NA", None, 1.0, "x", 4), ("ZA", "note", 2.5, None, 6)]


def test_columns_of_one_kind_keep_it_and_mixed_ones_become_text(tmp_path):
    rows = [[1, 1, 10**30, "007", datetime(2026, 1, 2), "#N/A"], [2.0, "x", 1, 8, "later", 3]]
    table = read_workbook(book(tmp_path, list("abcdef"), *rows))["Data"]
    assert table.dtypes == [pl.Int64, pl.String, pl.Float64, pl.String, pl.String, pl.Int64]
    assert table["b"].to_list() == ["1", "x"]
    assert table["d"].to_list() == ["007", "8"]
    assert table["e"].to_list() == ["2026-01-02", "later"]
    assert table["f"].to_list() == [None, 3]


def test_empty_sheets_are_left_out_and_a_header_alone_is_a_table_without_rows(tmp_path):
    assert read_workbook(book(tmp_path)) == {}
    assert read_workbook(book(tmp_path, ["a", "b"]))["Data"].shape == (0, 2)


def test_an_error_of_a_formula_is_named_with_sheet_row_and_column(tmp_path):
    path = book(tmp_path, ["a", "b"], [1, "#DIV/0!"], name="Figures")
    with pytest.raises(TableError, match="Sheet 'Figures', row 2, column B holds #DIV/0!"):
        read_workbook(path)


def test_a_formula_without_its_figure_is_named_instead_of_read_as_a_gap(tmp_path):
    path = book(tmp_path, ["a", "b"], [1, 2], [3, "=A2+B2"])
    with pytest.raises(TableError, match=r"row 3, column B holds the formula =A2\+B2 without its figure"):
        read_workbook(path)


def test_wrong_cells_are_read_as_somebody_says_and_all_others_as_they_are(tmp_path):
    from xlsxwriter import Workbook

    with Workbook(str(tmp_path / "b.xlsx")) as made:
        sheet = made.add_worksheet("Data")
        for row, cells in enumerate((["said", "n"], ["Bread", 1], ["Tea", 3])):
            sheet.write_row(row, 0, cells)
        sheet.write_formula(3, 0, "=- more bread", value="#NAME?")
        sheet.write_formula(3, 1, "=B2+B3", value=4)
    heard = []

    def instead(error, formula):
        heard.append((error, formula))
        return formula.removeprefix("=") or error

    table = read_workbook(tmp_path / "b.xlsx", instead=instead)["Data"]
    assert table["said"].to_list() == ["Bread", "Tea", "- more bread"]
    assert table["n"].to_list() == [1, 3, 4]
    assert ("#NAME?", "=- more bread") in heard
    path = book(tmp_path, ["said", "n"], ["Bread", 1], [None, "=B2+1"])
    assert read_workbook(path, lines=True, instead=instead)["Data"].rows() == [("Bread", "1", 2), (None, "B2+1", 3)]


def test_a_formula_with_its_figure_is_read(tmp_path):
    path = tmp_path / "f.xlsx"
    from xlsxwriter import Workbook

    made = Workbook(str(path))
    sheet = made.add_worksheet("Data")
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_formula(1, 0, "=1+1", value=2)
    sheet.write_formula(1, 1, "=NA()", value="#N/A")
    made.close()
    assert read_workbook(path)["Data"].rows() == [(2, None)]


def changed(path, target, part, change):
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return target


def test_a_wrong_extent_loses_no_row(tmp_path):
    path = book(tmp_path, ["a"], [1], [2])
    short = changed(path, tmp_path / "w.xlsx", "xl/worksheets/sheet1.xml", lambda text: text.replace(b"A1:A3", b"A1"))
    assert openpyxl.load_workbook(short, read_only=True)["Data"].max_row == 1
    assert read_workbook(short)["Data"]["a"].to_list() == [1, 2]


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_encoding(tmp_path, code):
    evil = f'<?xml version="1.0" encoding="{code}"?><!-- {"x" * 3000} --><!DOCTYPE a [<!ENTITY b "c">]><a/>'
    path = changed(book(tmp_path, ["a"], [1]), tmp_path / "e.xlsx", "xl/workbook.xml", lambda _: evil.encode(code))
    with pytest.raises(TableError, match=r"e\.xlsx holds a document type"):
        read_workbook(path)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST_BYTES", 2**20)
    path = changed(book(tmp_path, ["a"], [1]), tmp_path / "z.xlsx", "xl/styles.xml", lambda text: text + b" " * 2**21)
    with pytest.raises(TableError, match=r"z\.xlsx unpacks to more than 1 MB"):
        read_workbook(path)


def test_few_bytes_that_stand_for_many_cells_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CELLS", 40_000)
    wide = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in (2, 3, 4))
    path = changed(book(tmp_path, ["a"]), tmp_path / "w.xlsx", "xl/worksheets/sheet1.xml",
                   lambda text: text.replace(b"</sheetData>", wide + b"</sheetData>"))  # fmt: skip
    with pytest.raises(TableError, match="more than 40,000 cells"):
        read_workbook(path)


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_what_is_no_workbook_says_so(tmp_path, content):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(TableError, match=r"a\.xlsx cannot be read as an XLSX workbook"):
        read_workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("other.txt", "x")
    with pytest.raises(TableError, match=r"z\.xlsx cannot be read as an XLSX workbook"):
        read_workbook(tmp_path / "z.xlsx")


def test_tables_and_texts_a_sheet_cannot_hold_are_refused_with_their_place():
    with pytest.raises(TableError, match="'Long' has 1,048,576 rows"):
        write_workbook({"Long": pl.DataFrame({"a": [1] * workbooks.MOST_ROWS})}, io.BytesIO())
    with pytest.raises(TableError, match="Sheet 'T', row 3, column B would hold 32,768 characters"):
        write_workbook({"T": pl.DataFrame({"a": [1, 2], "b": ["", "x" * 32_768]})}, io.BytesIO())


def test_letters_of_columns():
    assert [letters(at) for at in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_a_line_above_stands_alone_before_the_header(tmp_path):
    path = tmp_path / "above.xlsx"
    write_workbook({"one": pl.DataFrame({"day": [date(2026, 5, 3)], "count": [4]})}, path, above="For us alone")
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("For us alone", None)
    assert rows[1] == ("day", "count")
    assert (rows[2][0].date(), rows[2][1]) == (date(2026, 5, 3), 4)
