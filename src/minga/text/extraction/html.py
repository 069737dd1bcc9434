"""The words of a web page or of a message in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title", "template", "noscript"}
_BREAKS = {"p", "div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "tr", "hr", "pre"}
_SPACE = re.compile(r"[ \t\r\f\v\u00a0]*\n[ \t\r\f\v\u00a0]*")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0
        self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag == "blockquote":
            self.quoted += 1
            self.pieces.append("\n\n")
        elif tag == "br":
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in {"td", "th"}:
            self.pieces.append(" ")
        elif tag in _BREAKS:
            self.pieces.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
            self.pieces.append("\n\n")
        elif tag in _BREAKS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        words = re.sub(r"\s+", " ", data)
        # a quote in HTML becomes a quote as plain mail marks it
        self.pieces.append(f"\n> {words.strip()}\n" if self.quoted and words.strip() else words)


def html_to_text(text: str) -> str:
    """Return the words of HTML, paragraph by paragraph; scripts and styles are left out, quotes marked by ``>``.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    reader = _Words()
    reader.feed(text)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", _SPACE.sub("\n", "".join(reader.pieces))).strip()
