"""Drafts as files: answers taken along, and brought in again here or in another assessment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from minga.readiness import selectors
from minga.readiness.engine.errors import AnswerError
from minga.readiness.models import Assessment
from minga.readiness.services.answering import save_answer

SCHEMA = "minga.readiness.draft/1"
#: A draft of the longest instrument with full notes stays far below this.
MAX_BYTES = 1_000_000


class DraftAnswer(BaseModel):
    """One answer of a draft; `version` is the one that its writer had seen."""

    model_config = ConfigDict(extra="ignore")

    item: str = Field(max_length=40)
    value: str = Field(max_length=5)
    reason: str = Field("", max_length=2000)
    note: str = Field("", max_length=2000)
    version: int = Field(0, ge=0, lt=10**9)
    client: str = Field("", max_length=64)


class Draft(BaseModel):
    """A draft file."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    kind: str = Field(alias="schema")
    assessment: str = Field("", max_length=80)
    instrument: str = Field("", max_length=100)
    answers: list[DraftAnswer] = Field(max_length=500)


@dataclass(frozen=True)
class Brought:
    """What became of a draft: items saved, unchanged, set aside because a newer answer stands, or not accepted."""

    saved: tuple[str, ...]
    unchanged: tuple[str, ...]
    set_aside: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def write_draft(assessment: Assessment) -> dict[str, Any]:
    """Return the present answers as the content of a draft file."""
    return {
        "schema": SCHEMA,
        "assessment": f"a/{assessment.pk}",
        "instrument": assessment.edition.content_hash,
        "answers": [
            {"item": one.item, "value": one.value, "reason": one.reason, "note": one.note, "version": one.version}
            for one in sorted(selectors.answers_of(assessment).values(), key=lambda one: one.item)
        ],
    }


def read_draft(content: bytes) -> Draft:
    """Read a draft file.

    Raises
    ------
    AnswerError
        It is too large, not JSON, not a draft, or a field is not what it should be.
    """
    if len(content) > MAX_BYTES:
        raise AnswerError(f"The file has {len(content)} bytes; a draft has at most {MAX_BYTES}. Choose the draft file.")
    try:
        draft = Draft.model_validate(json.loads(content))
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise AnswerError(
            f"The draft cannot be read at {where}: {first['msg']}. Save it again, or mend it."
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise AnswerError(f"The file is not JSON: {problem}. Choose the file that was saved as a draft.") from problem
    if draft.kind != SCHEMA:
        raise AnswerError(f"The file is {draft.kind!r}, but a draft is {SCHEMA!r}. Choose the file saved as a draft.")
    return draft


@transaction.atomic
def bring_draft(*, assessment: Assessment, draft: Draft, language: str, account: Any = None) -> Brought:
    """Save the answers of a draft as if they had been given now; a newer answer is never overwritten.

    The same file brought twice counts once. A draft of another assessment has seen nothing of this one.
    """
    is_own = draft.assessment == f"a/{assessment.pk}"
    found: dict[str, list[Any]] = {"saved": [], "unchanged": [], "conflict": [], "refused": []}
    for answer in draft.answers:
        seen = answer.version if is_own else 0
        try:
            saved = save_answer(
                assessment=assessment,
                item=answer.item,
                value=answer.value,
                reason=answer.reason.replace("\x00", ""),
                note=answer.note.replace("\x00", ""),
                seen_version=seen,
                client_id=answer.client.replace("\x00", "") or _mark(draft, answer),
                language=language,
                account=account,
            )
        except AnswerError as problem:
            found["refused"].append((answer.item, str(problem)))
        else:
            found[saved.outcome].append(answer.item)
    return Brought(*(tuple(found[name]) for name in ("saved", "unchanged", "conflict", "refused")))


def _mark(draft: Draft, answer: DraftAnswer) -> str:
    content = json.dumps([draft.assessment, *answer.model_dump(exclude={"client"}).values()])
    return "draft-" + hashlib.sha256(content.encode()).hexdigest()[:48]
