"""Every write of readiness: a verb, keyword arguments, one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from minga import members as world
from minga.members import services as members
from minga.readiness import editions, keys, selectors
from minga.readiness.engine.errors import AnswerError, ProfileError
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.overlays import merge
from minga.readiness.models import (
    AccessKey,
    Answer,
    AnswerVersion,
    Assessment,
    AssessmentScore,
    Given,
    InstrumentEdition,
)
from minga.trust import content_hash

#: The words a person agrees to; a new text gets a new version, and old consents keep theirs.
BENCHMARK_TEXT = "benchmark-1"


# ---------------------------------------------------------------- start
@transaction.atomic
def start_assessment(
    *,
    country: str,
    sector: str,
    size: str,
    language: str,
    overlays: Sequence[str] | None = None,
    name: str = "",
    form: str = Assessment.Form.SHORT,
    account: Any = None,
    organization: Any = None,
    is_sample: bool = False,
) -> Assessment:
    """Open an assessment and pin its instrument.

    `overlays` are the ids to use of those that fit country and sector; None takes all that fit for certain.
    """
    if size not in Assessment.Size.values:
        raise ProfileError(f"Size {size!r} is unknown. Choose one of {', '.join(Assessment.Size.values)}.")
    if form not in Assessment.Form.values:
        raise ProfileError(f"Form {form!r} is unknown. Choose 'full' or 'short'.")
    place, activity = world.country(country), world.sector(sector)
    if activity.level != "division":
        raise ProfileError(f"Sector {sector!r} is a section of ISIC. Give one of its divisions, two digits such as 10.")
    fitting = selectors.fitting_overlays(place.iso2, activity.code)
    if overlays is not None:
        offered = [*fitting, *selectors.possible_overlays(place.iso2, activity.code)]
        fitting = [overlay for overlay in offered if overlay.id in overlays]
    chosen = [overlay.id for overlay in fitting]
    return Assessment.objects.create(
        edition=pin(tuple(chosen)),
        form=form,
        language=language,
        name=name.strip(),
        country=place.iso2,
        sector=activity.code,
        section=activity.section,
        region=place.subregion,
        size=size,
        account=account,
        organization=organization,
        is_sample=is_sample,
        last_answer_at=timezone.now(),
    )


@lru_cache(maxsize=64)
def _merged(overlays: tuple[str, ...]) -> tuple[Instrument, dict[str, Any], str]:
    known = {overlay.id: overlay for overlay in selectors.overlays()}
    base = selectors.generic("en")
    merged = merge(base, *(known[one] for one in overlays)) if overlays else base
    texts = editions.pack(merged, tuple(code for code, _name in settings.LANGUAGES))
    return merged, texts, content_hash(texts)


def preview(overlays: tuple[str, ...]) -> Instrument:
    """Return the instrument that these overlays make, without storing it."""
    return _merged(overlays)[0]


def pin(overlays: tuple[str, ...]) -> InstrumentEdition:
    """Store the merged instrument under its content hash, once; a mended translation replaces the stored one."""
    merged, texts, texts_hash = _merged(overlays)
    edition, is_new = InstrumentEdition.objects.defer("texts").get_or_create(
        content_hash=merged.content_hash,
        defaults={
            "instrument": merged.id,
            "version": merged.version,
            "overlays": [{"id": o.id, "version": o.version, "kind": o.kind} for o in merged.overlays],
            "texts": texts,
            "texts_hash": texts_hash,
        },
    )
    if not is_new and edition.texts_hash != texts_hash:
        edition.texts, edition.texts_hash = texts, texts_hash
        edition.save(update_fields=["texts", "texts_hash"])
    return edition


# ---------------------------------------------------------------- keys
@transaction.atomic
def give_key(*, assessment: Assessment, kind: str = AccessKey.Kind.BROWSER) -> str:
    """Draw a key and return it; this is the only time it can be read.

    A new code or link replaces the old one, which then stops working.
    """
    if kind != AccessKey.Kind.BROWSER:
        assessment.keys.filter(kind=kind).delete()
    secret = keys.new_code() if kind == AccessKey.Kind.CODE else keys.new_secret()
    AccessKey.objects.create(assessment=assessment, kind=kind, secret_hash=keys.hash_of(secret))
    return secret


@transaction.atomic
def resume(*, kind: str, secret: str) -> tuple[Assessment, str] | None:
    """Exchange a code or a link for a browser's key; None where it opens nothing. A link works once."""
    held = AccessKey.objects.select_for_update().filter(kind=kind, secret_hash=keys.hash_of(secret)).first()
    if held is None or held.assessment.is_claimed:
        return None
    assessment = held.assessment
    if kind == AccessKey.Kind.LINK:
        held.delete()
    return assessment, give_key(assessment=assessment)


