"""Readers for settings from the environment: each knows its rule, and says value, rule and remedy when it is broken."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit


class SettingError(ValueError):
    """A setting in the environment breaks its rule."""


@dataclass(frozen=True)
class Setting:
    """One setting as the reference page and `minga site check` show it."""

    name: str
    rule: str
    default: str
    help: str


#: Every setting that was read, in the order of settings.py; docs/reference/settings.md is checked against it.
SETTINGS: dict[str, Setting] = {}

_TRUTHS = {
    "on": True,
    "yes": True,
    "true": True,
    "1": True,
    "off": False,
    "no": False,
    "false": False,
    "0": False,
}


def _read(name: str, rule: str, default: Any, help: str, parse: Callable[[str], Any]) -> Any:
    SETTINGS[name] = Setting(name, rule, "" if default is None else str(default), help)
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise SettingError(f'{name} is "{text}"; give {rule}.') from None


def text(name: str, default: str, help: str, *, rule: str = "a text", secret: bool = False) -> str:
    """Read a text; a secret's value never appears in a message."""
    return _read(name, rule, default, help, str)


def truth(name: str, default: bool, help: str) -> bool:
    """Read on or off."""
    return _read(name, "on or off", default, help, lambda value: _TRUTHS[value.lower()])


def whole(name: str, default: int, help: str, *, least: int = 0, most: int | None = None) -> int:
    """Read a whole number within its bounds."""
    rule = f"a whole number of at least {least}" + (f" and at most {most}" if most is not None else "")

    def parse(value: str) -> int:
        number = int(value)
        if number < least or (most is not None and number > most):
            raise ValueError
        return number

    return _read(name, rule, default, help, parse)


def names(name: str, default: list[str], help: str) -> list[str]:
    """Read a comma-separated list."""
    read = _read(name, "names separated by commas", ",".join(default), help, str)
    return [part.strip() for part in read.split(",") if part.strip()]


def choice(name: str, default: str, help: str, choices: tuple[str, ...]) -> str:
    """Read one of a few words."""
    rule = "one of " + ", ".join(choices)

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError
        return value

    return _read(name, rule, default, help, parse)


def smtp_settings(url: str) -> dict[str, Any]:
    """Turn smtp://user:password@host:port into Django's settings; smtps:// means TLS from the start."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingError("MINGA_MAIL_URL is not of the form smtp://user:password@host:587; correct it.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1"},
        "EMAIL_TIMEOUT": 20,
    }
