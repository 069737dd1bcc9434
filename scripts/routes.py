"""Every page of the site, read from its URL resolver: the reference lists them, and a test visits each as everybody."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern


@dataclass(frozen=True)
class Route:
    """One address pattern: `/{language}/readiness/a/<code>/`, its name, and the view behind it."""

    address: str
    name: str
    view: Callable[..., Any]

    @property
    def summary(self) -> str:
        """Return the first sentence of the view's docstring; a library's class that has none falls back to its name."""
        view = getattr(self.view, "view_class", self.view)
        words = (inspect.getdoc(view) or "").split("\n\n")[0]
        return " ".join(words.split())


def page_routes() -> list[Route]:
    """Return every route outside the API, in the order in which the site tries them."""
    found = _walk(get_resolver(), "/", "")
    return [route for route in found if not route.name.startswith("api:")]


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        address = prefix + _readable(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(address, f"{namespace}{entry.name or ''}", entry.callback)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, address, inner)


def _readable(pattern: Any) -> str:
    """Write a pattern the way people read addresses: parameters as <name>, the language as {language}."""
    if isinstance(pattern, LocalePrefixPattern):
        return "{language}/"
    text = str(pattern)
    if isinstance(pattern, RegexPattern):
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text).strip("^$").replace("\\", "").replace("Z", "")
    return re.sub(r"<\w+:(\w+)>", r"<\1>", text)


def api_routes(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, address, operation) of every API route in an OpenAPI schema."""
    return [
        (method.upper(), address, operation)
        for address, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]
