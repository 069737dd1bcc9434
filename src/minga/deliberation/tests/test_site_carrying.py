"""Which answers a clause can carry: those that none carries yet, and after them those of other clauses, marked."""

from __future__ import annotations

import pytest

from minga.deliberation.models import ClauseVersion, Draft
from minga.deliberation.selectors import access, answering, overview
from minga.deliberation.selectors.drafts import words_mark
from minga.deliberation.services import answering as services
from minga.deliberation.services import drafting
from minga.deliberation.testing_voices import at_work, consultation, heard
from minga.deliberation.tests.test_site_answering_pages import address, html
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def asked():
    return consultation()


def accepted(asked, text):
    return services.give_answer(target=heard(asked, text), answer="accepted")


def test_an_answer_of_another_clause_is_offered_after_those_that_wait_and_leads_to_both(asked):
    draft = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    training = accepted(asked, "We want training.")
    accepted(asked, "We want power.")
    drafting.add_clause(draft=draft, heading="Skills", text="Training is free.", dispositions=[training])
    second = drafting.add_clause(draft=draft, heading="Power", text="Power is cheap.")
    bao, _account = at_work(asked, "editor")
    shown = html(bao.get(address("desk_clause", asked.slug, "plan", 2)))
    assert shown.index("V2 We want power.") < shown.index("V1 We want training. (in C1 already)")
    assert "in C1 already" not in html(bao.get(address("desk_clause", asked.slug, "plan", 1)))
    seen = words_mark("Power", "Power is cheap.")
    given = {"heading": "Power", "text": "Power and training.", "seen": seen, "answers": [str(training.pk)]}
    assert bao.post(address("desk_clause", asked.slug, "plan", 2), given).status_code == 302
    assert list(ClauseVersion.objects.get(clause=second).dispositions.all()) == [training]
    assert answering.carried_elsewhere(asked, but=second) == []
    assert answering.carried_elsewhere(asked) == [(training, ["C1", "C2"])]
    # the list of what still waits names only what no clause carries
    assert "We want training." not in html(bao.get(address("desk_draft", asked.slug, "plan"))).split("<ol")[0]


def test_an_answer_that_only_a_withdrawn_draft_carries_waits_again_everywhere(asked):
    draft = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    training = accepted(asked, "We want training.")
    drafting.add_clause(draft=draft, heading="Skills", text="Training is free.", dispositions=[training])
    bao, _account = at_work(asked, "editor", "analyst")
    assert "We want training." not in html(bao.get(address("answers", asked.slug), {"show": "carry"}))
    assert [part.waiting for part in overview.desk_drafts(asked)] == [0]
    Draft.objects.update(state=Draft.State.WITHDRAWN)
    drafting.make_draft(consultation=asked, title="Another plan", slug="other")
    assert "We want training." in html(bao.get(address("answers", asked.slug), {"show": "carry"}))
    assert [part.waiting for part in overview.desk_drafts(asked)] == [1]
    assert "We want training." in html(bao.get(address("desk_draft", asked.slug, "other")))


def test_the_team_counts_who_leads_it():
    ministry = members.create_organization(by=None, name="Ministry", type="government", country="CV")
    asked = consultation(organization=ministry)
    _browser, account = at_work(asked)
    members.grant_mandate(person=members.person_for(account), role="owner", organization=ministry)
    assert [part.count for part in overview.team(asked)] == [1]
    at_work(asked, "editor", "analyst")
    assert [part.count for part in overview.team(asked)] == [2]
    assert access.people_of(consultation("other")) == set()
