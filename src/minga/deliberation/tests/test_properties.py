"""What must hold for any votes: order and names of columns do not matter, bounds hold, totals are kept."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from minga import deliberation

acts = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 12), st.sampled_from([1, 0, -1])), min_size=1, max_size=250
).map(lambda rows: pl.DataFrame(rows, schema=["participant", "statement", "vote"], orient="row"))
quick = settings(max_examples=40, deadline=None)


@quick
@given(acts, st.randoms(use_true_random=False))
def test_stable_groups_do_not_hang_on_the_order_of_rows(votes, random):
    once = votes.unique(["participant", "statement"], keep="last", maintain_order=True)
    order = list(range(once.height))
    random.shuffle(order)
    first, again = (deliberation.groups(deliberation.opinion_map(each)) for each in (once, once[order]))
    both = first.labels.join(again.labels, on="participant")
    assert both["group"].equals(both["group_right"].rename("group"))
    assert first.k == again.k
    assert first.borders.equals(again.borders)


@quick
@given(acts)
def test_votes_are_kept_and_counted_once(votes):
    table = deliberation.vote_table(votes)
    last = votes.unique(["participant", "statement"], keep="last")
    assert len(table.value) == last.height
    assert table.counts(1).sum() + table.counts(0).sum() + table.counts(-1).sum() == last.height
    back = {
        (table.participants[int(row)], table.statements[int(column)]): int(vote)
        for row, column, vote in zip(table.row, table.column, table.value, strict=True)
    }
    assert back == {(person, statement): vote for person, statement, vote in last.rows()}


@quick
@given(acts)
def test_bounds_of_a_map(votes):
    found = deliberation.opinion_map(votes)
    assert 0 <= sum(found.variance) <= 1 + 1e-9
    assert (found.statements["mean"].abs() <= 1).all()
    assert 0 <= found.sparsity < 1
    assert 0 <= found.unevenness < 1
    assert np.isfinite(found.position).all()


@quick
@given(acts, st.data())
def test_counts_of_groups_add_up_and_shares_stay_inside(votes, data):
    table = deliberation.vote_table(votes)
    people = len(table.participants)
    labels = np.array(data.draw(st.lists(st.integers(-1, 2), min_size=people, max_size=people)))
    stats = deliberation.group_stats(table, labels)
    inside = labels[table.row] >= 0
    assert stats["ns"].sum() == int(inside.sum())
    assert (stats["na"] + stats["nd"] <= stats["ns"]).all()
    assert stats.select(pl.col("pa", "pd").is_between(0, 1, closed="none").all()).row(0) == (True, True)
    aware = deliberation.consensus(table, labels)["group_aware"]
    assert (aware["agree"] <= aware["agree_mean"] + 1e-12).all()


@quick
@given(acts)
def test_turning_every_vote_round_swaps_agreement_and_disagreement(votes):
    table = deliberation.vote_table(votes)
    turned = deliberation.vote_table(votes.with_columns(-pl.col("vote")))
    one, other = deliberation.opinion_map(table), deliberation.opinion_map(turned)
    assert np.allclose(one.statements["mean"].to_numpy(), -other.statements["mean"].to_numpy())
    assert np.allclose(one.eigenvalues, other.eigenvalues)
    lists = [deliberation.consensus(each, np.zeros(len(each.participants), dtype=int)) for each in (table, turned)]
    assert lists[0]["agree"].equals(lists[1]["disagree"])


@quick
@given(acts)
def test_priorities_are_positive(votes):
    assert (deliberation.priorities(deliberation.opinion_map(votes))["priority"] > 0).all()
