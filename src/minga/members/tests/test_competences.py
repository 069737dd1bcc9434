"""Competence: the secretariat writes down what assessors are able to do, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from minga.members import selectors, services
from minga.members.engine.errors import MembersError

pytestmark = [pytest.mark.page, pytest.mark.django_db]
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def farid():
    person = services.person_for(services.create_account(email="farid@example.org", password="a-long-password"))
    services.grant_in_alliance(person=person, role="assessor")
    return person


@pytest.fixture
def secretariat(client):
    account = services.createadmin(email="bao@example.org", password="a-long-password")
    client.force_login(account, backend=_BACKEND)
    return client


def test_competence_fits_its_sectors_or_all_and_ends(farid):
    services.record_competence(person=farid, field="Food", basis="Exam 2024", sectors=["10"])
    services.record_competence(person=farid, field="Safety", basis="Twenty years")
    assert [one.field for one in selectors.competences_of(farid, sector="10")] == ["Food", "Safety"]
    assert [one.field for one in selectors.competences_of(farid, sector="13")] == ["Safety"]
    first = selectors.competences_of(farid)[0]
    first.valid_until = timezone.localdate()
    first.save()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert [one.field for one in selectors.competences_of(farid, sector="10", on=tomorrow)] == ["Safety"]


def test_competence_without_proof_or_with_a_wrong_sector_is_refused(farid):
    with pytest.raises(MembersError, match=r"what shows it"):
        services.record_competence(person=farid, field="Food", basis=" ")
    with pytest.raises(MembersError, match=r"sectors 99x"):
        services.record_competence(person=farid, field="Food", basis="Exam", sectors=["99x"])
    with pytest.raises(MembersError, match=r"over since"):
        yesterday = timezone.localdate() - timedelta(days=1)
        services.record_competence(person=farid, field="Food", basis="Exam", valid_until=yesterday)


def test_secretariat_records_and_takes_back_and_the_roles_page_shows_it(farid, secretariat):
    where = reverse("members:competences", args=[farid.pk])
    assert secretariat.post(where, {"field": "Food", "basis": ""}).status_code == 422
    sent = {"field": "Food safety", "basis": "Exam 2024", "sectors": ["10", "11"]}
    assert secretariat.post(where, sent).status_code == 302
    assert "Food safety" in secretariat.get(reverse("members:roles")).content.decode()
    page = secretariat.get(where).content.decode()
    assert "Exam 2024" in page
    assert "Manufacture of food products" in page
    (one,) = selectors.competences_of(farid)
    secretariat.post(reverse("members:end_competence", args=[one.pk]))
    assert selectors.competences_of(farid) == []
    assert {"competence.recorded", "competence.ended"} <= {act.act for act in selectors.acts()}


def test_nobody_else_sees_or_writes_it(farid, client):
    one = services.record_competence(person=farid, field="Food", basis="Exam")
    assert client.get(reverse("members:competences", args=[farid.pk])).status_code == 302
    client.force_login(farid.account, backend=_BACKEND)
    for name, pk in (("competences", farid.pk), ("end_competence", one.pk)):
        assert client.post(reverse(f"members:{name}", args=[pk])).status_code in {302, 403}
    assert selectors.competences_of(farid) == [one]


def test_export_and_erasure_cover_it(farid):
    services.record_competence(person=farid, field="Food", basis="Exam 2024")
    assert services.export_own(farid)["competences"][0]["basis"] == "Exam 2024"
    services.erase_own(farid)
    from minga.members.models import Competence

    assert not Competence.objects.exists()
