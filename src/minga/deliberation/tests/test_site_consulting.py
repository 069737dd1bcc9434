"""Consultations: who may begin one, what everyone sees, opening and closing, rounds and the team."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from minga.deliberation import forms_population
from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.models import Consultation, TeamMember
from minga.deliberation.selectors import consulting as selectors
from minga.deliberation.selectors import overview
from minga.deliberation.services import consulting as services
from minga.deliberation.services import sources
from minga.meetings import services as meetings
from minga.members import services as members
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ABOUT = "The ministry writes a strategy until June. It decides; everything but the budget is open."
LIST = "/en/deliberation/"


def account(name, *, owns=None, secretariat=False):
    made = members.create_account(email=f"{name}@example.org", password="a-long-password", name=name.title())
    person = members.person_for(made)
    if owns is not None:
        members.grant_mandate(person=person, role="owner", organization=owns)
    if secretariat:
        members.grant_in_alliance(person=person, role="secretariat")
    return made


def signed_in(made):
    browser = Client()
    browser.force_login(made, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def ministry():
    return members.create_organization(by=None, name="Ministry of Industry", type="government", country="CV")


@pytest.fixture
def nadia(ministry):
    """Nadia owns the ministry's place in the alliance."""
    return account("nadia", owns=ministry)


@pytest.fixture
def asked(ministry, nadia):
    return services.begin(
        title="AI in our factories", about=ABOUT, level="country", country="CV", organization=ministry
    )


# ---------------------------------------------------------------- beginning
def test_owner_of_a_ministry_begins_one_and_others_do_not(ministry, nadia):
    words = {"title": "AI in our factories", "about": ABOUT, "language": "en", "level": "country", "country": "CV"}
    page = signed_in(nadia).post(f"{LIST}new/", words | {"organization": ministry.pk})
    assert page.status_code == 302
    begun = Consultation.objects.get()
    assert (begun.slug, begun.state, begun.organization) == ("ai-in-our-factories", "draft", ministry)
    workshop = members.create_organization(by=None, name="Workshop", type="sme", country="CV")
    assert signed_in(account("karim", owns=workshop)).get(f"{LIST}new/").status_code == 404
    assert signed_in(nadia).get(f"{LIST}new/").status_code == 200


def test_owner_cannot_begin_in_the_name_of_another_organization(nadia):
    other = members.create_organization(by=None, name="Other ministry", type="government", country="CV")
    words = {"title": "x", "language": "en", "level": "country", "country": "CV", "organization": other.pk}
    assert signed_in(nadia).post(f"{LIST}new/", words).status_code == 422
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("slug", ["new", "talk", "receipt", "commitments", "data", "Ärzte", "a b"])
def test_words_of_the_site_cannot_be_addresses(slug):
    with pytest.raises(ActError, match="cannot stand in an address"):
        services.begin(title="x", slug=slug)


def test_same_title_gets_another_address_and_a_reserved_one_too():
    made = [services.begin(title=title).slug for title in ("AI", "AI", "Talk", "战略")]
    assert made == ["ai", "ai-2", "on-talk", "consultation"]
    with pytest.raises(ActError, match="'ai'"):
        services.begin(title="x", slug="ai")


# ---------------------------------------------------------------- who sees it
def test_in_preparation_only_the_team_sees_it(client, asked, nadia):
    address = f"{LIST}{asked.slug}/"
    stranger = signed_in(account("karim"))
    for path in (address, f"{address}speak/", f"{address}desk/", f"{address}desk/settings/", f"{address}desk/team/"):
        told = client.get(path)
        assert is_turned_away(told) if "/desk/" in path else told.status_code == 404, path
        assert stranger.get(path).status_code == 404, path
    assert "only the team and the secretariat see this page" in signed_in(nadia).get(address).content.decode()
    assert "AI in our factories" not in client.get(LIST).content.decode()
    assert "AI in our factories" in signed_in(nadia).get(LIST).content.decode()


def test_open_one_is_listed_and_filtered(client, asked):
    services.open_to_all(consultation=asked)
    page = client.get(LIST).content.decode()
    assert "AI in our factories" in page
    assert "Ministry of Industry" in page
    assert "AI in our factories" in client.get(f"{LIST}?country=CV&state=open").content.decode()
    assert "No consultation fits" in client.get(f"{LIST}?state=closed").content.decode()


