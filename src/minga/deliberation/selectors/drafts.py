"""Drafts as they are read: clauses of any version as an ordered tree, what changed, and what stands behind a clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from minga.deliberation.engine.lineage import Lineage, lineage, with_beginnings
from minga.deliberation.models import Clause, ClauseVersion, Consultation, Draft, DraftVersion
from minga.trust import content_hash

if TYPE_CHECKING:  # loaded where a table is made: search needs this module, and `minga` starts a sixth faster
    import polars as pl

#: The kinds of change after which a clause is no longer in the text.
_GONE = ClauseVersion.Kind.DELETE


@dataclass(frozen=True)
class ClauseRow:
    """A clause as it stands in one version of a draft.

    Parameters
    ----------
    code, number : its permanent name (C12), and the number alone
    place : where it stands in this version ("2.1"), for reading; it moves, the name does not
    heading, text : its words
    depth : 0 for a clause that stands under no other
    parent : the code of the clause above it, or None
    kind : how it came to be as it is: add, edit, split, merge, none
    version : the version in which that happened
    came_from : codes of clauses from which it came in a split or a merge
    revision : how often it was saved in that version
    """

    code: str
    number: int
    place: str
    heading: str
    text: str
    depth: int
    parent: str | None
    kind: str
    version: int
    came_from: tuple[str, ...]
    revision: int


def visible_drafts(consultation: Consultation, *, is_team: bool) -> QuerySet[Draft]:
    """Return the drafts that somebody may read: the team all, everyone else those with a published version."""
    drafts = consultation.drafts.exclude(state=Draft.State.WITHDRAWN)
    return drafts if is_team else drafts.filter(version__gt=0)


def find_draft(consultation: Consultation, draft: str, *, is_team: bool = False, also_withdrawn: bool = False) -> Draft:
    """Return a draft of a consultation by the word in its address, or raise Http404.

    One that was withdrawn is in no list and can be worked on no more, but its addresses still say what became of it.
    """
    shown = visible_drafts(consultation, is_team=is_team)
    if also_withdrawn:
        shown = shown | consultation.drafts.filter(state=Draft.State.WITHDRAWN, version__gt=0)
    found = get_object_or_404(shown, slug=draft)
    found.consultation = consultation
    return found


def check_version(draft: Draft, version: int, *, is_team: bool = False) -> int:
    """Return the version if it is published, or being written and asked for by the team.

    Raises
    ------
    Http404
    """
    last = draft.version + (is_team and draft.state == Draft.State.WRITING)
    if not 1 <= version <= last:
        raise Http404
    return version


def words_mark(heading: str, text: str) -> str:
    """Return what a clause says, in short: who saves must have seen the words that stand there."""
    return content_hash([heading, text]).removeprefix("sha256:")[:24]


def clauses_at(draft: Draft, version: int) -> tuple[ClauseRow, ...]:
    """Return the clauses of a draft as they stand in a version, in the order in which they are read."""
    return ordered(standing(draft, version))


def standing(draft: Draft, version: int) -> list[ClauseVersion]:
    """Return the row of each clause that stands in a version: its latest one, unless that took it out."""
    rows = ClauseVersion.objects.filter(clause__draft=draft, version__lte=version).select_related("clause", "parent")
    latest = {row.clause_id: row for row in rows.order_by("version")}
    return [row for row in latest.values() if row.kind != _GONE]


def ordered(rows: Iterable[ClauseVersion]) -> tuple[ClauseRow, ...]:
    """Lay rows out as a tree, each clause before those under it; what lost its parent stands at the top."""
    known = list(rows)
    standing_ids = {row.clause_id for row in known}
    under: dict[Any, list[ClauseVersion]] = {}
    for row in known:
        under.setdefault(row.parent_id if row.parent_id in standing_ids else None, []).append(row)
    found: list[ClauseRow] = []
    _lay_out(under, None, "", 0, found)
    return tuple(found)


def _lay_out(
    under: Mapping[Any, list[ClauseVersion]], parent: Clause | None, above: str, depth: int, found: list[ClauseRow]
) -> None:
    children = under.get(parent.pk if parent else None, [])
    for count, row in enumerate(sorted(children, key=lambda each: (each.position, each.clause.number)), start=1):
        place = f"{above}{count}"
        found.append(
            ClauseRow(
                code=row.clause.code,
                number=row.clause.number,
                place=place,
                heading=row.heading,
                text=row.text,
                depth=depth,
                parent=parent.code if parent else None,
                kind=row.kind,
                version=row.version,
                came_from=tuple(row.came_from),
                revision=row.revision,
            )
        )
        _lay_out(under, row.clause, f"{place}.", depth + 1, found)


def text_hash(draft: Draft, version: int) -> str:
    """Return the fingerprint of a version: of its public names and each clause with its place and words."""
    return _hashed(_names(draft), version, _covered(draft, version))


def _hashed(names: Mapping[str, str], version: int, clauses: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of canonical JSON, as docs/methods/drafts.md says."""
    return content_hash({**names, "version": version, "clauses": clauses}).removeprefix("sha256:")


