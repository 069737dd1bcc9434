"""A place in a panel: its keys, the answers of both rounds, finishing, and leaving with everything."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.readiness import keys, selectors
from minga.readiness.engine.errors import AnswerError, PanelError
from minga.readiness.models import AccessKey, Panel, PanelAnswer, PanelAnswerVersion, PanelKey, Panellist
from minga.readiness.services.versions import Saved, keep_version, read_value

#: The words a panellist agrees to when counted in the composition; a new text gets a new version.
COUNTED_TEXT = "panel-composition-1"


# ---------------------------------------------------------------- keys
@transaction.atomic
def give_seat_key(*, panellist: Panellist, kind: str = AccessKey.Kind.BROWSER) -> str:
    """Draw a key and return it; this is the only time it can be read. A new code or link replaces the old one."""
    if kind != AccessKey.Kind.BROWSER:
        panellist.keys.filter(kind=kind).delete()
    secret = keys.new_code() if kind == AccessKey.Kind.CODE else keys.new_secret()
    PanelKey.objects.create(panellist=panellist, kind=kind, secret_hash=keys.hash_of(secret))
    return secret


@transaction.atomic
def resume_seat(*, kind: str, secret: str) -> tuple[Panellist, str] | None:
    """Exchange a code or a link for a browser's key; None where it opens nothing.

    The invitation works once as a whole: from then on only those who opened it can make codes.
    """
    held = PanelKey.objects.select_for_update().filter(kind=kind, secret_hash=keys.hash_of(secret)).first()
    if held is None:
        return None
    panellist = held.panellist
    if not panellist.keys.filter(kind=AccessKey.Kind.BROWSER).exists():
        panellist.keys.all().delete()
    elif kind == AccessKey.Kind.LINK:
        held.delete()
    return panellist, give_seat_key(panellist=panellist)


@transaction.atomic
def keep_seat(*, panellist: Panellist, account: Any, secret: str | None = None) -> None:
    """Keep a place in an account; codes, links and this browser's key stop.

    Raises
    ------
    PanelError
        Another account keeps it, or this account sits in the panel already: one person, one voice.
    """
    # one after the other: neither another account nor a second place of this one slips in between
    Panel.objects.select_for_update().get(pk=panellist.panel_id)
    kept_by = Panellist.objects.get(pk=panellist.pk).account_id
    if kept_by not in {None, account.pk}:
        raise PanelError("account", "This place belongs to another account. Sign in with the one that you used first.")
    if panellist.panel.panellists.filter(account=account).exclude(pk=panellist.pk).exists():
        raise PanelError("twice", "Your account sits in this panel already. Nobody answers twice.")
    panellist.account = account
    panellist.save(update_fields=["account"])
    panellist.keys.exclude(kind=AccessKey.Kind.BROWSER).delete()
    leave_seat_browser(panellist=panellist, secret=secret)


def leave_seat_browser(*, panellist: Panellist, secret: str | None) -> None:
    """End the key of one browser; its row stays as the sign that the invitation was opened."""
    if secret:
        held = panellist.keys.filter(kind=AccessKey.Kind.BROWSER, secret_hash=keys.hash_of(secret))
        held.update(secret_hash=keys.hash_of(keys.new_secret()))


# ---------------------------------------------------------------- who the panellist is
@transaction.atomic
def describe_seat(*, panellist: Panellist, gender: str, is_counted: bool) -> None:
    """Keep what a panellist says of herself, and whether she agrees to be counted in the composition.

    Raises
    ------
    PanelError
        The gender is no choice.
    """
    if gender and gender not in Panellist.Gender.values:
        raise PanelError(
            "gender", f"{gender!r} is no choice. Use one of {', '.join(Panellist.Gender.values)}, or none."
        )
    panellist.gender = gender
    if is_counted and panellist.counted_at is None:
        panellist.counted_at, panellist.counted_text = timezone.now(), COUNTED_TEXT
    elif not is_counted:
        panellist.counted_at, panellist.counted_text = None, ""
    panellist.save(update_fields=["gender", "counted_at", "counted_text"])


# ---------------------------------------------------------------- answering
@transaction.atomic
def save_panel_answer(
    *,
    panellist: Panellist,
    round_number: int,
    item: str,
    value: str,
    seen_version: int,
    language: str,
    reason: str = "",
    client_id: str = "",
) -> Saved:
    """Save the answer to one item in the round that is open; when this returns and is committed, it is on the disk.

    `round_number` is the round that the sender meant: what was kept without a line and comes after its round was
    closed never slips into the next. `value` is a level or `dk`. `seen_version` is the version of this round's answer
    that the sender saw (0 for none): a newer one is never overwritten, the late answer is set aside in the history
    and the outcome is `conflict`. The same `client_id` twice counts once.

    Raises
    ------
    AnswerError
        The item or the value is not in the instrument, or the round is closed for this panellist.
    """
    panel = Panel.objects.select_for_update().get(pk=panellist.panel_id)
    # the texts of the instrument are in memory already; reading them for each answer takes longer than saving it
    stored = Panellist.objects.select_related("panel__edition").defer("panel__edition__texts")
    panellist = stored.get(pk=panellist.pk)
    if not selectors.takes_part(panellist) or panel.round != round_number:
        raise AnswerError("This round is closed for you, so nothing can be answered here any more.")
    given, level = read_value(selectors.instrument_of_panel(panellist.panel, "en"), item, value)
    saved = keep_version(
        PanelAnswer,
        PanelAnswerVersion,
        whose={"panellist": panellist, "round": panel.round, "item": item},
        content={"given": given, "level": level, "reason": reason.strip()},
        seen_version=seen_version,
        client_id=client_id,
        language=language,
    )
    if saved.is_new:
        Panel.objects.filter(pk=panel.pk).update(changed_at=saved.answer.saved_at)
    return saved


@transaction.atomic
def keep_other_answers(*, panellist: Panellist, language: str) -> int:
    """Give the first round's answers again in the second where it holds none yet; return how many."""
    if panellist.panel.round != 2:
        return 0
    before, now = (selectors.answers_of_panellist(panellist, number) for number in (1, 2))
    kept = [answer for item, answer in before.items() if item not in now]
    for answer in kept:
        save_panel_answer(
            panellist=panellist,
            round_number=2,
            item=answer.item,
            value=answer.value,
            reason=answer.reason,
            seen_version=0,
            language=language,
        )
    return len(kept)


