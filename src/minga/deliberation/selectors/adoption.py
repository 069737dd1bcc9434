"""What stands in the way of adopting a draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db.models import F

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.templates import LANGUAGES, clauses_in
from minga.deliberation.models import ClauseVersion, Consultation, Conversation, Draft
from minga.deliberation.selectors import drafts, sources, tracing, votes
from minga.deliberation.selectors.drafts import ClauseRow


def missing(draft: Draft, consultation: Consultation) -> pl.DataFrame:
    """Return every problem between voices and the published clauses; those with `blocks` stop the adoption."""
    return tracing.problems(consultation, draft)


def has_unpublished(draft: Draft) -> bool:
    """Whether something was changed since the last published version."""
    return ClauseVersion.objects.filter(clause__draft=draft, version__gt=draft.version).exists()


def publisher_of(draft: Draft) -> str:
    """Return the mark of who published the last version."""
    return draft.versions.filter(number=draft.version).values_list("by_mark", flat=True).first() or ""


def unmapped(consultation: Consultation) -> list[Conversation]:
    """Return the closed conversations whose last votes stand in no map: nobody knows what all groups agree on."""
    closed = consultation.conversations.filter(state=Conversation.State.CLOSED).order_by("created_at", "pk")
    return [one for one in closed if not votes.is_mapped(one)]


def prompts(draft: Draft, version: int) -> list[ClauseRow]:
    """Return the clauses of a version whose words are still those of the template, in the order of reading."""
    language = draft.language if draft.language in LANGUAGES else "en"
    asked = {_plain(text) for _heading, text in clauses_in(language).get(draft.template, {}).values()}
    return [row for row in drafts.clauses_at(draft, version) if _plain(row.text) in asked]


def _plain(text: str) -> str:
    """Return words on one line: a form changes their line breaks."""
    return " ".join(text.split())


def refusal(draft: Draft, consultation: Consultation, mark: str, decision: str | None = None) -> ActError | None:
    """Return the first reason why somebody cannot adopt this draft now; None where nothing hinders."""
    return next(iter(refusals(draft, consultation, mark, decision)), None)


def refusals(draft: Draft, consultation: Consultation, mark: str, decision: str | None = None) -> list[ActError]:
    """Return every reason why somebody cannot adopt this draft now, apart from unanswered voices.

    Without a decision it is asked before one was named. Before a version is published, what is being written counts.
    """
    rules: tuple[tuple[Any, str, str], ...] = (
        (draft.version == 0, "unpublished", "No version of this draft is published. Publish one, then adopt it."),
        (
            draft.version and has_unpublished(draft),
            "newer",
            "Something was changed since the last version. Publish it first, so that it is clear what is adopted.",
        ),
        (
            prompts(draft, max(draft.version, 1)),
            "prompts",
            "Clauses still say what the template says belongs there. Write them, or take them out, and publish again.",
        ),
        (
            not consultation.is_public or consultation.is_open,
            "open",
            "The consultation still takes voices in. Close it, answer what came in, then adopt the draft.",
        ),
        (
            sources.waiting(consultation).exists(),
            "unheard",
            "Letters wait in which nobody has looked for voices. Split them, or say that none needs an answer.",
        ),
        (
            unmapped(consultation),
            "unmapped",
            "The last votes of a conversation stand in no map. Calculate it, then answer what all groups agree on.",
        ),
        (
            mark and mark == publisher_of(draft),
            "second",
            "You published the last version yourself. Ask a second person of the team to adopt it.",
        ),
        (not mark, "second", "Nobody is named who adopts the draft. Sign in."),
        (
            decision is not None and not decision.strip(),
            "decision",
            "The decision is not named. Write who decided and when, or give its permanent link.",
        ),
    )
    return [ActError(code, message) for found, code, message in rules if found]


def to_be_published(answers: Iterable[Any]) -> dict[str, Draft]:
    """Return the drafts in whose unpublished words answers are carried, by the name of the answer in the trace."""
    rows = ClauseVersion.dispositions.through.objects.filter(
        disposition__in=list(answers), clauseversion__version__gt=F("clauseversion__clause__draft__version")
    ).exclude(clauseversion__clause__draft__state=Draft.State.WITHDRAWN)
    pairs = list(rows.order_by("pk").values_list("disposition", "clauseversion__clause__draft"))
    drafts_by_key = Draft.objects.select_related("consultation").in_bulk([draft for _answer, draft in pairs])
    return {str(answer): drafts_by_key[draft] for answer, draft in pairs}
