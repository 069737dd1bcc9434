"""Several editors at the same moment: nobody's words are lost, and no two clauses get one number."""

from __future__ import annotations

import json
import time

import pytest

from minga.deliberation import testing_voices as people
from minga.deliberation.models import Clause, ClauseRevision
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import drafting
from tests import at_once

_MAKE = """
from minga.deliberation import testing_voices as people
from minga.deliberation.services import drafting
draft = drafting.make_draft(consultation=people.consultation(), title="Plan")
drafting.add_clause(draft=draft, heading="", text="Old.")
"""
_WRITE = """
import sys, time
from minga.deliberation.models import Clause
from minga.deliberation.selectors.drafts import words_mark
from minga.deliberation.services import drafting
clause, name = Clause.objects.select_related("draft").get(number=1), sys.argv[1]
while time.time() < float(sys.argv[2]):
    time.sleep(0.01)
saving = drafting.save_clause(clause=clause, heading="", text=f"By {name}.", seen=words_mark("", "Old."))
for _time in range(5):
    drafting.add_clause(draft=clause.draft, heading="", text=f"Added by {name}.")
print(saving.is_outdated)
"""
_COUNT = """
import json
from minga.deliberation.models import Clause, ClauseRevision
words = sorted(ClauseRevision.objects.filter(text__startswith="By").values_list("text", flat=True))
aside = ClauseRevision.objects.filter(revision=None).count()
print(json.dumps([sorted(Clause.objects.values_list("number", flat=True)), words, aside]))
"""


@pytest.mark.slow
def test_two_processes_at_once_on_sqlite(tmp_path):
    start = at_once.starter(tmp_path)
    at_once.alone(tmp_path, _MAKE)
    together = str(time.time() + 4)
    said = [one.communicate(timeout=300)[0].strip() for one in [start(_WRITE, name, together) for name in "AB"]]
    assert sorted(said) == ["False", "True"]
    numbers, words, aside = json.loads(at_once.alone(tmp_path, _COUNT))
    assert numbers == list(range(1, 12))
    assert (words, aside) == (["By A.", "By B."], 1)


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_four_connections_at_once_on_postgresql():
    at_once.needs_connections()
    draft = drafting.make_draft(consultation=people.consultation(), title="Plan")
    clause = drafting.add_clause(draft=draft, heading="", text="Old.")

    def work(name):
        own = Clause.objects.select_related("draft").get(pk=clause.pk)
        saving = drafting.save_clause(clause=own, heading="", text=f"By {name}.", seen=selectors.words_mark("", "Old."))
        for _time in range(3):
            drafting.add_clause(draft=own.draft, heading="", text=f"Added by {name}.")
        return saving.is_outdated

    outdated = at_once.with_connections(work, range(4))
    assert sorted(outdated) == [False, True, True, True]
    kept = set(ClauseRevision.objects.filter(text__startswith="By").values_list("text", flat=True))
    assert kept == {f"By {name}." for name in range(4)}
    assert sorted(Clause.objects.values_list("number", flat=True)) == list(range(1, 14))
