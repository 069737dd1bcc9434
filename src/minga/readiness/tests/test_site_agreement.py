"""The agreement step: who differs talks, nothing is overwritten, and the report says what was agreed."""

from __future__ import annotations

import json
import re
from itertools import permutations

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minga.members import services as members
from minga.readiness import report, selectors, services
from minga.readiness.engine.errors import AgreementError, AnswerError
from minga.readiness.models import Agreement, Answer, Assessment
from minga.readiness.testing import address, answer_as, answered, invited, signed_in, started

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def bakery(own: str = "1", theirs: tuple[str, ...] = ("4",), **fields):
    """Answer as Amina, and one item, INT1, as colleagues who finished."""
    assessment = answered(own, **fields)
    for level in theirs:
        answer_as(invited(assessment, role="production"), {"INT1": level}, finish=True)
    return assessment


def owned(*arguments, **fields):
    client, account = signed_in("amina@example.org")
    return client, bakery(*arguments, account=account, **fields)


def submit(assessment):
    services.submit_assessment(assessment=assessment, scores=lambda: report.score_rows(assessment))
    return assessment


def settle(assessment, level=3, reason="We looked at last week's orders", seen=0, **more):
    return services.agree(assessment=assessment, item="INT1", level=level, reason=reason, seen_version=seen, **more)


def sent(level="3", reason="We looked at last week's orders", version=0):
    return {"INT1-level": level, "INT1-reason": reason, "INT1-version": str(version)}


def test_submitting_leads_to_the_agreement_first():
    client, assessment = owned()
    assert client.post(address("submit", assessment)).url == address("agreement", assessment)
    assessment.refresh_from_db()
    assert assessment.status == "draft"
    with pytest.raises(AgreementError, match="levels of INT1 lie two or more apart"):
        submit(assessment)


def test_levels_stand_side_by_side_in_their_own_order_and_without_names():
    client, assessment = owned("1", ("4", "3"))
    page = client.get(address("agreement", assessment)).content.decode()
    said = re.findall(r"<b>(\d) · [^<]*<span class=\"tag\">(\d) person", page)
    assert said == [("1", "1"), ("3", "1"), ("4", "1")]
    assert page.count("yours among them") == 1
    assert "Production head" not in page
    assert "Colleague 1" not in page


def test_levels_one_apart_need_no_agreement():
    client, assessment = owned("2", ("3",))
    assert "nothing to settle" in client.get(address("agreement", assessment)).content.decode()
    assert client.post(address("submit", assessment)).url == address("report", assessment)
    assessment.refresh_from_db()
    assert assessment.status == "agreed"
    with pytest.raises(AgreementError, match="submitted"):
        settle(assessment)


def test_agreed_level_counts_and_is_kept_with_its_reason():
    client, assessment = owned()
    response = client.post(address("agreement", assessment), sent())
    assert response.url == address("goals", assessment)
    assert client.post(address("submit", assessment)).url == address("report", assessment)
    assessment.refresh_from_db()
    assert assessment.status == "agreed"
    kept = Agreement.objects.get()
    assert (kept.item, kept.level, kept.reason, kept.version) == ("INT1", 3, "We looked at last week's orders", 1)
    built = report.build(assessment, "en")
    shown = next(one for one in built.report.items if one.item == "INT1")
    assert (shown.level, shown.spread) == (3, 3)
    assert built.report.discussion == ()
    assert built.report.calculation.respondents == 2
    page = client.get(address("report", assessment)).content.decode()
    assert "2 people answered" in page
    assert "We looked at last week&#x27;s orders" in page
    for name in ("report_markdown", "report_text"):
        assert "We looked at last week's orders" in client.get(address(name, assessment)).content.decode()


def test_agreeing_on_the_level_that_counted_before_settles_it_too():
    _client, assessment = owned("1", ("3",))
    settle(assessment, level=1)
    built = report.build(submit(assessment), "en")
    assert next(one for one in built.report.items if one.item == "INT1").level == 1
    assert built.report.discussion == ()


def test_scores_of_the_submitted_check_hold_every_voice_and_the_agreement():
    _client, assessment = owned("2", ("5", "5"))
    settle(assessment, level=4)
    submit(assessment)
    stored = {one.node: one.score for one in assessment.scores.filter(kind="local")}
    built = report.build(assessment, "en").report
    assert stored["integration"] == pytest.approx(3.0)  # INT1 agreed on 4, the other question at 2
    assert {node.node: node.score for node in (*built.factors, built.total)} == pytest.approx(stored)


def test_lower_median_counts_where_people_lie_one_apart():
    _client, assessment = owned("2", ("3", "3", "2"))
    built = report.build(submit(assessment), "en").report
    assert next(one for one in built.items if one.item == "INT1").level == 2


def test_spread_lowers_the_rank_of_a_step():
    _client, apart = owned("1", ("4",))
    settle(apart, level=1)
    alone = answered("1", account=apart.account, name="Another bakery")
    steps = [
        {step.item: step for step in report.build(submit(one), "en").report.ranked}["INT1"] for one in (apart, alone)
    ]
    assert (steps[0].spread, steps[1].spread) == (3, 0)
    assert steps[0].agreement == pytest.approx(1 - 3 / 5)
    assert steps[0].priority < steps[1].priority


