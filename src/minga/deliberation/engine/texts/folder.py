"""Files of answers and of drafts from a trace that was read from tables, without any site."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.behind import Behind
from minga.deliberation.engine.texts.document import ClauseText, DraftText, VersionLine
from minga.deliberation.engine.texts.drafts import FORMATS, write_draft
from minga.deliberation.engine.texts.languages import answers_to, columns_in, labels_in, number_in
from minga.deliberation.engine.texts.replies import FORMATS as TABLES
from minga.deliberation.engine.texts.replies import Frame, Names, coded_replies, reply_rows, write_replies
from minga.deliberation.engine.trace import Trace, says_yes

#: The name of a clause that says of which draft it is.
_OF_DRAFT = re.compile(r"([^/]+)/C\d+")


def public_in(trace: Trace) -> set[str] | None:
    """Return the voices with yes in ``may_publish``, whose words may be shown; None for all, without the column."""
    if "may_publish" not in trace.voices.columns:
        return None
    rows = trace.voices.select("voice", "may_publish").iter_rows()
    return {voice for voice, said in rows if says_yes(said)}


def drafts_in(trace: Trace) -> list[str]:
    """Return the drafts that clauses are of, where the name of each says it ("islands/C1"); or "" alone."""
    names = [_OF_DRAFT.fullmatch(name) for name in trace.clauses["clause"].drop_nulls().to_list()]
    return sorted({name[1] for name in names if name}) if names and all(names) else [""]


def draft_in(
    trace: Trace,
    *,
    title: str,
    language: str = "en",
    with_trace: bool = False,
    draft: str = "",
    published: Mapping[int, date] | None = None,
) -> DraftText:
    """Return the clauses of the last version as a text.

    Parameters
    ----------
    trace : Trace
        ``clauses`` may also hold ``heading``, ``parent`` (the clause above), ``position``, ``published`` (the day of
        the version) and ``adopted`` (that of the adoption of the draft, in any of its rows). Clauses under the same one
        stand by their position, or else in the order in which the table first names them. What a later row leaves empty
        stays as it was; a row with a position tells all of its clause.
    title, language : str
    with_trace : bool
        Adds what stands behind each clause.
    draft : str
        Of which draft, where the names of clauses say it.
    published : days by version, optional
        Come before those of the table. Without either a version has no day.

    Raises
    ------
    ExportError
        The language is none of the site's, or a day cannot be read.
    """
    own = trace.clauses.filter(pl.col("clause").str.starts_with(f"{draft}/" if draft else ""))
    standing = {name: row for name, row in _latest(own).items() if name in trace.lineage.live}
    told = replace(trace, evidence=_numbers(trace.evidence, language))
    behind = Behind(told, public_in(trace), labels=labels_in(language)) if with_trace else None
    days = {**days_in(own), **(published or {})}
    adopted = days_in(own, "adopted")
    numbers = sorted({*own["version"].unique().to_list()})
    return DraftText(
        title=title,
        name=draft or _word(title),
        kind="empty",
        language=language,
        version=max(numbers, default=1),
        clauses=tuple(_within(draft, each) for each in _ordered(standing, None, "", 0, behind)),
        versions=tuple(VersionLine(number, days.get(number)) for number in numbers),
        adopted_on=max(adopted.values(), default=None),
    )


def _numbers(evidence: pl.DataFrame, language: str) -> pl.DataFrame:
    """Write the values of evidence as the language of the text does."""
    values = [value and number_in(str(value), language) for value in evidence["value"].to_list()]
    return evidence.with_columns(pl.Series("value", values, dtype=pl.String))


def _latest(clauses: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what is known last of each clause."""
    rows: dict[str, dict[str, Any]] = {}
    for row in clauses.sort("version", maintain_order=True).iter_rows(named=True):
        known = rows.setdefault(row["clause"], {})
        is_whole = row.get("position") is not None
        known.update({name: value for name, value in row.items() if value is not None or is_whole})
    return rows


def days_in(clauses: pl.DataFrame, column: str = "published") -> dict[int, date]:
    """Return the days of versions as the table of clauses says them; "adopted" holds that of the adoption.

    Raises
    ------
    ExportError
        A day cannot be read, or a version has two.
    """
    days: dict[int, date] = {}
    if column not in clauses.columns:
        return days
    for version, said in clauses.select("version", column).unique(maintain_order=True).iter_rows():
        if not str(said or "").strip():
            continue
        day = day_of(str(said), "clauses.csv")
        if days.setdefault(version, day) != day:
            raise ExportError(
                f"clauses.csv says of version {version} that it was {column} on {days[version]} and on {day}. A "
                f"version has one day. Correct the column {column}."
            )
    return days


def day_of(written: str, where: str) -> date:
    """Return a day that is written as 2026-10-21.

    Raises
    ------
    ExportError
        It is written otherwise.
    """
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise ExportError(f"{where}: {written!r} is no day. Write year, month and day, as in 2026-10-21.") from None


