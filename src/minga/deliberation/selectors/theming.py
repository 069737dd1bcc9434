"""The theme board: the codebook, which voices stand where, and what is suggested for those that stand nowhere yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from minga.deliberation.engine.suggesting import Said, best
from minga.deliberation.models import Consultation, Disposition, Theme, ThemeLink, Voice
from minga.deliberation.selectors import consulting
from minga.deliberation.selectors.suggesting import likeness
from minga.web.numbers import read_number

#: Voices of a theme from which its words are taken, beside its name: the last ones.
_TELLING = 20
#: So much of a voice is enough to find what it is about.
_LETTERS = 400
#: Below this two texts share hardly a word.
_ALIKE = 0.1
_MOST_SUGGESTED = 3
#: Voices that are compared when somebody asks for those like one.
_COMPARED = 3000


@dataclass(frozen=True)
class ThemeRow:
    """A theme in the codebook: how many voices stand under it, and the answer that stands."""

    theme: Theme
    voices: int
    answer: Disposition | None


def codebook(consultation: Consultation) -> list[ThemeRow]:
    """Return the themes in use, those with the most voices first."""
    standing = Q(links__ended_at=None, links__voice__withdrawn_at=None, links__isnull=False)
    found = in_use(consultation).annotate(n=Count("links", filter=standing)).order_by("-n", "number")
    answers = {one.theme_id: one for one in standing_answers(consultation).exclude(theme=None)}
    return [ThemeRow(theme, theme.n, answers.get(theme.pk)) for theme in found]


def in_use(consultation: Consultation) -> QuerySet[Theme]:
    """Return the themes into which voices can be sorted."""
    return consultation.themes.filter(retired_at=None, merged_into=None)


def out_of_use(consultation: Consultation) -> QuerySet[Theme]:
    """Return the themes that were merged into others or retired."""
    ended = consultation.themes.exclude(retired_at=None, merged_into=None)
    return ended.select_related("merged_into").order_by("number")


def standing_answers(consultation: Consultation) -> QuerySet[Disposition]:
    """Return the answers that no later one replaced."""
    return Disposition.objects.filter(consultation=consultation, superseded_by=None)


# ---------------------------------------------------------------- voices
def voices_in(consultation: Consultation, theme: Theme | None = None, *, unsorted: bool = False) -> QuerySet[Voice]:
    """Return voices that nobody took back: of a theme, without one, or all; with their themes."""
    found = consulting.unsorted_voices(consultation) if unsorted else consulting.standing_voices(consultation)
    if theme is not None:
        found = found.filter(Exists(ThemeLink.objects.filter(voice=OuterRef("pk"), theme=theme, ended_at=None)))
    running = ThemeLink.objects.filter(ended_at=None).select_related("theme").order_by("pk")
    return (
        found.select_related("source")
        .prefetch_related(Prefetch("theme_links", running, to_attr="running_links"))
        .order_by("number")
    )


@dataclass(frozen=True)
class Search:
    """Which voices the board lists: those of a theme or without one, holding words, or alike one voice."""

    theme: Theme | None = None
    words: str = ""
    like: Voice | None = None
    unsorted: bool = False


def found(consultation: Consultation, search: Search) -> QuerySet[Voice] | list[Voice]:
    """Return all voices of a search, on however many pages they stand."""
    voices = holding(voices_in(consultation, search.theme, unsorted=search.unsorted), search.words)
    return voices if search.like is None else most_alike(voices, search.like)


def holding(voices: QuerySet[Voice], words: str) -> QuerySet[Voice]:
    """Keep the voices that hold all of these words; V12 finds the voice of that number."""
    for word in words.split()[:10]:
        number = read_number(word[1:]) if word[:1] in "Vv" else None
        named = Q(text__icontains=word)
        voices = voices.filter(named if number is None else named | Q(number=number))
    return voices


def most_alike(voices: QuerySet[Voice], to: Voice) -> list[Voice]:
    """Return voices in the order of their likeness to one of them, that one first."""
    rows = list(voices[:_COMPARED])
    (alike,) = likeness([_said(to)], [_said(row) for row in rows])
    order = sorted(range(len(rows)), key=lambda at: (rows[at].pk != to.pk, -alike[at]))
    return [rows[at] for at in order if rows[at].pk == to.pk or alike[at] >= _ALIKE]


def mark_of_list(voices: QuerySet[Voice] | Sequence[Voice]) -> str:
    """Return a mark of which voices are listed: another one as soon as one voice comes or goes."""
    if isinstance(voices, QuerySet):
        numbers = list(voices.prefetch_related(None).values_list("number", flat=True))
    else:
        numbers = [voice.number for voice in voices]
    return hashlib.sha256(",".join(map(str, sorted(numbers))).encode()).hexdigest()[:32]


def _said(voice: Voice) -> Said:
    return Said(voice.text[:_LETTERS], voice.language)


def own_answers(voices: Iterable[Voice]) -> dict[object, Disposition]:
    """Return by the key of a voice the answer that it has alone: it goes before those of its themes."""
    found = Disposition.objects.filter(voice__in=[voice.pk for voice in voices], superseded_by=None)
    return {one.voice_id: one for one in found}


# ---------------------------------------------------------------- suggestions
def suggested(consultation: Consultation, voices: Sequence[Voice]) -> dict[object, list[Theme]]:
    """Suggest the themes that a voice is most alike to: by the key of the voice, the likeliest first.

    A suggestion is only ever shown; a person decides.
    """
    themes = list(in_use(consultation).order_by("number"))
    if not themes or not voices:
        return {}
    words = _words_of(themes)
    rows = likeness([_said(voice) for voice in voices], [Said(words[theme.pk], theme.language) for theme in themes])
    return {
        voice.pk: [themes[at] for at, _likeness in best(row, at_least=_ALIKE, most=_MOST_SUGGESTED)]
        for voice, row in zip(voices, rows, strict=True)
    }


def _words_of(themes: Iterable[Theme]) -> dict[int, str]:
    """Return what a theme is about: its name, its description, and the last voices under it."""
    told = {theme.pk: [theme.name, theme.about] for theme in themes}
    counted: dict[int, int] = {}
    links = ThemeLink.objects.filter(theme__in=told, ended_at=None, voice__withdrawn_at=None).order_by("-pk")
    for theme, text in links.values_list("theme_id", "voice__text")[: _TELLING * max(len(told), 1) * 5]:
        counted[theme] = counted.get(theme, 0) + 1
        if counted[theme] <= _TELLING:
            told[theme].append(text[:_LETTERS])
    return {theme: " ".join(parts) for theme, parts in told.items()}
