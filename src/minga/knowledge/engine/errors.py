"""The one family of errors of this room."""

from __future__ import annotations


class KnowledgeError(ValueError):
    """Something in knowledge is not as it must be."""
