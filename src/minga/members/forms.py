"""Forms of members' own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from minga.members.engine import roles, vocabulary
from minga.members.models import Account, Mandate, Organization
from minga.text import sorting_key

_LANGUAGES = ("ar", "bn", "en", "es", "fr", "hi", "id", "pt", "ru", "sw", "tr", "ur", "vi", "zh")


def language_choices() -> list[tuple[str, str]]:
    """Languages under their own names."""
    keys = {"zh": "zh-hans"}
    local = [(code, LANG_INFO[keys.get(code, code)]["name_local"]) for code in _LANGUAGES]
    return [(code, name[:1].upper() + name[1:]) for code, name in local]


def country_choices() -> list[tuple[str, str]]:
    """Countries by their name in the page's language, in the order its readers expect."""
    lang = get_language() or "en"
    named = [(one.iso2, one.name(lang)) for one in vocabulary.countries()]
    return sorted(named, key=lambda pair: sorting_key(pair[1]))


def sector_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Divisions of ISIC grouped by section, in the page's language."""
    lang = get_language() or "en"
    divisions = vocabulary.sectors("division")
    return [
        (
            section.name(lang),
            [(one.code, f"{one.code} {one.name(lang)}") for one in divisions if one.section == section.code],
        )
        for section in vocabulary.sectors("section")
    ]


class PersonForm(forms.Form):
    """What a person says about herself."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False, help_text=_("As others should call you."))
    languages = forms.MultipleChoiceField(
        label=_("Languages you work in"), required=False, choices=language_choices, widget=forms.CheckboxSelectMultiple
    )


class OrganizationForm(forms.ModelForm):
    """What an organization says about itself."""

    class Meta:
        model = Organization
        fields = ["name", "type", "country", "sector", "size", "languages", "women_led"]

    country = forms.ChoiceField(label=_("Country"))
    sector = forms.ChoiceField(
        label=_("Main activity"),
        required=False,
        help_text=_("The division of ISIC, revision 4, that fits best. Leave it out for a public authority."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Working languages"), required=False, choices=language_choices, widget=forms.CheckboxSelectMultiple
    )
    women_led = forms.TypedChoiceField(
        label=_("Is the organization led by women, by your own judgement?"),
        required=False,
        choices=[("", _("I prefer not to say")), ("yes", _("Yes")), ("no", _("No"))],
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        help_text=_(
            "Used only to see whether support reaches everyone. It is never shown with the organization's name."
        ),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = _("Name of the organization")
        self.fields["type"].choices = [("", _("Choose a type")), *Organization.Type.choices]
        self.fields["size"].choices = [("", _("Choose a size")), *Organization.Size.choices]
        self.fields["country"].choices = [("", _("Choose a country")), *country_choices()]
        self.fields["sector"].choices = [("", _("Choose an activity")), *sector_choices()]
        if self.instance.pk and self.instance.women_led is not None:
            self.initial["women_led"] = "yes" if self.instance.women_led else "no"


class CodeForm(forms.Form):
    """A code that an organization gave."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("16 letters and digits that the organization gave you. Dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class InvitationForm(forms.Form):
    """Which role a new code gives."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[pair for pair in Mandate.Role.choices if pair[0] in roles.IN_ORGANIZATIONS],
        # The role that gives least away; an owner is made on purpose.
        initial=roles.RESPONDENT,
    )


class GrantForm(forms.Form):
    """The secretariat gives a role in a body of the alliance."""

    email = forms.EmailField(label=_("E-mail address of the account"))
    role = forms.ChoiceField(
        label=_("Role"), choices=[pair for pair in Mandate.Role.choices if pair[0] in roles.IN_BODIES]
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it out for a role without an end."),
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if not Account.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("There is no account with this address. Ask the person to sign up first, then give the role.")
            )
        return str(email)


class DeleteOrganizationForm(forms.Form):
    """The last question before an organization goes."""

    name = forms.CharField(label=_("Name of the organization"), help_text=_("Type it as it stands above."))

    def __init__(self, *arguments: Any, organization: Organization, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.organization = organization

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name.strip().casefold() != self.organization.name.strip().casefold():
            raise forms.ValidationError(_("This is not the organization's name. Nothing was deleted."))
        return str(name)


class EraseForm(forms.Form):
    """The last question before a person's data goes. Who signs in without a password types the address instead."""

    understood = forms.BooleanField(label=_("I understand that this cannot be undone"))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    email = forms.CharField(label=_("E-mail address of your account"), max_length=254)

    def __init__(self, *arguments: Any, account: Account, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.account = account
        del self.fields["email" if account.has_usable_password() else "password"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.account.check_password(password):
            raise forms.ValidationError(_("This is not the password of your account. Nothing was erased."))
        return str(password)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email.strip().casefold() != self.account.email.casefold():
            raise forms.ValidationError(_("This is not the address of your account. Nothing was erased."))
        return email
