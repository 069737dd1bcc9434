"""Themes: the codebook with its history, and which voices stand under which theme. Nothing here ever loses a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Disposition, Theme, ThemeLink, ThemeVersion, Voice
from minga.deliberation.services.answering import carry_over
from minga.deliberation.services.marks import mark_of
from minga.members import services as members

#: A name is read in lists.
LONGEST_NAME = 200


def lock(consultation: Consultation) -> Consultation:
    """Let nobody else sort in a consultation until this transaction ends; return it as it stands now.

    Its key stays free, as those of themes do: who answers a theme meanwhile waits for nobody, and nobody in a circle.
    """
    return Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)


# ---------------------------------------------------------------- the codebook
@transaction.atomic
def make_theme(
    *, consultation: Consultation, name: str, about: str = "", language: str = "en", by: Any = None
) -> Theme:
    """Add a theme to the codebook.

    Raises
    ------
    ActError
        "name" where it has none, "twice" where a theme in use has it already.
    """
    locked = lock(consultation)
    name = _checked_name(locked, name)
    number = (locked.themes.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Theme.objects.create(
        consultation=locked, number=number, name=name, about=about.strip(), language=language[:10]
    )
    _remember(made, by)
    members.record(by=by, act="theme.made", on=f"theme:{made.pk}")
    return made


def _checked_name(consultation: Consultation, name: str, but: Theme | None = None) -> str:
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise ActError("name", "A theme needs a name. Write one.")
    same = consultation.themes.filter(name__iexact=name, retired_at=None, merged_into=None)
    if same.exclude(pk=but.pk if but else None).exists():
        raise ActError("twice", f"There is a theme called {name!r} already. Use it, or choose another name.")
    return name


def _remember(theme: Theme, by: Any) -> None:
    ThemeVersion.objects.create(
        theme=theme, version=theme.version, name=theme.name, about=theme.about, by_mark=mark_of(by)
    )


@transaction.atomic
def rename_theme(*, theme: Theme, name: str, about: str, seen: int, by: Any = None) -> Theme:
    """Change name or description of a theme; what it was called before stays in its history.

    Raises
    ------
    ActError
        "changed" where somebody else changed it since version `seen`; "name" and "twice" as for a new theme.
    """
    consultation = lock(theme.consultation)
    name, about = _checked_name(consultation, name, theme), about.strip()
    changed = Theme.objects.filter(pk=theme.pk, version=seen).update(name=name, about=about, version=F("version") + 1)
    if not changed:
        raise ActError("changed", "Somebody else changed this theme meanwhile. Read their words, then save again.")
    theme.refresh_from_db()
    _remember(theme, by)
    members.record(by=by, act="theme.renamed", on=f"theme:{theme.pk}")
    return theme


@transaction.atomic
def merge_theme(*, theme: Theme, into: Theme, by: Any = None) -> int:
    """Put all voices of a theme under another one and end it; return how many came over.

    Where only the theme that ends was answered, its answer goes with the voices.

    Raises
    ------
    ActError
        "same" for one theme, "ended" where one of them is out of use.
    """
    if theme.pk == into.pk or theme.consultation_id != into.consultation_id:
        raise ActError("same", "A theme can only be merged into another one of the same consultation. Choose again.")
    lock(theme.consultation)
    theme, into = _both_locked(theme, into)
    _demand_in_use(theme)
    _demand_in_use(into)
    links = ThemeLink.objects.filter(theme=theme, ended_at=None)
    voices = list(links.values_list("voice", flat=True))
    links.update(ended_at=timezone.now())
    put = _link(voices, into, by)
    standing = Disposition.objects.filter(theme=theme, superseded_by=None).first()
    if standing is not None and not Disposition.objects.filter(theme=into).exists():
        carry_over(standing, theme=into)
    theme.merged_into = into
    theme.save(update_fields=["merged_into"])
    members.record(by=by, act="theme.merged", on=f"theme:{theme.pk}", reason=f"into theme:{into.pk}")
    return put


def _both_locked(first: Theme, second: Theme) -> tuple[Theme, Theme]:
    rows = {
        row.pk: row
        for row in Theme.objects.select_for_update(no_key=True).filter(pk__in=[first.pk, second.pk]).order_by("pk")
    }
    return rows[first.pk], rows[second.pk]


def _demand_in_use(theme: Theme) -> None:
    if theme.retired_at is not None or theme.merged_into_id is not None:
        raise ActError("ended", f"The theme {theme.code} is out of use. Choose another one.")


@transaction.atomic
def retire_theme(*, theme: Theme, by: Any = None) -> None:
    """Take a theme without voices out of use; twice is once.

    Raises
    ------
    ActError
        "voices" while voices stand under it.
    """
    theme = Theme.objects.select_for_update(no_key=True).get(pk=theme.pk)
    if theme.links.filter(ended_at=None, voice__withdrawn_at=None).exists():
        raise ActError("voices", "Voices stand under this theme. Move them, or merge it into another theme.")
    if theme.retired_at is None:
        theme.retired_at = timezone.now()
        theme.save(update_fields=["retired_at"])
        members.record(by=by, act="theme.retired", on=f"theme:{theme.pk}")


@transaction.atomic
def reopen_theme(*, theme: Theme, by: Any = None) -> None:
    """Take a theme into use again; voices that were merged away stay where they are.

    Raises
    ------
    ActError
        "twice" where another theme has its name meanwhile.
    """
    consultation = lock(theme.consultation)
    _checked_name(consultation, theme.name, theme)
    changed = Theme.objects.filter(pk=theme.pk).exclude(retired_at=None, merged_into=None)
    if changed.update(retired_at=None, merged_into=None):
        members.record(by=by, act="theme.reopened", on=f"theme:{theme.pk}")


# ---------------------------------------------------------------- voices under themes
@dataclass(frozen=True)
class Sorted:
    """What became of voices that somebody sorted: moved, and left because others had moved them meanwhile."""

    done: int
    left: int


@transaction.atomic
def put_under(*, theme: Theme, voices: Iterable[Voice], was_suggested: bool = False, by: Any = None) -> Sorted:
    """Put voices under a theme, beside the themes that they have; a voice that stands there already stays.

    Raises
    ------
    ActError
        "ended" where the theme is out of use.
    """
    lock(theme.consultation)
    locked = Theme.objects.select_for_update(no_key=True).get(pk=theme.pk)
    _demand_in_use(locked)
    own = [voice.pk for voice in voices if voice.consultation_id == locked.consultation_id]
    put = _link(own, locked, by, was_suggested=was_suggested)
    return Sorted(put, len(own) - put)


@transaction.atomic
def move(*, voices: Iterable[Voice], out_of: Theme, into: Theme, by: Any = None) -> Sorted:
    """Move voices from one theme to another; those that no longer stand in the first stay where others put them.

    Raises
    ------
    ActError
        "same" for one theme, "ended" where the second is out of use.
    """
    if out_of.pk == into.pk:
        raise ActError("same", "The voices stand under this theme already. Choose another one.")
    lock(into.consultation)
    out_of, into = _both_locked(out_of, into)
    _demand_in_use(into)
    wanted = [voice.pk for voice in voices]
    links = ThemeLink.objects.filter(theme=out_of, voice__in=wanted, ended_at=None)
    there = list(links.values_list("voice", flat=True))
    links.update(ended_at=timezone.now())
    _link(there, into, by)
    return Sorted(len(there), len(wanted) - len(there))


@transaction.atomic
def take_out(*, voices: Iterable[Voice], theme: Theme) -> Sorted:
    """End that voices stand under a theme; the row of the link stays."""
    lock(theme.consultation)
    wanted = [voice.pk for voice in voices]
    ended = ThemeLink.objects.filter(theme=theme, voice__in=wanted, ended_at=None).update(ended_at=timezone.now())
    return Sorted(ended, len(wanted) - ended)


def _link(voices: list[Any], theme: Theme, by: Any, *, was_suggested: bool = False) -> int:
    """Link voices to a locked theme; return how many were new."""
    there = set(ThemeLink.objects.filter(theme=theme, ended_at=None).values_list("voice", flat=True))
    mark = mark_of(by)
    new = [pk for pk in dict.fromkeys(voices) if pk not in there]
    ThemeLink.objects.bulk_create(
        ThemeLink(voice_id=pk, theme=theme, was_suggested=was_suggested, by_mark=mark) for pk in new
    )
    return len(new)
