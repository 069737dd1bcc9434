"""The ground floor as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Holds templates, static files, the search index and the schedule."""

    name = "minga.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Chinese pages use Django's own Chinese texts."""
        from minga.web import chinese

        chinese.join()
