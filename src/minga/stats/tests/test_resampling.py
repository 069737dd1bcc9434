"""Resampling: seeded, within strata, and the medians are those of who was drawn."""

from __future__ import annotations

import numpy as np
import pytest

from minga.stats import resampling
from minga.stats.resampling import resampled_medians, resamples

STRATA = np.array([2, 0, 0, 2, 2, 5])


def test_every_place_holds_a_member_of_its_own_stratum():
    drawn = np.concatenate(list(resamples(STRATA, 200, seed=1)))
    assert drawn.shape == (200, 6)
    assert (STRATA[drawn] == STRATA).all()
    assert set(drawn[:, 0]) == {0, 3, 4}  # everyone of the stratum can come
    assert set(drawn[:, 5]) == {5}


def test_blocks_change_no_draw(monkeypatch):
    whole = np.concatenate(list(resamples(STRATA, 50, seed=3)))
    monkeypatch.setattr(resampling, "_BLOCK", 6 * 7)
    pieces = list(resamples(STRATA, 50, seed=3))
    assert len(pieces) == 8
    assert (np.concatenate(pieces) == whole).all()
    assert (np.concatenate(list(resamples(STRATA, 50, seed=4))) != whole).any()


def test_medians_are_those_of_the_members_drawn():
    random = np.random.default_rng(2)
    values = random.normal(size=(2, 30))
    values[0, :3] = np.nan
    strata = np.repeat([0, 1, 2], 10)
    women = random.random(30) < 0.5
    cells = [(0, strata == 0), (1, (strata == 1) & women), (0, women), (1, np.ones(30, dtype=bool))]
    found = resampled_medians(values, strata, cells, times=40, seed=9)
    drawn = np.concatenate(list(resamples(strata, 40, seed=9)))
    for run in range(40):
        for at, (row, members) in enumerate(cells):
            own = values[row][drawn[run][members[drawn[run]]]]
            known = own[~np.isnan(own)]
            expected = np.median(known) if len(known) else np.nan
            assert found[run, at] == pytest.approx(expected, nan_ok=True)


def test_a_resample_without_anybody_of_the_group_has_no_median():
    values = np.arange(20.0)[None, :]
    one = np.arange(20) == 3
    found = resampled_medians(values, np.zeros(20, dtype=int), [(0, one), (0, np.zeros(20, dtype=bool))], 300, seed=1)
    assert set(found[~np.isnan(found[:, 0]), 0]) == {3.0}
    assert 0.2 < np.isnan(found[:, 0]).mean() < 0.5  # (1 - 1/20)^20 = 0.36
    assert np.isnan(found[:, 1]).all()


def test_intervals_of_medians_hold_the_true_median():
    """90 % intervals of 400 simulated groups of 40: the true median 0 is inside nine times of ten."""
    random = np.random.default_rng(5)
    values, strata = random.normal(size=(1, 400 * 40)), np.repeat(np.arange(400), 40)
    found = resampled_medians(values, strata, [(0, strata == one) for one in range(400)], times=400, seed=6)
    low, high = np.quantile(found, [0.05, 0.95], axis=0)
    assert 0.86 <= ((low <= 0) & (high >= 0)).mean() <= 0.95
