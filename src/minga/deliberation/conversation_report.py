"""The report of a conversation, ready for its pages: a stored map with the words of its statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.conf import settings

from minga.deliberation import wording_consulting
from minga.deliberation.engine.common_ground import common_ground
from minga.deliberation.engine.grouping import CLEAR
from minga.deliberation.engine.picture import HEIGHT, WIDTH, letter
from minga.deliberation.engine.snapshot import closed_statements, table_of
from minga.deliberation.models import Conversation, MapRun, Statement

Rows = list[dict[str, Any]]
#: Lists on the first page of a report are this long at most.
LISTED = 10
#: Statements a group is described with.
PICKED = 5


@dataclass(frozen=True)
class Words:
    """A statement as the page shows it: in its language, or in a translation that is marked as one."""

    number: int
    text: str
    language: str
    #: "", "human" or "machine"
    translated_by: str = ""
    is_rejected: bool = False
    is_waiting: bool = False
    is_meta: bool = False


def worded(statement: Statement, language: str) -> Words:
    """Give a statement its words; those of a rejected one are nobody's business."""
    if statement.state == Statement.State.REJECTED:
        return Words(statement.number, "", statement.language, is_rejected=True, is_meta=statement.is_meta)
    told = statement.translations.get(language) if language != statement.language else None
    waits = statement.state == Statement.State.WAITING
    if told and told.get("text"):
        by = told.get("by", "human")
        return Words(statement.number, told["text"], language, by, is_waiting=waits, is_meta=statement.is_meta)
    return Words(statement.number, statement.text, statement.language, is_waiting=waits, is_meta=statement.is_meta)


def words_of(conversation: Conversation, language: str) -> dict[int, Words]:
    """Return the words of every statement that may be shown, by number."""
    return {
        one.number: worded(one, language)
        for one in conversation.statements.all()
        if not (conversation.is_strict and one.state == Statement.State.WAITING)
    }


@dataclass(frozen=True)
class Told:
    """A statement with what a list says of it."""

    words: Words
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """A group as the report describes it."""

    number: int
    letter: str
    people: int
    #: share that other draws of people find again, in per cent; None where nobody tried
    found_again: int | None
    stands_for: tuple[Told, ...]


@dataclass(frozen=True)
class Border:
    """How many people stand between two neighbouring groups, for every 100 in the middle where fewer stand."""

    one: str
    other: str
    #: "gap", "no_gap" or "unsure"
    finding: str
    people: int
    low: int | None
    high: int | None
    #: how many would if people of a group differed by chance alone
    if_alike: int | None


@dataclass(frozen=True)
class Part:
    """Who took part, by one stratum."""

    name: Any
    rows: tuple[dict[str, Any], ...]
    not_stated: int | None
    #: per cent of people who would have to be others; None without a stated population
    dissimilarity: int | None
    has_reference: bool


@dataclass(frozen=True)
class Report:
    """Everything that the first page of a report shows."""

    run: MapRun
    facts: Mapping[str, Any]
    picture: str
    groups: tuple[Group, ...]
    middles: tuple[dict[str, Any], ...]
    evidence: tuple[dict[str, Any], ...]
    borders: tuple[Border, ...]
    agreed: tuple[Told, ...]
    disagreed: tuple[Told, ...]
    across: tuple[Told, ...]
    divisive: tuple[Told, ...]
    parts: tuple[Part, ...]
    without: Mapping[str, Any] | None
    least: int
    clear: int = round(100 * CLEAR)
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def people(self) -> int:
        """How many voted."""
        return int(self.facts["counts"]["voters"])

    @property
    def variance(self) -> int:
        """What the two axes show of all differences, in per cent."""
        return percent(sum(self.facts["variance"][:2])) or 0

    @property
    def by_chance(self) -> int | None:
        """What both would show if the same votes were dealt by chance; None where it was not asked of both."""
        chance = self.facts.get("chance")
        return percent(chance["by_chance"]) if chance and chance.get("axes", 2) > 1 else None

    @property
    def is_by_chance(self) -> bool:
        """Whether votes on different statements hang together no more than by chance; False for older maps."""
        chance = self.facts.get("chance")
        return bool(chance) and not chance["beaten"]

    @property
    def empty(self) -> int:
        """How much of the table of those who voted and of statements is empty, in per cent."""
        cells = self.people * self.facts["statements"]
        return percent(1 - self.facts["votes"] / cells) or 0 if cells else 0

    @property
    def in_no_group(self) -> int:
        """How many voted and stand in no group; 0 where that would tell the size of a group that is not shown."""
        if not self.groups or len(self.groups) != self.facts["k"]:
            return 0
        return self.people - sum(group.people for group in self.groups)

    @property
    def left_out(self) -> int:
        """How many statements did not count; maps of older versions know only of those with votes."""
        return int(self.facts.get("left_out", len(self.facts["moderated_out"])))


