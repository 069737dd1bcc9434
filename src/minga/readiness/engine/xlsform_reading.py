"""Read an XLSForm back into an instrument: one that Minga wrote, edited or not, or a draft from another tool's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from minga.readiness.engine.errors import InstrumentError
from minga.readiness.engine.instrument import (
    Codes,
    Factor,
    Gate,
    Instrument,
    Item,
    OverlayReference,
    ProfileQuestion,
    Scale,
    ShortForm,
)
from minga.readiness.engine.xlsform import CHOICES_NOT_ASKED, NOT_ASKED, SCHEMA, Row
from minga.readiness.engine.xlsform_texts import ITEM_TEXTS, language_of, texts_of, untranslated_key, with_texts

_OWN_COLUMNS = {
    "type", "name", "label", "hint", "calculation", "relevant", "required", "appearance", "constraint", "parameters",
    "constraint_message", "list_name", "form_title", "form_id", "version", "default_language", "style", "instance_name",
}  # fmt: skip
_LEVEL_NUMBER = re.compile(r"^\s*(\d+)\s*· ?")  # one blank: further ones belong to the text
_SHEETS = ("survey", "choices", "settings")

Texts = dict[str, dict[str, str]]


@dataclass(frozen=True)
class FormDraft:
    """What an XLSForm held.

    ``missing`` names by language the texts that the form lacks and that stand in the base language. ``extra`` keeps
    columns of other tools by sheet and row. ``findings`` says in sentences what a person should look at.
    """

    instrument: Instrument
    translations: Mapping[str, Instrument]
    version: str
    form: str = "full"
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    findings: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the form, the one it was written in first."""
        return (self.instrument.language, *self.translations)


def from_xlsform(source: str | Path | IO[bytes] | Mapping[str, pl.DataFrame]) -> FormDraft:
    """Read an XLSForm.

    Parameters
    ----------
    source : XLSX file, or its sheets as tables
        Written by ``to_xlsform``: the instrument comes back as it was, with whatever was changed in the sheets. By
        another tool: groups become factors, and questions with one choice of levels 0, 1, 2 … become items.

    Returns
    -------
    FormDraft

    Raises
    ------
    InstrumentError
        The file is no workbook, lacks a sheet, or holds no question that can be an item.
    """
    return _Reader(_sheets(source)).draft()


def _sheets(source: str | Path | IO[bytes] | Mapping[str, pl.DataFrame]) -> dict[str, list[Row]]:
    from minga.tables.reading import TableError
    from minga.tables.workbooks import read_workbook

    if not isinstance(source, Mapping):
        try:
            source = read_workbook(source)
        except TableError as wrong:
            raise InstrumentError(str(wrong)) from None
    missing = [sheet for sheet in _SHEETS if sheet not in source]
    if missing:
        raise InstrumentError(
            f"This is no XLSForm: it lacks the sheet {', '.join(map(repr, missing))} and holds "
            f"{', '.join(map(repr, source)) or 'none'}. Give the XLSX file that the form was made from."
        )
    return {name: [_texts_of_row(row) for row in table.to_dicts()] for name, table in source.items()}


