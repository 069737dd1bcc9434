"""The form with which evidence is cited, for answers and for clauses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_answering
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Citation
from minga.deliberation.services import citing

#: The field beside which a refusal stands.
_FIELDS = {"link": "link", "nothing": "link", "cited": "link", "value": "value"}


class CitationForm(forms.Form):
    """A permanent link, and for other sites the value as it is today."""

    link = forms.CharField(
        label=_("Permanent link"),
        help_text=_(
            "Of a figure, a panel’s result or a record on this site, or any other link that will stay. Of this site’s "
            "own the value is taken from there."
        ),
        max_length=citing.LONGEST_LINK,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
    )
    label = forms.CharField(label=_("What it says (optional)"), max_length=300, required=False)
    value = forms.CharField(label=_("Value today, for links to other sites"), max_length=200, required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""

    def cite(self, of: Any, by: Any) -> Citation | None:
        """Cite what was typed; None where it cannot be, and the form then says why."""
        try:
            return citing.cite(of=of, by=by, **self.cleaned_data)
        except ActError as refused:
            self.add_error(_FIELDS.get(refused.code), str(wording_answering.refusal(refused.code)))
            return None
