"""Quantiles by group and the place of a value among others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.stats.quantiles import grouped_quantiles, percentile_rank
from minga.stats.sampling import latin_hypercube

PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9)
values = st.lists(st.floats(0, 5) | st.just(float("nan")), min_size=1, max_size=30)


@given(values, st.randoms(use_true_random=False))
def test_every_group_has_the_quantiles_numpy_gives_it_alone(numbers, random):
    array = np.array([numbers, numbers[::-1]])
    groups = np.array([random.randrange(-1, 3) for _ in numbers])
    quantiles, counts = grouped_quantiles(array, groups, 3, PROBABILITIES)
    for measure in range(2):
        for group in range(3):
            own = array[measure][(groups == group) & ~np.isnan(array[measure])]
            assert counts[measure, group] == len(own)
            if len(own):
                assert quantiles[measure, group] == pytest.approx(np.quantile(own, PROBABILITIES), abs=1e-12)
            else:
                assert np.isnan(quantiles[measure, group]).all()


def test_place_among_others_counts_ties_half():
    assert percentile_rank(3, np.array([1.0, 3.0, 3.0, 5.0, np.nan])) == 0.5
    assert np.isnan(percentile_rank(3, np.array([np.nan])))


def test_each_slice_of_each_dimension_holds_one_point():
    points = latin_hypercube(50, 4, seed=1)
    assert np.array_equal(np.sort((points * 50).astype(int), axis=0), np.tile(np.arange(50)[:, None], 4))
    assert np.array_equal(points, latin_hypercube(50, 4, seed=1))