def percent(share: float | None) -> int | None:
    """Round a share to per cent."""
    return None if share is None else round(100 * share)


def build(run: MapRun, language: str) -> Report:
    """Put the report of a map together."""
    words = words_of(run.conversation, language)
    facts, tables = run.facts, run.tables
    totals = {row["statement"]: row for row in table_of(tables, "totals")}
    picture, closed = table_of(tables, "picture"), closed_statements(tables)
    return Report(
        run=run,
        facts=facts,
        picture=picture[0]["svg"] if picture else "",
        groups=tuple(_groups(facts, tables, words, closed)),
        middles=tuple(one | {"letter": letter(one["group"])} for one in _shown(facts, facts["middles"], "group")),
        evidence=tuple(_evidence(facts)),
        borders=tuple(_borders(facts)),
        agreed=_told(_shares(table_of(tables, "agree")), words, "statement"),
        disagreed=_told(_shares(table_of(tables, "disagree")), words, "statement"),
        across=_across(facts, tables, words, closed),
        divisive=_divisive(tables, totals, words, facts["shown"], closed),
        parts=tuple(_parts(run, facts.get("participation", {}))),
        without=_without(facts.get("without"), words, totals),
        least=settings.MIN_PERSONS,
    )


def _shown(facts: Mapping[str, Any], rows: Rows, name: str) -> Rows:
    return [row for row in rows if row[name] in facts["shown"]]


def _told(
    rows: Iterable[Mapping[str, Any]], words: Mapping[int, Words], name: str, most: int = LISTED
) -> tuple[Told, ...]:
    found = [Told(words[row[name]], row) for row in rows if row[name] in words and not words[row[name]].is_rejected]
    return tuple(found[:most])


def _shares(rows: Rows) -> Rows:
    """Say shares as they were counted, in per cent, of statements with enough votes to be shown."""
    least = settings.MIN_PERSONS
    return [row | {"percent": percent(row["n_success"] / row["n_trials"])} for row in rows if row["n_trials"] >= least]


def _groups(
    facts: Mapping[str, Any], tables: Mapping[str, Any], words: Mapping[int, Words], closed: Collection[int]
) -> Iterable[Group]:
    stable = facts["group_stability"]
    picked = table_of(dict(tables), "picked")
    for number in facts["shown"]:
        # the best of a group is kept even where others are of the same mind: that tells nothing apart
        own = _shares([row for row in picked if row["group_id"] == number and row["repness"] > 1])
        own = [row for row in own if row["statement_id"] not in closed]
        yield Group(
            number=number,
            letter=letter(number),
            people=facts["sizes"][number],
            found_again=percent(stable[number]) if number < len(stable) else None,
            stands_for=_told(own, words, "statement_id", PICKED),
        )


