"""The forms of the theme board."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minga.deliberation.services.theming import LONGEST_NAME


class ThemeForm(forms.Form):
    """What a theme is called, and what belongs there."""

    name = forms.CharField(
        label=_("Name of the theme"),
        help_text=_("Shown in public, as the description is. Do not write names of people."),
        max_length=LONGEST_NAME,
    )
    about = forms.CharField(
        label=_("What belongs here, and what does not? (optional)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""
