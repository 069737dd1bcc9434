"""Answers that were given elsewhere: on paper, in a spreadsheet, with ODK or KoboToolbox.

One transaction a business. The same submission, or the same row of the same file, makes one assessment however often it
is imported: the id of the assessment follows from it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import keys, selectors
from minga.readiness.engine.errors import AnswerError, ProfileError
from minga.readiness.engine.incoming import CellProblem, Firm
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.xlsform_reading import FormDraft
from minga.readiness.models import AccessKey, Answer, AnswerVersion, Assessment, Given, InstrumentEdition, Share
from minga.readiness.services.answering import choose_goals, mark_latest, save_answer, submit_assessment
from minga.readiness.services.sharing import open_share
from minga.readiness.services.starting import give_key, pin, pin_brought, preview, start_assessment

#: How the history marks an answer that was typed in from a paper form.
FROM_PAPER = "paper:"
#: The words that a business agrees to before somebody stores its answers for it.
IMPORT_TEXT = "import-1"
#: Ways in which a business that is not at the screen can have agreed.
BASES = (Share.How.IN_PERSON, Share.How.TELEPHONE, Share.How.WRITTEN)
_SPACE = uuid.UUID("b7f3a1de-4a0c-5c6e-9a38-2f1d6f0e7c55")

#: Computes the scores of an assessment when it is submitted.
Scoring = Callable[[Assessment], Iterable[dict[str, Any]]]


@dataclass(frozen=True)
class Imported:
    """What became of one business: made, known (imported before), added (to its own assessment) or refused."""

    firm: Firm
    outcome: str
    assessment: Assessment | None = None
    #: the code with which the business opens its assessment; it can be read only now
    code: str = ""
    saved: int = 0
    #: items that were answered later elsewhere: what is stored stays, what came is in the history
    conflicts: tuple[str, ...] = ()
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give the outcome as plain values."""
        return {
            "row": self.firm.row,
            "name": self.firm.name,
            "outcome": self.outcome,
            "assessment": str(self.assessment.pk) if self.assessment else None,
            "code": self.code,
            "saved": self.saved,
            "conflicts": list(self.conflicts),
            "problem": self.problem,
        }


def hash_of_file(content: bytes) -> str:
    """Return what a file is known by, whatever its name."""
    return hashlib.sha256(content).hexdigest()


def importer(email: str) -> Any:
    """Return the account that imports from the command line.

    Raises
    ------
    ProfileError
        There is no such account, or it may not import.
    """
    account = get_user_model().objects.filter(email__iexact=email.strip(), is_active=True).first()
    if account is None or not selectors.may_import(account):
        raise ProfileError(
            f"{email} may not import answers. Give the address of an account of the secretariat or of an adviser."
        )
    return account


def check_firms(firms: Sequence[Firm], *, by: Any) -> list[CellProblem]:
    """Name what only the site knows to be wrong: codes that open nothing, closed assessments, other questions."""
    problems = []
    for firm in firms:
        if firm.code:
            problem = _problem_of_code(firm, selectors.find_by_code(firm.code, account=by))
            if problem:
                problems.append(problem)
    return problems


def _problem_of_code(firm: Firm, assessment: Assessment | None) -> CellProblem | None:
    if keys.tidy_code(firm.code) is None and keys.tidy_paper_code(firm.code) is None:
        return CellProblem(firm.row, "code", "bad_code", {"found": firm.code})
    if assessment is None:
        return CellProblem(firm.row, "code", "no_such_code", {"found": firm.code})
    if assessment.is_submitted:
        return CellProblem(firm.row, "code", "closed")
    asked = selectors.instrument_of(assessment, "en")
    other = [item for item in firm.answers if not asked.has_item(item)]
    return CellProblem(firm.row, "code", "other_questions", {"found": ", ".join(other)}) if other else None


def find_form(version: str, brought: Sequence[FormDraft] = ()) -> Instrument | None:
    """Return the instrument that a form version asked; None where this site does not know it."""
    return selectors.find_form(version, preview, [one.instrument for one in brought])


