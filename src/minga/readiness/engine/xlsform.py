"""An instrument as an XLSForm, for ODK Collect, KoboToolbox, Enketo and whatever else reads it.

Texts people see stand where every XLSForm has them and may be edited there. What XLSForm has no column for stands in
columns named ``minga::…`` of the survey (never ``label::…``, which would become a language) and in a sheet ``minga``,
so that ``from_xlsform`` loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import polars as pl

from minga.readiness.engine.errors import InstrumentError
from minga.readiness.engine.instrument import Factor, Instrument, Item, ProfileQuestion, plain
from minga.readiness.engine.paper_words import words
from minga.readiness.engine.xlsform_texts import (
    form_version,
    heading,
    item_names,
    texts_of,
    unique_name,
)

SCHEMA = "minga.readiness.xlsform/1"
#: Rows of questions that the short form does not ask; kept so that nothing is lost, and read by no other tool.
NOT_ASKED = "minga not asked"
CHOICES_NOT_ASKED = "minga choices not asked"
VERSION_QUESTION = "minga_version"
#: Widest side of a photo, so that it travels over a thin line.
MAX_PIXELS = 1280
#: What a cell of a workbook can hold, with some air.
_LONGEST = 30_000
_IN_SURVEY = {"items", "factors", "sources", "original", "untranslated", "reviewed"}

#: Codes with their names by language, such as ``[("CV", {"en": "Cabo Verde"})]``.
NamedCodes = Sequence[tuple[str, Mapping[str, str]]]
Row = dict[str, str]


def to_xlsform(
    instrument: Instrument,
    languages: Sequence[str] = (),
    *,
    form: str = "full",
    codes: Mapping[str, NamedCodes] | None = None,
    extra: Mapping[str, Mapping[str, Row]] | None = None,
) -> dict[str, pl.DataFrame]:
    """Write an instrument as the sheets of an XLSForm.

    Parameters
    ----------
    instrument : Instrument
        With its overlays merged, if any.
    languages : codes such as ``fr``
        Languages of the form beside the one the instrument was written in; every language it is translated into
        when none is given. A missing text stands in the base language.
    form : "full" or "short"
        Whether every item is asked, or those of the short form.
    codes : names of codes by kind of profile question (``iso3166``, ``isic4``)
        Makes a list to choose from of questions that otherwise ask for a code.
    extra : columns of other tools, by sheet and name of row, as ``from_xlsform`` kept them

    Returns
    -------
    tables by name of sheet
        ``survey``, ``choices``, ``settings``, ``minga`` and, for the short form, what it does not ask.
        ``tables.workbooks.write_workbook`` makes a file of them.

    Raises
    ------
    InstrumentError
        The instrument is not translated into a language that was asked for, or has no short form.
    """
    base = instrument.original or instrument
    return _Writer(base, _translations(base, languages), form, codes or {}, extra or {}).sheets()


def languages_of(instrument: Instrument, offered: Iterable[str]) -> tuple[str, ...]:
    """Return those of the offered languages that an instrument speaks, its own first."""
    base = instrument.original or instrument
    spoken = [code for code in offered if code != base.language and "*" not in base.in_language(code).untranslated]
    return (base.language, *spoken)


def _translations(base: Instrument, languages: Sequence[str]) -> dict[str, Instrument]:
    from minga.readiness.engine.xlsform_texts import LANGUAGES

    wanted = languages or languages_of(base, LANGUAGES)
    found = {base.language: base}
    for code in wanted:
        spoken = base.in_language(code)
        if "*" in spoken.untranslated:
            raise InstrumentError(
                f"{base.id} is not translated into {code!r}. Its languages are "
                f"{', '.join(languages_of(base, LANGUAGES))}; choose among them, or add a translation file."
            )
        found[spoken.language] = spoken
    return found


class _Writer:
    """The sheets while they are filled, row after row."""

    def __init__(
        self,
        base: Instrument,
        spoken: dict[str, Instrument],
        form: str,
        codes: Mapping[str, NamedCodes],
        extra: Mapping[str, Mapping[str, Row]],
    ) -> None:
        self.base, self.spoken, self.form, self.codes, self.extra = base, spoken, form, codes, extra
        self.asked = {item.id for item in base.items_of(form=form)}
        self.texts = {code: texts_of(one) for code, one in spoken.items()}
        self.names = item_names(base)
        self.taken = set(self.names.values()) | {VERSION_QUESTION, "start", "end", "today"}
        self.carried: set[str] = set()
        self.stand_ins: dict[str, dict[str, str]] = {code: {} for code in spoken}
        self.lists: dict[str, str] = {}
        self.survey: list[Row] = []
        self.left_out: list[Row] = []
        self.choices: list[Row] = []
        self.left_choices: list[Row] = []

    def sheets(self) -> dict[str, pl.DataFrame]:
        for kind in ("start", "end", "today"):
            self.survey.append({"type": kind, "name": kind})
        version = form_version(self.base, self.form)
        self.survey.append({"type": "calculate", "name": VERSION_QUESTION, "calculation": f"'{version}'"})
        for number in range(len(self.base.how_to_answer)):
            self._row("note", f"how_to_answer_{number + 1}", label=f"how_to_answer.{number}")
        self._about()
        for factor in self.base.factors:
            self._factor(factor)
        tables = {"survey": _table(self._with_extra("survey", self.survey)), "choices": _table(self.choices)}
        settings = {
            "form_title": self.base.title,
            "form_id": self.base.id,
            "version": version,
            "default_language": heading(self._first_language()),
            "style": "pages",
            "instance_name": "${enterprise}",
        }
        tables["settings"] = _table(self._with_extra("settings", [settings], key="form_id"))
        tables["minga"] = _table(self._own_rows())
        if self.left_out:
            tables |= {NOT_ASKED: _table(self.left_out), CHOICES_NOT_ASKED: _table(self.left_choices)}
        return tables

    def _with_extra(self, sheet: str, rows: list[Row], key: str = "name") -> list[Row]:
        kept = self.extra.get(sheet, {})
        return [row | kept.get(row[key], {}) if row.get("type") != "end_group" else row for row in rows]

    def _first_language(self) -> str:
        return self.base.default_language if self.base.default_language in self.spoken else self.base.language

    # ------------------------------------------------------------------------------ rows with their texts

    def _row(
        self,
        kind: str,
        name: str,
        *,
        label: str = "",
        hint: str = "",
        stand_in: str = "",
        into: list[Row] | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> str:
        """Add a question; `label` and `hint` are the keys of its texts. Return the name it got."""
        name = name if name in self.names.values() else unique_name(name, self.taken)
        self.taken.add(name)
        row = {"type": kind, "name": name} | self._said("label", label, stand_in) | self._said("hint", hint)
        row |= {"minga::label": label, "minga::hint": hint, **(columns or {})}
        (self.survey if into is None else into).append({key: value for key, value in row.items() if value})
        return name

    def _said(self, column: str, key: str, stand_in: str = "") -> Row:
        """Give the text of a key in every language, and note where something else stands in for it."""
        if not key:
            return {}
        self.carried.add(key)
        cells = {}
        for code, texts in self.texts.items():
            if key not in texts and stand_in:
                self.stand_ins[code][key] = stand_in
            cells[f"{column}::{heading(code)}"] = texts.get(key, stand_in)
        return cells

    def _words(self, kind: str, name: str, word: str, **columns: str) -> str:
        """Add a question that every form has, in the words of each language."""
        name = unique_name(name, self.taken)
        self.taken.add(name)
        row = {"type": kind, "name": name} | self._spoken(word)
        self.survey.append({**row, **{key: value for key, value in columns.items() if value}})
        return name

    def _spoken(self, word: str) -> Row:
        return {f"label::{heading(code)}": words(code)[word] for code in self.spoken}

    def _choice(self, listed: str, name: str, cells: Row, *, is_asked: bool = True) -> None:
        (self.choices if is_asked else self.left_choices).append({"list_name": listed, "name": name, **cells})

    # ------------------------------------------------------------------------------ the business

    def _about(self) -> None:
        self._words("begin_group", "about", "profile", appearance="field-list")
        for name, word, kind in (
            ("enterprise", "name", "text"),
            ("code", "code", "text"),
            ("role", "respondent", "text"),
        ):
            self._words(kind, name, word, required="yes" if name == "enterprise" else "")
        for question in self.base.profile:
            self._profile(question)
        self.survey.append({"type": "end_group", "name": "about"})

    def _profile(self, question: ProfileQuestion) -> None:
        key, listed = f"profile.{question.id}", unique_name(question.id, set())
        columns = {"required": "yes" if question.required else "", "minga::profile": question.id}
        kind = "integer" if question.type == "integer" else "text"
        if question.source or question.choices:
            kind = f"select_multiple {listed}" if question.type.startswith("choose") else f"select_one {listed}"
            self._profile_choices(question, listed)
        elif question.type in self.codes:
            kind, columns["appearance"] = f"select_one {listed}", "minimal autocomplete"
            for code, names in self.codes[question.type]:
                self._choice(listed, code, self._named(code, names))
        if question.type == "choose_up_to_3":
            columns["constraint"] = "count-selected(.) <= 3"
            columns |= {f"constraint_message::{heading(code)}": words(code)["goals"] for code in self.spoken}
        shown = question.id.replace("_", " ").capitalize()
        self._row(kind, question.id, label=f"{key}.label", hint=f"{key}.note", stand_in=shown, columns=columns)

    def _named(self, code: str, names: Mapping[str, str]) -> Row:
        fallback = names.get("en", code)
        return {f"label::{heading(one)}": names.get(one, fallback) for one in self.spoken}

    def _profile_choices(self, question: ProfileQuestion, listed: str) -> None:
        named = self._codes_for(question)
        self.lists[listed] = f"codes.{named}" if named else f"profile.{question.id}.choices"
        all_codes: dict[str, str] = getattr(self.base.codes, named) if named else {}
        chosen = tuple(all_codes) if question.source else question.choices
        for number, choice in enumerate(chosen):
            key = f"codes.{named}.{choice}" if named else f"profile.{question.id}.choices.{number}"
            name = choice if named else f"{number + 1}"
            self._choice(listed, name, self._said("label", key, stand_in=choice))

    def _codes_for(self, question: ProfileQuestion) -> str:
        """Say which codes of the instrument the choices of a question are, if any."""
        if question.source:
            return question.source
        kinds = ("cost_band", "horizon")
        return next((k for k in kinds if set(question.choices) <= set(getattr(self.base.codes, k))), "")

    # ------------------------------------------------------------------------------ factors and items

    def _factor(self, factor: Factor) -> None:
        items = [item for item in self.base.items if item.factor == factor.id]
        target = self.survey if any(item.id in self.asked for item in items) else self.left_out
        columns = {"appearance": "field-list", "minga::factor": factor.id}
        name = f"factors.{factor.id}.name"
        group = self._row("begin_group", factor.id, label=name, into=target, columns=columns)
        if any(f"factors.{factor.id}.asks" in texts for texts in self.texts.values()):
            self._row("note", f"{group}_asks", label=f"factors.{factor.id}.asks", into=target)
        for item in items:
            self._item(item, target if item.id in self.asked else self.left_out)
        target.append({"type": "end_group", "name": group})

    def _item(self, item: Item, into: list[Row]) -> None:
        name, key = self.names[item.id], f"items.{item.id}"
        listed = self._levels(item, name)
        for note in ("why", "inclusion", "indicator"):
            if getattr(item, note) is not None:
                self._row("note", f"{name}_{note}", label=f"{key}.{note}", into=into)
        self._row(
            f"select_one {listed}",
            name,
            label=f"{key}.text",
            hint=f"{key}.short",
            into=into,
            columns=_facts(item),
        )
        if item.na_allowed:
            self._reason(item, name, into)
        if item.evidence is not None:
            answered = " and ".join(f"${{{name}}} != '{none}'" for none in ("", "0", "dk", "na"))
            columns = {"relevant": answered, "parameters": f"max-pixels={MAX_PIXELS}"}
            self._row("image", f"{name}_evidence", label=f"{key}.evidence", into=into, columns=columns)

    def _levels(self, item: Item, name: str) -> str:
        listed = f"{name}_levels"
        is_asked = item.id in self.asked
        self.lists[listed] = f"items.{item.id}.levels"
        for number in range(len(item.levels)):
            said = self._said("label", f"items.{item.id}.levels.{number}")
            cells = {column: numbered(number, text) for column, text in said.items()}
            self._choice(listed, str(number), cells, is_asked=is_asked)
        self._choice(listed, "dk", self._spoken("dk"), is_asked=is_asked)
        if item.na_allowed:
            self._choice(listed, "na", self._spoken("na_choice"), is_asked=is_asked)
        return listed

    def _reason(self, item: Item, name: str, into: list[Row]) -> None:
        hint = f"items.{item.id}.na_when" if item.na_when is not None else ""
        reason = unique_name(f"{name}_reason", self.taken)
        self.taken.add(reason)
        row = {"type": "text", "name": reason, **self._spoken("reason"), **self._said("hint", hint)}
        row |= {"relevant": f"${{{name}}} = 'na'", "required": "yes", "minga::hint": hint, "minga::reason": item.id}
        into.append({key: value for key, value in row.items() if value})

    # ------------------------------------------------------------------------------ what has no place in an XLSForm

    def _own_rows(self) -> list[Row]:
        rows = _pieces("schema", "", SCHEMA)
        rows += _pieces("form", "", self.form)
        rows += _pieces("item_order", "", _json(self.base.item_ids))
        rows += _pieces("lists", "", _json(self.lists))
        for field in fields(Instrument):
            if field.name not in _IN_SURVEY:
                rows += _pieces(f"instrument.{field.name}", "", _json(plain(getattr(self.base, field.name))))
        for code, spoken in self.spoken.items():
            state = {
                "reviewed": spoken.reviewed,
                "direction": spoken.direction,
                "untranslated": sorted(spoken.untranslated),
                "stand_ins": self.stand_ins[code],
            }
            rows += _pieces("language", code, _json(state))
        for code, texts in self.texts.items():
            for key, text in texts.items():
                if key not in self.carried:
                    rows += _pieces(f"text.{key}", code, text)
        return rows


def _facts(item: Item) -> Row:
    """Give in columns of our own what an XLSForm does not know of an item."""
    return {
        "minga::item": item.id,
        "minga::factor": item.factor,
        "minga::anchor": "yes" if item.anchor else "no",
        "minga::weight": repr(float(item.weight)),
        "minga::cost_band": item.cost_band or "",
        "minga::horizon": item.horizon or "",
        "minga::kpis": _joined(item.kpis),
        "minga::who": _joined(item.who),
        "minga::enterprise_items": _joined(item.enterprise_items),
        "minga::na_allowed": "yes" if item.na_allowed else "no",
    }


def numbered(level: int, text: str) -> str:
    """Put its number before the text of a level, as every other face of the form does."""
    return f"{level} · {text}" if text else ""


def _joined(codes: Sequence[str]) -> str:
    """Write codes with blanks between them; as JSON where a code itself holds a blank."""
    if any(any(sign.isspace() for sign in code) or code.startswith("[") for code in codes):
        return _json(codes)
    return " ".join(codes)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _pieces(key: str, language: str, value: str) -> list[Row]:
    """Give a value as one row, or as several that follow each other where a cell could not hold it."""
    parts = [value[start : start + _LONGEST] for start in range(0, len(value), _LONGEST)] or [""]
    return [{"key": key, "language": language, "value": part} for part in parts]


def _table(rows: Sequence[Row]) -> pl.DataFrame:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame([pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in columns])
