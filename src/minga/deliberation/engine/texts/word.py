"""A draft as a Word file: real headings with the file's own numbering, contents, links by the clauses' names."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE

from minga.deliberation.engine.texts import word_files as files
from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, facts, version_lines
from minga.text.blocks import blocks

_DEEPEST = 9
#: Levels of headings that the contents list.
_LISTED = 3


def write_docx(draft: DraftText, labels: Labels | None = None, *, with_trace: bool = False) -> bytes:
    """Write a version of a draft as a Word file.

    Parameters
    ----------
    draft : DraftText
    labels : Labels, optional
    with_trace : bool
        Lists under each clause what stands behind it.

    Returns
    -------
    bytes of the file; the same draft gives the same bytes
    """
    labels = labels or Labels()
    word = files.new_file(draft.title, draft.language, draft.published_on, draft.publisher)
    files.number_headings(word)
    files.paragraph(word, draft.title, "Title", draft.language)
    for said in facts(draft, labels):
        _fact(word, said, draft)
    files.number_pages(word, labels.sample if draft.is_sample else "", draft.language)
    _contents(word, draft, labels)
    for at, clause in enumerate(draft.clauses):
        _clause(word, clause, at, draft.language)
        if with_trace:
            _behind(word, clause, labels, draft.language)
    if draft.versions:
        files.paragraph(word, labels.versions, "TOC Heading", draft.language)
        for line in version_lines(draft, labels):
            files.paragraph(word, line, "List", draft.language)
    return files.to_bytes(word)


def _fact(word: Any, said: str, draft: DraftText) -> None:
    """Write a sentence under the title; the address of the version leads there."""
    before, address, after = said.partition(draft.address) if draft.address else (said, "", "")
    made = files.empty(word, "Body Text")
    files.run(made, before, draft.language)
    if address:
        files.link(made, address, address, "")
        files.run(made, after, draft.language)
    files.turned(made, draft.language)


def _contents(word: Any, draft: DraftText, labels: Labels) -> None:
    """List the headings as links; the program that opens the file adds the pages."""
    for level in range(1, _LISTED + 1):
        style = word.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.base_style = word.styles["Normal"]
        style.paragraph_format.left_indent = (level - 1) * 220_000
    files.paragraph(word, labels.contents, "TOC Heading", draft.language)
    listed = [each for each in draft.clauses if each.depth < _LISTED]
    made = None
    for at, clause in enumerate(listed):
        made = files.empty(word, f"toc {clause.depth + 1}")
        if at == 0:
            files.field(made, "begin", f' TOC \\o "1-{_LISTED}" \\h \\z \\u ')
            files.field(made, "separate")
        files.link(made, f"{clause.place} {clause.title}", f"#{_name(clause)}", draft.language)
        files.turned(made, draft.language)
    if made is not None:
        files.field(made, "end")


def _name(clause: ClauseText) -> str:
    return f"C{clause.number}"


def _clause(word: Any, clause: ClauseText, at: int, language: str) -> None:
    style = f"Heading {min(clause.depth + 1, _DEEPEST)}"
    has_heading = bool(clause.heading.strip())
    heading = files.paragraph(word, clause.heading, style, language) if has_heading else files.empty(word, style)
    # a clause without a heading is headed by its permanent name: Word lists no heading without words
    made = files.empty(word, "Caption") if has_heading else heading
    if clause.link:
        files.link(made, _name(clause), clause.link, language)
    else:
        files.run(made, _name(clause), language)
    files.turned(made, language)
    files.bookmark(heading, _name(clause), at + 1)
    for block in blocks(clause.text):
        if block.kind == "paragraph":
            files.paragraph(word, block.items[0], "Normal", language)
        elif block.kind == "points":
            for item in block.items:
                files.paragraph(word, item, "List Bullet", language)
        else:
            files.numbered(word, block.items, block.start, language)


def _behind(word: Any, clause: ClauseText, labels: Labels, language: str) -> None:
    files.paragraph(word, labels.behind, "Intense Quote", language)
    if not clause.notes:
        files.paragraph(word, labels.nothing_behind, "Quote", language)
    for note in clause.notes:
        _note(word, note, labels, language)


def _note(word: Any, note: Note, labels: Labels, language: str) -> None:
    made = files.empty(word, "Quote")
    name = labels.named(note)
    if note.link:
        files.link(made, name, note.link, language)
    else:
        files.run(made, name, language)
    for at, (words, spoken) in enumerate(note.words):
        files.run(made, ": " if at == 0 else " · ", language)
        files.run(made, words, spoken or files.guessed(words, language))
    files.turned(made, language)
