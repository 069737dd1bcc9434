"""A consultation of the house-wide tests: run by the secretariat, with one of everything that an address can name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

SLUG, TALK, DRAFT = "ai-strategy", "ai-talk", "strategy"


@dataclass(frozen=True)
class Consulted:
    """The consultation, and what of it has an id instead of a number."""

    consultation: Any
    commitment: Any
    #: what stands under a name of its own in an address: {"note": <row>, ...}
    rows: dict[str, Any]


def consult(by: Any) -> Consulted:
    """Ask something, take a voice in, answer it, publish a draft and promise something."""
    from minga.deliberation.models import Clause, ClauseVersion, Commitment, Draft, DraftVersion, Theme, ThemeLink
    from minga.deliberation.services import answering, checking, citing, consulting, intake, noting, sources

    asked = consulting.begin(
        title="A strategy for AI", slug=SLUG, about="What should be in it? The council decides in June.", by=by
    )
    consulting.save_round(consultation=asked, title="Cabo Verde", level="country", country="CV", by=by)
    consulting.open_to_all(consultation=asked, by=by)
    _talk(asked)
    taken = sources.take_in(asked, "letter", "Train people before buying machines.", may_publish=True, by=by)
    theme = Theme.objects.create(consultation=asked, number=1, name="Skills")
    ThemeLink.objects.create(voice=taken.voices[0], theme=theme)
    draft = Draft.objects.create(consultation=asked, slug=DRAFT, title="Strategy", version=1)
    clause = Clause.objects.create(draft=draft, number=1)
    for version, kind in ((1, "add"), (2, "edit")):
        ClauseVersion.objects.create(clause=clause, version=version, kind=kind, heading="Skills", text="Train people.")
    DraftVersion.objects.create(draft=draft, number=1, text_hash="0" * 64)  # from now on version 1 stays
    answer = answering.give_answer(target=theme, answer="accepted", responder="Secretariat", by=by)
    change = clause.versions.get(version=2)
    answering.link_change(disposition=answer, clause_version=change, by=by)
    cited = citing.cite(of=answer, link="https://example.org/skills", value="12 %", by=by)
    promised = Commitment.objects.create(
        draft=draft, clause=clause, number=1, title="Train 100 people", owner="Secretariat", due_on=date(2027, 1, 31)
    )
    helper = consulting.add_to_team(consultation=asked, email=by.email, task="lead", by=by)
    upload = intake.begin(
        consultation=asked, files=[intake.Upload("letter.txt", b"Listen to bakers.")], given={}, round=None, by=by
    )
    checking.check(intake=upload)
    return Consulted(
        asked,
        promised,
        {
            "team": helper,
            "import": upload,
            "receipt": taken.source,
            "answer": answer,
            "change": change,
            "citation": cited,
            "notes": noting.take_note(clause=clause, version=1, text="Which people?").note,
        },
    )


def _talk(asked: Any) -> None:
    from minga.deliberation.models import Conversation, Statement

    talk = Conversation.objects.create(
        consultation=asked, slug=TALK, title="What first?", state="open", opened_at=timezone.now()
    )
    for number, text in enumerate(("Skills first.", "Power first.")):
        Statement.objects.create(conversation=talk, number=number, text=text, language="en", state="accepted")
