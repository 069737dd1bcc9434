"""How alike texts are: what a suggestion rests on, and the one place where something else can be put in.

A suggester is a function of this form; the setting ``MINGA_SUGGESTER`` holds its dotted name. It is given texts with
their language and says how alike each one asked about is to each one known, from 0 to 1. What it says is shown to a
person who confirms or passes over it; nothing is sorted by it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from minga.text.similarity import Texts, texts

Floats = npt.NDArray[np.float64]


class Said(NamedTuple):
    """A text and the code of its language, empty where it is not known."""

    text: str
    language: str


#: (texts asked about, texts known) -> how alike they are, one row per text asked about, one column per text known
Suggester = Callable[[Sequence[Said], Sequence[Said]], Floats]


def by_words(asked: Sequence[Said], known: Sequence[Said]) -> Floats:
    """Say how alike texts are in their words.

    Parameters
    ----------
    asked, known : texts with their language

    Returns
    -------
    array, one row per text asked about and one column per text known
        0 (no telling word in common) to 1. A text and its translation are not alike here.

    Source: cosine of tf-idf vectors, `minga.text.similarity`.
    """
    found = _prepared(tuple(known))
    likeness = [found.to(one.text, one.language or "en") for one in asked]
    return np.vstack(likeness) if likeness else np.zeros((0, len(known)))


_LAST: dict[tuple[Said, ...], Texts] = {}


def _prepared(known: tuple[Said, ...]) -> Texts:
    """Prepare texts, or take those that were prepared last: pages ask about the same ones again and again."""
    found = _LAST.get(known)
    if found is None:
        found = texts([one.text for one in known], [one.language or "en" for one in known])
        _LAST.clear()
        _LAST[known] = found
    return found


def best(row: Floats, *, at_least: float, most: int) -> list[tuple[int, float]]:
    """Return the places of the highest values of a row with the values, the highest first."""
    order = np.argsort(-row, kind="stable")[:most]
    return [(int(at), float(row[at])) for at in order if row[at] >= at_least]
