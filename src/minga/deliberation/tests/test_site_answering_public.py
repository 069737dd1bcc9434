"""What everyone reads: voices with their way to the clause and the action."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from minga.deliberation.models import (
    Clause,
    ClauseVersion,
    Commitment,
    Consultation,
    Draft,
    Voice,
)
from minga.deliberation.services import answering, citing, receipts
from minga.deliberation.testing_voices import consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import address

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."
WORDS = "Our bakery cannot pay for power at night."


def html(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def whole_story(asked, voice):
    """From the theme over the answer to the clause, its evidence and the action."""
    theme = themed(asked, "Power at night", [voice])
    answer = answering.give_answer(target=theme, answer="accepted", responder="Ministry of Energy")
    citing.cite(of=answer, link="https://example.org/power", value="41 %", label="Firms without power")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Strategy", version=2)
    clause = Clause.objects.create(draft=draft, number=4)
    ClauseVersion.objects.create(clause=clause, version=1, kind="add", text="Power is sold by day.")
    change = ClauseVersion.objects.create(clause=clause, version=2, kind="edit", text="Power is cheap at night.")
    answering.link_change(disposition=answer, clause_version=change)
    Draft.objects.update(state=Draft.State.ADOPTED)
    promised = Commitment.objects.create(
        draft=draft, clause=clause, number=1, title="A tariff for the night", owner="Ministry of Energy",
        due_on=date(2027, 1, 1),
    )  # fmt: skip
    return theme, answer, promised


def test_every_arrow_from_a_voice_to_the_action_is_a_link():
    asked = consultation()
    voice = heard(asked, WORDS)
    theme, _answer, promised = whole_story(asked, voice)
    page = html(Client().get(address("voice", asked.slug, 1)))
    assert WORDS in page
    for link in (
        address("public_theme", asked.slug, theme.number),
        address("clause", asked.slug, "text", 4),
        address("commitment", promised.pk),
        "https://example.org/power",
    ):
        assert f'href="{link}"' in page
    assert "Ministry of Energy" in page
    assert "41 %" in page
    assert '<del><span class="unseen" lang="en" dir="ltr">removed: </span>sold by day' in page
    assert '<ins><span class="unseen" lang="en" dir="ltr">added: </span>cheap at night' in page
    places = [page.index(words) for words in ("Power at night</a>", "Ministry of Energy", "C4, since", "A tariff for")]
    assert places == sorted(places)


def test_only_what_its_sender_agreed_to_is_shown():
    asked = consultation()
    heard(asked, "Private words.", may_publish=False)
    gone = heard(asked, "Words that were taken back.")
    heard(asked, WORDS, author_name="Amina Tavares", author_address="amina@example.org")
    receipts.withdraw_voice(voice=gone)
    page = html(Client().get(address("voices", asked.slug)))
    assert WORDS in page
    assert "1 voice<" in page
    for hidden in ("Private words.", "taken back.", "Amina", "amina@"):
        assert hidden not in page
    assert [Client().get(address("voice", asked.slug, number)).status_code for number in (1, 2, 3, 4)] == [
        404, 404, 200, 404,
    ]  # fmt: skip
    assert "Amina" not in html(Client().get(address("voice", asked.slug, 3)))
    Consultation.objects.update(state="draft")
    for name in ("voices", "coverage", "coverage_csv", "coverage_json"):
        assert Client().get(address(name, asked.slug)).status_code == 404


def test_voices_are_found_by_words_theme_language_and_answer():
    asked = consultation()
    flour = themed(asked, "Flour", [heard(asked, "Flour is dear."), heard(asked, "Le blé est cher.", language="fr")])
    heard(asked, "Schools need power.")
    answering.give_answer(target=flour, answer="out_of_scope", reason=WHY)
    answering.give_answer(target=Voice.objects.get(number=2), answer="accepted")

    def found(**query):
        page = html(Client().get(address("voices", asked.slug), query))
        return [number for number in (1, 2, 3) if f">V{number}</a>" in page]

    assert found() == [1, 2, 3]
    assert found(q="DEAR flour") == [1]
    assert found(theme=str(flour.number)) == [1, 2]
    assert found(language="fr") == [2]
    assert found(answer="waiting") == [3]
    assert found(answer="out_of_scope") == [1]
    assert found(answer="accepted") == [2]
    assert found(answer="nonsense", theme="x") == [1, 2, 3]


def test_page_of_voices_needs_few_queries(django_assert_max_num_queries):
    asked = consultation()
    theme = themed(asked, "Power", [heard(asked, f"Power is dear {at}") for at in range(60)])
    answering.give_answer(target=theme, answer="accepted")
    with django_assert_max_num_queries(23):
        response = Client().get(address("voices", asked.slug))
    assert len(response.content) < 60_000


def test_duplicate_shows_what_became_of_the_first():
    asked = consultation()
    voice = heard(asked, WORDS)
    whole_story(asked, voice)
    second = heard(asked, "Power at night costs too much for us.")
    answering.give_answer(target=second, answer="duplicate_of", reason=WHY, duplicate_of=voice)
    page = html(Client().get(address("voice", asked.slug, 2)))
    assert "which says the same</h3>" in page
    assert "A tariff for the night" in page


def test_words_of_a_draft_that_is_not_published_are_not_shown():
    asked = consultation()
    voice = heard(asked, WORDS)
    answer = answering.give_answer(target=voice, answer="accepted")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Strategy", version=0)
    change = ClauseVersion.objects.create(
        clause=Clause.objects.create(draft=draft, number=1), version=1, kind="add", text="Secret plan."
    )
    answering.link_change(disposition=answer, clause_version=change)
    assert "Secret plan." not in html(Client().get(address("voice", asked.slug, 1)))


def test_character_that_nobody_types_breaks_no_page():
    asked = consultation()
    heard(asked, "Flour is dear.")
    for field in ("q", "theme", "language", "answer"):
        assert Client().get(address("voices", asked.slug), {field: "a\x00"}).status_code == 200
    assert Client().get(address("commitments"), {"owner": "a\x00"}).status_code == 200
    assert Client().get(address("list"), {"q": "a\x00"}).status_code == 200
