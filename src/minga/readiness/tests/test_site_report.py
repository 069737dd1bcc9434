"""The report page: the same figures in every face, what it says when little is known, peers, change, weight."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import report, selectors, services
from minga.readiness.models import Assessment
from minga.readiness.testing import BAKERY, address, answered, lent, start_in_browser, submitted
from minga.web import rooms

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def owned(levels, **fields) -> tuple[Client, Assessment]:
    account = members.create_account(email="amina@example.org", password="a-long-password")
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, submitted(levels, account=account, **fields)


def page(client, assessment, language="en") -> str:
    response = client.get(address("report", assessment).replace("/en/", f"/{language}/"))
    assert response.status_code == 200
    return response.content.decode()


def peers_of(count: int, levels="3", *, consent=True, **fields) -> list[Assessment]:
    make = lent if consent else submitted
    return [make(levels, **(BAKERY | fields)) for _one in range(count)]


def test_checks_that_nobody_answers_for_do_not_count():
    for _one in range(12):
        services.give_benchmark(assessment=submitted("3", **BAKERY))
    assert selectors.peers_table(submitted("2", **BAKERY)).is_empty()


def test_page_json_markdown_and_text_show_the_same_figures():
    mixed = {"INT1": "1", "INT2": "2", "DAT2": "3", "DAT5": "4", "SAF2": "2", "SAF5": "3", "INC1": "1", "INC3": "1"}
    mixed |= {"SKL1": "2", "SKL4": "2", "CUL2": "3", "CUL3": "4", "POL1": "0", "POL3": "1"}
    client, assessment = owned(mixed)
    made = client.get(address("report_json", assessment)).json()
    faces = [
        page(client, assessment),
        client.get(address("report_markdown", assessment)).content.decode(),
        client.get(address("report_text", assessment)).content.decode(),
    ]
    total = made["total"]
    for face in faces:
        assert f"Level {total['score']:.1f} of 5" in face
        for node in made["factors"]:
            assert f"{node['score']:.1f}" in face
            assert node["weakest"]["short"] in face
        for step in made["first_steps"]:
            assert step["short"] in face
        for key in ("code_hash", "instrument_hash", "data_hash"):
            assert made["calculation"][key] in face


def test_hashes_are_those_of_instrument_and_code():
    client, assessment = owned("2")
    made = client.get(address("report_json", assessment)).json()
    assert made["calculation"]["instrument_hash"] == assessment.edition.content_hash
    assert made["calculation"]["code_hash"].startswith("sha256:")


def test_too_few_answers_say_which_factors_are_missing(client):
    assessment = start_in_browser(client)
    client.post(address("save", assessment), {"item": "SKL1", "value": "2", "version": 0})
    client.post(address("save", assessment), {"item": "SKL4", "value": "3", "version": 0})
    shown = page(client, assessment)
    assert "No overall level yet" in shown
    assert "6 factors are not scored" in shown
    assert address("answer", assessment, "integration") in shown


def test_without_any_answer_there_is_no_report(client):
    assessment = start_in_browser(client)
    assert client.get(address("report", assessment)).url == address("assessment", assessment)
    response = client.get(address("report_json", assessment))
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "nothing_answered"


def test_do_not_know_is_missing_and_never_zero():
    _client, known = owned({"SKL1": "4", "SKL4": "4"})
    rows = {(row["kind"], row["node"]): row["score"] for row in report.score_rows(known)}
    assert rows["local", "skills"] == 4
    unsure = answered({"SKL1": "4", "SKL4": "dk"})
    rows = {(row["kind"], row["node"]): row["score"] for row in report.score_rows(unsure)}
    assert rows["local", "skills"] is None


def test_closed_gate_says_what_not_to_do_and_why():
    client, assessment = owned({"SAF5": "1"})
    shown = page(client, assessment)
    assert "Do not start a pilot in which an automatic decision affects people or safety." in shown
    assert "stands at level 1, but level 2 is needed" in shown


def test_steps_show_cost_time_and_help_that_fits():
    rooms.call_each("load_start_content")
    client, assessment = owned("1", country="TN")
    shown = page(client, assessment)
    steps = re.findall(r'<li class="step">(.*?)</dl>', shown, flags=re.S)
    assert len(steps) == 5
    assert all("Cost" in step and "Time" in step for step in steps)
    assert re.search(r'<ul class="help">.*?href="/en/knowledge/[\w-]+/"', shown, flags=re.S)
    assert "in this country: Tunisia" in shown


def test_peers_are_withheld_below_ten_and_shown_from_ten():
    client, assessment = owned("2")
    peers_of(9)
    shown = page(client, assessment)
    assert "Fewer than 10 businesses" in shown
    assert "Peers’ median" not in shown
    peers_of(1)
    shown = page(client, assessment)
    assert "Compared with 10 businesses" in shown
    assert "0 %" in shown


def test_group_too_small_falls_back_to_the_wider_one_and_says_so():
    client, assessment = owned("2")
    peers_of(10, size="50-249")
    shown = page(client, assessment)
    assert "The wider group is shown instead." in shown
    assert "Compared with 10 businesses: Manufacturing." in shown


def test_only_consented_submitted_real_and_other_businesses_count():
    client, assessment = owned("2")
    services.give_benchmark(assessment=assessment)
    peers_of(9)
    peers_of(3, consent=False)
    peers_of(3, is_sample=True)
    services.reopen_assessment(assessment=peers_of(1)[0])
    table = selectors.peers_table(assessment)
    assert table["enterprise"].n_unique() == 9
    assert "Fewer than 10 businesses" in page(client, assessment)


def test_sample_stands_beside_sample_only():
    client, assessment = owned("2", is_sample=True)
    peers_of(10)
    assert "Nobody comparable has lent figures yet" in page(client, assessment)
    peers_of(10, is_sample=True)
    shown = page(client, assessment)
    assert "Compared with 10 businesses" in shown
    assert '<span class="tag warn">sample</span>' in shown


def test_one_business_counts_once_however_often_it_submits():
    first = members.create_account(email="bao@example.org", password="a-long-password")
    for _time in range(3):
        services.give_benchmark(assessment=submitted("3", account=first))
    _client, assessment = owned("2")
    assert selectors.peers_table(assessment)["enterprise"].n_unique() == 1


def test_benchmark_consent_is_off_by_default_and_taken_back_at_once():
    client, assessment = owned("2")
    assert not selectors.lends_scores(assessment)
    client.post(address("consent", assessment), {"benchmark": "yes"})
    assert selectors.lends_scores(assessment)
    assert "Take my scores back" in page(client, assessment)
    client.post(address("consent", assessment), {"benchmark": "no"})
    assert not selectors.lends_scores(assessment)


def test_consent_taken_back_on_the_members_page_ends_it_here_too():
    client, assessment = owned("2")
    client.post(address("consent", assessment), {"benchmark": "yes"})
    members.revoke_consent(scope="benchmark", object=assessment.reference, person=people.person_of(assessment.account))
    assert not selectors.lends_scores(assessment)
    assert selectors.peers_table(submitted("3")).is_empty()


def test_change_is_shown_only_beyond_its_interval():
    client, _first = owned("1")
    account = _first.account
    same = submitted("1", account=account)
    assert "No factor moved beyond its interval" in page(client, same)
    better = submitted("3", account=account)
    shown = page(client, better)
    assert "+2.0" in shown
    assert "beyond the interval" in shown


def test_arabic_report_runs_right_to_left_in_arabic():
    client, assessment = owned("2")
    shown = page(client, assessment, "ar")
    assert '<html lang="ar" dir="rtl">' in shown
    instrument = selectors.generic("ar")
    assert instrument.factor("skills").name in shown
    assert instrument.scale.labels[2] in shown


def test_chart_has_a_table_twin_with_every_factor():
    client, assessment = owned("2")
    shown = page(client, assessment)
    assert 'role="img"' in shown
    twin = re.search(r'<details class="twin">(.*?)</details>', shown, flags=re.S).group(1)
    assert twin.count("<tr>") == 1 + 7 + 1


def test_report_is_light_and_asks_the_database_little(django_assert_max_num_queries):
    rooms.call_each("load_start_content")
    client, assessment = owned("2", country="TN")
    peers_of(12)
    page(client, assessment)
    with django_assert_max_num_queries(32):
        shown = page(client, assessment)
    assert len(gzip.compress(shown.encode())) < 30_000


def test_number_of_queries_does_not_grow_with_peers(django_assert_max_num_queries):
    _client, assessment = owned("2")
    peers_of(25)
    with django_assert_max_num_queries(1):
        assert selectors.peers_table(assessment)["enterprise"].n_unique() == 25


def test_earlier_answers_to_dropped_items_do_not_break_the_comparison():
    client, first = owned("2", form="full", overlays=[])
    second = submitted("2", account=first.account, form="full", overlays=["sector-food-processing"])
    assert "No factor moved beyond its interval" in page(client, second)
