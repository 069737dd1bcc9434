"""What somebody who sat in a panel can take along, and what erasing her takes out."""

from __future__ import annotations

from typing import Any

from minga.readiness.engine.errors import PanelError
from minga.readiness.models import PanelAnswer, PanelAnswerVersion, Panellist
from minga.readiness.services.panel_seats import leave_panel


def export_panellist(panellist: Panellist) -> dict[str, Any]:
    """Return everything that a panellist gave, for that panellist alone, as JSON values."""
    panel = panellist.panel
    return {
        "id": str(panellist.pk),
        "panel": {"id": str(panel.pk), "name": panel.name, "country": panel.country, "sector": panel.sector},
        "instrument": {"id": panel.edition.instrument, "content_hash": panel.edition.content_hash},
        "group": panellist.group,
        "gender": panellist.gender,
        "counted_at": panellist.counted_at.isoformat() if panellist.counted_at else None,
        "counted_text": panellist.counted_text,
        "invited_at": panellist.invited_at.isoformat(),
        "finished_first_at": panellist.finished_first_at.isoformat() if panellist.finished_first_at else None,
        "finished_second_at": panellist.finished_second_at.isoformat() if panellist.finished_second_at else None,
        "answers": [_answer(answer) for answer in panellist.answers.order_by("round", "item")],
        "history": [_version(version) for version in panellist.history.all()],
    }


def _answer(answer: PanelAnswer) -> dict[str, Any]:
    return {
        "round": answer.round,
        "item": answer.item,
        "value": answer.value,
        "reason": answer.reason,
        "version": answer.version,
        "saved_at": answer.saved_at.isoformat(),
    }


def _version(version: PanelAnswerVersion) -> dict[str, Any]:
    return {
        "round": version.round,
        "item": version.item,
        "given": version.given,
        "level": version.level,
        "reason": version.reason,
        "version": version.version,
        "language": version.language,
        "at": version.at.isoformat(),
    }


def export_seats(account: Any) -> list[dict[str, Any]]:
    """Return what an account gave in panels."""
    kept = Panellist.objects.filter(account=account).select_related("panel__edition").order_by("invited_at")
    return [export_panellist(one) for one in kept]


def erase_seats(account: Any) -> int:
    """Take everything out that an account gave in panels; return how many places were left."""
    left = 0
    for panellist in Panellist.objects.filter(account=account).select_related("panel"):
        try:
            leave_panel(panellist=panellist)
        except PanelError:  # stripped: only the account still stood there
            Panellist.objects.filter(pk=panellist.pk).update(account=None)
        left += 1
    return left
