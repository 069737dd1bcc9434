"""Amina's bakery: who owns it, who comes in by a code, what others see of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from minga.members import MembersError, selectors, services
from minga.members.forms import country_choices
from minga.members.models import AuditAct, Body, Consent, Invitation, Mandate, Membership, Organization

pytestmark = [pytest.mark.django_db, pytest.mark.page]

TODAY = timezone.localdate()


def at(name, organization):
    return reverse(f"members:{name}", args=[organization.mark])


def acts():
    return list(AuditAct.objects.values_list("act", flat=True))


def test_whoever_sets_up_an_organization_owns_it(client, amina, signed_in):
    page = signed_in(amina).post(
        reverse("members:new_organization"),
        {"name": "Padaria Amina", "type": "sme", "country": "CV", "sector": "10", "size": "1-9", "women_led": "yes"},
        follow=True,
    )
    bakery = Organization.objects.get()
    assert "you are its owner" in page.content.decode()
    assert selectors.has_role(amina.account, "owner", bakery)
    assert bakery.women_led is True
    assert acts()[-2:] == ["organization.created", "mandate.granted"]


def test_a_wrong_country_or_sector_is_refused_beside_its_field(client, amina, signed_in):
    page = signed_in(amina).post(
        reverse("members:new_organization"), {"name": "X", "type": "sme", "country": "ZZ", "sector": "34"}
    )
    assert set(page.context["form"].errors) == {"country", "sector"}
    with pytest.raises(ValidationError, match="not a division"):
        services.create_organization(by=amina, name="X", type="sme", country="CV", sector="34")
    assert not Organization.objects.exists()


def test_the_owner_changes_the_details_and_the_trail_says_which(client, amina, bakery, signed_in):
    form = signed_in(amina).get(at("edit_organization", bakery)).context["form"]
    assert form.initial["country"] == "CV"
    client.post(
        at("edit_organization", bakery),
        {
            "name": "Padaria Nova",
            "type": "sme",
            "country": "CV",
            "sector": "10",
            "size": "10-49",
            "languages": ["pt", "fr"],
        },
    )
    bakery.refresh_from_db()
    assert (bakery.name, bakery.size) == ("Padaria Nova", "10-49")
    assert AuditAct.objects.last().reason == "name, size"


def test_an_edit_that_changes_nothing_is_no_act(amina, bakery):
    before = AuditAct.objects.count()
    assert services.edit_organization(organization=bakery, by=amina, name="Padaria Amina") == []
    assert AuditAct.objects.count() == before
    with pytest.raises(MembersError, match="is_sample"):
        services.edit_organization(organization=bakery, by=amina, is_sample=True)


@pytest.mark.parametrize(
    ("who", "seen", "changed"),
    [
        ("visitor", 404, 302),
        ("stranger", 404, 404),
        ("respondent", 200, 403),
        ("owner", 200, 200),
        ("secretariat", 200, 200),
    ],
)
def test_an_unlisted_organization_is_seen_by_its_people_and_the_secretariat(
    client, amina, chloe, bao, bakery, signed_in, who, seen, changed
):
    if who == "respondent":
        services.grant_mandate(person=chloe, role="respondent", organization=bakery)
    person = {"stranger": chloe, "respondent": chloe, "owner": amina, "secretariat": bao}.get(who)
    if person:
        signed_in(person)
    assert client.get(at("organization", bakery)).status_code == seen
    assert client.get(at("edit_organization", bakery)).status_code == changed


def test_an_organization_is_deleted_once_its_name_is_typed(client, amina, chloe, bakery, signed_in):
    services.list_in_directory(organization=bakery, by=amina, listed=True)
    services.invite(organization=bakery, role="adviser", by=amina)
    page = signed_in(amina).post(at("delete_organization", bakery), {"name": "another"}).content.decode()
    assert "Nothing was deleted" in page
    client.post(at("delete_organization", bakery), {"name": "padaria amina"})
    assert not Organization.objects.exists()
    assert not Mandate.objects.exists()
    assert not Invitation.objects.exists()
    assert not selectors.has_consent("publication", object=bakery.reference)
    assert "organization.deleted" in acts()


def test_real_data_is_told_from_the_sample(db):
    assert not selectors.holds_real_data()
    services.create_account(email="a@sample.example", is_sample=True)
    services.create_organization(by=None, name="X", type="sme", country="TN", is_sample=True)
    assert not selectors.holds_real_data()
    services.create_account(email="b@bakery.example")
    assert selectors.holds_real_data()


@pytest.mark.parametrize("action", ["listing", "new_code", "leave", "delete_organization"])
def test_a_stranger_can_do_nothing_to_an_organization(client, chloe, bakery, signed_in, action):
    before = (Consent.objects.count(), Invitation.objects.count(), Mandate.objects.count())
    assert (
        signed_in(chloe).post(at(action, bakery), {"listed": "yes", "role": "owner", "name": bakery.name}).status_code
        == 404
    )
    assert (Consent.objects.count(), Invitation.objects.count(), Mandate.objects.count()) == before


def test_a_respondent_sees_who_does_what_but_makes_no_codes(client, chloe, bakery, signed_in):
    services.grant_mandate(person=chloe, role="respondent", organization=bakery)
    page = signed_in(chloe).get(at("organization", bakery)).content.decode()
    assert "Amina" in page
    assert "Make a code" not in page
    assert client.post(at("new_code", bakery), {"role": "owner"}).status_code == 403
    owner = Mandate.objects.get(role="owner")
    assert client.post(reverse("members:end_mandate", args=[owner.pk])).status_code == 404


def test_a_code_brings_a_colleague_in_once(client, amina, chloe, bakery, signed_in):
    page = signed_in(amina).post(at("new_code", bakery), {"role": "respondent"}).content.decode()
    code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", page).group(0)
    assert code not in str(list(Invitation.objects.values()))
    signed_in(chloe)
    client.post(reverse("members:join"), {"code": code.lower().replace("-", " ")})
    assert selectors.has_role(chloe.account, "respondent", bakery)
    assert Membership.objects.filter(person=chloe, organization=bakery, until=None).exists()
    again = client.post(reverse("members:join"), {"code": code}).content.decode()
    assert "This code opens nothing" in again


def test_codes_cannot_be_guessed_by_trying(client, chloe, signed_in):
    signed_in(chloe)
    answers = [client.post(reverse("members:join"), {"code": f"AAAA-AAAA-AAAA-{number:04}"}) for number in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]


def test_a_code_too_old_opens_nothing(amina, chloe, bakery):
    code = services.invite(organization=bakery, role="adviser", by=amina)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(MembersError, match="opens nothing"):
        services.accept_invitation(code=code, by=chloe)
    assert services.delete_expired_invitations() == 1


def test_an_adviser_gets_in_without_becoming_a_member(amina, chloe, bakery):
    services.accept_invitation(code=services.invite(organization=bakery, role="adviser", by=amina), by=chloe)
    assert selectors.has_role(chloe.account, "adviser", bakery)
    assert not Membership.objects.filter(person=chloe).exists()


def test_roles_hold_from_their_first_day_to_their_last(chloe, bakery):
    services.grant_mandate(
        person=chloe,
        role="adviser",
        organization=bakery,
        starts_on=TODAY + timedelta(days=2),
        ends_on=TODAY + timedelta(days=4),
    )
    held = [selectors.has_role(chloe.account, "adviser", bakery, on=TODAY + timedelta(days=day)) for day in range(7)]
    assert held == [False, False, True, True, True, False, False]
    assert selectors.roles_of(chloe) == set()
    assert selectors.roles_of(chloe, TODAY + timedelta(days=3)) == {"adviser"}


def test_a_role_in_one_organization_is_none_in_another(amina, chloe, bakery):
    mill = services.create_organization(by=chloe, name="Mill", type="sme", country="TN", sector="10")
    assert selectors.has_role(amina.account, "owner")
    assert not selectors.has_role(amina.account, "owner", mill)


def test_a_closed_account_holds_no_role(amina, bakery):
    amina.account.is_active = False
    amina.account.save()
    assert not selectors.has_role(amina.account, "owner", bakery)


def test_granting_twice_is_once(chloe, bakery):
    first = services.grant_mandate(person=chloe, role="assessor", organization=bakery)
    assert services.grant_mandate(person=chloe, role="assessor", organization=bakery) == first


@pytest.mark.parametrize(
    ("role", "place", "words"),
    [
        ("secretariat", "organization", "held in a body"),
        ("owner", "body", "held in an organization"),
        ("owner", "nothing", "in nothing"),
        ("assessor", "both", "both an organization and a body"),
        ("king", "organization", "no role 'king'"),
    ],
)
def test_a_role_is_held_where_it_belongs(chloe, bakery, role, place, words):
    body = services.create_body(name="Council", kind=Body.Kind.COUNCIL)
    places = {
        "organization": {"organization": bakery},
        "body": {"body": body},
        "nothing": {},
        "both": {"organization": bakery, "body": body},
    }
    with pytest.raises(MembersError, match=words):
        services.grant_mandate(person=chloe, role=role, **places[place])


def test_the_database_refuses_a_mandate_in_two_places_or_none(chloe, bakery):
    body = services.create_body(name="Council", kind=Body.Kind.COUNCIL)
    for places in ({}, {"organization": bakery, "body": body}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.create(person=chloe, role="assessor", **places)


def test_dates_the_wrong_way_round_are_refused(chloe, bakery):
    with pytest.raises(MembersError, match="before it starts"):
        services.grant_mandate(person=chloe, role="adviser", organization=bakery, ends_on=TODAY - timedelta(days=1))


def test_ending_a_role_keeps_that_it_was_held(amina, chloe, bakery):
    mandate = services.grant_mandate(
        person=chloe, role="adviser", organization=bakery, starts_on=TODAY - timedelta(days=9)
    )
    services.end_mandate(mandate=mandate, by=amina)
    assert not selectors.has_role(chloe.account, "adviser", bakery)
    assert selectors.has_role(chloe.account, "adviser", bakery, on=TODAY - timedelta(days=3))
    assert acts()[-1] == "mandate.ended"


def test_the_last_owner_stays_until_there_is_another(client, amina, chloe, bakery, signed_in):
    signed_in(amina)
    page = client.post(at("leave", bakery), follow=True).content.decode()
    assert "You are its last owner" in page
    assert selectors.has_role(amina.account, "owner", bakery)
    services.grant_mandate(person=chloe, role="owner", organization=bakery)
    client.post(at("leave", bakery))
    assert not selectors.has_role(amina.account, "owner", bakery)
    assert not selectors.organizations_of(amina).exists()


def test_an_owner_ends_a_role_from_the_page(client, amina, chloe, bakery, signed_in):
    mandate = services.grant_mandate(person=chloe, role="adviser", organization=bakery)
    signed_in(amina).post(reverse("members:end_mandate", args=[mandate.pk]))
    assert not selectors.has_role(chloe.account, "adviser", bakery)


def test_listing_is_a_consent_and_taking_it_back_hides_the_organization(client, amina, bakery, signed_in):
    signed_in(amina).post(at("listing", bakery), {"listed": "yes"})
    client.logout()
    directory = reverse("members:directory")
    assert "Padaria Amina" in client.get(directory).content.decode()
    assert client.get(at("organization", bakery)).status_code == 200
    assert selectors.has_consent("publication", object=bakery.reference, person=amina)
    signed_in(amina).post(at("listing", bakery), {"listed": "no"})
    client.logout()
    assert "Padaria Amina" not in client.get(directory).content.decode()
    assert client.get(at("organization", bakery)).status_code == 404


def test_a_visitor_sees_no_people_on_a_listed_organization(client, amina, bakery):
    services.list_in_directory(organization=bakery, by=amina, listed=True)
    page = client.get(at("organization", bakery)).content.decode()
    assert "Who does what" not in page
    assert page.count("Amina") == page.count("Padaria Amina")


def test_another_owner_can_end_a_listing_that_the_first_agreed_to(amina, chloe, bakery):
    services.list_in_directory(organization=bakery, by=amina, listed=True)
    services.grant_mandate(person=chloe, role="owner", organization=bakery)
    services.list_in_directory(organization=bakery, by=chloe, listed=False)
    assert not selectors.is_listed(bakery)


def test_the_directory_filters_counts_pages_and_marks_samples(client, amina):
    for number in range(35):
        one = services.create_organization(
            by=None, name=f"Mill {number:02}", type="company", country="TN", sector="10", is_sample=number == 0
        )
        services.list_in_directory(organization=one, by=amina, listed=True)
    page = client.get(reverse("members:directory"), {"q": "mill", "country": "TN"}).content.decode()
    assert "35 organizations" in page
    assert ">sample<" in page
    assert 'href="?q=mill&amp;country=TN&amp;page=2"' in page
    assert "Mill 34" in client.get(reverse("members:directory"), {"page": 2}).content.decode()
    assert "No listed organization fits" in client.get(reverse("members:directory"), {"q": "zzz"}).content.decode()


def test_the_directory_asks_the_database_the_same_number_of_times_for_one_and_for_many(
    client, amina, django_assert_max_num_queries
):
    for number in range(25):
        one = services.create_organization(by=None, name=f"Mill {number}", type="company", country="TN", sector="10")
        services.list_in_directory(organization=one, by=amina, listed=True)
    with django_assert_max_num_queries(4):
        client.get(reverse("members:directory"))


def test_my_page_needs_few_queries_however_much_i_have(client, amina, signed_in, django_assert_max_num_queries):
    for number in range(10):
        one = services.create_organization(by=amina, name=f"Mill {number}", type="company", country="TN")
        services.list_in_directory(organization=one, by=amina, listed=True)
    signed_in(amina)
    # one or two for each thing that a room shows here, and none for each consent
    with django_assert_max_num_queries(24):
        page = client.get(reverse("members:me")).content.decode()
    assert page.count(">Take back<") == 10


def test_the_secretariat_gives_and_ends_roles_in_the_alliance(client, bao, chloe, signed_in):
    signed_in(bao)
    unknown = client.post(reverse("members:roles"), {"email": "nobody@x.example", "role": "assessor"})
    assert "There is no account with this address." in unknown.content.decode()
    page = client.post(reverse("members:roles"), {"email": "CHLOE@bakery.example", "role": "assessor"}, follow=True)
    assert "Chloé" in page.content.decode()
    assert selectors.has_role(chloe.account, "assessor")
    mandate = Mandate.objects.get(person=chloe)
    client.post(reverse("members:end_mandate", args=[mandate.pk]))
    assert not selectors.has_role(chloe.account, "assessor")


def test_the_last_member_of_the_secretariat_stays(client, bao, signed_in):
    mandate = Mandate.objects.get(person=bao)
    page = signed_in(bao).post(reverse("members:end_mandate", args=[mandate.pk]), follow=True)
    assert "Nobody else holds this role" in page.content.decode()
    assert selectors.is_secretariat(bao.account)


@pytest.mark.parametrize("name", ["roles", "trail"])
def test_pages_of_the_secretariat_are_closed_to_others(client, amina, bakery, signed_in, name):
    assert client.get(reverse(f"members:{name}")).status_code == 302
    assert signed_in(amina).get(reverse(f"members:{name}")).status_code == 403


def test_the_trail_page_says_whether_the_trail_is_intact(client, bao, bakery, signed_in, settings, tmp_path):
    settings.VAR = tmp_path
    page = signed_in(bao).get(reverse("members:trail"), {"check": 1}).content.decode()
    assert "The trail is intact" in page
    assert "organization.created" in page
    from django.db import connection

    from minga.members import triggers

    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_auditact SET reason = 'forged' WHERE sequence = 2")
    page = client.get(reverse("members:trail"), {"check": 1}).content.decode()
    assert "broken in 1 place" in page
    assert "It was changed: what it says does not give its hash" in page


def test_createadmin_twice_is_one_member_of_the_secretariat(bao):
    services.createadmin(email="BAO@alliance.example")
    assert Mandate.objects.filter(role="secretariat").count() == 1
    assert bao.account.check_password("tea-and-rice-99")


def test_every_kind_of_finding_has_its_words():
    from typing import get_args

    from minga.members.templatetags.members import finding
    from minga.trust.chain import Break, Kind

    assert all(finding(Break(kind, 1, 1, "")).endswith(".") for kind in get_args(Kind))


def test_the_list_of_countries_sorts_an_accented_letter_beside_the_plain_one():
    with translation.override("fr"):
        codes = [code for code, _name in country_choices()]
    # Djibouti, Égypte, Espagne, Estonie, Zimbabwe
    places = [codes.index(code) for code in ("DJ", "EG", "ES", "EE", "ZW")]
    assert places == sorted(places)
