"""Checks of what a caller hands in: whole numbers, and names of the type that the votes use."""

from __future__ import annotations

import operator
from typing import Any

import polars as pl

from minga.deliberation.engine.errors import DeliberationError

#: A seed fits into eight bytes.
LARGEST_SEED = 2**63 - 1


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
        Of the class given: a name is of another type, as text among numbers.
    """
    given = names if isinstance(names, pl.Series) else list(names)
    try:
        if isinstance(given, list):
            return pl.Series(given, dtype=like.dtype)
        if like.dtype.is_integer() and given.dtype.is_float():
            return pl.Series(given.to_list(), dtype=like.dtype)  # a cast would cut 1.5 down to 1
        return given.cast(like.dtype)
    except (TypeError, pl.exceptions.PolarsError):
        listed = list(given)
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
