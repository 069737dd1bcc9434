"""Forms around answers given elsewhere: an upload, its confirmation, the code of a paper form, and its grid of keys."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minga.readiness import keys, selectors, wording, wording_importing
from minga.readiness.engine.instrument import Instrument, Item
from minga.readiness.forms import CodeForm, _Form, seen_version
from minga.readiness.models import Answer, Given

LARGEST_MEGABYTES = 5
#: Reading costs by what a workbook unpacks to: a small file can hold hours of it.
LARGEST_UNPACKED_MEGABYTES = 40
#: What one page can store within a request; more goes by the command line.
MOST_FIRMS = 100
_ENDINGS = (".csv", ".tsv", ".xlsx", ".json")


def _check_upload(file: Any, endings: tuple[str, ...]) -> Any:
    for size, most in ((file.size, LARGEST_MEGABYTES), (_unpacked(file), LARGEST_UNPACKED_MEGABYTES)):
        if size > most * 2**20:
            raise forms.ValidationError(
                _("The file has more than %(most)s MB. Send it in parts, or import it with the command line."),
                params={"most": most},
            )
    if not file.name.lower().endswith(endings):
        raise forms.ValidationError(
            _("This file is none of: %(endings)s. Save it as one of them."), params={"endings": ", ".join(endings)}
        )
    return file


def _unpacked(file: Any) -> int:
    """Return what a workbook says that it unpacks to; no part can unpack to more. 0 for what is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):  # a sheet of text, or a workbook that reading will refuse
        return 0
    finally:
        file.seek(0)


class ImportForm(_Form):
    """A file of answers, and what was asked."""

    file = forms.FileField(
        label=_("The file with the answers"),
        help_text=_(
            "A sheet made from the template (XLSX or CSV), or an export of KoboToolbox or ODK Central (CSV or JSON, "
            "with XML values and headings)."
        ),
    )
    overlays = forms.MultipleChoiceField(
        label=_("For a sheet: which supplements do its questions include?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    form_file = forms.FileField(
        label=_("For a form this site does not know: the XLSX file it was made from (optional)"), required=False
    )

    def __init__(self, *arguments: Any, brings_forms: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["overlays"].choices = [
            (one.id, wording.overlay_title(one.id, one.content.title)) for one in selectors.overlays()
        ]
        self.fields["file"].widget.attrs["accept"] = ",".join(_ENDINGS)
        self.fields["form_file"].widget.attrs["accept"] = ".xlsx"
        if not brings_forms:
            del self.fields["form_file"]

    def clean_file(self) -> Any:
        """Refuse what is too large or cannot be a table."""
        return _check_upload(self.cleaned_data["file"], _ENDINGS)

    def clean_form_file(self) -> Any:
        """Refuse what cannot be a form."""
        file = self.cleaned_data["form_file"]
        return _check_upload(file, (".xlsx",)) if file else None


class ConfirmImportForm(_Form):
    """How the businesses agreed, and what is to be made of their answers; the answers themselves come sealed."""

    sealed = forms.CharField(widget=forms.HiddenInput)
    basis = forms.ChoiceField(
        label=_("How did these businesses agree that their answers are stored here?"),
        choices=list(wording_importing.BASES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how they agreed. Without it nothing can be stored.")},
    )
    agreed = forms.BooleanField(
        label=_("Every business in this file agreed, and knows that it can claim its answers or have them deleted."),
        error_messages={"required": _("Confirm that they agreed. Without it nothing can be stored.")},
    )
    state = forms.ChoiceField(
        label=_("What shall be made of the answers?"),
        choices=[
            ("draft", _("Drafts, which the businesses complete and submit")),
            ("submitted", _("Submitted checks, with a report at once")),
        ],
        initial="draft",
        widget=forms.RadioSelect,
    )
    new_codes = forms.BooleanField(
        label=_("Make new codes for businesses that were imported before; their printed ones stop working."),
        required=False,
    )


class PaperCodeForm(CodeForm):
    """The code on a paper form."""

    code = forms.CharField(
        label=_("The code on the form"),
        help_text=_("Such as P7QK4-0M2XF, or 16 letters and digits. Small letters and spaces are fine."),
        max_length=40,
    )

    def clean_code(self) -> str:
        """Refuse what cannot be a code, before anything is looked up."""
        code: str = self.cleaned_data["code"]
        if keys.tidy_code(code) is None and keys.tidy_paper_code(code) is None:
            raise forms.ValidationError(_("This is not a complete code. Compare it with your paper."))
        return code


@dataclass
class Key:
    """One question of a paper form while its answer is typed in: one key, and a reason where na is typed."""

    item: Item
    stored: str
    value: str
    reason: str
    version: int
    error: str = ""
    conflict: Answer | None = None

    @property
    def given(self) -> str:
        """The answer that the key stands for."""
        typed = self.value.strip().lower()
        return {"d": Given.UNKNOWN.value, "n": Given.NOT_APPLICABLE.value}.get(typed, typed)

    @property
    def is_changed(self) -> bool:
        """Whether something else is typed than what is stored."""
        return bool(self.given) and self.given != self.stored


class KeyForm:
    """The grid of a paper form. A form of Django would need a class an instrument; this reads the fields by item."""

    def __init__(
        self,
        instrument: Instrument,
        items: Iterable[Item],
        answers: Mapping[str, Answer],
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.instrument = instrument
        self.keys = [self._key(item, answers.get(item.id), data) for item in items]

    def _key(self, item: Item, stored: Answer | None, data: Mapping[str, str] | None) -> Key:
        value = stored.value if stored else ""
        shown = {"dk": "d", "na": "n"}.get(value, value)
        key = Key(item, value, shown, stored.reason if stored else "", stored.version if stored else 0)
        if data is not None:
            key.value = data.get(item.id, "").strip()[:4]
            key.reason = data.get(f"{item.id}-reason", "").replace("\x00", "").strip()
            key.version = seen_version(data.get(f"{item.id}-version"))
            key.error = self._error(key)
        return key

    def _error(self, key: Key) -> str:
        if not key.given:
            return ""
        if key.given == Given.NOT_APPLICABLE:
            if not key.item.na_allowed:
                return str(_("This question applies to every business. Type 0 to 5, or d."))
            if not key.reason:
                return str(_("Type the reason that stands on the paper."))
            if len(key.reason) > 500:
                return str(_("The reason is longer than 500 characters. Shorten it."))
            return ""
        levels = {str(level) for level in range(self.instrument.top_level + 1)}
        if key.given != Given.UNKNOWN and key.given not in levels:
            return str(_("Type one key: 0 to 5, d for “I do not know”, or n for “does not apply”."))
        return ""

    @property
    def is_valid(self) -> bool:
        return not any(key.error for key in self.keys)

    @property
    def errors(self) -> list[Key]:
        """The questions to look at again."""
        return [key for key in self.keys if key.error or key.conflict]
