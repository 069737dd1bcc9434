"""What waits for an answer, what was answered, and what an answer led to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from minga.deliberation.engine.trace import ACCEPTED
from minga.deliberation.models import (
    Clause,
    ClauseVersion,
    Consultation,
    Disposition,
    Draft,
    Statement,
    Theme,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import consulting, drafts, theming, tracing

#: How many answers that other clauses carry a form offers.
_MOST_TO_CHOOSE = 200


@dataclass(frozen=True)
class Waiting:
    """What is owed an answer: themes with their voices, voices without a theme, statements all groups stand behind."""

    themes: list[theming.ThemeRow]
    voices: QuerySet[Voice]
    statements: list[tuple[Statement, str]]


def waiting(consultation: Consultation) -> Waiting:
    """Return what is owed an answer."""
    themes = [row for row in theming.codebook(consultation) if row.answer is None and row.voices]
    return Waiting(themes, single_voices(consultation), consensus_without_answer(consultation))


def single_voices(consultation: Consultation) -> QuerySet[Voice]:
    """Return unanswered voices that no theme will answer."""
    linked = ThemeLink.objects.filter(voice=OuterRef("pk"), ended_at=None)
    return consulting.unanswered_voices(consultation).filter(~Exists(linked)).order_by("number")


def consensus_without_answer(consultation: Consultation, *, is_public: bool = False) -> list[tuple[Statement, str]]:
    """Return the statements that all groups agree on, or reject, and nobody answered yet; each with its side.

    With `is_public` those alone that stand in a published report.
    """
    sides = tracing.consensus_of(consultation, is_public=is_public)
    if not sides:
        return []
    found = Statement.objects.filter(conversation__consultation=consultation, dispositions=None)
    named = {f"{one.conversation.slug}/{one.number}": one for one in found.select_related("conversation")}
    return [(named[name], side) for name, side in sides.items() if name in named]


def given(consultation: Consultation, *, answer: str = "", words: str = "") -> QuerySet[Disposition]:
    """Return the answers that stand, the last one first."""
    found = with_covering(theming.standing_answers(consultation)).select_related(
        "voice", "theme", "statement__conversation"
    )
    if answer:
        found = found.filter(answer=answer)
    for word in words.split()[:10]:
        found = found.filter(
            Q(reason__icontains=word)
            | Q(voice__text__icontains=word)
            | Q(theme__name__icontains=word)
            | Q(statement__text__icontains=word)
        )
    return found.order_by("-at", "-pk")


def still_to_carry(consultation: Consultation) -> QuerySet[Disposition]:
    """Return the acceptances that no clause carries yet."""
    accepted = given(consultation).filter(answer__in=ACCEPTED)
    through = ClauseVersion.dispositions.through.objects.exclude(
        clauseversion__clause__draft__state=Draft.State.WITHDRAWN
    )
    return accepted.filter(~Exists(through.filter(disposition=OuterRef("pk")))).order_by("at", "pk")


def first_to_carry(consultation: Consultation) -> list[Disposition]:
    """Return the oldest of these, as many as a form can offer."""
    return list(still_to_carry(consultation)[:_MOST_TO_CHOOSE])


def carried_elsewhere(consultation: Consultation, but: Clause | None = None) -> list[tuple[Disposition, list[str]]]:
    """Return the acceptances that other clauses carry already, each with the codes of these clauses."""
    rows = ClauseVersion.dispositions.through.objects.filter(
        disposition__superseded_by=None,
        disposition__consultation=consultation,
        disposition__answer__in=ACCEPTED,
    ).exclude(clauseversion__clause__draft__state=Draft.State.WITHDRAWN)
    found: dict[object, dict[int, None]] = {}
    own = set()
    for answer, number, clause in rows.order_by("pk").values_list(
        "disposition", "clauseversion__clause__number", "clauseversion__clause"
    ):
        found.setdefault(answer, {})[number] = None
        if but is not None and clause == but.pk:
            own.add(answer)
    answers = given(consultation).in_bulk([answer for answer in found if answer not in own][:_MOST_TO_CHOOSE])
    return [(one, [f"C{number}" for number in found[pk]]) for pk, one in answers.items()]


def senders_of(target: Voice | Theme | Statement) -> tuple[bool, bool]:
    """Whether somebody behind what is answered has the code of a receipt, and whether somebody has none."""
    if isinstance(target, Statement):
        return False, False
    voices = theming.voices_in(target.consultation, target) if isinstance(target, Theme) else [target]
    found = [bool(voice.source.receipt_hash) for voice in voices]
    return any(found), not all(found)


def chain_of(answer: Disposition | None) -> list[Disposition]:
    """Return an answer and those that it replaced, the last one first."""
    found: list[Disposition] = []
    while answer is not None:
        found.append(answer)
        answer = answer.supersedes
    return found


def changes_of(answer: Disposition) -> QuerySet[ClauseVersion]:
    """Return the changes of clauses that an answer led to."""
    return answer.changes.select_related("clause__draft").order_by("version", "clause__number")


def changes_to_choose(consultation: Consultation) -> list[ClauseVersion]:
    """Return the last change of each clause in the drafts that are written, by draft and number."""
    rows = (
        ClauseVersion.objects.filter(clause__draft__consultation=consultation, clause__draft__state=Draft.State.WRITING)
        .select_related("clause__draft")
        .order_by("clause__draft__created_at", "clause__number", F("version").desc())
    )
    last: dict[object, ClauseVersion] = {}
    for row in rows:
        last.setdefault(row.clause_id, row)
    return list(last.values())


def covering_clauses(consultation: Consultation) -> QuerySet[Clause]:
    """Return the clauses that can be named as saying something already: those that stand in a published text."""
    published = Clause.objects.filter(draft__consultation=consultation).exclude(draft__state=Draft.State.WITHDRAWN)
    upto = ClauseVersion.objects.filter(clause=OuterRef("pk"), version__lte=OuterRef("draft__version"))
    last = published.annotate(last_kind=Subquery(upto.order_by("-version").values("kind")[:1]))
    return last.exclude(last_kind=None).exclude(last_kind=ClauseVersion.Kind.DELETE).select_related("draft")


def texts_that_cover(consultation: Consultation) -> list[tuple[Draft, tuple[drafts.ClauseRow, ...]]]:
    """Return the published texts of a consultation with their clauses, in the order in which they are read."""
    texts = drafts.visible_drafts(consultation, is_team=False).order_by("created_at", "pk")
    return [(text, drafts.clauses_at(text, text.version)) for text in texts]


def with_covering(answers: QuerySet[Disposition]) -> QuerySet[Disposition]:
    """Bring answers with the clause and the voice that each of them names, and whether everyone may read that voice."""
    first = consulting.shown_voices(Voice.objects.filter(pk=OuterRef("duplicate_of")))
    named = answers.select_related("duplicate_of", "covered_by__draft__consultation")
    return named.annotate(is_first_shown=Exists(first))
