"""Consultations in the search index: found by their title, what they are about, and the clauses that were adopted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from minga.deliberation.models import Consultation, Draft
from minga.deliberation.selectors import access
from minga.deliberation.selectors.drafts import clauses_at
from minga.web import search

KIND = "consultation"
#: as many as a page of results can be filtered from
_MOST = 500


def search_documents(consultations: Iterable[Consultation] | None = None) -> Iterator[search.Document]:
    """Describe consultations for the search index; all public ones by default."""
    for one in access.public_consultations() if consultations is None else consultations:
        title, body = {one.language: one.title}, {one.language: one.about}
        for language, texts in one.translations.items():
            title[language], body[language] = texts.get("title", ""), texts.get("about", "")
        for draft in one.drafts.filter(state=Draft.State.ADOPTED):
            words = " ".join(f"{row.heading} {row.text}" for row in clauses_at(draft, draft.version))
            body[draft.language] = f"{body.get(draft.language, '')} {draft.title} {words}"
        yield search.Document(kind=KIND, key=one.slug, title=title, body=body, order=one.slug)


def find(words: str, language: str) -> tuple[str, ...]:
    """Return the words in the addresses of consultations that hold these words, best first."""
    return search.index().query(words, kind=KIND, lang=language, limit=_MOST).keys
