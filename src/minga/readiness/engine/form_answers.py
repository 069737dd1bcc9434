"""Answers collected with ODK or KoboToolbox, keyed by the version of the form that was asked.

Exports differ in how they name a question of a group: ``integration/INT1`` (KoboToolbox), ``integration-INT1``
(ODK Central), nested objects (OData), ``INT1`` alone. What is read here is the name at the end. The question
``minga_version``, which every form of ours carries, says which form was asked; so does ``FormVersion`` of Central.
``__version__`` of KoboToolbox counts deployments there and says it only where the two are the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from minga.readiness.engine.errors import AnswerError, OverlayError
from minga.readiness.engine.incoming import LOCATIONS, PROBLEM, CellProblem, Firm, Incoming, Notice, RowReader, Rules
from minga.readiness.engine.instrument import Instrument, ProfileQuestion
from minga.readiness.engine.overlays import known_overlays, merge
from minga.readiness.engine.sheet import read_any
from minga.readiness.engine.xlsform import VERSION_QUESTION
from minga.readiness.engine.xlsform_texts import form_version, item_names
from minga.tables.reading import LINE

_IDS = ("instanceid", "_uuid", "key", "__id")
_VERSIONS = (VERSION_QUESTION, "formversion", "__version__", "_version_", "_version")
_TIMES = ("_submission_time", "submissiondate", "end", "start")
_SEPARATORS = "/-.:"
#: What is certain to come from one of the tools, so that a file can be told from a plain sheet.
_MARKS = {"_uuid", "instanceid", "__version__", "formversion", "_submission_time", "submissiondate", VERSION_QUESTION}

Cells = dict[str, str]
#: Finds the instrument that a version of a form asked, or None.
Finder = Callable[[str], Instrument | None]


def finder(instruments: Sequence[Instrument]) -> Finder:
    """Return what finds an instrument by the version of its form, in the full or the short form."""
    known = {form_version(one, form): one for one in instruments for form in ("full", "short")}
    return known.get


def known_instruments(bases: Sequence[Instrument]) -> Iterator[Instrument]:
    """Yield each instrument alone and with every set of overlays of ours that can be laid on it."""
    for base in bases:
        own = [overlay for overlay in known_overlays() if overlay.content.base.id == base.id]
        for count in range(len(own) + 1):
            for chosen in combinations(own, count):
                try:
                    yield merge(base, *chosen) if chosen else base
                except OverlayError:  # they contradict each other, so no form holds them both
                    continue


def looks_like_submissions(path: str | Path) -> bool:
    """Whether a file comes from ODK or KoboToolbox rather than being a sheet that somebody filled in."""
    path = Path(path)
    if path.suffix.lower() in (".json", ".geojson"):
        return True
    table, _broken, _notices = read_any(path)
    return any(end_of(column) in _MARKS for column in table.columns)


def end_of(column: str) -> str:
    """Return the last part of a name that holds its groups, in small letters."""
    for separator in "/:.":
        column = column.rpartition(separator)[2]
    last = column.rpartition("-")[2]
    return (last or column).lower()


def read_submissions(
    source: str | Path,
    find: Finder,
    *,
    countries: Collection[str],
    sectors: Collection[str],
    languages: Collection[str] = ("en",),
    today: date,
    needs_profile: bool = True,
) -> Incoming:
    """Read and check submissions.

    Parameters
    ----------
    source : path of an export
        CSV with XML values and headings (not labels), or JSON: a list of submissions, or an object that holds the
        list under ``results`` (KoboToolbox) or ``value`` (ODK Central).
    find : what finds the instrument of a form version; see ``finder``
    countries, sectors, languages, today, needs_profile : as ``sheet.read_sheet`` takes them

    Returns
    -------
    Incoming
        A submission that was sent twice counts once; if its two copies differ, the newer one counts.

    Raises
    ------
    AnswerError
        The file cannot be read, or holds no submission.
    """
    path = Path(source)
    rows, broken = _rows(path)
    if not rows and not broken:
        raise AnswerError(f"{path.name} holds no submission. Export the answers again, as CSV or JSON.")
    context = (countries, sectors, languages, today)
    problems, firms = list(broken), list[Firm]()
    notices: list[Notice] = []
    kept, repeated = _once(rows, notices)
    for row, cells in kept:
        submission = _Submission(row, cells)
        instrument = find(submission.version) if submission.version else None
        if instrument is None:
            code = "unknown_version" if submission.version else "no_version"
            said = [CellProblem(row, VERSION_QUESTION, code, {"found": submission.version})]
        else:
            reader = RowReader(row, Rules(instrument, *context))
            firm = submission.firm(reader, instrument, needs_profile)
            said = reader.problems
            if not said:
                firms.append(firm)
        problems += said
    if repeated:
        notices.append(Notice("repeated", {"count": repeated}))
    return Incoming(tuple(firms), tuple(problems), tuple(notices), _table(rows), {})


# ---------------------------------------------------------------------------------- reading


def _rows(path: Path) -> tuple[list[tuple[int, Cells]], list[CellProblem]]:
    if path.suffix.lower() == ".json":
        return [(number, dict(_flat(one))) for number, one in enumerate(_submissions(path), start=1)], []
    table, broken, _notices = read_any(path)
    rows = []
    for values in table.to_dicts():
        cells = {
            column: value for column, value in values.items() if value is not None and column not in (LINE, PROBLEM)
        }
        if cells:
            rows.append((int(values[LINE]), cells))
    return rows, broken


def _submissions(path: Path) -> list[Mapping[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        raise AnswerError(f"{path.name} cannot be read as JSON: {wrong}. Export it again.") from None
    if isinstance(content, Mapping):
        content = next((content[key] for key in ("results", "value") if key in content), [content])
    if not isinstance(content, list) or not all(isinstance(one, Mapping) for one in content):
        raise AnswerError(
            f"{path.name} holds no list of submissions. Export the answers as JSON from KoboToolbox or ODK Central."
        )
    return content


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value under its path; lists (photos, places, repeats) hold no answer of ours."""
    for key, inner in value.items():
        path = f"{prefix}/{key}" if prefix else str(key)
        if isinstance(inner, Mapping):
            yield from _flat(inner, path)
        elif isinstance(inner, bool):
            yield path, "yes" if inner else "no"
        elif inner is not None and not isinstance(inner, list) and str(inner).strip():
            yield path, str(inner).strip()


