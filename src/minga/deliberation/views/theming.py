"""The theme board: the codebook, and voices sorted under it by several hands at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_answering as wording
from minga.deliberation import wording_consulting
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_theming import ThemeForm
from minga.deliberation.models import Consultation, Theme, Voice
from minga.deliberation.selectors import access, theming
from minga.deliberation.selectors import themes as public
from minga.deliberation.services import sorting
from minga.deliberation.services import theming as services
from minga.deliberation.views.common import works_on
from minga.web.numbers import read_number

_ANALYST = access.Task.ANALYST
_PER_PAGE = 50
#: What the board can show; a number is that of a theme.
_UNSORTED, _ALL = "unsorted", "all"
#: With which voices something is done: those that are ticked, or all that the same search lists.
_LISTED = "listed"


def _frame(consultation: Consultation) -> dict[str, Any]:
    return {"consultation": consultation, "text": wording_consulting.shown(consultation)}


# ---------------------------------------------------------------- the board
@require_safe
@works_on(_ANALYST)
def themes(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Show voices without a theme first, and the codebook beside them."""
    return _board(request, consultation, request.GET)


def _board(
    request: HttpRequest, consultation: Consultation, asked: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Show the board; `asked` names what is shown, `more` holds what somebody typed in vain."""
    shown = asked.get("in") or _UNSORTED
    rows = theming.codebook(consultation)
    words = _frame(consultation) | {
        "rows": rows,
        "ended": list(theming.out_of_use(consultation)),
        "form": ThemeForm(),
        "shown": shown,
        "choices": [(_UNSORTED, _("voices without a theme")), (_ALL, _("all voices")), *_named(rows)],
        **_listed(consultation, asked, None, unsorted=shown == _UNSORTED),
    }
    return render(request, "deliberation/answering_themes.html", words | more, status=status)


def _named(rows: list[theming.ThemeRow]) -> list[tuple[str, str]]:
    return [(str(row.theme.number), row.theme.name) for row in rows]


def _listed(consultation: Consultation, asked: Any, theme: Theme | None, *, unsorted: bool = False) -> dict[str, Any]:
    """Return a page of voices with what is suggested for each, and what was asked for."""
    search = _search(consultation, asked, theme, unsorted=unsorted)
    theme = search.theme
    found = theming.found(consultation, search)
    page = Paginator(found, _PER_PAGE).get_page(asked.get("page"))
    suggested = theming.suggested(consultation, list(page.object_list))
    own = theming.own_answers(page.object_list)
    return {
        "page": page,
        "voices": [(voice, _new(voice, suggested.get(voice.pk, [])), own.get(voice.pk)) for voice in page.object_list],
        "words": search.words,
        "like": search.like,
        "theme": theme,
        "targets": [
            one for one in theming.in_use(consultation).order_by("name") if theme is None or one.pk != theme.pk
        ],
        "where": {name: asked[name] for name in ("in", "q", "like", "page") if asked.get(name)},
        "listed_mark": theming.mark_of_list(found),
    }


def _search(consultation: Consultation, asked: Any, theme: Theme | None, *, unsorted: bool) -> theming.Search:
    """Read which voices a page lists; `theme` is the one whose page it is."""
    return theming.Search(
        theme=theme or _theme_asked(consultation, asked),
        words=asked.get("q", "").replace("\x00", ""),
        like=_voice_named(consultation, asked.get("like", "")),
        unsorted=unsorted,
    )


def _theme_asked(consultation: Consultation, asked: Any) -> Theme | None:
    """Return the theme that a page of the board shows, where it shows one."""
    number = read_number(asked.get("in"))
    return None if number is None else get_object_or_404(consultation.themes, number=number)


def _new(voice: Voice, suggested: list[Theme]) -> list[Theme]:
    """Leave out the themes that a voice has already."""
    held = {link.theme_id for link in voice.running_links}
    return [theme for theme in suggested if theme.pk not in held]


def _voice_named(consultation: Consultation, number: str) -> Voice | None:
    return theming.voices_in(consultation).filter(number=read_number(number)).first()


# ---------------------------------------------------------------- sorting
@require_POST
@works_on(_ANALYST)
def theme_sort(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Put, move or take out voices, ticked or all that are listed; a suggestion is confirmed by its own button."""
    given = request.POST
    source = _theme(consultation, given["from"]) if given.get("from") else None
    try:
        if given.get("suggested"):
            done = _confirm(request, consultation, given["suggested"])
        else:
            done = _sort(request, consultation, source)
    except ActError as error:
        return _again(request, consultation, source, str(wording.refusal(error.code)))
    messages.success(request, _said(done.done))
    if done.left:
        messages.info(request, _left(done.left))
    page = reverse("deliberation:theme", args=[consultation.slug, source.number]) if source else _home(consultation)
    query = _asked_before(given)
    return redirect(f"{page}?{urlencode(query)}#voices" if query else f"{page}#voices")


def _home(consultation: Consultation) -> str:
    return reverse("deliberation:themes", args=[consultation.slug])


def _confirm(request: HttpRequest, consultation: Consultation, pair: str) -> services.Sorted:
    """Put one voice under the theme that was suggested for it."""
    number, _dash, theme = pair.partition("-")
    voice = _voice_named(consultation, number)
    if voice is None:
        raise Http404
    target = _theme(consultation, theme)
    return services.put_under(theme=target, voices=[voice], was_suggested=True, by=request.user)


def _sort(request: HttpRequest, consultation: Consultation, source: Theme | None) -> services.Sorted:
    given = request.POST
    is_listed = given.get("which") == _LISTED
    return sorting.sort_voices(
        consultation=consultation,
        voices=_all_listed(consultation, source, given) if is_listed else _ticked(given),
        act=given.get("act", sorting.PUT),
        source=source,
        target=_target(consultation, given),
        by=request.user,
    )


def _all_listed(consultation: Consultation, source: Theme | None, given: QueryDict) -> sorting.Listed:
    """Read what the page listed, and the mark of that list."""
    asked = _asked_before(given)
    unsorted = source is None and asked.get("in", _UNSORTED) == _UNSORTED
    return sorting.Listed(_search(consultation, asked, source, unsorted=unsorted), given.get("listed", ""))


def _asked_before(given: QueryDict) -> dict[str, str]:
    """Return the search of the page from which a form was sent."""
    return {name: given[f"at-{name}"] for name in ("in", "q", "like", "page") if given.get(f"at-{name}")}


def _target(consultation: Consultation, given: QueryDict) -> sorting.Target:
    """Read which theme was chosen, or how a new one is called."""
    name = given.get("name", "").strip()
    chosen = given.get("to", "")
    theme = _theme(consultation, chosen) if chosen and not name else None
    return sorting.Target(theme, name, get_language() or "en")


def _theme(consultation: Consultation, number: str) -> Theme:
    return get_object_or_404(consultation.themes, number=read_number(number))


def _ticked(given: QueryDict) -> set[int]:
    """Return the numbers of the voices that were ticked."""
    return {number for one in given.getlist("voice") if (number := read_number(one)) is not None}


def _again(request: HttpRequest, consultation: Consultation, source: Theme | None, refused: str) -> HttpResponse:
    """Show the page again with the ticks and the name that were given."""
    given = request.POST
    typed = {
        "refused": refused,
        "ticked": _ticked(given),
        "which": given.get("which", ""),
        "new_name": given.get("name", ""),
        "chosen": given.get("to", ""),
    }
    if source is not None:
        return _theme_page(request, consultation, source, _asked_before(given), status=422, **typed)
    return _board(request, consultation, _asked_before(given), status=422, **typed)


def _said(count: int) -> str:
    return ngettext("%(count)s voice is sorted.", "%(count)s voices are sorted.", count) % {"count": count}


def _left(count: int) -> str:
    return ngettext(
        "%(count)s voice was left: it stands there already, or somebody else moved it meanwhile.",
        "%(count)s voices were left: they stand there already, or somebody else moved them meanwhile.",
        count,
    ) % {"count": count}


# ---------------------------------------------------------------- one theme
@works_on(_ANALYST)
def theme(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Show a theme with its voices and its history; a post changes its words."""
    found = get_object_or_404(consultation.themes.select_related("merged_into"), number=number)
    if request.method != "POST":
        return _theme_page(request, consultation, found, request.GET)
    form = ThemeForm(request.POST)
    seen = read_number(request.POST.get("version"))
    if form.is_valid() and seen is not None:
        try:
            services.rename_theme(theme=found, seen=seen, by=request.user, **form.cleaned_data)
        except ActError as error:
            form.add_error(None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("Saved. What it was called before stays in the history."))
            return redirect("deliberation:theme", consultation.slug, number)
    found.refresh_from_db()
    return _theme_page(request, consultation, found, {}, status=422, form=form)


def _theme_page(
    request: HttpRequest, consultation: Consultation, found: Theme, asked: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    asked = {name: value for name, value in asked.items() if name != "in"}
    words = _frame(consultation) | {
        "form": ThemeForm(initial={"name": found.name, "about": found.about}),
        "history": list(found.history.order_by("-version")),
        "answer": theming.standing_answers(consultation).filter(theme=found).first(),
        "is_public": public.public_themes(consultation).filter(pk=found.pk).exists(),
        "is_ended": found.retired_at is not None or found.merged_into_id is not None,
        **_listed(consultation, asked, found),
    }
    return render(request, "deliberation/answering_theme.html", words | more, status=status)


@require_POST
@works_on(_ANALYST)
def theme_new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Add a theme to the codebook."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        try:
            made = services.make_theme(
                consultation=consultation, language=get_language() or "en", by=request.user, **form.cleaned_data
            )
        except ActError as error:
            form.add_error("name", str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The theme is in the codebook."))
            return redirect("deliberation:theme", consultation.slug, made.number)
    return _board(request, consultation, {}, status=422, form=form)


@require_POST
@works_on(_ANALYST)
def theme_merge(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Put all voices of a theme under another one and end it."""
    found = get_object_or_404(consultation.themes, number=number)
    into = _theme(consultation, request.POST.get("into", ""))
    try:
        count = services.merge_theme(theme=found, into=into, by=request.user)
    except ActError as error:
        return _refused(request, consultation, number, error)
    messages.success(request, _said(count))
    return redirect("deliberation:theme", consultation.slug, into.number)


@require_POST
@works_on(_ANALYST)
def theme_retire(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Take a theme without voices out of use."""
    try:
        services.retire_theme(theme=get_object_or_404(consultation.themes, number=number), by=request.user)
    except ActError as error:
        return _refused(request, consultation, number, error)
    messages.success(request, _("The theme is out of use."))
    return redirect("deliberation:themes", consultation.slug)


@require_POST
@works_on(_ANALYST)
def theme_reopen(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Take a theme into use again."""
    try:
        services.reopen_theme(theme=get_object_or_404(consultation.themes, number=number), by=request.user)
    except ActError as error:
        return _refused(request, consultation, number, error)
    messages.success(request, _("The theme is in use again. Voices that were moved away stay where they are."))
    return redirect("deliberation:theme", consultation.slug, number)


def _refused(request: HttpRequest, consultation: Consultation, number: int, error: ActError) -> HttpResponse:
    messages.error(request, str(wording.refusal(error.code)))
    return redirect("deliberation:theme", consultation.slug, number)
