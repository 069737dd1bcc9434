"""The form that takes the code of a receipt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A code as it was noted: small letters and missing hyphens are fine."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("16 letters and digits, such as 7QK4-0M2X-V9TB-3HFA."),
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""
