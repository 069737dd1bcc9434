"""Members: people, organizations, mandates, consents, audit trail; also the world's countries and sectors.

Without Django this door offers the vocabularies; the site enters by ``minga.members.selectors`` and
``minga.members.services``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.members.engine.errors import MembersError as MembersError
    from minga.members.engine.vocabulary import Country as Country
    from minga.members.engine.vocabulary import Sector as Sector
    from minga.members.engine.vocabulary import countries as countries
    from minga.members.engine.vocabulary import country as country
    from minga.members.engine.vocabulary import sector as sector
    from minga.members.engine.vocabulary import sectors as sectors

_WHERE = {
    "Country": "minga.members.engine.vocabulary",
    "MembersError": "minga.members.engine.errors",
    "Sector": "minga.members.engine.vocabulary",
    "countries": "minga.members.engine.vocabulary",
    "country": "minga.members.engine.vocabulary",
    "sector": "minga.members.engine.vocabulary",
    "sectors": "minga.members.engine.vocabulary",
}

__all__ = ["Country", "MembersError", "Sector", "countries", "country", "sector", "sectors"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"minga.members has no {name!r}; it offers {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
