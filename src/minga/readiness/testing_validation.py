"""What tests of evidence and validation share: a bakery that shows what it says, and people who look at it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import report, report_validation, selectors, services
from minga.readiness.models import Answer, Assessment, Evidence, Validation
from minga.readiness.testing import started


def photo(colour: str = "teal", size: tuple[int, int] = (80, 60)) -> bytes:
    """Return a small photo."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG")
    return written.getvalue()


def sent_file(data: bytes | None = None, name: str = "IMG_0815.jpg") -> SimpleUploadedFile:
    """Return a file as a form sends it."""
    return SimpleUploadedFile(name, photo() if data is None else data, content_type="image/jpeg")


def owner_account(email: str = "amina@example.org") -> Any:
    return members.create_account(email=email, password=uuid4().hex, name="Amina")


def assessor_account(email: str = "farid@example.org", *, sectors: Iterable[str] = (), competent: bool = True) -> Any:
    """Return an assessor of the alliance, with a competence on record."""
    account = members.create_account(email=email, password=uuid4().hex, name=email.split("@")[0].title())
    person = people.person_of(account)
    members.grant_in_alliance(person=person, role="assessor")
    if competent:
        members.record_competence(person=person, field="Small factories", basis="Course", sectors=list(sectors))
    return account


def full_check(account: Any, *, level: str = "3", **fields: Any) -> Assessment:
    """Answer the full form with one level and submit it."""
    assessment = started(form="full", account=account, **fields)
    given = "level" if level.isdigit() else level
    Answer.objects.bulk_create(
        Answer(
            assessment=assessment,
            item=item.id,
            given=given,
            level=int(level) if given == "level" else None,
            saved_at=timezone.now(),
        )
        for item in selectors.instrument_of(assessment, "en").items_of(None, "full")
    )
    services.submit_assessment(assessment=assessment, scores=report.score_rows(assessment))
    return assessment


def shown(assessment: Assessment, *items: str, **fields: Any) -> list[Evidence]:
    """Put a photo behind items."""
    return [
        services.add_evidence(
            assessment=assessment, item=item, data=photo(), account=assessment.account, **fields
        ).evidence
        for item in items
    ]


def under_way(assessment: Assessment, assessor: Any, *, by: Any = None, number: int = 1) -> Validation:
    """Bring a validation to where the assessor may look; it is asked for if it is not yet."""
    standing = {one.number: one for one in selectors.standing_validations(assessment)}
    validation = standing.get(number) or services.request_validation(assessment=assessment, by=assessment.account)
    services.assign_assessor(validation=validation, account=assessor, by=by)
    services.declare_conflict(validation=validation, has_conflict=False)
    validation.refresh_from_db()
    return validation


def completed(validation: Validation, **levels: int) -> bool:
    """Set levels, confirm the rest that has evidence, and complete."""
    for item, level in levels.items():
        services.save_finding(validation=validation, item=item, level=level)
    services.confirm_remaining(validation=validation)
    return services.complete_validation(
        validation=validation, summary="Seen on paper.", score=report_validation.validated_score_rows
    )
