"""Giving out a file that somebody sent: it can do nothing where it is shown, and nothing keeps it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from minga.readiness import services
from minga.readiness import wording_validation as words_of
from minga.readiness.engine.errors import EvidenceError
from minga.readiness.models import Evidence

#: Nothing in it may run, load or be framed, whatever the browser takes it for.
FILE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}


def given_out(found: Evidence, *, by: Any = None, as_assessor: bool = False) -> HttpResponse:
    """Answer with a file that can do nothing: pictures in the page, documents as a download, kept nowhere."""
    try:
        data = services.read_evidence(evidence=found, by=by, as_assessor=as_assessor)
    except EvidenceError as problem:
        said = words_of.evidence_refusal(EvidenceError("missing", str(problem)))
        return HttpResponse(said, content_type="text/plain; charset=utf-8", status=410)
    shown = "inline" if found.content_type.startswith("image/") else "attachment"
    response = HttpResponse(data, content_type=found.content_type)
    response["Content-Disposition"] = (
        f'{shown}; filename="{found.item}-{found.pk.hex[:8]}.{_ENDINGS[found.content_type]}"'
    )
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response
