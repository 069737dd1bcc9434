"""Themes as everyone may read them: how many voices say each, what they were answered, and what came of it.

Voices are counted and never their senders: who sent them is told by no theme. Every voice stands with its theme in the
file of answers too, shown or not, so no count of voices is withheld.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from minga.deliberation.engine.lineage import Lineage
from minga.deliberation.engine.trace import ACCEPTED
from minga.deliberation.models import (
    Citation,
    ClauseVersion,
    Commitment,
    Consultation,
    Disposition,
    Draft,
    Theme,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import answering, consulting, drafts, theming
from minga.deliberation.selectors.commitments import public_commitments
from minga.deliberation.selectors.voices import public_voices


# ---------------------------------------------------------------- which themes, and how many voices
@dataclass(frozen=True)
class Said:
    """A theme with its voices counted: all, those everyone may read, those answered for themselves; and its answer."""

    theme: Theme
    voices: int
    shown: int
    alone: int
    answer: Disposition | None

    @property
    def is_accepted(self) -> bool:
        """Whether its answer says yes, at least in part."""
        return self.answer is not None and self.answer.answer in ACCEPTED


def with_a_theme(consultation: Consultation) -> QuerySet[Voice]:
    """Return the voices, shown or not, in which somebody found a theme."""
    linked = ThemeLink.objects.filter(voice=OuterRef("pk"), ended_at=None)
    return consulting.standing_voices(consultation).filter(Exists(linked))


def public_themes(consultation: Consultation) -> QuerySet[Theme]:
    """Return the themes that somebody ever found in a voice, or answered; such a theme keeps its page."""
    found = Exists(ThemeLink.objects.filter(theme=OuterRef("pk")))
    return consultation.themes.filter(found | Exists(Disposition.objects.filter(theme=OuterRef("pk"))))


def listed(consultation: Consultation) -> QuerySet[Theme]:
    """Return the themes in use, those with the most voices first."""
    standing = Q(links__ended_at=None, links__voice__withdrawn_at=None, links__isnull=False)
    in_use = public_themes(consultation).filter(retired_at=None, merged_into=None)
    return in_use.annotate(n=Count("links", filter=standing)).order_by("-n", "number")


def ended(consultation: Consultation) -> QuerySet[Theme]:
    """Return the themes that were merged into others or taken out of use."""
    found = public_themes(consultation).exclude(retired_at=None, merged_into=None)
    return found.select_related("merged_into").order_by("number")


def find(consultation: Consultation, number: int) -> Theme:
    """Return a theme by its number.

    Raises
    ------
    Http404
        There is none, or nobody found it in a voice yet.
    """
    found = public_themes(consultation).select_related("merged_into").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def counted(consultation: Consultation, themes: Iterable[Theme]) -> list[Said]:
    """Count the voices of themes, in two queries for however many themes and voices."""
    known = list(themes)
    own = theming.standing_answers(consultation).filter(voice=OuterRef("voice"))
    public = public_voices(consultation).filter(pk=OuterRef("voice"))
    links = ThemeLink.objects.filter(theme__in=known, ended_at=None, voice__withdrawn_at=None)
    marked = links.annotate(is_alone=Exists(own), is_shown=Exists(public)).order_by()
    rows = marked.values_list("theme").annotate(
        n=Count("pk"), shown=Count("pk", filter=Q(is_shown=True)), alone=Count("pk", filter=Q(is_alone=True))
    )
    counts = {theme: tuple(found) for theme, *found in rows}
    answers = answering.with_covering(theming.standing_answers(consultation)).filter(theme__in=known)
    given = {one.theme_id: one for one in answers}
    return [Said(one, *counts.get(one.pk, (0, 0, 0)), given.get(one.pk)) for one in known]


def voices_of(consultation: Consultation, theme: Theme) -> QuerySet[Voice]:
    """Return the voices of a theme that everyone may read, each with its themes in ``running_links``."""
    linked = ThemeLink.objects.filter(voice=OuterRef("pk"), theme=theme, ended_at=None)
    running = ThemeLink.objects.filter(ended_at=None).select_related("theme").order_by("pk")
    shown = public_voices(consultation).filter(Exists(linked))
    return shown.prefetch_related(Prefetch("theme_links", running, to_attr="running_links"))


# ---------------------------------------------------------------- what came of it
@dataclass(frozen=True)
class Followed:
    """A published clause that follows from what a theme says, with its last such change and what was promised."""

    change: ClauseVersion
    stands: bool
    #: numbers of the clauses in which it lives on, where it is not its own
    now: tuple[int, ...]
    commitments: tuple[Commitment, ...]


def answers_behind(consultation: Consultation, theme: Theme) -> QuerySet[Disposition]:
    """Return the answers that count for voices of a theme and were given to it, or to one of them alone."""
    linked = ThemeLink.objects.filter(theme=theme, ended_at=None, voice__withdrawn_at=None)
    return theming.standing_answers(consultation).filter(Q(theme=theme) | Q(voice__in=linked.values("voice")))


def followed(consultation: Consultation, theme: Theme) -> list[Followed]:
    """Return the published clauses that follow from a theme or from a voice in it, in the order of the texts."""
    answers = list(answers_behind(consultation, theme).values_list("pk", flat=True))
    rows = ClauseVersion.objects.filter(dispositions__in=answers, version__lte=F("clause__draft__version"))
    rows = rows.exclude(clause__draft__state=Draft.State.WITHDRAWN).select_related("clause__draft")
    last = {row.clause_id: row for row in rows.order_by("version")}
    texts = {row.clause.draft_id: row.clause.draft for row in last.values()}
    lines = {pk: drafts.lineage_of(draft, draft.version) for pk, draft in texts.items()}
    promised = list(public_commitments().filter(draft__in=texts).order_by("draft", "number")) if texts else []
    ordered = sorted(last.values(), key=lambda row: (row.clause.draft.created_at, row.clause.number))
    names = [str(pk) for pk in answers]
    return [_followed(row, lines[row.clause.draft_id], names, promised) for row in ordered]


def _followed(row: ClauseVersion, lines: Lineage, answers: list[str], promised: list[Commitment]) -> Followed:
    """Say what became of a clause; parts split off before these answers were linked do not follow from them."""
    code = row.clause.code
    now = {name for answer in answers for name in lines.carriers(code, answer)}
    own = tuple(one for one in promised if one.draft_id == row.clause.draft_id and one.clause.code in {code, *now})
    stands = lines.stands(code, row.kind) if row.kind == ClauseVersion.Kind.DELETE else bool(now)
    return Followed(row, stands, _numbers(now - {code}), own)


def _numbers(codes: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(int(code[1:]) for code in codes))


def evidence_of(answer: Disposition | None, clauses: Iterable[Followed]) -> list[Citation]:
    """Return what the answer to a theme and the clauses that follow from it rest on, each piece once."""
    cited = Citation.objects.filter(
        Q(disposition=answer, disposition__isnull=False) | Q(clause__in=[one.change.clause_id for one in clauses]),
        ended_at=None,
    )
    return list({(one.link, one.value): one for one in cited.order_by("pk")}.values())


# ---------------------------------------------------------------- how it came to be
def merged_from(theme: Theme) -> QuerySet[Theme]:
    """Return the themes whose voices went over into one."""
    return Theme.objects.filter(merged_into=theme).order_by("number")


def history_of(theme: Theme) -> list[Any]:
    """Return what a theme was called and how it was described, version by version, the last first."""
    return list(theme.history.order_by("-version"))
