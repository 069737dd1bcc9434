"""A consultation from the question to the promise, by the pages alone, and a citizen who follows one sentence.

Every form is read from its page and sent as a browser without JavaScript would; nothing is written past the pages.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.utils import timezone

from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/en/deliberation"
SENTENCE = "Train those who mend our machines before you pay for new ones."


class Browser:
    """Reads pages and sends their forms, as somebody without JavaScript would."""

    def __init__(self, account: Any = None) -> None:
        self.client = Client()
        if account is not None:
            self.client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.page: Any = None
        self.address = ""

    def go(self, address: str) -> str:
        """Open a page; links are followed from here on."""
        return self._arrived(self.client.get(address, follow=True), address)

    def _arrived(self, response: Any, address: str) -> str:
        text = response.content.decode()
        assert response.status_code == 200, f"{address}: {response.status_code}\n{text[-3000:]}"
        self.address = response.redirect_chain[-1][0].split("#")[0] if response.redirect_chain else address
        self.page = lxml.html.fromstring(text)
        self.page.make_links_absolute(f"http://testserver{self.address}")
        return text

    def follow(self, words: str) -> str:
        """Open the first link that is called so."""
        links = [one for one in self.page.xpath("//main//a") if words in " ".join(one.text_content().split())]
        assert links, f"no link {words!r} on {self.address}"
        return self.go(links[0].get("href").removeprefix("http://testserver"))

    def send(self, button: str, **fields: Any) -> str:
        """Fill the form that has a button of this name, and press it."""
        forms = [
            form
            for form in self.page.xpath("//main//form")
            if any(button in " ".join(one.text_content().split()) for one in form.xpath(".//button"))
        ]
        assert forms, f"no button {button!r} on {self.address}"
        given = {**dict(forms[0].form_values()), **{name.replace("__", "-"): value for name, value in fields.items()}}
        pressed = next(one for one in forms[0].xpath(".//button") if button in one.text_content())
        if pressed.get("name"):
            given[pressed.get("name")] = pressed.get("value", "")
        unknown = set(given) - {one.get("name") for one in forms[0].xpath(".//*[@name]")}
        assert not unknown, f"{unknown} are no fields of {button!r} on {self.address}"
        target = (forms[0].action or self.address).removeprefix("http://testserver").split("#")[0]
        return self._arrived(self.client.post(target, given, follow=True), target)


def person(name: str, ministry: Any) -> Browser:
    account = members.create_account(email=f"{name}@ministry.example", password="a-long-password", name=name)
    members.grant_mandate(person=members.person_for(account), role="owner", organization=ministry)
    return Browser(account)


def test_citizen_follows_a_sentence_to_the_clause_and_the_action():
    ministry = members.create_organization(by=None, name="Ministry of Industry", type="government", country="CV")
    nadia, second, citizen = person("nadia", ministry), person("samir", ministry), Browser()

    # the question
    nadia.go(f"{ROOT}/new/")
    about = "The ministry writes a strategy until June and decides; every voice is answered."
    nadia.send("Begin", title="A strategy for AI", about=about, level="country", country="CV")
    nadia.send("Open the consultation")

    # the sentence of a citizen, without an account
    citizen.go(f"{ROOT}/")
    citizen.follow("A strategy for AI")
    citizen.follow("Write what you think")
    thanks = citizen.send("Send", point__1=SENTENCE, may_publish="on")
    code = re.search(r'<span class="code"[^>]*>([^<]+)<', thanks).group(1)
    citizen.go(f"{ROOT}/receipt/")
    assert SENTENCE in open_receipt(citizen, code)

    # sorted and answered
    desk = f"{ROOT}/a-strategy-for-ai/desk/"
    nadia.go(desk)
    nadia.send("Close the consultation")
    nadia.go(f"{desk}themes/")
    new_theme(nadia, "Skills")
    nadia.go(f"{desk}themes/")
    sort_all(nadia, desk)
    nadia.go(f"{desk}answers/theme/1/")
    nadia.send("Give", answer="accepted")

    # a clause that says it
    nadia.go(f"{desk}drafts/")
    begin_draft(nadia, "Strategy")
    nadia.go(f"{desk}drafts/strategy/add/")
    add_clause(nadia, "Skills first", "The state pays for training before it pays for machines.")
    nadia.go(f"{desk}drafts/strategy/publish/")
    nadia.send("Publish", note="The first text.")

    # decided by a second person
    second.go(f"{desk}drafts/strategy/adopt/")
    second.send("Adopt", decision="Council of ministers, 4 June")
    nadia.go(f"{desk}commitments/new/")
    due = timezone.localdate() + timedelta(days=100)
    nadia.send("Promise", title="Train 400 people", owner="Office for skills", due_on=due.isoformat())

    # and the citizen follows the own sentence there
    citizen.go(f"{ROOT}/receipt/")
    told = open_receipt(citizen, code)
    assert SENTENCE in told
    assert "The state pays for training" in told or "Skills first" in told
    clause = next(link for link in hrefs(citizen) if "/drafts/strategy/" in link and "/c/" in link)
    assert "The state pays for training" in citizen.go(clause)
    assert "Train 400 people" in citizen.page.text_content()
    citizen.go(next(link for link in hrefs(citizen) if re.search(r"/commitments/[0-9a-f-]{36}/$", link)))
    assert "Office for skills" in citizen.page.text_content()
    assert "A strategy for AI" in citizen.go(f"{ROOT}/?q=pays+machines"), "found by the words of an adopted clause"
    page = citizen.go(f"{ROOT}/a-strategy-for-ai/")
    assert "Each one has its answer." in page
    assert page.count("done</span>") >= 5


def hrefs(browser: Browser) -> list[str]:
    return [one.get("href").removeprefix("http://testserver") for one in browser.page.xpath("//main//a[@href]")]


def open_receipt(browser: Browser, code: str) -> str:
    button = browser.page.xpath("//main//form[.//input[@name='code']]//button")[0].text_content().strip()
    return browser.send(button, code=code)


def new_theme(browser: Browser, name: str) -> None:
    form = next(one for one in browser.page.xpath("//main//form") if (one.action or "").endswith("/themes/new/"))
    browser.send(form.xpath(".//button")[0].text_content().strip(), name=name)


def sort_all(browser: Browser, desk: str) -> None:
    form = next(one for one in browser.page.xpath("//main//form") if (one.action or "").endswith("/themes/sort/"))
    voice = form.xpath(".//input[@name='voice']/@value")[0]
    theme = next(value for value in form.xpath(".//select[@name='to']/option/@value") if value)
    given = dict(form.form_values()) | {"voice": voice, "to": theme}
    response = browser.client.post(f"{desk}themes/sort/", given, follow=True)
    assert response.status_code == 200


def begin_draft(browser: Browser, title: str) -> None:
    form = next(one for one in browser.page.xpath("//main//form") if "kind" in one.fields)
    browser.send(form.xpath(".//button")[0].text_content().strip(), title=title, kind="empty")


def add_clause(browser: Browser, heading: str, text: str) -> None:
    form = next(one for one in browser.page.xpath("//main//form") if "heading" in one.fields)
    answers = form.xpath(".//input[@type='checkbox']")
    assert answers, "no answer to choose for the clause"
    chosen = {answers[0].get("name"): answers[0].get("value")}
    browser.send(form.xpath(".//button")[0].text_content().strip(), heading=heading, text=text, **chosen)
