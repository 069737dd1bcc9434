"""Records and matching as JSON."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/api/v1/knowledge"


def test_records_are_found_as_on_the_page(client, shelf):
    answer = client.get(f"{ROOT}/records?q=bakery&country=cv&lang=fr").json()
    assert (answer["total"], answer["page"], answer["pages"], answer["is_loosened"]) == (1, 1, 1, False)
    (record,) = answer["records"]
    assert (record["slug"], record["title"], record["language"]) == ("cv-bakers", "Cours pour boulangers", "fr")


def test_records_come_in_pages(client, shelf):
    answer = client.get(f"{ROOT}/records?per_page=3&page=2").json()
    assert (answer["total"], answer["pages"], len(answer["records"])) == (4, 2, 1)


def test_one_record_has_its_texts_in_all_languages_and_its_source(client, shelf):
    record = client.get(f"{ROOT}/records/tn-law").json()
    assert record["countries"] == ["TN"]
    assert record["helps_levels"] == [0, 2]
    assert record["source"] == "https://example.org/bakers"
    assert record["checked_on"] is None
    assert record["texts"]["zh"] == {
        "title": "个人数据法",
        "summary": "关于个人数据的规定。",
        "steps": [],
        "reviewed": False,
    }
    assert record["content_hash"].startswith("sha256:")


def test_matching_answers_with_reasons_as_codes(client, shelf):
    answer = client.get(f"{ROOT}/matching?need=data_quality:0.5:2&country=CV&sector=10&lang=fr").json()
    assert [match["slug"] for match in answer["matches"]] == ["cv-bakers", "int-tool"]
    reasons = answer["matches"][0]["reasons"]
    assert reasons[0] == {"code": "factor", "params": {"factor": "data_quality", "level": 0, "target": 2}}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("records/nothing", 404, "nothing at this address"),
        ("records?type=curse", 422, "query.type"),
        ("records?page=0", 422, "query.page"),
        ("records?per_page=1000", 422, "query.per_page"),
        ("records?lang=EN-gb", 422, "query.lang"),
        ("records?country=%00%00", 422, "query.country"),
        ("matching?need=skills:1:2&country=%00", 422, "query.country"),
        ("matching?need=skills:1:2&sector=x", 422, "query.sector"),
        ("matching", 422, "query.need"),
        ("matching?need=skills", 422, "factor:level:target"),
        ("matching?need=skills:1:nan", 422, "factor:level:target"),
        ("matching?need=charm:1:2", 422, "data_quality"),
        ("matching?need=skills:1:2&need=skills:2:3", 422, "two needs"),
    ],
)
def test_a_wrong_question_is_answered_in_the_one_shape(client, shelf, path, status, words):
    response = client.get(f"{ROOT}/{path}")
    assert response.status_code == status
    assert response.json()["error"].keys() == {"code", "message", "where"}
    assert words in response.json()["error"]["message"]


@pytest.mark.parametrize("q", ["%00", "%27%22", "%F0%9F%98%80", "*", "a" * 200])
def test_any_words_are_answered(client, shelf, q):
    assert client.get(f"{ROOT}/records?q={q}").status_code == 200
