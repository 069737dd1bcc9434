"""Uploads: kept while they are checked, taken in piece by piece, and forgotten.

What was uploaded lies in the vault between the dry run and the import, so it need not be sent again. Taking in may stop
at any moment and go on later: a piece and the note of how far it came are one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.incoming import Entry, Said
from minga.deliberation.engine.splitting import SHOWN_LEFT_OUT
from minga.deliberation.engine.submissions import hash_of_text
from minga.deliberation.models import Consultation, Intake, IntakeFile, Round, Source
from minga.deliberation.selectors.sources import (
    Sender,
    holders_of,
    known_texts,
    known_words,
    note_words,
    same_sender,
)
from minga.deliberation.services.checking import (
    KEPT,
    SHORT,
    Tell,
    entries_of,
    left_out_of_entry,
    sender_of,
    voices_of_entry,
)
from minga.deliberation.services.marks import mark_of
from minga.deliberation.services.sources import Author, File, demand_open, take_in
from minga.deliberation.vault import vault
from minga.members import services as members

#: Sources and their senders by what their text or words are known by.
Known = dict[str, list[tuple[str, Sender]]]

MOST_FILES = 100
#: Submissions of one transaction.
_A_PIECE = 20
#: An upload that nobody decided about is forgotten after this time, and the account of one that was taken in as well.
_WAITS, _STAYS = timedelta(days=3), timedelta(days=30)


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent."""

    name: str
    data: bytes


def begin(
    *, consultation: Consultation, files: Sequence[Upload], given: Mapping[str, Any], round: Round | None, by: Any
) -> Intake:
    """Keep an upload until it was checked; nothing is taken in yet.

    Raises
    ------
    ActError
        "none" without a file, "many" with too many, "size" with one too large, "adopted" after adoption.
    """
    if not files:
        raise ActError("none", "There is no file. Choose one or more files.")
    if len(files) > MOST_FILES:
        raise ActError("many", f"{MOST_FILES} files can be sent at once. Put more of them into one .zip file.")
    if any(len(file.data) > settings.UPLOAD_MB * 2**20 for file in files):
        raise ActError("size", f"A file is larger than {settings.UPLOAD_MB} MB. Send it in parts.")
    demand_open(consultation)
    written = [(file, *vault.write(file.data)) for file in files]
    try:
        with transaction.atomic():
            intake = Intake.objects.create(
                consultation=consultation, round=round, given=dict(given), by_mark=mark_of(by)
            )
            IntakeFile.objects.bulk_create(
                IntakeFile(
                    intake=intake, number=number, name=file.name[-200:], size=len(file.data), path=path,
                    is_encrypted=is_encrypted,
                )
                for number, (file, path, is_encrypted) in enumerate(written)
            )  # fmt: skip
            members.record(by=by, act="upload.checked", on=intake.reference)
    except BaseException:
        for _file, path, _is_encrypted in written:
            vault.delete(path)
        raise
    return intake


def set_task(*, intake: Intake, task: UUID) -> None:
    """Note under which key the task of an upload tells how far it is."""
    Intake.objects.filter(pk=intake.pk).update(task=task)
    intake.task = task


# ---------------------------------------------------------------- the import
def choose_columns(*, intake: Intake, said: Mapping[str, Said], seen: int) -> None:
    """Say of spreadsheets, by their keys, what their columns hold; the upload is then checked anew.

    Raises
    ------
    ActError
        "changed" where somebody else went on with it meanwhile.
    """
    sheets = {key: asdict(one) for key, one in said.items()}
    given = {**intake.given, "sheets": {**intake.given.get("sheets", {}), **sheets}}
    _advance(intake, seen, state=Intake.State.READING, given=given, found={})


@transaction.atomic
def confirm(*, intake: Intake, seen: int, takes_twins: bool = False, looked: bool = False, by: Any = None) -> None:
    """Decide that what was found is taken in.

    `looked` says that somebody looked at the words that the voices leave out; without it their sources wait.

    Raises
    ------
    ActError
        "changed" where somebody else did so meanwhile, "nothing" where there is nothing, "adopted" after adoption.
    """
    demand_open(intake.consultation)
    if not intake.total:
        raise ActError("nothing", "There is nothing to take in. Mend the files, then send them again.")
    found = {name: intake.found.get(name, []) for name in ("problems", "tables")}
    _advance(
        intake,
        seen,
        state=Intake.State.RUNNING,
        given={**intake.given, "twins": takes_twins, "looked": looked},
        found={**found, "counts": intake.found.get("counts", {}), "left": []},
    )
    members.record(by=by, act="upload.confirmed", on=intake.reference)


