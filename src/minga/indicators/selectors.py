"""Every read: which indexes and editions somebody may see, and what companies agreed to publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from minga.indicators.models import CompositeIndex, Disclosure, Edition
from minga.members import selectors as members

PUBLICATION = "publication"
OWNER = "owner"
#: what the list pages do not need
_HEAVY = ("definition", "data", "results")


def is_secretariat(account: Any) -> bool:
    """Whether an account may build and publish."""
    return bool(getattr(account, "is_authenticated", False)) and members.is_secretariat(account)


def published_indexes() -> QuerySet[CompositeIndex]:
    """Return the indexes with a published edition."""
    return CompositeIndex.objects.filter(
        Exists(Edition.objects.filter(index=OuterRef("pk"), state=Edition.State.PUBLISHED))
    )


def find_index(slug: str, account: Any = None) -> CompositeIndex:
    """Return an index that has something public; the secretariat sees all.

    Raises
    ------
    Http404
        It does not exist, or nothing of it is public yet.
    """
    index = CompositeIndex.objects.filter(slug=slug).first()
    if index is None:
        raise Http404
    shown = Edition.objects.filter(index=index, state__in=[Edition.State.PUBLISHED, Edition.State.WITHDRAWN])
    if not shown.exists() and not is_secretariat(account):
        raise Http404
    return index


def editions_of(index: CompositeIndex) -> QuerySet[Edition]:
    """Return the public editions of an index, withdrawn ones among them, the latest first, without their figures."""
    public = Edition.objects.filter(index=index, state__in=[Edition.State.PUBLISHED, Edition.State.WITHDRAWN])
    return public.defer(*_HEAVY).order_by("-published_at", "-pk")


def latest_edition(index: CompositeIndex) -> Edition | None:
    """Return the newest published edition, with its figures."""
    published = Edition.objects.filter(index=index, state=Edition.State.PUBLISHED).select_related("index")
    return published.order_by("-published_at", "-pk").first()


def edition_before(edition: Edition) -> Edition | None:
    """Return the published edition before this one."""
    earlier = Edition.objects.filter(
        index=edition.index, state=Edition.State.PUBLISHED, published_at__lt=edition.published_at
    )
    return earlier.select_related("index").order_by("-published_at", "-pk").first()


def find_edition(name: str, account: Any = None, *, index: str = "") -> Edition:
    """Return an edition by its permanent id: public ones to all, the others to the secretariat.

    Raises
    ------
    Http404
        It does not exist, or is not yet public.
    """
    found = Edition.objects.filter(name=name).select_related("index").first()
    if found is None or (index and found.index.slug != index):
        raise Http404
    if not found.is_public and not is_secretariat(account):
        raise Http404
    return found


def open_editions() -> QuerySet[Edition]:
    """Return what the secretariat works on: drafts and proposals."""
    states = [Edition.State.DRAFT, Edition.State.PROPOSED]
    return Edition.objects.filter(state__in=states).select_related("index").defer(*_HEAVY).order_by("-pk")


def latest_editions(*, units: str, is_sample: bool) -> list[Edition]:
    """Return the newest published edition of every index that ranks this kind of unit."""
    indexes = published_indexes().filter(units=units, is_sample=is_sample)
    return [edition for index in indexes if (edition := latest_edition(index))]


# ---------------------------------------------------------------- disclosures
def may_disclose(account: Any, organization: Any) -> bool:
    """Whether an account owns a company and may speak for it."""
    return bool(getattr(account, "is_authenticated", False)) and members.has_role(account, OWNER, organization)


def organization_of(mark: Any, account: Any) -> Any:
    """Return an organization to its owner.

    Raises
    ------
    Http404
        It does not exist, or is not theirs.
    """
    found = members.organizations_visible_to(account).filter(mark=mark).first()
    if found is None or not may_disclose(account, found):
        raise Http404
    return found


def disclosure_of(organization: Any) -> Disclosure | None:
    """Return what a company disclosed, if anything."""
    return Disclosure.objects.filter(organization=organization).first()


def is_agreed(disclosure: Disclosure) -> bool:
    """Whether the company's consent to publication stands."""
    return members.has_consent(PUBLICATION, object=disclosure.reference)


def publishable_disclosures(*, is_sample: bool) -> list[Disclosure]:
    """Return the disclosures whose companies agreed to publication."""
    agreed = set(members.consented_objects(PUBLICATION))
    found = Disclosure.objects.filter(is_sample=is_sample).select_related("organization").order_by("pk")
    return [one for one in found if one.reference in agreed]


def givers_of(disclosure: Disclosure) -> list[tuple[Any, str]]:
    """Return who agreed to publication: a person, or an opaque key."""
    standing = members.standing_consents(PUBLICATION, disclosure.reference)
    return [(one.person, one.subject_key) for one in standing]


def unit_code(disclosure: Disclosure) -> str:
    """Return the permanent code under which a company stands in editions; it tells nothing by itself."""
    return disclosure.mark.hex[:12]


def hidden_units(edition: Edition) -> set[str]:
    """Return the companies of an edition whose consent no longer stands: their figures are not shown any more."""
    if edition.index.kind != CompositeIndex.Kind.RESPONSIBILITY:
        return set()
    shown = {unit_code(one) for one in publishable_disclosures(is_sample=edition.index.is_sample)}
    return {str(unit["code"]) for unit in (edition.results or {}).get("units", [])} - shown


# ---------------------------------------------------------------- single figures, for rooms that cite them
@dataclass(frozen=True)
class CitedFigure:
    """A published figure with what names it; `latest` is the same one in the newest edition, None where it lacks."""

    index: str
    titles: dict[str, str]
    edition: str
    unit: str
    node: str
    value: float
    latest: float | None


def published_figure(edition: str, unit: str, node: str = "", *, index: str = "") -> CitedFigure | None:
    """Return a figure of a published edition; without a node that of the index as a whole, None where there is none."""
    stored = Edition.objects.filter(name=edition, state=Edition.State.PUBLISHED).select_related("index").first()
    if stored is None or (index and stored.index.slug != index):
        return None
    found = _score(stored, unit, node)
    if found is None:
        return None
    newest = latest_edition(stored.index)
    later = found if newest is None or newest.pk == stored.pk else _score(newest, unit, node)
    return CitedFigure(
        index=stored.index.slug,
        titles=stored.index.titles,
        edition=stored.name,
        unit=found[1],
        node=found[2],
        value=found[0],
        latest=later[0] if later else None,
    )


def _score(edition: Edition, unit: str, node: str) -> tuple[float, str, str] | None:
    """Return a score with the names of its unit and its part."""
    results = edition.results or {}
    node = node or results.get("root", "")
    units = [one["code"] for one in results.get("units", [])]
    item = next((one for one in results.get("items", []) if one["code"] == node), None)
    if item is None or unit not in units or unit in hidden_units(edition):
        return None
    at = units.index(unit)
    scores = results["score"].get(node) or []
    if at >= len(scores) or scores[at] is None:
        return None
    return float(scores[at]), str(results["units"][at]["name"]), str(item["name"])
