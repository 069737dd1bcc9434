"""The filters of Find help: a plain GET form whose choices are the values that records really use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from minga.knowledge import selectors, words
from minga.text import sorting_key

_NAMES: dict[str, Callable[[str], words.Words]] = {
    "type": lambda code: words.TYPES.get(code, code),
    "country": words.country,
    "sector": words.sector,
    "factor": words.factor,
    "language": words.language,
    "cost": lambda code: words.COST_BANDS.get(code, code),
    "audience": lambda code: words.AUDIENCES.get(code, code),
}
#: Listed by their own order; all others by name.
_IN_ORDER = {
    "type": list(words.TYPES),
    "cost": list(words.COST_BANDS),
    "audience": list(words.AUDIENCES),
}


class FindForm(forms.Form):
    """What to look for. A value that no record uses is named as an error and left out of the search."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("What are you looking for?"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    type = forms.ChoiceField(label=_("Kind of help"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    factor = forms.ChoiceField(label=_("What it strengthens"), required=False)
    language = forms.ChoiceField(label=_("Language of the service"), required=False)
    cost = forms.ChoiceField(label=_("Cost"), required=False)
    audience = forms.ChoiceField(label=_("For whom"), required=False)

    def __init__(self, *args, counted: Mapping[str, Mapping[str, int]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, label_of in _NAMES.items():
            self.fields[name].choices = [("", _("Any")), *_options(name, counted.get(name, {}), label_of)]

    def criteria(self) -> selectors.Criteria:
        """Return what was asked for, as far as it can be read."""
        self.is_valid()
        return selectors.Criteria(**{name: value for name, value in self.cleaned_data.items() if value})

    def filters(self) -> list[forms.BoundField]:
        """Return the fields beside the words."""
        return [self[name] for name in _NAMES]


def _options(name: str, counts: Mapping[str, int], label_of: Callable[[str], words.Words]) -> list[tuple[str, str]]:
    named = [(code, str(label_of(code)), count) for code, count in counts.items()]
    order = _IN_ORDER.get(name)
    named.sort(key=lambda one: (order.index(one[0]) if order and one[0] in order else 0, sorting_key(one[1])))
    return [(code, f"{label} ({count})") for code, label, count in named]
