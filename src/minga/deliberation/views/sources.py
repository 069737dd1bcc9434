"""Sources: one typed in, and a source beside its voices, where it is split and sorted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import wording_answering, wording_intake
from minga.deliberation.engine import splitting as cutting
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_intake import DescribeForm, SourceForm, VoiceForm
from minga.deliberation.models import Consultation, Source, Theme, Voice
from minga.deliberation.selectors import access, beside, sources, theming
from minga.deliberation.services import checking, keeping, splitting
from minga.deliberation.services import sources as services
from minga.deliberation.services import theming as sorting
from minga.deliberation.views.common import works_on
from minga.deliberation.views.intake import frame
from minga.text import contacts
from minga.text.extraction import without_words
from minga.web.numbers import read_number
from minga.web.ratelimit import limited

_ANALYST = access.Task.ANALYST
_PER_PAGE = 50


@works_on(_ANALYST)
@limited("deliberation-source", times=300, seconds=3600)
def source_new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Take in one submission that somebody types or pastes."""
    is_sent = request.method == "POST"
    form = SourceForm(list(consultation.rounds.all()), request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            taken = _typed_in(request, consultation, form)
        except ActError as error:
            form.add_error("text", str(wording_intake.refusal(error.code)))
        else:
            return _receipt(request, consultation, taken)
    words = frame(consultation) | {"form": form}
    return render(request, "deliberation/source_new.html", words, status=422 if form.errors else 200)


def _typed_in(request: HttpRequest, consultation: Consultation, form: SourceForm) -> services.TakenIn:
    given = form.cleaned_data
    day = given["received_on"]
    author = form.author()
    sender = sources.Sender(author.name, author.organization, author.address)
    twin = sources.twin_of(consultation, services.tidy_text(given["text"]), sender)
    if twin:
        raise ActError("twin", f"The same words of the same sender are here already as {twin}.")
    return services.take_in(
        consultation,
        given["kind"],
        given["text"],
        voices=checking.voices_of_text(services.tidy_text(given["text"]), checking.WHOLE) if given["is_one"] else [],
        round=form.chosen_round(),
        author=author,
        strata=form.strata(),
        may_publish=given["may_publish"],
        language=given["language"],
        received_at=datetime.combine(day, time(12), UTC) if day else None,
        by=request.user,
    )


def _receipt(request: HttpRequest, consultation: Consultation, taken: services.TakenIn) -> HttpResponse:
    """Show the code of the receipt once, to be handed over or put into the reply."""
    words = frame(consultation) | {"source": taken.source, "code": taken.receipt_code}
    return render(request, "deliberation/source_taken.html", words)


# ---------------------------------------------------------------- one source beside its voices
@require_safe
@works_on(_ANALYST)
def source(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Show a source beside its voices."""
    return _page(request, sources.find_source(consultation, number))


def _page(request: HttpRequest, found: Source, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the page; `more` holds what somebody typed or chose in vain."""
    asked = request.POST if request.method == "POST" else request.GET
    way = asked.get("by", "") if asked.get("by", "") in cutting.WAYS else cutting.suggest_way(found.text)
    typed, named = more.pop("typed", {}), more.pop("named", {})
    number = next(iter({**typed, **named}), read_number(asked.get("voice")))
    shown = beside.beside(found, way, more.pop("choices", None), page=asked.get("page"), number=number)
    words = frame(found.consultation) | {
        "source": found,
        "place": wording_intake.place(found.place),
        "way": way,
        "ways": [
            (cutting.PARAGRAPHS, _("paragraphs")),
            (cutting.POINTS, _("points")),
            (cutting.SENTENCES, _("sentences")),
        ],
        "pieces": shown.pieces,
        "left": shown.left,
        "rows": _voice_rows(shown.rows, typed, named),
        "page": shown.page,
        "themes": list(theming.in_use(found.consultation).order_by("name")),
        "describing": DescribeForm.of(found, found.consultation.rounds.all()),
        "following": sources.next_waiting(found),
        "unread": [wording_intake.place(one) for one in without_words(found.text)],
    }
    return render(request, "deliberation/source.html", words | more, status=status)


def _voice_rows(
    rows: list[beside.Row], typed: Mapping[int, VoiceForm], named: Mapping[int, str]
) -> list[dict[str, Any]]:
    return [
        {
            "voice": row.voice,
            "themes": row.themes,
            "suggested": row.suggested,
            "alike": row.alike,
            "title": row.title,
            "reached_by": _reached_by(row.voice),
            "form": typed.get(row.voice.number)
            or VoiceForm(
                initial={"text": row.voice.text, "language": row.voice.language}, auto_id=f"v{row.voice.number}-%s"
            ),
            "is_open": row.voice.number in typed,
            "is_named": row.voice.number in named,
            "named": named.get(row.voice.number, ""),
        }
        for row in rows
    ]


def _reached_by(voice: Voice) -> list[str]:
    """Return telephone numbers and e-mail addresses in words that may be shown in public."""
    return [words for words, kind in contacts.pieces(voice.text) if kind] if voice.source.may_publish else []


def _seen(request: HttpRequest) -> int:
    seen = read_number(request.POST.get("seen"))
    return -1 if seen is None else seen


def _again(request: HttpRequest, found: Source, error: ActError, **typed: Any) -> HttpResponse:
    """Show the page as it is now, with what was chosen or typed."""
    found.refresh_from_db()
    return _page(request, found, status=422, refused=str(wording_intake.refusal(error.code)), **typed)


def _back(found: Source, anchor: str = "", voice: Voice | None = None) -> HttpResponse:
    """Go back to the page of a source: to a part of it, or to one of its voices, on whichever page that stands."""
    response = redirect("deliberation:source", found.consultation.slug, found.number)
    anchor = voice.code if voice else anchor
    response["Location"] += (f"?voice={voice.number}" if voice else "") + (f"#{anchor}" if anchor else "")
    return response


@require_POST
@works_on(_ANALYST)
def source_split(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Make voices of the pieces that were chosen."""
    found = sources.find_source(consultation, number)
    way = request.POST.get("by", "")
    if way not in cutting.WAYS:
        raise Http404
    choices = {int(key[6:]): value for key, value in request.POST.items() if re.fullmatch(r"piece-\d{1,6}", key)}
    cuts = cutting.cuts(found.text, cutting.pieces(found.text, way), choices)
    try:
        made = splitting.split(source=found, cuts=cuts, seen=_seen(request), by=request.user)
    except ActError as error:
        return _again(request, found, error, choices=choices)
    count = len(made)
    messages.success(
        request, ngettext("%(count)s voice is made.", "%(count)s voices are made.", count) % {"count": count}
    )
    following = sources.next_waiting(found) if request.POST.get("go") == "next" else None
    return _back(following) if following else _back(found, "voices")


@require_POST
@works_on(_ANALYST)
def source_read(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Say that nothing, or nothing more, in a source needs an answer; or that it shall wait again."""
    found = sources.find_source(consultation, number)
    is_read = request.POST.get("read") == "yes"
    try:
        splitting.mark_read(source=found, is_read=is_read, seen=_seen(request), by=request.user)
    except ActError as error:
        return _again(request, found, error)
    return _back(found)


@require_POST
@works_on(_ANALYST)
def source_describe(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Keep who sent a source, as far as the letter tells."""
    found = sources.find_source(consultation, number)
    form = DescribeForm.of(found, consultation.rounds.all(), request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, describing=form)
    given = form.cleaned_data
    try:
        splitting.describe(
            source=found,
            author=form.author(),
            strata=form.strata(),
            may_publish=given["may_publish"],
            language=given["language"],
            round=form.chosen_round(),
            seen=_seen(request),
            by=request.user,
        )
    except ActError as error:
        return _again(request, found, error, describing=form)
    messages.success(request, _("Saved."))
    return _back(found)


@require_safe
@works_on(_ANALYST)
def source_file(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Give the file that a source came as, to be kept and never to be shown by the browser."""
    found = sources.find_source(consultation, number)
    try:
        data = keeping.read_file(source=found, by=request.user)
    except ActError as error:
        messages.error(request, str(wording_intake.refusal(error.code)))
        return _back(found)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", found.name.rpartition("/")[2])[-80:] or "file"
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{found}-{name}"'
    response["Content-Security-Policy"] = "sandbox"
    return response


# ---------------------------------------------------------------- one voice
def _voice(consultation: Consultation, number: int) -> Voice:
    return get_object_or_404(consultation.voices.select_related("source__consultation"), number=number)


@require_POST
@works_on(_ANALYST)
def voice_edit(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Trim a voice, or mark its language."""
    voice = _voice(consultation, number)
    form = VoiceForm(request.POST, auto_id=f"v{number}-%s")
    if not form.is_valid():
        return _page(request, voice.source, status=422, typed={number: form})
    try:
        splitting.reword(voice=voice, seen=_seen(request), by=request.user, **form.cleaned_data)
    except ActError as error:
        return _again(request, voice.source, error, typed={number: form})
    return _back(voice.source, voice=voice)


@require_POST
@works_on(_ANALYST)
def voice_undo(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Undo a voice that was cut wrongly."""
    voice = _voice(consultation, number)
    found = voice.source
    try:
        splitting.undo(voice=voice, seen=_seen(request), by=request.user)
    except ActError as error:
        return _again(request, found, error)
    messages.success(request, _("The voice is undone; its words can be cut anew."))
    return _back(found)


@require_POST
@works_on(_ANALYST)
def voice_theme(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    """Put a voice under a theme: a suggested one, one from the list, or a new one; or take it out of one."""
    voice = _voice(consultation, number)
    given = request.POST
    try:
        if given.get("out"):
            sorting.take_out(voices=[voice], theme=_theme(consultation, given["out"]))
        elif given.get("suggested"):
            theme = _theme(consultation, given["suggested"])
            sorting.put_under(theme=theme, voices=[voice], was_suggested=True, by=request.user)
        else:
            sorting.put_under(theme=_chosen(request, consultation), voices=[voice], by=request.user)
    except ActError as error:
        said = str(wording_answering.refusal(error.code))
        named = {"named": {voice.number: given.get("name", "")}, "refused": said}
        return _page(request, voice.source, status=422, **named)
    return _back(voice.source, voice=voice)


def _theme(consultation: Consultation, number: str) -> Theme:
    return get_object_or_404(consultation.themes, number=read_number(number))


def _chosen(request: HttpRequest, consultation: Consultation) -> Theme:
    name = request.POST.get("name", "").strip()
    if name:
        return sorting.make_theme(consultation=consultation, name=name, language=request.LANGUAGE_CODE, by=request.user)
    if not request.POST.get("to"):
        raise ActError("nowhere", "No theme was chosen or named.")
    return _theme(consultation, request.POST["to"])
