"""Lists that grow: a page asks the database as often for many rows as for a few."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation import testing_conversations as talks
from minga.deliberation import testing_voices as people
from minga.deliberation.models import (
    AnomalyFlag,
    Citation,
    ClauseNote,
    Commitment,
    CommitmentUpdate,
    Draft,
    Intake,
    ModerationAct,
)
from minga.deliberation.services import answering, consulting, drafting, mapping, versions
from minga.meetings import services as meetings
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."
ASKED, TALK, PLAN = "machines-strategy", "machines", "plan"
#: Not among them: the page of an answer, which reads the clauses of each published text, of which there are few.
PAGES = [
    # for everyone
    ("list",), ("consultation", ASKED), ("round", ASKED, 1), ("speak", ASKED), ("voices", ASKED), ("voice", ASKED, 1),
    ("coverage", ASKED), ("public_themes", ASKED), ("public_theme", ASKED, 1), ("log", TALK), ("report", TALK),
    ("report_statements", TALK), ("routing_log", TALK), ("draft", ASKED, PLAN),
    ("draft_version", ASKED, PLAN, 1), ("draft_changes", ASKED, PLAN, 2), ("clause", ASKED, PLAN, 1), ("commitments",),
    ("consultation_commitments", ASKED),
    # for the team
    ("desk", ASKED), ("rounds", ASKED), ("team", ASKED), ("upload", ASKED), ("sources", ASKED), ("source", ASKED, 2),
    ("set_up", TALK), ("queue", TALK), ("flags", TALK), ("themes", ASKED), ("theme", ASKED, 1), ("answers", ASKED),
    ("desk_drafts", ASKED), ("desk_draft", ASKED, PLAN), ("desk_clause", ASKED, PLAN, 1),
    ("desk_notes", ASKED, PLAN), ("desk_adopt", ASKED, PLAN), ("desk_commitments", ASKED), ("desk_files", ASKED),
    # files
    ("log_csv", TALK), ("routing_csv", TALK), ("data_zip", TALK), ("coverage_csv", ASKED), ("commitments_file", "csv"),
    ("draft_file", ASKED, PLAN, 2, "docx"), ("desk_replies_file", ASKED, "csv"), ("answers_team_file", ASKED),
]  # fmt: skip


class Growing:
    """A consultation of Cabo Verde, led by Nadia, in which there can be one more of everything that a list shows."""

    def __init__(self) -> None:
        self.talk = talks.with_camps(2, people=20, statements=6)
        self.asked = self.talk.consultation
        self.draft = drafting.make_draft(consultation=self.asked, title="Plan", slug=PLAN)
        self.client, self.nadia = people.at_work(self.asked, "lead", email="nadia@example.org")
        self.count = 0

    def grow(self, times: int) -> None:
        """Add so many of everything, publish the draft once more and draw the map anew."""
        for _one in range(times):
            self.count += 1
            self._listed()
            self._heard()
            self._talked()
        versions.publish_version(draft=self.draft)
        self.draft.refresh_from_db()
        for clause in self.draft.clauses.filter(commitments=None):
            self._followed(clause)
        mapping.publish_map(run=mapping.refresh_map(conversation=self.talk))

    def _listed(self) -> None:
        """Another consultation that Nadia leads, a round, a helper, an upload, a draft and a meeting."""
        owner = members.person_for(
            members.create_account(email=f"{self.count}@example.org", password="as long as this")
        )
        ministry = members.create_organization(by=owner, name=f"Ministry {self.count}", type="government", country="CV")
        other = people.consultation(f"other-{self.count}", organization=ministry)
        other.team.create(person=members.person_for(self.nadia), task="lead")
        consulting.save_round(consultation=self.asked, title=f"Round {self.count}", level="country", country="CV")
        people.at_work(self.asked, "analyst")
        Intake.objects.create(consultation=self.asked, state="done", total=1, finished_at=timezone.now())
        Draft.objects.create(consultation=self.asked, slug=f"draft-{self.count}", title="Another draft", version=1)
        talks.conversation(f"talk-{self.count}", consultation=self.asked)
        now = timezone.now()
        meeting = meetings.call_meeting(
            title=f"Meeting {self.count}", is_public=True, starts_at=now, ends_at=now + timedelta(hours=2)
        )
        meetings.announce(meeting=meeting)
        people.sent(self.asked, "Said at a meeting.", meeting=meeting)

    def _heard(self) -> None:
        """A letter that nobody read, voices with and without theme and answer, and a clause that carries an answer."""
        people.sent(self.asked, f"Unread letter {self.count}.", author_name="Amina")
        shared, own = (
            people.heard(self.asked, f"Power, {self.count}."),
            people.heard(self.asked, f"Heat, {self.count}."),
        )
        people.heard(self.asked, f"Nobody sorted this, {self.count}.")
        theme = people.themed(self.asked, f"Theme {self.count}", [shared, own])
        answer = answering.give_answer(target=theme, answer="accepted")
        answering.give_answer(target=own, answer="rejected", reason=WHY)
        clause = drafting.add_clause(draft=self.draft, heading="", text=f"Point {self.count}.", dispositions=[answer])
        for place in ({"disposition": answer}, {"clause": clause}):
            Citation.objects.create(
                consultation=self.asked, kind="other", link="https://example.org/a", value="4 %", cited_on=date.today(),
                **place,
            )  # fmt: skip

    def _talked(self) -> None:
        """A statement that waits, one that was turned down, and a flag."""
        author = talks.joined(self.talk)
        talks.said(self.talk, f"Waiting {self.count}.", state="waiting", author=author)
        rejected = talks.said(self.talk, f"Rejected {self.count}.", state="rejected", author=author)
        ModerationAct.objects.create(conversation=self.talk, statement=rejected, act="reject", reason=WHY)
        AnomalyFlag.objects.create(conversation=self.talk, participant=author, kind="burst", detail={"votes": 30})

    def _followed(self, clause) -> None:
        """What was promised in a clause, and notes on it."""
        due = timezone.localdate() + timedelta(days=clause.number)
        promised = Commitment.objects.create(
            draft=self.draft, clause=clause, number=clause.number, title="Train", owner="Unit for AI", due_on=due
        )
        CommitmentUpdate.objects.create(commitment=promised, version=1, status="planned", due_on=due)
        for state in ("waiting", "shown"):
            ClauseNote.objects.create(clause=clause, version=1, kind="comment", state=state, text="Who?", language="en")


def asked_of_the_database(client, page):
    """Open a page and read it to its end; return how many queries that took."""
    with translation.override("en"):
        where = reverse(f"deliberation:{page[0]}", args=page[1:])
    client.get(where)  # what a process reads once
    with CaptureQueriesContext(connection) as seen:
        response = client.get(where)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200, where
    return len(seen)


def test_no_page_asks_more_often_when_there_is_more_to_show():
    growing = Growing()
    growing.grow(1)
    growing.grow(1)
    few = {page: asked_of_the_database(growing.client, page) for page in PAGES}
    growing.grow(4)
    many = {page: asked_of_the_database(growing.client, page) for page in PAGES}
    assert {page: (few[page], many[page]) for page in PAGES if many[page] > few[page]} == {}
