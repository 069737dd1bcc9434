"""Indexes for programs."""

from __future__ import annotations

import pytest

from minga.indicators import report
from minga.indicators.tests import site

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ROOT = "/api/v1/indicators"


@pytest.fixture
def edition(elif_, noor):
    return site.published(elif_, noor)


def test_list_names_the_newest_edition_in_the_language_asked_for(client, edition):
    listed = client.get(f"{ROOT}/indexes", {"language": "fr"}).json()
    assert [(one["index"], one["edition"], one["title"]) for one in listed] == [
        ("exports-index", edition.name, "Indice d’essai")
    ]
    heads = client.get(f"{ROOT}/indexes/exports-index/editions").json()
    assert [one["edition"] for one in heads] == [edition.name]
    assert heads[0]["hashes"]["results"] == edition.results_hash


def test_edition_tells_method_parts_and_hashes(client, edition):
    found = client.get(f"{ROOT}/editions/{edition.name}").json()
    assert found["root"] == "all"
    assert found["items"][0]["code"] == "all"
    assert sum(one["effective_weight"] for one in found["items"] if one["kind"] == "indicator") == pytest.approx(1)
    assert any("less is better" in step for step in found["method"])


def test_scores_of_one_part(client, edition):
    found = client.get(f"{ROOT}/editions/{edition.name}/scores", {"node": "people"}).json()["scores"]
    assert len(found) == 7
    assert {row["node"] for row in found} == {"people"}
    assert client.get(f"{ROOT}/editions/{edition.name}/scores", {"node": "nothing"}).status_code == 404


def test_figure_is_the_one_of_its_page(client, edition):
    by_program = client.get(f"{ROOT}/editions/{edition.name}/figures/TN/people").json()
    by_page = client.get(f"/en/indicators/exports-index/{edition.name}/TN/people/figure.json").json()
    assert by_program == by_page
    view = report.shown(edition)
    assert by_program["score"] == view.figure(view.units["TN"], view.items["people"]).score
    assert client.get(f"{ROOT}/editions/{edition.name}/figures/XX/people").status_code == 404


@pytest.mark.parametrize("path", ["indexes/none/editions", "editions/none", "editions/none/scores"])
def test_what_is_not_there_is_not_found(client, db, path):
    response = client.get(f"{ROOT}/{path}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
