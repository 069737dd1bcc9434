"""Mail without a mail server: shown in the terminal and kept as files, so that nobody is locked out of a fresh site."""

from __future__ import annotations

from typing import Any

from django.core.mail.backends import console, filebased
from django.core.mail.backends.base import BaseEmailBackend


class TerminalAndFileBackend(BaseEmailBackend):
    """Send every message to the terminal and to a file under MINGA_VAR/mail."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.backends = [console.EmailBackend(**options), filebased.EmailBackend(**options)]

    def send_messages(self, messages: list[Any]) -> int:
        return min(backend.send_messages(messages) or 0 for backend in self.backends)
