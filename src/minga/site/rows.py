"""Rows of any table as lines of JSON and back, the same on every database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.apps.registry import Apps
from django.db import connections, models
from django.db.models.sql import InsertQuery

#: Sign-ins end when a backup is restored; who holds a backup cannot take over an open one.
LEFT_OUT = frozenset({"sessions.session"})

_BATCH = 500


class BackupError(ValueError):
    """A backup cannot be made, or cannot be restored, as asked."""


def tables(registry: Apps) -> dict[str, type[models.Model]]:
    """Return the models whose rows a backup holds, by label, the joining tables included."""
    found = {
        model._meta.label_lower: model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    }
    return dict(sorted(found.items()))


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields that have a column of their own and a value that somebody gave."""
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def lines(model: type[models.Model], using: str) -> Iterator[str]:
    """Yield the columns of a table, then its rows in the order of their keys, each as one line of JSON."""
    fields = fields_of(model)
    yield _dump([field.attname for field in fields])
    for row in model._base_manager.using(using).order_by("pk").iterator(chunk_size=2000):
        yield _dump([_encoded(field, row) for field in fields])


def load(model: type[models.Model], text: Iterable[str], using: str) -> int:
    """Insert the rows of `lines` as they were, times and keys included; return how many."""
    source = iter(text)
    fields = _named(model, json.loads(next(source)))
    count = 0
    numbered = enumerate(source, start=2)
    while batch := list(islice(numbered, _batch_size(fields, using))):
        rows = [_decoded(model, fields, line, number) for number, line in batch]
        query = InsertQuery(model)
        query.insert_values(fields, rows, raw=True)
        query.get_compiler(using=using).execute_sql()
        count += len(rows)
    return count


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _encoded(field: models.Field[Any, Any], row: models.Model) -> Any:
    value = field.value_from_object(row)
    if value is None or isinstance(field, models.JSONField) or type(value) in (bool, int, float, str):
        return value
    return field.value_to_string(row)


def _named(model: type[models.Model], names: list[str]) -> list[models.Field[Any, Any]]:
    by_name = {field.attname: field for field in fields_of(model)}
    if set(names) != set(by_name):
        raise BackupError(
            f"Table {model._meta.label} of the backup has the columns {', '.join(names)}, but this version of Minga "
            f"expects {', '.join(by_name)}. Restore with the version that made the backup, then upgrade."
        )
    return [by_name[name] for name in names]


def _decoded(model: type[models.Model], fields: list[models.Field[Any, Any]], line: str, number: int) -> models.Model:
    try:
        values = json.loads(line)
        return model(
            **{
                field.attname: value if value is None else field.to_python(value)
                for field, value in zip(fields, values, strict=True)
            }
        )
    except Exception as problem:
        raise BackupError(
            f"Line {number} of table {model._meta.label} in the backup cannot be read: {problem} "
            "The file was not written by `minga site backup`; nothing was changed."
        ) from problem


def _batch_size(fields: list[models.Field[Any, Any]], using: str) -> int:
    return max(1, min(_BATCH, connections[using].ops.bulk_batch_size(fields, [None] * _BATCH)))
