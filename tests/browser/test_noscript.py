"""Without JavaScript everything can be read, sent and undone; the whole check is in test_journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.house import Logins

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with steps.someone(browser, script=False) as opened:
        yield opened


def test_help_is_found_by_words_and_narrowed_by_a_filter(page: Page, address: str):
    page.goto(f"{address}/en/knowledge/")
    page.fill("input[name=q]", "textile")
    steps.go(page, "form[role=search] button.button:not(.plain)")
    expect(page.locator("#results")).to_contain_text("record")
    page.locator("form[role=search] summary").click()
    page.select_option("form[role=search] select[name=country]", "TN")
    steps.go(page, "form[role=search] button.plain")
    assert "country=TN" in page.url
    assert "q=textile" in page.url
    steps.go(page, page.get_by_role("link", name="Remove all filters"))
    assert page.url.endswith("/en/knowledge/")


def test_nothing_found_says_what_to_do_next(page: Page, address: str):
    page.goto(f"{address}/en/knowledge/?q=xyzzyplugh")
    steps.go(page, page.locator("main .notice a"))
    assert page.locator("main .cards > li").count() > 5


def test_a_search_in_arabic_finds_records(page: Page, address: str):
    page.goto(f"{address}/ar/knowledge/")
    page.fill("input[name=q]", "الذكاء الاصطناعي")
    steps.go(page, "form[role=search] button.button:not(.plain)")
    assert page.locator("main .cards > li").count() > 0


def test_signing_in_and_out(page: Page, address: str, logins: Logins):
    steps.sign_in(page, address, *logins["secretariat"])
    steps.go(page, "form[action$='/account/logout/'] button")
    page.goto(f"{address}/en/members/me/")
    assert "/account/login/" in page.url


def test_a_wrong_password_is_said_without_telling_who_has_an_account(page: Page, address: str, logins: Logins):
    said = []
    for email in (logins["owner"][0], "nobody@nowhere.example"):
        page.goto(f"{address}/en/account/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", "certainly not this one")
        steps.go(page, "main form[method=post] button.button")
        said.append(page.locator(".errorlist").first.inner_text())
    assert said[0] == said[1] != ""


def test_the_secretariat_checks_the_audit_trail(page: Page, address: str, logins: Logins):
    steps.sign_in(page, address, *logins["secretariat"])
    page.goto(f"{address}/en/members/trail/")
    steps.go(page, page.get_by_role("link", name="Check the whole trail"))
    expect(page.locator(".notice.success")).to_contain_text("intact")


def test_a_check_is_deleted_after_it_was_said_what_will_be_lost(page: Page, address: str):
    check = steps.start(page, address, "en")
    page.goto(f"{check}delete/")
    steps.go(page, "main form[method=post] button.button")
    expect(page.locator(".messages")).to_contain_text("deleted")
    answer = page.goto(check)
    assert answer is not None
    assert answer.status == 404
