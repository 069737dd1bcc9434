"""Two assessors of one check, the list for the visit, and what is published about differences."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from minga.readiness import report_validation, selectors, services
from minga.readiness.engine.errors import ValidationError
from minga.readiness.services.validating import months_later
from minga.readiness.testing import address
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
def farid(db):
    return assessor_account()


@pytest.fixture
def check(db):
    return full_check(owner_account())


def refused(code: str, **named):
    step = named.pop("step")
    with pytest.raises(ValidationError) as said:
        step(**named)
    assert said.value.code == code


def fresh(one):
    return type(one).objects.get(pk=one.pk)


# ---------------------------------------------------------------- two assessors
def pair(check, farid, first, second):
    greta = assessor_account("greta@example.org")
    services.request_validation(assessment=check, by=check.account, is_double=True)
    one, two = under_way(check, farid), under_way(check, greta, number=2)
    assert not completed(one, **first)
    assert not fresh(check).is_validated
    assert completed(two, **second)
    return one, two


def test_where_two_assessors_differ_the_lower_level_counts(check, farid):
    shown(check, "INT1", "INT2", "SKL1")
    pair(check, farid, {"INT1": 1, "INT2": 4}, {"INT1": 2, "INT2": 4})
    found = report_validation.validated(fresh(check), selectors.instrument_of(check, "en"))
    rows = {one.item.id: one for one in found.checked}
    assert (rows["INT1"].level, rows["INT1"].levels, rows["INT1"].differs) == (1, (1, 2), True)
    assert (rows["INT2"].level, rows["SKL1"].level) == (4, 3)
    assert (found.agreement.n, found.agreement.exact_share) == (3, pytest.approx(2 / 3))
    assert found.agreement.kappa is None
    assert len(report_validation.pairs_completed()) == 1


def test_two_assessors_do_not_see_each_other(check, farid, client):
    greta = assessor_account("greta@example.org")
    services.request_validation(assessment=check, by=check.account, is_double=True)
    one, two = under_way(check, farid), under_way(check, greta, number=2)
    services.save_finding(validation=one, item="INT1", level=1, comment="zweitens")
    client.force_login(greta, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("readiness:assess", args=[one.pk])).status_code == 404
    page = client.get(reverse("readiness:assess_factor", args=[two.pk, "integration"])).content.decode()
    assert "zweitens" not in page
    candidate = {one.name: one.why_not for one in selectors.candidates(two)}
    assert candidate["Farid"] == "other"


def test_second_assessor_can_be_asked_for_once_while_the_first_is_at_work(check, farid):
    refused("second", step=services.request_second, assessment=check, by=None)
    services.request_validation(assessment=check, by=check.account)
    services.request_second(assessment=check, by=None)
    refused("second", step=services.request_second, assessment=check, by=None)


# ---------------------------------------------------------------- the rest
@pytest.mark.parametrize(
    ("day", "later"),
    [((2026, 11, 22), (2028, 11, 22)), ((2028, 2, 29), (2030, 2, 28)), ((2026, 12, 31), (2028, 12, 31))],
)
def test_two_years_are_calendar_months(day, later):
    assert months_later(datetime(*day, 10, tzinfo=UTC), 24) == datetime(*later, 10, tzinfo=UTC)


def test_differences_are_published_in_groups_of_ten_only(farid):
    def validated(number, country):
        account = owner_account(f"owner{number}@example.org")
        one = full_check(account, country=country, name=str(number))
        shown(one, "INT1")
        completed(under_way(one, farid), INT1=1)

    for number in range(3):
        validated(number, "CV")
    rows = report_validation.bias_by_group(by="country", is_sample=False)
    assert [(row["group"], row["withheld"], row["difference"]) for row in rows] == [("CV", True, None)]


def test_visit_list_is_one_page_that_can_be_printed_and_filled_in(check, farid, client):
    validation = under_way(check, farid)
    for item in ("INT1", "SKL1"):
        services.save_finding(validation=validation, item=item, level=None, to_visit=True)
    client.force_login(farid, backend="allauth.account.auth_backends.AuthenticationBackend")
    where = reverse("readiness:visit_list", args=[validation.pk])
    page = client.get(where).content.decode()
    instrument = selectors.instrument_of(check, "en")
    for item in ("INT1", "SKL1"):
        assert instrument.item(item).evidence in page
        assert f'name="{item}-comment"' in page
    sent = {"visited_on": timezone.localdate().isoformat()}
    for item in ("INT1", "SKL1"):
        sent |= {f"{item}-level": "2", f"{item}-comment": "Seen", f"{item}-version": "1"}
    assert client.post(where, sent).status_code == 302
    validation = fresh(validation)
    assert validation.visited_on == timezone.localdate()
    assert {(f.item, f.level, f.to_visit) for f in validation.findings.all()} == {("INT1", 2, True), ("SKL1", 2, True)}


def test_business_reads_what_the_assessor_asks(check, farid, client):
    validation = under_way(check, farid)
    services.write_word(validation=validation, text="Please show the maintenance plan.")
    client.force_login(check.account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Please show the maintenance plan." in client.get(address("validation", check)).content.decode()
