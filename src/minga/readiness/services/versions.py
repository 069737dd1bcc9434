"""The one rule of saving an answer: each arrives once, and none is overwritten by whoever had not seen it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from minga.readiness.engine.errors import AnswerError
from minga.readiness.engine.instrument import Instrument
from minga.readiness.models import Given


@dataclass(frozen=True)
class Saved:
    """What became of an answer: saved, unchanged, or conflict; `answer` is what is there now."""

    outcome: str
    answer: Any
    #: False where nothing was written, since the same came before
    is_new: bool = False


def keep_version(
    answers: type[Any],
    versions: type[Any],
    *,
    whose: Mapping[str, Any],
    content: Mapping[str, Any],
    seen_version: int,
    client_id: str,
    **about: Any,
) -> Saved:
    """Keep an answer and its place in the history, inside the caller's transaction and under the caller's lock.

    `whose` finds the one present answer and its history; `content` is what was given; `about` goes to the history
    alone. `seen_version` is the version that the sender saw, 0 for none: a newer one stays, the late answer is set
    aside in the history and the outcome is `conflict`. The same `client_id` twice counts once.
    """
    present = answers.objects.filter(**whose).first()
    repeated = client_id and versions.objects.filter(**whose, client_id=client_id).first()
    if repeated and present:
        return Saved("saved" if repeated.version == present.version else "conflict", present)
    if present and all(getattr(present, key) == value for key, value in content.items()):
        return Saved("unchanged", present)
    at = timezone.now()
    history = versions(**whose, seen_version=seen_version, client_id=client_id, at=at, **about, **content)
    if present and present.version != seen_version:
        history.save()
        return Saved("conflict", present)
    answer = present or answers(**whose, version=0)
    for key, new in content.items():
        setattr(answer, key, new)
    answer.version, answer.saved_at = answer.version + 1, at
    answer.save()
    history.version = answer.version
    history.save()
    return Saved("saved", answer, is_new=True)


def read_value(instrument: Instrument, item: str, value: str) -> tuple[str, int | None]:
    """Read a level, or `dk`, against its item.

    Raises
    ------
    AnswerError
        The item is not in the instrument, or the level is off its scale.
    """
    if not instrument.has_item(item):
        raise AnswerError(f"Item {item!r} is not in {instrument.id}. Send one of its items.")
    if value == Given.UNKNOWN:
        return Given.UNKNOWN, None
    levels = [str(level) for level in range(instrument.scale.min, instrument.top_level + 1)]
    if value not in levels:
        raise AnswerError(
            f"Item {item!r} has level {value!r}, but levels run from {levels[0]} to {levels[-1]}. "
            "Correct the level, or send 'dk' if you do not know."
        )
    return Given.LEVEL, int(value)
