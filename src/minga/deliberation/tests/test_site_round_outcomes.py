"""What became of the voices of a round: as coverage counts it, rolled up, and never told of a few people."""

from __future__ import annotations

import re

import polars as pl
import pytest
from django.test import Client

from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import Consultation, Source, Voice
from minga.deliberation.selectors import consulting, rounds, tracing
from minga.deliberation.services import answering
from minga.deliberation.services import consulting as services
from minga.deliberation.services.sources import take_in
from minga.deliberation.testing_voices import consultation, themed
from minga.deliberation.tests.test_site_answering_pages import address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."


@pytest.fixture
def asked():
    return consultation()


@pytest.fixture
def places(asked):
    """Return a country with one region, and two cities in it."""
    make = {"consultation": asked, "country": "CV"}
    country = services.save_round(**make, title="Cabo Verde", level="country")
    region = services.save_round(**make, title="Santiago", level="region", place="Santiago", parent=country.number)
    cities = [
        services.save_round(**make, title=name, level="city", place=name, parent=region.number)
        for name in ("Praia", "Assomada")
    ]
    return [country, region, *cities]


def speak(asked, round, yes=0, no=0, waiting=0):
    """Let people send one voice each, answered as told."""
    for answer, times in (("accepted", yes), ("rejected", no), ("", waiting)):
        for number in range(times):
            words = f"{answer} {number} of {round.title if round else 'nowhere'}"
            voice = take_in(asked, "letter", words, round=round, may_publish=True).voices[0]
            if answer:
                answering.give_answer(target=voice, answer=answer, reason=WHY)


def told(asked):
    """Return voices, answered and accepted of each round by its name; None where withheld."""
    counted = consulting.round_counts(asked)
    found = rounds.outcomes(asked, counted)
    assert set(found) == {one.round.number for one in counted}
    outcomes = {one.round.title: found[one.round.number] for one in counted}
    return {name: one and (one.voices, one.answered, one.accepted) for name, one in outcomes.items()}


def test_numbers_of_rounds_roll_up_to_those_of_coverage(asked, places):
    country, region, praia, assomada = places
    speak(asked, praia, yes=3, no=2, waiting=1)
    speak(asked, assomada, yes=4, waiting=3)
    speak(asked, region, yes=2, no=3)
    speak(asked, country, no=5, yes=1)
    assert told(asked) == {
        "Cabo Verde": (24, 20, 10), "Santiago": (18, 14, 9), "Praia": (6, 5, 3), "Assomada": (7, 4, 4)
    }  # fmt: skip
    found = tracing.coverage_of(tracing.trace_of(asked))
    assert (found.of("answered"), found.of("accepted")) == ((20, 24), (10, 20)), "as on the page of coverage"


def test_each_round_equals_coverage_of_its_voices_alone(asked, places):
    """Answers through themes and duplicates too: the same engine, fed with the voices of one round."""
    _country, _region, praia, assomada = places
    speak(asked, praia, yes=2, no=2, waiting=4)
    speak(asked, assomada, yes=1, no=3, waiting=3)
    waiting = list(Voice.objects.filter(dispositions=None).order_by("number"))
    theme = themed(asked, "Power", [waiting[0], waiting[1], waiting[5]])
    answering.give_answer(target=theme, answer="accepted_in_part", reason=WHY)
    answering.give_answer(target=waiting[6], answer="duplicate_of", reason=WHY, duplicate_of=waiting[0])
    counted, trace = told(asked), tracing.trace_of(asked)
    for one in (praia, assomada):
        numbers = Voice.objects.filter(source__round=one).values_list("number", flat=True)
        own = trace.voices.filter(pl.col("voice").is_in([f"V{number}" for number in numbers]))
        found = tracing.coverage_of(Trace(own, trace.links, trace.dispositions, trace.clauses))
        (answered, voices), (accepted, _of) = found.of("answered"), found.of("accepted")
        assert counted[one.title] == (voices, answered, accepted)
    assert counted["Assomada"] == (7, 6, 2)


def test_what_was_taken_back_counts_in_no_round(asked, places):
    praia = places[2]
    speak(asked, praia, yes=6, no=1)
    gone = Voice.objects.order_by("number").first()
    Voice.objects.filter(pk=gone.pk).update(withdrawn_at=gone.created_at, text="")
    assert told(asked)["Praia"] == (6, 6, 5)


def test_nothing_is_told_of_a_round_in_which_fewer_than_five_spoke(asked, places):
    praia, assomada = places[2:]
    speak(asked, praia, yes=5, no=2)
    speak(asked, assomada, yes=2, no=1)
    counted = told(asked)
    assert counted["Assomada"] is None
    assert counted["Praia"] is None, "it would tell of Assomada by subtraction"
    assert counted["Santiago"] == (10, 10, 7)
    page = html(Client().get(address("round", asked.slug, assomada.number)))
    assert page.count("withheld") >= 5
    assert "voices/?round=" not in page