def test_words_find_it_in_any_of_its_languages_and_only_once_it_is_public(client, asked):
    from minga.web import search

    asked.translations = {"ar": {"title": "الذكاء الاصطناعي في مصانعنا", "about": ""}}
    asked.save()
    assert "No consultation fits" in client.get(f"{LIST}?q=factory").content.decode()
    services.open_to_all(consultation=asked)
    for words in ("factory", "strategy", "الذكاء"):
        assert "AI in our factories" in client.get(LIST, {"q": words}).content.decode(), words
    assert "No consultation fits" in client.get(f"{LIST}?q=elephant").content.decode()
    assert "No consultation fits" in client.get(f"{LIST}?q=factory&state=closed").content.decode()
    services.edit(consultation=asked, changes={"title": "Elephants"}, seen=services.settings_mark(asked))
    assert "Elephants" in client.get(f"{LIST}?q=elephant").content.decode()
    assert search.counts()["consultation"] == (1, 1)


def test_page_shows_question_steps_rules_and_how_to_speak(client, asked):
    services.open_to_all(consultation=asked)
    page = client.get(f"{LIST}{asked.slug}/").content.decode()
    for words in ("until June", "Take in", "Follow up", "Write what you think", "That we disagree is no reason"):
        assert words in page
    assert page.count('aria-current="step"') == 1
    assert "To the desk" not in page


def test_translated_words_are_shown_and_others_say_their_language(client, asked):
    asked.translations = {"fr": {"title": "L’IA dans nos usines", "about": ""}}
    asked.save()
    services.open_to_all(consultation=asked)
    assert "L’IA dans nos usines" in client.get(f"/fr/deliberation/{asked.slug}/").content.decode()
    assert 'lang="en" dir="ltr">AI in our factories' in client.get(f"/ar/deliberation/{asked.slug}/").content.decode()


# ---------------------------------------------------------------- opening and closing
def test_opening_needs_words_and_closing_stops_speaking(client, asked, nadia):
    Consultation.objects.filter(pk=asked.pk).update(about="Short.")
    browser, address = signed_in(nadia), f"{LIST}{asked.slug}/"
    browser.post(f"{address}desk/open/")
    assert client.get(address).status_code == 404
    Consultation.objects.filter(pk=asked.pk).update(about=ABOUT)
    browser.post(f"{address}desk/open/")
    assert client.get(f"{address}speak/").status_code == 200
    browser.post(f"{address}desk/close/")
    assert client.get(f"{address}speak/").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.closed_at is not None) == ("closed", True)
    browser.post(f"{address}desk/open/")
    asked.refresh_from_db()
    assert (asked.state, asked.closed_at) == ("open", None)


def test_one_that_was_opened_is_not_deleted(asked, nadia):
    address = f"{LIST}{asked.slug}/desk/delete/"
    assert signed_in(nadia).get(address).status_code == 200
    services.open_to_all(consultation=asked)
    assert signed_in(nadia).post(address).status_code == 404
    with pytest.raises(ActError, match="People have spoken"):
        services.delete(consultation=asked)


def test_one_in_preparation_is_deleted(asked, nadia):
    signed_in(nadia).post(f"{LIST}{asked.slug}/desk/delete/")
    assert not Consultation.objects.exists()


# ---------------------------------------------------------------- settings
def typed(consultation, **changes):
    """Return the settings as a browser would send them."""
    from minga.deliberation.forms_consulting import SettingsForm

    form = SettingsForm.of(consultation, services.settings_mark(consultation), "en")
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_settings_keep_translations_rules_and_population(asked, nadia):
    address = f"{LIST}{asked.slug}/desk/settings/"
    sent = typed(asked) | {
        "title-fr": "L’IA dans nos usines",
        "policy": "Be brief.\nBe kind.",
        "population": "gender; woman; 50,4\ngender; man; 49.6",
        "reference_source": "Census 2024",
    }
    assert signed_in(nadia).post(address, sent).status_code == 302
    asked.refresh_from_db()
    assert asked.translations == {"fr": {"title": "L’IA dans nos usines", "about": ""}}
    assert asked.reference_population == {"gender": {"woman": 0.504, "man": 0.496}}
    assert "Gender; woman; 50.4" in signed_in(nadia).get(address).content.decode()


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_shares_are_written_and_read_in_every_language(language):
    kept = {name: dict.fromkeys(values, 0.125) for name, values in STRATA.items() if values}
    kept["region"] = {"Le Kef": 0.0213}
    with translation.override(language):
        assert forms_population.read_lines(forms_population.lines_of(kept)) == kept
        assert "50.4" in forms_population.help_text()


