"""The report of a conversation as a few plain pages: readable without script, printed as they are, sent as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import polars as pl

from minga.deliberation.engine.anomalies import anomalies, with_and_without
from minga.deliberation.engine.border_words import border_rows, said_of_borders
from minga.deliberation.engine.conversation import Conversation
from minga.deliberation.engine.counts import counted_votes, open_statements, votes_by_group, votes_of_all
from minga.deliberation.engine.grouping import CLEAR, Groups
from minga.deliberation.engine.picture import letter, map_svg, shown_groups
from minga.deliberation.engine.statistics import consensus, divisiveness, group_stats, representative
from minga.stats.release import MIN_PERSONS

#: Shares of statements with fewer votes say little about flags.
_ENOUGH = 30
_WITHHELD = "withheld"
_WHY_WITHHELD = (
    f"Votes of fewer than {MIN_PERSONS} people are withheld, and so is what would give them away: where so few of a "
    "group voted on a statement, no rank of it is shown, and no group is set beside others by it."
)
_WHY_FEW = f"Votes of fewer than {MIN_PERSONS} people are withheld."
_LEFT_OUT = f"Where fewer than {MIN_PERSONS} people in no group voted on a statement, its votes leave them out."
#: A cell that holds a figure alone, or stands where one is withheld.
_FIGURE = re.compile(rf"{_WITHHELD}|-?[\d,.]*%?( of [\d,]+| times)?")
#: What stability cannot say; it stands wherever groups are said to come back.
NOT_CAMPS = (
    "People spread evenly from one end to the other, cut in the middle, come back just as well: "
    "groups that come back need not be camps."
)
STYLE = """:root{color-scheme:light dark;--ink:light-dark(#1c2321,#e8ece9);--paper:light-dark(#fff,#151a18);
--line:light-dark(#c9d1cd,#3d4743);--a:light-dark(#0b6e4f,#5fd0a5);--b:light-dark(#9a3b00,#ffa36b);
--c:light-dark(#3b4cc0,#9fb0ff);--d:light-dark(#8a1c5f,#f08cc4);--e:light-dark(#6b5a00,#e0c64a)}
body{margin:0 auto;max-inline-size:60rem;padding:1rem;color:var(--ink);background:var(--paper);
font:1rem/1.55 system-ui,sans-serif}
a{color:inherit}.scroll{overflow-x:auto}table{border-collapse:collapse;margin-block:1rem;min-inline-size:60%}
caption{text-align:start;font-weight:600;padding-block:.4rem}
th,td{border-block-end:1px solid var(--line);padding:.3rem .6rem;text-align:start;vertical-align:top}
td.n{text-align:end;font-variant-numeric:tabular-nums}th.n{text-align:end}.say{overflow-wrap:break-word}
svg.map{inline-size:100%;block-size:auto;border:1px solid var(--line)}
svg g{opacity:.7}.group-0{fill:var(--a)}.group-1{fill:var(--b)}.group-2{fill:var(--c)}.group-3{fill:var(--d)}
.group-4{fill:var(--e)}.none{fill:var(--line)}.letter{font:700 28px system-ui,sans-serif;fill:var(--ink);
stroke:var(--paper);stroke-width:5px;paint-order:stroke;text-anchor:middle;dominant-baseline:central}
@media print{body{max-inline-size:none}a{text-decoration:none}}
"""


def report_pages(found: Groups, conversation: Conversation) -> dict[str, str]:
    """Write the report of a conversation.

    Parameters
    ----------
    found : Groups
    conversation : Conversation
        Gives the words of statements, the topic, and the times for :func:`anomalies`. Words of rejected statements are
        not shown.

    Returns
    -------
    text by file name
        ``index.html`` (map, how sure, groups, consensus, what divides, flags), ``statements.html`` (every statement,
        and its rank in each group), ``style.css``. Groups of fewer than five people are not described, and counts of
        fewer than five votes are withheld, with what would give them away: see :func:`votes_by_group` and
        :func:`counted_votes`.

    Source: docs/methods/opinion-map.md, docs/methods/groups.md and docs/methods/disclosure.md.
    """
    title = conversation.topic or "Conversation"
    words = _words(found, conversation)
    cells = votes_by_group(found)
    picked = representative(_open_stats(found, cells), mod_out=found.map.rejected)
    parts = [
        _facts(found),
        _map(found),
        _sure(found),
        *(_group(found, words, picked, group) for group in shown_groups(found)),
        _agreed(found, words, cells),
        _divisive(found, words, cells),
        _flagged(found, conversation),
    ]
    index = _page(title, "".join(parts), ("statements.html", "Every statement, and its rank in each group"))
    statements = _page(f"{title}: every statement", _all(found, words, cells), ("index.html", "Back to the map"))
    return {"index.html": index, "statements.html": statements, "style.css": STYLE}


def _words(found: Groups, conversation: Conversation) -> dict[Any, str]:
    """Return the words of each statement that is not rejected."""
    names = found.map.table.statements
    told = {name: f"Statement {name}" for name in names.to_list()}
    if "text" in conversation.statements.columns:
        for name, text in conversation.statements.select("statement", "text").iter_rows():
            if name in told and text:
                told[name] = text
    for name in found.map.rejected.to_list():
        told[name] = f"Statement {name} (rejected by the moderators)"
    return told


# ---------------------------------------------------------------- parts
def _facts(found: Groups) -> str:
    statements = len(found.map.table.statements)
    grouped = int((found.label >= 0).sum())
    rows = [
        ("People who voted", f"{int((found.map.table.n_votes > 0).sum()):,}"),
        ("Statements with a vote", f"{statements:,}, of which {int(found.map.out.sum()):,} do not count for the map"),
        ("Votes", f"{len(found.map.table.value):,}"),
        ("Empty places of the table of votes", f"{found.map.sparsity:.0%}"),
        ("Unevenness of votes per person (0 alike, 1 one person cast all)", f"{found.map.unevenness:.2f}"),
        ("People in a group", f"{grouped:,}" if found.is_clear else "none: no groups are clear"),
        ("Differences shown by the two axes", " and ".join(f"{share:.0%}" for share in found.map.variance[:2])),
        ("How groups were found", f"mode {found.map.mode}, seed {found.map.seed}"),
    ]
    return _table("The conversation in figures", ("What", "Figure"), rows)


def _map(found: Groups) -> str:
    shown = shown_groups(found)
    sizes = ", ".join(f"{letter(group)} with {found.sizes[group]:,} people" for group in shown)
    label = f"Map of opinions: groups {sizes}." if shown else "Map of opinions, without clear groups."
    near = "<p>Each mark is a person, or several who stand together; people near each other voted alike.</p>"
    parts = [f"<h2>Map of opinions</h2>{near}{map_svg(found, escape(label))}"]
    if shown:
        places = found.map.position
        rows = []
        for group in shown:
            own = places[found.label == group]
            middle = own.mean(axis=0)
            spread = float(np.sqrt(((own - middle) ** 2).sum(axis=1).mean()))
            y = f"{middle[1]:.2f}" if len(middle) > 1 else "-"
            rows.append((letter(group), f"{len(own):,}", f"{middle[0]:.2f}", y, f"{spread:.2f}"))
        parts.append(_table("The map as a table", ("Group", "People", "Middle, across", "Middle, up", "Spread"), rows))
    if between := border_rows(found):
        head = ("Groups", "Counted", "95 % interval", "If all in a group thought alike")
        parts.append(
            _table("People at the border of two groups, per 100 in the middle where fewer stand", head, between)
        )
    hidden = [size for size in found.sizes if size < MIN_PERSONS]
    if hidden:
        parts.append(f"<p>Groups of fewer than {MIN_PERSONS} people are not shown, to protect each of them.</p>")
    return "".join(parts)


def _sure(found: Groups) -> str:
    rows = [
        (
            f"{row['k']}",
            _number(row["silhouette"]),
            _number(row["stability"]),
            "-" if row["smallest"] is None else _size(row["smallest"]),
            "yes" if row["k"] == found.k else "",
        )
        for row in found.evidence.rows(named=True)
    ]
    if found.map.mode == "polis" and found.is_clear:
        said = (
            "Groups were found as Pol.is publishes them. They hang on the order in which people came, so read them "
            "together with the mode stable."
        )
    elif found.forced:
        said = f"Somebody set the number of groups. {CLEAR} or more in the column Found again would call them clear."
    elif found.is_clear:
        shares = ", ".join(f"{letter(group)} {found.group_stability[group]:.0%}" for group in shown_groups(found))
        back = f"When other people are drawn from those who voted, this share of each group comes back: {shares}."
        said = f"{back} {NOT_CAMPS}"
    else:
        said = f"No groups are clear: {why_no_groups(found)}. What all agree on is shown below all the same."
    said = "</p><p>".join([said, *said_of_borders(found)])
    head = ("Groups", "How well apart", "Found again", "Smallest group", "Shown here")
    return f"<h2>How sure are the groups?</h2><p>{said}</p>{_table('Numbers of groups that were tried', head, rows)}"


def why_no_groups(found: Groups) -> str:
    """Say why there are no groups, as the end of a sentence; of resamples only where people were drawn."""
    if found.were_drawn and found.chance and not found.chance.axes:
        return "people differ on fewer than two statements, so no votes on different statements can hang together"
    if found.were_drawn and found.chance and not found.chance.is_beaten:
        shows = "the map shows" if found.chance.axes == len(found.map.eigenvalues) else "its first axes show"
        return (
            f"votes on different statements hang together no more than by chance; {shows} "
            f"{found.chance.shown:.1%} of all differences, and {found.chance.by_chance:.1%} when the votes on each "
            "statement are dealt anew among those who cast them"
        )
    if found.were_drawn:
        return "what looks like groups on the map does not come back when other people are drawn from those who voted"
    if found.map.mode == "polis":
        return "all people who voted often enough stand at one place of the map"
    return f"the people on the map do not part into groups of {found.smallest_allowed} or more"


def _size(people: int) -> str:
    return f"{people:,}" if people >= MIN_PERSONS else f"fewer than {MIN_PERSONS}"


def _group(found: Groups, words: dict[Any, str], picked: pl.DataFrame, group: int) -> str:
    rows = [
        (words[name], side, f"{part:,} of {whole:,}", f"{times:.1f} times")
        for name, side, part, whole, times in picked.filter(pl.col("group_id") == group)
        .select("statement_id", "side", "n_success", "n_trials", "repness")
        .rows()
    ]
    head = ("Statement", "The group", "Votes", "Compared with all others")
    called = letter(group)
    table = _table(f"What tells group {called} from the others", head, rows)
    said = f"<p>{_WHY_WITHHELD}</p>"
    return f"<h2>Group {called}: {found.sizes[group]:,} people</h2>{table}{said}"


def _open_stats(found: Groups, cells: pl.DataFrame) -> pl.DataFrame:
    """Test the votes of groups on the statements of which nothing is withheld, so that no rank tells of the others."""
    return group_stats(found.map.table, found).filter(pl.col("statement_id").is_in(open_statements(cells)))


def _agreed(found: Groups, words: dict[Any, str], cells: pl.DataFrame) -> str:
    hidden = found.map.rejected
    lists = consensus(counted_votes(found), found, mod_out=hidden, top=None)
    parts = ["<h2>What people agree on</h2>"]
    for side, caption in (("agree", "Most people agree with"), ("disagree", "Most people disagree with")):
        counted = lists[side].filter(pl.col("n_trials") >= MIN_PERSONS).head(10)
        rows = [
            (words[name], f"{part:,} of {whole:,}", f"{part / whole:.0%}")
            for name, part, whole in counted.select("statement", "n_success", "n_trials").rows()
        ]
        parts.append(_table(caption, ("Statement", "Votes", "Share"), rows))
    if found.is_clear and len(shown_groups(found)) == found.k:
        aware = lists["group_aware"].filter(pl.col("statement").is_in(_voted_by_all(cells)))
        aware = aware.filter(~pl.col("statement").is_in(hidden)).sort("agree_mean", descending=True)
        across = [
            (words[name], f"{share:.0%}") for name, share in aware.select("statement", "agree_mean").head(10).rows()
        ]
        parts.append(_table("All groups agree with", ("Statement", "Mean share over groups"), across))
        parts.append("<p>One vote on each side is added to every group, so that few votes do not speak like many.</p>")
    return "".join(parts)


def _voted_by_all(cells: pl.DataFrame) -> list[Any]:
    """List the statements of which nothing is withheld and on which every group voted."""
    told = cells.group_by("statement").agg((pl.col("votes").fill_null(0) > 0).all())
    return told.filter("votes")["statement"].to_list()


def _divisive(found: Groups, words: dict[Any, str], cells: pl.DataFrame) -> str:
    counted = counted_votes(found)
    told = divisiveness(counted, found).filter(~pl.Series(found.map.out))
    enough = pl.Series(counted.counts()[~found.map.out] >= MIN_PERSONS)
    rows = told.filter(enough).sort(["within", "statement"], descending=[True, False]).head(10).rows(named=True)
    of_groups = set(_voted_by_all(cells))
    shown = [
        (words[name], f"{row['within']:.0%}", _number(row["between"]) if name in of_groups else "-")
        for row in rows
        for name in [row["statement"]]
    ]
    head = ("Statement", "How evenly split", "Largest difference of groups")
    return f"<h2>What divides people</h2>{_table('The most divided statements', head, shown)}"


def _flagged(found: Groups, conversation: Conversation) -> str:
    flags = anomalies(conversation)
    parts = ["<h2>Votes a person should look at</h2>"]
    if not flags.height:
        return f"{parts[0]}<p>No votes stand out by the rules of this report.</p>"
    rows = [
        (flag.replace("_", " "), _size(n))
        for flag, n in flags.group_by("flag").agg(pl.col("participant").n_unique()).sort("flag").rows()
    ]
    parts.append(
        "<p>A flag is a question to a moderator, not a finding. Nothing was removed. "
        f"{_without(found, flags['participant'].unique())}</p>"
    )
    return "".join([*parts, _table("Flags", ("Flag", "People"), rows)])


def _without(found: Groups, people: pl.Series) -> str:
    """Say what the figures would be without these people."""
    if len(people) == len(found.map.table.participants):
        return "All people are flagged, so nothing can be set beside it."
    compared = with_and_without(found, people)
    enough = pl.Series(found.map.table.counts() >= _ENOUGH)
    largest = float(compared.statements.filter(enough)["change"].abs().max() or 0)  # type: ignore[arg-type]
    said = (
        f"Of statements with {_ENOUGH} votes or more, the share that agrees would move by {largest:.0%} at most, and "
        f"{compared.consensus.height} statements would join or leave the lists of agreement."
    )
    if not found.is_clear:
        return said
    return (
        f"Without these people there would be {compared.k_without} groups instead of {compared.k}; agreement of both "
        f"groupings {compared.agreement:.2f} (1 is the same). {said}"
    )


def _all(found: Groups, words: dict[Any, str], cells: pl.DataFrame) -> str:
    shown = shown_groups(found)
    ranked = representative(_open_stats(found, cells), top=None)
    rank = {
        (group, name): f"{place} ({side})"
        for group, name, place, side in ranked.select("group_id", "statement_id", "rank", "side").rows()
    }
    rows = []
    for name, *counts, withheld in (
        votes_of_all(found).select("statement", "agree", "disagree", "pass", "withheld").rows()
    ):
        told = [_WITHHELD] * 3 if withheld else [f"{count:,}" for count in counts]
        rows.append((str(name), words[name], *told, *(rank.get((group, name), "-") for group in shown)))
    head = ("Number", "Statement", "Agree", "Disagree", "Pass", *(f"Rank in group {letter(group)}" for group in shown))
    said = "<p>Rank 1 tells a group most clearly from all others, by agreeing or by disagreeing.</p>" if shown else ""
    few = any(_WITHHELD in row for row in rows)
    why = f"<p>{_WHY_WITHHELD} {_LEFT_OUT}</p>" if shown else f"<p>{_WHY_FEW}</p>" if few else ""
    return said + why + _table("Every statement with its votes", head, rows)


# ---------------------------------------------------------------- frame
def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _table(caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a table; cells of figures stand at the end of their column."""
    if not rows:
        return f"<p>{escape(caption)}: none.</p>"
    figures = [all(_FIGURE.fullmatch(row[at]) for row in rows) for at in range(len(head))]
    kinds = ["n" if figure else "say" for figure in figures]
    top = "".join(f'<th scope="col" class="{kind}">{escape(name)}</th>' for name, kind in zip(head, kinds, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{kind}" dir="auto">{escape(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _page(title: str, content: str, link: tuple[str, str]) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="style.css"></head>\n<body>\n'
        f'<header><h1 dir="auto">{escape(title)}</h1><p><a href="{link[0]}">{escape(link[1])}</a></p></header>\n'
        f"<main>{content}</main>\n<footer><p>Made with Minga from votes alone. Opinion groups are not groups of a "
        "population: who did not vote is not in them.</p></footer>\n</body>\n</html>\n"
    )
