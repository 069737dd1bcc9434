"""Consultations: who may begin one, the lists, how far one is, and its rounds with what was said in each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from minga.deliberation.models import (
    Commitment,
    Consultation,
    Conversation,
    Disposition,
    Draft,
    Participant,
    Round,
    Source,
    Theme,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import access, sources
from minga.meetings import selectors as meetings
from minga.members import selectors as members
from minga.stats.release import MIN_PERSONS, suppress

#: Kinds of organizations in whose name people are consulted.
_CONSULTING = ("government", "international", "university", "association", "civil_society")
_OWNER = "owner"
#: so many coming meetings stand on the page of a consultation
_MEETINGS = 5


# ---------------------------------------------------------------- who may begin one
def organizations_for_consultations(account: Any) -> list[Any]:
    """Return the organizations in whose name an account may consult people: those of a fitting kind that it owns."""
    person = members.person_of(account)
    if person is None:
        return []
    owned = members.running_mandates().filter(person=person, role=_OWNER, organization__isnull=False)
    return list(members.organizations_of(person).filter(pk__in=owned.values("organization"), type__in=_CONSULTING))


def may_begin(account: Any) -> bool:
    """Whether an account may begin a consultation: the secretariat, and owners of a fitting organization."""
    return bool(members.is_secretariat(account)) or bool(organizations_for_consultations(account))


def is_secretariat(account: Any) -> bool:
    """Whether an account works for the secretariat today."""
    return bool(members.is_secretariat(account))


def owners_of(consultation: Consultation) -> list[Any]:
    """Return the people who lead it without a task of their own: the owners of the organization that asks."""
    owners = members.running_mandates().filter(role=_OWNER, organization=consultation.organization_id)
    owners = owners.exclude(organization=None).exclude(person=None).select_related("person").order_by("person__name")
    return list(dict.fromkeys(one.person for one in owners))


# ---------------------------------------------------------------- lists
def listed(
    *, state: str = "", country: str = "", level: str = "", among: Collection[str] | None = None
) -> QuerySet[Consultation]:
    """Return the consultations that everyone may see and that pass the filters, open ones first.

    `among` holds words of addresses, such as a search found; None filters nothing.
    """
    open_first = Case(When(state=Consultation.State.OPEN, then=0), default=1)
    found = access.public_consultations().select_related("organization").order_by(open_first, "-opened_at", "pk")
    if among is not None:
        found = found.filter(slug__in=among)
    for name, value in (("state", state), ("country", country), ("level", level)):
        if value:
            found = found.filter(**{name: value})
    return found


def countries_of_consultations() -> list[str]:
    """Return the codes of countries that a public consultation has, each once."""
    named = access.public_consultations().exclude(country="").order_by()
    return sorted(named.values_list("country", flat=True).distinct())


# ---------------------------------------------------------------- voices that wait
def standing_voices(consultation: Consultation) -> QuerySet[Voice]:
    """Return the voices of a consultation that nobody took back."""
    return consultation.voices.filter(withdrawn_at=None)


def shown_voices(voices: QuerySet[Voice]) -> QuerySet[Voice]:
    """Keep the voices whose senders agreed to be shown, that nobody took back, and that the team has read.

    What comes by the open form may name people: it waits until somebody has put it under a theme or answered it.
    """
    themed = ThemeLink.objects.filter(voice=OuterRef("pk"))
    answered = Disposition.objects.filter(voice=OuterRef("pk"))
    is_read = ~Q(source__kind=Source.Kind.FORM) | Exists(themed) | Exists(answered)
    return voices.filter(is_read, withdrawn_at=None, source__may_publish=True)


def unsorted_voices(consultation: Consultation) -> QuerySet[Voice]:
    """Return voices in which nobody has found a theme, and that have no answer of their own."""
    linked = ThemeLink.objects.filter(voice=OuterRef("pk"), ended_at=None)
    answered = Disposition.objects.filter(voice=OuterRef("pk"))
    return standing_voices(consultation).filter(~Exists(linked), ~Exists(answered))


def unanswered_voices(consultation: Consultation) -> QuerySet[Voice]:
    """Return voices without an answer, neither their own nor through a theme."""
    own = Disposition.objects.filter(voice=OuterRef("pk"))
    by_theme = ThemeLink.objects.filter(voice=OuterRef("pk"), ended_at=None).filter(
        Q(theme__dispositions__isnull=False) | Q(theme__merged_into__dispositions__isnull=False)
    )
    return standing_voices(consultation).filter(~Exists(own), ~Exists(by_theme))


def people_took_part(consultation: Consultation) -> bool:
    """Whether anybody joined a conversation of the consultation."""
    return Participant.objects.filter(conversation__consultation=consultation).exists()


# ---------------------------------------------------------------- how far it is
@dataclass(frozen=True)
class Progress:
    """What is there and what is done, as counts; the steps of the page are made of it."""

    voices: int
    unsorted: int
    unanswered: int
    #: letters and other sources that nobody has looked through: voices may be hidden in them
    unread: int
    themes: int
    versions: int
    adopted_drafts: int
    commitments: int
    commitments_ended: int
    is_open: bool
    #: in preparation nothing comes in yet
    is_draft: bool = False

    def steps(self) -> list[tuple[str, str]]:
        """Return the six steps, each with "done", "now" or "later"."""
        closed = not self.is_open
        all_answered = closed and self.unanswered == 0 and self.unread == 0
        done = {
            "take_in": closed,
            "sort": closed and self.unsorted == 0 and self.unread == 0,
            "answer": all_answered,
            "draft": closed and self.versions > 0,
            "adopt": self.adopted_drafts > 0,
            "follow_up": self.commitments > 0 and self.commitments == self.commitments_ended,
        }
        begun = {
            "take_in": self.voices > 0 or not self.is_draft,
            "sort": self.themes > 0 or closed,
            "answer": self.unanswered < self.voices,
            "draft": self.versions > 0 or all_answered,
            "adopt": all_answered and self.versions > 0,
            "follow_up": self.commitments > 0,
        }
        return [(name, "done" if done[name] else "now" if begun[name] else "later") for name in done]


def progress(consultation: Consultation) -> Progress:
    """Count what a consultation holds."""
    drafts = consultation.drafts.exclude(state=Draft.State.WITHDRAWN)
    promised = Commitment.objects.filter(draft__consultation=consultation)
    ended = promised.filter(status__in=(Commitment.Status.DONE, Commitment.Status.DROPPED))
    return Progress(
        voices=standing_voices(consultation).count(),
        unsorted=unsorted_voices(consultation).count(),
        unanswered=unanswered_voices(consultation).count(),
        unread=sources.waiting(consultation).count(),
        themes=Theme.objects.filter(consultation=consultation, retired_at=None).count(),
        versions=drafts.filter(version__gt=0).count(),
        adopted_drafts=drafts.filter(state=Draft.State.ADOPTED).count(),
        commitments=promised.count(),
        commitments_ended=ended.count(),
        is_open=consultation.state in {Consultation.State.DRAFT, Consultation.State.OPEN},
        is_draft=consultation.state == Consultation.State.DRAFT,
    )


def open_until(consultation: Consultation) -> Any:
    """Return the last day that everyone is told: the planned one, else that of the rounds that are open today.

    None where it is not open, where no day is known, or where a round stays open without an end.
    """
    if not consultation.is_open:
        return None
    if consultation.closes_on:
        return consultation.closes_on
    days = [one.closes_on for one in open_rounds(consultation)]
    return max(days) if days and all(days) else None


# ---------------------------------------------------------------- rounds
@dataclass
class RoundCounts:
    """A round with what was said in it and in the rounds that roll up into it."""

    round: Round
    depth: int
    #: voices of this round with its parts: all of them, for the team; and for everyone, None where withheld
    heard: int
    voices: int | None
    #: people who took part, with parts: senders, and participants of conversations; None where withheld
    senders: int | None
    participants: int | None
    children: list[RoundCounts] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the round takes voices in today."""
        return is_round_open(self.round)


