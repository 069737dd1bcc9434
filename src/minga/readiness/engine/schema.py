"""The shape of the files, as pydantic reads it, and its complaints in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from minga.readiness.engine.errors import Finding
from minga.readiness.engine.instrument import Codes, Factor, Gate, Item, ProfileQuestion, Scale, ShortForm, Text
from minga.readiness.engine.loading import Document

INSTRUMENT = "minga.readiness.instrument/1"
OVERLAY = "minga.readiness.overlay/1"
TRANSLATION = "minga.readiness.translation/1"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InstrumentFile(_File):
    """An instrument as it stands in its file."""

    schema_: Literal["minga.readiness.instrument/1"] = Field(alias="schema")
    id: Text
    version: Text
    level: Literal["enterprise", "industry", "country"]
    language: Text
    licence: str = ""
    title: Text
    purpose: str = ""
    matches: str | None = None
    how_to_answer: tuple[Text, ...] = ()
    time_needed_minutes: int | None = None
    short_form: ShortForm | None = None
    scale: Scale
    codes: Codes = Field(default_factory=Codes)
    weights: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    factors: tuple[Factor | Text, ...]
    items: tuple[Item, ...]
    profile: tuple[ProfileQuestion, ...] = ()


class _Operation(_File):
    override: bool = False


class Add(_Operation):
    op: Literal["add"]
    item: Item


class Drop(_Operation):
    op: Literal["drop"]
    item: Text
    reason: Text


class Reword(_Operation):
    op: Literal["reword"]
    item: Text
    short: Text | None = None
    text: Text | None = None
    why: Text | None = None
    inclusion: Text | None = None
    na_when: Text | None = None
    levels: dict[int, Text] = Field(default_factory=dict)


class Reanchor(_Operation):
    op: Literal["reanchor"]
    item: Text
    text: Text | None = None
    levels: dict[int, Text]


class Weight(_Operation):
    op: Literal["weight"]
    factor: Text | None = None
    item: Text | None = None
    weight: Annotated[float, Field(gt=0)]


class Evidence(_Operation):
    op: Literal["evidence"]
    item: Text
    append: Text


class DefaultLanguage(_Operation):
    op: Literal["default_language"]
    language: Text
    direction: Literal["ltr", "rtl"] = "ltr"


Operation = Annotated[Add | Drop | Reword | Reanchor | Weight | Evidence | DefaultLanguage, Field(discriminator="op")]


class OverlayTest(_File):
    check: Literal["anchors_per_factor_min", "anchor_share_min", "weights_sum_preserved"]
    value: float | None = None
    tolerance: float = 0.0001


class Base(_File):
    id: Text
    version: Text


class AppliesTo(_File):
    country: tuple[Text, ...] = ()
    isic4: tuple[Text, ...] = ()
    programme: tuple[Text, ...] = ()
    note: str = ""


class OverlayFile(_File):
    """An overlay as it stands in its file."""

    schema_: Literal["minga.readiness.overlay/1"] = Field(alias="schema")
    id: Text
    version: Text
    base: Base
    applies_to: AppliesTo
    language: Text
    title: str = ""
    translations: tuple[Text, ...] = ()
    status: Literal["example", "pilot", "calibrated"]
    rationale: Text
    operations: tuple[Operation, ...]
    tests: tuple[OverlayTest, ...] = ()

    @property
    def kind(self) -> str:
        """Sector, country or programme: the place of the overlay in the order of merging."""
        if self.applies_to.programme:
            return "programme"
        return "country" if self.applies_to.country else "sector"


class ItemTexts(_File):
    """The texts of an item in another language."""

    short: Text | None = None
    text: Text | None = None
    levels: tuple[Text, ...] | dict[int, Text] = ()
    evidence: Text | None = None
    append: Text | None = None
    why: Text | None = None
    inclusion: Text | None = None
    na_when: Text | None = None
    indicator: Text | None = None
    reason: Text | None = None


class AppliesToTexts(_File):
    note: Text | None = None


class FactorTexts(_File):
    name: Text | None = None
    asks: Text | None = None


class ScaleTexts(_File):
    labels: tuple[Text, ...] = ()
    meaning: tuple[Text, ...] = ()


class ProfileTexts(_File):
    label: Text | None = None
    note: Text | None = None
    choices: tuple[Text, ...] = ()


class TranslationFile(_File):
    """The texts of an instrument or overlay in one language."""

    schema_: Literal["minga.readiness.translation/1"] = Field(alias="schema")
    instrument: Text | None = None
    overlay: Text | None = None
    version: Text | None = None
    language: Text
    reviewed: bool = False
    title: Text | None = None
    rationale: Text | None = None
    applies_to: AppliesToTexts | None = None
    purpose: Text | None = None
    how_to_answer: tuple[Text, ...] = ()
    scale: ScaleTexts = Field(default_factory=ScaleTexts)
    codes: Codes = Field(default_factory=Codes)
    gates: dict[str, Text] = Field(default_factory=dict)
    factors: dict[str, FactorTexts] = Field(default_factory=dict)
    items: dict[str, ItemTexts] = Field(default_factory=dict)
    profile: dict[str, ProfileTexts] = Field(default_factory=dict)


KINDS: dict[str, type[_File]] = {INSTRUMENT: InstrumentFile, OVERLAY: OverlayFile, TRANSLATION: TranslationFile}


@cache
def _adapter(kind: type[_File]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def validate(document: Document, kind: type[_File]) -> tuple[Any, list[Finding]]:
    """Read a document as one kind of file; with findings the first value is None."""
    if not isinstance(document.data, Mapping):
        return None, [document.finding("The file holds no keys. Write it as 'key: value' lines.")]
    try:
        return _adapter(kind).validate_python(document.data), list(document.findings)
    except ValidationError as error:
        said = [_in_words(document, dict(problem)) for problem in error.errors(include_url=False)]
        unions = {finding.key for finding in said}
        kept = [f for f in said if not any(k != f.key and k and f.key and k.startswith(f.key + ".") for k in unions)]
        return None, [*document.findings, *kept]


def _in_words(document: Document, problem: dict[str, Any]) -> Finding:
    where = [part for part in problem["loc"] if part in _path_parts(document.data, problem["loc"])]
    item = _item_at(document.data, where)
    named = where[-1] if where else "file"
    owner = f"Item {item}" if item else "The file"
    kind, value = problem["type"], problem.get("input")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        message = f"{owner} has the unknown key '{named}'. {_did_you_mean(str(named))}Remove it or correct its name."
    elif kind == "missing":
        message = f"{owner} lacks the key '{problem['loc'][-1]}'. Add it."
    elif kind == "string_type" and isinstance(value, bool):
        message = (
            f"{owner}: {_place(where)} is the truth value {str(value).lower()}, but must be text. "
            "YAML reads a bare yes, no, on or off as true or false; write it in quotes."
        )
    elif kind == "string_type":
        message = f"{owner}: {_place(where)} is {value!r}, but must be text. Write it in quotes."
    elif kind == "string_too_short":
        message = f"{owner}: {_place(where)} is empty. Write the text, or leave the key out if it is optional."
    else:
        message = f"{owner}: {_place(where)} is {_short(value)}. {problem['msg']}."
    return document.finding(message, where or problem["loc"], item)


def _path_parts(data: Any, loc: tuple[str | int, ...]) -> list[str | int]:
    """Keep of a pydantic path what stands in the file; union members add parts that do not."""
    kept: list[str | int] = []
    for number, part in enumerate(loc):
        if number == 2 and loc[0] == "operations":
            continue  # the kind of the operation, which pydantic puts into the path
        if isinstance(data, Mapping) and (part in data or str(part) in data):
            data = data.get(part, data.get(str(part)))
            kept.append(part)
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
            kept.append(part)
        elif number == len(loc) - 1 and isinstance(data, Mapping):
            kept.append(part)  # the missing key itself
    return kept


def _item_at(data: Any, where: list[str | int]) -> str | None:
    """Name the item that a path lies in."""
    for number, part in enumerate(where):
        if number == 1 and where[0] == "items" and isinstance(part, str):
            return part
        data = _inside(data, part)
        if number == 1 and isinstance(data, Mapping):
            inner = data.get("item")
            if isinstance(inner, Mapping):
                return str(inner.get("id", "")) or None
            return str(data.get("id") or inner or "") or None
    return None


def _inside(data: Any, part: str | int) -> Any:
    """Step into a mapping or a list; None where there is nothing."""
    if isinstance(data, Mapping):
        return data.get(part)
    return data[part] if isinstance(data, list | tuple) and isinstance(part, int) and part < len(data) else None


def _place(where: list[str | int]) -> str:
    if len(where) >= 2 and where[-2] == "levels":
        return f"the text of level {where[-1]}"
    return f"'{where[-1]}'" if where else "the content"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@cache
def _known_keys() -> tuple[str, ...]:
    names: set[str] = set()
    models: list[type[BaseModel]] = [*KINDS.values(), Reword, Reanchor, Weight, Drop, ItemTexts]
    for model in models:
        names.update(model.model_fields)
    for shape in (Item, Factor, Gate, Scale, ShortForm, ProfileQuestion, Codes):
        names.update(field.name for field in fields(shape))
    return tuple(sorted(names))


def _did_you_mean(name: str) -> str:
    close = difflib.get_close_matches(name, [key for key in _known_keys() if key != name], n=1, cutoff=0.7)
    return f"Did you mean '{close[0]}'? " if close else ""
