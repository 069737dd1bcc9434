"""The report in words: plain text for a terminal, Markdown for a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from minga.readiness.engine.priorities import later_english
from minga.readiness.engine.report_types import Change, ItemResult, NodeResult, PeerFigures, Report, Step
from minga.stats.release import explain


def text(report: Report) -> str:
    """Write the report as plain text."""
    return "\n".join(_sections(report, _Plain()))


def markdown(report: Report) -> str:
    """Write the report as Markdown."""
    return "\n".join(_sections(report, _Markdown()))


class _Plain:
    """How headings, lists and tables look in a terminal."""

    def title(self, words: str) -> list[str]:
        return [words, "=" * len(words), ""]

    def heading(self, words: str) -> list[str]:
        return [words, "-" * len(words)]

    def rows(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
        return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]]

    def bullets(self, lines: Iterable[str]) -> list[str]:
        return [f"- {line}" for line in lines]


class _Markdown(_Plain):
    """How they look in Markdown."""

    def title(self, words: str) -> list[str]:
        return [f"# {_safe(words)}", ""]

    def heading(self, words: str) -> list[str]:
        return [f"## {words}", ""]

    def rows(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        lines = [list(head), ["---"] * len(head), *[[_safe(cell) for cell in row] for row in rows]]
        return ["| " + " | ".join(line) + " |" for line in lines]

    def bullets(self, lines: Iterable[str]) -> list[str]:
        return [f"- {_safe(line)}" for line in lines]


def _safe(words: str) -> str:
    """Keep text from being read as markup or as the border of a cell."""
    for mark in ("\\", "|", "<", "*", "_", "`", "["):
        words = words.replace(mark, f"\\{mark}")
    return " ".join(words.split())


def _sections(report: Report, style: _Plain) -> Iterable[str]:
    card = report.instrument
    yield from style.title(f"Readiness of {report.enterprise}")
    yield f"{card.title} ({card.id} {card.version}, {report.form} form), {report.calculation.label}."
    yield f"Status: {report.status}." + (f" Date: {report.date}." if report.date else "")
    yield _standing(report)
    yield ""
    yield from style.heading("Profile")
    yield from style.rows(
        ("Factor", "Score", "90 % interval", "Level", "Peers (median, middle half)", "Lowest item"),
        [_factor(node) for node in [*report.factors, report.total]],
    )
    yield ""
    yield from _gates(report, style)
    yield from _steps(report, style)
    yield from _lists(report, style)
    yield from _calculation(report, style)


def _standing(report: Report) -> str:
    total = report.total
    if total.score is None:
        return "No total is shown, because fewer than six of seven factors have enough answers."
    return (
        f"Overall {total.score:.1f} of {report.instrument.top_level} ({total.band_label}), "
        f"90 % interval {total.lower:.1f} to {total.upper:.1f}."
    )


def _factor(node: NodeResult) -> tuple[str, ...]:
    name = "Overall" if node.node == "total" else node.name
    if node.score is None:
        return (name, "not scored", "", "", _peers(node.peers), "")
    weakest = "" if node.weakest is None else f"{node.weakest.short} ({node.weakest.level})"
    span = f"{node.lower:.1f} to {node.upper:.1f}"
    return (name, f"{node.score:.1f}", span, node.band_label, _peers(node.peers), weakest)


def _peers(peers: PeerFigures | None) -> str:
    if peers is None:
        return ""
    if peers.median is None:
        return explain(peers.withheld, min_group=peers.min_group)
    group = ", ".join(f"{name} {value}" for name, value in peers.group) or "all"
    rank = "" if peers.percentile_rank is None else f"; you: percentile {peers.percentile_rank}"
    return f"{peers.median:.1f} ({peers.p25:.1f} to {peers.p75:.1f}), {peers.n} of {group}{rank}"


def _gates(report: Report, style: _Plain) -> Iterable[str]:
    if not report.gates:
        return
    yield from style.heading("Gates")
    yield from style.bullets(gate.sentence if gate.is_open else f"{gate.sentence} {gate.then}" for gate in report.gates)
    yield ""


def _steps(report: Report, style: _Plain) -> Iterable[str]:
    if report.first_steps:
        yield from style.heading("What to do first")
        yield from style.bullets(_step(step) for step in report.first_steps)
        yield ""
    if report.later:
        yield from style.heading("Later")
        yield from style.bullets(f"{step.short} ({step.factor_name}): {later_english(step)}" for step in report.later)
        yield ""


def _step(step: Step) -> str:
    line = (
        f"{step.rank}. {step.short} ({step.factor_name}): {step.sentence} Next level: {step.next_level_text} "
        f"[priority {step.priority:.4f}; among the first five in {step.stability:.0%} of 200 draws]"
    )
    found = "; ".join(f"{help.title}{f' ({help.reason})' if help.reason else ''}" for help in step.help)
    return f"{line} Help that fits: {found}." if found else line


def _lists(report: Report, style: _Plain) -> Iterable[str]:
    if report.discussion:
        yield from style.heading("To discuss: answers lie two levels or more apart")
        yield from style.bullets(f"{item.short}: spread {item.spread}" for item in report.discussion)
        yield ""
    if report.inclusion:
        yield from style.heading("Who takes part and who gains")
        yield from style.bullets(f"{_level(item)} {item.inclusion}" for item in report.inclusion)
        yield ""
    if report.changes_compared:
        yield from style.heading("Change since last time")
        real = [change for change in report.change if change.is_change]
        yield from style.bullets(map(_change, real)) if real else ["No change beyond the interval."]
        yield ""


def _level(item: ItemResult) -> str:
    states = {"dk": "not known", "na": "does not apply", "blank": "not answered"}
    return f"{item.short}: {f'level {item.level}' if item.level is not None else states[item.state]}."


def _change(change: Change) -> str:
    name = "Overall" if change.node == "total" else change.name
    return (
        f"{name}: {change.difference:+.1f} (90 % interval {change.lower:+.1f} to {change.upper:+.1f}), "
        f"on {change.items} common items"
    )


def _calculation(report: Report, style: _Plain) -> Iterable[str]:
    calculation = report.calculation
    yield from style.heading("How this was calculated")
    yield from style.bullets(
        [
            f"Instrument {report.instrument.id} {report.instrument.version}, {calculation.label}.",
            *(f"Overlay {name} {version}." for name, version in report.instrument.overlays),
            f"{calculation.items_answered} of {calculation.items_asked} items answered; intervals are "
            f"{calculation.interval_label}; they cover items left open, not how strictly people judge.",
            f"Code of Minga {calculation.software_version}: {calculation.code_hash}",
            f"Instrument: {calculation.instrument_hash}",
            f"Data: {calculation.data_hash}",
        ]
    )