def _once(rows: Sequence[tuple[int, Cells]], notices: list[Notice]) -> tuple[list[tuple[int, Cells]], int]:
    """Keep each submission once: the newer of two copies, and the later one where the time does not tell."""
    kept: dict[str, tuple[int, Cells]] = {}
    repeated = 0
    for row, cells in rows:
        submission = _Submission(row, cells)
        key = submission.instance or f"row {row}"
        earlier = kept.get(key)
        if earlier is None:
            kept[key] = (row, cells)
            continue
        repeated += 1
        before = _Submission(*earlier)
        if before.content != submission.content:
            notices.append(Notice("repeated_differs", {"found": key}))
            if submission.time >= before.time:
                kept[key] = (row, cells)
    return list(kept.values()), repeated


class _Submission:
    """One submission, whose cells are found by the end of their names."""

    def __init__(self, row: int, cells: Cells) -> None:
        self.row, self.cells = row, cells
        self.ends: dict[str, str] = {}
        for column in cells:
            self.ends.setdefault(end_of(column), column)
        self.instance = self._first(_IDS).removeprefix("uuid:")
        self.version = self._first(_VERSIONS)
        self.time = self._first(_TIMES)

    def _first(self, names: Sequence[str]) -> str:
        return next((self.cells[self.ends[name]] for name in names if name in self.ends), "")

    @property
    def content(self) -> Cells:
        """What a person entered: everything but what servers add."""
        return {column: text for column, text in self.cells.items() if not end_of(column).startswith("_")}

    def column(self, name: str) -> str:
        """Return the column of a question: its name alone, or behind its groups."""
        if name in self.cells:
            return name
        found = [
            c for c in self.cells if c.endswith(name) and c[: -len(name)][-1:] in _SEPARATORS and len(c) > len(name)
        ]
        return min(found, key=len, default="")

    def text(self, name: str) -> str:
        """Return the answer to a question, empty where there is none."""
        return self.cells.get(self.column(name), "")

    def firm(self, reader: RowReader, instrument: Instrument, needs_profile: bool) -> Firm:
        answers, reasons = self._answers(reader, instrument)
        if not answers:
            reader.object("", "no_answers")
        name, code = reader.words(self.text("enterprise"), "enterprise", 120), self.text("code")
        if not name and not code:
            reader.object("enterprise", "no_name")
        about = {question.id: self._profile(question) for question in instrument.profile}
        is_checked = needs_profile and not code
        country, sector, people = (about.get(one, "") for one in ("country", "sector", "employees"))
        return Firm(
            row=self.row,
            key=self.instance or str(self.row),
            has_own_key=bool(self.instance),
            name=name,
            code=code,
            answers=answers,
            reasons=reasons,
            country=reader.country(country, "country") if country or is_checked else "",
            sector=reader.sector(sector, "sector") if sector or is_checked else "",
            size=reader.size(people, "employees") if people or is_checked else "",
            location=reader.location(about.get("location", ""), "location"),
            date=reader.day(self.text("today") or self.text("end") or self.time, "today"),
            form="short" if self.version.endswith("-short") else "full",
            goals=reader.goals(about.get("goals", ""), "goals"),
            cash_limit=reader.limit(about.get("cash_limit", ""), "cash_limit", "cost_band"),
            horizon_limit=reader.limit(about.get("horizon_limit", ""), "horizon_limit", "horizon"),
            content_hash=instrument.content_hash,
        )

    def _answers(self, reader: RowReader, instrument: Instrument) -> tuple[Cells, Cells]:
        answers, reasons = {}, {}
        for item, name in item_names(instrument).items():
            column = self.column(name)
            if not column:
                continue
            reason_column = f"{name}_reason"
            reason = reader.words(self.text(reason_column), reason_column)
            answers[item] = reader.answer(item, self.cells[column], reason, column, reason_column)
            if reason:
                reasons[item] = reason
        return answers, reasons

    def _profile(self, question: ProfileQuestion) -> str:
        """Return the answer to a question on the business; of a numbered choice the word that stands for it."""
        text = self.text(question.id)
        if question.id == "location" and text.isdigit() and 1 <= int(text) <= len(LOCATIONS):
            return LOCATIONS[int(text) - 1]
        return text


def _table(rows: Sequence[tuple[int, Cells]]) -> pl.DataFrame:
    columns = list(dict.fromkeys(column for _row, cells in rows for column in cells))
    table = pl.DataFrame(
        [pl.Series(column, [cells.get(column) for _row, cells in rows], dtype=pl.String) for column in columns]
    )
    return table.with_columns(pl.Series(LINE, [row for row, _cells in rows], dtype=pl.Int64))
