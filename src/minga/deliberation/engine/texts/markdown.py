"""A draft as Markdown (CommonMark): headings, lists, and anchors by the permanent names of clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, facts, version_lines
from minga.text.blocks import Block, blocks, clean

_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~])")
#: What would make a line a heading, a list, a quotation or a rule.
_BEGINNING = re.compile(r"^(\s*)([#+=-]|\d{1,9}(?=[.)]))", re.MULTILINE)
_DEEPEST = 6


def write_markdown(draft: DraftText, labels: Labels | None = None, *, with_trace: bool = False) -> str:
    """Write a version of a draft as Markdown.

    Parameters
    ----------
    draft : DraftText
    labels : Labels, optional
    with_trace : bool
        Lists under each clause what stands behind it.
    """
    labels = labels or Labels()
    parts = [f"# {escaped(draft.title)}", "  \n".join(escaped(each) for each in facts(draft, labels))]
    for clause in draft.clauses:
        parts += _clause(clause, labels, with_trace=with_trace)
    if draft.versions:
        parts.append(f"## {escaped(labels.versions)}")
        parts.append("\n".join(f"- {escaped(line)}" for line in version_lines(draft, labels)))
    return "\n\n".join(parts) + "\n"


def _clause(clause: ClauseText, labels: Labels, *, with_trace: bool) -> Iterator[str]:
    level = "#" * min(clause.depth + 2, _DEEPEST)
    code = f"[{escaped(clause.code)}]({_address(clause.link)})" if clause.link else escaped(clause.code)
    heading = f"{escaped(clause.heading.strip())} " if clause.heading.strip() else ""
    yield f'<a id="{clause.anchor}"></a>\n\n{level} {clause.place} {heading}({code})'
    for block in blocks(clause.text):
        yield _block(block)
    if with_trace:
        yield f"*{escaped(labels.behind)}:*"
        yield "\n".join(_note(note, labels) for note in clause.notes) or escaped(labels.nothing_behind)


def _note(note: Note, labels: Labels) -> str:
    name = escaped(labels.named(note))
    if note.link:
        name = f"[{name}]({_address(note.link)})"
    return f"- {name}: {escaped(_one_line(note.text))}" if note.text else f"- {name}"


def _block(block: Block) -> str:
    if block.kind == "paragraph":
        return escaped(block.items[0]).replace("\n", "  \n")
    marks = (f"{block.start + at}." if block.kind == "numbers" else "-" for at in range(len(block.items)))
    return "\n".join(f"{mark} {escaped(item)}" for mark, item in zip(marks, block.items, strict=True))


def escaped(text: str) -> str:
    """Return words that Markdown shows as they are."""
    safe = _SPECIAL.sub(r"\\\1", clean(text))
    return _BEGINNING.sub(_shielded, safe)


def _shielded(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _address(link: str) -> str:
    return link.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
