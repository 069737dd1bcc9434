"""The people of this room's tests: Amina runs a bakery in Praia, Bao works in the secretariat, Chloé is a colleague."""

from __future__ import annotations

import pytest


@pytest.fixture
def amina(db):
    from minga.members import services

    return services.create_account(email="amina@bakery.example", password="bread-and-salt-7", name="Amina").person


@pytest.fixture
def chloe(db):
    from minga.members import services

    return services.create_account(email="chloe@bakery.example", password="bread-and-salt-8", name="Chloé").person


@pytest.fixture
def bao(db):
    from minga.members import services

    return services.createadmin(email="bao@alliance.example", password="tea-and-rice-99", name="Bao").person


@pytest.fixture
def bakery(amina):
    from minga.members import services

    return services.create_organization(
        by=amina, name="Padaria Amina", type="sme", country="CV", sector="10", size="1-9", languages=["pt", "fr"]
    )


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person.account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
