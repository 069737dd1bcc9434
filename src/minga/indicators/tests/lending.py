"""Businesses that lend their scores: the first of a kind comes by the services, the others are copies of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.apps import apps
from django.db.models.base import ModelState


def and_others_alike(count: int, first: Any) -> list[Any]:
    """Return a business with so many others that answered and agreed as it did; a copy costs a tenth of a service."""
    others = _copies(count, first, organization=_copies(count, first.organization))
    for score in first.scores.all():
        _copies(count, score, assessment=others)
    signs = [one.reference for one in others]
    for consent in apps.get_model("members", "Consent").objects.filter(subject_key=first.reference):
        _copies(count, consent, subject_key=signs, object=signs)
    return [first, *others]


def _copies(count: int, row: Any, **changes: Sequence[Any]) -> list[Any]:
    """Store copies of a row, with keys of their own; of each change they take the values in turn."""
    unique = [field for field in row._meta.concrete_fields if field.unique]
    made = [copy(row) for _copy in range(count)]
    for at, one in enumerate(made):
        one._state = ModelState()
        for field in unique:
            setattr(one, field.attname, field.get_default() if field.has_default() else None)
        for name, values in changes.items():
            setattr(one, name, values[at])
    return list(type(row).objects.bulk_create(made))
