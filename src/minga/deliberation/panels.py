"""What deliberation shows on lower pages: what a country is asked, organizations run, meetings led to; one's desks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from minga.deliberation import wording_consulting as wording
from minga.deliberation.models import Consultation
from minga.deliberation.selectors import access, commitments, consulting, harvesting
from minga.web.panels import panel

#: how many a page below shows; the list of consultations has the rest
_MOST = 5


def _template(request: HttpRequest, name: str, words: dict[str, Any]) -> str:
    return render_to_string(f"deliberation/{name}.html", words, request)


def _listed(found: Any) -> list[tuple[Consultation, wording.Shown]]:
    return [(one, wording.shown(one)) for one in found[:_MOST]]


@panel("country")
def country(request: HttpRequest, subject: Any) -> str | None:
    """Show what people of a country are asked, and what was promised to them."""
    code = getattr(subject, "iso2", "") or str(subject)
    asked = _listed(consulting.listed(country=code))
    if not asked:
        return None
    promised = commitments.counted(commitments.tracked(commitments.public_commitments(), country=code))
    return _template(request, "_panel_country", {"asked": asked, "promised": promised, "code": code})


@panel("members:organization")
def organization(request: HttpRequest, subject: Any) -> str | None:
    """Show what an organization asks, to its people also in preparation; and let its owner begin."""
    visible = access.public_consultations().order_by().values("pk")
    worked_on = access.consultations_worked_on_by(request.user).order_by().values("pk")
    shown = Consultation.objects.filter(Q(pk__in=visible) | Q(pk__in=worked_on), organization=subject)
    words = {
        "asked": _listed(shown.order_by("-created_at")),
        "may_begin": subject in consulting.organizations_for_consultations(request.user),
    }
    return _template(request, "_panel_organization", words) if any(words.values()) else None


@panel("meetings:meeting")
def meeting(request: HttpRequest, subject: Any) -> str | None:
    """Lead from a meeting to the voices that its takeaways became, and to what became of these."""
    heard = [(one, wording.shown(one), told) for one, told in harvesting.voices_of_meeting(subject)]
    return _template(request, "_panel_meeting", {"heard": heard}) if heard else None


@panel("members:me")
def desks(request: HttpRequest, subject: Any) -> str | None:
    """Lead people to the desks that they work at, and to promises for which their organizations answer."""
    words = {
        "desks": _listed(access.consultations_worked_on_by(request.user)),
        "promised": commitments.to_report_by(request.user)[:_MOST],
    }
    return _template(request, "_panel_me", words) if any(words.values()) else None
