"""Logs can be shown to anyone: no address, no code, no token, no query string, in text, JSON and tracebacks alike."""

from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from minga.web.logs import JsonFormatter, Redact, TextFormatter, redact
from minga.web.middleware import RequestLogMiddleware

SECRETS = [
    ("mail to amina@padaria.example.cv failed", "amina"),
    ("Key (email)=(amina@padaria.example.cv) already exists.", "amina"),
    ("Not Found: /en/readiness/resume/Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg/", "Zm9vYmFy"),
    ("/ar/account/confirm-email/MQ:1vKx:short/", "1vKx"),
    ("/fr/account/password/reset/key/2-c1d2e3/", "c1d2e3"),
    ("/en/readiness/a/0b9a4c1e-5f6d-4e3b-8a7c-112233445566/data/", "0b9a4c1e"),
    ("code 7QK4-0M2X-V9TB-3HFA opened nothing", "7QK4"),
    ("GET /en/knowledge/?q=insolvency+of+padaria", "insolvency"),
    ("session 1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p7q8r9s0t", "1a2b3c4d5e"),
]


@pytest.mark.parametrize(("line", "secret"), SECRETS)
def test_what_identifies_or_opens_something_is_replaced(line, secret):
    assert secret not in redact(line)
    assert "[" in redact(line)


@pytest.mark.parametrize("line", ["GET /en/knowledge/", "12 records loaded", "started in 3.2 s", "/en/readiness/"])
def test_plain_lines_stay_readable(line):
    assert redact(line) == line


@given(st.from_regex(r"[a-z0-9.+-]{1,20}@[a-z0-9-]{1,10}\.[a-z]{2,5}", fullmatch=True), st.text(max_size=30))
def test_no_address_survives_in_any_surroundings(address, around):
    assert address not in redact(f"{around} {address} {around}")


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text):
    assert redact(redact(text)) == redact(text)


def record(message: str, *arguments: object, failed: bool = False) -> logging.LogRecord:
    trouble = None
    if failed:
        try:
            raise ValueError("amina@padaria.example.cv gave the code 7QK4-0M2X-V9TB-3HFA")
        except ValueError:
            trouble = sys.exc_info()
    made = logging.LogRecord("minga.test", logging.INFO, __file__, 1, message, arguments, trouble)
    Redact().filter(made)
    return made


def test_arguments_are_redacted_with_their_message():
    assert TextFormatter().format(record("mail to %s", "amina@padaria.example.cv")).endswith("mail to [email]")


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_tracebacks_are_redacted(formatter):
    line = formatter.format(record("it failed", failed=True))
    assert "Traceback" in line
    assert "amina@" not in line.replace('raise ValueError("amina@padaria.example.cv gave the code', "")
    assert line.count("[email]") >= 1


def test_a_json_line_is_one_object_with_its_fields():
    made = record("GET /en/")
    made.fields = {"status": 200, "ms": 12}
    line = JsonFormatter().format(made)
    assert "\n" not in line
    assert {
        "level": "INFO",
        "logger": "minga.test",
        "message": "GET /en/",
        "status": 200,
        "ms": 12,
    }.items() <= json.loads(line).items()


def test_a_request_is_logged_once_without_address_query_or_secret(caplog):
    request = RequestFactory().get(
        "/en/readiness/resume/Zm9vYmFyYmF6cXV4/", {"q": "padaria"}, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Lynx"
    )
    with caplog.at_level(logging.INFO, logger="minga.request"):
        RequestLogMiddleware(lambda _request: HttpResponse(status=204))(request)
    (made,) = caplog.records
    assert made.getMessage() == "GET /en/readiness/resume/[secret]/"
    assert made.fields["status"] == 204
    shown = made.getMessage() + str(made.fields)
    for private in ("203.0.113.9", "Lynx", "padaria", "Zm9v"):
        assert private not in shown


@pytest.mark.page
@pytest.mark.django_db
def test_the_site_s_own_handler_redacts_what_django_logs(client, settings, capsys):
    logging.config.dictConfig(settings.LOGGING)
    client.get("/en/no-such-page/amina@padaria.example.cv/?code=7QK4-0M2X-V9TB-3HFA")
    shown = capsys.readouterr().err
    assert "/en/no-such-page/" in shown
    assert "amina@" not in shown
    assert "7QK4" not in shown
