"""The sample's one story: every arrow from a factory's voice to a promise is a link that leads somewhere."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max, Min
from django.test import Client, override_settings
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from minga.deliberation import sample_story as story
from minga.deliberation import triggers
from minga.deliberation.models import (
    Citation,
    Commitment,
    CommitmentUpdate,
    Consultation,
    Disposition,
    Draft,
    MapRun,
    Source,
    Statement,
    ThemeLink,
    Voice,
    Vote,
)
from minga.deliberation.sample import load_sample
from minga.deliberation.sample_talks import texts
from minga.deliberation.selectors import adoption, consulting, covering, publishing, rounds, tracing
from minga.members import selectors as people
from minga.members import services as members
from tests.people import give_app

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/en/deliberation"


def tell_the_story() -> None:
    """Load the people of the sample and the story, without the rooms whose loading takes long."""
    ministry = members.create_organization(
        by=None, is_sample=True, name="Sample Ministry of Industry", type="government", country="TN"
    )
    for name in ("officer", "owner", "adviser", "assessor", "secretariat"):
        account = members.create_account(
            email=f"{name}@sample.example", password="sample-alliance-2026", name=name, is_sample=True
        )
        person = members.person_for(account)
        if name == "officer":
            members.grant_mandate(person=person, role="owner", organization=ministry)
        if name == "secretariat":
            members.grant_in_alliance(person=person, role="secretariat")
            give_app(account)  # as every test has it; here it is told before one begins
    import_string(apps.get_app_config("meetings").load_sample)()
    load_sample()


@pytest.fixture(scope="class")
def sample(django_db_setup, django_db_blocker):
    """Tell the story once for all tests of a class; each of them takes back what it does beside it."""
    told = override_settings(SAMPLE=True, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), told, transaction.atomic():
        with translation.override("en"):
            tell_the_story()
        yield
        transaction.set_rollback(True)


def linked(page: str) -> set[str]:
    return set(re.findall(r'href="([^"#?]+)', page))


def test_without_its_people_there_is_no_story(db):
    load_sample()
    assert not Consultation.objects.exists()


def adopted_one_answers_every_voice_and_traces_what_it_accepts():
    asked = Consultation.objects.get(slug="sample-ai-strategy")
    draft = asked.drafts.get()
    assert (asked.state, draft.state, draft.version) == ("adopted", "adopted", 2)
    counted = tracing.coverage_of(publishing.published_trace(asked))
    voices = consulting.standing_voices(asked).count()
    assert counted.of("answered") == (voices, voices)
    assert counted.of("traced")[0] == counted.of("traced")[1] > 0
    assert counted.of("unsourced")[0] == 0
    problems = adoption.missing(draft, asked)
    assert not problems.filter(problems["blocks"]).height


def one_conversation_is_open_and_one_has_its_report():
    states = dict(MapRun.objects.values_list("conversation__state", "is_published"))
    assert states == {"open": False, "closed": True}
    assert all(run.facts["clear_groups"] for run in MapRun.objects.all()), "two groups were planted in each"


def meeting_became_voices_and_is_linked(client):
    heard = Source.objects.get(kind="meeting")
    assert heard.voices.filter(takeaway__isnull=False).count() == heard.voices.count() > 0
    page = client.get(f"{ROOT}/sample-ai-strategy/").content.decode()
    assert f"/en/meetings/{heard.meeting_id}/" in linked(page)
    of_meeting = linked(client.get(f"/en/meetings/{heard.meeting_id}/").content.decode())
    assert f"{ROOT}/sample-ai-strategy/" in of_meeting
    for voice in heard.voices.all():
        assert f"{ROOT}/sample-ai-strategy/voices/{voice.number}/" in of_meeting, "meeting -> voice"


def every_arrow_from_the_factory_is_a_link(client):
    owner = members.person_by_address("owner@sample.example").account
    voice = Source.objects.get(account=owner).voices.order_by("number").first()
    promised = Commitment.objects.get(number=1)
    clause = f"{ROOT}/sample-ai-strategy/drafts/strategy/c/{promised.clause.number}/"
    of_voice = client.get(f"{ROOT}/sample-ai-strategy/voices/{voice.number}/")
    assert of_voice.status_code == 200
    assert clause in linked(of_voice.content.decode()), "voice -> clause"
    of_clause = client.get(clause)
    assert of_clause.status_code == 200
    promise = f"{ROOT}/commitments/{promised.pk}/"
    assert promise in linked(of_clause.content.decode()), "clause -> promise"
    of_promise = client.get(promise)
    assert of_promise.status_code == 200
    back = linked(of_promise.content.decode())
    assert any(link.startswith(clause) for link in back), "promise -> clause"
    assert f"{ROOT}/sample-ai-strategy/voices/{voice.number}/" in back, "promise -> voice"


def open_one_leaves_something_to_everybody_who_works_on_it():
    browser = Client()
    officer = members.person_by_address("officer@sample.example").account
    assert not people.is_secretariat(officer)
    browser.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get(f"{ROOT}/sample-training-centre/desk/").content.decode()
    assert page.count("wait") >= 3
    assert Draft.objects.get(slug="curriculum").state == "writing"


def evidence_is_cited_only_where_it_is_published():
    """Without index and panel in this small sample nothing is cited, rather than a figure that is not there."""
    assert not Citation.objects.exists()
    assert not Commitment.objects.exclude(indicator_link="").exists()


def span(rows, field: str) -> tuple:
    """The first and the last moment of something."""
    found = rows.aggregate(first=Min(field), last=Max(field))
    return found["first"], found["last"]


def steps_stand_behind_each_other(*steps: tuple) -> None:
    """Each step begins after the one before has ended."""
    for (name, (_first, ended)), (later, (begun, _last)) in pairwise(steps):
        assert ended < begun, f"{later} began on {begun}, before {name} had ended on {ended}"


def adopted_one_happened_in_an_order_one_can_believe():
    asked = Consultation.objects.get(slug="sample-ai-strategy")
    draft, talk, now = asked.drafts.get(), asked.conversations.get(), timezone.now()
    answers = Disposition.objects.filter(consultation=asked)
    first, second = draft.versions.order_by("number")
    promises = Commitment.objects.filter(draft=draft)
    reports = CommitmentUpdate.objects.filter(commitment__in=promises, version__gt=1)
    assert asked.opened_at < talk.opened_at < talk.closed_at < asked.closed_at
    assert talk.opened_at <= span(Vote.objects.filter(statement__conversation=talk), "at")[0]
    assert span(Vote.objects.filter(statement__conversation=talk), "at")[1] < talk.closed_at
    steps_stand_behind_each_other(
        ("opening", (asked.opened_at, asked.opened_at)),
        ("voices", span(asked.sources, "received_at")),
        ("closing", (asked.closed_at, asked.closed_at)),
        ("sorting", span(ThemeLink.objects.filter(theme__consultation=asked), "at")),
        ("answers", span(answers.filter(statement=None), "at")),
        ("version 1", (first.published_at, first.published_at)),
        ("map", span(talk.maps, "made_at")),
        ("answers to statements", span(answers.exclude(statement=None), "at")),
        ("version 2", (second.published_at, second.published_at)),
        ("adoption", (draft.adopted_at, draft.adopted_at)),
        ("promises", span(promises, "created_at")),
        ("reports", span(reports, "at")),
        ("today", (now, now)),
    )


def open_one_comes_of_the_promise_and_lies_in_the_past():
    asked, now = Consultation.objects.get(slug="sample-training-centre"), timezone.now()
    promised = Commitment.objects.get(number=2)
    talk, draft = asked.conversations.get(), asked.drafts.get()
    assert promised.created_at < asked.opened_at < promised.updates.get(version=2).at, (
        "it reports that this one is open"
    )
    steps_stand_behind_each_other(
        ("opening", (asked.created_at, asked.created_at)),
        ("themes", span(ThemeLink.objects.filter(theme__consultation=asked), "at")),
        ("answers", span(asked.dispositions.filter(covered_by=None), "at")),
        ("first text", span(draft.versions, "published_at")),
        ("what the text covers", span(asked.dispositions.exclude(covered_by=None), "at")),
        ("today", (now, now)),
    )
    covered = asked.dispositions.get(covered_by__isnull=False)
    assert covered.voice.text.startswith("Apprendre à lire les mesures")
    assert covered.covered_by.versions.get(version=1).heading == "First course"
    assert asked.opened_at <= span(asked.sources, "received_at")[0]
    assert span(asked.sources, "received_at")[1] < span(asked.themes, "created_at")[0]
    assert span(Vote.objects.filter(statement__conversation=talk), "at")[1] < now
    assert span(talk.statements, "created_at")[1] < talk.moderation.get().at < talk.maps.get().made_at


def no_promise_was_due_or_reported_before_it_was_made():
    today = timezone.localdate()
    for one in Commitment.objects.all():
        assert one.due_on > one.created_at.date(), f"{one.code} was due before it was made"
        reports = list(one.updates.order_by("version").values_list("at", flat=True))
        assert reports == sorted(reports)
        if one.status == "done":
            assert one.updates.last().value == one.target
            assert reports[-1].date() <= one.due_on <= today


def test_days_are_stored_under_the_rules_that_guard_published_versions(settings):
    settings.SAMPLE = True
    triggers.install(connection)
    try:
        tell_the_story()
        adopted_one_happened_in_an_order_one_can_believe()
    finally:
        if triggers.is_throwaway(connection):
            triggers.remove(connection)


def test_value_and_target_of_a_promise_are_of_one_scale():
    """The index counts points from 0 to 100; a level of 0 to 5 beside it would mislead."""
    measured = [row for row in texts("story")["commitments"] if "figure" in row]
    assert measured
    for row in measured:
        assert "points" in row["indicator"]
        assert "0 to 100" in row["indicator"]
        number, unit, *_rest = row["target"].split()
        assert unit == "points"
        assert 5 < float(number) <= 100


def test_each_promise_has_a_measure_that_is_called_invented_or_of_the_sample():
    for row in texts("story")["commitments"]:
        assert "sample" in row["indicator"]
        assert row["baseline"]
        assert row["target"]
        assert ("{value}" in row["baseline"]) == ("figure" in row)
        assert row.get("value") or "status" not in row


@pytest.mark.usefixtures("sample")
class TestStory:
    """What stands in the story, and where its links lead."""

    def test_days_of_the_story_stand_in_an_order_one_can_believe(self):
        adopted_one_happened_in_an_order_one_can_believe()
        open_one_comes_of_the_promise_and_lies_in_the_past()
        no_promise_was_due_or_reported_before_it_was_made()
        for voice in Voice.objects.select_related("source"):
            assert voice.created_at == voice.source.received_at
        assert not Statement.objects.filter(created_at__gt=timezone.now()).exists()

    def test_what_all_groups_agree_on_leads_to_the_clause_that_says_it(self):
        """Power cuts once led to the clause on training, and so to the promise to train people."""
        said = {
            0: "training of those who maintain",
            3: "belong to the factory",
            8: "outages are published",
            9: "Universities",
        }
        answers = Disposition.objects.exclude(statement=None).select_related("statement")
        assert {one.statement.number for one in answers} == set(said)
        for one in answers:
            change = one.changes.get()
            assert said[one.statement.number] in change.text
            assert one.answer == ("accepted_in_part" if one.statement.number == 8 else "accepted")
        power = answers.get(statement__number=8).changes.get().clause
        assert [made.title for made in power.commitments.all()] == ["Publish outages by district every month"]

    def test_a_statement_of_common_ground_without_an_entry_stops_the_story(self):
        talk = Statement.objects.get(number=8, conversation__slug="sample-ai-for-industry").conversation
        run = talk.maps.get()
        at = run.tables["statements"]["columns"].index("comment-id")
        agreed = next(row for row in run.tables["statements"]["rows"] if row[at] == 8)
        agreed[at] = 13  # a statement of which the file says nothing
        for row in run.tables["group_stats"]["rows"]:
            place = run.tables["group_stats"]["columns"].index("statement_id")
            row[place] = {8: 13, 13: 8}.get(row[place], row[place])
        run.save()
        told = story.Told(talk.consultation, None, None)
        with pytest.raises(KeyError, match="13"):
            story.answer_common_ground(told, texts("story")["statements"])

    def test_the_sample_shows_who_spoke_beside_a_population_that_is_called_invented(self, client):
        asked = Consultation.objects.get(slug="sample-ai-strategy")
        gender = covering.covered(asked).participation["gender"]
        assert [(row["value"], row["withheld"]) for row in gender["rows"]] == [("man", False), ("woman", False)]
        assert gender["not_stated"] >= 5
        assert 0 < gender["dissimilarity"] < 0.5
        page = client.get(f"{ROOT}/sample-ai-strategy/coverage/").content.decode()
        assert "Invented shares, for this sample only" in page
        report = client.get(f"{ROOT}/talk/sample-ai-for-industry/report/").content.decode()
        assert "Invented shares, for this sample only" in report

    def test_each_round_of_the_open_one_shows_what_became_of_its_voices(self, client):
        asked = Consultation.objects.get(slug="sample-training-centre")
        counted = consulting.round_counts(asked)
        told = rounds.outcomes(asked, counted)
        assert None not in told.values()
        country, _south, *cities = (told[one.round.number] for one in counted)
        assert (country.voices, country.answered) == tracing.coverage_of(tracing.trace_of(asked)).of("answered")[::-1]
        assert sum(city.voices for city in cities) == country.voices
        assert all(0 < city.accepted <= city.answered < city.voices for city in cities)
        listed = client.get(f"{ROOT}/sample-training-centre/voices/?round={counted[-1].round.number}").content.decode()
        assert listed.count('class="said"') == 4, "one of the five came by the form, and nobody has read it yet"

    def test_story_is_told_once_and_whole(self):
        counts = [one.objects.count() for one in (Consultation, Source, Vote, Disposition, Commitment)]
        load_sample()
        assert [one.objects.count() for one in (Consultation, Source, Vote, Disposition, Commitment)] == counts
        assert all(Consultation.objects.values_list("is_sample", flat=True))
        adopted_one_answers_every_voice_and_traces_what_it_accepts()
        one_conversation_is_open_and_one_has_its_report()
        evidence_is_cited_only_where_it_is_published()

    def test_every_table_of_the_story_says_what_it_holds(self, client):
        strategy, talk = f"{ROOT}/sample-ai-strategy", f"{ROOT}/talk"
        for path in (
            f"{strategy}/coverage/",
            f"{strategy}/drafts/strategy/",
            f"{talk}/sample-ai-for-industry/report/",
            f"{talk}/sample-ai-for-industry/report/statements/",
            f"{talk}/sample-training-in-sfax/log/",
            f"{ROOT}/sample-training-centre/",
            f"{ROOT}/sample-training-centre/rounds/1/",
        ):
            response = client.get(path)
            page = response.content.decode()
            assert response.status_code == 200, path
            assert page.count("<table") == page.count("<caption") > 0, path

    def test_every_arrow_of_the_story_is_a_link(self, client):
        meeting_became_voices_and_is_linked(client)
        every_arrow_from_the_factory_is_a_link(client)
        open_one_leaves_something_to_everybody_who_works_on_it()
