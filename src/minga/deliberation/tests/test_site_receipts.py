"""Receipts: what became of one's own words, opened by a code, and taking them back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import (
    Consultation,
    Disposition,
    Source,
    ThemeLink,
    Voice,
)
from minga.deliberation.services import answering, receipts, splitting
from minga.deliberation.services.sources import Author, take_in
from minga.deliberation.testing_voices import at_work, consultation, themed
from minga.deliberation.tests.test_site_answering_pages import address
from minga.deliberation.tests.test_site_answering_public import WHY, WORDS, html, whole_story

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def sent():
    asked = consultation()
    return take_in(
        asked, "form", WORDS + "\n\nAnd the roads are bad.", voices=[WORDS, "And the roads are bad."],
        author=Author("Amina Tavares", "", "amina@example.org"), may_publish=True,
    )  # fmt: skip


def opened(taken):
    client = Client()
    response = client.post(address("receipt"), {"code": taken.receipt_code.lower().replace("-", " ")})
    assert response.url == address("my_receipt", taken.source.pk)
    return client


def test_code_opens_the_receipt_in_this_browser_alone(sent):
    client = opened(sent)
    page = client.get(address("my_receipt", sent.source.pk))
    assert WORDS in html(page)
    assert "no-store" in page["Cache-Control"] or "private" in page["Cache-Control"]
    assert Client().get(address("my_receipt", sent.source.pk)).status_code == 404
    forged = Client()
    forged.cookies[f"receipt_{sent.source.pk.hex}"] = sent.source.receipt_hash
    assert forged.get(address("my_receipt", sent.source.pk)).status_code == 404
    client.post(address("receipt_close", sent.source.pk))
    assert client.get(address("my_receipt", sent.source.pk)).status_code == 404


@pytest.mark.parametrize("code", ["7QK4-0M2X-V9TB-3HFA", "short", ""])
def test_wrong_code_opens_nothing(sent, code):
    assert Client().post(address("receipt"), {"code": code}).status_code == 422


def test_link_is_exchanged_by_a_button_and_the_code_leaves_the_address(sent):
    client = Client()
    link = address("receipt_link", sent.receipt_code)
    assert WORDS not in html(client.get(link))
    response = client.post(link)
    assert response.url == address("my_receipt", sent.source.pk)
    assert sent.receipt_code not in response.url
    assert WORDS in html(client.get(response.url))
    assert "opens nothing" in html(Client().post(address("receipt_link", "7QK4-0M2X-V9TB-3HFA")), 410)


def test_codes_cannot_be_tried_without_end(sent, settings):
    settings.RATE_LIMITS = True
    client = Client(REMOTE_ADDR="203.0.113.77")
    tries = [client.post(address("receipt"), {"code": "7QK4-0M2X-V9TB-3HFA"}).status_code for _try in range(11)]
    assert tries == [422] * 10 + [429]


def test_receipt_follows_the_words_to_the_clause_and_the_action(sent):
    client = opened(sent)
    page = html(client.get(address("my_receipt", sent.source.pk)))
    assert page.count("Not answered yet. This page will show the answer") == 2
    _theme, _answer, promised = whole_story(sent.source.consultation, sent.voices[0])
    page = html(client.get(address("my_receipt", sent.source.pk)))
    assert page.count("Not answered yet.") == 1
    assert f'href="{address("commitment", promised.pk)}"' in page
    assert f'href="{address("clause", "strategy", "text", 4)}"' in page


def test_who_sent_it_signed_in_needs_no_code():
    asked = consultation()
    client, account = at_work(asked)
    taken = take_in(asked, "form", WORDS, account=account)
    assert address("my_receipt", taken.source.pk) in html(client.get(address("receipt")))
    assert WORDS in html(client.get(address("my_receipt", taken.source.pk)))
    assert at_work(asked, "lead")[0].get(address("my_receipt", taken.source.pk)).status_code == 404


def test_one_voice_is_taken_back_after_a_question(sent):
    client = opened(sent)
    page = f"{address('receipt_withdraw', sent.source.pk)}?voice=1"
    assert "This cannot be undone." in html(client.get(page))
    assert Voice.objects.filter(withdrawn_at=None).count() == 2
    shown = html(client.post(page, follow=True))
    assert WORDS not in shown
    assert "And the roads are bad." in shown
    assert "1 voice was taken back" in shown
    assert WORDS not in Source.objects.get().text
    assert client.get(page).status_code == 404
    assert client.get(f"{address('receipt_withdraw', sent.source.pk)}?voice=x").status_code == 404


def test_everything_is_taken_back_with_name_and_address(sent):
    client = opened(sent)
    shown = html(client.post(address("receipt_withdraw", sent.source.pk), follow=True))
    assert "2 voices were taken back" in shown
    source = Source.objects.get()
    assert (source.text, source.author_name, source.author_address) == ("", "", "")
    assert Client().get(address("voice", "strategy", 1)).status_code == 404
    assert client.post(address("receipt_publish", source.pk), {"may_publish": "yes"}).status_code == 404


def test_sender_decides_whether_the_words_are_shown(sent):
    client = opened(sent)
    themed(sent.source.consultation, "Power", sent.voices)
    client.post(address("receipt_publish", sent.source.pk), {"may_publish": "no"})
    assert Client().get(address("voice", "strategy", 1)).status_code == 404
    client.post(address("receipt_publish", sent.source.pk), {"may_publish": "yes"})
    assert Client().get(address("voice", "strategy", 1)).status_code == 200


def test_receipt_says_that_words_wait_to_be_read(sent):
    client = opened(sent)
    receipt = address("my_receipt", sent.source.pk)
    page = client.get(receipt).content.decode()
    assert "once the team has read them" in page
    assert "As everyone sees it" not in page
    themed(sent.source.consultation, "Power", sent.voices)
    page = client.get(receipt).content.decode()
    assert "once the team has read them" not in page
    assert "As everyone sees it" in page


def test_nobody_else_changes_a_submission(sent):
    stranger = Client()
    for name in ("receipt_publish", "receipt_withdraw", "receipt_close"):
        assert stranger.post(address(name, sent.source.pk), {"may_publish": "no"}).status_code == 404
    assert Source.objects.get().may_publish
    assert Voice.objects.filter(withdrawn_at=None).count() == 2


def test_submission_that_nobody_split_yet_shows_its_words():
    asked = consultation()
    taken = take_in(asked, "letter", WORDS, voices=[])
    page = html(opened(taken).get(address("my_receipt", taken.source.pk)))
    assert WORDS in page
    assert "waits to be read" in page


def test_withdrawn_voice_keeps_its_answer_and_the_theme_link(sent):
    answering.give_answer(target=sent.voices[0], answer="rejected", reason=WHY)
    themed(sent.source.consultation, "Power", [sent.voices[0]])
    receipts.withdraw_source(source=sent.source)
    assert Disposition.objects.count() == ThemeLink.objects.count() == 1
    assert Voice.objects.filter(withdrawn_at__lte=timezone.now()).count() == 2


@pytest.mark.parametrize("act", ["forbids", "deletes"])
def test_form_opened_before_brings_nothing_back(sent, act):
    """An analyst's page still holds name and permission while the sender takes them back."""
    seen = Source.objects.get().revision
    if act == "forbids":
        receipts.set_may_publish(source=sent.source, may_publish=False)
    else:
        receipts.withdraw_source(source=sent.source)
    with pytest.raises(ActError, match="Somebody else changed"):
        splitting.describe(
            source=Source.objects.get(), author=Author("Amina Tavares"), strata={}, may_publish=True, language="en",
            round=None, seen=seen,
        )  # fmt: skip
    assert not Source.objects.get().may_publish


@pytest.mark.parametrize("agrees", [True, False])
def test_what_the_sender_decided_nobody_of_the_team_changes(sent, agrees):
    receipts.set_may_publish(source=sent.source, may_publish=agrees)
    source = Source.objects.get()
    desk, _account = at_work(Consultation.objects.get(), "analyst")
    where = address("source_describe", source.consultation.slug, source.number)
    page = desk.get(address("source", source.consultation.slug, source.number)).content.decode()
    assert "The sender decided this" in page
    given = {"seen": source.revision, "author_name": "Amina"} | ({} if agrees else {"may_publish": "on"})
    assert desk.post(where, given).status_code == 302
    source.refresh_from_db()
    assert (source.author_name, source.may_publish) == ("Amina", agrees)
