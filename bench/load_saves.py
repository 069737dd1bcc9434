"""Save answers at a steady rate on a real server of two workers, while one worker after the other is killed with -9.

Run: python bench/load_saves.py [--rate 50] [--seconds 300] [--kill-every 20] [--database URL] [--port 8765]

Every answer carries its own mark, as from the page's script, and is sent again with the same mark until the server
confirms it. At the end the database must hold each confirmed mark exactly once, with the version that was confirmed.
Prints the rate reached, the time an answer took (by its sender's clock, with the tries that a kill cost), and what
was lost or doubled; the exit code is 1 if anything was. No peer: LimeSurvey and ODK have no such server here.
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
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from minga import readiness
from tests.sites import Site

SENDERS = 25
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PLACE = re.compile(r"/en/readiness/a/([0-9a-f-]{36})/")
_READ = """
import json
from minga.readiness.models import AnswerVersion
print(json.dumps(list(AnswerVersion.objects.exclude(client_id="").values_list("client_id", "version"))))
"""


@dataclass
class Load:
    """When the next answer is due, and what was confirmed: mark to version."""

    rate: float
    seconds: float
    began: float = 0.0
    given: int = 0
    confirmed: dict[str, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    interrupted: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_due(self) -> float | None:
        """Return when the next answer is to be sent; None when the time is over."""
        with self.lock:
            due = self.began + self.given / self.rate
            if due > self.began + self.seconds:
                return None
            self.given += 1
            return due


class Sender(threading.Thread):
    """A business that answers its own check again and again, with the versions that it saw."""

    def __init__(self, base: str, items: list[str], load: Load, seed: int) -> None:
        super().__init__(daemon=True)
        self.load, self.items, self.random = load, items, random.Random(seed)
        self.browser = httpx.Client(base_url=base, timeout=20)
        profile = {"sector": "62", "country": "TN", "size": "1-9", "name": "Load"}
        page = self.browser.get("/en/readiness/confirm/", params=profile)
        self.token = _TOKEN.search(page.text)[1]
        started = self.browser.post("/en/readiness/confirm/", data=profile | {"csrfmiddlewaretoken": self.token})
        self.assessment = _PLACE.match(started.headers["location"])[1]
        self.seen = dict.fromkeys(items, 0)
        self.trouble = ""

    def run(self) -> None:
        try:
            while (due := self.load.next_due()) is not None:
                time.sleep(max(0.0, due - time.monotonic()))
                self.answer(self.random.choice(self.items))
        except Exception as problem:
            self.trouble = repr(problem)

    def answer(self, item: str) -> None:
        mark = uuid4().hex
        sent = {
            "item": item,
            "value": str(self.random.randrange(6)),
            "note": mark,  # no two answers are alike, so each is a version of its own
            "version": str(self.seen[item]),
            "client": mark,
            "csrfmiddlewaretoken": self.token,
        }
        began = time.monotonic()
        response = self.persist(sent)
        told = response.json()
        if response.status_code != 200:
            raise RuntimeError(f"{response.status_code}: {told}")
        self.seen[item] = told["version"]
        with self.load.lock:
            self.load.confirmed[mark] = told["version"]
            self.load.took.append(time.monotonic() - began)

    def persist(self, sent: dict[str, str]) -> httpx.Response:
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            try:
                response = self.browser.post(f"/en/readiness/a/{self.assessment}/save/", data=sent)
                if response.status_code < 500:
                    return response
            except httpx.TransportError:
                pass
            with self.load.lock:
                self.load.interrupted += 1
            time.sleep(0.05)
        raise RuntimeError("the server never came back")


def server_workers(parent: int) -> list[int]:
    """Return the process ids of the web server's workers, not of the one that does background tasks."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            is_child = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1]) == parent
            line = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if is_child and "site worker" not in line and "resource_tracker" not in line:
            found.append(int(entry.name))
    return found


def kill_now_and_then(parent: int, every: float, stopping: threading.Event, killed: list[int]) -> None:
    while every and not stopping.wait(every):
        workers = server_workers(parent)
        if len(workers) > 1:  # one goes on while the other is started again
            killed.append(random.Random(len(killed)).choice(workers))
            os.kill(killed[-1], signal.SIGKILL)


def wait_until_healthy(base: str) -> None:
    for _try in range(300):
        try:
            if httpx.get(f"{base}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def compare(load: Load, rows: list[tuple[str, int | None]]) -> tuple[int, int]:
    """Return how many confirmed answers are not stored as told, and how many marks are stored more than once."""
    stored = dict(rows)
    lost = sum(stored.get(mark) != version for mark, version in load.confirmed.items())
    doubled = sum(count > 1 for count in Counter(mark for mark, _version in rows).values())
    return lost, doubled


def run(options: argparse.Namespace, folder: Path) -> int:
    site = Site(folder, database=options.database, settings={"MINGA_RATE_LIMITS": "off"})
    site.minga("site", "prepare")
    base = f"http://127.0.0.1:{options.port}"
    command = [sys.executable, "-m", "minga.site.cli", "site", "run", "--workers", "2", "--port", str(options.port)]
    server = subprocess.Popen(command, env=site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stopping, killed = threading.Event(), []
    try:
        wait_until_healthy(base)
        items = [item.id for item in readiness.load_instrument("generic-enterprise").items_of(None, "short")]
        load = Load(options.rate, options.seconds)
        senders = [Sender(base, items, load, seed) for seed in range(SENDERS)]
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
        server.wait(30)
    lost, doubled = compare(load, [tuple(row) for row in json.loads(site.python(_READ))])
    trouble = [sender.trouble for sender in senders if sender.trouble]
    cuts = statistics.quantiles(load.took, n=100)
    print(f"{len(load.confirmed)} answers in {spent:.0f} s: {len(load.confirmed) / spent:.1f} a second, 2 workers")
    middle, high, highest = (cuts[place] * 1000 for place in (49, 94, 98))
    print(f"time by the sender's clock: median {middle:.0f} ms, 95 % {high:.0f} ms, 99 % {highest:.0f} ms")
    print(f"{len(killed)} workers killed with -9, {load.interrupted} tries interrupted and sent again")
    print(f"lost: {lost}, stored twice: {doubled}" + (f", trouble: {trouble[:3]}" if trouble else ""))
    return 1 if lost or doubled or trouble else 0


def main() -> int:
    """Read the options and run in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rate", type=float, default=50, help="answers a second")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--kill-every", type=float, default=20, help="seconds between kills; 0: none")
    parser.add_argument("--database", default="", help="postgres://… of an empty database; else SQLite")
    parser.add_argument("--port", type=int, default=8765)
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
