"""From voices to answers to clauses: what was read, answered and carried over, as tables that hold together."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from minga.deliberation.engine.errors import TraceError
from minga.deliberation.engine.lineage import Lineage, lineage, numbered
from minga.tables.reading import LINE, TableError, read_table

#: How a voice can be answered; the first two say yes.
ANSWERS = ("accepted", "accepted_in_part", "rejected", "out_of_scope", "already_covered", "duplicate_of")
ACCEPTED = ANSWERS[:2]
#: An answer other than "accepted" gives a reason of at least this many characters.
REASON = 40

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
#: What a zip file with tables may unpack to.
_LARGEST = 400 * 2**20
#: What a cell may hold that says yes; anything else means no.
_YES = ("1", "true", "yes", "y")

#: The columns that each table must hold, and those it may.
TABLES = {
    "voices": (("voice",), ("text", "language", "author")),
    "links": (("voice", "theme"), ()),
    "dispositions": (
        ("disposition", "answer"),
        ("voice", "theme", "statement", "reason", "responder", "date", "supersedes", "duplicate_of", "covered_by"),
    ),
    "clauses": (("clause", "version", "kind"), ("came_from", "disposition", "left_behind", "heading", "text")),
    "evidence": (("link", "value"), ("clause", "disposition", "label", "cited_on")),
}
_FILES = tuple(f"{name}.csv" for name in TABLES)
#: What the rows of each table are called.
_CALLED = {
    "voices": "voices", "links": "links to themes", "dispositions": "answers", "clauses": "changes of clauses",
    "evidence": "citations",
}  # fmt: skip
#: Columns of names: blanks around them mean nothing.
_NAMES = {
    "voices": ("voice",),
    "links": ("voice", "theme"),
    "dispositions": (
        "disposition", "voice", "theme", "statement", "answer", "supersedes", "duplicate_of", "covered_by",
    ),
    "clauses": ("clause", "kind", "disposition"),
    "evidence": ("clause", "disposition", "link"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Trace:
    """Voices, themes, answers and clauses of one consultation; tables that only ever grow.

    Parameters
    ----------
    voices : table, one row per voice
        ``voice``; ``text``, ``language``, ``author`` and strata such as ``gender`` or ``region``, if they are known.
    links : table, one row per voice and theme
        ``voice``, ``theme``. A row given twice counts once; one without a voice or a theme counts nowhere, and is
        found by :func:`audit`.
    dispositions : table, one row per answer
        ``disposition``; one of ``voice``, ``theme`` or ``statement`` that it answers; ``answer`` (accepted,
        accepted_in_part, rejected, out_of_scope, already_covered, duplicate_of), ``reason``, ``responder``, ``date``,
        ``supersedes`` (the answer it replaces), ``duplicate_of`` (a voice), ``covered_by`` (the clause that says
        already what was asked for: it counts as no change).
    clauses : table, one row per change of a clause
        As for :func:`lineage`, with ``disposition`` where an answer led to it; a change that several answers led to has
        a row for each.
    evidence : table, one row per citation
        ``clause`` or ``disposition``, ``link`` (permanent), ``value`` as it was when cited, ``label``, ``cited_on``.
    """

    voices: pl.DataFrame
    links: pl.DataFrame
    dispositions: pl.DataFrame
    clauses: pl.DataFrame
    evidence: pl.DataFrame = field(default_factory=lambda: _empty("evidence"))

    def __post_init__(self) -> None:
        """Take blanks around names away, so that " v1" is "v1"."""
        for name, columns in _NAMES.items():
            object.__setattr__(self, name, _stripped(getattr(self, name), columns))

    def __repr__(self) -> str:
        """Say how much there is, for a notebook."""
        heights = ", ".join(f"{said}: {getattr(self, name).height:,}" for name, said in _CALLED.items())
        return f"Trace({heights})"

    @cached_property
    def lineage(self) -> Lineage:
        """The clauses through all versions."""
        return lineage(self.clauses)

    @cached_property
    def answers(self) -> dict[str, dict[str, Any]]:
        """Every answer by its name."""
        return {row["disposition"]: row for row in _full(self.dispositions, "dispositions").iter_rows(named=True)}

    @cached_property
    def replaced(self) -> set[str]:
        """Answers that a later one replaced."""
        return {row["supersedes"] for row in self.answers.values() if row["supersedes"]}

    @cached_property
    def _standing(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Answers that were not replaced, by what they answer and its name."""
        found: dict[str, dict[str, list[dict[str, Any]]]] = {"voice": {}, "theme": {}, "statement": {}}
        for row in self.answers.values():
            for target, named in found.items():
                if row[target] and row["disposition"] not in self.replaced:
                    named.setdefault(row[target], []).append(row)
        return found

    @cached_property
    def themes(self) -> dict[str, list[str]]:
        """Themes of each voice, each once."""
        found: dict[str, list[str]] = {}
        for voice, theme in self.links.select("voice", "theme").drop_nulls().unique(maintain_order=True).iter_rows():
            found.setdefault(voice, []).append(theme)
        return found

    @cached_property
    def texts(self) -> dict[str, str | None]:
        """Words of each voice, as far as they are known."""
        voices = _full(self.voices, "voices")
        return dict(voices.select("voice", "text").iter_rows())

    @cached_property
    def citations(self) -> dict[str, list[int]]:
        """Rows of the evidence by the clause, and by the answer, that they belong to."""
        found: dict[str, list[int]] = {}
        for at, row in enumerate(_full(self.evidence, "evidence").select("clause", "disposition").iter_rows()):
            for name in {*row} - {None}:
                found.setdefault(name, []).append(at)
        return found

    @cached_property
    def changes(self) -> dict[str, list[dict[str, Any]]]:
        """Changes of clauses by the answer that led to them."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in _full(self.clauses, "clauses").iter_rows(named=True):
            if row["disposition"]:
                found.setdefault(row["disposition"], []).append(row)
        return found

    def answer_of(self, voice: str) -> list[dict[str, Any]]:
        """Return the answers that stand for a voice: its own, or else those of its themes."""
        own = self._standing["voice"].get(voice)
        if own:
            return own
        return [row for theme in self.themes.get(voice, []) for row in self._standing["theme"].get(theme, [])]

    def answer_to(self, target: str, name: str) -> list[dict[str, Any]]:
        """Return the answers that stand for a "theme" or a "statement"."""
        return self._standing[target].get(name, [])

    def covering(self, answer: dict[str, Any]) -> str | None:
        """Return the clause that says already what was asked for; None where the answer names none that is known."""
        clause = answer["covered_by"] if answer["answer"] == "already_covered" else None
        return clause if clause and clause in self.lineage.parents else None

    def is_traced(self, voice: str) -> bool:
        """Say whether an accepted voice is found in a change that is still in force."""
        return any(
            self.lineage.carries(change["clause"], change["kind"], row["disposition"])
            for row in self.answer_of(voice)
            if row["answer"] in ACCEPTED
            for change in self.changes.get(row["disposition"], [])
        )

    def sourced(self) -> Iterator[tuple[str, bool]]:
        """Yield each clause of the last version, and whether a voice stands behind it, or came along as it was made.

        What people agreed on counts as well: a clause that follows from the accepted answer to a statement.
        """
        heard = {row["disposition"] for voice in self.voices["voice"].to_list() for row in self.answer_of(voice)}
        for answers in self._standing["statement"].values():
            heard |= {row["disposition"] for row in answers if row["answer"] in ACCEPTED}
        for clause in sorted(self.lineage.live):
            yield clause, bool(self.lineage.held.get(clause, frozenset()) & heard)


def harmless(text: str) -> str:
    """Put a sign before words that begin like a formula, which keeps a spreadsheet from running them."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _as_written(table: pl.DataFrame) -> pl.DataFrame:
    """Take the signs of :func:`harmless` away."""
    words = pl.col(pl.String)
    return table.with_columns(pl.when(words.str.contains(r"^'+[=+\-@\t\r]")).then(words.str.slice(1)).otherwise(words))


