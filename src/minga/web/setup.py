"""Start Django for a command that needs the site; everything else in Minga runs without it."""

from __future__ import annotations

import os


def django_setup() -> None:
    """Load the site's settings and apps once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minga.site.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
