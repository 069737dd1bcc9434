"""The pages of a panel: setting up, coming in, two rounds without and with script, publishing, and who sees what."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.members import services as members
from minga.readiness import selectors, services
from minga.readiness.models import Panel, PanelAnswer, Panellist
from minga.readiness.panel_testing import answer_round, held, seated, set_up
from minga.readiness.testing import lent, signed_in

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"readiness:{name}", args=rest)


@pytest.fixture
def ministry():
    """Fatou owns a ministry of industry."""
    client, account = signed_in("fatou@example.org")
    office = members.create_organization(by=None, name="Ministry of Industry", type="government", country="CV")
    members.grant_mandate(by=None, person=members.person_for(account), role="owner", organization=office)
    return client, account, office


def sent(**fields):
    given = {"name": "Food makers of Praia", "country": "CV", "reach": "country", "sector": "10", "within": "1.0"}
    return given | {"about": "Asked by the chamber."} | fields


def comes_in(link):
    """Open an invitation in a browser of its own."""
    browser = Client()
    response = browser.post(link)
    assert response.status_code == 302
    return browser, Panellist.objects.get(pk=response.url.rstrip("/").rpartition("/")[2])


def invited(client, panel, group="workers"):
    page = client.post(address("panel_invite", panel.pk), {"group": group, "language": "en"}).content.decode()
    link = re.search(r'href="http://testserver(/\w\w/readiness/resume/[\w-]+/)"', page).group(1)
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', page).group(1)
    return link, code


def whole_page(panellist, factor, value):
    panel = Panel.objects.get(pk=panellist.panel_id)
    items = [item.id for item in selectors.industry("en").items_of(factor)]
    return {"round": str(panel.round)} | dict.fromkeys(items, value) | {f"{item}-version": "0" for item in items}


# ---------------------------------------------------------------- setting up
def test_owner_of_a_ministry_sets_up_a_panel_and_invites(ministry):
    client, _account, office = ministry
    page = client.get(address("panels")).content.decode()
    assert address("panel_new") in page
    response = client.post(address("panel_new"), sent(**{"organization": str(office.pk), "planned-workers": "2"}))
    panel = Panel.objects.get()
    assert response.url == address("panel", panel.pk)
    assert (panel.organization, panel.planned, panel.within) == (office, {"workers": 2}, 1.0)
    link, code = invited(client, panel)
    browser, panellist = comes_in(link)
    assert panellist.group == "workers"
    assert browser.get(address("seat", panellist.pk)).status_code == 200
    # link and code end when one of them is used
    assert Client().post(link).status_code == 410
    assert Client().post(address("resume"), {"code": code}).status_code == 422


def test_city_without_a_name_is_asked_for(ministry):
    client, _account, office = ministry
    response = client.post(address("panel_new"), sent(organization=str(office.pk), reach="city"))
    assert response.status_code == 422
    assert "Name the region or the city." in response.content.decode()
    assert not Panel.objects.exists()


@pytest.mark.parametrize("kind", ["company", "sme", "university", None])
def test_nobody_else_sets_up_a_panel(kind):
    client, account = signed_in("bao@example.org")
    if kind:
        firm = members.create_organization(by=None, name="A firm", type=kind, country="CV")
        members.grant_mandate(by=None, person=members.person_for(account), role="owner", organization=firm)
    assert client.get(address("panel_new")).status_code == 404
    assert client.post(address("panel_new"), sent()).status_code == 404
    assert address("panel_new") not in client.get(address("panels")).content.decode()
    assert not Panel.objects.exists()


def test_panel_is_run_by_its_own_ministry_alone(ministry):
    _client, _account, office = ministry
    panel = set_up(organization=office)
    panellist = seated(panel)[0]
    other, account = signed_in("khadija@example.org")
    chamber = members.create_organization(by=None, name="Chamber", type="association", country="CV")
    members.grant_mandate(by=None, person=members.person_for(account), role="owner", organization=chamber)
    for browser in (other, Client()):
        for name in ("panel", "panel_delete", "panel_result", "panel_csv", "panel_json"):
            assert browser.get(address(name, panel.pk)).status_code == 404
        for name in ("panel_invite", "panel_close", "panel_publish", "panel_take_back", "panel_delete"):
            assert browser.post(address(name, panel.pk), {"stage": "first"}).status_code == 404
        for name in ("panel_renew", "panel_withdraw"):
            assert browser.post(address(name, panel.pk, panellist.number)).status_code == 404
    assert Panel.objects.get().stage == "first"


# ---------------------------------------------------------------- sitting in it
def test_place_opens_to_its_panellist_alone(ministry):
    client, _account, office = ministry
    panel = set_up(organization=office)
    one, two = seated(panel)[:2]
    browser, own = comes_in(invited(client, panel)[0])
    for stranger in (client, Client(), browser):
        for other in (one, two):
            for name in ("seat", "seat_keep", "seat_export", "seat_leave"):
                assert stranger.get(address(name, other.pk)).status_code == 404
            for name in ("seat_finish", "seat_describe", "seat_keep", "seat_claim", "seat_close", "seat_leave"):
                assert stranger.post(address(name, other.pk)).status_code == 404
            assert stranger.post(address("seat_save", other.pk, 1), {"item": "I-SKL1", "value": "3"}).status_code == 404
            assert stranger.get(address("seat_answer", other.pk, "skills")).status_code == 404
    assert browser.get(address("seat_answer", own.pk, "skills")).status_code == 200
    assert client.get(address("seat", own.pk)).status_code == 404


def test_panellist_answers_alone_and_sees_the_figure_to_look_at(ministry):
    client, _account, office = ministry
    panel = set_up(organization=office)
    others = seated(panel)[:1]
    answer_round(others[0], "5")
    browser, own = comes_in(invited(client, panel)[0])
    page = browser.get(address("seat_answer", own.pk, "skills")).content.decode()
    assert "Graduates per 1,000 workers" in page
    assert "The first round" not in page
    response = browser.post(
        address("seat_answer", own.pk, "skills"), whole_page(own, "skills", "2") | {"I-SKL1-reason": "Seen it."}
    )
    assert response.url == address("seat_answer", own.pk, "culture")
    kept = dict(own.answers.values_list("item", "level"))
    assert kept == {"I-SKL1": 2, "I-SKL2": 2, "I-SKL3": 2}
    # whoever runs the panel sees how far, never what
    manage = client.get(address("panel", panel.pk)).content.decode()
    assert "3 of 21" in manage
    assert "Seen it." not in manage
    assert client.get(address("panel_result", panel.pk)).status_code == 404


def test_script_saves_one_answer_and_two_devices_lose_nothing(ministry):
    client, _account, office = ministry
    browser, own = comes_in(invited(client, set_up(organization=office))[0])
    target = address("seat_save", own.pk, 1)
    first = browser.post(target, {"item": "I-SKL1", "value": "2", "version": "0", "client": "a"}).json()
    assert (first["outcome"], first["version"], first["done"], first["states"]["here"]) == ("saved", 1, 1, "1/3")
    again = browser.post(target, {"item": "I-SKL1", "value": "2", "version": "0", "client": "a"})
    assert (again.status_code, again.json()["version"]) == (200, 1)
    late = browser.post(target, {"item": "I-SKL1", "value": "4", "version": "0", "client": "b"})
    assert (late.status_code, late.json()["value"]) == (409, "2")
    wrong = browser.post(target, {"item": "I-SKL1", "value": "9", "version": "1"})
    assert wrong.status_code == 422
    assert browser.post(address("seat_save", own.pk, 2), {"item": "I-SKL1", "value": "4"}).status_code == 422


def test_page_that_met_another_device_shows_both(ministry):
    client, _account, office = ministry
    browser, own = comes_in(invited(client, set_up(organization=office))[0])
    services.save_panel_answer(panellist=own, round_number=1, item="I-SKL1", value="5", seen_version=0, language="en")
    response = browser.post(address("seat_answer", own.pk, "skills"), whole_page(own, "skills", "1"))
    assert response.status_code == 422
    assert "“5” is stored there" in response.content.decode()
    assert PanelAnswer.objects.get(item="I-SKL1").level == 5


def second_round(ministry, levels="12223335"):
    client, _account, office = ministry
    panel = set_up(organization=office)
    browser, own = comes_in(invited(client, panel)[0])
    for panellist, level in zip(seated(panel)[:7], levels[1:], strict=True):
        services.save_panel_answer(
            panellist=panellist, round_number=1, item="I-SKL1", value=level, seen_version=0, language="en",
            reason=f"Because {level}.",
        )  # fmt: skip
        services.finish_round(panellist=panellist)
    answer_round(own, {"I-SKL1": levels[0], "I-SKL2": "4"})
    response = client.post(address("panel_close", panel.pk), {"stage": "first"})
    assert response.status_code == 302
    return panel, browser, Panellist.objects.select_related("panel").get(pk=own.pk)


def test_second_round_shows_the_spread_the_own_answer_and_reasons_without_names(ministry):
    _panel, browser, own = second_round(ministry)
    page = browser.get(address("seat_answer", own.pk, "skills")).content.decode()
    assert "The first round" in page
    assert re.search(r'scope="row">1 <span class="tag">you</span>', page)
    assert re.search(r'name="I-SKL1" value="1" checked', page)
    assert page.index("Because 5.") < page.index("Because 2.")
    assert 'name="I-SKL1-version" value="0"' in page
    # the page itself is posted: the script never walks past an answer that is only kept
    assert "data-to=" not in page
    home = browser.get(address("seat", own.pk)).content.decode()
    assert "Where you lie far apart" in home


def test_kept_answers_are_given_again_by_one_button(ministry):
    panel, browser, own = second_round(ministry)
    browser.post(address("seat_answer", own.pk, "skills"), {"round": "2", "I-SKL1": "2", "I-SKL1-version": "0"})
    response = browser.post(address("seat_finish", own.pk), {"keep": "1"})
    assert response.status_code == 302
    own.refresh_from_db()
    assert own.finished_second_at is not None
    assert {item: one.value for item, one in selectors.answers_of_panellist(own, 2).items()} == {
        "I-SKL1": "2",
        "I-SKL2": "4",
    }
    assert selectors.round_table(panel, 2).height == 2


def test_page_of_the_first_round_posted_late_is_not_saved_into_the_second(ministry):
    _panel, browser, own = second_round(ministry)
    stale = whole_page(own, "skills", "5") | {"round": "1"}
    response = browser.post(address("seat_answer", own.pk, "skills"), stale, follow=True)
    assert "The round was closed meanwhile" in response.content.decode()
    assert not own.answers.filter(round=2).exists()


def test_own_code_opens_the_place_on_another_device(ministry):
    client, _account, office = ministry
    browser, own = comes_in(invited(client, set_up(organization=office))[0])
    page = browser.post(address("seat_keep", own.pk)).content.decode()
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', page).group(1)
    other = Client()
    assert other.post(address("resume"), {"code": code}).url == address("seat", own.pk)
    assert other.get(address("seat", own.pk)).status_code == 200
    browser.post(address("seat_close", own.pk))
    assert browser.get(address("seat", own.pk)).status_code == 404


def test_account_keeps_the_place(ministry):
    client, _account, office = ministry
    browser, own = comes_in(invited(client, set_up(organization=office))[0])
    assert "/account/login/" in browser.post(address("seat_claim", own.pk)).url
    amina, account = signed_in("amina@example.org")
    amina.cookies.update(browser.cookies)
    amina.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert amina.post(address("seat_claim", own.pk)).url == address("seat", own.pk)
    own.refresh_from_db()
    assert own.account == account
    assert own.panel.name in amina.get(address("panels")).content.decode()


def test_leaving_takes_everything_out_after_a_question(ministry):
    _panel, browser, own = second_round(ministry)
    asked = browser.get(address("seat_leave", own.pk)).content.decode()
    assert "2 answers of both rounds" in asked
    assert Panellist.objects.filter(pk=own.pk).exists()
    browser.post(address("seat_leave", own.pk))
    assert not Panellist.objects.filter(pk=own.pk).exists()
    assert browser.get(address("seat", own.pk)).status_code == 404


def test_panellist_says_whether_she_is_counted(ministry):
    client, _account, office = ministry
    browser, own = comes_in(invited(client, set_up(organization=office))[0])
    browser.post(address("seat_describe", own.pk), {"gender": "woman", "counted": "on"})
    own.refresh_from_db()
    assert (own.gender, own.counted_text) == ("woman", "panel-composition-1")
    assert own.counted_at is not None
    browser.post(address("seat_describe", own.pk), {"gender": ""})
    own.refresh_from_db()
    assert (own.gender, own.counted_at, own.counted_text) == ("", None, "")
    taken = json.loads(browser.get(address("seat_export", own.pk)).content)
    assert taken["group"] == "workers"


# ---------------------------------------------------------------- the result
def published(ministry, **fields):
    panel, people = held(organization=ministry[2], **fields)
    services.publish_panel(panel=panel, dissent="Two of us see the villages otherwise.")
    return panel, people


def test_result_is_seen_by_its_ministry_first_and_by_all_once_published(ministry):
    client, *_rest = ministry
    panel, _people = held(organization=ministry[2])
    assert client.get(address("panel_result", panel.pk)).status_code == 200
    assert Client().get(address("panel_result", panel.pk)).status_code == 404
    response = client.post(address("panel_publish", panel.pk), {"dissent": "Two of us see the villages otherwise."})
    assert response.url == address("panel_result", panel.pk)
    page = Client().get(address("panel_result", panel.pk)).content.decode()
    assert "Two of us see the villages otherwise." in page
    assert "8 people answered" in page
    assert "They agree on 21 of 21 questions." in page
    assert panel.name in Client().get(address("panels")).content.decode()
    client.post(address("panel_take_back", panel.pk))
    assert Client().get(address("panel_result", panel.pk)).status_code == 404


def test_result_stands_beside_ten_firms(ministry):
    for level in "1111122222":
        lent(level, country="CV", sector="10")
    panel, _people = published(ministry, second=list("33333333"))
    page = Client().get(address("panel_result", panel.pk)).content.decode()
    assert "10 firms of the same sector and country." in page
    assert "the panel sees more than firms do" in page
    assert "not an error of one side" in page


def test_files_hold_what_everyone_may_see_also_for_those_who_run_it(ministry):
    client, *_rest = ministry
    panel, people = published(ministry)
    everybody = json.loads(Client().get(address("panel_json", panel.pk)).content)
    own = json.loads(client.get(address("panel_json", panel.pk)).content)
    assert everybody == own
    assert everybody["is_released"] is True
    assert {one["moved"] for one in everybody["items"]} == {None}
    assert everybody["panel"]["run_by"] == "Ministry of Industry"
    text = json.dumps(everybody)
    assert not any(str(one.pk) in text for one in people)
    rows = list(csv.DictReader(io.StringIO(Client().get(address("panel_csv", panel.pk)).content.decode())))
    assert len(rows) == 21
    assert (rows[0]["item"], rows[0]["n_second"], rows[0]["median_second"]) == ("I-INT1", "8", "2.5")


def test_unpublished_files_are_nobodys_business(ministry):
    panel, _people = held(organization=ministry[2])
    for name in ("panel_csv", "panel_json"):
        assert Client().get(address(name, panel.pk)).status_code == 404


def test_country_page_shows_the_panel(ministry):
    panel, _people = published(ministry)
    page = Client().get("/en/knowledge/countries/CV/").content.decode()
    assert "What panels say" in page
    assert address("panel_result", panel.pk) in page
    services.take_back_panel(panel=panel)
    assert "What panels say" not in Client().get("/en/knowledge/countries/CV/").content.decode()


def test_deleting_asks_first(ministry):
    client, *_rest = ministry
    panel, _people = published(ministry)
    assert "8 people" in client.get(address("panel_delete", panel.pk)).content.decode()
    assert Panel.objects.exists()
    client.post(address("panel_delete", panel.pk))
    assert not Panel.objects.exists()


def test_program_reads_published_panels_alone(ministry):
    panel, _people = held(organization=ministry[2])
    assert Client().get("/api/v1/readiness/panels").json() == {"panels": []}
    assert Client().get(f"/api/v1/readiness/panels/{panel.pk}").status_code == 404
    services.publish_panel(panel=panel)
    (listed,) = Client().get("/api/v1/readiness/panels?country=CV").json()["panels"]
    assert (listed["id"], listed["name"], listed["sector"]) == (str(panel.pk), panel.name, "10")
    assert Client().get("/api/v1/readiness/panels?country=TN").json() == {"panels": []}
    read = Client().get(f"/api/v1/readiness/panels/{panel.pk}").json()
    assert read == json.loads(Client().get(address("panel_json", panel.pk)).content)


@pytest.mark.parametrize("language", ["en", "fr", "ar", "es", "ru", "zh"])
def test_pages_speak_the_language_of_the_page(ministry, language):
    _panel, browser, own = second_round(ministry)
    page = browser.get(f"/{language}/readiness/p/{own.pk}/skills/").content.decode()
    asked = selectors.industry(language).item("I-SKL1")
    assert asked.levels[3] in page
    assert ('dir="rtl"' in page) == (language == "ar")
