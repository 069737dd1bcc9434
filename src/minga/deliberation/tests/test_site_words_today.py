"""Where the words of a voice stand today: over splits and merges, at the voice that said it first, on long clauses."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation

from minga.deliberation import testing_voices as people
from minga.deliberation.models import Clause, Disposition, Draft, Source, Voice
from minga.deliberation.selectors import sourcing, voices
from minga.deliberation.selectors.team_file import team_rows
from minga.deliberation.services import answering, committing, drafting, receipts
from minga.deliberation.tests.test_site_drafting_pages import (
    DESK,
    HOME,
    agreed,
    change,
    draft,
    editor,
    mark,
    page,
    publish,
)  # fmt: skip

pytestmark = [pytest.mark.page, pytest.mark.django_db]
__all__ = ["draft"]

VOICE = "/en/deliberation/strategy/voices/{}/"
WHY = "The council discussed this in May and keeps to the earlier text."


def reshape(draft):
    """Let a voice change clause 2, move its words into clause 4 by a split, and merge that with clause 3."""
    answer = agreed(draft, "Offer it in villages.")
    change(2, "Training is free. It is offered in every village.", dispositions=[answer])
    publish(draft)
    browser = editor(draft)
    cut = {"seen": mark(2), "begins-1": "on", "heading-1": "Where", "part-1": "others"}
    assert browser.post(f"{DESK}c/2/split/", cut).status_code == 302
    publish(draft)
    merge(browser, 4, "Terms.\n\n- every village")
    publish(draft)
    return answer.voice


def merge(browser, number, text):
    """Put a clause into clause 3."""
    form = page(f"{DESK}c/3/merge/?with={number}", browser)
    seen = dict(re.findall(r'<input type="hidden" name="(seen\w*)" value="([^"]+)"', form))
    sent = seen | {"with": number, "heading": "All", "text": text}
    assert browser.post(f"{DESK}c/3/merge/", sent).status_code == 302


def test_words_are_followed_over_a_split_and_a_merge_to_the_clause_in_which_they_stand(draft):
    voice = reshape(draft)
    shown = page(VOICE.format(voice.number))
    assert f'href="{HOME}c/2/"' in shown, "the clause that it changed"
    today = shown[shown.index("It stands today in") :]
    assert re.search(rf'<a href="{HOME}c/3/">C3 <bdi[^>]*>All</bdi></a>', today)
    assert "<ul><li>every village</li></ul>" in today
    assert f"{HOME}c/4/" not in today, "that clause went on in another one"
    (story,) = voices.stories(draft.consultation, [voice])
    assert [one.code for each in story.answers[0].changes for one in each.now] == ["C3"]
    (row,) = team_rows(draft.consultation)
    assert ([one.clause.code for one in row.clauses], [one.clause.code for one in row.now]) == (["C2"], ["C3"])


def test_a_promise_shows_the_lists_of_its_clause_as_lists(draft):
    Draft.objects.update(state="adopted", adopted_at=timezone.now(), decision="Council 12")
    promised = committing.commit(
        clause=Clause.objects.get(number=3), title="Terms", owner="Unit for AI", due_on=timezone.localdate()
    )
    assert "<ul><li>one</li><li>two</li></ul>" in page(f"/en/deliberation/commitments/{promised.pk}/")


def test_clause_that_nobody_changed_since_reads_so_today(draft):
    change(2, "Training is free.", dispositions=[agreed(draft, "Offer it in villages.")])
    publish(draft)
    assert "It reads so today." in page(VOICE.format(1))
    change(2, "Training is free for all.")
    publish(draft)
    shown = page(VOICE.format(1))
    assert "It reads so today." not in shown
    assert "<p>Training is free for all.</p>" in shown[shown.index("It stands today in") :]


def test_heading_and_lists_are_compared_apart(draft):
    answer = agreed(draft, "Say what it is.")
    drafting.save_clause(
        clause=drafting.rows.latest(draft, draft.clauses.get(number=3)).clause, heading="Terms", seen=mark(3),
        text="Terms & <conditions>\n\n- one\n- three", dispositions=[answer],
    )  # fmt: skip
    publish(draft)
    for address in (VOICE.format(1), f"{HOME}c/3/", f"{HOME}v/2/changes/"):
        shown = page(address)
        assert re.search(r"<ins>(?:<span[^>]*>added: </span>)Terms<span", shown), "the heading alone was added"
        assert re.search(r"<li><del>.*?two.*?</del><ins>.*?three.*?</ins>\s*</li>", shown)
        assert "- one" not in shown


def test_the_clause_that_covered_a_voice_is_followed_too(draft):
    voice = people.heard(draft.consultation, "Train people.")
    answering.give_answer(target=voice, answer="already_covered", reason=WHY, covered_by=draft.clauses.get(number=2))
    assert "It stands today in" not in page(VOICE.format(1))
    merge(editor(draft), 2, "Training and terms.")
    publish(draft)
    shown = page(VOICE.format(1))
    assert f'<a href="{HOME}c/3/">C3' in shown[shown.index("It stands today in") :]


# ---------------------------------------------------------------- said by another voice first
def repeated(draft, **fields):
    """Let a voice say what another one said first; that one changed clause 2."""
    first = agreed(draft, "Training for all.", **fields)
    change(2, "Training is free for all.", dispositions=[first])
    publish(draft)
    again = people.heard(draft.consultation, "Everyone needs training.")
    answering.give_answer(target=again, answer="duplicate_of", reason=WHY, duplicate_of=first.voice)
    return first.voice, again


def test_a_voice_that_says_the_same_leads_to_the_first_and_to_what_it_changed(draft):
    first, again = repeated(draft)
    shown = page(VOICE.format(again.number))
    link = f'<a href="{VOICE.format(first.number)}">V1</a>'
    assert f"It says the same as {link}." in shown
    assert f"What became of {link}, which says the same" in shown
    assert "It reads so today." in shown
    assert "for all" in shown[shown.index("<ins>") :]
    desk = page(f"/en/deliberation/strategy/desk/answers/voice/{again.number}/", editor(draft, "analyst"))
    assert 'desk/answers/voice/1/">V1</a>' in desk


def test_a_first_voice_that_is_not_public_has_no_link(draft):
    _first, again = repeated(draft, may_publish=False)
    shown = page(VOICE.format(again.number))
    assert "It says the same as V1. That voice is not shown in public." in shown
    assert VOICE.format(1) not in shown
    assert "Training for all." not in shown


def test_a_first_voice_that_was_taken_back_is_said_to_be(draft):
    first, again = repeated(draft)
    receipts.withdraw_voice(voice=first)
    shown = page(VOICE.format(again.number))
    assert "It says the same as V1. That voice was taken back." in shown
    assert VOICE.format(1) not in shown


def test_ways_of_many_voices_need_no_more_queries_than_one(draft, django_assert_max_num_queries):
    asked = draft.consultation
    source = Source.objects.create(consultation=asked, number=1, kind="letter", received_at=timezone.now())
    found = Voice.objects.bulk_create(
        [Voice(consultation=asked, source=source, number=at, text=f"Words {at}") for at in range(1, 41)]
    )
    Disposition.objects.bulk_create(
        [Disposition(consultation=asked, voice=one, answer="duplicate_of", reason=WHY, duplicate_of=found[0])
         for one in found[1:]]
    )  # fmt: skip
    with django_assert_max_num_queries(13):
        told = voices.stories(asked, found)
    assert {each.same_as[0].voice for each in told[1:]} == {found[0]}


# ---------------------------------------------------------------- all voices behind a clause
def test_every_voice_behind_a_clause_is_one_link_away_and_is_quoted_once(draft):
    asked = draft.consultation
    said = [people.heard(asked, f"Voice {count}.", may_publish=count > 1) for count in range(9)]
    theme = people.themed(asked, "Training", said)
    answer = answering.give_answer(target=theme, answer="accepted")
    change(2, "Training for all.", dispositions=[answer])
    publish(draft)
    shown = page(f"{HOME}c/2/")
    assert re.search(r'<a href="/en/deliberation/strategy/voices/\?theme=1">\s*and 2 more</a>', shown)
    assert "2 are not shown: their senders did not agree." in shown
    assert [shown.count(f"Voice {count}.") for count in range(9)] == [0, 0, 1, 1, 1, 1, 1, 0, 0]
    listed = Client().get("/en/deliberation/strategy/voices/?theme=1").content.decode()
    assert "Voice 8." in listed
    history = shown[shown.index("How this clause came about") :]
    assert 'href="/en/deliberation/strategy/themes/1/"' in history


def test_clauses_that_an_answer_came_with_are_listed_as_the_language_does(draft):
    (heard,) = sourcing.heard_by([agreed(draft, "Both.")])
    words = {"heard": replace(heard, taken_over=("C1", "C2")), "consultation": draft.consultation, "draft": draft}
    with translation.override("ar"):
        shown = render_to_string("deliberation/_drafting_heard.html", words)
    assert re.search(r'<a href="[^"]*/c/1/">C1</a>، <a href="[^"]*/c/2/">C2</a>', shown)
