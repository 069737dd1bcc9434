"""Indicators: composite indexes with their uncertainty, from a table and a definition.

The door for Python users, ``from minga import indicators as mi``. Names load on first use, so importing this package
costs nothing and needs no Django.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_WHERE = {"Index": "definition", "fit":"pipeline"}

def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"minga.indicators.engine.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'minga.indicators' has no attribute {name!r}")
