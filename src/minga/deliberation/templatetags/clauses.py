"""Clauses on a page, and what changed in them: `{% load clauses %}`."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from minga.deliberation.engine.differences import Piece
from minga.deliberation.engine.texts.compared import ComparedBlock, compared_blocks
from minga.deliberation.models import Draft

register = template.Library()


@register.filter
def leads(words: object, address: str) -> object:
    """Let words inside a sentence lead to an address, where there is one."""
    return format_html('<a href="{}">{}</a>', address, words) if address else words


@register.filter
def clause_links(codes: Iterable[str], draft: Draft) -> SafeString:
    """List clauses of a draft as the language does, each with the way to its page."""
    asked = draft.consultation.slug
    rows = [(reverse("deliberation:clause", args=[asked, draft.slug, code.removeprefix("C")]), code) for code in codes]
    return format_html_join(pgettext("between the items of a list", ", "), '<a href="{}">{}</a>', rows)


@register.filter
def laid_out(pieces: Iterable[Piece]) -> tuple[ComparedBlock, ...]:
    """Lay out what changed in a clause as paragraphs and lists, for `_drafting_blocks.html`."""
    return compared_blocks(pieces)
