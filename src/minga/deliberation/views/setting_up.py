"""Pages of organizers: setting a conversation up, first statements, opening, closing; and its votes as files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minga.deliberation import first_statements, polis_files, wording_consulting, wording_moderating
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_setting_up import ConversationForm, FirstStatementsForm
from minga.deliberation.models import Consultation, Conversation
from minga.deliberation.selectors import moderating
from minga.deliberation.selectors.access import Task
from minga.deliberation.services import setting_up as services
from minga.deliberation.views.common import posted, shows_conversation, works_on, works_on_conversation
from minga.deliberation.views.moderating import frame
from minga.deliberation.views.reporting import gives_data
from minga.web.ratelimit import limited

_SALT, _SEALED_FOR = "minga.deliberation.first-statements", 12 * 3600
#: so many pixels hold a statement of 280 characters and what stands around it at a width of 360, in each language
_EMBED_HEIGHT = 1050


@limited("deliberation-set-up", times=60, seconds=3600)
@works_on(Task.LEAD)
def conversation_new(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Set up a conversation of a consultation; nobody outside the team sees it yet."""
    if consultation.state not in services.PREPARES:
        messages.error(request, str(wording_moderating.refusal("ended")))
        return redirect("deliberation:desk", consultation.slug)
    rounds = consultation.rounds.order_by("number")
    form = ConversationForm(rounds, True, posted(request), initial={"language": consultation.language})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.set_up(
                consultation=consultation,
                slug=form.cleaned_data["slug"].lower(),
                by=request.user,
                is_sample=consultation.is_sample,
                **form.fields_for_service(),
            )
        except ActError as error:
            form.add_error(None if error.code == "ended" else "slug", wording_moderating.refusal(error.code))
        else:
            messages.success(request, _("The conversation is set up. Write its first statements, then open it."))
            return redirect("deliberation:set_up", slug=made.slug)
    words = {"consultation": consultation, "text": wording_consulting.shown(consultation), "form": form}
    return render(request, "deliberation/set_up_new.html", words, status=422 if form.errors else 200)


