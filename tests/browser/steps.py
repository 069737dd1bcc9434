"""What a person does on the pages of the check, with or without JavaScript, in any language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

#: How long to wait for what must come, in milliseconds. A busy machine may need it; where all is well nobody waits.
PATIENCE = 60_000

#: A choice of level: a radio button that is neither "I do not know" nor "does not apply".
CARD = "fieldset.levels"
FORWARD = "form[data-save] button.button:not([name=back])"


def new_context(browser: Browser, **look: Any) -> BrowserContext:
    """Open a browser of its own, with the patience of the house; `look` holds options of the context."""
    context = browser.new_context(**look)
    context.set_default_timeout(PATIENCE)
    return context


@contextmanager
def someone(
    browser: Browser, *, width: int = 1280, height: int = 800, script: bool = True, **look: Any
) -> Iterator[Page]:
    """Open a page in a browser that has never been here; `look` holds more options of the context.

    Who holds requests up by `page.route` blocks the service workers: it does not see all that passes through them.
    """
    context = new_context(browser, viewport={"width": width, "height": height}, java_script_enabled=script, **look)
    try:
        yield context.new_page()
    finally:
        context.close()


def go(page: Page, where: str | Locator) -> None:
    """Click what leads to another page, or to the same one anew, and wait until that has come.

    A click alone may return while the old page still stands: what is asked or left then meets the wrong one.
    """
    place = page.locator(where).first if isinstance(where, str) else where
    with page.expect_navigation():
        place.click()


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


def invite(page: Page, check: str, *, role: str = "production", language: str = "en") -> str:
    """Ask a colleague as the owner of a check; return the link."""
    page.goto(f"{check}colleagues/")
    page.select_option("select[name=role]", role)
    page.select_option("select[name=language]", language)
    go(page, "main form.stack button.button")
    return str(page.locator("a.longlink").get_attribute("href"))


def come_in(page: Page, link: str) -> str:
    """Open an invitation; return the address of the colleague's questions."""
    page.goto(link)
    page.click("main form[method=post] button.button")
    page.wait_for_url("**/readiness/c/**")
    return page.url


def answer_place(page: Page, level: int) -> int:
    """Answer all questions of a colleague and say that they are finished; return how many there were."""
    home, answered = page.url, 0
    go(page, "main .row a.button")
    while page.url != home:
        answered += answer_page(page, level)
    go(page, "form[action$='/finish/'] button")
    expect(page.locator("main h1 .tag.good")).to_be_visible()
    return answered


def begin_for_client(
    page: Page, address: str, *, name: str = "Sample Bakery of a Client", how: str = "telephone"
) -> str:
    """Begin a check for a client, as an adviser who has read the words aloud; return its address."""
    page.goto(f"{address}/en/readiness/clients/new/")
    page.check("input[name=agreed]")
    page.check(f"input[name=how][value='{how}']")
    page.select_option("select[name=sector]", "10")
    page.select_option("select[name=country]", "TN")
    page.check("input[name=size][value='10-49']")
    page.fill("input[name=name]", name)
    page.click("main form[method=post] button.button")
    expect(page.locator(".code")).to_be_visible()
    return f"{address}{page.locator('main p.row a.button').first.get_attribute('href')}"
