"""Forms of moderators: filters of the queue, decisions with a reason, the details of one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.deliberation.forms_consulting import PlainForm
from minga.deliberation.models import Statement
from minga.deliberation.services.moderating import LEAST_REASON

_LONGEST_REASON = 500
#: as much of a rule as a list of choices shows
_LONGEST_CHOICE = 90


def shortened(line: str) -> str:
    """Cut a rule for a list at the end of a word, or of a sign where words have no blanks between them."""
    if len(line) <= _LONGEST_CHOICE:
        return line
    cut = line[:_LONGEST_CHOICE]
    whole = cut.rpartition(" ")[0]
    return f"{(whole if len(whole) > _LONGEST_CHOICE // 2 else cut).rstrip(' ,;:')}…"


class ReasonForm(PlainForm):
    """Which published rule, and why; both stand in the public log."""

    rule = forms.ChoiceField(
        label=_("Which rule?"), help_text=_("A rejection needs one. A sentence can say more."), required=False
    )
    words = forms.CharField(
        label=_("Why, in a sentence"),
        help_text=_("Stands in the public log. Do not repeat what should not be seen, and write no names."),
        max_length=_LONGEST_REASON,
        required=False,
        # in a field of two lines Enter presses no button
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, rules: Iterable[tuple[str, str]], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "why_%s"} | named)
        self.fields["rule"].choices = [("", _("No rule")), *((name, shortened(line)) for name, line in rules)]


class FilterForm(PlainForm):
    """What the queue is narrowed down to."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *Statement.State.choices], required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    words = forms.CharField(label=_("Words"), max_length=80, required=False)
    flagged = forms.BooleanField(label=_("Author’s votes are flagged"), required=False)
    second = forms.BooleanField(label=_("Second look wanted"), required=False)

    def __init__(self, languages: Iterable[str], themes: Iterable[str], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "show_%s"} | named)
        names = dict(settings.LANGUAGES)
        self.fields["language"].choices = [("", _("All")), *((code, names.get(code, code)) for code in languages)]
        self.fields["theme"].choices = [("", _("All")), *((name, name) for name in themes)]


class RewordForm(PlainForm):
    """The words of a statement on which nobody but its author voted yet."""

    text = forms.CharField(label=_("Words of the statement"), widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    reason = forms.CharField(
        label=_("Why, in a sentence"),
        help_text=_("Stands in the public log. Do not repeat what should not be seen, and write no names."),
        min_length=LEAST_REASON,
        max_length=_LONGEST_REASON,
    )
    is_private = forms.BooleanField(
        label=_("The old words told about somebody, such as a name or a telephone number"),
        help_text=_(
            "The log then says that such words were taken out, and shows neither the old words nor the new ones."
        ),
        required=False,
    )

    def __init__(self, longest: int, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "reword_%s"} | named)
        self.fields["text"].max_length = longest
        self.fields["text"].widget.attrs["maxlength"] = longest


class DetailsForm(PlainForm):
    """How a statement is shown and counted."""

    is_meta = forms.BooleanField(
        label=_("It is about the conversation itself"),
        help_text=_("Shown often, and counted in no map."),
        required=False,
    )
    order = forms.IntegerField(
        label=_("Place in the order"),
        help_text=_(
            "Statements with a number are shown first, the smallest before the others. Empty: the draw decides."
        ),
        min_value=1,
        max_value=9999,
        required=False,
    )
    theme = forms.CharField(label=_("Theme"), max_length=80, required=False)
    reason = forms.CharField(
        label=_("Why, in a sentence (optional)"),
        help_text=_("Stands in the public log."),
        max_length=_LONGEST_REASON,
        required=False,
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "shown_%s"} | named)


class TranslationForm(PlainForm):
    """A statement in another language, marked as made by a person or by a machine."""

    language = forms.ChoiceField(label=_("Into which language?"))
    text = forms.CharField(
        label=_("Translation"),
        help_text=_("Empty takes the translation away."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_by_machine = forms.BooleanField(label=_("Made by a machine, not checked by a person"), required=False)

    def __init__(self, written_in: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"auto_id": "told_%s"} | named)
        self.fields["language"].choices = [one for one in settings.LANGUAGES if one[0] != written_in]


class PlainReasonForm(PlainForm):
    """Why a participant's votes stay, are counted nowhere, or count again."""

    words = forms.CharField(
        label=_("Why, in a sentence"),
        help_text=_("Stands in the public log, without telling about whom."),
        min_length=LEAST_REASON,
        max_length=_LONGEST_REASON,
    )