def is_round_open(round: Round) -> bool:
    """Whether a round takes voices in today, by its dates."""
    today = timezone.localdate()
    return (round.opens_on or today) <= today <= (round.closes_on or today)


def open_rounds(consultation: Consultation) -> list[Round]:
    """Return the rounds for which somebody may speak today."""
    return [one for one in consultation.rounds.all() if is_round_open(one)]


def with_ancestors(round: Round) -> list[Round]:
    """Return a round and those of larger places into which it rolls up, the nearest first."""
    chain: list[Round] = []
    current: Round | None = round
    while current is not None and current not in chain:
        chain.append(current)
        current = current.parent
    return chain


def round_counts(consultation: Consultation) -> list[RoundCounts]:
    """Return all rounds as a list in the order of the tree, each followed by its parts.

    Counts of people follow the one disclosure policy: fewer than five are withheld, and so is what would tell them by
    subtraction. Where senders are withheld, so are their voices: one voice is of one sender.
    """
    rounds = list(consultation.rounds.select_related("parent").order_by("number"))
    voices = dict(standing_voices(consultation).order_by().values_list("source__round").annotate(n=Count("pk")))
    # whoever took everything back has not sent anything
    spoken = Voice.objects.filter(source=OuterRef("pk"))
    sent = consultation.sources.filter(~Exists(spoken) | Exists(spoken.filter(withdrawn_at=None)))
    senders = dict(sent.order_by().values_list("round").annotate(n=Count("pk")))
    talks = Conversation.objects.filter(consultation=consultation)
    joined = dict(
        Participant.objects.filter(conversation__in=talks, banned_at=None)
        .order_by()
        .values_list("conversation__round")
        .annotate(n=Count("pk"))
    )
    return _tree(rounds, voices, _released(rounds, senders), _released(rounds, joined))


