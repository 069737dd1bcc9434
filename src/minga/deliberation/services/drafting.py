"""Writing a draft: beginning one from a template, adding clauses, and changing their words without losing anybody's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.templates import TemplateClause, template
from minga.deliberation.models import (
    Clause,
    ClauseRevision,
    ClauseVersion,
    Consultation,
    Disposition,
    Draft,
)
from minga.deliberation.services import clause_rows as rows
from minga.deliberation.services.addresses import free_slug
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

Kind = ClauseVersion.Kind


@dataclass(frozen=True)
class Saving:
    """What came of saving a clause.

    Parameters
    ----------
    row : the clause as it now stands
    is_outdated : somebody else had saved other words meanwhile: theirs stand in `row`, yours are kept in the history
    """

    row: ClauseVersion
    is_outdated: bool = False


# ---------------------------------------------------------------- beginning
@transaction.atomic
def make_draft(
    *,
    consultation: Consultation,
    title: str,
    kind: str = Draft.Template.EMPTY,
    language: str = "en",
    slug: str = "",
    by: Any = None,
    pk: uuid.UUID | None = None,
) -> Draft:
    """Begin a draft with the clauses of a template; nothing of it is public before a version is published.

    `pk` is the id of a sample, so that links to it stay.

    Raises
    ------
    ActError
        The title is empty, the template unknown, the consultation adopted, or the word in the address taken.
    """
    title = title.strip()
    if not title:
        raise ActError("title", "The draft has no title. Give it one.")
    if kind not in Draft.Template.values:
        raise ActError("template", f"There is no template {kind!r}. Use one of {', '.join(Draft.Template.values)}.")
    if consultation.state == Consultation.State.ADOPTED:
        raise ActError("consultation", "This consultation is adopted, so no draft begins in it any more.")
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                pk=pk or uuid.uuid4(),
                consultation=consultation,
                slug=slug or free_slug(title, "draft", consultation.drafts.all()),
                title=title,
                template=kind,
                language=language,
            )
    except IntegrityError:
        raise ActError("taken", "Another draft of this consultation has this word in its address.") from None
    _add_all(draft, template(kind, language), by)
    members.record(by=by, act="draft.begun", on=draft.reference)
    return draft


def _add_all(draft: Draft, clauses: Iterable[TemplateClause], by: Any, parent: Clause | None = None) -> None:
    mark = mark_of(by)
    for place, one in enumerate(clauses, start=1):
        row = rows.created(draft, one.heading, one.text, parent=parent, position=place * rows.STEP, mark=mark)
        _add_all(draft, one.children, by, row.clause)


@transaction.atomic
def delete_draft(*, draft: Draft, by: Any = None) -> None:
    """Delete a draft of which nothing was ever published.

    Raises
    ------
    ActError
    """
    found = rows.locked(draft)
    if found.version:
        raise ActError("published", "A version of this draft is published, so it stays. Publish a better one instead.")
    reference = found.reference
    found.delete()
    members.record(by=by, act="draft.deleted", on=reference)


@transaction.atomic
def rename_draft(*, draft: Draft, title: str, by: Any = None) -> None:
    """Give a draft that is being written another title; its address stays.

    Raises
    ------
    ActError
    """
    found = rows.locked(draft)
    if not title.strip():
        raise ActError("title", "The draft has no title. Give it one.")
    found.title = draft.title = title.strip()
    found.save(update_fields=["title"])
    members.record(by=by, act="draft.renamed", on=found.reference)


# ---------------------------------------------------------------- adding and changing
@transaction.atomic
def add_clause(
    *,
    draft: Draft,
    heading: str,
    text: str,
    under: Clause | None = None,
    after: Clause | None = None,
    dispositions: Sequence[Disposition] = (),
    by: Any = None,
) -> Clause:
    """Add a clause: behind another one, or as the first under one, or as the very first.

    Raises
    ------
    ActError
        It has no words, its place is gone, or the draft is adopted.
    """
    found = rows.locked(draft)
    heading, text = rows.checked_words(heading, text)
    if after is not None:
        under = rows.demand_standing(rows.latest(found, after)).parent
    elif under is not None:
        rows.demand_standing(rows.latest(found, under))
    row = rows.add_row(found, heading, text, under=under, after=after, mark=mark_of(by))
    rows.link(row, dispositions)
    return row.clause


@transaction.atomic
def save_clause(
    *,
    clause: Clause,
    heading: str,
    text: str,
    seen: str,
    dispositions: Sequence[Disposition] = (),
    by: Any = None,
) -> Saving:
    """Change the words of a clause in the version being written.

    `seen` is the mark (`selectors.drafts.words_mark`) of the words that were on the screen. Where somebody else has
    saved other words meanwhile, theirs stay and these are kept in the history as set aside: nothing is lost.

    Raises
    ------
    ActError
        There are no words, the clause was taken out, or the draft is adopted.
    """
    draft = rows.locked(clause.draft)
    heading, text = rows.checked_words(heading, text)
    row, mark = rows.demand_standing(rows.latest(draft, clause)), mark_of(by)
    is_same = (row.heading, row.text) == (heading, text)
    if not is_same and not rows.seen_words(row, seen):
        _set_aside(row, heading, text, mark)
        return Saving(row, is_outdated=True)
    if is_same and not dispositions:
        return Saving(row)
    row = rows.written(draft, row, mark)
    if not is_same:
        if row.kind == Kind.NONE:
            row.kind = Kind.EDIT
        rows.change_words(row, heading, text, mark)
    rows.link(row, dispositions)
    return Saving(row)


def _set_aside(row: ClauseVersion, heading: str, text: str, mark: str) -> None:
    """Keep words that met newer ones; sent twice they are kept once."""
    ClauseRevision.objects.get_or_create(
        clause_version=row, revision=None, heading=heading, text=text, defaults={"by_mark": mark}
    )
