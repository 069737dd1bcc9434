"""Conversations: setting one up, its first statements, invitation codes, opening and closing."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Conversation, EntryCode, Statement
from minga.deliberation.services.addresses import free_slug
from minga.members import services as members
from minga.trust import content_hash
from minga.web.codes import hash_of, new_code

#: What a form of the set-up changes, and what its mark is made of.
EDITABLE = (
    "title", "about", "language", "translations", "entry", "is_strict", "takes_statements", "may_embed", "longest",
    "publishes_votes", "closes_at", "round_id",
)  # fmt: skip
#: As many statements as a conversation needs to be opened, and as many codes as are made at once.
LEAST_STATEMENTS, MOST_CODES = 3, 500
#: Consultations in which a conversation can be opened, now or once they are open.
PREPARES = (Consultation.State.DRAFT, Consultation.State.OPEN)


def set_up_mark(conversation: Conversation) -> str:
    """Return what the set-up says, in short: who saves must have seen what stands there."""
    kept = {name: getattr(conversation, name) for name in EDITABLE}
    return content_hash(kept | {"closes_at": str(conversation.closes_at or "")})


@transaction.atomic
def set_up(
    *,
    consultation: Consultation,
    title: str,
    slug: str = "",
    by: Any = None,
    is_sample: bool = False,
    pk: uuid.UUID | None = None,
    **fields: Any,
) -> Conversation:
    """Set a conversation up, in preparation: only the team sees it. Statements wait for a moderator unless told.

    Raises
    ------
    ActError
        The word in the address is taken or cannot stand there, or the consultation is over.
    """
    _check_fields(fields)
    if consultation.state not in PREPARES:
        raise ActError(
            "ended", "The consultation is not open any more. Open it again first, then set up conversations."
        )
    made = Conversation(
        pk=pk or uuid.uuid4(),
        consultation=consultation,
        slug=_slug(slug, title),
        title=title.strip(),
        seed=secrets.randbelow(2**31),
        is_sample=is_sample,
        **({"language": consultation.language} | fields),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise _taken(made.slug) from None
    members.record(by=by, act="conversation.set_up", on=made.reference)
    return made


def _check_fields(fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - {*EDITABLE, "round"}
    if unknown:
        raise ActError("field", f"{', '.join(sorted(unknown))} cannot be set here. Leave it out.")


def _slug(wanted: str, title: str) -> str:
    """Check a wished word; without one make it of the title."""
    if wanted:
        if slugify(wanted) != wanted:
            raise ActError("slug", f"The word {wanted!r} cannot stand in an address. Choose another one.")
        if Conversation.objects.filter(slug=wanted).exists():
            raise _taken(wanted)
        return wanted
    return free_slug(title, "conversation", Conversation.objects.all())


def _taken(slug: str) -> ActError:
    return ActError("taken", f"Another conversation has the address {slug!r}. Choose another word.")


@transaction.atomic
def edit(*, conversation: Conversation, changes: Mapping[str, Any], seen: str, by: Any = None) -> None:
    """Change how a conversation works; `seen` is the mark of the set-up that was shown.

    Raises
    ------
    ActError
        Somebody changed it meanwhile, a field cannot be changed, or votes would be published that were given before.
    """
    _check_fields(changes)
    locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if set_up_mark(locked) != seen:
        raise ActError("changed", "Somebody else changed the set-up meanwhile. Look at theirs, then save yours again.")
    opens_up = changes.get("publishes_votes") and not locked.publishes_votes
    if opens_up and locked.opened_at:
        raise ActError("promised", "People came who were not told that votes are published. Leave it switched off.")
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save()
    members.record(by=by, act="conversation.edited", on=locked.reference)
    conversation.refresh_from_db()


# ---------------------------------------------------------------- the first statements
@transaction.atomic
def add_statements(*, conversation: Conversation, rows: Iterable[Mapping[str, str]], by: Any = None) -> list[Statement]:
    """Put the organizers' statements in, accepted; each has a text, and may have a language and a theme.

    A text that stands there already is left out.
    """
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    known = {_plain(text) for text in conversation.statements.values_list("text", flat=True)}
    last = conversation.statements.aggregate(last=Max("number"))["last"]
    number = 0 if last is None else last + 1
    made = []
    for row in rows:
        words = " ".join(row["text"].split())
        if not words or _plain(words) in known:
            continue
        known.add(_plain(words))
        made.append(
            Statement(
                conversation=conversation,
                number=number + len(made),
                text=words,
                language=row.get("language") or conversation.language,
                theme=row.get("theme", "")[:80],
                state=Statement.State.ACCEPTED,
            )
        )
    Statement.objects.bulk_create(made)
    if made:
        said = f"{len(made)} statements"
        members.record(by=by, act="conversation.statements_added", on=conversation.reference, reason=said)
    return made


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


# ---------------------------------------------------------------- invitation codes
@transaction.atomic
def make_codes(*, conversation: Conversation, count: int, by: Any = None) -> list[str]:
    """Make codes that let one person in each; they are returned once, and only their hashes are kept.

    Raises
    ------
    ActError
        Fewer than one or more than 500 are asked for.
    """
    if not 1 <= count <= MOST_CODES:
        raise ActError("codes", f"{count} codes cannot be made at once. Ask for 1 to {MOST_CODES}.")
    drawn = [new_code() for _one in range(count)]
    EntryCode.objects.bulk_create(EntryCode(conversation=conversation, code_hash=hash_of(code)) for code in drawn)
    members.record(by=by, act="conversation.codes_made", on=conversation.reference, reason=f"{count} codes")
    return drawn


@transaction.atomic
def withdraw_codes(*, conversation: Conversation, by: Any = None) -> int:
    """Let codes that nobody has used open nothing any more; return how many they were."""
    gone, _kinds = conversation.codes.filter(used_at=None).delete()
    if gone:
        members.record(by=by, act="conversation.codes_withdrawn", on=conversation.reference, reason=f"{gone} codes")
    return gone


# ---------------------------------------------------------------- opening and closing
@transaction.atomic
def open_to_votes(*, conversation: Conversation, by: Any = None) -> None:
    """Let people vote, for the first time or once more.

    Raises
    ------
    ActError
        The consultation is not open, there is too little to vote on, or the conversation is open already.
    """
    asked = Consultation.objects.select_for_update().get(pk=conversation.consultation_id)
    locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if locked.state == Conversation.State.OPEN:
        raise ActError("state", "The conversation is open already. Look at its page.")
    if not asked.is_open:
        raise ActError("consultation", "The consultation is not open. Open it first, then its conversation.")
    if locked.statements.filter(state=Statement.State.ACCEPTED).count() < LEAST_STATEMENTS:
        raise ActError("nothing", f"There are fewer than {LEAST_STATEMENTS} statements to vote on. Write them first.")
    now = timezone.now()
    if locked.closes_at is not None and locked.closes_at <= now:
        locked.closes_at = None
    locked.state, locked.opened_at, locked.closed_at = Conversation.State.OPEN, locked.opened_at or now, None
    locked.save(update_fields=["state", "opened_at", "closed_at", "closes_at"])
    members.record(by=by, act="conversation.opened", on=locked.reference)
    conversation.refresh_from_db()


@transaction.atomic
def close(*, conversation: Conversation, by: Any = None) -> None:
    """Take in no more votes and statements.

    Raises
    ------
    ActError
        It is not open.
    """
    open_ones = Conversation.objects.filter(pk=conversation.pk, state=Conversation.State.OPEN)
    if not open_ones.update(state=Conversation.State.CLOSED, closed_at=timezone.now()):
        raise ActError("state", "The conversation is not open, so it cannot be closed. Look at its page.")
    members.record(by=by, act="conversation.closed", on=conversation.reference)
    conversation.refresh_from_db()


def close_when_due() -> int:
    """Close conversations whose time is over; return how many."""
    due = Conversation.objects.filter(state=Conversation.State.OPEN, closes_at__lte=timezone.now())
    for conversation in due:
        close(conversation=conversation)
    return len(due)
