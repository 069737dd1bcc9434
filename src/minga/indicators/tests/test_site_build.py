"""The workbench: bad uploads name row and column and lose nothing; a draft becomes an edition in the background."""

from __future__ import annotations

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from minga.indicators import uploads
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.files import write_workbook
from minga.indicators.models import CompositeIndex, Edition
from minga.indicators.tests import site

pytestmark = [pytest.mark.page, pytest.mark.django_db]

CSV = "iso2,exports,skills\nTN,12,3\nMA,18,2.5\nNA,9,3.5\nKE,..,2\nVN,31,4\n"
NEW = {"slug": "trade", "title_en": "Trade", "units": "country"}


def file(text, name="table.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


@pytest.fixture
def editor(elif_):
    return site.browser(elif_)


def uploaded(browser, text=CSV, **fields):
    return browser.post("/en/indicators/build/new/", NEW | {"table": file(text)} | fields)


def test_upload_becomes_a_draft_with_guessed_columns(editor):
    response = uploaded(editor)
    assert response["Location"] == f"/en/indicators/build/{Edition.objects.get().name}/"
    text = editor.get(response["Location"]).content.decode()
    assert "Nothing stands in the way of a calculation." in text
    edition = Edition.objects.get()
    assert edition.data["columns"] == ["iso2", "exports", "skills"]
    # NA is Namibia in a column of codes; two points are an empty cell in a column of figures
    assert [row[0] for row in edition.data["rows"]] == ["TN", "MA", "NA", "KE", "VN"]
    assert edition.data["rows"][3][1] is None


def test_bad_cell_is_named_by_row_and_column_and_everything_else_is_kept(editor):
    place = uploaded(editor, CSV.replace("18", '"18,5"'))["Location"]
    text = editor.get(place).content.decode()
    assert "Row 3, column “exports”: “18,5” is no number." in text
    assert "Calculate with intervals" not in text
    name = Edition.objects.get().name
    editor.post(f"/en/indicators/build/{name}/", {"save": "table", "table": file(CSV)})
    assert "Nothing stands in the way" in editor.get(place).content.decode()
    assert CompositeIndex.objects.get().titles == {"en": "Trade"}


def test_unreadable_file_keeps_what_was_typed(editor):
    response = uploaded(editor, "iso2,exports\nTN,1,2,3\n")
    assert response.status_code == 422
    text = response.content.decode()
    assert "line 2" in text
    assert 'value="Trade"' in text
    assert not Edition.objects.exists()


def test_faulty_definition_is_shown_with_its_line_and_can_be_mended_there(editor):
    broken = site.definition().to_toml().replace("weight = 2.0", "wieght = 2.0")
    response = uploaded(editor, site.TABLE.write_csv(), definition_file=file(broken, "index.toml"))
    assert response.status_code == 422
    text = response.content.decode()
    assert "Line " in text
    assert "wieght" in text
    mended = uploaded(editor, site.TABLE.write_csv(), definition=site.definition().to_toml())
    assert mended.status_code == 302
    assert Edition.objects.get().definition == site.definition().to_toml()


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"slug": "Two Words"}, "small letters"), ({"slug": "build"}, "small letters"),
     ({"title_en": ""}, "at least one language"), ({"index": "nothing"}, "Select a valid choice")],
)  # fmt: skip
def test_mistakes_of_the_form_stand_next_to_their_field(editor, fields, said):
    response = uploaded(editor, **fields)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_titles_in_six_languages_are_kept_and_what_is_typed_in_others_stays_in_sight(editor):
    titles = {"title_es": "Comercio", "title_ru": "Торговля", "title_zh": "贸易"}
    wrong = uploaded(editor, slug="Two Words", **titles).content.decode()
    door = wrong[: wrong.index('name="title_fr"')].rindex("<details")
    assert wrong[door:].startswith('<details class="twin" open>')
    assert wrong.index('name="title_en"') < door
    uploaded(editor, **titles)
    assert CompositeIndex.objects.get().titles == {"en": "Trade", "es": "Comercio", "ru": "Торговля", "zh": "贸易"}


