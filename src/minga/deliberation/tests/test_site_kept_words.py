"""Words typed at the desk: the browser keeps them under the revision they were written on, until they are saved."""

from __future__ import annotations

import re

import pytest

from minga.deliberation.selectors.drafts import words_mark
from minga.deliberation.services import answering, drafting
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import WHY, address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def kept(page):
    """Return name and revision of what a page lets the browser keep."""
    return re.search(r'data-kept="([^"]+)" data-revision="([^"]*)"', page).groups()


@pytest.fixture
def asked():
    return consultation()


@pytest.fixture
def bao(asked):
    """Bao leads it."""
    return at_work(asked, "lead")[0]


def test_clause_is_kept_under_the_words_it_was_written_on_and_forgotten_once_saved(asked, bao):
    draft = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    drafting.add_clause(draft=draft, heading="", text="Firms may share data.")
    page = address("desk_clause", asked.slug, "plan", 1)
    shown = html(bao.get(page))
    name, seen = kept(shown)
    assert shown.count("data-keep ") + shown.count('data-keep=""') == 2
    assert "kept-words.js" in shown
    sent = bao.post(page, {"text": "Firms share data.", "seen": seen})
    after = html(bao.get(sent.url))
    assert f'data-sent="{name}"' in after
    assert "kept-words.js" in after
    assert "data-sent" not in html(bao.get(sent.url)), "only once"
    assert kept(html(bao.get(page))) == (name, words_mark("", "Firms share data."))
    # a refused page brings the words itself
    refused = html(bao.post(page, {"text": "Firms give data.", "seen": seen}), 409)
    assert "data-typed" in refused


def test_new_clause_is_kept_until_it_is_added(asked, bao):
    drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    page = address("desk_clause_add", asked.slug, "plan")
    name = re.search(r'data-kept="([^"]+)"', html(bao.get(page)))[1]
    sent = bao.post(page, {"text": "Firms share data.", "how": "first"})
    assert f'data-sent="{name}"' in html(bao.get(sent.url))


def test_answer_is_kept_under_the_answer_that_stood_and_forgotten_once_given(asked, bao):
    voice = heard(asked, "Flour is dear.")
    page = address("answer_voice", asked.slug, voice.number)
    name, revision = kept(html(bao.get(page)))
    assert revision == ""
    sent = bao.post(page, {"answer": "rejected", "reason": WHY, "responder": "Ministry", "replaces": ""})
    after = html(bao.get(sent.url))
    standing = voice.dispositions.get()
    assert f'data-sent="{name}"' in after
    assert kept(after) == (name, str(standing.pk))
    assert "data-typed" in html(bao.post(page, {"answer": "rejected", "reason": "No"}), 422)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (["a" * 64], "The sender finds it with the code of the receipt."),
        ([""], "What came by post or in a file has no code"),
        (["a" * 64, ""], "Senders who have a code find it with that"),
    ],
)
def test_a_code_is_named_only_where_a_sender_has_one(asked, bao, codes, words):
    theme = themed(asked, "Flour", [heard(asked, f"Flour {at}", receipt_hash=code) for at, code in enumerate(codes)])
    given = {"answer": "rejected", "reason": WHY, "responder": "Ministry"}
    sent = bao.post(address("answer_theme", asked.slug, theme.number), given)
    assert words in html(bao.get(sent.url))
    assert answering.standing_answer(theme) is not None
