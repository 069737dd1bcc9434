"""Keep a conversation as a log of events, one JSON line each, that other programs can read line by line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.csv_files import is_statement
from minga.deliberation.engine.errors import ExportError

#: What an event says, and the table of a conversation it belongs to.
EVENTS = {"statement": "statements", "participant": "participants", "vote": "votes"}
_HEAD = "conversation"
#: What an event cannot do without.
_NEEDED = {_HEAD: (), "statement": ("statement",), "participant": ("participant",),
           "vote": ("participant", "statement", "vote")}  # fmt: skip


def write_events(conversation: Conversation, path: str | Path) -> int:
    """Write a conversation as JSON Lines, one event a line.

    The first line holds the summary and the headers of the files it came from; then ``statement``, ``participant``
    and ``vote``, votes in the order they were cast.

    Parameters
    ----------
    conversation : Conversation
    path : path
        The file; its folder is made if it is missing.

    Returns
    -------
    number of lines

    Source: own format, docs/methods/opinion-map.md; lines by JSON Lines (jsonlines.org), UTF-8, ended by "\\n" alone.
    """
    lines = 1
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        head = {"event": _HEAD, "summary": conversation.summary, "layout": conversation.layout}
        file.write(json.dumps(head, ensure_ascii=False) + "\n")
        for event, table in EVENTS.items():
            rows = getattr(conversation, table)
            # the matrix of a file of participants is the votes once more
            rows = rows.select([name for name in rows.columns if not is_statement(name)])
            for row in rows.iter_rows(named=True):
                file.write(json.dumps({"event": event} | row, ensure_ascii=False) + "\n")
                lines += 1
    return lines


def read_events(path: str | Path) -> Conversation:
    """Read a conversation from JSON Lines.

    Parameters
    ----------
    path : path
        A file as :func:`write_events` writes it; votes alone are enough.

    Returns
    -------
    Conversation

    Raises
    ------
    ExportError
        There is no such file, it is not UTF-8, or holds no vote; or a line is no event, lacks what its event needs,
        or holds a value of the wrong kind (named with the line and its key); a person has two lines, or a statement
        two that differ in whether it was rejected.

    Source: own format, docs/methods/opinion-map.md; lines by JSON Lines (jsonlines.org), ended by "\\n" alone.
    """
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in EVENTS.values()}
    head: dict[str, Any] = {}
    kinds: dict[str, tuple[type, int]] = {}
    first: dict[tuple[str, Any], tuple[int, int]] = {}
    file = Path(path)
    for number, line in _lines(file):
        event = _event(line, f"{file}, line {number}")
        _check_names(event, kinds, file, number)
        _check_once(event, first, file, number)
        kind = event.pop("event")
        if kind == _HEAD:
            head = event
        else:
            rows[EVENTS[kind]].append(event)
    if not rows["votes"]:
        raise ExportError(f"{file} holds no vote. A log of a conversation holds a line a vote.")
    layout = {part: tuple(names) for part, names in (head.get("layout") or {}).items()}
    tables = {name: _gathered(each) for name, each in rows.items()}
    if not rows["participants"]:
        tables["participants"] = tables["votes"].select("participant").unique(maintain_order=True)
    if not rows["statements"]:
        tables["statements"] = tables["votes"].select("statement").unique().sort("statement")
    summary = head.get("summary") or {}
    return Conversation(tables["votes"], tables["statements"], tables["participants"], summary, layout)


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank; only "\\n" ends one, since a text may hold any other end of a line."""
    if not file.is_file():
        raise ExportError(f"There is no file {file}. Check the path.")
    for number, content in enumerate(file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            line = content.decode()
        except UnicodeDecodeError:
            raise ExportError(
                f"{file}, line {number} is not UTF-8. Save the file as UTF-8 and read it again."
            ) from None
        if line.strip():
            yield number, line


def _gathered(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make a table whose columns stand in the order in which they first come up."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, strict=False)
    return table.with_columns(pl.col(pl.Null).cast(pl.String))


# ---------------------------------------------------------------- what a line may say
def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_number(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return _is_whole(value) or (_is_text(value) and bool(value.strip()))


def _is_layout(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(names, list) and all(map(_is_text, names)) for names in value.values()
    )


def _is_summary(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_NAME = "a name is a text or a whole number of at most 9223372036854775807"
#: What the values of keys must be, and how that is said; nothing (null) is allowed where the event can do without.
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "participant": (_is_name, _NAME),
    "statement": (_is_name, _NAME),
    "vote": (lambda vote: _is_whole(vote) and vote in (1, 0, -1), "a vote is 1 (agree), 0 (pass) or -1 (disagree)"),
    "timestamp": (_is_number, "a time is a number of seconds or milliseconds"),
    "moderated": (lambda state: _is_whole(state) and state in (1, 0, -1), "that is 1 (accepted), 0 or -1 (rejected)"),
    "is_meta": (lambda value: isinstance(value, bool) or value in (0, 1), "that is true or false, or 1 or 0"),
    "text": (_is_text, "the words of a statement are a text"),
    "layout": (_is_layout, "that is an object with a list of names for each file"),
    "summary": (_is_summary, "that is an object of texts"),
}


def _event(line: str, where: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except json.JSONDecodeError as wrong:
        raise ExportError(f"{where} is not JSON: {wrong.msg}. Correct or remove the line.") from None
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        raise ExportError(f"{where} cannot be read as JSON. Correct or remove the line.") from None
    kind = event.get("event") if isinstance(event, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDED:
        raise ExportError(
            f"{where} is no event of a conversation. An event is one of {', '.join(_NEEDED)}. "
            "Correct or remove the line."
        )
    _check_values(event, kind, where)
    return dict(event)


def _check_values(event: dict[str, Any], kind: str, where: str) -> None:
    for key in _NEEDED[kind]:
        if event.get(key) is None:
            raise ExportError(f"{where}: the event {kind!r} lacks {key!r}. Add it, or remove the line.")
    for key, (fits, rule) in _RULES.items():
        if event.get(key) is not None and not fits(event[key]):
            shown = json.dumps(event[key], ensure_ascii=False)
            shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
            raise ExportError(f"{where}: {key!r} is {shown}, but {rule}. Correct or remove the line.")


def _check_names(event: dict[str, Any], kinds: dict[str, tuple[type, int]], file: Path, number: int) -> None:
    """Refuse names that are numbers in one line and text in another: 1 and "1" would be two people."""
    for key in ("participant", "statement"):
        if event.get(key) is None:
            continue
        first, line = kinds.setdefault(key, (type(event[key]), number))
        if type(event[key]) is not first:
            raise ExportError(
                f"{file}, line {number}: {key!r} is {event[key]!r}, but line {line} names it by "
                f"{'text' if first is str else 'a number'}. Use one of both throughout."
            )


def _check_once(event: dict[str, Any], first: dict[tuple[str, Any], tuple[int, int]], file: Path, number: int) -> None:
    """Refuse a person who has two lines, and a statement that is rejected in one line and not in another."""
    kind = event["event"]
    if kind not in ("participant", "statement"):
        return
    state = event.get("moderated") or 0 if kind == "statement" else number
    line, before = first.setdefault((kind, event[kind]), (number, state))
    if state != before:
        why = "Each person has one line." if kind == "participant" else "They differ in whether it was rejected."
        raise ExportError(
            f"{file}, lines {line} and {number}: {kind} {event[kind]!r} is listed twice. {why} Keep the right line and "
            "remove the other."
        )
