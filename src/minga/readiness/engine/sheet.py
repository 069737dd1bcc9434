"""A spreadsheet of answers of many businesses: one row a business, or one row an answer.

Every wrong cell is named by row and column. A row with a wrong cell waits; the good ones go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from minga.readiness.engine.errors import AnswerError
from minga.readiness.engine.incoming import (
    LOCATIONS,
    PROBLEM,
    SIZES,
    CellProblem,
    Firm,
    Incoming,
    Notice,
    RowReader,
    Rules,
)
from minga.readiness.engine.instrument import Instrument
from minga.tables.reading import LINE, TableError, read_table

#: The sheet of a workbook that is read when it is there.
ANSWERS = "answers"
ABOUT = ("name", "code", "id", "country", "sector", "size", "location", "date", "language", "form", "goals",
         "cash_limit", "horizon_limit")  # fmt: skip
#: What other people call these columns.
_ALIASES = {
    "enterprise": "name", "business": "name", "firm": "name", "company": "name", "employees": "size",
    "isic": "sector", "isic4": "sector", "submitted": "date",
}  # fmt: skip
_NEEDED = ("country", "sector", "size")
_LONGEST_NAME = 120

Cells = dict[str, str]


def read_sheet(
    source: str | Path,
    instrument: Instrument,
    *,
    countries: Collection[str],
    sectors: Collection[str],
    languages: Collection[str] = ("en",),
    today: date,
    needs_profile: bool = True,
) -> Incoming:
    """Read and check answers of many businesses.

    Parameters
    ----------
    source : path of a CSV, TSV, XLSX or Parquet file
        Wide: one row a business, with a column for each item it answered (and ``<item>_reason`` where na is given).
        Long: one row an answer, with ``item``, ``level`` and, where needed, ``reason``. Both hold ``name`` and
        ``country``, ``sector``, ``size``; or ``code``, the code of a paper form. The order of columns is free.
    instrument : Instrument
    countries, sectors, languages : the codes that may stand in these columns
    today : the last day that may stand in ``date``
    needs_profile : whether country, sector and size must be known; scores alone need none

    Returns
    -------
    Incoming
        One row with problems is one row to mend, whatever the number of its problems.

    Raises
    ------
    AnswerError
        The file cannot be read as a table, or lacks the columns that name a business and its answers.
    """
    table, broken, notices = read_any(Path(source))
    rules = Rules(instrument, countries, sectors, languages, today)
    return _Sheet(table, rules, needs_profile, broken, notices).read()


def read_any(path: Path) -> tuple[pl.DataFrame, list[CellProblem], list[Notice]]:
    """Read a file as text cells with the line of each row; rows of a wrong shape become problems."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return _workbook(path)
        reading = read_table(path)
    except TableError as wrong:
        raise AnswerError(str(wrong)) from None
    table = reading.table
    if LINE not in table.columns:
        table = table.with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))
    broken = [CellProblem(one.line, "", "row_shape", {"found": one.message}) for one in reading.problems]
    return _as_text(table), broken, []


def _workbook(path: Path) -> tuple[pl.DataFrame, list[CellProblem], list[Notice]]:
    from minga.tables.workbooks import read_workbook

    sheets = read_workbook(path, lines=True)
    if not sheets:
        raise AnswerError(f"{path.name} holds no rows. Give one row a business, with a header.")
    chosen = next((name for name in sheets if name.strip().lower() == ANSWERS), next(iter(sheets)))
    notices = (
        [Notice("no_sheet_of_answers", {"found": chosen})] if len(sheets) > 1 and chosen.lower() != ANSWERS else []
    )
    return _as_text(sheets[chosen]), [], notices


