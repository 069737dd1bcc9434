"""The sample's one story: every arrow from a factory's voice to a promise is a link that leads somewhere."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.test import Client
from django.utils.module_loading import import_string

from minga.deliberation.models import Citation, Commitment, Consultation, Disposition, Draft, MapRun, Source, Vote
from minga.deliberation.sample import load_sample
from minga.deliberation.selectors import adoption, consulting, publishing, tracing
from minga.members import selectors as people
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROOT = "/en/deliberation"


@pytest.fixture
def sample(settings):
    """The people of the sample, without the rooms whose loading takes long."""
    settings.SAMPLE = True
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
    import_string(apps.get_app_config("meetings").load_sample)()
    load_sample()


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


def test_story_is_told_once_and_whole(sample):
    counts = [one.objects.count() for one in (Consultation, Source, Vote, Disposition, Commitment)]
    load_sample()
    assert [one.objects.count() for one in (Consultation, Source, Vote, Disposition, Commitment)] == counts
    assert all(Consultation.objects.values_list("is_sample", flat=True))
    adopted_one_answers_every_voice_and_traces_what_it_accepts()
    one_conversation_is_open_and_one_has_its_report()
    evidence_is_cited_only_where_it_is_published()


def test_every_arrow_of_the_story_is_a_link(sample, client):
    meeting_became_voices_and_is_linked(client)
    every_arrow_from_the_factory_is_a_link(client)
    open_one_leaves_something_to_everybody_who_works_on_it()
