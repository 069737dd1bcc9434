"""What the routes of deliberation's API share: the router, who comes in, and what goes over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.security import APIKeyHeader, django_auth
from pydantic import AfterValidator

#: one router for the whole room, so that every route is guarded alike
router = Router()

Language = Literal["en", "fr", "es", "ru", "ar", "zh"]
#: for shapes that have a field of the name
Day = date
Page = Annotated[int, Field(ge=1, le=100_000)]
PerPage = Annotated[int, Field(ge=1, le=100)]
CountryCode = Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$", description="ISO 3166-1 alpha-2")]


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("A text must not hold the character NUL. Remove it.")
    return text


PlainText = Annotated[str, AfterValidator(_without_nul)]


class ParticipantKey(APIKeyHeader):
    """The key that joining a conversation returned once."""

    param_name = "X-Minga-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> str | None:
        """Let everyone in who shows a key; what it opens, the conversation decides."""
        return key or None


#: A guest shows the key of a place; a signed-in member needs none.
AUTH = [ParticipantKey(), django_auth]


def key_of(request: HttpRequest) -> str:
    """Return the key that a program shows; empty where it shows none."""
    return request.headers.get(ParticipantKey.param_name, "")


class ConsultationOut(Schema):
    """A consultation. `title` and `about` are in the language asked for where they are translated."""

    slug: str
    title: str
    about: str
    language: str
    level: str
    country: str
    place: str
    asked_by: str
    state: str
    is_sample: bool
    opened_at: datetime | None
    closed_at: datetime | None


class ConsultationPage(Schema):
    """One page of consultations, the latest opened first."""

    consultations: list[ConsultationOut]
    total: int
    page: int
    pages: int


class RoundOut(Schema):
    """A round with its parts; counts of people below five are null, and what would tell them, voices too."""

    number: int
    title: str
    level: str
    country: str
    place: str
    rolls_up_into: int | None
    opens_on: date | None
    closes_on: date | None
    voices: int | None
    senders: int | None
    participants: int | None


class ConsultationWhole(ConsultationOut):
    """A consultation with how far it is and what is in it."""

    voices: int
    unanswered: int
    unread: int = Field(description="Letters that nobody has read yet; voices may be hidden there.")
    steps: dict[str, str] = Field(description="take_in, sort, answer, draft, adopt, follow_up: done, now or later.")
    rounds: list[RoundOut]
    conversations: list[str]
    drafts: list[str]
    policy: list[str]


class RoundOutcomeOut(Schema):
    """What became of the voices of a round with its parts; null where people below five could be told from it."""

    round: int
    voices: int | None
    answered: int | None
    accepted: int | None


class CoverageOut(Schema):
    """What became of the voices, each figure with numerator and denominator; strata below five people are withheld."""

    measures: list[dict[str, Any]]
    strata: list[dict[str, Any]]
    rounds: list[RoundOutcomeOut]


class TracedVoiceOut(Schema):
    """A voice. Its words are null where the sender did not agree to have them shown, or nobody has read them yet."""

    voice: str
    text: str | None
    language: str | None
    may_publish: bool
    withdrawn: bool = Field(description="Taken back by its sender; counted nowhere.")


class TracedLinkOut(Schema):
    """A voice under a theme."""

    voice: str
    theme: str


class TracedAnswerOut(Schema):
    """An answer to a voice, a theme or a statement; one that replaced another names it."""

    disposition: str
    voice: str | None
    theme: str | None
    statement: str | None
    answer: Literal["accepted", "accepted_in_part", "rejected", "out_of_scope", "already_covered", "duplicate_of"]
    reason: str
    responder: str
    date: Day
    supersedes: str | None
    duplicate_of: str | None
    covered_by: str | None


class TracedChangeOut(Schema):
    """A change of a clause in a published version; one row for each answer that led to it."""

    clause: str
    version: int
    kind: Literal["add", "edit", "split", "merge", "delete", "none"]
    came_from: str | None
    left_behind: str | None
    disposition: str | None
    heading: str | None
    text: str | None
    parent: str | None
    position: int | None
    published: Day | None
    adopted: Day | None = Field(description="Of the draft; null while it is not adopted.")


class TracedEvidenceOut(Schema):
    """A citation, with the value as it was when cited."""

    clause: str | None
    disposition: str | None
    link: str
    value: str
    label: str
    cited_on: Day


class TraceOut(Schema):
    """The five tables that `minga deliberation trace` reads, as far as public pages show what is in them."""

    voices: list[TracedVoiceOut]
    links: list[TracedLinkOut]
    dispositions: list[TracedAnswerOut]
    clauses: list[TracedChangeOut]
    evidence: list[TracedEvidenceOut]


class ClauseOut(Schema):
    """A clause in one version. `code` is permanent, `place` is where it stands in this version."""

    code: str
    place: str
    depth: int
    parent: str | None
    heading: str
    text: str
    kind: str = Field(description="How it came to be as it is: add, edit, split, merge or none.")
    version: int = Field(description="The version in which that happened.")
    came_from: list[str]


class DraftOut(Schema):
    """One published version of a draft."""

    draft: str
    title: str
    language: str
    state: str
    decision: str
    version: int
    versions: list[int]
    note: str
    published_at: datetime
    text_hash: str = Field(
        description="SHA-256 of canonical JSON (RFC 8785): `text_hash_names`, `version`, and in `clauses` of each one "
        "code, heading, parent, place and text."
    )
    text_hash_names: dict[str, str] | None = Field(
        description="The names that the hash covers. Null where the clauses are no longer those that were published."
    )
    clauses: list[ClauseOut]


class CommitmentOut(Schema):
    """What was promised in a clause, by whom until when, and how far it is."""

    id: str
    code: str
    consultation: str
    draft: str
    clause: str
    title: str
    about: str
    language: str
    owner: str
    due_on: date
    status: str
    is_overdue: bool
    indicator: str
    indicator_link: str
    baseline: str
    value: str = Field(description="Of the indicator, as it was reported last.")
    target: str
    draft_version: int = Field(description="The adopted version from which it follows.")
    voices: list[str] = Field(description="Names of the voices behind its clause, such as V3; see its own answer.")
    address: str
    consultation_address: str
    draft_address: str
    clause_address: str


class BehindOut(Schema):
    """What stands behind a clause: an answer, what it answers, a voice, or evidence; hidden words are left out."""

    kind: Literal["answer", "theme", "statement", "voice", "evidence"]
    code: str
    text: str
    language: str
    address: str


class CommitmentUpdateOut(Schema):
    """A report on a commitment; none is ever changed."""

    version: int
    at: datetime
    status: str
    due_on: date
    note: str
    value: str


class CommitmentWhole(CommitmentOut):
    """A commitment with the words of its clause, what stands behind that, and every report, the first one first."""

    consultation_title: str
    clause_heading: str
    clause_text: str
    behind: list[BehindOut]
    updates: list[CommitmentUpdateOut]


class CommitmentPage(Schema):
    """One page of commitments, what is due first standing first."""

    commitments: list[CommitmentOut]
    total: int
    page: int
    pages: int


class StatementOut(Schema):
    """A statement that people vote on. `text` is the original; translations say who made them."""

    number: int
    text: str
    language: str
    translations: dict[str, dict[str, str]]
    is_meta: bool

    @staticmethod
    def resolve_translations(stored: Any) -> Mapping[str, Any]:
        """Give the translations as they are kept."""
        return stored.translations or {}


class ConversationOut(Schema):
    """A conversation: its question and its rules."""

    slug: str
    consultation: str
    title: str
    about: str
    language: str
    state: str
    is_running: bool = Field(description="Whether votes are taken now.")
    entry: str = Field(description="Who may take part: anyone, code (an invitation code), member.")
    takes_statements: bool
    longest: int = Field(description="Most characters of a statement.")
    statements: int
    has_report: bool
    is_sample: bool


class StatementPage(Schema):
    """One page of the statements that people vote on."""

    statements: list[StatementOut]
    total: int
    page: int
    pages: int


class Joining(Schema):
    """How somebody comes into a conversation; everything may be left out where anyone may take part."""

    language: Language = "en"
    code: PlainText = Field("", max_length=40, description="The invitation code, where one is needed.")


class Joined(Schema):
    """A place in a conversation. The key is shown only here."""

    key: str = Field(description="Send it as X-Minga-Key; it opens this place in this conversation alone.")


class TurnOut(Schema):
    """What somebody is asked next; `statement` is null when nothing is left."""

    statement: StatementOut | None
    answered: int
    left: int


class GivenVote(Schema):
    """One act of voting."""

    statement: int = Field(ge=0, le=1_000_000, description="Number of the statement.")
    vote: Literal[1, 0, -1] | None = Field(description="1 agree, -1 disagree, 0 pass, null: take the vote back.")
    client_id: PlainText = Field(min_length=1, max_length=40, description="The same id twice counts once.")


class VoteOutcome(Schema):
    """Whether this act was new; false: it was stored before."""

    is_new: bool


class GivenStatement(Schema):
    """A sentence of somebody's own."""

    text: PlainText = Field(min_length=1, max_length=2000)
    language: Language