def _texts_of_row(row: Mapping[str, Any]) -> Row:
    return {key: _cell(value) for key, value in row.items() if value is not None and _cell(value) != ""}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class _Reader:
    """The work in hand while sheets are read."""

    def __init__(self, sheets: dict[str, list[Row]]) -> None:
        self.survey = [*sheets["survey"], *sheets.get(NOT_ASKED, [])]
        self.choices = [*sheets["choices"], *sheets.get(CHOICES_NOT_ASKED, [])]
        self.settings = sheets["settings"][0] if sheets["settings"] else {}
        self.own = _own_values(sheets.get("minga", []))
        self.heads = _languages({column for row in (*self.survey, *self.choices) for column in row})
        self.findings: list[str] = []
        self.lists: dict[str, str] = json.loads(self.own.get(("lists", ""), "{}"))
        self.base_language = self._field("language", language_of(self.settings.get("default_language", "")) or "en")
        self.texts: Texts = {}
        self.items: dict[str, tuple[str, Row]] = {}
        self.factors: dict[str, None] = {}
        self.extra: dict[str, dict[str, Row]] = {"survey": {}, "settings": {}}

    def draft(self) -> FormDraft:
        self._read_rows()
        self._read_choices()
        for (key, language), value in self.own.items():
            if key.startswith("text."):
                self._say(language, key.removeprefix("text."), value)
        if not self.items:
            raise InstrumentError(
                "The form holds no question that can be an item: a 'select_one' whose choices are named 0, 1, 2 and so "
                "on. Name the choices by their level."
            )
        base = self._base()
        translations, missing = {}, {}
        for language in [one for one in self.texts if one != self.base_language]:
            translations[language], missing[language] = self._translation(base, language)
        for name in self.settings.keys() - _OWN_COLUMNS:
            self.extra["settings"].setdefault(self.settings.get("form_id", ""), {})[name] = self.settings[name]
        return FormDraft(
            base,
            translations,
            self.settings.get("version", ""),
            self.own.get(("form", ""), "full"),
            missing,
            {sheet: rows for sheet, rows in self.extra.items() if rows},
            tuple(self.findings),
        )

    # ------------------------------------------------------------------------------ rows

    def _say(self, language: str, key: str, text: str) -> None:
        self.texts.setdefault(language, {})[key] = text

    def _read_cells(self, row: Row, column: str, key: str, tidy: Callable[[str], str] = str) -> None:
        for head, language in self.heads.get(column, {}).items():
            if key and head in row:
                self._say(language, key, tidy(row[head]))

    def _read_rows(self) -> None:
        group: list[str] = []
        levels = self._level_lists()
        for row in self.survey:
            kind, _, listed = row.get("type", "").strip().partition(" ")
            name = row.get("name", "")
            self._keep_extra(name, row, kind)
            if kind in ("begin_group", "begin") and (kind == "begin_group" or listed == "group"):
                group.append(row.get("minga::factor", name))
                if "minga::factor" in row:
                    self.factors.setdefault(row["minga::factor"])
            elif kind in ("end_group", "end") and group:
                group.pop()
            elif kind == "select_one" and (listed in levels or "minga::item" in row):
                self._read_item(row, name, listed, group)
            label, hint = row.get("minga::label", ""), row.get("minga::hint", "")
            if not label and not self.own and kind in ("begin_group", "begin"):
                label = f"factors.{name}.name"
            self._read_cells(row, "label", label)
            self._read_cells(row, "hint", hint)

    def _read_item(self, row: Row, name: str, listed: str, group: list[str]) -> None:
        item = row.get("minga::item", name)
        factor = row.get("minga::factor", group[-1] if group else "all")
        self.factors.setdefault(factor)
        self.items[item] = (factor, row)
        self.lists.setdefault(listed, f"items.{item}.levels")
        if "minga::label" not in row:
            self._read_cells(row, "label", f"items.{item}.text")
            self._read_cells(row, "hint", f"items.{item}.short")
            self.findings.append(
                f"Question {name!r} became an item that is no anchor, since the form does not say. Add what it lacks."
            )

    def _level_lists(self) -> set[str]:
        found: dict[str, set[str]] = {}
        for row in self.choices:
            found.setdefault(row.get("list_name", ""), set()).add(row.get("name", ""))
        return {listed for listed, names in found.items() if {"0", "1", "2"} <= names}

    def _keep_extra(self, name: str, row: Row, kind: str) -> None:
        own = {
            column: value
            for column, value in row.items()
            if column.split("::")[0] not in _OWN_COLUMNS and not column.startswith("minga::")
        }
        if own and name and not kind.startswith("end"):
            self.extra["survey"].setdefault(name, {}).update(own)

    def _read_choices(self) -> None:
        at: dict[str, int] = {}
        for row in self.choices:
            listed, name = row.get("list_name", ""), row.get("name", "")
            number = at.setdefault(listed, 0)
            at[listed] += 1
            prefix = self.lists.get(listed, "")
            if prefix.startswith("items."):
                if name.isdigit():
                    self._read_cells(row, "label", f"{prefix}.{name}", _without_number(name))
            elif prefix:
                place = name if prefix.startswith("codes.") else str(number)
                self._read_cells(row, "label", f"{prefix}.{place}")

    # ------------------------------------------------------------------------------ values

    def _field(self, name: str, otherwise: Any) -> Any:
        value = self.own.get((f"instrument.{name}", ""))
        return otherwise if value is None else json.loads(value)

    def _built(self, name: str, kind: Any, otherwise: Any) -> Any:
        """Build a part of the instrument from the sheet of its own; what is broken there is named."""
        value = self.own.get((f"instrument.{name}", ""))
        if value is None:
            return otherwise
        try:
            return _adapter(kind)(json.loads(value))
        except (ValidationError, ValueError, TypeError, KeyError) as wrong:
            raise InstrumentError(
                f"Sheet 'minga', key 'instrument.{name}' cannot be read ({wrong}). Take the sheet from the form as it "
                "was written; texts are edited in 'survey' and 'choices'."
            ) from None

    def _base(self) -> Instrument:
        texts = self._without_stand_ins(self.base_language)
        order = json.loads(self.own.get(("item_order", ""), "[]"))
        ids = [*(one for one in order if one in self.items), *(one for one in self.items if one not in order)]
        items = tuple(self._item(one, texts) for one in ids)
        top = max(len(item.levels) for item in items) - 1
        version = self.settings.get("version", "").partition("-")[0]
        base = Instrument(
            id=self._field("id", self.settings.get("form_id", "form")),
            version=self._field("version", version if re.fullmatch(r"\d+(\.\d+){0,2}", version) else "0.1.0"),
            level=self._field("level", "enterprise"),
            language=self.base_language,
            title=texts.get("title", self.settings.get("form_title", "")),
            scale=self._built("scale", Scale, Scale(0, top, tuple(str(level) for level in range(top + 1)))),
            factors=tuple(Factor(f, texts.get(f"factors.{f}.name", f)) for f in self.factors),
            items=items,
            short_form=self._built("short_form", ShortForm, None),
            codes=self._built("codes", Codes, Codes()),
            gates=self._built("gates", Gate, ()),
            profile=self._built("profile", ProfileQuestion, ()),
            overlays=self._built("overlays", OverlayReference, ()),
            **{name: self._field(name, otherwise) for name, otherwise in _PLAIN.items()},
        )
        how = self._field("how_to_answer", [])
        reviewed = self._state(self.base_language).get("reviewed", True)
        return with_texts(replace(base, how_to_answer=tuple(how), reviewed=reviewed), texts)

    def _item(self, item: str, texts: Mapping[str, str]) -> Item:
        factor, row = self.items[item]
        own = {name: texts.get(f"items.{item}.{name}") for name in ITEM_TEXTS}
        levels: list[str] = []
        while (text := texts.get(f"items.{item}.levels.{len(levels)}")) is not None:
            levels.append(text)
        return Item(
            id=item,
            factor=factor,
            anchor=row.get("minga::anchor") == "yes",
            levels=tuple(levels),
            who=_parted(row.get("minga::who", "")),
            cost_band=row.get("minga::cost_band"),
            horizon=row.get("minga::horizon"),
            kpis=_parted(row.get("minga::kpis", "")),
            na_allowed=row.get("minga::na_allowed") == "yes",
            weight=self._weight(item, row.get("minga::weight", "1")),
            enterprise_items=_parted(row.get("minga::enterprise_items", "")),
            short=own.pop("short") or item,
            text=own.pop("text") or item,
            **own,
        )

    def _weight(self, item: str, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise InstrumentError(
                f"Sheet 'survey', question {item}: the weight is {text!r}, but must be a number. Correct minga::weight."
            ) from None

    # ------------------------------------------------------------------------------ languages

    def _state(self, language: str) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.own.get(("language", language), "{}"))
        return state

    def _without_stand_ins(self, language: str) -> dict[str, str]:
        """Leave out what only stood in for a text that there is not."""
        stand_ins = self._state(language).get("stand_ins", {})
        return {key: text for key, text in self.texts.get(language, {}).items() if stand_ins.get(key) != text}

    def _translation(self, base: Instrument, language: str) -> tuple[Instrument, tuple[str, ...]]:
        """Lay the texts of a language over the base; what it lacks stays, and is named."""
        own, state = texts_of(base), self._state(language)
        texts = self._without_stand_ins(language)
        known = set(state.get("untranslated", ()))
        still = {key for key in known if _stands(key, own, texts)}
        lacking = sorted({untranslated_key(key) for key in own if key not in texts} - _unnamed(own))
        spoken = replace(
            base,
            original=base,
            language=language,
            direction=state.get("direction", "rtl" if language in ("ar", "fa", "he", "ur") else "ltr"),
            reviewed=state.get("reviewed", False),
            untranslated=frozenset({*still, *lacking}),
        )
        return with_texts(spoken, texts), tuple(sorted({*still, *lacking}))


