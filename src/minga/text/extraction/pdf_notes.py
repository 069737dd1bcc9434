"""What people put onto the pages of a PDF file: answers in the fields of a form, words typed onto it, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from minga.text.extraction.documents import Part, note

#: More fields and notes than this stand on no page that a person filled in.
_MOST = 1_000
#: No question of a form is longer, and no text that is read is.
_LONGEST_QUESTION, _LONGEST = 500, 1_000_001
#: Fields lie in fields, each with a part of the name and what holds for all in it.
_DEEPEST = 20
_COUNTED = re.compile(r"\[\d+\]$")
_ASKS = ("?", "？", "؟", ":", "：", ".")
#: Bits of a button: one of several of which one is chosen, and one that only does something.
_RADIO, _PUSH = 1 << 15, 1 << 16
_OFF = {"", "Off"}
_CHOSEN = "☒"


def beside_page(page: Any, place: str, seen: set[Any]) -> Iterator[Part]:
    """Yield the answers, typed words and notes of a page in the order in which it holds them.

    Parameters
    ----------
    page : of pypdf
    place : of the page
    seen : fields that were read before; one field may stand at several places

    Returns
    -------
    parts
        An answer with its question, words that were typed onto the page as they are, and notes marked as such.
    """
    for reference in islice(_list(page.get("/Annots")), _MOST):
        one = _plain(reference)
        kind = one.get("/Subtype") if hasattr(one, "get") else None
        if kind == "/Widget":
            yield from _answer(reference, one, place, seen)
        elif kind not in {None, "/Popup", "/Link"} and (words := _tidy(one.get("/Contents"))):
            is_typed = kind == "/FreeText"
            yield Part(words if is_typed else note(words), "paragraph" if is_typed else "note", place)


def crosses_out(page: Any) -> bool:
    """Whether a line was drawn through words of a page without a note that says so."""
    found = (_plain(one) for one in islice(_list(page.get("/Annots")), _MOST))
    return any(
        hasattr(one, "get") and one.get("/Subtype") == "/StrikeOut" and not _tidy(one.get("/Contents")) for one in found
    )


def _answer(reference: Any, one: Any, place: str, seen: set[Any]) -> Iterator[Part]:
    field = one if "/T" in one else _plain(one.get("/Parent", one))
    known = getattr(reference if field is one else one.raw_get("/Parent"), "idnum", None)
    if known is not None and known in seen:
        return
    seen.add(known)
    chain = list(_chain(field))
    if answer := _value(chain):
        yield Part(_answered(_question(chain), answer), "paragraph", place)


def _chain(field: Any) -> Iterator[Any]:
    """Yield a field and those in which it lies, from within."""
    for _step in range(_DEEPEST):
        if not hasattr(field, "get"):
            return
        yield field
        field = _plain(field.get("/Parent"))


def _question(chain: list[Any]) -> str:
    """Return what a field is called for those who fill it in, or else its name."""
    for name in ("/TU", "/T"):
        for one in chain:
            if words := _COUNTED.sub("", " ".join(_tidy(one.get(name), _LONGEST_QUESTION).split())):
                return words
    return ""


def _value(chain: list[Any]) -> str:
    kind = _held(chain, "/FT")
    value = _held(chain, "/V")
    if kind == "/Btn":
        return _pressed(chain, str(value or _held(chain, "/AS") or "").removeprefix("/"))
    if kind == "/Ch":
        shown = dict(_offered(chain))
        return ", ".join(shown.get(one, one) for one in map(_tidy, _list(value) or [value]) if one)
    return _tidy(value) if kind == "/Tx" else ""


def _pressed(chain: list[Any], value: str) -> str:
    flags = _held(chain, "/Ff") or 0
    if value in _OFF or flags & _PUSH:
        return ""
    shown = [name for _value, name in _offered(chain)]
    if value.isdecimal() and int(value[:6]) < len(shown):
        return shown[int(value[:6])]
    return value if flags & _RADIO else _CHOSEN


def _offered(chain: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield the values that can be chosen, with the words that stand for them."""
    for one in islice(_list(_held(chain, "/Opt")), _MOST):
        pair = [_tidy(each) for each in _list(_plain(one)) or [one]]
        yield pair[0], pair[-1]


def _held(chain: list[Any], name: str) -> Any:
    return next((_plain(one[name]) for one in chain if name in one), None)


def _answered(question: str, answer: str) -> str:
    if not question:
        return answer
    return f"{question} {answer}" if question.endswith(_ASKS) else f"{question}: {answer}"


def _tidy(value: Any, most: int = _LONGEST) -> str:
    """Return a value as words; a long one lies in a stream."""
    value = _plain(value)
    if hasattr(value, "get_data"):
        value = value.get_data().decode("utf-8", "replace")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = value[:most] if isinstance(value, str) else ""
    return re.sub(r"\n\s*\n+", "\n", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _list(value: Any) -> list[Any]:
    value = _plain(value)
    return value if isinstance(value, list) else []


def _plain(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value
