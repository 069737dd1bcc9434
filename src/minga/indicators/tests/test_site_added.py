"""Figures from elsewhere in the alliance's own index: checked cell by cell, cited unit by unit, published by two."""

from __future__ import annotations

import io

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from minga.indicators import added, report, services
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, IndicatorsError
from minga.indicators.models import Edition
from minga.indicators.tests import site
from minga.indicators.tests.test_site_alliance import lent
from minga.tables.workbooks import read_workbook, write_workbook

pytestmark = [pytest.mark.page, pytest.mark.django_db, pytest.mark.usefixtures("few_draws")]

INDICATORS = pl.DataFrame({
    "code": ["power", "fees"], "name": ["Hours of power", "Fees"], "unit": ["hours a day", "percent"],
    "direction": [1, -1], "weight": [1.0, 2.0], "source": ["Office of energy", "Office of trade"],
    "licence": ["CC BY 4.0", "public domain"], "low": [0.0, None], "high": [24.0, None],
    "name_fr": ["Heures de courant", ""],
})  # fmt: skip
FIGURES = pl.DataFrame({
    "unit": ["KE", "VNM", "CO", "KE", "VN", "FR"], "indicator": ["power"] * 3 + ["fees"] * 3,
    "value": [12.0, 24.0, 18.0, 3.0, 1.0, 9.0], "year": [2024, 2023, 2024, 2025, 2025, 2025],
    "source": ["", "Survey of Viet Nam", "", "", "", ""],
})  # fmt: skip


@pytest.fixture
def draft(elif_):
    for country, level in (("KE", 3.0), ("VN", 1.0), ("CO", 2.0)):
        lent(10, country, level)
    return services.rebuild(kind="readiness", units="country", by=elif_, is_sample=False, year=2026)


def workbook(indicators=INDICATORS, figures=FIGURES):
    target = io.BytesIO()
    write_workbook({"indicators": indicators, "figures": figures}, target)
    return target.getvalue()


def tables(**changed):
    return added.read([("figures.xlsx", workbook(**changed))])


def put(edition, by, weight=1.0, **changed):
    found = services.add_figures(edition=edition, tables=tables(**changed), weight=weight, by=by)
    edition.refresh_from_db()
    return found


def test_added_indicators_are_a_part_of_their_own_with_their_weight(draft, elif_):
    found = put(draft, elif_, weight=2.0)
    assert found.unused == 1  # France is not ranked
    edition = services.calculate(edition=draft)
    assert edition.problem == ""
    view = report.shown(edition)
    assert [one.code for one in view.children(view.root.code)] == ["readiness", "added"]
    kenya = view.units["KE"]
    power = view.figure(kenya, view.items["power"])
    assert (power.score, power.raw, power.source, power.year) == (50.0, 12.0, "Office of energy", 2024)
    assert view.figure(view.units["VN"], view.items["power"]).source == "Survey of Viet Nam"
    # fees: less is better, no fixed ends: Viet Nam has the lowest and Kenya the highest of the units ranked
    assert view.figure(kenya, view.items["fees"]).score == 0.0
    assert view.figure(view.units["CO"], view.items["fees"]).score is None
    # (50 × 1 + 0 × 2) / 3, and readiness 60 of weight 3 beside 16.67 of weight 2
    assert view.figure(kenya, view.items["added"]).score == pytest.approx(50 / 3)
    assert view.figure(kenya, view.root).score == pytest.approx((3 * 60 + 2 * 50 / 3) / 5)


def test_added_figures_are_labelled_wherever_they_are_shown(client, draft, elif_, noor):
    put(draft, elif_)
    services.calculate(edition=draft)
    services.propose(edition=draft, by=elif_)
    services.publish(edition=draft, by=noor)
    base = f"/en/indicators/readiness/{draft.name}/"
    assert "figures from elsewhere; each names its source" in client.get(base).content.decode()
    assert "Survey of Viet Nam, 2023" in client.get(f"{base}VN/").content.decode()
    page = client.get(f"{base}VN/power/").content.decode()
    assert "Survey of Viet Nam (2023)" in page
    assert "CC BY 4.0" in page
    assert "Heures de courant" in client.get(f"/fr/indicators/readiness/{draft.name}/VN/").content.decode()
    values = client.get(f"{base}VN/power/figure.json").json()
    assert (values["source"], values["year"], values["basis"]) == ("Survey of Viet Nam", 2023, "")
    assert client.get(f"{base}VN/fees/figure.json").json()["source"] == "Office of trade"


def test_figures_added_anew_take_the_place_of_the_old_ones_and_can_be_taken_out(draft, elif_):
    before = draft.definition, draft.data
    put(draft, elif_)
    one = INDICATORS.head(1)
    put(draft, elif_, indicators=one, figures=FIGURES.head(3))
    assert "fees" not in draft.definition
    assert "fees" not in draft.data["columns"]
    assert draft.notes.count("added") == 1
    services.take_out_figures(edition=draft, by=elif_)
    draft.refresh_from_db()
    assert (draft.definition, draft.data) == before
    assert "added" not in draft.notes


