"""Files packed into one: how much they may unpack to, and taking them out one by one."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from minga.text.extraction.charsets import decode
from minga.text.extraction.documents import LIMITS, ExtractionError, Limits
from minga.text.extraction.kinds import damaged, protected

#: What programs put into archives beside the files of people.
_CLUTTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
#: Small files pack well; the ratio is asked only of what unpacks to more than this.
_SMALL = 2**20
_UTF8_NAME = 0x800


def check_size(archive: zipfile.ZipFile, packed: int, name: str, limits: Limits = LIMITS) -> None:
    """Refuse an archive that would unpack to too much; no part can unpack to more than it declares.

    Raises
    ------
    ExtractionError
    """
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > limits.unpacked or (unpacked > _SMALL and unpacked > limits.ratio * packed):
        most = limits.unpacked // 2**20
        raise ExtractionError(
            "bomb",
            f"The file would unpack to more than {most} MB, or to more than {limits.ratio} times its size. Nobody "
            "writes such a file by accident; it was not opened.",
            file=name,
            values={"most": most, "ratio": limits.ratio},
        )


def unpack(data: bytes, name: str, limits: Limits = LIMITS) -> Iterator[tuple[str, bytes] | ExtractionError]:
    """Yield the files of a zip archive one by one; for one that cannot be taken out, the error instead.

    Parameters
    ----------
    data : bytes of the archive
    name : what the archive is called
    limits : what it may unpack to

    Returns
    -------
    names and bytes in the order of the archive
        A name is the path within the archive. Archives in archives are refused.

    Raises
    ------
    ExtractionError
        The archive as a whole cannot be opened, or would unpack to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise damaged(name) from None
    with archive:
        check_size(archive, len(data), name, limits)
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry)]
        if len(entries) > limits.files:
            raise ExtractionError(
                "many_files",
                f"The archive holds {len(entries)} files; {limits.files} are the most. Send it in parts.",
                file=name,
                values={"count": len(entries), "most": limits.files},
            )
        for entry in entries:
            yield _taken_out(archive, entry, limits)


def _is_clutter(entry: zipfile.ZipInfo) -> bool:
    return any(step in _CLUTTER or step.startswith("._") for step in PurePosixPath(entry.filename).parts)


def _taken_out(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> tuple[str, bytes] | ExtractionError:
    called = _name(entry)
    if entry.flag_bits & 1:
        return protected(called)
    if entry.file_size > limits.bytes:
        most = limits.bytes // 2**20
        return ExtractionError(
            "bytes", f"The file is larger than {most} MB. Send it in parts.", file=called, values={"most": most}
        )
    try:
        with archive.open(entry) as packed:
            return called, packed.read(limits.bytes + 1)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        return damaged(called)


def _name(entry: zipfile.ZipInfo) -> str:
    """Read a name as it was meant: where it is not marked as UTF-8, zipfile takes it for the first PC's letters."""
    if entry.flag_bits & _UTF8_NAME or entry.filename.isascii():
        return entry.filename
    try:
        found = decode(entry.filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.filename
    return found[0] if found else entry.filename
