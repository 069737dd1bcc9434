"""Texts beside their translations: complete, in order, with an honest status; as engine, page, file and command."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from minga import readiness
from minga.readiness.cli import app

INSTRUMENT = readiness.load_instrument("generic-enterprise")


@pytest.mark.parametrize("language", ["fr", "ar", "es", "ru", "zh"])
@pytest.mark.parametrize("name", ["generic-enterprise", "generic-industry"])
def test_whole_generic_instruments_are_translated_and_none_claims_to_be_reviewed(name, language):
    table = readiness.translation_table(readiness.load_instrument(name), language)
    assert set(table["status"]) == {"translated"}
    assert table.filter(table["translation"] == "").is_empty()


def test_table_holds_every_level_of_every_question_in_order():
    table = readiness.translation_table(INSTRUMENT, "fr")
    levels = table.filter(table["field"].str.starts_with("level "))
    assert levels.height == 6 * len(INSTRUMENT.items)
    assert levels["original"].to_list() == [text for item in INSTRUMENT.items for text in item.levels]
    french = INSTRUMENT.in_language("fr")
    assert levels["translation"].to_list() == [text for item in french.items for text in item.levels]


def test_language_without_a_translation_is_missing_everywhere_and_invents_nothing():
    table = readiness.translation_table(INSTRUMENT, "de")
    assert set(table["status"]) == {"missing"}
    assert set(table["translation"]) == {""}


def test_question_that_an_overlay_words_anew_stands_beside_the_overlays_translation():
    merged = readiness.merge(
        INSTRUMENT, *(one for one in readiness.known_overlays() if one.id == "sector-food-processing")
    )
    table = readiness.translation_table(merged, "fr")
    added = set(merged.item_ids) - set(INSTRUMENT.item_ids)
    assert added
    rows = table.filter(table["place"].is_in(sorted(added)))
    assert set(rows["status"]) == {"translated"}


def test_command_writes_the_table_for_reviewers(tmp_path):
    target = tmp_path / "fr.csv"
    done = CliRunner().invoke(app, ["translations", "fr", "--out", str(target)])
    assert done.exit_code == 0
    assert "517 texts; 517 translated" in done.stdout
    assert target.read_text(encoding="utf-8").startswith("place,field,original,translation,status\n")
    said = json.loads(CliRunner().invoke(app, ["translations", "de", "--json"]).stdout)
    assert said["status"] == {"missing": 517}


@pytest.mark.page
@pytest.mark.django_db
def test_page_shows_one_part_side_by_side_and_the_file_all_of_it(client):
    page = client.get("/en/readiness/translations/?language=ar&part=safety").content.decode()
    assert "517 texts in all." in page
    assert INSTRUMENT.item("SAF2").text.split("?")[0] in page
    assert f'lang="ar" dir="rtl">{INSTRUMENT.in_language("ar").item("SAF2").short}' in page
    assert INSTRUMENT.item("INT1").text not in page
    assert len(page.encode()) < 120_000
    file = client.get("/en/readiness/translations/table.csv?language=ar")
    assert file.content.decode("utf-8-sig").count("\n") >= 518


@pytest.mark.page
@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["language=xx", "language=en", "part=nothing", "instrument=../settings"])
def test_what_does_not_exist_is_not_found(client, asked):
    assert client.get(f"/en/readiness/translations/?{asked}").status_code == 404
