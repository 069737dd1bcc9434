"""What an import of answers must know: who may import, which form was asked, and whose a code is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.http import Http404

from minga.members import selectors as members
from minga.readiness import keys
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.xlsform_texts import form_version
from minga.readiness.models import AccessKey, Assessment, InstrumentEdition
from minga.readiness.selectors.access import ADVISER, find
from minga.readiness.selectors.instruments import overlays, pinned_instrument


def may_import(account: Any) -> bool:
    """Whether an account may store answers that were given elsewhere: the secretariat, and advisers for clients."""
    if not getattr(account, "is_authenticated", False):
        return False
    return members.is_secretariat(account) or members.has_role(account, ADVISER)


def overlay_sets() -> Iterator[tuple[str, ...]]:
    """Yield every set of overlays that a form can hold, the empty one first."""
    known = [overlay.id for overlay in overlays()]
    for count in range(len(known) + 1):
        yield from combinations(known, count)


def find_form(
    version: str, preview: Callable[[tuple[str, ...]], Instrument], brought: Sequence[Instrument] = ()
) -> Instrument | None:
    """Return the instrument that a form version asked: pinned here, made of files of ours, or brought along."""
    number, _, rest = version.partition("-")
    short_hash = rest.removesuffix("-short")
    if len(short_hash) == 8 and short_hash.isalnum():
        pinned = InstrumentEdition.objects.filter(version=number, content_hash__startswith=f"sha256:{short_hash}")
        found = list(pinned.values_list("content_hash", flat=True)[:2])
        if len(found) == 1:
            return pinned_instrument(found[0], "en")
    plain = version.removesuffix("-short")
    for one in brought:
        if form_version(one) == plain:
            return one
    return next((one for one in _mergeable(preview) if form_version(one) == plain), None)


def _mergeable(preview: Callable[[tuple[str, ...]], Instrument]) -> Iterator[Instrument]:
    from minga.readiness.engine.errors import OverlayError

    for chosen in overlay_sets():
        try:
            yield preview(chosen)
        except OverlayError:  # they contradict each other, so no form holds them both
            continue


def find_by_code(code: str, *, account: Any = None, secrets: Mapping[str, str] | None = None) -> Assessment | None:
    """Return the assessment of a code that stands on paper; None where it opens nothing for whoever asks.

    A resume code is a key: whoever holds it may answer while nobody claimed the assessment. The reference on a printed
    form is none: it finds only what the account, or a key in `secrets` (by hexadecimal id), opens anyway.
    """
    drawn = keys.tidy_code(code)
    if drawn is not None:
        held = AccessKey.objects.filter(
            kind=AccessKey.Kind.CODE, colleague=None, secret_hash=keys.hash_of(drawn)
        ).select_related("assessment__edition")
        key = held.first()
        return None if key is None or key.assessment.is_claimed else key.assessment
    ids = keys.tidy_paper_code(code)
    if ids is None:
        return None
    found = []
    for pk in Assessment.objects.filter(pk__range=ids).values_list("pk", flat=True)[:20]:
        try:
            secret = (secrets or {}).get(pk.hex)
            found.append(find(pk, account=account, secret=secret, right=Assessment.OpenedFor.ANSWERING))
        except Http404:
            continue
    return found[0] if len(found) == 1 else None