class StatedOut(Schema):
    """The statement that was added; others see it once a moderator accepted it, at once in an open conversation."""

    number: int
    state: str


class ReportStatement(Schema):
    """A statement with its votes as the report shows them; null where too few people voted."""

    number: int
    text: str
    language: str
    is_rejected: bool
    agree_percent: int | None
    disagree_percent: int | None
    split_percent: int | None


class ReportGroup(Schema):
    """A group of people who vote alike, and the statements that it stands for."""

    letter: str
    people: int
    found_again_percent: int | None
    stands_for: list[int]


class ReportBorder(Schema):
    """Whether there is a gap between two neighbouring groups."""

    groups: list[str]
    finding: Literal["gap", "no_gap", "unsure"]
    at_border_per_100: int = Field(description="People at the border for every 100 in the middle where fewer stand.")
    low: int | None = Field(description="Lower limit of the 95 % interval of this figure.")
    high: int | None = Field(description="Upper limit of the 95 % interval of this figure.")
    if_alike: int | None = Field(description="The same figure if people of a group differed by chance alone.")


class ReportOut(Schema):
    """The published map of a conversation."""

    conversation: str
    made_at: datetime
    mode: str
    people: int
    votes: int
    clear_groups: bool = Field(description="False: no groups are clear, which is an answer.")
    groups: list[ReportGroup]
    borders: list[ReportBorder] = Field(description="Empty without groups, and for maps made before this was counted.")
    agreed: list[int]
    disagreed: list[int]
    across: list[int] = Field(description="What every group agrees with or rejects.")
    divisive: list[int]
    statements: list[ReportStatement]
