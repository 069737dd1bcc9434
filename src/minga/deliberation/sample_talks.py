"""The sample's conversations: invented people of three planted groups vote by lot, so that maps have shape."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from minga.deliberation.models import Consultation, Conversation, Participant, Round, Statement, Vote

CONTENT = Path(__file__).with_name("content") / "sample"
#: of what is not agreement, the share that passes
_PASS = 0.25
_REGIONS = ("Tunis", "Sfax", "Sousse", "Gabès")
#: kinds of people in each planted group, the first most often
_TYPES = (("sme", "sme", "person"), ("company", "company", "association"), ("person", "civil_society", "person"))


def sample_id(name: str) -> uuid.UUID:
    """Return the id of a thing of the sample, the same on every site, so that links to it stay."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{name}")


def texts(name: str) -> dict[str, Any]:
    """Read one of the sample's files."""
    read: dict[str, Any] = yaml.safe_load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def load_talk(
    key: str, *, consultation: Consultation, state: str, begin: datetime, round: Round | None = None
) -> Conversation:
    """Store one conversation with its statements, people and votes."""
    said = texts("talks")[key]
    talk = _conversation(said, consultation, round, state, begin)
    statements = _statements(talk, said, begin)
    people = _people(talk, said["people"], said["seed"], begin)
    _vote(statements, people, said, begin)
    _wait(talk, said.get("waiting", ()), len(statements), begin + timedelta(days=said["voting_days"]))
    return talk


def _conversation(
    said: Mapping[str, Any], consultation: Consultation, round: Round | None, state: str, begin: datetime
) -> Conversation:
    ended = begin + timedelta(days=30) if state == Conversation.State.CLOSED else None
    talk = Conversation.objects.create(
        pk=sample_id(said["slug"]),
        consultation=consultation,
        round=round,
        slug=said["slug"],
        title=said["title"]["en"],
        about=said["about"]["en"],
        translations={
            code: {"title": title, "about": said["about"][code]}
            for code, title in said["title"].items()
            if code != "en"
        },
        state=state,
        seed=said["seed"],
        opened_at=begin,
        closed_at=ended,
        may_embed=True,
        publishes_votes=True,
        is_sample=True,
    )
    Conversation.objects.filter(pk=talk.pk).update(created_at=begin)
    return talk


def _words(texts_by_language: Mapping[str, Any]) -> tuple[str, str, dict[str, dict[str, str]]]:
    """Return text, language and translations: the first language of an entry is the one it was said in."""
    spoken = {code: text for code, text in texts_by_language.items() if code != "says"}
    (language, text), *others = spoken.items()
    return text, language, {code: {"text": words, "by": "human"} for code, words in others}


def _statements(talk: Conversation, said: Mapping[str, Any], begin: datetime) -> list[Statement]:
    rows = []
    for number, entry in enumerate(said["statements"]):
        text, language, translations = _words(entry)
        rows.append(
            Statement(
                conversation=talk,
                number=number,
                text=text,
                language=language,
                translations=translations,
                state=Statement.State.ACCEPTED,
            )
        )
    made = Statement.objects.bulk_create(rows)
    Statement.objects.filter(conversation=talk).update(created_at=begin)
    return made


def _wait(talk: Conversation, entries: Any, first: int, at: datetime) -> None:
    """Leave a few statements to the moderators."""
    for number, entry in enumerate(entries, start=first):
        text, language, translations = _words(entry)
        Statement.objects.create(
            conversation=talk, number=number, text=text, language=language, translations=translations
        )
    talk.statements.filter(number__gte=first).update(created_at=at)


def _people(talk: Conversation, groups: list[int], seed: int, begin: datetime) -> list[Participant]:
    """Invent people; some say nothing of themselves."""
    draw = np.random.default_rng(seed)
    rows = []
    for group, size in enumerate(groups):
        for place in range(size):
            pseudonym = sample_id(f"{talk.slug}/{group}/{place}")
            strata = {
                "gender": "woman" if draw.random() < (0.35, 0.25, 0.6)[group] else "man",
                "region": str(draw.choice(_REGIONS)),
                "type": str(draw.choice(_TYPES[group])),
            }
            rows.append(
                Participant(
                    conversation=talk,
                    pseudonym=pseudonym,
                    # nobody holds a secret that gives this hash, so nobody can speak for an invented person
                    token_hash=pseudonym.hex * 2,
                    strata=strata if draw.random() < 0.85 else {},
                    language=str(draw.choice(["ar", "fr", "en"])),
                )
            )
    made = Participant.objects.bulk_create(rows)
    talk.participants.update(joined_at=begin)
    return made


def _vote(statements: list[Statement], people: list[Participant], said: Mapping[str, Any], begin: datetime) -> None:
    """Let everybody vote on about three quarters of the statements, by the leaning of their group."""
    draw = np.random.default_rng(said["seed"] + 1)
    leanings = np.array([entry["says"] for entry in said["statements"]])
    groups = np.repeat(np.arange(len(said["people"])), said["people"])
    rows = []
    for person, group in zip(people, groups, strict=True):
        asked = draw.permutation(len(statements))[: int(draw.integers(len(statements) // 2, len(statements) + 1))]
        at = begin + timedelta(minutes=float(draw.integers(0, said["voting_days"] * 24 * 60)))
        for place in asked:
            at += timedelta(seconds=float(draw.integers(4, 40)))
            agrees = draw.random() < leanings[place][group]
            value = 1 if agrees else 0 if draw.random() < _PASS else -1
            rows.append(Vote(participant=person, statement=statements[place], value=value, client_id="sample", at=at))
    # in the order of time, as votes come in
    Vote.objects.bulk_create(sorted(rows, key=lambda vote: vote.at), batch_size=2000)
