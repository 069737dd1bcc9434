"""Advisers: begin with a spoken consent, write down, mark as assisted, and are out the moment the client says so."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import report, selectors, services
from minga.readiness.engine.errors import ProfileError
from minga.readiness.models import AnswerVersion, Assessment, Share
from minga.readiness.testing import BAKERY, address, answered, page_of, signed_in, start_in_browser, submitted

pytestmark = [pytest.mark.page, pytest.mark.django_db]

SPOKEN = {"how": "telephone", "agreed": "on", "name": "Amina's bakery"} | BAKERY
READS = ["assessment", "report", "report_json", "report_markdown", "report_text"]
NEVER = ["export", "keep", "delete", "colleagues", "agreement", "sharing", "draft", "draft_file", "evidence"]
NEVER_POSTS = ["claim", "consent", "delete", "keep", "sharing", "colleagues", "agreement", "go_on_without"]


def adviser(email: str = "elena@chamber.example"):
    client, account = signed_in(email)
    mandate = members.grant_in_alliance(person=people.person_of(account), role="adviser")
    return client, account, mandate


def standing(share: Share) -> list:
    """Return the consents behind a share that stand."""
    return list(selectors.consents_to(share))


def acts(act: str, assessment: Assessment) -> int:
    """Count the acts of a kind on an assessment in the audit trail."""
    return people.acts().filter(act=act, on=assessment.reference).count()


def today() -> str:
    return timezone.localdate().isoformat()


def begun(client, **sent):
    """Begin a check for a client in the browser; return it and what stands on the client's paper."""
    response = client.post("/en/readiness/clients/new/", SPOKEN | {"given_on": today()} | sent)
    assert response.status_code == 200, response.content.decode()
    page = response.content.decode()
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', page).group(1)
    link = re.search(r"http://testserver(/en/readiness/resume/[\w-]+/)<", page).group(1)
    return Assessment.objects.order_by("-started_at").first(), code, link


def as_client(link: str, assessment: Assessment) -> Client:
    browser = Client()
    assert browser.post(link).url == address("assessment", assessment)
    return browser


def as_client_cookie(assessment: Assessment) -> str:
    """Return the cookie of a browser in which the client opened the check."""
    browser = Client()
    code = services.give_key(assessment=assessment, kind="code")
    browser.post("/en/readiness/resume/", {"code": code})
    assert browser.get(address("export", assessment)).status_code == 200
    return browser.cookies[f"check_{assessment.pk.hex}"].value


def test_nothing_is_stored_without_a_yes():
    elena, _account, _mandate = adviser()
    response = elena.post("/en/readiness/clients/new/", SPOKEN | {"given_on": today(), "agreed": ""})
    assert response.status_code == 422
    assert "Without the client’s yes nothing can be stored." in response.content.decode()
    assert not Assessment.objects.exists()
    page = elena.get("/en/readiness/clients/new/").content.decode()
    assert "If you say no, nothing is stored" in page


def test_consent_is_kept_with_its_words_its_way_and_its_day():
    elena, account, _mandate = adviser()
    day = timezone.localdate() - timedelta(days=2)
    assessment, _code, _link = begun(elena, how="written", given_on=day.isoformat())
    share = Share.objects.get()
    assert (share.account, share.how, share.text_version, share.may_answer) == (account, "written", "assisted-1", True)
    assert timezone.localdate(share.given_at) == day
    (consent,) = standing(share)
    assert (consent.scope, consent.subject_key) == ("sharing", assessment.reference)
    assert acts("share.given", assessment) == 1
    ahead = {"given_on": (timezone.localdate() + timedelta(days=1)).isoformat()}
    assert elena.post("/en/readiness/clients/new/", SPOKEN | ahead).status_code == 422


