"""Rich text (.rtf): its words, paragraphs, comments and notes; pictures, styles and programs inside are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from minga.text.extraction.documents import Document, ExtractionError, Limits, joined_struck, note, struck
from minga.text.extraction.marks import paragraphs
from minga.text.extraction.word import too_long

MEDIA_TYPE = "application/rtf"
#: A word of control with its number, a byte of an old code page, a sign that means itself, a brace, or words.
_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I)
#: Groups without words of the sender.
_NAMES = (
    "fonttbl colortbl stylesheet listtable listoverridetable info pict object objdata header headerl headerr headerf "
    "footer footerl footerr footerf atnid atnauthor atntime atnicn atnparent atrfstart atrfend fldinst themedata "
    "colorschememapping generator xmlnstbl rsidtbl latentstyles datastore bkmkstart bkmkend revtbl pgdsctbl filetbl "
    "template"
)
_SILENT = frozenset(_NAMES.split())
_SIGNS = {
    "par": "\n\n", "sect": "\n\n", "page": "\n\n", "row": "\n", "line": "\n", "tab": "\t", "cell": " | ",
    "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "emspace": " ", "enspace": " ",
}  # fmt: skip
#: Code pages of Windows by the number that a font or the file names.
_CHARSETS = {0: "cp1252", 161: "cp1253", 162: "cp1254", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
             238: "cp1250", 134: "gb18030", 136: "big5", 128: "cp932", 129: "cp949"}  # fmt: skip
_FONT = re.compile(r"\\f(\d{1,5})\b[^{};]*?\\fcharset(\d{1,3})")
_DEEPEST = 200
#: What begins a comment and a footnote, and the blanks that programs write after it.
_NOTES = {"annotation": f" [{note('')}", "footnote": " ["}
_NOTE_BEGINS = re.compile(r"( \[(?:→ )?)[ \t]+")
_STRIKES = frozenset({"strike", "striked", "deleted"})


def read_rtf(data: bytes, name: str, limits: Limits) -> Document:
    """Read rich text.

    Raises
    ------
    ExtractionError
        It is too long, nested without end, or holds no words.
    """
    written = "".join(_words(data.decode("latin-1"), name))
    # signs beyond the first 65,536 come in halves
    text = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if len(text) > limits.characters:
        raise too_long(name, limits)
    parts = tuple(paragraphs(_NOTE_BEGINS.sub(r"\1", joined_struck(re.sub(r"[ \t]+\n", "\n", text)))))
    if not parts:
        raise ExtractionError("no_words", "The file holds no words. Look into it, or leave it out.", file=name)
    return Document("word", MEDIA_TYPE, parts)


@dataclass
class _State:
    """What holds inside a group, until it closes."""

    charset: str = "cp1252"
    is_hidden: bool = False
    #: a line is drawn through the words, or they were deleted while changes were tracked
    is_struck: bool = False
    #: a comment or a footnote, which stands in brackets where the text refers to it
    is_note: bool = False
    #: how many signs stand in for a character beyond the old code pages
    skips: int = 1


def _words(source: str, name: str) -> Iterator[str]:
    fonts = {int(number): _CHARSETS.get(int(charset), "cp1252") for number, charset in _FONT.findall(source[:200_000])}
    state, outer = _State(), list[_State]()
    left = 0  # signs still to be passed over after a character
    old = bytearray()
    starred = False
    at, end = 0, len(source)
    while at < end:
        found = _TOKEN.match(source, at)
        if found is None:
            at += 1
            continue
        at = found.end()
        word, number, byte, sign, brace, plain = found.groups()
        if byte is None and old:
            yield _said(old.decode(state.charset, "replace"), state)
            old.clear()
        if brace == "{":
            if len(outer) >= _DEEPEST:
                raise ExtractionError(
                    "damaged", "The file is damaged or incomplete. Open it in its program and save it again.", file=name
                )
            outer.append(state)
            state, left = replace(state), 0
        elif brace == "}":
            was_note = state.is_note
            state, left = outer.pop() if outer else _State(), 0
            if was_note and not state.is_note:
                yield "]"
        elif sign == "*":
            starred = True
            continue
        elif word == "bin":
            at += max(0, int(number or 0))
        elif word:
            yield from _control(word.lower(), number, state, fonts, starred=starred)
            left = state.skips if word == "u" and number else left
        elif state.is_hidden:
            pass
        elif left and (byte or plain or sign):
            taken = min(left, len(plain)) if plain else 1
            left -= taken
            if plain:
                yield _said(plain[taken:], state)
        elif byte:
            old.append(int(byte, 16))
        elif sign:
            yield {"~": "\u00a0", "_": "\u2011", "-": "", "\n": "\n\n", "\r": "\n\n"}.get(sign, sign)
        elif plain:
            yield _said(plain, state)
        starred = False
    if old:
        yield _said(old.decode(state.charset, "replace"), state)


def _said(words: str, state: _State) -> str:
    return struck(words) if state.is_struck else words


def _control(word: str, number: str | None, state: _State, fonts: dict[int, str], *, starred: bool) -> Iterator[str]:
    """Follow a word of control: what it writes, hides or sets."""
    value = int(number) if number else 0
    if word in _NOTES and not state.is_hidden and not state.is_note:
        state.is_note, state.is_struck = True, False
        yield _NOTES[word]
    elif word in _SILENT or starred:
        state.is_hidden = True
    elif word == "v":
        state.is_hidden = state.is_hidden or number != "0"
    elif word == "f":
        state.charset = fonts.get(value, state.charset)
    elif word == "ansicpg" and f"cp{value}" in {*_CHARSETS.values()}:
        state.charset = f"cp{value}"
    elif word in _STRIKES or word == "plain":
        state.is_struck = word != "plain" and number != "0"
    elif word == "uc":
        state.skips = min(max(value, 0), 8)
    elif state.is_hidden:
        return
    elif word == "u" and number:
        point = value + 65536 if value < 0 else value
        if point <= 0x10FFFF:
            yield _said(chr(point), state)
    elif word in _SIGNS:
        yield " " if state.is_note and "\n" in _SIGNS[word] else _SIGNS[word]
