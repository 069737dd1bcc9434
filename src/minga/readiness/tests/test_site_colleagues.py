"""Colleagues: asked by role, alone with their questions, finished or not; the owner never sees what one said."""

from __future__ import annotations

import json
import re

import pytest
from django.core import mail
from django.test import Client

from minga.members import services as members
from minga.readiness import keys, report, selectors, services
from minga.readiness.engine.errors import AnswerError, ProfileError, ReadinessError
from minga.readiness.models import AccessKey, Answer, AnswerVersion, Colleague
from minga.readiness.testing import (
    address,
    answer_as,
    answered,
    invited,
    page_of,
    signed_in,
    start_in_browser,
    started,
    submitted,
)

pytestmark = [pytest.mark.page, pytest.mark.django_db]

OWN_PAGES = ["colleague", "colleague_keep", "colleague_export", "colleague_delete"]
OWN_POSTS = [
    "colleague_save",
    "colleague_finish",
    "colleague_keep",
    "colleague_claim",
    "colleague_leave",
    "colleague_delete",
]


def handed_over(page: str) -> tuple[str, str]:
    """Read code and link from the page that shows them once."""
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', page).group(1)
    link = re.search(r'href="http://testserver(/\w\w/readiness/resume/[\w-]+/)"', page).group(1)
    return code, link


def invite_in_browser(client, assessment, **sent):
    given = {"role": "production", "language": "en"} | sent
    response = client.post(address("colleagues", assessment), given)
    assert response.status_code == 200, response.content.decode()
    return handed_over(response.content.decode())


def comes_in(link: str) -> tuple[Client, Colleague]:
    """Open an invitation in a browser of its own."""
    browser = Client()
    response = browser.post(link)
    assert response.status_code == 302
    return browser, Colleague.objects.get(pk=response.url.rstrip("/").rpartition("/")[2])


def test_invitation_says_what_it_is_before_it_is_used(client):
    assessment = start_in_browser(client)
    _code, link = invite_in_browser(client, assessment)
    page = Client().get(link).content.decode()
    assert "Your view is asked for" in page
    assert "Open the check here" not in page
    comes_in(link)
    assert "Your view is asked for" not in Client().get(link).content.decode()
    assert "Your view is asked for" not in Client().get("/en/readiness/resume/nothing/").content.decode()


def test_owner_invites_and_the_colleague_answers_the_questions_of_the_role(client):
    assessment = start_in_browser(client)
    _code, link = invite_in_browser(client, assessment)
    browser, karim = comes_in(link)
    instrument = selectors.instrument_of(assessment, "en")
    asked = selectors.items_for(instrument, assessment.form, role="production")
    assert 0 < len(asked) < len(instrument.items_of(None, assessment.form))
    page = browser.get(address("colleague_answer", karim, asked[0].factor)).content.decode()
    here = {item.id for item in asked if item.factor == asked[0].factor}
    assert set(re.findall(r'data-item="(\w+)"', page)) == here
    sent = dict.fromkeys(here, "3") | {f"{item}-version": "0" for item in here}
    assert browser.post(address("colleague_answer", karim, asked[0].factor), sent).status_code == 302
    stored = set(Answer.objects.values_list("colleague", "item", "level"))
    assert stored == {(karim.pk, item, 3) for item in here}
    browser.post(address("colleague_finish", karim))
    karim.refresh_from_db()
    assert karim.finished_at is not None


def test_item_of_another_role_is_refused():
    assessment = started()
    karim = invited(assessment, role="hr")
    with pytest.raises(AnswerError, match=r"'INT1' is not for the role 'hr'"):
        answer_as(karim, {"INT1": "3"})
    assert not Answer.objects.exists()


def test_link_and_code_end_together_when_one_is_used(client):
    """The owner printed both; once the colleague is in, neither lets the owner follow."""
    assessment = start_in_browser(client)
    code, link = invite_in_browser(client, assessment)
    comes_in(link)
    assert Client().post(link).status_code == 410
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 422
    code, link = invite_in_browser(client, assessment)
    assert Client().post("/en/readiness/resume/", {"code": code.lower()}).status_code == 302
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 422
    assert Client().post(link).status_code == 410


