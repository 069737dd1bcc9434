"""A pinned instrument as JSON and back: what was asked stays readable when the files have moved on."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from minga.readiness.engine.errors import InstrumentError
from minga.readiness.engine.instrument import Instrument

#: What is not part of an edition: where files lay, and the untranslated twin (stored as its own language).
_LEFT_OUT = {"sources", "original"}


def pack(instrument: Instrument, languages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return an instrument in its own and the given languages as plain JSON values."""
    base = instrument.original or instrument
    packed = {base.language: _plain(base)}
    for language in languages:
        if language != base.language:
            packed[language] = _plain(base.in_language(language))
    return packed


def pack_given(base: Instrument, translations: Mapping[str, Instrument]) -> dict[str, dict[str, Any]]:
    """Return an instrument with translations that came along with it, rather than from files of ours."""
    return {base.language: _plain(base)} | {language: _plain(spoken) for language, spoken in translations.items()}


def unpack(texts: Mapping[str, Any], language: str) -> Instrument:
    """Rebuild an instrument in a language; where it lacks the language, in the one it was written in."""
    base = next((_built(Instrument, plain) for plain in texts.values() if not plain.get("is_translation")), None)
    if base is None:
        raise InstrumentError("A pinned instrument holds no base language. Restore the database from a backup.")
    if language == base.language:
        return base
    if language not in texts:  # pinned before the language joined: its pages must say so
        return replace(base, original=base, untranslated=frozenset({"*"}))
    return replace(_built(Instrument, texts[language]), original=base)


def _plain(value: Any) -> Any:
    if isinstance(value, Instrument):
        plain = {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in _LEFT_OUT}
        return {**plain, "is_translation": value.original is not None}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, plain: Any) -> Any:
    """Turn JSON values back into the frozen value they came from, by its type hints."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {types.UnionType, Union}:
        wanted = [one for one in inner if one is not type(None)]
        return None if plain is None else _built(wanted[0], plain)
    if is_dataclass(kind):
        known = {f.name for f in fields(kind)}
        return kind(**{name: _built(_hints(kind)[name], value) for name, value in plain.items() if name in known})
    if origin is tuple:
        return tuple(_built(inner[0], one) for one in plain)
    if origin is frozenset or kind is frozenset:
        return frozenset(plain)
    if origin in {dict, Mapping}:
        return {key: _built(inner[1], value) for key, value in plain.items()}
    return float(plain) if kind is float else plain