def _names(draft: Draft) -> dict[str, str]:
    return {"consultation": draft.consultation.slug, "draft": draft.slug}


def _covered(draft: Draft, version: int) -> list[dict[str, Any]]:
    return [
        {"code": row.code, "parent": row.parent, "place": row.place, "heading": row.heading, "text": row.text}
        for row in clauses_at(draft, version)
    ]


def hashed_names(version: DraftVersion) -> dict[str, str] | None:
    """Return the names that the fingerprint of a version covers beside its clauses; None where it fits no more.

    The first fingerprints, which stay as they were written down, cover the id of the draft instead of its public names.
    """
    draft = version.draft
    clauses = _covered(draft, version.number)
    for names in (_names(draft), {"draft": str(draft.pk)}):
        if _hashed(names, version.number, clauses) == version.text_hash:
            return names
    return None


def is_intact(version: DraftVersion) -> bool:
    """Whether the clauses of a published version still give the hash that was written down then."""
    return hashed_names(version) is not None


def changes_table(draft: Draft, version: int | None = None) -> pl.DataFrame:
    """Return every change of the draft's clauses up to a version as the engine's lineage wants it.

    One row per change and answer that led to it: ``clause``, ``version``, ``kind``, ``came_from``, ``left_behind``,
    ``disposition``, ``text``. The names of answers are those of `Disposition.pk` in hexadecimal digits with hyphens.
    """
    import polars as pl

    last = draft.version + 1 if version is None else version
    changes = ClauseVersion.objects.filter(clause__draft=draft, version__lte=last)
    led = changes.filter(dispositions__isnull=False).values_list("pk", "dispositions")
    answers: dict[int, list[Any]] = {}
    for change, disposition in led:
        answers.setdefault(change, []).append(str(disposition))
    rows = [
        (f"C{number}", at, kind, " ".join(came_from) or None, " ".join(left) or None, answer, text)
        for pk, number, at, kind, came_from, left, text in changes.order_by("version", "clause__number").values_list(
            "pk", "clause__number", "version", "kind", "came_from", "left_behind", "text"
        )
        for answer in answers.get(pk, [None])
    ]
    names = ("clause", "version", "kind", "came_from", "left_behind", "disposition", "text")
    kinds = dict.fromkeys(names, pl.String) | {"version": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def lineage_of(draft: Draft, version: int | None = None) -> Lineage:
    """Follow the clauses of a draft over splits and merges, up to a version or to what is being written."""
    return lineage(with_beginnings(changes_table(draft, version)))


def merged_away(draft: Draft) -> set[str]:
    """Return the clauses that ended in a merge and live on in what is written: back again they would stand twice."""
    rows = list(ClauseVersion.objects.filter(clause__draft=draft).select_related("clause").order_by("version"))
    last = {row.clause.code: row for row in rows}
    lines = lineage_of(draft)
    return {
        code
        for row in rows
        if row.kind == ClauseVersion.Kind.MERGE and lines.descendants(row.clause.code) & lines.live
        for code in row.came_from
        if code != row.clause.code and last[code].kind == _GONE and last[code].version == row.version
    }


def held_by(draft: Draft, clause: Clause, version: int) -> frozenset[str]:
    """Return the ids of the answers behind a clause in a version, also of those that came along in a split or merge."""
    return lineage_of(draft, version).held.get(clause.code, frozenset())
