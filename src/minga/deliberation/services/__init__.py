"""Every write of deliberation, by subject; other rooms find here what they may do."""

from __future__ import annotations

from minga.deliberation.services.adopting import NotAdoptable, adopt

__all__ = ["NotAdoptable", "adopt"]
