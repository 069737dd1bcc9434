"""Chloé votes inside the page of another site, and goes on in a tab at the same place."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser import steps
from tests.browser.page_types import TALK

pytestmark = pytest.mark.browser

LOOKS = [pytest.param(True, id="with script"), pytest.param(False, id="without script")]


@pytest.fixture(scope="module")
def ministry(address: str) -> Iterator[str]:
    """Serve a page in which the conversation stands; for a browser `localhost` is another site than 127.0.0.1."""
    frame = f"<iframe src='{address}/en{TALK}embed/' title='Conversation' width=360 height=1050></iframe>"
    body = f"<!doctype html><title>Ministry</title>{frame}".encode()

    class Ministry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Ministry) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture(params=LOOKS)
def chloe(browser: Browser, ministry: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Chloé reads the ministry's page."""
    with steps.someone(browser, script=request.param) as page:
        page.goto(ministry)
        yield page


def framed(page: Page) -> FrameLocator:
    """Return what stands in the frame."""
    return page.frame_locator("iframe")


def test_votes_in_a_foreign_page_are_one_persons_and_go_along_to_a_tab(chloe: Page):
    frame = framed(chloe)
    for count in (1, 2):
        said = frame.locator(".talk__said").inner_text()
        frame.locator("button[value=agree]").click()
        expect(frame.get_by_text(f"{count} answered")).to_be_visible()
        expect(frame.locator(".talk__said")).not_to_have_text(said)
    chloe.reload()
    expect(frame.get_by_text("2 answered")).to_be_visible()
    with chloe.context.expect_page() as opened:
        frame.get_by_role("button", name="The whole conversation").click()
    expect(opened.value.get_by_text("2 answered")).to_be_visible()


def test_a_browser_that_keeps_nothing_there_says_so_instead_of_losing_the_vote(chloe: Page):
    frame = framed(chloe)
    expect(frame.locator(".talk__said")).to_be_visible()
    chloe.context.clear_cookies()
    frame.locator("button[value=agree]").click()
    expect(frame.get_by_role("alert")).to_contain_text("your vote is not stored")
    expect(frame.get_by_role("link", name="Take part")).to_be_visible()
