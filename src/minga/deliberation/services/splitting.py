"""Making voices of a source by hand: cutting, trimming, taking back, and saying that all of it was read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.splitting import Cut, keeps_to
from minga.deliberation.engine.submissions import tidy_text
from minga.deliberation.models import Consultation, Disposition, Round, Source, Voice
from minga.deliberation.services.sources import Author, Part, add_voices, checked_strata
from minga.members import services as members


@transaction.atomic
def split(*, source: Source, cuts: Sequence[Cut], seen: int, is_read: bool = True, by: Any = None) -> list[Voice]:
    """Make voices of pieces of a source.

    `is_read` says that somebody looked at the pieces left out, so that all of it was read; if not, it waits on.

    Raises
    ------
    ActError
        "changed" where somebody else changed its voices since revision `seen`, "overlap" where words would be in two
        voices, "no_pieces" where nothing was chosen, "adopted" after adoption.
    """
    _lock(source)
    _claim(source, seen)
    if not cuts:
        raise ActError("no_pieces", "No piece is chosen. Choose where a voice begins, or say that there is none.")
    taken = [(one.start, one.end) for one in source.voices.all() if one.start is not None and one.end is not None]
    for cut in cuts:
        if any(cut.start < end and start < cut.end for start, end in taken):
            raise ActError("overlap", "Some of these words are in a voice already. Choose others, or undo that voice.")
        taken.append((cut.start, cut.end))
    made = add_voices(source, [Part(cut.text, cut.start, cut.end) for cut in cuts])
    if is_read:
        Source.objects.filter(pk=source.pk).update(read_at=timezone.now())
    members.record(by=by, act="source.split", on=source)
    source.refresh_from_db()
    return made


@transaction.atomic
def reword(*, voice: Voice, text: str, language: str, seen: int, by: Any = None) -> None:
    """Trim a voice, or mark its language; its words stay the sender's, and the source stays as it is.

    Raises
    ------
    ActError
        "changed" where somebody else changed the voices of its source, "words" where a word is put in that was not
        said, "empty" without words, "withdrawn" where the sender took it back.
    """
    source = voice.source
    _lock(source)
    _claim(source, seen)
    if voice.withdrawn_at is not None:
        raise ActError("withdrawn", "The sender took this voice back. Nothing of it can be changed.")
    text = tidy_text(text)
    if not text:
        raise ActError("empty", "A voice has no words. Undo it instead.")
    said = source.text[voice.start : voice.end] if voice.start is not None else source.text
    if text != voice.text and not (keeps_to(text, said) or keeps_to(text, voice.text)):
        raise ActError("words", "A word stands here that the sender did not write. Leave words out, but put none in.")
    Voice.objects.filter(pk=voice.pk).update(text=text, language=language[:10])
    members.record(by=by, act="voice.trimmed", on=source)


@transaction.atomic
def undo(*, voice: Voice, seen: int, by: Any = None) -> None:
    """Delete a voice that was cut wrongly, so that its words can be cut anew.

    Raises
    ------
    ActError
        "changed" where somebody else changed the voices of its source, "answered" where an answer, a comment or
        another voice rests on it, "withdrawn" where the sender took it back.
    """
    source = voice.source
    _lock(source)
    _claim(source, seen)
    if voice.withdrawn_at is not None:
        raise ActError("withdrawn", "The sender took this voice back. Nothing of it can be changed.")
    rests = Disposition.objects.filter(voice=voice) | Disposition.objects.filter(duplicate_of=voice)
    if rests.exists() or hasattr(voice, "clause_note"):
        raise ActError("answered", "An answer or a comment rests on this voice, so it stays.")
    voice.delete()
    if not source.voices.exists():
        Source.objects.filter(pk=source.pk).update(read_at=None)
    members.record(by=by, act="voice.undone", on=source)


@transaction.atomic
def mark_read(*, source: Source, is_read: bool, seen: int, by: Any = None) -> None:
    """Say that a source holds nothing, or nothing more, to be answered; or that it shall be looked at again."""
    _lock(source)
    _claim(source, seen)
    Source.objects.filter(pk=source.pk).update(read_at=timezone.now() if is_read else None)
    members.record(by=by, act="source.read" if is_read else "source.reopened", on=source)


@transaction.atomic
def describe(
    *, source: Source, author: Author, strata: dict[str, str], may_publish: bool, language: str, round: Round | None,
    seen: int, by: Any = None,
) -> None:  # fmt: skip
    """Say who sent a source, as far as the letter tells; its words stay as they are.

    `may_publish` counts as long as the sender has not decided it.

    Raises
    ------
    ActError
        "changed" where somebody else changed it since revision `seen`, "strata" for a value that is none.
    """
    _lock(source)
    _claim(source, seen)
    Source.objects.filter(pk=source.pk).update(
        **author.columns(),
        strata=checked_strata(strata),
        may_publish=may_publish if source.sender_agrees is None else source.sender_agrees,
        language=language[:10],
        round=round,
    )
    members.record(by=by, act="source.described", on=source)


def _lock(source: Source) -> None:
    locked = Consultation.objects.select_for_update().get(pk=source.consultation_id)
    if locked.state == Consultation.State.ADOPTED:
        raise ActError("adopted", "The draft is adopted, so its voices stay as they are.")


def _claim(source: Source, seen: int) -> None:
    """Go on only from what was seen; the condition is in the UPDATE, so that two cannot win."""
    if not Source.objects.filter(pk=source.pk, revision=seen).update(revision=F("revision") + 1):
        raise ActError(
            "changed", "Somebody else changed this source meanwhile. Read what stands there, then try again."
        )
    source.refresh_from_db()
