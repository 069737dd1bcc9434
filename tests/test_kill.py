"""Whatever the server said was saved is there, however often it is killed while people answer and submit."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from minga import readiness
from tests.sites import Site, free_port

pytestmark = pytest.mark.slow

KILLS = 100
ENTERPRISES = 3
#: Seconds that anything may take before the test says that it never came; where all is well nobody waits.
PATIENCE = 180
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PLACE = re.compile(r"/en/readiness/a/([0-9a-f-]{36})/")


@dataclass
class Confirmed:
    """What the server said: answers as (assessment, item, version, value), and which assessments are submitted."""

    answers: list[tuple[str, str, int, str]] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    interrupted: int = 0


class Enterprise(threading.Thread):
    """Answers a whole check, submits it and begins the next one, until told to stop; what fails is sent again."""

    def __init__(self, base: str, items: list[str], confirmed: Confirmed, seed: int) -> None:
        super().__init__(daemon=True)
        self.base, self.items, self.confirmed = base, items, confirmed
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.trouble: str = ""

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.one_check()
        except Exception as problem:
            self.trouble = repr(problem)

    def one_check(self) -> None:
        self.browser = httpx.Client(base_url=self.base, timeout=10)
        profile = {"sector": "62", "country": "TN", "size": "1-9", "name": "Test"}
        page = self.persist(lambda: self.browser.get("/en/readiness/confirm/", params=profile))
        self.token = _TOKEN.search(page.text)[1]
        place = self.persist(lambda: self.post("/en/readiness/confirm/", profile)).headers["location"]
        assessment = _PLACE.match(place)[1]
        for item in self.random.sample(self.items, len(self.items)):
            self.answer(assessment, item, 0)
        self.answer(assessment, self.random.choice(self.items), 1)
        if not self.stopping.is_set():
            self.submit(assessment)
        self.browser.close()

    def answer(self, assessment: str, item: str, seen: int) -> None:
        if self.stopping.is_set():
            return
        # level 0 to 4 first and 5 for a second thought, so that each answer is a new version
        value = "5" if seen else str(self.random.randrange(5))
        sent = {"item": item, "value": value, "version": str(seen), "client": uuid4().hex}
        response = self.persist(lambda: self.post(f"/en/readiness/a/{assessment}/save/", sent))
        told = response.json()
        assert response.status_code == 200, (response.status_code, told)
        self.confirmed.answers.append((assessment, item, told["version"], told["value"]))

    def submit(self, assessment: str) -> None:
        response = self.persist(lambda: self.post(f"/en/readiness/a/{assessment}/submit/", {}))
        assert response.status_code == 302, response.status_code
        self.confirmed.submitted.append(assessment)

    def post(self, path: str, sent: dict[str, str]) -> httpx.Response:
        return self.browser.post(path, data={**sent, "csrfmiddlewaretoken": self.token})

    def persist(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send until the server answers, as the page's script does."""
        patience = time.monotonic() + PATIENCE
        while time.monotonic() < patience:
            try:
                return send()
            except httpx.TransportError:
                self.confirmed.interrupted += 1
                time.sleep(0.02)
        raise AssertionError("the server never came back")


@contextmanager
def fork_server(site: Site, **settings: str) -> Iterator[tuple[str, Callable[[], int]]]:
    """Run kill_server.py; yield its address and a function that waits for the next server's process id."""
    program = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("kill_server.py"))],
        env=site.environment | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = program.stdout.readline().strip()
        assert port, "the server did not start"
        yield f"http://127.0.0.1:{port}", lambda: int(program.stdout.readline())
    finally:
        program.terminate()
        program.wait(PATIENCE)


def short_form() -> list[str]:
    return [item.id for item in readiness.load_instrument("generic-enterprise").items_of(None, "short")]


