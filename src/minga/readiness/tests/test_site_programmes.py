"""Programmes: starting, joining, leaving, and the groups that whoever runs one sees, and nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from minga.members import services as members
from minga.readiness import programme_report, selectors, services
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import Assessment, Programme, Share
from minga.readiness.testing import address, started, submitted

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def account(name):
    return members.create_account(email=f"{name}@example.org", password="a-good-long-password")


def organization_of(owner, type="government", **fields):
    return members.create_organization(
        name=fields.pop("name", "Ministry of Industry"), type=type, country="CV", by=members.person_for(owner), **fields
    )


@pytest.fixture
def officer():
    return account("bao")


@pytest.fixture
def programme(officer):
    return services.start_programme(
        organization=organization_of(officer),
        name="First steps",
        description="Advice for ten days.",
        starts_on=date(2026, 1, 1),
    )


def signed_in(one):
    client = Client()
    client.force_login(one, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def moved(assessment, days):
    """Let an assessment have been submitted some days ago."""
    Assessment.objects.filter(pk=assessment.pk).update(submitted_at=timezone.now() - timedelta(days=days))


def business(number, programme=None, *, before="1", after=None, days=200, **fields):
    """Check a business, let it join, and check it again."""
    own = account(f"owner-{number}-{fields.get('size', '')}")
    first = submitted(before, account=own, form="full", **fields)
    moved(first, days)
    if programme:
        services.join_programme(assessment=first, programme=programme)
        Share.objects.update(given_at=timezone.now() - timedelta(days=days - 1))
    if after:
        submitted(after, account=own, form="full", **fields)
    return first


# ---------------------------------------------------------------- starting
def test_owner_of_a_ministry_starts_a_programme_and_it_is_listed(officer):
    organization = organization_of(officer)
    client = signed_in(officer)
    sent = {"organization": organization.pk, "name": "First steps", "description": "Advice.", "starts_on": "2026-01-01"}
    response = client.post("/en/readiness/programmes/new/", sent)
    assert response.status_code == 302
    assert "First steps" in Client().get("/en/readiness/programmes/").content.decode()


def test_a_business_runs_no_programme(officer):
    bakery = organization_of(officer, type="sme", name="Amina's bakery")
    with pytest.raises(ProfileError, match="is a business"):
        services.start_programme(organization=bakery, name="X", description="", starts_on=date(2026, 1, 1))
    assert signed_in(officer).get("/en/readiness/programmes/new/").status_code == 404


def test_programme_that_would_end_before_it_starts_is_refused_beside_the_field(officer):
    organization = organization_of(officer)
    sent = {
        "organization": organization.pk,
        "name": "X",
        "description": "Y",
        "starts_on": "2026-05-01",
        "ends_on": "2026-04-01",
    }
    response = signed_in(officer).post("/en/readiness/programmes/new/", sent)
    assert response.status_code == 422
    assert "This day lies before the first one" in response.content.decode()
    assert not Programme.objects.exists()


# ---------------------------------------------------------------- joining and leaving
def test_owner_joins_and_leaves_from_the_page_of_the_check(programme):
    own = account("amina")
    assessment = started(account=own)
    client = signed_in(own)
    place = address("joining", assessment)
    assert "First steps" in client.get(place).content.decode()
    client.post(place, {"programme": str(programme.pk), "join": "yes"})
    client.post(place, {"programme": str(programme.pk), "join": "yes"})
    assert selectors.programme_shares(assessment).count() == 1
    client.post(place, {"programme": str(programme.pk), "join": "no"})
    assert selectors.programme_shares(assessment).count() == 0
    assert selectors.participants(programme) == []


def test_stranger_neither_joins_nor_leaves_for_a_business(programme):
    assessment = started(account=account("amina"))
    stranger = signed_in(account("eve"))
    assert stranger.get(address("joining", assessment)).status_code == 404
    assert (
        stranger.post(address("joining", assessment), {"programme": str(programme.pk), "join": "yes"}).status_code
        == 404
    )


def test_programme_that_is_over_or_of_the_sample_cannot_be_joined(programme, officer):
    assessment = started(account=account("amina"))
    Programme.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ProfileError, match="does not run now"):
        services.join_programme(assessment=assessment, programme=programme)
    Programme.objects.update(ends_on=None, is_sample=True)
    with pytest.raises(ProfileError, match="does not run now"):
        services.join_programme(assessment=assessment, programme=programme)


def test_share_ends_with_the_consent_behind_it(programme):
    assessment = started(account=account("amina"))
    share = services.join_programme(assessment=assessment, programme=programme)
    for consent in selectors.consents_to(share):
        members.revoke_consent(
            scope=consent.scope, object=consent.object, person=consent.person, subject_key=consent.subject_key
        )
    assert selectors.participants(programme) == []
    services.join_programme(assessment=assessment, programme=programme)
    assert len(selectors.participants(programme)) == 1


# ---------------------------------------------------------------- what is shown
def test_only_whoever_runs_it_sees_groups(programme, officer):
    place = f"/en/readiness/programmes/{programme.pk}/"
    assert "How far its businesses are" in signed_in(officer).get(place).content.decode()
    for client in (Client(), signed_in(account("eve"))):
        page = client.get(place).content.decode()
        assert "Advice for ten days." in page
        assert "How far its businesses are" not in page


def test_fewer_than_ten_businesses_are_not_even_counted(programme, officer):
    for number in range(9):
        business(number, programme, after="2")
    made = programme_report.build(programme)
    assert made.joined is None
    assert made.stages == ()
    assert {row["withheld"] for row in made.effect} == {"few"}
    page = signed_in(officer).get(f"/en/readiness/programmes/{programme.pk}/").content.decode()
    assert "Fewer than 10 businesses have joined" in page


def test_effect_is_the_mean_change_of_those_who_checked_again(programme, officer):
    for number in range(12):
        business(number, programme, before="1", after="2" if number < 9 else "3")
    business("one-check", programme)
    business("elsewhere", None, after="5")
    made = programme_report.build(programme)
    total = next(row for row in made.effect if row["node"] == "total")
    assert (total["n"], total["before"], total["change"]) == (12, 1.0, pytest.approx(15 / 12))
    assert total["is_change"]
    assert made.joined == 13
    page = signed_in(officer).get(f"/en/readiness/programmes/{programme.pk}/").content.decode()
    assert "+1.25" in page
    assert "not proof of what the programme did" in page


def test_business_that_did_not_say_is_not_the_total_less_all_groups(programme):
    """24 of 25 said where they are: the last one would be what the shown groups leave of the shown total."""
    for number in range(25):
        one = business(number, programme, after="2" if number < 24 else "5")
        place = {number < 12: "rural", number == 24: ""}.get(True, "city")
        Assessment.objects.filter(account=one.account).update(location=place)
    made = programme_report.build(programme)
    total = next(row for row in made.effect if row["node"] == "total")
    rows = made.by_group["location"]
    shown = sum(row["n"] for row in rows if not row["withheld"])
    assert total["n"] == 25
    assert total["n"] - shown >= 10
    assert {row["location"] for row in rows} == {"rural", "others"}


def test_check_repeated_within_ninety_days_is_not_one_after_the_help(programme):
    for number in range(10):
        business(number, programme, after="2", days=80)
    assert programme_report.build(programme).effect == ()


def test_shared_twice_is_one_business(programme):
    own = account("amina")
    for _check in range(2):
        services.join_programme(assessment=submitted("1", account=own), programme=programme)
    assert len(selectors.participants(programme)) == 1


def test_erased_business_leaves_the_groups(programme):
    assessment = business(1, programme)
    services.delete_assessment(assessment=assessment)
    assert selectors.participants(programme) == []


# ---------------------------------------------------------------- two checks of one business
def test_two_checks_stand_side_by_side():
    own = account("amina")
    first = submitted("1", account=own, form="full")
    moved(first, 200)
    second = submitted("3", account=own, form="full")
    page = signed_in(own).get(address("compare", second)).content.decode()
    assert "+2.0" in page
    questions = selectors.instrument_of(second, "en").items
    assert page.count('<th scope="row">') == 8 + len(questions)
    assert "There is no earlier check" in signed_in(own).get(address("compare", first)).content.decode()


def test_check_of_somebody_else_is_never_compared_with():
    own = account("amina")
    mine, foreign = submitted("1", account=own), submitted("2", account=account("eve"))
    client = signed_in(own)
    assert client.get(address("compare", mine), {"with": str(foreign.pk)}).status_code == 404
    assert client.get(address("compare", foreign)).status_code == 404


def test_queries_do_not_grow_with_the_businesses_of_a_programme(programme):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            programme_report.build(programme)
        return len(asked)

    for number in range(2):
        business(number, programme, after="2")
    programme_report.build(programme)  # what is read once
    few = queries()
    for number in range(2, 6):
        business(number, programme, after="2")
    assert queries() == few
