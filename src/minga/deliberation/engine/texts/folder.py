"""Files of answers and of the draft from a trace that was read from tables, without any site."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.behind import Behind
from minga.deliberation.engine.texts.document import ClauseText, DraftText, VersionLine
from minga.deliberation.engine.texts.drafts import FORMATS, write_draft
from minga.deliberation.engine.texts.replies import FORMATS as TABLES
from minga.deliberation.engine.texts.replies import Frame, replies, write_replies
from minga.deliberation.engine.trace import Trace

#: What a table may say of whether words may be shown; anything else means no.
_YES = ("1", "true", "yes", "y")


def public_in(trace: Trace) -> set[str] | None:
    """Return the voices with yes in ``may_publish``, whose words may be shown; None for all, without the column."""
    if "may_publish" not in trace.voices.columns:
        return None
    rows = trace.voices.select("voice", "may_publish").iter_rows()
    return {voice for voice, said in rows if str(said).strip().lower() in _YES}


def draft_in(trace: Trace, *, title: str, language: str = "en", with_trace: bool = False) -> DraftText:
    """Return the clauses of the last version as a text.

    Parameters
    ----------
    trace : Trace
        ``clauses`` may also hold ``heading`` and ``parent`` (the clause above); clauses stand in the order in which
        the table first names them, each before those under it.
    title, language : str
    with_trace : bool
        Adds what stands behind each clause.
    """
    rows: dict[str, dict[str, Any]] = {}
    for row in trace.clauses.sort("version", maintain_order=True).iter_rows(named=True):
        known = rows.setdefault(row["clause"], {})
        known.update({name: value for name, value in row.items() if value is not None})
    standing = {name: row for name, row in rows.items() if name in trace.lineage.live}
    behind = Behind(trace, public_in(trace)) if with_trace else None
    day = _day(trace)
    version = int(trace.clauses["version"].max() or 1)  # type: ignore[arg-type]
    return DraftText(
        title=title,
        name=_word(title),
        kind="empty",
        language=language,
        version=version,
        clauses=tuple(_ordered(standing, None, "", 0, behind)),
        versions=tuple(VersionLine(number, day) for number in sorted(trace.clauses["version"].unique().to_list())),
    )


def _ordered(
    rows: dict[str, dict[str, Any]], parent: str | None, above: str, depth: int, behind: Behind | None
) -> list[ClauseText]:
    """Lay clauses out as a tree; one whose parent is gone stands at the top."""
    own = [name for name, row in rows.items() if (_parent(rows, row) == parent)]
    found: list[ClauseText] = []
    for count, name in enumerate(own, start=1):
        row, place = rows[name], f"{above}{count}"
        notes = behind.notes(name) if behind else ()
        found.append(ClauseText(name, place, row.get("heading") or "", row.get("text") or "", depth, parent, "", notes))
        found += _ordered(rows, name, f"{place}.", depth + 1, behind)
    return found


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
    trace: Trace, folder: Path, *, title: str, language: str = "en", formats: tuple[str, ...] = (), with_trace: bool
) -> list[Path]:
    """Write ``answers`` and ``draft`` in every format, or in those that are named.

    Raises
    ------
    ExportError
        There is no such format.
    """
    unknown = [each for each in formats if each not in {*FORMATS, *TABLES}]
    if unknown:
        raise ExportError(
            f"There is no format {unknown[0]!r}. Choose among {', '.join(dict.fromkeys([*TABLES, *FORMATS]))}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    wanted = formats or (*FORMATS, *TABLES)
    frame = Frame(f"{title}: answers", language, _day(trace))
    table = replies(trace, public=public_in(trace))
    text = draft_in(trace, title=title, language=language, with_trace=with_trace)
    made = {f"answers.{each}": write_replies(table, each, frame) for each in TABLES if each in wanted}
    if text.clauses:
        made |= {f"draft.{each}": write_draft(text, each, with_trace=with_trace) for each in FORMATS if each in wanted}
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]


def _day(trace: Trace) -> date:
    """Return the day of the last answer: files of the same tables carry the same day."""
    days = []
    for said in trace.dispositions["date"].drop_nulls().to_list():
        try:
            days.append(date.fromisoformat(str(said).strip()[:10]))
        except ValueError:
            continue
    return max(days, default=date(1970, 1, 1))


def _word(title: str) -> str:
    """Return a word for addresses, made of the Latin letters and digits of a title."""
    letters = "".join(each if each.isascii() and each.isalnum() else "-" for each in title.lower())
    return "-".join(part for part in letters.split("-") if part) or "draft"