def test_columns_are_mapped_in_the_form(editor):
    uploaded(editor, "code,name,exports,accidents,zone\nA,Almond,3,9,x\nB,Birch,2,7,x\nC,Cedar,1,8,y\n")
    name = Edition.objects.get().name
    sent = {
        "save": "mapping", "unit": "code", "unit_name": "name", "group": "zone", "scale": "minmax",
        "mean": "geometric", "gaps": "median", "use_2": "on", "name_2": "Exports", "direction_2": "1", "weight_2": "2",
        "node_2": "Trade", "use_3": "on", "name_3": "Accidents at work", "direction_3": "-1", "weight_3": "1,5",
        "node_3": "",
    }  # fmt: skip
    assert editor.post(f"/en/indicators/build/{name}/", sent).status_code == 302
    from minga.indicators.engine.definition import Index

    index = Index.from_toml(Edition.objects.get().definition)
    assert [(one.name, one.direction, one.weight, one.parent) for one in index.indicators] == [
        ("Exports", 1, 2.0, "Trade"), ("Accidents at work", -1, 1.5, "index"),
    ]  # fmt: skip
    assert (index.unit, index.unit_name, index.impute.method) == ("code", "name", "median")
    assert str(index.aggregate.rule.method) == "geometric"
    text = editor.get(f"/en/indicators/build/{name}/").content.decode()
    assert 'value="Accidents at work"' in text
    assert "Almond" in text
    bad = editor.post(f"/en/indicators/build/{name}/", sent | {"weight_3": "much"})
    assert bad.status_code == 422
    assert "Give a weight from 0 to 1000." in bad.content.decode()
    assert 'value="much"' in bad.content.decode()


def test_whole_way_from_upload_to_publication_on_the_pages(client, editor, elif_, noor):
    uploaded(editor)
    name = Edition.objects.get().name
    page = f"/en/indicators/build/{name}/"
    editor.post(f"{page}calculate/")
    edition = Edition.objects.get()
    assert edition.is_calculated
    assert edition.task is not None
    assert "Propose for publication" in editor.get(page).content.decode()
    editor.post(f"{page}propose/")
    assert "A second person of the secretariat publishes it." in editor.get(page).content.decode()
    editor.post(f"{page}publish/")
    assert Edition.objects.get().state == "proposed"
    approver = site.browser(noor)
    approver.post(f"{page}publish/")
    assert Edition.objects.get().state == "published"
    assert client.get("/en/indicators/trade/").status_code == 200
    approver.post(f"{page}withdraw/", {"reason": "Two figures were exchanged."})
    assert client.get("/en/indicators/trade/").status_code == 410


def test_task_runs_twice_without_harm(elif_, noor):
    from minga.indicators import tasks

    edition = site.drafted(elif_)
    tasks.start_calculation(edition)
    before = Edition.objects.get().results_hash
    tasks.start_calculation(Edition.objects.get())
    again = Edition.objects.get()
    assert again.results_hash == before
    assert tasks.progress_of(again) == (6, 6)


def test_task_of_a_draft_that_is_gone_does_nothing(elif_, noor):
    from minga.indicators import tasks

    edition = site.published(elif_, noor)
    tasks.calculate_edition.enqueue(edition.name, "0" * 32)
    assert Edition.objects.get().results_hash == edition.results_hash


@pytest.mark.parametrize("page", ["", "new/", "{name}/"])
def test_workbench_is_closed_to_others(client, elif_, page):
    from minga.members import services as members

    edition = site.drafted(elif_)
    address = f"/en/indicators/build/{page.format(name=edition.name)}"
    assert "/account/login/" in client.get(address)["Location"]
    amina = members.create_account(email="amina@bakery.example", password="a long enough password")
    assert site.browser(members.person_for(amina)).get(address).status_code == 403


def test_draft_can_be_deleted_and_a_proposal_cannot(editor, elif_):
    from minga.indicators import services

    edition = site.drafted(elif_)
    services.propose(edition=edition, by=elif_)
    editor.post(f"/en/indicators/build/{edition.name}/delete/")
    assert Edition.objects.get().state == "proposed"
    services.send_back(edition=edition, by=elif_, reason="no")
    editor.post(f"/en/indicators/build/{edition.name}/delete/")
    assert not Edition.objects.exists()


# ---------------------------------------------------------------- reading tables
def test_workbook_is_read(tmp_path):
    path = tmp_path / "t.xlsx"
    write_workbook({"Data": pl.DataFrame({"unit": ["a", "b"], "x": [1.5, 2.5]})}, path)
    table = uploads.read("t.xlsx", path.read_bytes())
    assert table["x"].to_list() == [1.5, 2.5]


@pytest.mark.parametrize(
    ("name", "content"), [("t.pdf", b"x"), ("t.xlsx", b"no workbook"), ("t.csv", b""), ("t.csv", b"a,b\n")]
)
def test_what_is_no_table_is_refused_in_plain_words(name, content):
    with pytest.raises(DataError, match="t\\."):
        uploads.read(name, content)


def test_codes_with_a_zero_in_front_stay_text():
    table = uploads.read("t.csv", b"sector,x\n01,1\n10,2\n")
    assert table["sector"].to_list() == ["01", "10"]
    assert table["x"].to_list() == [1.0, 2.0]


def test_nul_signs_are_taken_out():
    assert uploads.read("t.csv", b"unit,x\na\x00b,1\nc,2\n")["unit"].to_list() == ["ab", "c"]
