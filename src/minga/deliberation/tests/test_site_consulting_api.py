"""Consultations for programs: what everyone may read, and a guest who takes part with a key of their own."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.models import Conversation, Statement, Vote
from minga.deliberation.services import consulting, mapping, sources

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/api/v1/deliberation"


@pytest.fixture
def asked():
    made = consulting.begin(
        title="AI in our factories", about="The ministry decides in June, and answers.", level="country", country="CV"
    )
    consulting.open_to_all(consultation=made)
    return made


@pytest.fixture
def talk(asked):
    made = Conversation.objects.create(
        consultation=asked, slug="what-first", title="What first?", state="open", opened_at=timezone.now()
    )
    for number, text in enumerate(("Skills first.", "Power first.", "Nothing at all.")):
        Statement.objects.create(
            conversation=made, number=number, text=text, language="en", state="waiting" if number == 2 else "accepted"
        )
    return made


def joined(talk):
    """Return a program with the key of a new place."""
    guest = Client()
    answer = guest.post(f"{ROOT}/conversations/{talk.slug}/participants", {}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    guest.defaults["HTTP_X_MINGA_KEY"] = answer.json()["key"]
    return guest


def vote(guest, talk, statement, value, client_id="a"):
    body = {"statement": statement, "vote": value, "client_id": client_id}
    return guest.post(f"{ROOT}/conversations/{talk.slug}/votes", body, content_type="application/json")


# ---------------------------------------------------------------- reading
def test_list_is_filtered_and_paged(client, asked):
    for number in range(3):
        made = consulting.begin(title=f"Number {number}", about="The ministry decides in June, and answers you.")
        consulting.open_to_all(consultation=made)
    consulting.begin(title="Secret")
    first = client.get(f"{ROOT}/consultations?per_page=3").json()
    assert (first["total"], first["pages"], len(first["consultations"])) == (4, 2, 3)
    assert len(client.get(f"{ROOT}/consultations?per_page=3&page=2").json()["consultations"]) == 1
    assert client.get(f"{ROOT}/consultations?per_page=3&page=9").json()["consultations"] == []
    assert [one["slug"] for one in client.get(f"{ROOT}/consultations?country=cv").json()["consultations"]] == [
        "ai-in-our-factories"
    ]
    refused = client.get(f"{ROOT}/consultations?page=0")
    assert refused.status_code == 422
    assert set(refused.json()["error"]) == {"code", "message", "where"}


def test_one_consultation_tells_steps_rounds_and_names(client, asked, talk):
    consulting.save_round(consultation=asked, title="Praia", level="city", country="CV", place="Praia")
    sources.take_in(asked, "form", "Train people first.")
    told = client.get(f"{ROOT}/consultations/{asked.slug}").json()
    assert (told["voices"], told["unanswered"], told["conversations"]) == (1, 1, ["what-first"])
    assert told["unread"] == 0
    assert told["steps"]["take_in"] == "now"
    assert told["rounds"][0] | {"voices": 0} == told["rounds"][0]
    assert told["asked_by"] == "The secretariat of the alliance"


def test_in_preparation_it_is_not_there(client, asked):
    made = consulting.begin(title="Secret")
    for path in ("", "/coverage", "/drafts/strategy"):
        assert client.get(f"{ROOT}/consultations/{made.slug}{path}").status_code == 404


def test_unchanged_answers_are_not_sent_again(client, asked):
    first = client.get(f"{ROOT}/consultations/{asked.slug}")
    assert first["ETag"]
    again = client.get(f"{ROOT}/consultations/{asked.slug}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    sources.take_in(asked, "form", "Train people first.")
    assert client.get(f"{ROOT}/consultations/{asked.slug}", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_coverage_counts_voices(client, asked):
    sources.take_in(asked, "form", "Train people first.", strata={"gender": "woman"})
    told = client.get(f"{ROOT}/consultations/{asked.slug}/coverage").json()
    answered = next(one for one in told["measures"] if one["measure"] == "answered")
    assert (answered["numerator"], answered["denominator"]) == (0, 1)
    assert all(row["withheld"] and row["numerator"] is None for row in told["strata"] if row["value"] == "woman")


# ---------------------------------------------------------------- taking part
def test_guest_votes_until_nothing_is_left(talk):
    guest = joined(talk)
    seen = []
    while (turn := guest.get(f"{ROOT}/conversations/{talk.slug}/next").json())["statement"]:
        assert turn["left"] + turn["answered"] == 2
        seen.append(turn["statement"]["number"])
        assert vote(guest, talk, seen[-1], 1).json() == {"is_new": True}
    assert sorted(seen) == [0, 1]
    assert Vote.objects.count() == 2


def test_same_act_twice_is_stored_once_and_the_last_vote_counts(talk):
    guest = joined(talk)
    assert [vote(guest, talk, 0, 1, "one").json()["is_new"] for _time in range(2)] == [True, False]
    vote(guest, talk, 0, -1, "two")
    vote(guest, talk, 0, None, "three")
    assert list(Vote.objects.order_by("pk").values_list("value", flat=True)) == [1, -1, None]


@pytest.mark.parametrize(("statement", "value"), [(2, 1), (99, 1)])
def test_nobody_votes_on_what_is_not_shown(talk, statement, value):
    assert vote(joined(talk), talk, statement, value).status_code == 404
    assert not Vote.objects.exists()


@pytest.mark.parametrize("wrong", [{"vote": 2}, {"vote": "1; drop"}, {"client_id": ""}, {"statement": -1}])
def test_votes_that_are_none_are_refused_in_the_one_shape(talk, wrong):
    body = {"statement": 0, "vote": 1, "client_id": "a"} | wrong
    answer = joined(talk).post(f"{ROOT}/conversations/{talk.slug}/votes", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]["where"]


def test_key_of_one_conversation_opens_no_other_and_no_key_opens_nothing(asked, talk):
    other = Conversation.objects.create(consultation=asked, slug="other", title="Other?", state="open")
    guest = joined(talk)
    assert guest.get(f"{ROOT}/conversations/{other.slug}/next").status_code == 404
    assert Client().get(f"{ROOT}/conversations/{talk.slug}/next").status_code == 401
    wrong = Client(headers={"X-Minga-Key": "guessed"})
    assert wrong.get(f"{ROOT}/conversations/{talk.slug}/next").status_code == 404


def test_statement_waits_for_a_moderator_and_the_same_words_stand_once(talk):
    guest, other = joined(talk), joined(talk)
    address, body = f"{ROOT}/conversations/{talk.slug}/statements", {"text": "Water first.", "language": "en"}
    told = guest.post(address, body, content_type="application/json")
    assert (told.status_code, told.json()) == (201, {"number": 3, "state": "waiting"})
    again = other.post(address, body, content_type="application/json")
    assert again.status_code == 422
    assert "Somebody has sent the same" in again.json()["error"]["message"]
    listed = Client().get(f"{ROOT}/conversations/{talk.slug}/statements").json()
    assert [one["text"] for one in listed["statements"]] == ["Skills first.", "Power first."]


def test_leaving_deletes_votes_and_ends_the_key(talk):
    guest = joined(talk)
    vote(guest, talk, 0, 1)
    assert guest.delete(f"{ROOT}/conversations/{talk.slug}/me").status_code == 204
    assert not Vote.objects.exists()
    assert guest.get(f"{ROOT}/conversations/{talk.slug}/next").status_code == 404


def test_members_conversation_lets_no_guest_in(asked):
    talk = Conversation.objects.create(consultation=asked, slug="ours", title="Ours?", state="open", entry="member")
    address = f"{ROOT}/conversations/{talk.slug}/participants"
    assert Client().post(address, {}, content_type="application/json").status_code == 422
    assert not talk.participants.exists()


def test_closed_conversation_takes_no_votes(talk):
    guest = joined(talk)
    Conversation.objects.filter(pk=talk.pk).update(state="closed")
    assert vote(guest, talk, 0, 1).status_code == 422


# ---------------------------------------------------------------- report
def test_report_is_there_once_it_is_published(client, talk):
    address = f"{ROOT}/conversations/{talk.slug}/report"
    for number in range(12):
        guest = joined(talk)
        vote(guest, talk, 0, 1)
        vote(guest, talk, 1, 1 if number % 2 else -1)
    run = mapping.refresh_map(conversation=talk)
    assert client.get(address).status_code == 404
    mapping.publish_map(run=run)
    told = client.get(address).json()
    assert (told["people"], told["votes"]) == (12, 24)
    assert {one["number"]: one["agree_percent"] for one in told["statements"]} == {0: 100, 1: 50}
