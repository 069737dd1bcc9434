"""Files in and out: CSV, XLSX, Parquet, JSON, SDMX-CSV, COINr's tables."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from minga import indicators as mi
from minga.indicators.engine.files import read_coinr, read_table, read_workbook, write_workbook
from minga.indicators.tests import asem
from minga.indicators.tests.makers import flat, random_table, table


def test_what_is_no_workbook_says_so(tmp_path):
    (tmp_path / "a.xlsx").write_text("no zip")
    with pytest.raises(mi.DataError, match="cannot be read as an XLSX"):
        read_workbook(tmp_path / "a.xlsx")


def test_a_coinr_project_comes_over_from_one_workbook_and_from_two_files(tmp_path):
    write_workbook({"iData": asem.idata(), "iMeta": asem.imeta()}, tmp_path / "asem.xlsx")
    asem.idata().write_csv(tmp_path / "iData.csv")
    asem.imeta().write_csv(tmp_path / "iMeta.csv")
    for files in (("asem.xlsx",), ("iData.csv", "iMeta.csv")):
        idata, imeta = read_coinr(*(tmp_path / name for name in files))
        index = mi.Index.from_tables(idata, imeta, impute={"method": "mean", "group": "EurAsia_group"})
        asem.assert_equals(index.fit(idata).stage("aggregated"), "agg_amean_default")


def test_a_definition_and_its_data_go_back_to_coinr():
    idata, imeta = mi.to_tables(asem.index(), asem.idata())
    again = mi.Index.from_tables(idata, imeta)
    assert again.indicators == asem.index().indicators
    assert again.nodes == asem.index().nodes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Type": "Indikator"}, "has the type 'Indikator'"), ({"iCode": "Missing"}, "iData has no such column"),
    ],
)  # fmt: skip
def test_faults_in_imeta_name_their_row(change, message):
    column, value = next(iter(change.items()))
    first = pl.int_range(pl.len()) == 0
    imeta = asem.imeta().with_columns(pl.when(first).then(pl.lit(value)).otherwise(column).alias(column))
    with pytest.raises(mi.DefinitionError, match=f"Row 2 of iMeta.*{message}"):
        mi.Index.from_tables(asem.idata(), imeta)


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "xlsx"])
def test_tables_are_read_by_the_ending_of_their_file(tmp_path, ending):
    data = random_table(6, ["a", "b"], missing=0.2)
    path = tmp_path / f"data.{ending}"
    if ending == "xlsx":
        write_workbook({"Data": data}, path)
    else:
        getattr(data, f"write_{ending}")(path)
    assert_frame_equal(read_table(path), data)


def test_semicolons_and_marks_for_nothing_in_csv(tmp_path):
    (tmp_path / "a.csv").write_text("unit;a\nNA;1.5\nZA;n/a\nZM;NA\nZW;..\nMZ; 3 \n", encoding="utf-8")
    found = read_table(tmp_path / "a.csv")
    assert found["unit"].to_list()[0] == "NA"  # Namibia stays a unit
    assert flat("a").fit(found).stage("raw")["a"].to_list() == [1.5, None, None, None, 3.0]
    with pytest.raises(mi.DataError, match="'a' of unit 'ZA' holds 'many'"):
        flat("a").fit(found.with_columns(pl.col("a").str.replace("n/a", "many")))
    with pytest.raises(mi.DataError, match="Column 'unit' holds 'ZA'"):
        mi.corr(found, ["a"], ["unit"])


def test_unknown_endings_and_missing_files(tmp_path):
    with pytest.raises(mi.DataError, match="There is no file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "a.ods").write_text("")
    with pytest.raises(mi.DataError, match=r"Readable are \.csv"):
        read_table(tmp_path / "a.ods")


def test_everything_about_a_result_is_written(tmp_path):
    found = flat("a", "b", impute="mean").fit(table(a=[1.0, None, 3.0], b=[2.0, 1.0, 0.0]))
    mi.write_all(found, tmp_path)
    scores = pl.read_csv(tmp_path / "scores.csv")
    assert scores.columns == ["unit", "node", "score", "rank"]
    assert scores.row(0) == ("Almond", "top", 50.0, 1)
    sheets = read_workbook(tmp_path / "result.xlsx")
    assert {"Results", "Scores", "Raw", "Imputed", "Why", "Log", "Definition"} <= set(sheets)
    definition = "\n".join(line or "" for line in sheets["Definition"]["definition"].to_list())
    assert mi.Index.from_toml(definition) == found.index
    content = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert content["scores"][0]["score"] == 50.0


def test_source_and_method_of_an_indicator_travel_along(tmp_path):
    index = (
        flat("a", "b").replace("indicator.a.source", "Council survey").replace("indicator.a.quality", "self-reported")
    )
    found = index.fit(table(a=[1.0, 2.0], b=[2.0, 1.0]))
    mi.write_xlsx(found, tmp_path / "a.xlsx")
    row = read_workbook(tmp_path / "a.xlsx")["Indicators"].row(0, named=True)
    assert (row["source"], row["quality"]) == ("Council survey", "self-reported")


def test_sdmx_csv_out_and_in_again(tmp_path):
    index = flat("a", "b", impute="mean")
    data = table(a=[1.0, None, 3.0], b=[2.0, 1.0, 0.5])
    written = mi.write_sdmx_csv(index.fit(data), tmp_path / "s.csv")
    assert written.columns[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    imputed = written.filter((pl.col("INDICATOR") == "a") & (pl.col("REF_AREA") == "Birch"))
    assert imputed["OBS_STATUS"].item() == "I"
    assert imputed["OBS_VALUE"].item() == 2.0
    back = mi.read_sdmx_csv(tmp_path / "s.csv", time=None)
    assert back.rename({"REF_AREA": "unit"}).sort("unit")["b"].to_list() == [2.0, 1.0, 0.5]


SDMX = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
#: what may stand in what, in which order, as SDMX 2.1 has it: element, children (? may be missing, * any number)
GENERIC_DATA = {
    "message:GenericData": ["message:Header", "message:DataSet"],
    "message:Header": ["message:ID", "message:Test", "message:Prepared", "message:Sender", "message:Structure"],
    "message:ID": [], "message:Test": [], "message:Prepared": [], "message:Sender": [],
    "message:Structure": ["common:Structure"], "common:Structure": ["Ref"], "Ref": [],
    "message:DataSet": ["data/generic:Obs*"],
    "data/generic:Obs": ["data/generic:ObsKey", "data/generic:ObsValue?", "data/generic:Attributes?"],
    "data/generic:ObsKey": ["data/generic:Value*"], "data/generic:Attributes": ["data/generic:Value*"],
    "data/generic:ObsValue": [], "data/generic:Value": [],
}  # fmt: skip
DEMANDED = {
    "message:Sender": {"id"}, "message:Structure": {"structureID", "dimensionAtObservation"},
    "Ref": {"agencyID", "id", "version"}, "message:DataSet": {"structureRef", "action"},
    "data/generic:ObsValue": {"value"}, "data/generic:Value": {"id", "value"},
}  # fmt: skip


def plain_name(element):
    return element.tag.replace(f"{{{SDMX}/", "").replace("}", ":")


def assert_fits(element):
    name = plain_name(element)
    assert set(element.attrib) == DEMANDED.get(name, set())
    pattern = "".join(
        f"(?:{re.escape(one.rstrip('?*'))} ){one[-1] if one[-1] in '?*' else ''}" for one in GENERIC_DATA[name]
    )
    assert re.fullmatch(pattern, "".join(f"{plain_name(child)} " for child in element))
    for child in element:
        assert_fits(child)


@pytest.mark.parametrize("years", [False, True], ids=["one time", "several times"])
def test_sdmx_ml_out_has_the_structure_of_generic_data_and_comes_in_again(tmp_path, years):
    index, data = flat("a", "b", impute="mean"), table(a=[1.0, None, 3.0], b=[2.0, 1.0, 0.5])
    if years:
        index = index.replace("panel.time", "year")
        data = pl.concat([data.with_columns(year=pl.lit(year)) for year in (2020, 2021)])
    made = datetime(2026, 1, 31, 12, tzinfo=UTC)
    written = mi.write_sdmx_ml(index.fit(data), tmp_path / "s.xml", prepared=made)
    root = ElementTree.parse(tmp_path / "s.xml").getroot()
    assert_fits(root)
    assert root.find(f"{{{SDMX}/message}}Header/{{{SDMX}/message}}Prepared").text == "2026-01-31T12:00:00+00:00"
    assert len(root.findall(f".//{{{SDMX}/data/generic}}Obs")) == written.height == (18 if years else 9)
    back = mi.read_sdmx_ml(tmp_path / "s.xml", time="TIME_PERIOD" if years else None)
    assert back["b"].to_list() == ([2.0, 2.0, 1.0, 1.0, 0.5, 0.5] if years else [2.0, 1.0, 0.5])
    mi.write_sdmx_ml(index.fit(data), tmp_path / "t.xml", prepared=made)
    assert (tmp_path / "s.xml").read_bytes() == (tmp_path / "t.xml").read_bytes()


def test_sdmx_csv_with_another_dimension_left_open_is_an_error():
    open_ = pl.DataFrame(
        {"REF_AREA": ["KE", "KE"], "INDICATOR": ["x", "x"], "SEX": ["F", "M"], "OBS_VALUE": [1.0, 2.0]}
    )
    with pytest.raises(mi.DataError, match="several observations of 'x'"):
        mi.read_sdmx_csv(open_)
    with pytest.raises(mi.DataError, match="no column OBS_VALUE"):
        mi.read_sdmx_csv(open_.drop("OBS_VALUE"))


GENERIC = """<m:GenericData xmlns:m="m" xmlns:g="g"><m:DataSet><g:Series><g:SeriesKey>
<g:Value id="REF_AREA" value="KE"/><g:Value id="INDICATOR" value="x"/></g:SeriesKey>
<g:Obs><g:ObsDimension value="2020"/><g:ObsValue value="1.5"/></g:Obs>
<g:Obs><g:ObsDimension value="2021"/><g:ObsValue value="2.5"/></g:Obs></g:Series></m:DataSet></m:GenericData>"""
SPECIFIC = """<m:Data xmlns:m="m"><m:DataSet><Series REF_AREA="KE" INDICATOR="x">
<Obs TIME_PERIOD="2020" OBS_VALUE="1.5"/><Obs TIME_PERIOD="2021" OBS_VALUE="2.5"/></Series></m:DataSet></m:Data>"""
FLAT = """<m:Data xmlns:m="m"><m:DataSet><Obs REF_AREA="KE" INDICATOR="x" TIME_PERIOD="2020" OBS_VALUE="1.5"/>
<Obs REF_AREA="KE" INDICATOR="x" TIME_PERIOD="2021" OBS_VALUE="2.5"/></m:DataSet></m:Data>"""


@pytest.mark.parametrize("text", [GENERIC, SPECIFIC, FLAT], ids=["generic", "specific", "flat"])
def test_sdmx_ml_in_its_three_forms(tmp_path, text):
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    assert mi.read_sdmx_ml(tmp_path / "a.xml").rows() == [("KE", "2020", 1.5), ("KE", "2021", 2.5)]


@pytest.mark.parametrize(
    ("text", "message"),
    [("<a/>", "no observation"), ("<a", "no valid XML"), ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "document type")],
)
def test_sdmx_ml_that_cannot_be_read_says_why(tmp_path, text, message):
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    with pytest.raises(mi.DataError, match=message):
        mi.read_sdmx_ml(tmp_path / "a.xml")


def test_scores_file_has_the_same_columns_whatever_the_data_call_them(tmp_path):
    data = pl.DataFrame({"uCode": ["x", "y"], "Year": [2020, 2020], "a": [1.0, 2.0]})
    index = flat("a").replace("unit", "uCode").replace("panel.time", "Year")
    mi.write_scores(index.fit(data), tmp_path / "scores.csv")
    assert pl.read_csv(tmp_path / "scores.csv").columns == ["unit", "time", "node", "score", "rank"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_code_of_namibia_is_a_unit_and_no_gap(tmp_path, ending):
    table = pl.DataFrame({"unit": ["NA", "ZA"], "a": ["1", "NA"]})
    path = tmp_path / f"data.{ending}"
    table.write_csv(path) if ending == "csv" else mi.write_workbook({"Data": table}, path)
    assert mi.read_table(path)["unit"].to_list() == ["NA", "ZA"]