def says_yes(cell: object) -> bool:
    """Say whether a cell of a table means yes."""
    return str(cell).strip().lower() in _YES


def counted(trace: Trace) -> Trace:
    """Return a trace without the voices that were taken back (``withdrawn`` says yes): coverage counts none of them.

    They stay in the chain of answers, which :func:`audit` reads.
    """
    if "withdrawn" not in trace.voices.columns:
        return trace
    is_back = pl.Series([says_yes(said) for said in trace.voices["withdrawn"]], dtype=pl.Boolean)
    voices = trace.voices.filter(~is_back)
    return replace(trace, voices=voices, links=trace.links.join(voices.select("voice"), on="voice", how="semi"))


def is_trace(path: str | Path) -> bool:
    """Say whether a folder or a zip file holds the tables of a consultation, and not those of a conversation."""
    place = Path(path)
    if place.is_dir():
        return (place / "voices.csv").exists()
    if not place.is_file() or not zipfile.is_zipfile(place):
        return False
    with zipfile.ZipFile(place) as packed:
        return any(Path(name).name == "voices.csv" for name in packed.namelist())


def read_trace(path: str | Path) -> Trace:
    """Read the tables of a consultation.

    Parameters
    ----------
    path : folder or zip file
        ``voices.csv``, ``links.csv``, ``dispositions.csv``, ``clauses.csv``; ``evidence.csv`` may be missing. A sign
        that :func:`harmless` put before words is taken away.

    Raises
    ------
    TraceError
        A file or a column is missing, a cell cannot be read, a name is given twice, there is neither a voice nor a
        clause, or a zip file is damaged.
    """
    place = Path(path)
    if not place.is_file():
        return _read_folder(place)
    with TemporaryDirectory() as folder:
        _unpack(place, Path(folder))
        return _read_folder(Path(folder))


