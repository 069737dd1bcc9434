"""Uploads: kept while they are checked, taken in piece by piece, and forgotten.

What was uploaded lies in the vault between the dry run and the import, so it need not be sent again. Taking in may stop
at any moment and go on later: a piece and the note of how far it came are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.incoming import Entry, Problem, Table, read_upload
from minga.deliberation.engine.splitting import PARAGRAPHS, is_one_thing, joined, own_words, pieces
from minga.deliberation.engine.submissions import hash_of_text
from minga.deliberation.models import Consultation, Intake, IntakeFile, Round, Source
from minga.deliberation.selectors.sources import known_texts, same_sender
from minga.deliberation.services.marks import mark_of
from minga.deliberation.services.sources import LONGEST, Author, File, Part, take_in
from minga.deliberation.vault import vault
from minga.members import services as members

#: How the submissions of an upload become voices.
SHORT, WHOLE, LATER = "short", "whole", "later"
#: Own words up to this length, in one paragraph or two sentences, say one thing.
SHORT_TEXT = 600
MOST_FILES = 100
#: Problems and entries that are kept of a dry run; nobody reads more.
_KEPT = 2000
_EXCERPT = 120
#: Problems of a cell alone: its row is taken in.
CELLS = frozenset({"value", "date", "address"})
#: What is read all the same, and wants a look at the file.
NOTES = frozenset({"arabic_order"})
#: Submissions of each kind whose voice is shown beforehand, and how much of it.
_SAMPLES, _SHOWN_OF_VOICE = 2, 600
#: Submissions of one transaction.
_A_PIECE = 20
#: An upload that nobody decided about is forgotten after this time, and the account of one that was taken in as well.
_WAITS, _STAYS = timedelta(days=3), timedelta(days=30)

Tell = Callable[[int, int], None]


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
    _demand_open(consultation)
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


def _demand_open(consultation: Consultation) -> None:
    if consultation.state == Consultation.State.ADOPTED:
        raise ActError(
            "adopted", "The draft is adopted, so nothing can be taken in any more. Begin a new consultation."
        )


def set_task(*, intake: Intake, task: UUID) -> None:
    """Note under which key the task of an upload tells how far it is."""
    Intake.objects.filter(pk=intake.pk).update(task=task)
    intake.task = task


# ---------------------------------------------------------------- the dry run
def check(*, intake: Intake, tell: Tell = lambda *_: None) -> None:
    """Read what was uploaded and keep what was found; twice gives the same."""
    files = list(intake.files.all())
    found: dict[str, list[Any]] = {"entries": [], "problems": [], "tables": [], "samples": []}
    known = known_texts(intake.consultation)
    problems = cells = notes = 0
    for one in _entries(intake, files, tell):
        if isinstance(one, Entry):
            found["entries"].append(_noted(one, known, len(found["entries"]) + 1))
            _note_sample(found["samples"], one, intake.given.get("voices", SHORT))
        elif isinstance(one, Table):
            found["tables"].append(
                {"file": one.file, "name": one.name, "header": list(one.header), "columns": dict(one.columns),
                 "rows": one.rows}
            )  # fmt: skip
        else:
            problems += 1
            cells += one.code in CELLS
            notes += one.code in NOTES
            if len(found["problems"]) < _KEPT:
                found["problems"].append(one.as_dict())
    counts = {"problems": problems, "cells": cells, "notes": notes, "entries": len(found["entries"])}
    found["entries"] = found["entries"][:_KEPT] + [one for one in found["entries"][_KEPT:] if one["twin"]]
    Intake.objects.filter(pk=intake.pk, state=Intake.State.READING, revision=intake.revision).update(
        state=Intake.State.CHECKED,
        found={**found, "counts": counts},
        total=counts["entries"],
        changed_at=timezone.now(),
    )


def _entries(intake: Intake, files: Sequence[IntakeFile], tell: Tell) -> Iterator[Entry | Problem | Table]:
    def load(file: IntakeFile) -> bytes:
        tell(file.number, len(files))
        return vault.read(file.path, is_encrypted=file.is_encrypted)

    for one in read_upload([(file.name, partial(load, file)) for file in files], intake.given.get("columns")):
        if isinstance(one, Entry) and len(one.text) > LONGEST:
            yield Problem(one.name, "characters", "The text is too long.", one.place, values={"most": LONGEST})
        elif isinstance(one, Entry) and not one.text:
            yield Problem(one.name, "no_words", "The file holds no words.", one.place)
        else:
            yield one


def _noted(entry: Entry, known: dict[str, list[tuple[str, tuple[str, str, str]]]], number: int) -> dict[str, Any]:
    """Note what an entry is, without its text, and whether the same submission is there already."""
    digest, sender = hash_of_text(entry.text), _sender(entry)
    twin, alike = "", ""
    for code, other in known.get(digest, []):
        if same_sender(sender, other):
            twin = twin or code
        else:
            alike = alike or code
    if not twin:
        known.setdefault(digest, []).append((f"{entry.name}, {entry.place}" if entry.place else entry.name, sender))
    return {
        "number": number,
        "name": entry.name,
        "place": entry.place,
        "kind": entry.kind,
        "characters": len(entry.text),
        "excerpt": " ".join(entry.text[: 2 * _EXCERPT].split())[:_EXCERPT],
        "twin": twin,
        "alike": alike,
    }


def _note_sample(samples: list[dict[str, Any]], entry: Entry, way: str) -> None:
    """Note of the first submissions of each kind which words would be a voice, and which are left out of it."""
    if sum(one["kind"] == entry.kind for one in samples) >= _SAMPLES:
        return
    voices = voices_of_text(entry.text, way)
    if not voices:
        return
    (voice,) = voices
    own = {piece.number for piece in own_words(entry.text)}
    left_out = " ".join(piece.text for piece in pieces(entry.text, PARAGRAPHS) if piece.number not in own)
    samples.append(
        {
            "name": entry.name,
            "place": entry.place,
            "kind": entry.kind,
            "voice": _begun(voice.text, _SHOWN_OF_VOICE),
            "left_out": _begun(" ".join(left_out.split()), _SHOWN_OF_VOICE),
        }
    )


def _begun(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _sender(entry: Entry) -> tuple[str, str, str]:
    return (entry.author_name, entry.author_organization, entry.author_address)


def choose_columns(*, intake: Intake, columns: Mapping[str, Mapping[str, str]], seen: int) -> None:
    """Say which column of a spreadsheet holds what; the upload is then checked anew.

    Raises
    ------
    ActError
        "changed" where somebody else went on with it meanwhile.
    """
    given = {**intake.given, "columns": {key: dict(value) for key, value in columns.items()}}
    _advance(intake, seen, state=Intake.State.READING, given=given, found={})


# ---------------------------------------------------------------- the import
@transaction.atomic
def confirm(*, intake: Intake, seen: int, takes_twins: bool = False, by: Any = None) -> None:
    """Decide that what was found is taken in.

    Raises
    ------
    ActError
        "changed" where somebody else did so meanwhile, "nothing" where there is nothing, "adopted" after adoption.
    """
    _demand_open(intake.consultation)
    if not intake.total:
        raise ActError("nothing", "There is nothing to take in. Mend the files, then send them again.")
    found = {name: intake.found.get(name, []) for name in ("problems", "tables")}
    _advance(
        intake,
        seen,
        state=Intake.State.RUNNING,
        given={**intake.given, "twins": takes_twins},
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
    entries = (one for one in _entries(intake, list(files.values()), lambda *_: None) if isinstance(one, Entry))
    skip = intake.done
    piece: list[Entry] = []
    for at, entry in enumerate(entries):
        if at < skip:
            continue
        piece.append(entry)
        if len(piece) == _A_PIECE:
            _take_piece(intake, piece, files)
            tell(intake.done, intake.total)
            piece = []
    if piece:
        _take_piece(intake, piece, files)
    _finish(intake)
    tell(intake.total, intake.total)


@transaction.atomic
def _take_piece(intake: Intake, piece: Sequence[Entry], files: Mapping[int, IntakeFile]) -> None:
    locked = Intake.objects.select_for_update().get(pk=intake.pk)
    if locked.done != intake.done or locked.state != Intake.State.RUNNING:
        raise ActError("changed", "Another worker is taking this upload in.")
    known = known_texts(intake.consultation, [hash_of_text(entry.text) for entry in piece])
    twins = [_take_one(intake, entry, files[entry.file], known) for entry in piece]
    left = [
        {"name": entry.name, "place": entry.place, "twin": twin}
        for entry, twin in zip(piece, twins, strict=True)
        if twin
    ]
    locked.done, locked.taken = locked.done + len(piece), locked.taken + len(piece) - len(left)
    locked.found["left"] = [*locked.found.get("left", []), *left][:_KEPT]
    locked.save(update_fields=["done", "taken", "found", "changed_at"])
    intake.done, intake.taken = locked.done, locked.taken


def _take_one(intake: Intake, entry: Entry, file: IntakeFile, known: dict[str, list[Any]]) -> str:
    """Take one submission in; return the source that it is already, where it was left out for that."""
    digest, sender = hash_of_text(entry.text), _sender(entry)
    twins = known.setdefault(digest, [])
    twin = next((code for code, other in twins if same_sender(sender, other)), "")
    if twin and not intake.given.get("twins"):
        return str(twin)
    given = intake.given
    made = take_in(
        intake.consultation,
        given.get("kind") or entry.kind if entry.kind == "letter" else entry.kind,
        entry.text,
        voices=voices_of_text(entry.text, given.get("voices", SHORT)),
        round=intake.round,
        author=Author(*sender),
        strata={**given.get("strata", {}), **entry.strata},
        may_publish=given.get("may_publish", False) if entry.may_publish is None else entry.may_publish,
        language=entry.language or given.get("language", ""),
        received_at=entry.received_at,
        file=_file(entry, file),
        place=entry.place,
        intake=intake,
        with_receipt=False,
    )
    if not made.source.name:
        Source.objects.filter(pk=made.source.pk).update(name=entry.name[-200:])
    twins.append((str(made.source), sender))
    return ""


def voices_of_text(text: str, way: str) -> list[Part]:
    """Make one voice of a submission that is to be one: of its own words, without greeting, closing and signature."""
    own = [] if way == LATER else own_words(text)
    if not own:  # nothing but names and quotes: a person looks at it
        return []
    cut = joined(text, own)
    if way == SHORT and (len(cut.text) > SHORT_TEXT or not is_one_thing(text)):
        return []
    return [Part(cut.text, cut.start, cut.end)]


def _file(entry: Entry, file: IntakeFile) -> File | None:
    if entry.is_whole_file:
        return File(entry.name[-200:], entry.media_type, path=file.path, is_encrypted=file.is_encrypted)
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
    return [table for table in found.get("tables", []) if "text" not in table["columns"]]


def _set_aside(intake: Intake, tables: Sequence[dict[str, Any]]) -> Intake:
    """Keep spreadsheets whose columns nobody has named yet as an upload of their own, which waits for that."""
    given = {name: value for name, value in intake.given.items() if name not in {"columns", "twins"}}
    kept: Intake = Intake.objects.create(
        consultation=intake.consultation, round=intake.round, given=given, by_mark=intake.by_mark,
        state=Intake.State.CHECKED,
    )  # fmt: skip
    problems = []
    for number, table in enumerate(tables):
        intake.files.filter(number=table["file"]).update(intake=kept, number=number)
        problems += [
            one
            for one in intake.found.get("problems", [])
            if one["code"] == "no_text_column" and one["name"] == table["name"]
        ][:1]
    kept.found = {
        "entries": [],
        "problems": problems,
        "tables": [{**table, "file": number} for number, table in enumerate(tables)],
        "counts": {"problems": len(problems), "cells": 0, "notes": 0, "entries": 0},
    }
    kept.save(update_fields=["found"])
    return kept


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
