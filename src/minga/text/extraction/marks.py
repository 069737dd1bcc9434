"""Headings, items of lists, quoted replies and signatures, told by how their lines begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minga.text.extraction.documents import QUOTE, SIGNATURE, Part
from minga.text.extraction.earlier import earlier_mail
from minga.text.extraction.letters import begins_signature

_HEADING = re.compile(r"#{1,6}[ \t]+\S")
#: Dashes and stars need a blank behind them; the other bullets, some of them drawn by Word's own fonts, do not.
_BULLET = r"[-*+·–—][ \t]+|o\t[ \t]*|[•‣◦▪●○■□◆◇►▶➢➤✓✔❖\uf0b7\uf0a7\uf0d8\uf076\uf0fc][ \t]*"
_NUMBER = (
    r"[(（\[]?(?:\d{1,3}|[a-zA-Zа-яА-Яأ-ي]|[ivxIVX]{1,5})[.)）\]][ \t]+|\d{1,3}[、．]|[一二三四五六七八九十]{1,3}、"
    # 1- Train us, 1/ Train us, 1° Train us, 1.Train us, and not 1-9 or a 3-year plan
    r"|\d{1,2}[ \t]?(?:°\)?|[/–—)-])[ \t]+(?=[^\W\d_])|\d{1,2}(?:°\)?|[./)-])(?=[A-ZÀ-ÞА-Я\u0621-\u064a])"
)
_NAMED = (
    r"(?i:(?:article|propositions?|recomm[ae]ndations?|proposal|demande|demand|request|mesure|measure|propuesta|"
    r"recomendación|medida|предложение|рекомендация|требование|مقترح|المقترح|اقتراح|توصية|التوصية|مطلب|المطلب|建议|第)"
    r"[ \t]*(?:n[°ºo.]?[ \t]*)?\d{1,3}[ \t]*(?:[:：.)–—-]|条[:：]?)[ \t]*)"
)
_COUNTED = (
    r"(?:premièrement|deuxièmement|troisièmement|quatrièmement|cinquièmement|firstly|secondly|thirdly|во-первых|"
    r"во-вторых|в-третьих|أولا|أولاً|اولا|ثانيا|ثانياً|ثالثا|ثالثاً|رابعا|رابعاً|خامسا|خامساً|首先|其次)"
    r"[ \t]*[,،，:：.)–—-][ \t]*"
)
_ITEM = re.compile(rf"\s{{0,8}}(?:{_BULLET}|{_NUMBER}|{_NAMED}|(?i:{_COUNTED}))(?=\S)")
_QUOTED = re.compile(r"\s?>")
#: The line with which a mail program begins what it quotes.
_INTRODUCES = re.compile(
    r"(?:on\b.{6,200}\bwrote:|le\b.{6,200}\ba écrit\s?:|el\b.{6,200}\bescribió:|.{6,200}\b(?:пишет|написал\(?а?\)?):"
    r"|.{0,20}في.{6,200}كتب.{0,80}:|.{6,200}写道[:：])\s*$",
    re.IGNORECASE,
)
#: No mail program writes a longer line to begin a quote.
_LONG = 400


def is_item(line: str) -> bool:
    """Whether a line begins an item of a list."""
    return _ITEM.match(line) is not None


def without_mark(text: str) -> int:
    """Return where the words of an item begin, after its dash or number; 0 for what is no item."""
    found = _ITEM.match(text)
    return found.end() if found else 0


def is_quoted(line: str) -> bool:
    """Whether a line is quoted, or begins what is quoted."""
    return _QUOTED.match(line) is not None or (len(line) < _LONG and _INTRODUCES.match(line.strip()) is not None)


def paragraphs(text: str, *, is_mail: bool = False) -> Iterator[Part]:
    """Cut a text into paragraphs, headings and items of lists; of mail also mark quotes and signatures.

    Parameters
    ----------
    text : str
    is_mail : bool
        Whether ``>`` and ``--`` have the meaning that they have in mail.

    Returns
    -------
    parts in order
        With "paragraph 1", "paragraph 2" ... as places.
    """
    number = 0
    for kind, lines in _blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), is_mail=is_mail):
        words = "\n".join(lines).strip("\n")
        if words.strip():
            number += 1
            yield Part(words.strip() if kind != "item" else words.rstrip(), kind, f"paragraph {number}")


def _blocks(lines: list[str], *, is_mail: bool) -> Iterator[tuple[str, list[str]]]:
    kind, block = "paragraph", list[str]()
    is_over = is_signed = False
    each_line = _is_a_paragraph_a_line(lines)
    head, quoted, _sender = earlier_mail(lines) if is_mail else (0, len(lines), "")
    for number, line in enumerate(lines):
        is_earlier = number < head or number >= quoted
        is_signed = is_signed and not is_earlier and number != head
        if is_mail and not is_signed and not is_earlier and begins_signature(line):
            yield kind, block
            kind, block, is_signed = SIGNATURE, [], True
        if is_signed:
            block.append(line)
            continue
        of_line = QUOTE if is_earlier else _kind(line, is_mail=is_mail)
        is_new = of_line in {"heading", "item"} or (of_line == QUOTE) != (kind == QUOTE)
        if not line.strip():
            is_over = True
            continue
        if block and (is_over or is_new or kind == "heading" or each_line):
            yield kind, block
            block = []
        if not block:
            kind = of_line
        block.append(line)
        is_over = False
    yield kind, block


def _kind(line: str, *, is_mail: bool) -> str:
    if is_mail and is_quoted(line):
        return QUOTE
    if _HEADING.match(line):
        return "heading"
    return "item" if is_item(line) else "paragraph"


def _is_a_paragraph_a_line(lines: list[str]) -> bool:
    """Whether each line stands for itself: none is empty, and they are longer than anybody would break them."""
    filled = [line for line in lines if line.strip()]
    return len(filled) > 1 and len(filled) == len(lines) and sum(map(len, filled)) / len(filled) > 120
