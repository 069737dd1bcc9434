"""A desk without its person: sign-in first, and what was typed when the session had ended is not lost."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from minga.deliberation.testing_voices import at_work, consultation
from minga.deliberation.tests.test_site_answering_pages import address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]

LETTER = "We need <training> in the evening, in our own language."


def test_reader_of_a_desk_is_sent_to_sign_in_and_back():
    asked = consultation()
    for name in ("desk", "settings", "sources", "source_new", "answers"):
        sent = Client().get(address(name, asked.slug))
        assert sent.status_code == 302
        assert urlsplit(sent.url).path == "/en/account/login/"
        assert parse_qs(urlsplit(sent.url).query)["next"] == [address(name, asked.slug)]


def test_visitors_learn_nothing_about_what_there_is():
    """The same answer for a consultation in preparation, an open one and none at all, but for the word itself."""
    consultation(slug="drafted", state="draft")
    consultation(slug="begun-one")
    told = set()
    for slug in ("drafted", "begun-one", "nowhere"):
        assert Client().get(address("desk", slug)).url == f"/en/account/login/?next=/en/deliberation/{slug}/desk/"
        sent = Client().post(address("source_new", slug), {"text": LETTER})
        assert "no-store" in sent["Cache-Control"]
        told.add(html(sent, 403).replace(slug, "?"))
    assert len(told) == 1


def test_post_after_the_end_of_a_session_shows_what_was_typed_and_leads_back():
    asked = consultation()
    bao = at_work(asked, "lead")[0]
    bao.logout()
    form = address("source_new", asked.slug)
    page = html(bao.post(form, {"text": LETTER, "kind": "letter", "csrfmiddlewaretoken": "secret-seal"}), 403)
    assert "We need &lt;training&gt; in the evening" in page
    assert '<input type="hidden" name="kind" value="letter">' in page
    assert f'data-typed="{form}"' in page
    assert "typed-again.js" in page
    assert "secret-seal" not in page
    assert f"next={form.replace('/', '%2F')}%3Ftyped%3D1" in page


def test_an_address_that_only_takes_forms_leads_back_to_the_page_with_the_form():
    asked = consultation()
    form = address("source", asked.slug, 1)
    sent = Client().post(
        address("source_split", asked.slug, 1), {"text": LETTER}, HTTP_REFERER=f"http://testserver{form}?page=2"
    )
    assert f'data-typed="{form}"' in html(sent, 403)
    assert "%3Fpage%3D2%26typed%3D1" in html(sent, 403)
    elsewhere = Client().post(
        address("source_split", asked.slug, 1), {"text": LETTER}, HTTP_REFERER="https://elsewhere.example/fake/"
    )
    assert "elsewhere" not in html(elsewhere, 403)


def test_only_a_page_that_is_asked_to_loads_what_puts_words_back():
    asked = consultation()
    bao = at_work(asked, "lead")[0]
    assert "typed-again.js" not in html(bao.get(address("source_new", asked.slug)))
    assert "typed-again.js" in html(bao.get(address("source_new", asked.slug) + "?typed=1"))


def test_somebody_else_who_is_signed_in_finds_nothing():
    asked, other = consultation(), consultation(slug="other")
    bao = at_work(other, "lead")[0]
    assert bao.get(address("desk", asked.slug)).status_code == 404
    assert bao.post(address("source_new", asked.slug), {"text": LETTER}).status_code == 404
