"""Consultations: beginning one, its words and rules, opening and closing, rounds and the team."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from minga import members as world
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.incoming_headers import plain_name
from minga.deliberation.engine.vocabulary import RESERVED, STRATA
from minga.deliberation.models import Consultation, Conversation, Level, Round, TeamMember
from minga.deliberation.selectors import consulting
from minga.deliberation.services import finding
from minga.deliberation.services.addresses import free_slug
from minga.members import services as members
from minga.trust import content_hash

#: What a form of the settings changes, and what its mark is made of.
EDITABLE = (
    "title", "about", "language", "translations", "level", "country", "place", "policy", "reference_population",
    "reference_source", "closes_on", "letters_to",
)  # fmt: skip
#: The shortest description with which a consultation can be opened.
LEAST_ABOUT = 40


def settings_mark(consultation: Consultation) -> str:
    """Return what the settings say, in short: who saves must have seen the words that stand there."""
    kept = {name: getattr(consultation, name) for name in EDITABLE}
    return content_hash(kept | {"closes_on": str(consultation.closes_on)})


def round_mark(round: Round) -> str:
    """Return what a round says of itself, in short, for the same purpose."""
    kept = {name: getattr(round, name) for name in ("title", "level", "country", "place", "parent_id")}
    return content_hash(kept | {"opens_on": str(round.opens_on), "closes_on": str(round.closes_on)})


# ---------------------------------------------------------------- beginning
@transaction.atomic
def begin(
    *,
    title: str,
    about: str = "",
    language: str = "en",
    slug: str = "",
    level: str = Level.ALLIANCE,
    country: str = "",
    place: str = "",
    organization: Any = None,
    by: Any = None,
    is_sample: bool = False,
    pk: uuid.UUID | None = None,
) -> Consultation:
    """Begin a consultation, in preparation: nobody but its team and the secretariat sees it.

    `pk` is the id of a sample, so that links to it stay.

    Raises
    ------
    ActError
        The word in the address is taken or reserved, or the reach does not fit country and place.
    """
    country, place = _checked_reach(level, country, place)
    made = Consultation(
        pk=pk or uuid.uuid4(),
        slug=_slug(slug, title),
        title=title.strip(),
        about=about.strip(),
        language=language,
        level=level,
        country=country,
        place=place,
        organization=organization,
        is_sample=is_sample,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise _taken(made.slug) from None
    members.record(by=by, act="consultation.begun", on=made.reference)
    return made


def _slug(wanted: str, title: str) -> str:
    """Check a wished word; without one make it of the title."""
    if wanted:
        if wanted in RESERVED or slugify(wanted) != wanted:
            raise ActError("slug", f"The word {wanted!r} cannot stand in an address of this site. Choose another one.")
        if Consultation.objects.filter(slug=wanted).exists():
            raise _taken(wanted)
        return wanted
    return free_slug(title, "consultation", Consultation.objects.all(), RESERVED)


def _taken(slug: str) -> ActError:
    return ActError("taken", f"Another consultation has the address {slug!r}. Choose another word.")


def _checked_reach(level: str, country: str, place: str) -> tuple[str, str]:
    """Return country and place as they belong to a reach: none for the alliance, a name for a region or city."""
    if level not in Level.values:
        raise ActError("reach", f"The reach {level!r} is unknown. Use one of {', '.join(Level.values)}.")
    if level == Level.ALLIANCE:
        return "", ""
    code, named = (world.country(country).iso2 if country else ""), place.strip()
    if not code:
        raise ActError("country", "A country, a region or a city needs its country. Choose it.")
    if level == Level.COUNTRY:
        return code, ""
    if not named:
        raise ActError("place", "A region or a city needs its name. Write it.")
    return code, named


# ---------------------------------------------------------------- words and rules
@transaction.atomic
def edit(*, consultation: Consultation, changes: Mapping[str, Any], seen: str, by: Any = None) -> None:
    """Change what a consultation says of itself; `seen` is the mark of the settings that were shown.

    Raises
    ------
    ActError
        Somebody changed them meanwhile, a field cannot be changed here, or the population breaks a rule.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ActError("field", f"{', '.join(sorted(unknown))} cannot be changed here. Leave it out.")
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if settings_mark(locked) != seen:
        raise ActError(
            "changed", "Somebody else changed the settings meanwhile. Look at theirs, then save yours again."
        )
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.country, locked.place = _checked_reach(locked.level, locked.country, locked.place)
    _check_population(locked.reference_population, locked.reference_source)
    if locked.is_public:
        _check_ready(locked)
    locked.save()
    finding.index(locked)
    members.record(by=by, act="consultation.edited", on=locked.reference)
    consultation.refresh_from_db()


