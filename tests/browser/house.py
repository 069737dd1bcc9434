"""A furnished site for the browser: what everybody remembers, and the paths of what they made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import steps

#: e-mail address and password by role
Logins = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class House:
    """A furnished site: where it is, what everybody's browser remembers, and the paths of what they made."""

    address: str
    #: by who it is: "visitor", "guest", or a role of the sample
    remembers: dict[str, Any]
    open_check: str
    finished_check: str
    thin_check: str
    owners_check: str
    organization: str
    record: str
    #: what the sample's assessor works on, and what waits for an assessor
    validation: str
    queued: str
    #: the questions of a colleague, and the guest's check in which that colleague and the guest differ
    colleague: str
    differing: str
    #: the check that the sample's adviser began for a client
    client: str

    @classmethod
    def furnish(cls, browser: Browser, address: str, logins: Logins) -> House:
        """Walk the site once as a guest without JavaScript, and sign in the others."""
        context = steps.new_context(browser, java_script_enabled=False)
        page = context.new_page()
        open_check = _path(steps.start(page, address, "en"), address)
        steps.answer_page(page)
        finished_check = _path(steps.start(page, address, "en"), address)
        steps.answer_all(page)
        steps.submit(page)
        thin_check = _path(steps.start(page, address, "en"), address)
        steps.answer_page(page)
        page.goto(f"{address}/en{thin_check}goals/")
        steps.submit(page)
        page.goto(f"{address}/en/knowledge/?q=machine+vision")
        record = _link(page, "main .cards h3 a")
        differing = _path(steps.start(page, address, "en"), address)
        steps.answer_all(page, 1)
        colleague, as_colleague = _differ(browser, page, f"{address}/en{differing}", address)
        remembers: dict[str, Any] = {"visitor": None, "guest": context.storage_state(), "colleague": as_colleague}
        context.close()
        owners: list[str] = []
        validation = queued = client = ""
        for role in ("owner", "adviser", "assessor", "secretariat"):
            context = steps.new_context(browser)
            page = context.new_page()
            steps.sign_in(page, address, *logins[role])
            remembers[role] = context.storage_state()
            if role == "owner":
                owners = [_link(page, f"main .card a[href*='/{part}/']") for part in ("readiness/a", "organizations")]
            if role == "adviser":
                client = _path(steps.begin_for_client(page, address), address)
            if role == "assessor":
                page.goto(f"{address}/en/readiness/validations/")
                validation = _link(page, "main th a")
            if role == "secretariat":
                page.goto(f"{address}/en/readiness/queue/")
                queued = _link(page, "main td a")
            context.close()
        found = (
            open_check,
            finished_check,
            thin_check,
            *owners,
            record,
            validation,
            queued,
            colleague,
            differing,
            client,
        )
        return cls(address, remembers, *found)


def _differ(browser: Browser, guest: Page, check: str, address: str) -> tuple[str, Any]:
    """Ask a colleague who answers two levels higher; return the colleague's path and what the browser remembers."""
    context = steps.new_context(browser, java_script_enabled=False)
    page = context.new_page()
    home = steps.come_in(page, steps.invite(guest, check))
    steps.answer_place(page, 3)
    remembered = context.storage_state()
    context.close()
    return _path(home, address), remembered


def _link(page: Page, selector: str) -> str:
    return _path(str(page.locator(selector).first.get_attribute("href")), "")


def _path(url: str, address: str) -> str:
    """Return the path of an address without host and language."""
    return "/" + url.removeprefix(address).split("/", 2)[2]
