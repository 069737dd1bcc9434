"""What stands behind the clauses of a draft: answers, voices, statements, evidence, notes and commitments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from minga.deliberation.engine.lineage import Lineage
from minga.deliberation.models import (
    Citation,
    Clause,
    ClauseNote,
    ClauseVersion,
    Commitment,
    Consultation,
    Disposition,
    Draft,
    MapRun,
    Source,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import drafts
from minga.deliberation.selectors.commitments import public_commitments

#: Notes that everyone sees.
PUBLIC_NOTES = (ClauseNote.State.SHOWN, ClauseNote.State.ACCEPTED, ClauseNote.State.REJECTED)
#: How many voices are quoted behind one answer.
_QUOTES = 5


@dataclass(frozen=True)
class Heard:
    """An answer that led to a clause: what it answers, and voices behind it that may be shown.

    Parameters
    ----------
    answer : the answer
    voices, shown : how many voices it answers, and of how many the senders agreed to be shown
    quotes : the first of these
    has_report : whether the statement it answers stands in a published report
    """

    answer: Disposition
    voices: int
    shown: int
    quotes: tuple[Voice, ...]
    has_report: bool = False
    #: the clauses with which it came here in a split or a merge; none where it led to this clause itself
    taken_over: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        """How many voices can be read beside those that are quoted."""
        return self.shown - len(self.quotes)

    @property
    def hidden(self) -> int:
        """How many voices are not shown."""
        return self.voices - self.shown


@dataclass
class Behind:
    """What stands behind one clause."""

    answers: list[Heard] = field(default_factory=list)
    evidence: list[Citation] = field(default_factory=list)
    notes: int = 0

    @property
    def voices(self) -> int:
        """How many voices the answers behind it answer."""
        return sum(one.voices for one in self.answers)

    @property
    def quotes(self) -> list[Voice]:
        """The voices that may be shown."""
        return [voice for one in self.answers for voice in one.quotes]

    @property
    def is_sourced(self) -> bool:
        """Whether anything stands behind it."""
        return bool(self.answers or self.evidence)


def behind(draft: Draft, version: int) -> dict[str, Behind]:
    """Return what stands behind each clause of a version, by its code, in a fixed number of queries.

    What stood behind a clause before a split or a merge stands behind those that came of it too, and says from where.
    """
    lines = drafts.lineage_of(draft, version)
    led = _answers_by_clause(draft, version)
    heard = {one.answer.pk: one for one in heard_by(one for own in led.values() for one in own)}
    evidence = _evidence(draft, heard)
    notes = dict(_public_notes().filter(clause__draft=draft).values_list("clause__number").annotate(Count("pk")))
    found = {}
    for code in lines.live:
        family = lines.ancestors(code)
        answers = _held(code, lines, led, heard)
        found[code] = Behind(
            answers=list(answers.values()),
            evidence=_each_once(one for key in [*sorted(family), *answers] for one in evidence.get(key, [])),
            notes=notes.get(int(code[1:]), 0),
        )
    return found


def _held(
    code: str, lines: Lineage, led: Mapping[str, list[Disposition]], heard: Mapping[Any, Heard]
) -> dict[Any, Heard]:
    """Return the answers behind a clause: its own, then those that came along with what it came from."""
    own = {one.pk for one in led.get(code, [])}
    found = {pk: heard[pk] for pk in (one.pk for one in led.get(code, [])) if str(pk) in lines.held[code]}
    origins: dict[Any, list[str]] = {}
    for each in sorted(lines.ancestors(code) - {code}, key=lambda name: int(name[1:])):
        for one in led.get(each, []):
            if one.pk not in own and str(one.pk) in lines.held[code]:
                origins.setdefault(one.pk, []).append(each)
    return found | {pk: replace(heard[pk], taken_over=tuple(codes)) for pk, codes in origins.items()}


def _each_once(citations: Iterable[Citation]) -> list[Citation]:
    """Return evidence that a clause and an answer both cite once only."""
    return list({(one.link, one.value): one for one in citations}.values())


def _answers_by_clause(draft: Draft, version: int) -> dict[str, list[Disposition]]:
    """Return the standing answers that led to changes, by the code of the clause."""
    links = ClauseVersion.dispositions.through.objects.filter(
        clauseversion__clause__draft=draft,
        clauseversion__version__lte=version,
        disposition__superseded_by=None,
    ).values_list("clauseversion__clause__number", "disposition_id")
    pairs = list(links.order_by("pk"))
    answers = _answers([answer for _number, answer in pairs])
    found: dict[str, list[Disposition]] = {}
    for number, answer in pairs:
        found.setdefault(f"C{number}", []).append(answers[answer])
    return found


def standing_behind(draft: Draft, clause: Clause) -> list[Disposition]:
    """Return the standing answers behind a clause as it is being written, in the order in which they were given."""
    held = drafts.held_by(draft, clause, draft.version + 1)
    answers = Disposition.objects.filter(pk__in=[UUID(key) for key in held], superseded_by=None)
    return list(answers.select_related("voice", "theme", "statement__conversation").order_by("at", "pk"))


def named_answers(names: Iterable[str]) -> dict[str, Disposition]:
    """Return the answers that the trace calls by these names; what names something else is left out."""
    keys = []
    for name in names:
        with suppress(ValueError):
            keys.append(UUID(name))
    return {str(pk): one for pk, one in _answers(keys).items()}


def answers_in(draft: Draft, version: int) -> dict[str, list[Heard]]:
    """Return the answers that led to the changes of one version, by the code of the clause."""
    links = list(
        ClauseVersion.dispositions.through.objects.filter(
            clauseversion__clause__draft=draft, clauseversion__version=version, disposition__superseded_by=None
        )
        .order_by("pk")
        .values_list("clauseversion__clause__number", "disposition_id")
    )
    heard = {one.answer.pk: one for one in heard_by(_answers([answer for _number, answer in links]).values())}
    found: dict[str, list[Heard]] = {}
    for number, answer in links:
        found.setdefault(f"C{number}", []).append(heard[answer])
    return found


def _answers(keys: list[Any]) -> dict[Any, Disposition]:
    return Disposition.objects.select_related("voice__source", "theme", "statement__conversation").in_bulk(keys)


def heard_by(answers: Iterable[Disposition]) -> list[Heard]:
    """Return answers with the voices that each of them answers."""
    unique = list({one.pk: one for one in answers}.values())
    counts, quotes = _of_themes({one.theme_id for one in unique if one.theme_id})
    reported = _reported({one.statement.conversation_id for one in unique if one.statement})
    found = []
    for one in unique:
        if one.theme_id:
            found.append(Heard(one, *counts.get(one.theme_id, (0, 0)), tuple(quotes.get(one.theme_id, ()))))
            continue
        own = _quoted(one.voice)
        has_report = one.statement is not None and one.statement.conversation_id in reported
        found.append(Heard(one, int(one.voice_id is not None), len(own), own, has_report))
    return found


def _reported(conversations: set[Any]) -> set[Any]:
    """Keep the conversations with a published report."""
    if not conversations:
        return set()
    runs = MapRun.objects.filter(conversation__in=conversations, is_published=True)
    return set(runs.values_list("conversation_id", flat=True))


def _quoted(voice: Voice | None) -> tuple[Voice, ...]:
    is_shown = voice is not None and voice.withdrawn_at is None and voice.source.may_publish
    return (voice,) if voice is not None and is_shown else ()


def answered_through(themes: Collection[int]) -> QuerySet[ThemeLink]:
    """Return the links of the voices that the answers to these themes answer: those without an answer of their own."""
    # any answer will do, as one of them stands: looking for that one would read all answers for each voice
    own = Disposition.objects.filter(voice=OuterRef("voice"))
    return ThemeLink.objects.filter(~Exists(own), theme__in=themes, ended_at=None, voice__withdrawn_at=None)


def _of_themes(themes: set[int]) -> tuple[Mapping[int, tuple[int, int]], Mapping[int, list[Voice]]]:
    """Count the voices that the answer to a theme answers, all and those that may be shown, and quote the first."""
    if not themes:
        return {}, {}
    links = answered_through(themes)
    is_shown = Q(voice__source__may_publish=True)
    rows = links.values_list("theme").annotate(n=Count("pk"), shown=Count("pk", filter=is_shown))
    counts = {theme: (voices, shown) for theme, voices, shown in rows}
    place = Window(RowNumber(), partition_by="theme", order_by="voice__number")
    shown = links.filter(is_shown).annotate(place=place).filter(place__lte=_QUOTES)
    quotes: dict[int, list[Voice]] = {}
    for link in shown.select_related("voice__source").order_by("theme", "voice__number"):
        quotes.setdefault(link.theme_id, []).append(link.voice)
    return counts, quotes


def _evidence(draft: Draft, answers: Iterable[Any]) -> dict[Any, list[Citation]]:
    """Return what clauses cite by their codes, and what answers cite by their ids."""
    found: dict[Any, list[Citation]] = {}
    cited = Citation.objects.filter(Q(clause__draft=draft) | Q(disposition__in=list(answers)), ended_at=None)
    for one in cited.select_related("clause"):
        found.setdefault(one.clause.code if one.clause else one.disposition_id, []).append(one)
    return found


# ---------------------------------------------------------------- one answer
@dataclass(frozen=True)
class Followed:
    """A clause that an answer changed, in the words of the last such change, and what was promised in it."""

    row: ClauseVersion
    commitments: tuple[Commitment, ...]
    #: numbers of the other clauses in which that stands today
    now: tuple[int, ...]


def followed(answer: Disposition) -> list[Followed]:
    """Return the published clauses that an answer changed, with the commitments of what became of them."""
    rows = answer.changes.filter(version__lte=F("clause__draft__version"))
    rows = rows.exclude(clause__draft__state=Draft.State.WITHDRAWN).select_related("clause__draft")
    last = {row.clause_id: row for row in rows.order_by("version")}
    texts = {row.clause.draft_id: row.clause.draft for row in last.values()}
    lines = {pk: drafts.lineage_of(draft, draft.version) for pk, draft in texts.items()}
    promised = list(public_commitments().filter(draft__in=texts).order_by("draft", "number"))
    found = []
    for row in sorted(last.values(), key=lambda each: (each.clause.draft.slug, each.clause.number)):
        draft, code = row.clause.draft_id, row.clause.code
        others = lines[draft].carriers(code, str(answer.pk)) - {code}
        own = tuple(one for one in promised if one.draft_id == draft and one.clause.code in {code, *others})
        found.append(Followed(row, own, tuple(sorted(int(name[1:]) for name in others))))
    return found


# ---------------------------------------------------------------- one clause
@dataclass(frozen=True)
class Stage:
    """A clause in one version in which something happened to it."""

    row: ClauseVersion
    before: ClauseVersion | None
    answers: list[Heard]


def stages(clause: Clause, version: int) -> list[Stage]:
    """Return what happened to a clause up to a version, the newest first; making room beside it is nothing."""
    rows = list(clause.versions.filter(version__lte=version).select_related("parent").order_by("version"))
    answers = list(
        ClauseVersion.dispositions.through.objects.filter(
            clauseversion__in=rows, disposition__superseded_by=None
        ).values_list("clauseversion_id", "disposition_id")
    )
    known = _answers([answer for _row, answer in answers])
    heard = {one.answer.pk: one for one in heard_by(known.values())}
    found, before = [], None
    for row in rows:
        led = [heard[answer] for pk, answer in answers if pk == row.pk]
        if row.kind != ClauseVersion.Kind.NONE or led:
            found.append(Stage(row, before, led))
        before = row
    return found[::-1]


def notes_of(clause: Clause) -> Any:
    """Return the notes on a clause that everyone sees, with the answers to them."""
    return _public_notes().filter(clause=clause).select_related("voice").order_by("-created_at")


def _public_notes() -> Any:
    """Return the notes that a moderator has shown, and whose authors have not taken the permission back."""
    return ClauseNote.objects.filter(state__in=PUBLIC_NOTES, voice__source__may_publish=True)


def is_kept_back(source: Source) -> bool:
    """Whether a submission is a note on a clause that a moderator has not looked at, or hides."""
    return ClauseNote.objects.filter(voice__source=source).exclude(state__in=PUBLIC_NOTES).exists()


def count_waiting_notes(consultation: Consultation) -> dict[object, int]:
    """Count the notes that nobody decided about yet, by the key of their draft, where there are any."""
    found = _standing_notes().filter(clause__draft__consultation=consultation, state=ClauseNote.State.WAITING)
    return dict(found.order_by().values_list("clause__draft").annotate(Count("pk")))


def waiting_notes(draft: Draft) -> Any:
    """Return the notes on a draft that nobody decided about yet, the oldest first."""
    return all_notes(draft).filter(state=ClauseNote.State.WAITING)


def all_notes(draft: Draft) -> Any:
    """Return every note on a draft whose author did not take it back."""
    return _standing_notes().filter(clause__draft=draft).select_related("clause", "voice__source")


def _standing_notes() -> Any:
    return ClauseNote.objects.exclude(Q(text="") & Q(proposed=""))


def waiting_first(notes: Any) -> Any:
    """Order notes: those that wait first, then the newest."""
    is_waiting = Case(When(state=ClauseNote.State.WAITING, then=0), default=1)
    return notes.order_by(is_waiting, "-created_at", "pk")
