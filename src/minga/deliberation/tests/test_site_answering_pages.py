"""The theme board and the answers at the desk, as the team sees them; and who sees them not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.deliberation.models import (
    Citation,
    Clause,
    ClauseVersion,
    Consultation,
    Conversation,
    Disposition,
    Draft,
    Statement,
    Theme,
    ThemeLink,
)
from minga.deliberation.services import answering, citing, theming
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_tracing import mapped
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


@pytest.fixture
def asked():
    return consultation()


@pytest.fixture
def nadia(asked):
    """Nadia sorts and answers."""
    return at_work(asked, "analyst")[0]


def html(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def sort(client, asked, *voices, **fields):
    return client.post(address("theme_sort", asked.slug), {"voice": [voice.number for voice in voices]} | fields)


def linked(theme):
    return sorted(theme.links.filter(ended_at=None).values_list("voice__number", flat=True))


# ---------------------------------------------------------------- who may
PAGES = ("themes", "answers")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("task", ["moderator", "editor", ""])
def test_only_who_sorts_and_answers_sees_the_desk(asked, name, task):
    others = Client() if not task else at_work(asked, task)[0]
    assert is_turned_away(others.get(address(name, asked.slug)))
    assert at_work(consultation("other"), "lead")[0].get(address(name, asked.slug)).status_code == 404


def test_every_change_asks_for_the_task(asked):
    voice = heard(asked, "Flour is dear.")
    theme = themed(asked, "Flour", [voice])
    made = answering.give_answer(target=voice, answer="accepted")
    moderator = at_work(asked, "moderator")[0]
    posts = [
        *[address(name, asked.slug) for name in ("theme_new", "theme_sort")],
        *[address(name, asked.slug, theme.number) for name in ("theme", "theme_merge", "theme_retire", "theme_reopen")],
        address("answer_theme", asked.slug, theme.number),
        address("answer_voice", asked.slug, voice.number),
        address("answer_cite", asked.slug, made.pk),
        address("answer_link", asked.slug, made.pk),
    ]
    assert [moderator.post(post, {"name": "x"}).status_code for post in posts] == [404] * len(posts)
    assert Theme.objects.count() == 1
    assert Disposition.objects.count() == 1


# ---------------------------------------------------------------- the board
def test_unsorted_voices_come_first_and_several_are_named_at_once(asked, nadia):
    voices = [heard(asked, words) for words in ("Flour is dear.", "Flour costs too much.", "Schools need power.")]
    page = html(nadia.get(address("themes", asked.slug)))
    assert page.count('name="voice"') == 3
    assert "There is no theme yet" in page
    response = sort(nadia, asked, *voices[:2], name="Price of flour", act="put")
    assert response.url.endswith("#voices")
    theme = Theme.objects.get()
    assert (theme.name, linked(theme)) == ("Price of flour", [1, 2])
    page = html(nadia.get(address("themes", asked.slug)))
    assert page.count('name="voice"') == 1
    assert "Schools need power." in page
    assert "2 voices are sorted." in page


def test_a_suggestion_is_only_shown_until_somebody_confirms_it(asked, nadia):
    theme = themed(asked, "Price of flour", [heard(asked, "The price of flour rises every month.")])
    voice = heard(asked, "We cannot pay the price of flour any more.")
    page = html(nadia.get(address("themes", asked.slug)))
    assert f'name="suggested" value="{voice.number}-{theme.number}"' in page
    assert linked(theme) == [1]
    sort(nadia, asked, suggested=f"{voice.number}-{theme.number}")
    assert linked(theme) == [1, 2]
    assert list(ThemeLink.objects.order_by("pk").values_list("was_suggested", flat=True)) == [False, True]


def test_voices_are_moved_taken_out_and_put_under_a_second_theme(asked, nadia):
    voices = [heard(asked, f"Voice about flour {at}") for at in range(3)]
    flour, bread = themed(asked, "Flour", voices), themed(asked, "Bread")
    sort(nadia, asked, voices[0], **{"from": flour.number, "to": bread.number, "act": "move"})
    sort(nadia, asked, voices[1], **{"from": flour.number, "to": bread.number, "act": "put"})
    sort(nadia, asked, voices[2], **{"from": flour.number, "act": "out"})
    assert (linked(flour), linked(bread)) == ([2], [1, 2])
    # another browser still shows the first voice under flour
    page = html(nadia.get(sort(nadia, asked, voices[0], **{"from": flour.number, "act": "out"}).url))
    assert "1 voice was left" in page
    assert (linked(flour), linked(bread)) == ([2], [1, 2])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"act": "put", "to": "1"}, "Tick the voices"),
        ({"voice": ["1"], "act": "put"}, "Choose a theme, or name a new one."),
        ({"voice": ["1"], "act": "put", "name": "flour"}, "There is a theme of this name already."),
    ],
)
def test_what_was_ticked_and_typed_stands_there_again_after_a_refusal(asked, nadia, fields, words):
    heard(asked, "Voice about flour")
    themed(asked, "Flour")
    page = html(nadia.post(address("theme_sort", asked.slug), fields), 422)
    assert words in page
    assert ('value="1" checked' in page) == ("voice" in fields)
    assert f'value="{fields.get("name", "")}"' in page


def test_board_searches_pages_and_shows_voices_alike(asked, nadia):
    for at in range(55):
        heard(asked, f"Bread costs too much in village {at}")
    heard(asked, "Schools need power")
    heard(asked, "Our schools have no power")
    assert html(nadia.get(address("themes", asked.slug))).count('name="voice"') == 50
    assert html(nadia.get(address("themes", asked.slug), {"page": "2"})).count('name="voice"') == 7
    found = html(nadia.get(address("themes", asked.slug), {"q": "schools POWER"}))
    assert found.count('name="voice"') == 2
    alike = html(nadia.get(address("themes", asked.slug), {"like": "56"}))
    assert alike.count('name="voice"') == 2
    assert alike.index("V56") < alike.index("V57")


def test_theme_is_renamed_and_who_comes_second_gets_the_words_back(asked, nadia):
    theme = theming.make_theme(consultation=asked, name="Flour")
    page = address("theme", asked.slug, theme.number)
    assert nadia.post(page, {"name": "Price of flour", "about": "", "version": "1"}).url == page
    second = html(nadia.post(page, {"name": "My own name", "about": "Mine.", "version": "1"}), 422)
    assert 'value="My own name"' in second
    assert "Somebody else changed this meanwhile" in second
    assert "It reads now: Price of flour" in second
    assert 'name="version" value="2"' in second
    nadia.post(page, {"name": "My own name", "about": "", "version": "2"})
    assert "Price of flour" in html(nadia.get(page))


def test_theme_is_merged_retired_and_reopened(asked, nadia):
    voice = heard(asked, "Flour is dear.")
    flour, bread = themed(asked, "Flour", [voice]), themed(asked, "Bread")
    page = html(nadia.get(nadia.post(address("theme_retire", asked.slug, 1)).url))
    assert "Voices stand under this theme" in page
    nadia.post(address("theme_merge", asked.slug, 1), {"into": bread.number})
    assert (linked(flour), linked(bread)) == ([], [1])
    page = html(nadia.get(address("theme", asked.slug, 1)))
    assert "Merged into “Bread”" in page
    nadia.post(address("theme_reopen", asked.slug, 1))
    nadia.post(address("theme_retire", asked.slug, 1))
    flour.refresh_from_db()
    assert flour.retired_at is not None
    assert nadia.post(address("theme_merge", asked.slug, 1), {"into": "99"}).status_code == 404


def test_board_needs_few_queries_however_many_voices_it_shows(asked, nadia, django_assert_max_num_queries):
    theme = themed(asked, "Flour", [heard(asked, f"Flour is dear {at}") for at in range(20)])
    theming.put_under(theme=themed(asked, "Bread"), voices=[link.voice for link in theme.links.all()])
    for at in range(25):
        heard(asked, f"Bread is dear {at}")
    with django_assert_max_num_queries(22):
        html(nadia.get(address("themes", asked.slug), {"in": "all"}))


# ---------------------------------------------------------------- answers
def test_what_waits_is_listed_themes_before_voices_before_statements(asked, nadia):
    themed(asked, "Price of flour", [heard(asked, "Flour is dear.")])
    heard(asked, "Schools need power.")
    mapped(asked, {0: (20, 1)})
    page = html(nadia.get(address("answers", asked.slug)))
    places = [page.index(words) for words in ("Price of flour", "Schools need power.", "Statement 0")]
    assert places == sorted(places)
    assert "all groups agree" in page
    answering.give_answer(target=Theme.objects.get(), answer="accepted")
    nadia.post(address("answer_voice", asked.slug, 2), {"answer": "accepted", "reason": "", "responder": "Ministry"})
    nadia.post(
        address("answer_statement", asked.slug, "talk-strategy", 0),
        {"answer": "already_covered", "reason": WHY, "responder": "Ministry"},
    )
    assert "Nothing waits" in html(nadia.get(address("answers", asked.slug)))
    given = html(nadia.get(address("answers", asked.slug), {"show": "given", "answer": "already_covered"}))
    assert "Statement 0" in given
    assert "Price of flour" not in given
    assert "Price of flour" in html(nadia.get(address("answers", asked.slug), {"show": "carry"}))


def test_answer_needs_a_reason_and_keeps_what_was_typed(asked, nadia):
    heard(asked, "Flour is dear.")
    page = address("answer_voice", asked.slug, 1)
    again = html(nadia.post(page, {"answer": "rejected", "reason": "Too dear.", "responder": "Ministry"}), 422)
    assert "at least 40 characters" in again
    assert "Too dear.</textarea>" in again
    assert nadia.post(page, {"answer": "rejected", "reason": WHY, "responder": "Ministry"}).url == page
    assert WHY in html(nadia.get(page))


def test_who_answers_second_sees_the_first_answer_and_keeps_the_words(asked, nadia):
    voice = heard(asked, "Flour is dear.")
    first = answering.give_answer(target=voice, answer="out_of_scope", reason=WHY, responder="Ministry of Trade")
    page = address("answer_voice", asked.slug, 1)
    mine = {"answer": "rejected", "reason": "Mine, and it is longer than forty characters in all.", "responder": "Us"}
    again = html(nadia.post(page, mine | {"replaces": ""}), 422)
    assert "Somebody else answered this while you were writing" in again
    assert mine["reason"] in again
    assert "Ministry of Trade" in again
    assert f'name="replaces" value="{first.pk}"' in again
    assert Disposition.objects.count() == 1
    nadia.post(page, mine | {"replaces": str(first.pk)})
    assert [one.responder for one in Disposition.objects.order_by("at", "pk")] == ["Ministry of Trade", "Us"]
    assert "Answers before it" in html(nadia.get(page))


def test_voice_repeats_another_one_by_its_number(asked, nadia):
    heard(asked, "Flour is dear.")
    heard(asked, "Flour is so dear.")
    page = address("answer_voice", asked.slug, 2)
    sent = {"answer": "duplicate_of", "reason": WHY, "responder": "Ministry"}
    assert "Name the voice" in html(nadia.post(page, sent | {"duplicate_of": "V77"}), 422)
    nadia.post(page, sent | {"duplicate_of": "v1"})
    assert "It says the same as <a href=" in html(nadia.get(page))


def test_acceptance_is_carried_into_a_clause_and_cites_evidence(asked, nadia):
    voice = heard(asked, "Flour is dear.")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=1)
    change = ClauseVersion.objects.create(
        clause=Clause.objects.create(draft=draft, number=4), version=1, kind="add", heading="Costs", text="Words."
    )
    page = address("answer_voice", asked.slug, 1)
    response = nadia.post(page, {"answer": "accepted", "responder": "Ministry"})
    assert response.url.endswith("#changes")
    made = Disposition.objects.get(voice=voice)
    assert "Still to be carried into the draft" in html(nadia.get(page))
    nadia.post(address("answer_link", asked.slug, made.pk), {"change": change.pk})
    assert "C4 Costs" in html(nadia.get(page))
    link = {"cite-link": "https://example.org/prices", "cite-value": "12 %", "cite-label": "Prices"}
    nadia.post(address("answer_cite", asked.slug, made.pk), link)
    shown = html(nadia.get(page))
    assert "12 %" in shown
    assert 'href="https://example.org/prices"' in shown
    again = html(nadia.post(address("answer_cite", asked.slug, made.pk), link | {"cite-link": "ftp://x"}), 422)
    assert "A permanent link begins with https://" in again
    cited = Citation.objects.get()
    nadia.post(address("answer_uncite", asked.slug, made.pk, cited.pk))
    nadia.post(address("answer_unlink", asked.slug, made.pk, change.pk))
    assert not made.changes.exists()
    assert Citation.objects.get().ended_at is not None


def test_value_of_evidence_is_written_as_the_page_writes_numbers(asked, nadia):
    """French and Russian write a comma; words that are no number stay as they were cited."""
    made = answering.give_answer(target=heard(asked, "Flour is dear."), answer="accepted")
    for value in ("46.0", "12.5 euro"):
        citing.cite(of=made, link="https://example.org/prices", value=value)
    page = address("answer_voice", asked.slug, 1).replace("/en/", "/fr/", 1)
    shown = html(nadia.get(page))
    assert "<b>46,0</b>" in shown
    assert "<b>12.5 euro</b>" in shown


def test_nothing_of_another_consultation_is_linked_or_ended(asked, nadia):
    made = answering.give_answer(target=heard(asked, "Flour is dear."), answer="accepted")
    other = consultation("other")
    draft = Draft.objects.create(consultation=other, slug="text", title="Text", version=1)
    change = ClauseVersion.objects.create(
        clause=Clause.objects.create(draft=draft, number=1), version=1, kind="add", text="Words."
    )
    nadia.post(address("answer_link", asked.slug, made.pk), {"change": change.pk})
    assert not made.changes.exists()
    theirs = answering.give_answer(target=heard(other, "x"), answer="accepted")
    assert nadia.post(address("answer_link", asked.slug, theirs.pk), {"change": change.pk}).status_code == 404
    assert nadia.post(address("answer_link", asked.slug, made.pk), {"change": "x"}).status_code == 404


def test_an_adopted_consultation_shows_its_answers_without_a_form(asked, nadia):
    answering.give_answer(target=heard(asked, "Flour is dear."), answer="rejected", reason=WHY)
    Consultation.objects.update(state="adopted")
    page = html(nadia.get(address("answer_voice", asked.slug, 1)))
    assert WHY in page
    assert "Replace the answer" not in page


def test_a_statement_of_another_conversation_is_not_found(asked, nadia):
    talk = Conversation.objects.create(consultation=consultation("other"), slug="talk-b", title="What?")
    Statement.objects.create(conversation=talk, number=0, text="Power.", language="en")
    assert nadia.get(address("answer_statement", asked.slug, "talk-b", 0)).status_code == 404
