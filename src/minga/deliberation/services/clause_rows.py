"""What all changes of a draft share: holding it, rows of the version being written, places and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, ClauseRevision, ClauseVersion, Disposition, Draft
from minga.deliberation.selectors import drafts as selectors

Kind = ClauseVersion.Kind
#: The distance between two neighbours, so that another clause fits between them without moving anybody.
STEP = 1024
#: The most characters of a clause, and the most clauses of a draft.
LONGEST, MOST = 20_000, 1_000


def locked(draft: Draft) -> Draft:
    """Return a draft that is being written, held until the transaction ends: one change at a time.

    Raises
    ------
    ActError
        It is adopted or withdrawn.
    """
    found = Draft.objects.select_for_update().get(pk=draft.pk)
    if found.state != Draft.State.WRITING:
        raise ActError("state", "This draft is adopted or withdrawn, so nothing in it changes any more.")
    return found


def latest(draft: Draft, clause: Clause) -> ClauseVersion:
    """Return a clause as it stands in what is being written; also one that was taken out."""
    return ClauseVersion.objects.filter(clause=clause, version__lte=draft.version + 1).order_by("-version")[0]


def demand_standing(row: ClauseVersion) -> ClauseVersion:
    """Return the row of a clause that stands in the text.

    Raises
    ------
    ActError
        It was taken out.
    """
    if row.kind == Kind.DELETE:
        raise ActError("gone", "This clause was taken out of the draft meanwhile. Bring it back, or leave it.")
    return row


def written(draft: Draft, row: ClauseVersion, mark: str) -> ClauseVersion:
    """Return the row of a clause in the version being written, made from the one before where there is none yet."""
    if row.version == draft.version + 1:
        return row
    return ClauseVersion.objects.create(
        clause_id=row.clause_id,
        version=draft.version + 1,
        kind=Kind.NONE,
        parent_id=row.parent_id,
        position=row.position,
        heading=row.heading,
        text=row.text,
        by_mark=mark,
    )


def keep_words(row: ClauseVersion, mark: str) -> None:
    """Write the words of a row into its history."""
    ClauseRevision.objects.create(
        clause_version=row, revision=row.revision, heading=row.heading, text=row.text, by_mark=mark
    )


def change_words(row: ClauseVersion, heading: str, text: str, mark: str) -> None:
    """Give a row new words and write them into its history."""
    row.heading, row.text, row.by_mark = heading, text, mark
    row.revision += 1
    row.save()
    keep_words(row, mark)


def checked_words(heading: str, text: str) -> tuple[str, str]:
    """Return heading and text without blanks around them.

    Raises
    ------
    ActError
        Both are empty, or one is too long.
    """
    heading, text = " ".join(heading.split()), text.replace("\r\n", "\n").strip()
    if not heading and not text:
        raise ActError("empty", "The clause has neither a heading nor a text. Write one, or take the clause out.")
    if len(heading) > 200 or len(text) > LONGEST:
        raise ActError(
            "long", f"A heading has at most 200 characters and a text {LONGEST}. Shorten it, or split the clause."
        )
    return heading, text


def seen_words(row: ClauseVersion, seen: str) -> bool:
    """Whether the words that somebody saw are still those that stand there."""
    return seen == selectors.words_mark(row.heading, row.text)


def demand_seen(row: ClauseVersion, seen: str) -> None:
    """Refuse to go on where somebody else changed the words meanwhile.

    Raises
    ------
    ActError
    """
    if not seen_words(row, seen):
        raise ActError("changed", "Somebody else changed this clause meanwhile. Look at the new words, then try again.")


def link(row: ClauseVersion, dispositions: Sequence[Disposition]) -> None:
    """Note which answers led to a change.

    Raises
    ------
    ActError
        An answer belongs to another consultation, or does not accept anything.
    """
    consultation = row.clause.draft.consultation_id
    yes = (Disposition.Answer.ACCEPTED, Disposition.Answer.ACCEPTED_IN_PART)
    for one in dispositions:
        if one.consultation_id != consultation or one.answer not in yes:
            raise ActError("answer", "Only answers of this consultation that accept something can lead to a change.")
    row.dispositions.add(*dispositions)


# ---------------------------------------------------------------- places
def position_after(draft: Draft, parent: Clause | None, after: Clause | None, moving: Clause | None, mark: str) -> int:
    """Return a free place under a parent: behind one of its clauses, or before all of them.

    Where no number is left between two neighbours, all of them get new ones; their words do not change by it.
    """
    rows = [row for row in selectors.standing(draft, draft.version + 1) if row.parent_id == (parent and parent.pk)]
    rows = sorted((row for row in rows if row.clause != moving), key=lambda row: (row.position, row.clause.number))
    index = next((place for place, row in enumerate(rows, start=1) if after and row.clause_id == after.pk), 0)
    below = rows[index - 1].position if index else 0
    above = rows[index].position if index < len(rows) else below + 2 * STEP
    if above - below >= 2:
        return (below + above) // 2
    for place, row in enumerate(rows, start=1):
        own = written(draft, row, mark)
        own.position = place * STEP
        own.save(update_fields=["position"])
    return index * STEP + STEP // 2


def created(
    draft: Draft,
    heading: str,
    text: str,
    *,
    parent: Clause | None,
    position: int,
    mark: str,
    kind: str = Kind.ADD,
    came_from: Sequence[str] = (),
) -> ClauseVersion:
    """Make a clause with the next number; numbers are never given twice."""
    last = Clause.objects.filter(draft=draft).aggregate(last=Max("number"))["last"] or 0
    if last >= MOST:
        raise ActError("many", f"A draft holds at most {MOST} clauses. Make a second draft.")
    row = ClauseVersion.objects.create(
        clause=Clause.objects.create(draft=draft, number=last + 1),
        version=draft.version + 1,
        kind=kind,
        parent=parent,
        position=position,
        heading=heading,
        text=text,
        came_from=list(came_from),
        by_mark=mark,
    )
    keep_words(row, mark)
    return row


def add_row(draft: Draft, heading: str, text: str, *, under: Clause | None, after: Clause | None, **named: Any) -> Any:
    """Make a clause at a place of a draft that is held."""
    position = position_after(draft, under, after, None, named["mark"])
    return created(draft, heading, text, parent=under, position=position, **named)
