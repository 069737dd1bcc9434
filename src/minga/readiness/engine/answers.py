"""Answers: from a table of one row an answer to a wide array of levels, with every wrong row named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from minga.readiness.engine.errors import AnswerError
from minga.readiness.engine.instrument import Instrument

#: What an array of levels holds where there is no level.
BLANK, DK, NA = -1, -2, -3
_UNREADABLE = -9
STATES = {BLANK: "blank", DK: "dk", NA: "na"}
COLUMNS = ("enterprise", "item", "level")
#: The reader of files adds the line a row came from under this name.
LINE = "_line"
_SHOWN = 5

Levels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class AnswerProblem:
    """One answer that cannot be used. ``row`` counts from 1; ``line`` is the line in the file, if known."""

    row: int
    column: str
    code: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{f'Line {self.line}' if self.line is not None else f'Row {self.row}'}: {self.message}"


@dataclass(frozen=True, eq=False)
class AnswerMatrix:
    """One level per item and enterprise: the layout that makes large computations fast.

    ``levels`` and ``spread`` have one row an item of the instrument and one column an enterprise. A level is
    0 to the top level, or BLANK (-1), DK (-2, do not know), NA (-3, does not apply). ``spread`` is the
    highest minus the lowest level of several respondents; ``voices`` how many of them gave a level.
    """

    enterprises: pl.Series
    items: tuple[str, ...]
    levels: Levels
    spread: Levels | None = None
    voices: npt.NDArray[np.int32] | None = None
    respondents: int = 1

    @cached_property
    def position(self) -> dict[Any, int]:
        """The column of each enterprise."""
        return {name: number for number, name in enumerate(self.enterprises.to_list())}

    def only(self, enterprise: Any) -> AnswerMatrix:
        """Return the answers of one enterprise."""
        if enterprise not in self.position:
            raise AnswerError(f"There is no answer of enterprise {enterprise!r}. Check its name in the answers.")
        at = slice(self.position[enterprise], self.position[enterprise] + 1)
        return AnswerMatrix(
            self.enterprises[at],
            self.items,
            self.levels[:, at],
            None if self.spread is None else self.spread[:, at],
            None if self.voices is None else self.voices[:, at],
            self.respondents,
        )


@dataclass(frozen=True)
class _Encoded:
    enterprises: pl.Series
    enterprise: npt.NDArray[np.int64]
    item: npt.NDArray[np.int64]
    level: Levels
    size: int

    @cached_property
    def cells(self) -> npt.NDArray[np.int64]:
        """The place of each answer in the array of items by enterprises; negative for unknown items."""
        return self.item * len(self.enterprises) + self.enterprise

    @cached_property
    def is_crowded(self) -> bool:
        """Whether a cell holds more than one answer."""
        known = self.cells if self.item.min(initial=0) >= 0 else self.cells[self.item >= 0]
        taken = np.zeros(self.size, dtype=bool)  # a byte a cell stays in the cache; counting would not
        taken[known] = True
        return bool(np.count_nonzero(taken) < len(known))


def answer_matrix(answers: pl.DataFrame, instrument: Instrument) -> AnswerMatrix:
    """Turn a table of answers into an array of levels.

    Parameters
    ----------
    answers : table, one row per answer
        ``enterprise``, ``item``, ``level`` (a level as number or text, ``dk``, ``na`` or empty), optionally
        ``respondent``. Several respondents of one item are combined by the lower median.
    instrument : Instrument

    Raises
    ------
    AnswerError
        A column is missing, an item is not in the instrument, a level is off its scale, ``na`` stands
        where it is not allowed, or one respondent answers an item twice; ``problems`` lists every row.
    """
    encoded = _encode(answers, instrument)
    problems = list(_problems(answers, instrument, encoded))
    if problems:
        listed = "\n".join(str(problem) for problem in problems[:_SHOWN])
        more = f"\nand {len(problems) - _SHOWN} more." if len(problems) > _SHOWN else ""
        raise AnswerError(listed + more, problems)
    return _matrix(answers, instrument, encoded)


def check_answers(answers: pl.DataFrame, instrument: Instrument) -> tuple[pl.DataFrame, tuple[AnswerProblem, ...]]:
    """Part the rows that can be used from those that cannot.

    Returns
    -------
    table, problems
        The good rows as they came, and one AnswerProblem a wrong row. Of two answers of one respondent
        to one item the first is kept.

    Raises
    ------
    AnswerError
        A column is missing.
    """
    encoded = _encode(answers, instrument)
    problems = tuple(_problems(answers, instrument, encoded))
    if not problems:
        return answers, ()
    wrong = np.zeros(answers.height, dtype=bool)
    wrong[[problem.row - 1 for problem in problems]] = True
    return answers.filter(pl.Series(~wrong)), problems


def _encode(answers: pl.DataFrame, instrument: Instrument) -> _Encoded:
    missing = [column for column in COLUMNS if column not in answers.columns]
    if missing:
        raise AnswerError(
            f"The answers lack the column {', '.join(repr(c) for c in missing)}; found were "
            f"{', '.join(answers.columns) or 'none'}. Use the columns enterprise, item, level and, if you like, "
            "respondent."
        )
    enterprises, codes = encode_names(answers["enterprise"])
    items = _positions(answers["item"], instrument.item_ids)
    size = len(instrument.items) * len(enterprises)
    return _Encoded(enterprises, codes, items, _levels(answers["level"], instrument.top_level), size)


def encode_names(names: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int64]]:
    """Number the different values of a column in order of appearance.

    Rows of one enterprise usually stand together, so only the first row of each run is looked up.
    """
    if names.len() == 0:
        return names, np.zeros(0, dtype=np.int64)
    first = names.ne_missing(names.shift(1)).to_numpy().copy()
    first[0] = True
    heads = names.filter(pl.Series(first))
    lengths = np.diff(np.flatnonzero(first), append=len(first))
    unique = heads.unique(maintain_order=True)
    if unique.len() == heads.len():
        return unique, np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    numbered = pl.DataFrame({"name": unique, "code": np.arange(unique.len(), dtype=np.int64)})
    looked_up = pl.DataFrame({"name": heads}).join(
        numbered, on="name", how="left", nulls_equal=True, maintain_order="left"
    )
    codes: npt.NDArray[np.int64] = np.repeat(looked_up["code"].to_numpy(), lengths)
    return unique, codes


def _positions(values: pl.Series, known: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return the place of each value in ``known``, -1 where it is not there."""
    text = values if isinstance(values.dtype, pl.Enum) else values.cast(pl.String)
    physical = text.cast(pl.Enum(list(known)), strict=False).to_physical().cast(pl.Int64)
    result: npt.NDArray[np.int64] = physical.fill_null(-1).to_numpy()
    return result


