"""A list of guests, typed off the sheet they signed or copied from a spreadsheet: one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from minga.meetings import selectors
from minga.meetings.forms import PlainForm, long_text
from minga.meetings.models import Attendance
from minga.text import fold

#: More than come to most hearings; longer lists go in twice.
MOST = 500
_LONGEST = 200
_SEMICOLON = re.compile("[;؛；]")  # of Latin, Arabic and Chinese keyboards


class GuestListForm(PlainForm):
    """Guests who came, one a line: name; organization; kind of organization; woman or man.

    All lines go in or none: a list of which half is in could only be put right by reading it name by name.
    """

    lines = long_text(
        _("One person a line"),
        8,
        100_000,
        help_text=_(
            "Name; organization; kind of organization; woman or man. Only the name is needed. A semicolon or a tab "
            "stands between two of them, as when you copy rows from a spreadsheet."
        ),
    )

    def guests(self) -> list[dict[str, str]]:
        """Return what the service takes."""
        return list(self.cleaned_data["lines"])

    def clean_lines(self) -> list[dict[str, str]]:
        """Return each guest; name every line that cannot be read."""
        types, genders = _spellings(selectors.organization_types()), _spellings(Attendance.Gender.choices)
        guests, faults = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), start=1):
            if not line.strip(" ;؛；\t"):
                continue
            guest, fault = _guest(line, types, genders)
            guests.append(guest)
            if fault:
                faults.append(gettext("Line %(number)s: %(fault)s") % {"number": number, "fault": fault})
        if len(guests) > MOST:
            faults = [
                gettext("These are %(count)s lines; %(most)s go in at once.") % {"count": len(guests), "most": MOST}
            ]
        if faults:
            raise forms.ValidationError(faults)
        return guests


def _spellings(choices: Iterable[tuple[str, Any]]) -> Mapping[str, str]:
    """Lead from what people write, a name in the page's language or the key of the files, to the key."""
    return {fold(str(word)): key for key, name in choices for word in (key, name)}


def _guest(line: str, types: Mapping[str, str], genders: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Read a line; return the guest, and what is wrong with it or ""."""
    cells = [cell.strip() for cell in (line.split("\t") if "\t" in line else _SEMICOLON.split(line))]
    name, organization, kind, gender = (*cells, "", "", "", "")[:4]
    guest = {
        "name": name,
        "organization": organization,
        "organization_type": types.get(fold(kind), ""),
        "gender": genders.get(fold(gender), ""),
    }
    if any(cells[4:]):
        return guest, gettext("There are more than four parts. Are two people on one line?")
    if not name:
        return guest, gettext("The name is missing; it comes first.")
    if max(len(name), len(organization)) > _LONGEST:
        return guest, gettext("A name has at most %(most)s letters. Are two people on one line?") % {"most": _LONGEST}
    if kind and not guest["organization_type"]:
        known = ", ".join(str(name) for _key, name in selectors.organization_types())
        return guest, gettext("“%(found)s” is no kind of organization. Known are: %(known)s.") % {
            "found": kind,
            "known": known,
        }
    if gender and not guest["gender"]:
        known = ", ".join(str(name) for _key, name in Attendance.Gender.choices)
        return guest, gettext("“%(found)s” is not one of: %(known)s. Leave it empty where nothing was said.") % {
            "found": gender,
            "known": known,
        }
    return guest, ""
