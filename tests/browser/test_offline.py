"""The check without a line: what is given stays on the device and arrives once, the pages open, nobody else's do."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import steps

pytestmark = pytest.mark.browser

WAITING = "[data-waiting-count]"
#: Which pages of this check the worker holds.
KEPT = """async (place) => { const kept = []; for (const name of await caches.keys()) if (name.startsWith(place + ' '))
  kept.push(...(await (await caches.open(name)).keys()).map((one) => one.url)); return kept; }"""
#: Which pages the present one asks it to hold.
MEANT = """() => [location.href, ...[...document.querySelectorAll("a[data-keep]")].map((link) => link.href)]"""

#: A line on which pages come and answers do not go. It stands in the page: what a page asks for while a worker takes it
#: over may go past a barrier of the browser.
BARRIER = """const free = window.fetch, isClosed = () => localStorage.getItem("barrier");
  window.fetch = (url, how) =>
    isClosed() && String(url).endsWith("/save/") ? Promise.reject(new TypeError("no line")) : free(url, how);"""


def _someone(browser: Browser, **look: Any) -> AbstractContextManager[Page]:
    return steps.someone(browser, width=360, **look)


def _kept(page: Page, check: str) -> set[str]:
    return set(page.evaluate(KEPT, "/".join(check.rstrip("/").split("/")[-2:])))


def _ready(page: Page, check: str, pages: int = 7) -> None:
    """Wait until the worker has fetched every page of the check, so that it does nothing any more."""
    meant = set(page.evaluate(MEANT))
    assert len(meant) == pages
    _wait_for(lambda: _kept(page, check) == meant, "the worker keeps the pages")


def _wait_for(is_so: Callable[[], bool], what: str) -> None:
    patience = time.monotonic() + steps.PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < patience, f"{what}: not yet"
        time.sleep(0.1)


def _online(page: Page) -> None:
    """Bring the line back, and wait until the page knows."""
    page.context.set_offline(False)
    page.wait_for_function("navigator.onLine")


def _choose(page: Page, number: int, level: int) -> None:
    page.locator(steps.CARD).nth(number).locator(f"input[value='{level}']").check()


def _levels(page: Page, check: str, factor: str) -> list[str]:
    page.goto(f"{check}{factor}/")
    return page.locator(f"{steps.CARD} input:checked").evaluate_all("all => all.map(one => one.value)")


def _history(page: Page, check: str) -> list[tuple[str, int | None]]:
    """Return every stored answer with its version, as the export tells."""
    body = page.context.request.get(f"{check}export.json").json()
    return [(row["item"], row["version"]) for row in body["history"]]


def test_a_whole_check_is_answered_without_a_line_and_arrives_once(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        _ready(page, check)
        page.context.set_offline(True)
        for number in range(7):
            for card in range(2):
                _choose(page, card, card + 1)
            expect(page.locator(WAITING)).to_have_text(f"waiting to be sent: {2 * number + 2}")
            if number < 6:
                before = page.url
                page.click(steps.FORWARD)
                page.wait_for_url(lambda url, before=before: url != before)
        page.reload()
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 14")
        page.context.set_offline(False)
        expect(page.locator(WAITING)).to_be_hidden()
        assert sorted(version for _item, version in _history(page, check)) == [1] * 14
        assert _levels(page, check, "policies") == ["1", "2"]


def test_what_waits_survives_closing_the_page_and_a_second_thought_is_no_conflict(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        _ready(page, check)
        page.context.set_offline(True)
        for level in (1, 4):
            _choose(page, 0, level)
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 2")
        context = page.context
        page.close()
        again = context.new_page()
        again.goto(f"{check}integration/")
        expect(again.locator(f"{steps.CARD} input:checked")).to_have_value("4")
        _choose(again, 0, 5)
        expect(again.locator(WAITING)).to_have_text("waiting to be sent: 3")
        context.set_offline(False)
        expect(again.locator(WAITING)).to_be_hidden()
        assert [version for _item, version in _history(again, check)] == [1, 2, 3]
        assert _levels(again, check, "integration") == ["5"]


def test_a_response_that_got_lost_is_asked_for_again_and_counts_once(browser: Browser, address: str):
    # what a worker has in hand may go past the barrier below
    with _someone(browser, service_workers="block") as page:
        check = steps.start(page, address, "en")
        lost = []

        def swallow(route) -> None:
            if len(lost) < 2:
                lost.append(route.fetch().status)
                route.abort()
            else:
                route.continue_()

        page.route("**/save/", swallow)
        _choose(page, 0, 3)
        expect(page.locator("[data-state=answered]")).to_have_text("1 of 14 answered")
        expect(page.locator(WAITING)).to_be_hidden()
        assert lost == [200, 200]
        assert [version for _item, version in _history(page, check)] == [1]


def test_two_tabs_of_one_browser_do_not_overwrite_each_other(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        other = page.context.new_page()
        other.goto(page.url)
        # this tab has looked for all that the device knows before the other one answers
        other.evaluate("Waiting.known().then(Waiting.entries).then(() => null)")
        _choose(page, 0, 1)
        expect(page.locator("[data-state=answered]")).to_have_text("1 of 14 answered")
        # a bare click: the site may answer, and the page go back to what holds, before a tick could be seen
        other.locator(steps.CARD).first.locator("input[value='5']").click()
        expect(other.locator("[data-say]").first).to_contain_text("answered on another device")
        expect(other.locator(f"{steps.CARD} input:checked")).to_have_value("1")
        assert _levels(page, check, "integration") == ["1"]


def test_what_the_site_refuses_stays_and_can_be_saved_as_a_file(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        _ready(page, check)
        page.context.set_offline(True)
        _choose(page, 0, 3)
        token = page.locator("form[data-save] input[name=csrfmiddlewaretoken]").input_value()
        submitted = page.context.request.post(
            f"{check}submit/", form={"csrfmiddlewaretoken": token}, headers={"Referer": check}, max_redirects=0
        )
        assert submitted.status == 302
        page.context.set_offline(False)
        expect(page.locator(WAITING)).to_have_text("not accepted by the site: 1")
        with page.expect_download() as saved:
            page.click("[data-waiting-file]")
        draft = json.loads(saved.value.path().read_text())
        assert [(row["item"], row["value"]) for row in draft["answers"]] == [("INT1", "3")]


def test_pages_kept_for_one_person_are_gone_when_another_opens_the_check(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        _ready(page, check)
        page.context.clear_cookies()
        assert page.goto(f"{check}integration/").status == 404
        _wait_for(lambda: not _kept(page, check), "the pages go")
        page.context.set_offline(True)
        with pytest.raises(Exception, match="ERR_"):
            page.goto(f"{check}safety/")


def test_a_page_that_is_not_kept_says_so_and_leads_back(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        _ready(page, check)
        page.context.set_offline(True)
        _choose(page, 0, 3)
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 1")
        expect(page.locator("[data-waiting-drop]")).to_be_hidden()
        steps.go(page, "main a[href$='/keep/']")
        expect(page.locator("h1")).to_have_text("This page opens only with a connection.")
        steps.go(page, "a.button")
        page.wait_for_url("**/integration/")
        expect(page.locator(steps.CARD).first).to_be_visible()


def test_the_overview_counts_what_arrived_while_it_was_open(browser: Browser, address: str):
    with _someone(browser) as page:
        check = steps.start(page, address, "en")
        page.context.add_init_script(BARRIER)
        page.reload()
        page.evaluate("localStorage.setItem('barrier', 'closed')")
        _choose(page, 0, 3)
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 1")
        page.goto(check)
        expect(page.locator("main progress")).to_have_attribute("value", "0")
        page.evaluate("localStorage.removeItem('barrier')")
        expect(page.locator("main progress")).to_have_attribute("value", "1")


def test_signing_out_leaves_nothing_on_the_device(browser: Browser, address: str, logins):
    with _someone(browser) as page:
        steps.sign_in(page, address, *logins["owner"])
        check = steps.start(page, address, "en")
        _ready(page, check)
        _sign_out(page, address)
        assert page.evaluate("caches.keys()") == []
        page.context.set_offline(True)
        with pytest.raises(Exception, match="ERR_"):
            page.goto(f"{check}safety/")


def _sign_out(page: Page, address: str) -> None:
    page.goto(f"{address}/en/account/logout/")
    page.click("main form[method=post] button.button")
    page.wait_for_url(lambda url: "logout" not in url)


def test_whoever_signs_out_while_answers_wait_is_told(browser: Browser, address: str, logins):
    with _someone(browser) as page:
        steps.sign_in(page, address, *logins["owner"])
        steps.start(page, address, "en")
        context: BrowserContext = page.context
        context.set_offline(True)
        _choose(page, 0, 3)
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 1")
        # no page of the check stands open any more that could deliver it
        page.close()
        context.set_offline(False)
        other = context.new_page()
        other.goto(f"{address}/en/account/logout/")
        expect(other.locator("[data-leave-waiting]")).to_be_visible()


def _photo() -> bytes:
    """Draw a photo of more than 300 kB, as a telephone takes them."""
    drawn = io.BytesIO()
    Image.effect_noise((1400, 1000), 90).convert("RGB").save(drawn, "JPEG", quality=92)
    return drawn.getvalue()


def test_a_photo_taken_without_a_line_is_made_small_and_arrives_once(browser: Browser, address: str, logins):
    with _someone(browser) as page:
        steps.sign_in(page, address, *logins["owner"])
        check = steps.start(page, address, "en")
        _ready(page, check)
        photo = _photo()
        assert len(photo) > 400_000
        page.context.set_offline(True)
        page.reload()
        card = page.locator(".item").first
        card.locator("summary").click()
        card.locator("input[type=file]").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo})
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 1")
        assert page.evaluate("async () => (await Waiting.entries())[0].file.size") <= 300 * 1024
        page.reload()
        expect(page.locator(WAITING)).to_have_text("waiting to be sent: 1")
        page.context.set_offline(False)
        expect(page.locator(WAITING)).to_be_hidden()
        page.goto(f"{check}evidence/INT1/")
        expect(page.locator(".files-kept li")).to_have_count(1)


def test_what_is_no_photo_is_refused_with_a_reason_and_stays_until_thrown_away(browser: Browser, address: str, logins):
    with _someone(browser) as page:
        steps.sign_in(page, address, *logins["owner"])
        steps.start(page, address, "en")
        card = page.locator(".item").first
        card.locator("summary").click()
        card.locator("input[type=file]").set_input_files(
            {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"no"}
        )
        expect(page.locator(WAITING)).to_have_text("not accepted by the site: 1")
        expect(card).to_contain_text("JPEG")
        page.on("dialog", lambda dialog: dialog.accept())
        page.click("[data-waiting-drop]")
        expect(page.locator(WAITING)).to_be_hidden()


def test_the_list_for_the_visit_is_filled_in_without_a_line(browser: Browser, address: str, logins):
    with _someone(browser) as page:
        steps.sign_in(page, address, *logins["assessor"])
        page.goto(f"{address}/en/readiness/validations/")
        steps.go(page, "main a[href*='/validations/']")
        steps.go(page, "main a[href$='/visit/']")
        page.wait_for_url("**/visit/")
        _ready(page, page.url.removesuffix("visit/"), pages=1)
        page.context.set_offline(True)
        page.reload()
        seen = page.locator("main textarea").first
        seen.fill("The board hangs beside the press")
        page.reload()
        expect(seen).to_have_value("The board hangs beside the press")
        page.click("form.visit button.button")
        expect(page.locator("form.visit > [role=status]")).to_contain_text("stays on this device")
        _online(page)
        page.locator("input[name=visited_on]").fill(datetime.now(UTC).date().isoformat())
        page.click("form.visit button.button")
        page.wait_for_url(lambda url: not url.endswith("/visit/"))
        page.go_back()
        page.reload()
        expect(seen).to_have_value("The board hangs beside the press")
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('minga-form'))") == []