def _ordered(
    rows: dict[str, dict[str, Any]], parent: str | None, above: str, depth: int, behind: Behind | None
) -> list[ClauseText]:
    """Lay clauses out as a tree; one whose parent is gone stands at the top."""
    own = sorted((name for name, row in rows.items() if _parent(rows, row) == parent), key=lambda name: _at(rows[name]))
    found: list[ClauseText] = []
    for count, name in enumerate(own, start=1):
        row, place = rows[name], f"{above}{count}"
        notes = behind.notes(name) if behind else ()
        heading, text = row.get("heading") or "", row.get("text") or ""
        found.append(ClauseText(name, place, heading, text, depth, parent, "", notes))
        found += _ordered(rows, name, f"{place}.", depth + 1, behind)
    return found


def _at(row: dict[str, Any]) -> float:
    """Return the place of a clause among those beside it; what has none stands last, in the order of the table."""
    try:
        given = row.get("position")
        return float("inf" if given is None else given)
    except ValueError:
        raise ExportError(
            f"clauses.csv: clause {row['clause']!r} has the position {row['position']!r}, which is no number. Count "
            "the clauses under the same one, or leave the column empty."
        ) from None


def _within(draft: str, clause: ClauseText) -> ClauseText:
    """Call a clause, and the one above it, by the names that they have within their draft."""
    above = clause.parent.removeprefix(f"{draft}/") if clause.parent else None
    return replace(clause, code=clause.code.removeprefix(f"{draft}/"), parent=above)


def _parent(rows: dict[str, dict[str, Any]], row: dict[str, Any]) -> str | None:
    """Return the clause above one; None where that is gone, or where clauses stand under each other in a circle."""
    seen, above = {row["clause"]}, row.get("parent")
    at = above
    while at in rows:
        if at in seen:
            return None
        seen.add(at)
        at = rows[at].get("parent")
    return above if above in rows else None


def write_texts(
    trace: Trace,
    folder: Path,
    *,
    title: str,
    language: str = "en",
    formats: tuple[str, ...] = (),
    with_trace: bool,
    published: Mapping[int, date] | None = None,
) -> list[Path]:
    """Write ``answers`` and ``draft`` in every format, or in those that are named.

    Each draft has a file of its own where the names of clauses say of several ("draft-islands.md"). Akoma Ntoso, which
    cannot do without the days of versions, is left out where they are not known, unless it is named.

    Raises
    ------
    ExportError
        There is no such format or no words in this language, a day cannot be read, or it is not known and Akoma Ntoso
        was named.
    """
    unknown = [each for each in formats if each not in {*FORMATS, *TABLES}]
    if unknown:
        raise ExportError(
            f"There is no format {unknown[0]!r}. Choose among {', '.join(dict.fromkeys([*TABLES, *FORMATS]))}."
        )
    labels = labels_in(language)
    wanted = formats or (*FORMATS, *TABLES)
    frame = Frame(answers_to(title, language), language, _last_day(trace), columns=columns_in(language))
    public = public_in(trace)
    tables = {"csv": coded_replies(trace, public=public)}
    words = reply_rows(trace, public=public, labels=labels, names=Names(day=labels.dated))
    made = {f"answers.{each}": write_replies(tables.get(each, words), each, frame) for each in TABLES if each in wanted}
    drafts = drafts_in(trace)
    for draft in drafts:
        text = draft_in(trace, title=title, language=language, with_trace=with_trace, draft=draft, published=published)
        name = f"draft-{draft}" if len(drafts) > 1 else "draft"
        for each in _to_write(text, wanted, named=formats):
            made[f"{name}.{each}"] = write_draft(text, each, labels, with_trace=with_trace)
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in made.items():
        (folder / file).write_bytes(data)
    return [folder / file for file in made]


def _to_write(text: DraftText, wanted: Collection[str], *, named: Collection[str]) -> list[str]:
    """Return the formats of a draft: none for one without clauses."""
    is_dated = all(each.on for each in text.versions)
    kept = [each for each in FORMATS if each in wanted and (each != "xml" or is_dated or each in named)]
    return kept if text.clauses else []


def _last_day(trace: Trace) -> date | None:
    """Return the day of the last answer, which the file of answers carries; None where no answer has one."""
    days = []
    for said in trace.dispositions["date"].drop_nulls().to_list():
        try:
            days.append(date.fromisoformat(str(said).strip()[:10]))
        except ValueError:
            continue
    return max(days, default=None)


def _word(title: str) -> str:
    """Return a word for addresses, made of the Latin letters and digits of a title."""
    letters = "".join(each if each.isascii() and each.isalnum() else "-" for each in title.lower())
    return "-".join(part for part in letters.split("-") if part) or "draft"
