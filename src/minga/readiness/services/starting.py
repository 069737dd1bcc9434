"""Starting an assessment: its pinned instrument, and the keys that open it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from minga import members as world
from minga.readiness import editions, keys, selectors
from minga.readiness.engine.errors import ProfileError
from minga.readiness.engine.instrument import Instrument, load_instrument
from minga.readiness.engine.overlays import merge
from minga.readiness.models import AccessKey, Assessment, Colleague, InstrumentEdition
from minga.readiness.services.answering import checked_location
from minga.trust import content_hash


@transaction.atomic
def start_assessment(
    *,
    country: str,
    sector: str,
    size: str,
    language: str,
    overlays: Sequence[str] | None = None,
    name: str = "",
    location: str = "",
    form: str = Assessment.Form.SHORT,
    account: Any = None,
    organization: Any = None,
    is_sample: bool = False,
    edition: InstrumentEdition | None = None,
    pk: uuid.UUID | None = None,
) -> Assessment:
    """Open an assessment and pin its instrument.

    `overlays` are the ids to use of those that fit country and sector; None takes all that fit for certain. `edition`
    is what was asked already, on paper or with another tool. `pk` is the id of an answer set that may come again.
    """
    if size not in Assessment.Size.values:
        raise ProfileError(f"Size {size!r} is unknown. Choose one of {', '.join(Assessment.Size.values)}.")
    if form not in Assessment.Form.values:
        raise ProfileError(f"Form {form!r} is unknown. Choose 'full' or 'short'.")
    place, activity = world.country(country), world.sector(sector)
    if activity.level != "division":
        raise ProfileError(f"Sector {sector!r} is a section of ISIC. Give one of its divisions, two digits such as 10.")
    if edition is None:
        fitting = selectors.fitting_overlays(place.iso2, activity.code)
        if overlays is not None:
            offered = [*fitting, *selectors.possible_overlays(place.iso2, activity.code)]
            fitting = [overlay for overlay in offered if overlay.id in overlays]
        edition = pin(tuple(overlay.id for overlay in fitting))
    return Assessment.objects.create(
        pk=pk or uuid.uuid4(),
        edition=edition,
        form=form,
        language=language,
        name=name.strip(),
        country=place.iso2,
        sector=activity.code,
        section=activity.section,
        region=place.subregion,
        size=size,
        location=checked_location(location),
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
    return _stored(*_merged(overlays))


@lru_cache(maxsize=4)
def _packed(name: str) -> tuple[Instrument, dict[str, Any], str]:
    base = load_instrument(name)
    texts = editions.pack(base, tuple(code for code, _name in settings.LANGUAGES))
    return base, texts, content_hash(texts)


def pin_named(name: str) -> InstrumentEdition:
    """Store an instrument that comes with Minga under its content hash, once, as it is and without overlays."""
    return _stored(*_packed(name))


def pin_brought(base: Instrument, translations: Mapping[str, Instrument]) -> InstrumentEdition:
    """Store an instrument that came in a form of ours from elsewhere, with the translations it brought."""
    texts = editions.pack_given(base, translations)
    return _stored(base, texts, content_hash(texts))


def _stored(merged: Instrument, texts: dict[str, Any], texts_hash: str) -> InstrumentEdition:
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


@transaction.atomic
def give_key(*, assessment: Assessment, kind: str = AccessKey.Kind.BROWSER, colleague: Colleague | None = None) -> str:
    """Draw a key and return it; this is the only time it can be read.

    A new code or link replaces the old one, which then stops working. With a `colleague` the key opens that
    colleague's questions and nothing else.
    """
    if kind != AccessKey.Kind.BROWSER:
        assessment.keys.filter(kind=kind, colleague=colleague).delete()
    secret = keys.new_code() if kind == AccessKey.Kind.CODE else keys.new_secret()
    AccessKey.objects.create(assessment=assessment, colleague=colleague, kind=kind, secret_hash=keys.hash_of(secret))
    return secret


@transaction.atomic
def resume(*, kind: str, secret: str, account: Any = None) -> tuple[Assessment | Colleague, str] | None:
    """Exchange a code or a link for a browser's key; None where it opens nothing. A link works once.

    Returns what the key opens, an assessment or one colleague's questions, and the browser's key. What somebody else
    handed over, an owner to a colleague or an adviser to a client, works once as a whole: from then on only those who
    opened it can make codes, and whoever printed the paper cannot follow them. `account` is who is signed in: an
    adviser does not use up the paper of a client.
    """
    held = AccessKey.objects.select_for_update().filter(kind=kind, secret_hash=keys.hash_of(secret)).first()
    if held is None or not _opens_today(held) or _is_the_clients(held, account):
        return None
    assessment, colleague = held.assessment, held.colleague
    siblings = assessment.keys.filter(colleague=colleague)
    if not siblings.filter(kind=AccessKey.Kind.BROWSER).exists():
        siblings.delete()
    elif kind == AccessKey.Kind.LINK:
        held.delete()
    return colleague or assessment, give_key(assessment=assessment, colleague=colleague)


def _opens_today(key: AccessKey) -> bool:
    if key.colleague is not None:
        return key.colleague.withdrawn_at is None and key.colleague.account_id is None
    return not key.assessment.is_claimed


def _is_the_clients(key: AccessKey, account: Any) -> bool:
    if key.colleague is not None or not getattr(account, "is_authenticated", False):
        return False
    return selectors.running_shares().filter(assessment=key.assessment, account=account).exists()
