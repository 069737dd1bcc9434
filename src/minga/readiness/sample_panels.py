"""The sample alliance's panels: invented people, one panel published after two rounds, one in its second round."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from minga.readiness import selectors, services
from minga.readiness.models import Given, Panel, PanelAnswer, PanelAnswerVersion, Panellist

_SEED = 20260601
#: group of each invented person, and whether a woman
_SEATS = (
    ("small-firm", True), ("small-firm", True), ("small-firm", False), ("large-firm", False), ("workers", True),
    ("workers", False), ("women-business", True), ("ministry", False), ("centre", True), ("university", False),
    ("finance", True), ("other", False),
)  # fmt: skip
#: how one side sees a place higher or lower than another before they have talked
_LEANING = {
    "ministry": 0.9, "large-firm": 0.6, "finance": 0.3, "workers": -0.7, "women-business": -0.5, "small-firm": -0.4,
}  # fmt: skip
_REASONS = {
    "I-INT1": {
        "workers": "Outside the capital power fails twice a week.",
        "ministry": "Nine of ten industrial zones have fibre since last year.",
    },
    "I-SKL1": {
        "small-firm": "Graduates have never seen the machines we use.",
        "centre": "Two courses are agreed with firms, but only in the capital.",
    },
    "I-INC2": {
        "women-business": "The same few firms get every offer; we hear of them afterwards.",
        "ministry": "Offers are open to all and published.",
    },
}
_UNKNOWN = 0.06


def load_panels(*, ministry: Any, sitting: Any, begin: datetime) -> None:
    """Store both panels; `sitting` is the account that sits in the one whose second round is open."""
    draw = np.random.default_rng(_SEED)
    closed = _panel("Food makers of Tunisia (sample)", ministry, begin, sector="10")
    people = _seat(closed, begin)
    first = _round(people, draw)
    _store(people, first, 1, begin + timedelta(days=9))
    _store(people, _closer(first, draw), 2, begin + timedelta(days=30))
    _close(closed, begin, Panel.Stage.CLOSED)
    services.publish_panel(
        panel=closed,
        dissent="Workers and small firms see training further from the machines than the ministry does. (sample)",
    )
    Panel.objects.filter(pk=closed.pk).update(published_at=begin + timedelta(days=40))
    talking = _panel("All industry of Sfax (sample)", ministry, begin, reach=Panel.Reach.CITY, place="Sfax")
    people = _seat(talking, begin)
    _store(people, _round(people, draw), 1, begin + timedelta(days=9))
    _close(talking, begin, Panel.Stage.SECOND)
    services.keep_seat(panellist=people[2], account=sitting)


def _panel(name: str, ministry: Any, begin: datetime, **fields: Any) -> Panel:
    groups = [group for group, _is_woman in _SEATS]
    # the same id each time, so that links to the sample stay
    panel = services.set_up_panel(
        pk=uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{name}"),
        name=name,
        country="TN",
        about="Invented people. A ministry would say here how it chose them, and whom it asked in vain.",
        planned={group: groups.count(group) for group in dict.fromkeys(groups)},
        organization=ministry,
        is_sample=True,
        **fields,
    )
    Panel.objects.filter(pk=panel.pk).update(created_at=begin)
    return panel


def _seat(panel: Panel, begin: datetime) -> list[Panellist]:
    people = [
        Panellist(
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{panel.name}/{number}"),
            panel=panel,
            number=number,
            group=group,
            gender=Panellist.Gender.WOMAN if is_woman else Panellist.Gender.MAN,
            counted_at=begin,
            counted_text="sample",
        )
        for number, (group, is_woman) in enumerate(_SEATS, start=1)
    ]
    return Panellist.objects.bulk_create(people)


def _round(people: list[Panellist], draw: np.random.Generator) -> np.ndarray[Any, Any]:
    """Draw what everybody says alone: an item's own height, the leaning of a side, and chance; NaN is not known."""
    items = selectors.industry("en").item_ids
    heights = 1.9 + draw.normal(0, 0.55, len(items))
    leanings = np.array([_LEANING.get(one.group, 0.0) for one in people])
    drawn = heights[None, :] + leanings[:, None] + draw.normal(0, 1.0, (len(people), len(items)))
    levels = np.clip(np.rint(drawn), 0, 5)
    return np.where(draw.random(levels.shape) < _UNKNOWN, np.nan, levels)


def _closer(first: np.ndarray[Any, Any], draw: np.random.Generator) -> np.ndarray[Any, Any]:
    """Let about a third of those who lie away from the middle take one step towards it; some learn a level."""
    middle = np.rint(np.nanmedian(first, axis=0))[None, :]
    step = np.sign(middle - first) * (draw.random(first.shape) < 0.35)
    moved = first + np.nan_to_num(step)
    return np.where(np.isnan(first) & (draw.random(first.shape) < 0.4), np.broadcast_to(middle, first.shape), moved)


def _store(people: list[Panellist], levels: np.ndarray[Any, Any], number: int, at: datetime) -> None:
    answers = [
        PanelAnswer(
            panellist=panellist,
            round=number,
            item=item,
            given=Given.UNKNOWN if np.isnan(level) else Given.LEVEL,
            level=None if np.isnan(level) else int(level),
            reason=_REASONS.get(item, {}).get(panellist.group, ""),
            version=1,
            saved_at=at,
        )
        for panellist, row in zip(people, levels, strict=True)
        for item, level in zip(selectors.industry("en").item_ids, row, strict=True)
    ]
    PanelAnswer.objects.bulk_create(answers)
    PanelAnswerVersion.objects.bulk_create(_version(answer) for answer in answers)
    name = "finished_first_at" if number == 1 else "finished_second_at"
    for panellist in people:
        setattr(panellist, name, at)
    Panellist.objects.bulk_update(people, [name])


def _version(answer: PanelAnswer) -> PanelAnswerVersion:
    return PanelAnswerVersion(
        panellist=answer.panellist,
        round=answer.round,
        item=answer.item,
        given=answer.given,
        level=answer.level,
        reason=answer.reason,
        version=1,
        seen_version=0,
        language="en",
        at=answer.saved_at,
    )


def _close(panel: Panel, begin: datetime, stage: str) -> None:
    panel.stage, panel.first_closed_at = stage, begin + timedelta(days=10)
    panel.second_closed_at = begin + timedelta(days=31) if stage == Panel.Stage.CLOSED else None
    panel.save(update_fields=["stage", "first_closed_at", "second_closed_at"])
