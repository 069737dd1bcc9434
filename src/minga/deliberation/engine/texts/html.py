"""A draft as one page of HTML that loads nothing: to read, to print, to keep. Each clause is an anchor by its name."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from minga.deliberation.engine.texts.document import (
    ClauseText,
    DraftText,
    Labels,
    Note,
    direction,
    facts,
    version_lines,
)
from minga.text.blocks import blocks, clean, html_of

STYLE = """body{margin:0 auto;max-inline-size:46rem;padding:1rem;color:#1c2321;background:#fff;
font:1rem/1.6 system-ui,sans-serif;overflow-wrap:break-word}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin-block:1.6em .5em;break-after:avoid}a{color:#0b5c43}
.facts,.code,.behind{color:#4a5450;font-size:.9em}.code{font-weight:400}
nav ol{list-style:none;padding-inline-start:1.2rem}nav>ol{padding-inline-start:0}
.behind{border-inline-start:3px solid #c9d1cd;padding-inline-start:.8rem;margin-block:1rem}
table{border-collapse:collapse;inline-size:100%}.scroll{overflow-x:auto}
th,td{border:1px solid #c9d1cd;padding:.35rem .6rem;text-align:start;vertical-align:top}
caption{text-align:start;font-weight:600;padding-block:.4rem}
@media print{body{max-inline-size:none;padding:0}a{text-decoration:none}nav{break-after:page}}
"""
_DEEPEST = 6


def write_html(draft: DraftText, labels: Labels | None = None, *, with_trace: bool = False) -> str:
    """Write a version of a draft as a page.

    Parameters
    ----------
    draft : DraftText
    labels : Labels, optional
    with_trace : bool
        Lists under each clause what stands behind it.
    """
    labels = labels or Labels()
    body = [
        f"<header><h1>{_safe(draft.title)}</h1>",
        f'<div class="facts">{"".join(f"<p>{_fact(each, draft)}</p>" for each in facts(draft, labels))}</div></header>',
        f'<nav aria-labelledby="contents"><h2 id="contents">{_safe(labels.contents)}</h2>{_contents(draft)}</nav>',
        f"<main>{''.join(_clause(each, labels, with_trace=with_trace) for each in draft.clauses)}</main>",
    ]
    if draft.versions:
        lines = "".join(f"<li>{_safe(line)}</li>" for line in version_lines(draft, labels))
        body.append(f"<footer><h2>{_safe(labels.versions)}</h2><ul>{lines}</ul></footer>")
    style = _counted_on(draft)
    return page(draft.title, draft.language, draft.direction, "\n".join(body), style=style)


def _fact(said: str, draft: DraftText) -> str:
    """Let the address of the version lead there; it reads from left to right in every language."""
    there = _safe(draft.address)
    shown = f'<a href="{there}" dir="ltr">{there}</a>'
    return _safe(said).replace(there, shown, 1) if there else _safe(said)


def _counted_on(draft: DraftText) -> str:
    """Return rules for lists that do not begin at one: on paper the number in the page alone counts for nothing."""
    starts = {block.start for clause in draft.clauses for block in blocks(clause.text) if block.kind == "numbers"}
    rules = [f'ol[start="{start}"]{{counter-reset:list-item {start - 1}}}' for start in sorted(starts - {1})]
    return "\n".join(rules) + "\n" if rules else ""


def page(title: str, language: str, direction: str, body: str, *, style: str = "") -> str:
    """Return a whole page around a body; `style` adds to the style sheet."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{escape(direction)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{_safe(title)}</title>\n'
        f"<style>{STYLE}{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def style_of(page: str) -> str:
    """Return the style sheet of a page that :func:`page` made: a site allows it by its content, without a mark."""
    return page.partition("<style>")[2].partition("</style>")[0]


def _contents(draft: DraftText) -> str:
    """Nest the headings as lists, each under the one above it."""
    found, depth = ["<ol>"], 0
    for at, clause in enumerate(draft.clauses):
        if at and clause.depth > depth:
            found.append("<ol>" * (clause.depth - depth))
        elif at:
            found.append("</li>" + "</ol></li>" * (depth - clause.depth))
        name = clause.anchor
        found.append(f'<li><a href="#{escape(name)}">{escape(clause.place)} {_safe(clause.title)}</a>')
        depth = clause.depth
    found.append(("</li>" + "</ol></li>" * depth if draft.clauses else "") + "</ol>")
    return "".join(found)


def _clause(clause: ClauseText, labels: Labels, *, with_trace: bool) -> str:
    level, name = min(clause.depth + 2, _DEEPEST), clause.anchor
    code = f'<a href="{escape(clause.link)}">{escape(name)}</a>' if clause.link else escape(name)
    words = html_of(clause.text)
    heading = f"{_safe(clause.heading.strip())} " if clause.heading.strip() else ""
    behind = _behind(clause, labels) if with_trace else ""
    return (
        f'<section id="{escape(name)}"><h{level}>{escape(clause.place)} {heading}'
        f'<span class="code">({code})</span></h{level}>{words}{behind}</section>\n'
    )


def _behind(clause: ClauseText, labels: Labels) -> str:
    lines = "".join(_notes(clause.notes, labels)) or f"<p>{_safe(labels.nothing_behind)}</p>"
    return f'<div class="behind"><p><strong>{_safe(labels.behind)}</strong></p>{lines}</div>'


def _notes(notes: tuple[Note, ...], labels: Labels) -> Iterator[str]:
    for _kind, group in groupby(notes, key=lambda note: note.kind):
        yield "<ul>"
        for note in group:
            name = _safe(labels.named(note))
            if note.link:
                name = f'<a href="{escape(note.link)}">{name}</a>'
            said = " · ".join(marked(words, language) for words, language in note.words)
            yield f"<li>{name}: {said}</li>" if said else f"<li>{name}</li>"
        yield "</ul>"


def marked(words: str, language: str) -> str:
    """Return words with their language and direction: they may be in another script than the text around them."""
    spoken = f'lang="{escape(language)}" dir="{direction(language)}"' if language else 'dir="auto"'
    return f"<span {spoken}>{_safe(words)}</span>"


def _safe(text: str) -> str:
    return escape(clean(text))
