"""Bring a backup back, into SQLite or PostgreSQL, whichever of the two it came from.

The database is built up to where it stood when the backup was made, filled, and then brought to the present, all
in one transaction: a backup of an older version is upgraded on the way, and a failure leaves all as it was.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.management.sql import emit_post_migrate_signal
from django.db import Error, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from minga.site.backup import FORMAT, MANIFEST, Step, folders
from minga.site.rows import BackupError, load, tables
from minga.web import search

#: Rows that Django writes by itself into a database that holds nothing.
_OWN_ROWS = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def restore(
    path: Path, *, replace: bool = False, using: str = "default", step: Step = lambda *_: None
) -> dict[str, Any]:
    """Bring the backup back and return its manifest; without `replace` only into a database that holds nothing."""
    with _opened(path) as archive:
        manifest = verified(archive, step)
        refuse_strangers(using)
        if not replace and (table := first_with_rows(using)):
            raise BackupError(
                f"The database is not empty: table {table} holds rows. Give an empty database, or --replace to lose "
                "what this one holds."
            )
        staged = {part: _stage(archive, part, manifest.get(part, [])) for part in folders()}
        try:
            with _one_transaction(using):
                _rebuild(archive, manifest, using, step)
        except BaseException as problem:
            for place in staged.values():
                shutil.rmtree(place)
            if isinstance(problem, Error):
                raise BackupError(
                    f"The database did not take the backup: {problem} Nothing was changed. "
                    "See that the database is reachable and the backup fits it, then try again."
                ) from problem
            raise
        for part, place in staged.items():
            _swap(place, folders()[part])
    call_command("createcachetable", database=using, verbosity=0)
    for kind, count in search.rebuild(using):
        step(f"search index: {kind}", count, count)
    return manifest


# ---------------------------------------------------------------- the file
def examine(path: Path) -> dict[str, Any]:
    """Check a backup without touching anything, and return its manifest."""
    with _opened(path) as archive:
        return verified(archive)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as problem:
        raise BackupError(
            f"{path} cannot be read as a backup: {problem} Give a file made by `minga site backup`."
        ) from None
    with archive:
        yield archive


def verified(archive: zipfile.ZipFile, step: Step = lambda *_: None) -> dict[str, Any]:
    """Return the manifest once every part is there, is what the manifest says, and nothing else is in the file."""
    manifest = _manifest(archive)
    _refuse_unknown(manifest)
    parts = _parts(manifest)
    names = {name for name in archive.namelist() if name != MANIFEST}
    if names != set(parts):
        odd = sorted(names ^ set(parts))
        raise BackupError(
            f"The backup is not whole: {odd[0]} is in the file or in its manifest, but not in both. "
            "Nothing was changed. Use another copy of the backup."
        )
    for done, (name, expected) in enumerate(parts.items(), start=1):
        if _hash(archive, name) != expected:
            raise BackupError(
                f"{name} in the backup is damaged: it is not what the manifest says (SHA-256 {expected[:12]}…). "
                "Nothing was changed. Use another copy of the backup."
            )
        step("checking", done, len(parts))
    return manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
        raise BackupError(
            f"The file holds no {MANIFEST} that can be read. Give a file made by `minga site backup`."
        ) from None
    if not known:
        raise BackupError(
            f"The backup has format {manifest['format']}, but this version of Minga reads format {FORMAT}. "
            "Install the version that made it."
        )
    if not _is_shaped(manifest):
        raise BackupError(
            f"The {MANIFEST} of the backup lacks what `minga site backup` writes. It was tampered with; do not use it."
        )
    return manifest


def _refuse_unknown(manifest: dict[str, Any]) -> None:
    """Stop where a later version made the backup; the migrations on disk tell, so no database need be asked."""
    graph = MigrationLoader(None).graph
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"].items() if (app, name) not in graph.nodes]
    if unknown:
        raise BackupError(
            f"The backup was made by a version of Minga that knows {unknown[0]}, which this one does not. "
            "Install that version, or a later one, and restore with it."
        )


def _is_shaped(manifest: dict[str, Any]) -> bool:
    """Whether a manifest holds what the rest of this file reads, before anything is touched."""

    def rows(part: str, /, **kinds: type) -> bool:
        held = manifest.get(part)
        return isinstance(held, list) and all(
            isinstance(row, dict) and all(isinstance(row.get(key), kind) for key, kind in kinds.items()) for row in held
        )

    migrations = manifest.get("migrations")
    try:
        datetime.fromisoformat(manifest["made_at"])
    except (KeyError, TypeError, ValueError):
        return False
    return (
        rows("tables", name=str, sha256=str, rows=int)
        and rows("uploads", name=str, sha256=str)
        # backups made before evidence or sources were kept have none
        and all(part not in manifest or rows(part, name=str, sha256=str) for part in ("evidence", "sources"))
        and isinstance(migrations, dict)
        and all(isinstance(name, str) for name in migrations.values())
    )


def _parts(manifest: dict[str, Any]) -> dict[str, str]:
    parts = {f"tables/{table['name']}.jsonl": table["sha256"] for table in manifest["tables"]}
    for part in folders():
        for file in manifest.get(part, []):
            place = PurePosixPath(file["name"])
            if place.is_absolute() or ".." in place.parts or not place.name or "\x00" in place.name:
                raise BackupError(
                    f"The backup holds an upload outside its folder, {file['name']}. It was tampered with; "
                    "do not use it."
                )
            parts[f"{part}/{file['name']}"] = file["sha256"]
    return parts


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    mark = hashlib.sha256()
    try:
        with archive.open(name) as member:
            while piece := member.read(1 << 20):
                mark.update(piece)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as problem:
        return f"unreadable ({problem})"
    return mark.hexdigest()


# ---------------------------------------------------------------- the database
def own_tables(using: str) -> list[str]:
    """Name the tables in the database that belong to Minga."""
    return [name for name in _all_tables(using) if _is_ours(name)]


def _all_tables(using: str) -> list[str]:
    connection = connections[using]
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def _is_ours(table: str) -> bool:
    return table.startswith(("django_", *(f"{card.label}_" for card in apps.get_app_configs())))


def refuse_strangers(using: str) -> None:
    """Stop where the database is shared with another program: restoring would touch what is not ours."""
    strangers = [name for name in _all_tables(using) if not _is_ours(name)]
    if strangers:
        raise BackupError(
            f"The database also holds tables that are not Minga's ({', '.join(strangers[:3])}). "
            "Give Minga a database of its own."
        )


def first_with_rows(using: str) -> str | None:
    """Name a table that holds rows beyond those Django writes itself, or None where the database holds nothing."""
    with connections[using].cursor() as cursor:
        for table in own_tables(using):
            if table in _OWN_ROWS or table.startswith("web_"):
                continue
            cursor.execute(f"SELECT 1 FROM {connections[using].ops.quote_name(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return table
    return None


@contextmanager
def _one_transaction(using: str) -> Iterator[None]:
    """All or nothing. SQLite changes tables only while it does not check keys, and says so before a transaction."""
    connection = connections[using]
    connection.disable_constraint_checking()
    try:
        with transaction.atomic(using=using):
            yield
    finally:
        connection.enable_constraint_checking()


def _rebuild(archive: zipfile.ZipFile, manifest: dict[str, Any], using: str, step: Step) -> None:
    _drop_own_tables(using)
    then = _migrate(using, [(app, name) for app, name in manifest["migrations"].items()])
    _empty(then, using)
    _fill(archive, manifest, then, using, step)
    _settle(using)
    _restart_counters(then, using)  # what the migrations below write must not collide with the restored rows
    _migrate(using, None)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=using)
    _restart_counters(apps, using)
    _settle(using)
    connections[using].check_constraints()


def _drop_own_tables(using: str) -> None:
    connection = connections[using]
    cascade = " CASCADE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # a full-text table takes the tables behind it with it
            cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}")
        for name in own_tables(using):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}{cascade}")


def _migrate(using: str, targets: list[tuple[str, str]] | None) -> Apps:
    """Build the tables up to the targets (None: to the present); return the models as they were there."""
    executor = MigrationExecutor(connections[using], lambda *_: _settle(using))
    state = executor.migrate(targets or executor.loader.graph.leaf_nodes())
    return state.apps  # type: ignore[no-any-return]


def _settle(using: str) -> None:
    """Have PostgreSQL check keys now: it changes no table that has checks outstanding."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _empty(registry: Apps, using: str) -> None:
    """Take out what migrations wrote: the backup holds it too."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in tables(registry).values():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608


def _fill(archive: zipfile.ZipFile, manifest: dict[str, Any], registry: Apps, using: str, step: Step) -> None:
    models = tables(registry)
    listed = manifest["tables"]
    for done, table in enumerate(listed, start=1):
        if table["name"] not in models:
            raise BackupError(
                f"The backup holds table {table['name']}, which this version of Minga does not know. "
                "Install the version that made it."
            )
        with archive.open(f"tables/{table['name']}.jsonl") as member:
            count = load(models[table["name"]], io.TextIOWrapper(member, encoding="utf-8", newline="\n"), using)
        if count != table["rows"]:
            raise BackupError(f"Table {table['name']} should hold {table['rows']} rows, but the file holds {count}.")
        step("tables", done, len(listed))


def _restart_counters(registry: Apps, using: str) -> None:
    """Let new keys begin after the restored ones."""
    statements = connections[using].ops.sequence_reset_sql(no_style(), list(tables(registry).values()))
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# ---------------------------------------------------------------- the files
def _stage(archive: zipfile.ZipFile, part: str, files: list[dict[str, Any]]) -> Path:
    """Lay files beside their place, readable by the site alone, so that the exchange at the end is one step."""
    staged = Path(f"{folders()[part]}.restoring")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700, parents=True)
    for file in files:
        place = staged / file["name"]
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with archive.open(f"{part}/{file['name']}") as source, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(source, target)
    return staged


def _swap(staged: Path, present: Path) -> None:
    """Put staged files in place; what was there before is kept beside it."""
    if present.exists() and any(present.iterdir()):
        os.replace(present, f"{present}.replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    elif present.exists():
        present.rmdir()
    os.replace(staged, present)
