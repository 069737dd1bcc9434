"""Words of people inside sentences of the page: `{% load deliberation %}`."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from minga.deliberation import wording_answering
from minga.deliberation.engine.texts.document import direction

register = template.Library()


@register.filter
def spoken(words: object, language: str = "") -> SafeString:
    """Keep words apart from the sentence around them, with their language where it is known.

    A name in another script would otherwise turn the signs beside it round.
    """
    if not language:
        return format_html("<bdi>{}</bdi>", words)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', language, direction(language), words)


@register.filter
def cited(value: str, link: str) -> str:
    """Word the value of a piece of evidence in the language of the page."""
    return wording_answering.cited_value(value, link)
