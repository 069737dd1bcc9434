"""All voices of a consultation with their answers, as a table, a workbook, a page and a Word file."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

import polars as pl

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.document import Labels, clean, direction
from minga.deliberation.engine.trace import Trace
from minga.tables.workbooks import write_workbook

#: Columns in their order, with the words above them.
COLUMNS = {
    "voice": "Voice",
    "text": "What was said",
    "theme": "Theme",
    "answer": "Answer",
    "reason": "Reason",
    "responder": "Who answers",
    "date": "Date",
    "clause": "Clause",
}
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

#: A table of eight columns needs the width of the screen, and on paper its long side.
_WIDE = "body{max-inline-size:none}@page{size:A4 landscape}\n"


@dataclass(frozen=True)
class Frame:
    """What stands around the table: its title, language, when it was made, and the words above the columns."""

    title: str
    language: str = "en"
    on: date = date(1970, 1, 1)
    about: str = ""
    publisher: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: dict(COLUMNS))


def replies(
    trace: Trace,
    *,
    public: Collection[str] | None = None,
    themes: Mapping[str, str] | None = None,
    labels: Labels | None = None,
) -> pl.DataFrame:
    """Return every voice with the answers that stand for it.

    Parameters
    ----------
    trace : Trace
    public : names of voices, optional
        Only their words are shown; every voice keeps its row, so that nobody's answer is missing. All without it.
    themes : names of themes by their codes, optional
    labels : Labels, optional
        Words for kinds of answers.

    Returns
    -------
    table, one row per voice and answer; a voice without an answer has one row
        ``voice``, ``text``, ``theme``, ``answer``, ``reason``, ``responder``, ``date``, ``clause``.
    """
    labels, themes = labels or Labels(), themes or {}
    said = trace.voices["text"].to_list() if "text" in trace.voices.columns else [None] * trace.voices.height
    rows = []
    for voice, text in zip(trace.voices["voice"].to_list(), said, strict=True):
        shown = (text or "") if public is None or voice in public else labels.hidden_voice
        own = "; ".join(themes.get(theme, theme) for theme in trace.themes.get(voice, []))
        answers: list[dict[str, Any] | None] = [*trace.answer_of(voice)]
        for row in answers or [None]:
            rows.append((voice, shown, own, *_answered(trace, row, labels)))
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _answered(trace: Trace, row: dict[str, Any] | None, labels: Labels) -> tuple[str, ...]:
    if row is None:
        return ("",) * 5
    changes = trace.changes.get(row["disposition"], [])
    clauses = dict.fromkeys(change["clause"] for change in changes)
    word = labels.answers.get(row["answer"], row["answer"])
    if row.get("duplicate_of"):
        word = f"{word} ({row['duplicate_of']})"
    told = (row.get("reason"), row.get("responder"), row.get("date"))
    return (word, *(each or "" for each in told), "; ".join(clauses))


def write_replies(table: pl.DataFrame, ending: str, frame: Frame, *, nonce: str = "") -> bytes:
    """Write the table of :func:`replies`.

    Parameters
    ----------
    table : table of :func:`replies`
    ending : str
        "csv", "xlsx", "html" or "docx".
    frame : Frame
    nonce : str
        Marks the style sheet of a page where a site allows none without a mark.

    Raises
    ------
    ExportError
        There is no such format.
    """
    if ending == "csv":
        harmless = table.with_columns(pl.all().map_elements(without_formula, return_dtype=pl.String))
        return harmless.write_csv().encode()
    if ending == "xlsx":
        target = io.BytesIO()
        write_workbook({frame.title: table.rename(dict(frame.columns))}, target)
        return target.getvalue()
    if ending == "html":
        return _page(table, frame, nonce).encode()
    if ending == "docx":
        return _word(table, frame)
    raise ExportError(f"Answers cannot be written as {ending!r}. Choose one of {', '.join(FORMATS)}.")


def without_formula(text: str) -> str:
    """Keep a spreadsheet from running words that begin like a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def _page(table: pl.DataFrame, frame: Frame, nonce: str) -> str:
    from minga.deliberation.engine.texts.html import page

    head = "".join(f'<th scope="col">{escape(frame.columns[name])}</th>' for name in table.columns)
    first = table["voice"].is_first_distinct()
    rows = "".join(_row(row, is_first=is_first) for row, is_first in zip(table.rows(), first, strict=True))
    body = (
        f"<main><h1>{escape(frame.title)}</h1><p>{escape(frame.about)}</p>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(frame.title)}"><table><thead><tr>{head}'
        f"</tr></thead><tbody>\n{rows}</tbody></table></div></main>"
    )
    return page(frame.title, frame.language, direction(frame.language), body, nonce=nonce, style=_WIDE)


def _row(row: tuple[str, ...], *, is_first: bool) -> str:
    """Return a row of the page; the first row of a voice is an anchor by its name."""
    anchor = f' id="{escape(row[0])}"' if is_first else ""
    cells = "".join(f'<td dir="auto">{escape(clean(cell))}</td>' for cell in row[1:])
    return f'<tr{anchor}><th scope="row">{escape(row[0])}</th>{cells}</tr>\n'


def _word(table: pl.DataFrame, frame: Frame) -> bytes:
    from docx.enum.section import WD_ORIENT

    from minga.deliberation.engine.texts import word_files as files

    word = files.new_file(frame.title, frame.language, frame.on, frame.publisher)
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    files.paragraph(word, frame.title, "Title", frame.language)
    if frame.about:
        files.paragraph(word, frame.about, "Body Text", frame.language)
    files.table(word, [frame.columns[name] for name in table.columns], table.rows(), frame.language)
    return files.to_bytes(word)
