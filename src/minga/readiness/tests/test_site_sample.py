"""The sample alliance: drawn the same way each time, labelled, apart from real figures."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from minga.members import selectors as people
from minga.readiness import programme_report, report, report_validation, sample, selectors
from minga.readiness.models import Answer, Assessment, AssessmentScore, Evidence, Panel, Programme, Validation
from minga.readiness.testing import submitted

pytestmark = [pytest.mark.page, pytest.mark.once, pytest.mark.django_db]

_FAST = "django.contrib.auth.hashers.MD5PasswordHasher"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Load the sample once for all tests here; each of them takes back what it does beside it."""
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=[_FAST]), transaction.atomic():
        began = time.process_time()
        logins = sample.load_sample()
        yield logins, time.process_time() - began
        transaction.set_rollback(True)


def test_sample_is_whole_labelled_and_fast(loaded):
    logins, seconds = loaded
    assert {one["role"] for one in logins} == {"owner", "respondent", "adviser", "assessor", "secretariat", "officer"}
    assert seconds < 30
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
    assert set(Validation.objects.values_list("status", flat=True)) == {"completed", "under-way", "requested"}
    owners = Assessment.objects.get(account__email=sample.OWNER, is_latest=True)
    assert owners.is_validated
    assert owners.validations.get().assessor.email == "assessor@sample.example"
    assert owners.scores.filter(kind="link-validated", node="total").exists()
    assert Evidence.objects.count() == 18
    assert all(one.caption.startswith("Sample") for one in Evidence.objects.all())


def test_enough_businesses_are_validated_for_figures_on_both_bases(loaded):
    checks = Assessment.objects.filter(status="validated")
    assert Counter(checks.values_list("country", flat=True)) == {"TN": 14, "MA": 12, "EG": 13}
    assert all(one.is_validated and one.is_latest and one.form == "full" for one in checks)
    assert all(one.submitted_at < one.validated_at <= timezone.now() for one in checks)
    totals: dict[str, set] = {}
    for kind, check in AssessmentScore.objects.filter(node="total").values_list("kind", "assessment"):
        totals.setdefault(kind, set()).add(check)
    all_of_them = set(checks.values_list("pk", flat=True))
    assert totals["link-validated"] == totals["link"] & all_of_them == all_of_them
    assert totals["local-validated"] == totals["local"] & all_of_them
    checked = selectors.medians_by(is_sample=True, by=["region", "country"], basis="validated")
    (shown,) = checked.filter(node="total", country="EG").to_dicts()
    assert (shown["n"], shown["withheld"]) == (13, "")
    assert 0 < shown["median"] < 5
    assert not checked.filter(country="KE").height
    # of the same businesses, assessors see less than the businesses themselves
    assert all(0 < row["difference"] < 0.6 for row in report_validation.bias_by_group(by="country", is_sample=True))


def test_assessors_of_the_sample_mostly_find_the_own_level_or_one_below(loaded):
    steps = Counter()
    for one in Validation.objects.filter(status="completed").exclude(assessor__email="assessor@sample.example"):
        own = selectors.own_levels(one.assessment, selectors.instrument_of(one.assessment, "en"))
        judged = dict(one.findings.values_list("item", "level"))
        assert len(judged) > len(own) / 3
        steps.update(level - int(own[item]) for item, level in judged.items())
    assert set(steps) == {-2, -1, 0, 1}
    assert steps[0] + steps[-1] > 0.85 * steps.total()
    assert steps[0] > steps[-1] > steps[1]


def test_a_validated_business_of_the_sample_has_its_report(loaded):
    check = Assessment.objects.filter(status="validated", country="EG").order_by("name").first()
    made = report.build(check, "en")
    assert made.validated.is_valid
    assert made.validated.checked
    assert all(one.basis == "visit" for one in made.validated.checked)
    assert made.report.status == "validated"


def test_the_owners_first_check_shows_voices_that_differed_and_agreed(loaded, client):
    check = Assessment.objects.get(account__email=sample.OWNER, is_latest=False)
    assert check.status == "agreed"
    assert [one.role for one in check.colleagues.order_by("number")] == ["production", "quality"]
    voices = report.build(check, "en").voices
    assert voices.people == 3
    assert [one.item.id for one in voices.differences] == ["DAT2", "DAT6", "SKL1"]
    assert all(one.lowest < one.agreed < one.highest for one in voices.differences)
    stored = dict(check.scores.filter(kind="link").values_list("node", "score"))
    assert stored == {
        row["node"]: row["score"] for row in report.score_rows(check) if row["kind"] == "link" and row["score"]
    }
    assert client.login(email=sample.OWNER, password=sample.PASSWORD)
    page = client.get(f"/en/readiness/a/{check.pk}/report/").content.decode()
    assert "3 people answered" in page
    assert "Sample: a few show the others" in page


def test_the_adviser_has_a_client_to_read_and_one_to_help(loaded, client, django_user_model):
    adviser = django_user_model.objects.get(email="adviser@sample.example")
    clients = {one.assessment.status: one for one in selectors.clients_of(adviser)}
    assert set(clients) == {"validated", "draft"}
    read, helped = clients["validated"], clients["draft"]
    assert (read.may_answer, read.how, read.assessment.account.email) == (False, "online", sample.OWNER)
    assert (helped.may_answer, helped.how, helped.answered) == (True, "telephone", 9)
    assert helped.assessment.is_assisted
    assert helped.assessment.is_sample
    assert not helped.assessment.history.filter(is_assisted=False).exists()
    assert helped.given_at <= timezone.now()
    assert client.login(email=adviser.email, password=sample.PASSWORD)
    page = client.get(reverse("readiness:clients")).content.decode()
    assert "Sample Olive Mill 1" in page
    assert "Sample Bakery 1" in page
    assert client.get(f"/en/readiness/a/{read.assessment.pk}/report/").status_code == 200
    assert client.get(f"/en/readiness/a/{read.assessment.pk}/sharing/").status_code == 404


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


def test_sample_holds_a_published_panel_and_one_in_its_second_round(loaded, settings):
    settings.SAMPLE = True
    (published,) = selectors.published_panels()
    assert "(sample)" in published.name
    assert published.is_sample
    firms = selectors.firms_beside(published)
    result = selectors.public_result(published, firms=firms)
    assert (result.people_first, result.people_second) == (12, 12)
    assert 0 < result.agreed < len(result.items)
    assert result.movement.towards > result.movement.away
    assert all(level.level is not None for level in result.levels)
    assert len(result.gaps) == 7
    assert selectors.composition_of(published).sides[0].count == 7
    talking = Panel.objects.get(stage="second")
    assert talking.place == "Sfax"
    (seat,) = talking.panellists.filter(account__isnull=False)
    assert selectors.takes_part(seat)
