"""Whole journeys through the check, as people make them."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import steps
from tests.browser.house import House
from tests.browser.steps import someone

pytestmark = pytest.mark.browser

SAVED = re.compile(r"^saved \d\d:\d\d$")


#: With scripts or without, language and width: every two of them meet.
_WAYS = [(True, "en", 1280), (True, "ar", 320), (False, "en", 320), (False, "ar", 1280)]


@pytest.mark.parametrize(("script", "language", "width"), _WAYS)
def test_a_factory_gets_its_report_and_the_help_that_fits(
    script: bool, language: str, width: int, browser: Browser, address: str
):
    with someone(browser, width=width, script=script) as page:
        page.goto(f"{address}/{language}/")
        steps.go(page, "main a.button")
        assert page.url.endswith(f"/{language}/readiness/")
        check = steps.start(page, address, language)
        assert steps.answer_all(page) == 14
        steps.submit(page)
        assert page.url == f"{check}report/"
        expect(page.locator("main h1")).to_contain_text(re.compile(r"[\d٠-٩]"))
        assert page.locator("svg.chart").count() == 1
        assert page.locator(".step").count() == 5
        page.locator(".step a[href*='/knowledge/']").first.click()
        page.wait_for_url("**/knowledge/**")
        expect(page.locator("main h1")).to_be_visible()
        assert page.get_attribute("html", "lang") == language


def test_a_code_opens_the_check_on_another_device(browser: Browser, address: str):
    with someone(browser) as first, someone(browser, script=False) as second:
        check = steps.start(first, address, "en")
        steps.answer_page(first, level=3)
        first.goto(f"{check}keep/")
        first.click("main form[method=post] button.button")
        code = first.locator(".code").inner_text()
        second.goto(check)
        expect(second.locator("main h1")).to_have_text("There is no such page")
        second.goto(f"{address}/en/readiness/resume/")
        second.fill("input[name=code]", code.lower())
        steps.go(second, "main form[method=post] button.button")
        second.wait_for_url(check)
        expect(second.locator(".messages")).to_contain_text("Welcome back")
        second.goto(f"{check}integration/")
        assert second.locator("input[value='3']:checked").count() == 2


def test_a_link_opens_the_check_once_and_leaves_the_address(browser: Browser, address: str):
    with someone(browser) as first, someone(browser) as second, someone(browser) as third:
        check = steps.start(first, address, "en")
        first.goto(f"{check}keep/")
        first.click("main form[method=post] button.button")
        link = str(first.locator("a.longlink").get_attribute("href"))
        second.goto(link)
        second.click("main form[method=post] button.button")
        second.wait_for_url(check)
        third.goto(link)
        third.click("main form[method=post] button.button")
        expect(third.locator("main h1")).to_have_text("This link opens nothing any more")


def test_each_answer_is_saved_at_once_and_survives_a_reload(browser: Browser, address: str):
    with someone(browser) as page:
        steps.start(page, address, "en")
        card = page.locator(steps.CARD).first
        with page.expect_response("**/save/") as saved:
            card.locator("input[value='4']").check()
        assert saved.value.status == 200
        expect(page.locator("[data-state=saved]")).to_have_text(SAVED)
        expect(page.locator("[data-state=answered]")).to_have_text("1 of 14 answered")
        page.reload()
        expect(card.locator("input[value='4']")).to_be_checked()


def test_a_note_is_kept_too(browser: Browser, address: str):
    with someone(browser) as page:
        steps.start(page, address, "en")
        card = page.locator(".item").first
        with page.expect_response("**/save/"):
            card.locator("input[value='1']").check()
        card.locator("summary").click()
        with page.expect_response("**/save/"):
            card.locator("textarea").fill("Two machines of 1998")
            card.locator("textarea").blur()
        expect(page.locator("[data-state=saved]")).to_have_text(SAVED)
        page.reload()
        expect(card.locator("textarea")).to_have_value("Two machines of 1998")


def test_an_answer_given_without_connection_says_so_and_follows(browser: Browser, address: str):
    with someone(browser) as page:
        steps.start(page, address, "en")
        card = page.locator(".item").first
        page.context.set_offline(True)
        card.locator("input[value='2']").check()
        expect(card.locator("[data-say]")).to_contain_text("Kept on this device")
        page.context.set_offline(False)
        expect(page.locator("[data-state=saved]")).to_have_text(SAVED)
        expect(card.locator("[data-say]")).to_be_empty()


def test_going_on_before_an_answer_has_arrived_is_no_conflict(browser: Browser, address: str):
    with someone(browser, service_workers="block") as page:
        check = steps.start(page, address, "en")

        def slowly(route: Route) -> None:
            time.sleep(1)
            route.continue_()

        page.route("**/save/", slowly)
        for level in ("1", "4"):
            page.locator(steps.CARD).first.locator(f"input[value='{level}']").check()
        page.click(steps.FORWARD)
        page.wait_for_url("**/data_quality/")
        page.goto(f"{check}integration/")
        expect(page.locator(steps.CARD).first.locator("input[value='4']")).to_be_checked()


def test_one_page_is_answered_with_the_keyboard_alone(browser: Browser, address: str):
    with someone(browser) as page:
        steps.start(page, address, "en")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        names = page.locator(".item").evaluate_all("cards => cards.map(card => card.dataset.item)")
        for name in names:
            _tab_to(page, f"document.activeElement.name === '{name}'")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            expect(page.locator(f"input[name='{name}'][value='2']")).to_be_checked()
        _tab_to(page, "document.activeElement.matches('form[data-save] button.button')")
        before = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: url != before)
        page.go_back()
        for name in names:
            expect(page.locator(f"input[name='{name}'][value='2']")).to_be_checked()


def _tab_to(page: Page, is_there: str, most: int = 60) -> None:
    """Press Tab until the focus is where a person wants it; it must be seen on the way."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(is_there):
            shown = page.evaluate(
                "() => [document.activeElement, document.activeElement.parentElement]"
                ".some((one) => getComputedStyle(one).outlineStyle !== 'none')"
            )
            assert shown, "the focus cannot be seen"
            return
    pytest.fail(f"{most} presses of Tab did not lead to {is_there}")


def test_the_language_changes_in_the_middle_and_answers_stay(browser: Browser, address: str):
    with someone(browser, script=False) as page:
        check = steps.start(page, address, "en")
        steps.answer_page(page, level=5)
        page.goto(f"{check}integration/")
        page.click(".masthead__languages summary")
        page.click(".masthead a[hreflang=ar]")
        page.wait_for_url("**/ar/readiness/a/**")
        assert page.get_attribute("html", "dir") == "rtl"
        assert page.locator("input[value='5']:checked").count() == 2


def test_a_forgotten_sector_is_said_beside_its_field(browser: Browser, house: House):
    with someone(browser, script=False) as page:
        page.goto(f"{house.address}/en/readiness/confirm/?country=TN&size=10-49")
        field = page.locator(".field--error")
        assert field.count() == 1
        expect(field.locator("select[name=sector]")).to_be_visible()
        said = field.locator("select").get_attribute("aria-describedby")
        assert said
        expect(page.locator(f"#{said}")).not_to_be_empty()
