"""A source beside its voices: its pieces, which of them are voices already, and what is suggested for each voice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from minga.deliberation.engine.splitting import (
    NEW,
    OUT,
    POINTS,
    SHOWN_LEFT_OUT,
    WITH,
    Cut,
    Piece,
    count_words,
    cuts,
    left_out,
    pieces,
    suggest_way,
    title_above,
    wants_a_look,
)
from minga.deliberation.engine.suggesting import Said, best
from minga.deliberation.models import Consultation, Source, Theme, Voice
from minga.deliberation.selectors import theming
from minga.deliberation.selectors.suggesting import likeness
from minga.text.extraction import without_mark

#: Below this, two voices share hardly a word; three that say the same are enough to compare.
_ALIKE, _MOST = 0.25, 3
#: The voices that came last are compared, each by its beginning.
_COMPARED, _LETTERS = 2000, 400
#: Voices of a page; each has forms of its own.
_PER_PAGE = 50

#: A longer source is looked at by itself.
_BOOK = 20_000


@dataclass(frozen=True)
class ShownPiece:
    """A piece of a source: the voice that holds it, or what is chosen or suggested for it."""

    piece: Piece
    voice: Voice | None
    choice: str


@dataclass(frozen=True)
class Row:
    """A voice of a source, its themes, the ones suggested, and voices of others that are alike."""

    voice: Voice
    themes: list[Theme]
    suggested: list[Theme]
    alike: list[Voice]
    #: the title, question or introduction above its words
    title: str


@dataclass(frozen=True)
class Beside:
    """A source beside its voices."""

    pieces: list[ShownPiece]
    #: the voices of one page
    rows: list[Row]
    page: Page[Voice]
    #: pieces that are in no voice yet and that somebody may want to be
    left: int


def beside(
    source: Source, way: str, choices: Mapping[int, str] | None = None, *, page: Any = None, number: int | None = None
) -> Beside:
    """Bring together what the page of a source shows.

    Parameters
    ----------
    choices : what somebody chose for pieces and could not save
    page : which page of its voices; without it the one that holds the voice with this `number`
    """
    voices = list(theming.voices_in(source.consultation).filter(source=source).order_by("start", "number"))
    shown = [_shown(piece, voices, source, choices) for piece in pieces(source.text, way)]
    left = sum(one.voice is None and one.choice in {NEW, WITH} for one in shown)
    at = next((place for place, voice in enumerate(voices) if voice.number == number), 0)
    found = Paginator(voices, _PER_PAGE).get_page(page or at // _PER_PAGE + 1)
    return Beside(shown, _rows(source, list(found.object_list)), found, left)


@dataclass(frozen=True)
class Suggested:
    """The voices that are suggested for a source, and the words that would be in none of them."""

    cuts: list[Cut]
    left_out: str

    @property
    def left_words(self) -> int:
        """How many words would be in no voice."""
        return count_words(self.left_out)

    @property
    def shown(self) -> str:
        """What a list shows of them."""
        return self.left_out if self.is_shown_whole else f"{self.left_out[:SHOWN_LEFT_OUT]}…"

    @property
    def is_shown_whole(self) -> bool:
        """Whether a list shows all of them, so that somebody can say that they need no answer."""
        return len(self.left_out) <= SHOWN_LEFT_OUT


def suggested(source: Source, voices: Collection[Voice] = ()) -> Suggested:
    """Return what is suggested for a source that waits; nothing for a whole book, or one that wants a look at its file.

    Where it has voices already, no more are suggested; then all words that stand in none of them are left out.
    """
    if source.read_at or len(source.text) > _BOOK or wants_a_look(source.text):
        return Suggested([], "")
    found = pieces(source.text, suggest_way(source.text))
    if voices:
        held = " ".join(_plain(voice.text) for voice in voices)
        in_voices = {one.number for one in found if _plain(one.text[without_mark(one.text) :]) in held}
        return Suggested([], left_out(found, in_voices))
    kept = {piece.number for piece in found if piece.suggestion != OUT}
    made = cuts(source.text, found, {piece.number: piece.suggestion for piece in found})
    return Suggested(made, left_out(found, kept))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _shown(piece: Piece, voices: list[Voice], source: Source, choices: Mapping[int, str] | None) -> ShownPiece:
    for voice in voices:
        if voice.start is not None and voice.end is not None and voice.start < piece.end and piece.start < voice.end:
            return ShownPiece(piece, voice, OUT)
    if choices is not None:
        return ShownPiece(piece, None, choices.get(piece.number, OUT))
    # what somebody left out when this was read stays out until somebody chooses it
    return ShownPiece(piece, None, OUT if source.read_at else piece.suggestion)


def _rows(source: Source, voices: list[Voice]) -> list[Row]:
    if not voices:
        return []
    suggested = theming.suggested(source.consultation, voices)
    alike = _alike(source.consultation, voices)
    rows = []
    by_points = pieces(source.text, POINTS)
    for voice in voices:
        held = [link.theme for link in voice.running_links]
        new = [theme for theme in suggested.get(voice.pk, []) if theme not in held]
        title = "" if voice.start is None else title_above(by_points, voice.start)
        rows.append(Row(voice, held, new, alike[voice.pk], title))
    return rows


def _alike(consultation: Consultation, voices: list[Voice]) -> dict[object, list[Voice]]:
    own = {voice.pk for voice in voices}
    others = list(theming.voices_in(consultation).exclude(pk__in=own).order_by("-number")[:_COMPARED])
    rows = likeness([_said(one) for one in voices], [_said(one) for one in others])
    return {
        voice.pk: [others[at] for at, _value in best(row, at_least=_ALIKE, most=_MOST)]
        for voice, row in zip(voices, rows, strict=True)
    }


def _said(voice: Voice) -> Said:
    return Said(voice.text[:_LETTERS], voice.language)
