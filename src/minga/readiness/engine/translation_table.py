"""Every text of an instrument beside its translation, for whoever reviews it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from minga.readiness.engine.instrument import Instrument, Item

TRANSLATED, MISSING, REVIEWED = "translated", "missing", "reviewed"
_ITEM_FIELDS = ("short", "text", "evidence", "why", "inclusion", "na_when", "indicator")
_SCHEMA = {"place": pl.String, "field": pl.String, "original": pl.String, "translation": pl.String, "status": pl.String}

_Row = tuple[str, str, str, str]


def translation_table(instrument: Instrument, language: str) -> pl.DataFrame:
    """Put every text of an instrument beside its translation.

    Parameters
    ----------
    instrument : Instrument
        With its overlays: a text that an overlay changed stands beside the overlay's translation.
    language : str
        A code such as ``fr``.

    Returns
    -------
    table, one row per text, in the order of the instrument
        ``place`` (instrument, factor, item or code), ``field``, ``original``, ``translation`` (empty where it is
        missing; pages then show the original, marked), ``status``: ``missing``, ``translated`` (not yet reviewed by
        native speakers) or ``reviewed``.
    """
    original = instrument.original or instrument
    shown = original.in_language(language)
    done = REVIEWED if shown.reviewed else TRANSLATED
    rows = []
    for place, field, key, own, theirs in _pairs(original, shown):
        is_missing = _is_missing(key, shown.untranslated)
        rows.append((place, field, own, "" if is_missing else theirs, MISSING if is_missing else done))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _is_missing(key: str, untranslated: frozenset[str]) -> bool:
    # a list is translated whole or not at all: "how_to_answer" stands for "how_to_answer.3"
    return bool(untranslated & {"*", key, key.rpartition(".")[0]})


def _pairs(original: Instrument, shown: Instrument) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield place, field, key as in ``untranslated``, original and translation of every text that is not empty."""
    for (place, field, key, own), (_place, _field, _key, theirs) in zip(_texts(original), _texts(shown), strict=True):
        if own:
            yield place, field, key, own, theirs


def _texts(one: Instrument) -> Iterator[_Row]:
    yield one.id, "title", "title", one.title
    yield one.id, "purpose", "purpose", one.purpose
    yield from _numbered(one.id, "how_to_answer", one.how_to_answer)
    yield from _numbered(one.id, "scale.labels", one.scale.labels)
    yield from _numbered(one.id, "scale.meaning", one.scale.meaning)
    for kind in ("cost_band", "horizon", "roles", "kpi"):
        for code, text in getattr(one.codes, kind).items():
            yield code, kind, f"codes.{kind}.{code}", text
    for factor in one.factors:
        yield factor.id, "name", f"factors.{factor.id}.name", factor.name
        yield factor.id, "asks", f"factors.{factor.id}.asks", factor.asks
    for gate in one.gates:
        yield gate.id, "then", f"gates.{gate.id}", gate.then
    for item in one.items:
        yield from _item(item)
    for question in one.profile:
        yield question.id, "label", f"profile.{question.id}.label", question.label


def _numbered(place: str, field: str, texts: tuple[str, ...]) -> Iterator[_Row]:
    for number, text in enumerate(texts):
        yield place, f"{field} {number}", f"{field}.{number}", text


def _item(item: Item) -> Iterator[_Row]:
    for field in _ITEM_FIELDS:
        yield item.id, field, f"items.{item.id}.{field}", getattr(item, field) or ""
    for number, text in enumerate(item.levels):
        yield item.id, f"level {number}", f"items.{item.id}.levels.{number}", text
