"""Drafts, clauses, notes beside them, and adoption."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
