"""How tests run the site: everything plain and at once, for fixtures of one test and of a whole module alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: Tasks run at once, the cache is in memory, and passwords are hashed fast.
SETTINGS: dict[str, Any] = {
    "TASKS": {
        "default": {
            "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
            "QUEUES": ["default", "long"],
        }
    },
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


@contextmanager
def second_factors() -> Iterator[None]:
    """Give an app with codes to whoever gets a role that demands one, as such people set up before they act."""
    from django.db.models.signals import post_save

    from minga.members.models import Mandate
    from tests.people import give_app

    def equip(sender: Any, instance: Mandate, **_given: Any) -> None:
        if instance.role in {"assessor", "secretariat"} and instance.person.account:
            give_app(instance.person.account)

    post_save.connect(equip, sender=Mandate)
    try:
        yield
    finally:
        post_save.disconnect(equip, sender=Mandate)
