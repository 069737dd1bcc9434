"""What a person finds in the copy of her data, and what is left once she is erased."""

from __future__ import annotations

import pytest

from minga.deliberation.models import Disposition, Source, TeamMember
from minga.deliberation.services import consulting, sources
from minga.deliberation.services.privacy import erase_person, export_person
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def rosa():
    return members.create_account(email="rosa@example.org", password="a-long-password", name="Rosa")


@pytest.fixture
def asked():
    made = consulting.begin(title="AI", about="The ministry decides in June, and answers every voice that it hears.")
    consulting.open_to_all(consultation=made)
    return made


def spoken(asked, rosa, words="My loom stands still."):
    author = sources.Author("Rosa", "Weavers", "rosa@example.org")
    return sources.take_in(asked, "form", words, author=author, account=rosa, strata={"gender": "woman"})


def test_copy_holds_what_was_sent_and_done(asked, rosa):
    person = members.person_for(rosa)
    taken = spoken(asked, rosa)
    sources.take_in(asked, "form", "Words of somebody else.")
    consulting.add_to_team(consultation=asked, email="rosa@example.org", task="analyst")
    answer = Disposition.objects.create(
        consultation=asked, voice=taken.voices[0], answer="accepted", by_mark=person.reference
    )
    copy = export_person(person)
    assert [one["text"] for one in copy["submissions"]] == ["My loom stands still."]
    assert [(one["consultation"], one["task"]) for one in copy["tasks"]] == [("ai", "analyst")]
    assert [(one["kind"], one["id"]) for one in copy["work"]] == [("answer", str(answer.pk))]


def test_erasing_takes_the_words_out_and_leaves_the_numbers(asked, rosa):
    person = members.person_for(rosa)
    taken = spoken(asked, rosa)
    kept = sources.take_in(asked, "form", "Words of somebody else.")
    consulting.add_to_team(consultation=asked, email="rosa@example.org", task="analyst")
    assert erase_person(person) == 2
    source = Source.objects.get(pk=taken.source.pk)
    assert "loom" not in repr(Source.objects.filter(pk=source.pk).values())
    for trace in ("Rosa", "Weavers", "rosa@example.org"):
        assert trace not in repr(list(Source.objects.values()))
    assert (source.account, source.strata, source.number) == (None, {}, 1)
    assert source.voices.get().text == ""
    assert kept.source.voices.get().text == "Words of somebody else."
    assert not TeamMember.objects.exists()


def test_erasing_an_account_over_all_rooms_reaches_consultations(asked, rosa):
    person = members.person_for(rosa)
    taken = spoken(asked, rosa)
    assert members.erase_person(person)["deliberation"] == 1
    assert Source.objects.get(pk=taken.source.pk).text == ""