def _check_population(population: Mapping[str, Any], source: str) -> None:
    """Refuse shares of unknown strata, shares that add up to more than all, and shares without a source."""
    for stratum, shares in population.items():
        if stratum not in STRATA:
            raise ActError("stratum", f"The stratum {stratum!r} is unknown. Use one of {', '.join(STRATA)}.")
        if any(not 0 <= share <= 1 for share in shares.values()) or sum(shares.values()) > 1.001:
            raise ActError("shares", f"The shares of {stratum} add up to more than 100 per cent. Correct them.")
    if population and not source.strip():
        raise ActError("source", "Shares of the population need the source that they come from. Write it.")


# ---------------------------------------------------------------- opening and closing
@transaction.atomic
def open_to_all(*, consultation: Consultation, by: Any = None) -> None:
    """Show a consultation to everyone and take voices in; also again after it was closed.

    Raises
    ------
    ActError
        It says too little of itself, or is open or adopted already.
    """
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if locked.state not in {Consultation.State.DRAFT, Consultation.State.CLOSED}:
        raise ActError("state", "The consultation is open or adopted already. Look at its desk again.")
    _check_ready(locked)
    locked.opened_at, locked.closed_at = locked.opened_at or timezone.now(), None
    locked.state = Consultation.State.OPEN
    locked.save(update_fields=["state", "opened_at", "closed_at", "changed_at"])
    finding.index(locked)
    members.record(by=by, act="consultation.opened", on=locked.reference)
    consultation.refresh_from_db()


def _check_ready(consultation: Consultation) -> None:
    if len(consultation.about.strip()) < LEAST_ABOUT:
        raise ActError(
            "about",
            f"People must read what they are asked and what happens with their voices: write at least {LEAST_ABOUT} "
            "characters about it first.",
        )


@transaction.atomic
def close(*, consultation: Consultation, by: Any = None) -> None:
    """Take in no more voices from everyone; from now on they are answered.

    Raises
    ------
    ActError
        It is not open, or a conversation in it still is.
    """
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if not locked.is_open:
        raise ActError("state", "The consultation is not open. Look at its desk again.")
    if locked.conversations.filter(state=Conversation.State.OPEN).exists():
        raise ActError("talking", "A conversation of this consultation is still open. Close it first.")
    locked.state, locked.closed_at = Consultation.State.CLOSED, timezone.now()
    locked.save(update_fields=["state", "closed_at", "changed_at"])
    members.record(by=by, act="consultation.closed", on=locked.reference)
    consultation.refresh_from_db()


@transaction.atomic
def delete(*, consultation: Consultation, by: Any = None) -> None:
    """Delete a consultation in preparation that nobody has spoken in.

    Raises
    ------
    ActError
        It was opened, or something was taken in: voices are not thrown away.
    """
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if locked.is_public or locked.sources.exists() or consulting.people_took_part(locked):
        raise ActError("voices", "People have spoken in this consultation, so it cannot be deleted. Close it instead.")
    reference = locked.reference
    locked.delete()
    members.record(by=by, act="consultation.deleted", on=reference)


