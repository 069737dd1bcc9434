"""A version of a draft, and the answers to all voices, as files: the same input gives the same bytes.

``document.py`` holds what is written, ``blocks.py`` cuts the words of a clause into paragraphs and lists, and each
format has its own module. ``drafts.py`` chooses among them.
"""

from __future__ import annotations
