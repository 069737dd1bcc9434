"""Forms of a conversation: a vote, a statement, an invitation code, and what people say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.models import Conversation
from minga.deliberation.services.stating import tidy

#: what a button sends, and what it stands for
_VALUES: Mapping[str, int | None] = {"agree": 1, "disagree": -1, "pass": 0, "back": None}


class VoteForm(forms.Form):
    """Which statement, which button, and the mark that the page drew for it."""

    statement = forms.IntegerField(min_value=0)
    vote = forms.ChoiceField(choices=[(name, name) for name in _VALUES])
    client = forms.RegexField(regex=r"^[0-9a-zA-Z_-]{8,32}$")

    @property
    def value(self) -> int | None:
        """The vote as it is stored."""
        return _VALUES[self.cleaned_data["vote"]]

    @property
    def client_id(self) -> str:
        """The mark of this act: another button on the same page is another act."""
        return f"{self.cleaned_data['client']}.{self.cleaned_data['vote'][0]}"


class StatementForm(PlainForm):
    """One sentence, within the limit of the conversation."""

    text = forms.CharField(label=_("What do you think?"))
    language = forms.ChoiceField(label=_("In which language do you write?"), choices=settings.LANGUAGES)
    #: similar ones were shown, and it shall be sent all the same
    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)
    #: what looks like a telephone number or an address was shown, and shall stay
    kept = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, conversation: Conversation, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        longest = conversation.longest
        self.fields["text"].help_text = _(
            "One thought in one sentence, with which others can agree or disagree. At most %(longest)s characters."
        ) % {"longest": longest}
        self.fields["text"].widget = forms.Textarea(
            attrs={"rows": 4, "maxlength": longest, "dir": "auto", "data-counts": longest, "autocomplete": "off"}
        )
        self.longest = longest

    def with_text(self, text: str) -> None:
        """Show the form again with other words in it."""
        self.data = self.data.copy()
        self.data["text"] = text

    def clean_text(self) -> str:
        """Put the words on one line, and hold them to the limit."""
        text = tidy(self.cleaned_data["text"])
        if len(text) > self.longest:
            raise forms.ValidationError(
                _("Your sentence has %(length)s characters, and %(longest)s are possible. Shorten it."),
                params={"length": len(text), "longest": self.longest},
            )
        return text


class OwnStatementForm(StatementForm):
    """The words of a statement that its author corrects, and the version that they saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, conversation: Conversation, *arguments: Any, **named: Any) -> None:
        super().__init__(conversation, *arguments, **named)
        for name in ("language", "seen", "kept"):
            del self.fields[name]


class WithdrawForm(PlainForm):
    """Which version of a statement its author withdraws."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class CodeForm(PlainForm):
    """An invitation code as it was typed."""

    code = forms.CharField(
        label=_("Your invitation code"),
        help_text=_("Sixteen letters and digits. Small letters, spaces and missing hyphens are fine."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}),
    )


class AboutMeForm(PlainForm):
    """What somebody says of themselves, if they wish."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for stratum, values in STRATA.items():
            label = wording.STRATUM_NAMES[stratum]
            if values:
                choices = [("", _("I prefer not to say"))]
                choices += [(value, wording.stratum_value(stratum, value)) for value in values]
                self.fields[stratum] = forms.ChoiceField(label=label, choices=choices, required=False)
            else:
                self.fields[stratum] = forms.CharField(label=label, max_length=80, required=False)
