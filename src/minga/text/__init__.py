"""Text, read the way people search it: Arabic, Chinese, English, French, Russian and Spanish.

`analyse` turns a text into the words an index stores; `analyse_query` turns what a person typed into the
terms to look for. Both fold spelling and cut endings by the same rules, so that they meet.
Pure: no Django, no database.
"""

from __future__ import annotations

from minga.text.analyser import LANGUAGES, Term, analyse, analyse_query, telling_words
from minga.text.folding import fold, sorting_key

__all__ = ["LANGUAGES", "Term", "analyse", "analyse_query", "fold", "sorting_key", "telling_words"]
