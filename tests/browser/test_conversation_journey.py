"""Chloé votes without JavaScript on a small telephone, Karim by the keys of a keyboard; both find their votes again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import steps
from tests.browser.page_types import TALK

pytestmark = pytest.mark.browser

SAID = "Apprentices should try every new machine first."


def test_a_visitor_votes_adds_a_statement_and_leaves_without_javascript(browser: Browser, address: str):
    with steps.someone(browser, width=320, height=640, script=False) as chloe:
        chloe.goto(f"{address}/en{TALK}")
        asked = []
        for button in ("agree", "disagree", "pass"):
            asked.append(chloe.locator(".talk__said").inner_text())
            steps.go(chloe, f"button[value={button}]")
            expect(chloe.locator(".talk__said")).not_to_have_text(asked[-1])
        assert len(set(asked)) == 3
        expect(chloe.get_by_text("3 answered")).to_be_visible()
        steps.go(chloe, "a[href$='/add/']")
        chloe.fill("textarea[name=text]", SAID)
        steps.go(chloe, "main form button.button")
        expect(chloe.locator(".messages")).to_contain_text("A moderator reads your statement")
        steps.go(chloe, "a[href$='/mine/']")
        expect(chloe.get_by_text(SAID).first).to_be_visible()
        card = chloe.locator(".talk__votes li", has_text=asked[0])
        steps.go(chloe, card.locator("button[value=back]"))
        expect(chloe.locator(".talk__votes li", has_text=asked[0])).to_contain_text("Taken back")
        assert chloe.evaluate("document.documentElement.scrollWidth <= 320") is True
        steps.go(chloe, "a[href$='/mine/leave/']")
        steps.go(chloe, "main form button.danger")
        expect(chloe.locator("progress")).to_have_attribute("value", "0")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_small_telephone_shows_question_statement_and_buttons_at_once(language: str, browser: Browser, address: str):
    with steps.someone(browser, width=320, height=640, script=False) as chloe:
        chloe.goto(f"{address}/{language}{TALK}")
        for part in ("h1", ".talk__said", ".talk__told > summary", "button[value=agree]", "button[value=disagree]"):
            box = chloe.locator(part).bounding_box()
            assert box is not None, part
            assert 0 <= box["y"] <= 640 - box["height"], part
        chloe.locator(".talk__told > summary").click()
        expect(chloe.locator(".talk__told a[href$='/privacy/']")).to_be_visible()


def test_too_many_votes_are_refused_in_words_and_the_statement_stays(browser: Browser, address: str):
    with steps.someone(browser) as karim:
        karim.goto(f"{address}/en{TALK}")
        said = karim.locator(".talk__said").inner_text()
        refusal = "<main><h1>Too many</h1><p class=lead>More came.</p><p class=read>Wait 7 minutes.</p></main>"
        karim.route("**/vote/", lambda route: route.fulfill(status=429, content_type="text/html", body=refusal))
        karim.click("button[value=agree]")
        expect(karim.locator(".talk__lost")).to_have_text("More came. Wait 7 minutes.")
        expect(karim.locator(".talk__said")).to_have_text(said)


def test_keys_vote_without_loading_the_page_and_a_lost_line_stores_nothing_twice(browser: Browser, address: str):
    with steps.someone(browser) as karim:
        karim.goto(f"{address}/en{TALK}")
        karim.evaluate("window.stays = true")
        first = karim.locator(".talk__said").inner_text()
        karim.focus("#statement")
        karim.keyboard.press("2")
        expect(karim.locator(".talk__said")).not_to_have_text(first)
        expect(karim.locator("#statement")).to_be_focused()
        second = karim.locator(".talk__said").inner_text()
        karim.context.set_offline(True)
        karim.keyboard.press("1")
        expect(karim.locator(".talk__lost")).to_be_visible()
        expect(karim.locator(".talk__said")).to_have_text(second)
        karim.context.set_offline(False)
        karim.keyboard.press("1")
        expect(karim.locator(".talk__said")).not_to_have_text(second)
        assert karim.evaluate("window.stays") is True
        expect(karim.get_by_text("2 answered")).to_be_visible()
        karim.goto(f"{address}/en{TALK}mine/")
        expect(karim.locator(".talk__votes li", has_text=first)).to_contain_text("You disagree")
        expect(karim.locator(".talk__votes li", has_text=second)).to_contain_text("You agree")