def test_code_of_ones_own_opens_as_often_as_needed(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    page = browser.post(address("colleague_keep", karim)).content.decode()
    code = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', page).group(1)
    for _try in range(2):
        other = Client()
        response = other.post("/en/readiness/resume/", {"code": code})
        assert response.url == address("colleague", karim)
        assert other.get(response.url).status_code == 200
    browser.post(address("colleague_leave", karim))
    assert browser.get(address("colleague", karim)).status_code == 404
    assert Client().post("/en/readiness/resume/", {"code": code}).status_code == 302


def test_invitation_that_was_opened_cannot_be_renewed_by_the_owner_whatever_happens(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    browser.post(address("colleague_leave", karim))
    response = client.post(address("renew_invitation", assessment, karim.number))
    assert response.status_code == 302
    with pytest.raises(ProfileError, match="opened already"):
        services.renew_invitation(colleague=karim)


def test_unopened_invitation_is_renewed_and_the_old_link_ends(client):
    assessment = start_in_browser(client)
    old_code, old_link = invite_in_browser(client, assessment)
    page = client.post(address("renew_invitation", assessment, 1)).content.decode()
    _code, link = handed_over(page)
    assert Client().post(old_link).status_code == 410
    assert Client().post("/en/readiness/resume/", {"code": old_code}).status_code == 422
    comes_in(link)


def test_key_of_a_colleague_opens_no_page_of_the_owner(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    for name in ("assessment", "goals", "report", "report_json", "export", "colleagues", "agreement", "keep", "delete"):
        assert browser.get(address(name, assessment)).status_code == 404, name
    # the same secret under the name of the owner's cookie
    browser.cookies[f"check_{assessment.pk.hex}"] = browser.cookies[f"check_{karim.pk.hex}"].value
    assert browser.get(address("assessment", assessment)).status_code == 404
    secret = services.give_key(assessment=assessment, colleague=karim)
    for path in ("", "/report"):
        found = Client().get(f"/api/v1/readiness/assessments/{assessment.pk}{path}", headers={"X-Minga-Key": secret})
        assert found.status_code == 404


def test_owner_and_strangers_open_no_page_of_a_colleague(client):
    assessment = start_in_browser(client)
    _browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    other_browser, other = comes_in(invite_in_browser(client, assessment)[1])
    owners_secret = services.give_key(assessment=assessment)
    found = Client().get(f"/api/v1/readiness/colleagues/{karim.pk}", headers={"X-Minga-Key": owners_secret})
    assert found.status_code == 404
    for who in (client, other_browser, Client(), signed_in("bao@example.org")[0]):
        for name in OWN_PAGES:
            assert who.get(address(name, karim)).status_code == 404, name
        for name in OWN_POSTS:
            assert who.post(address(name, karim), {"item": "INT1", "value": "0"}).status_code == 404, name
        assert who.get(address("colleague_answer", karim, "integration")).status_code == 404
    assert other_browser.get(address("colleague", other)).status_code == 200


def test_owner_sees_how_far_and_never_what(client):
    """A word and a level that only the colleague wrote stand on no page, file or API answer of the owner."""
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    item = selectors.items_for(selectors.instrument_of(assessment, "en"), "short", role="production")[0]
    browser.post(address("colleague_save", karim), {"item": item.id, "value": "5", "note": "zanzibar", "version": "0"})
    browser.post(address("colleague_finish", karim))
    client.post(address("answer", assessment, item.factor), page_of(assessment, item.factor, "1"))
    page = client.get(address("colleagues", assessment)).content.decode()
    assert "finished" in page
    assert re.search(r"1 of \d+", page)
    shown = [page] + [
        client.get(address(name, assessment)).content.decode()
        for name in ("assessment", "report", "report_json", "report_markdown", "report_text", "export", "agreement")
    ]
    assert not any("zanzibar" in text for text in shown)
    drafted = json.loads(client.get(address("report_json", assessment)).content)
    own = next(one for one in drafted["items"] if one["item"] == item.id)
    assert (own["level"], own["spread"]) == (1, 0)
    exported = json.loads(client.get(address("export", assessment)).content)
    assert {one["value"] for one in exported["answers"]} == {"1"}
    assert {one["level"] for one in exported["history"]} == {1}
    secret = services.give_key(assessment=assessment)
    state = Client().get(f"/api/v1/readiness/assessments/{assessment.pk}", headers={"X-Minga-Key": secret}).json()
    assert {one["value"] for one in state["answers"].values()} == {"1"}


def test_colleague_never_sees_what_the_owner_or_another_said(client):
    assessment = start_in_browser(client)
    first, karim = comes_in(invite_in_browser(client, assessment)[1])
    second, zahra = comes_in(invite_in_browser(client, assessment)[1])
    item = selectors.items_for(selectors.instrument_of(assessment, "en"), "short", role="production")[0]
    client.post(address("save", assessment), {"item": item.id, "value": "4", "note": "marrakesh", "version": "0"})
    first.post(address("colleague_save", karim), {"item": item.id, "value": "2", "note": "zanzibar", "version": "0"})
    page = second.get(address("colleague_answer", zahra, item.factor)).content.decode()
    assert "marrakesh" not in page
    assert "zanzibar" not in page
    assert " checked" not in page
    taken = json.loads(first.get(address("colleague_export", karim)).content)
    assert [one["note"] for one in taken["answers"]] == ["zanzibar"]
    assert "marrakesh" not in json.dumps(taken)


def test_withdrawn_invitation_leaves_nothing_and_opens_nothing(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    answer_as(karim, {"INT1": "3"})
    client.post(address("withdraw_invitation", assessment, karim.number))
    assert not Answer.objects.filter(colleague__isnull=False).exists()
    assert not AnswerVersion.objects.filter(colleague__isnull=False).exists()
    assert not AccessKey.objects.filter(colleague__isnull=False).exists()
    assert browser.get(address("colleague", karim)).status_code == 404
    assert not selectors.colleagues_of(assessment).exists()
    with pytest.raises(AnswerError, match="invitation was taken back"):
        answer_as(karim, {"INT1": "3"})
    again = services.invite_colleague(assessment=assessment, role="production")
    assert again.colleague.number == karim.number + 1


def test_finished_colleague_cannot_be_taken_out_by_the_owner(client):
    """Else the owner would read one voice from the difference between two agreement pages."""
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    answer_as(karim, {"INT1": "3"})
    browser.post(address("colleague_finish", karim))
    page = client.post(address("withdraw_invitation", assessment, karim.number), follow=True).content.decode()
    assert "only the colleague can take the answers out" in page
    assert Answer.objects.filter(colleague=karim).count() == 1
    with pytest.raises(ReadinessError, match="only the colleague can delete them"):
        services.withdraw_invitation(colleague=karim)
    assert browser.post(address("colleague_delete", karim)).status_code == 302
    assert not Colleague.objects.exists()
    assert not Answer.objects.exists()


def test_only_who_decides_invites_and_sees_colleagues():
    owner_browser, owner = signed_in("amina@example.org")
    bakery = members.create_organization(
        by=members.person_for(owner), name="Bakery", type="sme", country="CV", sector="10", size="10-49"
    )
    respondent_browser, respondent = signed_in("karim@example.org")
    members.grant_mandate(person=members.person_for(respondent), role="respondent", organization=bakery)
    assessment = answered("2", account=owner, organization=bakery)
    assert owner_browser.get(address("colleagues", assessment)).status_code == 200
    for name, rest in (("colleagues", ()), ("withdraw_invitation", (1,)), ("renew_invitation", (1,))):
        sent = {"role": "production", "language": "en"}
        assert respondent_browser.post(address(name, assessment, *rest), sent).status_code == 404
    assert respondent_browser.get(address("assessment", assessment)).status_code == 200


def test_mail_is_sent_once_in_the_colleagues_language_and_its_address_is_not_stored(caplog):
    browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    _code, link = invite_in_browser(browser, assessment, language="fr", address="karim@bakery.example")
    (message,) = mail.outbox
    assert message.to == ["karim@bakery.example"]
    assert link.startswith("/fr/")
    assert f"http://testserver{link}" in message.body
    from django.apps import apps

    for model in apps.get_models():
        for row in model._default_manager.all():
            assert "karim@bakery" not in json.dumps({k: str(v) for k, v in vars(row).items()})
    assert "karim@bakery" not in caplog.text


def test_guest_without_an_address_of_their_own_sends_no_mail(client):
    assessment = start_in_browser(client)
    invite_in_browser(client, assessment, address="karim@bakery.example")
    assert mail.outbox == []


def test_mail_server_that_does_not_answer_is_said_and_the_link_stays(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    browser, owner = signed_in("amina@example.org")
    assessment = answered("2", account=owner)
    sent = {"role": "production", "language": "en", "address": "karim@bakery.example"}
    page = browser.post(address("colleagues", assessment), sent).content.decode()
    assert "The mail could not be sent." in page
    comes_in(handed_over(page)[1])


def test_printed_page_carries_a_code_for_the_camera_without_inline_style(client):
    assessment = start_in_browser(client)
    page = client.post(address("colleagues", assessment), {"role": "production", "language": "en"}).content.decode()
    assert '<svg class="qr" role="img" aria-label="The link as a picture' in page
    assert "style=" not in page.partition('<svg class="qr"')[2].partition("</svg>")[0]


def test_form_offers_only_roles_that_have_questions(client):
    assessment = start_in_browser(client)
    page = client.get(address("colleagues", assessment)).content.decode()
    offered = set(re.findall(r'<option value="(\w+)"', page)) - {"en", "fr", "ar", "es", "ru", "zh"}
    instrument = selectors.instrument_of(assessment, "en")
    short = {role for item in instrument.items_of(None, "short") for role in item.who}
    assert offered == short
    with pytest.raises(ProfileError, match="'janitor' has no question"):
        services.invite_colleague(assessment=assessment, role="janitor")


def test_thirty_colleagues_are_the_most():
    assessment = started()
    for _one in range(selectors.MOST_COLLEAGUES):
        services.invite_colleague(assessment=assessment)
    with pytest.raises(ProfileError, match="30 is the most"):
        services.invite_colleague(assessment=assessment)


def test_nothing_is_asked_or_changed_after_submitting(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    answer_as(karim, {"INT1": "3"})
    browser.post(address("colleague_finish", karim))
    client.post(address("save", assessment), {"item": "INT1", "value": "3", "version": "0"})
    assert client.post(address("submit", assessment)).url == address("report", assessment)
    saved = browser.post(address("colleague_save", karim), {"item": "INT1", "value": "0", "version": "1"})
    assert saved.status_code == 422
    assert browser.get(address("colleague_answer", karim, "integration")).url == address("colleague", karim)
    assert browser.get(address("colleague_delete", karim)).status_code == 404
    assert browser.get(address("colleague", karim)).status_code == 200
    assert Answer.objects.get(colleague=karim).level == 3
    with pytest.raises(ProfileError, match="has been submitted"):
        services.invite_colleague(assessment=assessment)
    with pytest.raises(ReadinessError, match="has been submitted"):
        services.delete_colleague(colleague=karim)


def test_signed_in_colleague_finds_the_questions_under_mine(client):
    assessment = start_in_browser(client, name="Amina's bakery")
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    assert "/account/login/" in browser.post(address("colleague_claim", karim)).url
    account = members.create_account(email="karim@example.org", password="a-long-password")
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.post(address("colleague_claim", karim))
    page = browser.get("/en/readiness/mine/").content.decode()
    assert address("colleague", karim) in page
    assert address("assessment", assessment) not in page
    browser.logout()
    assert browser.get(address("colleague", karim)).status_code == 404
    other = signed_in("bao@example.org")[0]
    assert address("colleague", karim) not in other.get("/en/readiness/mine/").content.decode()


def test_claiming_the_check_leaves_the_keys_of_colleagues(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    _code, unopened = invite_in_browser(client, assessment)
    account = members.create_account(email="amina@example.org", password="a-long-password")
    services.claim_assessment(assessment=assessment, account=account)
    assert browser.get(address("colleague", karim)).status_code == 200
    comes_in(unopened)


def test_new_code_of_the_owner_ends_no_code_of_a_colleague(client):
    assessment = start_in_browser(client)
    _code, link = invite_in_browser(client, assessment)
    client.post(address("keep", assessment))
    comes_in(link)


def test_only_hashes_of_invitations_are_stored():
    assessment = started()
    made = services.invite_colleague(assessment=assessment)
    stored = set(AccessKey.objects.values_list("kind", "secret_hash"))
    assert stored == {("code", keys.hash_of(made.code)), ("link", keys.hash_of(made.link))}


def test_two_devices_of_one_colleague_lose_nothing(client):
    assessment = start_in_browser(client)
    browser, karim = comes_in(invite_in_browser(client, assessment)[1])
    first = browser.post(address("colleague_save", karim), {"item": "INT1", "value": "3", "version": "0"})
    assert first.json()["outcome"] == "saved"
    late = browser.post(address("colleague_save", karim), {"item": "INT1", "value": "1", "version": "0"})
    assert late.status_code == 409
    assert (late.json()["value"], Answer.objects.get().level) == ("3", 3)


def test_what_a_person_gave_as_colleague_is_exported_and_erased():
    _browser, account = signed_in("karim@example.org")
    person = members.person_for(account)
    open_one, closed_one = started(), answered("3")
    karim = invited(open_one, role="production")
    there = invited(closed_one, role="production")
    for place in (karim, there):
        services.keep_place(colleague=place, account=account)
        answer_as(place, {"INT1": "3"}, account=account, finish=True)
    services.submit_assessment(assessment=closed_one, scores=report.score_rows(closed_one))
    taken = services.export_person(person)
    assert [one["answers"][0]["item"] for one in taken["asked_as_colleague"]] == ["INT1", "INT1"]
    assert services.erase_person(person) > 0
    # what is open goes; what is part of a result stays as a voice that belongs to nobody
    assert list(Colleague.objects.values_list("assessment", "account")) == [(closed_one.pk, None)]
    assert Answer.objects.filter(colleague=there).count() == 1
    assert not AnswerVersion.objects.filter(account=account).exists()


def test_deleting_a_check_takes_its_colleagues_along():
    assessment = started()
    answer_as(invited(assessment), {"INT1": "3"})
    services.delete_assessment(assessment=assessment)
    assert not Colleague.objects.exists()
    assert not Answer.objects.exists()
    assert not AccessKey.objects.exists()


def test_whose_levels_lay_side_by_side_once_is_never_taken_out_again():
    """An owner who reopened in the full form could else withdraw a voice and read it from the difference."""
    assessment = answered("3")
    karim = invited(assessment, role="production")
    answer_as(karim, {"INT1": "3"}, finish=True)
    services.submit_assessment(assessment=assessment, scores=report.score_rows(assessment))
    services.reopen_assessment(assessment=assessment, form="full")
    with pytest.raises(ReadinessError, match="only the colleague can delete them"):
        services.withdraw_invitation(colleague=karim)
    # the longer form's questions are open to the colleague all the same
    answer_as(karim, {"INT2": "4"})
    assert selectors.answers_of_colleague(karim)["INT2"].level == 4


def test_colleagues_do_not_enter_a_check_without_them():
    """The result of a business that answers alone is the one it always was."""
    alone = submitted("3")
    assert alone.status == "self-declared"
    built = report.build(alone, "en")
    assert built.voices is None
    assert built.report.calculation.respondents == 1
