"""Taking in: the one way in which a source and its voices come into being."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.submissions import hash_of_text, tidy_text
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.models import Consultation, Round, Source, Voice
from minga.deliberation.services.marks import mark_of
from minga.deliberation.vault import vault
from minga.members import services as members
from minga.text.languages import guess_language
from minga.web import codes

#: A source longer than any letter is a book; it comes in parts.
LONGEST = 1_000_000
LONGEST_VOICE = 20_000
_LONGEST_REGION = 80


@dataclass(frozen=True)
class Part:
    """The words of one voice; `start` and `end` say where they stand in the text of the source, if they do."""

    text: str
    start: int | None = None
    end: int | None = None
    #: guessed where it is empty
    language: str = ""
    statement: Any = None
    takeaway: Any = None


@dataclass(frozen=True)
class Author:
    """Who sent it, as far as it is known."""

    name: str = ""
    organization: str = ""
    address: str = ""

    def columns(self) -> dict[str, str]:
        """Return it as a source keeps it."""
        return {
            "author_name": _tidy_line(self.name, 200),
            "author_organization": _tidy_line(self.organization, 200),
            "author_address": _tidy_line(self.address, 254),
        }


@dataclass(frozen=True)
class File:
    """The file it came as: its bytes, or where they lie in the vault already."""

    name: str
    media_type: str = ""
    data: bytes | None = None
    path: str = ""
    is_encrypted: bool = False
    hash: str = ""

    def stored(self) -> File:
        """Return the file as it lies in the vault, written there if it was not."""
        if self.data is None:
            return self
        path, is_encrypted = vault.write(self.data)
        digest = hashlib.sha256(self.data).hexdigest()
        return replace(self, data=None, path=path, is_encrypted=is_encrypted, hash=digest)

    def columns(self) -> dict[str, Any]:
        """Return it as a source keeps it, once it is stored."""
        return {
            "name": self.name[:200],
            "file_path": self.path,
            "file_hash": self.hash,
            "is_encrypted": self.is_encrypted,
            "media_type": self.media_type,
        }


@dataclass(frozen=True)
class TakenIn:
    """What came into being. The code of the receipt can be read only now; empty where none was wanted."""

    source: Source
    voices: tuple[Voice, ...]
    receipt_code: str


def take_in(
    consultation: Consultation,
    kind: str,
    text: str,
    *,
    voices: Sequence[Part | str] | None = None,
    round: Round | None = None,
    author: Author | None = None,
    strata: Mapping[str, str] | None = None,
    may_publish: bool = False,
    account: Any = None,
    language: str = "",
    received_at: datetime | None = None,
    by: Any = None,
    file: File | None = None,
    place: str = "",
    meeting: Any = None,
    intake: Any = None,
    with_receipt: bool = True,
    is_read: bool = True,
) -> TakenIn:
    """Take in one submission.

    Parameters
    ----------
    voices : the voices in it
        None: the whole text is one voice. An empty list: somebody will split it later.
    language : code of a language; guessed from the text where it is empty
    account : whose submission it is, if they sent it signed in
    by : whoever takes it in for them; then it is an act of the audit trail, unless it came with an upload (`intake`),
        which is one act as a whole
    is_read : whether somebody looked at the words that are in no voice; without voices a source waits in any case
    with_receipt : whether to draw the code that opens the private receipt

    Raises
    ------
    ActError
        "empty" without any words, "long", "strata" for a stratum or value that is none, "adopted" once the draft was
        adopted, "round" for a round of another consultation.
    """
    text = tidy_text(text)
    parts = _parts(text, voices, language)
    _check(consultation, text, parts, round)
    known = checked_strata(strata or {})
    code = codes.new_code() if with_receipt else ""
    kept = file.stored() if file else File("")
    source = Source(
        round=round,
        kind=kind,
        place=place[:80],
        text=text,
        text_hash=hash_of_text(text),
        language=(language or guess_language(text) or "")[:10],
        account=account if getattr(account, "is_authenticated", False) else None,
        strata=known,
        may_publish=may_publish,
        receipt_hash=codes.hash_of(code) if code else "",
        meeting=meeting,
        received_at=received_at or timezone.now(),
        taken_in_by_mark=mark_of(by),
        intake=intake,
        read_at=timezone.now() if parts and is_read else None,
        **kept.columns(),
        **(author or Author()).columns(),
    )
    try:
        made = _stored(source, consultation, parts, by)
    except BaseException:
        if file and file.data is not None:
            vault.delete(kept.path)
        raise
    return TakenIn(source, tuple(made), code)


@transaction.atomic
def _stored(source: Source, consultation: Consultation, parts: Sequence[Part], by: Any) -> list[Voice]:
    """Give a source its number, and store it with its voices."""
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    demand_open(locked)
    source.consultation, source.number, source.is_sample = locked, _next(locked.sources), locked.is_sample
    source.save(force_insert=True)
    made = add_voices(source, parts)
    Consultation.objects.filter(pk=locked.pk).update(changed_at=timezone.now())
    if by is not None and source.intake_id is None:
        members.record(by=by, act="source.taken_in", on=source)
    return made


def demand_open(consultation: Consultation) -> None:
    """Refuse to take anything in once the draft was adopted.

    Raises
    ------
    ActError
        "adopted"
    """
    if consultation.state == Consultation.State.ADOPTED:
        raise ActError(
            "adopted", "The draft is adopted, so nothing can be taken in any more. Begin a new consultation."
        )


def add_voices(source: Source, parts: Sequence[Part]) -> list[Voice]:
    """Add voices to a source; call it inside a transaction that holds the lock on the consultation."""
    first = _next(source.consultation.voices)
    return Voice.objects.bulk_create(
        [
            Voice(
                consultation=source.consultation,
                source=source,
                number=first + at,
                text=part.text,
                language=(part.language or guess_language(part.text) or source.language)[:10],
                start=part.start,
                end=part.end,
                statement=part.statement,
                takeaway=part.takeaway,
            )
            for at, part in enumerate(parts)
        ]
    )


def _next(rows: Any) -> int:
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def _parts(text: str, voices: Sequence[Part | str] | None, language: str) -> list[Part]:
    if voices is None:
        return [Part(text, 0, len(text), language)] if text else []
    given = [Part(one) if isinstance(one, str) else one for one in voices]
    tidy = [replace(one, text=tidy_text(one.text), language=one.language or language) for one in given]
    return list(_placed(text, tidy))


def _placed(text: str, parts: Sequence[Part]) -> Iterator[Part]:
    """Find where parts stand in the text, if nobody said so; one that does not stand there stays without a place."""
    after = 0
    for part in parts:
        if part.start is None and part.text:
            at = text.find(part.text, after)
            if at >= 0:
                part = replace(part, start=at, end=at + len(part.text))
        after = part.end or after
        yield part


def _check(consultation: Consultation, text: str, parts: Sequence[Part], round: Round | None) -> None:
    if not text:
        raise ActError("empty", "There are no words in this submission. Type or paste what was said.")
    if len(text) > LONGEST:
        raise ActError("long", f"The text has {len(text):,} characters; {LONGEST:,} are the most. Send it in parts.")
    if any(not part.text for part in parts):
        raise ActError("empty", "A voice has no words. Leave it out, or type what was said.")
    if len(parts) > 1 and any(len(part.text) > LONGEST_VOICE for part in parts):
        raise ActError("long", f"A voice has more than {LONGEST_VOICE:,} characters. Make several voices of it.")
    if round is not None and round.consultation_id != consultation.pk:
        raise ActError("round", "The round belongs to another consultation. Choose one of this consultation.")


def checked_strata(given: Mapping[str, str]) -> dict[str, str]:
    """Keep what is known; a region is free text, everything else one of the values."""
    known: dict[str, str] = {}
    for name, value in given.items():
        value = " ".join(str(value or "").split())
        if not value:
            continue
        if name not in STRATA or (STRATA[name] and value not in STRATA[name]):
            raise ActError(
                "strata",
                f"{name!r} cannot be {value!r}. Use one of {', '.join(STRATA.get(name, ())) or ', '.join(STRATA)}, "
                "or leave it out.",
            )
        known[name] = value[:_LONGEST_REGION]
    return known


def _tidy_line(text: str, longest: int) -> str:
    """Return a name or an address as it is kept: in one line, and no longer than its column."""
    return " ".join(tidy_text(text).split())[:longest]
