"""Where entrusted files lie: under random names, readable by the site's account alone, encrypted where a key is set."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Vault:
    """A folder of files that nothing serves; rows say which file is whose.

    Parameters
    ----------
    setting : name of the setting that holds the folder
    error : makes the room's own error of a code (no_key, missing, wrong_key) and a message
    """

    def __init__(self, setting: str, error: Callable[[str, str], Exception]) -> None:
        self._setting = setting
        self._error = error

    def root(self) -> Path:
        """Return the folder."""
        return Path(getattr(settings, self._setting))

    def encrypts(self) -> bool:
        """Whether what is written now is encrypted."""
        return bool(settings.EVIDENCE_KEYS)

    def _box(self) -> MultiFernet:
        if not settings.EVIDENCE_KEYS:
            raise self._error(
                "no_key", "The file is encrypted, but MINGA_EVIDENCE_KEY is not set. Set the key it was encrypted with."
            )
        return MultiFernet([Fernet(key) for key in settings.EVIDENCE_KEYS])

    def write(self, data: bytes) -> tuple[str, bool]:
        """Store a file; return its path in the vault and whether it is encrypted. On return it is on the disk."""
        name = secrets.token_hex(20)
        path = f"{name[:2]}/{name}"
        place = self.root() / path
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = self._box().encrypt(data) if self.encrypts() else data
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
        return path, self.encrypts()

    def read(self, path: str, *, is_encrypted: bool) -> bytes:
        """Return a stored file; the room's error where it is gone, or none of the keys opens it."""
        try:
            kept = self._place(path).read_bytes()
        except OSError:
            raise self._error(
                "missing", "The file is not in its folder. Bring it back from a backup, or send it again."
            ) from None
        if not is_encrypted:
            return kept
        try:
            return self._box().decrypt(kept)
        except InvalidToken:
            raise self._error(
                "wrong_key",
                "None of the keys in MINGA_EVIDENCE_KEY opens this file. Add the key it was encrypted with.",
            ) from None

    def delete(self, path: str) -> None:
        """Delete a stored file; one that is gone already is as good."""
        self._place(path).unlink(missing_ok=True)

    def exists(self, path: str) -> bool:
        """Whether a file lies where a row says."""
        return self._place(path).is_file()

    def stored(self, *, older_than_seconds: float = 0) -> Iterator[str]:
        """Yield the paths of the files in the vault, only those untouched for some time if asked."""
        before = time.time() - older_than_seconds
        for place in sorted(self.root().glob("*/*")):
            try:
                if place.is_file() and place.stat().st_mtime <= before:
                    yield place.relative_to(self.root()).as_posix()
            except FileNotFoundError:  # deleted since it was listed
                continue

    def _place(self, path: str) -> Path:
        place = (self.root() / path).resolve()
        if not place.is_relative_to(self.root().resolve()):
            raise self._error("missing", "The path of this file leads out of its folder. Nothing was read.")
        return place