def test_voices_that_were_all_accepted_hide_what_stands_beside_them(asked, places):
    """Praia and the small ones add up: were all of these accepted, numbers beside them would say so of each."""
    _country, region, praia, assomada = places
    make = {"consultation": asked, "country": "CV", "level": "city", "parent": region.number}
    tarrafal = services.save_round(**make, title="Tarrafal", place="Tarrafal")
    speak(asked, praia, yes=4, no=4)
    speak(asked, assomada, yes=3)
    speak(asked, tarrafal, yes=3)
    hidden = {one.round.title for one in consulting.round_counts(asked) if one.voices is None}
    assert hidden == {"Assomada", "Tarrafal"}
    assert told(asked) == {
        "Cabo Verde": (14, 14, 10), "Santiago": (14, 14, 10), "Praia": None, "Assomada": None, "Tarrafal": None
    }  # fmt: skip
    answering.give_answer(
        target=Voice.objects.order_by("number").last(), answer="rejected", reason=WHY,
        replaces=Voice.objects.order_by("number").last().dispositions.get().pk,
    )  # fmt: skip
    assert told(asked)["Praia"] == (8, 8, 4), "now nobody can say whose voice was not followed"


def test_page_of_a_round_shows_answered_and_followed_and_leads_to_its_voices(asked, places):
    region, praia = places[1:3]
    speak(asked, praia, yes=3, no=2, waiting=4)
    page = html(Client().get(address("round", asked.slug, region.number)))
    (row,) = [row for row in page.split("<tr>") if ">Praia</th>" in row and "Followed" in row]
    assert re.findall(r">(\d+)</td>", row) == ["9", "5", "3"]
    assert f'{address("voices", asked.slug)}?round={region.number}"' in page


def test_programs_read_the_same_numbers(asked, places):
    praia, assomada = places[2:]
    speak(asked, praia, yes=3, no=2, waiting=1)
    speak(asked, assomada, yes=5, waiting=2)
    read = Client().get(f"/api/v1/deliberation/consultations/{asked.slug}/coverage").json()["rounds"]
    of_cities = [row for row in read if row["round"] in (praia.number, assomada.number)]
    assert of_cities == [
        {"round": praia.number, "voices": 6, "answered": 5, "accepted": 3},
        {"round": assomada.number, "voices": 7, "answered": 5, "accepted": 5},
    ]
    Source.objects.filter(round=assomada).exclude(voices__number__in=(7, 8)).delete()
    read = Client().get(f"/api/v1/deliberation/consultations/{asked.slug}/coverage").json()["rounds"]
    assert {row["answered"] for row in read if row["round"] in (praia.number, assomada.number)} == {None}


def test_a_round_without_voices_has_no_empty_table(asked, places):
    assert "What became of it" not in html(Client().get(address("round", asked.slug, places[0].number)))


# ---------------------------------------------------------------- the voices of one round
def shown(asked, **query):
    page = html(Client().get(address("voices", asked.slug), query))
    return {int(number) for number in re.findall(rf"/{asked.slug}/voices/(\d+)/", page)}


def test_voices_are_kept_by_their_round_with_its_parts(asked, places):
    country, region, praia, assomada = places
    speak(asked, praia, yes=5)
    speak(asked, assomada, no=6)
    speak(asked, None, yes=5)
    assert shown(asked, round=praia.number) == set(range(1, 6))
    assert shown(asked, round=region.number) == shown(asked, round=country.number) == set(range(1, 12))
    assert shown(asked, round=region.number, answer="rejected") == set(range(6, 12))
    assert shown(asked, round="") == shown(asked, round="many") == set(range(1, 17))
    assert shown(asked, round=99) == set()


def test_a_round_of_a_few_is_not_among_the_filters_and_its_address_shows_nothing(asked, places):
    country, _region, praia, assomada = places
    speak(asked, praia, yes=7)
    speak(asked, assomada, yes=1)
    page = html(Client().get(address("voices", asked.slug)))
    offered = re.search(r'<select id="round".*?</select>', page).group()
    assert re.findall(r'value="(\d+)"', offered) == [str(country.number), str(places[1].number)]
    assert shown(asked, round=assomada.number) == shown(asked, round=praia.number) == set()
    assert "No voice fits." in html(Client().get(address("voices", asked.slug), {"round": assomada.number}))


def test_a_round_shows_no_voice_whose_sender_did_not_agree(asked, places):
    praia = places[2]
    speak(asked, praia, yes=6)
    Source.objects.filter(voices__number__in=(2, 3)).update(may_publish=False)
    assert shown(asked, round=praia.number) == {1, 4, 5, 6}
    Consultation.objects.update(state="draft")
    assert Client().get(address("voices", asked.slug), {"round": praia.number}).status_code == 404