def edition_of(content_hash: str, brought: Sequence[FormDraft] = ()) -> InstrumentEdition:
    """Return the pinned edition of what was asked, pinning it where it was never asked here.

    Raises
    ------
    AnswerError
        Nobody here knows what was asked.
    """
    stored = InstrumentEdition.objects.defer("texts").filter(content_hash=content_hash).first()
    if stored is not None:
        return stored
    for one in brought:
        if one.instrument.content_hash == content_hash:
            return pin_brought(one.instrument, one.translations)
    for chosen in selectors.overlay_sets():
        try:
            if preview(chosen).content_hash == content_hash:
                return pin(chosen)
        except ValueError:  # these overlays contradict each other
            continue
    raise AnswerError("What these answers were given to is not known here. Bring the form they belong to.")


def import_firms(
    *,
    firms: Iterable[Firm],
    file_hash: str,
    by: Any,
    basis: str,
    scores: Scoring | None = None,
    language: str = "en",
    brought: Sequence[FormDraft] = (),
    new_codes: bool = False,
) -> list[Imported]:
    """Store answers of many businesses, each in a transaction of its own.

    Parameters
    ----------
    firms : what was read and found good
    file_hash : of the file they came in; with the row it tells a repeated import
    by : the account that imports; an adviser is let in to what is made, as `basis` says
    basis : how the businesses agreed: in-person, telephone or written
    scores : what computes scores; with it assessments are submitted, without it they stay drafts
    language : of the answers where a row does not say
    brought : forms that came along with the answers
    new_codes : give new codes for what was imported before too, unless the business opened it; old ones end
    """
    if basis not in BASES:
        raise ProfileError(f"{basis!r} is no way to agree. Say in-person, telephone or written.")
    done = []
    for firm in firms:
        try:
            done.append(
                import_firm(firm=firm, file_hash=file_hash, by=by, basis=basis, scores=scores, language=language,
                            brought=brought, new_codes=new_codes)
            )  # fmt: skip
        except (AnswerError, ProfileError) as problem:
            done.append(Imported(firm, "refused", problem=str(problem)))
    return done


@transaction.atomic
def import_firm(
    *,
    firm: Firm,
    file_hash: str,
    by: Any,
    basis: str,
    scores: Scoring | None,
    language: str,
    brought: Sequence[FormDraft] = (),
    new_codes: bool = False,
) -> Imported:
    """Store the answers of one business: in a new assessment, or in the one whose code stands in the row."""
    mark = _mark(firm, file_hash)
    if firm.code:
        return _add(firm, mark, by, language)
    pk = uuid.uuid5(_SPACE, f"{_scope(by)} {mark}")
    known = Assessment.objects.filter(pk=pk).select_for_update().first()
    if known is not None:
        return Imported(firm, "known", known, _new_code(known) if new_codes else "")
    assessment = start_assessment(
        pk=pk,
        edition=edition_of(firm.content_hash, brought),
        name=firm.name,
        country=firm.country,
        sector=firm.sector,
        size=firm.size,
        location=firm.location,
        form=firm.form,
        language=firm.language or language,
    )
    _write_answers(assessment, firm, mark, by)
    if firm.goals or firm.cash_limit or firm.horizon_limit:
        choose_goals(
            assessment=assessment,
            goals=firm.goals,
            cash_limit=firm.cash_limit or assessment.cash_limit,
            horizon_limit=firm.horizon_limit or assessment.horizon_limit,
        )
    _let_adviser_in(assessment, by, basis)
    members.record(by=by, act="assessment.imported", on=assessment, reason=f"agreed: {basis}")
    if scores is not None:
        submit_assessment(assessment=assessment, scores=lambda: scores(assessment))
        _date_back(assessment, firm.date)
    return Imported(
        firm, "made", assessment, give_key(assessment=assessment, kind=AccessKey.Kind.CODE), len(firm.answers)
    )


def _new_code(assessment: Assessment) -> str:
    """Make a code in the place of the printed one, as long as the business has not come in.

    Afterwards it makes codes alone: whoever imported it, and was let in until that is taken back, cannot follow.
    """
    is_opened = assessment.keys.filter(colleague=None, kind=AccessKey.Kind.BROWSER).exists()
    return "" if assessment.is_claimed or is_opened else give_key(assessment=assessment, kind=AccessKey.Kind.CODE)


