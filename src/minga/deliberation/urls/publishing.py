"""Exports of drafts, and the tracker of commitments."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
