"""Every text of an instrument under one key, and the names that a form gives to questions and languages.

The keys are those of ``Instrument.untranslated``, such as ``items.INT1.levels.3``; where a list is named there as
a whole (``how_to_answer``), each of its lines has the number behind it here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from minga.readiness.engine.instrument import Codes, Instrument, Item, ProfileQuestion

#: Language names as forms head their columns: ``label::French (fr)``.
LANGUAGES = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "pt": "Portuguese",
    "ru": "Russian",
    "zh": "Chinese",
}
ITEM_TEXTS = ("short", "text", "why", "inclusion", "evidence", "na_when", "indicator")
_CODES = ("cost_band", "horizon", "roles", "kpi")
_LISTED = re.compile(r"^(how_to_answer|scale\.labels|scale\.meaning|profile\..+\.choices)\.\d+$")


def heading(language: str) -> str:
    """Return how columns of a language are headed, such as ``French (fr)``."""
    return f"{LANGUAGES.get(language, language)} ({language})"


def language_of(head: str) -> str:
    """Return the code of a heading: what stands in brackets at its end, or the language of that name."""
    found = re.search(r"\(([A-Za-z-]+)\)\s*$", head)
    if found:
        return found.group(1).lower()
    named = {name.lower(): code for code, name in LANGUAGES.items()}
    return named.get(head.strip().lower(), head.strip().lower())


def form_version(instrument: Instrument, form: str = "full") -> str:
    """Return the version that a form carries and each submission brings back: version, short hash, form if short."""
    short_hash = instrument.content_hash.rpartition(":")[2][:8]
    return f"{instrument.version}-{short_hash}" + ("-short" if form == "short" else "")


def item_names(instrument: Instrument) -> dict[str, str]:
    """Return the name of each item's question: its id, made fit for XML, and never twice."""
    names: dict[str, str] = {}
    for item in instrument.items:
        names[item.id] = unique_name(item.id, set(names.values()))
    return names


def unique_name(wanted: str, taken: set[str]) -> str:
    """Make a name of letters, digits and underscores that nobody has yet."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", wanted)
    plain = plain if re.match(r"[A-Za-z_]", plain) else f"q_{plain}"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def texts_of(instrument: Instrument) -> dict[str, str]:
    """Return every text that is not empty, by its key."""
    found: dict[str, str] = {}

    def note(key: str, text: str | None) -> str | None:
        if text:
            found[key] = text
        return text

    _walk(instrument, note)
    return found


def with_texts(instrument: Instrument, texts: Mapping[str, str]) -> Instrument:
    """Return the instrument with the texts of these keys; others stay."""
    return _walk(instrument, lambda key, text: texts.get(key, text))


_Each = Callable[[str, str | None], str | None]


def _walk(instrument: Instrument, each: _Each) -> Instrument:
    """Pass every text with its key to a function, and put what it returns in its place."""

    def said(key: str, text: str) -> str:
        return each(key, text) or ""

    def lines(key: str, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(said(f"{key}.{number}", text) for number, text in enumerate(texts))

    codes = {
        kind: {code: said(f"codes.{kind}.{code}", text) for code, text in getattr(instrument.codes, kind).items()}
        for kind in _CODES
    }
    return replace(
        instrument,
        title=said("title", instrument.title),
        purpose=said("purpose", instrument.purpose),
        how_to_answer=lines("how_to_answer", instrument.how_to_answer),
        scale=replace(
            instrument.scale,
            labels=lines("scale.labels", instrument.scale.labels),
            meaning=lines("scale.meaning", instrument.scale.meaning),
        ),
        codes=Codes(**codes),
        factors=tuple(
            replace(f, name=said(f"factors.{f.id}.name", f.name), asks=said(f"factors.{f.id}.asks", f.asks))
            for f in instrument.factors
        ),
        gates=tuple(replace(gate, then=said(f"gates.{gate.id}", gate.then)) for gate in instrument.gates),
        items=tuple(_item(item, each, lines) for item in instrument.items),
        profile=tuple(_question(question, each, lines) for question in instrument.profile),
        overlays=tuple(
            replace(
                one,
                title=said(f"overlays.{one.id}.title", one.title),
                rationale=said(f"overlays.{one.id}.rationale", one.rationale),
            )
            for one in instrument.overlays
        ),
    )


_Lines = Callable[[str, tuple[str, ...]], tuple[str, ...]]


def _item(item: Item, each: _Each, lines: _Lines) -> Item:
    key = f"items.{item.id}"
    changed = {name: each(f"{key}.{name}", getattr(item, name)) for name in ITEM_TEXTS}
    return replace(item, levels=lines(f"{key}.levels", item.levels), **changed)  # type: ignore[arg-type]


def _question(question: ProfileQuestion, each: _Each, lines: _Lines) -> ProfileQuestion:
    key = f"profile.{question.id}"
    return replace(
        question,
        label=each(f"{key}.label", question.label) or "",
        note=each(f"{key}.note", question.note),
        choice_labels=lines(f"{key}.choices", question.choice_labels),
    )


def untranslated_key(key: str) -> str:
    """Return the key under which ``Instrument.untranslated`` names a text: a list as a whole."""
    return key.rpartition(".")[0] if _LISTED.match(key) else key
