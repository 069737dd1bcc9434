"""The disclosure policy: small and dominated groups are withheld, and nothing leaks by subtraction."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga.stats import release

sizes = st.lists(st.integers(0, 40), min_size=1, max_size=7)


def groups(*n):
    return pl.DataFrame({"group": [f"g{i}" for i in range(len(n))], "n": n, "mean": [1.5] * len(n)})


def test_nine_organizations_are_withheld_and_ten_are_shown():
    table = release.withhold_small_groups(groups(9, 10))
    assert table["withheld"].to_list() == [True, False]
    assert table.row(0) == ("g0", None, None, True, "few")


def test_four_persons_are_withheld_and_five_are_shown():
    table = release.withhold_small_groups(groups(4, 5), of="persons")
    assert table["withheld"].to_list() == [True, False]


def test_member_above_half_of_a_total_hides_the_group():
    table = groups(20, 20).with_columns(share=pl.Series([0.51, 0.5]))
    assert release.withhold_small_groups(table, largest_share="share")["reason"].to_list() == ["dominated", ""]


def test_one_small_group_takes_the_smallest_other_with_it_when_the_total_is_published():
    table = release.withhold_small_groups(groups(4, 30, 12), within=[])
    assert table["reason"].to_list() == ["few", "", "protects"]


def test_totals_of_other_groups_are_untouched():
    table = groups(4, 30, 12, 40).with_columns(country=pl.Series(["JO", "JO", "KE", "KE"]))
    assert release.withhold_small_groups(table, within=["country"])["withheld"].to_list() == [True, True, False, False]


def test_columns_to_keep_can_be_named():
    table = release.withhold_small_groups(groups(3).with_columns(year=2026), keep=["group", "year"])
    assert table["year"].item() == 2026


@pytest.mark.parametrize("wrong", [9, 0, True, "12"])
def test_threshold_can_be_raised_never_lowered(wrong):
    assert release.smallest_group(12) == 12
    with pytest.raises(release.ReleaseError, match="at least 10 organizations"):
        release.smallest_group(wrong)


def test_withheld_says_why_and_offers_the_pooled_figure():
    assert release.explain("few", pooled="sector") == (
        "Fewer than 10 in this group, so figures are withheld to protect each of them. "
        "Figures of the wider group (sector) are shown instead."
    )
    assert release.explain("") == ""


@given(sizes)
@settings(max_examples=200)
def test_no_difference_of_shown_cells_and_their_total_describes_fewer_than_ten(n):
    shown = release.withhold_small_groups(groups(*n), within=[])["n"].to_list()
    visible = [value for value in shown if value is not None]
    assert all(value >= 10 for value in visible)
    if sum(n) >= 10:  # the total itself is published
        for count in range(len(visible) + 1):
            for part in itertools.combinations(visible, count):
                assert sum(n) - sum(part) == 0 or sum(n) - sum(part) >= 10


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=80))
@settings(max_examples=100)
def test_nested_groups_leave_no_small_remainder_at_any_depth(members):
    """Whatever shown group is subtracted from the smallest shown group around it, ten remain or none."""
    wide = np.array([a for a, _ in members])
    pairs, fine = np.unique(np.array(members), axis=0, return_inverse=True)
    names, parent = np.unique(pairs[:, 0], return_inverse=True)
    top = len(members) < 10
    n_wide = np.bincount(np.searchsorted(names, wide), minlength=len(names))
    first = release.suppress(n_wide, 10, parents=np.zeros(len(names), int), parent_hidden=np.array([top]))
    n_fine = np.bincount(fine.ravel(), minlength=len(pairs))
    second = release.suppress(n_fine, 10, parents=parent, parent_hidden=first > 0)
    if not top:
        assert (hidden := n_wide[first > 0].sum()) == 0 or hidden >= 10
    for at in range(len(names)):
        hidden = n_fine[(parent == at) & (second > 0)].sum()
        if first[at] == 0:
            assert hidden == 0 or hidden >= 10
        else:
            assert (second[parent == at] > 0).all()
