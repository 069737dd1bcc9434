"""The same facts as JSON and on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.db import connection
from typer.testing import CliRunner

from minga.members import services, triggers
from minga.members.cli import app

run = CliRunner()


@pytest.mark.django_db
def test_me_answers_with_my_roles_and_only_when_signed_in(client, amina, chloe, bakery, signed_in):
    refused = client.get("/api/v1/members/me")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "sign_in_first"
    mine = signed_in(amina).get("/api/v1/members/me").json()
    assert mine["email"] == "amina@bakery.example"
    assert mine["roles"][0]["role"] == "owner"
    assert mine["organizations"][0]["name"] == "Padaria Amina"
    assert signed_in(chloe).get("/api/v1/members/me").json()["organizations"] == []


@pytest.mark.django_db
def test_countries_and_sectors_come_in_a_language(client):
    countries = client.get("/api/v1/members/countries", {"lang": "ar"}).json()
    assert len(countries) == 249
    assert {one["iso2"]: one["name"] for one in countries}["TN"] == "تونس"
    sectors = client.get("/api/v1/members/sectors", {"level": "section", "revision": "5", "lang": "fr"}).json()
    assert len(sectors) == 22


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["sectors?level=group", "sectors?revision=3", "countries?lang=tlh"])
def test_what_the_vocabulary_does_not_have_is_refused_in_the_one_shape(client, query):
    response = client.get(f"/api/v1/members/{query}")
    assert response.status_code == 422
    assert set(response.json()["error"]) == {"code", "message", "where"}


def test_countries_and_sectors_print_as_table_and_json():
    assert "Namibia" in run.invoke(app, ["countries"]).output
    listed = json.loads(run.invoke(app, ["countries", "--json", "--lang", "fr"]).output)
    assert {one["iso2"]: one["name"] for one in listed}["NA"] == "Namibie"
    sections = json.loads(run.invoke(app, ["sectors", "--json", "--level", "section"]).output)
    assert len(sections) == 21
    refused = run.invoke(app, ["sectors", "--level", "group"])
    assert refused.exit_code == 1
    assert "no level 'group'" in refused.output


@pytest.fixture
def trail(db, settings, tmp_path):
    settings.VAR = tmp_path
    for number in range(1, 6):
        services.record(act="thing.done", on=f"thing:{number}")
    triggers.remove(connection)


def test_audit_verify_exits_zero_on_an_intact_trail(trail):
    result = run.invoke(app, ["audit", "verify"])
    assert result.exit_code == 0
    assert "intact: 5 acts" in result.output


def test_audit_verify_exits_one_and_locates_every_break(trail):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_auditact SET reason = 'forged' WHERE sequence = 2")
        cursor.execute("DELETE FROM members_auditact WHERE sequence = 4")
    result = run.invoke(app, ["audit", "verify"])
    assert result.exit_code == 1
    assert "Act 2 was changed" in result.output
    assert "Act 4 is missing" in result.output
    report = json.loads(run.invoke(app, ["audit", "verify", "--json"]).output)
    assert report["is_intact"] is False
    assert [(one["kind"], one["first"]) for one in report["breaks"]] == [("changed", 2), ("dropped", 4)]


def test_audit_accept_goes_on_from_the_end_that_stands(trail):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM members_auditact WHERE sequence > 3")
    assert run.invoke(app, ["audit", "verify"]).exit_code == 1
    assert run.invoke(app, ["audit", "accept", "--reason", "restored a backup"]).exit_code == 0
    assert run.invoke(app, ["audit", "verify"]).exit_code == 0


@pytest.mark.django_db
def test_grant_gives_a_role_in_the_alliance_or_an_organization(chloe, bakery):
    from minga.members import selectors

    assert run.invoke(app, ["grant", "chloe@bakery.example", "assessor"]).exit_code == 0
    assert selectors.has_role(chloe.account, "assessor")
    result = run.invoke(app, ["grant", "chloe@bakery.example", "owner", "--organization", bakery.mark.hex])
    assert "Padaria Amina" in result.output
    assert selectors.has_role(chloe.account, "owner", bakery)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody@x.example", "assessor"], "no account with the address"),
        (["chloe@bakery.example", "king"], "no role 'king'"),
        (["chloe@bakery.example", "owner"], "held in an organization"),
        (["chloe@bakery.example", "owner", "--organization", "12"], "no organization with the mark"),
    ],
)
def test_grant_says_what_is_wrong(chloe, arguments, words):
    result = run.invoke(app, ["grant", *arguments])
    assert result.exit_code == 1
    assert words in result.output


@pytest.mark.django_db
def test_grant_prints_json_too(chloe):
    done = json.loads(run.invoke(app, ["grant", "chloe@bakery.example", "assessor", "--json"]).output)
    assert (done["role"], done["in"]) == ("assessor", "Advisers and assessors")


@pytest.mark.slow
def test_a_site_without_a_database_is_said_in_words(tmp_path):
    environment = {**os.environ, "MINGA_VAR": str(tmp_path), "MINGA_DATABASE_URL": ""}
    command = [sys.executable, "-m", "minga.site.cli", "members", "audit", "verify"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "minga site check" in done.stderr
    assert "Traceback" not in done.stderr
