"""Every read of deliberation, by subject; other rooms find here what they may ask."""

from __future__ import annotations
