"""Long work: opinion maps, taking uploads in, reminders. It may run twice without harm, and never inside a request."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Commitment, Conversation, Intake
from minga.deliberation.selectors import commitments, promised, votes
from minga.deliberation.services import checking, committing, mapping, setting_up
from minga.deliberation.services import intake as intakes
from minga.web import tasks

log = logging.getLogger("minga.deliberation")

#: However few votes are new, a map is calculated again after this time.
_AT_LEAST_EVERY = timedelta(hours=1)


@task(queue_name="long")
def refresh_map(conversation: str, k: int = 0) -> str:
    """Calculate the map of a conversation; with `k` in as many groups as somebody wants to look at."""
    found = Conversation.objects.select_related("consultation").filter(pk=conversation).first()
    if found is None:
        return "gone"
    key = found.pk

    def tell(done: int, wanted: int) -> None:
        tasks.set_progress(key, done, wanted)

    try:
        run = mapping.refresh_map(conversation=found, k=k or None, tell=tell)
    except ActError as wrong:
        return wrong.code
    return "nothing" if run is None else f"map {run.pk}"


def start_refresh(conversation: Conversation, k: int = 0) -> None:
    """Queue the calculation of a map."""
    refresh_map.enqueue(str(conversation.pk), k)


def refresh_due() -> dict[str, int]:
    """Close what is over, and queue maps of conversations with enough new votes, or any change since an hour."""
    closed = setting_up.close_when_due()
    queued = 0
    for conversation in Conversation.objects.exclude(state=Conversation.State.DRAFT):
        if _is_due(conversation):
            start_refresh(conversation)
            queued += 1
    return {"closed": closed, "maps": queued}


def _is_due(conversation: Conversation) -> bool:
    latest = votes.latest_map(conversation)
    wanted = settings.MAP_VOTES
    new = votes.new_votes_since(conversation, latest, wanted)
    if latest is None:
        return new > 0
    if new >= wanted:
        return True
    if timezone.now() - latest.made_at < _AT_LEAST_EVERY:
        return False
    if new > 0 or conversation.moderation.filter(at__gt=latest.made_at).exists():
        return True
    # votes that were deleted, and another set-up, show in the whole alone; that is looked at once an hour
    hour = int(_AT_LEAST_EVERY.total_seconds())
    if not cache.add(f"deliberation-map:{conversation.pk.hex}", 1, timeout=hour):
        return False
    return not votes.is_of(latest, votes.moment(conversation))


# ---------------------------------------------------------------- uploads
@task(queue_name="long")
def work_on_intake(intake: str, key: str) -> str:
    """Read an upload, or take it in, whichever comes next; `key` is where it tells how far it is."""
    found = Intake.objects.select_related("consultation", "round").filter(pk=intake).first()
    if found is None:
        return "gone"  # given up meanwhile

    def tell(done: int, total: int) -> None:
        tasks.set_progress(key, done, total)

    if found.state == Intake.State.READING:
        checking.check(intake=found, tell=tell)
    elif found.state == Intake.State.RUNNING:
        try:
            intakes.take_all_in(intake=found, tell=tell)
        except ActError as wrong:
            return wrong.code
    return found.state


def start_intake(intake: Intake) -> None:
    """Queue the work on an upload, and note under which key it tells how far it is."""
    key = uuid4()
    intakes.set_task(intake=intake, task=key)
    work_on_intake.enqueue(str(intake.pk), str(key))


def progress_of(intake: Intake) -> tuple[int, int] | None:
    """How far the work on an upload is; None where nothing is known."""
    return tasks.progress_of(intake.task) if intake.task else None


# ---------------------------------------------------------------- reminders of commitments
def remind_of_commitments() -> dict[str, int]:
    """Remind those who answer for commitments that are due soon or overdue; each person gets one mail with all.

    What is reminded of is noted before the mail goes out, so that of two who remind at once one sends it; it is taken
    back where no mail about it went out, and tried on the next day.
    """
    theirs: dict[Any, tuple[Any, list[Commitment]]] = {}
    for one in promised.to_be_reminded(commitments.public_commitments()):
        people = promised.reminded_people(one)
        if people and committing.note_as_reminded(commitment=one, of=promised.occasion(one)):
            for person in people:
                theirs.setdefault(person.pk, (person, []))[1].append(one)
    sent = [found for person, found in theirs.values() if _send(person, found)]
    reached = {one.pk for found in sent for one in found}
    for one in {each.pk: each for _person, found in theirs.values() for each in found}.values():
        if one.pk not in reached:
            committing.note_as_not_reminded(commitment=one, of=promised.occasion(one))
    return {"mails": len(sent)}


def _send(person: Any, found: list[Commitment]) -> bool:
    spoken = dict(settings.LANGUAGES)
    language = next((code for code in person.languages if code in spoken), settings.LANGUAGE_CODE)
    with translation.override(language):
        subject = " ".join(_subject(found).split())
        words = {"rows": [(one, _address(one)) for one in found], "site_name": settings.SITE_NAME}
        text = render_to_string("deliberation/commitment_mail.txt", words)
        try:
            return bool(send_mail(subject, text, None, [person.account.email]))
        except OSError:  # no mail server answers; smtplib's errors are of this kind
            log.warning("a reminder of commitments could not be sent")
            return False


def _subject(found: list[Commitment]) -> str:
    if len(found) > 1:
        return _("Commitments to report on: %(count)s") % {"count": len(found)}
    return _("Commitment to report on: %(title)s") % {"title": found[0].title}


def _address(commitment: Commitment) -> str:
    """Return the whole address of a commitment, where no request says how the site is reached."""
    protocol = "https" if settings.HTTPS else "http"
    site = settings.ADDRESS or f"{protocol}://{settings.ALLOWED_HOSTS[0]}"
    return site.rstrip("/") + reverse("deliberation:commitment", args=[commitment.pk])
