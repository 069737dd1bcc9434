"""One real site and one browser for all browser tests of a process.

The site is served by `minga site run`, in a folder of its own, with the sample alliance, as an operator would.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import steps
from tests.browser.house import House, Logins
from tests.browser.visits import Visits
from tests.sites import Site, free_port

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_START_SECONDS = 180


@pytest.fixture(scope="session")
def chromium() -> str:
    """Find Debian's Chromium; without it the browser tests skip loudly, and under CI=true they fail."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    message = "Chromium was not found, so no page was looked at. Install it: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Make a site with the sample alliance; everybody here shares one address, so rates are not limited."""
    settings = {"MINGA_SITE_NAME": "Sample Alliance", "MINGA_RATE_LIMITS": "off"}
    return Site(tmp_path_factory.mktemp("browser-site"), settings=settings).with_sample()


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """Serve the site until the last test is done; return where."""
    with served(site) as where:
        yield where


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve a site as an operator would; return where."""
    port = free_port()
    where = f"http://127.0.0.1:{port}"
    log = site.var / "server.log"
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-m", "minga.site.cli", "site", "run", "--port", str(port)]
        server = subprocess.Popen(command, env=site.environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait_for(where, server, log)
            yield where
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(where: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the site says that it is healthy; show its log when it does not."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{where}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The site did not start at {where}:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        expect.set_options(timeout=steps.PATIENCE)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def logins(site: Site) -> Logins:
    """Return the sample's logins by role, as the command told them."""
    told = json.loads((site.var / "logins.json").read_text(encoding="utf-8"))
    return {login["role"]: (login["email"], login["password"]) for login in told}


@pytest.fixture(scope="session")
def house(address: str, logins: Logins) -> House:
    """Bring into being what the page types need: checks of a guest at three stages, and people signed in."""
    return House.furnish(address, logins)


@pytest.fixture(scope="module")
def visits(browser: Browser, house: House) -> Iterator[Visits]:
    """Open pages as anybody; contexts are kept for the module, because opening one costs more than a page."""
    kept = Visits(browser, house)
    yield kept
    kept.close()
