"""What people write beside a Word text: comments with the words they stand at, footnotes and endnotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minga.text.extraction.documents import note

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: The first words at which a comment stands tell what it is about; no more comments than this stand over the same.
MOST_QUOTED, _MOST_OPEN = 200, 100
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}


class Notes:
    """The comments and notes of a Word file, by the number with which its text refers to them."""

    def __init__(self, opened: Any) -> None:
        parts = dict(_parts(opened))
        self.comments = dict(_said(parts.get("comments"), "comment"))
        self.beneath = {
            (kind, number): words for part, kind in _NOTES.items() for number, words in _said(parts.get(part), kind)
        }
        self.quoted = _quoted(opened.element.body) if self.comments else {}

    def at(self, element: Any) -> Iterator[str]:
        """Yield the comments that stand at a paragraph or table, each one once."""
        if self.comments:
            for reference in element.iter(f"{W}commentReference"):
                yield from self._comment(reference.get(f"{W}id", ""))

    def rest(self) -> Iterator[str]:
        """Yield the comments that stand nowhere in the text."""
        for number in list(self.comments):
            yield from self._comment(number)

    def _comment(self, number: str) -> Iterator[str]:
        if words := self.comments.pop(number, ""):
            yield note(words, self.quoted.get(number, ""))

    def inline(self, reference: Any) -> str:
        """Return the words of a footnote or endnote as they are read in the line that refers to it."""
        kind = reference.tag.removeprefix(W).removesuffix("Reference")
        words = self.beneath.pop((kind, reference.get(f"{W}id", "")), "")  # once, so that none fills the text
        return f" [{words}]" if words else ""


def _parts(opened: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parts beside the text by what they are; they may name no file or address to read from."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for relation in opened.part.rels.values():
        called = relation.reltype.rpartition("/")[2]
        if called in {"comments", *_NOTES} and not relation.is_external:
            yield called, etree.fromstring(relation.target_part.blob, parser)


def _said(part: Any, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the number and words of each note; those that only draw a line above the notes hold none."""
    for one in () if part is None else part.iter(f"{W}{kind}"):
        paragraphs = ("".join(text.text or "" for text in each.iter(f"{W}t")) for each in one.iter(f"{W}p"))
        if words := " ".join(" ".join(paragraphs).split()):
            yield one.get(f"{W}id", ""), words


def _quoted(body: Any) -> dict[str, str]:
    """Return the words at which each comment stands, no more of them than tell which ones are meant."""
    found: dict[str, str] = {}
    running: set[str] = set()
    for element in body.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}t", f"{W}delText", f"{W}p"):
        number = element.get(f"{W}id", "")
        if element.tag == f"{W}commentRangeStart" and len(running) < _MOST_OPEN:
            running.add(number)
        elif element.tag == f"{W}commentRangeEnd":
            running.discard(number)
        elif element.tag != f"{W}commentRangeStart":
            words = " " if element.tag == f"{W}p" else element.text or ""
            for each in list(running) if words else ():
                found[each] = found.get(each, "") + words[: MOST_QUOTED + 1]
                if len(found[each]) > MOST_QUOTED:  # a range without end must not be filled without end
                    found[each] = f"{found[each][:MOST_QUOTED]}…"
                    running.discard(each)
    return found
