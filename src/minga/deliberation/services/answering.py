"""Answers: given to a voice, a theme or a statement, replaced by later ones, and tied to changes and to evidence."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.trace import ACCEPTED, ANSWERS, REASON
from minga.deliberation.models import (
    Citation,
    Clause,
    ClauseVersion,
    Consultation,
    Disposition,
    Statement,
    Theme,
    Voice,
)
from minga.deliberation.selectors import answering
from minga.deliberation.selectors.citing import is_settled
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

Target = Voice | Theme | Statement
#: The answer that can name a clause.
COVERED = Disposition.Answer.ALREADY_COVERED


def consultation_of(target: Target) -> Consultation:
    """Return the consultation to which a voice, a theme or a statement belongs."""
    return target.conversation.consultation if isinstance(target, Statement) else target.consultation


def field_of(target: Target) -> str:
    """Name the field of an answer that holds such a target."""
    return {Voice: "voice", Theme: "theme", Statement: "statement"}[type(target)]


def standing_answer(target: Target) -> Disposition | None:
    """Return the answer that stands for a target itself; None where there is none."""
    return Disposition.objects.filter(**{field_of(target): target}, superseded_by=None).first()


@transaction.atomic
def give_answer(
    *,
    target: Target,
    answer: str,
    reason: str = "",
    responder: str = "",
    duplicate_of: Voice | None = None,
    covered_by: Clause | None = None,
    language: str = "en",
    replaces: Any = None,
    by: Any = None,
) -> Disposition:
    """Answer a voice, a theme or a statement.

    `replaces` is the id of the answer that was seen as standing, None where none was seen. The answer before stays;
    its evidence goes on under the new one, and its changes do if both accept. `covered_by` is the clause that says it
    already, where a published text of the consultation does; another text is named in the reason.

    Raises
    ------
    ActError
        "answer", "reason" and "duplicate" where the answer is incomplete, "covered" where the clause is not in a
        published text of the consultation; "answered" where somebody answered meanwhile; "adopted" once the draft is
        adopted, or an adopted draft rests on the answer before.
    """
    consultation = consultation_of(target)
    if consultation.state == Consultation.State.ADOPTED:
        raise ActError("adopted", "The draft is adopted, so answers stay as they are.")
    reason = reason.strip()
    _check(target, answer, reason, duplicate_of)
    covered_by = covered_by if answer == COVERED else None
    _demand_published(consultation, covered_by)
    before = standing_answer(target)
    if str(before.pk if before else "") != str(replaces or ""):
        raise _answered()
    if before is not None and is_settled(before):
        raise ActError("adopted", "An adopted draft rests on this answer, so it stays as it is.")
    try:
        with transaction.atomic():
            made = Disposition.objects.create(
                consultation=consultation,
                **{field_of(target): target},
                answer=answer,
                reason=reason,
                language=language[:10],
                duplicate_of=duplicate_of if answer == "duplicate_of" else None,
                covered_by=covered_by,
                supersedes=before,
                responder=" ".join(responder.split())[:200],
                by_mark=mark_of(by),
            )
    except IntegrityError:  # somebody else's answer came in between
        raise _answered() from None
    if before is not None:
        _go_on_under(before, made)
    Consultation.objects.filter(pk=consultation.pk).update(changed_at=timezone.now())
    members.record(
        by=by, act="answer.replaced" if before else "answer.given", on=f"answer:{made.pk.hex}", reason=answer
    )
    return made


def _answered() -> ActError:
    return ActError(
        "answered", "Somebody else answered this meanwhile. Read their answer, then decide whether yours replaces it."
    )


def _check(target: Target, answer: str, reason: str, duplicate_of: Voice | None) -> None:
    if answer not in ANSWERS:
        raise ActError("answer", f"The answer {answer!r} is none. Use one of {', '.join(ANSWERS)}.")
    if answer != "accepted" and len(reason) < REASON:
        raise ActError(
            "reason",
            f"The reason has {len(reason)} characters. Who is not fully followed is owed at least {REASON}: say why.",
        )
    if answer != "duplicate_of":
        return
    if not isinstance(target, Voice) or duplicate_of is None or duplicate_of.consultation_id != target.consultation_id:
        raise ActError("duplicate", "Only a voice can repeat another one. Name that voice of the same consultation.")
    _demand_no_circle(target, duplicate_of)


def _demand_published(consultation: Consultation, clause: Clause | None) -> None:
    if clause is not None and not answering.covering_clauses(consultation).filter(pk=clause.pk).exists():
        raise ActError(
            "covered",
            f"The clause {clause.code} stands in no published text of this consultation, so nobody can read there what "
            "covers it. Choose another clause, or none.",
        )


def _demand_no_circle(voice: Voice, first: Voice) -> None:
    """Refuse a voice that would be its own duplicate, over others too."""
    pairs = Disposition.objects.filter(consultation=voice.consultation_id, superseded_by=None)
    same = dict(pairs.exclude(voice=None).exclude(duplicate_of=None).values_list("voice", "duplicate_of"))
    if voice.pk == first.pk:
        raise ActError("itself", "A voice cannot be a duplicate of itself. Name the voice that said it first.")
    seen, at = {voice.pk}, first.pk
    while at is not None:
        if at in seen:
            raise ActError("circle", "That voice was itself said to repeat this one, so nobody would be answered.")
        seen.add(at)
        at = same.get(at)


def _go_on_under(before: Disposition, after: Disposition) -> None:
    """Keep evidence, and changes where both accept, under the answer that stands now."""
    Citation.objects.bulk_create(
        Citation(
            consultation=after.consultation, disposition=after, kind=one.kind, link=one.link, label=one.label,
            value=one.value, cited_on=one.cited_on, by_mark=one.by_mark,
        )
        for one in before.citations.filter(ended_at=None)
    )  # fmt: skip
    if before.answer in ACCEPTED and after.answer in ACCEPTED:
        after.changes.set(before.changes.all())


def carry_over(answer: Disposition, *, theme: Theme) -> Disposition:
    """Give the words of an answer to another theme too, when voices move there; inside a transaction."""
    made = Disposition.objects.create(
        consultation=answer.consultation, theme=theme, answer=answer.answer, reason=answer.reason,
        language=answer.language, responder=answer.responder, by_mark=answer.by_mark, covered_by=answer.covered_by,
    )  # fmt: skip
    _go_on_under(answer, made)
    return made


# ---------------------------------------------------------------- changes of clauses
@transaction.atomic
def link_change(*, disposition: Disposition, clause_version: ClauseVersion, by: Any = None) -> None:
    """Note that an answer led to a change of a clause; twice is once.

    Raises
    ------
    ActError
        "answer" where the answer accepts nothing, "replaced" where a later one stands, "elsewhere" where the clause
        belongs to another consultation, "adopted" where its draft was adopted.
    """
    if disposition.answer not in ACCEPTED:
        raise ActError("answer", "This answer accepts nothing, so no clause can follow from it.")
    _demand_standing(disposition)
    if clause_version.clause.draft.consultation_id != disposition.consultation_id:
        raise ActError("elsewhere", "The clause belongs to another consultation. Choose one of this consultation.")
    _demand_unadopted(clause_version)
    clause_version.dispositions.add(disposition)
    members.record(by=by, act="answer.carried_over", on=f"answer:{disposition.pk.hex}")


@transaction.atomic
def unlink_change(*, disposition: Disposition, clause_version: ClauseVersion, by: Any = None) -> None:
    """Take the link between an answer and a change out; twice is once.

    Raises
    ------
    ActError
        "adopted" where the draft was adopted: then what it rests on stays as it was.
    """
    _demand_unadopted(clause_version)
    clause_version.dispositions.remove(disposition)
    members.record(by=by, act="answer.link_ended", on=f"answer:{disposition.pk.hex}")


def _demand_unadopted(change: ClauseVersion) -> None:
    if is_settled(change.clause):
        raise ActError("adopted", "The draft is adopted, so what led to its clauses stays as it is.")


def _demand_standing(disposition: Disposition) -> None:
    if Disposition.objects.filter(supersedes=disposition).exists():
        raise ActError("replaced", "A later answer replaced this one. Go on with that.")
