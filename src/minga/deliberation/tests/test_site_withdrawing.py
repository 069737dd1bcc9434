"""Withdrawing a draft: who may, what everyone reads afterwards, and what its answers and its consultation become."""

from __future__ import annotations

import pytest
from django.test import Client

from minga.deliberation import testing_voices as people
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import ClauseVersion, Draft, DraftVersion
from minga.deliberation.selectors import answering as answers
from minga.deliberation.selectors import overview
from minga.deliberation.services import answering, drafting, versions, withdrawing
from minga.deliberation.tests.test_site_commitments import address
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WHY = "The council writes one text for both islands; this one stands still."


@pytest.fixture
def draft():
    """A published draft of one clause that carries an answer."""
    asked = people.consultation()
    made = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    answer = answering.give_answer(target=people.heard(asked, "We want training."), answer="accepted")
    drafting.add_clause(draft=made, heading="Skills", text="Training is free.", dispositions=[answer])
    versions.publish_version(draft=made)
    made.refresh_from_db()
    return made


def html(response, status=200):
    assert response.status_code == status, response.content.decode()
    return " ".join(response.content.decode().split())


def test_lead_withdraws_a_draft_and_everyone_reads_since_when_and_why(draft):
    slug = draft.consultation.slug
    nadia = people.at_work(draft.consultation, "lead", "editor")[0]
    withdraw = address("desk_draft_withdraw", slug, "plan")
    assert withdraw in html(nadia.get(address("desk_draft", slug, "plan")))
    refused = html(nadia.post(withdraw, {"reason": "  "}), 422)
    assert "Withdraw this draft?" in refused
    assert nadia.post(withdraw, {"reason": WHY}).url == address("draft", slug, "plan")
    for path in (address("draft", slug, "plan"), address("clause", slug, "plan", 1)):
        page = html(Client().get(path))
        assert "This draft was withdrawn on" in page
        assert WHY in page
        assert "Training is free." in page
        assert address("clause_say", slug, "plan", 1) not in page
    assert Draft.objects.get().withdrawn_at is not None
    assert (DraftVersion.objects.count(), ClauseVersion.objects.count()) == (1, 1), "nothing is deleted"


def test_withdrawn_draft_leaves_the_lists_and_its_answers_wait_again(draft):
    asked = draft.consultation
    assert not answers.still_to_carry(asked).exists()
    withdrawing.withdraw_draft(draft=draft, reason=WHY)
    assert answers.still_to_carry(asked).count() == 1
    assert list(overview.public_drafts(asked)) == []
    bao = people.at_work(asked, "editor")[0]
    assert bao.get(address("desk_draft", asked.slug, "plan")).status_code == 404
    assert f'href="{address("draft", asked.slug, "plan")}"' in html(bao.get(address("desk_drafts", asked.slug)))
    assert "To the desk" not in html(bao.get(address("draft", asked.slug, "plan")))
    with pytest.raises(ActError, match="nothing in it changes any more"):
        drafting.add_clause(draft=draft, heading="", text="More.")


@pytest.mark.parametrize("task", ["editor", "analyst", "moderator", None])
def test_only_who_leads_withdraws(draft, task):
    slug = draft.consultation.slug
    client = people.at_work(draft.consultation, task)[0] if task else Client()
    withdraw = address("desk_draft_withdraw", slug, "plan")
    assert is_turned_away(client.get(withdraw))
    assert is_turned_away(client.post(withdraw, {"reason": WHY}))
    if task == "editor":
        assert withdraw not in html(client.get(address("desk_draft", slug, "plan")))
    assert Draft.objects.get().state == "writing"


def test_what_is_adopted_or_was_never_published_is_not_withdrawn(draft):
    lead = people.at_work(draft.consultation, "lead")[0]
    never = drafting.make_draft(consultation=draft.consultation, title="Other", slug="other")
    Draft.objects.filter(pk=draft.pk).update(state="adopted")
    for name, one, code in (("plan", draft, "state"), ("other", never, "unpublished")):
        assert lead.get(address("desk_draft_withdraw", draft.consultation.slug, name)).status_code == 404
        with pytest.raises(ActError) as refused:
            withdrawing.withdraw_draft(draft=one, reason=WHY)
        assert refused.value.code == code


def test_consultation_is_adopted_once_the_last_draft_beside_an_adopted_one_is_withdrawn(draft):
    asked = draft.consultation
    Draft.objects.create(consultation=asked, slug="done", title="Done", version=1, state="adopted")
    withdrawing.withdraw_draft(draft=draft, reason=WHY)
    asked.refresh_from_db()
    assert asked.state == "adopted"
