"""Where evidence lies: files under random names, readable by the site's account alone, encrypted where a key is set."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from minga.readiness.engine.errors import EvidenceError


def root() -> Path:
    """Return the folder of evidence; nothing serves it."""
    return Path(settings.EVIDENCE_ROOT)


def encrypts() -> bool:
    """Whether what is written now is encrypted."""
    return bool(settings.EVIDENCE_KEYS)


def _box() -> MultiFernet:
    if not settings.EVIDENCE_KEYS:
        raise EvidenceError(
            "no_key", "The evidence is encrypted, but MINGA_EVIDENCE_KEY is not set. Set the key it was encrypted with."
        )
    return MultiFernet([Fernet(key) for key in settings.EVIDENCE_KEYS])


def write(data: bytes) -> tuple[str, bool]:
    """Store a file; return its path in the vault and whether it is encrypted. On return it is on the disk."""
    name = secrets.token_hex(20)
    path = f"{name[:2]}/{name}"
    place = root() / path
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = _box().encrypt(data) if encrypts() else data
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(kept)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path, encrypts()


def read(path: str, *, is_encrypted: bool) -> bytes:
    """Return a stored file.

    Raises
    ------
    EvidenceError
        It is gone, or none of the keys opens it.
    """
    try:
        kept = _place(path).read_bytes()
    except OSError:
        raise EvidenceError(
            "missing", "The file of this evidence is not in its folder. Bring it back from a backup, or send it again."
        ) from None
    if not is_encrypted:
        return kept
    try:
        return _box().decrypt(kept)
    except InvalidToken:
        raise EvidenceError(
            "wrong_key",
            "None of the keys in MINGA_EVIDENCE_KEY opens this evidence. Add the key it was encrypted with.",
        ) from None


def delete(path: str) -> None:
    """Delete a stored file; one that is gone already is as good."""
    _place(path).unlink(missing_ok=True)


def exists(path: str) -> bool:
    """Whether a file lies where a row says."""
    return _place(path).is_file()


def stored(*, older_than_seconds: float = 0) -> Iterator[str]:
    """Yield the paths of the files in the vault, only those untouched for some time if asked."""
    before = time.time() - older_than_seconds
    for place in sorted(root().glob("*/*")):
        try:
            if place.is_file() and place.stat().st_mtime <= before:
                yield place.relative_to(root()).as_posix()
        except FileNotFoundError:  # deleted since it was listed
            continue


def _place(path: str) -> Path:
    place = (root() / path).resolve()
    if not place.is_relative_to(root().resolve()):
        raise EvidenceError("missing", "The path of this evidence leads out of its folder. Nothing was read.")
    return place
