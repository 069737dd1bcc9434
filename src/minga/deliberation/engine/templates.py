"""Templates of drafts: the clauses that such a text commonly holds, each with a word of guidance, in six languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from minga.deliberation.engine.errors import TemplateError

#: The texts that have a template; a draft can also begin with an empty page.
TEMPLATES = ("strategy", "guideline", "recommendation", "standard")
LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
_FOLDER = Path(__file__).resolve().parent.parent / "templates_of_drafts"


@dataclass(frozen=True)
class TemplateClause:
    """A clause to begin with: its heading, what belongs into it, and the clauses under it."""

    heading: str
    text: str
    children: tuple[TemplateClause, ...] = ()


def template(code: str, language: str = "en") -> tuple[TemplateClause, ...]:
    """Return the clauses of a template in their order.

    Parameters
    ----------
    code : str
        "strategy", "guideline", "recommendation" or "standard"; "empty" has no clause.
    language : str
        One of the six languages of the site; English where another one is asked for.

    Returns
    -------
    tuple of TemplateClause
        ``text`` says what belongs into the clause, and is replaced by the words of those who write.

    Raises
    ------
    TemplateError
        There is no such template.
    """
    if code == "empty":
        return ()
    if code not in TEMPLATES:
        raise TemplateError(
            f"There is no template {code!r}. Choose one of {', '.join(TEMPLATES)}, or empty for a blank page."
        )
    return _tree(code, language if language in LANGUAGES else "en")


@lru_cache(maxsize=len(TEMPLATES) * len(LANGUAGES))
def _tree(code: str, language: str) -> tuple[TemplateClause, ...]:
    """Order the clauses as the English file does; the part of a name before its dot is the clause above."""
    words, names = clauses_in(language)[code], list(clauses_in("en")[code])

    def below(parent: str) -> tuple[TemplateClause, ...]:
        own = [name for name in names if name.rpartition(".")[0] == parent]
        return tuple(TemplateClause(*words[name], children=below(name)) for name in own)

    return below("")


@lru_cache(maxsize=len(LANGUAGES))
def clauses_in(language: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return heading and text of every clause by template and name, as the file of a language holds them."""
    text = (_FOLDER / f"clauses.{language}.yaml").read_text(encoding="utf-8")
    return {
        code: {name: (heading, words) for name, (heading, words) in clauses.items()}
        for code, clauses in yaml.safe_load(text).items()
    }
