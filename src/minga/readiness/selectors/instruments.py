"""Instruments: the generic one, overlays that fit, and what an assessment pinned."""

from __future__ import annotations

from functools import lru_cache

from django.http import Http404

from minga.readiness import editions
from minga.readiness.engine.instrument import Instrument, load_instrument
from minga.readiness.engine.overlays import Overlay, known_overlays
from minga.readiness.models import Assessment, InstrumentEdition

#: The instrument a business starts with.
GENERIC = "generic-enterprise"


@lru_cache(maxsize=8)
def generic(language: str) -> Instrument:
    """Return the generic instrument in a language."""
    return load_instrument(GENERIC).in_language(language)


@lru_cache(maxsize=1)
def overlays() -> tuple[Overlay, ...]:
    """Return every overlay that comes with Minga."""
    return known_overlays()


def fitting_overlays(country: str, sector: str) -> list[Overlay]:
    """Return the overlays written for a country or a sector."""
    return [overlay for overlay in overlays() if overlay.fits(country=country, sector=sector)]


def possible_overlays(country: str, sector: str) -> list[Overlay]:
    """Return the overlays written for a part of a sector: only the business knows whether it belongs to that part."""
    fitting = fitting_overlays(country, sector)
    return [one for one in overlays() if one not in fitting and _is_for_a_part(one, country, sector)]


def _is_for_a_part(overlay: Overlay, country: str, sector: str) -> bool:
    applies = overlay.content.applies_to
    in_country = not applies.country or country in applies.country
    return in_country and any(code.startswith(sector) for code in applies.isic4)


@lru_cache(maxsize=64)
def _unpacked(content_hash: str, texts_hash: str, language: str) -> Instrument:
    # both hashes stand in the key, so a stored edition that changes is never served from memory
    texts = InstrumentEdition.objects.values_list("texts", flat=True).get(content_hash=content_hash)
    return editions.unpack(texts, language)


def instrument_of(assessment: Assessment, language: str) -> Instrument:
    """Return the pinned instrument of an assessment in a language."""
    return edition_in(assessment.edition, language)


def edition_in(edition: InstrumentEdition, language: str) -> Instrument:
    """Return a pinned instrument in a language."""
    return _unpacked(edition.content_hash, edition.texts_hash, language)


def pinned_instrument(content_hash: str, language: str) -> Instrument:
    """Return an instrument by its content hash.

    Raises
    ------
    Http404
        No assessment here ever used it.
    """
    edition = InstrumentEdition.objects.defer("texts").filter(content_hash=content_hash).first()
    if edition is None:
        raise Http404
    return _unpacked(edition.content_hash, edition.texts_hash, language)
