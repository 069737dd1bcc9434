"""The form of a competence."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from minga.members.forms import sector_choices


class CompetenceForm(forms.Form):
    """What somebody is able to do, and what shows it."""

    field = forms.CharField(
        label=_("Field"), max_length=200, help_text=_("For example: maintenance and quality in small factories.")
    )
    basis = forms.CharField(
        label=_("What shows it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Training, examination or years of practice, with the year."),
    )
    sectors = forms.MultipleChoiceField(
        label=_("Sectors"),
        required=False,
        choices=sector_choices,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("Choose none where it fits every sector."),
    )
    valid_until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it out where it does not end."),
    )
