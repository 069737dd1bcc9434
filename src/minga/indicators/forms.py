"""Forms of the workbench and of a company's disclosure."""

from __future__ import annotations

from typing import Any

import polars as pl
from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from minga.indicators import added, disclosing, uploads
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, IndicatorsError
from minga.indicators.models import CompositeIndex
from minga.indicators.services import RESERVED_SLUGS

_LARGEST_CELLS = 200_000


class TableField(forms.FileField):
    """An uploaded table, read at once."""

    def clean(self, data: Any, initial: Any = None) -> pl.DataFrame | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            table = uploads.read(file.name, file.read())
        except DataError as wrong:
            raise forms.ValidationError(str(wrong).splitlines()) from None
        if table.height * table.width > _LARGEST_CELLS:
            raise forms.ValidationError(
                _("The table has %(cells)s cells; pages carry %(most)s. Calculate it with the command line."),
                params={"cells": table.height * table.width, "most": _LARGEST_CELLS},
            )
        return table


class UploadForm(forms.Form):
    """A table, with a definition or without, for a new index or a further edition."""

    index = forms.ChoiceField(label=_("Index"), required=False)
    slug = forms.CharField(
        label=_("Word in the address"),
        required=False,
        max_length=60,
        help_text=_("Only for a new index: small letters, digits and hyphens. It cannot be changed later."),
    )
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=150)
    title_fr = forms.CharField(label=_("Title in French"), required=False, max_length=150)
    title_es = forms.CharField(label=_("Title in Spanish"), required=False, max_length=150)
    title_ru = forms.CharField(label=_("Title in Russian"), required=False, max_length=150)
    title_ar = forms.CharField(label=_("Title in Arabic"), required=False, max_length=150)
    title_zh = forms.CharField(label=_("Title in Chinese"), required=False, max_length=150)
    units = forms.ChoiceField(
        label=_("What it ranks"),
        choices=CompositeIndex.Units.choices,
        initial=CompositeIndex.Units.COUNTRY,
        help_text=_("Countries by their code of two or three letters get a map and names in every language."),
    )
    table = TableField(
        label=_("Table"), help_text=_("CSV, XLSX or Parquet, one row per unit, with a header. Gaps may stay empty.")
    )
    definition_file = forms.FileField(
        label=_("Definition (TOML)"),
        required=False,
        help_text=_("Without one you say on the next page what each column is."),
    )
    definition = forms.CharField(
        label=_("Or the definition as text"), required=False, widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr"})
    )
    note = forms.CharField(
        label=_("What is new in this edition"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        own = CompositeIndex.objects.filter(kind=CompositeIndex.Kind.UPLOADED, is_sample=settings.SAMPLE)
        self.fields["index"].choices = [("", _("a new index")), *((one.slug, one.slug) for one in own)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("index"):
            self._check_new(given)
        given["read"] = self._definition(given)
        return given

    def _check_new(self, given: dict[str, Any]) -> None:
        slug = given.get("slug", "")
        if not slug or slugify(slug) != slug or slug in RESERVED_SLUGS:
            self.add_error("slug", _("Give a word of small letters, digits and hyphens for the new index."))
        elif CompositeIndex.objects.filter(slug=slug).exists():
            self.add_error("slug", _("There is already an index of this name. Choose it above, or take another word."))
        if not any(given.get(f"title_{code}") for code, _name in settings.LANGUAGES):
            self.add_error(f"title_{self._language}", _("Give a title in at least one language."))

    def _definition(self, given: dict[str, Any]) -> Index | None:
        text = given.get("definition") or ""
        if file := given.get("definition_file"):
            text = file.read().decode("utf-8", errors="replace")
            # what was uploaded is shown again, so that a fault can be mended on the page
            self.data = self.data.copy()
            self.data["definition"] = text
        return read_definition(self, "definition", text)

    def other_titles(self) -> list[forms.BoundField]:
        """Titles in the languages other than the page's; they stand together behind a door."""
        return [self[f"title_{code}"] for code, _name in settings.LANGUAGES if code != self._language]

    def has_other_titles(self) -> bool:
        """Whether something was typed, or is wrong, behind that door."""
        return any(field.value() or field.errors for field in self.other_titles())

    def own_title(self) -> forms.BoundField:
        """Title in the language of the page."""
        return self[f"title_{self._language}"]

    @property
    def _language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    def titles(self) -> dict[str, str]:
        """Titles by language."""
        return {code: self.cleaned_data.get(f"title_{code}", "") for code, _name in settings.LANGUAGES}


def read_definition(form: forms.Form, field: str, text: str) -> Index | None:
    """Read a definition; its faults become errors of the field, each with its line."""
    if not text.strip():
        return None
    try:
        definition = Index.from_toml(f"{text}\n")
        _ = definition.tree
    except IndicatorsError as wrong:
        form.add_error(field, [str(one) for one in wrong.findings] or [str(wrong)])
        return None
    return definition


class DefinitionForm(forms.Form):
    """The definition of a draft as text."""

    definition = forms.CharField(
        label=_("Definition (TOML)"), widget=forms.Textarea(attrs={"rows": 18, "dir": "ltr", "spellcheck": "false"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["read"] = read_definition(self, "definition", given.get("definition") or "")
        return given


class NewTableForm(forms.Form):
    """Another table for a draft."""

    table = TableField(label=_("Corrected table"))


class AddedForm(forms.Form):
    """Figures from elsewhere for a draft of the alliance's own index."""

    workbook = forms.FileField(
        label=_("Workbook (XLSX), or the CSV file of figures"),
        help_text=_("Two sheets: what each indicator is, and one row a figure. The empty workbook shows the columns."),
    )
    second = forms.FileField(label=_("CSV file of indicators, only beside a CSV file of figures"), required=False)
    weight = forms.FloatField(
        label=_("Weight of this part"),
        min_value=0.1,
        max_value=100,
        initial=1,
        help_text=_("Readiness in seven factors weighs 3, small gaps between groups weigh 1."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        files = [file for name in ("workbook", "second") if (file := given.get(name))]
        if files and not self.errors:
            try:
                given["tables"] = added.read([(file.name, file.read()) for file in files])
            except DataError as wrong:
                self.add_error("workbook", str(wrong).splitlines())
        return given


class MappingForm(forms.Form):
    """What each column of a draft is."""

    unit = forms.ChoiceField(label=_("Column of codes"))
    unit_name = forms.ChoiceField(label=_("Column of names"), required=False)
    group = forms.ChoiceField(label=_("Column of groups"), required=False)
    scale = forms.ChoiceField(
        label=_("Common scale"),
        choices=[
            ("minmax", _("from the lowest value (1) to the highest (100)")),
            ("zscore", _("distance from the mean")),
            ("percentile_rank", _("share of units left behind")),
        ],
    )
    mean = forms.ChoiceField(
        label=_("How parts are put together"),
        choices=[("arithmetic", _("arithmetic mean")), ("geometric", _("geometric mean"))],
    )
    gaps = forms.ChoiceField(
        label=_("Gaps"),
        choices=[
            ("none", _("stay gaps")),
            ("mean", _("filled with the mean")),
            ("median", _("filled with the median")),
        ],
    )

    def __init__(self, *arguments: Any, table: pl.DataFrame, definition: Index, **options: Any) -> None:
        self.table, self.definition = table, definition
        super().__init__(*arguments, initial=self._present(), **options)
        columns = [(name, name) for name in table.columns]
        self.fields["unit"].choices = columns
        for name in ("unit_name", "group"):
            self.fields[name].choices = [("", _("none")), *columns]
        self.columns = list(table.columns)

    def _present(self) -> dict[str, Any]:
        held = self.definition
        scale = next((name for name, one in uploads.SCALES.items() if one == held.normalise), "minmax")
        return {
            "unit": held.unit,
            "unit_name": held.unit_name or "",
            "group": held.groups[0].code if held.groups else "",
            "scale": scale,
            "mean": str(held.aggregate.rule.method),
            "gaps": held.impute.method,
        }

    def rows(self) -> list[dict[str, Any]]:
        """One row a column, as posted or as the definition has it."""
        held = {item.column or item.code: item for item in self.definition.indicators}
        nodes = {node.code: node.name for node in self.definition.nodes if node.parent}
        rows = []
        for at, column in enumerate(self.columns):
            item = held.get(column)
            row = {
                "at": at, "column": column, "use": item is not None, "name": item.name if item else column,
                "direction": item.direction if item else 1, "weight": f"{item.weight:g}" if item else "1",
                "node": nodes.get(item.parent or "", "") if item else "", "problem": "",
            }  # fmt: skip
            if self.is_bound:
                row |= {
                    "use": f"use_{at}" in self.data, "name": self.data.get(f"name_{at}", ""),
                    "direction": -1 if self.data.get(f"direction_{at}") == "-1" else 1,
                    "weight": self.data.get(f"weight_{at}", "1"), "node": self.data.get(f"node_{at}", ""),
                    "problem": self.problems.get(at, ""),
                }  # fmt: skip
            rows.append(row)
        return rows

    problems: dict[int, Any] = {}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.problems, mapped = {}, []
        for row in self.rows():
            if not row["use"] or row["column"] in (given.get("unit"), given.get("unit_name"), given.get("group")):
                continue
            weight = _weight(row["weight"])
            if weight is None:
                self.problems[row["at"]] = _("Give a weight from 0 to 1000.")
                continue
            mapped.append(uploads.Mapped(
                row["column"], row["name"].strip()[:150], row["direction"], weight, row["node"].strip()[:80]
            ))  # fmt: skip
        if self.problems:
            raise forms.ValidationError(_("Some weights are no numbers; see the marked columns."))
        if not mapped:
            raise forms.ValidationError(_("Choose at least one column as an indicator."))
        if self.errors:
            return given
        given["read"] = uploads.define(
            mapped, unit=given["unit"], unit_name=given["unit_name"], group=given["group"],
            title=dict(self.definition.title), scale=given["scale"], mean=given["mean"], gaps=given["gaps"],
        )  # fmt: skip
        return given


def _weight(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1000 else None


class ReasonForm(forms.Form):
    """Why something is sent back or withdrawn."""

    reason = forms.CharField(label=_("Reason, for everyone to read"), max_length=300)


class RebuildForm(forms.Form):
    """Which of the alliance's own indexes is calculated anew."""

    which = forms.ChoiceField(
        label=_("Index"),
        choices=[
            ("readiness/country", _("Readiness by country")),
            ("readiness/sector", _("Readiness by sector")),
            ("responsibility/organization", _("Responsibility of member companies")),
        ],
    )


#: what can be wrong with an answer, as `disclosing.problems` calls it
ANSWER_PROBLEMS = {
    "missing": _("Choose an answer."),
    "answer": _("Choose one of the three answers."),
    "evidence": _("Give the address of a public page that shows this."),
    "link": _("This is no address of a public page. It begins with https://."),
}
ANSWERS = (("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No")))


class DisclosureForm:
    """Twelve answers with their evidence; no Django form, because each question is two fields that belong together."""

    def __init__(self, language: str, data: Any = None, stored: dict[str, Any] | None = None) -> None:
        self.language, self.data, self.stored = language, data, stored or {}
        self.answers = self._posted() if data is not None else self.stored
        self.problems = disclosing.problems(self.answers) if data is not None else {}

    def _posted(self) -> dict[str, dict[str, str]]:
        return {
            question.id: {
                "answer": self.data.get(f"a_{question.id}", ""),
                "evidence": self.data.get(f"e_{question.id}", "").replace("\x00", "").strip()[:400],
            }
            for question in disclosing.questionnaire().questions
        }

    def is_valid(self) -> bool:
        """Whether every question is answered, with evidence where it needs some."""
        return self.data is not None and not self.problems

    def parts(self) -> list[dict[str, Any]]:
        """Give the parts with their questions for the page."""
        return [
            {"name": part.name(self.language), "questions": [self._question(question) for question in part.questions]}
            for part in disclosing.questionnaire().parts
        ]

    def _question(self, question: disclosing.Question) -> dict[str, Any]:
        given = self.answers.get(question.id, {})
        return {
            "id": question.id,
            "text": question.text(self.language),
            "answer": given.get("answer", ""),
            "evidence": given.get("evidence", ""),
            "problem": ANSWER_PROBLEMS.get(self.problems.get(question.id, ""), ""),
        }
