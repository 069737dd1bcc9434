"""Every English sentence of the engine, by code, with named placeholders.

Results carry the code and the values; the command line fills the English sentence, pages translate it.
"""

from __future__ import annotations

from minga.stats.release import WITHHELD

__all__ = ["GATES", "LATER", "REASONS", "SENTENCES", "WITHHELD"]

#: One sentence a step; values: level, next_level, cost, time, goals, below (level that opens the gate).
SENTENCES = {
    "gate_and_goals": "Going from level {level} to {next_level} works towards opening a gate that is closed now and "
    "serves your goals: {goals}. It costs: {cost}. It takes {time}.",
    "gate": "Going from level {level} to {next_level} works towards opening a gate that is closed now. "
    "It costs: {cost}. It takes {time}.",
    "goals": "Going from level {level} to {next_level} serves your goals: {goals}. It costs: {cost}. It takes {time}.",
    "plain": "Going from level {level} to {next_level} closes a gap, though it serves none of your chosen goals "
    "directly. It costs: {cost}. It takes {time}.",
    "no_gap": "Level {level} already reaches the target of {target}, so this step can wait.",
}

#: Single reasons, for a list beside the sentence.
REASONS = {
    "opens_gate": "A gate stands on this item and is closed: {then}",
    "serves_goals": "It serves {count} of your {chosen} goals: {goals}.",
    "serves_no_goal": "It serves none of your chosen goals directly.",
    "gap_to_peers": "A quarter of comparable enterprises stand at level {target} or above.",
    "gap_to_level_3": "Level {target} is a good goal for most enterprises.",
    "cost": "One more level usually costs: {cost}.",
    "time": "One more level usually takes {time}.",
    "inclusion": "It changes who takes part and who gains.",
    "views_differ": "Answers lie {spread} levels apart, so agree on where you stand first.",
    "for_inclusion": "It is among the first five because one of them should widen who takes part.",
}

#: Why a step is on the later list.
LATER = {
    "cash": "It costs more than the limit you gave.",
    "horizon": "It takes longer than the limit you gave.",
    "cash_and_horizon": "It costs more and takes longer than the limits you gave.",
}

#: Why a gate is open or closed; values: item, level, below.
GATES = {
    "reached": "Open: “{item}” stands at level {level}, and level {below} is needed.",
    "below": "Closed: “{item}” stands at level {level}, but level {below} is needed.",
    "not_answered": "Closed: “{item}” is not answered, and level {below} is needed.",
    "does_not_apply": "Closed: “{item}” was answered as not applying, so nothing shows that level {below} is reached.",
}
