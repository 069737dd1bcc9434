"""What people say beside a clause: comments and other words proposed for it, from the first look to the answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.trace import REASON
from minga.deliberation.models import Clause, ClauseNote, ClauseVersion, Disposition, Source, Voice
from minga.deliberation.services import answering, drafting, sources
from minga.deliberation.services import clause_rows as rows
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

State = ClauseNote.State
#: The most characters of a comment, as of a voice sent by the form.
LONGEST = 5_000


@dataclass(frozen=True)
class TakenNote:
    """A note, and the code of its author's receipt, which can be read only now; empty where it came in twice."""

    note: ClauseNote
    code: str


# ---------------------------------------------------------------- saying something
@transaction.atomic
def take_note(
    *,
    clause: Clause,
    version: int,
    text: str = "",
    proposed: str = "",
    language: str = "",
    account: Any = None,
    pk: uuid.UUID | None = None,
) -> TakenNote:
    """Take in a comment on a clause, or other words `proposed` for it; it waits for a moderator and is a voice at once.

    `version` is the one that was read, `pk` an id drawn with the form: the same words sent twice come in once.

    Raises
    ------
    ActError
        Nothing is said, too much is, the clause does not stand in that version, or the draft takes no notes any more.
    """
    text, proposed = _tidy(text), _tidy(proposed)
    if pk is not None and (known := ClauseNote.objects.filter(pk=pk).first()) is not None:
        return TakenNote(known, "")
    if not (text or proposed):
        raise ActError("silent", "Nothing is said. Write a comment, or the words that the clause should have.")
    if len(text) > LONGEST or len(proposed) > rows.LONGEST:
        raise ActError("long_note", f"A comment has at most {LONGEST} characters. Shorten it.")
    draft = rows.locked(clause.draft)
    row = _row_at(clause, version)
    if version > draft.version or row is None:
        raise ActError("unread", "This clause does not stand in that version of the draft. Look at the newest version.")
    if proposed == row.text and not text:
        raise ActError("same", "The proposed words are those that stand there already. Change them, or add a comment.")
    words = "\n\n".join(one for one in (proposed, text) if one)
    taken = sources.take_in(
        draft.consultation,
        Source.Kind.COMMENT,
        words,
        account=account,
        language=language,
        place=f"{draft.slug} {clause.code}, {version}",
    )
    note = ClauseNote.objects.create(
        pk=pk or uuid.uuid4(),
        clause=clause,
        version=version,
        kind=ClauseNote.Kind.AMENDMENT if proposed else ClauseNote.Kind.COMMENT,
        text=text,
        proposed=proposed,
        language=taken.source.language,
        voice=taken.voices[0],
        author_hash=taken.source.receipt_hash,
    )
    return TakenNote(note, taken.receipt_code)


def _tidy(words: str) -> str:
    return words.replace("\r\n", "\n").strip()


def _row_at(clause: Clause, version: int) -> ClauseVersion | None:
    row = clause.versions.filter(version__lte=version).order_by("-version").first()
    return None if row is None or row.kind == ClauseVersion.Kind.DELETE else row


def forget_notes(voices: Iterable[Voice]) -> None:
    """Delete the words of notes whose authors take their voices back; nobody sees them beside the clause any more."""
    ClauseNote.objects.filter(voice__in=list(voices)).update(text="", proposed="", author_hash="", state=State.HIDDEN)


# ---------------------------------------------------------------- moderating
@transaction.atomic
def show_note(*, note: ClauseNote, by: Any = None) -> None:
    """Show a note beside its clause, to everyone and without a name.

    Raises
    ------
    ActError
        Somebody decided otherwise meanwhile, or its author took it back.
    """
    found = _held(note, State.WAITING, State.HIDDEN, State.SHOWN)
    _let_see(found)
    _decide(found, State.SHOWN, "", by)
    note.refresh_from_db()


@transaction.atomic
def hide_note(*, note: ClauseNote, reason: str, language: str = "en", by: Any = None) -> None:
    """Keep a note from being shown. Its author is told why; where it has no answer yet, this is one: out of scope.

    `language` is the one of the reason.

    Raises
    ------
    ActError
        The reason is too short, or somebody decided meanwhile.
    """
    reason = _checked_reason(reason)
    found = _held(note, State.WAITING, State.SHOWN)
    _decide(found, State.HIDDEN, reason, by)
    _keep_back(found)
    if found.voice is not None and answering.standing_answer(found.voice) is None:
        _answer(found, Disposition.Answer.OUT_OF_SCOPE, reason, by, language=language)
    note.refresh_from_db()