def _tree(
    rounds: list[Round],
    voices: dict[int | None, int],
    senders: dict[int, int | None],
    joined: dict[int, int | None],
) -> list[RoundCounts]:
    laid: list[RoundCounts] = []

    def lay(parent: int | None, depth: int) -> list[RoundCounts]:
        made = []
        for one in rounds:
            if one.parent_id != parent:
                continue
            counted = RoundCounts(one, depth, voices.get(one.pk, 0), None, senders[one.pk], joined[one.pk])
            laid.append(counted)
            counted.children = lay(one.pk, depth + 1)
            counted.heard += sum(child.heard for child in counted.children)
            counted.voices = None if counted.senders is None else counted.heard
            made.append(counted)
        return made

    lay(None, 0)
    return laid


def _released(rounds: list[Round], own: dict[int | None, int]) -> dict[int, int | None]:
    """Roll people up the tree and withhold what tells of fewer than five, from the largest place downwards."""
    children: dict[int | None, list[Round]] = {}
    for one in rounds:
        children.setdefault(one.parent_id, []).append(one)

    def total(one: Round) -> int:
        return own.get(one.pk, 0) + sum(total(child) for child in children.get(one.pk, ()))

    least = max(settings.MIN_PERSONS, MIN_PERSONS)
    shown: dict[int, int | None] = {}

    def release(parts: Iterable[Round], rest: int, is_hidden: bool) -> None:
        listed = list(parts)
        # what was said in the larger place itself is a cell too: it is the rest of the published total
        counts = np.array([*(total(one) for one in listed), rest], dtype=np.int64)
        cells = np.zeros(len(counts), dtype=np.int64)
        reasons = suppress(counts, least, parents=cells, parent_hidden=np.array([is_hidden]))
        for one, count, reason in zip(listed, counts, reasons, strict=False):
            shown[one.pk] = None if reason and count else int(count)
            release(children.get(one.pk, ()), own.get(one.pk, 0), shown[one.pk] is None)

    release(children.get(None, ()), own.get(None, 0), is_hidden=False)
    return shown


def below(counted: RoundCounts) -> list[RoundCounts]:
    """Return the rounds that roll up into one, each followed by its own parts."""
    return [one for child in counted.children for one in (child, *below(child))]


# ---------------------------------------------------------------- ways to speak
def open_conversations(consultation: Consultation) -> QuerySet[Conversation]:
    """Return the conversations in which everyone can take part now."""
    return consultation.conversations.filter(state=Conversation.State.OPEN).order_by("created_at")


def public_conversations(consultation: Consultation, round: Round) -> QuerySet[Conversation]:
    """Return the conversations of a round that were opened."""
    return consultation.conversations.filter(round=round).exclude(state=Conversation.State.DRAFT).order_by("created_at")


def coming_meetings(consultation: Consultation) -> list[Any]:
    """Return the next public meetings to which the organization that asks invites."""
    if consultation.organization_id is None:
        return []
    hosted = meetings.public_meetings().filter(organization=consultation.organization_id)
    return list(meetings.coming(hosted).exclude(state="cancelled")[:_MEETINGS])
