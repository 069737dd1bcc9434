"""Whether a map shows more than the same votes dealt by chance."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.chance import Chance, against_chance, dealt
from minga.deliberation.engine.projection import hashed_order
from minga.deliberation.engine.report_pages import why_no_groups
from minga.deliberation.tests.test_groups import mapped, real, with_groups


def unrelated(people: int, statements: int, seed: int, *, popularity: str, coin: bool) -> pl.DataFrame:
    """Votes of which no two hang together, on statements of which some are voted on by nearly all."""
    random = np.random.default_rng(seed)
    asked = np.minimum(random.lognormal(np.log(18), 1, people), statements - 1).astype(np.int64) + 1
    drawn = {"lognormal": random.lognormal(0, 1, statements), "rank": 1 / np.arange(1, statements + 1)}[popularity]
    row = np.repeat(np.arange(people), asked)
    column = random.choice(statements, size=len(row), p=drawn / drawn.sum())
    liked = np.zeros(statements) if coin else random.normal(size=statements)
    vote = np.digitize(liked[column] + random.normal(size=len(row)), [-0.4, 0.4]) - 1
    votes = pl.DataFrame({"participant": row, "statement": column, "vote": vote})
    return votes.unique(["participant", "statement"], keep="last", maintain_order=True)


@pytest.mark.parametrize("coin", [True, False])
@pytest.mark.parametrize("popularity", ["lognormal", "rank"])
def test_votes_that_do_not_hang_together_give_no_groups_however_popular_some_statements_are(popularity, coin):
    found = [mapped(unrelated(500, 80, seed, popularity=popularity, coin=coin)) for seed in range(5)]
    assert [each.k for each in found] == [1] * 5
    assert not any(each.chance.is_beaten for each in found)


def test_they_would_be_found_again_all_the_same():
    votes = unrelated(1000, 100, 0, popularity="rank", coin=False)
    evidence = mapped(votes).evidence
    assert evidence["stability"].max() > 0.75, "stability alone takes the habit of voting for opinion"
    assert not evidence["eligible"].any()


@pytest.mark.parametrize("name", ["biodiversity", "vtaiwan-uberx"])
def test_real_conversations_show_far_more_than_chance(name):
    chance = mapped(real(name)).chance
    assert chance.shown > 3 * chance.by_chance
    assert chance.is_beaten


@pytest.mark.parametrize(("statements", "axes"), [(2, 2), (3, 2), (10, 10)])
def test_two_opposed_camps_are_groups_on_few_statements_and_on_as_many_axes_as_statements(statements, axes):
    people, column = np.repeat(np.arange(200), statements), np.tile(np.arange(statements), 200)
    votes = pl.DataFrame({"participant": people, "statement": column, "vote": np.where(people % 2, 1, -1)})
    found = deliberation.groups(deliberation.opinion_map(votes, n_components=axes))
    assert found.chance.axes == min(axes, statements - 1)
    assert found.sizes == (100, 100)


def test_one_statement_shows_no_groups_and_the_report_says_why():
    votes = pl.DataFrame({"participant": range(200), "statement": 0, "vote": [1, -1] * 100})
    found = mapped(votes)
    assert (found.k, found.chance.axes) == (1, 0)
    assert why_no_groups(found) == (
        "people differ on fewer than two statements, so no votes on different statements can hang together"
    )


def test_planted_groups_show_more_than_chance_even_among_few():
    votes, _side = with_groups(3, k=2, people=30)
    assert mapped(votes).chance.is_beaten


def test_the_order_of_people_does_not_matter():
    votes, _side = with_groups(5)
    assert mapped(votes.sample(fraction=1, shuffle=True, seed=2)).chance == mapped(votes).chance


def test_dealing_keeps_what_each_statement_got_and_moves_the_rest():
    random = np.random.default_rng(1)
    cell, values = random.integers(0, 6, 3000), random.integers(-1, 2, 3000)
    after = dealt(values, cell, random)
    for each in range(6):
        assert np.array_equal(np.sort(after[cell == each]), np.sort(values[cell == each]))
    assert abs(np.corrcoef(after[cell == 0], values[cell == 0])[0, 1]) < 0.2


def test_the_share_by_chance_is_what_full_tables_of_shuffled_columns_give():
    votes, _side = with_groups(2, k=2, people=60)
    opinions = deliberation.opinion_map(votes)
    people = hashed_order(opinions.table.participants, 0)
    found = against_chance(opinions, people, deals=200)

    full = opinions.table.take(people).matrix().toarray()
    given = np.zeros_like(full, dtype=bool)
    table = opinions.table.take(people)
    given[table.row, table.column] = True
    random = np.random.default_rng(9)

    def share(filled: np.ndarray) -> float:
        means = filled.sum(axis=0) / np.maximum(given.sum(axis=0), 1)
        spread = np.linalg.svd(np.where(given, filled - means, 0), compute_uv=False) ** 2
        return float(spread[:2].sum() / spread.sum())

    shares = []
    for _ in range(200):
        shuffled = full.copy()
        for column in range(full.shape[1]):
            at = np.flatnonzero(given[:, column])
            shuffled[at, column] = random.permutation(full[at, column])
        shares.append(share(shuffled))
    assert found.shown == pytest.approx(share(full), abs=1e-12)
    assert found.by_chance == pytest.approx(np.mean(shares), abs=4 * np.std(shares) / np.sqrt(100))


def test_unanimous_votes_beat_no_chance():
    votes = pl.DataFrame({"participant": np.repeat(range(20), 8), "statement": list(range(8)) * 20, "vote": 1})
    chance = mapped(votes).chance
    assert chance == Chance(0.0, 0.0, 0.0, 0)
    assert not chance.is_beaten


def test_polis_mode_deals_nothing():
    assert mapped(real("vtaiwan-uberx"), "polis").chance is None
