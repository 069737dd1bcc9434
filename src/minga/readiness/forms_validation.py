"""Forms of evidence and validation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.readiness.forms import seen_version
from minga.readiness.models import Finding
from minga.readiness.selectors import Point

_COMMENT = 2000


class EvidenceForm(forms.Form):
    """A photo or document, and what it shows."""

    file = forms.FileField(
        label=_("Photo or document"),
        help_text=_("JPEG, PNG, WebP or PDF. Place and time are taken out of photos. No faces, no names if you can."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    caption = forms.CharField(
        label=_("What does it show? (optional)"),
        required=False,
        max_length=200,
        help_text=_("For example: board with the maintenance plan of March. Do not write names of people."),
    )
    client = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class RequestForm(forms.Form):
    """Ask for an assessor."""

    understood = forms.BooleanField(
        label=_("I agree that one assessor sees our answers, notes and evidence until the validation is done.")
    )
    is_double = forms.BooleanField(
        label=_("Ask two assessors, who do not see what the other finds."),
        required=False,
        help_text=_("Takes longer, and shows how far two people agree."),
    )


class DeclareForm(forms.Form):
    """The assessor's word on conflicts of interest."""

    has_conflict = forms.ChoiceField(
        label=_("Is there anything that could keep you from judging this business fairly?"),
        choices=[
            ("no", _("No: I have no share in it, no contract, no family tie and no other interest in the result.")),
            ("yes", _("Yes, and I give this validation back.")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Your word is recorded with its date. The business and the secretariat can read it."),
    )
    conflict = forms.CharField(
        label=_("If yes: what is it?"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("has_conflict") == "yes" and not given.get("conflict", "").strip():
            self.add_error("conflict", _("Say in a few words what the conflict is."))
        return given


class VisitForm(forms.Form):
    """On which day the site was visited."""

    visited_on = forms.DateField(
        label=_("Day of the visit"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_visited_on(self) -> date | None:
        day: date | None = self.cleaned_data["visited_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(
                _("The day of the visit lies in the future. Record it when it has taken place.")
            )
        return day


class WordForm(forms.Form):
    """What the assessor asks or tells the business."""

    summary = forms.CharField(
        label=_("Word to the business"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is still missing, and when you come. The business reads it at once."),
    )


class CompleteForm(forms.Form):
    """The end of a validation."""

    summary = forms.CharField(
        label=_("Summary for the business"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you looked at, what stands well, what to mend first. It stands in the report."),
    )
    understood = forms.BooleanField(
        label=_("I judged by what I saw, and what I did not check may be listed as not checked.")
    )


@dataclass
class Judged:
    """One item as the assessor's page shows it: what was given now, else what is stored."""

    point: Point
    level: str
    comment: str
    to_visit: bool
    version: int
    error: str = ""
    conflict: Finding | None = None

    @property
    def levels(self) -> list[tuple[str, str]]:
        return [(str(level), text) for level, text in enumerate(self.point.item.levels)]

    @property
    def number(self) -> int | None:
        return int(self.level) if self.level else None


class JudgeForm:
    """The assessor's answers to some items; like `forms.PageForm`, it reads its fields by item."""

    def __init__(self, points: Iterable[Point], data: Mapping[str, str] | None = None) -> None:
        self.data = None if data is None else {name: text.replace("\x00", "") for name, text in data.items()}
        self.rows = [self._row(point) for point in points]

    def _row(self, point: Point) -> Judged:
        found, item = point.finding, point.item.id
        if self.data is None:
            level = "" if point.level is None else str(point.level)
            comment, version = (found.comment, found.version) if found else ("", 0)
            return Judged(point, level, comment, point.to_visit, version)
        row = Judged(
            point,
            self.data.get(f"{item}-level", ""),
            self.data.get(f"{item}-comment", "").strip(),
            f"{item}-visit" in self.data,
            seen_version(self.data.get(f"{item}-version")),
        )
        if row.level and row.level not in dict(row.levels):
            row.error, row.level = str(_("Levels run from 0 to 5. Choose one of them, or leave the question open.")), ""
        elif row.level and not point.own:
            row.error = str(_("The business did not answer this question, so it can have no level. Leave it open."))
        elif len(row.comment) > _COMMENT:
            row.error = str(_("The comment is longer than 2,000 characters. Shorten it."))
        return row

    @property
    def is_valid(self) -> bool:
        return not any(row.error or row.conflict for row in self.rows)
