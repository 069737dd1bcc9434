"""Pages on which a letter is read: split beside its voices, which are trimmed, sorted and undone there."""

from __future__ import annotations

import pytest
from django.utils import timezone

from minga.deliberation import testing_voices
from minga.deliberation.models import Intake, Source, ThemeLink, Voice
from minga.deliberation.services.sources import File, take_in
from minga.deliberation.tests.taking_in import LETTER, address, analyst, page, post, sent
from minga.text.testing_files import mail_file

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_vault(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return settings.SOURCES_ROOT


@pytest.fixture
def asked():
    return testing_voices.consultation()


@pytest.fixture
def bao(asked):
    """Bao sits in the ministry and takes in what people send."""
    return analyst(asked, "bao@example.org")


@pytest.fixture
def letter(asked):
    return take_in(asked, "letter", LETTER, voices=[], file=File("amina.txt", "text/plain", LETTER.encode())).source


def test_letter_is_split_beside_its_voices_and_its_text_stays(bao, asked, letter):
    shown = page(bao, "source", 1)
    assert shown.count('value="new" checked') == 2
    assert shown.count('value="out" checked') == 2
    chosen = {"piece-1": "out", "piece-2": "new", "piece-3": "with", "piece-4": "out"}
    post(bao, "source_split", 1, seen=letter.revision, by="paragraphs", **chosen)
    (voice,) = Voice.objects.all()
    assert voice.text == "Train the bakers of Praia first.\n\nThen fund small machines."
    letter.refresh_from_db()
    assert (letter.text, letter.text[voice.start : voice.end]) == (LETTER, voice.text)
    assert letter.read_at is not None
    shown = page(bao, "source", 1)
    assert "in V1" in shown
    assert shown.count("checked") == 2, "what was left out stays left out"


def test_suggested_voices_of_ticked_sources_are_made_at_once(bao, asked, letter):
    for number in range(3):  # the list asks as often for many as for one
        take_in(asked, "letter", f"Dear all,\n\nFund mill {number}.\n\nBest,\nZelda", voices=[])
    shown = page(bao, "sources", query="?state=waiting&tick=all")
    assert shown.count('name="source"') == 4 == shown.count(" checked>")
    assert "2 suggested" in shown
    assert " checked>" not in page(bao, "sources", query="?state=waiting")
    made = bao.post(address("sources_split"), {"source": ["1-0", "2-0", "3-7", "nonsense"]}, follow=True)
    assert "4 voices are made." not in made.content.decode()
    assert "3 voices are made." in made.content.decode()
    assert "1 source was left" in made.content.decode(), "somebody changed it since"
    assert [voice.text for voice in Voice.objects.order_by("number")][-1] == "Fund mill 0."
    assert "Zelda" not in " ".join(Voice.objects.values_list("text", flat=True))
    assert "2 sources go on waiting" in made.content.decode(), "nobody said that greetings and names need no answer"
    assert Source.objects.filter(read_at=None).count() == 4
    again = bao.post(address("sources_split"), {"source": ["1-1"]}, follow=True)
    assert Voice.objects.count() == 3, "a source with voices is not split anew"
    assert "1 source goes on waiting" in again.content.decode()
    listed = page(bao, "sources", query="?state=waiting")
    assert listed.count('name="source"') == 4, "words outside the voices that were made can be looked at later"
    later = bao.post(address("sources_split"), {"source": ["1-1", "2-0"], "looked": "on"}, follow=True)
    assert "1 source is read to the end." in later.content.decode()
    assert "1 source was left" in later.content.decode(), "somebody changed it since"
    assert Source.objects.get(number=1).read_at is not None
    assert Voice.objects.count() == 3
    assert "No source is ticked." in bao.post(address("sources_split"), follow=True).content.decode()


def test_sources_are_read_at_once_where_somebody_saw_all_words_that_are_left_out(bao, asked):
    take_in(asked, "letter", "Dear all,\n\nFund the mills.\n\nBest,\nZelda", voices=[])
    take_in(asked, "letter", "Train the millers.\n\n-- \n" + "A street of many words\n" * 20, voices=[])
    take_in(asked, "letter", "Hear us.", voices=[])
    shown = page(bao, "sources")
    assert "4 words left out" in shown
    assert "Dear all, Best, Zelda" in shown
    assert shown.count("open the source to read all of it") == 1
    given = {"source": ["1-0", "2-0", "3-0"], "looked": "on"}
    told = bao.post(address("sources_split"), given, follow=True).content.decode()
    assert "1 source goes on waiting" in told
    assert Source.objects.get(read_at=None).number == 2
    assert Voice.objects.count() == 3


def test_an_upload_says_how_many_words_its_voices_leave_out_and_asks_to_look_at_them(
    bao, asked, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("upload"), sent({"a.txt": b"Dear all,\n\nFund the mills.\n\nBest,\nZelda"}))
    shown = page(bao, "intake", Intake.objects.get().pk)
    assert "The voice of 1 submission leaves out words, 4 in all" in shown
    assert "Dear all, Best, Zelda" in shown
    intake = Intake.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("intake_confirm", intake.pk), {"seen": intake.revision, "looked": "on"})
    assert Source.objects.get().read_at is not None


