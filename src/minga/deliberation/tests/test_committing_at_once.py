"""Several people report at the same moment: one report counts, the others are refused; promises share no number."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from django.utils import timezone

from minga.deliberation import testing_voices as people
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, Commitment, Draft
from minga.deliberation.services import committing, drafting, versions
from tests import at_once

_MAKE = """
from minga.deliberation.tests.test_committing_at_once import promised
promised()
"""
_WORK = """
import sys, time
from minga.deliberation.tests.test_committing_at_once import work
while time.time() < float(sys.argv[2]):
    time.sleep(0.01)
print(work(sys.argv[1]))
"""
_COUNT = """
import json
from minga.deliberation.models import Commitment
numbers = sorted(Commitment.objects.values_list("number", flat=True))
print(json.dumps([numbers, list(Commitment.objects.get(number=1).updates.values_list("version", "note"))]))
"""


def promised() -> Commitment:
    """Promise something in an adopted draft."""
    draft = drafting.make_draft(consultation=people.consultation(), title="Plan")
    clause = drafting.add_clause(draft=draft, heading="", text="Advice.")
    versions.publish_version(draft=draft)
    Draft.objects.update(state="adopted", adopted_at=timezone.now())
    return committing.commit(clause=clause, title="Train", owner="Unit", due_on=date(2030, 1, 1))


def work(name: str) -> str:
    """Report on the state that was seen, then promise two more things."""
    try:
        committing.report(commitment=Commitment.objects.get(number=1), seen=1, status="going", note=f"By {name}.")
        said = "counted"
    except ActError as refused:
        said = refused.code
    for count in range(2):
        committing.commit(clause=Clause.objects.get(), title=f"{name} {count}", owner="Unit", due_on=date(2030, 1, 1))
    return said


@pytest.mark.slow
def test_two_processes_at_once_on_sqlite(tmp_path):
    start = at_once.starter(tmp_path)
    at_once.alone(tmp_path, _MAKE)
    together = str(time.time() + 6)
    said = [one.communicate(timeout=300)[0].strip() for one in [start(_WORK, name, together) for name in "AB"]]
    assert sorted(said) == ["changed", "counted"]
    numbers, reports = json.loads(at_once.alone(tmp_path, _COUNT))
    assert numbers == list(range(1, 6))
    assert [version for version, _note in reports] == [1, 2]


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_four_connections_at_once_on_postgresql():
    at_once.needs_connections()
    one = promised()
    said = at_once.with_connections(work, "ABCD")
    assert sorted(said) == ["changed"] * 3 + ["counted"]
    assert sorted(Commitment.objects.values_list("number", flat=True)) == list(range(1, 10))
    assert list(one.updates.values_list("version", flat=True)) == [1, 2]