def test_only_the_secretariat_adds_and_only_to_drafts_of_readiness(draft, elif_, noor):
    services.calculate(edition=draft)
    services.propose(edition=draft, by=elif_)
    with pytest.raises(IndicatorsError, match="is proposed, and this needs one that is draft"):
        put(draft, elif_)
    with pytest.raises(IndicatorsError, match="readiness indexes alone"):
        put(site.drafted(elif_), elif_)
    with pytest.raises(IndicatorsError, match="Only people of the secretariat"):
        services.add_figures(edition=draft, tables=tables(), weight=1.0, by=None)


def changed(table, row, column, value):
    """A table of texts with one cell changed, as a person would spoil it."""
    return table.cast(pl.String).with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(column).alias(column)
    )


@pytest.mark.parametrize(
    ("which", "row", "column", "value", "said"),
    [
        ("indicators", 0, "code", "a b", r"indicators, row 2, column 'code': 'a b' cannot stand in an address"),
        ("indicators", 1, "code", "power", r"row 3, column 'code': 'power' is used already"),
        ("indicators", 0, "code", "skills", r"row 2, column 'code': 'skills' is used already"),
        ("indicators", 0, "direction", "up", r"row 2, column 'direction': 'up' is neither 1"),
        ("indicators", 0, "weight", "0", r"row 2, column 'weight': '0' is no weight"),
        ("indicators", 1, "licence", "", r"row 3, column 'licence': The cell is empty"),
        ("indicators", 0, "high", "-1", r"row 2, column 'low': The ends of the scale"),
        ("figures", 0, "unit", "Kenia", r"figures, row 2, column 'unit': There is no unit 'Kenia'"),
        ("figures", 1, "indicator", "pwr", r"row 3, column 'indicator': 'pwr' is in no row"),
        ("figures", 2, "value", "1,5", r"row 4, column 'value': '1,5' is no number"),
        ("figures", 2, "value", "", r"row 4, column 'value': '' is no number"),
        ("figures", 3, "year", "24", r"row 5, column 'year': '24' is no year"),
        ("figures", 1, "unit", "KE", r"row 3, column 'unit': 'KE' has two figures for 'power'"),
        ("figures", 4, "value", "3.0", r"row 3, column 'code': 'fees' has no two figures that differ"),
    ],
)  # fmt: skip
def test_every_fault_is_named_by_sheet_row_and_column_and_nothing_is_added(
    draft, elif_, which, row, column, value, said
):
    table = changed({"indicators": INDICATORS, "figures": FIGURES}[which], row, column, value)
    before = draft.definition
    with pytest.raises(DataError, match=said):
        put(draft, elif_, **{which: table})
    assert Edition.objects.get(pk=draft.pk).definition == before


def test_two_csv_files_do_as_well_as_a_workbook(draft, elif_):
    files = [("f.csv", FIGURES.write_csv().encode()), ("i.csv", INDICATORS.write_csv(separator=";").encode())]
    found = services.add_figures(edition=draft, tables=added.read(files), weight=1.0, by=elif_)
    assert len(found.figures) == 5


def test_missing_tables_and_columns_are_named():
    with pytest.raises(DataError, match=r"There is no table of indicators\. Give a workbook with the sheets"):
        added.read([("f.csv", FIGURES.write_csv().encode())])
    with pytest.raises(DataError, match="figures lacks the column 'year'"):
        tables(figures=FIGURES.drop("year"))
    with pytest.raises(DataError, match=r"f\.xlsx cannot be read as an XLSX workbook"):
        added.read([("f.xlsx", b"no workbook")])


def test_page_takes_the_workbook_says_what_is_wrong_and_offers_an_empty_one(draft, elif_):
    client = site.browser(elif_)
    address = f"/en/indicators/build/{draft.name}/"
    empty = client.get(f"{address}figures.xlsx")
    sheets = read_workbook(io.BytesIO(empty.content))
    assert sheets["figures"]["unit"].to_list() == ["CO", "KE", "VN"]
    assert set(added.SHEETS["indicators"]) <= set(sheets["indicators"].columns)
    wrong = SimpleUploadedFile("w.xlsx", workbook(figures=changed(FIGURES, 0, "unit", "Kenia")))
    response = client.post(address, {"workbook": wrong, "weight": "1", "save": "figures"})
    assert response.status_code == 422
    assert "There is no unit &#x27;Kenia&#x27;" in response.content.decode()
    right = SimpleUploadedFile("w.xlsx", workbook())
    response = client.post(address, {"workbook": right, "weight": "1", "save": "figures"}, follow=True)
    assert "Added: 2 indicators with 5 figures." in response.content.decode()
    assert "Figures from elsewhere" in response.content.decode()
    assert Index.from_toml(Edition.objects.get(pk=draft.pk).definition).codes[-2:] == ("power", "fees")
    client.post(address, {"save": "take-out"})
    assert "power" not in Edition.objects.get(pk=draft.pk).definition


def test_doubt_about_businesses_leaves_added_figures_alone(draft, elif_):
    put(draft, elif_)
    edition = services.calculate(edition=draft)
    held = edition.results["intervals"]["added"]
    assert "sources" not in held  # nothing in this part is sampled
    assert "sources" in edition.results["intervals"]["readiness_index"]
