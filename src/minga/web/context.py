"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from minga.web import rooms


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return site name, menu, and the same page in the other languages."""
    # an address may begin with two slashes, and a link that does leads to another host
    here = "/" + request.get_full_path().lstrip("/")
    current = get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": settings.SITE_NAME,
        "site_is_sample": settings.SAMPLE,
        "menu": rooms.menu(),
        "language": current,
        "language_name": dict(settings.LANGUAGES).get(current, current),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "other_languages": [
            {"code": code, "name": name, "url": _same_page(here, current, code)}
            for code, name in settings.LANGUAGES
            if code != current
        ],
    }


def _same_page(path: str, current: str, language: str) -> str:
    """Put another language where an address begins with one; an address without a language stays as it is."""
    begins = f"/{current}/"
    return f"/{language}/{path.removeprefix(begins)}" if path.startswith(begins) else path
