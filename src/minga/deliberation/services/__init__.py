"""Every write of deliberation, by subject; other rooms find here what they may do."""

from __future__ import annotations
