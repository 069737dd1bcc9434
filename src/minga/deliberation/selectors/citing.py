"""What this site has published at a permanent path, so that who cites it takes the value from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve, translate_url
from django.utils import translation
from django.utils.translation import get_language

from minga import members as world
from minga.deliberation.engine.audit import changed_evidence
from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import Citation, Clause, Consultation, Disposition, Draft
from minga.indicators import selectors as indicators
from minga.knowledge import selectors as knowledge
from minga.readiness import selectors as readiness

#: In which language paths are kept and values written, so that a citation says the same to everyone.
KEPT_IN = "en"
#: What is kept as the value of a record that nobody has checked yet; else the day of the check.
UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Published:
    """What stands at a permanent path: its kind, its path without a host, its name, its value, and the newest one."""

    kind: str
    link: str
    label: str
    value: str
    current: str


def look_up(link: str, spoken: str = KEPT_IN) -> Published | None:
    """Return what this site has published at an address; None where that is another site, or holds no figure.

    `spoken` is the language of its name. An address as the browser shows it is ours on any port, with http or https.
    """
    if not is_ours(link):
        return None
    path = urlsplit(link.strip()).path
    language = path.split("/")[1] if path.startswith("/") else ""
    if language not in dict(settings.LANGUAGES):
        return None
    with translation.override(language):
        try:
            found = resolve(path)
        except Resolver404:
            return None
    reader = _READERS.get(found.view_name)
    if reader is None:
        return None
    with translation.override(KEPT_IN):
        read = reader(found.kwargs, spoken)
    if read is None:
        return None
    kind, label, value, current = read
    with translation.override(language):
        return Published(kind, translate_url(path, KEPT_IN), label, value, current)


def is_ours(link: str) -> bool:
    """Whether an address leads to this site, under whichever scheme or port; a path does too."""
    try:
        address = urlsplit(link.strip())
        host = (address.hostname or "").rstrip(".")  # the full stop that ends a whole host name changes nothing
    except ValueError:
        return False
    return host in _own_hosts() if address.netloc else not address.scheme and address.path.startswith("/")


def _own_hosts() -> set[str]:
    return {host.lower().strip("[]") for host in settings.ALLOWED_HOSTS if not host.startswith(("*", "."))}


Read = tuple[str, str, str, str] | None


def _figure(named: Mapping[str, Any], spoken: str) -> Read:
    found = indicators.published_figure(named["edition"], named["unit"], named.get("node", ""), index=named["index"])
    if found is None:
        return None
    title = found.titles.get(spoken) or found.titles.get(KEPT_IN) or next(iter(found.titles.values()), found.index)
    label = f"{title}, {found.edition}: {_unit_name(named['unit'], found.unit, spoken)}, {found.node}"
    return Citation.Kind.FIGURE, label, f"{found.value:.1f}", "" if found.latest is None else f"{found.latest:.1f}"


def _unit_name(code: str, name: str, spoken: str) -> str:
    """Name a country in words; other units as the edition does."""
    if name != code:
        return name
    country = next((one for one in world.countries() if code in (one.iso2, one.iso3)), None)
    return country.name(spoken) if country else name


def _record(named: Mapping[str, Any], spoken: str) -> Read:
    found = knowledge.cards([named["slug"]], KEPT_IN)
    if not found:
        return None
    value = found[0].checked_on.isoformat() if found[0].checked_on else UNCHECKED
    said = found if spoken == KEPT_IN else knowledge.cards([named["slug"]], spoken)
    return Citation.Kind.RECORD, said[0].title, value, value


def _panel(named: Mapping[str, Any], _spoken: str) -> Read:
    """Read the overall level of a panel whose result everyone may see."""
    panel = readiness.published_panels().filter(pk=named["pk"]).first()
    if panel is None:
        return None
    levels = readiness.public_result(panel).levels
    overall = next((one for one in levels if one.node == "total"), None)
    if overall is None or overall.level is None:
        return None
    value = f"{overall.level:.1f}"
    return Citation.Kind.READINESS, panel.name, value, value


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Read]] = {
    "indicators:figure": _figure,
    "indicators:unit": _figure,
    "knowledge:record": _record,
    "readiness:panel_result": _panel,
}


# ---------------------------------------------------------------- what stays, and what was taken out
def is_settled(of: Clause | Disposition) -> bool:
    """Whether an adopted draft rests on a clause or an answer, so that what it cites stays."""
    if isinstance(of, Clause):
        return Draft.objects.filter(pk=of.draft_id, state=Draft.State.ADOPTED).exists()
    adopted = Consultation.objects.filter(pk=of.consultation_id, state=Consultation.State.ADOPTED)
    return adopted.exists() or of.changes.filter(clause__draft__state=Draft.State.ADOPTED).exists()


def taken_out(clauses: Iterable[Any], answers: Iterable[Any]) -> list[Citation]:
    """Return what clauses and answers cited once and do not any more, the last one first.

    Both are given by their keys; with an answer comes what those before it cited.
    """
    of_these = Citation.objects.filter(Q(clause__in=list(clauses)) | Q(disposition__in=_with_earlier(answers)))
    # what went over to a later answer stands there, or was taken out there
    current = of_these.filter(ended_at=None, disposition__superseded_by=None)
    standing = set(current.values_list("link", "value"))
    ended = of_these.exclude(ended_at=None).order_by("ended_at", "pk")
    last = {(one.link, one.value): one for one in ended if (one.link, one.value) not in standing}
    return list(last.values())[::-1]


def _with_earlier(answers: Iterable[Any]) -> set[Any]:
    found = set(answers)
    later = set(found)
    while later:
        before = Disposition.objects.filter(pk__in=later, supersedes__isnull=False)
        later = set(before.values_list("supersedes", flat=True)) - found
        found |= later
    return found


# ---------------------------------------------------------------- as it is shown
def shown_link(link: str) -> str:
    """Return a kept link as the page shows it: a path of this site in the language of the page."""
    spoken = get_language() or KEPT_IN
    if not link.startswith("/"):
        return link
    with translation.override(KEPT_IN):
        return str(translate_url(link, spoken))


def current_values(links: Iterable[str]) -> dict[str, str]:
    """Return what is published today by link, for those that can be looked up."""
    found = {link: look_up(link) for link in dict.fromkeys(links) if link.startswith("/")}
    return {link: one.current for link, one in found.items() if one is not None and one.current}


def changed_values(trace: Trace) -> dict[str, str]:
    """Return the value of today by link, for citations of a trace whose figure is another one now."""
    table = changed_evidence(trace, current_values(trace.evidence["link"].to_list()))
    return dict(table.select("link", "current").rows())
