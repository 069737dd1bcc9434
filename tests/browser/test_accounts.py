"""Accounts in a real browser, on a site that is no sample: an app with codes, a passkey, an API token."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import steps
from tests.browser.conftest import served
from tests.people import code_now
from tests.sites import Site

pytestmark = pytest.mark.browser

PASSWORD = "tea and rice and salt"
OWNER, OTHER = "amina@bakery.example", "khadija@workshop.example"
#: of the secretariat: one with scripts, one without
ADMINS = {True: "bao@alliance.example", False: "chloe@alliance.example"}

#: What a device holds.
Held = Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def where(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a site with Bao of the secretariat and with Amina. Passkeys belong to a name, so it is reached by one."""
    made = Site(tmp_path_factory.mktemp("accounts-site"), settings={"MINGA_RATE_LIMITS": "off"}).prepared()
    made.python(
        f"""
        from minga.members import services
        for email in {list(ADMINS.values())!r}:
            services.createadmin(email=email, password={PASSWORD!r})
        for email in {[OWNER, OTHER]!r}:
            services.create_account(email=email, password={PASSWORD!r})
        """
    )
    with served(made) as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = steps.new_context(browser)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page that fails the test if the browser complains: about the policy, a script, a missing file."""
    opened, heard = context.new_page(), []
    opened.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: heard.append(str(error)))
    yield opened
    assert heard == []


@pytest.fixture
def device(context: BrowserContext, page: Page) -> Held:
    """Give the browser a device that keeps passkeys and always recognizes its owner; return what it holds."""
    line = context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda: line.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]


def sign_in(page: Page, where: str, email: str) -> None:
    page.goto(f"{where}/en/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    steps.go(page, "form:has(input[name=password]) button")


def sign_out(page: Page, where: str) -> None:
    page.goto(f"{where}/en/account/logout/")
    steps.go(page, "main form button.button")
    page.wait_for_url(lambda url: "logout" not in url)


def give_password(page: Page) -> None:
    """Type the password once more, where the page asks for it."""
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        steps.go(page, "main form button.button")


def use(page: Page, secret: str, later: int = 0) -> None:
    """Type the code that the app shows; the next one (`later`), where this one was used already."""
    page.fill("input[name=code]", code_now(secret, later))
    steps.go(page, "form:has(input[name=code]) button")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_of_the_secretariat_sets_up_an_app_and_then_works(browser: Browser, where: str, scripts: bool):
    context = steps.new_context(browser, java_script_enabled=scripts, viewport={"width": 320, "height": 700})
    page = context.new_page()
    sign_in(page, where, ADMINS[scripts])
    page.wait_for_url("**/second-step/")
    expect(page.locator("main")).to_contain_text("Your role needs a second step")
    page.goto(f"{where}/en/members/trail/")
    expect(page.locator("main h1")).to_have_text("Second step of my sign-in")
    steps.go(page, "text=Set up an app with codes")
    give_password(page)
    expect(page.locator(".qr svg path")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    secret = page.locator(".secret").inner_text().replace(" ", "")
    use(page, secret)
    page.wait_for_url("**/recovery-codes/")
    codes = page.locator("ol.codes .code").all_inner_texts()
    assert len(set(codes)) == 10
    with page.expect_download() as loading:
        page.click("text=Download as a file")
    assert codes[0].replace(" ", "") in loading.value.path().read_text(encoding="utf-8")
    page.goto(f"{where}/en/members/trail/")
    expect(page.locator("main h1")).to_have_text("Audit trail")

    sign_out(page, where)
    sign_in(page, where, ADMINS[scripts])
    page.wait_for_url("**/second-step/authenticate/")
    use(page, secret, 1)
    page.wait_for_url("**/members/me/")
    context.close()


def test_a_passkey_is_added_signs_in_alone_and_is_the_second_step(page: Page, where: str, device: Held):
    sign_in(page, where, OTHER)
    page.wait_for_url("**/members/me/")
    page.goto(f"{where}/en/account/second-step/webauthn/add/")
    give_password(page)
    expect(page.locator("[data-no-passkeys]")).to_be_hidden()
    page.fill("input[name=name]", "My phone")
    expect(page.locator("input[name=passwordless]")).to_be_checked()
    page.click("text=Add the passkey")
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator("ol.codes .code")).to_have_count(10)
    (kept,) = device()
    assert kept["isResidentCredential"]
    assert kept["rpId"] == "localhost"
    page.goto(f"{where}/en/account/second-step/webauthn/")
    expect(page.locator("main table")).to_contain_text("My phone")
    expect(page.locator("main table")).to_contain_text("signs in alone")

    sign_out(page, where)
    page.goto(f"{where}/en/account/login/?next=/en/members/join/")
    page.click("text=Sign in with a passkey")
    page.wait_for_url(f"{where}/en/members/join/")

    sign_out(page, where)
    sign_in(page, where, OTHER)
    page.wait_for_url("**/second-step/authenticate/")
    page.click("text=Use my passkey")
    page.wait_for_url("**/members/me/")

    page.goto(f"{where}/en/account/second-step/webauthn/")
    steps.go(page, "main table >> text=Remove")
    if "/reauthenticate/" in page.url:
        steps.go(page, "text=Use my passkey")
        steps.go(page, "form[data-passkey] button")
    steps.go(page, "text=Remove it")
    expect(page.locator("main")).to_contain_text("You have no passkey.")


def test_a_device_that_knows_no_passkey_is_said_in_words(page: Page, where: str, device: Held):
    page.goto(f"{where}/en/account/login/")
    expect(page.locator("[data-passkey-error]")).to_be_hidden()
    page.click("text=Sign in with a passkey")
    expect(page.locator("[data-passkey-error]")).to_be_visible()
    assert device() == []


def test_without_scripts_the_button_for_passkeys_is_not_there_and_the_page_says_why(browser: Browser, where: str):
    context = steps.new_context(browser, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, where, OWNER)
    page.goto(f"{where}/en/account/second-step/webauthn/add/")
    give_password(page)
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    expect(page.locator("[data-no-passkeys]")).to_contain_text("Passkeys need JavaScript")
    expect(page.locator("[data-no-passkeys]")).to_be_visible()
    context.close()


def test_a_token_made_on_the_page_reads_the_api_until_it_is_revoked(page: Page, where: str):
    sign_in(page, where, OWNER)
    page.wait_for_url("**/members/me/")
    steps.go(page, "text=API tokens for my programs")
    page.fill("input[name=name]", "Loader")
    page.check("input[value='members:read']")
    steps.go(page, "main form button.button:text-is('Make a token')")
    give_password(page)
    token = page.locator("[data-token]").inner_text()
    assert asked(where, token) == (200, OWNER)
    steps.go(page, "text=Back to my tokens")
    expect(page.locator("main table")).to_contain_text("members:read")
    steps.go(page, "text=Revoke")
    expect(page.locator("main")).to_contain_text("You have no token.")
    assert asked(where, token) == (401, "token_unknown")


def asked(where: str, token: str) -> tuple[int, str]:
    """Ask the API who I am, as a program would."""
    question = urllib.request.Request(f"{where}/api/v1/members/me", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(question, timeout=60) as answer:
            return answer.status, json.load(answer)["email"]
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["error"]["code"]