def _held(note: ClauseNote, *states: str) -> ClauseNote:
    found = ClauseNote.objects.select_for_update(of=("self",)).select_related("voice__source").get(pk=note.pk)
    if not (found.text or found.proposed):
        raise ActError("taken_back", "The author took these words back, so nothing can be decided about them any more.")
    if found.state not in states:
        raise ActError("decided", "Somebody decided about this note meanwhile. Look at it again.")
    return found


def _decide(note: ClauseNote, state: str, reason: str, by: Any) -> None:
    note.state, note.reason = state, reason
    note.decided_at, note.decided_by_mark = timezone.now(), mark_of(by)
    note.save(update_fields=["state", "reason", "decided_at", "decided_by_mark"])
    members.record(by=by, act=f"note.{state}", on=f"note:{note.pk.hex}")


def _let_see(note: ClauseNote) -> None:
    """Let the voice of a note be quoted in public, from when the note itself is, unless its author said no."""
    if note.state in {State.WAITING, State.HIDDEN}:
        Source.objects.filter(voices=note.voice_id).update(may_publish=Coalesce("sender_agrees", True))


def _keep_back(note: ClauseNote) -> None:
    Source.objects.filter(voices=note.voice_id).update(may_publish=False)


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < REASON:
        raise ActError(
            "reason",
            f"The reason has {len(reason)} characters. Who is not fully followed is owed at least {REASON}: say why.",
        )
    return reason


def _answer(
    note: ClauseNote, answer: str, reason: str, by: Any, responder: str = "", language: str = "en"
) -> Disposition:
    assert note.voice is not None
    before = answering.standing_answer(note.voice)
    return answering.give_answer(
        target=note.voice,
        answer=answer,
        reason=reason,
        responder=responder,
        language=language,
        replaces=before.pk if before else None,
        by=by,
    )


# ---------------------------------------------------------------- amendments
@transaction.atomic
def accept_amendment(
    *,
    note: ClauseNote,
    heading: str,
    text: str,
    seen: str,
    reason: str = "",
    responder: str = "",
    language: str = "en",
    by: Any = None,
) -> None:
    """Take proposed words into the version being written, as they are or changed; also words refused before.

    Words taken as they were proposed are an acceptance, others one in part, which needs its reason. `seen` is the mark
    of the words of the clause that stood beside the proposal, `language` the one of the reason.

    Raises
    ------
    ActError
        It was accepted already, it is no amendment, the clause was changed or taken out meanwhile, or the reason is
        too short.
    """
    found = _held(note, State.WAITING, State.SHOWN, State.REJECTED)
    _demand_amendment(found)
    draft = rows.locked(found.clause.draft)
    row = rows.demand_standing(rows.latest(draft, found.clause))
    rows.demand_seen(row, seen)
    whole = _tidy(text) == found.proposed
    reason = reason.strip() if whole else _checked_reason(reason)
    accepted = Disposition.Answer.ACCEPTED if whole else Disposition.Answer.ACCEPTED_IN_PART
    _let_see(found)
    _decide(found, State.ACCEPTED, reason, by)
    answer = _answer(found, accepted, reason, by, responder, language)
    found.clause.draft = draft
    drafting.save_clause(clause=found.clause, heading=heading, text=text, seen=seen, dispositions=[answer], by=by)
    note.refresh_from_db()


@transaction.atomic
def reject_amendment(
    *, note: ClauseNote, reason: str, responder: str = "", language: str = "en", by: Any = None
) -> None:
    """Refuse proposed words, with the reason; they stay beside the clause and can be taken up later.

    `language` is the one of the reason.

    Raises
    ------
    ActError
        The reason is too short, it is no amendment, or somebody decided meanwhile.
    """
    reason = _checked_reason(reason)
    found = _held(note, State.WAITING, State.SHOWN)
    _demand_amendment(found)
    _let_see(found)
    _decide(found, State.REJECTED, reason, by)
    _answer(found, Disposition.Answer.REJECTED, reason, by, responder, language)
    note.refresh_from_db()


def _demand_amendment(note: ClauseNote) -> None:
    if note.kind != ClauseNote.Kind.AMENDMENT or note.voice is None:
        raise ActError("amendment", "Only proposed words can be taken into the draft or refused. Answer this comment.")
