"""Forms of organizers: a conversation and how it works, its first statements, invitation codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.deliberation.forms_consulting import PlainForm, TranslatedForm
from minga.deliberation.models import Conversation, Round
from minga.deliberation.services.setting_up import MOST_CODES

_LONGEST_ABOUT = 5000


#: Fields that hold what the conversation holds, under the same name.
_KEPT = (
    "title", "about", "language", "entry", "takes_statements", "is_strict", "longest", "may_embed", "publishes_votes",
)  # fmt: skip


class ConversationForm(TranslatedForm):
    """The question, who may take part, and how statements come in."""

    title = forms.CharField(
        label=_("Which question do people talk about?"),
        help_text=_("One open question, in plain words."),
        max_length=200,
    )
    about = forms.CharField(
        label=_("What should people know before they vote?"),
        max_length=_LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    language = forms.ChoiceField(label=_("In which language is this written?"), choices=settings.LANGUAGES)
    round = forms.TypedChoiceField(label=_("Round"), coerce=int, empty_value=None, required=False)
    entry = forms.ChoiceField(
        label=_("Who may take part?"),
        choices=Conversation.Entry.choices,
        initial=Conversation.Entry.ANYONE,
        widget=forms.RadioSelect,
    )
    takes_statements = forms.BooleanField(label=_("People may add statements"), initial=True, required=False)
    is_strict = forms.BooleanField(
        label=_("A statement is shown only after a moderator accepted it"),
        help_text=_("Leave this on unless somebody looks at new statements several times a day."),
        initial=True,
        required=False,
    )
    longest = forms.IntegerField(label=_("Most characters of a statement"), initial=280, min_value=60, max_value=1000)
    may_embed = forms.BooleanField(label=_("Other sites may show it inside their pages"), required=False)
    publishes_votes = forms.BooleanField(
        label=_("Once it is closed and its report published, everyone may take the votes along as files"),
        help_text=_(
            "Each vote stands there under a random sign, without a name, also those that the report withholds. "
            "Researchers can check the report with it. People are told before they vote, so it cannot be switched on "
            "once the conversation has been opened."
        ),
        required=False,
    )
    closes_on = forms.DateField(
        label=_("Last day (optional)"),
        help_text=_("It closes by itself at the end of this day (UTC)."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    slug = forms.SlugField(
        label=_("Word in the address (optional)"),
        help_text=_("Small letters, digits and hyphens. It stays as it is."),
        max_length=60,
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, rounds: Iterable[Round], is_new: bool, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.rounds = {one.number: one for one in rounds}
        self.fields["round"].choices = [
            ("", _("The whole consultation")),
            *((n, one.title) for n, one in self.rounds.items()),
        ]
        if not self.rounds:
            del self.fields["round"]
        if is_new:
            del self.fields["seen"]
            return
        del self.fields["slug"]
        self._add_translations(_("Question (%(language)s)"))

    @property
    def own_fields(self) -> list[Any]:
        """The fields that are shown, without the translations."""
        return [self[name] for name in self.fields if "-" not in name and name != "seen"]

    @classmethod
    def of(cls, conversation: Conversation, rounds: Iterable[Round], seen: str) -> ConversationForm:
        """Return the form as it stands for a conversation."""
        initial: dict[str, Any] = {name: getattr(conversation, name) for name in _KEPT} | {"seen": seen}
        initial["round"] = conversation.round.number if conversation.round else None
        initial["closes_on"] = conversation.closes_at.date() if conversation.closes_at else None
        return cls(rounds, False, initial=initial | cls.shown_translations(conversation))

    def fields_for_service(self) -> dict[str, Any]:
        """Return what the service takes, without the word in the address."""
        given = self.cleaned_data
        chosen = self.rounds.get(given.get("round") or 0)
        day = given["closes_on"]
        fields = {name: given[name] for name in _KEPT} | {
            "round_id": chosen.pk if chosen is not None else None,
            "closes_at": datetime.combine(day, time(23, 59, 59), tzinfo=UTC) if day else None,
        }
        if "slug" in self.fields:
            return fields
        return fields | {"translations": self.translations()}


class FirstStatementsForm(PlainForm):
    """Statements to begin with: one a line, or a file."""

    lines = forms.CharField(
        label=_("Statements, one a line"),
        help_text=_(
            "A statement says one thing, so that people can agree or disagree. Ten to twenty are a good start."
        ),
        max_length=200_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(
        label=_("Or a table (CSV)"),
        help_text=_(
            "With a column “text”, and if you like “language” (such as fr) and “theme”; these names are known in each "
            "language of the site."
        ),
        required=False,
    )


class CodesForm(PlainForm):
    """How many invitation codes to make."""

    count = forms.IntegerField(
        label=_("How many codes?"),
        help_text=_("Each lets one person in, once. They are shown once: print or save them at once."),
        min_value=1,
        max_value=MOST_CODES,
        initial=20,
    )
