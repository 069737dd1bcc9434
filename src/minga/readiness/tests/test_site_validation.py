"""Validation by an assessor: who asks, who may look, what counts, how long, and that both levels are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import report, report_validation, selectors, services
from minga.readiness.engine.errors import ValidationError
from minga.readiness.models import Assessment, Finding, InstrumentEdition, Validation
from minga.readiness.services.validating import months_later
from minga.readiness.testing import address, answered, signed_in, submitted
from minga.readiness.testing_validation import (
    assessor_account,
    completed,
    full_check,
    owner_account,
    shown,
    under_way,
)

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def amina(db):
    return owner_account()


@pytest.fixture
def farid():
    return assessor_account()


@pytest.fixture
def check(amina):
    return full_check(amina)


def refused(code: str, **named):
    step = named.pop("step")
    with pytest.raises(ValidationError) as said:
        step(**named)
    assert said.value.code == code


def fresh(one):
    return type(one).objects.get(pk=one.pk)


# ---------------------------------------------------------------- who decides
def test_who_answers_for_the_business_does_not_end_its_validation(amina, farid):
    """Opening the answers ends a validation; that is for those who may ask for one and take it back."""
    bakery = members.create_organization(name="Bakery", type="sme", country="CV", by=people.person_of(amina))
    check = full_check(amina, organization=bakery)
    karim, respondent = signed_in("karim@example.org")
    members.grant_mandate(person=people.person_of(respondent), role="respondent", organization=bakery)
    validation = under_way(check, farid)
    assert "Correct my answers" not in karim.get(address("assessment", check)).content.decode()
    assert karim.post(address("reopen", check)).status_code == 404
    assert (fresh(check).status, fresh(validation).status) == ("self-declared", "under-way")
    services.withdraw_validation(assessment=check)
    assert "Correct my answers" in karim.get(address("assessment", check)).content.decode()
    assert karim.post(address("reopen", check)).status_code == 302


# ---------------------------------------------------------------- asking
def test_only_a_submitted_full_form_of_somebody_can_be_validated(amina):
    step = services.request_validation
    refused("unclaimed", step=step, assessment=submitted("2"), by=None)
    refused("short", step=step, assessment=submitted("2", account=amina, name="Short"), by=amina)
    refused("draft", step=step, assessment=answered("2", form="full", account=amina, name="Draft"), by=amina)


def test_asking_twice_is_refused_and_withdrawing_makes_room(check, amina):
    services.request_validation(assessment=check, by=amina)
    refused("asked", step=services.request_validation, assessment=check, by=amina)
    assert services.withdraw_validation(assessment=check, by=amina) == 1
    services.request_validation(assessment=check, by=amina)
    assert [one.status for one in check.validations.order_by("requested_at")] == ["withdrawn", "requested"]


# ---------------------------------------------------------------- who can assess
def test_assessor_needs_mandate_and_competence_for_the_sector(check, amina, farid):
    weaver = assessor_account("weaver@example.org", sectors=["13"])
    nobody = assessor_account("novice@example.org", competent=False)
    elena = owner_account("elena@example.org")
    validation = services.request_validation(assessment=check, by=amina)
    assert {one.name: one.why_not for one in selectors.candidates(validation)} == {
        "Farid": "",
        "Novice": "competence",
        "Weaver": "competence",
    }
    for account in (weaver, nobody, elena):
        refused("assessor", step=services.assign_assessor, validation=validation, account=account, by=None)
    refused("self", step=services.assign_assessor, validation=validation, account=farid, by=farid)
    services.assign_assessor(validation=validation, account=farid, by=None)
    assert fresh(validation).status == "assigned"


def test_competence_that_is_over_does_not_count(check, amina):
    account = assessor_account("old@example.org", competent=False)
    person = people.person_of(account)
    competence = members.record_competence(person=person, field="Food", basis="Exam", sectors=["10"])
    competence.valid_until = timezone.localdate() - timedelta(days=1)
    competence.save()
    validation = services.request_validation(assessment=check, by=amina)
    assert [one.why_not for one in selectors.candidates(validation)] == ["competence"]


def test_whoever_belongs_to_the_business_or_advises_it_cannot_assess_it(amina):
    bakery = members.create_organization(
        by=people.person_of(amina), name="Bakery", type="sme", country="CV", sector="10"
    )
    check = full_check(amina, organization=bakery)
    names = {}
    for role in ("respondent", "adviser"):
        account = assessor_account(f"{role}@example.org")
        members.grant_mandate(person=people.person_of(account), role=role, organization=bakery)
        names[role.title()] = "conflict"
    member = assessor_account("member@example.org")
    members.join(person=people.person_of(member), organization=bakery)
    validation = services.request_validation(assessment=check, by=amina)
    assert {one.name: one.why_not for one in selectors.candidates(validation)} == names | {"Member": "conflict"}


def test_owner_with_an_assessors_mandate_cannot_assess_the_own_check():
    account = assessor_account("both@example.org")
    validation = services.request_validation(assessment=full_check(account), by=account)
    assert [one.why_not for one in selectors.candidates(validation)] == ["conflict"]


# ---------------------------------------------------------------- declaring
def test_nothing_opens_before_the_word_on_conflicts(check, farid, client):
    validation = services.request_validation(assessment=check, by=check.account)
    services.assign_assessor(validation=validation, account=farid, by=None)
    (proof,) = shown(check, "INT1")
    client.force_login(farid, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("readiness:assess", args=[validation.pk])).content.decode()
    assert "Before you see anything" in page
    closed = [("assess_factor", "integration"), ("visit_list",), ("assess_file", proof.pk)]
    for name, *rest in closed:
        assert client.get(reverse(f"readiness:{name}", args=[validation.pk, *rest])).status_code == 404, name
    client.post(reverse("readiness:assess", args=[validation.pk]), {"has_conflict": "no"})
    for name, *rest in closed:
        assert client.get(reverse(f"readiness:{name}", args=[validation.pk, *rest])).status_code == 200, name


def test_a_conflict_gives_the_validation_back_and_is_recorded(check, farid, client):
    validation = services.request_validation(assessment=check, by=check.account)
    services.assign_assessor(validation=validation, account=farid, by=None)
    client.force_login(farid, backend="allauth.account.auth_backends.AuthenticationBackend")
    where = reverse("readiness:assess", args=[validation.pk])
    assert client.post(where, {"has_conflict": "yes", "conflict": " "}).status_code == 422
    client.post(where, {"has_conflict": "yes", "conflict": "My brother works there"})
    declined = fresh(validation)
    assert (declined.status, declined.conflict) == ("declined", "My brother works there")
    assert client.get(where).status_code == 404
    (again,) = selectors.standing_validations(check)
    assert (again.status, again.number, again.assessor) == ("requested", 1, None)
    assert [one.why_not for one in selectors.candidates(again)] == ["other"]
    acts = [act.act for act in people.acts()]
    assert "validation.declined" in acts
    assert "brother" not in str([(act.reason, act.on) for act in people.acts()])


# ---------------------------------------------------------------- finding
def test_two_windows_never_overwrite_each_other(check, farid):
    validation = under_way(check, farid)
    first = services.save_finding(validation=validation, item="INT1", level=2)
    late = services.save_finding(validation=validation, item="INT1", level=4)
    assert (first.outcome, late.outcome, late.finding.level) == ("saved", "conflict", 2)
    seen = services.save_finding(validation=validation, item="INT1", level=4, seen_version=1)
    same = services.save_finding(validation=validation, item="INT1", level=4, seen_version=1)
    assert (seen.outcome, seen.finding.version, same.outcome) == ("saved", 2, "unchanged")


def test_levels_off_the_scale_and_items_not_asked_or_answered_are_refused(amina, farid):
    check = full_check(amina)
    check.answers.filter(item="INT2").delete()
    validation = under_way(check, farid)
    refused("level", step=services.save_finding, validation=validation, item="INT1", level=6)
    refused("item", step=services.save_finding, validation=validation, item="NOPE", level=1)
    refused("unanswered", step=services.save_finding, validation=validation, item="INT2", level=1)


def test_page_of_the_assessor_saves_and_shows_a_late_window(check, farid, client):
    validation = under_way(check, farid)
    client.force_login(farid, backend="allauth.account.auth_backends.AuthenticationBackend")
    where = reverse("readiness:assess_factor", args=[validation.pk, "integration"])
    sent = {"INT1-level": "1", "INT1-comment": "Seen the plan", "INT1-version": "0", "INT2-visit": "on"}
    assert client.post(where, sent).status_code == 302
    found = selectors.findings_of(validation)
    assert (found["INT1"].level, found["INT1"].comment, found["INT2"].to_visit) == (1, "Seen the plan", True)
    late = client.post(where, sent | {"INT1-level": "5"})
    assert late.status_code == 422
    assert "another window" in late.content.decode()
    assert selectors.findings_of(validation)["INT1"].level == 1


# ---------------------------------------------------------------- completing
def test_items_with_evidence_must_be_decided_and_nothing_is_decided_in_silence(check, farid):
    shown(check, "INT1", "SKL1")
    validation = under_way(check, farid)
    services.save_finding(validation=validation, item="INT1", level=2)
    with pytest.raises(ValidationError) as said:
        services.complete_validation(validation=validation, summary="", score=report_validation.validated_score_rows)
    assert said.value.items == ("SKL1",)
    assert services.confirm_remaining(validation=validation) == 1
    assert {f.item: f.level for f in validation.findings.all()} == {"INT1": 2, "SKL1": 3}


def test_level_without_evidence_or_visit_does_not_count(check, farid):
    shown(check, "INT1")
    validation = under_way(check, farid)
    services.save_finding(validation=validation, item="INT1", level=2)
    services.save_finding(validation=validation, item="SKL1", level=5)
    with pytest.raises(ValidationError) as said:
        services.complete_validation(validation=validation, summary="", score=report_validation.validated_score_rows)
    assert said.value.items == ("SKL1",)
    services.save_finding(validation=validation, item="SKL1", level=5, to_visit=True, seen_version=1)
    services.record_visit(validation=validation, visited_on=timezone.localdate())
    assert services.complete_validation(validation=validation, summary="", score=report_validation.validated_score_rows)


def test_visit_that_was_planned_must_take_place_or_be_taken_back(check, farid):
    shown(check, "INT1")
    validation = under_way(check, farid)
    services.save_finding(validation=validation, item="INT1", level=2)
    services.save_finding(validation=validation, item="DAT1", level=None, to_visit=True)
    refused("open", step=services.complete_validation, validation=validation, summary="", score=lambda _one: [])
    services.save_finding(validation=validation, item="DAT1", level=None, to_visit=False, seen_version=1)
    assert completed(validation)
    refused(
        "visit",
        step=services.record_visit,
        validation=under_way(full_check(check.account, name="2"), farid),
        visited_on=timezone.localdate() + timedelta(days=1),
    )


def test_nothing_checked_is_nothing_validated(check, farid):
    validation = under_way(check, farid)
    refused("nothing", step=services.complete_validation, validation=validation, summary="", score=lambda _one: [])


def test_completion_keeps_both_levels_and_both_scores(check, farid):
    shown(check, "INT1", "INT2")
    own = {row["node"]: row["score"] for row in report.score_rows(check) if row["kind"] == "local"}
    assert completed(under_way(check, farid), INT1=1, INT2=1)
    check = fresh(check)
    assert check.is_validated
    assert check.valid_until == months_later(check.validated_at, 24)
    stored = {(row.kind, row.node): row.score for row in check.scores.all()}
    assert stored["local", "integration"] == pytest.approx(own["integration"])
    assert stored["local-validated", "integration"] < stored["local", "integration"]
    assert stored["link-validated", "total"] < stored["link", "total"]
    assert stored["local-validated", "skills"] == pytest.approx(stored["local", "skills"])
    assert check.answers.get(item="INT1").level == 3


def test_report_shows_both_levels_the_bias_and_what_was_not_checked(check, farid, client):
    shown(check, "INT1", "INT2")
    completed(under_way(check, farid), INT1=1)
    client.force_login(check.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(address("report", check)).content.decode()
    assert "validated until" in page
    assert "Advisers and assessors" in page
    assert "Farid" not in page
    asked = len(selectors.instrument_of(check, "en").items_of(None, "full"))
    assert f"{asked - 2} questions were not checked" in page
    made = client.get(address("report_json", check)).json()
    assert made["status"] == "validated"
    found = {row["item"]: row for row in made["checked"]}
    assert found["INT1"]["own_level"] == 3
    assert (found["INT1"]["assessor_level"], found["INT1"]["difference"]) == (1, 2)
    assert found["INT2"]["difference"] == 0
    bias = {row["node"]: row for row in made["bias"]}
    assert (bias["integration"]["n"], bias["integration"]["difference"]) == (2, 1.0)
    for name in ("report_markdown", "report_text"):
        assert "What an assessor checked" in client.get(address(name, check)).content.decode()


def test_report_after_the_time_rests_on_own_levels_and_says_so(check, farid, client):
    shown(check, "INT1")
    before = report.build(check, "en").report.total.score
    completed(under_way(check, farid), INT1=0)
    check = fresh(check)
    assert report.build(check, "en").report.total.score < before
    Assessment.objects.filter(pk=check.pk).update(valid_until=timezone.now() - timedelta(days=1))
    check = fresh(check)
    assert check.has_expired
    built = report.build(check, "en")
    assert (built.report.status, built.report.total.score) == ("expired", pytest.approx(before))
    client.force_login(check.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "The validation ended on" in client.get(address("report", check)).content.decode()
    assert services.why_not_request(check) == "expired"


def test_a_new_major_version_of_the_questionnaire_ends_the_validity(check, farid):
    shown(check, "INT1")
    completed(under_way(check, farid), INT1=2)
    assert services.end_outdated() == 0
    InstrumentEdition.objects.update(version="0.9.4")
    assert services.end_outdated() == 1
    assert fresh(check).has_expired
    assert services.end_outdated() == 0


def test_opening_the_answers_again_ends_the_validation_and_says_so_before(check, farid, client):
    shown(check, "INT1")
    completed(under_way(check, farid), INT1=2)
    client.force_login(check.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "the validation ends" in client.get(address("assessment", check)).content.decode()
    client.post(address("reopen", check))
    check = fresh(check)
    assert (check.status, check.validated_at, check.valid_until) == ("draft", None, None)
    assert not check.scores.exists()
    assert Validation.objects.get().status == "withdrawn"
    assert Finding.objects.count() == 1, "what was found is kept, though it counts no more"
    services.submit_assessment(assessment=check, scores=report.score_rows(check))
    services.request_validation(assessment=check, by=check.account)
    assert completed(under_way(check, farid), INT1=2), "the same assessor may look again"


# ---------------------------------------------------------------- withdrawal and ends
def test_after_withdrawal_completion_or_the_end_of_the_mandate_the_assessor_sees_nothing(check, farid, client):
    (proof, *_rest) = shown(check, "INT1")
    client.force_login(farid, backend="allauth.account.auth_backends.AuthenticationBackend")

    def opens(validation):
        pages = [("assess",), ("assess_factor", "integration"), ("visit_list",), ("assess_file", proof.pk)]
        return {
            client.get(reverse(f"readiness:{name}", args=[validation.pk, *rest])).status_code for name, *rest in pages
        }

    validation = under_way(check, farid)
    assert opens(validation) == {200}
    services.withdraw_validation(assessment=check, by=check.account)
    assert opens(validation) == {404}
    again = under_way(check, farid)
    mandate = people.running_mandates().get(person__account=farid)
    mandate.ends_on = timezone.localdate() - timedelta(days=1)
    mandate.starts_on = mandate.ends_on
    mandate.save()
    assert opens(again) == {404}
    mandate.ends_on = None
    mandate.save()
    assert opens(again) == {200}
    completed(again, INT1=3)
    assert opens(again) == {404}


def test_another_assessor_takes_over_without_seeing_what_the_first_found(check, farid):
    greta = assessor_account("greta@example.org")
    validation = under_way(check, farid)
    services.save_finding(validation=validation, item="INT1", level=1, comment="mine")
    services.assign_assessor(validation=validation, account=greta, by=None)
    (standing,) = selectors.standing_validations(check)
    assert (standing.assessor, standing.status, standing.findings.count()) == (greta, "assigned", 0)
    assert not selectors.validations_for(farid).exists()