def _as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Make every cell text without blanks around it; whole numbers lose their point."""
    columns = []
    for name in table.columns:
        values = table[name]
        if name != LINE:
            values = pl.Series(name, [_text(value) for value in values.to_list()], dtype=pl.String)
        columns.append(values)
    return pl.DataFrame(columns)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def plain_heading(name: str) -> str:
    """Return a heading in small letters with underscores, by the name this module knows."""
    plain = "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
    return _ALIASES.get(plain, plain)


class _Sheet:
    """The work in hand while the rows of one file are read."""

    def __init__(
        self, table: pl.DataFrame, rules: Rules, needs_profile: bool, broken: list[CellProblem], notices: list[Notice]
    ) -> None:
        self.table, self.rules, self.needs_profile = table, rules, needs_profile
        self.problems, self.notices = list(broken), list(notices)
        self.heads = self._heads(table.columns)
        self.is_long = "item" in self.heads and "level" in self.heads
        self.items = {plain_heading(item): item for item in rules.instrument.item_ids}

    def _heads(self, columns: Iterable[str]) -> dict[str, str]:
        """Return by known name the column of the file."""
        heads: dict[str, str] = {}
        for column in columns:
            plain = plain_heading(column)
            if column == LINE:
                continue
            if plain in heads:
                raise AnswerError(
                    f"The columns {heads[plain]!r} and {column!r} mean the same. Remove or rename one of them."
                )
            heads[plain] = column
        return heads

    def read(self) -> Incoming:
        self._demand()
        groups = self._groups()
        firms: list[Firm] = []
        seen: dict[tuple[str, ...], int] = {}
        for rows in groups:
            reader = RowReader(rows[0][0], self.rules)
            firm = self._firm(reader, rows)
            self._object_to_twins(reader, firm, seen)
            self.problems += reader.problems
            if not reader.problems:
                firms.append(firm)
        problems = tuple(sorted(self.problems, key=lambda problem: problem.row))
        lines = {rows[0][0]: tuple(line for line, _cells in rows) for rows in groups}
        return Incoming(tuple(firms), problems, tuple(self.notices), self.table, lines)

    def _demand(self) -> None:
        needed = [] if "code" in self.heads or not self.needs_profile else list(_NEEDED)
        missing = [name for name in needed if name not in self.heads]
        if "name" not in self.heads and "code" not in self.heads:
            missing.insert(0, "name")
        answers = self.is_long or any(head in self.items for head in self.heads)
        if missing or not answers:
            lacks = ", ".join(map(repr, missing)) if missing else "a column for any question"
            raise AnswerError(
                f"The table lacks {lacks}; its header has {', '.join(c for c in self.table.columns if c != LINE)}. "
                "Start from the template, which has every column."
            )
        known = {*ABOUT, *self.items, PROBLEM}
        known |= {f"{item}_{beside}" for item in self.items for beside in ("reason", "note")}
        known |= {"item", "level", "reason", "note", "respondent"} if self.is_long else set()
        for head, column in self.heads.items():
            if head not in known:
                self.notices.append(Notice("column_ignored", {"found": column}))

    def _groups(self) -> list[list[tuple[int, Cells]]]:
        """Return the rows of each business; in a wide table that is one."""
        known = {column: head for head, column in self.heads.items()}
        rows = []
        for values in self.table.to_dicts():
            cells = {known[column]: value for column, value in values.items() if value is not None and column != LINE}
            cells.pop(PROBLEM, None)
            if cells:
                rows.append((int(values[LINE]), cells))
        if not self.is_long:
            return [[row] for row in rows]
        groups: dict[tuple[str, ...], list[tuple[int, Cells]]] = {}
        for line, cells in rows:
            who = tuple(cells.get(name, "") for name in ("id", "code", "name"))
            groups.setdefault(who, []).append((line, cells))
        return list(groups.values())

    def _firm(self, reader: RowReader, rows: Sequence[tuple[int, Cells]]) -> Firm:
        about = self._about(reader, rows)
        answers, reasons, notes = self._long(reader, rows) if self.is_long else self._wide(reader, rows[0][1])
        if not answers:
            reader.object("", "no_answers")
        code, name = about.get("code", ""), reader.words(about.get("name", ""), "name", _LONGEST_NAME)
        if not name and not code:
            reader.object(self.heads.get("name", "name"), "no_name")
        is_checked = self.needs_profile and not code
        reading = {"country": reader.country, "sector": reader.sector, "size": reader.size}
        place = {
            kind: read(about.get(kind, ""), self.heads.get(kind, kind)) if kind in about or is_checked else ""
            for kind, read in reading.items()
        }
        return Firm(
            row=rows[0][0],
            key=about.get("id") or str(rows[0][0]),
            name=name,
            code=code,
            answers=answers,
            reasons=reasons,
            notes=notes,
            location=reader.location(about.get("location", ""), "location"),
            date=reader.day(about.get("date", ""), "date"),
            language=reader.language(about.get("language", ""), "language"),
            form=reader.form(about.get("form", ""), "form", answers),
            goals=reader.goals(about.get("goals", ""), "goals"),
            cash_limit=reader.limit(about.get("cash_limit", ""), "cash_limit", "cost_band"),
            horizon_limit=reader.limit(about.get("horizon_limit", ""), "horizon_limit", "horizon"),
            content_hash=self.rules.instrument.content_hash,
            country=place["country"],
            sector=place["sector"],
            size=place["size"],
        )

    def _about(self, reader: RowReader, rows: Sequence[tuple[int, Cells]]) -> Cells:
        """Return what is said of a business; in a long table every row must say the same, or nothing."""
        about: Cells = {}
        first: dict[str, int] = {}
        for line, cells in rows:
            for name in ABOUT:
                text = cells.get(name, "")
                if text and about.setdefault(name, text) != text:
                    reader.problems.append(CellProblem(line, self.heads[name], "differs", {"first": first[name]}))
                elif text:
                    first.setdefault(name, line)
        return about

    def _wide(self, reader: RowReader, cells: Cells) -> tuple[Cells, Cells, Cells]:
        answers, reasons, notes = {}, {}, {}
        for head, item in self.items.items():
            reason_head = f"{head}_reason"
            reason = reader.words(cells.get(reason_head, ""), self.heads.get(reason_head, f"{item}_reason"))
            if head in cells:
                column = self.heads[head]
                shown = self.heads.get(reason_head, f"{item}_reason")
                answers[item] = reader.answer(item, cells[head], reason, column, shown)
                notes[item] = reader.words(cells.get(f"{head}_note", ""), f"{item}_note")
                reasons[item] = reason
        return answers, _filled(reasons), _filled(notes)

    def _long(self, reader: RowReader, rows: Sequence[tuple[int, Cells]]) -> tuple[Cells, Cells, Cells]:
        answers, reasons, notes = {}, {}, {}
        at: dict[str, int] = {}
        for line, cells in rows:
            here = RowReader(line, self.rules)
            text, item = cells.get("item", ""), self.items.get(plain_heading(cells.get("item", "")))
            if item is None:
                here.object(self.heads["item"], "unknown_item", found=text, instrument=self.rules.instrument.id)
            elif item in at:
                here.object(self.heads["item"], "answered_twice", found=item, first=at[item])
            elif "level" in cells:
                reason = here.words(cells.get("reason", ""), "reason")
                answers[item] = here.answer(item, cells["level"], reason, self.heads["level"], "reason")
                reasons[item], notes[item], at[item] = reason, here.words(cells.get("note", ""), "note"), line
            reader.problems += here.problems
        return answers, _filled(reasons), _filled(notes)

    def _object_to_twins(self, reader: RowReader, firm: Firm, seen: dict[tuple[str, ...], int]) -> None:
        """Refuse the second row of one business: an id or a code tells twins of one name apart."""
        has_id = firm.key != str(firm.row)
        who = ("key", firm.key) if has_id else ("code", firm.code) if firm.code else (
            "name", firm.name.casefold(), firm.country, firm.sector, firm.size, firm.date)  # fmt: skip
        first = seen.setdefault(who, firm.row)
        if first != firm.row and (firm.name or firm.code):
            reader.object("", "twice", first=first)


def _filled(texts: Mapping[str, str]) -> Cells:
    return {key: text for key, text in texts.items() if text}


def template(
    instrument: Instrument,
    *,
    form: str = "full",
    countries: Iterable[tuple[str, str]] = (),
    sectors: Iterable[tuple[str, str]] = (),
) -> dict[str, pl.DataFrame]:
    """Return an empty table to fill in, with a sheet of questions and a sheet of codes.

    Parameters
    ----------
    instrument : Instrument
        In the language of the people who fill it in.
    form : "full" or "short"
    countries, sectors : pairs of code and name

    Returns
    -------
    tables by name of sheet: ``answers``, ``questions``, ``codes``
    """
    items = instrument.items_of(form=form)
    columns = [*ABOUT]
    for item in items:
        columns += [item.id, f"{item.id}_reason"] if item.na_allowed else [item.id]
    questions = [
        {"item": item.id, "factor": instrument.factor(item.factor).name, "question": item.text}
        | {str(level): text for level, text in enumerate(item.levels)}
        | {"may be na": "na" if item.na_allowed else ""}
        for item in items
    ]
    codes = [("level", str(level), label) for level, label in enumerate(instrument.scale.labels)]
    codes += [("level", "dk", "do not know"), ("level", "na", "does not apply (say why)")]
    codes += [("size", word, people) for word, people in SIZES.items()]
    codes += [("location", one, one) for one in LOCATIONS]
    codes += [("form", "short", "short form"), ("form", "full", "full form")]
    for column, kind in (("goals", "kpi"), ("cash_limit", "cost_band"), ("horizon_limit", "horizon")):
        codes += [(column, code, name) for code, name in getattr(instrument.codes, kind).items()]
    codes += [("country", code, name) for code, name in countries]
    codes += [("sector", code, name) for code, name in sectors]
    return {
        ANSWERS: pl.DataFrame(schema=dict.fromkeys(columns, pl.String)),
        "questions": pl.DataFrame(questions),
        "codes": pl.DataFrame(codes, schema=["column", "code", "meaning"], orient="row"),
    }
