"""Settings come from the environment, fail loudly, are safe when none is set, and guard a public host."""

from __future__ import annotations

import os
import runpy
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from minga.site import env
from minga.site.env import SettingError

GOOD_KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SAFE_PUBLIC = {"MINGA_HOSTS": "minga.example.org", "MINGA_SECRET_KEY": GOOD_KEY}

#: Every setting with a rule, a value that breaks it, and words of the rule.
BROKEN = [
    ("MINGA_HOSTS", "https://minga.example.org", "without https:// and port"),
    ("MINGA_HOSTS", "minga.example.org:8000", "without https:// and port"),
    ("MINGA_HOSTS", "minga.example.org,,localhost", "separated by commas"),
    ("MINGA_ADDRESS", "minga.example.org", "an address such as https://"),
    ("MINGA_ADDRESS", "https://minga.example.org/en/", "an address such as https://"),
    ("MINGA_DEBUG", "maybe", "on or off"),
    ("MINGA_HTTPS", "2", "on or off"),
    ("MINGA_HTTPS_PROXY", "nginx", "on or off"),
    ("MINGA_RATE_LIMITS", "many", "on or off"),
    ("MINGA_SAMPLE", "please", "on or off"),
    ("MINGA_MIN_PEERS", "few", "a whole number of at least 10"),
    ("MINGA_MIN_PEERS", "9", "a whole number of at least 10"),
    ("MINGA_MIN_PERSONS", "4", "a whole number of at least 5"),
    ("MINGA_UNCLAIMED_DAYS", "3", "at least 7 and at most 730"),
    ("MINGA_UNCLAIMED_DAYS", "731", "at least 7 and at most 730"),
    ("MINGA_UPLOAD_MB", "0", "at least 1 and at most 200"),
    ("MINGA_EVIDENCE_DAYS", "6", "at least 7 and at most 3650"),
    ("MINGA_PANEL_DAYS", "29", "at least 30 and at most 3650"),
    ("MINGA_ATTENDANCE_DAYS", "29", "at least 30 and at most 3650"),
    ("MINGA_PARTICIPANT_DAYS", "6", "at least 7 and at most 3650"),
    ("MINGA_PEOPLE_PER_ADDRESS", "29", "at least 30 and at most 1000000"),
    ("MINGA_MAP_VOTES", "0", "at least 1 and at most 100000"),
    ("MINGA_SENDER_DAYS", "6", "at least 7 and at most 3650"),
    ("MINGA_LOG_LEVEL", "LOUD", "one of DEBUG, INFO, WARNING, ERROR"),
    ("MINGA_LOG_FORMAT", "xml", "one of text, json"),
    ("MINGA_SECOND_FACTOR", "off", "one of roles, all"),
]
#: Settings that take any text, and the two addresses whose messages may not repeat their password.
FREE = {
    "MINGA_VAR",
    "MINGA_SECRET_KEY",
    "MINGA_SITE_NAME",
    "MINGA_MAIL_FROM",
    "MINGA_DATABASE_URL",
    "MINGA_MAIL_URL",
    "MINGA_EVIDENCE_KEY",
    "MINGA_SUGGESTER",
} | {f"MINGA_OIDC_{part}" for part in ("URL", "CLIENT_ID", "SECRET", "NAME")}


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Read the settings file anew under a chosen environment and nothing else."""

    def read(**environment: str) -> dict[str, Any]:
        for name in [name for name in os.environ if name.startswith("MINGA_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("MINGA_VAR", str(tmp_path / "var"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(env.__file__.replace("env.py", "settings.py"))

    return read


@pytest.mark.parametrize(("name", "value", "rule"), BROKEN)
def test_a_broken_setting_is_refused_with_its_value_and_its_rule(name, value, rule, settings_with):
    with pytest.raises(SettingError) as refusal:
        settings_with(**{name: value})
    assert f'{name} is "{value}"; give ' in str(refusal.value)
    assert rule in str(refusal.value)


def test_a_key_for_evidence_that_is_none_is_refused_without_showing_it(settings_with):
    good = "bWluZ2EtdGVzdC1rZXktMDEyMzQ1Njc4OWFiY2RlZmc="
    for given in ("hunter2", f"{good},hunter2", "aHVudGVyMg=="):
        with pytest.raises(SettingError, match=r"MINGA_EVIDENCE_KEY holds a key that is none") as said:
            settings_with(MINGA_EVIDENCE_KEY=given)
        assert "hunter2" not in str(said.value)
        assert good not in str(said.value)
    assert settings_with(MINGA_EVIDENCE_KEY=f" {good}, {good}")["EVIDENCE_KEYS"] == [good, good]


def test_every_setting_is_among_those_tried_here(settings_with):
    settings_with()
    assert set(env.SETTINGS) == {name for name, _value, _rule in BROKEN} | FREE


def test_the_message_about_few_peers_reads_as_the_style_page_promises(settings_with):
    with pytest.raises(SettingError, match=r'^MINGA_MIN_PEERS is "few"; give a whole number of at least 10\.$'):
        settings_with(MINGA_MIN_PEERS="few")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINGA_DATABASE_URL", "mysql://root:hunter2@host/minga"),
        ("MINGA_DATABASE_URL", "postgres://root:hunter2@host"),
        ("MINGA_DATABASE_URL", "postgres://root:hunter2@host:port/minga"),
        ("MINGA_MAIL_URL", "http://root:hunter2@host"),
        ("MINGA_MAIL_URL", "smtp://root:hunter2@host:port"),
    ],
)
def test_a_broken_address_is_refused_without_repeating_its_password(name, value, settings_with):
    with pytest.raises(SettingError, match=f"{name} is not of the form") as refusal:
        settings_with(**{name: value})
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_sign_in_provider_is_set_whole_or_not_at_all_and_its_secret_is_never_repeated(settings_with):
    assert settings_with()["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"] == []
    given = {"MINGA_OIDC_URL": "https://id.example.org", "MINGA_OIDC_CLIENT_ID": "minga", "MINGA_OIDC_NAME": "ID"}
    with pytest.raises(SettingError, match="MINGA_OIDC_SECRET is not set"):
        settings_with(**given)
    with pytest.raises(SettingError, match="begins with https") as refusal:
        settings_with(**{**given, "MINGA_OIDC_SECRET": "hunter2", "MINGA_OIDC_URL": "http://id.example.org"})
    assert "hunter2" not in str(refusal.value)
    (app,) = settings_with(**given, MINGA_OIDC_SECRET="hunter2")["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert (app["name"], app["secret"]) == ("ID", "hunter2")


def test_a_misspelt_setting_is_named_with_the_one_that_was_meant(settings_with):
    with pytest.raises(
        SettingError, match=r"MINGA_HOST is set, .* not a setting of Minga\. Did you mean MINGA_HOSTS\?"
    ):
        settings_with(MINGA_HOST="minga.example.org")


def test_nothing_set_is_safe_on_localhost(settings_with, tmp_path):
    read = settings_with()
    assert read["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert read["DEBUG"] is False
    assert read["RATE_LIMITS"] is True
    assert read["SAMPLE"] is False
    assert not read["IS_PUBLIC"]
    assert len(read["SECRET_KEY"]) >= 50
    assert stat.S_IMODE((tmp_path / "var" / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_the_key_made_for_localhost_is_kept_and_is_another_one_elsewhere(settings_with, tmp_path):
    first = settings_with()["SECRET_KEY"]
    assert settings_with()["SECRET_KEY"] == first
    assert settings_with(MINGA_VAR=str(tmp_path / "other"))["SECRET_KEY"] != first
    assert {path.name for path in (tmp_path / "other").iterdir()} == {"secret-key", "static"}


def test_a_public_host_with_safe_settings_starts_with_https_and_secure_cookies(settings_with):
    read = settings_with(**SAFE_PUBLIC)
    assert read["IS_PUBLIC"]
    assert read["SECURE_SSL_REDIRECT"]
    assert read["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert read["SESSION_COOKIE_SECURE"]
    assert read["CSRF_COOKIE_SECURE"]
    assert read["LANGUAGE_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("insecure", "named"),
    [
        ({"MINGA_DEBUG": "on"}, "MINGA_DEBUG"),
        ({"MINGA_HTTPS": "off"}, "MINGA_HTTPS"),
        ({"MINGA_SECRET_KEY": ""}, "MINGA_SECRET_KEY"),
        ({"MINGA_SECRET_KEY": "short"}, "MINGA_SECRET_KEY"),
        ({"MINGA_SECRET_KEY": "ab" * 40}, "MINGA_SECRET_KEY"),
        ({"MINGA_HOSTS": "*"}, "MINGA_HOSTS"),
        ({"MINGA_RATE_LIMITS": "off"}, "MINGA_RATE_LIMITS"),
        ({"MINGA_SAMPLE": "on"}, "MINGA_SAMPLE"),
    ],
)
def test_a_public_host_refuses_an_insecure_setting_and_says_which(insecure, named, settings_with):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_with(**{**SAFE_PUBLIC, **insecure})
    assert "will not start" in str(refusal.value)
    assert named in str(refusal.value).split("will not start")[1]
    assert "short" not in str(refusal.value)


def test_all_insecure_settings_are_named_at_once(settings_with):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_with(MINGA_HOSTS="minga.example.org", MINGA_DEBUG="on", MINGA_HTTPS="off", MINGA_RATE_LIMITS="off")
    for name in ("MINGA_DEBUG", "MINGA_HTTPS", "MINGA_RATE_LIMITS", "MINGA_SECRET_KEY"):
        assert name in str(refusal.value)


def test_sqlite_keeps_what_it_called_saved_also_when_the_power_goes(settings_with):
    options = settings_with()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]


def test_a_postgresql_address_is_taken_apart(settings_with):
    read = settings_with(MINGA_DATABASE_URL="postgres://minga:p%40ss@db.example.org:5433/alliance")["DATABASES"][
        "default"
    ]
    assert (read["HOST"], read["PORT"], read["NAME"], read["USER"]) == ("db.example.org", 5433, "alliance", "minga")
    assert read["PASSWORD"] == "p@ss"


def test_a_mail_address_is_taken_apart(settings_with):
    read = settings_with(MINGA_MAIL_URL="smtps://post:p%40ss@mail.example.org")
    assert read["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"], read["EMAIL_USE_SSL"]) == ("mail.example.org", 465, True)
    assert read["EMAIL_HOST_PASSWORD"] == "p@ss"


def test_static_files_are_plain_until_they_are_collected_and_hashed_afterwards(settings_with, tmp_path):
    assert settings_with()["STORAGES"]["staticfiles"]["BACKEND"].endswith("StaticFilesStorage")
    collected = tmp_path / "var" / "static"
    (collected / "staticfiles.json").write_text("{}")
    read = settings_with()
    assert read["STORAGES"]["staticfiles"]["BACKEND"] == "whitenoise.storage.CompressedManifestStaticFilesStorage"
    assert read["WHITENOISE_USE_FINDERS"] is False


@pytest.mark.page
@pytest.mark.django_db
def test_the_health_page_says_that_all_is_well(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.page
@pytest.mark.django_db
def test_the_health_page_says_when_the_database_is_away(client, monkeypatch):
    def away(*_arguments: Any) -> None:
        raise OSError("connection to minga:hunter2@db refused")

    monkeypatch.setattr("minga.site.views.connection.cursor", away)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "database unreachable"
    assert "hunter2" not in answer.content.decode()
