"""Codes of records in words, for templates: `{% load knowledge %}`."""

from __future__ import annotations

from django import template

from minga.knowledge import words
from minga.knowledge.engine.matching import Reason

register = template.Library()


@register.filter
def type_name(code: str) -> words.Words:
    """Name a type of record."""
    return words.TYPES.get(code, code)


@register.filter
def cost_name(code: str) -> words.Words:
    """Name a cost band."""
    return words.COST_BANDS.get(code, code)


@register.filter
def audience_name(code: str) -> words.Words:
    """Name an audience."""
    return words.AUDIENCES.get(code, code)


@register.filter
def confidence_words(code: str) -> words.Words:
    """Say what a confidence means."""
    return words.CONFIDENCES.get(code, code)


@register.filter
def reason_words(reason: Reason) -> str:
    """Put a reason of a match into words."""
    return words.reason(reason.code, reason.params)


register.filter("country_name", words.country)
register.filter("sector_name", words.sector)
register.filter("factor_name", words.factor)
register.filter("language_name", words.language)
