"""Knowledge: records of rules, support, courses, tools and cases, and which of them fit whom.

Without Django this door offers the rules: reading record files and matching. The site enters by
``minga.knowledge.selectors`` and ``minga.knowledge.services``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minga.knowledge.engine.content import ContentError as ContentError
    from minga.knowledge.engine.content import Vocabulary as Vocabulary
    from minga.knowledge.engine.content import examine as examine
    from minga.knowledge.engine.content import load as load
    from minga.knowledge.engine.errors import KnowledgeError as KnowledgeError
    from minga.knowledge.engine.matching import Match as Match
    from minga.knowledge.engine.matching import Need as Need
    from minga.knowledge.engine.matching import Offer as Offer
    from minga.knowledge.engine.matching import Situation as Situation
    from minga.knowledge.engine.matching import match as match

_WHERE = {
    "ContentError": "minga.knowledge.engine.content",
    "KnowledgeError": "minga.knowledge.engine.errors",
    "Match": "minga.knowledge.engine.matching",
    "Need": "minga.knowledge.engine.matching",
    "Offer": "minga.knowledge.engine.matching",
    "Situation": "minga.knowledge.engine.matching",
    "Vocabulary": "minga.knowledge.engine.content",
    "examine": "minga.knowledge.engine.content",
    "load": "minga.knowledge.engine.content",
    "match": "minga.knowledge.engine.matching",
}

__all__ = [
    "ContentError",
    "KnowledgeError",
    "Match",
    "Need",
    "Offer",
    "Situation",
    "Vocabulary",
    "examine",
    "load",
    "match",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"minga.knowledge has no {name!r}; it offers {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
