"""Somebody without JavaScript who walks the site by HTTP alone: forms are read from their pages and sent.

What the browser tests find furnished is made in this way: a browser takes ten times as long for the same requests.
"""

from __future__ import annotations

from collections.abc import Callable
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

import lxml.html

#: The button that goes on, as `steps.FORWARD`.
_FORWARD = "//form[@data-save]//button[not(@name='back')]"
_SEND = "//main//form[@method='post']//button[not(@formaction)]"


class Walker:
    """Opens pages, fills in their forms and keeps cookies; any answer that is no success ends the walk."""

    def __init__(self, address: str) -> None:
        self.address, self.url = address, ""
        self.page: Any = None
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))

    def go(self, where: str) -> None:
        """Open a page, by an address in full or one without host."""
        self._ask(Request(urljoin(self.address, where)))

    def send(self, button: str = _SEND, fill: Callable[[Any], None] | None = None, **fields: str) -> None:
        """Fill in the form of a button and press it; `fill` does what fields alone cannot."""
        pressed = self.find(button)
        form = next(pressed.iterancestors("form"))
        for name, value in fields.items():
            form.fields[name] = value
        if fill:
            fill(form)
        given = _values(form)
        if pressed.get("name"):
            given.append((pressed.get("name"), pressed.get("value", "")))
        target, data = urljoin(self.url, pressed.get("formaction") or form.get("action") or ""), urlencode(given)
        if form.method == "GET":
            self._ask(Request(f"{target.partition('?')[0]}?{data}"))
        else:
            self._ask(Request(target, data.encode()))

    def find(self, xpath: str) -> Any:
        """Return the first of what is on the page."""
        found = self.page.xpath(xpath)
        assert found, f"no {xpath} on {self.url}"
        return found[0]

    def link(self, xpath: str) -> str:
        """Return where a link leads."""
        return str(self.find(xpath).get("href"))

    def remembered(self) -> dict[str, Any]:
        """Return the cookies as a browser takes them over."""
        return {"cookies": [_as_stored(cookie) for cookie in self._jar], "origins": []}

    def _ask(self, request: Request) -> None:
        with self._opener.open(request, timeout=120) as answer:
            self.url, text = answer.url, answer.read().decode()
        self.page = lxml.html.fromstring(text)

    # ---------------------------------------------------------------- what `steps` does in a browser

    def start(self) -> str:
        """Fill in the first two pages; return the address of the check."""
        self.go("/en/readiness/")
        self.send("//main//form[.//select[@name='sector']]//button", None, sector="10", country="TN", size="10-49")
        self.send()
        assert "/readiness/a/" in self.url, self.url
        return self.url.rstrip("/").rpartition("/")[0] + "/"

    def answer_page(self, level: int = 2) -> None:
        """Choose a level on every card of the page and go on."""

        def choose(form: Any) -> None:
            for name in form.xpath(f".//fieldset[contains(@class, 'levels')]//input[@value='{level}']/@name"):
                form.fields[name] = str(level)

        before = self.url
        self.send(_FORWARD, choose)
        assert self.url != before

    def answer_all(self, level: int = 2) -> None:
        """Answer page after page until the goals."""
        while "/goals/" not in self.url:
            self.answer_page(level)

    def submit(self) -> None:
        """Choose the first goal and ask for the report."""
        self.send(fill=lambda form: setattr(form.xpath(".//input[@name='goals']")[0], "checked", True))
        assert self.url.endswith("/report/"), self.url

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by e-mail and password."""
        self.go("/en/account/login/")
        self.send("//main//form[.//input[@name='password']]//button", login=email, password=password)
        assert "/members/me/" in self.url, self.url

    def invite(self, check: str) -> str:
        """Ask a colleague as the owner of a check; return the link."""
        self.go(f"{check}colleagues/")
        self.send("//main//form[contains(@class, 'stack')]//button", role="production", language="en")
        return self.link("//a[contains(@class, 'longlink')]")

    def come_in(self, link: str) -> str:
        """Open an invitation; return the address of the colleague's questions."""
        self.go(link)
        self.send()
        assert "/readiness/c/" in self.url, self.url
        return self.url

    def answer_place(self, level: int) -> None:
        """Answer all questions of a colleague and say that they are finished."""
        home = self.url
        self.go(urljoin(home, self.link("//main//*[contains(@class, 'row')]//a[contains(@class, 'button')]")))
        while self.url != home:
            self.answer_page(level)
        self.send("//form[contains(@action, '/finish/')]//button")

    def begin_for_client(self) -> str:
        """Begin a check for a client, as an adviser who has read the words aloud; return its path."""
        self.go("/en/readiness/clients/new/")
        fields = {"how": "telephone", "sector": "10", "country": "TN", "size": "10-49"}
        self.send(
            fill=lambda form: setattr(form.xpath(".//input[@name='agreed']")[0], "checked", True),
            name="Sample Bakery of a Client",
            **fields,
        )
        return self.link("//main//p[contains(@class, 'row')]//a[contains(@class, 'button')]")


def _values(form: Any) -> list[tuple[str, str]]:
    """Return what the form sends; lxml's own list says "on" for a choice whose value is the empty one."""
    empty = set(form.xpath(".//input[@type='radio'][@checked][@value='']/@name"))
    return [(name, "" if name in empty else value) for name, value in form.form_values()]


def _as_stored(cookie: Cookie) -> dict[str, Any]:
    return {
        "name": cookie.name,
        "value": cookie.value,
        "domain": cookie.domain,
        "path": cookie.path,
        "expires": cookie.expires or -1,
        "httpOnly": cookie.has_nonstandard_attr("HttpOnly"),
        "secure": cookie.secure,
        "sameSite": cookie.get_nonstandard_attr("SameSite") or "Lax",
    }