def _scope(by: Any) -> str:
    """The secretariat imports as one; every adviser for themselves, so that nobody learns what others hold."""
    return "alliance" if people.is_secretariat(by) else f"account {by.pk}"


def _mark(firm: Firm, file_hash: str) -> str:
    """What an answer set is known by: the id of its submission, or its row in a file."""
    source = f"submission {firm.key}" if firm.has_own_key else f"file {file_hash} row {firm.key}"
    return "import:" + hashlib.sha256(source.encode()).hexdigest()[:40]


def _let_adviser_in(assessment: Assessment, by: Any, basis: str) -> None:
    """An adviser goes on working with the business, until it takes that back."""
    if selectors.is_adviser(by):
        open_share(assessment=assessment, account=by, may_answer=True, how=basis, text_version=IMPORT_TEXT, by=by)


def _write_answers(assessment: Assessment, firm: Firm, mark: str, by: Any) -> None:
    """Write the first answers of a new assessment at once, each with its history."""
    at = timezone.now()
    contents = [(item, _content(firm, item, value)) for item, value in firm.answers.items()]
    Answer.objects.bulk_create(
        Answer(assessment=assessment, item=item, version=1, saved_at=at, **content) for item, content in contents
    )
    AnswerVersion.objects.bulk_create(
        AnswerVersion(
            assessment=assessment, item=item, version=1, seen_version=0, client_id=mark, is_assisted=True,
            language=assessment.language, account=by, at=at, **content,
        )
        for item, content in contents
    )  # fmt: skip
    Assessment.objects.filter(pk=assessment.pk).update(is_assisted=True, last_answer_at=at)
    assessment.is_assisted, assessment.last_answer_at = True, at


def _content(firm: Firm, item: str, value: str) -> Mapping[str, Any]:
    is_level = value not in (Given.UNKNOWN, Given.NOT_APPLICABLE)
    return {
        "given": Given.LEVEL if is_level else value,
        "level": int(value) if is_level else None,
        "reason": firm.reasons.get(item, ""),
        "note": firm.notes.get(item, ""),
    }


def _date_back(assessment: Assessment, day: str) -> None:
    """A check that was filled in earlier counts from that day, so that changes over time are told rightly."""
    if day and date.fromisoformat(day) < timezone.now().date():
        assessment.submitted_at = datetime.combine(date.fromisoformat(day), time(12), UTC)
        assessment.save(update_fields=["submitted_at"])
        mark_latest(assessment)


def _add(firm: Firm, mark: str, by: Any, language: str) -> Imported:
    """Add answers to the assessment of a code; what was answered after the day on the paper stays."""
    assessment = selectors.find_by_code(firm.code, account=by)
    problem = _problem_of_code(firm, assessment)
    if problem is not None or assessment is None:
        raise AnswerError(problem.sentence if problem else f"The code {firm.code!r} opens nothing.")
    is_new = not AnswerVersion.objects.filter(assessment=assessment, client_id=mark).exists()
    present = selectors.answers_of(assessment)
    outcomes = {}
    for item, value in firm.answers.items():
        stored = present.get(item)
        is_older = stored is not None and firm.date and stored.saved_at.date() <= date.fromisoformat(firm.date)
        outcomes[item] = save_answer(
            assessment=assessment,
            item=item,
            value=value,
            reason=firm.reasons.get(item, ""),
            note=firm.notes.get(item, "") or (stored.note if stored else ""),
            seen_version=stored.version if stored is not None and is_older else 0,
            client_id=mark,
            language=firm.language or language,
            account=by,
            is_assisted=True,
        ).outcome
    conflicts = tuple(item for item, outcome in outcomes.items() if outcome == "conflict")
    saved = sum(outcome == "saved" for outcome in outcomes.values())
    if is_new and (saved or conflicts):
        members.record(by=by, act="assessment.imported", on=assessment, reason="by its code")
    return Imported(firm, "added", assessment, "", saved, conflicts)
