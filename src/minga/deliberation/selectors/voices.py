"""Voices as everyone may read them, and the way of each from its words to what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from minga.deliberation.engine.audit import receipt
from minga.deliberation.engine.differences import Piece, differences
from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import (
    Commitment,
    Consultation,
    Disposition,
    Draft,
    Source,
    Theme,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import answering, citing, consulting, theming, tracing
from minga.web.numbers import read_number

#: An answer filter: voices that wait for one.
WAITING = "waiting"


# ---------------------------------------------------------------- which voices
def public_voices(consultation: Consultation) -> QuerySet[Voice]:
    """Return the voices of a consultation that everyone may read, as `consulting.shown_voices` says."""
    return consulting.shown_voices(consultation.voices.all()).order_by("number")


def find_public(consultation: Consultation, number: int) -> Voice:
    """Return a voice that everyone may read.

    Raises
    ------
    Http404
        There is none, it may not be shown yet or at all, or it was taken back.
    """
    found = public_voices(consultation).select_related("source").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def sifted(
    voices: QuerySet[Voice], consultation: Consultation, *, words: str = "", theme: str = "", language: str = "",
    answer: str = "",
) -> QuerySet[Voice]:  # fmt: skip
    """Keep voices by their words, a theme's number, a language, and their answer."""
    voices = theming.holding(voices, words)
    if (number := read_number(theme)) is not None:
        linked = ThemeLink.objects.filter(voice=OuterRef("pk"), theme__number=number, ended_at=None)
        voices = voices.filter(Exists(linked))
    if language:
        voices = voices.filter(language=language)
    if answer == WAITING:
        return voices.filter(pk__in=consulting.unanswered_voices(consultation).values("pk"))
    if answer in Disposition.Answer.values:
        return voices.filter(_answered(consultation, answer))
    return voices


def _answered(consultation: Consultation, answer: str) -> Q:
    """Find voices with such an answer: their own, or without one that of a theme."""
    standing = theming.standing_answers(consultation)
    own = standing.filter(voice=OuterRef("pk"))
    themes = standing.filter(answer=answer).exclude(theme=None).values("theme")
    through = ThemeLink.objects.filter(voice=OuterRef("pk"), theme__in=themes, ended_at=None)
    return Q(Exists(own.filter(answer=answer))) | (~Q(Exists(own)) & Q(Exists(through)))


def languages_of(voices: QuerySet[Voice]) -> list[str]:
    """Return the languages in which these voices speak, each once."""
    return sorted(set(voices.order_by().exclude(language="").values_list("language", flat=True)))


# ---------------------------------------------------------------- the way of a voice
@dataclass(frozen=True)
class Today:
    """A clause as it reads in the version that is in force."""

    draft: Draft
    number: int
    heading: str
    text: str
    #: whether these are the words that the page shows just before
    is_same: bool = False

    @property
    def code(self) -> str:
        """The permanent name of the clause."""
        return f"C{self.number}"


@dataclass(frozen=True)
class Change:
    """What became of a clause: its names, its words before and after, where they stand today, and what was promised."""

    draft: Draft
    number: int
    version: int
    kind: str
    #: heading and text
    before: tuple[str, str]
    after: tuple[str, str]
    stands: bool
    now: tuple[Today, ...]
    commitments: tuple[Commitment, ...]

    @property
    def code(self) -> str:
        """The permanent name of the clause."""
        return f"C{self.number}"

    @property
    def heading(self) -> tuple[Piece, ...]:
        """What stayed, was removed and was added in its heading."""
        return differences(self.before[0], self.after[0])

    @property
    def text(self) -> tuple[Piece, ...]:
        """What stayed, was removed and was added in its text."""
        return differences(self.before[1], self.after[1])


@dataclass(frozen=True)
class Answer:
    """An answer on the way of a voice: through which theme, what it says, what it led to and rests on."""

    answer: Disposition
    theme: Theme | None
    earlier: tuple[Disposition, ...]
    changes: tuple[Change, ...]
    #: the clauses in which the one that covers it lives on, where it is not in its own
    covered_now: tuple[Today, ...]
    #: link as the page shows it, label, value when cited, day, and the value of today where it is another one
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Story:
    """The way of one voice."""

    voice: Voice
    status: str
    themes: tuple[Theme, ...]
    answers: tuple[Answer, ...]
    #: voices that say the same and were answered first
    same_as: tuple[Story, ...]


def stories(consultation: Consultation, voices: Iterable[Voice]) -> list[Story]:
    """Tell the way of each of these voices, from its words to the commitments."""
    wanted = list(voices)
    trace = tracing.trace_of(consultation, voices=[voice.pk for voice in wanted])
    teller = _Teller(consultation, trace)
    return [teller.told(receipt(trace, voice.code)) for voice in wanted]


