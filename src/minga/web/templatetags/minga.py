"""The components that every room's templates share: `{% load minga %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from minga.text.blocks import html_of
from minga.web import charts, numbers, panels, rooms

register = template.Library()
register.filter("local_number", numbers.local_number)


@register.filter
def paragraphs(text: str) -> SafeString:
    """Show what somebody wrote as paragraphs and lists: a line that begins with "- " or "1. " is a point."""
    return mark_safe(html_of(text))  # noqa: S308 - html_of escapes the words


@register.simple_tag(takes_context=True, name="panels")
def panels_tag(context: dict[str, Any], place: str, subject: Any) -> SafeString:
    """Show what higher rooms have to say about the subject of a page."""
    filled = panels.filled(place, context["request"], subject)
    return mark_safe("".join(filled))  # noqa: S308 - panels return template output, escaped there


@register.simple_tag
def sample_tag(is_sample: bool) -> str:
    """Mark sample content wherever it is shown."""
    return format_html('<span class="tag warn">{}</span>', _("sample")) if is_sample else ""


@register.simple_tag
def fallback_tag(language: str) -> str:
    """Say in which language a text is shown when it is not the page's."""
    if language == get_language():
        return ""
    try:
        name = get_language_info(language)["name_translated"]
    except KeyError:
        name = language
    return format_html('<span class="tag">{}</span>', _("in %(language)s") % {"language": name})


@register.filter
def direction(language: str) -> str:
    """Return rtl or ltr for a language code."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


@register.filter
def ltr(number: object) -> str:
    """Keep the sign of a number in front of it, also where the page reads from right to left."""
    text = str(number)
    return format_html('<bdi dir="ltr">{}</bdi>', text) if text[:1] in set("+-−") else conditional_escape(text)


@register.simple_tag
def profile_chart(rows: list[Any], label: str) -> SafeString:
    """Draw levels with intervals and peers; rows as in `charts.profile`."""
    return charts.profile(rows, label)


@register.simple_tag
def processing_register() -> list[dict[str, Any]]:
    """Return each room's part of the register of processing."""
    return [{"room": card.verbose_name, "lines": card.processing} for card in rooms.rooms() if card.processing]