def test_making_voices_leads_to_the_next_source_that_waits(bao, asked, letter):
    take_in(asked, "letter", "Fund the mills.", voices=[])
    assert "Make these voices and go to the next" in page(bao, "source", 1)
    given = {"piece-2": "new", "go": "next"}
    response = post(bao, "source_split", 1, seen=letter.revision, by="paragraphs", **given)
    assert response.url == address("source", 2)
    assert "go to the next" not in page(bao, "source", 2)


def test_two_analysts_cannot_split_the_same_letter_and_the_second_keeps_the_choices(bao, asked, letter):
    chosen = {"piece-1": "out", "piece-2": "new", "piece-3": "out", "piece-4": "out"}
    seen = letter.revision
    post(bao, "source_split", 1, seen=seen, by="paragraphs", **chosen)
    other = analyst(asked, "chloe@example.org")
    response = post(other, "source_split", 1, seen=seen, by="paragraphs", **{**chosen, "piece-3": "new"})
    assert response.status_code == 422
    shown = response.content.decode()
    assert "Somebody else changed this meanwhile" in shown
    assert 'name="piece-3" value="new" checked' in shown
    assert Voice.objects.count() == 1


def test_the_same_words_cannot_be_in_two_voices(bao, asked, letter):
    post(bao, "source_split", 1, seen=letter.revision, by="paragraphs", **{"piece-2": "new"})
    letter.refresh_from_db()
    response = post(bao, "source_split", 1, seen=letter.revision, by="sentences", **{"piece-2": "new"})
    assert response.status_code == 422
    assert "are in a voice already" in response.content.decode()
    assert Voice.objects.count() == 1


def test_nothing_chosen_is_said_and_a_source_can_be_read_without_a_voice(bao, asked, letter):
    response = post(bao, "source_split", 1, seen=letter.revision, by="paragraphs")
    assert response.status_code == 422
    assert "No piece is chosen" in response.content.decode()
    post(bao, "source_read", 1, seen=letter.revision, read="yes")
    letter.refresh_from_db()
    assert letter.read_at is not None
    post(bao, "source_read", 1, seen=letter.revision, read="no")
    letter.refresh_from_db()
    assert letter.read_at is None


def test_a_letter_that_nobody_has_read_hinders_adoption(asked, letter):
    from minga.deliberation.models import Draft
    from minga.deliberation.selectors import adoption

    draft = Draft.objects.create(consultation=asked, slug="strategy", title="Strategy", version=1)
    asked.state = "closed"
    assert adoption.refusal(draft, asked, "person:1").code == "unheard"
    Source.objects.update(read_at=timezone.now())
    assert adoption.refusal(draft, asked, "person:1") is None


