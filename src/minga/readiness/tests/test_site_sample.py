"""The sample alliance: drawn the same way each time, labelled, apart from real figures."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.urls import reverse

from minga.members import selectors as people
from minga.readiness import programme_report, sample, selectors
from minga.readiness.models import Answer, Assessment, Evidence, Programme, Validation
from minga.readiness.testing import submitted

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def loaded():
    began = time.process_time()
    logins = sample.load_sample()
    return logins, time.process_time() - began


def test_sample_is_whole_labelled_and_fast(loaded):
    logins, seconds = loaded
    assert {one["role"] for one in logins} == {"owner", "respondent", "adviser", "assessor", "secretariat", "officer"}
    assert seconds < 15
    latest = Assessment.objects.filter(is_latest=True)
    assert latest.count() == sum(sample.COUNTRIES.values()) == 240
    assert latest.values("country").distinct().count() == 12
    assert not Assessment.objects.filter(is_sample=False).exists()
    assert all(name.startswith("Sample ") for name in latest.values_list("name", flat=True))
    groups = Counter(latest.values_list("section", "size", "region"))
    assert min(groups.values()) < 10 < max(groups.values())


def test_sample_businesses_say_where_they_are_and_some_do_not(loaded):
    said = Counter(Assessment.objects.filter(is_latest=True).values_list("location", flat=True))
    assert set(said) == {"city", "town", "rural", ""}
    assert min(said["city"], said["town"], said["rural"]) > 40
    assert 0 < said[""] < 40
    assert Assessment.objects.filter(size="250+", location="rural").count() < said["rural"] / 5


def test_loading_twice_changes_nothing(loaded):
    before = sorted(Answer.objects.values_list("assessment", "item", "level"))
    assert sample.load_sample() == loaded[0]
    assert sorted(Answer.objects.values_list("assessment", "item", "level")) == before


def test_the_directory_lists_some_businesses_and_every_ally(loaded, client):
    listed = people.listed_organizations()
    assert listed.count() == 40 + len(sample.ALLIES)
    assert all(one.is_sample for one in listed)
    page = client.get(reverse("members:directory"), {"type": "university"}).content.decode()
    assert "Sample Technical University" in page


def test_larger_businesses_stand_higher(loaded):
    def mean(size):
        scores = [
            score
            for assessment in Assessment.objects.filter(size=size, is_latest=True)
            for score in assessment.scores.filter(kind="link", node="total").values_list("score", flat=True)
        ]
        return sum(scores) / len(scores)

    assert mean("1-9") < mean("10-49") < mean("50-249") < mean("250+")


def test_owner_sees_a_change_and_peers_on_her_report(loaded, client, django_user_model):
    owner = django_user_model.objects.get(email=sample.OWNER)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    newest = selectors.assessments_of(owner).filter(is_latest=True).get()
    page = client.get(f"/en/readiness/a/{newest.pk}/report/").content.decode()
    assert "All of them are sample businesses." in page
    assert "beyond the interval" in page
    assert '<span class="tag warn">sample</span>' in page
    assert people.person_of(owner).is_sample


def test_sample_enters_no_real_figure(loaded, settings):
    settings.SAMPLE = False
    real = submitted("2")
    assert selectors.peers_table(real).is_empty()
    assert selectors.enterprises_assessed(is_sample=False) == 1
    assert selectors.group_medians(is_sample=False, country="TN").is_empty()


def test_the_sample_shows_every_stage_of_a_validation(loaded):
    stages = {one.status: one for one in Validation.objects.all()}
    assert set(stages) == {"completed", "under-way", "requested"}
    owners = stages["completed"].assessment
    assert owners.is_validated
    assert owners.account.email == sample.OWNER
    assert owners.scores.filter(kind="link-validated", node="total").exists()
    assert Evidence.objects.count() == 18
    assert all(one.caption.startswith("Sample") for one in Evidence.objects.all())


def test_the_sample_programme_shows_a_change_of_its_businesses(loaded, client):
    programme = Programme.objects.get()
    made = programme_report.build(programme)
    assert made.joined == 24
    assert {row["n"] for row in made.effect} <= set(range(10, 25)) | {None}
    total = next(row for row in made.effect if row["node"] == "total")
    assert total["lower"] > 0
    assert client.login(email="officer@sample.example", password=sample.PASSWORD)
    page = client.get(reverse("readiness:programme", args=[programme.pk])).content.decode()
    assert "24 businesses have joined" in page
