"""The rooms of the house, lowest first: a room may use only rooms that stand before it.

A new room is its folder plus one line here.
"""

from __future__ import annotations

ROOMS = [
    "members",
    "knowledge",
    "meetings",
    "readiness",
    "indicators",
    "deliberation",
]
