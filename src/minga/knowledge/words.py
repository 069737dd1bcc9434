"""What the codes of records are called by people, for pages, forms and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from minga import members
from minga.web import vocabulary

Words = str | Promise

TYPES: dict[str, Words] = {
    "regulation": _("Law or rule"),
    "scheme": _("Support programme"),
    "centre": _("Centre"),
    "course": _("Course"),
    "case": _("Case"),
    "standard": _("Standard or guide"),
    "solution": _("Tool or method"),
    "finance": _("Finance"),
    "report": _("Report"),
    "event": _("Event"),
    "expert": _("Expert"),
}
AUDIENCES: dict[str, Words] = {
    "sme": _("Small and medium enterprises"),
    "start-up": _("Start-ups"),
    "worker": _("Workers"),
    "women-led": _("Enterprises led by women"),
    "youth": _("Young people"),
    "government": _("Public bodies"),
    "researcher": _("Researchers"),
}
COST_BANDS: dict[str, Words] = {
    "c0": _("Free"),
    "c1": _("Low cost"),
    "c2": _("Medium cost"),
    "c3": _("High cost"),
}
CONFIDENCES: dict[str, Words] = {
    "high": _("High: seen at the publisher or in the text itself"),
    "medium": _("Medium: seen in the press or another secondary source, or partly inferred"),
}
LANGUAGES: dict[str, Words] = {
    "am": _("Amharic"),
    "ar": _("Arabic"),
    "bn": _("Bengali"),
    "de": _("German"),
    "en": _("English"),
    "es": _("Spanish"),
    "et": _("Estonian"),
    "fi": _("Finnish"),
    "fr": _("French"),
    "id": _("Indonesian"),
    "ja": _("Japanese"),
    "kk": _("Kazakh"),
    "pt": _("Portuguese"),
    "ru": _("Russian"),
    "rw": _("Kinyarwanda"),
    "sv": _("Swedish"),
    "vi": _("Vietnamese"),
    "zh": _("Chinese"),
}


def country(code: str) -> str:
    """Name a country in the language of the page."""
    return members.country(code).name(get_language() or "en")


def sector(code: str) -> str:
    """Name a division of ISIC in the language of the page."""
    return members.sector(code).name(get_language() or "en")


def factor(code: str) -> Words:
    """Name a readiness factor; its code where no room has registered the factors."""
    return vocabulary.labels("factors").get(code, code)


def language(code: str) -> Words:
    """Name a language; its code where it has no name here."""
    return LANGUAGES.get(code, code)


def reason(code: str, params: Mapping[str, Any]) -> str:
    """Put one reason of a match into words, in the language of the page.

    The words stand by themselves, as items of a list do: "in Tunisia", "costs nothing".
    """
    if code == "factor":
        return gettext("helps %(factor)s from level %(level)s to %(target)s") % {
            "factor": str(factor(params["factor"])),
            "level": params["level"],
            "target": params["target"],
        }
    if code == "country":
        return gettext("in this country: %(country)s") % {"country": country(params["country"])}
    if code == "any_country":
        return gettext("open to every country")
    if code == "sector":
        return gettext("for your sector: %(sector)s") % {"sector": sector(params["sector"])}
    if code == "language":
        return gettext("language: %(language)s") % {"language": str(language(params["language"]))}
    return gettext("costs nothing")
