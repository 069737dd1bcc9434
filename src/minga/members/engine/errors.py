"""The one family of errors of this room."""

from __future__ import annotations


class MembersError(ValueError):
    """Something asked of members that its rules do not allow, or that it does not know."""