def _advance(intake: Intake, seen: int, **changes: Any) -> None:
    changed = Intake.objects.filter(pk=intake.pk, revision=seen, state=Intake.State.CHECKED).update(
        revision=F("revision") + 1, changed_at=timezone.now(), **changes
    )
    if not changed:
        raise ActError("changed", "Somebody else went on with this upload meanwhile. Look at how far it is.")
    intake.refresh_from_db()


def take_all_in(*, intake: Intake, tell: Tell = lambda *_: None) -> None:
    """Take in what was found, from where it stopped; what is known already is left out."""
    files = {file.number: file for file in intake.files.all()}
    entries = (one for one in entries_of(intake, list(files.values()), lambda *_: None) if isinstance(one, Entry))
    skip = intake.done
    words = known_words(intake.consultation)
    piece: list[Entry] = []
    for at, entry in enumerate(entries):
        if at < skip:
            continue
        piece.append(entry)
        if len(piece) == _A_PIECE:
            _take_piece(intake, piece, files, words)
            tell(intake.done, intake.total)
            piece = []
    if piece:
        _take_piece(intake, piece, files, words)
    _finish(intake)
    tell(intake.total, intake.total)


@transaction.atomic
def _take_piece(intake: Intake, piece: Sequence[Entry], files: Mapping[int, IntakeFile], words: Known) -> None:
    locked = Intake.objects.select_for_update().get(pk=intake.pk)
    if locked.done != intake.done or locked.state != Intake.State.RUNNING:
        raise ActError("changed", "Another worker is taking this upload in.")
    known = known_texts(intake.consultation, [hash_of_text(entry.text) for entry in piece])
    twins = [
        _take_one(intake, entry, files[entry.file], known, words, looked=_has_looked(intake, entry, locked.done + at))
        for at, entry in enumerate(piece)
    ]
    left = [
        {"name": entry.name, "place": entry.place, "twin": twin}
        for entry, twin in zip(piece, twins, strict=True)
        if twin
    ]
    locked.done, locked.taken = locked.done + len(piece), locked.taken + len(piece) - len(left)
    locked.found["left"] = [*locked.found.get("left", []), *left][:KEPT]
    locked.save(update_fields=["done", "taken", "found", "changed_at"])
    intake.done, intake.taken = locked.done, locked.taken


def _has_looked(intake: Intake, entry: Entry, at: int) -> bool:
    """Whether somebody could see all that its voice leaves out, and said that it needs no answer."""
    words = left_out_of_entry(entry)
    return not words or bool(intake.given.get("looked") and at < KEPT and len(words) <= SHOWN_LEFT_OUT)


def _take_one(intake: Intake, entry: Entry, file: IntakeFile, known: Known, words: Known, *, looked: bool) -> str:
    """Take one submission in; return the source that it is already, where it was left out for that."""
    digest, sender = hash_of_text(entry.text), sender_of(entry)
    twins = known.setdefault(digest, [])
    twin = next((code for code, other in twins if same_sender(sender, other)), "")
    if not twin:
        holding, is_all = holders_of(entry.text, sender, words)
        twin = holding[0] if is_all else ""
    if twin and not intake.given.get("twins"):
        return str(twin)
    given = intake.given
    made = take_in(
        intake.consultation,
        given.get("kind") or entry.kind if entry.kind == "letter" else entry.kind,
        entry.text,
        voices=voices_of_entry(entry, given.get("voices", SHORT)),
        round=intake.round,
        author=Author(sender.name, sender.organization, sender.address),
        strata={**given.get("strata", {}), **entry.strata},
        may_publish=given.get("may_publish", False) if entry.may_publish is None else entry.may_publish,
        language=entry.language or given.get("language", ""),
        received_at=entry.received_at,
        file=_file(entry, file),
        place=entry.place,
        intake=intake,
        with_receipt=False,
        is_read=looked,
    )
    if not made.source.name:
        Source.objects.filter(pk=made.source.pk).update(name=entry.name[-200:])
    twins.append((str(made.source), sender))
    note_words(words, entry.text, str(made.source), sender)
    return ""


def _file(entry: Entry, file: IntakeFile) -> File | None:
    if entry.is_whole_file:
        kept = {"path": file.path, "is_encrypted": file.is_encrypted, "hash": entry.file_hash}
        return File(entry.name[-200:], entry.media_type, **kept)
    if entry.data is not None:
        return File(entry.name[-200:], entry.media_type, data=entry.data)
    return None