#: Fields that are plain values, with what they are when the form does not say.
_PLAIN: dict[str, Any] = {
    "purpose": "",
    "licence": "",
    "time_needed_minutes": None,
    "weights": {},
    "matches": None,
    "base_weights": {},
    "base_hash": None,
    "default_language": "",
    "direction": "ltr",
    "provenance": {},
    "dropped": {},
}


def _unnamed(own: Mapping[str, str]) -> set[str]:
    """Name the texts whose absence a translation does not report: those of overlays."""
    return {key for key in own if key.startswith("overlays.")}


def _stands(key: str, own: Mapping[str, str], texts: Mapping[str, str]) -> bool:
    """Whether what was untranslated still stands in the base language: nobody has written over it."""
    under = [one for one in own if one == key or untranslated_key(one) == key]
    return all(texts.get(one, own[one]) == own[one] for one in under)


def _own_values(rows: list[Row]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        place = row.get("key", ""), row.get("language", "")
        found[place] = found.get(place, "") + row.get("value", "")
    if found and found.get(("schema", "")) != SCHEMA:
        raise InstrumentError(
            f"Sheet 'minga' is written as {found.get(('schema', ''))!r}, but this version reads {SCHEMA!r}. Use the "
            "version of Minga that wrote the form, or a newer one."
        )
    return found


def _languages(columns: set[str]) -> dict[str, dict[str, str]]:
    """Return by column (label, hint) the heads that hold it, with their language; a bare ``label`` is the base's."""
    found: dict[str, dict[str, str]] = {"label": {}, "hint": {}}
    for head in sorted(columns):
        column, _, said = head.partition("::")
        if column in found:
            found[column][head] = language_of(said) if said else "en"
    return found


def _without_number(name: str) -> Callable[[str], str]:
    def tidy(text: str) -> str:
        found = _LEVEL_NUMBER.match(text)
        return text[found.end() :] if found and found.group(1) == name else text

    return tidy


def _parted(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text.startswith("[") else tuple(text.split())


def _adapter(kind: Any) -> Callable[[Any], Any]:
    """Return what builds a frozen value, or a tuple of them, from JSON."""
    read = TypeAdapter(kind).validate_python

    def build(plain: Any) -> Any:
        if isinstance(plain, list):
            return tuple(build(one) for one in plain)
        if plain is None:
            return None
        return read({_alias(kind, key): value for key, value in plain.items()})

    return build


def _alias(kind: Any, key: str) -> str:
    return "from" if kind is ProfileQuestion and key == "source" else key