def test_draft_of_the_report_shows_the_owners_answers_alone():
    client, assessment = owned("1", ("4",))
    drafted = json.loads(client.get(address("report_json", assessment)).content)
    one = next(one for one in drafted["items"] if one["item"] == "INT1")
    assert (one["level"], one["spread"]) == (1, 0)
    page = client.get(address("report", assessment)).content.decode()
    assert "those of your colleagues join them when you submit" in page
    alone = answered("1", account=assessment.account, name="Another bakery")
    same = json.loads(client.get(address("report_json", alone)).content)
    assert {one["item"]: one["level"] for one in same["items"]} == {
        one["item"]: one["level"] for one in drafted["items"]
    }


def test_hash_of_the_answers_tells_nobody_apart():
    """With names in it, the owner could try who-said-what until the hash fits."""
    hashes = set()
    for order in permutations(("1", "3", "2")):
        assessment = answered("2")
        for level in order:
            given_elsewhere = {"1": "2", "2": "3", "3": "1"}[level]
            answer_as(invited(assessment), {"INT1": level, "INT2": given_elsewhere}, finish=True)
        made = report.build(submit(_settled_everywhere(assessment)), "en")
        hashes.add(made.report.calculation.data_hash)
        rows = report.answers_table(assessment, made.instrument)
        assert rows.filter(item="INT1").sort("respondent")["level"].to_list() == ["1", "2", "2", "3"]
    assert len(hashes) == 1


def _settled_everywhere(assessment):
    for one in selectors.open_discussions(assessment, selectors.instrument_of(assessment, "en")):
        services.agree(assessment=assessment, item=one.voices.item.id, level=2, reason="talked", seen_version=0)
    return assessment


def test_levels_stay_closed_until_everybody_has_finished():
    client, assessment = owned()
    late = invited(assessment, role="quality")
    answer_as(late, {"DAT2": "5"})
    page = client.get(address("agreement", assessment)).content.decode()
    assert "1 of 2 colleagues has not finished yet" in page
    assert "voice" not in page
    assert "4 ·" not in page
    assert client.post(address("agreement", assessment), sent()).status_code == 404
    with pytest.raises(AgreementError, match="Not every colleague has finished"):
        settle(assessment)
    with pytest.raises(AgreementError, match="Not every colleague has finished"):
        submit(assessment)


def test_owner_goes_on_without_those_who_have_not_finished():
    client, assessment = owned()
    answer_as(invited(assessment, role="quality"), {"DAT2": "5"})
    assert client.post(address("go_on_without", assessment)).url == address("agreement", assessment)
    assert selectors.colleagues_of(assessment).count() == 1
    assert set(Answer.objects.filter(colleague__isnull=False).values_list("item", flat=True)) == {"INT1"}
    assert client.post(address("agreement", assessment), sent()).url == address("goals", assessment)


def test_reason_and_level_are_both_needed():
    client, assessment = owned()
    for wrong, words in (
        (sent(reason=""), "Say in a sentence why this level is right"),
        (sent(level=""), "Choose the level that you agreed on"),
        (sent(level="9"), "Choose the level that you agreed on"),
    ):
        response = client.post(address("agreement", assessment), wrong)
        assert response.status_code == 422
        assert words in response.content.decode()
    with pytest.raises(AgreementError, match="no reason"):
        settle(assessment, reason="  ")
    with pytest.raises(AnswerError, match="agreed level 9, but levels run from 0 to 5"):
        settle(assessment, level=9)
    with pytest.raises(AgreementError, match="nothing to agree on at item 'INT2'"):
        services.agree(assessment=assessment, item="INT2", level=3, reason="x", seen_version=0)
    assert not Agreement.objects.exists()


def test_two_tabs_lose_nothing_and_see_the_other():
    client, assessment = owned("1", ("4", "4"))
    answer_as(invited(assessment, role="quality"), {"DAT2": "5"}, finish=True)
    first = client.post(address("agreement", assessment), sent("3", "From the first tab"))
    assert first.status_code == 302
    second = client.post(address("agreement", assessment), sent("4", "From the second tab"))
    assert second.status_code == 422
    page = second.content.decode()
    assert "Somebody recorded level 3" in page
    assert "“From the first tab”" in page
    assert "From the second tab</textarea>" in page
    assert list(Agreement.objects.values_list("version", "level")) == [(1, 3)]
    # the page now knows of the first one; sent again it stands beside it, as the newer version
    version = re.search(r'name="INT1-version" value="(\d+)"', page).group(1)
    client.post(address("agreement", assessment), sent("4", "From the second tab", version))
    assert list(Agreement.objects.order_by("version").values_list("version", "level")) == [(1, 3), (2, 4)]
    assert selectors.newest_agreements(assessment)["INT1"].reason == "From the second tab"


