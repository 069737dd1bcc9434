"""Reading tables: nothing is taken for missing, wrong rows are named, good rows are kept."""

from __future__ import annotations

import polars as pl
import pytest

from minga.tables.reading import LINE, TableError, read_table


def write(folder, content, name="answers.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("quote", ["", '"'], ids=["fast", "quoted"])
def test_na_is_namibia_and_only_an_empty_cell_is_empty(tmp_path, quote):
    reading = read_table(write(tmp_path, f"country,level\n{quote}NA{quote},null\nnan,\n"))
    assert reading.table.select("country", "level").rows() == [("NA", "null"), ("nan", None)]


def test_wrong_rows_are_named_with_their_line_and_the_others_are_kept(tmp_path):
    reading = read_table(write(tmp_path, 'a,b\n1,2\n\n3\n4,5,6\n"x\ny",7\n8,9\n'))
    assert reading.table.rows() == [("1", "2", 2), ("x\ny", "7", 6), ("8", "9", 8)]
    assert [str(problem) for problem in reading.problems] == [
        "answers.csv, line 4: The row has 1 cell, but the header names 2 columns. "
        "Complete the row; put text that holds ',' in double quotes.",
        "answers.csv, line 5: The row has 3 cells, but the header names 2 columns. "
        "Complete the row; put text that holds ',' in double quotes.",
    ]


def test_a_row_too_short_and_one_too_long_do_not_cancel_out(tmp_path):
    reading = read_table(write(tmp_path, "a,b\n1\n2,3,4\n5,6\n"))
    assert reading.table.rows() == [("5", "6", 4)]
    assert [problem.line for problem in reading.problems] == [2, 3]


@pytest.mark.parametrize("rows_below", [3, 60_000], ids=["few rows", "more than a cell may hold"])
def test_quote_that_is_never_closed_takes_no_other_row_with_it(tmp_path, rows_below):
    below = [(f"e{number}", "3") for number in range(rows_below)]
    content = 'a,b\n1,2\n"open,2\n' + "".join(f"{a},{b}\n" for a, b in below) + '"x\ny",7\n9"9,1\n'
    reading = read_table(write(tmp_path, content))
    assert reading.table.select("a", "b").rows() == [("1", "2"), *below, ("x\ny", "7"), ('9"9', "1")]
    assert reading.table[LINE].to_list() == [2, *range(4, 4 + rows_below), 4 + rows_below, 6 + rows_below]
    (problem,) = reading.problems
    assert str(problem).startswith("answers.csv, line 3: A double quote is opened here")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_every_country(tmp_path, delimiter):
    content = f"\ufeffenterprise{delimiter}level\r\nÉcole{delimiter}3\r\n".encode()
    table = read_table(write(tmp_path, content), ["enterprise", "level"]).table
    assert table.rows() == [("École", "3", 2)]
    assert table.columns[-1] == LINE


def test_parquet_keeps_its_types(tmp_path):
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", ["a"]).table["a"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "lacks the column 'item'; its header has a, b"),
        ("", "is empty"),
        ("item,item\n1,2\n", "holds item twice"),
        (b"item\n\xff\n", "not UTF-8: line 2"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path, content, words):
    with pytest.raises(TableError, match=words):
        read_table(write(tmp_path, content), ["item"])


def test_missing_file_and_broken_parquet_are_refused(tmp_path):
    with pytest.raises(TableError, match="There is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(TableError, match="no Parquet file"):
        read_table(write(tmp_path, "x", "t.parquet"))


def test_quote_that_stays_open_to_the_end_takes_no_row_along(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text('name,said\nAmina,"More hours\nBao,Fewer hours\nChloé,"One ""good"" hour,\nor two"\n')
    reading = read_table(path)
    assert reading.table["said"].to_list() == ["Fewer hours", 'One "good" hour,\nor two']
    assert [(one.line, "not closed" in one.message) for one in reading.problems] == [(2, True)]
    path.write_text('name,said\nAmina,Hours\nBao,"Never closed')
    assert [one.line for one in read_table(path).problems] == [3]


def test_surplus_cells_are_put_together_where_somebody_says_how(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("name,said\nAmina,Bread, cakes\nBao,Tea\nChloé\n")
    reading = read_table(path, surplus=lambda names, cells, sign: [cells[0], sign.join(cells[1:])])
    assert reading.table["said"].to_list() == ["Bread, cakes", "Tea"]
    assert [one.line for one in reading.problems] == [4]
    assert [one.line for one in read_table(path).problems] == [2, 4]
