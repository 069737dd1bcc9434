"""Readers for settings from the environment: each knows its rule, and says value, rule and remedy when it is broken."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url


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

#: This machine, seen from itself.
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"\*|\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\]")
_SITE = re.compile(r"https?://[^/\s?#@]+/?")
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


def hosts(name: str, default: list[str], help: str) -> list[str]:
    """Read host names: no scheme, no port, no path, or Django would quietly refuse every request."""

    def parse(value: str) -> str:
        if not all(_HOST.fullmatch(part.strip()) for part in value.split(",")):
            raise ValueError
        return value

    rule = "host names separated by commas, without https:// and port, such as minga.example.org,localhost"
    return [part.strip() for part in _read(name, rule, ",".join(default), help, parse).split(",")]


def address(name: str, help: str) -> str:
    """Read the whole address of a site: with its scheme, and nothing behind the host and port."""

    def parse(value: str) -> str:
        if not _SITE.fullmatch(value):
            raise ValueError
        return value.rstrip("/")

    return str(_read(name, "an address such as https://minga.example.org", "", help, parse))


def choice(name: str, default: str, help: str, choices: tuple[str, ...]) -> str:
    """Read one of a few words."""
    rule = "one of " + ", ".join(choices)

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError
        return value

    return _read(name, rule, default, help, parse)


def fernet_keys(name: str, help: str) -> list[str]:
    """Read keys of Fernet, parted by commas; the message never holds them."""
    rule = "one key or several parted by commas, each 32 random bytes in URL-safe base64"
    keys = [part.strip() for part in _read(name, rule, "", help, str).split(",") if part.strip()]
    for key in keys:
        try:
            if len(base64.urlsafe_b64decode(key.encode())) != 32:
                raise ValueError
        except ValueError:
            raise SettingError(
                f"{name} holds a key that is none; give {rule}. Make one: "
                "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
            ) from None
    return keys


def refuse_unknown() -> None:
    """Name a variable that looks like a setting and is none: a misspelt one would be silently without effect."""
    for name in sorted(os.environ):
        if name.startswith("MINGA_") and name not in SETTINGS and not name.startswith("MINGA_TEST_"):
            alike = get_close_matches(name, SETTINGS, n=1)
            remedy = f"Did you mean {alike[0]}?" if alike else "Remove it."
            raise SettingError(f"{name} is set, but is not a setting of Minga. {remedy}")


def postgres_settings(name: str, url: str) -> dict[str, Any]:
    """Turn postgres://user:password@host/name into Django's settings; the message never holds the password."""
    rule = (
        f"{name} is not of the form postgres://user:password@host/database; correct it, or leave it empty for SQLite."
    )
    try:
        if urlsplit(url).scheme not in {"postgres", "postgresql"}:
            raise ValueError
        settings = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except (ValueError, KeyError):
        raise SettingError(rule) from None
    if not settings.get("NAME"):
        raise SettingError(rule)
    return dict(settings)


def smtp_settings(url: str) -> dict[str, Any]:
    """Turn smtp://user:password@host:port into Django's settings; smtps:// means TLS from the start."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.port == 0:
            raise ValueError
    except ValueError:
        raise SettingError("MINGA_MAIL_URL is not of the form smtp://user:password@host:587; correct it.") from None
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1"},
        "EMAIL_TIMEOUT": 20,
    }


def oidc_settings(url: str, client_id: str, secret: str, name: str) -> dict[str, Any] | None:
    """Put the four settings of a sign-in provider together; none of them set means that there is none."""
    given = {
        "MINGA_OIDC_URL": url,
        "MINGA_OIDC_CLIENT_ID": client_id,
        "MINGA_OIDC_SECRET": secret,
        "MINGA_OIDC_NAME": name,
    }
    missing = [setting for setting, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        raise SettingError(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set, but other settings of the sign-in "
            "provider are. Give all four of them, or none."
        )
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme, parts.hostname in LOCAL) not in {
        ("https", False),
        ("https", True),
        ("http", True),
    }:
        raise SettingError(
            f'MINGA_OIDC_URL is "{url}"; give the address of the provider, which begins with https:// except on '
            "localhost, such as https://id.example.org/realms/alliance."
        )
    issuer = url.removesuffix("/.well-known/openid-configuration").rstrip("/")
    return {
        # people are known by the provider that named them: another provider's numbers must never match theirs
        "provider_id": f"oidc-{sha256(issuer.encode()).hexdigest()[:12]}",
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
