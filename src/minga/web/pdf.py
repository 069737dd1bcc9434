"""Pages as PDF: the page's own HTML on paper, by WeasyPrint (the extra `pdf`); nothing is fetched from elsewhere."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from minga.web import errors

_TAG = re.compile(r"<(/?)svg\b[^>]*>")
_WORDS = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)

#: Hundreds of sheets take ten seconds, and a server process answers few requests at once: so one is drawn at a time,
#: one may wait for it, and the last ones that everyone may read are kept.
_PLACES, _DRAWING = threading.BoundedSemaphore(2), threading.Lock()
_KEPT = 4

#: What paper needs beside the print rules of the site's own style sheet.
_PAPER = """
html { font-size: 9pt } h1 { font-size: 20pt } h2 { font-size: 14pt } h3 { font-size: 12pt }
figure, .card { break-inside: auto } .on-paper { break-inside: avoid; position: relative; margin-block: .5rem }
.on-paper svg.chart { display: block; width: 100%; height: 100%; overflow: visible }
.on-paper span { position: absolute; white-space: nowrap; font-size: 9pt; line-height: 1.2 }
.step h3 { display: block } .step h3::before { display: inline-block; text-align: center; line-height: 1.7em;
  margin-inline-end: .6em }
.masthead svg { inline-size: 1.2em }
input[type=hidden] { display: none }
@page { @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt } }
"""

#: Paper is light: of each pair of colours the first is meant.
_LIGHT_DARK = re.compile(r"light-dark\(\s*([^,()]+(?:\([^()]*\))?)\s*,[^()]*(?:\([^()]*\)[^()]*)*\)")


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Whether this site can make PDF: WeasyPrint is installed, and so are the system's libraries that it draws with."""
    if find_spec("weasyprint") is None:
        return False
    try:
        import weasyprint  # noqa: F401
    except OSError:  # Pango is missing
        return False
    return True


def on_paper(css: str) -> str:
    """Return a style sheet with the light colour of every pair, since printers know no dark mode."""
    return _LIGHT_DARK.sub(r"\1", css)


def pdf_response(request: HttpRequest, template: str, words: dict[str, Any], name: str) -> HttpResponse:
    """Render a template as it would be printed, and answer with the PDF; without WeasyPrint, say how to print."""
    return answer(request, lambda: render_to_string(template, words | {"is_pdf": True}, request=request), name)


def answer(request: HttpRequest, html: Callable[[], str], name: str, *, is_public: bool = False) -> HttpResponse:
    """Answer with a page as a PDF of this name, or say why there is none: the site makes none, or is making others."""
    if not is_available():
        words = _("This site makes no PDF. Open the page and print it from your browser: it can save a PDF too.")
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=501)
    if not _PLACES.acquire(blocking=False):
        return errors.busy(request)
    try:
        with _DRAWING:
            drawn = (_public if is_public else render)(html(), request.build_absolute_uri())
    finally:
        _PLACES.release()
    named = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(drawn, content_type="application/pdf", headers=named)


@lru_cache(maxsize=_KEPT)
def _public(html: str, address: str) -> bytes:
    return render(html, address)


def render(html: str, address: str) -> bytes:
    """Return the PDF of a page; `address` is where its links lead from."""
    from weasyprint import HTML

    # the style sheet names properties that paper does not know; each would be a line in the log
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    is_rtl = re.search(r"<html[^>]*\bdir=.rtl", html) is not None
    drawn = "".join(
        _drawing_on_paper(part, is_rtl=is_rtl) if part.startswith("<svg") else part for part in _parts(html)
    )
    styled = drawn.replace("</head>", f"<style>{_PAPER}</style></head>", 1)
    document = HTML(string=styled, base_url=address, url_fetcher=_fetcher(), media_type="print")
    return bytes(document.write_pdf(pdf_tags=True))


def _parts(html: str) -> Iterator[str]:
    """Cut a page into its drawings, each whole with those inside it, and what stands between them."""
    depth = begin = 0
    for tag in _TAG.finditer(html):
        if not depth:
            yield html[begin : tag.start()]
            begin = tag.start()
        depth += -1 if tag[1] else 1
        if not depth:
            yield html[begin : tag.end()]
            begin = tag.end()
    yield html[begin:]


def _drawing_on_paper(svg: str, *, is_rtl: bool) -> str:
    """Give a drawing the colours that it takes from the page, and lay its words over it as words of the page.

    WeasyPrint sets the text of a drawing letter by letter, which tears Arabic words apart.
    """
    coloured = re.sub(r"var\((--[\w-]+)\)", lambda found: _colours().get(found[1], "#000"), svg)
    if "viewBox" in svg.partition(">")[0]:
        return coloured
    inset = re.search(r'<svg x="([\d.]+)%" width="([\d.]+)%"', coloured)
    begin, scale = (float(inset[1]), float(inset[2]) / 100) if inset else (0.0, 1.0)
    words = "".join(
        _word_on_paper(found, lambda x: f"{begin + scale * x:g}%", is_rtl=is_rtl) for found in _WORDS.finditer(coloured)
    )
    height = re.search(r'height="(\d+)', svg)
    style = f' style="height: {height[1]}px"' if height else ""
    return f'<div class="on-paper"{style}>{_WORDS.sub("", coloured)}{words}</div>'


def _word_on_paper(found: re.Match[str], across: Callable[[float], str], *, is_rtl: bool) -> str:
    """Return a word of a drawing as a word of the page; `across` says where a share of the drawing's width lies."""
    given = dict(re.findall(r'([\w-]+)="([^"]*)"', found[1]))
    x, top = across(float(given.get("x", "0").rstrip("%"))), float(given.get("y", "0")) - 13
    anchor = given.get("text-anchor", "start")
    if anchor == "middle":
        place = f"left: {x}; width: 10em; margin-left: -5em; text-align: center"
    elif (anchor == "start") == is_rtl:
        place = f"right: calc(100% - {x})"
    else:
        place = f"left: {x}"
    return f'<span style="top: {top}px; {place}">{re.sub("</?tspan[^>]*>", "", found[2])}</span>'


@lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    """Return the light colours of the style sheet by name: the first of each, before other media change them."""
    css = on_paper(_static("web/minga.css")[0].decode())
    return {name: value.strip() for name, value in reversed(re.findall(r"(--[\w-]+):\s*([^;{}]+);", css))}


def _fetcher() -> Any:
    """Return what brings style sheets and pictures: static files of this site, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = unquote(urlsplit(url).path)
            if not path.startswith(settings.STATIC_URL):
                raise ValueError(f"A PDF takes files from {settings.STATIC_URL} only, not from elsewhere.")
            content, kind = _static(path.removeprefix(settings.STATIC_URL))
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    return StaticOnly()


def _static(name: str) -> tuple[bytes, str]:
    found = finders.find(name)
    path = Path(found) if isinstance(found, str) else _collected(name)
    if path.suffix == ".css":
        return on_paper(path.read_text(encoding="utf-8")).encode(), "text/css"
    kinds = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
    return path.read_bytes(), kinds.get(path.suffix, "application/octet-stream")


def _collected(name: str) -> Path:
    """Return a file under its collected name, with the hash in it, and never one from outside the folder."""
    root = Path(settings.STATIC_ROOT).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise ValueError(f"There is no static file {name!r}.")
    return path
