"""What senders do with their own submission: open the receipt, take voices back, and decide whether they are shown."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.submissions import hash_of_text
from minga.deliberation.models import Consultation, Source, Voice
from minga.deliberation.selectors.sourcing import is_kept_back
from minga.deliberation.services import noting
from minga.deliberation.vault import vault
from minga.web import codes

#: What stands in the text of a source where a voice was taken back; one for each letter, so that places stay.
BLANK = "·"


def find_by_code(typed: str) -> Source | None:
    """Return the submission that a typed code opens; None where it opens nothing."""
    code = codes.tidy_code(typed)
    if code is None:
        return None
    return Source.objects.select_related("consultation").filter(receipt_hash=codes.hash_of(code)).first()


def set_may_publish(*, source: Source, may_publish: bool) -> None:
    """Let the words be shown in public, without the name, or not any more.

    What a sender decides, nobody of the team changes afterwards.

    Raises
    ------
    ActError
        It is a note on a clause that no moderator has shown.
    """
    if may_publish and is_kept_back(source):
        raise ActError("kept_back", "A moderator has not shown this note, so its words cannot be published.")
    Source.objects.filter(pk=source.pk).update(
        may_publish=may_publish, sender_agrees=may_publish, revision=F("revision") + 1
    )
    source.refresh_from_db(fields=["may_publish", "sender_agrees", "revision"])


@transaction.atomic
def withdraw_voice(*, voice: Voice) -> bool:
    """Delete the words of a voice, also from its submission and the file it came as; False where that was done before.

    The row and its answer stay, so that the numbers of others and the chain to the clauses hold.
    """
    source = Source.objects.select_for_update().get(pk=voice.source_id)
    row = Voice.objects.select_for_update().get(pk=voice.pk)
    if row.withdrawn_at is not None:
        return False
    _blank(source, row)
    row.text, row.withdrawn_at = "", timezone.now()
    row.save(update_fields=["text", "withdrawn_at"])
    noting.forget_notes([row])
    _forget_file(source)
    if not source.voices.filter(withdrawn_at=None).exists():
        _forget_words(source)
    _touch(source)
    return True


@transaction.atomic
def withdraw_source(*, source: Source) -> int:
    """Delete all words of a submission, who sent it, and its file; return how many voices it held."""
    locked = Source.objects.select_for_update().get(pk=source.pk)
    noting.forget_notes(locked.voices.all())
    taken = locked.voices.filter(withdrawn_at=None).update(text="", withdrawn_at=timezone.now())
    _forget_file(locked)
    _forget_words(locked)
    _touch(locked)
    source.refresh_from_db()
    return taken


def _blank(source: Source, voice: Voice) -> None:
    """Put dots where the voice stood in the text of its source, so that the places of other voices hold."""
    text = source.text
    if voice.start is not None and voice.end is not None:
        spot = (voice.start, voice.end)
    elif voice.text and voice.text in text:
        start = text.index(voice.text)
        spot = (start, start + len(voice.text))
    else:  # its words were typed: nothing of them stands in the text
        return
    source.text = text[: spot[0]] + re.sub(r"\S", BLANK, text[spot[0] : spot[1]]) + text[spot[1] :]
    source.text_hash = hash_of_text(source.text)
    source.save(update_fields=["text", "text_hash"])


def _forget_file(source: Source) -> None:
    """Delete the file once it is sure that the words are gone: it holds them too."""
    if not source.file_path:
        return
    path = source.file_path
    Source.objects.filter(pk=source.pk).update(file_path="", file_hash="", name="", media_type="")
    transaction.on_commit(lambda: vault.delete(path), robust=True)


def _forget_words(source: Source) -> None:
    """Keep nothing of a submission but its number, its day and its round."""
    Source.objects.filter(pk=source.pk).update(
        text="", text_hash=hash_of_text(f"taken back {source.pk}"), name="", author_name="", author_organization="",
        author_address="", strata={}, may_publish=False,
    )  # fmt: skip


def _touch(source: Source) -> None:
    """Note the change, also for forms that an analyst opened before: they must not bring back what is deleted."""
    Source.objects.filter(pk=source.pk).update(revision=F("revision") + 1)
    Consultation.objects.filter(pk=source.consultation_id).update(changed_at=timezone.now())


def export_receipts(account: Any) -> list[dict[str, Any]]:
    """Give out what an account sent, with what became of the permission to show it."""
    own = Source.objects.filter(account=account).select_related("consultation").order_by("received_at", "pk")
    return [
        {
            "consultation": source.consultation.slug,
            "received_at": source.received_at.isoformat(),
            "text": source.text,
            "name": source.author_name,
            "organization": source.author_organization,
            "address": source.author_address,
            "strata": source.strata,
            "may_publish": source.may_publish,
            "voices": [
                {"number": voice.code, "text": voice.text, "taken_back": voice.withdrawn_at is not None}
                for voice in source.voices.order_by("number")
            ],
        }
        for source in own
    ]