@transaction.atomic
def _finish(intake: Intake) -> None:
    intake.refresh_from_db()
    found = {**intake.found, "files": [file.name for file in intake.files.all()]}
    unread = _unread(found)
    if unread:
        found["problems"] = [one for one in found.get("problems", []) if one["code"] != "no_text_column"]
        counts = found.get("counts", {})
        found["counts"] = {**counts, "problems": max(0, counts.get("problems", 0) - len(unread))}
        found["waiting"] = {"intake": str(_set_aside(intake, unread).pk), "files": len(unread)}
    found.pop("tables", None)
    Intake.objects.filter(pk=intake.pk).update(state=Intake.State.DONE, found=found, finished_at=timezone.now())
    _forget_files(intake)
    intake.refresh_from_db()


def _unread(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the spreadsheets of which nothing was read, since no column is known to hold the text."""
    tables = found.get("tables", [])
    return [table for table in tables if "text" not in table["columns"] and not table.get("is_left_out")]


def _set_aside(intake: Intake, tables: Sequence[dict[str, Any]]) -> Intake:
    """Keep spreadsheets whose columns nobody has named yet as an upload of their own, which waits for that."""
    given = {name: value for name, value in intake.given.items() if name not in {"sheets", "twins", "looked"}}
    kept: Intake = Intake.objects.create(
        consultation=intake.consultation, round=intake.round, given=given, by_mark=intake.by_mark,
        state=Intake.State.CHECKED,
    )  # fmt: skip
    numbers = {file: number for number, file in enumerate(dict.fromkeys(table["file"] for table in tables))}
    # what stays out of an archive stays out of what is kept of it
    left = {key: one for key, one in intake.given.get("sheets", {}).items() if one.get("is_left_out")}
    kept.given["sheets"] = {
        _rekeyed(key, numbers[file]): one
        for key, one in left.items()
        if (file := int(key.partition("-")[0])) in numbers
    }
    for file, number in numbers.items():
        intake.files.filter(number=file).update(intake=kept, number=number)
    problems = []
    for table in tables:
        problems += [
            one
            for one in intake.found.get("problems", [])
            if one["code"] == "no_text_column" and one["name"] == table["name"]
        ][:1]
    kept.found = {
        "entries": [],
        "problems": problems,
        "tables": [
            {**table, "file": (number := numbers[table["file"]]), "key": _rekeyed(table["key"], number)}
            for table in tables
        ],
        "counts": {"problems": len(problems), "cells": 0, "notes": 0, "entries": 0},
    }
    kept.save(update_fields=["found", "given"])
    return kept


def _rekeyed(key: str, number: int) -> str:
    """Return the key of a table whose file has another number now; its place in an archive stays."""
    _file, dash, place = key.partition("-")
    return f"{number}{dash}{place}"


# ---------------------------------------------------------------- forgetting
@transaction.atomic
def give_up(*, intake: Intake, by: Any = None) -> None:
    """Forget an upload that is not to be taken in, with its files.

    Raises
    ------
    ActError
        "running" while it is being taken in.
    """
    locked = Intake.objects.select_for_update().get(pk=intake.pk)
    if locked.state == Intake.State.RUNNING:
        raise ActError("running", "The upload is being taken in. Wait until it is done.")
    reference = locked.reference
    _forget_files(locked)
    locked.delete()
    members.record(by=by, act="upload.given_up", on=reference)


def _forget_files(intake: Intake) -> None:
    """Delete files that no source keeps, once it is sure that their rows are gone."""
    rows = list(intake.files.values_list("path", flat=True))
    kept = set(Source.objects.filter(file_path__in=rows).values_list("file_path", flat=True))
    intake.files.all().delete()
    _delete_later(path for path in rows if path not in kept)


def _delete_later(paths: Iterable[str]) -> None:
    for path in list(paths):
        transaction.on_commit(partial(vault.delete, path), robust=True)


def forget_uploads() -> int:
    """Delete uploads that nobody decided about, and the accounts of those taken in long ago; return how many."""
    now = timezone.now()
    left = Intake.objects.filter(changed_at__lt=now - _WAITS).exclude(state__in=["done", "running"])
    old = Intake.objects.filter(finished_at__lt=now - _STAYS, state=Intake.State.DONE)
    forgotten = 0
    for intake in [*left, *old]:
        give_up(intake=intake)
        forgotten += 1
    return forgotten