def _unpack(packed: Path, folder: Path) -> None:
    """Write the tables of a zip file into a folder; nothing else in it is looked at."""
    try:
        with zipfile.ZipFile(packed) as parts:
            inside = [each for each in parts.infolist() if Path(each.filename).name in _FILES]
            if missing := sorted({*_FILES} - {"evidence.csv"} - {Path(each.filename).name for each in inside}):
                raise TraceError(f"{packed} lacks {', '.join(missing)}. Pack all tables of the consultation.")
            if sum(each.file_size for each in inside) > _LARGEST:
                raise TraceError(
                    f"{packed} unpacks to more than {_LARGEST // 2**20} MB. Unpack it, and give the folder."
                )
            for each in inside:
                (folder / Path(each.filename).name).write_bytes(parts.read(each))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        raise TraceError(
            f"{packed} is no whole zip file without a password. Fetch it again, or give a folder with the tables."
        ) from None


def _read_folder(place: Path) -> Trace:
    tables = {}
    for name, (needed, _known) in TABLES.items():
        if name == "evidence" and not (place / "evidence.csv").exists():
            tables[name] = _empty(name)
            continue
        try:
            reading = read_table(place / f"{name}.csv", needed)
        except TableError as wrong:
            raise TraceError(str(wrong)) from None
        if reading.problems:
            raise TraceError(str(reading.problems[0]))
        tables[name] = _full(_as_written(reading.table.drop(LINE, strict=False)), name)
    if tables["voices"].is_empty() and tables["clauses"].is_empty():
        raise TraceError(
            "voices.csv holds no voice and clauses.csv no change of a clause, so nothing can be traced. Write a row "
            "for each voice and each change."
        )
    return checked(Trace(**tables))


def checked(trace: Trace) -> Trace:
    """Return a trace whose names are each given once and whose versions are numbers.

    Raises
    ------
    TraceError
        With the row, counted as in a file, whose first row names the columns.
    """
    for table, name in (("voices", "voice"), ("dispositions", "disposition")):
        first: dict[Any, int] = {}
        for row, each in enumerate(getattr(trace, table)[name].to_list(), start=2):
            if each is None:
                raise TraceError(
                    f"{table}.csv has a row without a {name}: row {row}. Every {name} has a name of its own. Give it "
                    "one, or take the row out."
                )
            if first.setdefault(each, row) != row:
                raise TraceError(
                    f"{table}.csv, row {row} names the {name} {each!r} twice; it stands in row {first[each]} already. "
                    f"Every {name} has a name of its own. Rename one, or take it out."
                )
    return Trace(trace.voices, trace.links, trace.dispositions, numbered(trace.clauses), trace.evidence)


def _stripped(table: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    words = [name for name in columns if name in table.columns and table[name].dtype == pl.String]
    clean = [pl.col(name).str.strip_chars().replace("", None) for name in words]
    return table.with_columns(clean) if clean else table


def _full(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add the columns that may be missing, empty."""
    needed, known = TABLES[name]
    absent = [each for each in (*needed, *known) if each not in table.columns]
    return table.with_columns([pl.lit(None, dtype=pl.String).alias(each) for each in absent])


def _empty(name: str) -> pl.DataFrame:
    needed, known = TABLES[name]
    return pl.DataFrame(schema=dict.fromkeys((*needed, *known), pl.String))
