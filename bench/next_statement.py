"""Time the server takes to show the next statement where 100,000 people have voted two and a half million times.

Run: python bench/next_statement.py [--people 100000] [--statements 1000] [--votes 2500000] [--requests 200]
                                    [--database URL]

The database makes people and votes itself; weights of a map for all statements lie beside them. Then people who have
voted, by the number of their votes, and newcomers ask for the page through the whole stack of middleware, and vote.
Prints the median and the 95 % point of both in milliseconds, and beside them what the processor worked, which a busy
machine does not lengthen; the limit for each median by the clock is 50 ms.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import statistics
import sys
import tempfile
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LIMIT_MS = 50
#: The secret of the person with this number, as the browser would hold it.
SECRET = "the secret of person {n}, long enough for a test"
_BATCH = 10_000
#: Statements that everybody has left, so that even the busiest are asked something.
LEFT = 10


def furnish(people: int, statements: int, votes: int) -> Any:
    """Store a conversation with its people, votes and the weights of a map."""
    from datetime import UTC, datetime

    import numpy as np

    from minga.deliberation.models import Consultation, Conversation, MapRun, Participant, Statement

    at = datetime(2026, 11, 1, tzinfo=UTC)
    asked = Consultation.objects.create(slug="load", title="Load", state="open")
    talk = Conversation.objects.create(consultation=asked, slug="load", title="What first?", state="open", seed=1)
    Statement.objects.bulk_create(
        Statement(conversation=talk, number=number, text=f"Statement number {number}.", language="en", state="accepted")
        for number in range(statements)
    )
    for start in range(0, people, _BATCH):
        Participant.objects.bulk_create(
            Participant(conversation=talk, token_hash=hashlib.sha256(SECRET.format(n=n).encode()).hexdigest())
            for n in range(start, min(start + _BATCH, people))
        )
    keys = list(Statement.objects.order_by("number").values_list("pk", flat=True))
    everybody = list(Participant.objects.order_by("pk").values_list("pk", flat=True))
    random = np.random.default_rng(0)
    # most people vote a little and a few on nearly everything, as in real conversations
    share = random.lognormal(0, 1, people)
    each = np.minimum(statements - LEFT, (share * votes / share.sum()).astype(int) + 1)
    batch: list[tuple[Any, ...]] = []
    for person, n in zip(everybody, each, strict=True):
        for place in random.choice(statements, size=n, replace=False).tolist():
            batch.append((person, keys[place], (place + person) % 3 - 1))
        if len(batch) >= _BATCH:
            store(batch, at)
            batch = []
    store(batch, at)
    weights = {str(number): float(weight) for number, weight in enumerate(random.random(statements) * 20)}
    MapRun.objects.create(conversation=talk, weights=weights)
    return talk, np.argsort(each)


def store(batch: list[tuple[Any, ...]], at: Any) -> None:
    """Write votes as the database takes them fastest."""
    from django.db import connection, transaction

    moment = connection.ops.adapt_datetimefield_value(at)
    columns = "participant_id, statement_id, value, client_id, at"
    into = f"INSERT INTO deliberation_vote ({columns}) VALUES (%s, %s, %s, %s, %s)"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(into, [(*one, "load", moment) for one in batch])


def key_of(talk: Any, number: int | None) -> dict[str, str]:
    """Return the cookies of a person's browser; None is a newcomer."""
    from django.core.signing import get_cookie_signer

    if number is None:
        return {}
    name = f"talk_{talk.pk.hex}"
    return {name: get_cookie_signer(salt=f"{name}minga.deliberation.talk").sign(SECRET.format(n=number))}


#: seconds by the clock, and seconds in which the processor worked for it
Took = tuple[float, float]


def now() -> Took:
    """Read both clocks."""
    return time.perf_counter(), time.process_time()


def since(began: Took) -> Took:
    """Return what has passed on both clocks."""
    return time.perf_counter() - began[0], time.process_time() - began[1]


def ask(talk: Any, numbers: list[int | None]) -> tuple[list[Took], list[Took]]:
    """Let people look at the next statement, and vote on it; return the seconds of each."""
    from django.test import Client

    looked: list[Took] = []
    voted: list[Took] = []
    client = Client(headers={"host": "localhost"})
    for number in numbers:
        client.cookies = SimpleCookie(key_of(talk, number))
        began = now()
        page = client.get("/en/deliberation/talk/load/").content.decode()
        looked.append(since(began))
        asked = re.search(r'name="statement" value="(\d+)"', page)
        mark = re.search(r'name="client" value="([^"]+)"', page)
        if asked is None or mark is None:
            raise SystemExit(f"The page asks nothing: {page[:300]!r}")
        began = now()
        given = {"statement": asked.group(1), "vote": "agree", "client": mark.group(1)}
        response = client.post("/en/deliberation/talk/load/vote/", given)
        voted.append(since(began))
        if response.status_code != 302:
            raise SystemExit(f"{response.status_code}: {response.content[:300]!r}")
    return looked, voted


def told(name: str, took: list[Took]) -> float:
    """Print medians and the 95 % point, and return the median in milliseconds."""
    clock = [seconds * 1000 for seconds, _busy in took]
    middle, high = statistics.median(clock), statistics.quantiles(clock, n=20)[18]
    busy = statistics.median(busy for _seconds, busy in took) * 1000
    print(f"{name}: median {middle:.1f} ms ({busy:.1f} ms of the processor), 95 % {high:.1f} ms over {len(took)}")
    return middle


def run(options: argparse.Namespace, folder: str) -> int:
    """Fill a site that is thrown away, and measure it."""
    os.environ |= {"MINGA_VAR": folder, "MINGA_DATABASE_URL": options.database, "MINGA_RATE_LIMITS": "off"}
    os.environ |= {"MINGA_LOG_LEVEL": "WARNING"}
    from minga.web.setup import django_setup

    django_setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    began = time.perf_counter()
    talk, order = furnish(options.people, options.statements, options.votes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM deliberation_vote")
        (stored,) = cursor.fetchone()
    print(f"{connection.vendor}: {stored} votes of {options.people} people in {time.perf_counter() - began:.0f} s")
    n = options.requests
    usual = [int(order[int(place * (len(order) - 1) / max(1, n - 1))]) for place in range(n)]
    busiest = [int(one) for one in order[-n:]]  # two votes at most are cast for each of them here
    ask(talk, [None] * 10)  # load what loads once
    medians = []
    for name, numbers in (("newcomers", [None] * n), ("people of all kinds", usual), ("the busiest", busiest)):
        looked, voted = ask(talk, numbers)
        medians += [told(f"{name}, the next statement", looked), told(f"{name}, a vote", voted)]
    print(f"limit for each median: {LIMIT_MS} ms")
    return 1 if max(medians) > LIMIT_MS else 0


def main() -> int:
    """Read the options and run in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--statements", type=int, default=1000)
    parser.add_argument("--votes", type=int, default=2_500_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--database", default="", help="postgres://… of an empty database; else SQLite")
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), folder)


if __name__ == "__main__":
    sys.exit(main())