def _levels(values: pl.Series, top: int) -> Levels:
    """Read levels from numbers or text; what cannot be read becomes a mark of its own."""
    if values.dtype.is_integer():
        read = pl.when(values.is_between(0, top)).then(values.cast(pl.Int8, strict=False))
        whole = pl.select(read.otherwise(pl.when(values.is_null()).then(BLANK).otherwise(_UNREADABLE).cast(pl.Int8)))
        return whole.to_series().to_numpy()
    if values.dtype.is_numeric():
        numbers = values.cast(pl.Float64)
        good = numbers.is_null() | ((numbers == numbers.round()) & numbers.is_between(0, top))
        levels = numbers.fill_null(BLANK).fill_nan(_UNREADABLE).to_numpy()
        return np.where(good.fill_null(False).to_numpy(), levels, _UNREADABLE).astype(np.int8)
    words = (*(str(level) for level in range(top + 1)), "dk", "na", "")
    codes = np.array([*range(top + 1), DK, NA, BLANK, _UNREADABLE], dtype=np.int8)
    texts = values.cast(pl.String).fill_null("")
    places = _positions(texts, words)
    unread = places < 0
    if unread.any():  # capitals, blanks around a level, or 3.0 from a spreadsheet
        tidy = texts.filter(pl.Series(unread)).str.strip_chars().str.to_lowercase().str.replace(r"\.0+$", "")
        places = places.copy()
        places[unread] = _positions(tidy, words)
    return codes[places]


