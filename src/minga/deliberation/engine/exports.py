"""Read the CSV files of Pol.is: as a folder or a zip file, old headers or new, complete or not."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.csv_files import (
    COUNTED,
    ROW,
    is_statement,
    read_table,
    records,
    statement_columns,
    whole_numbers,
)
from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.polis_columns import COLUMNS, FILES, TRUTHS, WHOLE, own_names


def read_polis(path: str | Path) -> Conversation:
    """Read an export of Pol.is.

    Parameters
    ----------
    path : folder or zip file
        ``votes.csv``, ``participants-votes.csv`` or both must be there; ``comments.csv`` and ``summary.csv`` may be
        missing, and so may any column that is not needed (``datetime``, ``xid``, counts). Headers may be written
        with hyphens, underscores or blanks, cells be parted by commas, semicolons or tabs.

    Returns
    -------
    Conversation
        Without ``votes.csv`` the votes are those of the matrix, without times. Where both are there, ``votes.csv``
        counts; :func:`remarks` says where the matrix differs.

    Raises
    ------
    ExportError
        There is nothing under this path, a file is missing, a row or cell breaks a rule (named with its row, the
        header being row 1), a zip file is damaged or holds several conversations, or agree and disagree are swapped.

    Source: openData of the Computational Democracy Project, format of exports.
    """
    texts = dict(_texts(Path(path)))
    if "votes" not in texts and "participants-votes" not in texts:
        raise ExportError(
            f"{path} holds neither votes.csv nor participants-votes.csv. "
            "Give the folder or the zip file of an export of Pol.is."
        )
    layout: dict[str, tuple[str, ...]] = {}
    statements, layout = _part(texts, "comments", layout)
    people, layout = _part(texts, "participants-votes", layout)
    votes, layout = _part(texts, "votes", layout)
    _check_once(people, statements)
    _check_kinds(statements)
    if votes is None and people is not None:
        votes = _melted(people)
    assert votes is not None
    _check_values(votes, "votes.csv" if "votes" in texts else "participants-votes.csv")
    if people is None:
        people = votes.select("participant").unique(maintain_order=True)
    if statements is None:
        columns = [int(name) for name in people.columns if is_statement(name)]
        known = votes["statement"].unique().to_list()
        statements = pl.DataFrame({"statement": sorted({*columns, *known})}, schema={"statement": pl.Int64})
    said = records(texts.get("summary", ""), "summary.csv", _first_mark(texts.get("summary", "")))
    summary = {row[0]: ",".join(row[1:]) for row in said if row}
    votes, statements, people = (table.drop(ROW, strict=False) for table in (votes, statements, people))
    found = Conversation(votes, statements, people, summary, layout)
    check_sign(found)
    return found


def check_sign(conversation: Conversation) -> None:
    """Refuse votes whose sign contradicts the counts that come with the statements.

    The database and the programming interface of Pol.is keep agree as -1, its exports as 1. A file made from the
    first looks the same and would turn every figure round. The counts of ``comments.csv`` are never used as counts
    (they lag behind), but they show which sign is meant.

    Parameters
    ----------
    conversation : Conversation
        Statements with ``agrees`` and ``disagrees``; without them, or with fewer than three, nothing is checked.

    Raises
    ------
    ExportError
        Over all statements, agreement runs against the counts.

    Source: own rule; the sign of exports is that of the openData of the Computational Democracy Project.
    """
    statements = conversation.statements
    if not {"agrees", "disagrees"} <= set(statements.columns):
        return
    counted = conversation.votes.group_by("statement").agg(
        n_agree=(pl.col("vote") == 1).sum(), n_disagree=(pl.col("vote") == -1).sum()
    )
    both = statements.join(counted, on="statement").drop_nulls(["agrees", "disagrees"])
    if both.height < 3:
        return
    told = (both["agrees"] - both["disagrees"]).to_numpy().astype(float)
    seen = (both["n_agree"].cast(pl.Int64) - both["n_disagree"].cast(pl.Int64)).to_numpy().astype(float)
    # about zero, not about the mean: swapped signs mirror every difference, whatever their mean is
    if float(told @ seen) < 0:
        raise ExportError(
            "The votes run against the counts of comments.csv: where it counts agreement, they say disagreement. "
            "1 must mean agree and -1 disagree; a table taken from the database or the programming interface of "
            "Pol.is has it the other way round. Turn the sign of every vote and read the files again."
        )


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each part of an export that is there, with its text."""
    if path.is_dir():
        for part, names in FILES.items():
            for name in names:
                if (path / name).is_file():
                    yield part, _decoded((path / name).read_bytes(), name)
                    break
    elif path.is_file() and zipfile.is_zipfile(path):
        yield from _unpacked(path)
    elif not path.exists():
        raise ExportError(f"There is no folder or file {path}. Check the path.")
    elif path.suffix.lower() == ".zip" or path.read_bytes()[:2] == b"PK":
        raise ExportError(f"{path} is damaged: it is no whole zip file. Fetch or pack the file again.")
    else:
        raise ExportError(f"{path} is neither a folder nor a zip file. Give the folder of an export of Pol.is.")


def _unpacked(path: Path) -> Iterator[tuple[str, str]]:
    known = {name for names in FILES.values() for name in names}
    with zipfile.ZipFile(path) as packed:
        inside = [name for name in packed.namelist() if not name.startswith("__MACOSX/") and Path(name).name in known]
        folders = sorted({str(Path(name).parent) for name in inside})
        if len(folders) > 1:
            raise ExportError(
                f"{path} holds files of several conversations, in the folders {', '.join(folders)}. "
                "Give a zip file with the files of one."
            )
        place = {Path(name).name: name for name in inside}
        for part, names in FILES.items():
            for name in names:
                if name in place:
                    yield part, _decoded(_content(packed, place[name], path), name)
                    break


