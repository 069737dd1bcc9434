"""Two sources of doubt: the choice of method, and who happened to take part."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from minga import indicators as mi
from minga.indicators.tests.makers import flat, nested, random_table
from minga.stats.resampling import resampled_medians

CODES = ["a", "b", "c", "d"]
DATA = random_table(12, CODES, seed=4)
CHOICES = {"weights": mi.Jitter(0.25), "aggregate": ["arithmetic", "geometric"], "treat.winmax": [1, 3]}


def index() -> mi.Index:
    return nested({"g": ["a", "b"], "h": ["c", "d"]}, treat=True, normalise=mi.MinMax(1, 100))


def moved(times: int = 50, size: float = 0.1, seed: int = 3) -> np.ndarray:
    figures = DATA.select(CODES).to_numpy()
    return figures * (1 + size * np.random.default_rng(seed).normal(size=(times, *figures.shape)))


def test_the_method_by_itself_is_what_uncertainty_gives():
    found = mi.uncertainty_sources(index(), DATA, moved(), CHOICES, n=200, seed=7)
    alone = mi.uncertainty(index(), DATA, CHOICES, n=200, seed=7)
    assert found.method.ranks.equals(alone.ranks)
    assert found.method.scores.equals(alone.scores)


def test_each_resample_by_itself_is_the_index_of_its_figures():
    figures = moved(times=1)
    found = mi.uncertainty_sources(index(), DATA, figures, CHOICES, n=20)
    fitted = index().fit(DATA.with_columns(pl.Series(code, figures[0, :, at]) for at, code in enumerate(CODES)))
    scores = fitted.node_scores[:, fitted.nodes.index("top")]
    np.testing.assert_allclose(found.sampling.scores["mean"].to_numpy(), scores, rtol=1e-12)


def test_figures_that_were_not_sampled_stay():
    figures = moved()
    figures[:, :, 2] = np.nan
    figures[:, 0, :] = np.nan
    found = mi.uncertainty_sources(flat(*CODES, normalise=mi.Goalposts(0, 1000)), DATA, figures, CHOICES, n=50)
    first = found.sampling.scores.row(0, named=True)
    assert first["low"] == pytest.approx(first["high"]) == pytest.approx(first["nominal"])


def test_without_doubt_in_the_figures_only_that_of_the_method_is_left():
    still = np.repeat(DATA.select(CODES).to_numpy()[None], 10, axis=0)
    found = mi.uncertainty_sources(index(), DATA, still, CHOICES, n=100)
    assert (found.sampling.ranks["low"] == found.sampling.ranks["high"]).all()
    assert found.together.ranks.equals(found.method.ranks)


def test_more_doubt_in_the_figures_gives_wider_intervals_together():
    def widths(size: float) -> float:
        found = mi.uncertainty_sources(index(), DATA, moved(100, size), CHOICES, n=400)
        return float((found.together.scores["high"] - found.together.scores["low"]).mean())

    assert widths(0.0) < widths(0.1) < widths(0.5)


def test_the_same_seed_gives_the_same_bytes():
    def text(seed: int) -> str:
        found = mi.uncertainty_sources(index(), DATA, moved(), CHOICES, n=100, seed=seed)
        return "".join(one.ranks.write_csv() for one in (found.method, found.sampling, found.together))

    assert text(2) == text(2) != text(3)


def test_resamples_that_cannot_be_calculated_are_counted_and_left_out():
    figures = moved(times=4)
    figures[1, :, 0] = 5.0  # no spread: the index cannot be calculated
    found = mi.uncertainty_sources(index(), DATA, figures, CHOICES, n=40)
    assert found.sampling.failed == 1
    assert found.together.failed == 10
    assert found.method.failed == 0
    assert found.together.ranks["mean"].null_count() == 0


def test_an_array_that_does_not_fit_is_refused_with_the_shape_wanted():
    with pytest.raises(mi.DataError, match=r"12 units and 4 indicators. Give an array \(times, 12, 4\)"):
        mi.uncertainty_sources(index(), DATA, moved()[:, :5], CHOICES)


def test_intervals_of_sampling_hold_the_simulated_truth():
    """Countries have true medians; 40 businesses of each take part. 90 % intervals must hold the true score."""
    random = np.random.default_rng(17)
    countries, businesses = 10, 40
    ix = flat(*CODES, normalise=mi.Goalposts(0, 5))
    strata = np.repeat(np.arange(countries), businesses)
    inside = inside_rank = total = 0
    for trial in range(25):
        truth = random.uniform(1.5, 3.5, (countries, len(CODES)))
        levels = truth[strata].T + random.normal(0, 0.8, (len(CODES), strata.size))
        cells = [(row, strata == one) for one in range(countries) for row in range(len(CODES))]
        taken = np.array([[np.median(levels[row, strata == one]) for row in range(4)] for one in range(countries)])
        again = resampled_medians(levels, strata, cells, times=200, seed=trial).reshape(200, countries, len(CODES))
        found = mi.uncertainty_sources(ix, tabled(taken), again, {"weights": mi.Jitter(0.0)}, n=200, seed=trial)
        true = ix.fit(tabled(truth))
        for which, held in (
            ("scores", true.scores.filter(pl.col("node") == "top")["score"]),
            ("ranks", true.ranks["top"]),
        ):
            table = getattr(found.together, which)
            hits = int(((held >= table["low"] - 1e-9) & (held <= table["high"] + 1e-9)).sum())
            inside, inside_rank = (inside + hits, inside_rank) if which == "scores" else (inside, inside_rank + hits)
        total += countries
    assert 0.86 <= inside / total <= 0.96
    assert inside_rank / total >= 0.86


def tabled(values: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({"unit": [f"u{at:02}" for at in range(len(values))]}
                        | {code: values[:, at] for at, code in enumerate(CODES)})  # fmt: skip
