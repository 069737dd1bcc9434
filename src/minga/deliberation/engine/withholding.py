"""Which values of a stratum are withheld: the disclosure policy, and what a reader could still work out after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from minga.stats.release import MIN_PERSONS, smallest_group, suppress

#: What a person said of themselves when they said nothing.
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Counted:
    """What is counted of one value: people, their voices, and how many of these were answered and accepted."""

    people: int
    voices: int = 0
    answered: int = 0
    accepted: int = 0


def withheld_values(groups: Mapping[str, Counted], min_group: int = MIN_PERSONS) -> dict[str, str]:
    """Decide which values of a stratum are withheld.

    The same decision serves every table about the same people, so that none tells what another withholds.

    Parameters
    ----------
    groups : Counted by value
        "not stated" for those who said nothing.
    min_group : int
        People that a value needs to be shown; raises the 5 of the policy.

    Returns
    -------
    dict, reason by withheld value
        "few", or "protects" for one that would give another away. What is withheld is nothing; or at least two values
        of at least ``min_group`` people, whose counts are not settled by what they add up to, and who were neither all
        answered (or accepted) nor none of them, unless that is so for everybody. Where all is withheld and the reasons
        themselves would settle the counts, every reason is "protects".

    Raises
    ------
    ReleaseError
        ``min_group`` is below the policy.

    Source: docs/methods/trace.md; Hundepool et al. (2012), Statistical Disclosure Control, chapter 4.
    """
    least = smallest_group(min_group, "persons")
    names = sorted(groups, key=lambda value: (groups[value].people, value))
    people = np.array([groups[value].people for value in names], dtype=np.int64)
    codes = suppress(people, least, parents=np.zeros(len(names), dtype=np.int64))
    found = {value: "few" if code == 1 else "protects" for value, code in zip(names, codes, strict=True) if code}
    shown = [value for value in names if value not in found]
    while shown and not _is_safe(groups, found, least):
        found[shown.pop(0)] = "protects"
    if not shown and _is_settled(groups, found, least):
        return dict.fromkeys(found, "protects")
    return found


def _is_safe(groups: Mapping[str, Counted], found: Mapping[str, str], least: int) -> bool:
    """Say whether the withheld values keep each other's counts."""
    hidden = {value: groups[value] for value in found if groups[value].people}
    if not hidden:
        return True
    # shares are of those who said anything, so the others must keep each other too
    stated = [one.people for value, one in hidden.items() if value != NOT_STATED]
    if len(stated) == 1 or 0 < sum(stated) < least:
        return False
    return not _is_settled(groups, found, least) and not _is_alike(groups, hidden)


def _is_settled(groups: Mapping[str, Counted], found: Mapping[str, str], least: int) -> bool:
    """Say whether the counts of withheld values follow from their sum and from the reasons.

    Who has few people has 1 to ``least`` - 1 of them, the others at least ``least``. A person may have several voices,
    so only the lower limit holds for these.
    """
    hidden = {value: reason for value, reason in found.items() if groups[value].people}
    if not hidden:
        return False
    lows = [1 if reason == "few" else least for reason in hidden.values()]
    many = sum(groups[value].people for value in groups)
    highs = [least - 1 if reason == "few" else many for reason in hidden.values()]
    people = sum(groups[value].people for value in hidden)
    if _has_one_solution(people, lows, highs):
        return True
    voices = sum(groups[value].voices for value in hidden)
    return voices > 0 and _has_one_solution(voices, lows, [voices] * len(lows))


def _has_one_solution(whole: int, lows: list[int], highs: list[int]) -> bool:
    """Say whether one part of a sum, each between two limits, can only have one size."""
    for low, high in zip(lows, highs, strict=True):
        least = max(low, whole - (sum(highs) - high))
        most = min(high, whole - (sum(lows) - low))
        if least >= most:
            return True
    return False


def _is_alike(groups: Mapping[str, Counted], hidden: Mapping[str, Counted]) -> bool:
    """Say whether all or none of the withheld were answered, or accepted, while that is not so for everybody."""
    return any(
        _all_or_none([(getattr(one, cases), getattr(one, of)) for one in hidden.values()])
        and not _all_or_none([(getattr(one, cases), getattr(one, of)) for one in groups.values()])
        for cases, of in (("answered", "voices"), ("accepted", "answered"))
    )


def _all_or_none(counts: list[tuple[int, int]]) -> bool:
    cases, of = sum(one[0] for one in counts), sum(one[1] for one in counts)
    return cases in (0, of)
