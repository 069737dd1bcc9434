"""The dry run of an upload: what is in its files, what would become of it, and what keeps something out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.utils import timezone

from minga.deliberation.engine.incoming import Entry, Problem, Said, Table, read_upload
from minga.deliberation.engine.incoming_words import is_nothing
from minga.deliberation.engine.splitting import (
    PARAGRAPHS,
    SHOWN_LEFT_OUT,
    count_words,
    is_one_thing,
    joined,
    left_out,
    own_words,
    pieces,
    wants_a_look,
)
from minga.deliberation.engine.submissions import hash_of_text
from minga.deliberation.models import Intake, IntakeFile
from minga.deliberation.selectors.sources import (
    Sender,
    holders_of,
    known_texts,
    known_words,
    may_be_same,
    note_words,
    same_sender,
)
from minga.deliberation.services.sources import LONGEST, Part
from minga.deliberation.vault import vault
from minga.text.extraction import without_words

#: How the submissions of an upload become voices.
SHORT, WHOLE, LATER = "short", "whole", "later"
#: Own words up to this length, in one paragraph or two sentences, say one thing.
SHORT_TEXT = 600
#: Problems and entries that are kept of a dry run; nobody reads more.
KEPT = 2000
_EXCERPT = 120
#: Problems of a cell alone: its row is taken in.
CELLS = frozenset({"value", "date", "date_order", "address", "formula_cell"})
#: What is read all the same, and wants a look at the file.
NOTES = frozenset({"arabic_order", "crossed_out"})
#: Submissions of each kind whose voice is shown beforehand, and how much of it.
_SAMPLES, _SHOWN_OF_VOICE = 2, 600

Tell = Callable[[int, int], None]


def check(*, intake: Intake, tell: Tell = lambda *_: None) -> None:
    """Read what was uploaded and keep what was found; twice gives the same."""
    files = list(intake.files.all())
    found: dict[str, Any] = {"entries": [], "problems": [], "tables": [], "samples": []}
    way = intake.given.get("voices", SHORT)
    known, words = known_texts(intake.consultation), known_words(intake.consultation)
    problems = cells = notes = 0
    for one in entries_of(intake, files, tell):
        if isinstance(one, Entry):
            noted = _noted(one, known, words, len(found["entries"]) + 1)
            found["entries"].append(noted)
            if voices := voices_of_entry(one, way):
                noted |= _left_out(one)
                _note_sample(found["samples"], one, voices)
        elif isinstance(one, Table):
            found["tables"].append(one.as_dict())
        else:
            problems += one.count
            cells += one.count * (one.code in CELLS)
            notes += one.code in NOTES
            if len(found["problems"]) < KEPT:
                found["problems"].append(one.as_dict())
    counts = {"problems": problems, "cells": cells, "notes": notes, "entries": len(found["entries"])}
    left_words = [one["left_words"] for one in found["entries"] if one.get("left_words") and not one["twin"]]
    found["left_out"] = {"entries": len(left_words), "words": sum(left_words)}
    found["entries"] = found["entries"][:KEPT] + [one for one in found["entries"][KEPT:] if one["twin"]]
    Intake.objects.filter(pk=intake.pk, state=Intake.State.READING, revision=intake.revision).update(
        state=Intake.State.CHECKED,
        found={**found, "counts": counts},
        total=counts["entries"],
        changed_at=timezone.now(),
    )


def entries_of(intake: Intake, files: Sequence[IntakeFile], tell: Tell) -> Iterator[Entry | Problem | Table]:
    """Read the files of an upload, one submission after the other; `tell` hears which file it is, and of how many."""

    def load(file: IntakeFile) -> bytes:
        tell(file.number, len(files))
        return vault.read(file.path, is_encrypted=file.is_encrypted)

    said = {key: Said(**of) for key, of in intake.given.get("sheets", {}).items()}
    for one in read_upload([(file.name, partial(load, file)) for file in files], said):
        if isinstance(one, Entry) and len(one.text) > LONGEST:
            yield Problem(one.name, "characters", "The text is too long.", one.place, values={"most": LONGEST})
        elif isinstance(one, Entry) and not one.text:
            yield Problem(one.name, "no_words", "The file holds no words.", one.place)
        else:
            yield one


def _noted(
    entry: Entry,
    known: dict[str, list[tuple[str, Sender]]],
    words: dict[str, list[tuple[str, Sender]]],
    number: int,
) -> dict[str, Any]:
    """Note what an entry is, without its text, and whether the same submission is there already."""
    digest, sender = hash_of_text(entry.text), sender_of(entry)
    twin, alike, near = "", "", list[str]()
    for code, other in known.get(digest, []):
        if same_sender(sender, other):
            twin = twin or code
        elif may_be_same(sender, other):
            near = near or [code]
        else:
            alike = alike or code
    holding, is_all = holders_of(entry.text, sender, words)
    twin = twin or (holding[0] if is_all else "")
    if not twin:
        called = f"{entry.name}, {entry.place}" if entry.place else entry.name
        known.setdefault(digest, []).append((called, sender))
        note_words(words, entry.text, called, sender)
    return {
        "number": number,
        "name": entry.name,
        "place": entry.place,
        "kind": entry.kind,
        "characters": len(entry.text),
        "excerpt": " ".join(_begin(entry).split())[:_EXCERPT],
        "twin": twin,
        "alike": alike,
        "holds": "" if twin else ", ".join(dict.fromkeys([*near, *holding])),
    }


def _begin(entry: Entry) -> str:
    """Return how a submission begins, without the questions it answers."""
    if entry.answers:
        return " · ".join(entry.text[start:end][:_EXCERPT] for start, end in entry.answers)
    return entry.text[: 2 * _EXCERPT]


def left_out_of_entry(entry: Entry) -> str:
    """Return the words of a submission that its voices leave out; the questions it answers are none of its words."""
    if not entry.answers:
        return left_out_of(entry.text)
    return " ".join(words for start, end in entry.answers if (words := left_out_of(entry.text[start:end])))


def left_out_of(text: str) -> str:
    """Return the words that the one voice of a submission leaves out."""
    return left_out(pieces(text, PARAGRAPHS), {piece.number for piece in own_words(text)})


def _left_out(entry: Entry) -> dict[str, Any]:
    words = left_out_of_entry(entry)
    return {"left_out": _begun(words, SHOWN_LEFT_OUT), "left_words": count_words(words)} if words else {}


def _note_sample(samples: list[dict[str, Any]], entry: Entry, voices: Sequence[Part]) -> None:
    """Note of the first submissions of each kind which words would be voices, and which are left out of them."""
    if sum(one["kind"] == entry.kind for one in samples) >= _SAMPLES:
        return
    samples.append(
        {
            "name": entry.name,
            "place": entry.place,
            "kind": entry.kind,
            "voices": [_begun(voice.text, _SHOWN_OF_VOICE) for voice in voices],
            "left_out": _begun(left_out_of_entry(entry), _SHOWN_OF_VOICE),
        }
    )


def _begun(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def sender_of(entry: Entry) -> Sender:
    """Return who sent a submission and the file it came as, as twins are compared by."""
    return Sender(
        entry.author_name,
        entry.author_organization,
        entry.author_address,
        entry.file_hash,
        entry.attached,
        is_partly_unread=bool(without_words(entry.text)),
    )


def voices_of_entry(entry: Entry, way: str) -> list[Part]:
    """Make the voices of a submission: one, or one of each answer where several questions were asked.

    None where one of the answers is to be cut by a person, who then sees all of them.
    """
    if not entry.answers:
        return voices_of_text(entry.text, way)
    made: list[Part] = []
    for start, end in entry.answers:
        if is_nothing(entry.text[start:end]):
            continue
        voices = voices_of_text(entry.text[start:end], way)
        if not voices:
            return []
        made += [Part(one.text, start + (one.start or 0), start + (one.end or 0)) for one in voices]
    return made


def voices_of_text(text: str, way: str) -> list[Part]:
    """Make one voice of a submission that is to be one: of its own words, without greeting, closing and signature.

    None where an attached file or a page was not read, or words are crossed out: a person looks at it.
    """
    own = [] if way == LATER or wants_a_look(text) else own_words(text)
    if not own:  # nothing but names and quotes: a person looks at it
        return []
    cut = joined(text, own)
    if way == SHORT and (len(cut.text) > SHORT_TEXT or not is_one_thing(text)):
        return []
    return [Part(cut.text, cut.start, cut.end)]
