"""`minga site check`: everything that can be wrong with a site, each fault with its place and its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core import checks
from django.db import Error, connection

from minga.members import second_factor
from minga.members import services as members
from minga.site.prepare import unapplied
from minga.web import search


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and what to do about it."""

    part: str
    found: str
    remedy: str


def faults() -> list[Fault]:
    """Check everything, in this order; what cannot be looked at for an earlier fault is left out."""
    found = list(_settings())
    for look in (_database, _migrations, _audit_trail, _search_index, _second_steps):
        before = len(found)
        found += _safely(look)
        if look in (_database, _migrations) and len(found) > before:
            break
    return found


def _safely(look: Callable[[], Iterator[Fault]]) -> list[Fault]:
    try:
        return list(look())
    except ValueError as problem:  # every room's own errors say what to do
        return [Fault(look.__name__.strip("_").replace("_", " "), str(problem), "")]


def _settings() -> Iterator[Fault]:
    """Ask Django; its advice on deployment counts only where the host is public."""
    for message in checks.run_checks(include_deployment_checks=settings.IS_PUBLIC):
        if message.level >= checks.WARNING and message.id not in settings.SILENCED_SYSTEM_CHECKS:
            yield Fault("settings", f"{message.msg} ({message.id})", message.hint or "")
    if settings.HTTPS and not settings.HTTPS_PROXY:
        yield Fault(
            "settings",
            "The site sends everyone to https, but does not believe its proxy that they are there already.",
            "Let the proxy set X-Forwarded-Proto, close every way around it, and set MINGA_HTTPS_PROXY=on.",
        )
    if settings.IS_PUBLIC and not settings.MAIL_URL:
        yield Fault(
            "settings",
            "The site is public but has no mail server, so nobody can confirm an address and links land in the log.",
            "Set MINGA_MAIL_URL.",
        )


def _database() -> Iterator[Fault]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as problem:
        yield Fault(
            "database",
            f"The database cannot be reached: {str(problem).strip()}.",
            "Start it, or correct MINGA_DATABASE_URL or MINGA_VAR.",
        )


def _migrations() -> Iterator[Fault]:
    if missing := unapplied():
        yield Fault(
            "database",
            f"{len(missing)} steps of this version are missing, {missing[0]} first.",
            "Make a backup, then run `minga site prepare`.",
        )


def _audit_trail() -> Iterator[Fault]:
    for one in members.verify_audit().breaks:
        yield Fault("audit trail", one.message, "Run `minga members audit verify` and find out what happened.")


def _second_steps() -> Iterator[Fault]:
    if count := second_factor.unreadable():
        yield Fault(
            "second steps",
            f"{count} apps with codes cannot be checked: their secrets were stored under another MINGA_SECRET_KEY.",
            "Bring that key back, or reset each with `minga members reset-second-factor`.",
        )


def _search_index() -> Iterator[Fault]:
    for kind, (indexed, held) in search.counts().items():
        if indexed != held:
            yield Fault(
                "search index",
                f"The index holds {indexed} of {held} documents of kind {kind}.",
                "Run `minga site reindex`.",
            )
