"""Several people answer and sort the same voices at the same moment: one answer stands, and every voice stands once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from minga.deliberation import testing_voices as people
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Disposition, Theme, ThemeLink, Voice
from minga.deliberation.selectors import theming as theming_board
from minga.deliberation.services import answering, sorting, theming
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
_SORT = _WORK.replace("work", "sort_all")
_SEEN = """
import json
from minga.deliberation.tests.test_answering_at_once import seen
print(json.dumps(seen()))
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


def search() -> theming_board.Search:
    """Look for all voices of the loose theme."""
    return theming_board.Search(theme=Theme.objects.get(name="Loose"))


def sort_all(job: str) -> dict[str, Any]:
    """Move all voices that the page listed to one's own theme; `job` names who works, and the mark of the list."""
    name, _colon, mark = job.partition(":")
    try:
        done = sorting.sort_voices(
            consultation=Consultation.objects.get(), voices=sorting.Listed(search(), mark), act=sorting.MOVE,
            source=search().theme, target=sorting.Target(name=name),
        )  # fmt: skip
    except ActError as refused:
        return {"who": name, "moved": 0, "said": refused.code}
    return {"who": name, "moved": done.done, "said": "moved"}


def seen() -> str:
    """Return the mark of the list as a page shows it."""
    return theming_board.mark_of_list(theming_board.found(Consultation.objects.get(), search()))


def check_sorted(done: list[dict[str, Any]]) -> None:
    """One moved all of them; the other was told, and left neither a theme nor a voice."""
    assert sorted((one["moved"], one["said"]) for one in done) == [(0, "listed"), (12, "moved")]


def themes() -> list[str]:
    """Return the names of themes with voices or without, besides those that were there."""
    return sorted(Theme.objects.exclude(name__in=["Loose", "A", "B"]).values_list("name", flat=True))


@pytest.mark.slow
def test_two_processes_at_once_on_sqlite(tmp_path):
    start = at_once.starter(tmp_path)
    at_once.alone(tmp_path, _MAKE)
    together = str(time.time() + 6)
    check([json.loads(one.communicate(timeout=300)[0]) for one in [start(_WORK, name, together) for name in "AB"]])
    found = json.loads(at_once.alone(tmp_path, _LOOK))
    assert found == {"answers": 1, "numbers": list(range(1, 13))}


@pytest.mark.slow
def test_a_list_is_sorted_by_one_of_two_processes_on_sqlite(tmp_path):
    start = at_once.starter(tmp_path)
    at_once.alone(tmp_path, _MAKE)
    mark = json.loads(at_once.alone(tmp_path, _SEEN))
    together = str(time.time() + 6)
    sorts = [start(_SORT, f"{name}:{mark}", together) for name in ("Ada", "Bo")]
    check_sorted([json.loads(one.communicate(timeout=300)[0]) for one in sorts])
    found = json.loads(at_once.alone(tmp_path, _LOOK))
    assert found == {"answers": 0, "numbers": list(range(1, 13))}


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_on_postgresql():
    at_once.needs_connections()
    heard()
    done = at_once.with_connections(work, "AB")
    check(done)
    assert state() == {"answers": 1, "numbers": list(range(1, 13))}


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_a_list_is_sorted_by_one_of_two_connections_on_postgresql():
    at_once.needs_connections()
    heard()
    mark = seen()
    done = at_once.with_connections(sort_all, [f"{name}:{mark}" for name in ("Ada", "Bo")])
    check_sorted(done)
    assert themes() == [one["who"] for one in done if one["moved"]]
    assert state() == {"answers": 0, "numbers": list(range(1, 13))}


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_who_answers_a_theme_does_not_wait_in_a_circle_with_who_sorts_into_it_on_postgresql():
    at_once.needs_connections()
    heard()
    assert sorted(at_once.with_connections(answer_or_sort, range(8))) == list(range(8))
    assert Disposition.objects.filter(superseded_by=None).count() == 1
    assert state()["numbers"] == sorted([*range(1, 13), *range(1, 5)])


def answer_or_sort(at: int) -> int:
    """Put a voice under a theme, or answer that theme; of several answers one stands."""
    theme = Theme.objects.get(name="A")
    if at % 2:
        theming.put_under(theme=theme, voices=[Voice.objects.get(number=(at + 1) // 2)])
        return at
    try:
        answering.give_answer(target=theme, answer="rejected", reason=WHY)
    except ActError as refused:
        assert refused.code == "answered"  # noqa: PT017 - any other refusal is a fault
    return at
