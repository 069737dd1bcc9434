"""Time the server takes to save one answer where a million assessments, with all their answers, are stored.

Run: python bench/save_at_scale.py [--stored 1000000] [--saves 300] [--database URL]

The stored ones are made by the database itself: each with the 14 answers of the short form and their history. Then
checks are started and answered by requests through the whole stack of middleware; beside it, the same on the same
database before it was filled. Prints the median and the 95 % point of both in milliseconds, and their ratio; the
limit for the median at scale is 50 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

#: One row an assessment and one an answer, written by the database; {n} numbers them.
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(1, {count}))",
}
_ID = {
    "sqlite": "printf('%032x', n)",
    "postgresql": "lpad(to_hex(n), 32, '0')::uuid",
}


def fill(connection, pattern, count: int, items: list[str]) -> None:
    """Copy one assessment `count` times, with an answer and a row of history for each item."""
    is_sqlite = connection.vendor == "sqlite"
    numbers, pk = _NUMBERS[connection.vendor].format(count=count), _ID[connection.vendor]
    one = pattern.pk.hex if is_sqlite else str(pattern.pk)
    names = [field.column for field in pattern._meta.concrete_fields if field.column != "id"]
    source = f"FROM numbers CROSS JOIN {pattern._meta.db_table} one WHERE one.id = %s"
    given = "'level', n %% 6, '', '', 1, "
    columns = "assessment_id, item, given, level, reason, note, version, "
    with connection.cursor() as cursor:
        into = f"INSERT INTO {pattern._meta.db_table} (id, {', '.join(names)})"
        cursor.execute(f"{numbers} {into} SELECT {pk}, {', '.join(f'one.{name}' for name in names)} {source}", [one])
        answer = f"INSERT INTO readiness_answer ({columns} saved_at) SELECT {pk}, %s, {given} one.started_at {source}"
        version = (
            f"INSERT INTO readiness_answerversion ({columns} seen_version, client_id, is_assisted, language, at) "
            f"SELECT {pk}, %s, {given} 0, '', {'0' if is_sqlite else 'false'}, 'en', one.started_at {source}"
        )
        for item in items:
            cursor.execute(f"{numbers} {answer}", [item, one])
            cursor.execute(f"{numbers} {version}", [item, one])
        if not is_sqlite:
            cursor.execute("ANALYZE")


def save_many(saves: int, items: list[str]) -> list[float]:
    """Start checks and answer them by requests; return the seconds of each save."""
    from django.test import Client

    took: list[float] = []
    while len(took) < saves:
        client = Client(headers={"host": "localhost"})
        profile = {"sector": "62", "country": "TN", "size": "1-9", "name": "Load"}
        place = client.post("/en/readiness/confirm/", profile)["location"].split("/")[4]
        for item in items:
            sent = {"item": item, "value": "3", "version": "0", "client": f"{place}{item}"}
            began = time.perf_counter()
            response = client.post(f"/en/readiness/a/{place}/save/", sent)
            took.append(time.perf_counter() - began)
            if response.status_code != 200:
                raise SystemExit(f"{response.status_code}: {response.content[:300]!r}")
    return took


def told(name: str, took: list[float]) -> float:
    middle, high = statistics.median(took) * 1000, statistics.quantiles(took, n=20)[18] * 1000
    print(f"{name}: median {middle:.1f} ms, 95 % {high:.1f} ms over {len(took)} saves")
    return middle


def run(options: argparse.Namespace, folder: str) -> int:
    os.environ |= {"MINGA_VAR": folder, "MINGA_DATABASE_URL": options.database, "MINGA_RATE_LIMITS": "off"}
    os.environ |= {"MINGA_LOG_LEVEL": "WARNING"}
    from minga.web.setup import django_setup

    django_setup()
    from django.core.management import call_command
    from django.db import connection

    from minga import readiness
    from minga.readiness.models import Assessment

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    items = [item.id for item in readiness.load_instrument("generic-enterprise").items_of(None, "short")]
    save_many(28, items)  # load what loads once
    before = told(f"{connection.vendor}, empty", save_many(options.saves, items))
    began = time.perf_counter()
    fill(connection, Assessment.objects.first(), options.stored, items)
    print(f"filled in {time.perf_counter() - began:.0f} s: {Assessment.objects.count()} assessments")
    after = told(f"{connection.vendor}, {options.stored} stored", save_many(options.saves, items))
    print(f"ratio full to empty: {after / before:.2f}; limit for the median: 50 ms")
    return 1 if after > 50 else 0


def main() -> int:
    """Read the options and run in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--saves", type=int, default=300)
    parser.add_argument("--database", default="", help="postgres://… of an empty database; else SQLite")
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), folder)


if __name__ == "__main__":
    sys.exit(main())
