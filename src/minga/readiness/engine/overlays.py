"""Merge overlays onto a base instrument, with the overlay that set each field on record.

Order: base, sector, country, programme; the later wins. Two overlays that set one field to different
values contradict each other and are refused, unless the later operation says ``override: true``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from minga.readiness.engine import schema
from minga.readiness.engine.checking import (
    anchor_findings,
    anchors,
    find_file,
    item_findings,
    read_instrument,
    refuse,
    refuse_other_kind,
)
from minga.readiness.engine.errors import Finding, OverlayError
from minga.readiness.engine.instrument import INSTRUMENTS, Instrument, Item, OverlayReference, ShortForm
from minga.readiness.engine.loading import Document, read_document
from minga.readiness.engine.schema import OverlayFile

OVERLAYS = INSTRUMENTS / "overlays"
_ORDER = {"sector": 0, "country": 1, "programme": 2}


@dataclass(frozen=True)
class Overlay:
    """A change of a base instrument for a sector, a country or a programme."""

    content: OverlayFile
    document: Document
    source: str | None = None

    @property
    def id(self) -> str:
        return self.content.id

    @property
    def kind(self) -> str:
        return self.content.kind

    def reference(self) -> OverlayReference:
        """Say which overlay this is, in a form that a merged instrument keeps."""
        c = self.content
        return OverlayReference(c.id, c.version, c.kind, c.status, c.title, c.rationale)

    def fits(self, *, country: str | None = None, sector: str | None = None) -> bool:
        """Whether the overlay was written for a country (ISO 3166) or a sector (ISIC code)."""
        applies = self.content.applies_to
        in_country = not applies.country or country in applies.country
        in_sector = not applies.isic4 or any((sector or "").startswith(code) for code in applies.isic4)
        return in_country and in_sector and bool(applies.country or applies.isic4)


def load_overlay(source: Overlay | str | Path | Mapping[str, Any]) -> Overlay:
    """Read an overlay from a path, a name (``sector-food-processing``) or a mapping.

    Raises
    ------
    InstrumentError
        The file is missing or its shape is wrong; what it does to its base is checked when merging.
    """
    if isinstance(source, Overlay):
        return source
    path = None if isinstance(source, Mapping) else find_file(source, OVERLAYS)
    document = read_document(cast("Mapping[str, Any]", source) if path is None else path)
    refuse_other_kind(document, schema.OVERLAY)
    raw, findings = schema.validate(document, OverlayFile)
    refuse(findings)
    return Overlay(raw, document, None if path is None else str(path))


def known_overlays(folder: Path = OVERLAYS) -> tuple[Overlay, ...]:
    """Load every overlay that comes with Minga."""
    return tuple(load_overlay(path) for path in sorted(folder.glob("*.yaml")) if "." not in path.stem)


def merge(base: Instrument | str | Path, *overlays: Overlay | str | Path | Mapping[str, Any]) -> Instrument:
    """Lay overlays onto a base instrument.

    Parameters
    ----------
    base : Instrument, path or name
    overlays : Overlay, path, name or mapping
        In any order: they are laid on as sector, country, programme.

    Returns
    -------
    Instrument
        With ``provenance`` (field to overlay id), ``dropped``, ``overlays``, ``base_hash``. The weights of
        the factors are rescaled so that their sum stays that of the base.

    Raises
    ------
    OverlayError
        Overlays contradict each other, name something that does not exist, were written for another
        base, or keep too few anchors; ``findings`` lists every place.
    """
    start = base if isinstance(base, Instrument) else read_instrument(base)
    start = start.original or start
    if start.overlays:
        raise OverlayError(
            f"{start.id} already holds the overlays {', '.join(o.id for o in start.overlays)}. "
            "Merge all overlays onto the base at once, so that contradictions are seen."
        )
    loaded = sorted((load_overlay(overlay) for overlay in overlays), key=lambda overlay: _ORDER[overlay.kind])
    work = _Merge(start)
    for overlay in loaded:
        work.lay(overlay)
    merged = work.result(loaded)
    findings = [*work.findings, *_merged_findings(merged, start, loaded)]
    if findings:
        raise OverlayError("\n".join(str(finding) for finding in findings), findings)
    return merged


class _Merge:
    """The work in hand while overlays are laid on one after the other."""

    def __init__(self, base: Instrument) -> None:
        self.base = base
        self.items: dict[str, Item] = {item.id: item for item in base.items}
        self.weights = dict(base.weights)
        self.language, self.direction = base.default_language, base.direction
        self.provenance: dict[str, str] = {}
        self.dropped: dict[str, str] = {}
        self.values: dict[str, object] = {}
        self.findings: list[Finding] = []

    def lay(self, overlay: Overlay) -> None:
        self.overlay = overlay
        content = overlay.content
        if content.base.id != self.base.id or not in_range(self.base.version, content.base.version):
            self._object(
                f"Overlay {overlay.id} was written for {content.base.id} {content.base.version}, but the base is "
                f"{self.base.id} {self.base.version}. Use a fitting base or a newer overlay.",
                ["base"],
            )
            return
        steps: dict[str, Callable[[Any, list[str | int]], None]] = {
            "add": self._add,
            "drop": self._drop,
            "reword": self._reword,
            "reanchor": self._reanchor,
            "weight": self._weight,
            "evidence": self._evidence,
            "default_language": self._default_language,
        }
        for number, operation in enumerate(content.operations):
            steps[operation.op](operation, ["operations", number])

    def result(self, overlays: list[Overlay]) -> Instrument:
        total, wanted = sum(self.weights.values()), sum(self.base.weights.values())
        changed = any(key.startswith("weights.") for key in self.provenance)
        weights = {name: w * wanted / total for name, w in self.weights.items()} if changed else self.weights
        short = self.base.short_form
        if short is not None:
            short = ShortForm(short.minutes, tuple(i for i in short.items if i in self.items))
        return replace(
            self.base,
            items=self._in_factor_order(),
            weights=weights,
            short_form=short,
            default_language=self.language,
            direction=self.direction,
            overlays=tuple(overlay.reference() for overlay in overlays),
            provenance=dict(self.provenance),
            dropped=dict(self.dropped),
            base_hash=self.base.content_hash,
            sources=(*self.base.sources, *(o.source for o in overlays if o.source)),
        )

    def _in_factor_order(self) -> tuple[Item, ...]:
        """Put added items behind the items of their factor, so that a page of a factor stays one page."""
        order = {factor: number for number, factor in enumerate(self.base.factor_ids)}
        return tuple(sorted(self.items.values(), key=lambda item: order.get(item.factor, len(order))))

    def _object(self, message: str, where: list[str | int], item: str | None = None) -> None:
        self.findings.append(self.overlay.document.finding(message, where, item))

    def _claim(self, field: str, value: object, operation: Any, where: list[str | int]) -> bool:
        """Note who sets a field; False (and a finding) when an earlier overlay set it otherwise."""
        earlier = self.provenance.get(field)
        if earlier is not None and self.values[field] != value and not operation.override:
            self._object(
                f"Overlays {earlier} and {self.overlay.id} both set '{field}', to {self.values[field]!r} and to "
                f"{value!r}. Make them agree, or write 'override: true' in the operation of {self.overlay.id}.",
                where,
            )
            return False
        self.provenance[field], self.values[field] = self.overlay.id, value
        return True

    def _item(self, operation: Any, where: list[str | int]) -> Item | None:
        item = self.items.get(operation.item)
        if item is None:
            dropper = self.dropped.get(operation.item)
            reason = f"which overlay {dropper} drops" if dropper else f"which {self.base.id} does not have"
            self._object(
                f"Overlay {self.overlay.id} changes item {operation.item!r}, {reason}. "
                "Remove the operation or correct the item.",
                [*where, "item"],
                operation.item,
            )
        return item

    def _add(self, operation: schema.Add, where: list[str | int]) -> None:
        item, inside = operation.item, [*where, "item"]
        if item.anchor:
            self._object(
                f"Overlay {self.overlay.id} adds item {item.id} as an anchor, but added items never enter the link "
                "score. Write 'anchor: false'.",
                [*inside, "anchor"],
                item.id,
            )
        if self.base.has_item(item.id):
            self._object(
                f"Overlay {self.overlay.id} adds item {item.id}, which {self.base.id} already has. Rename it.",
                [*inside, "id"],
                item.id,
            )
            return
        self.findings.extend(item_findings(self.overlay.document, self.base, item, inside))
        if self._claim(f"items.{item.id}", item, operation, where):
            self.items[item.id] = item

    def _drop(self, operation: schema.Drop, where: list[str | int]) -> None:
        if self.dropped.get(operation.item):
            return  # two overlays that drop the same item agree
        if self._item(operation, where) is None:
            return
        touched = [
            k for k in self.provenance if k == f"items.{operation.item}" or k.startswith(f"items.{operation.item}.")
        ]
        if touched and not operation.override:
            self._object(
                f"Overlay {self.overlay.id} drops item {operation.item}, which overlay {self.provenance[touched[0]]} "
                f"changes. Make them agree, or write 'override: true' in the operation of {self.overlay.id}.",
                where,
                operation.item,
            )
            return
        del self.items[operation.item]
        self.dropped[operation.item] = self.overlay.id
        self.provenance[f"items.{operation.item}"] = self.overlay.id
        self.values[f"items.{operation.item}"] = None

    def _reword(self, operation: schema.Reword, where: list[str | int]) -> None:
        item = self._item(operation, where)
        if item is None:
            return
        for key in ("short", "text", "why", "inclusion", "na_when"):
            value = getattr(operation, key)
            if value is not None and self._claim(f"items.{item.id}.{key}", value, operation, [*where, key]):
                item = replace(item, **{key: value})
        self.items[item.id] = self._with_levels(item, operation, where)

    def _reanchor(self, operation: schema.Reanchor, where: list[str | int]) -> None:
        item = self._item(operation, where)
        if item is None:
            return
        if operation.text is not None and self._claim(
            f"items.{item.id}.text", operation.text, operation, [*where, "text"]
        ):
            item = replace(item, text=operation.text)
        item = replace(self._with_levels(item, operation, where), anchor=False)
        self.provenance.setdefault(f"items.{item.id}.anchor", self.overlay.id)
        self.values.setdefault(f"items.{item.id}.anchor", False)
        self.items[item.id] = item

    def _with_levels(self, item: Item, operation: Any, where: list[str | int]) -> Item:
        levels = list(item.levels)
        for level, text in operation.levels.items():
            if not self.base.scale.min <= level <= self.base.scale.max:
                self._object(
                    f"Overlay {self.overlay.id} writes level {level} of item {item.id}, but levels run from "
                    f"{self.base.scale.min} to {self.base.scale.max}. Correct the level.",
                    [*where, "levels"],
                    item.id,
                )
            elif self._claim(f"items.{item.id}.levels.{level}", text, operation, [*where, "levels", str(level)]):
                levels[level] = text
        return replace(item, levels=tuple(levels))

    def _weight(self, operation: schema.Weight, where: list[str | int]) -> None:
        if (operation.factor is None) == (operation.item is None):
            self._object(
                f"A weight of overlay {self.overlay.id} must name either a factor or an item. Name one of them.", where
            )
        elif operation.item is not None:
            item = self._item(operation, where)
            if item is not None and self._claim(f"items.{item.id}.weight", operation.weight, operation, where):
                self.items[item.id] = replace(item, weight=operation.weight)
        elif operation.factor not in self.weights:
            self._object(
                f"Overlay {self.overlay.id} weights {operation.factor!r}, which is no factor. "
                f"Use one of: {', '.join(self.weights)}.",
                [*where, "factor"],
            )
        elif self._claim(f"weights.{operation.factor}", operation.weight, operation, where):
            self.weights[str(operation.factor)] = operation.weight

    def _evidence(self, operation: schema.Evidence, where: list[str | int]) -> None:
        """Add to what counts as proof; several overlays may each add theirs."""
        item = self._item(operation, where)
        if item is None:
            return
        field = f"items.{item.id}.evidence"
        earlier = self.provenance.get(field)
        self.provenance[field] = f"{earlier}, {self.overlay.id}" if earlier else self.overlay.id
        joined = " ".join(part for part in (item.evidence, operation.append) if part)
        self.values[field] = joined
        self.items[item.id] = replace(item, evidence=joined)

    def _default_language(self, operation: schema.DefaultLanguage, where: list[str | int]) -> None:
        if self._claim("default_language", operation.language, operation, where):
            self.language, self.direction = operation.language, operation.direction


def in_range(version: str, wanted: str) -> bool:
    """Whether a version such as ``1.0.0`` lies in a range such as ``>=1.0,<2``."""
    compare: dict[str, Callable[[list[int], list[int]], bool]] = {
        ">=": lambda a, b: a >= b,
        "<=": lambda a, b: a <= b,
        "==": lambda a, b: a == b,
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
    }
    own = _numbers(version)
    for part in wanted.replace(" ", "").split(","):
        sign = next((s for s in compare if part.startswith(s)), "==")
        if not compare[sign](own, _numbers(part.removeprefix(sign))):
            return False
    return True


def _numbers(version: str) -> list[int]:
    parts = version.split(".")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        raise OverlayError(f"{version!r} is no version. Write up to three numbers such as 1.0.0.")
    return [int(part) for part in parts] + [0] * (3 - len(parts))


def _merged_findings(merged: Instrument, base: Instrument, overlays: list[Overlay]) -> Iterator[Finding]:
    for gate in merged.gates:
        if gate.if_item in merged.dropped:
            yield Finding(
                merged.dropped[gate.if_item],
                f"Overlay {merged.dropped[gate.if_item]} drops item {gate.if_item}, on which {gate.id} stands. "
                "Keep the item.",
                item=gate.if_item,
            )
    if not overlays:
        return
    laid = ", ".join(overlay.id for overlay in overlays)
    for finding in anchor_findings(merged, base):
        yield replace(finding, file=laid)
    for overlay in overlays:
        for number, test in enumerate(overlay.content.tests):
            problem = _failed(test, merged, base)
            if problem:
                yield overlay.document.finding(problem, ["tests", number])


def _failed(test: schema.OverlayTest, merged: Instrument, base: Instrument) -> str | None:
    """Run one of an overlay's own tests; return a sentence when it fails."""
    if test.check == "weights_sum_preserved":
        gap = abs(sum(merged.weights.values()) - sum(base.weights.values()))
        return None if gap <= test.tolerance else f"The weights no longer add up: they are off by {gap:.6f}."
    if test.check == "anchors_per_factor_min":
        least = min(len(anchors(merged, factor)) for factor in merged.factor_ids)
        wanted = test.value or 0
        return None if least >= wanted else f"A factor keeps {least} anchors, but this test asks for {wanted:g}."
    share = len(anchors(merged)) / len(anchors(base))
    wanted = test.value or 0
    return None if share >= wanted else f"{share:.0%} of the anchors stay, but this test asks for {wanted:.0%}."


def overlay_findings(document: Document, raw: OverlayFile) -> Iterator[Finding]:
    """Check an overlay against its base, when the base comes with Minga or lies beside it."""
    try:
        base = read_instrument(raw.base.id)
    except ValueError as error:
        yield document.finding(f"The base of overlay {raw.id} cannot be read. {error}", ["base", "id"])
        return
    try:
        merge(base, Overlay(raw, document))
    except OverlayError as error:
        yield from error.findings or [document.finding(str(error))]
