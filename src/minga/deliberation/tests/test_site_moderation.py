"""Moderation: the queue, reasons, second looks, words that are mended; nobody overwrites another."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.deliberation import forms_moderating
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import ModerationAct, Statement
from minga.deliberation.selectors import moderating as selectors
from minga.deliberation.selectors import overview
from minga.deliberation.services import moderating as services
from minga.deliberation.services.marks import mark_of
from minga.deliberation.testing_conversations import conversation, joined, said, voted
from minga.deliberation.testing_voices import at_work
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WHY = "It names a private person."


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


@pytest.fixture
def talk():
    return conversation()


@pytest.fixture
def moderator(talk):
    """Nadia moderates."""
    return at_work(talk.consultation, "moderator")


def proposed(talk, text="Robots should pay taxes.", **fields):
    return said(talk, text, **({"state": "waiting", "author": joined(talk)} | fields))


# ---------------------------------------------------------------- the queue
def test_queue_shows_what_waits_with_filters_and_decides_on_several(talk, moderator):
    client, _account = moderator
    one, two = proposed(talk), proposed(talk, "Les robots paient.", language="fr")
    said(talk, "Accepted already.")
    page = client.get(address("queue", talk.slug)).content.decode()
    assert one.text in page
    assert two.text in page
    assert "Accepted already." not in page
    french = client.get(address("queue", talk.slug), {"language": "fr"}).content.decode()
    assert two.text in french
    assert one.text not in french
    sent = {"chosen": [f"{one.number}:1", f"{two.number}:1"], "act": "accept"}
    assert client.post(address("queue", talk.slug), sent).status_code == 302
    assert list(Statement.objects.filter(state="accepted", version=2).values_list("number", flat=True)) == [0, 1]
    assert ModerationAct.objects.filter(act="accept").count() == 2


def test_second_page_of_the_queue_still_shows_what_waits(talk, moderator):
    client, _account = moderator
    for number in range(30):
        said(talk, f"Waits {number}.", state="waiting")
    said(talk, "Accepted already.")
    page = client.get(address("queue", talk.slug), {"page": "2"}).content.decode()
    assert "Waits 29." in page
    assert "Accepted already." not in page


def test_rejection_needs_a_rule_and_keeps_what_was_chosen(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    sent = {"chosen": [f"{statement.number}:1"], "act": "reject", "words": "I simply dislike this one."}
    response = client.post(address("queue", talk.slug), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose the rule that the statement breaks" in page
    assert "I simply dislike this one." in page
    assert f'value="{statement.number}:1" checked' in page
    one = address("queue_statement", talk.slug, statement.number)
    assert client.post(one, {"do": "reject", "version": 1, "words": WHY}).status_code == 422
    assert client.post(address("queue", talk.slug), sent | {"chosen": [], "rule": "private"}).status_code == 422
    response = client.post(address("queue", talk.slug), sent | {"rule": "private", "words": ""})
    assert response.status_code == 302
    statement.refresh_from_db()
    assert statement.state == "rejected"
    act = ModerationAct.objects.get()
    assert (act.rule, act.reason) == ("private", ""), "the rule is said in the reader's language"


def test_a_rule_of_the_consultations_own_is_one_and_stands_before_the_sentence(talk, moderator):
    client, _account = moderator
    talk.consultation.policy = "Stay polite.\nWrite about training."
    talk.consultation.save()
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    sent = {"do": "reject", "version": 1, "rule": "2", "words": "It is about taxes."}
    assert client.post(page, sent).status_code == 302
    act = ModerationAct.objects.get()
    assert (act.rule, act.reason) == ("own", "Write about training. It is about taxes.")
    assert "Write about training. It is about taxes." in Client().get(address("log", talk.slug)).content.decode()


def test_a_reason_stays_where_no_statement_was_chosen(talk, moderator):
    client, _account = moderator
    proposed(talk)
    response = client.post(address("queue", talk.slug), {"act": "reject", "words": WHY})
    assert response.status_code == 422
    assert f">\n{WHY}</textarea>" in response.content.decode()
    assert "Choose at least one statement" in response.content.decode()


@pytest.mark.parametrize("name", ["queue", "queue_statement"])
def test_every_field_has_a_name_of_its_own(talk, moderator, name):
    client, _account = moderator
    statement = proposed(talk)
    page = client.get(address(name, talk.slug, *([statement.number] if name != "queue" else []))).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    fields = re.findall(r'<(?:input|select|textarea)[^>]*\bid="([^"]+)"', page)
    assert "why_words" in fields
    for field in fields:
        assert f'for="{field}"' in page, field


def test_rules_to_choose_from_are_grounds_and_end_with_a_word(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    offered = re.findall(r'<option value="[^"]*"[^>]*>([^<]*)</option>', client.get(page).content.decode())
    assert "No statement may insult anybody." in offered
    assert not any("That we disagree is no reason" in line for line in offered)
    talk.consultation.policy = (
        "A statement is left out " + "where it says nothing that others could want to vote on, " * 3
    )
    talk.consultation.save()
    line = re.search(r'<option value="1">([^<]*)</option>', client.get(page).content.decode()).group(1)
    assert line.endswith("…")
    assert line[:-1] in talk.consultation.policy
    assert talk.consultation.policy[len(line) - 1] in " ,", "cut at the end of a word"
    assert forms_moderating.shortened("说" * 100) == "说" * 90 + "…"


def test_words_by_which_somebody_can_be_reached_are_marked(talk, moderator):
    client, _account = moderator
    proposed(talk, "Call Amina: +238 991 23 45, she knows.")
    page = client.get(address("queue", talk.slug)).content.decode()
    assert "<mark>+238 991 23 45</mark>" in page
    assert "looks like a telephone number" in page


def test_second_moderator_never_overwrites_the_first(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    services.decide(statement=statement, state="rejected", seen_version=1, rule="private")
    response = client.post(
        address("queue", talk.slug), {"chosen": [f"{statement.number}:1"], "act": "accept"}, follow=True
    )
    assert "Somebody else was faster on these" in response.content.decode()
    statement.refresh_from_db()
    assert (statement.state, statement.version) == ("rejected", 2)
    with pytest.raises(ActError) as refused:
        services.decide(statement=statement, state="accepted", seen_version=1)
    assert refused.value.code == "changed"


def test_every_decision_can_be_undone_and_stays_in_the_history(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    for version, wish in enumerate(("reject", "reopen", "accept"), start=1):
        assert client.post(page, {"do": wish, "version": version, "rule": "private"}).status_code == 302
    statement.refresh_from_db()
    assert statement.state == "accepted"
    assert list(statement.moderation.values_list("act", flat=True)) == ["reject", "reopen", "accept"]


# ---------------------------------------------------------------- a second look
def test_second_look_is_another_moderators(talk, moderator):
    client, _account = moderator
    other, _account = at_work(talk.consultation, "moderator")
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    assert client.post(page, {"do": "second", "version": 1}).status_code == 422, "a reason is asked for"
    assert client.post(page, {"do": "second", "version": 1, "words": WHY}).status_code == 302
    assert selectors.waiting(talk) == 1
    own = client.get(page).content.decode()
    assert "somebody else decides" in own
    assert 'value="accept"' not in own
    assert "waits for somebody else" in client.get(address("queue", talk.slug)).content.decode()
    refused = client.post(page, {"do": "accept", "version": 2})
    assert refused.status_code == 422
    assert other.post(page, {"do": "accept", "version": 2}).status_code == 302
    statement.refresh_from_db()
    assert (statement.state, statement.wants_second_look) == ("accepted", False)


def test_nobody_who_asked_for_a_second_look_decides_themselves(talk, moderator):
    _client, amina = moderator
    _other, bao = at_work(talk.consultation, "moderator")
    _third, chloe = at_work(talk.consultation, "moderator")
    statement = proposed(talk)
    services.ask_second_look(statement=statement, seen_version=1, reason=WHY, by=amina)
    with pytest.raises(ActError) as refused:
        services.ask_second_look(statement=statement, seen_version=2, reason=WHY, by=bao)
    assert refused.value.code == "asked", "it waits already"
    # as it could be asked for twice before
    ModerationAct.objects.create(conversation=talk, statement=statement, act="second_look", by_mark=mark_of(bao))
    for account in (amina, bao):
        with pytest.raises(ActError) as refused:
            services.decide(statement=statement, state="accepted", seen_version=2, by=account)
        assert refused.value.code == "second"
    services.decide(statement=statement, state="accepted", seen_version=2, by=chloe)
    services.decide(statement=statement, state="waiting", seen_version=3, by=amina)
    assert statement.state == "waiting", "the request is over"


def test_a_request_for_a_second_look_is_taken_back_by_who_asked(talk, moderator):
    client, _account = moderator
    other, _account = at_work(talk.consultation, "moderator")
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    client.post(page, {"do": "second", "version": 1, "words": WHY})
    assert other.post(page, {"do": "unlook", "version": 2}).status_code == 422
    assert client.post(page, {"do": "unlook", "version": 2}).status_code == 302
    statement.refresh_from_db()
    assert not statement.wants_second_look
    assert client.post(page, {"do": "accept", "version": 3}).status_code == 302


# ---------------------------------------------------------------- words, details
def test_words_change_only_while_nobody_but_the_author_voted(talk, moderator):
    client, _account = moderator
    author = joined(talk)
    statement = proposed(talk, author=author)
    voted(author, statement, 1)
    page = address("queue_statement", talk.slug, statement.number)
    assert "Save the new words" in client.get(page).content.decode()
    sent = {"do": "reword", "version": 1, "text": "Robots should pay tax.", "reason": "A word was missing."}
    assert client.post(page, sent | {"reason": ""}).status_code == 422
    assert client.post(page, sent).status_code == 302
    statement.refresh_from_db()
    assert statement.text == "Robots should pay tax."
    voted(joined(talk), statement, 1)
    assert "Save the new words" not in client.get(page).content.decode()
    response = client.post(page, sent | {"version": 2, "text": "Nobody should."})
    assert response.status_code == 422
    statement.refresh_from_db()
    assert statement.text == "Robots should pay tax."


def test_details_and_translations_are_kept_and_marked(talk, moderator):
    client, _account = moderator
    statement = said(talk, "Is this talk useful?")
    page = address("queue_statement", talk.slug, statement.number)
    client.post(page, {"do": "details", "version": 1, "is_meta": "on", "order": "3", "theme": "Method"})
    sent = {"do": "translate", "version": 2, "language": "fr", "text": "Utile ?", "is_by_machine": "on"}
    client.post(page, sent)
    statement.refresh_from_db()
    assert (statement.is_meta, statement.order, statement.theme, statement.version) == (True, 3, "Method", 3)
    assert statement.translations == {"fr": {"text": "Utile ?", "by": "machine"}}
    assert set(statement.moderation.values_list("act", flat=True)) == {"meta", "order", "translate"}
    assert client.post(page, sent | {"version": 3, "language": "en"}).status_code == 422


def test_desk_reminds_of_what_waits(talk):
    proposed(talk)
    parts = overview.desk_parts(talk.consultation, {"moderator"})
    assert (parts[0].waiting, parts[0].url) == (1, address("queue", talk.slug))
    assert not any(part.url.endswith("/queue/") for part in overview.desk_parts(talk.consultation, {"editor"}))


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("task", ["analyst", "editor", None])
def test_only_moderators_see_queue_and_flags(talk, task):
    client = at_work(talk.consultation, task)[0] if task else Client()
    statement = proposed(talk)
    for name, rest in (("queue", ()), ("flags", ()), ("queue_statement", (statement.number,))):
        assert is_turned_away(client.get(address(name, talk.slug, *rest)))
        assert is_turned_away(client.post(address(name, talk.slug, *rest), {"do": "accept"}))


def test_moderator_of_another_consultation_is_nobody_here(talk):
    client, _account = at_work(conversation("other").consultation, "moderator")
    assert client.get(address("queue", talk.slug)).status_code == 404
