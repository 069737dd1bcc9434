"""What a person does on the pages of the check, with or without JavaScript, in any language."""

from __future__ import annotations

from playwright.sync_api import Page, expect

#: A choice of level: a radio button that is neither "I do not know" nor "does not apply".
CARD = "fieldset.levels"
FORWARD = "form[data-save] button.button:not([name=back])"


def start(page: Page, address: str, language: str, *, country: str = "TN", sector: str = "10") -> str:
    """Fill in the first two pages; return the address of the check."""
    page.goto(f"{address}/{language}/readiness/")
    page.select_option("select[name=sector]", sector)
    page.select_option("select[name=country]", country)
    page.check("input[name=size][value='10-49']")
    page.click("main form[method=get] button.button")
    page.wait_for_url("**/confirm/**")
    page.click("main form[method=post] button.button")
    page.wait_for_url("**/readiness/a/**")
    return page.url.rstrip("/").rpartition("/")[0] + "/"


def answer_page(page: Page, level: int = 2) -> int:
    """Choose a level on every card of the page and go on; return how many cards there were."""
    cards = page.locator(CARD)
    count = cards.count()
    for place in range(count):
        cards.nth(place).locator(f"input[type=radio][value='{level}']").check()
    before = page.url
    page.click(FORWARD)
    page.wait_for_url(lambda url: url != before)
    return count


def answer_all(page: Page, level: int = 2) -> int:
    """Answer page after page until the goals; return how many questions there were."""
    answered = 0
    while "/goals/" not in page.url:
        answered += answer_page(page, level)
    return answered


def submit(page: Page) -> None:
    """Choose the first goal and ask for the report."""
    page.locator("input[name=goals]").first.check()
    page.click("main form[method=post] button.button:not([formaction])")
    page.wait_for_url("**/report/")


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Sign in by e-mail and password."""
    page.goto(f"{address}/en/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("main form[method=post] button.button")
    page.wait_for_url("**/members/me/")
    expect(page.locator("main h1")).to_be_visible()
