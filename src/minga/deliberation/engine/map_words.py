"""A map in a few sentences, as the command line says it."""

from __future__ import annotations

from minga.deliberation.engine.border_words import said_of_borders
from minga.deliberation.engine.checks import given
from minga.deliberation.engine.errors import MapError
from minga.deliberation.engine.grouping import Groups
from minga.deliberation.engine.report_pages import NOT_CAMPS, why_no_groups


def in_words(found: Groups) -> str:
    """Say in a few sentences what was found: votes, groups, how sure they are, and how much the axes show.

    Parameters
    ----------
    found : Groups

    Returns
    -------
    str, a sentence or two a line

    Raises
    ------
    MapError
        What is given are no groups.

    Source: docs/methods/groups.md.
    """
    found = given(found, Groups, "What is put into words", MapError)
    votes = found.map.table
    people = int((votes.n_votes > 0).sum())
    lines = [
        f"{_counted(people, 'person', 'people')} cast {_counted(len(votes.value), 'vote', 'votes')} on "
        f"{_counted(len(votes.statements), 'statement', 'statements')}; {found.map.sparsity:.0%} of the table is empty."
    ]
    lines += _said_of_groups(found)
    axes = " and ".join(f"{share:.0%}" for share in found.map.variance[:2])
    lines.append(f"The two axes show {axes} of all differences.")
    return "\n".join(lines)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _said_of_groups(found: Groups) -> list[str]:
    """Say how many groups there are, how sure that is, and whether gaps part them; of resamples only where drawn."""
    if not found.is_clear:
        return [f"No clear groups: {why_no_groups(found)}."]
    sizes = " and ".join(f"{size:,}" for size in found.sizes)
    lines = [f"{found.k} groups: {sizes} people."]
    if found.group_stability:
        shares = ", ".join(f"{share:.2f}" for share in found.group_stability)
        lines += [f"Share of each group that other draws of people find again: {shares}.", NOT_CAMPS]
    return lines + said_of_borders(found)