def _problems(answers: pl.DataFrame, instrument: Instrument, encoded: _Encoded) -> Iterator[AnswerProblem]:
    """Name every row that cannot be used, in the order of the table."""
    nameless = _nameless(encoded)
    misplaced = np.zeros(len(encoded.level), dtype=bool)
    na = np.flatnonzero(encoded.level == NA)
    allowed = np.array([*(item.na_allowed for item in instrument.items), True])
    misplaced[na] = ~allowed[encoded.item[na]]
    twice = _twice(answers, encoded)
    wrong = nameless | (encoded.item < 0) | (encoded.level == _UNREADABLE) | misplaced | twice
    for row in np.flatnonzero(wrong):
        values = answers.row(int(row), named=True)
        line = values.get(LINE)
        who, item, level = values["enterprise"], values["item"], values["level"]

        def problem(
            column: str, code: str, message: str, row: int = int(row), line: int | None = line
        ) -> AnswerProblem:
            return AnswerProblem(row + 1, column, code, message, line)

        if nameless[row]:
            yield problem("enterprise", "no_enterprise", "The enterprise is empty. Name the enterprise of the answer.")
        elif encoded.item[row] < 0:
            yield problem("item", "unknown_item", _unknown_item(instrument, item, who))
        elif encoded.level[row] == _UNREADABLE:
            yield problem(
                "level",
                "level_off_scale",
                f"Item {item!r} of enterprise {who} has level {level!r}, but levels are whole numbers from 0 to "
                f"{instrument.top_level}, 'dk' or 'na'. Correct the level, or leave it empty if it was not answered.",
            )
        elif misplaced[row]:
            yield problem(
                "level",
                "na_not_allowed",
                f"Item {item!r} of enterprise {who} is answered 'na', but this item applies to everyone. "
                "Give a level, or 'dk' if it is not known.",
            )
        else:
            yield problem(
                "item",
                "answered_twice",
                f"Item {item!r} of enterprise {who} is answered twice by the same respondent. "
                "The first answer counts; remove the other, or name the respondents.",
            )


def _unknown_item(instrument: Instrument, item: object, who: object) -> str:
    if item in instrument.dropped:
        return (
            f"Item {item!r} of enterprise {who} is not asked here: overlay {instrument.dropped[str(item)]} drops it. "
            "Remove the row."
        )
    ids = instrument.item_ids
    return (
        f"Item {item!r} of enterprise {who} is not in {instrument.id}. Its items run from {ids[0]} to {ids[-1]}; "
        "correct the item, or name the overlay that adds it."
    )


def _nameless(encoded: _Encoded) -> npt.NDArray[np.bool_]:
    names = encoded.enterprises
    empty = names.is_null() if names.dtype != pl.String else names.is_null() | (names.str.strip_chars() == "")
    marks = empty.to_numpy()
    result: npt.NDArray[np.bool_] = marks[encoded.enterprise] if marks.any() else np.zeros(len(encoded.item), bool)
    return result


def _twice(answers: pl.DataFrame, encoded: _Encoded) -> npt.NDArray[np.bool_]:
    """Mark all but the first answer of one respondent to one item."""
    marks = np.zeros(len(encoded.item), dtype=bool)
    if not encoded.is_crowded:
        return marks
    known = encoded.item >= 0
    cells = encoded.cells[known]
    if "respondent" in answers.columns:
        voices, codes = encode_names(answers["respondent"].cast(pl.String).fill_null(""))
        cells = cells * len(voices) + codes[known]
    _, first = np.unique(cells, return_index=True)
    later = np.ones(len(cells), dtype=bool)
    later[first] = False
    marks[known] = later
    return marks


def _matrix(answers: pl.DataFrame, instrument: Instrument, encoded: _Encoded) -> AnswerMatrix:
    from minga.readiness.engine.respondents import collapse

    shape = (len(instrument.items), len(encoded.enterprises))
    cells, size = encoded.cells, encoded.size
    respondents = answers["respondent"].n_unique() if "respondent" in answers.columns and answers.height else 1
    if not encoded.is_crowded:
        levels = np.full(size, BLANK, dtype=np.int8)
        levels[cells] = encoded.level
        return AnswerMatrix(encoded.enterprises, instrument.item_ids, levels.reshape(shape), respondents=respondents)
    levels, spread, voices = collapse(cells, encoded.level, size)
    return AnswerMatrix(
        encoded.enterprises,
        instrument.item_ids,
        levels.reshape(shape),
        spread.reshape(shape),
        voices.reshape(shape),
        respondents,
    )
