"""The matrix of people and statements beside the votes: made from them, and where the two say something else."""

from __future__ import annotations

import polars as pl

from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.csv_files import is_statement
from minga.deliberation.engine.polis_columns import PEOPLE
from minga.deliberation.engine.votes import VoteTable, vote_table


def with_matrix(conversation: Conversation) -> pl.DataFrame:
    """Put the votes beside each person, a column a statement, unless they stand there just so.

    Parameters
    ----------
    conversation : Conversation

    Returns
    -------
    table, one row per person
        The participants as they are where their matrix says what the votes say; otherwise with a new one, and the
        counts of each person (``n_votes``, ``n_agree``, ``n_disagree``) that were there brought up to it.
    """
    people = conversation.participants
    own = [name for name in people.columns if is_statement(name)]
    header = conversation.layout.get("participants-votes", ())
    asked = own or [name.strip() for name in header if is_statement(name.strip())]
    if asked or header:
        voted = conversation.votes.filter(pl.col("participant").is_in(people["participant"].to_list()))
        later = voted["statement"].unique().sort().cast(pl.String).to_list()
        told = {str(int(name)) for name in asked}
        asked = [*asked, *(name for name in later if name not in told)]
    whole = vote_table(conversation, [int(name) for name in asked] if asked else None)
    wide = whole.wide().rename({str(int(name)): name for name in asked})
    rebuilt = people.select("participant").join(wide, on="participant", how="left", maintain_order="left")
    cells = rebuilt.drop("participant").cast(pl.Int64)
    if own and own == cells.columns and people.select(own).cast(pl.Int64).equals(cells):
        return people
    return pl.concat([_recounted(people.drop(own), whole), cells], how="horizontal")


def _recounted(people: pl.DataFrame, votes: VoteTable) -> pl.DataFrame:
    """Bring the counts of each person up to the votes, as far as there are any."""
    counted = pl.DataFrame({"participant": votes.participants[votes.row], "vote": votes.value}).group_by("participant")
    counts = counted.agg(
        n_votes=pl.len().cast(pl.Int64),
        n_agree=(pl.col("vote") == 1).sum().cast(pl.Int64),
        n_disagree=(pl.col("vote") == -1).sum().cast(pl.Int64),
    )
    own = [name for name in ("n_votes", "n_agree", "n_disagree") if name in people.columns]
    beside = people.select("participant").join(counts, on="participant", how="left", maintain_order="left")
    return people.with_columns(beside[name].fill_null(0) for name in own)


def remarks(conversation: Conversation) -> list[str]:
    """Say what a reader of an export should know, though nothing is refused for it.

    Parameters
    ----------
    conversation : Conversation
        As :func:`read_polis` returns it; of any other there is nothing to say.

    Returns
    -------
    whole sentences, a remark each
        Where ``votes.csv`` and the matrix contradict each other, and columns of the matrix that look like votes on
        statements without a number.

    Source: own rules, docs/methods/opinion-map.md.
    """
    found = []
    people = conversation.participants
    if {"votes", "participants-votes"} <= conversation.layout.keys():
        found += _contradictions(conversation)
    others = [name for name in people.columns if not is_statement(name) and name not in PEOPLE.values()]
    unread = [name for name in others if people[name].dtype == pl.String and _are_votes(people[name])]
    if unread:
        found.append(
            f"participants-votes.csv: the columns {', '.join(unread[:12])} hold nothing but 1, 0 and -1, but are not "
            "headed by the whole number of a statement, so they count as no votes. Number the statements if they are."
        )
    return found


def _contradictions(conversation: Conversation) -> list[str]:
    people = conversation.participants
    own = [name for name in people.columns if is_statement(name)]
    if not own:
        return []
    wide = vote_table(conversation, [int(name) for name in own]).wide().rename({str(int(name)): name for name in own})
    told = people.select("participant").join(wide, on="participant", how="left", maintain_order="left")
    names, differing, first = people["participant"], 0, ""
    for name in own:
        differs = told[name].cast(pl.Int64).ne_missing(people[name].cast(pl.Int64))
        if differs.any() and not differing:
            at = int(differs.arg_max() or 0)
            cells = ["no vote" if column[name][at] is None else str(column[name][at]) for column in (told, people)]
            first = f"participant {names[at]} on statement {name}: {cells[0]} in votes.csv, {cells[1]} in the matrix"
        differing += int(differs.sum())
    if not differing:
        return []
    return [
        f"votes.csv and participants-votes.csv contradict each other in {differing:,} places, first {first}. "
        "votes.csv counts. If the matrix is right, take votes.csv away and read the files again."
    ]


def _are_votes(column: pl.Series) -> bool:
    cells = column.drop_nulls().str.strip_chars()
    return bool(len(cells)) and bool(cells.is_in(["1", "0", "-1", "1.0", "0.0", "-1.0"]).all())