def _content(packed: zipfile.ZipFile, name: str, path: Path) -> bytes:
    try:
        return packed.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise ExportError(f"{path}: {name} is damaged inside the zip file. Fetch or pack the file again.") from None
    except (RuntimeError, NotImplementedError):
        raise ExportError(
            f"{path}: {name} is locked with a password or packed in an unusual way. Unpack it, and give the folder."
        ) from None


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ExportError(f"{name} is not UTF-8 at byte {wrong.start}. Save it as UTF-8 and read it again.") from None


def _part(
    texts: dict[str, str], part: str, layout: dict[str, tuple[str, ...]]
) -> tuple[pl.DataFrame | None, dict[str, tuple[str, ...]]]:
    """Read one file as text, give its columns our names, and turn the whole numbers into numbers."""
    if part not in texts:
        return None, layout
    file = FILES[part][0]
    table, header = read_table(texts[part], file)
    ours = own_names(header, part)
    needed = COLUMNS[part][1]
    missing = sorted(set(needed) - set(ours))
    if missing or len(set(ours)) < len(ours):
        said = f"lacks a column for {', '.join(missing)}" if missing else "holds a column twice"
        raise ExportError(f"{file} {said}; its header is {', '.join(header[:12])}. Correct the header.")
    table = table.rename({str(at): name for at, name in enumerate(ours)})
    theirs = dict(zip(ours, header, strict=True))
    asked = set(statement_columns(ours, file)) if part == "participants-votes" else set()
    table = whole_numbers(table, {name: theirs[name] for name in ours if name in WHOLE | asked}, TRUTHS, file)
    for name in sorted(needed):
        if table[name].null_count():
            row = table.filter(pl.col(name).is_null())[ROW][0]
            raise ExportError(
                f"{file}, row {row} ({COUNTED}): the column {theirs[name]!r} is empty. Fill it, or remove the row."
            )
    return table, layout | {part: tuple(header)}


def _first_mark(text: str) -> str:
    """Return the sign that ends the first word of a summary, which has no header: a comma, semicolon or tab."""
    return next((sign for sign in text.partition("\n")[0] if sign in ",;\t"), ",")


def _check_once(people: pl.DataFrame | None, statements: pl.DataFrame | None) -> None:
    """Refuse a person who is listed twice, and a statement that is rejected in one row and not in another."""
    if people is not None and people["participant"].is_duplicated().any():
        twice = people.filter(pl.col("participant").is_duplicated())
        raise ExportError(_twice("participants-votes.csv", "participant", twice, "Each person has one row."))
    if statements is not None and "moderated" in statements.columns:
        kinds = statements.group_by("statement").agg(kinds=pl.col("moderated").fill_null(0).n_unique())
        unsure = kinds.filter(pl.col("kinds") > 1)["statement"].to_list()
        if unsure:
            twice = statements.filter(pl.col("statement").is_in(unsure))
            raise ExportError(_twice("comments.csv", "statement", twice, "They differ in whether it was rejected."))


def _twice(file: str, column: str, rows: pl.DataFrame, why: str) -> str:
    name = rows[column][0]
    first, second = rows.filter(pl.col(column) == name)[ROW].to_list()[:2]
    return (
        f"{file}, rows {first} and {second} ({COUNTED}): {column} {name} is listed twice. "
        f"{why} Keep the right row and remove the other."
    )


def _melted(people: pl.DataFrame) -> pl.DataFrame:
    """Turn the matrix into one row a vote."""
    columns = [name for name in people.columns if is_statement(name)]
    if not columns:
        others = [name for name in people.columns if name not in COLUMNS["participants-votes"][0].values()]
        ignored = ", ".join(repr(name) for name in others if name != ROW) or "none"
        raise ExportError(
            "participants-votes.csv has no column of a statement, so it holds no vote. Such a column is headed by the "
            f"whole number of the statement; other columns found: {ignored}. Number the statements, or add votes.csv."
        )
    return (
        people.select("participant", ROW, *columns)
        .unpivot(index=["participant", ROW], variable_name="statement", value_name="vote")
        .drop_nulls("vote")
        .with_columns(pl.col("statement").cast(pl.Int64))
        .select("statement", "participant", "vote", ROW)
    )


def _check_kinds(statements: pl.DataFrame | None) -> None:
    """Refuse numbers that say nothing of a statement: as in a log of events."""
    rules = {"moderated": ([1, 0, -1], "1 (accepted), 0 (not yet) or -1 (rejected)"), "is_meta": ([1, 0], "1 or 0")}
    for name, (allowed, rule) in rules.items():
        if statements is None or name not in statements.columns or not statements[name].dtype.is_integer():
            continue
        wrong = statements.filter(~pl.col(name).is_in(allowed))
        if wrong.height:
            row = wrong.row(0, named=True)
            raise ExportError(
                f"comments.csv, row {row[ROW]} ({COUNTED}): {name} of statement {row['statement']} is {row[name]}, but "
                f"that is {rule}. Correct it, or leave the cell empty."
            )


def _check_values(votes: pl.DataFrame, file: str) -> None:
    wrong = votes.filter(~pl.col("vote").is_in([1, 0, -1]) | pl.col("vote").is_null())
    if wrong.height:
        row = wrong.row(0, named=True)
        vote = "no vote" if row["vote"] is None else f"the vote {row['vote']}"
        raise ExportError(
            f"{file}, row {row[ROW]} ({COUNTED}): participant {row['participant']} gave statement {row['statement']} "
            f"{vote}, but a vote is 1 (agree), 0 (pass) or -1 (disagree). Correct or remove the row."
        )
