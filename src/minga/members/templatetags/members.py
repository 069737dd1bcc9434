"""Countries, sectors and languages in the words of the page: `{% load members %}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from minga.members import selectors
from minga.members.engine import vocabulary
from minga.trust.chain import Break

register = template.Library()

_FINDINGS = {
    "changed": _("It was changed: what it says does not give its hash, or the next act knows another hash for it."),
    "dropped": _("It is missing from the trail."),
    "added": _("It was added: one act too many claims this number, or it stands after the recorded end."),
    "reordered": _("It stands under another number than when it was written."),
    "truncated": _("The end of the trail was cut off here."),
    "rewritten": _("Somewhere here the trail was written anew: its hash is not the one recorded outside."),
}
_MARK = re.compile(r":([0-9a-f]{8})[0-9a-f]{24}\b")


def _lang() -> str:
    return get_language() or "en"


@register.simple_tag
def country_name(iso2: str) -> str:
    """Name a country in the page's language."""
    return vocabulary.country(iso2).name(_lang()) if iso2 else ""


@register.simple_tag
def sector_name(code: str) -> str:
    """Name a sector in the page's language."""
    return vocabulary.sector(code).name(_lang()) if code else ""


@register.simple_tag
def language_names(codes: Iterable[str]) -> str:
    """Name languages by their own names."""
    named = [LANG_INFO.get({"zh": "zh-hans"}.get(code, code), {}).get("name_local", code) for code in codes]
    return " · ".join(name[:1].upper() + name[1:] for name in named)


@register.filter
def short_marks(text: str) -> str:
    """Shorten the random marks in a reference to their first eight signs, as much as the eye compares."""
    return _MARK.sub(r" \1…", text)


@register.filter
def finding(found: Break) -> str:
    """Say what a check of the trail found, in the words of the page."""
    return str(_FINDINGS[found.kind])


@register.simple_tag
def provider_name() -> str:
    """Name the sign-in provider of the site; empty where there is none."""
    return str(next((app["name"] for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]), ""))


@register.simple_tag(takes_context=True)
def second_factor_due(context: dict[str, Any]) -> bool:
    """Whether the reader must set up a second step of sign-in first."""
    return selectors.second_factor_due(context["request"].user)


@register.simple_tag(takes_context=True)
def second_factor_needed(context: dict[str, Any]) -> bool:
    """Whether the reader may not be without a second step of sign-in."""
    return selectors.needs_second_factor(context["request"].user)


@register.filter
def as_json(value: Any) -> str:
    """Write a value as JSON, for an attribute that a script reads."""
    return json.dumps(value)


@register.filter
def in_fours(text: str) -> str:
    """Part a long code into groups of four, so that the eye keeps its place."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
