"""Which column of a spreadsheet holds what: told by the names of the columns, and by what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from minga.deliberation.engine.incoming_dates import needs_order, read_date
from minga.deliberation.engine.incoming_headers import plain_name
from minga.deliberation.engine.incoming_words import FIELDS, VALUES, is_internal, value_of

_ASKS = re.compile(r"[?؟？][\s*:]*$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]{3}|[\u3400-\u9fff]")
#: So many words, or Chinese signs, answer a question in one's own words.
_OWN_WORDS, _OWN_SIGNS = 5, 10
#: Shorter words name a column only where they are all of its name.
_SHORTEST = 4


@dataclass(frozen=True)
class Held:
    """What the columns hold."""

    #: column by field; "text" is the first that holds words of the sender
    columns: Mapping[str, str]
    #: further columns with words of the sender: answers to other questions
    more: tuple[str, ...] = ()
    #: where no text is known: columns that may hold it, for a person to confirm
    asked: tuple[str, ...] = ()


def guess(header: Sequence[str]) -> dict[str, str]:
    """Guess from the names of columns alone which one holds what.

    Parameters
    ----------
    header : names of columns

    Returns
    -------
    dict
        Column by field (text, name, organization, address, gender, region, type, size, date, language, may_publish);
        what cannot be told is left out.
    """
    return dict(hold(header, {}).columns)


def hold(header: Sequence[str], cells: Mapping[str, Sequence[str]]) -> Held:
    """Say which columns hold what.

    Parameters
    ----------
    header : names of columns
    cells : filled cells of each column; without any, the names alone decide

    Returns
    -------
    Held
        A column is the one its whole name says. Words of the sender stand in every column that is called so, and in
        those that ask a question and are answered in people's own words. Where only a part of a name fits a field, the
        cells have to fit it too. What the office notes for itself is nobody's answer.
    """
    plain = {column: plain_name(column) for column in header}
    own = [column for column in header if _in_own_words(cells.get(column, ())) and not is_internal(plain[column])]
    found = _by_whole_names(plain)
    texts = [column for column, name in plain.items() if name in FIELDS["text"] and (column in cells or not cells)]
    rest = [column for column in header if column not in {*texts, *found.values()}]
    if not texts:
        texts = [column for column in rest if column in own and _fits("text", plain[column])]
    texts += [column for column in rest if column in own and _asks_freely(column, plain[column], cells)]
    if not texts:
        named = (
            column for column in rest if _fits("text", plain[column]) and _holds_words(cells.get(column, ("text",)))
        )
        texts = list(named)[:1]
    for wanted in FIELDS:
        if wanted not in found and wanted != "text":
            taken = {*found.values(), *texts}
            fitting = (column for column in header if column not in taken and _fits(wanted, plain[column]))
            column = next((one for one in fitting if _understood(wanted, cells.get(one, ()))), None)
            found |= {wanted: column} if column else {}
    texts = [column for column in header if column in texts]
    if texts:
        return Held({"text": texts[0], **found}, tuple(texts[1:]))
    return Held(found, asked=_asked([column for column in header if column not in found.values()], cells))


def _by_whole_names(plain: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for wanted, words in FIELDS.items():
        named = (column for column, name in plain.items() if name in words and column not in found.values())
        if wanted != "text" and (column := next(named, None)):
            found[wanted] = column
    return found


def _fits(wanted: str, name: str) -> bool:
    return any(word in name for word in FIELDS[wanted] if len(word) >= _SHORTEST)


def _in_own_words(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells are answered in whole phrases, hardly two of them alike."""
    long = sum(len(cell.split()) >= _OWN_WORDS or len(_HAN.findall(cell)) >= _OWN_SIGNS for cell in cells)
    return bool(cells) and 2 * long >= len(cells) and 2 * len(set(cells)) >= len(cells)


def _asks_freely(column: str, name: str, cells: Mapping[str, Sequence[str]]) -> bool:
    """Whether a column asks something that no field of the sender is the answer to."""
    closed = [wanted for wanted in (*VALUES, "date", "address") if _fits(wanted, name)]
    return bool(_ASKS.search(column)) and not any(_understood(wanted, cells[column]) for wanted in closed)


def _understood(wanted: str, cells: Sequence[str]) -> bool:
    """Whether at least half of the cells are values of a field."""
    if wanted in VALUES:
        known = [bool(value_of(wanted, cell)) for cell in cells]
    elif wanted == "date":
        known = [read_date(cell, "dmy") is not None or needs_order(cell) for cell in cells]
    elif wanted == "address":
        known = ["@" in cell for cell in cells]
    else:
        return not _in_own_words(cells)
    return 2 * sum(known) >= len(known)


def _holds_words(cells: Iterable[str]) -> bool:
    return any(_LETTERS.search(cell) for cell in cells)


def _asked(columns: Sequence[str], cells: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the columns that ask something and hold words; else the one with the longest cells."""
    worded = [column for column in columns if _holds_words(cells.get(column, ()))]
    asking = tuple(column for column in worded if _ASKS.search(column))
    if asking or not worded:
        return asking
    return (max(worded, key=lambda column: sum(map(len, cells[column])) / len(cells[column])),)