def test_adviser_writes_down_and_everything_is_marked_as_assisted():
    elena, account, _mandate = adviser()
    assessment, _code, _link = begun(elena)
    sent = page_of(assessment, "integration", "3")
    assert elena.post(address("answer", assessment, "integration"), sent).status_code == 302
    saved = elena.post(address("save", assessment), {"item": "DAT1", "value": "2", "version": "0"})
    assert saved.json()["outcome"] == "saved"
    assert set(AnswerVersion.objects.values_list("is_assisted", "account")) == {(True, account.pk)}
    assert elena.post(address("submit", assessment)).url == address("report", assessment)
    assessment.refresh_from_db()
    assert (assessment.is_assisted, assessment.is_claimed, assessment.status) == (True, False, "self-declared")
    for name in ("assessment", "report", "report_markdown", "report_text"):
        assert "Assisted" in elena.get(address(name, assessment)).content.decode(), name


def test_answers_of_the_client_are_not_marked():
    elena, _account, _mandate = adviser()
    assessment, _code, link = begun(elena)
    browser = as_client(link, assessment)
    browser.post(address("save", assessment), {"item": "DAT1", "value": "2", "version": "0"})
    assert AnswerVersion.objects.get().is_assisted is False
    assert Assessment.objects.get().is_assisted is False


def test_adviser_never_owns_not_even_with_the_clients_code():
    elena, _account, _mandate = adviser()
    assessment, code, _link = begun(elena)
    for name in READS:
        # an unanswered check has no report yet
        assert elena.get(address(name, assessment)).status_code in {200, 302, 409}, name
    for _round in range(2):
        for name in NEVER:
            assert elena.get(address(name, assessment)).status_code == 404, name
        for name in NEVER_POSTS:
            assert elena.post(address(name, assessment), {"benchmark": "yes"}).status_code == 404, name
        share = Share.objects.get()
        assert elena.post(address("revoke_share", assessment, share.pk)).status_code == 404
        # the second round after typing the client's code, which it does not use up
        assert elena.post("/en/readiness/resume/", {"code": code}).status_code == 422
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 302
    # not even with a key of the client in the adviser's browser
    elena.cookies[f"check_{assessment.pk.hex}"] = as_client_cookie(assessment)
    assert elena.get(address("export", assessment)).status_code == 404
    assert Share.objects.filter(revoked_at=None).count() == 1
    assert not Assessment.objects.get().is_claimed


def test_reading_adviser_changes_nothing():
    owner_browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    elena, account, _mandate = adviser()
    services.share_with_adviser(assessment=assessment, adviser=account, may_answer=False, by=owner)
    for name in READS:
        assert elena.get(address(name, assessment)).status_code == 200, name
    sent = page_of(assessment, "integration", "5")
    assert elena.get(address("answer", assessment, "integration")).status_code == 404
    assert elena.post(address("answer", assessment, "integration"), sent).status_code == 404
    for name in ("save", "submit", "reopen", "goals"):
        assert elena.post(address(name, assessment), {"item": "INT1", "value": "5"}).status_code == 404, name
    assert set(assessment.answers.values_list("level", flat=True)) == {2}
    page = elena.get(address("assessment", assessment)).content.decode()
    assert address("answer", assessment, "integration") not in page
    assert owner_browser.get(address("assessment", assessment)).status_code == 200


def test_adviser_sees_no_change_since_a_check_that_was_not_shared():
    elena, account, _mandate = adviser()
    _browser, owner = signed_in("amina@bakery.example")
    before = submitted("1", account=owner)
    now = submitted("3", account=owner)
    services.share_with_adviser(assessment=now, adviser=account, may_answer=False, by=owner)

    def earlier_for(one):
        return report.build(selectors.find(now.pk, account=one, right=Assessment.OpenedFor.READING), "en").earlier

    assert (earlier_for(owner), earlier_for(account)) == (before, None)
    assert elena.get(address("report_json", now)).json()["change"] == []
    services.share_with_adviser(assessment=before, adviser=account, may_answer=False, by=owner)
    assert earlier_for(account) == before


