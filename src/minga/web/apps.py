"""The ground floor as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Holds templates, static files, the search index and the schedule."""

    name = "minga.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
