"""Write a conversation as the CSV files of Pol.is: columns by their names, and the matrix as the votes say it."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.polis_columns import COLUMNS, FILES, own_names, usual_names
from minga.deliberation.engine.polis_matrix import with_matrix


def write_polis(conversation: Conversation, folder: str | Path) -> list[Path]:
    """Write a conversation as an export of Pol.is.

    Parameters
    ----------
    conversation : Conversation
    folder : path
        Made if it is missing.

    Returns
    -------
    paths of the files written
        ``votes.csv`` and ``comments.csv`` always; ``participants-votes.csv`` and ``summary.csv`` if they are known.
        A conversation that was read keeps its headers, so its rows and values come out as they went in. A column that
        was dropped is left out, and one that was added stands at the end. The votes decide: where the matrix says
        something else, as after votes were removed, it is made anew from them, with the counts of each person. The
        counts of ``comments.csv`` stay as they are told.

    Raises
    ------
    ExportError
        A table lacks a column without which its file cannot be read, would give two columns the same name, or names
        people or statements by something else than whole numbers; nothing is written then.
    VoteError
        A vote is none of 1, 0 and -1, or a person is listed twice; only where there is a matrix.
    """
    layout = conversation.layout
    tables = {"votes": conversation.votes, "comments": conversation.statements}
    if "participants-votes" in layout or "group" in conversation.participants.columns:
        tables["participants-votes"] = conversation.participants
    for part, table in tables.items():
        _check_complete(table, part)
    numbered = {part: _numbered(table, FILES[part][0]) for part, table in tables.items()}
    if "participants-votes" in numbered:
        people = Conversation(numbered["votes"], numbered["comments"], numbered["participants-votes"], {}, layout)
        numbered["participants-votes"] = with_matrix(people)
    named = {part: _named(table, part, layout.get(part, ())) for part, table in numbered.items()}
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for part, table in named.items():
        written.append(place / FILES[part][0])
        table.write_csv(written[-1], quote_style="necessary", null_value="")
    if conversation.summary:
        written.append(place / "summary.csv")
        with written[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(conversation.summary.items())
    return written


def _check_complete(table: pl.DataFrame, part: str) -> None:
    missing = [name for name in COLUMNS[part][1] if name not in table.columns]
    if missing:
        raise ExportError(
            f"{FILES[part][0]} cannot be written: the table lacks {', '.join(missing)}; its columns are "
            f"{', '.join(table.columns[:12])}. Add what is missing."
        )


def _numbered(table: pl.DataFrame, file: str) -> pl.DataFrame:
    """Refuse names that are no whole numbers: nobody could read the files again."""
    for name in {"participant", "statement"} & set(table.columns):
        given = table[name]
        if given.dtype.is_integer():
            continue
        right = given.cast(pl.Int64, strict=False) if given.dtype.is_numeric() or given.dtype == pl.Null else None
        if right is None or not (right == given).fill_null(given.is_null()).all():
            raise ExportError(
                f"{file} cannot be written: a {name} is called {given.drop_nulls()[0]!r}, but the files of Pol.is name "
                "people and statements by whole numbers. Number them, or write a log with write_events(), which keeps "
                "such names."
            )
        table = table.with_columns(right.alias(name))
    return table


def _named(table: pl.DataFrame, part: str, header: tuple[str, ...]) -> pl.DataFrame:
    """Give columns the names and the order of the file they came from, the others those usual with Pol.is."""
    theirs = usual_names(part) | dict(zip(own_names(header, part), header, strict=True))
    known = [name for name in own_names(header, part) if name in table.columns]
    order = list(dict.fromkeys([*known, *table.columns]))
    names = [theirs.get(name, name) for name in order]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise ExportError(
            f"{FILES[part][0]} cannot be written: two columns of the table would be called {doubled!r}. "
            "Rename or drop one."
        )
    return table.select(pl.col(name).alias(said) for name, said in zip(order, names, strict=True))