def _evidence(facts: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for row in facts["evidence"]:
        yield row | {"found_again": percent(row["stability"]), "is_chosen": row["k"] == facts["k"]}


def _borders(facts: Mapping[str, Any]) -> Iterable[Border]:
    """Describe the borders of groups that are shown; maps of older versions hold none."""
    for row in facts.get("borders", ()):
        if {row["group"], row["other"]} <= set(facts["shown"]) and row["crowding"] is not None:
            yield Border(
                letter(row["group"]),
                letter(row["other"]),
                row["finding"],
                round(100 * row["crowding"]),
                percent(row["low"]),
                percent(row["high"]),
                percent(row["if_alike"]),
            )


def _across(
    facts: Mapping[str, Any], tables: Mapping[str, Any], words: Mapping[int, Words], closed: Collection[int]
) -> tuple[Told, ...]:
    """Return what every group agrees with or rejects, as far as no votes on it are withheld.

    Nothing where a group is not shown, or there is one alone.
    """
    if not facts["clear_groups"] or len(facts["shown"]) != facts["k"]:
        return ()
    means = {row["comment-id"]: row for row in table_of(dict(tables), "statements")}
    sure = common_ground(_frame(tables, "group_stats"), _frame(tables, "statements"))
    rows = []
    for number, side in sure.iter_rows():
        if number in closed:
            continue
        mean = means[number][f"group-aware-consensus-{side}"] ** (1 / facts["k"])
        rows.append({"statement": number, "side": side, "percent": percent(mean), "mean": mean})
    return _told(sorted(rows, key=lambda row: -row["mean"]), words, "statement")


def _frame(tables: Mapping[str, Any], name: str) -> pl.DataFrame:
    return pl.DataFrame(tables[name]["rows"], schema=tables[name]["columns"], orient="row", infer_schema_length=None)


def _divisive(
    tables: Mapping[str, Any],
    totals: Mapping[int, Any],
    words: Mapping[int, Words],
    shown: Collection[int],
    closed: Collection[int],
) -> tuple[Told, ...]:
    """Return what splits people; how far groups are apart only where the votes of all of them may be shown."""
    hidden = set(closed)
    if {row["group"] for row in table_of(dict(tables), "votes") if row["group"] >= 0} - {*shown}:
        hidden = set(totals)
    rows = [
        row
        | {
            "split": percent(row["within"]),
            "apart": None if row["statement"] in hidden else percent(row["between"]),
        }
        for row in table_of(dict(tables), "divisive")
        if not totals[row["statement"]]["withheld"] and not words.get(row["statement"], Words(0, "", "")).is_meta
    ]
    return _told(sorted(rows, key=lambda row: (-row["within"], row["statement"])), words, "statement")


def _parts(run: MapRun, told: Mapping[str, Any]) -> Iterable[Part]:
    for stratum, kept in told.items():
        names = wording_consulting.STRATUM_VALUES.get(stratum, {})
        rows = tuple(
            row
            | {
                "name": names.get(row["value"], row["value"]),
                "percent": percent(row["share"]),
                "wanted": percent(row["reference"]),
            }
            for row in kept["rows"]
        )
        if rows:
            yield Part(
                name=wording_consulting.STRATUM_NAMES[stratum],
                rows=rows,
                not_stated=kept["not_stated"],
                dissimilarity=percent(kept["dissimilarity"]),
                has_reference=any(row["reference"] is not None for row in kept["rows"]),
            )


def _without(
    found: Mapping[str, Any] | None, words: Mapping[int, Words], totals: Mapping[int, Any]
) -> Mapping[str, Any] | None:
    """Say what would change without those who are flagged; of fewer than five of them, name no statement."""
    if found is None or found.get("all"):
        return found
    few = {number for number, row in totals.items() if row["withheld"]}
    moved = [
        Told(words[row[0]], {"side": row[1], "change": row[2]})
        for row in _rows(found["consensus"])
        if row[0] in words and row[0] not in few and found["people"] is not None
    ]
    return dict(found) | {"largest": percent(found["largest_change"]), "moved": moved}


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["statement"], row["side"], row["change"]) for row in rows]


