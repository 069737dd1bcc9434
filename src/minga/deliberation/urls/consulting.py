"""Consultations: list, public page, speaking, and the desk of those who run one."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