def test_owner_lets_an_adviser_in_by_code_and_out_at_once():
    owner_browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    elena, _account, _mandate = adviser()
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', elena.get("/en/readiness/clients/").content.decode()).group(
        1
    )
    assert elena.get(address("report", assessment)).status_code == 404
    sent = {"code": code.lower().replace("-", " "), "right": "answer"}
    page = owner_browser.post(address("sharing", assessment), sent, follow=True).content.decode()
    assert "elena is let in now" in page
    assert elena.get(address("report", assessment)).status_code == 200
    assert address("assessment", assessment) in elena.get("/en/readiness/clients/").content.decode()
    share = Share.objects.get()
    owner_browser.post(address("revoke_share", assessment, share.pk))
    for name in READS:
        assert elena.get(address(name, assessment)).status_code == 404, name
    assert elena.post(address("save", assessment), {"item": "INT1", "value": "5"}).status_code == 404
    assert elena.get(f"/api/v1/readiness/assessments/{assessment.pk}").status_code == 404
    assert address("assessment", assessment) not in elena.get("/en/readiness/clients/").content.decode()
    assert Share.objects.get().revoked_at is not None
    assert not people.consented_objects("sharing").exists()
    assert acts("share.revoked", assessment) == 1
    assert "ended on" in owner_browser.get(address("sharing", assessment)).content.decode()


def test_code_of_nobody_says_so_and_finds_nobody():
    owner_browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    _bao, bystander = signed_in("bao@example.org")
    for code in ("0000-0000-0000-0000", selectors.adviser_code(people.person_of(bystander))):
        response = owner_browser.post(address("sharing", assessment), {"code": code, "right": "read"})
        assert response.status_code == 422
        assert "This is no adviser’s code." in response.content.decode()
    assert not Share.objects.exists()
    with pytest.raises(ProfileError, match="no adviser"):
        services.share_with_adviser(assessment=assessment, adviser=bystander)


def test_ended_mandate_opens_nothing_and_lists_nothing():
    elena, _account, mandate = adviser()
    assessment, _code, _link = begun(elena)
    assert elena.get(address("assessment", assessment)).status_code == 200
    members.end_mandate(mandate=mandate)
    assert elena.get(address("assessment", assessment)).status_code == 404
    assert elena.get("/en/readiness/clients/").status_code == 404
    assert elena.get("/en/readiness/clients/new/").status_code == 404


def test_consent_taken_back_on_the_page_of_ones_own_ends_the_access_too():
    owner_browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    elena, account, _mandate = adviser()
    share = services.share_with_adviser(assessment=assessment, adviser=account, by=owner)
    (consent,) = standing(share)
    owner_browser.post(f"/en/members/me/consents/{consent.pk}/revoke/")
    assert standing(share) == []
    assert elena.get(address("report", assessment)).status_code == 404
    page = owner_browser.get(address("sharing", assessment)).content.decode()
    assert "End the access of" not in page
    again = services.share_with_adviser(assessment=assessment, adviser=account, by=owner)
    assert list(selectors.running_shares()) == [again]


def test_client_opens_claims_and_withdraws_with_the_paper():
    elena, _account, _mandate = adviser()
    assessment, code, link = begun(elena)
    elena.post(address("answer", assessment, "integration"), page_of(assessment, "integration", "3"))
    browser = as_client(link, assessment)
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 422
    page = browser.get(address("assessment", assessment)).content.decode()
    assert "It is kept while your adviser is let in" in page
    account = members.create_account(email="amina@example.org", password="a-long-password")
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.post(address("claim", assessment))
    assert [one.person for one in standing(Share.objects.get())] == [people.person_of(account)]
    assert elena.get(address("assessment", assessment)).status_code == 200
    share = Share.objects.get()
    browser.post(address("revoke_share", assessment, share.pk))
    assert elena.get(address("assessment", assessment)).status_code == 404
    assert browser.get(address("assessment", assessment)).status_code == 200


