"""The one router of readiness' API, so that every route of it is guarded alike."""

from __future__ import annotations

from ninja import Router

router = Router()
