"""The frozen report: what page, print, JSON, Markdown and text all show, so that they cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minga.readiness.engine.instrument import plain

UNCALIBRATED = "expert-written, not yet calibrated"


@dataclass(frozen=True)
class PeerFigures:
    """How comparable enterprises stand on a node; figures are None when they are withheld.

    ``withheld`` is "" or a code of ``explain.WITHHELD``; ``group`` names the profile fields that the
    group shares; ``pooled`` says that the group is wider than the one asked for. ``kind`` and ``own`` name the
    kind of score that is compared and the enterprise's own value of it; ``min_group`` is the size from
    which groups are shown.
    """

    group: tuple[tuple[str, str], ...] = ()
    pooled: bool = False
    n: int | None = None
    p10: float | None = None
    p25: float | None = None
    median: float | None = None
    p75: float | None = None
    p90: float | None = None
    percentile_rank: int | None = None
    withheld: str = ""
    kind: str = "link"
    own: float | None = None
    min_group: int = 10


@dataclass(frozen=True)
class ItemResult:
    """One item with its answer. ``state``: answered, dk, na or blank."""

    item: str
    factor: str
    short: str
    level: int | None
    level_text: str
    spread: int
    state: str
    inclusion: str | None = None
    fallback: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeResult:
    """The score of a factor, or of the whole (node ``total``)."""

    node: str
    name: str
    score: float | None
    lower: float | None
    upper: float | None
    answered: float | None
    n: int
    band: int | None
    band_label: str
    weight: float
    peers: PeerFigures | None = None
    strongest: ItemResult | None = None
    weakest: ItemResult | None = None


@dataclass(frozen=True)
class GateResult:
    """Whether a gate is open. ``why``: reached, below, not_answered or does_not_apply."""

    gate: str
    item: str
    item_short: str
    below: int
    level: int | None
    is_open: bool
    why: str
    then: str
    sentence: str


@dataclass(frozen=True)
class Reason:
    """One reason for a step: a code of ``explain.REASONS`` with the values of its sentence."""

    code: str
    parameters: tuple[tuple[str, Any], ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The values by name, ready for a sentence with named placeholders."""
        return dict(self.parameters)


@dataclass(frozen=True)
class Help:
    """A record of the knowledge room that fits a step."""

    title: str
    kind: str = ""
    key: str = ""
    url: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One more level of one item, with every input of its rank.

    ``need``, ``cost_relief``, ``speed`` and ``agreement`` run from 0 to 1; ``stability`` is the share of 200
    draws of the weights in which the step stays among the first five; ``later`` is "" or the code of
    the limit that moves it to the later list.
    """

    rank: int
    item: str
    short: str
    factor: str
    factor_name: str
    level: int
    next_level_text: str
    target: float
    target_source: str
    gap: float
    need: float
    cost_band: str
    horizon: str
    cost: str
    time: str
    cost_relief: float
    speed: float
    unblock: int
    spread: int
    agreement: float
    priority: float
    stability: float
    inclusion: bool
    reasons: tuple[Reason, ...]
    sentence: str
    later: str = ""
    help: tuple[Help, ...] = ()


@dataclass(frozen=True)
class Priorities:
    """What to do first. ``first``: at most five; ``ranked``: all within the limits; ``later``: beyond them."""

    enterprise: str
    first: tuple[Step, ...]
    ranked: tuple[Step, ...]
    later: tuple[Step, ...]


@dataclass(frozen=True)
class Change:
    """How a node moved since last time, on the items of both results."""

    node: str
    name: str
    before: float
    now: float
    difference: float
    lower: float
    upper: float
    items: int
    is_change: bool


@dataclass(frozen=True)
class CheckedItem:
    """One item on which an assessor set a level; ``own_level`` is None where the enterprise gave none.

    ``difference`` is own minus assessor.
    """

    item: str
    factor: str
    short: str
    own_level: int | None
    assessor_level: int
    difference: int | None


@dataclass(frozen=True)
class Bias:
    """An enterprise's own levels against an assessor's, on the items of a node (``total``: all of them).

    ``difference`` is the mean of own minus assessor, in levels, None where the assessor set none: above zero the
    enterprise saw itself too high.
    """

    node: str
    name: str
    n: int
    difference: float | None
    higher: int
    equal: int
    lower: int


@dataclass(frozen=True)
class InstrumentCard:
    """Which questionnaire was used."""

    id: str
    version: str
    title: str
    level: str
    language: str
    top_level: int
    labels: tuple[str, ...]
    overlays: tuple[tuple[str, str], ...]
    content_hash: str
    translation_reviewed: bool


@dataclass(frozen=True)
class Calculation:
    """How the figures came about, so that anyone can repeat them."""

    software_version: str
    code_hash: str
    instrument_hash: str
    data_hash: str
    form: str
    kind: str
    label: str = UNCALIBRATED
    interval_label: str = "indicative, from the spread of your answers"
    items_asked: int = 0
    items_answered: int = 0
    respondents: int = 1


@dataclass(frozen=True)
class Report:
    """The whole result of one enterprise."""

    enterprise: str
    status: str
    form: str
    date: str | None
    instrument: InstrumentCard
    profile: tuple[tuple[str, Any], ...]
    total: NodeResult
    link_total: NodeResult
    factors: tuple[NodeResult, ...]
    strongest: ItemResult | None
    weakest: ItemResult | None
    gates: tuple[GateResult, ...]
    first_steps: tuple[Step, ...]
    later: tuple[Step, ...]
    ranked: tuple[Step, ...]
    discussion: tuple[ItemResult, ...]
    inclusion: tuple[ItemResult, ...]
    items: tuple[ItemResult, ...]
    change: tuple[Change, ...]
    changes_compared: bool
    calculation: Calculation
    checked: tuple[CheckedItem, ...] = ()
    bias: tuple[Bias, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the report as values that JSON knows."""
        values: dict[str, Any] = plain(self)
        values["profile"] = {key: plain(value) for key, value in self.profile}
        return values

    def to_text(self) -> str:
        """Return the report as plain text."""
        from minga.readiness.engine.report_text import text

        return text(self)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        from minga.readiness.engine.report_text import markdown

        return markdown(self)