def test_shares_are_read_in_the_words_of_another_language():
    read = forms_population.read_lines("sexe; femme; 50,4\n性别; 男; 49.6\n region ; Le  Kef; ٢٫١ %")
    assert read == {"gender": {"woman": 0.504, "man": 0.496}, "region": {"Le Kef": 0.021}}


def test_shares_of_values_that_there_are_not_are_refused_with_those_there_are():
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        forms_population.read_lines("taille; énorme; 40")
    assert "énorme" in refused.value.messages[0]
    with translation.override("fr"):
        assert all(str(name) in refused.value.messages[0] for name in wording.STRATUM_VALUES["size"].values())
    with pytest.raises(ValidationError, match="another line"):
        forms_population.read_lines("region; Sfax; 8\nregion; sfax; 9")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"population": "gender; woman; 50\nincome; high; 3", "reference_source": "Census"}, "Line 2 cannot be read"),
        ({"population": "gender; woman; many", "reference_source": "Census"}, "Line 1 gives no number"),
        ({"population": "gender; woman; 60\ngender; man; 60", "reference_source": "Census"}, "more than 100 per cent"),
        ({"population": "gender; woman; 50"}, "need the source"),
        ({"population": "size; enormous; 40", "reference_source": "Census"}, "“enormous” is not known here"),
        ({"level": "city", "place": ""}, "needs its name"),
        ({"country": ""}, "needs its country"),
    ],
)
def test_settings_name_what_is_wrong_and_keep_what_was_typed(asked, nadia, change, said):
    page = signed_in(nadia).post(f"{LIST}{asked.slug}/desk/settings/", typed(asked, title="New words", **change))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert "New words" in page.content.decode()
    asked.refresh_from_db()
    assert asked.title == "AI in our factories"


def test_of_two_who_save_settings_the_second_loses_no_words(asked, nadia):
    browser, address = signed_in(nadia), f"{LIST}{asked.slug}/desk/settings/"
    mine, theirs = typed(asked, title="Mine"), typed(asked, title="Theirs")
    browser.post(address, theirs)
    page = browser.post(address, mine)
    assert page.status_code == 422
    assert "Somebody else changed these settings" in page.content.decode()
    assert "Mine" in page.content.decode()
    asked.refresh_from_db()
    assert asked.title == "Theirs"
    again = mine | {"seen": services.settings_mark(asked)}
    assert again["seen"] in page.content.decode()
    browser.post(address, again)
    asked.refresh_from_db()
    assert asked.title == "Mine"


# ---------------------------------------------------------------- team
def test_team_gets_its_task_and_no_other(asked, nadia):
    omar = account("omar")
    address = f"{LIST}{asked.slug}/desk/"
    assert signed_in(omar).get(address).status_code == 404
    signed_in(nadia).post(f"{address}team/", {"email": "OMAR@example.org", "task": "moderator"})
    assert signed_in(omar).get(address).status_code == 200
    assert signed_in(omar).get(f"{address}team/").status_code == 404
    assert signed_in(omar).post(f"{address}open/").status_code == 404
    member = TeamMember.objects.get()
    signed_in(nadia).post(f"{address}team/{member.pk}/end/")
    assert signed_in(omar).get(address).status_code == 404


def test_who_leads_has_every_task(asked, nadia):
    omar = account("omar")
    services.add_to_team(consultation=asked, email="omar@example.org", task="lead", by=nadia)
    for page in ("", "team/", "rounds/", "settings/"):
        assert signed_in(omar).get(f"{LIST}{asked.slug}/desk/{page}").status_code == 200


def test_unknown_address_is_said_beside_the_field(asked, nadia):
    page = signed_in(nadia).post(f"{LIST}{asked.slug}/desk/team/", {"email": "nobody@example.org", "task": "editor"})
    assert page.status_code == 422
    assert "No account has this address" in page.content.decode()
    assert "nobody@example.org" in page.content.decode()


def test_trail_tells_of_team_and_state_without_names(asked, nadia):
    from minga.members.selectors import acts

    account("omar")
    services.add_to_team(consultation=asked, email="omar@example.org", task="editor", by=nadia)
    services.open_to_all(consultation=asked, by=nadia)
    said = [one.act for one in acts()[:2]]
    assert said == ["consultation.opened", "team.joined"]
    assert all("@" not in one.on + one.reason for one in acts())


