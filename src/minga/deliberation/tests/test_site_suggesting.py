"""Suggestions rest on one function that a site may replace; whatever that one does wrong, a page still opens."""

from __future__ import annotations

import numpy as np
import pytest

from minga.deliberation.engine.suggesting import Said, best, by_words
from minga.deliberation.selectors import suggesting

ASKED = [Said("Train the bakers of Praia.", "en"), Said("Нужны печи.", "ru")]
KNOWN = [Said("Bakers need training.", "en"), Said("Покупайте печи.", "ru"), Said("Listen.", "")]


def by_length(asked, known):
    """Say that texts of the same length are alike."""
    return [[1.5 if len(one.text) == len(other.text) else float("nan") for other in known] for one in asked]


def of_another_shape(asked, known):
    return np.zeros((1, 1))


def broken(asked, known):
    raise OSError("the service is away")


def test_own_suggester_knows_words_in_every_language():
    found = suggesting.likeness(ASKED, KNOWN)
    assert found.shape == (2, 3)
    assert [int(at) for at in found.argmax(axis=1)] == [0, 1]
    assert ((found >= 0) & (found <= 1)).all()
    assert suggesting.likeness([], KNOWN).shape == (0, 3)
    assert suggesting.likeness(ASKED, []).shape == (2, 0)


def test_another_suggester_is_asked_where_one_is_set_and_kept_within_bounds(settings):
    settings.SUGGESTER = f"{__name__}.by_length"
    known = [Said("x" * len(ASKED[0].text), "en"), Said("y", "en")]
    assert suggesting.likeness(ASKED, known).tolist() == [[1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("name", "kind"), [("of_another_shape", "ValueError"), ("broken", "OSError"), ("nowhere", "ImportError")]
)
def test_where_another_suggester_fails_words_stand_in_and_the_log_says_so(settings, caplog, name, kind):
    settings.SUGGESTER = f"{__name__}.{name}"
    assert np.allclose(suggesting.likeness(ASKED, KNOWN), by_words(ASKED, KNOWN))
    assert f"failed ({kind}); suggestions rest on words alone" in caplog.text
    assert "bakers" not in caplog.text.lower(), "what people wrote is in no log"


def test_best_gives_the_highest_values_first_and_none_below():
    row = np.array([0.1, 0.9, 0.5, 0.9])
    assert best(row, at_least=0.4, most=3) == [(1, 0.9), (3, 0.9), (2, 0.5)]
