"""How alike texts are in their words, to show people what others have said already.

Each text becomes the vector of its telling words, rare words weighing more; the similarity of two texts is the cosine
of the angle between them. Words of one language meet only words of the same script and stem: a text and its
translation are not alike here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from minga.text.analyser import telling_words

Floats = npt.NDArray[np.float64]

#: Rows that are compared with all others at once, so that memory stays small.
_ROWS = 1000


@dataclass(frozen=True)
class Texts:
    """Texts that can be compared with each other and with a new one.

    Parameters
    ----------
    vocabulary : the column of each word
    rarity : array
        The weight of each word, 1 for one that stands in every text; the last is that of a word in none.
    vectors : sparse matrix of length-one rows, one row a text; a text without telling words has an empty row
    """

    vocabulary: dict[str, int]
    rarity: Floats
    vectors: sparse.csr_array

    def __len__(self) -> int:
        return int(self.vectors.shape[0])

    def to(self, text: str, lang: str) -> Floats:
        """Return the similarity of each text to a new one, 0 (no word in common) to 1 (the same words)."""
        counts = Counter(telling_words(text, lang))
        if not counts or not len(self):
            return np.zeros(len(self))
        unknown = len(self.vocabulary)
        column = np.array([self.vocabulary.get(word, unknown) for word in counts])
        weight = _dampened(np.array(list(counts.values()), dtype=np.float64)) * self.rarity[column]
        weight /= np.linalg.norm(weight)
        known = column < unknown
        new = np.zeros(unknown)
        new[column[known]] = weight[known]
        return _bounded(np.asarray(self.vectors @ new, dtype=np.float64))

    def nearest(self, text: str, lang: str, *, at_least: float = 0.3, most: int = 5) -> list[tuple[int, float]]:
        """Return the places of the texts most alike to a new one, with their similarity, the most alike first.

        Parameters
        ----------
        text : str
        lang : str
        at_least : float, 0 to 1
            Less similar texts are left out.
        most : int
        """
        similarity = self.to(text, lang)
        order = np.argsort(-similarity, kind="stable")[:most]
        return [(int(at), float(similarity[at])) for at in order if similarity[at] >= at_least and similarity[at] > 0]

    def pairs(self, *, at_least: float = 0.6) -> pl.DataFrame:
        """Return the pairs of texts that are alike.

        Returns
        -------
        table, one row a pair
            ``first``, ``second`` (places, the smaller first), ``similarity`` (``at_least`` to 1); the most alike first.
        """
        found = []
        for start in range(0, len(self), _ROWS):
            block = (self.vectors[start : start + _ROWS] @ self.vectors.T).tocoo()
            first, second = block.row.astype(np.int64) + start, block.col.astype(np.int64)
            kept = (first < second) & (block.data >= at_least - 1e-12) & (block.data > 0)
            similarity = _bounded(block.data[kept])
            found.append(pl.DataFrame({"first": first[kept], "second": second[kept], "similarity": similarity}))
        if not found:
            return pl.DataFrame(schema={"first": pl.Int64, "second": pl.Int64, "similarity": pl.Float64})
        return pl.concat(found).sort("similarity", "first", "second", descending=[True, False, False])


def texts(written: Sequence[str], languages: str | Sequence[str]) -> Texts:
    """Prepare texts to be compared.

    Parameters
    ----------
    written : texts, in any order
    languages : language of each text, or one for all

    Returns
    -------
    Texts

    Raises
    ------
    ValueError
        There are not as many languages as texts.

    Source: tf-idf with dampened counts and smoothed rarity, and the cosine; Manning, Raghavan and Schütze (2008),
    Introduction to Information Retrieval, chapter 6.
    """
    spoken = [languages] * len(written) if isinstance(languages, str) else languages
    if len(spoken) != len(written):
        raise ValueError(
            f"There are {len(written)} texts but {len(spoken)} languages. Give each text its language, or one for all."
        )
    vocabulary: dict[str, int] = {}
    row: list[int] = []
    column: list[int] = []
    times: list[int] = []
    for at, (text, lang) in enumerate(zip(written, spoken, strict=True)):
        for word, count in Counter(telling_words(text, lang)).items():
            row.append(at)
            column.append(vocabulary.setdefault(word, len(vocabulary)))
            times.append(count)
    shape = (len(written), len(vocabulary))
    columns = np.array(column, dtype=np.int64)
    rarity = _rarity(np.bincount(columns, minlength=len(vocabulary) + 1), len(written))
    weight = _dampened(np.array(times, dtype=np.float64)) * rarity[columns]
    rows = np.array(row, dtype=np.int64)
    length = np.sqrt(np.bincount(rows, weights=weight**2, minlength=len(written)))
    return Texts(vocabulary, rarity, sparse.csr_array((weight / length[rows], (rows, columns)), shape=shape))


def _dampened(times: Floats) -> Floats:
    """A word said ten times is not ten times as telling."""
    return np.asarray(1 + np.log(times), dtype=np.float64)


def _rarity(standing_in: npt.NDArray[np.int64], n_texts: int) -> Floats:
    return np.asarray(np.log((1 + n_texts) / (1 + standing_in)) + 1, dtype=np.float64)


def _bounded(similarity: Floats) -> Floats:
    """Take off what rounding adds to 1."""
    return np.clip(similarity, 0.0, 1.0)
