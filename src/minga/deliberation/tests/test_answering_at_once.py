"""Several people answer and sort the same voices at the same moment: one answer stands, and every voice stands once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from minga.deliberation import testing_voices as people
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Disposition, Theme, ThemeLink, Voice
from minga.deliberation.services import answering, theming
from tests import at_once

WHY = "The council discussed this in May and keeps to the earlier text."
_MAKE = """
from minga.deliberation.tests.test_answering_at_once import heard
heard()
"""
_WORK = """
import json, sys, time
from minga.deliberation.tests.test_answering_at_once import work
while time.time() < float(sys.argv[2]):
    time.sleep(0.01)
print(json.dumps(work(sys.argv[1])))
"""
_LOOK = """
import json
from minga.deliberation.tests.test_answering_at_once import state
print(json.dumps(state()))
"""


def heard() -> None:
    """Twelve voices stand under a theme; two other themes wait."""
    asked = people.consultation()
    voices = [people.heard(asked, f"Voice {at}") for at in range(12)]
    people.themed(asked, "Loose", voices)
    for name in "AB":
        people.themed(asked, name)


def work(name: str) -> dict[str, Any]:
    """Answer the first voice, and move all voices to one's own theme, three at a time."""
    try:
        answering.give_answer(target=Voice.objects.get(number=1), answer="rejected", reason=WHY, responder=name)
        said = "answered"
    except ActError as refused:
        said = f"refused: {refused.code}"
    loose, own = Theme.objects.get(name="Loose"), Theme.objects.get(name=name)
    moved = 0
    for start in range(1, 13, 3):
        voices = list(Voice.objects.filter(number__in=range(start, start + 3)))
        moved += theming.move(voices=voices, out_of=loose, into=own).done
    return {"said": said, "moved": moved}


def state() -> dict[str, Any]:
    """Say which answers there are, and how often each voice stands under a theme."""
    running = ThemeLink.objects.filter(ended_at=None)
    numbers = sorted(running.values_list("voice__number", flat=True))
    return {"answers": Disposition.objects.count(), "numbers": numbers}


def check(done: list[dict[str, Any]]) -> None:
    assert sorted(one["said"] for one in done) == ["answered", "refused: answered"]
    assert sum(one["moved"] for one in done) == 12


@pytest.mark.slow
def test_two_processes_at_once_on_sqlite(tmp_path):
    start = at_once.starter(tmp_path)
    assert start(_MAKE).wait(180) == 0
    together = str(time.time() + 6)
    check([json.loads(one.communicate(timeout=180)[0]) for one in [start(_WORK, name, together) for name in "AB"]])
    found = json.loads(start(_LOOK).communicate(timeout=180)[0])
    assert found == {"answers": 1, "numbers": list(range(1, 13))}


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_on_postgresql():
    at_once.needs_connections()
    heard()
    done = at_once.with_connections(work, "AB")
    check(done)
    assert state() == {"answers": 1, "numbers": list(range(1, 13))}
