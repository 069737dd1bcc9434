"""Votes that a report withholds cannot be worked out: other votes give the same report, letter by letter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.counts import counted_votes, open_statements, votes_by_group, votes_of_all
from minga.deliberation.engine.snapshot import snapshot
from minga.deliberation.tests.data import acts, real, with_groups
from minga.deliberation.tests.other_votes import cast, worlds
from minga.deliberation.tests.test_report_pages import conversation
from minga.stats.release import ReleaseError

ROOT = Path(__file__).resolve().parents[4]
#: What a map keeps for its public report; nothing of it may come of withheld votes.
PUBLIC = ("votes", "totals", "agree", "disagree", "ranked", "picked")


def three_groups():
    """Three groups, people who vote too seldom for one, and statements on which few people of each kind voted."""
    votes, _side = with_groups(1, people=90, statements=20)
    random = np.random.default_rng(4)
    rows = [(person, 100 + at, 1) for at in range(6) for person in random.choice(90, 4 + 3 * at, replace=False)]
    rows += [(900 + at, at % 4, -1) for at in range(7)] + [(910 + at, 5, 1) for at in range(6)]
    rows += [(902, 300, 1), (903, 300, -1), (900, 200, 1), (901, 200, 1), *((at, 200, 1) for at in range(0, 15, 3))]
    extra = acts(*(list(each) for each in zip(*rows, strict=True)))
    return conversation(pl.concat([votes, extra.cast(votes.schema)]))


WHOLE = {
    "biodiversity": (lambda: real("biodiversity"), "stable", None),
    "biodiversity as Pol.is": (lambda: real("biodiversity"), "polis", None),
    "vTaiwan": (lambda: real("vtaiwan-uberx"), "stable", None),
    "London as Pol.is": (lambda: real("london-policing"), "polis", None),
    "three groups": (three_groups, "stable", 3),
}


@pytest.fixture(scope="module", params=WHOLE)
def made(request):
    get, mode, k = WHOLE[request.param]
    whole = get()
    # flags are of the votes as they came: they tell of people, not of statements
    return deliberation.groups(deliberation.opinion_map(whole, mode=mode), k), replace(whole, votes=whole.votes.head(0))


def of_statements(found, whole):
    """Return the parts of the pages that tell of statements; figures of people and of the map stand before them."""
    pages = deliberation.report_pages(found, whole)
    return pages["index.html"].partition("<h2>Group A")[2], pages["statements.html"]


def test_other_votes_give_the_same_pages_and_every_withheld_count_is_another_one(made):
    found, whole = made
    others = list(worlds(found))
    pages, kept = of_statements(found, whole), snapshot(found, whole.statements)
    assert all(pages)
    for other in others:
        assert of_statements(other, whole) == pages
        again = snapshot(other, whole.statements)
        assert {name: again.tables[name] for name in PUBLIC} == {name: kept.tables[name] for name in PUBLIC}
    counts = [cast(each) for each in (found, *others)]
    withheld = votes_by_group(found).filter("withheld").select("statement", "group").rows()
    in_none = {place for place, few in counts[0].items() if place[1] == -1 and sum(few) < 5}
    assert withheld
    for place in {*withheld, *in_none}:
        assert len({each.get(place, (0, 0, 0)) for each in counts}) > 1, place


def test_method_page_says_what_is_withheld_in_a_real_conversation():
    found = deliberation.groups(deliberation.opinion_map(real("biodiversity")))
    rejected = found.map.rejected.to_list()
    compared = [name for name in open_statements(votes_by_group(found)) if name not in rejected]
    every, votes = len(found.map.table.statements) - len(rejected), len(found.map.table.value)
    page = (ROOT / "docs/methods/opinion-map.md").read_text(encoding="utf-8")
    assert (
        f"Of the {every} statements of that conversation that are not rejected, {len(compared)} compare groups; on the "
        f"other {every - len(compared)} fewer than five people of a group voted. Of its {votes:,} votes "
        f"{votes - len(counted_votes(found).value)} are left out"
    ) in page


def test_a_share_beside_all_others_no_longer_gives_the_few_in_no_group_away():
    """All three in no group disagreed: 211 of 267 in one group, 7.0 times the other, and the votes of all told so."""
    found = deliberation.groups(deliberation.opinion_map(real("biodiversity")))
    assert [cast(found)[79, group][:2] for group in (-1, 0, 1)] == [(0, 3), (32, 211), (46, 6)]
    assert votes_of_all(found).filter(pl.col("statement") == 79).row(0)[1:5] == (78, 217, 32, 327)
    cells = votes_by_group(found).filter(pl.col("statement") == 79)
    assert cells["disagree"].to_list() == [211, 6]
    page = deliberation.report_pages(found, real("biodiversity"))["index.html"]
    assert "withheld<" not in page.partition("<h2>Group A")[2].partition("<h2>What people agree on")[0]


def test_nothing_is_left_out_where_five_in_no_group_voted_or_there_are_no_groups():
    whole = three_groups()
    found = deliberation.groups(deliberation.opinion_map(whole), 3)
    before, after = (dict(zip(table.statements, table.counts(), strict=True)) for table in
                     (found.map.table, counted_votes(found)))  # fmt: skip
    assert {name: int(before[name] - n) for name, n in after.items() if before[name] != n} == {
        0: 2, 1: 2, 2: 2, 3: 1, 200: 2, 300: 2
    }  # fmt: skip
    assert cast(found)[5, -1] == (6, 0, 0)
    none = deliberation.groups(deliberation.opinion_map(real("london-policing")))
    assert not none.is_clear
    assert counted_votes(none) is none.map.table
    assert votes_by_group(none).height == 0


def test_a_group_of_few_voters_closes_a_statement_and_no_vote_at_all_does_not():
    votes, _side = with_groups(2, k=2, people=60)
    first, second = (list(range(side, 60, 2)) for side in (0, 1))
    rows = [(person, 100, 1) for person in first[:9]]
    rows += [(person, 101, 1) for person in [*first[:9], *second[:4]]]
    rows += [(person, 102, 1) for person in [*first[:9], *second[:5]]]
    rows += [(person, 103, 1) for person in first[:4]]
    extra = acts(*(list(each) for each in zip(*rows, strict=True)))
    found = deliberation.groups(deliberation.opinion_map(pl.concat([votes, extra.cast(votes.schema)])))
    assert found.sizes == (30, 30)
    cells = votes_by_group(found)
    counts = {name: sorted(own["votes"].to_list(), key=str) for (name,), own in cells.group_by("statement")}
    assert [counts[name] for name in (100, 101, 102, 103)] == [[0, 9], [None, None], [5, 9], [None, None]]
    assert {100, 101, 102, 103} & set(open_statements(cells)) == {100, 102}
    assert 102 not in open_statements(votes_by_group(found, 6))


def test_the_smallest_count_is_never_lowered():
    found = deliberation.groups(deliberation.opinion_map(with_groups(2, k=2, people=60)[0]))
    for count in (counted_votes, votes_by_group, votes_of_all):
        with pytest.raises(ReleaseError, match="at least 5 persons"):
            count(found, 4)
