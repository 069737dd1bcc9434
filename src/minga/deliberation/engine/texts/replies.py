"""All voices of a consultation with their answers, as a table, a workbook, a page and a Word file."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

import polars as pl

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.behind import Address, nowhere
from minga.deliberation.engine.texts.document import Labels, direction
from minga.deliberation.engine.trace import Trace, says_yes
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
    "now": "Stands today in",
}
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

#: A table of nine columns needs the width of the screen, and on paper its long side; a phone shows it as a list.
_WIDE = """body{max-inline-size:none}@page{size:A4 landscape}
table{overflow-wrap:anywhere}
@media screen and (max-width:50rem){thead{position:absolute;clip-path:inset(50%);inline-size:1px;block-size:1px;
overflow:hidden}table,tbody,tr,th[scope=row],td{display:block}tr{margin-block-end:1.5rem}td:empty{display:none}
td::before{content:attr(data-label) ": ";color:#4a5450}}
/* words of narrow columns stay whole; only what people said may be broken to fit. Paper does not know min-width */
@media screen and (min-width:50.01rem){th,td{overflow-wrap:normal}
td:nth-child(2),td:nth-child(5){overflow-wrap:break-word}}
@media print{th,td{overflow-wrap:normal}td:nth-child(2),td:nth-child(5){overflow-wrap:break-word}}
"""


@dataclass(frozen=True)
class Frame:
    """What stands around the table: its title, language, when it was made, and the words above the columns.

    ``home`` is the address of the consultation and ``home_name`` the words that lead there.
    """

    title: str
    language: str = "en"
    on: date | None = None
    about: str = ""
    publisher: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: dict(COLUMNS))
    home: str = ""
    home_name: str = ""


@dataclass(frozen=True)
class Part:
    """One thing in a cell: its words, their language or "", and where it is found.

    ``plain`` is how tables for programs write it, where that is another way.
    """

    words: str
    language: str = ""
    link: str = ""
    plain: str = ""


#: The parts of each cell in a row, as `COLUMNS` orders them.
Row = Sequence[Sequence[Part]]


@dataclass(frozen=True)
class Names:
    """How pages call what a table names, by names in the trace.

    Parameters
    ----------
    themes, clauses : names of themes, titles of clauses
    languages : of themes, clauses and answers
    address : where a "voice", "theme" or "clause" is found
    day : writes a date, given as in the trace
    """

    themes: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    address: Address = nowhere
    day: Callable[[str], str] = str


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
        ``voice``, ``text``, ``theme``, ``answer``, ``reason``, ``responder``, ``date``, ``clause`` (those that the
        answer led to, or names), ``now`` (those in which that stands in the last version, over splits and merges).
    """
    return as_table(reply_rows(trace, public=public, names=Names(themes=themes or {}), labels=labels))


def coded_replies(
    trace: Trace, *, public: Collection[str] | None = None, themes: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Return what :func:`replies` says for programs: the same whatever language is spoken.

    Returns
    -------
    table, rows as of :func:`replies`
        ``answer`` is its code ("accepted_in_part"), ``duplicate_of`` the voice that was answered first, and ``text`` is
        empty where the words are not shown.
    """
    voices = trace.voices["voice"].to_list()
    given: list[list[dict[str, Any] | None]] = [[*trace.answer_of(voice)] or [None] for voice in voices]
    answers = [row for own in given for row in own]
    is_shown = ~pl.col("voice").is_in(list(_taken_back(trace)))
    if public is not None:
        is_shown &= pl.col("voice").is_in(list(public))
    return replies(trace, public=public, themes=themes).with_columns(
        pl.Series("answer", [row["answer"] if row else "" for row in answers], dtype=pl.String),
        pl.Series("duplicate_of", [(row and row["duplicate_of"]) or "" for row in answers], dtype=pl.String),
        text=pl.when(is_shown).then("text").otherwise(pl.lit("")),
    )


def as_table(rows: Iterable[Row]) -> pl.DataFrame:
    """Return rows as the table that :func:`replies` describes, with names as programs read them."""
    plain = [tuple("; ".join(part.plain or part.words for part in cell) for cell in row) for row in rows]
    return pl.DataFrame(plain, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def reply_rows(
    trace: Trace, *, public: Collection[str] | None = None, names: Names | None = None, labels: Labels | None = None
) -> list[Row]:
    """Return what :func:`replies` says as rows for people: names in words, with their languages and links."""
    labels, names = labels or Labels(), names or Names()
    spoken = _of_voices(trace, "language")
    said = _of_voices(trace, "text")
    taken_back = _taken_back(trace)
    rows: list[Row] = []
    for voice in trace.voices["voice"].to_list():
        is_shown = public is None or voice in public
        link = names.address("voice", voice) if is_shown else ""
        words = Part(said.get(voice) or "", spoken.get(voice) or "") if is_shown else Part(labels.hidden_voice)
        words = Part(labels.taken_back) if voice in taken_back else words
        themes = [_theme(theme, names) for theme in trace.themes.get(voice, [])]
        answers: list[dict[str, Any] | None] = [*trace.answer_of(voice)]
        for row in answers or [None]:
            rows.append(([Part(voice, link=link)], [words], themes, *_answered(trace, row, names, labels)))
    return rows


def _of_voices(trace: Trace, column: str) -> dict[str, str]:
    if column not in trace.voices.columns:
        return {}
    return dict(trace.voices.select("voice", column).iter_rows())


def _taken_back(trace: Trace) -> set[str]:
    return {voice for voice, said in _of_voices(trace, "withdrawn").items() if says_yes(said)}


def _theme(code: str, names: Names) -> Part:
    name = names.themes.get(code, "")
    words = f"{code} {name}".strip()
    return Part(words, names.languages.get(code, ""), names.address("theme", code), name or code)


def _answered(trace: Trace, row: dict[str, Any] | None, names: Names, labels: Labels) -> tuple[list[Part], ...]:
    if row is None:
        return ([], [], [], [], [], [])
    word, first = labels.answers.get(row["answer"], row["answer"]), row.get("duplicate_of")
    day = row.get("date") or ""
    changes = trace.changes.get(row["disposition"], [])
    clauses = dict.fromkeys(change["clause"] for change in changes)
    if covering := trace.covering(row):
        clauses[covering] = None
    return (
        # every voice has its row, whether its words are shown or not
        [Part(f"{word} ({first})", link=f"#{first}") if first else Part(word)],
        [Part(row.get("reason") or "", names.languages.get(row["disposition"], ""))],
        [Part(row.get("responder") or "")],
        [Part(names.day(day), plain=day)] if day else [],
        [_clause(clause, names) for clause in clauses],
        [_clause(clause, names) for clause in stands_in(trace, row["disposition"])],
    )


def stands_in(trace: Trace, answer: str) -> list[str]:
    """Return the clauses of the last version that follow from an answer, or came of the one that it names."""
    lines = trace.lineage
    found = {name for change in trace.changes.get(answer, []) for name in lines.carriers(change["clause"], answer)}
    if covering := trace.covering(trace.answers[answer]):
        found |= lines.descendants(covering) & lines.live
    return sorted(found, key=lambda name: (len(name), name))


def _clause(name: str, names: Names) -> Part:
    title, language = names.clauses.get(name, name), names.languages.get(name, "")
    return Part(title, language, names.address("clause", name), name)


def write_replies(table: pl.DataFrame | list[Row], ending: str, frame: Frame) -> bytes:
    """Write the table of :func:`replies`.

    Parameters
    ----------
    table : table of :func:`replies`, or the rows of :func:`reply_rows`
        Pages and Word files of rows carry links and languages.
    ending : str
        "csv", "xlsx", "html" or "docx".
    frame : Frame

    Raises
    ------
    ExportError
        There is no such format.
    """
    if ending in ("csv", "xlsx") and not isinstance(table, pl.DataFrame):
        table = as_table(table)
    if ending == "csv" and isinstance(table, pl.DataFrame):
        harmless = table.with_columns(pl.all().map_elements(without_formula, return_dtype=pl.String))
        return harmless.write_csv().encode()
    if ending == "xlsx" and isinstance(table, pl.DataFrame):
        target = io.BytesIO()
        write_workbook({frame.title: table.rename(dict(frame.columns))}, target)
        return target.getvalue()
    if ending == "html":
        return _page(_rows(table), frame).encode()
    if ending == "docx":
        return _word(_rows(table), frame)
    raise ExportError(f"Answers cannot be written as {ending!r}. Choose one of {', '.join(FORMATS)}.")


def without_formula(text: str) -> str:
    """Keep a spreadsheet from running words that begin like a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def _rows(table: pl.DataFrame | list[Row]) -> list[Row]:
    """Return rows of parts, also from a table, which knows neither links nor languages."""
    if isinstance(table, pl.DataFrame):
        return [[[Part(cell)] if cell else [] for cell in row] for row in table.rows()]
    return table


def _page(rows: list[Row], frame: Frame) -> str:
    from minga.deliberation.engine.texts.html import page

    names = [frame.columns[name] for name in COLUMNS]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    seen: set[str] = set()
    body_rows = "".join(_row(row, names, seen) for row in rows)
    home = f'<p><a href="{escape(frame.home)}">{escape(frame.home_name)}</a></p>' if frame.home else ""
    body = (
        f"<main><h1>{escape(frame.title)}</h1><p>{escape(frame.about)}</p>{home}"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(frame.title)}"><table><thead><tr>{head}'
        f"</tr></thead><tbody>\n{body_rows}</tbody></table></div></main>"
    )
    return page(frame.title, frame.language, direction(frame.language), body, style=_WIDE)


def _row(row: Row, names: Sequence[str], seen: set[str]) -> str:
    """Return a row of the page; the first row of a voice is an anchor by its name."""
    first, *others = row
    voice = first[0].words
    anchor = "" if voice in seen else f' id="{escape(voice)}"'
    seen.add(voice)
    cells = "".join(
        f'<td data-label="{escape(name)}">{"; ".join(map(_part, cell))}</td>'
        for name, cell in zip(names[1:], others, strict=True)
    )
    return f'<tr{anchor}><th scope="row">{_part(first[0])}</th>{cells}</tr>\n'


def _part(part: Part) -> str:
    from minga.deliberation.engine.texts.html import marked

    words = marked(part.words, part.language)
    return f'<a href="{escape(part.link)}">{words}</a>' if part.link else words if part.words else ""


def _word(rows: list[Row], frame: Frame) -> bytes:
    from docx.enum.section import WD_ORIENT

    from minga.deliberation.engine.texts import word_files as files

    word = files.new_file(frame.title, frame.language, frame.on, frame.publisher)
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    files.paragraph(word, frame.title, "Title", frame.language)
    if frame.about:
        files.paragraph(word, frame.about, "Body Text", frame.language)
    files.number_pages(word, frame.about, frame.language)
    cells = ([_said(cell) for cell in row] for row in rows)
    files.table(word, [frame.columns[name] for name in COLUMNS], cells, frame.language)
    return files.to_bytes(word)


def _said(cell: Sequence[Part]) -> tuple[str, str]:
    """Return the words of a cell, and their language where all of them are in one."""
    spoken = {part.language for part in cell}
    return "; ".join(part.words for part in cell), spoken.pop() if len(spoken) == 1 else ""
