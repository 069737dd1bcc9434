"""Show an instrument in another language, field by field, and check the files of translations.

A translation stands beside its instrument or overlay: ``generic-enterprise.fr.yaml``,
``overlays/country-jordan.fr.yaml``. What it lacks stays in the base language and is named in
``untranslated``, so that a page can mark it. A text that an overlay changed is never shown in the
translation of the base: that would be another question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from minga.readiness.engine.errors import Finding, InstrumentError
from minga.readiness.engine.instrument import (
    INSTRUMENTS,
    Codes,
    Instrument,
    Item,
    OverlayReference,
    ProfileQuestion,
)
from minga.readiness.engine.loading import Document, read_document
from minga.readiness.engine.schema import ItemTexts, TranslationFile, validate

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_FIELDS = ("short", "text", "why", "inclusion", "na_when", "indicator")
_EMPTY = ItemTexts()


def in_language(instrument: Instrument, language: str) -> Instrument:
    """Return the instrument with texts of another language.

    Parameters
    ----------
    instrument : Instrument
    language : str
        A code such as ``fr``; of ``fr-CA`` the part before the hyphen counts.

    Returns
    -------
    Instrument
        The content hash stays that of the original. Without any translation the texts stay as they are,
        ``language`` stays the base language, and ``untranslated`` is ``{"*"}``.
    """
    original = instrument.original or instrument
    wanted = language.replace("_", "-").split("-")[0].lower()
    return original if wanted == original.language else _translated(original, wanted)


def own_language(instrument: Instrument) -> Instrument:
    """Add the labels that a file such as ``generic-enterprise.en.yaml`` gives in the base language itself."""
    texts = _texts(instrument, instrument.language)
    if texts.base is None:
        return instrument
    return replace(instrument, profile=tuple(_question(q, texts, set()) for q in instrument.profile))


@dataclass(frozen=True)
class _Texts:
    """The translation of the base and of each overlay."""

    base: TranslationFile | None
    overlays: Mapping[str, TranslationFile] = field(default_factory=dict)

    def item(self, overlay: str | None, item: str) -> ItemTexts:
        file = self.base if overlay is None else self.overlays.get(overlay)
        return _EMPTY if file is None else file.items.get(item, _EMPTY)


def _texts(instrument: Instrument, language: str) -> _Texts:
    files = [Path(source) for source in instrument.sources]
    read = {path: _read(path.with_name(f"{path.stem}.{language}.yaml")) for path in files}
    base = next((t for t in read.values() if t is not None and t.instrument), None)
    overlays = {t.overlay: t for t in read.values() if t is not None and t.overlay}
    return _Texts(base, overlays)


def _read(path: Path) -> TranslationFile | None:
    if not path.exists():
        return None
    document = read_document(path)
    raw, findings = validate(document, TranslationFile)
    if raw is None:
        raise InstrumentError("\n".join(str(finding) for finding in findings), findings)
    return raw if isinstance(raw, TranslationFile) else None


@lru_cache(maxsize=64)
def _translated(original: Instrument, language: str) -> Instrument:
    texts = _texts(original, language)
    if texts.base is None and not texts.overlays:
        return replace(original, original=original, untranslated=frozenset({"*"}))
    base = texts.base or TranslationFile(schema="minga.readiness.translation/1", language=language)
    missing: set[str] = set()

    def pick(text: str | None, own: str, key: str) -> str:
        if text is None and own:
            missing.add(key)
        return text or own

    def pick_all(found: tuple[str, ...], own: tuple[str, ...], key: str) -> tuple[str, ...]:
        if len(found) == len(own):
            return found
        missing.add(key)
        return own

    return replace(
        original,
        original=original,
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        title=pick(base.title, original.title, "title"),
        purpose=pick(base.purpose, original.purpose, "purpose"),
        how_to_answer=pick_all(base.how_to_answer, original.how_to_answer, "how_to_answer"),
        scale=replace(
            original.scale,
            labels=pick_all(base.scale.labels, original.scale.labels, "scale.labels"),
            meaning=pick_all(base.scale.meaning, original.scale.meaning, "scale.meaning"),
        ),
        codes=_codes(original.codes, base.codes, missing),
        factors=tuple(
            replace(
                f,
                name=pick(_name(base, f.id, "name"), f.name, f"factors.{f.id}.name"),
                asks=pick(_name(base, f.id, "asks"), f.asks, f"factors.{f.id}.asks"),
            )
            for f in original.factors
        ),
        gates=tuple(replace(g, then=pick(base.gates.get(g.id), g.then, f"gates.{g.id}")) for g in original.gates),
        items=tuple(_item(item, original.provenance, texts, missing) for item in original.items),
        profile=tuple(_question(question, texts, missing) for question in original.profile),
        overlays=tuple(_overlay(reference, texts) for reference in original.overlays),
        reviewed=base.reviewed and all(t.reviewed for t in texts.overlays.values()),
        untranslated=frozenset(missing),
    )


def _name(base: TranslationFile, factor: str, key: str) -> str | None:
    texts = base.factors.get(factor)
    return None if texts is None else getattr(texts, key)


def _codes(own: Codes, found: Codes, missing: set[str]) -> Codes:
    merged: dict[str, dict[str, str]] = {}
    for kind in ("cost_band", "horizon", "roles", "kpi"):
        theirs: dict[str, str] = getattr(found, kind)
        merged[kind] = {code: theirs.get(code, text) for code, text in getattr(own, kind).items()}
        missing.update(f"codes.{kind}.{code}" for code in merged[kind] if code not in theirs)
    return Codes(**merged)


def _item(item: Item, provenance: Mapping[str, str], texts: _Texts, missing: set[str]) -> Item:
    changes: dict[str, Any] = {}
    added_by = provenance.get(f"items.{item.id}")

    def source(key: str) -> ItemTexts:
        return texts.item(provenance.get(f"items.{item.id}.{key}", added_by), item.id)

    for key in _FIELDS:
        if getattr(item, key) is None:
            continue
        found = getattr(source(key), key)
        if found is None:
            missing.add(f"items.{item.id}.{key}")
        else:
            changes[key] = found
    levels = list(item.levels)
    for number in range(len(levels)):
        text = _level(source(f"levels.{number}").levels, number)
        if text is None:
            missing.add(f"items.{item.id}.levels.{number}")
        else:
            levels[number] = text
    evidence = _evidence(item, provenance, texts, added_by)
    if evidence is not None:
        changes["evidence"] = evidence
    elif item.evidence is not None:
        missing.add(f"items.{item.id}.evidence")
    return replace(item, levels=tuple(levels), **changes)


def _level(levels: tuple[str, ...] | dict[int, str], number: int) -> str | None:
    if isinstance(levels, dict):
        return levels.get(number)
    return levels[number] if number < len(levels) else None


def _evidence(item: Item, provenance: Mapping[str, str], texts: _Texts, added_by: str | None) -> str | None:
    """Join the translated evidence and what overlays append to it; None as soon as one part is missing."""
    appended = provenance.get(f"items.{item.id}.evidence")
    parts = [texts.item(added_by, item.id).evidence]
    parts += [texts.item(overlay, item.id).append for overlay in appended.split(", ")] if appended else []
    return None if None in parts else " ".join(part for part in parts if part)


def _question(question: ProfileQuestion, texts: _Texts, missing: set[str]) -> ProfileQuestion:
    found = None if texts.base is None else texts.base.profile.get(question.id)
    key = f"profile.{question.id}"
    if found is None or found.label is None:
        missing.add(f"{key}.label")
    if found is None:
        return question
    labels = found.choices if len(found.choices) == len(question.choices) else ()
    if question.choices and not labels and question.type == "choice" and not question.id.endswith("_limit"):
        missing.add(f"{key}.choices")
    return replace(
        question,
        label=found.label or question.label,
        note=found.note or question.note,
        choice_labels=labels or question.choice_labels,
    )


def _overlay(reference: OverlayReference, texts: _Texts) -> OverlayReference:
    found = texts.overlays.get(reference.id)
    if found is None:
        return reference
    return replace(reference, title=found.title or reference.title, rationale=found.rationale or reference.rationale)


def translation_findings(document: Document, raw: TranslationFile, path: Path | None) -> Iterator[Finding]:
    """Check the ids and counts of a translation against what it translates."""
    from minga.readiness.engine.checking import find_file, read_instrument
    from minga.readiness.engine.overlays import OVERLAYS, load_overlay

    if (raw.instrument is None) == (raw.overlay is None):
        yield document.finding("A translation must name either an 'instrument' or an 'overlay'. Name one of them.")
        return
    beside = None if path is None else path.with_name(f"{path.name.split('.')[0]}.yaml")
    try:
        if raw.overlay is not None:
            overlay = load_overlay(beside if beside and beside.exists() else find_file(raw.overlay, OVERLAYS))
            items = {op.item.id: op.item for op in overlay.content.operations if op.op == "add"}
            base = read_instrument(overlay.content.base.id)
            own_id, version = overlay.id, overlay.content.version
            named = {str(getattr(op, "item", "")) for op in overlay.content.operations if op.op != "add"} | set(items)
        else:
            found = beside if beside and beside.exists() else find_file(raw.instrument or "", INSTRUMENTS)
            base = read_instrument(found)
            own_id, version, named = base.id, base.version, set(base.item_ids)
    except ValueError as error:
        yield document.finding(f"What this file translates cannot be read. {error}")
        return
    if (raw.instrument or raw.overlay) != own_id:
        yield document.finding(
            f"The file says it translates {raw.instrument or raw.overlay}, but stands beside {own_id}. "
            "Move the file, or correct what it says."
        )
    if raw.version is not None and raw.version != version:
        yield document.finding(
            f"The translation is of version {raw.version}, but {own_id} is {version}. Look at what changed, then "
            "correct 'version'.",
            ["version"],
        )
    yield from _unknown_ids(document, raw, base, named)
    yield from _counts(document, raw, base)


def _unknown_ids(document: Document, raw: TranslationFile, base: Instrument, items: set[str]) -> Iterator[Finding]:
    known: list[tuple[str, set[str], set[str]]] = [
        ("items", set(raw.items), items),
        ("factors", set(raw.factors), set(base.factor_ids)),
        ("gates", set(raw.gates), {gate.id for gate in base.gates}),
        ("profile", set(raw.profile), {question.id for question in base.profile}),
    ]
    for kind, said, allowed in known:
        for name in sorted(said - allowed):
            yield document.finding(
                f"'{kind}' holds {name!r}, which is not in the original. Correct the id or remove the entry.",
                [kind, name],
                name if kind == "items" else None,
            )
    for code_kind in ("cost_band", "horizon", "roles", "kpi"):
        for code in sorted(set(getattr(raw.codes, code_kind)) - set(getattr(base.codes, code_kind))):
            yield document.finding(
                f"'{code_kind}' holds the code {code!r}, which is not in the original. Remove it.",
                ["codes", code_kind, code],
            )


def _counts(document: Document, raw: TranslationFile, base: Instrument) -> Iterator[Finding]:
    wanted = base.scale.max - base.scale.min + 1
    for item, texts in raw.items.items():
        levels = texts.levels
        wrong = (
            [n for n in levels if not base.scale.min <= n <= base.scale.max]
            if isinstance(levels, dict)
            else ([len(levels)] if len(levels) not in (0, wanted) else [])
        )
        if wrong:
            yield document.finding(
                f"Item {item} has {len(levels)} level texts, but the scale has {wanted} levels. Write all of them, "
                "or write only the changed ones as 'number: text'.",
                ["items", item, "levels"],
                item,
            )
    for key, found in (("labels", raw.scale.labels), ("meaning", raw.scale.meaning)):
        if found and len(found) != wanted:
            yield document.finding(f"The scale has {len(found)} texts in '{key}', not {wanted}.", ["scale", key])
    for question in base.profile:
        said = raw.profile.get(question.id)
        if said is not None and said.choices and len(said.choices) != len(question.choices):
            yield document.finding(
                f"Question {question.id} has {len(said.choices)} choices, but the original has "
                f"{len(question.choices)}. Write one text a choice, in the same order.",
                ["profile", question.id, "choices"],
            )
