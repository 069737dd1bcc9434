"""Publishing a version of a draft, and adopting it once every voice is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.changes import changes
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_drafting import AdoptForm, PublishForm
from minga.deliberation.models import Disposition, Draft
from minga.deliberation.selectors import access, adoption, answering, sources, sourcing
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import adopting, versions
from minga.deliberation.services.marks import mark_of
from minga.deliberation.views.common_drafts import frame, posted, works_on_draft
from minga.deliberation.views.drafting import EDITOR

#: How many things that are missing one page lists.
_MOST = 200
_MOST_ADVICE = 30


@works_on_draft(EDITOR)
def publish(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show what a new version would change, and publish it."""
    number = draft.version + 1
    prompts = adoption.prompts(draft, number)
    form = PublishForm(posted(request), unwritten=len(prompts))
    if request.method == "POST" and form.is_valid():
        try:
            versions.publish_version(draft=draft, note=form.cleaned_data["note"], by=request.user)
        except ActError as error:
            form.add_error(None, str(wording.refusal(error.code)))
        else:
            messages.success(
                request, _("Version %(number)s is published. It never changes from now on.") % {"number": number}
            )
            return redirect("deliberation:draft_version", draft.consultation.slug, draft.slug, number)
    before, after = selectors.clauses_at(draft, draft.version), selectors.clauses_at(draft, number)
    found = [one for one in changes(before, after, number) if not one.is_same]
    words = frame(draft) | {
        "version": number,
        "form": form,
        "changes": [(one, wording.KINDS["moved" if one.kind == "same" else one.kind]) for one in found],
        "prompts": [(wording.clause_name(row), _clause(draft, row.number)) for row in prompts],
        "to_carry": [
            (wording.answer_name(one), _answering(draft.consultation.slug, one))
            for one in answering.first_to_carry(draft.consultation)
        ],
        # who typed a note while it could be published keeps it
        "is_ready": draft.consultation.is_public or form.is_bound,
    }
    return render(request, "deliberation/drafting_desk_publish.html", words, status=422 if form.errors else 200)


@works_on_draft(access.Task.LEAD)
def adopt(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Show what stands in the way, with links; adopt the draft where nothing does."""
    form = AdoptForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            adopting.adopt(draft, request.user, form.cleaned_data["decision"])
        except ActError as error:
            form.add_error(None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The draft is adopted. From now on it shows what is done of it."))
            return redirect("deliberation:draft", draft.consultation.slug, draft.slug)
    problems = adoption.missing(draft, draft.consultation)
    stopping = problems.filter(problems["blocks"]).to_dicts()
    advice = problems.filter(~problems["blocks"]).to_dicts()
    words = frame(draft) | {
        "form": form,
        "missing": [
            *_steps(draft, mark_of(request.user)),
            *_unread(draft),
            *_unmapped(draft),
            *_prompts(draft),
            *_named(draft, stopping[:_MOST]),
        ],
        "more": max(0, len(stopping) - _MOST),
        "advice": _named(draft, advice[:_MOST_ADVICE]),
        "more_advice": max(0, len(advice) - _MOST_ADVICE),
        "is_adopted": draft.state == Draft.State.ADOPTED,
    }
    return render(request, "deliberation/drafting_desk_adopt.html", words, status=422 if form.errors else 200)


def _steps(draft: Draft, mark: str) -> list[dict[str, Any]]:
    """Name the steps that come before an adoption, each with the address where it is taken."""
    slug = draft.consultation.slug
    publish = (_("Publish a version"), reverse("deliberation:desk_publish", args=[slug, draft.slug]))
    places = {
        "unpublished": publish,
        "newer": publish,
        "open": (_("Desk"), reverse("deliberation:desk", args=[slug])),
        "second": (_("Team"), reverse("deliberation:team", args=[slug])),
    }
    return [
        {"name": name, "address": address, "words": wording.refusal(one.code)}
        for one in adoption.refusals(draft, draft.consultation, mark)
        if one.code in places
        for name, address in [places[one.code]]
    ]


def _unread(draft: Draft) -> list[dict[str, Any]]:
    """Say how many letters nobody has looked through, with the address where they wait."""
    count = sources.waiting(draft.consultation).count()
    if not count:
        return []
    name = ngettext("%(count)s letter is not yet read", "%(count)s letters are not yet read", count)
    address = reverse("deliberation:sources", args=[draft.consultation.slug])
    return [{"name": name % {"count": count}, "address": f"{address}?state=waiting", "words": wording.UNREAD}]


def _unmapped(draft: Draft) -> list[dict[str, Any]]:
    """Name the conversations whose last votes stand in no map, with the address where it is calculated."""
    return [
        {
            "name": one.title,
            "address": reverse("deliberation:report", args=[one.slug]),
            "words": wording.UNMAPPED,
        }
        for one in adoption.unmapped(draft.consultation)
    ]


def _prompts(draft: Draft) -> list[dict[str, Any]]:
    """Name the clauses of the last version that nobody has written yet, with the address where each is written."""
    return [
        {"name": wording.clause_name(row), "address": _clause(draft, row.number), "words": wording.PROMPT}
        for row in adoption.prompts(draft, max(draft.version, 1))
    ]


def _clause(draft: Draft, number: int) -> str:
    return reverse("deliberation:desk_clause", args=[draft.consultation.slug, draft.slug, number])


def _named(draft: Draft, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say what is missing in the words of the page, with the address where it can be mended."""
    answers = sourcing.named_answers(one["where"] for one in problems)
    written = adoption.to_be_published(answers)
    found = []
    for one in problems:
        name, address = _place(draft, one["where"], answers)
        words = wording.missing(one["rule"])
        if one["rule"] == "accepted_without_clause" and one["where"] in written:
            text = written[one["where"]]
            address = reverse("deliberation:desk_publish", args=[text.consultation.slug, text.slug])
            words = wording.NOT_PUBLISHED % {"number": text.version + 1}
        found.append({"name": name, "address": address, "words": words})
    return found


def _place(draft: Draft, where: str, answers: Mapping[str, Disposition]) -> tuple[str, str]:
    """Name a voice, a theme, a statement, an answer or a clause of the trace, and say where it is mended."""
    slug = draft.consultation.slug
    if where in answers:
        return wording.answer_name(answers[where]), _answering(slug, answers[where])
    of, _slash, name = where.rpartition("/")
    if of == draft.slug and name[1:].isdigit():
        return name, _clause(draft, int(name[1:]))
    if of and name.isdigit():
        return name, reverse("deliberation:answer_statement", args=[slug, of, int(name)])
    if where[:1] in {"V", "T"} and where[1:].isdigit():
        kind = "voice" if where[0] == "V" else "theme"
        return where, reverse(f"deliberation:answer_{kind}", args=[slug, int(where[1:])])
    return where, reverse("deliberation:answers", args=[slug])


def _answering(slug: str, answer: Disposition) -> str:
    if answer.statement is not None:
        talk = answer.statement.conversation.slug
        return reverse("deliberation:answer_statement", args=[slug, talk, answer.statement.number])
    if answer.theme is not None:
        return reverse("deliberation:answer_theme", args=[slug, answer.theme.number])
    assert answer.voice is not None
    return reverse("deliberation:answer_voice", args=[slug, answer.voice.number])
