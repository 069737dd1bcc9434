"""Rounds of a consultation: cities and regions roll up into the country, and small ones tell of nobody."""

from __future__ import annotations

import pytest

from minga.deliberation.engine.errors import ActError
from minga.deliberation.selectors import consulting as selectors
from minga.deliberation.services import consulting as services
from minga.deliberation.services import receipts, sources
from minga.deliberation.tests.test_site_consulting import asked, ministry, nadia, signed_in

pytestmark = [pytest.mark.page, pytest.mark.django_db]

LIST = "/en/deliberation/"
__all__ = ["asked", "ministry", "nadia"]


def rounds_of(asked):
    """Country <- region <- two cities."""
    make = {"consultation": asked, "country": "CV"}
    country = services.save_round(**make, title="Country", level="country")
    region = services.save_round(**make, title="Santiago", level="region", place="Santiago", parent=country.number)
    cities = [
        services.save_round(**make, title=name, level="city", place=name, parent=region.number)
        for name in ("Praia", "Assomada")
    ]
    return country, region, *cities


def speak(asked, round, times):
    for number in range(times):
        sources.take_in(asked, "form", f"Words {number} of {round.title}", round=round)


def test_what_is_said_in_a_city_counts_in_region_and_country(asked):
    country, _region, praia, assomada = rounds_of(asked)
    speak(asked, praia, 7)
    speak(asked, assomada, 6)
    speak(asked, country, 5)
    counted = {one.round.title: (one.voices, one.senders, one.depth) for one in selectors.round_counts(asked)}
    assert counted == {
        "Country": (18, 18, 0),
        "Santiago": (13, 13, 1),
        "Praia": (7, 7, 2),
        "Assomada": (6, 6, 2),
    }


def test_fewer_than_five_people_are_withheld_and_cannot_be_told_by_subtraction(client, asked):
    _country, _region, praia, assomada = rounds_of(asked)
    speak(asked, praia, 7)
    speak(asked, assomada, 3)
    counted = {one.round.title: (one.senders, one.voices) for one in selectors.round_counts(asked)}
    # each sends one voice, so voices would tell the senders
    assert counted == {"Country": (10, 10), "Santiago": (10, 10), "Praia": (None, None), "Assomada": (None, None)}
    assert [one.heard for one in selectors.round_counts(asked)] == [10, 10, 7, 3], "the team counts its own voices"
    services.open_to_all(consultation=asked)
    page = client.get(f"{LIST}{asked.slug}/rounds/{assomada.number}/").content.decode()
    assert "withheld" in page
    assert "Santiago" in page


def test_number_and_word_of_a_round_agree(client, asked):
    country, _region, praia, _assomada = rounds_of(asked)
    speak(asked, praia, 7)
    services.open_to_all(consultation=asked)
    page = " ".join(client.get(f"{LIST}{asked.slug}/rounds/{praia.number}/").content.decode().split())
    assert "<b>7</b> voices<" in page
    table = client.get(f"{LIST}{asked.slug}/rounds/{country.number}/").content.decode()
    assert table.count("<table") == table.count("<caption") == 2, "what became of the voices, and who spoke"


def test_whoever_took_everything_back_is_no_sender(asked):
    _country, _region, praia, _assomada = rounds_of(asked)
    speak(asked, praia, 7)
    receipts.withdraw_source(source=asked.sources.first())
    assert [one.senders for one in selectors.round_counts(asked) if one.round == praia] == [6]


def test_round_page_of_a_round_that_is_not_there_is_404(client, asked):
    services.open_to_all(consultation=asked)
    assert client.get(f"{LIST}{asked.slug}/rounds/9/").status_code == 404


def test_round_cannot_roll_up_into_its_own_part(asked, nadia):
    country, _region, praia, _other = rounds_of(asked)
    seen = services.round_mark(country)
    sent = {"title": "Country", "level": "country", "country": "CV", "parent": praia.number, "seen": seen}
    page = signed_in(nadia).post(f"{LIST}{asked.slug}/desk/rounds/{country.number}/", sent)
    assert page.status_code == 422
    assert "cannot roll up into itself" in page.content.decode()


def test_two_leads_do_not_overwrite_each_others_round(asked, nadia):
    praia = services.save_round(consultation=asked, title="Praia", level="city", country="CV", place="Praia")
    address = f"{LIST}{asked.slug}/desk/rounds/{praia.number}/"
    browser = signed_in(nadia)
    mine = {"title": "Mine", "level": "city", "country": "CV", "place": "Praia", "seen": services.round_mark(praia)}
    assert mine["seen"] in browser.get(address).content.decode()
    assert browser.post(address, mine | {"title": "Theirs"}).status_code == 302
    page = browser.post(address, mine)
    assert page.status_code == 422
    assert 'value="Mine"' in page.content.decode(), "what was typed is lost"
    praia.refresh_from_db()
    assert praia.title == "Theirs"
    again = mine | {"seen": services.round_mark(praia)}
    assert again["seen"] in page.content.decode()
    assert browser.post(address, again).status_code == 302
    praia.refresh_from_db()
    assert praia.title == "Mine"


def test_round_with_voices_stays(asked, nadia):
    praia = services.save_round(consultation=asked, title="Praia", level="city", country="CV", place="Praia")
    address = f"{LIST}{asked.slug}/desk/rounds/{praia.number}/delete/"
    speak(asked, praia, 1)
    signed_in(nadia).post(address)
    assert asked.rounds.count() == 1
    asked.sources.all().delete()
    signed_in(nadia).post(address)
    assert asked.rounds.count() == 0


def test_lead_adds_a_round_with_its_days(asked, nadia):
    sent = {"title": "Praia", "level": "city", "country": "CV", "place": "Praia", "opens_on": "2026-03-01"}
    address = f"{LIST}{asked.slug}/desk/rounds/"
    assert signed_in(nadia).post(address, sent | {"closes_on": "2026-02-01"}).status_code == 422
    assert signed_in(nadia).post(address, sent | {"closes_on": "2026-04-01"}).status_code == 302
    assert str(asked.rounds.get().closes_on) == "2026-04-01"


def test_two_rounds_cannot_have_one_name(asked):
    first = services.save_round(consultation=asked, title="North", level="alliance")
    with pytest.raises(ActError, match="Another round is called 'north'"):
        services.save_round(consultation=asked, title=" north ", level="alliance")
    kept = services.save_round(
        consultation=asked, number=first.number, title="North", level="alliance", seen=services.round_mark(first)
    )
    assert kept.pk == first.pk
