"""Keeping the search index as the consultations are."""

from __future__ import annotations

from minga.deliberation.models import Consultation
from minga.deliberation.selectors import finding
from minga.web import search


def index(consultation: Consultation) -> None:
    """Write a public consultation into the search index, with its adopted clauses; call it where one changed."""
    if consultation.is_public:
        search.index().add(finding.search_documents([consultation]))
