"""The form with which an organization starts a programme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from minga.readiness.forms import country_choices


class ProgrammeForm(forms.Form):
    """What a programme is, who runs it, and from when to when."""

    organization = forms.ChoiceField(label=_("Which of your organizations runs it?"))
    name = forms.CharField(label=_("Name of the programme"), max_length=200)
    description = forms.CharField(
        label=_("What does it offer to businesses?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    country = forms.ChoiceField(label=_("For businesses in which country? (optional)"), required=False)
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label=_("Until (optional)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, organizations: list[Any], language: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""
        self.organizations = {str(one.pk): one for one in organizations}
        self.fields["organization"].choices = [(key, one.name) for key, one in self.organizations.items()]
        self.fields["country"].choices = [("", _("Any country")), *country_choices(language)[1:]]
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        """Let no programme end before it starts."""
        given = super().clean() or {}
        if given.get("starts_on") and given.get("ends_on") and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", _("This day lies before the first one. Correct one of the two."))
        return given

    def programme(self) -> dict[str, Any]:
        """Return what the service takes."""
        return self.cleaned_data | {"organization": self.organizations[self.cleaned_data["organization"]]}