def test_client_withdraws_without_an_account():
    elena, _account, _mandate = adviser()
    assessment, _code, link = begun(elena)
    browser = as_client(link, assessment)
    browser.post(address("revoke_share", assessment, Share.objects.get().pk))
    assert elena.get(address("assessment", assessment)).status_code == 404
    assert not people.consented_objects("sharing").exists()


def test_paper_is_made_anew_only_until_the_client_came():
    elena, _account, _mandate = adviser()
    assessment, code, _link = begun(elena)
    page = elena.post(address("client_paper", assessment)).content.decode()
    link = re.search(r"http://testserver(/en/readiness/resume/[\w-]+/)<", page).group(1)
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 422
    as_client(link, assessment)
    assert elena.post(address("client_paper", assessment)).url == "/en/readiness/clients/"
    with pytest.raises(ProfileError, match="opened this check already"):
        services.paper_for_client(assessment=assessment)


def test_list_of_clients_says_status_progress_priorities_and_consent():
    elena, _account, _mandate = adviser()
    assessment, _code, _link = begun(elena)
    for factor in selectors.instrument_of(assessment, "en").factor_ids:
        elena.post(address("answer", assessment, factor), page_of(assessment, factor, "1"))
    elena.post(address("submit", assessment))
    page = elena.get("/en/readiness/clients/").content.decode()
    built = report.build(Assessment.objects.get(), "en")
    for words in ("Amina&#x27;s bakery", "self-declared", "Assisted", "14 of 14 answered", "given on the telephone"):
        assert words in page, words
    from django.utils.html import escape

    shown = [escape(step.short) in page for step in built.report.first_steps]
    assert shown[:3] == [True, True, True]
    other, _account, _mandate = adviser("farid@chamber.example")
    assert "bakery" not in other.get("/en/readiness/clients/").content.decode()


def test_adviser_leaves_a_client():
    elena, _account, _mandate = adviser()
    assessment, _code, _link = begun(elena)
    share = Share.objects.get()
    other, _account, _mandate = adviser("farid@chamber.example")
    assert other.post(f"/en/readiness/clients/{share.pk}/leave/").status_code == 404
    elena.post(f"/en/readiness/clients/{share.pk}/leave/")
    assert elena.get(address("assessment", assessment)).status_code == 404


def test_pages_of_advisers_exist_for_advisers_alone():
    for client in (signed_in("amina@example.org")[0],):
        assert client.get("/en/readiness/clients/").status_code == 404
        assert client.post("/en/readiness/clients/new/", SPOKEN | {"given_on": today()}).status_code == 404
    assert "/account/login/" in Client().get("/en/readiness/clients/").url
    assert not Assessment.objects.exists()


def test_respondent_and_guest_of_another_check_let_nobody_in(client):
    assessment = start_in_browser(client)
    _browser, owner = signed_in("amina@example.org")
    place = members.create_organization(
        by=people.person_of(owner), name="Bakery", type="sme", country="CV", sector="10", size="10-49"
    )
    karim, respondent = signed_in("karim@example.org")
    members.grant_mandate(person=people.person_of(respondent), role="respondent", organization=place)
    hers = answered("2", account=owner, organization=place)
    assert karim.get(address("sharing", hers)).status_code == 404
    assert client.get(address("sharing", hers)).status_code == 404
    assert client.get(address("sharing", assessment)).status_code == 200


def test_client_is_kept_while_the_adviser_is_let_in_and_as_long_again_afterwards(settings):
    elena, _account, _mandate = adviser()
    assessment, _code, _link = begun(elena)
    old = timezone.now() - timedelta(days=settings.UNCLAIMED_DAYS + 1)
    Assessment.objects.update(last_answer_at=old)
    assessment.refresh_from_db()
    assert selectors.deleted_on(assessment) is None
    assert services.delete_unclaimed() == 0
    services.revoke_share(share=Share.objects.get())
    assert services.delete_unclaimed() == 0
    assert selectors.deleted_on(assessment).date() == (timezone.now() + timedelta(days=settings.UNCLAIMED_DAYS)).date()
    Share.objects.update(revoked_at=old)
    assert services.delete_unclaimed() == 1


