"""Checks of what a caller hands in: its kind and columns, whole numbers, and names of the type that the votes use."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, TypeVar

import polars as pl

from minga.deliberation.engine.errors import DeliberationError

Kind = TypeVar("Kind")
#: How each kind of value is made.
_MADE = {
    "Groups": "Give what groups() returns.",
    "OpinionMap": "Make one with opinion_map().",
    "VoteTable": "Make one with vote_table().",
}
#: A seed fits into eight bytes.
LARGEST_SEED = 2**63 - 1


def given(value: Any, kind: type[Kind], what: str, error: type[DeliberationError]) -> Kind:
    """Return a value that is of the kind asked for.

    Parameters
    ----------
    value : anything
    kind : class
    what : str
        What the value is called, at the beginning of a sentence.
    error : class of errors

    Returns
    -------
    the value

    Raises
    ------
    DeliberationError
        Of the class given: the value is of another kind.
    """
    if not isinstance(value, kind):
        found, name = type(value).__name__, kind.__name__
        article = "an" if name[0] in "AEIOU" else "a"
        raise error(f"{what} is given as {found}, but must be {article} {name}. {_MADE.get(name, 'Give one.')}")
    return value


def tabled(value: Any, columns: Iterable[str], what: str, maker: str, error: type[DeliberationError]) -> pl.DataFrame:
    """Return a table that holds the columns asked for.

    Parameters
    ----------
    value : anything
    columns : names of columns
    what : str
        What the table is called, at the beginning of a sentence.
    maker : str
        The function whose table is meant.
    error : class of errors

    Returns
    -------
    table

    Raises
    ------
    DeliberationError
        Of the class given: the value is no table, or lacks a column.
    """
    if not isinstance(value, pl.DataFrame):
        raise error(f"{what} is given as {type(value).__name__}, but must be a table. Give that of {maker}().")
    missing = [name for name in columns if name not in value.columns]
    if missing:
        raise error(f"{what} lacks the column {', '.join(missing)}. Give the table of {maker}().")
    return value


def whole(value: Any, name: str, error: type[DeliberationError], *, least: int = 0, most: int | None = None) -> int:
    """Return a whole number that lies between two others.

    Parameters
    ----------
    value : int
        True and 2.0 are none: they are likelier a slip than a wish.
    name : str
        What the number is called where it was given.
    error : class of errors
    least, most : int
        The bounds, both allowed; no upper one when ``most`` is not given.

    Returns
    -------
    int

    Raises
    ------
    DeliberationError
        Of the class given: the value is no whole number, or outside the bounds.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise error(f"{name} is {value!r}, but must be a whole number {bounds}. Correct it.")
    return number


def named(names: Any, like: pl.Series, what: str, error: type[DeliberationError]) -> pl.Series:
    """Return names as a column of the same type as others, so that the two can be compared.

    Parameters
    ----------
    names : names of people or statements
    like : column of names
    what : str
        What the names are called where they were given.
    error : class of errors

    Returns
    -------
    column of the type of ``like``

    Raises
    ------
    DeliberationError
        Of the class given: it is a single name and no list, or a name is of another type, as text among numbers.
    """
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise error(f"{what} is {names!r}, but must be a list of names. Put it in brackets, also if it is only one.")
    said = names if isinstance(names, pl.Series) else list(names)
    try:
        if isinstance(said, list):
            return pl.Series(said, dtype=like.dtype)
        if like.dtype.is_integer() and said.dtype.is_float():
            return pl.Series(said.to_list(), dtype=like.dtype)  # a cast would cut 1.5 down to 1
        return said.cast(like.dtype)
    except (TypeError, pl.exceptions.PolarsError):
        listed = list(said)
        wrong = next((name for name in listed if not _fits(name, like)), listed[0])
        raise error(
            f"{what} holds {wrong!r}, but the votes name them by {_kind(like)}. Give names as they stand in the votes."
        ) from None


def listed(top: Any, error: type[DeliberationError]) -> int | None:
    """Return the length of a list: a whole number of at least 1, or None for all; else raise an error."""
    return None if top is None else whole(top, "top, the length of the list,", error, least=1)


def _fits(name: Any, like: pl.Series) -> bool:
    try:
        pl.Series([name], dtype=like.dtype)
    except (TypeError, pl.exceptions.PolarsError):
        return False
    return True


def _kind(like: pl.Series) -> str:
    return "text" if like.dtype == pl.String else "whole numbers" if like.dtype.is_integer() else str(like.dtype)
