"""Check instruments, overlays and translations: every finding names file, item, key and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from minga.readiness.engine.errors import Finding, InstrumentError
from minga.readiness.engine.instrument import INSTRUMENTS, Factor, Instrument, Item
from minga.readiness.engine.loading import Document, read_document
from minga.readiness.engine.schema import INSTRUMENT, KINDS, OVERLAY, InstrumentFile, validate

#: An overlay keeps at least so many anchors in a factor, and this share of all anchors.
MIN_ANCHORS = 3
MIN_ANCHOR_SHARE = 0.6
RULE_BOOK = "minga.readiness.scoring/1"
_PROFILE_TYPES = ("iso3166", "isic4", "integer", "choice", "choose_up_to_3", "text")
_ENTERPRISE_KEYS = ("evidence", "why", "cost_band", "horizon")


def find_file(source: str | Path, folder: Path = INSTRUMENTS) -> Path:
    """Turn a path, a name or an id into the path of a file; names are looked up in ``folder``."""
    path = Path(source)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        return path
    for name in (str(source), str(source).removeprefix("minga-")):
        candidate = folder / f"{name}.yaml"
        if candidate.exists():
            return candidate
    known = sorted(p.stem for p in folder.glob("*.yaml") if "." not in p.stem and p.stem != "scoring")
    raise InstrumentError(
        f"There is no instrument or overlay named {str(source)!r}. Give the path of a file or one of: "
        f"{', '.join(known)}."
    )


def read_instrument(source: str | Path | Mapping[str, Any]) -> Instrument:
    """Read an instrument and refuse it when anything is wrong."""
    document = read_document(source if isinstance(source, Mapping) else find_file(source))
    refuse_other_kind(document, INSTRUMENT)
    raw, findings = validate(document, InstrumentFile)
    if raw is not None:
        findings = [*findings, *_instrument_findings(document, raw)]
    refuse(findings)
    sources = () if isinstance(source, Mapping) else (str(find_file(source)),)
    instrument = build(raw, sources)
    from minga.readiness.engine.translation import own_language

    return own_language(instrument)


def refuse(findings: Sequence[Finding]) -> None:
    """Raise one error that lists every finding, if there is any."""
    if findings:
        listed = "\n".join(str(finding) for finding in findings)
        raise InstrumentError(listed, findings)


def refuse_other_kind(document: Document, schema: str) -> None:
    """Refuse a file that says it is something else."""
    said = document.data.get("schema") if isinstance(document.data, Mapping) else None
    if said != schema:
        raise InstrumentError(
            f"{document.file} has the schema {said!r}, but {schema!r} is needed here. "
            "Give another file, or correct the key 'schema'."
        )


def check_instrument(source: Instrument | str | Path | Mapping[str, Any]) -> list[Finding]:
    """List everything wrong with an instrument, overlay, translation or rule book; an empty list is good.

    Parameters
    ----------
    source : Instrument, path, name or mapping
        The kind of a file is told by its key ``schema``.

    Returns
    -------
    list of Finding
        ``file``, ``item``, ``key``, ``line`` (None for a mapping) and a whole sentence ``message``.
    """
    if isinstance(source, Instrument):
        return list(anchor_findings(source, source))
    document = read_document(source if isinstance(source, Mapping) else _find_any(source))
    said = document.data.get("schema") if isinstance(document.data, Mapping) else None
    if said == RULE_BOOK:
        from minga.readiness.engine.rule_book import rule_book_findings

        return [*document.findings, *rule_book_findings(document)]
    if said not in KINDS:
        known = ", ".join([*KINDS, RULE_BOOK])
        message = f"The key 'schema' is {said!r}, but must be one of {known}. Correct the first key of the file."
        return [document.finding(message, ["schema"])]
    raw, findings = validate(document, KINDS[said])
    if raw is None:
        return findings
    if said == INSTRUMENT:
        return [*findings, *_instrument_findings(document, raw)]
    if said == OVERLAY:
        from minga.readiness.engine.overlays import overlay_findings

        return [*findings, *overlay_findings(document, raw)]
    from minga.readiness.engine.translation import translation_findings

    path = None if isinstance(source, Mapping) else _find_any(source)
    return [*findings, *translation_findings(document, raw, path)]


def _find_any(source: str | Path) -> Path:
    try:
        return find_file(source)
    except InstrumentError:
        return find_file(source, INSTRUMENTS / "overlays")


def build(raw: InstrumentFile, sources: tuple[str, ...] = ()) -> Instrument:
    """Turn a checked file into an instrument."""
    factors = tuple(_factor(entry) for entry in raw.factors)
    weights = {factor.id: float(raw.weights.get(factor.id, 1.0)) for factor in factors}
    return Instrument(
        id=raw.id,
        version=raw.version,
        level=raw.level,
        language=raw.language,
        title=raw.title,
        scale=raw.scale,
        factors=factors,
        items=raw.items,
        purpose=raw.purpose,
        licence=raw.licence,
        how_to_answer=raw.how_to_answer,
        time_needed_minutes=raw.time_needed_minutes,
        short_form=raw.short_form,
        codes=raw.codes,
        weights=weights,
        gates=raw.gates,
        profile=raw.profile,
        matches=raw.matches,
        base_weights=dict(weights),
        default_language=raw.language,
        sources=sources,
    )


def _factor(entry: Factor | str) -> Factor:
    if isinstance(entry, Factor):
        return entry
    return Factor(id=entry, name=entry.replace("_", " ").capitalize())


def _instrument_findings(document: Document, raw: InstrumentFile) -> Iterator[Finding]:
    factors = [_factor(entry).id for entry in raw.factors]
    yield from _scale_findings(document, raw)
    yield from _doubles(document, "factors", factors)
    yield from _doubles(document, "items", [item.id for item in raw.items])
    yield from _doubles(document, "gates", [gate.id for gate in raw.gates])
    for number, item in enumerate(raw.items):
        yield from item_findings(document, raw, item, ["items", number])
    yield from _reference_findings(document, raw, factors)
    yield from _profile_findings(document, raw)
    built = build(raw)
    if raw.level == "enterprise":
        yield from (document.finding(f.message, ["items"]) for f in anchor_findings(built, built))


def _scale_findings(document: Document, raw: InstrumentFile) -> Iterator[Finding]:
    wanted = raw.scale.max - raw.scale.min + 1
    if raw.scale.min != 0 or raw.scale.max < 1:
        yield document.finding(
            f"The scale runs from {raw.scale.min} to {raw.scale.max}, but must start at 0 and reach at least 1. "
            "Correct 'min' and 'max'.",
            ["scale"],
        )
    for key, texts in (("labels", raw.scale.labels), ("meaning", raw.scale.meaning)):
        if texts and len(texts) != wanted:
            yield document.finding(
                f"The scale has {len(texts)} texts in '{key}', but {wanted} levels. Write one text a level.",
                ["scale", key],
            )


def _doubles(document: Document, key: str, ids: list[str]) -> Iterator[Finding]:
    for double, times in Counter(ids).items():
        if times > 1:
            last = len(ids) - 1 - ids[::-1].index(double)
            yield document.finding(
                f"The id {double!r} stands {times} times in '{key}', but ids must be unique. Rename or remove one.",
                [key, last],
                double if key == "items" else None,
            )


def item_findings(
    document: Document, raw: InstrumentFile | Instrument, item: Item, where: list[str | int]
) -> Iterator[Finding]:
    """Check one item against the instrument it stands in (or is added to)."""
    wanted = raw.scale.max - raw.scale.min + 1
    factors = [_factor(entry).id for entry in raw.factors]
    if len(item.levels) != wanted:
        yield document.finding(
            f"Item {item.id} has {len(item.levels)} level texts, but the scale has {wanted} levels, "
            f"{raw.scale.min} to {raw.scale.max}. Write one text for each; a comma in a bare list splits a text.",
            [*where, "levels"],
            item.id,
        )
    if item.factor not in factors:
        yield _unknown(document, item, [*where, "factor"], "factor", item.factor, factors)
    if item.na_allowed and item.na_when is None:
        yield document.finding(
            f"Item {item.id} allows 'does not apply' but does not say when. Add the key 'na_when'.",
            [*where, "na_allowed"],
            item.id,
        )
    if raw.level == "enterprise":
        for key in _ENTERPRISE_KEYS:
            if getattr(item, key) is None:
                yield document.finding(f"Item {item.id} lacks the key '{key}'. Add it.", where, item.id)
    codes = raw.codes
    for key, values, known in (
        ("cost_band", [item.cost_band], codes.cost_band),
        ("horizon", [item.horizon], codes.horizon),
        ("kpis", item.kpis, codes.kpi),
        ("who", item.who, codes.roles),
    ):
        for value in values:
            if value is not None and value not in known:
                yield _unknown(document, item, [*where, key], key, value, list(known))


def _unknown(document: Document, item: Item, where: list[str | int], key: str, value: str, known: list[str]) -> Finding:
    return document.finding(
        f"Item {item.id} has {value!r} in '{key}', which is not defined. Use one of: {', '.join(known)}.",
        where,
        item.id,
    )


def _reference_findings(document: Document, raw: InstrumentFile, factors: list[str]) -> Iterator[Finding]:
    items = {item.id for item in raw.items}
    for number, gate in enumerate(raw.gates):
        if gate.if_item not in items:
            yield document.finding(
                f"Gate {gate.id} stands on item {gate.if_item!r}, which does not exist. Name an item of this file.",
                ["gates", number, "if_item"],
            )
        if not raw.scale.min < gate.below <= raw.scale.max:
            yield document.finding(
                f"Gate {gate.id} opens at level {gate.below}, but levels run from {raw.scale.min} to "
                f"{raw.scale.max}. Choose a level above the lowest.",
                ["gates", number, "below"],
            )
    if raw.short_form is not None:
        for number, item in enumerate(raw.short_form.items):
            if item not in items:
                yield document.finding(
                    f"The short form names item {item!r}, which does not exist. Name an item of this file.",
                    ["short_form", "items", number],
                )
    for name in raw.weights:
        if name not in factors:
            yield document.finding(
                f"There is a weight for {name!r}, which is no factor. Use one of: {', '.join(factors)}.",
                ["weights", name],
            )
    for factor in factors:
        if not any(item.factor == factor for item in raw.items):
            yield document.finding(f"Factor {factor!r} has no item. Add items or remove the factor.", ["factors"])


def _profile_findings(document: Document, raw: InstrumentFile) -> Iterator[Finding]:
    yield from _doubles(document, "profile", [question.id for question in raw.profile])
    for number, question in enumerate(raw.profile):
        where: list[str | int] = ["profile", number]
        if question.type not in _PROFILE_TYPES:
            yield document.finding(
                f"Profile question {question.id} has the type {question.type!r}. "
                f"Use one of: {', '.join(_PROFILE_TYPES)}.",
                [*where, "type"],
            )
        if question.type == "choice" and not question.choices:
            yield document.finding(
                f"Profile question {question.id} is a choice without choices. Add the key 'choices'.", where
            )


def anchors(instrument: Instrument, factor: str | None = None) -> list[str]:
    """Name the anchor items: the ones that make results comparable across overlays."""
    return [i.id for i in instrument.items if i.anchor and factor in (None, i.factor)]


def anchor_findings(merged: Instrument, base: Instrument) -> Iterator[Finding]:
    """Check the anchor rule of a (merged) instrument against its base.

    At least 3 anchors stay in each factor (all of them where the base has fewer) and 60 % of all.
    """
    file = merged.id
    for factor in base.factor_ids:
        had, has = len(anchors(base, factor)), len(anchors(merged, factor))
        needed = MIN_ANCHORS if base is merged and base.level == "enterprise" else min(MIN_ANCHORS, had)
        if has < needed:
            yield Finding(
                file,
                f"Factor '{factor}' keeps {has} of its {had} anchor items, but at least {needed} must stay so that "
                f"results remain comparable. Keep more of: {', '.join(anchors(base, factor)) or 'none'}.",
                key=f"factors.{factor}",
            )
    had, has = len(anchors(base)), len(anchors(merged))
    if had and has < MIN_ANCHOR_SHARE * had:
        yield Finding(
            file,
            f"{has} of {had} anchor items stay, which is below 60 %, so results would not be comparable. "
            "Drop or reanchor fewer anchor items.",
            key="items",
        )
