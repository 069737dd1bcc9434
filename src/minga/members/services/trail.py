"""The audit trail: acts are added one at a time, and the whole can be checked."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from minga.members import anchors
from minga.members.engine.errors import MembersError
from minga.members.models import Account, AuditAct, AuditHead, Person
from minga.trust import chain

_ACT = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")


@dataclass(frozen=True, slots=True)
class TrailReport:
    """What a check of the trail found."""

    count: int
    head: str
    breaks: tuple[chain.Break, ...]
    anchors: int
    other_chains: int

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed, dropped, added, moved, cut or rewritten."""
        return not self.breaks

    def as_dict(self) -> dict[str, Any]:
        """Give the report as plain values."""
        return asdict(self) | {"is_intact": self.is_intact, "breaks": [asdict(one) for one in self.breaks]}


@transaction.atomic
def record(
    *, by: Person | Account | None = None, act: str, on: models.Model | str | None = None, reason: str = ""
) -> AuditAct:
    """Add an act to the trail: who (as a random mark), did what, on what, why. No personal content.

    ``act`` reads ``thing.done`` (``mandate.granted``). ``on`` is a stored thing or its reference. The act is
    kept only if the surrounding transaction is.
    """
    _check(act, on, reason)
    head = _locked_head()
    entry_act = AuditAct(at=timezone.now(), act=act, actor=_mark(by), on=_reference(on), reason=reason)
    last = chain.Head(head.count, head.hash) if head.count else None
    entry = chain.append(last, entry_act.content())
    if AuditAct.objects.filter(sequence__gte=entry.sequence).exists():
        raise MembersError(
            f"The audit trail holds acts after number {head.count}, where it was recorded to end. Nothing was done. "
            "Check it with `minga members audit verify`, find out what happened, then accept the end that stands."
        )
    entry_act.sequence, entry_act.previous, entry_act.hash = entry.sequence, entry.previous, entry.hash
    entry_act.save()
    head.count, head.hash = entry.sequence, entry.hash
    head.save()
    now = chain.Head(head.count, head.hash)
    transaction.on_commit(partial(anchors.add, head.chain.hex, now), robust=True)
    return entry_act


def verify_audit() -> TrailReport:
    """Check the whole trail against itself, its recorded end and the heads kept outside the database."""
    with transaction.atomic():
        # Within one transaction, so that an act added meanwhile is seen with its head or not at all.
        head = AuditHead.objects.select_for_update().order_by("pk").first()
        rows = [
            chain.Entry(act.sequence, act.content(), act.previous, act.hash)
            for act in AuditAct.objects.order_by("sequence", "pk").iterator(chunk_size=2000)
        ]
    expected = chain.Head(head.count, head.hash) if head else chain.Head(0, "")
    kept = anchors.read(head.chain.hex if head else None)
    return TrailReport(
        count=len(rows),
        head=head.hash if head else "",
        breaks=chain.verify(rows, expected_head=expected, anchors=kept.heads),
        anchors=len(kept.heads),
        other_chains=kept.other_chains,
    )


@transaction.atomic
def accept_audit_head(*, by: Person | Account | None, reason: str) -> AuditAct:
    """Go on from the end that stands, after a restore or once tampering was dealt with; this is itself an act."""
    head = _locked_head()
    last = AuditAct.objects.order_by("sequence").last()
    head.count, head.hash = (last.sequence, last.hash) if last else (0, "")
    head.save()
    accepted = chain.Head(head.count, head.hash)
    transaction.on_commit(partial(anchors.add, head.chain.hex, accepted, accepted=True), robust=True)
    return record(by=by, act="trail.end_accepted", reason=reason)


def _locked_head() -> AuditHead:
    # PostgreSQL locks the row; on SQLite the transaction itself began with the write lock (IMMEDIATE).
    head, _made = AuditHead.objects.select_for_update().get_or_create(pk=1)
    return head


def _mark(by: Person | Account | None) -> str:
    if isinstance(by, Account):
        by = Person.objects.filter(account=by).first()
    return by.reference if by else ""


def _reference(on: models.Model | str | None) -> str:
    if on is None or isinstance(on, str):
        return on or ""
    return str(getattr(on, "reference", f"{on._meta.model_name}:{on.pk}"))


def _check(act: str, on: models.Model | str | None, reason: str) -> None:
    if not _ACT.fullmatch(act):
        raise MembersError(
            f'The act "{act}" does not read like "mandate.granted". Name a thing and what was done to it.'
        )
    if "@" in reason or (isinstance(on, str) and "@" in on):
        raise MembersError(
            f'The act "{act}" was to be recorded with what looks like an e-mail address. The trail holds no personal '
            "content: refer to the person by the person's reference."
        )