def killed_while_answering(site: Site, kills: int, seed: int, **settings: str) -> Confirmed:
    """Let enterprises answer while the server is killed at random moments; return what it had confirmed."""
    chance, confirmed = random.Random(seed), Confirmed()
    items = short_form()
    with fork_server(site, **settings) as (base, next_server):
        people = [Enterprise(base, items, confirmed, seed + one) for one in range(ENTERPRISES)]
        for person in people:
            person.start()
        for _kill in range(kills):
            server = next_server()
            said = len(confirmed.answers)
            patience = time.monotonic() + PATIENCE
            while len(confirmed.answers) == said:
                assert time.monotonic() < patience, "nothing was confirmed for too long"
                assert not any(person.trouble for person in people), [person.trouble for person in people]
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.12))
            os.kill(server, signal.SIGKILL)
        next_server()
        for person in people:
            person.stopping.set()
        for person in people:
            person.join(PATIENCE)
            assert not person.is_alive()
    assert [person.trouble for person in people] == [""] * ENTERPRISES
    return confirmed


def lost(site: Site, confirmed: Confirmed) -> list[str]:
    """Name everything that was confirmed and is not in the database."""
    with closing(sqlite3.connect(site.var / "minga.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ask = "SELECT assessment_id, item, version, level FROM readiness_answerversion WHERE version IS NOT NULL"
        history = {(pk, item, version, str(level)) for pk, item, version, level in database.execute(ask)}
        ask = "SELECT assessment_id, item, version FROM readiness_answer"
        present = {(pk, item): version for pk, item, version in database.execute(ask)}
        ask = "SELECT id FROM readiness_assessment WHERE status <> 'draft' AND submitted_at IS NOT NULL"
        submitted = {pk for (pk,) in database.execute(ask)}
    missing = []
    for assessment, item, version, value in confirmed.answers:
        key = assessment.replace("-", "")
        if (key, item, version, value) not in history or present.get((key, item), 0) < version:
            missing.append(f"answer {value} (version {version}) to {item} of {assessment}")
    missing += [f"submission of {one}" for one in confirmed.submitted if one.replace("-", "") not in submitted]
    return missing


@pytest.fixture
def open_site(tmp_path: Path) -> Site:
    return Site(tmp_path / "var", settings={"MINGA_RATE_LIMITS": "off"}).prepared()


def test_a_hundred_kills_lose_nothing_that_was_confirmed(open_site: Site) -> None:
    confirmed = killed_while_answering(open_site, KILLS, seed=2026)
    assert lost(open_site, confirmed) == []
    # the kills fell into the middle of the work, answering and submitting both
    assert len(confirmed.answers) > KILLS
    assert confirmed.submitted
    assert confirmed.interrupted >= KILLS / 2


def test_this_test_notices_a_server_that_confirms_before_it_writes(open_site: Site) -> None:
    confirmed = killed_while_answering(open_site, 10, seed=7, MINGA_TEST_FAULT="late")
    assert lost(open_site, confirmed)


# ---------------------------------------------------------------- the real server
def test_the_real_server_with_its_worker_is_killed_and_goes_on(open_site: Site) -> None:
    items = short_form()
    confirmed = Confirmed()
    port = free_port()
    person = Enterprise(f"http://127.0.0.1:{port}", items, confirmed, seed=3)
    for kill in range(3):
        program: Any = subprocess.Popen(
            [sys.executable, "-m", "minga.site.cli", "site", "run", "--port", str(port)],
            env=open_site.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            if kill == 0:
                wait_until_healthy(port)
                person.start()
            said, patience = len(confirmed.answers), time.monotonic() + PATIENCE
            while len(confirmed.answers) < said + 5:
                assert time.monotonic() < patience, "no answer was saved for too long"
                assert person.trouble == ""
                time.sleep(0.01)
            if kill == 2:
                person.stopping.set()
                person.join(PATIENCE)
        finally:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait(PATIENCE)
    assert person.trouble == ""
    assert lost(open_site, confirmed) == []


def wait_until_healthy(port: int) -> None:
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the site did not become healthy")