class _Teller:
    """Turns the names in receipts into rows; everything is asked for once."""

    def __init__(self, consultation: Consultation, trace: Trace) -> None:
        # a story tells of the voice that said it first too, which need not be one that everyone may read
        shown = consulting.shown_voices(Voice.objects.filter(pk=OuterRef("pk")))
        told = Voice.objects.filter(consultation=consultation, number__in=_numbers(trace.voices["voice"]))
        self.voices = _by_code(told.annotate(is_shown=Exists(shown)))
        self.themes = _by_code(
            Theme.objects.filter(consultation=consultation, number__in=_numbers(trace.links["theme"]))
        )
        answers = Disposition.objects.filter(pk__in=trace.dispositions["disposition"].to_list())
        self.answers = {str(one.pk): one for one in answering.with_covering(answers).select_related("theme")}
        self.drafts = {one.slug: one for one in consultation.drafts.all()}
        self.lines = trace.lineage
        self.now = citing.changed_values(trace)
        self.commitments: dict[tuple[str, int], list[Commitment]] = {}
        promised = Commitment.objects.filter(draft__consultation=consultation, draft__state=Draft.State.ADOPTED)
        for one in promised.select_related("clause__draft").order_by("number"):
            self.commitments.setdefault((one.clause.draft.slug, one.clause.number), []).append(one)

    def told(self, told: Mapping[str, Any]) -> Story:
        return Story(
            voice=self.voices[told["voice"]],
            status=told["status"],
            themes=tuple(self.themes[name] for name in told["themes"]),
            answers=tuple(self._answer(one) for one in told["answers"]),
            same_as=tuple(self.told(one) for one in told["same_as"]),
        )

    def _answer(self, told: Mapping[str, Any]) -> Answer:
        return Answer(
            answer=self.answers[told["disposition"]],
            theme=self.themes.get(told["theme"]) if told["theme"] else None,
            earlier=tuple(self.answers[one["disposition"]] for one in told["earlier"]),
            changes=tuple(_told_once([self._change(one) for one in told["changes"]])),
            covered_now=self._lives_on(told["covered_by"]),
            evidence=tuple(
                one | {"address": citing.shown_link(one["link"]), "now": self.now.get(one["link"], "")}
                for one in told["evidence"]
            ),
        )

    def _change(self, told: Mapping[str, Any]) -> Change:
        slug, number = _clause(told["clause"])
        names = [_clause(one) for one in told["now"]]
        after = (told["heading_after"] or "", told["after"] or "")
        return Change(
            draft=self.drafts[slug],
            number=number,
            version=told["version"],
            kind=told["kind"],
            before=(told["heading_before"] or "", told["before"] or ""),
            after=after,
            stands=told["stands"],
            now=tuple(self._today(*one, after if one == (slug, number) else None) for one in sorted(names)),
            commitments=tuple(
                one for name in dict.fromkeys([(slug, number), *names]) for one in self.commitments.get(name, [])
            ),
        )

    def _today(self, slug: str, number: int, shown: tuple[str, str] | None = None) -> Today:
        name = f"{slug}/C{number}"
        words = (self.lines.heading(name) or "", self.lines.words(name) or "")
        return Today(self.drafts[slug], number, *words, is_same=words == shown)

    def _lives_on(self, clause: str | None) -> tuple[Today, ...]:
        """Return the clauses that came of one, where it stands no longer itself."""
        if clause is None or clause in self.lines.live:
            return ()
        heirs = self.lines.descendants(clause) & self.lines.live
        return tuple(self._today(*one) for one in sorted(map(_clause, heirs)))


def _told_once(changes: list[Change]) -> list[Change]:
    """Name what stands today, and what was promised, at the last change that led there, and not at each version."""
    named: set[Any] = set()
    found = []
    for change in reversed(changes):
        own = tuple(one for one in change.commitments if one.pk not in named)
        now = tuple(one for one in change.now if (one.draft.slug, one.code) not in named)
        named |= {one.pk for one in own} | {(one.draft.slug, one.code) for one in now}
        found.append(replace(change, commitments=own, now=now))
    return found[::-1]


def _by_code(rows: QuerySet[Any]) -> dict[str, Any]:
    return {row.code: row for row in rows}


def _numbers(codes: Any) -> list[int]:
    return [int(code[1:]) for code in codes.unique().to_list()]


def _clause(name: str) -> tuple[str, int]:
    slug, _slash, code = name.rpartition("/")
    return slug, int(code[1:])


# ---------------------------------------------------------------- receipts
def voices_of(source: Source) -> list[Voice]:
    """Return the voices of a submission, taken back or not, in their order."""
    return list(source.voices.order_by("number"))


def submissions_of(account: Any) -> QuerySet[Source]:
    """Return what an account sent, the last one first."""
    if not getattr(account, "is_authenticated", False):
        return Source.objects.none()
    return Source.objects.filter(account=account).select_related("consultation").order_by("-received_at", "-number")