def test_client_whose_advisers_mandate_ended_is_not_kept_for_ever(settings):
    elena, _account, mandate = adviser()
    begun(elena)
    members.end_mandate(mandate=mandate)
    Assessment.objects.update(last_answer_at=timezone.now() - timedelta(days=settings.UNCLAIMED_DAYS + 1))
    assert services.delete_unclaimed() == 1


def test_what_concerns_an_adviser_is_exported_and_erased():
    elena, account, _mandate = adviser()
    assessment, _code, _link = begun(elena)
    elena.post(address("answer", assessment, "integration"), page_of(assessment, "integration", "3"))
    person = people.person_of(account)
    taken = services.export_person(person)
    assert [(one["assessment"], one["how"]) for one in taken["clients"]] == [(str(assessment.pk), "telephone")]
    assert len(taken["answers_elsewhere"]) == 2
    members.erase_person(person)
    assert not Share.objects.exists()
    assert not people.consented_objects("sharing").exists()
    assert set(AnswerVersion.objects.values_list("account", "is_assisted")) == {(None, True)}


def test_deleting_a_check_ends_the_consents_behind_its_shares():
    _browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    _elena, account, _mandate = adviser()
    services.share_with_adviser(assessment=assessment, adviser=account, by=owner)
    exported = json.loads(json.dumps(services.export_assessment(assessment)))
    assert [(one["with"], one["may_answer"]) for one in exported["shares"]] == [("adviser", False)]
    services.delete_assessment(assessment=assessment)
    assert not Share.objects.exists()
    assert not people.consented_objects("sharing").exists()


def test_wider_right_takes_the_place_of_the_narrow_one():
    _browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    _elena, account, _mandate = adviser()
    services.share_with_adviser(assessment=assessment, adviser=account, may_answer=False)
    services.share_with_adviser(assessment=assessment, adviser=account, may_answer=True)
    assert list(selectors.running_shares().values_list("may_answer", flat=True)) == [True]
    assert Share.objects.filter(revoked_at=None).count() == 1


def test_adviser_cannot_submit_over_the_heads_of_colleagues():
    _browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    services.invite_colleague(assessment=assessment)
    elena, account, _mandate = adviser()
    services.share_with_adviser(assessment=assessment, adviser=account, may_answer=True)
    page = elena.post(address("submit", assessment), follow=True).content.decode()
    assert "The owner agrees with them first" in page
    assert Assessment.objects.get().status == "draft"


@pytest.mark.parametrize("is_submitted", [False, True])
@pytest.mark.parametrize("may_answer", [False, True])
def test_every_link_and_button_that_an_adviser_sees_opens(may_answer, is_submitted):
    _browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    if is_submitted:
        services.submit_assessment(assessment=assessment, scores=report.score_rows(assessment))
    elena, account, _mandate = adviser()
    services.share_with_adviser(assessment=assessment, adviser=account, may_answer=may_answer)
    pages = [address("assessment", assessment), address("report", assessment), "/en/readiness/clients/"]
    if may_answer and not is_submitted:
        pages += [address("answer", assessment, "integration"), address("goals", assessment)]
    seen = 0
    for path in pages:
        response = elena.get(path)
        assert response.status_code == 200, path
        page = response.content.decode()
        for link in set(re.findall(r'href="(/en/readiness/[^"#?]*)', page)):
            seen += 1
            assert elena.get(link).status_code in {200, 302}, (path, link)
        for action in set(re.findall(r'action="(/en/readiness/[^"]*)"', page)):
            # a form that is shown may refuse what is sent, but must be there
            with transaction.atomic():
                assert elena.post(action).status_code != 404, (path, action)
                transaction.set_rollback(True)
    assert seen > 5