@transaction.atomic
def finish_round(*, panellist: Panellist) -> None:
    """Let a panellist say: I am finished with this round; answers can still change until the round is closed.

    Raises
    ------
    PanelError
        The round is closed for this panellist, or nothing was answered in it.
    """
    panel = Panel.objects.select_for_update().get(pk=panellist.panel_id)
    panellist.panel = panel
    if not selectors.takes_part(panellist):
        raise PanelError("stage", "This round is closed for you. Ask whoever runs the panel.")
    if not panellist.answers.filter(round=panel.round).exists():
        raise PanelError("empty", "You have answered nothing in this round yet. Answer at least one question.")
    name = "finished_first_at" if panel.round == 1 else "finished_second_at"
    if getattr(panellist, name) is None:
        setattr(panellist, name, timezone.now())
        panellist.save(update_fields=[name])


@transaction.atomic
def leave_panel(*, panellist: Panellist) -> None:
    """Take everything out that a panellist gave, in both rounds, at any time; the result stands on the others.

    Raises
    ------
    PanelError
        What tied the answers to a person is deleted already, so nobody can tell which ones they are.
    """
    if panellist.panel.stripped_at is not None:
        raise PanelError("stripped", "The answers of this panel belong to nobody any more, so none can be taken out.")
    Panel.objects.select_for_update().get(pk=panellist.panel_id)
    panellist.delete()
