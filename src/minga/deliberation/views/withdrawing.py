"""Withdrawing a draft, for those who lead the consultation."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from minga.deliberation import wording_drafting as wording
from minga.deliberation.engine.errors import ActError
from minga.deliberation.forms_drafting import WithdrawForm
from minga.deliberation.models import Draft
from minga.deliberation.selectors import access
from minga.deliberation.services import withdrawing as services
from minga.deliberation.views.common_drafts import frame, posted, works_on_draft
from minga.web.ratelimit import limited


@limited("deliberation-draft", times=60, seconds=3600)
@works_on_draft(access.Task.LEAD)
def draft_withdraw(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Say what becomes of the draft and ask why; a post withdraws it."""
    if not draft.version or draft.state != Draft.State.WRITING:
        raise Http404
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_draft(draft=draft, reason=form.cleaned_data["reason"], by=request.user)
        except ActError as error:
            form.add_error("reason" if error.code == "why" else None, str(wording.refusal(error.code)))
        else:
            messages.success(request, _("The draft is withdrawn. Its page says so, and why."))
            return redirect("deliberation:draft", draft.consultation.slug, draft.slug)
    words = frame(draft) | {"form": form}
    return render(request, "deliberation/drafting_desk_withdraw.html", words, status=422 if form.errors else 200)