# ---------------------------------------------------------------- pages below
def test_pages_below_show_what_is_asked_to_whoever_may_see_it(client, ministry, nadia, asked):
    members.give_consent(scope="publication", text_version="1", subject_key="test", object=ministry.reference)
    owner, organization = signed_in(nadia), f"/en/members/organizations/{ministry.mark}/"
    assert "AI in our factories" in owner.get(organization).content.decode()
    assert "Begin a consultation" in owner.get(organization).content.decode()
    assert "AI in our factories" in owner.get("/en/members/me/").content.decode()
    for page in (organization, "/en/knowledge/countries/CV/"):
        assert "AI in our factories" not in client.get(page).content.decode(), page
    services.open_to_all(consultation=asked)
    for page in (organization, "/en/knowledge/countries/CV/"):
        assert "AI in our factories" in client.get(page).content.decode(), page
    omar = signed_in(account("omar"))
    assert "AI in our factories" in omar.get(organization).content.decode()
    assert "Begin a consultation" not in omar.get(organization).content.decode()
    assert "AI in our factories" not in omar.get("/en/members/me/").content.decode()


# ---------------------------------------------------------------- until when, where to, and by whom
def test_last_day_is_the_planned_one_or_that_of_open_rounds_and_gone_after_closing(client, asked, nadia):
    today = timezone.localdate()
    later = {"opens_on": today + timedelta(days=9), "closes_on": today + timedelta(days=28)}
    services.save_round(consultation=asked, title="Later", level="alliance", **later)
    services.open_to_all(consultation=asked)
    page = f"{LIST}{asked.slug}/"
    assert "voices until" not in client.get(page).content.decode(), "that round is not open yet"
    services.save_round(consultation=asked, title="Now", level="alliance", closes_on=today + timedelta(days=3))
    assert selectors.open_until(asked) == today + timedelta(days=3)
    services.save_round(consultation=asked, title="Without an end", level="alliance")
    assert selectors.open_until(asked) is None
    planned = today + timedelta(days=40)
    sent = typed(asked, closes_on=f"{planned}", letters_to="P.O. Box 7, Praia, voices@ministry.example")
    assert signed_in(nadia).post(f"{page}desk/settings/", sent).status_code == 302
    shown = client.get(page).content.decode()
    assert f"voices until {date_format(planned, 'DATE_FORMAT')}" in shown
    assert "P.O. Box 7, Praia" in shown
    assert 'href="mailto:voices@ministry.example"' in shown
    asked.refresh_from_db()
    services.close(consultation=asked)
    assert "voices until" not in client.get(page).content.decode()


def test_page_leads_to_the_coming_meetings_of_who_asks(client, asked, ministry, nadia):
    services.open_to_all(consultation=asked)
    members.list_in_directory(organization=ministry, by=members.person_for(nadia), listed=True)
    soon = timezone.now() + timedelta(days=2)
    for title, is_public in (("Hearing in Praia", True), ("Among ourselves", False)):
        made = meetings.call_meeting(
            kind="hearing", title=title, language="en", starts_at=soon, ends_at=soon + timedelta(hours=2),
            time_zone="UTC", is_public=is_public, organization=ministry,
        )  # fmt: skip
        meetings.announce(meeting=made)
    page = client.get(f"{LIST}{asked.slug}/").content.decode()
    assert "Hearing in Praia" in page
    assert "Among ourselves" not in page
    assert page.count('href="/en/meetings/"') == client.get(LIST).content.decode().count('href="/en/meetings/"') == 1


def test_team_page_names_the_owner_who_leads_and_the_desk_counts_people_once(asked, nadia):
    account("omar")
    for task in ("moderator", "analyst"):
        services.add_to_team(consultation=asked, email="omar@example.org", task=task)
    page = signed_in(nadia).get(f"{LIST}{asked.slug}/desk/team/").content.decode()
    assert "Nadia" in page.partition("<tbody>")[2]
    assert "leads it, as owner of the organization that asks" in page
    desk = signed_in(nadia).get(f"{LIST}{asked.slug}/desk/").content.decode()
    assert re.search(r'Team</a> <span class="tag">2</span>', desk)


def test_nothing_is_under_way_in_preparation_and_every_part_keeps_its_place(asked, nadia):
    desk = f"{LIST}{asked.slug}/desk/"
    assert "under way" not in signed_in(nadia).get(desk).content.decode()
    before = [part.label for part in overview.desk_in_order(asked, {"lead", "analyst"})]
    sources.take_in(asked, "letter", "A letter that nobody has read.")
    parts = overview.desk_in_order(asked, {"lead", "analyst"})
    assert [part.label for part in parts] == before
    assert any(part.waiting for part in parts)
    page = signed_in(nadia).get(desk).content.decode()
    waiting, _heading, every = page.partition("All parts")
    assert waiting.count(">Answers</a>") == every.count(">Answers</a>") == 1
