"""Words in addresses: made of a title, with a number where another one has it already."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

_LONGEST = 50


def free_slug(title: str, otherwise: str, among: QuerySet[Any], reserved: Container[str] = ()) -> str:
    """Make a word for an address that none `among` these rows has.

    Parameters
    ----------
    otherwise : the word where the title has no Latin letters and no digits
    reserved : words that mean something else in an address; "on-" goes before them
    """
    stem = slugify(title)[:_LONGEST].strip("-") or otherwise
    if stem in reserved:
        stem = f"on-{stem}"
    used = set(among.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(used) + 3))) if name not in used)
