"""The routing log: how the draw treated each statement, on every map whose report was public."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings

from minga.deliberation.conversation_report import Words, words_of
from minga.deliberation.engine.routing_log import Drawn, KeptMap, routing_log, without_votes
from minga.deliberation.models import Conversation, MapRun, Statement
from minga.deliberation.selectors.routing import Then, public_maps, statements_then


@dataclass(frozen=True)
class Line:
    """A statement on a map."""

    words: Words
    #: as moderators had decided when the map was made
    state: str
    place: int | None
    drawn: Drawn

    @property
    def state_name(self) -> str:
        """The state in words."""
        return str(Statement.State(self.state).label)


@dataclass(frozen=True)
class Logged:
    """A map that was public, with its statements."""

    run: MapRun
    lines: tuple[Line, ...]
    #: the map from which votes are gained; None for the first
    before: MapRun | None


def log_of(conversation: Conversation, language: str) -> list[Logged]:
    """Return the maps that were public, the newest first; none where no report is public now.

    Nothing comes of any other map, so that the team alone knows what it did not publish. Statements whose words nobody
    outside the team may read are left out, as in the report.
    """
    maps = public_maps(conversation)
    kept = [KeptMap(run.tables, run.weights, run.is_published) for run in maps]
    then = statements_then(conversation, [run.made_at for run in maps])
    words, found = words_of(conversation, language), []
    rows = routing_log(kept, settings.MIN_PERSONS)
    for at, run in enumerate(maps):
        before = rows[at + 1] if at + 1 < len(rows) else {}
        lines = (
            _line(one, words[number], rows[at].get(number), before.get(number), is_strict=conversation.is_strict)
            for number, one in then[at].items()
            if number in words and (number in rows[at] or one.statement.created_at <= run.made_at)
        )
        found.append(Logged(run, tuple(lines), maps[at + 1] if at + 1 < len(maps) else None))
    return found


def _line(one: Then, words: Words, drawn: Drawn | None, before: Drawn | None, *, is_strict: bool) -> Line:
    is_hidden = one.state == Statement.State.REJECTED or (is_strict and one.state == Statement.State.WAITING)
    if drawn is None:
        drawn = without_votes(before, is_meta=one.is_meta, is_drawn=not is_hidden)
    elif is_hidden and drawn.weight is not None and drawn.factors is None:
        # a map leaves out what is about the conversation itself, drawn or not
        drawn = replace(drawn, weight=None, note="not_drawn")
    return Line(words, one.state, one.place, drawn)


#: columns of the file
COLUMNS = (
    "map", "calculated", "statement", "state", "place", "votes", "gained", "weight", "not_passed", "reach", "agreed",
    "newness", "note",
)  # fmt: skip


def table_rows(found: list[Logged]) -> list[list[str]]:
    """Return every map and statement as cells of :data:`COLUMNS`; what is withheld or not known is empty."""
    return [[*_of_run(each.run), *_cells(line)] for each in found for line in each.lines]


def _of_run(run: MapRun) -> list[str]:
    return [str(run.pk), run.made_at.isoformat(timespec="seconds")]


def _cells(line: Line) -> list[str]:
    told, made_of = line.drawn, line.drawn.factors
    shares = (made_of.not_passed, made_of.reach, made_of.agreed, made_of.newness) if made_of else (None,) * 4
    # as many digits as the report says: more would say more of votes that it leaves out
    figures = [_figure(value, 2 if at in {0, 2} else 4) for at, value in enumerate((told.weight, *shares))]
    whole = [_whole(value) for value in (line.place, told.votes, told.gained)]
    return [str(line.words.number), line.state, *whole, *figures, told.note]


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def _figure(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