# ---------------------------------------------------------------- all statements
#: orders of the list of all statements; a group's order is called by its letter
ORDERS = ("number", "agree", "disagree", "divisive", "weight")


def statement_rows(run: MapRun, language: str, order: str) -> Rows:
    """Return every statement with its votes, its weight in the draw, and its rank in the group of the order."""
    words, tables = words_of(run.conversation, language), run.tables
    divisive = {row["statement"]: row["within"] for row in table_of(tables, "divisive")}
    group = group_of_order(run, order)
    closed = closed_statements(tables)
    ranks = _ranks(tables, group, closed)
    votes = {row["statement"]: row for row in table_of(tables, "votes") if row["group"] == group}
    rows = []
    for total in table_of(tables, "totals"):
        number = total["statement"]
        if number not in words:
            continue
        cell = votes.get(number) if group is not None else total
        rows.append(
            {
                "words": words[number],
                "total": total,
                "cell": cell,
                "rank": ranks.get(number),
                "weight": None if number in closed else run.weights.get(str(number)),
                "split": None if total["withheld"] else percent(divisive.get(number)),
                "agree": _share_of(cell, "agree"),
                "disagree": _share_of(cell, "disagree"),
            }
        )
    return sorted(rows, key=lambda row: _place(row, order, group))


def _ranks(tables: dict[str, Any], group: int | None, closed: Collection[int]) -> dict[int, dict[str, Any]]:
    """Rank the statements of which nothing is withheld: a rank among all would tell of the votes on the others."""
    own = [row for row in table_of(tables, "ranked") if row["group_id"] == group and row["statement_id"] not in closed]
    ordered = sorted(own, key=lambda row: row["rank"])
    return {row["statement_id"]: row | {"rank": at} for at, row in enumerate(ordered, start=1)}


def weight_of(run: MapRun, number: int) -> float | None:
    """Return the weight of a statement in the draw, which comes of the votes of people in groups."""
    return None if number in closed_statements(run.tables) else run.weights.get(str(number))


def group_of_order(run: MapRun, order: str) -> int | None:
    """Return the group by whose ranks statements are ordered; None for any other order."""
    return next((group for group in run.facts["shown"] if letter(group) == order), None)


def _share_of(cell: Mapping[str, Any] | None, side: str) -> int | None:
    return percent(cell[side] / cell["votes"]) if cell is not None and not cell["withheld"] else None


def _place(row: Mapping[str, Any], order: str, group: int | None) -> tuple[float, int]:
    number = row["words"].number
    if group is not None:
        return (row["rank"]["rank"] if row["rank"] else 1e9, number)
    if order in {"agree", "disagree"}:
        return (-(row[order] if row[order] is not None else -1), number)
    if order == "divisive":
        return (-(row["split"] or 0) if not row["total"]["withheld"] else 1, number)
    if order == "weight":
        return (-(row["weight"] or 0.0), number)
    return (0, number)


@dataclass(frozen=True)
class Cell:
    """The votes of one group on one statement."""

    letter: str
    row: Mapping[str, Any]
    rank: Mapping[str, Any] | None
    agree: int | None
    disagree: int | None


def cells_of(run: MapRun, number: int) -> tuple[Mapping[str, Any] | None, list[Cell]]:
    """Return the votes of everybody on a statement, and those of each group that is shown."""
    tables, closed = run.tables, closed_statements(run.tables)
    total = next((row for row in table_of(tables, "totals") if row["statement"] == number), None)
    cells = [
        Cell(
            letter(row["group"]),
            row,
            _ranks(tables, row["group"], closed).get(number),
            _share_of(row, "agree"),
            _share_of(row, "disagree"),
        )
        for row in table_of(tables, "votes")
        if row["statement"] == number and row["group"] in run.facts["shown"]
    ]
    return total, sorted(cells, key=lambda cell: cell.letter)
