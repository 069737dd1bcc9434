"""The sample's validations: one done, one under way, one asked for, with drawn pictures as evidence."""

from __future__ import annotations

import io
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import report_validation, selectors, services
from minga.readiness.models import Assessment, Validation

#: How many questions have evidence: of the check that is validated, of the one under way, of the one asked for.
_SHOWN = (9, 6, 3)
_COLOURS = ("#27408b", "#0f6674", "#3f6b2f", "#8a5a00", "#9b2c1f")


def validate_some(checks: list[Assessment], *, owner: Any, assessor: Any, secretariat: Any) -> None:
    """Bring three submitted checks of the full form to three stages of a validation."""
    members.record_competence(
        person=people.person_of(assessor),
        field="Sample: maintenance, quality and data in small factories",
        basis="Sample course for assessors, 2026",
        by=people.person_of(secretariat),
    )
    for check, shown in zip(checks, _SHOWN, strict=True):
        _show(check, shown, owner)
    validations = [services.request_validation(assessment=check, by=None) for check in checks]
    for validation in validations[:2]:
        services.assign_assessor(validation=validation, account=assessor, by=secretariat)
        services.declare_conflict(validation=validation, has_conflict=False)
    _begin(validations[1])
    _complete(validations[0])


def _answered(check: Assessment) -> list[str]:
    """Return the questions with a level, spread over the factors."""
    own = selectors.own_levels(check, selectors.instrument_of(check, "en"))
    items = [item for item, level in own.items() if level.isdigit()]
    return items[::4] + items[1::4]


def _show(check: Assessment, count: int, owner: Any) -> None:
    for number, item in enumerate(_answered(check)[:count]):
        services.add_evidence(
            assessment=check,
            item=item,
            data=drawn(f"SAMPLE\n{item}", _COLOURS[number % len(_COLOURS)]),
            caption="Sample picture, drawn by a program",
            account=owner if check.account_id == owner.pk else None,
        )


def drawn(words: str, colour: str) -> bytes:
    """Draw a picture that says what it is."""
    picture = Image.new("RGB", (640, 420), colour)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((30, 30, 610, 390), outline="white", width=6)
    pen.multiline_text((70, 120), words, fill="white", font_size=72, spacing=20)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


def _begin(validation: Validation) -> None:
    shown = list(selectors.evidence_counts(validation.assessment))
    own = selectors.own_levels(validation.assessment, selectors.instrument_of(validation.assessment, "en"))
    services.save_finding(
        validation=validation, item=shown[0], level=int(own[shown[0]]), comment="The picture shows it."
    )
    rest = [item for item in _answered(validation.assessment) if item not in shown]
    for item in rest[:2]:
        services.save_finding(validation=validation, item=item, level=None, to_visit=True)
    services.write_word(
        validation=validation, text="Sample: please add a photo of the maintenance plan. I come on Tuesday."
    )


def _complete(validation: Validation) -> None:
    check = validation.assessment
    own = selectors.own_levels(check, selectors.instrument_of(check, "en"))
    shown = list(selectors.evidence_counts(check))
    for number, item in enumerate(shown[:4]):
        level = max(0, int(own[item]) - number % 2)
        services.save_finding(validation=validation, item=item, level=level, comment="Judged by the sample picture.")
    seen = next(item for item in _answered(check) if item not in shown)
    services.save_finding(
        validation=validation, item=seen, level=int(own[seen]), comment="Seen on the visit.", to_visit=True
    )
    services.record_visit(validation=validation, visited_on=timezone.localdate())
    services.confirm_remaining(validation=validation)
    services.complete_validation(
        validation=validation,
        summary="Sample: what is shown carries most levels. Write down who may change the machine’s settings.",
        score=report_validation.validated_score_rows,
    )