def test_same_agreement_twice_counts_once():
    _client, assessment = owned()
    assert settle(assessment).outcome == "saved"
    assert settle(assessment).outcome == "unchanged"
    assert settle(assessment, seen=1).outcome == "unchanged"
    assert Agreement.objects.count() == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=8))
def test_whatever_arrives_in_whatever_order_each_version_is_there_once(db, writes):
    """Late and repeated writes: the newest version is one whose writer saw the one before it."""
    Assessment.objects.all().delete()
    assessment = bakery()
    newest, saw = 0, {}
    for place, (level, seen) in enumerate(writes):
        done = settle(assessment, level=level, reason=f"talk {place}", seen=seen)
        assert done.outcome == ("saved" if newest in {0, seen} else "conflict")
        if done.outcome == "saved":
            newest += 1
            saw[newest] = level
        assert done.agreement.version == newest
    kept = dict(Agreement.objects.filter(assessment=assessment).values_list("version", "level"))
    assert kept == saw


def test_agreement_ends_when_a_level_moves_but_not_for_a_note():
    client, assessment = owned()
    settle(assessment)
    instrument = selectors.instrument_of(assessment, "en")
    own = assessment.answers.get(colleague=None, item="INT1")
    services.save_answer(
        assessment=assessment, item="INT1", value="1", note="a note", seen_version=own.version, language="en"
    )
    assert selectors.open_discussions(assessment, instrument) == []
    answer_as(assessment.colleagues.get(), {"INT1": "5"})
    assert [one.voices.item.id for one in selectors.open_discussions(assessment, instrument)] == ["INT1"]
    page = client.get(address("agreement", assessment)).content.decode()
    assert "answers changed since" in page
    assert "We looked at last week&#x27;s orders" in page
    assert settle(assessment, seen=1).outcome == "saved"
    assert selectors.open_discussions(assessment, instrument) == []


def test_reopening_keeps_what_still_holds():
    _client, assessment = owned()
    settle(assessment)
    submit(assessment)
    services.reopen_assessment(assessment=assessment)
    instrument = selectors.instrument_of(assessment, "en")
    assert selectors.open_discussions(assessment, instrument) == []
    assert submit(assessment).status == "agreed"
    services.reopen_assessment(assessment=assessment)
    answer_as(assessment.colleagues.get(), {"INT1": "2"})
    # now one apart: the old agreement no longer counts, the lower of the two does
    built = report.build(submit(assessment), "en")
    assert next(one for one in built.report.items if one.item == "INT1").level == 1
    assert built.voices.differences == ()


def test_business_that_answers_alone_is_self_declared():
    assert submit(answered("3")).status == "self-declared"
    invited_only = answered("3")
    services.withdraw_invitation(colleague=invited(invited_only))
    assert submit(invited_only).status == "self-declared"


def test_only_who_decides_sees_levels_and_settles_them():
    amina, owner = signed_in("amina@example.org")
    place = members.create_organization(
        by=members.person_for(owner), name="Bakery", type="sme", country="CV", sector="10", size="10-49"
    )
    assessment = bakery(account=owner, organization=place)
    karim, respondent = signed_in("karim@example.org")
    members.grant_mandate(person=members.person_for(respondent), role="respondent", organization=place)
    page = karim.get(address("agreement", assessment)).content.decode()
    assert "The owner lays their answers side by side" in page
    assert "voice" not in page
    assert karim.post(address("agreement", assessment), sent()).status_code == 404
    assert karim.post(address("go_on_without", assessment)).status_code == 404
    for stranger in (Client(), signed_in("bao@example.org")[0]):
        assert stranger.get(address("agreement", assessment)).status_code == 404
    assert amina.get(address("agreement", assessment)).status_code == 200


def test_answers_without_a_level_are_counted_and_never_make_a_difference():
    client, assessment = owned("1", ("4", "dk"))
    page = client.get(address("agreement", assessment)).content.decode()
    assert "1 person gave no level" in page
    quiet = started(account=assessment.account)
    services.save_answer(assessment=quiet, item="INT1", value="0", seen_version=0, language="en")
    answer_as(invited(quiet), {"INT1": "dk"}, finish=True)
    assert selectors.discussions(quiet, selectors.instrument_of(quiet, "en")) == []


def test_agreements_are_exported_and_deleted_with_the_check():
    client, assessment = owned()
    settle(assessment, account=assessment.account)
    exported = json.loads(client.get(address("export", assessment)).content)
    assert [one["level"] for one in exported["agreements"]] == [3]
    assert "4" not in {one["value"] for one in exported["answers"]}
    services.delete_assessment(assessment=assessment)
    assert not Agreement.objects.exists()


def test_agreement_recorded_in_the_check_of_somebody_else_is_taken_along():
    _client, assessment = owned()
    luis = members.create_account(email="luis@example.org", password="a-good-long-password")
    settle(assessment, account=luis)
    (recorded,) = services.export_person(luis.person)["agreements_elsewhere"]
    assert (recorded["assessment"], recorded["level"]) == (str(assessment.pk), 3)
    assert services.export_person(assessment.account.person)["agreements_elsewhere"] == []