# ---------------------------------------------------------------- rounds
@transaction.atomic
def save_round(
    *,
    consultation: Consultation,
    number: int | None = None,
    title: str,
    level: str,
    country: str = "",
    place: str = "",
    opens_on: Any = None,
    closes_on: Any = None,
    parent: int | None = None,
    seen: str = "",
    by: Any = None,
) -> Round:
    """Add a round, or change the one with a number.

    Parameters
    ----------
    parent : the number of the round into which it rolls up
    seen : the mark of the round that was shown, where one is changed

    Raises
    ------
    ActError
        "changed" where somebody else changed it meanwhile; the reach does not fit, it would end before it begins,
        another round has its name, or it would roll up into itself.
    """
    # the consultation is locked, so that two new rounds never draw the same number
    locked = Consultation.objects.select_for_update().get(pk=consultation.pk)
    country, place = _checked_reach(level, country, place)
    if opens_on and closes_on and closes_on < opens_on:
        raise ActError("dates", "The round would close before it opens. Correct one of the dates.")
    larger = locked.rounds.filter(number=parent).first() if parent else None
    if parent and larger is None:
        raise ActError("parent", f"There is no round {parent} in this consultation. Choose another one.")
    if number is None:
        last = locked.rounds.aggregate(last=Max("number"))["last"] or 0
        found = Round(consultation=locked, number=last + 1)
    else:
        found = locked.rounds.filter(number=number).first()
        if found is None:
            raise ActError("round", f"There is no round {number} in this consultation. Look at the list again.")
        if round_mark(found) != seen:
            raise ActError("changed", "Somebody else changed this round meanwhile. Look at it, then save again.")
    others = locked.rounds.exclude(pk=found.pk).values_list("title", flat=True)
    if plain_name(title) in {plain_name(one) for one in others}:
        raise ActError("same_name", f"Another round is called {title.strip()!r}. Give this one another name.")
    if larger is not None and found.pk and found.pk in {one.pk for one in consulting.with_ancestors(larger)}:
        raise ActError("loop", "A round cannot roll up into itself or into one of its own parts. Choose another one.")
    found.title, found.level, found.country, found.place = title.strip(), level, country, place
    found.opens_on, found.closes_on, found.parent = opens_on, closes_on, larger
    found.save()
    members.record(by=by, act="round.saved", on=locked.reference)
    return found


@transaction.atomic
def delete_round(*, round: Round, by: Any = None) -> None:
    """Take a round out in which nobody has spoken.

    Raises
    ------
    ActError
        Voices or conversations belong to it, or smaller rounds roll up into it.
    """
    if round.sources.exists() or round.conversations.exists() or round.children.exists():
        raise ActError("used", "Voices, conversations or smaller rounds belong to this round, so it stays.")
    reference = round.consultation.reference
    round.delete()
    members.record(by=by, act="round.deleted", on=reference)


# ---------------------------------------------------------------- team
@transaction.atomic
def add_to_team(*, consultation: Consultation, email: str, task: str, by: Any = None) -> TeamMember:
    """Let the account with an address work on a consultation; twice is once.

    Raises
    ------
    ActError
        No account has the address, or the task is unknown.
    """
    if task not in TeamMember.Task.values:
        raise ActError("task", f"The task {task!r} is unknown. Use one of {', '.join(TeamMember.Task.values)}.")
    person = members.person_by_address(email)
    if person is None:
        raise ActError("nobody", "No account has this address. Ask the person to sign up first, then add them here.")
    found, made = TeamMember.objects.get_or_create(consultation=consultation, person=person, task=task)
    if made:
        members.record(by=by, act="team.joined", on=person.reference, reason=task)
    return found


@transaction.atomic
def end_task(*, consultation: Consultation, pk: int, by: Any = None) -> bool:
    """End somebody's task in a consultation; False where it had ended already."""
    found = TeamMember.objects.select_related("person").filter(consultation=consultation, pk=pk).first()
    if found is None:
        return False
    reference, task = found.person.reference, found.task
    found.delete()
    members.record(by=by, act="team.left", on=reference, reason=task)
    return True
