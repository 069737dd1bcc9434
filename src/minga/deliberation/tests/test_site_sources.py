"""Taking in: numbers without gaps or races, one voice or many, and what is refused in whole sentences."""

from __future__ import annotations

import pytest

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Source, Voice
from minga.deliberation.services.sources import Author, File, Part, take_in
from minga.deliberation.vault import vault
from minga.web import codes

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_vault(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return settings.SOURCES_ROOT


@pytest.fixture
def asked():
    return Consultation.objects.create(slug="ai-for-bakeries", title="AI for bakeries", state="open")


def test_a_letter_is_one_voice_unless_somebody_says_otherwise(asked):
    text = "Train the bakers first.\r\n\r\n\r\n\r\nThen buy machines.\x00  "
    taken = take_in(asked, "letter", text, author=Author("Amina", address="amina@example.org"))
    assert taken.source.text == "Train the bakers first.\n\nThen buy machines."
    (voice,) = taken.voices
    assert (voice.code, voice.text, voice.start, voice.end) == ("V1", taken.source.text, 0, len(taken.source.text))
    assert (str(taken.source), taken.source.language, voice.language) == ("S1", "en", "en")
    assert codes.hash_of(taken.receipt_code) == taken.source.receipt_hash
    assert taken.source.read_at is not None


def test_a_submission_to_be_split_has_no_voice_and_waits(asked):
    taken = take_in(asked, "notes", "Many things were said.", voices=[], with_receipt=False)
    assert (taken.voices, taken.receipt_code, taken.source.receipt_hash, taken.source.read_at) == ((), "", "", None)


def test_parts_keep_their_place_and_language_and_numbers_go_on(asked):
    take_in(asked, "form", "First of all, listen.")
    text = "Il faut former les boulangers. We need better ovens for the bread."
    taken = take_in(asked, "letter", text, voices=[Part(text[:30], 0, 30), Part(text[31:], 31, len(text))])
    assert [(one.number, one.language) for one in taken.voices] == [(2, "fr"), (3, "en")]
    assert [text[one.start : one.end] for one in taken.voices] == [one.text for one in taken.voices]


def test_parts_without_a_place_are_found_in_the_text_one_after_the_other(asked):
    text = "More ovens.\n\nTrain us.\n\nMore ovens."
    taken = take_in(asked, "form", text, voices=["More ovens.", "Train us.", "More ovens.", "Never said."])
    places = [(one.start, one.end) for one in taken.voices]
    assert places == [(0, 11), (13, 22), (24, 35), (None, None)]


@pytest.mark.parametrize(
    ("text", "named", "code"),
    [
        (" \n ", {}, "empty"),
        ("x" * 1_000_001, {}, "long"),
        ("Words.", {"voices": ["Words.", " "]}, "empty"),
        ("Words.", {"strata": {"gender": "both"}}, "strata"),
        ("Words.", {"strata": {"shoe": "42"}}, "strata"),
    ],
)
def test_what_cannot_be_taken_in_leaves_nothing_behind(asked, own_vault, text, named, code):
    with pytest.raises(ActError) as refused:
        take_in(asked, "letter", text, file=File("a.txt", data=b"x"), **named)
    assert refused.value.code == code
    assert not Source.objects.exists()
    assert not list(own_vault.rglob("*/*"))


def test_after_adoption_nothing_is_taken_in_and_the_file_goes(asked, own_vault):
    Consultation.objects.filter(pk=asked.pk).update(state="adopted")
    with pytest.raises(ActError, match="adopted"):
        take_in(asked, "letter", "Too late.", file=File("a.txt", data=b"x"))
    assert [path for path in own_vault.rglob("*") if path.is_file()] == []


def test_the_file_lies_in_the_vault(asked):
    source = take_in(asked, "letter", "Words.", file=File("brief.txt", "text/plain", b"Words.")).source
    assert vault.read(source.file_path, is_encrypted=source.is_encrypted) == b"Words."
    assert (source.name, source.media_type, len(source.file_hash)) == ("brief.txt", "text/plain", 64)


def test_what_is_known_of_a_sender_is_kept_and_gaps_stay_gaps(asked):
    source = take_in(asked, "form", "Words.", strata={"gender": "woman", "region": " Praia ", "size": ""}).source
    assert source.strata == {"gender": "woman", "region": "Praia"}
    assert Voice.objects.get().consultation == asked
