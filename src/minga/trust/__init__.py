"""Trust: one way to write a value down, its hash, and a chain that shows when a record was touched.

Pure ground: no Django, no database, no page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.trust import chain as chain
    from minga.trust.canonical import canonical_json as canonical_json
    from minga.trust.canonical import content_hash as content_hash
    from minga.trust.errors import TrustError as TrustError

_WHERE = {
    "canonical_json": "minga.trust.canonical",
    "content_hash": "minga.trust.canonical",
    "TrustError": "minga.trust.errors",
}

__all__ = ["TrustError", "canonical_json", "chain", "content_hash"]


def __getattr__(name: str) -> Any:
    if name == "chain":
        return import_module("minga.trust.chain")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"minga.trust has no {name!r}; it offers {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
