"""Changing the shape of a draft: moving, splitting and merging clauses, taking them out and bringing them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db import transaction

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, ClauseVersion, Disposition, Draft
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import clause_rows as shared
from minga.deliberation.services.clause_rows import Kind
from minga.deliberation.services.marks import mark_of

#: To which part an answer from before a split belongs, where it does not belong to all.
FIRST_PART, OTHER_PARTS = "first", "others"


# ---------------------------------------------------------------- moving
@transaction.atomic
def move_clause(*, clause: Clause, under: Clause | None = None, after: Clause | None = None, by: Any = None) -> None:
    """Put a clause, with all that stands under it, behind another one, or as the first under one, or at the beginning.

    Raises
    ------
    ActError
        The place is gone, or lies inside the clause itself.
    """
    draft = shared.locked(clause.draft)
    row, mark = shared.demand_standing(shared.latest(draft, clause)), mark_of(by)
    if after is not None:
        under = shared.demand_standing(shared.latest(draft, after)).parent
    elif under is not None:
        shared.demand_standing(shared.latest(draft, under))
    _demand_outside(draft, clause, under, after)
    position = shared.position_after(draft, under, after, clause, mark)
    # making room may have made a row for this clause too
    row = shared.written(draft, shared.latest(draft, clause), mark)
    row.parent, row.position = under, position
    row.save(update_fields=["parent", "position"])


def _demand_outside(draft: Draft, clause: Clause, under: Clause | None, after: Clause | None) -> None:
    above = {row.clause_id: row.parent_id for row in selectors.standing(draft, draft.version + 1)}
    at = under.pk if under else None
    while at is not None and at != clause.pk:
        at = above.get(at)
    if at is not None or after == clause:
        raise ActError("inside", "A clause cannot be put inside or behind itself. Choose another place.")


@transaction.atomic
def shift_clause(*, clause: Clause, up: bool, by: Any = None) -> None:
    """Let a clause change places with its neighbour under the same parent; at the edge nothing happens."""
    draft = shared.locked(clause.draft)
    row = shared.demand_standing(shared.latest(draft, clause))
    rows = selectors.standing(draft, draft.version + 1)
    beside = sorted(
        (each for each in rows if each.parent_id == row.parent_id), key=lambda each: (each.position, each.clause.number)
    )
    place = next(count for count, each in enumerate(beside) if each.clause_id == clause.pk)
    target = place - 2 if up else place + 1
    if (up and place == 0) or target >= len(beside):
        return
    after = beside[target].clause if target >= 0 else None
    move_clause(clause=clause, under=row.parent, after=after, by=by)


# ---------------------------------------------------------------- splitting
@transaction.atomic
def split_clause(
    *,
    clause: Clause,
    parts: Sequence[tuple[str, str]],
    seen: str,
    dispositions: Sequence[Disposition] = (),
    belongs: Mapping[str, str] = MappingProxyType({}),
    by: Any = None,
) -> list[Clause]:
    """Make two or more clauses of one: the first part keeps its number, the others get new ones behind it.

    `parts` are pairs of heading and text, `seen` is the mark of the words that were cut. What stands under the clause
    stays under its first part. What stood behind the clause stands behind all parts, unless `belongs` says by the id
    of an answer that it belongs to the `FIRST_PART` or to the `OTHER_PARTS` alone; `dispositions` led to the split.

    Raises
    ------
    ActError
        There are fewer than two parts, one is empty, or somebody changed the words meanwhile.
    """
    draft, mark = shared.locked(clause.draft), mark_of(by)
    words = [shared.checked_words(heading, text) for heading, text in parts]
    if len(words) < 2:
        raise ActError("parts", "A split needs at least two parts. Say where the second one begins.")
    row = shared.demand_standing(shared.latest(draft, clause))
    shared.demand_seen(row, seen)
    behind = selectors.held_by(draft, clause, draft.version + 1)
    row = shared.written(draft, row, mark)
    if row.kind in {Kind.NONE, Kind.EDIT}:
        row.kind, row.came_from = Kind.SPLIT, [clause.code]
    told = {key: belongs.get(key, "") for key in behind}
    lost = [key for key, part in told.items() if part == OTHER_PARTS]
    row.left_behind = sorted({*row.left_behind, *lost})
    # what was linked while this version is written comes from before the split too
    current = [one for one in row.dispositions.all() if told.get(str(one.pk)) != FIRST_PART]
    row.dispositions.remove(*(one for one in current if str(one.pk) in lost))
    kept_off = sorted(_never_had(draft, clause, behind) | {key for key, part in told.items() if part == FIRST_PART})
    shared.change_words(row, *words[0], mark)
    shared.link(row, dispositions)
    made, last = [clause], clause
    for heading, text in words[1:]:
        new = shared.add_row(
            draft, heading, text, under=row.parent, after=last, mark=mark, kind=Kind.SPLIT, came_from=[clause.code]
        )
        new.left_behind = kept_off
        new.save(update_fields=["left_behind"])
        shared.link(new, [*current, *dispositions])
        last = new.clause
        made.append(last)
    return made


def _never_had(draft: Draft, clause: Clause, behind: frozenset[str]) -> set[str]:
    """Return the answers that an earlier split kept from a clause, so that its own parts do not get them either."""
    kept = clause.versions.filter(version__lte=draft.version + 1).values_list("left_behind", flat=True)
    return {key for left in kept for key in left} - behind


# ---------------------------------------------------------------- merging
@transaction.atomic
def merge_clauses(
    *,
    clauses: Sequence[Clause],
    heading: str,
    text: str,
    seen: Mapping[str, str],
    dispositions: Sequence[Disposition] = (),
    by: Any = None,
) -> Clause:
    """Make one clause of several; return it.

    The first of them keeps its number, the others end, and what stood under them stands under it. Where another one
    once came out of the first, a new number is given, so that no clause ever comes from itself. `seen` are the marks of
    the words by the code of each clause.

    Raises
    ------
    ActError
        There are fewer than two, one stands inside another, or somebody changed one of them meanwhile.
    """
    if len({clause.pk for clause in clauses}) < 2:
        raise ActError("parts", "Merging needs two clauses. Choose another one.")
    draft, mark = shared.locked(clauses[0].draft), mark_of(by)
    heading, text = shared.checked_words(heading, text)
    rows = {clause.pk: shared.demand_standing(shared.latest(draft, clause)) for clause in clauses}
    for clause in clauses:
        shared.demand_seen(rows[clause.pk], seen.get(clause.code, ""))
        for other in clauses[1:]:
            if other != clause:
                _demand_outside(draft, other, clause, None)
    first, others = clauses[0], list(clauses[1:])
    codes = [clause.code for clause in clauses]
    answers = [*dispositions, *_answers_of(draft, rows.values())]
    if _came_out_of(draft, first, others):
        kept = shared.add_row(
            draft, heading, text, under=rows[first.pk].parent, after=first, mark=mark, kind=Kind.MERGE, came_from=codes
        )
        others.insert(0, first)
    else:
        kept = shared.written(draft, rows[first.pk], mark)
        before = kept.came_from if kept.kind in {Kind.SPLIT, Kind.MERGE} else []
        kept.kind, kept.came_from = Kind.MERGE, list(dict.fromkeys([*codes, *before]))
        shared.change_words(kept, heading, text, mark)
    for clause in others:
        _lift(draft, clause, kept.clause, mark)
        _end(draft, clause, mark)
    shared.link(kept, list({one.pk: one for one in answers}.values()))
    return kept.clause


def _answers_of(draft: Draft, rows: Any) -> list[Disposition]:
    """Return the answers behind changes of the version being written, which go on with the merged clause."""
    current = [row.pk for row in rows if row.version == draft.version + 1]
    return list(Disposition.objects.filter(changes__in=current).distinct())


def _came_out_of(draft: Draft, first: Clause, others: Sequence[Clause]) -> bool:
    """Whether one of the others came from the first in a published version."""
    if draft.version == 0:
        return False
    children = selectors.lineage_of(draft, draft.version).descendants(first.code)
    return bool(children & {other.code for other in others})


# ---------------------------------------------------------------- taking out and bringing back
@transaction.atomic
def delete_clause(*, clause: Clause, seen: str, dispositions: Sequence[Disposition] = (), by: Any = None) -> None:
    """Take a clause out of the text; what stands under it moves up to its place.

    Raises
    ------
    ActError
        Somebody changed its words meanwhile, or it is out already.
    """
    draft, mark = shared.locked(clause.draft), mark_of(by)
    row = shared.demand_standing(shared.latest(draft, clause))
    shared.demand_seen(row, seen)
    _lift(draft, clause, row.parent, mark, after=clause)
    shared.link(_end(draft, clause, mark), dispositions)


def _lift(draft: Draft, clause: Clause, under: Clause | None, mark: str, after: Clause | None = None) -> None:
    """Put what stands under a clause under another one: behind `after`, or behind what stands there already."""
    rows = sorted(selectors.standing(draft, draft.version + 1), key=lambda row: (row.position, row.clause.number))
    if after is None:
        there = [row.clause for row in rows if row.parent_id == (under and under.pk) and row.clause_id != clause.pk]
        after = there[-1] if there else None
    for row in rows:
        if row.parent_id == clause.pk and row.clause_id != (under and under.pk):
            position = shared.position_after(draft, under, after, row.clause, mark)
            own = shared.written(draft, shared.latest(draft, row.clause), mark)
            own.parent, own.position = under, position
            own.save(update_fields=["parent", "position"])
            after = row.clause


def _end(draft: Draft, clause: Clause, mark: str) -> ClauseVersion:
    row = shared.written(draft, shared.latest(draft, clause), mark)
    row.kind, row.by_mark = Kind.DELETE, mark
    row.revision += 1
    row.save(update_fields=["kind", "by_mark", "revision", "changed_at"])
    return row


@transaction.atomic
def bring_back(*, clause: Clause, by: Any = None) -> None:
    """Put a clause that was taken out back into the text, with the words it had; where its parent is out, at the end.

    Raises
    ------
    ActError
        It stands in the text already, or lives on in a clause with which it was merged.
    """
    draft, mark = shared.locked(clause.draft), mark_of(by)
    row = shared.latest(draft, clause)
    if row.kind != Kind.DELETE:
        raise ActError("standing", "This clause stands in the draft already.")
    if clause.code in selectors.merged_away(draft):
        raise ActError("lives_on", "This clause lives on in another one. Split that one, or write a new clause.")
    row = shared.written(draft, row, mark)
    before = clause.versions.filter(version__lte=draft.version).order_by("-version").first()
    was_there = before is not None and before.kind != Kind.DELETE
    row.kind = Kind.EDIT if was_there else (Kind.SPLIT if row.came_from else Kind.ADD)
    standing = {each.clause_id for each in selectors.standing(draft, draft.version + 1)}
    if row.parent_id not in standing:
        row.parent = None
    row.save()
    shared.keep_words(row, mark)
