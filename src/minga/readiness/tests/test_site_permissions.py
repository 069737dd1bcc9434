"""Who may see and do what: every page of an assessment, for every kind of visitor."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import selectors, services
from minga.readiness.models import Assessment
from minga.readiness.testing import address, answered, invited, page_of, start_in_browser

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PAGES = ["assessment", "goals", "keep", "export", "delete", "report", "report_json", "report_markdown", "report_text"]
POSTS = ["submit", "reopen", "save", "keep", "claim", "consent", "delete"]


def signed_in(email: str) -> tuple[Client, object]:
    account = members.create_account(email=email, password="a-long-password", name=email.split("@")[0])
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, account


def organization_of(account) -> object:
    return members.create_organization(
        by=people.person_of(account), name="Amina's bakery", type="sme", country="CV", sector="10", size="10-49"
    )


def strangers() -> dict[str, Client]:
    """Everyone who must not see Amina's check."""
    other_guest = Client()
    start_in_browser(other_guest)
    other_owner, account = signed_in("bao@example.org")
    organization_of(account)
    found = {"visitor": Client(), "other guest": other_guest, "other owner": other_owner}
    for role in ("adviser", "assessor", "secretariat"):
        found[role], account = signed_in(f"{role}@example.org")
        members.grant_in_alliance(person=people.person_of(account), role=role)
    return found


@pytest.mark.parametrize("claimed", [False, True])
def test_strangers_find_nothing_whatever_they_try(claimed):
    amina, account = signed_in("amina@example.org")
    assessment = answered("2", account=account if claimed else None)
    tried = strangers()
    for who, client in tried.items():
        for name in PAGES:
            assert client.get(address(name, assessment)).status_code == 404, (who, name)
        for name in POSTS:
            assert client.post(address(name, assessment), {"item": "INT1", "value": "0"}).status_code == 404, (
                who,
                name,
            )
        sent = page_of(assessment, "integration", "0")
        assert client.post(address("answer", assessment, "integration"), sent).status_code == 404, who
    assert amina.get(address("assessment", assessment)).status_code == (200 if claimed else 404)
    assert Assessment.objects.get(pk=assessment.pk).status == "draft"
    assert set(assessment.answers.values_list("level", flat=True)) == {2}


def test_guest_with_the_key_sees_every_page(client):
    assessment = start_in_browser(client)
    client.post(address("answer", assessment, "skills"), page_of(assessment, "skills", "3"))
    for name in PAGES:
        assert client.get(address(name, assessment)).status_code == 200, name


def test_owner_and_respondent_of_the_organization_answer_and_only_owners_delete():
    amina, owner = signed_in("amina@example.org")
    bakery = organization_of(owner)
    karim, respondent = signed_in("karim@example.org")
    members.grant_mandate(person=people.person_of(respondent), role="respondent", organization=bakery)
    zahra, second_owner = signed_in("zahra@example.org")
    members.grant_mandate(person=people.person_of(second_owner), role="owner", organization=bakery)
    assessment = answered("2", account=owner, organization=bakery)
    for client in (amina, karim, zahra):
        sent = page_of(assessment, "integration", "3")
        assert client.post(address("answer", assessment, "integration"), sent).status_code == 302
    assert karim.get(address("delete", assessment)).status_code == 404
    assert karim.post(address("consent", assessment), {"benchmark": "yes"}).status_code == 404
    assert zahra.get(address("delete", assessment)).status_code == 200
    assert amina.post(address("delete", assessment)).status_code == 302
    assert not Assessment.objects.exists()


def test_respondent_takes_along_what_the_pages_show_and_no_more():
    amina, owner = signed_in("amina@example.org")
    bakery = organization_of(owner)
    karim, respondent = signed_in("karim@example.org")
    members.grant_mandate(person=people.person_of(respondent), role="respondent", organization=bakery)
    assessment = answered("2", account=owner, organization=bakery)
    invited(assessment, role="production")
    whole = amina.get(address("export", assessment)).json()
    assert len(whole["colleagues"]) == 1
    theirs = karim.get(address("export", assessment)).json()
    assert set(whole) - set(theirs) == {"colleagues", "shares", "evidence", "validations"}
    assert theirs["answers"] == whole["answers"]


def test_ended_mandate_opens_nothing():
    _amina, owner = signed_in("amina@example.org")
    bakery = organization_of(owner)
    karim, respondent = signed_in("karim@example.org")
    mandate = members.grant_mandate(person=people.person_of(respondent), role="respondent", organization=bakery)
    assessment = answered("2", account=owner, organization=bakery)
    members.end_mandate(mandate=mandate)
    assert karim.get(address("assessment", assessment)).status_code == 404


def test_visitor_is_sent_to_sign_in_before_claiming(client):
    assessment = start_in_browser(client)
    response = client.post(address("claim", assessment))
    assert "/account/login/" in response.url
    assert not Assessment.objects.get().is_claimed


def test_account_claims_what_its_browser_holds():
    guest = Client()
    assessment = start_in_browser(guest)
    account = members.create_account(email="amina@example.org", password="a-long-password")
    bakery = organization_of(account)
    guest.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    guest.post(address("claim", assessment), {"organization": str(bakery.pk)})
    claimed = Assessment.objects.get()
    assert (claimed.account, claimed.organization) == (account, bakery)
    assert list(selectors.assessments_of(account)) == [claimed]


def test_nobody_claims_for_an_organization_that_is_not_theirs():
    _bao, other = signed_in("bao@example.org")
    foreign = organization_of(other)
    guest = Client()
    assessment = start_in_browser(guest)
    account = members.create_account(email="amina@example.org", password="a-long-password")
    guest.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    guest.post(address("claim", assessment), {"organization": str(foreign.pk)})
    assert Assessment.objects.get().organization is None


def test_claimed_check_cannot_be_claimed_again_or_deleted_by_its_first_browser(client):
    assessment = start_in_browser(client)
    _amina, account = signed_in("amina@example.org")
    services.claim_assessment(assessment=assessment, account=account)
    other = members.create_account(email="bao@example.org", password="a-long-password")
    client.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address("delete", assessment)).status_code == 404
    client.post(address("claim", assessment))
    assert Assessment.objects.get().account == account


def test_list_of_checks_shows_only_ones_own():
    amina, owner = signed_in("amina@example.org")
    answered("2", account=owner, name="Amina's bakery")
    answered("2", name="Somebody else's mill")
    page = amina.get("/en/readiness/mine/").content.decode()
    assert "Amina&#x27;s bakery" in page
    assert "mill" not in page
    assert Client().get("/en/readiness/mine/").status_code == 302


def test_writing_needs_the_security_mark():
    strict = Client(enforce_csrf_checks=True)
    easy = Client()
    assessment = start_in_browser(easy)
    strict.cookies = easy.cookies
    assert strict.post(address("save", assessment), {"item": "INT1", "value": "3"}).status_code == 403
