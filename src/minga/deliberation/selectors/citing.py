"""What this site has published at a permanent path, so that who cites it takes the value from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, translate_url
from django.utils import translation
from django.utils.translation import get_language

from minga import members as world
from minga.deliberation.engine.audit import changed_evidence
from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import Citation
from minga.indicators import selectors as indicators
from minga.knowledge import selectors as knowledge
from minga.readiness import selectors as readiness

#: In which language paths are kept and values written, so that a citation says the same to everyone.
KEPT_IN = "en"


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
    try:
        address = urlsplit(link.strip())
    except ValueError:
        return None
    path = address.path
    language = path.split("/")[1] if path.startswith("/") else ""
    if language not in dict(settings.LANGUAGES) or (address.hostname or "") not in _own_hosts():
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


def _own_hosts() -> set[str]:
    """Return the hosts whose addresses are ours; a path without a host is too."""
    return {"", *(host.lower().strip("[]") for host in settings.ALLOWED_HOSTS if not host.startswith(("*", ".")))}


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
    value = f"checked on {found[0].checked_on.isoformat()}" if found[0].checked_on else found[0].title
    said = found if spoken == KEPT_IN else knowledge.cards([named["slug"]], spoken)
    return Citation.Kind.RECORD, said[0].title, value[:200], value[:200]


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
