"""The public log: every decision with its rule and reason, in the reader's language, and nobody's name."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation import wording_consulting
from minga.deliberation.models import ModerationAct
from minga.deliberation.selectors import moderating as selectors
from minga.deliberation.services import banning, stating
from minga.deliberation.services import moderating as services
from minga.deliberation.testing_conversations import conversation, joined, said
from minga.deliberation.testing_voices import at_work

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WHY = "It names a private person."


def address(name, *rest, language="en"):
    with translation.override(language):
        return reverse(f"deliberation:{name}", args=rest)


@pytest.fixture
def talk():
    return conversation()


def read(talk, language="en"):
    return Client().get(address("log", talk.slug, language=language)).content.decode()


def acts(talk):
    return [row.act for row in selectors.public_log(talk)]


def test_log_tells_decisions_and_reasons_and_nobodys_name(talk):
    statement = said(talk, "Robots should pay taxes.", state="waiting", author=joined(talk))
    _client, account = at_work(talk.consultation, "moderator")
    services.decide(statement=statement, state="rejected", seen_version=1, rule="private", reason=WHY, by=account)
    people = [joined(talk), joined(talk)]
    for person in people:
        banning.ban(participant=person, reason="Votes of a machine.", by=account)
    page = read(talk)
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
    statement = said(talk, "Robots.", state="waiting")
    given = {"rule": "advertising", "reason": "=HYPERLINK(1) and more"}
    services.decide(statement=statement, state="rejected", seen_version=1, **given)
    text = Client().get(address("log_csv", talk.slug)).content.decode()
    assert "'=HYPERLINK" in text


def test_a_rule_is_said_in_the_language_of_the_page(talk):
    statement = said(talk, "Buy my ovens.", state="waiting")
    services.decide(statement=statement, state="rejected", seen_version=1, rule="private")
    with translation.override("ar"):
        arabic = wording_consulting.rule("private")
    english = wording_consulting.rule("private")
    assert arabic != english
    for language, line in (("en", english), ("ar", arabic)):
        log = read(talk, language).partition("<tbody>")[2]
        assert line in log


def test_what_is_taken_away_has_a_name_of_its_own_and_no_words_of_the_program(talk):
    statement = said(talk, "Is this talk useful?")
    named = {"statement": statement, "theme": ""}
    services.set_details(**named, is_meta=True, order=3, seen_version=1, reason="It asks about the talk.")
    services.set_details(**named, is_meta=False, order=None, seen_version=2)
    assert acts(talk) == ["unorder", "unmeta", "order", "meta"]
    page = read(talk)
    for words in ("no longer marked as about", "place in the order taken away", "place 3", "It asks about the talk."):
        assert words in page
    assert "not any more" not in page


def test_new_words_stand_beside_the_old_ones_while_the_statement_is_shown(talk):
    statement = said(talk, "Robots pays tax.")
    services.reword(statement=statement, text="Robots should pay.", seen_version=1, reason="A letter was wrong.")
    page = read(talk)
    assert "Robots pays tax." in page
    assert "Robots should pay." in page
    services.decide(statement=statement, state="rejected", seen_version=2, rule="private")
    assert "pays tax" not in read(talk), "words of what was rejected are shown nowhere"


def test_words_that_told_about_somebody_are_not_repeated(talk):
    statement = said(talk, "Ask Amina, +238 991 23 45, or me.")
    services.reword(statement=statement, text="Ask Amina, or me.", seen_version=1, reason="A number was in it.")
    services.reword(
        statement=statement, text="Ask a baker.", seen_version=2, reason="A name was in it.", is_private=True
    )
    page = read(talk)
    assert page.count("words that told about somebody were taken out") == 2
    assert "991" not in page
    assert "Amina" not in page
    assert not ModerationAct.objects.filter(detail__has_key="old").exists(), "earlier decisions forget them as well"


def lines(talk):
    """Return the table that everybody can download, the latest decision first."""
    text = Client().get(address("log_csv", talk.slug)).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_translations_stand_in_the_log_with_their_words_since_people_vote_on_them(talk):
    statement = said(talk, "Il faut former.", language="fr")
    told = {"statement": statement, "language": "en"}
    services.translate(**told, text="Training is needed.", is_by_machine=True, seen_version=1)
    services.translate(**told, text="Training is needed.", is_by_machine=True, seen_version=2)  # nothing new
    services.translate(**told, text="People must be trained.", is_by_machine=False, seen_version=3)
    services.translate(**told, text="", is_by_machine=False, seen_version=4)
    assert acts(talk) == ["untranslate", "translate", "translate"]
    gone, new, first = lines(talk)
    assert (first["language"], first["translated_by"], first["new_words"]) == ("en", "machine", "Training is needed.")
    assert (new["translated_by"], new["old_words"]) == ("human", "Training is needed.")
    assert (gone["old_words"], gone["new_words"]) == ("People must be trained.", "")
    page = read(talk)
    for words in ("translated by a machine: it may be wrong", "People must be trained.", "translation taken away"):
        assert words in page
    report = reverse("deliberation:report_statement", args=[talk.slug, statement.number])
    assert "translated by a machine" in Client().get(report).content.decode()


def test_words_of_a_translation_go_with_the_words_that_they_say_again(talk):
    statement = said(talk, "Call Amina: 991.", author=joined(talk))
    services.translate(
        statement=statement, language="fr", text="Appelez Amina : 991.", is_by_machine=False, seen_version=1
    )
    services.reword(
        statement=statement, text="Ask a baker.", seen_version=2, reason="A name was in it.", is_private=True
    )
    assert "991" not in read(talk)
    assert [row["language"] for row in lines(talk)] == ["", "fr"]
    stating.correct_statement(participant=statement.author, number=statement.number, text="Ask bakers.", seen_version=3)
    assert not ModerationAct.objects.filter(detail__has_key="new").exists()


def test_table_says_the_place_that_the_page_shows(talk):
    statement = said(talk, "Is this talk useful?")
    services.set_details(statement=statement, is_meta=False, order=1, theme="", seen_version=1)
    assert [(row["decision"], row["place"]) for row in lines(talk)] == [("order", "1")]


def test_the_latest_decision_stands_first_also_about_people(talk):
    statement = said(talk, "Robots.", state="waiting")
    services.decide(statement=statement, state="accepted", seen_version=1)
    services.decide(statement=statement, state="waiting", seen_version=2)
    banning.ban(participant=joined(talk), reason="Votes of a machine.")
    assert acts(talk) == ["ban", "reopen", "accept"]
    banning.ban(participant=joined(talk), reason="Votes of a machine.")
    services.decide(statement=statement, state="accepted", seen_version=3)
    assert acts(talk) == ["accept", "ban", "reopen", "accept"]
    ModerationAct.objects.filter(act="ban").update(at=timezone.now() - timedelta(days=2))
    assert selectors.public_log(talk)[1].people == 2


def test_removals_of_before_get_names_of_their_own(talk):
    statement = said(talk, "Is this talk useful?")
    for act, reason in (("meta", ""), ("meta", "not any more"), ("order", "3"), ("order", ""), ("accept", "")):
        ModerationAct.objects.create(conversation=talk, statement=statement, act=act, reason=reason)
    import_module("minga.deliberation.migrations.0007_log_says_more").name_removals(apps, None)
    kept = list(ModerationAct.objects.order_by("pk").values_list("act", "reason"))
    assert kept == [("meta", ""), ("unmeta", ""), ("order", "3"), ("unorder", ""), ("accept", "")]