# ---------------------------------------------------------------- answers
@dataclass(frozen=True)
class Saved:
    """What became of an answer: saved, unchanged, or conflict; `answer` is what is there now."""

    outcome: str
    answer: Answer


@transaction.atomic
def save_answer(
    *,
    assessment: Assessment,
    item: str,
    value: str,
    seen_version: int,
    language: str,
    reason: str = "",
    note: str = "",
    client_id: str = "",
    account: Any = None,
) -> Saved:
    """Save the answer to one item; when this returns inside a committed transaction, it is on the disk.

    `value` is a level, `dk` or `na`. `seen_version` is the version of the answer that the sender saw (0 for none):
    a newer one is never overwritten, the late answer is set aside in the history and the outcome is `conflict`.
    The same `client_id` twice counts once.

    Raises
    ------
    AnswerError
        The item or the value is not in the instrument, or the assessment is closed.
    """
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.is_submitted:
        raise AnswerError(
            "This assessment has been submitted, so its answers are closed. Reopen it on its page, then answer again."
        )
    given, level = _check(selectors.instrument_of(assessment, "en"), item, value, reason)
    present = Answer.objects.filter(assessment=assessment, item=item).first()
    repeated = client_id and AnswerVersion.objects.filter(assessment=assessment, item=item, client_id=client_id).first()
    if repeated and present:
        return Saved("saved" if repeated.version == present.version else "conflict", present)
    content = {"given": given, "level": level, "reason": reason.strip(), "note": note.strip()}
    if present and all(getattr(present, key) == value for key, value in content.items()):
        return Saved("unchanged", present)
    at = timezone.now()
    history = AnswerVersion(
        assessment=assessment,
        item=item,
        seen_version=seen_version,
        client_id=client_id,
        language=language,
        account=account,
        at=at,
        **content,
    )
    if present and present.version != seen_version:
        history.save()
        return Saved("conflict", present)
    answer = present or Answer(assessment=assessment, item=item, version=0)
    for key, new in content.items():
        setattr(answer, key, new)
    answer.version, answer.saved_at = answer.version + 1, at
    answer.save()
    history.version = answer.version
    history.save()
    Assessment.objects.filter(pk=assessment.pk).update(last_answer_at=at)
    assessment.last_answer_at = at
    return Saved("saved", answer)


def _check(instrument: Instrument, item: str, value: str, reason: str) -> tuple[str, int | None]:
    """Read a value against its item."""
    asked = instrument.item(item) if instrument.has_item(item) else None
    if asked is None:
        raise AnswerError(f"Item {item!r} is not in {instrument.id}. Send one of its items.")
    if value == Given.UNKNOWN:
        return Given.UNKNOWN, None
    if value == Given.NOT_APPLICABLE:
        if not asked.na_allowed:
            raise AnswerError(
                f"Item {item!r} cannot be answered with 'na': it applies to every business. "
                "Give a level, or 'dk' if you do not know."
            )
        if not reason.strip():
            raise AnswerError(f"Item {item!r} is answered with 'na' but without a reason. Say why it does not apply.")
        return Given.NOT_APPLICABLE, None
    levels = [str(level) for level in range(instrument.scale.min, instrument.top_level + 1)]
    if value not in levels:
        raise AnswerError(
            f"Item {item!r} has level {value!r}, but levels run from {levels[0]} to {levels[-1]}. "
            "Correct the level, or send 'dk' if you do not know."
        )
    return Given.LEVEL, int(value)


