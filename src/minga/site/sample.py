"""The sample alliance: fictional, labelled as such, and in a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction

from minga.members import selectors as members
from minga.site.prepare import content_fingerprint, note, outcome_of, prepare
from minga.web import rooms


class SampleError(ValueError):
    """The sample may not be loaded here."""


def load(say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Load every room's part of the sample, lowest room first; return the logins that the rooms made."""
    _refuse_where_it_could_harm()
    prepare(say)
    if members.holds_real_data():
        raise SampleError(
            "This database holds organizations that are not part of the sample. Sample and real data are never mixed: "
            "give the sample a place of its own with MINGA_VAR=var/demo."
        )
    files = content_fingerprint()
    if (done := outcome_of("sample")).get("files") != files:
        say("Loading the sample alliance")
        done = {"files": files, "logins": _load_every_room()}
        note("sample", done)
    return list(done["logins"])


def _load_every_room() -> list[dict[str, Any]]:
    """Load all rooms or none. A room that makes logins returns them as a list."""
    with transaction.atomic():
        results = rooms.call_each("load_sample").values()
    return [login for logins in results if isinstance(logins, list) for login in logins]


def _refuse_where_it_could_harm() -> None:
    if settings.IS_PUBLIC:
        raise SampleError(
            f"The site is public ({', '.join(settings.ALLOWED_HOSTS)}), and the sample's passwords are known to all. "
            "Load the sample only on localhost: leave MINGA_HOSTS unset."
        )
    if not settings.SAMPLE:
        raise SampleError(
            "The sample belongs into a database of its own, on whose pages a banner says that it is a sample. "
            "Set MINGA_SAMPLE=on and a new folder, for example MINGA_VAR=var/demo; `make demo` does both."
        )
