"""What everyone sees: the frame, the first page, error pages, and the rules that templates and sheets keep."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

import minga
from minga.web import errors

PACKAGE = Path(minga.__file__).parent
SHEETS = sorted(PACKAGE.rglob("static/**/*.css"))
TEMPLATES = [path for path in sorted(PACKAGE.rglob("templates/**/*")) if path.suffix in {".html", ".svg"}]
MODERN = (PACKAGE / "web/static/web/minga.css").read_text(encoding="utf-8")
FALLBACK = (PACKAGE / "web/static/web/tokens-fallback.css").read_text(encoding="utf-8")

_DECLARED = re.compile(r"(--[\w-]+): light-dark\((#\w+), (#\w+)\)")
_REPLACED = re.compile(r"(--[\w-]+): (#\w+) !important")
_PHYSICAL = re.compile(r"(?<![\w-])(?:margin|padding|border|inset)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right):")


@pytest.fixture(autouse=True)
def _in_english():
    """A page in Arabic, asked for by an earlier test, leaves its language behind."""
    with override("en"):
        yield


# ---------------------------------------------------------------- sheets and templates
def _tokens(index: int) -> dict[str, str]:
    """Read the colours of :root, light (0) or dark (1); later rules for contrast come after it."""
    root = MODERN[: MODERN.index("\n}\n")]
    return {name: colours[index] for name, *colours in _DECLARED.findall(root)}


def test_old_browsers_get_the_same_colours():
    light, dark = FALLBACK.split("prefers-color-scheme: dark")
    assert dict(_REPLACED.findall(light)) == _tokens(0)
    assert dict(_REPLACED.findall(dark)) == _tokens(1)
    assert "--accent" in _tokens(0)


def test_every_colour_variable_that_is_used_is_declared():
    declared = set(re.findall(r"(--[\w-]+):", MODERN)) | {"--thread"}
    for path in [*SHEETS, *TEMPLATES]:
        used = set(re.findall(r"var\((--[\w-]+)", path.read_text(encoding="utf-8")))
        assert used <= declared, f"{path.name} uses {used - declared}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_use_logical_properties_so_that_arabic_pages_mirror(sheet):
    assert _PHYSICAL.findall(sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_hold_no_inline_code_or_style(template):
    """The security policy would block it, silently for whoever does not look at the console."""
    text = template.read_text(encoding="utf-8")
    markup = re.sub(r"{%.*?%}", "", text, flags=re.DOTALL)  # `with one=…` is no event
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", markup)
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, flags=re.DOTALL):
        assert "src=" in attributes
        assert not body.strip()


# ---------------------------------------------------------------- the frame
pages = pytest.mark.page
SIX = {"en", "fr", "es", "ru", "ar", "zh"}


@pages
@pytest.mark.parametrize(("language", "direction"), [(code, "rtl" if code == "ar" else "ltr") for code in sorted(SIX)])
def test_the_frame_names_language_direction_and_the_same_page_in_the_others(language, direction, client, db):
    page = client.get(f"/{language}/accessibility/?a=1").content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    for other in SIX - {language}:
        assert f'<a href="/{other}/accessibility/?a=1" lang="{other}" hreflang="{other}"' in page
    assert page.count("<h1") == 1
    assert '<a class="skip" href="#main">' in page
    assert '<main id="main"' in page


@pages
@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example/en/?a=1", "/\\evil.example/"])
def test_no_link_of_the_frame_leads_to_another_host_whatever_the_address(path, client, db):
    page = client.get("/", PATH_INFO=path).content.decode()
    links = re.findall(r'href="([^"]*evil[^"]*)"', page)
    assert links
    assert not [link for link in links if link.startswith(("//", "/\\"))]


def test_the_sample_says_so_on_every_page_and_a_real_site_does_not(client, db, settings):
    said = "its organizations, people and assessments are invented"
    settings.SAMPLE = True
    assert said in client.get("/en/").content.decode()
    assert said in client.get("/en/nothing/here/").content.decode()
    settings.SAMPLE = False
    assert said not in client.get("/en/").content.decode()


@pages
def test_the_menu_marks_where_one_is(client, db):
    page = client.get(reverse("knowledge:find")).content.decode()
    marked = re.findall(r'<a href="([^"]+)" aria-current="page">', page)
    assert marked == [reverse("knowledge:find")]


# ---------------------------------------------------------------- the first page
@pages
def test_the_first_page_links_what_works_and_names_the_rest_as_in_preparation(client, db):
    page = client.get("/en/").content.decode()
    works, _, later = page.partition("in preparation")
    assert re.findall(r'card--door (\w+)"', works) == ["assess", "advise", "measure", "deliberate"]
    assert re.findall(r'card--later (\w+)"', later) == ["pilot", "validate", "govern"]
    assert "<a " not in later.partition("</ul>")[0]


@pages
def test_the_drawing_of_the_loop_has_a_name_and_seven_labels(client, db):
    page = client.get("/en/").content.decode()
    drawing = page[page.index("<svg viewBox=") : page.index("</svg>", page.index("<svg viewBox="))]
    assert 'role="img"' in drawing
    assert "aria-label=" in drawing
    assert len(re.findall(r"<text [^>]+>(\w+)</text>", drawing)) == 7


@pages
def test_the_root_leads_to_the_language_of_the_browser(client, db):
    assert client.get("/", headers={"Accept-Language": "ar,en;q=0.5"}).url == "/ar/"
    assert client.get("/", headers={"Accept-Language": "xx"}).url == "/en/"


@pages
def test_the_api_page_lists_every_route_of_the_openapi_file(client, db):
    described = client.get(reverse("api:openapi-json")).json()["paths"]
    page = client.get("/en/api/").content.decode()
    for path in described:
        assert path in page


# ---------------------------------------------------------------- error pages
@pages
@pytest.mark.parametrize("language", sorted(SIX))
def test_a_wrong_address_is_said_in_the_language_of_the_page(language, client, db):
    answer = client.get(f"/{language}/nothing/here/")
    assert answer.status_code == 404
    with override(language):
        page = html.unescape(answer.content.decode())
        assert errors._("There is no such page") in page
        assert errors._("Check the address, or start from the first page.") in page


@pages
def test_a_form_without_its_seal_changes_nothing_and_says_what_to_do(db):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "amina@bakery.example"})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()
    assert "reload the page" in answer.content.decode()


def _visitor(rf: RequestFactory, path: str) -> HttpRequest:
    from django.contrib.auth.models import AnonymousUser

    request = rf.get(path)
    request.user = AnonymousUser()
    return request


@pages
@pytest.mark.parametrize(
    ("make", "status", "words"),
    [
        (errors.bad_request, 400, "reload the page"),
        (lambda request: errors.forbidden(request, PermissionDenied()), 403, "ask its owner or the secretariat"),
        (lambda request: errors.too_many_requests(request, 61), 429, "Wait 2 minutes"),
    ],
)
def test_every_error_page_says_what_to_do(make, status, words, rf, db):
    answer = make(_visitor(rf, "/en/"))
    assert answer.status_code == status
    page = answer.content.decode()
    assert words in page
    assert 'class="button" href="/en/"' in page


@pages
def test_programs_get_the_error_in_the_one_shape(rf, db):
    import json

    answer = errors.too_many_requests(_visitor(rf, "/api/v1/readiness/anything"))
    error = json.loads(answer.content)["error"]
    assert set(error) == {"code", "message", "where"}
    assert error["where"] == "/api/v1/readiness/anything"


def test_the_page_for_our_own_fault_needs_no_database(rf):
    """There is no `db` fixture here: any query would fail the test."""
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        with override(language):
            answer = errors.server_error(rf.get("/"))
        assert answer.status_code == 500
        assert f'<html lang="{language}" dir="{direction}">' in answer.content.decode()


# ---------------------------------------------------------------- fields
@pages
def test_a_field_ties_label_help_and_error_to_its_input_once():
    from django import forms

    class Bakery(forms.Form):
        name = forms.CharField(label="Name", help_text="As on the sign.")
        open = forms.BooleanField(label="Open on Sundays", required=False)

    page = render_to_string("django/forms/field.html", {"field": Bakery(data={})["name"]})
    assert page.count('id="id_name_error"') == page.count('id="id_name_helptext"') == 1
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page
    box = render_to_string("django/forms/field.html", {"field": Bakery()["open"]})
    assert box.index("<input") < box.index("Open on Sundays")


# ---------------------------------------------------------------- dates
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "21 November 2026, 04:05"),
        ("fr", "21 novembre 2026 04:05"),
        ("es", "21 de noviembre de 2026 a las 04:05"),
        ("ru", "21 ноября 2026 г. 04:05"),
        ("ar", "نوفمبر 2026، 04:05"),
        ("zh", "2026年11月21日 04:05"),
    ],
)
def test_dates_are_written_as_people_of_the_language_do_and_count_24_hours(language, words):
    from datetime import datetime

    from django.utils.formats import date_format

    with override(language):
        assert date_format(datetime(2026, 11, 21, 4, 5), "DATETIME_FORMAT").endswith(words)
        assert date_format(datetime(2026, 11, 21, 4, 5), "TIME_FORMAT") == "04:05"
        assert date_format(datetime(2026, 11, 21, 14, 5), "TIME_FORMAT") == "14:05"


# ---------------------------------------------------------------- Chinese
def test_what_django_itself_says_is_chinese_on_chinese_pages_and_english_on_english_ones():
    from django.forms import CharField, ValidationError

    said = {}
    for language in ("zh", "en"):
        with override(language):
            try:
                CharField().clean("")
            except ValidationError as error:
                said[language] = error.messages[0]
    assert said["en"] == "This field is required."
    assert "必填" in said["zh"]


@pages
@pytest.mark.parametrize("asked", ["zh-CN,zh;q=0.9,en;q=0.5", "zh-Hans-CN", "zh"])
def test_a_browser_that_asks_for_simplified_chinese_gets_it(asked, client, db):
    answer = client.get("/", headers={"accept-language": asked})
    assert answer.headers["location"] == "/zh/"


@pages
def test_refused_form_leads_back_to_its_page_and_never_to_another_site(db):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    page = reverse("account_login")
    sent = browser.post(page, {}, headers={"referer": f"http://testserver{page}?next=/x/"})
    assert f'href="{page}?next=/x/"' in sent.content.decode()
    assert "Back to the form" in sent.content.decode()
    for elsewhere in ("https://elsewhere.example/a/", ""):
        sent = browser.post(page, {}, headers={"referer": elsewhere})
        assert sent.status_code == 403
        assert "Back to the form" not in sent.content.decode()
