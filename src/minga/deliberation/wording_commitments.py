"""Commitments in words: how far they are, and why an act is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting
from minga.deliberation.models import Commitment
from minga.deliberation.selectors import citing
from minga.deliberation.selectors.commitments import LATE
from minga.deliberation.services.committing import LEAST_NOTE
from minga.web.calendar import Event

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    "draft": _("The draft is not adopted. Adopt it first; commitments follow from it."),
    "clause": _("This clause does not stand in the adopted text. Choose one that does."),
    "title": _("Say in a sentence what will be done."),
    "owner": _("Somebody must answer for it. Choose an organization, or write which office."),
    "link": _("This is no permanent link. Give a page of this site, or one that begins with https."),
    "figure": _("This page of this site holds no figure that can be cited. These do: a figure of an index, the "
                "published result of a panel, and a record. Copy the permanent link of one of them."),
    "status": _("Choose how far it is."),
    "nothing": _("Nothing is new in what you sent. Write what happened."),
    "why": _("Who changes, drops or puts off a commitment says why, in at least %(least)s characters."),
    "done": _("Everyone reads that it is done. Write in a sentence what was done."),
    "value": _("It is measured, so give its value on the day on which it is done."),
    "changed": _("Somebody reported on this commitment meanwhile. Your words still stand here; read theirs below, "
                 "then send again."),
}  # fmt: skip


#: Columns of the CSV file, which are the names in the JSON file.
COLUMNS = (
    "id", "code", "consultation", "consultation_title", "country", "draft", "draft_version", "clause", "voices",
    "title", "about", "language", "owner", "due_on", "status", "is_overdue", "indicator", "indicator_link", "baseline",
    "value", "target", "version", "is_sample", "address", "consultation_address", "draft_address", "clause_address",
)  # fmt: skip


def refusal(code: str) -> str:
    """Say why an act is not possible."""
    words = REFUSALS.get(code, _("This is not possible now. Look at the page again."))
    return str(words) % {"least": LEAST_NOTE} if code == "why" else str(words)


def statuses() -> list[tuple[str, Words]]:
    """Return what the tracker can be filtered by."""
    return [(LATE, _("overdue")), *Commitment.Status.choices]


def sorts() -> list[tuple[str, Words]]:
    """Return how the tracker can be sorted."""
    return [
        ("", _("open and due first")),
        ("owner", _("Who answers for it")),
        ("consultation", _("Consultation")),
        ("reported", _("reported on last")),
    ]


def status_class(commitment: Commitment) -> str:
    """Return the colour of a status, which only underlines its words."""
    if commitment.is_overdue:
        return "bad"
    return "good" if commitment.status == Commitment.Status.DONE else ""


def addresses(commitment: Commitment, whole: Any) -> dict[str, str]:
    """Return where a commitment, its consultation, the adopted version and the clause are found for good."""
    draft = commitment.draft
    slug = draft.consultation.slug
    return {
        "address": whole(reverse("deliberation:commitment", args=[commitment.pk])),
        "consultation_address": whole(reverse("deliberation:consultation", args=[slug])),
        "draft_address": whole(reverse("deliberation:draft_version", args=[slug, draft.slug, draft.version])),
        "clause_address": whole(reverse("deliberation:clause", args=[slug, draft.slug, commitment.clause.number])),
    }


def indicator_address(commitment: Commitment, whole: Any) -> str:
    """Return where the figure of a commitment is found, with the name of the site if it is one of this site."""
    link = citing.shown_link(commitment.indicator_link)
    return whole(link) if link.startswith("/") else link


def to_plain(commitment: Commitment, whole: Any, voices: Sequence[str]) -> dict[str, Any]:
    """Return a commitment as JSON values; a row of the CSV file has the same names."""
    consultation = commitment.draft.consultation
    return {
        "id": str(commitment.pk),
        "code": commitment.code,
        "consultation": consultation.slug,
        "consultation_title": wording_consulting.shown(consultation).title,
        "country": consultation.country,
        "draft": commitment.draft.slug,
        "draft_version": commitment.draft.version,
        "clause": commitment.clause.code,
        "voices": list(voices),
        "title": commitment.title,
        "about": commitment.about,
        "language": commitment.language,
        "owner": commitment.owner,
        "due_on": commitment.due_on.isoformat(),
        "status": commitment.status,
        "is_overdue": commitment.is_overdue,
        "indicator": commitment.indicator,
        "indicator_link": indicator_address(commitment, whole),
        "baseline": commitment.baseline,
        "value": commitment.value_now,
        "target": commitment.target,
        "version": commitment.version,
        "is_sample": consultation.is_sample,
    } | addresses(commitment, whole)


def event(commitment: Commitment, address: str) -> Event:
    """Return the day on which a commitment is due; a dropped one is taken out of calendars.

    All of it is in the language of the draft, as the words of the commitment are.
    """
    language = commitment.draft.language
    with override(language):
        title = gettext("%(code)s due: %(title)s") % {"code": commitment.code, "title": commitment.title}
        if commitment.draft.consultation.is_sample:
            title = gettext("%(title)s (sample)") % {"title": title}
        consultation = wording_consulting.shown(commitment.draft.consultation).title
    return Event(
        # the name of the host may change; what this event is called may not
        uid=f"commitment-{commitment.pk.hex}@minga",
        title=title,
        language=language,
        starts=commitment.due_on,
        changed_at=getattr(commitment, "reported_at", None) or commitment.created_at,
        about=f"{commitment.owner}\n{consultation}",
        url=address,
        sequence=commitment.version - 1,
        is_cancelled=commitment.status == Commitment.Status.DROPPED,
    )
