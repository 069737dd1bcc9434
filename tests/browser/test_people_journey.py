"""An owner and two colleagues, an adviser and a client: each in a browser of their own, each seeing what they may."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import steps
from tests.browser.house import Logins
from tests.browser.steps import someone
from tests.browser.walker import Walker

pytestmark = pytest.mark.browser


def test_two_colleagues_differ_agree_and_the_report_says_so(browser: Browser, address: str):
    with (
        someone(browser) as amina,
        someone(browser, width=320) as karim,
        someone(browser, script=False) as zahra,
        someone(browser) as late,
    ):
        check = steps.start(amina, address, "en")
        assert steps.answer_all(amina, level=1) == 14
        for_karim = steps.invite(amina, check, role="production", language="ar")
        for_zahra = steps.invite(amina, check, role="", language="en")

        home = steps.come_in(karim, for_karim)
        assert karim.get_attribute("html", "dir") == "rtl"
        asked = steps.answer_place(karim, 4)
        assert 0 < asked < 14
        assert karim.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # what was handed over is used up
        late.goto(for_karim)
        steps.go(late, "main form[method=post] button.button")
        expect(late.locator("main form")).to_have_count(0)
        # the key of a colleague opens nothing of the owner, and the owner's nothing of the colleague
        for page, where in ((karim, check), (karim, f"{check}report/"), (amina, home)):
            answer = page.goto(where)
            assert answer is not None
            assert answer.status == 404

        amina.goto(f"{check}colleagues/")
        expect(amina.locator("main table")).to_contain_text(f"{asked} of {asked}")
        amina.goto(f"{check}agreement/")
        expect(amina.locator("main")).to_contain_text("1 of 2 colleagues has not finished yet")
        steps.come_in(zahra, for_zahra)
        assert steps.answer_place(zahra, 2) == 14

        amina.goto(f"{check}goals/")
        amina.click("main form[method=post] button.button:not([formaction])")
        amina.wait_for_url("**/agreement/")
        cards = amina.locator("section.item")
        # Karim's questions lie three apart, the others one
        assert cards.count() == asked
        for place in range(asked):
            cards.nth(place).locator("input[value='3']").check()
            cards.nth(place).locator("textarea").fill("We walked along the line together")
        amina.click("main form[method=post] button.button")
        amina.wait_for_url("**/goals/")
        steps.submit(amina)
        expect(amina.locator(".report__status")).to_contain_text("agreed among colleagues")
        expect(amina.locator("#voices ~ p").first).to_contain_text("3 people answered")
        expect(amina.locator("#voices ~ table").first).to_contain_text("We walked along the line together")


def test_two_tabs_of_the_owner_lose_no_agreement(browser: Browser, address: str):
    owner, karim = Walker(address), Walker(address)
    check = owner.start()
    owner.answer_all(0)
    karim.come_in(owner.invite(check))
    karim.answer_place(5)
    with someone(browser) as amina:
        amina.context.add_cookies(owner.remembered()["cookies"])
        other = amina.context.new_page()
        for tab in (amina, other):
            tab.goto(f"{check}agreement/")
        for tab, level, reason in ((amina, "2", "Said in the first tab"), (other, "4", "Said in the second tab")):
            card = tab.locator("section.item").first
            card.locator(f"input[value='{level}']").check()
            card.locator("textarea").fill(reason)
            steps.go(tab, "main form[method=post] button.button")
        card = other.locator("section.item").first
        expect(card).to_contain_text("Said in the first tab")
        expect(card.locator("textarea")).to_have_value("Said in the second tab")
        amina.goto(f"{check}agreement/")
        expect(amina.locator("section.item").first.locator("textarea")).to_have_value("Said in the first tab")


def test_adviser_fills_in_on_the_telephone_and_the_client_ends_it(browser: Browser, address: str, logins: Logins):
    with someone(browser) as elena, someone(browser, width=320, script=False) as amina:
        steps.sign_in(elena, address, *logins["adviser"])
        elena.goto(f"{address}/en/readiness/clients/new/")
        expect(elena.locator("blockquote")).to_contain_text("Do you agree?")
        check = steps.begin_for_client(elena, address, name="Salma’s Bakery")
        code = elena.locator(".code").inner_text()
        elena.goto(check)
        steps.go(elena, "main .row a.button")
        steps.answer_all(elena, level=2)
        steps.submit(elena)
        expect(elena.locator(".report__status")).to_contain_text("Assisted")
        elena.goto(f"{address}/en/readiness/clients/")
        expect(elena.locator("main")).to_contain_text("Salma’s Bakery")
        for closed in ("export.json", "delete/", "sharing/", "keep/"):
            answer = elena.request.get(f"{check}{closed}")
            assert answer.status == 404, closed

        amina.goto(f"{address}/en/readiness/resume/")
        amina.fill("input[name=code]", code)
        amina.click("main form[method=post] button.button")
        amina.wait_for_url(check)
        expect(amina.locator("main")).to_contain_text("Assisted")
        steps.go(amina, "a[href$='/sharing/']")
        steps.go(amina, "form[action$='/revoke/'] button")
        expect(amina.locator(".messages")).to_contain_text("The access has ended.")
        answer = elena.goto(check)
        assert answer is not None
        assert answer.status == 404
        elena.goto(f"{address}/en/readiness/clients/")
        expect(elena.locator("main")).not_to_contain_text("Salma’s Bakery")