# ---------------------------------------------------------------- goals, form, submission
@transaction.atomic
def choose_goals(*, assessment: Assessment, goals: Sequence[str], cash_limit: str, horizon_limit: str) -> None:
    """Keep what matters to the enterprise and how far it can go; used by the priorities, never by a score."""
    codes = selectors.instrument_of(assessment, "en").codes
    unknown = [goal for goal in goals if goal not in codes.kpi]
    if unknown or len(goals) > 3:
        raise ProfileError(
            f"The goals {', '.join(goals)} cannot be used. Choose at most three of {', '.join(codes.kpi)}."
        )
    if cash_limit not in codes.cost_band or horizon_limit not in codes.horizon:
        raise ProfileError(
            f"The limits {cash_limit!r} and {horizon_limit!r} are unknown. Choose one of {', '.join(codes.cost_band)}, "
            f"and one of {', '.join(codes.horizon)}."
        )
    assessment.goals, assessment.goals_chosen = list(goals), True
    assessment.cash_limit, assessment.horizon_limit = cash_limit, horizon_limit
    assessment.save(update_fields=["goals", "goals_chosen", "cash_limit", "horizon_limit"])


@transaction.atomic
def submit_assessment(*, assessment: Assessment, scores: Iterable[dict[str, Any]]) -> None:
    """Close an assessment as self-declared and keep its scores for peers.

    `scores`: one row a score, with `kind`, `node` and `score` (None where not scored).
    """
    assessment.status, assessment.submitted_at = Assessment.Status.SELF_DECLARED, timezone.now()
    assessment.save(update_fields=["status", "submitted_at"])
    assessment.scores.all().delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=assessment, kind=row["kind"], node=row["node"], score=row["score"])
        for row in scores
        if row["score"] is not None
    )
    _mark_latest(assessment)


def _mark_latest(assessment: Assessment) -> None:
    """Let one assessment an enterprise count among peers: the one submitted last."""
    same = selectors.same_enterprise(assessment)
    same.filter(is_latest=True).update(is_latest=False)
    submitted = same.filter(status=Assessment.Status.SELF_DECLARED).order_by("-submitted_at").first()
    if submitted is not None:
        Assessment.objects.filter(pk=submitted.pk).update(is_latest=True)
    assessment.is_latest = submitted is not None and submitted.pk == assessment.pk


@transaction.atomic
def reopen_assessment(*, assessment: Assessment, form: str | None = None) -> None:
    """Open the answers again, in the same or the full form; the scores leave the peers until it is submitted anew."""
    assessment.status, assessment.submitted_at = Assessment.Status.DRAFT, None
    assessment.form = form or assessment.form
    assessment.save(update_fields=["status", "submitted_at", "form"])
    assessment.scores.all().delete()
    _mark_latest(assessment)


# ---------------------------------------------------------------- owner, consent, end
def _giver(assessment: Assessment) -> dict[str, Any]:
    """Say who consents: the person of its account, or whoever holds the key of an assessment without one."""
    person = members.person_for(assessment.account) if assessment.account else None
    return {"person": person} if person else {"subject_key": assessment.reference}


@transaction.atomic
def give_benchmark(*, assessment: Assessment) -> None:
    """Lend the scores of an assessment to groups of peers; the answers themselves are never lent."""
    members.give_consent(
        scope=selectors.BENCHMARK,
        text_version=BENCHMARK_TEXT,
        object=assessment.reference,
        **_giver(assessment),
    )


@transaction.atomic
def revoke_benchmark(*, assessment: Assessment) -> None:
    """Take the scores out of all groups of peers again, from the next page on."""
    for giver in (_giver(assessment), {"subject_key": assessment.reference}):
        members.revoke_consent(scope=selectors.BENCHMARK, object=assessment.reference, **giver)


