"""The sample alliance's part of deliberation: one consultation that is open, one that was adopted and followed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from minga.deliberation import sample_days as days
from minga.deliberation import sample_story as story
from minga.deliberation.models import Consultation, Conversation, Level, ModerationAct, Round, Statement
from minga.deliberation.sample_talks import load_talk, sample_id, texts
from minga.deliberation.selectors.consulting import organizations_for_consultations
from minga.deliberation.services import consulting, drafting, mapping, moderating, versions
from minga.members import services as members

#: What earlier rooms of the sample made: who runs the ministry, who owns a factory, who decides, and who helps.
OFFICER, OWNER, SECOND = "officer@sample.example", "owner@sample.example", "secretariat@sample.example"
MODERATOR = "adviser@sample.example"
HELPERS = ((MODERATOR, "moderator"), (MODERATOR, "analyst"), ("assessor@sample.example", "editor"))


@transaction.atomic
def load_sample() -> list[dict[str, str]]:
    """Store the sample's consultations; a second time changes nothing. Its people have their logins already."""
    # a room below that was loaded without its people leaves nobody to tell the story
    if not Consultation.objects.filter(is_sample=True).exists() and members.person_by_address(OFFICER):
        _load_adopted()
        _load_open()
    return []


def _account(email: str) -> Any:
    return getattr(members.person_by_address(email), "account", None)


def _consultation(key: str, **fields: Any) -> Consultation:
    """Begin a consultation of the sample in the name of its ministry, with its words in six languages."""
    said = texts("consultations")[key]
    made = consulting.begin(
        pk=sample_id(said["slug"]),
        slug=said["slug"],
        title=said["title"]["en"],
        about=said["about"]["en"],
        organization=_ministry(),
        is_sample=True,
        level=Level.COUNTRY,
        country="TN",
        **fields,
    )
    made.translations = {
        code: {"title": title, "about": said["about"][code]} for code, title in said["title"].items() if code != "en"
    }
    made.reference_population, made.reference_source = said["population"], said["population_source"]
    made.save(update_fields=["translations", "reference_population", "reference_source"])
    for email, task in HELPERS:
        consulting.add_to_team(consultation=made, email=email, task=task)
    consulting.open_to_all(consultation=made)
    return made


def _ministry() -> Any:
    return next(iter(organizations_for_consultations(_account(OFFICER))), None)


# ---------------------------------------------------------------- the one that was adopted
def _load_adopted() -> None:
    """Tell the whole story: voices, a conversation and a hearing, answers, two versions, a decision, promises."""
    said = texts("story")
    calendar = days.Calendar(timezone.now(), said["days"])
    asked = _consultation("adopted")
    talk = load_talk("closed", consultation=asked, state=Conversation.State.CLOSED, begin=calendar.at("talk"))
    told = story.Told(asked, _account(OFFICER), calendar)
    story.make_themes(told, said["themes"])
    story.take_in(told, said["sources"], owner=_account(OWNER))
    story.hear(told, said["takeaways"])
    story.answer_themes(told, said["themes"])
    consulting.close(consultation=asked)
    days.date_consultation(asked, calendar)
    draft = story.write(told, said["draft"])
    run = mapping.refresh_map(conversation=talk)
    if run is not None:
        mapping.publish_map(run=run, by=told.officer)
        days.date_map(talk, calendar)
    story.answer_common_ground(told, said["statements"])
    second = said["draft"]["second_note"]
    versions.publish_version(draft=draft, note=second, by=told.officer, at=calendar.at("second"))
    days.date_draft(draft, calendar)
    story.adopt(told, draft, _account(SECOND), said["decision"])
    days.date_answers(asked, calendar)
    story.promise(told, draft, said["commitments"], asked.organization)


# ---------------------------------------------------------------- the one that is open
def _load_open() -> None:
    """Ask people in Sfax what a training centre shall teach; rounds roll up from the city to the country."""
    said = texts("story")["open"]
    calendar = days.Calendar(timezone.now(), said["days"])
    asked, begin = _consultation("open"), calendar.at("opened")
    days.date_consultation(asked, calendar)
    rounds = _rounds(asked, calendar)
    talk = load_talk("open", consultation=asked, state=Conversation.State.OPEN, begin=begin, round=rounds["Sfax"])
    _moderate(talk, calendar)
    mapping.refresh_map(conversation=talk)
    told = story.Told(asked, _account(OFFICER), calendar)
    story.make_themes(told, said["themes"])
    story.take_in(told, said["sources"], rounds=rounds)
    story.answer_themes(told, said["themes"])
    _begin_text(told, said["draft"])
    story.say_what_is_covered(told, said["covered"])
    days.date_answers(asked, calendar)


def _rounds(asked: Consultation, calendar: days.Calendar) -> dict[str, Round]:
    opens, closes = calendar.at("opened").date(), calendar.at("closes").date()
    make = {"consultation": asked, "country": "TN", "opens_on": opens, "closes_on": closes}
    country = consulting.save_round(**make, title="Tunisia (sample)", level=Level.COUNTRY)
    region = consulting.save_round(
        **make, title="South (sample)", level=Level.REGION, place="South", parent=country.number
    )
    return {
        place: consulting.save_round(
            **make, title=f"{place} (sample)", level=Level.CITY, place=place, parent=region.number
        )
        for place in ("Sfax", "Gabès")
    }


def _moderate(talk: Conversation, calendar: days.Calendar) -> None:
    """Reject one statement with a reason, so that the public log shows how that reads; others wait."""
    advertises = talk.statements.filter(state=Statement.State.WAITING).order_by("number").last()
    if advertises is not None:
        moderating.decide(
            statement=advertises,
            state=Statement.State.REJECTED,
            seen_version=advertises.version,
            rule="advertising",
            reason="It offers a product and says nothing about the question.",
            by=_account(MODERATOR),
        )
        ModerationAct.objects.filter(conversation=talk).update(at=calendar.at("moderated"))


def _begin_text(told: story.Told, said: Mapping[str, Any]) -> None:
    """Publish a first text beside which people can say what is missing."""
    draft = drafting.make_draft(
        consultation=told.consultation, title=said["title"], slug=said["slug"], by=told.officer,
        pk=sample_id(f"{told.consultation.slug}/{said['slug']}"),
    )  # fmt: skip
    for row in reversed(said["clauses"]):
        told.clauses[row["heading"]] = drafting.add_clause(
            draft=draft, heading=row["heading"], text=row["text"], by=told.officer,
            dispositions=[told.answers[theme] for theme in row["themes"]],
        )  # fmt: skip
    versions.publish_version(draft=draft, note=said["note"], by=told.officer, at=told.calendar.at("first"))
    days.date_draft(draft, told.calendar)
