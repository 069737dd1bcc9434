"""Answers of many businesses as they come in from elsewhere: what was read, and what must be mended first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from minga.readiness.engine.instrument import Instrument
from minga.tables.reading import LINE

SIZES = {"micro": "1-9", "small": "10-49", "medium": "50-249", "large": "250+"}
LOCATIONS = ("city", "town", "rural")
_SIZE_GROUPS = ((1, 9, "1-9"), (10, 49, "10-49"), (50, 249, "50-249"), (250, 10_000_000, "250+"))
#: The column that says in a file of rows to mend what is wrong with each.
PROBLEM = "problem"

#: What is wrong with a cell, what was expected there, and what to do. Pages translate these by their code.
SENTENCES = {
    "no_name": "The name of the business is missing. Write it, or give the code of its paper form.",
    "unknown_country": "{found!r} is no country. Write its two letters, such as CV; the sheet of codes lists them.",
    "unknown_sector": "{found!r} is no activity. Write the two digits of its ISIC division, such as 10; the sheet of "
    "codes lists them.",
    "unknown_size": "{found!r} is no size. Write micro, small, medium or large, or how many people work there.",
    "size_became_a_date": "{found!r} is a date: spreadsheet programs turn 1-9 into one. Write micro instead.",
    "unknown_location": "{found!r} is no location. Write city, town or rural, or leave the cell empty.",
    "unknown_form": "{found!r} is no form. Write short or full, or leave the cell empty.",
    "unknown_language": "{found!r} is no language of this site. Write one of {known}, or leave the cell empty.",
    "unknown_goals": "{found!r} cannot be used as goals. Write at most three of {known}, with blanks between them.",
    "unknown_limit": "{found!r} is no limit. Write one of {known}, or leave the cell empty.",
    "bad_date": "{found!r} is no date. Write it as year-month-day, such as 2026-03-31.",
    "future_date": "{found!r} lies in the future. Write the day on which the answers were given.",
    "bad_level": "{found!r} is no answer. Write a level from 0 to {top}, dk (do not know), na (does not apply), or "
    "leave the cell empty.",
    "na_not_allowed": "This question applies to every business, so na cannot stand here. Write a level, or dk.",
    "na_without_reason": "na needs a reason. Write in column {reason} why the question does not apply.",
    "too_long": "The text has {found} characters, but at most {most} can be kept. Shorten it.",
    "no_answers": "The row holds no answer. Write levels into the columns of the questions, or remove the row.",
    "unknown_item": "{found!r} is not a question of {instrument}. Correct it, or name the overlay that adds it.",
    "answered_twice": "The question {found} is answered twice, first in row {first}. Remove one of the two rows.",
    "twice": "The same business stands in row {first} already. Remove one of the two rows, or write an id in each.",
    "differs": "The business has other values in row {first}. Write the same in every row of a business.",
    "bad_code": "{found!r} is no complete code. Compare it with the paper form, or leave the cell empty.",
    "no_such_code": "{found!r} opens no assessment that you may fill in. Compare it with the paper form, or leave the "
    "cell empty to make a new one.",
    "closed": "The assessment of this code was submitted, so its answers are closed. Ask its owner to open it again.",
    "other_questions": "The assessment of this code asks other questions: {found}. Use the form that belongs to it.",
    "no_version": "The submission does not say which form it answers. Export it with the question minga_version.",
    "unknown_version": "It answers the form version {found!r}, which is not known here. Bring the form: give the XLSX "
    "file it was made from together with the answers.",
    "row_shape": "{found}",
}
#: Said about what is no obstacle.
NOTICES = {
    "column_ignored": "Column {found!r} is not known and was left aside.",
    "repeated": "Repeated submissions: {count}. Each submission counts once.",
    "repeated_differs": "The submission {found} came twice with different answers; the newer one counts.",
    "no_sheet_of_answers": "Sheet {found!r} was read; others were left aside.",
}
LONGEST_TEXT = 2000


@dataclass(frozen=True)
class CellProblem:
    """One cell that cannot be used; with a problem in it the whole row waits to be mended."""

    row: int
    column: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What was found, what was expected, and what to do."""
        return SENTENCES[self.code].format(**self.values)

    def __str__(self) -> str:
        return f"Row {self.row}, column {self.column!r}: {self.sentence}" if self.column else (
            f"Row {self.row}: {self.sentence}"
        )  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """Something worth knowing that stops nothing."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return NOTICES[self.code].format(**self.values)


@dataclass(frozen=True)
class Firm:
    """One business with its answers, ready to be stored.

    ``key`` names it within its file, or everywhere if it is the id of a submission (``has_own_key``).
    """

    row: int
    key: str
    name: str
    answers: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    country: str = ""
    sector: str = ""
    size: str = ""
    location: str = ""
    date: str = ""
    language: str = ""
    form: str = "short"
    goals: tuple[str, ...] = ()
    cash_limit: str = ""
    horizon_limit: str = ""
    content_hash: str = ""
    has_own_key: bool = False


@dataclass(frozen=True, eq=False)
class Incoming:
    """What a file held: businesses that can be stored, problems by row and column, and rows to mend.

    ``source`` holds the rows as they came with the line of each in ``_line``; ``lines`` says which lines are those of
    a business, by its first.
    """

    firms: tuple[Firm, ...]
    problems: tuple[CellProblem, ...]
    notices: tuple[Notice, ...]
    source: pl.DataFrame
    lines: Mapping[int, tuple[int, ...]]

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.source.height

    @property
    def bad_rows(self) -> int:
        """How many rows wait to be mended."""
        return len(self._waiting())

    @property
    def to_mend(self) -> pl.DataFrame:
        """The rows that wait as they came, with what is wrong; mended, they can be imported as they are."""
        waiting = self._waiting()
        at = self.source[LINE].to_list()
        said = [sentences(waiting[line]) if line in waiting else None for line in at]
        table = self.source.drop(LINE, PROBLEM, strict=False).with_columns(pl.Series(PROBLEM, said, dtype=pl.String))
        return table.filter(pl.Series([line in waiting for line in at], dtype=pl.Boolean))

    def _waiting(self) -> dict[int, list[CellProblem]]:
        """Return the problems of every line that waits; none where only another line of its business has some."""
        whose = {line: first for first, lines in self.lines.items() for line in lines}
        bad = {whose.get(problem.row, problem.row) for problem in self.problems}
        present = set(self.source[LINE].to_list())
        found = {
            line: list[CellProblem]() for first in bad for line in self.lines.get(first, (first,)) if line in present
        }
        for problem in self.problems:
            if problem.row in found:
                found[problem.row].append(problem)
        return found

    def with_problems(self, problems: Iterable[CellProblem]) -> Incoming:
        """Return the same with further problems: their businesses wait too."""
        further = tuple(problems)
        rows = {problem.row for problem in further}
        firms = tuple(firm for firm in self.firms if firm.row not in rows)
        everything = tuple(sorted((*self.problems, *further), key=lambda problem: problem.row))
        return replace(self, firms=firms, problems=everything)

    def answers(self) -> pl.DataFrame:
        """Return the good answers as the table that scores are computed from: enterprise, item, level, reason."""
        names = _distinct_names(self.firms)
        rows = [
            {"enterprise": name, "item": item, "level": value, "reason": firm.reasons.get(item, "")}
            for name, firm in zip(names, self.firms, strict=True)
            for item, value in firm.answers.items()
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(("enterprise", "item", "level", "reason"), pl.String))


def sentences(problems: Iterable[CellProblem]) -> str:
    """Say in one cell what is wrong with a row; a row without a fault of its own waits for others of its business."""
    said = [f"{one.column}: {one.sentence}" if one.column else one.sentence for one in problems]
    return " ".join(said) or "Another row of this business must be mended."


def _distinct_names(firms: Iterable[Firm]) -> list[str]:
    """Return names that tell businesses apart: the key is added where two share one."""
    firms = list(firms)
    names = [firm.name or firm.code or firm.key for firm in firms]
    return [f"{name} ({firm.key})" if names.count(name) > 1 else name for name, firm in zip(names, firms, strict=True)]


@dataclass(frozen=True)
class Rules:
    """What cells are checked against."""

    instrument: Instrument
    countries: Collection[str]
    sectors: Collection[str]
    languages: Collection[str]
    today: date


class RowReader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, row: int, rules: Rules) -> None:
        self.row, self.rules = row, rules
        self.problems: list[CellProblem] = []

    def object(self, column: str, code: str, **values: Any) -> None:
        """Note a problem."""
        self.problems.append(CellProblem(self.row, column, code, values))

    def country(self, text: str, column: str) -> str:
        """Read a country by its two letters."""
        if text.upper() not in self.rules.countries:
            self.object(column, "unknown_country", found=text)
        return text.upper()

    def sector(self, text: str, column: str) -> str:
        """Read a division of ISIC; a spreadsheet may have dropped its first zero."""
        code = text.zfill(2) if text.isdigit() else text
        if code not in self.rules.sectors:
            self.object(column, "unknown_sector", found=text)
        return code

    def size(self, text: str, column: str) -> str:
        """Read a size as word, as class or as a number of people."""
        known = SIZES | {group: group for group in SIZES.values()}
        plain = text.lower().replace("–", "-").replace(" ", "")
        if plain in known:
            return known[plain]
        if plain.isdigit():
            people = int(plain)
            for least, most, group in _SIZE_GROUPS:
                if least <= people <= most:
                    return group
        became_date = (plain[:4].isdigit() and "-01-09" in plain) or "-09-01" in plain
        self.object(column, "size_became_a_date" if became_date else "unknown_size", found=text)
        return ""

    def location(self, text: str, column: str) -> str:
        """Read where the site is; empty is an answer too."""
        if text and text.lower() not in LOCATIONS:
            self.object(column, "unknown_location", found=text)
        return text.lower()

    def form(self, text: str, column: str, answers: Mapping[str, str]) -> str:
        """Read the form; when it is not said, the answers tell."""
        if text and text.lower() not in ("short", "full"):
            self.object(column, "unknown_form", found=text)
        short = self.rules.instrument.short_form
        inside = short is not None and set(answers) <= set(short.items)
        return text.lower() or ("short" if inside else "full")

    def language(self, text: str, column: str) -> str:
        """Read the language in which the business answered."""
        if text and text.lower() not in self.rules.languages:
            self.object(column, "unknown_language", found=text, known=", ".join(self.rules.languages))
        return text.lower()

    def goals(self, text: str, column: str) -> tuple[str, ...]:
        """Read up to three goals."""
        given = tuple(text.replace(",", " ").replace(";", " ").lower().split())
        known = self.rules.instrument.codes.kpi
        if len(given) > 3 or any(goal not in known for goal in given):
            self.object(column, "unknown_goals", found=text, known=", ".join(known))
        return given

    def limit(self, text: str, column: str, kind: str) -> str:
        """Read how far the business can go, in money or time."""
        known: Mapping[str, str] = getattr(self.rules.instrument.codes, kind)
        if text and text.lower() not in known:
            self.object(column, "unknown_limit", found=text, known=", ".join(known))
        return text.lower()

    def day(self, text: str, column: str) -> str:
        """Read a day of the past; empty means today."""
        if not text:
            return ""
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            self.object(column, "bad_date", found=text)
            return ""
        if day > self.rules.today:
            self.object(column, "future_date", found=text)
        return day.isoformat()

    def words(self, text: str, column: str, most: int = LONGEST_TEXT) -> str:
        """Read free text; PostgreSQL stores no NUL, and nobody means one."""
        if len(text) > most:
            self.object(column, "too_long", found=len(text), most=most)
        return text.replace("\x00", "")

    def answer(self, item: str, text: str, reason: str, column: str, reason_column: str) -> str:
        """Read an answer to an item."""
        asked, top = self.rules.instrument.item(item), self.rules.instrument.top_level
        plain = text.lower().removesuffix(".0")
        value = {"d": "dk", "n": "na", "n/a": "na"}.get(plain, plain)
        if value == "na" and not asked.na_allowed:
            self.object(column, "na_not_allowed")
        elif value == "na" and not reason:
            self.object(column, "na_without_reason", reason=reason_column)
        elif value not in ("dk", "na") and value not in {str(level) for level in range(top + 1)}:
            self.object(column, "bad_level", found=text, top=top)
        return value
