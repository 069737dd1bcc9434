"""Commitments: promising something in a clause of an adopted draft, and reporting how far it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, Commitment, CommitmentUpdate, Consultation, Draft
from minga.deliberation.selectors import citing
from minga.deliberation.selectors import drafts as texts
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

#: What is promised beside the words of the promise itself, and may be put right later with a note.
AMENDABLE = ("about", "owner", "organization", "indicator", "indicator_link", "baseline", "target", "due_on")
#: Who changes, drops or moves a promise says why, in at least so many characters.
LEAST_NOTE = 40
_MUST_EXPLAIN = (Commitment.Status.CHANGED, Commitment.Status.DROPPED)


@transaction.atomic
def commit(
    *,
    clause: Clause,
    title: str,
    due_on: date,
    owner: str = "",
    organization: Any = None,
    about: str = "",
    indicator: str = "",
    indicator_link: str = "",
    baseline: str = "",
    target: str = "",
    language: str = "",
    by: Any = None,
) -> Commitment:
    """Promise something that follows from a clause of an adopted draft.

    Raises
    ------
    ActError
        The draft is not adopted, the clause does not stand in it, nothing is promised, nobody answers for it, or the
        link to the indicator is none, or leads to a page of this site without a figure.
    """
    draft = Draft.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=clause.draft_id)
    if draft.state != Draft.State.ADOPTED:
        raise ActError("draft", f"The draft {draft.slug} is not adopted. Adopt it first; promises follow from it.")
    if clause.code not in {row.code for row in texts.clauses_at(draft, draft.version)}:
        raise ActError("clause", f"{clause.code} does not stand in the adopted text. Choose a clause that does.")
    owner = owner.strip() or (organization.name if organization else "")
    if not title.strip():
        raise ActError("title", "Nothing is promised yet. Say in a sentence what will be done.")
    if not owner:
        raise ActError("owner", "Nobody answers for the promise. Name an organization or an office.")
    language = language or draft.language
    indicator, indicator_link = _checked_indicator(indicator, indicator_link, language)
    last = draft.commitments.aggregate(last=Max("number"))["last"] or 0
    made = Commitment.objects.create(
        draft=draft,
        clause=clause,
        number=last + 1,
        title=title.strip(),
        about=about.strip(),
        language=language,
        owner=owner,
        organization=organization,
        due_on=due_on,
        indicator=indicator,
        indicator_link=indicator_link,
        baseline=baseline.strip(),
        target=target.strip(),
    )
    _remember(made, version=1, note="", by=by)
    _touch(draft)
    members.record(by=by, act="commitment.made", on=made.reference, reason=_origin(made))
    return made


@transaction.atomic
def report(
    *,
    commitment: Commitment,
    seen: int,
    status: str,
    note: str = "",
    value: str = "",
    due_on: date | None = None,
    by: Any = None,
) -> CommitmentUpdate:
    """Say how far a commitment is, and which value its indicator has now.

    The one that reports on an older state is refused and loses no words.

    Raises
    ------
    ActError
        Somebody reported meanwhile, nothing is said, the status is none, a promise is changed, dropped or put off
        without saying why, or is done without saying what was done ("done") and where it is measured, with which value
        ("value").
    """
    note, value, due = note.strip(), value.strip(), due_on or commitment.due_on
    if status not in Commitment.Status.values:
        raise ActError("status", f"There is no status {status!r}. Choose one of {', '.join(Commitment.Status.values)}.")
    known = Commitment.objects.get(pk=commitment.pk)
    if not (note or value) and status == known.status and due == known.due_on:
        raise ActError("nothing", "Status and date stay as they are and nothing is said. Write what happened.")
    explained = (status in _MUST_EXPLAIN and status != known.status) or due > known.due_on
    if explained and len(note) < LEAST_NOTE:
        raise ActError(
            "why", f"Who changes, drops or puts off a promise says why, in at least {LEAST_NOTE} characters. Say it."
        )
    if status == Commitment.Status.DONE != known.status:
        _demand_result(known, note, value)
    _advance(commitment, seen, status=status, due_on=due)
    update = _remember(commitment, version=commitment.version, note=note, value=value, by=by)
    _touch(commitment.draft)
    members.record(by=by, act="commitment.reported", on=commitment.reference, reason=f"{status}, {_origin(commitment)}")
    return update


def _demand_result(commitment: Commitment, note: str, value: str) -> None:
    """Let nothing be done in public without a word on what came of it, and without its value where it is measured."""
    if not note:
        raise ActError("done", "Everyone reads that it is done. Write in a sentence what was done.")
    if commitment.is_measured and not value:
        raise ActError("value", "It is measured, so give the value on the day on which it is done, beside the target.")


@transaction.atomic
def amend(*, commitment: Commitment, seen: int, note: str, by: Any = None, **changes: Any) -> CommitmentUpdate:
    """Put right who answers for a commitment, its details, a wrong day or how it is measured; what was promised stays.

    Raises
    ------
    ActError
        Somebody changed it meanwhile, nobody would answer for it, the link is none, or no reason is given.
    """
    unknown = set(changes) - set(AMENDABLE)
    if unknown:
        raise ActError("field", f"{', '.join(sorted(unknown))} of a commitment stays. Drop it, and make another one.")
    if len(note.strip()) < LEAST_NOTE:
        raise ActError("why", f"Say in at least {LEAST_NOTE} characters what is put right, and why.")
    given = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    organization = given.get("organization", commitment.organization)
    given["owner"] = given.get("owner", commitment.owner) or (organization.name if organization else "")
    if not given["owner"]:
        raise ActError("owner", "Nobody would answer for the promise. Name an organization or an office.")
    given["indicator"], given["indicator_link"] = _checked_indicator(
        given.get("indicator", commitment.indicator),
        given.get("indicator_link", commitment.indicator_link),
        commitment.language,
        known=commitment.indicator_link,
    )
    _advance(commitment, seen, **given)
    update = _remember(commitment, version=commitment.version, note=note.strip(), by=by)
    _touch(commitment.draft)
    members.record(by=by, act="commitment.amended", on=commitment.reference, reason=_origin(commitment))
    return update


def _advance(commitment: Commitment, seen: int, **changes: Any) -> None:
    """Change a commitment if it is still as it was seen: the database decides, so that nobody overwrites anybody."""
    fresh = Commitment.objects.filter(pk=commitment.pk, version=seen)
    if not fresh.update(version=F("version") + 1, **changes):
        raise ActError("changed", "Somebody reported on this commitment meanwhile. Read it, then send yours again.")
    commitment.refresh_from_db()


def _origin(commitment: Commitment) -> str:
    """Say from where a commitment follows, so that who reads the trail alone finds the consultation and the clause."""
    draft = commitment.draft
    return f"{commitment.clause.code} in version {draft.version} of {draft.reference}, {draft.consultation.reference}"


def _remember(commitment: Commitment, *, version: int, note: str, by: Any, value: str = "") -> CommitmentUpdate:
    return CommitmentUpdate.objects.create(
        commitment=commitment,
        version=version,
        status=commitment.status,
        note=note,
        value=value,
        due_on=commitment.due_on,
        by_mark=mark_of(by),
    )


def _checked_indicator(indicator: str, link: str, language: str, known: str = "") -> tuple[str, str]:
    """Return what is measured and its permanent link; a figure of this site names itself in the language given.

    A `known` link stays, also where its figure is gone: who puts something else right is not stopped by it.
    """
    link = link.strip()
    published = citing.look_up(link, language)
    if published is not None:
        return indicator.strip() or published.label[:300], published.link
    if link in {"", known}:
        return indicator.strip(), link
    if citing.is_ours(link):
        raise ActError("figure", f"{link!r} is a page of this site without a figure. Give the page of a figure.")
    if not link.startswith("https://") or " " in link:
        raise ActError("link", f"{link!r} is no permanent link. Give a page of this site, or one with https.")
    return indicator.strip(), link


def note_as_reminded(*, commitment: Commitment, of: str) -> bool:
    """Note of what somebody is reminded; of two who try, one is to send the mail."""
    waiting = Commitment.objects.filter(pk=commitment.pk).exclude(reminded_of=of)
    return bool(waiting.update(reminded_of=of))


def note_as_not_reminded(*, commitment: Commitment, of: str) -> None:
    """Take that note back where nobody got a mail; `commitment` is as it was read before the note."""
    Commitment.objects.filter(pk=commitment.pk, reminded_of=of).update(reminded_of=commitment.reminded_of)


def _touch(draft: Draft) -> None:
    """The consultation lives as long as something happens in it."""
    Consultation.objects.filter(pk=draft.consultation_id).update(changed_at=timezone.now())


# ---------------------------------------------------------------- what belongs to a person
def export_commitments(account: Any) -> list[dict[str, Any]]:
    """Return what an account reported about commitments."""
    mark = mark_of(account)
    if not mark:
        return []
    updates = CommitmentUpdate.objects.filter(by_mark=mark).select_related("commitment").order_by("at")
    return [
        {
            "commitment": str(each.commitment_id),
            "title": each.commitment.title,
            "status": each.status,
            "note": each.note,
            "value": each.value,
            "due_on": each.due_on.isoformat(),
            "at": each.at.isoformat(),
        }
        for each in updates
    ]


def erase_commitments(account: Any) -> int:
    """Take out who reported; what was reported about a public promise stays. Return how many reports that were."""
    mark = mark_of(account)
    return CommitmentUpdate.objects.filter(by_mark=mark).update(by_mark="") if mark else 0
