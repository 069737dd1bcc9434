"""Vote at a steady rate on a real server of several workers, while one worker after the other is killed with -9.

Run: python bench/load_votes.py [--rate 200] [--seconds 300] [--workers 4] [--kill-every 20] [--database URL]

People come without an account, load the page of a conversation, and vote by its form. Every vote carries the page's
own mark and is sent again with the same mark until the server confirms it. At the end the database must hold each
confirmed mark exactly once, with the value that was confirmed. Prints the rate reached, the time a vote took (by its
sender's clock, with the tries that a kill cost), and what was lost or doubled; the exit code is 1 if anything was,
or if less than nine tenths of the rate were reached. No peer: Pol.is cannot be run here.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.load_saves import Load, server_workers, wait_until_healthy
from tests.sites import Site

STATEMENTS, VOTES_OF_A_PERSON = 100, 40
#: A sender waits for its answer, so that many are needed to keep the rate while a worker is started again.
SENDERS = 40
ANSWERS = {"agree": 1, "disagree": -1, "pass": 0}
PAGE = "/en/deliberation/talk/load/"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SET_UP = f"""
from minga.deliberation.services import consulting, setting_up
asked = consulting.begin(title="Load", slug="load", about="A consultation that holds a conversation for a load test.")
consulting.open_to_all(consultation=asked)
talk = setting_up.set_up(consultation=asked, title="Load", slug="load")
rows = [{{"text": f"Statement number {{number}}."}} for number in range({STATEMENTS})]
setting_up.add_statements(conversation=talk, rows=rows)
setting_up.open_to_votes(conversation=talk)
"""
_READ = """
import json
from minga.deliberation.models import Vote
print(json.dumps(list(Vote.objects.values_list("client_id", "value"))))
"""


class Browser:
    """As little of a browser as votes need: senders share their processors with the server that is measured."""

    def __init__(self, port: int) -> None:
        self.line = HTTPConnection("127.0.0.1", port, timeout=20)
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, sent: dict[str, str] | None = None) -> tuple[int, str]:
        """Send, keep the cookies of the answer, and return its status and body.

        Raises
        ------
        OSError, HTTPException
            The server did not answer; the next request opens a new line to it.
        """
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if sent:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.line.request(method, path, urlencode(sent) if sent else None, headers)
            answer = self.line.getresponse()
            body = answer.read().decode()
        except (OSError, HTTPException):
            self.line.close()
            raise
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, body


class Sender(threading.Thread):
    """A browser in which one person after the other votes."""

    def __init__(self, port: int, load: Load, seed: int) -> None:
        super().__init__(daemon=True)
        self.load, self.random, self.port = load, random.Random(seed), port
        self.browser = Browser(port)
        self.cast, self.trouble, self.token = 0, "", ""

    def run(self) -> None:
        try:
            while (due := self.load.next_due()) is not None:
                if self.cast % VOTES_OF_A_PERSON == 0:
                    self.come_in()
                time.sleep(max(0.0, due - time.monotonic()))
                self.vote()
        except Exception as problem:
            self.trouble = repr(problem)

    def come_in(self) -> None:
        """Load the page as somebody new: the browser gets its key before the first vote."""
        self.browser.line.close()
        self.browser = Browser(self.port)
        _status, page = self.persist("GET", PAGE)
        self.token = _TOKEN.search(page)[1]

    def vote(self) -> None:
        mark, answer = uuid4().hex[:24], self.random.choice(list(ANSWERS))
        sent = {
            "statement": str(self.random.randrange(STATEMENTS)),
            "client": mark,
            "vote": answer,
            "csrfmiddlewaretoken": self.token,
        }
        began = time.monotonic()
        status, page = self.persist("POST", f"{PAGE}vote/", sent)
        # a refusal goes on to the same page, and says why there; at the end its mark is missed in the database
        if status != 302:
            raise RuntimeError(f"{status}: {self.browser.cookies} {page[:200]}")
        self.cast += 1
        with self.load.lock:
            # stored with the button beside the mark: another button on the same page is another act
            self.load.confirmed[f"{mark}.{answer[0]}"] = ANSWERS[answer]
            self.load.took.append(time.monotonic() - began)

    def persist(self, method: str, path: str, sent: dict[str, str] | None = None) -> tuple[int, str]:
        """Send until the server answers with anything but a fault of its own."""
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            try:
                status, page = self.browser.request(method, path, sent)
                if status < 500:
                    return status, page
            except (OSError, HTTPException):
                pass
            with self.load.lock:
                self.load.interrupted += 1
            time.sleep(0.05)
        raise RuntimeError("the server never came back")


def kill_now_and_then(parent: int, every: float, stopping: threading.Event, killed: list[int]) -> None:
    """Kill a worker that has served for a while, as long as another such one goes on while it is started again."""
    seen: dict[int, float] = {}
    last = time.monotonic()
    while every and not stopping.wait(1):
        now = time.monotonic()
        seen = {worker: seen.get(worker, now) for worker in server_workers(parent)}
        settled = [worker for worker, since in seen.items() if now - since >= every]
        if len(settled) > 1 and now - last >= every:
            last = now
            killed.append(random.Random(len(killed)).choice(settled))
            os.kill(killed[-1], signal.SIGKILL)


def compare(load: Load, rows: list[tuple[str, int]]) -> tuple[int, int]:
    """Return how many confirmed votes are not stored as told, and how many marks are stored more than once."""
    stored = dict(rows)
    lost = sum(stored.get(mark) != value for mark, value in load.confirmed.items())
    doubled = sum(count > 1 for count in Counter(mark for mark, _value in rows).values())
    return lost, doubled


def run(options: argparse.Namespace, folder: Path) -> int:
    site = Site(folder, database=options.database, settings={"MINGA_RATE_LIMITS": "off"})
    site.minga("site", "prepare")
    site.python(_SET_UP)
    base = f"http://127.0.0.1:{options.port}"
    served = ["--workers", str(options.workers), "--port", str(options.port)]
    command = [sys.executable, "-m", "minga.site.cli", "site", "run", *served]
    server = subprocess.Popen(command, env=site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stopping, killed = threading.Event(), []
    try:
        wait_until_healthy(base)
        load = Load(options.rate, options.seconds)
        senders = [Sender(options.port, load, seed) for seed in range(SENDERS)]
        killer = (server.pid, options.kill_every, stopping, killed)
        threading.Thread(target=kill_now_and_then, args=killer, daemon=True).start()
        load.began = time.monotonic()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        spent = time.monotonic() - load.began
    finally:
        stopping.set()
        server.terminate()
        server.wait(120)
    return report(options, load, spent, killed, [one.trouble for one in senders if one.trouble], site)


def report(
    options: argparse.Namespace, load: Load, spent: float, killed: list[int], trouble: list[str], site: Site
) -> int:
    lost, doubled = compare(load, [tuple(row) for row in json.loads(site.python(_READ))])
    reached = len(load.confirmed) / spent
    cuts = statistics.quantiles(load.took, n=100)
    middle, high, highest = (cuts[place] * 1000 for place in (49, 94, 98))
    print(f"{len(load.confirmed)} votes in {spent:.0f} s: {reached:.1f} a second, {options.workers} workers")
    print(f"time by the sender's clock: median {middle:.0f} ms, 95 % {high:.0f} ms, 99 % {highest:.0f} ms")
    print(f"{len(killed)} workers killed with -9, {load.interrupted} tries interrupted and sent again")
    print(f"lost: {lost}, stored twice: {doubled}" + (f", trouble: {trouble[:3]}" if trouble else ""))
    return 1 if lost or doubled or trouble or reached < 0.9 * options.rate else 0


def main() -> int:
    """Read the options and run in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rate", type=float, default=200, help="votes a second")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--workers", type=int, default=4, help="processes of the web server")
    parser.add_argument("--kill-every", type=float, default=20, help="seconds between kills; 0: none")
    parser.add_argument("--database", default="", help="postgres://… of an empty database; else SQLite")
    parser.add_argument("--port", type=int, default=8766)
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
