"""One file that holds the whole site: every row of the database and every upload, with the hash of each part.

A zip file: `tables/<name>.jsonl` (one line of JSON a row), `uploads/...`, `evidence/...` and `sources/...` as they are
(the last two stay encrypted where a key is set; the key is never in the file), and `manifest.json`, which says which
version made it, how far the database's structure was, and the SHA-256 of every other part.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

import minga
from minga.site.prepare import unapplied
from minga.site.rows import BackupError, lines, tables

FORMAT = 1
MANIFEST = "manifest.json"

#: Told as (what is done, how much of it, of how much).
Step = Callable[[str, int, int], None]


def write(path: Path, *, using: str = "default", step: Step = lambda *_: None) -> dict[str, Any]:
    """Write the backup; return its manifest. The database is read as it was at one moment; the site may go on."""
    if path.exists():
        raise BackupError(f"{path} exists already. Give another name, or move the old backup away.")
    if missing := unapplied(using):
        raise BackupError(
            f"The database lacks {len(missing)} steps of this version ({missing[0]} first). "
            "Run `minga site prepare`, then make the backup."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        manifest = _write(partial, using, step)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _write(path: Path, using: str, step: Step) -> dict[str, Any]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds what people entrusted to the site
    with os.fdopen(handle, "w+b") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            with one_moment(using):
                manifest = _head(using) | {"tables": list(_tables(archive, using, step))}
            for part, root in folders().items():
                manifest[part] = list(_files(archive, part, root, step))
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _head(using: str) -> dict[str, Any]:
    leaves = MigrationExecutor(connections[using]).loader.graph.leaf_nodes()
    return {
        "format": FORMAT,
        "minga": minga.__version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connections[using].vendor,
        "migrations": dict(sorted(leaves)),
    }


@contextmanager
def one_moment(using: str) -> Iterator[None]:
    """Read the database as it is now, whatever others write meanwhile, without holding them up."""
    connection = connections[using]
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    elif connection.vendor == "sqlite" and not connection.in_atomic_block:
        # atomic() would begin IMMEDIATE and keep everyone from writing
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        yield


def _tables(archive: zipfile.ZipFile, using: str, step: Step) -> Iterator[dict[str, Any]]:
    models = tables(apps)
    for done, (label, model) in enumerate(models.items()):
        step("tables", done, len(models))
        size, mark = _member(archive, f"tables/{label}.jsonl", (line.encode() for line in lines(model, using)))
        yield {"name": label, "rows": size - 1, "sha256": mark}
    step("tables", len(models), len(models))


def folders() -> dict[str, Path]:
    """Return the folders of files that belong to the site, by what a backup calls them."""
    return {
        "uploads": Path(settings.MEDIA_ROOT),
        "evidence": Path(settings.EVIDENCE_ROOT),
        "sources": Path(settings.SOURCES_ROOT),
    }


def _files(archive: zipfile.ZipFile, part: str, root: Path, step: Step) -> Iterator[dict[str, Any]]:
    files = sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []
    for done, path in enumerate(files, start=1):
        name = path.relative_to(root).as_posix()
        try:
            source = path.open("rb")
        except FileNotFoundError:  # deleted since the list was made
            continue
        with source:
            _size, mark = _member(archive, f"{part}/{name}", iter(lambda source=source: source.read(1 << 20), b""))
        yield {"name": name, "sha256": mark}
        step(part, done, len(files))


def _member(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
    """Write one part piece by piece; return how many pieces and their hash."""
    mark, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        for piece in pieces:
            member.write(piece)
            mark.update(piece)
            count += 1
    return count, mark.hexdigest()
