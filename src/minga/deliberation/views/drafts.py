"""Drafts as everyone reads them: a version with its clauses, what changed in it, and the words of one clause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.changes import Change, changes
from minga.deliberation.engine.differences import Piece, differences
from minga.deliberation.engine.texts.drafts import FORMATS
from minga.deliberation.models import Clause, Draft
from minga.deliberation.selectors import adoption, citing, noted, sourcing
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.views.common_drafts import cited, find_clause, frame, shows_draft
from minga.web import pdf

#: Texts are read on slow lines too. So many answers, each with so many voices, stand behind a clause in the whole text.
_HEARD, _QUOTES = 3, 2
#: In a text of more clauses what stands behind each of them is one step away, on its own page.
_SHORT_TEXT = 60
#: So many changes stand on a page.
_CHANGES = 40


@dataclass(frozen=True)
class ReadClause:
    """A clause on the page: its words as paragraphs, what happened to it last, and what stands behind it."""

    row: Any
    behind: sourcing.Behind
    is_new: bool
    #: whether it still says what the template says belongs there
    is_unwritten: bool = False

    @property
    def name(self) -> str:
        """Its heading, or its first words."""
        return wording.heading_of(self.row.heading, self.row.text)

    @property
    def kind_name(self) -> Any:
        """What happened to it, in words."""
        return wording.KINDS[self.row.kind]

    @property
    def heard(self) -> list[sourcing.Heard]:
        """The first answers, each with its first voices; the page of the clause holds all of them."""
        return [replace(one, quotes=one.quotes[:_QUOTES]) for one in self.behind.answers[:_HEARD]]

    @property
    def evidence(self) -> list[Any]:
        """The first pieces of evidence; the page of the clause holds all of them, with the values of today."""
        return cited(self.behind.evidence[:5], today=False)

    @property
    def level(self) -> int:
        """The level of its heading under the title of the page."""
        return min(self.row.depth + 2, 6)


@require_safe
@shows_draft
def draft(request: HttpRequest, draft: Draft, is_team: bool) -> HttpResponse:
    """Show the version that is in force; before there is one, to the team what is being written."""
    return _read(request, draft, max(draft.version, 1), is_team)


@require_safe
@shows_draft
def draft_version(request: HttpRequest, draft: Draft, is_team: bool, version: int) -> HttpResponse:
    """Show a version; to the team also the one that is being written."""
    return _read(request, draft, selectors.check_version(draft, version, is_team=is_team), is_team)


def _read(request: HttpRequest, draft: Draft, version: int, is_team: bool) -> HttpResponse:
    behind = sourcing.behind(draft, version)
    unwritten = {row.code for row in adoption.prompts(draft, version)}
    clauses = [
        ReadClause(
            row,
            behind.get(row.code, sourcing.Behind()),
            row.version == version,
            row.code in unwritten,
        )
        for row in selectors.clauses_at(draft, version)
    ]
    words = frame(draft) | {
        "clauses": clauses,
        "is_long": len(clauses) > _SHORT_TEXT,
        "version": version,
        "stored": draft.versions.filter(number=version).first(),
        "versions": list(draft.versions.order_by("-number")),
        "is_newest": version == draft.version,
        "is_team": is_team,
        "formats": [*FORMATS, "pdf"] if pdf.is_available() else list(FORMATS),
        "may_say": version == draft.version and noted.may_take_notes(draft),
    }
    return render(request, "deliberation/drafting_draft.html", words)


# ---------------------------------------------------------------- changes
@dataclass(frozen=True)
class ChangeRow:
    """A change on the page, with the answers that led to it."""

    change: Change
    answers: list[sourcing.Heard]

    @property
    def number(self) -> int:
        """The number of the clause."""
        return int(self.change.code[1:])

    @property
    def names(self) -> list[tuple[Any, str]]:
        """What happened, in words, each with the colour of its tag."""
        kinds = [] if self.change.kind == "same" else [self.change.kind]
        if self.change.is_moved:
            kinds.append("moved")
        return [(wording.KINDS[kind], wording.KIND_TONES.get(kind, "")) for kind in kinds]


@require_safe
@shows_draft
def draft_changes(request: HttpRequest, draft: Draft, is_team: bool, version: int) -> HttpResponse:
    """Show what changed from the version before, word by word, and why."""
    selectors.check_version(draft, version, is_team=is_team)
    if version < 2:
        raise Http404
    before, after = selectors.clauses_at(draft, version - 1), selectors.clauses_at(draft, version)
    answers = sourcing.answers_in(draft, version)
    rows = [ChangeRow(one, answers.get(one.code, [])) for one in changes(before, after, version)]
    shown = [row for row in rows if not row.change.is_same or row.answers]
    page = Paginator(shown, _CHANGES).get_page(request.GET.get("page"))
    words = frame(draft) | {
        "page": page,
        "unchanged": len(rows) - len(shown),
        "version": version,
        "before": version - 1,
        "stored": draft.versions.filter(number=version).first(),
        "is_team": is_team,
    }
    return render(request, "deliberation/drafting_changes.html", words)


# ---------------------------------------------------------------- one clause
@dataclass(frozen=True)
class StageRow:
    """A clause in one version on its page: what changed in its words, and why."""

    stage: sourcing.Stage
    heading: tuple[Piece, ...]
    text: tuple[Piece, ...]

    @property
    def kind_name(self) -> Any:
        """What happened to it, in words."""
        return wording.KINDS[self.stage.row.kind]

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return wording.KIND_TONES.get(self.stage.row.kind, "")


def _stage(stage: sourcing.Stage) -> StageRow:
    before, row = stage.before, stage.row
    if row.kind == "delete":
        return StageRow(stage, differences(row.heading, ""), differences(row.text, ""))
    heading, text = (before.heading, before.text) if before else ("", "")
    if before is None:  # its first words are no change of anything
        return StageRow(stage, differences(row.heading, row.heading), differences(row.text, row.text))
    renamed = differences(heading, row.heading) if heading != row.heading else ()
    return StageRow(stage, renamed, differences(text, row.text))


@require_safe
@shows_draft
def clause(request: HttpRequest, draft: Draft, is_team: bool, number: int) -> HttpResponse:
    """Show one clause through all versions, and what stands behind it; this address stays."""
    found = find_clause(draft, number)
    version = max(draft.version, 1) if not is_team else draft.version + (draft.state == Draft.State.WRITING)
    stages = sourcing.stages(found, version)
    if not stages:
        raise Http404
    return render(request, "deliberation/drafting_clause.html", clause_frame(found, version, stages) | frame(draft))


def clause_frame(clause: Clause, version: int, stages: list[sourcing.Stage]) -> dict[str, Any]:
    """Return what the page of a clause shows."""
    draft = clause.draft
    lines = selectors.lineage_of(draft, version)
    standing = {row.code: row for row in selectors.clauses_at(draft, max(draft.version, 1))}
    behind = sourcing.behind(draft, version).get(clause.code) or sourcing.Behind()
    return {
        "clause": clause,
        "now": standing.get(clause.code),
        "is_unwritten": clause.code in {row.code for row in adoption.prompts(draft, max(draft.version, 1))},
        "stages": [_stage(stage) for stage in stages],
        "unpublished": draft.version + 1,
        "came_from": sorted(set(lines.parents.get(clause.code, ())), key=_number),
        "became": sorted(lines.descendants(clause.code) & lines.live - {clause.code}, key=_number),
        "is_out": clause.code not in lines.live,
        "behind": behind,
        "evidence": cited(behind.evidence),
        "taken_out": citing.taken_out([clause.pk], [one.answer.pk for one in behind.answers]),
        "notes": list(sourcing.notes_of(clause)[:100]),
        "commitments": list(clause.commitments.order_by("number")),
        "may_say": clause.code in standing and noted.may_take_notes(draft),
        "text_now": standing[clause.code].text if clause.code in standing else "",
    }


def _number(code: str) -> int:
    return int(code[1:])