def test_voice_is_trimmed_marked_and_undone_but_no_word_is_put_in(bao, asked, letter):
    post(bao, "source_split", 1, seen=0, by="paragraphs", **{"piece-2": "new"})
    response = post(bao, "voice_edit", 1, seen=1, text="Train the millers first.", language="en")
    assert response.status_code == 422
    assert "Train the millers first." in response.content.decode(), "the words that were typed are still there"
    assert "did not write" in response.content.decode()
    post(bao, "voice_edit", 1, seen=1, text="Train the bakers first.", language="fr")
    voice = Voice.objects.get()
    assert (voice.text, voice.language) == ("Train the bakers first.", "fr")
    letter.refresh_from_db()
    assert letter.text == LETTER
    assert post(bao, "voice_edit", 1, seen=1, text="Train.", language="fr").status_code == 422
    post(bao, "voice_undo", 1, seen=letter.revision)
    assert not Voice.objects.exists()
    letter.refresh_from_db()
    assert letter.read_at is None, "it waits again"


def test_voice_on_which_an_answer_rests_stays(bao, asked, letter):
    from minga.deliberation.models import Disposition

    post(bao, "source_split", 1, seen=0, by="paragraphs", **{"piece-2": "new"})
    Disposition.objects.create(consultation=asked, voice=Voice.objects.get(), answer="accepted")
    assert post(bao, "voice_undo", 1, seen=1).status_code == 422
    assert Voice.objects.count() == 1


def test_themes_are_suggested_confirmed_named_and_taken_out(bao, asked, letter):
    earlier = take_in(asked, "form", "Bakers of Mindelo need training for their bakers first.").voices[0]
    training = testing_voices.themed(asked, "Training of bakers", [earlier])
    post(bao, "source_split", 1, seen=0, by="paragraphs", **{"piece-2": "new", "piece-3": "new"})
    shown = page(bao, "source", 1)
    assert "Put V2 under “Training of bakers”" in shown
    assert "1 voice is alike" in shown
    assert not ThemeLink.objects.filter(voice__number=2).exists(), "a suggestion alone does nothing"
    post(bao, "voice_theme", 2, suggested=str(training.number))
    link = ThemeLink.objects.get(voice__number=2)
    assert (link.theme, link.was_suggested) == (training, True)
    post(bao, "voice_theme", 3, name="Machines")
    assert ThemeLink.objects.get(voice__number=3).was_suggested is False
    response = post(bao, "voice_theme", 3, name="machines")
    assert response.status_code == 422
    assert 'value="machines"' in response.content.decode()
    post(bao, "voice_theme", 2, out=str(training.number))
    assert ThemeLink.objects.get(voice__number=2).ended_at is not None


def test_who_sent_it_is_corrected_and_its_file_kept_but_never_shown(bao, asked, letter):
    given = {"author_name": "Amina", "stratum-gender": "woman", "stratum-region": "Praia", "may_publish": "on"}
    post(bao, "source_describe", 1, seen=0, **given)
    letter.refresh_from_db()
    assert (letter.author_name, letter.strata, letter.may_publish) == (
        "Amina",
        {"gender": "woman", "region": "Praia"},
        True,
    )
    assert post(bao, "source_describe", 1, seen=0, author_name="Bao").status_code == 422
    response = bao.get(address("source_file", 1))
    assert response.content == LETTER.encode()
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"


def test_mail_shows_its_quotes_but_suggests_none_of_them(bao, asked):
    mail = mail_file("Train us first.\n\nFund machines.\n\nOn Mon, 2 Mar 2026 the office wrote:\n> Are bakers heard?")
    bao.post(address("upload"), sent({"a.eml": mail}, voices="later"))
    intake = Intake.objects.get()
    post(bao, "intake_confirm", intake.pk, seen=intake.revision)
    shown = page(bao, "source", 1)
    assert "Are bakers heard?" in shown
    assert shown.count('value="new" checked') == 2
    assert shown.count('value="out" checked') == 1
