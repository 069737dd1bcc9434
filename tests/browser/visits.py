"""How to stand before any page type as the right person."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser import steps
from tests.browser.house import House
from tests.browser.page_types import PageType

#: What the browser said, and about which address.
Heard = list[tuple[str, str]]

#: Unfold everything, and count the headings; asking in one go spares half of what Playwright brings into a page.
_STAND = """unfold => {
  if (unfold) for (const one of document.querySelectorAll("details")) one.open = true;
  return document.querySelectorAll("main h1").length;
}"""


def _listen(page: Page) -> Heard:
    """Collect complaints."""
    heard: Heard = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append((message.text, str(message.location.get("url"))))

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append((str(error), "")))
    return heard


class Visits:
    """Opens pages as anybody; one context for each way of looking is kept."""

    def __init__(self, browser: Browser, house: House) -> None:
        self.browser, self.house = browser, house
        self._contexts: dict[Any, BrowserContext] = {}
        self._heard: dict[Page, Heard] = {}

    def open(self, kind: PageType, language: str, *, unfold: bool = True, **look: Any) -> Page:
        """Open a page type in a language, with everything unfolded; `look` holds options of the browser context."""
        page = self._page(self._context(kind.who, look))
        self._heard[page].clear()
        answer = page.goto(self.address(kind, language))
        assert answer is not None
        assert answer.status == kind.status, f"{kind.name} answered {answer.status}"
        if kind.then:
            kind.then(page)
            page.wait_for_load_state()
        assert page.evaluate(_STAND, unfold) == 1, f"{kind.name} has no heading of its own"
        return page

    def cost(self, kind: PageType, language: str) -> int:
        """Return how many bytes a first view brings over the wire, all files counted."""
        context = self._context(kind.who, {})
        page = context.new_page()
        network, came = context.new_cdp_session(page), []
        network.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.goto(self.address(kind, language), wait_until="networkidle")
        return int(sum(came))

    def heard(self, page: Page) -> list[str]:
        """Return what the browser complained about on a page: scripts, security policy, missing files.

        That a page itself answers 4xx, as it should, is no complaint. It is asked here, not when the browser said it:
        it may say so before the page has its address.
        """
        return [f"{said} ({where})" for said, where in self._heard[page] if where != page.url]

    def address(self, kind: PageType, language: str) -> str:
        """Return the full address of a page type in a language."""
        path = kind.path if isinstance(kind.path, str) else kind.path(self.house)
        return f"{self.house.address}/{language}{path}"

    def _page(self, context: BrowserContext) -> Page:
        """Return the page that stands open in a context; a new one costs as much as half a visit."""
        if not context.pages:
            page = context.new_page()
            self._heard[page] = _listen(page)
        return context.pages[0]

    def _context(self, who: str, look: dict[str, Any]) -> BrowserContext:
        key = (who, repr(sorted(look.items())))
        if key not in self._contexts:
            self._contexts[key] = steps.new_context(self.browser, storage_state=self.house.remembers[who], **look)
        return self._contexts[key]

    def close(self) -> None:
        """Close what was opened."""
        for context in self._contexts.values():
            context.close()
