"""The one family of errors of this room."""

from __future__ import annotations


class TrustError(ValueError):
    """A value that has no canonical form, or a chain that was given something it cannot read."""
