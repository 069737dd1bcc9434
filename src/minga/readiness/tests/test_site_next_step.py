"""The next step is found from where a person stands: no page of the journey is reached by its address alone."""

from __future__ import annotations

from datetime import date

import pytest

from minga.members import services as members
from minga.readiness import services
from minga.readiness.testing import address, answer_as, answered, invited, signed_in, submitted
from minga.readiness.views.programmes import _by_size

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def test_officer_finds_the_own_programme_from_the_own_page():
    client, account = signed_in("bao@example.org")
    place = "/en/members/me/"
    assert "/readiness/programmes/" not in client.get(place).content.decode()
    ministry = members.create_organization(
        name="Ministry of Industry", type="government", country="CV", by=members.person_for(account)
    )
    assert "/en/readiness/programmes/new/" in client.get(place).content.decode()
    own = services.start_programme(
        organization=ministry, name="First steps", description="Ten days of advice.", starts_on=date(2026, 1, 1)
    )
    assert f"/en/readiness/programmes/{own.pk}/" in client.get(place).content.decode()


def test_check_leads_to_the_agreement_once_all_colleagues_have_finished():
    client, account = signed_in("amina@example.org")
    assessment = answered("1", account=account)
    colleague = invited(assessment, role="production")
    agreement = address("agreement", assessment)
    assert agreement not in client.get(address("assessment", assessment)).content.decode()
    answer_as(colleague, {"INT1": "4"}, finish=True)
    assert agreement in client.get(address("assessment", assessment)).content.decode()


def test_page_that_refuses_a_validation_leads_back_to_the_check():
    client, account = signed_in("amina@example.org")
    assessment = submitted("2", account=account, form="short")
    page = client.get(address("validation", assessment)).content.decode()
    notice = page.partition('<div class="notice">')[2].partition("</div>")[0]
    assert "Assessors validate the full form." in notice
    assert address("assessment", assessment) in notice


def test_groups_of_size_go_from_small_to_large():
    rows = [{"size": size} for size in ("250+", "1-9", "50-249", "10-49")]
    assert [row["size"] for row in _by_size(rows)] == ["1-9", "10-49", "50-249", "250+"]
    others = [{"location": "rural"}, {"location": "others"}]
    assert _by_size(others) == others
