"""Moderation: the queue, reasons in the public log, second looks, flags; nobody overwrites another."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import AnomalyFlag, ModerationAct, Statement
from minga.deliberation.selectors import moderating as selectors
from minga.deliberation.selectors import overview
from minga.deliberation.services import moderating as services
from minga.deliberation.testing_conversations import conversation, joined, said, voted
from minga.deliberation.testing_voices import at_work

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


def test_rejection_needs_a_reason_and_keeps_what_was_chosen(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    sent = {"chosen": [f"{statement.number}:1"], "act": "reject", "words": "no"}
    response = client.post(address("queue", talk.slug), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Write the reason" in page
    assert f'value="{statement.number}:1" checked' in page
    response = client.post(address("queue", talk.slug), sent | {"rule": "5", "words": ""})
    assert response.status_code == 302
    statement.refresh_from_db()
    assert statement.state == "rejected"
    assert ModerationAct.objects.get().reason.startswith("Do not write names")


def test_second_moderator_never_overwrites_the_first(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    services.decide(statement=statement, state="rejected", seen_version=1, reason=WHY)
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
        assert client.post(page, {"do": wish, "version": version, "words": WHY}).status_code == 302
    statement.refresh_from_db()
    assert statement.state == "accepted"
    assert list(statement.moderation.values_list("act", flat=True)) == ["reject", "reopen", "accept"]


def test_second_look_is_another_moderators(talk, moderator):
    client, _account = moderator
    other, _account = at_work(talk.consultation, "moderator")
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    assert client.post(page, {"do": "second", "version": 1}).status_code == 302
    assert selectors.waiting(talk) == 1
    refused = client.post(page, {"do": "accept", "version": 2})
    assert refused.status_code == 422
    assert "somebody else decides" in refused.content.decode()
    assert other.post(page, {"do": "accept", "version": 2}).status_code == 302
    statement.refresh_from_db()
    assert (statement.state, statement.wants_second_look) == ("accepted", False)


def test_words_change_only_while_nobody_voted(talk, moderator):
    client, _account = moderator
    statement = proposed(talk)
    page = address("queue_statement", talk.slug, statement.number)
    assert client.post(page, {"do": "reword", "version": 1, "text": "Robots should pay tax."}).status_code == 302
    statement.refresh_from_db()
    assert statement.text == "Robots should pay tax."
    voted(joined(talk), statement, 1)
    response = client.post(page, {"do": "reword", "version": 2, "text": "Nobody should."})
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
    assert set(statement.moderation.values_list("act", flat=True)) == {"meta", "order"}
    assert client.post(page, sent | {"version": 3, "language": "en"}).status_code == 422


def test_desk_reminds_of_what_waits(talk):
    proposed(talk)
    parts = overview.desk_parts(talk.consultation, {"moderator"})
    assert (parts[0].waiting, parts[0].url) == (1, address("queue", talk.slug))
    assert not any(part.url.endswith("/queue/") for part in overview.desk_parts(talk.consultation, {"editor"}))


# ---------------------------------------------------------------- flags
def flagged(talk):
    person = joined(talk)
    AnomalyFlag.objects.create(conversation=talk, participant=person, kind="one_answer", detail={"people": 1})
    return person


def test_flag_is_closed_with_a_reason_and_a_ban_is_lifted_again(talk, moderator):
    client, _account = moderator
    person = flagged(talk)
    page = address("flags", talk.slug)
    assert "Ten or more votes, all the same" in client.get(page).content.decode()
    assert client.post(page, {"participant": person.pk, "act": "ban", "words": "bot"}).status_code == 422
    banned = {"participant": person.pk, "act": "ban", "words": "Votes of a machine."}
    assert client.post(page, banned).status_code == 302
    person.refresh_from_db()
    assert person.banned_at is not None
    assert person.flags.get().decision == "ban"
    assert client.post(page, banned).status_code == 422, "it was decided already"
    client.post(page, {"participant": person.pk, "act": "unban", "words": "A school class, as it turned out."})
    client.post(page, {"participant": person.pk, "act": "keep", "words": "A school class, as it turned out."})
    person.refresh_from_db()
    assert person.banned_at is None
    assert person.flags.get().decision == "keep"
    assert list(person.moderation.values_list("act", flat=True)) == ["ban", "unban", "keep"]


def test_participant_of_another_conversation_cannot_be_banned_here(talk, moderator):
    client, _account = moderator
    stranger = joined(conversation("other"))
    sent = {"participant": stranger.pk, "act": "ban", "words": "Votes of a machine."}
    assert client.post(address("flags", talk.slug), sent).status_code == 404


# ---------------------------------------------------------------- the public log
def test_log_tells_decisions_and_reasons_and_nobodys_name(talk):
    statement = proposed(talk)
    _client, account = at_work(talk.consultation, "moderator")
    services.decide(statement=statement, state="rejected", seen_version=1, reason=WHY, by=account)
    people = [flagged(talk), flagged(talk)]
    for person in people:
        services.ban(participant=person, reason="Votes of a machine.", by=account)
    page = Client().get(address("log", talk.slug)).content.decode()
    assert WHY in page
    assert "2 participants" in page
    assert statement.text not in page
    text = Client().get(address("log_csv", talk.slug)).content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["statement"], row["participants"], row["decision"]) for row in rows} == {
        ("0", "", "reject"),
        ("", "2", "ban"),
    }
    marks = {act.by_mark for act in ModerationAct.objects.all()}
    for secret in (*(str(person.pseudonym) for person in people), *marks):
        assert secret
        assert secret not in page + text


def test_csv_holds_no_formula(talk):
    statement = proposed(talk)
    services.decide(statement=statement, state="rejected", seen_version=1, reason="=HYPERLINK(1) and more")
    text = Client().get(address("log_csv", talk.slug)).content.decode()
    assert "'=HYPERLINK" in text


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("task", ["analyst", "editor", None])
def test_only_moderators_see_queue_and_flags(talk, task):
    client = at_work(talk.consultation, task)[0] if task else Client()
    statement = proposed(talk)
    for name, rest in (("queue", ()), ("flags", ()), ("queue_statement", (statement.number,))):
        assert client.get(address(name, talk.slug, *rest)).status_code == 404
        assert client.post(address(name, talk.slug, *rest), {"do": "accept"}).status_code == 404


def test_moderator_of_another_consultation_is_nobody_here(talk):
    client, _account = at_work(conversation("other").consultation, "moderator")
    assert client.get(address("queue", talk.slug)).status_code == 404
