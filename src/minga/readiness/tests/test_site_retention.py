"""What is deleted when, what a person can take along, and what erasing leaves."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import selectors, services
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import AccessKey, Answer, AnswerVersion, Assessment
from minga.readiness.testing import address, answered, start_in_browser, started, submitted

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def aged(assessment, days):
    Assessment.objects.filter(pk=assessment.pk).update(last_answer_at=timezone.now() - timedelta(days=days))


def test_unclaimed_check_is_deleted_after_the_retention_time(settings):
    old, young = answered("2"), answered("3")
    aged(old, settings.UNCLAIMED_DAYS + 1)
    aged(young, settings.UNCLAIMED_DAYS - 1)
    assert services.delete_unclaimed() == 1
    assert list(Assessment.objects.all()) == [young]
    assert set(Answer.objects.values_list("assessment", flat=True)) == {young.pk}
    assert set(AnswerVersion.objects.values_list("assessment", flat=True)) == {young.pk}


def test_place_of_the_site_is_taken_along():
    assert services.export_assessment(started(location="rural"))["profile"]["location"] == "rural"
    with pytest.raises(ProfileError, match=r"'moon' is unknown\. Choose one of city, town, rural, or leave it out"):
        started(location="moon")


def test_claimed_and_sample_checks_stay(settings):
    account = members.create_account(email="amina@example.org", password="a-long-password")
    for kept in (started(account=account), started(is_sample=True)):
        aged(kept, settings.UNCLAIMED_DAYS + 100)
    assert services.delete_unclaimed() == 0
    assert Assessment.objects.count() == 2


def test_pages_state_the_day_of_deletion(client, settings):
    assessment = start_in_browser(client)
    day = (timezone.now() + timedelta(days=settings.UNCLAIMED_DAYS)).strftime("%Y")
    for name in ("assessment", "keep"):
        page = client.get(address(name, assessment)).content.decode()
        assert "deleted on" in page
        assert day in page


def test_deleting_asks_first_and_then_leaves_nothing(client):
    assessment = start_in_browser(client)
    client.post(address("save", assessment), {"item": "INT1", "value": "3", "version": 0})
    page = client.get(address("delete", assessment)).content.decode()
    assert "1 answer, its notes, its history and the report will be gone" in page
    assert Assessment.objects.exists()
    client.post(address("delete", assessment))
    assert not Assessment.objects.exists()
    assert not AnswerVersion.objects.exists()
    assert not AccessKey.objects.exists()
    assert client.get(address("assessment", assessment)).status_code == 404


def test_export_holds_answers_notes_and_history(client):
    assessment = start_in_browser(client)
    client.post(address("save", assessment), {"item": "INT1", "value": "3", "version": 0, "note": "Ask Bao"})
    client.post(address("save", assessment), {"item": "INT1", "value": "4", "version": 1, "note": "Asked"})
    given = json.loads(client.get(address("export", assessment)).content)
    assert [(one["item"], one["value"], one["note"]) for one in given["answers"]] == [("INT1", "4", "Asked")]
    assert [one["level"] for one in given["history"]] == [3, 4]
    assert given["instrument"]["content_hash"].startswith("sha256:")


def test_person_takes_her_checks_along_and_erasing_deletes_them():
    account = members.create_account(email="amina@example.org", password="a-long-password")
    person = people.person_of(account)
    submitted("2", account=account)
    answered("3")
    exported = members.export_person(person)["rooms"]["readiness"]["assessments"]
    assert len(exported) == 1
    assert exported[0]["answers"][0]["value"] == "2"
    members.erase_person(person)
    assert list(Assessment.objects.values_list("account", flat=True)) == [None]


def test_respondent_takes_along_what_she_answered_for_others():
    amina = members.create_account(email="amina@example.org", password="a-long-password")
    bao = members.create_account(email="bao@example.org", password="a-long-password")
    assessment = started(account=amina)
    for account, item, note in ((amina, "INT1", "Amina's"), (bao, "INT2", "Bao's")):
        services.save_answer(
            assessment=assessment, item=item, value="2", note=note, seen_version=0, language="en", account=account
        )
    taken = members.export_person(people.person_of(bao))["rooms"]["readiness"]
    assert taken["assessments"] == []
    assert [(one["assessment"], one["note"]) for one in taken["answers_elsewhere"]] == [(str(assessment.pk), "Bao's")]
    assert members.export_person(people.person_of(amina))["rooms"]["readiness"]["answers_elsewhere"] == []


def test_checks_of_an_organization_outlive_the_person_who_answered():
    account = members.create_account(email="amina@example.org", password="a-long-password")
    person = people.person_of(account)
    bakery = members.create_organization(by=None, name="Bakery", type="sme", country="CV", sector="10", size="10-49")
    assessment = answered("2", account=account, organization=bakery)
    services.erase_person(person)
    kept = Assessment.objects.get()
    assert (kept.pk, kept.account, kept.organization) == (assessment.pk, None, bakery)


def test_deleting_the_latest_check_lets_the_one_before_count_again():
    account = members.create_account(email="amina@example.org", password="a-long-password")
    first = submitted("2", account=account)
    second = submitted("3", account=account)
    assert list(Assessment.objects.filter(is_latest=True)) == [second]
    services.delete_assessment(assessment=second)
    assert list(Assessment.objects.filter(is_latest=True)) == [first]


def test_reopened_check_leaves_the_peers():
    assessment = submitted("2")
    assert assessment.scores.exists()
    services.reopen_assessment(assessment=assessment)
    assert not assessment.scores.exists()
    assert selectors.enterprises_assessed(is_sample=False) == 0