@limited("deliberation-set-up", times=300, seconds=3600)
@works_on_conversation(Task.LEAD)
def set_up(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show how a conversation works, and change it."""
    rounds = conversation.consultation.rounds.order_by("number")
    if request.method == "POST":
        form = ConversationForm(rounds, False, request.POST)
        if form.is_valid():
            try:
                services.edit(
                    conversation=conversation,
                    changes=form.fields_for_service(),
                    seen=form.cleaned_data["seen"],
                    by=request.user,
                )
            except ActError as error:
                form.add_error(None, wording_moderating.refusal(error.code))
            else:
                messages.success(request, _("Saved."))
                return redirect("deliberation:set_up", slug=conversation.slug)
    else:
        form = ConversationForm.of(conversation, rounds, services.set_up_mark(conversation))
    return _page(request, conversation, form=form)


def _page(request: HttpRequest, conversation: Conversation, **changed: Any) -> HttpResponse:
    rounds = conversation.consultation.rounds.order_by("number")
    words = frame(request, conversation) | {
        "form": ConversationForm.of(conversation, rounds, services.set_up_mark(conversation)),
        "first": FirstStatementsForm(),
        "statements": conversation.statements.count(),
        "waiting": moderating.waiting(conversation),
        "voters": conversation.participants.count(),
        "codes": (conversation.codes.count(), conversation.codes.filter(used_at=None).count()),
        "least": services.LEAST_STATEMENTS,
        "embed_code": _embed_code(request, conversation),
        **changed,
    }
    failed = words["form"].errors or words["first"].errors
    return render(request, "deliberation/set_up.html", words, status=422 if failed else 200)


def _embed_code(request: HttpRequest, conversation: Conversation) -> str:
    """Return the tag that another site puts in, with its values escaped; a page that shows it escapes all of it."""
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"></iframe>',
        request.build_absolute_uri(reverse("deliberation:embed", args=[conversation.slug])),
        wording_consulting.shown(conversation).title,
        _EMBED_HEIGHT,
    )


# ---------------------------------------------------------------- first statements
@require_POST
@limited("deliberation-set-up", times=300, seconds=3600)
@works_on_conversation(Task.LEAD)
def first_statements_check(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Show what would come in; nothing is written."""
    form = FirstStatementsForm(request.POST, request.FILES)
    checked = None
    if form.is_valid():
        try:
            checked = _read(conversation, form.cleaned_data)
        except ActError as wrong:
            form.add_error("file", wording_moderating.refusal(wrong.code))
        else:
            if not checked.rows and not checked.faults:
                form.add_error("lines", wording_moderating.refusal("text"))
    if form.errors or checked is None:
        return _page(request, conversation, first=form)
    return _checked_page(request, conversation, checked)


def _checked_page(
    request: HttpRequest, conversation: Conversation, checked: first_statements.Checked, *, is_late: bool = False
) -> HttpResponse:
    """Show what would come in, sealed so that it can be put in; 422 where that was asked for too late."""
    words = frame(request, conversation) | {
        "rows": checked.rows,
        "is_late": is_late,
        "faults": [(one, wording_moderating.FAULTS[one.code]) for one in checked.faults],
        "sealed": signing.dumps([conversation.pk.hex, checked.rows], salt=_SALT, compress=True),
        "longest": conversation.longest,
    }
    return render(request, "deliberation/set_up_check.html", words, status=422 if is_late else 200)


def _read(conversation: Conversation, given: dict[str, Any]) -> first_statements.Checked:
    known = conversation.statements.values_list("text", flat=True)
    if given["file"] is None:
        return first_statements.check_lines(given["lines"], conversation.longest, known)
    content = given["file"].read()
    languages = dict(settings.LANGUAGES)
    return first_statements.check_table(given["file"].name, content, conversation.longest, known, languages)


def _unsealed(request: HttpRequest, conversation: Conversation, max_age: int | None) -> list[dict[str, str]]:
    """Return what the page of the check sealed for this conversation.

    Raises
    ------
    Http404
        It was changed, or is of another conversation.
    SignatureExpired
        It is older than `max_age` seconds.
    """
    try:
        whose, rows = signing.loads(request.POST.get("sealed", ""), salt=_SALT, max_age=max_age)
    except signing.SignatureExpired:
        raise
    except signing.BadSignature:
        raise Http404 from None
    if whose != conversation.pk.hex:
        raise Http404
    return list(rows)


@require_POST
@limited("deliberation-set-up", times=300, seconds=3600)
@works_on_conversation(Task.LEAD)
def first_statements_take_in(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Put in what was checked."""
    try:
        rows, is_late = _unsealed(request, conversation, _SEALED_FOR), False
    except signing.SignatureExpired:
        rows, is_late = _unsealed(request, conversation, None), True
    if is_late:
        known = conversation.statements.values_list("text", flat=True)
        checked = first_statements.check_again(rows, conversation.longest, known, dict(settings.LANGUAGES))
        return _checked_page(request, conversation, checked, is_late=True)
    made = services.add_statements(conversation=conversation, rows=rows, by=request.user)
    said = ngettext("%(count)d statement was put in.", "%(count)d statements were put in.", len(made))
    messages.success(request, said % {"count": len(made)})
    return redirect("deliberation:set_up", slug=conversation.slug)


# ---------------------------------------------------------------- opening and closing
@require_POST
@works_on_conversation(Task.LEAD)
def open_conversation(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Let people vote."""
    try:
        services.open_to_votes(conversation=conversation, by=request.user)
    except ActError as error:
        messages.error(request, str(wording_moderating.refusal(error.code)))
    else:
        messages.success(request, _("The conversation is open: people can vote."))
    return redirect("deliberation:set_up", slug=conversation.slug)


@require_POST
@works_on_conversation(Task.LEAD)
def close_conversation(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Take in no more votes."""
    try:
        services.close(conversation=conversation, by=request.user)
    except ActError as error:
        messages.error(request, str(wording_moderating.refusal(error.code)))
    else:
        messages.success(request, _("The conversation is closed. Look at its report, then publish it."))
    return redirect("deliberation:set_up", slug=conversation.slug)


# ---------------------------------------------------------------- files
@require_safe
@limited("deliberation-data", times=20, seconds=3600, reading=True)
@shows_conversation
@never_cache
def data_zip(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Give out votes and statements in the files of Pol.is: to the team always, to everyone once it is all over."""
    if not gives_data(request, conversation):
        raise Http404
    address = request.build_absolute_uri(reverse("deliberation:conversation", args=[conversation.slug]))
    response = HttpResponse(polis_files.zipped(conversation, address), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{conversation.slug}.zip"'
    return response
