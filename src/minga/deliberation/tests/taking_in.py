"""What tests of taking in share: somebody of the ministry who does it, and the pages as this person uses them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from minga.deliberation.models import TeamMember
from minga.deliberation.selectors import access
from minga.members import services as members

LETTER = "Dear committee,\n\nTrain the bakers of Praia first.\n\nThen fund small machines.\n\nKind regards,\nAmina"


def analyst(asked, email, task=access.Task.ANALYST):
    account = members.create_account(email=email, password="the ministry opens at nine", name=email.split("@")[0])
    TeamMember.objects.create(consultation=asked, person=members.person_for(account), task=task)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.account = account
    return client


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=["strategy", *rest])


def page(client, name, *rest, status=200, query=""):
    response = client.get(address(name, *rest) + query)
    assert response.status_code == status
    return response.content.decode()


def post(client, page_name, /, *rest, **given):
    return client.post(address(page_name, *rest), given)


def sent(files, **given):
    uploads = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return {"files": uploads, "kind": "letter", "voices": "short"} | given
