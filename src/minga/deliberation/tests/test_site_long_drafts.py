"""A draft as long as a strategy gets: what its pages weigh on a slow line, and that nothing of it is lost."""

from __future__ import annotations

import csv
import gzip
import re
from itertools import cycle
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

import minga
from minga.deliberation import testing_voices as people
from minga.deliberation.models import Clause, ClauseVersion, Disposition, Draft
from minga.deliberation.services import answering
from tests.support import shared_data

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PACKAGE = Path(minga.__file__).parent
HOME = "/en/deliberation/strategy/drafts/plan/"
CLAUSES = 200
#: what may go over the line before anything is shown, in bytes
MOST = 60_000


@pytest.fixture(scope="module")
def opinions():
    """The words of people of New Zealand about living things and their places."""
    found = []
    for name in ("biodiversity", "london-policing"):
        with (shared_data(f"deliberation/{name}") / "comments.csv").open(encoding="utf-8") as file:
            found += [row["comment-body"] for row in csv.DictReader(file)]
    return found


@pytest.fixture(scope="module")
def draft(opinions, django_db_setup, django_db_blocker):
    """Keep one long draft for all tests here; they only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield written(opinions)
        transaction.set_rollback(True)


def written(opinions):
    """Write two hundred clauses, each changed in the second version because of a voice that was accepted."""
    asked = people.consultation()
    made = Draft.objects.create(consultation=asked, slug="plan", title="Plan", version=2)
    said = cycle(opinions)
    clauses = Clause.objects.bulk_create(Clause(draft=made, number=number) for number in range(1, CLAUSES + 1))
    for version, kind in ((1, "add"), (2, "edit")):
        ClauseVersion.objects.bulk_create(
            ClauseVersion(
                clause=one,
                version=version,
                kind=kind,
                position=one.number,
                heading=f"{next(said)[:40]} {one.number}",
                text=f"{next(said)} {next(said)}\n\n{next(said)}",
            )
            for one in clauses
        )
        # last, as in life: nothing is added to a version that is published
        made.versions.create(number=version, text_hash="0" * 64)
    for row in ClauseVersion.objects.filter(version=2):
        theme = people.themed(
            asked, f"{next(said)[:30]} {row.pk}", [people.heard(asked, next(said)) for _voice in range(5)]
        )
        row.dispositions.add(answering.give_answer(target=theme, answer="accepted"))
    assert Disposition.objects.count() == CLAUSES
    return made


def weight(response, *sheets):
    """Return what a page and its style sheets weigh on the line, in bytes."""
    assert response.status_code == 200
    found = [response.content, *((PACKAGE / sheet).read_bytes() for sheet in sheets)]
    return sum(len(gzip.compress(content)) for content in found)


def codes(response):
    return re.findall(r'<section class="clause[^"]*" id="(C\d+)"', response.content.decode())


def test_long_text_and_its_changes_are_light_enough_for_a_slow_line(draft):
    sheets = ("web/static/web/minga.css", "deliberation/static/deliberation/drafting.css")
    whole = Client().get(HOME)
    assert len(codes(whole)) == CLAUSES
    assert 20_000 < weight(whole, *sheets) < MOST
    for page in (1, 5):
        assert 10_000 < weight(Client().get(f"{HOME}v/2/changes/", {"page": page}), *sheets) < MOST


def test_what_stands_behind_a_clause_of_a_long_text_is_one_step_away(draft):
    page = Client().get(HOME).content.decode()
    assert f'<a href="{HOME}c/7/#behind">What stands behind it<span class="unseen"> C7</span> · 5 voices</a>' in page
    behind = Client().get(f"{HOME}c/7/").content.decode()
    after = behind.split('<h2 id="behind">')[1]
    voice = Disposition.objects.get(changes__clause__number=7).theme.links.first().voice
    assert f">{voice.code}<" in after


def test_changes_of_a_long_text_are_shown_page_by_page_each_once(draft):
    pages = [Client().get(f"{HOME}v/2/changes/", {"page": page}) for page in range(1, 6)]
    assert [len(codes(page)) for page in pages] == [40] * 5
    assert sorted(one for page in pages for one in codes(page)) == sorted(f"C{n}" for n in range(1, CLAUSES + 1))
    assert "Page 2 of 5" in " ".join(pages[1].content.decode().split())
    assert '<a rel="next"' not in pages[4].content.decode()