@transaction.atomic
def claim_assessment(*, assessment: Assessment, account: Any, organization: Any = None) -> None:
    """Give an assessment to an account; codes and links that were handed out stop working."""
    if assessment.is_claimed:
        raise ProfileError("This assessment already belongs to an account. Ask its owner to let you answer.")
    assessment.account, assessment.organization = account, organization
    assessment.save(update_fields=["account", "organization"])
    assessment.keys.exclude(kind=AccessKey.Kind.BROWSER).delete()
    members.claim_consents(subject_key=assessment.reference, person=members.person_for(account))
    if assessment.is_submitted:
        _mark_latest(assessment)


@transaction.atomic
def delete_assessment(*, assessment: Assessment) -> None:
    """Delete an assessment with its answers, history, keys and scores; the one before it counts among peers again."""
    revoke_benchmark(assessment=assessment)
    others = list(selectors.same_enterprise(assessment).exclude(pk=assessment.pk))
    assessment.delete()
    if others:
        _mark_latest(others[0])


def delete_unclaimed() -> int:
    """Delete assessments that nobody claimed and nobody answered for the retention time; return how many."""
    since = timezone.now() - timedelta(days=settings.UNCLAIMED_DAYS)
    old = Assessment.objects.filter(account=None, organization=None, is_sample=False, last_answer_at__lt=since)
    deleted = 0
    for assessment in old.iterator():
        delete_assessment(assessment=assessment)
        deleted += 1
    return deleted


# ---------------------------------------------------------------- export and erasure
def export_assessment(assessment: Assessment) -> dict[str, Any]:
    """Return everything that is stored about an assessment, as JSON values."""
    return {
        "id": str(assessment.pk),
        "name": assessment.name,
        "is_sample": assessment.is_sample,
        "profile": {
            "country": assessment.country,
            "sector": assessment.sector,
            "size": assessment.size,
            "goals": assessment.goals,
            "cash_limit": assessment.cash_limit,
            "horizon_limit": assessment.horizon_limit,
        },
        "form": assessment.form,
        "language": assessment.language,
        "status": assessment.status,
        "started_at": assessment.started_at.isoformat(),
        "last_answer_at": assessment.last_answer_at.isoformat(),
        "submitted_at": assessment.submitted_at.isoformat() if assessment.submitted_at else None,
        "lends_scores": selectors.lends_scores(assessment),
        "instrument": {
            "id": assessment.edition.instrument,
            "version": assessment.edition.version,
            "content_hash": assessment.edition.content_hash,
            "overlays": assessment.edition.overlays,
        },
        "answers": [
            {
                "item": answer.item,
                "value": answer.value,
                "reason": answer.reason,
                "note": answer.note,
                "version": answer.version,
                "saved_at": answer.saved_at.isoformat(),
            }
            for answer in assessment.answers.order_by("item")
        ],
        "history": [
            {
                "item": version.item,
                "given": version.given,
                "level": version.level,
                "reason": version.reason,
                "note": version.note,
                "version": version.version,
                "language": version.language,
                "at": version.at.isoformat(),
            }
            for version in assessment.history.all()
        ],
        "scores": list(assessment.scores.order_by("kind", "node").values("kind", "node", "score")),
    }


def export_person(person: Any) -> dict[str, Any]:
    """Return the assessments that a person's account answers for."""
    if person.account is None:
        return {"assessments": []}
    own = Assessment.objects.filter(account=person.account).select_related("edition").defer("edition__texts")
    return {"assessments": [export_assessment(assessment) for assessment in own.order_by("started_at")]}


@transaction.atomic
def erase_person(person: Any) -> int:
    """Delete a person's own assessments; those of an organization stay with it, without the person's trace."""
    if person.account is None:
        return 0
    own = list(Assessment.objects.filter(account=person.account, organization=None))
    for assessment in own:
        delete_assessment(assessment=assessment)
    traces = AnswerVersion.objects.filter(account=person.account).update(account=None)
    return len(own) + traces + Assessment.objects.filter(account=person.account).update(account=None)
