"""An instrument: the questionnaire, its levels, weights and gates, as frozen values.

``load_instrument`` reads and checks a file; ``overlays.merge`` makes a new instrument from a base and
its overlays; ``translation.in_language`` gives the same instrument with texts of another language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from minga.readiness.engine.errors import InstrumentError

#: Where the instruments that come with Minga live.
INSTRUMENTS = Path(__file__).resolve().parents[1] / "instruments"

#: Every text must be written as text: YAML reads a bare ``no`` as false and ``3.1`` as a number.
Text = Annotated[str, Field(strict=True, min_length=1)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Factor:
    """One of the seven things that readiness consists of."""

    __pydantic_config__ = _STRICT
    id: Text
    name: Text
    asks: str = ""


@dataclass(frozen=True)
class Item:
    """One question with its written-out levels, lowest first."""

    __pydantic_config__ = _STRICT
    id: Text
    factor: Text
    anchor: Annotated[bool, Field(strict=True)]
    short: Text
    text: Text
    levels: tuple[Text, ...]
    evidence: Text | None = None
    why: Text | None = None
    who: tuple[Text, ...] = ()
    cost_band: Text | None = None
    horizon: Text | None = None
    kpis: tuple[Text, ...] = ()
    inclusion: Text | None = None
    na_allowed: Annotated[bool, Field(strict=True)] = False
    na_when: Text | None = None
    weight: Annotated[float, Field(gt=0)] = 1.0
    indicator: Text | None = None
    enterprise_items: tuple[Text, ...] = ()

    @property
    def has_inclusion_lens(self) -> bool:
        """Whether the item asks who takes part and who is left out."""
        return self.inclusion is not None


@dataclass(frozen=True)
class Scale:
    """The levels every item uses: ``min`` is the lowest, ``max`` the top level."""

    __pydantic_config__ = _STRICT
    min: Annotated[int, Field(strict=True)]
    max: Annotated[int, Field(strict=True)]
    labels: tuple[Text, ...]
    meaning: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Codes:
    """Plain words of the codes that items use."""

    __pydantic_config__ = _STRICT
    cost_band: dict[str, str] = field(default_factory=dict)
    horizon: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    kpi: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """A rule that limits a claim, never a score: closed while ``if_item`` is below ``below``."""

    __pydantic_config__ = _STRICT
    id: Text
    if_item: Text
    below: Annotated[int, Field(strict=True)]
    then: Text


@dataclass(frozen=True)
class ShortForm:
    """The first door: few items, few minutes."""

    __pydantic_config__ = _STRICT
    minutes: int
    items: tuple[Text, ...]


@dataclass(frozen=True)
class ProfileQuestion:
    """A question on the enterprise itself; for peer groups and priorities, never for the score."""

    __pydantic_config__ = _STRICT
    id: Text
    type: Text
    required: bool = False
    choices: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    source: Annotated[str | None, Field(validation_alias="from")] = None
    note: str | None = None
    label: str = ""
    choice_labels: tuple[Text, ...] = ()


@dataclass(frozen=True)
class OverlayReference:
    """Which overlay went into a merged instrument."""

    id: str
    version: str
    kind: str
    status: str
    title: str = ""
    rationale: str = ""


@dataclass(frozen=True, eq=False)
class Instrument:
    """A readiness questionnaire with its rules; never changed, only replaced by a new one.

    ``provenance`` says for every field that an overlay set which overlay it was, for example
    ``{"items.INC3.text": "country-jo"}``. ``untranslated`` names the fields that stand in the base
    language because the translation lacks them.
    """

    id: str
    version: str
    level: str
    language: str
    title: str
    scale: Scale
    factors: tuple[Factor, ...]
    items: tuple[Item, ...]
    purpose: str = ""
    licence: str = ""
    how_to_answer: tuple[str, ...] = ()
    time_needed_minutes: int | None = None
    short_form: ShortForm | None = None
    codes: Codes = field(default_factory=Codes)
    weights: Mapping[str, float] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    profile: tuple[ProfileQuestion, ...] = ()
    matches: str | None = None
    base_weights: Mapping[str, float] = field(default_factory=dict)
    base_hash: str | None = None
    default_language: str = ""
    direction: str = "ltr"
    overlays: tuple[OverlayReference, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)
    reviewed: bool = True
    untranslated: frozenset[str] = frozenset()
    original: Instrument | None = None
    sources: tuple[str, ...] = ()

    @cached_property
    def content_hash(self) -> str:
        """The hash of everything that can change a result or a question, whatever language is shown."""
        if self.original is not None:
            return self.original.content_hash
        from minga.trust import content_hash

        left_out = {"sources", "original", "untranslated", "reviewed", "base_hash"}
        content = {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name not in left_out}
        for question in content["profile"]:  # labels come from a file of their own
            for label in ("label", "choice_labels", "note"):
                del question[label]
        return content_hash(_filled(content))

    @cached_property
    def _items_by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items in the order in which they are asked."""
        return tuple(item.id for item in self.items)

    @property
    def factor_ids(self) -> tuple[str, ...]:
        """The factors in the order of the instrument."""
        return tuple(factor.id for factor in self.factors)

    @property
    def top_level(self) -> int:
        """The highest level."""
        return self.scale.max

    def item(self, item_id: str) -> Item:
        """Return one item by its id."""
        try:
            return self._items_by_id[item_id]
        except KeyError:
            raise InstrumentError(
                f"{self.id} has no item {item_id!r}. Its items are {', '.join(self.item_ids)}."
            ) from None

    def has_item(self, item_id: str) -> bool:
        """Whether the item is asked in this instrument."""
        return item_id in self._items_by_id

    def factor(self, factor_id: str) -> Factor:
        """Return one factor by its id."""
        for factor in self.factors:
            if factor.id == factor_id:
                return factor
        raise InstrumentError(f"{self.id} has no factor {factor_id!r}. Its factors are {', '.join(self.factor_ids)}.")

    def items_of(self, factor_id: str | None = None, form: str = "full") -> tuple[Item, ...]:
        """Return the items of a factor (or of all factors) in the ``full`` or the ``short`` form."""
        asked = self._ids_of_form(form)
        return tuple(i for i in self.items if i.id in asked and (factor_id is None or i.factor == factor_id))

    def _ids_of_form(self, form: str) -> frozenset[str]:
        if form == "full":
            return frozenset(self.item_ids)
        if form != "short":
            raise InstrumentError(f"Form {form!r} is unknown. Choose 'full' or 'short'.")
        if self.short_form is None:
            raise InstrumentError(f"{self.id} has no short form. Use the form 'full'.")
        return frozenset(self.short_form.items)

    def gates_of(self, item_id: str) -> tuple[Gate, ...]:
        """Return the gates that stand on an item."""
        return tuple(gate for gate in self.gates if gate.if_item == item_id)

    def in_language(self, language: str) -> Instrument:
        """Return this instrument with texts of another language; a missing text stays in the base language."""
        from minga.readiness.engine.translation import in_language

        return in_language(self, language)

    def fallback(self, item_id: str) -> tuple[str, ...]:
        """Name the fields of an item that are shown in the base language, for example ``("why",)``."""
        prefix = f"items.{item_id}."
        return tuple(sorted(key.removeprefix(prefix) for key in self.untranslated if key.startswith(prefix)))


def load_instrument(source: str | Path | Mapping[str, Any]) -> Instrument:
    """Read and check an instrument.

    Parameters
    ----------
    source : path, name or mapping
        A file; the name of an instrument that comes with Minga (``generic-enterprise``) or its id
        (``minga-generic-enterprise``); or the content as a mapping.

    Raises
    ------
    InstrumentError
        The file is missing or breaks a rule; ``findings`` names file, item, key and line of each.
    """
    from minga.readiness.engine.checking import read_instrument

    return read_instrument(source)


def plain(value: Any) -> Any:
    """Turn frozen values into what JSON knows, for hashing and printing."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    if isinstance(value, frozenset | set):
        return sorted(value)
    return value


def _filled(value: Any) -> Any:
    """Leave empty fields out, so that a field this version does not know yet will change no hash."""
    if isinstance(value, dict):
        kept = {key: _filled(inner) for key, inner in value.items()}
        return {
            key: inner
            for key, inner in kept.items()
            if inner is not None and inner is not False and inner != "" and inner != [] and inner != {}
        }
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return value
