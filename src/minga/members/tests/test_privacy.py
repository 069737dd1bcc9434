"""Consents that can be taken back, a copy of everything, erasure in every room, and jobs that delete."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from minga.members import MembersError, selectors, services
from minga.members.models import Account, AuditAct, Consent, Mandate, Membership, Organization, Person
from minga.web import rooms

pytestmark = [pytest.mark.django_db, pytest.mark.page]


def consent(person=None, key="", scope="benchmark", object="assessment:1", version="benchmark-1"):
    return services.give_consent(person=person, subject_key=key, scope=scope, object=object, text_version=version)


def test_a_consent_stands_until_it_is_taken_back(amina):
    consent(amina)
    assert selectors.has_consent("benchmark", object="assessment:1", person=amina)
    assert services.revoke_consent(scope="benchmark", object="assessment:1", person=amina) == 1
    assert not selectors.has_consent("benchmark", object="assessment:1")
    kept = Consent.objects.get()
    assert kept.given_at <= kept.revoked_at


def test_agreeing_twice_is_once_but_a_new_text_is_a_new_consent(amina):
    assert consent(amina) == consent(amina)
    consent(amina, version="benchmark-2")
    assert Consent.objects.count() == 2
    assert services.revoke_consent(scope="benchmark", object="assessment:1", person=amina) == 2


def test_agreeing_again_after_taking_back_leaves_both_on_record(amina):
    consent(amina)
    services.revoke_consent(scope="benchmark", object="assessment:1", person=amina)
    consent(amina)
    assert Consent.objects.count() == 2
    assert selectors.has_consent("benchmark", object="assessment:1")


def test_a_guest_consents_under_a_key_and_an_account_claims_it(amina):
    consent(key="k1")
    assert selectors.has_consent("benchmark", object="assessment:1", subject_key="k1")
    assert not selectors.has_consent("benchmark", object="assessment:1", subject_key="k2")
    assert services.claim_consents(subject_key="k1", person=amina) == 1
    assert selectors.has_consent("benchmark", object="assessment:1", person=amina)


def test_nobody_takes_back_the_consent_of_another(client, amina, chloe, signed_in):
    given = consent(amina)
    assert services.revoke_consent(scope="benchmark", object="assessment:1", person=chloe) == 0
    assert signed_in(chloe).post(reverse("members:revoke", args=[given.pk])).status_code == 404
    assert selectors.has_consent("benchmark", object="assessment:1")


def test_a_consent_is_taken_back_from_my_page(client, amina, signed_in):
    given = consent(amina)
    page = signed_in(amina).post(reverse("members:revoke", args=[given.pk]), follow=True).content.decode()
    assert "taken back on" in page
    assert not selectors.has_consent("benchmark", object="assessment:1")


def test_consented_objects_are_those_with_a_standing_consent(amina):
    consent(amina)
    consent(key="k", object="assessment:2")
    consent(amina, object="assessment:3")
    services.revoke_consent(scope="benchmark", object="assessment:3", person=amina)
    assert set(selectors.consented_objects("benchmark")) == {"assessment:1", "assessment:2"}


@pytest.mark.parametrize(
    ("options", "words"), [({"scope": "spam", "key": "k"}, "no consent to 'spam'"), ({}, "without saying whose")]
)
def test_a_consent_says_to_what_and_whose(db, options, words):
    with pytest.raises(MembersError, match=words):
        consent(**options)


def test_the_database_refuses_a_consent_of_nobody(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(scope="benchmark", text_version="1")


def test_my_data_comes_as_one_file_and_holds_what_is_mine_only(client, amina, chloe, bakery, signed_in):
    consent(amina)
    response = signed_in(amina).post(reverse("members:export_me"))
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(response.content)
    mine = data["rooms"]["members"]
    assert mine["account"]["email"] == "amina@bakery.example"
    assert mine["mandates"][0]["in"] == "Padaria Amina"
    assert mine["consents"][0]["about"] == "assessment:1"
    assert "person.exported" in [act["act"] for act in mine["acts"]]
    assert "chloe" not in response.content.decode().lower()
    assert set(data["rooms"]) == {room.label for room in rooms.rooms() if room.export_person}


def test_every_room_that_exports_a_person_can_erase_one(db):
    for room in rooms.rooms():
        assert bool(room.export_person) == bool(room.erase_person), room.label


def test_erasing_says_what_is_lost_and_asks_for_the_password(client, amina, bakery, signed_in):
    page = signed_in(amina).get(reverse("members:erase_me")).content.decode()
    assert "Nobody will own these organizations any more" in page
    assert "Padaria Amina" in page
    wrong = client.post(reverse("members:erase_me"), {"understood": "on", "password": "wrong"}).content.decode()
    assert "Nothing was erased" in wrong
    unread = client.post(reverse("members:erase_me"), {"password": "bread-and-salt-7"})
    assert unread.context["form"].errors.keys() == {"understood"}
    assert Account.objects.filter(email="amina@bakery.example").exists()


def test_erasing_leaves_nothing_personal_and_a_valid_trail(client, amina, bakery, signed_in, settings, tmp_path):
    settings.VAR = tmp_path
    services.list_in_directory(organization=bakery, by=amina, listed=True)
    reference = amina.reference
    page = signed_in(amina).post(
        reverse("members:erase_me"), {"understood": "on", "password": "bread-and-salt-7"}, follow=True
    )
    assert "are erased" in page.content.decode()
    assert "_auth_user_id" not in client.session
    left = [kind.objects.count() for kind in (Person, Account, Mandate, Membership, Consent)]
    assert left == [0, 0, 0, 0, 0]
    assert Organization.objects.get().name == "Padaria Amina"
    assert not selectors.listed_organizations().exists()
    assert AuditAct.objects.filter(act="person.erased", on=reference).exists()
    assert services.verify_audit().is_intact


def test_erasing_touches_nobody_else(amina, chloe, bakery):
    consent(chloe)
    services.erase_person(amina)
    assert Person.objects.get() == chloe
    assert selectors.has_consent("benchmark", object="assessment:1", person=chloe)


def test_the_last_member_of_the_secretariat_is_not_erased(client, bao, signed_in):
    with pytest.raises(MembersError, match="last member of the secretariat"):
        services.erase_person(bao)
    page = (
        signed_in(bao)
        .post(reverse("members:erase_me"), {"understood": "on", "password": "tea-and-rice-99"})
        .content.decode()
    )
    assert "Give the role to somebody else first" in page
    assert selectors.is_secretariat(bao.account)


def test_accounts_never_confirmed_go_after_thirty_days_and_others_stay(amina, db):
    old = timezone.now() - timedelta(days=31)
    for email, confirmed, created in (
        ("stale@x.example", False, old),
        ("new@x.example", False, timezone.now()),
        ("confirmed@x.example", True, old),
    ):
        account = services.create_account(email=email, is_confirmed=confirmed)
        Account.objects.filter(pk=account.pk).update(created_at=created)
    assert services.delete_unconfirmed_accounts() == 1
    assert not Account.objects.filter(email="stale@x.example").exists()
    assert (Account.objects.count(), Person.objects.count()) == (3, 3)


def test_consents_taken_back_go_after_three_years(amina):
    consent(amina)
    services.revoke_consent(scope="benchmark", object="assessment:1", person=amina)
    consent(amina)
    Consent.objects.exclude(revoked_at=None).update(revoked_at=timezone.now() - timedelta(days=3 * 365 + 1))
    assert services.delete_old_consents() == 1
    assert selectors.has_consent("benchmark", object="assessment:1")


def test_retention_runs_every_job_of_every_room_and_records_what_went(client, db):
    client.session.save()
    from django.contrib.sessions.models import Session

    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    counts = services.run_retention()
    assert counts["expired sessions"] == 1
    assert set(counts) == {job.name for room in rooms.rooms() for job in room.retention}
    assert AuditAct.objects.filter(act="retention.deleted", reason="expired sessions: 1").count() == 1
    assert services.run_retention()["expired sessions"] == 0


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_privacy_page_shows_every_line_of_every_rooms_register(client, db, language):
    from django.utils import translation
    from django.utils.html import escape

    page = client.get(f"/{language}/members/privacy/").content.decode()
    with translation.override(language):
        lines = [line for room in rooms.rooms() for line in room.processing]
        for line in lines:
            for words in (line.record, line.purpose, line.lawful_basis, line.retention, line.seen_by):
                assert escape(str(words)) in page
    assert len(lines) >= 6
