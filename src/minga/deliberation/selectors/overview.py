"""The parts of a consultation as its public page and its desk list them; each subject adds its own small function.

A function takes a consultation and yields entries, none where there is nothing to show. `@public(order)` puts them on
the public page, `@desk(order, *tasks)` on the desk of whoever has one of these tasks; a lower order stands first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models import Consultation, Draft, TeamMember
from minga.deliberation.selectors import (
    access,
    answering,
    commitments,
    consulting,
    moderating,
    publishing,
    sourcing,
    themes,
    theming,
    voices,
)
from minga.deliberation.selectors.sources import waiting as unread
from minga.deliberation.wording_consulting import shown
from minga.meetings import selectors as meetings

Words = str | Promise
Task = TeamMember.Task


@dataclass(frozen=True)
class Part:
    """One entry: where it leads, what there is, and on the desk how much of it waits for somebody."""

    label: Words
    url: str
    #: a whole sentence in the words of the page: what is there, or what one can do there
    about: Words = ""
    #: how many there are; None where counting says nothing
    count: int | None = None
    #: how many wait for somebody; the desk shows parts with something waiting first
    waiting: int = 0
    #: how many are late
    overdue: int = 0
    is_sample: bool = False


Lister = Callable[[Consultation], Iterable[Part]]

_PUBLIC: list[tuple[int, Lister]] = []
_DESK: list[tuple[int, frozenset[str], Lister]] = []


def public(order: int) -> Callable[[Lister], Lister]:
    """Register what the public page of a consultation shows."""

    def register(function: Lister) -> Lister:
        _PUBLIC.append((order, function))
        return function

    return register


def desk(order: int, *tasks: str) -> Callable[[Lister], Lister]:
    """Register what the desk shows to people with one of these tasks, to the whole team where none is named."""

    def register(function: Lister) -> Lister:
        _DESK.append((order, frozenset(tasks or Task.values), function))
        return function

    return register


def public_parts(consultation: Consultation) -> list[Part]:
    """Return what everyone finds on the page of a consultation, in order."""
    return [part for _order, lister in sorted(_PUBLIC, key=_place) for part in lister(consultation)]


def desk_parts(consultation: Consultation, tasks: Collection[str]) -> list[Part]:
    """Return what somebody with these tasks finds on the desk: what waits first, otherwise in order."""
    return sorted(desk_in_order(consultation, tasks), key=lambda part: (part.overdue == 0, part.waiting == 0))


def desk_in_order(consultation: Consultation, tasks: Collection[str]) -> list[Part]:
    """Return the same in the order in which it always stands."""
    held = frozenset(tasks)
    shown = [lister for _order, needed, lister in sorted(_DESK, key=_place) if held & needed]
    return [part for lister in shown for part in lister(consultation)]


def _place(entry: tuple[int, *tuple[object, ...]]) -> int:
    return entry[0]


# Parts stand below, by subject. An entry's address is made by `reverse("deliberation:<name>", args=[...])`.


# ---------------------------------------------------------------- taking in
@desk(100, Task.ANALYST)
def sources(consultation: Consultation) -> Iterable[Part]:
    """Lead to what came in, and to taking more in."""
    yield Part(
        label=_("Sources"),
        url=reverse("deliberation:sources", args=[consultation.slug]),
        about=_("Everything that came in, as it came; letters wait to be split into voices."),
        count=consultation.sources.count(),
        waiting=unread(consultation).count(),
    )
    if consultation.state == Consultation.State.ADOPTED:
        return  # nothing can be taken in any more
    yield Part(
        label=_("Take in what was sent"),
        url=reverse("deliberation:upload", args=[consultation.slug]),
        about=_("Letters, e-mails, spreadsheets, notes of workshops, one by one or hundreds at once."),
    )


# ---------------------------------------------------------------- the consultation itself
@desk(900, Task.LEAD)
def rounds(consultation: Consultation) -> Iterable[Part]:
    """Lead to the rounds."""
    yield Part(
        label=_("Rounds"),
        url=reverse("deliberation:rounds", args=[consultation.slug]),
        about=_("Parts of the consultation by country, region and city, which roll up."),
        count=consultation.rounds.count(),
    )


@desk(910, Task.LEAD)
def team(consultation: Consultation) -> Iterable[Part]:
    """Lead to the people who work on it."""
    yield Part(
        label=_("Team"),
        url=reverse("deliberation:team", args=[consultation.slug]),
        about=_("Who works on it, and on what."),
        count=len(access.people_of(consultation)) or None,
    )


@desk(920, Task.LEAD)
def settings(consultation: Consultation) -> Iterable[Part]:
    """Lead to what the consultation says of itself."""
    yield Part(
        label=_("Settings"),
        url=reverse("deliberation:settings", args=[consultation.slug]),
        about=_("Its words in several languages, its rules, and the population with which it is compared."),
    )


# ---------------------------------------------------------------- files and commitments
@public(700)
def public_commitments(consultation: Consultation) -> Iterable[Part]:
    """Lead to what was promised."""
    found = commitments.counted(commitments.of_consultation(consultation))
    if found.all:
        yield Part(
            label=_("Commitments"),
            url=reverse("deliberation:consultation_commitments", args=[consultation.slug]),
            about=_("Who does what until when, and how far it is."),
            count=found.all,
            overdue=found.overdue,
            is_sample=consultation.is_sample,
        )


@public(710)
def public_replies(consultation: Consultation) -> Iterable[Part]:
    """Lead to the answers as a page and as files."""
    if publishing.has_public_replies(consultation):
        yield Part(
            label=_("All answers on one page"),
            url=reverse("deliberation:replies_file", args=[consultation.slug, "html"]),
            about=_("Every voice with its answer; words only where their sender agreed."),
            is_sample=consultation.is_sample,
        )


@public(720)
def public_trace(consultation: Consultation) -> Iterable[Part]:
    """Lead to the tables with which anybody can count again."""
    if publishing.has_public_replies(consultation):
        yield Part(
            label=_("From voices to clauses, as tables"),
            url=reverse("deliberation:trace_file", args=[consultation.slug]),
            about=_(
                "Voices, themes, answers, clauses and evidence in one ZIP file, to count again what stands here; words "
                "only where their sender agreed."
            ),
            is_sample=consultation.is_sample,
        )


@desk(700)
def desk_commitments(consultation: Consultation) -> Iterable[Part]:
    """Remind the team of what is late."""
    if consultation.drafts.filter(state=Draft.State.ADOPTED).exists():
        found = commitments.counted(commitments.of_consultation(consultation))
        yield Part(
            label=_("Commitments"),
            url=reverse("deliberation:desk_commitments", args=[consultation.slug]),
            about=_("What follows from the adopted text: make commitments, and report how far they are."),
            count=found.all,
            overdue=found.overdue,
        )


@desk(890)
def desk_files(consultation: Consultation) -> Iterable[Part]:
    """Lead to everything that can be taken along."""
    yield Part(
        label=_("Files to take along"),
        url=reverse("deliberation:desk_files", args=[consultation.slug]),
        about=_("Drafts and answers as Word files, pages, tables and for other programs."),
    )


# ---------------------------------------------------------------- reports and moderation of conversations
@public(260)
def public_reports(consultation: Consultation) -> Iterable[Part]:
    """Lead to the published reports of conversations."""
    for talk in consultation.conversations.filter(maps__is_published=True).order_by("created_at"):
        yield Part(
            label=_("Report: %(title)s") % {"title": shown(talk).title},
            url=reverse("deliberation:report", args=[talk.slug]),
            about=_("What people agree on, what divides them, and which groups of opinion there are."),
            is_sample=talk.is_sample,
        )


@desk(200, Task.MODERATOR)
def desk_moderation(consultation: Consultation) -> Iterable[Part]:
    """Remind of statements that wait, and of votes that stand out."""
    waiting, flags = moderating.waiting_in(consultation), moderating.open_flags_in(consultation)
    for talk in consultation.conversations.order_by("created_at"):
        yield Part(
            label=_("Moderate: %(title)s") % {"title": shown(talk).title},
            url=reverse("deliberation:queue", args=[talk.slug]),
            about=_("Statements that wait for a decision. Until then nobody else sees them.")
            if talk.is_strict
            else _("Statements are shown at once; look at the new ones."),
            waiting=waiting.get(talk.pk, 0),
        )
        if talk.pk in flags:
            yield Part(
                label=_("Flagged votes: %(title)s") % {"title": shown(talk).title},
                url=reverse("deliberation:flags", args=[talk.slug]),
                about=_("Votes that stand out. Look at them; nothing is left out by itself."),
                waiting=flags[talk.pk],
            )


@desk(210)
def desk_reports(consultation: Consultation) -> Iterable[Part]:
    """Lead the team to the maps of conversations."""
    for talk in consultation.conversations.order_by("created_at"):
        yield Part(
            label=_("Report: %(title)s") % {"title": shown(talk).title},
            url=reverse("deliberation:report", args=[talk.slug]),
            about=_("The newest map; publish it when you have looked at it."),
        )


@desk(220, Task.LEAD)
def desk_conversations(consultation: Consultation) -> Iterable[Part]:
    """Lead to the set-up of conversations, and to a new one."""
    for talk in consultation.conversations.order_by("created_at"):
        yield Part(
            label=_("Set-up: %(title)s") % {"title": shown(talk).title},
            url=reverse("deliberation:set_up", args=[talk.slug]),
            about=_("First statements, who may take part, opening and closing."),
        )
    yield Part(
        label=_("Set up a conversation"),
        url=reverse("deliberation:conversation_new", args=[consultation.slug]),
        about=_("People vote on short statements, and add their own."),
    )


# ---------------------------------------------------------------- drafts
@public(600)
def public_drafts(consultation: Consultation) -> Iterable[Part]:
    """Lead to the drafts of which a version is published."""
    for draft in consultation.drafts.filter(version__gt=0).exclude(state=Draft.State.WITHDRAWN):
        yield Part(
            label=draft.title,
            url=reverse("deliberation:draft", args=[consultation.slug, draft.slug]),
            about=_("The adopted text, with the voices behind each clause.")
            if draft.state == Draft.State.ADOPTED
            else _("The draft, with the voices behind each clause. Comment on it, or propose other words."),
            is_sample=consultation.is_sample,
        )


@desk(600, Task.EDITOR)
def desk_drafts(consultation: Consultation) -> Iterable[Part]:
    """Lead to the drafts, and remind of answers that no clause carries yet."""
    yield Part(
        label=_("Drafts"),
        url=reverse("deliberation:desk_drafts", args=[consultation.slug]),
        about=_("Write the text clause by clause, publish its versions, and say which answers led to each change."),
        count=consultation.drafts.count(),
        waiting=answering.still_to_carry(consultation).count(),
    )


@desk(610, Task.EDITOR, Task.MODERATOR)
def desk_notes(consultation: Consultation) -> Iterable[Part]:
    """Remind of notes that nobody looked at."""
    waiting = sourcing.count_waiting_notes(consultation)
    for draft in consultation.drafts.filter(version__gt=0, state=Draft.State.WRITING):
        yield Part(
            label=_("Notes of readers: %(title)s") % {"title": draft.title},
            url=reverse("deliberation:desk_notes", args=[consultation.slug, draft.slug]),
            about=_("Comments and other words that people propose for clauses."),
            waiting=waiting.get(draft.pk, 0),
        )


# ---------------------------------------------------------------- themes, answers, coverage
@public(300)
def public_voices(consultation: Consultation) -> Iterable[Part]:
    """Lead to what people said, once there is something to show."""
    shown = voices.public_voices(consultation).count()
    if shown:
        yield Part(
            label=_("Voices"),
            url=reverse("deliberation:voices", args=[consultation.slug]),
            about=_("What people said, in their own words, and what became of it.")
            if shown == consulting.standing_voices(consultation).count()
            else _("What people said and became of it. Only those voices stand here whose words may be shown."),
            count=shown,
            is_sample=consultation.is_sample,
        )


@public(305)
def public_themes(consultation: Consultation) -> Iterable[Part]:
    """Lead to what voices are about, once a theme was found in one."""
    found = themes.listed(consultation).count()
    if found:
        yield Part(
            label=_("Themes"),
            url=reverse("deliberation:public_themes", args=[consultation.slug]),
            about=_("What people speak of, how many do, and what they were answered."),
            count=found,
            is_sample=consultation.is_sample,
        )


@public(310)
def public_coverage(consultation: Consultation) -> Iterable[Part]:
    """Lead to how much was answered, once there is a voice."""
    if consulting.standing_voices(consultation).exists():
        yield Part(
            label=_("How many were answered"),
            url=reverse("deliberation:coverage", args=[consultation.slug]),
            about=_("What was sorted, answered and carried into the text, counted voice by voice, and for whom."),
            is_sample=consultation.is_sample,
        )


@desk(400, Task.ANALYST)
def desk_themes(consultation: Consultation) -> Iterable[Part]:
    """Remind of voices that nobody sorted."""
    yield Part(
        label=_("Themes"),
        url=reverse("deliberation:themes", args=[consultation.slug]),
        about=_("Find what each voice is about, several at once; the codebook keeps its history."),
        count=theming.in_use(consultation).count(),
        waiting=consulting.unsorted_voices(consultation).count(),
    )


@desk(410, Task.ANALYST)
def desk_answers(consultation: Consultation) -> Iterable[Part]:
    """Remind of voices, and of statements all groups stand behind, that are owed an answer."""
    owed = consulting.unanswered_voices(consultation).count()
    yield Part(
        label=_("Answers"),
        url=reverse("deliberation:answers", args=[consultation.slug]),
        about=_("Every voice is owed an answer, through its theme or its own."),
        waiting=owed + len(answering.consensus_without_answer(consultation)),
    )


# ---------------------------------------------------------------- meetings
@public(290)
def public_meetings(consultation: Consultation) -> Iterable[Part]:
    """Show the public meetings in which something was said that became a voice."""
    heard = consultation.sources.exclude(meeting=None).order_by().values("meeting")
    for meeting in meetings.public_meetings().filter(pk__in=heard).order_by("starts_at"):
        yield Part(
            label=meeting.title,
            url=reverse("meetings:meeting", args=[meeting.pk]),
            about=_("A meeting: what was said there became voices of this consultation."),
            is_sample=meeting.is_sample,
        )
