"""A panel as it is stored: two rounds, versions, who counts, the firms beside it, and what is deleted when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import selectors, services
from minga.readiness.engine.errors import AnswerError, PanelError
from minga.readiness.models import AccessKey, Panel, PanelAnswer, PanelAnswerVersion, PanelKey, Panellist
from minga.readiness.panel_testing import answer_round, held, seated, set_up
from minga.readiness.testing import lent

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def save(panellist, item="I-SKL1", value="3", seen=0, number=1, **named):
    return services.save_panel_answer(
        panellist=panellist,
        round_number=number,
        item=item,
        value=value,
        seen_version=seen,
        language="en",
        **named,
    )


# ---------------------------------------------------------------- setting up
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reach": "city"}, "place"),
        ({"place": "Praia"}, "place"),
        ({"reach": "galaxy"}, "reach"),
        ({"within": 3.0}, "within"),
        ({"planned": {"kings": 2}}, "group"),
        ({"sector": "C"}, "sector"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, code):
    with pytest.raises(PanelError) as refused:
        set_up(**wrong)
    assert refused.value.code == code
    assert not Panel.objects.exists()


def test_panel_pins_the_industry_instrument_in_every_language():
    panel = set_up()
    assert panel.edition.instrument == "minga-generic-industry"
    spoken = selectors.instrument_of_panel(panel, "ar")
    assert spoken.language == "ar"
    assert spoken.content_hash == selectors.industry("en").content_hash == panel.edition.content_hash


def test_every_step_stands_in_the_audit_trail_without_content():
    panel, _people = held()
    reference = panel.reference
    services.publish_panel(panel=panel, dissent="Some of us see it otherwise.")
    services.take_back_panel(panel=panel)
    services.delete_panel(panel=panel)
    said = [(act.act, act.on) for act in people.acts().filter(act__startswith="panel.").order_by("sequence")]
    assert [act for act, _on in said if act != "panel.invited"] == [
        "panel.started", "panel.round_closed", "panel.round_closed", "panel.published", "panel.unpublished",
        "panel.deleted",
    ]  # fmt: skip
    assert {on for _act, on in said} == {reference}


# ---------------------------------------------------------------- versions: no update is lost
def test_late_answer_never_overwrites_a_newer_one():
    panellist = seated(set_up())[0]
    assert save(panellist, value="3").answer.version == 1
    assert save(panellist, value="4", seen=1).answer.version == 2
    late = save(panellist, value="0", seen=1)
    assert (late.outcome, late.answer.value, late.answer.version) == ("conflict", "4", 2)
    kept = PanelAnswerVersion.objects.order_by("pk").values_list("level", "version")
    assert list(kept) == [(3, 1), (4, 2), (0, None)]


def test_same_delivery_twice_counts_once():
    panellist = seated(set_up())[0]
    for _time in range(2):
        assert save(panellist, client_id="abc").answer.version == 1
    assert PanelAnswerVersion.objects.count() == 1


def test_same_answer_again_changes_nothing():
    panellist = seated(set_up())[0]
    save(panellist, reason="Seen in the port.")
    assert save(panellist, reason="Seen in the port.", seen=1).outcome == "unchanged"


@pytest.mark.parametrize(("item", "value"), [("INT1", "3"), ("I-SKL1", "6"), ("I-SKL1", "na"), ("I-SKL1", "")])
def test_what_the_instrument_does_not_know_is_refused(item, value):
    with pytest.raises(AnswerError):
        save(seated(set_up())[0], item=item, value=value)
    assert not PanelAnswer.objects.exists()


def test_answer_of_the_first_round_that_comes_late_does_not_slip_into_the_second():
    panel = set_up()
    everybody = seated(panel)
    for panellist in everybody:
        answer_round(panellist, {"I-SKL1": "2"})
    services.close_round(panel=panel, stage="first")
    with pytest.raises(AnswerError, match="round is closed"):
        save(everybody[0], value="5", number=1, seen=1)
    assert set(PanelAnswer.objects.values_list("round", "level")) == {(1, 2)}
    assert save(everybody[0], value="5", number=2).outcome == "saved"


# ---------------------------------------------------------------- rounds
def test_first_round_closes_with_five_who_finished_and_not_before():
    panel = set_up()
    everybody = seated(panel)
    for panellist in everybody[:4]:
        answer_round(panellist, {"I-SKL1": "2"})
    answer_round(everybody[4], {"I-SKL1": "2"}, finish=False)
    with pytest.raises(PanelError) as refused:
        services.close_round(panel=panel, stage="first")
    assert refused.value.code == "few"
    services.finish_round(panellist=everybody[4])
    services.close_round(panel=panel, stage="first")
    assert panel.stage == "second"
    # a second press of the same button closes nothing else
    with pytest.raises(PanelError):
        services.close_round(panel=panel, stage="first")
    panel.refresh_from_db()
    assert panel.stage == "second"


def test_who_did_not_finish_the_first_round_does_not_count_and_sits_out_the_second():
    panel = set_up()
    everybody = seated(panel)
    for panellist in everybody[:6]:
        answer_round(panellist, {"I-SKL1": "2"})
    answer_round(everybody[6], {"I-SKL1": "5"}, finish=False)
    services.close_round(panel=panel, stage="first")
    assert selectors.round_table(panel, 1)["level"].to_list() == ["2"] * 6
    with pytest.raises(AnswerError):
        save(everybody[6], number=2)
    with pytest.raises(PanelError):
        services.invite_panellist(panel=panel, group="other")


def test_keeping_the_other_answers_repeats_the_first_round():
    panel = set_up()
    everybody = seated(panel)
    for panellist in everybody:
        answer_round(panellist, {"I-SKL1": "2", "I-SKL2": "4"})
    services.close_round(panel=panel, stage="first")
    one = Panellist.objects.select_related("panel").get(pk=everybody[0].pk)
    save(one, item="I-SKL1", value="3", number=2)
    assert services.keep_other_answers(panellist=one, language="en") == 1
    now = {item: answer.value for item, answer in selectors.answers_of_panellist(one, 2).items()}
    assert now == {"I-SKL1": "3", "I-SKL2": "4"}
    assert selectors.answers_of_panellist(one, 1)["I-SKL1"].value == "2"


def test_both_rounds_are_kept_and_the_last_counts():
    panel, _people = held()
    result = selectors.result_of(panel)
    assert (result.people_first, result.people_second) == (8, 8)
    assert {(one.first.iqr, one.second.iqr) for one in result.items} == {(1.5, 1.0)}
    assert result.agreed == 21
    # 2 stayed at 2 and at 3 (one of two each moved nowhere); the first median is 2.5
    assert result.movement.towards == 4 * 21


def test_open_second_round_is_told_to_nobody():
    panel, everybody = set_up(), []
    everybody = seated(panel)
    for panellist in everybody:
        answer_round(panellist, "2")
    services.close_round(panel=panel, stage="first")
    answer_round(everybody[0], "5")
    result = selectors.result_of(panel)
    assert result.people_second is None
    assert {one.last.level for one in result.items} == {2}


def test_panel_between_the_rounds_sees_levels_and_reasons_without_names():
    panel = set_up()
    everybody = seated(panel)
    for panellist, level in zip(everybody, "12223335", strict=True):
        save(panellist, value=level, reason="Far out." if level == "5" else f"Because {level}.")
        services.finish_round(panellist=panellist)
    services.close_round(panel=panel, stage="first")
    instrument = selectors.instrument_of_panel(panel, "en")
    shown = selectors.first_round_shown(panel, instrument)["I-SKL1"]
    assert dict(shown.counts) == {0: 0, 1: 1, 2: 3, 3: 3, 4: 0, 5: 1}
    assert [reason for _level, reason in shown.reasons][:2] == ["Because 1.", "Far out."]


# ---------------------------------------------------------------- publishing
def test_only_a_closed_panel_of_five_is_published():
    panel = set_up()
    with pytest.raises(PanelError) as refused:
        services.publish_panel(panel=panel)
    assert refused.value.code == "stage"
    panel, everybody = held(first=list("12345"))
    services.leave_panel(panellist=everybody[0])
    with pytest.raises(PanelError) as refused:
        services.publish_panel(panel=panel)
    assert refused.value.code == "few"
    assert not selectors.published_panels().exists()


def test_sample_panel_is_published_on_a_sample_site_alone(settings):
    panel, _people = held(is_sample=True)
    services.publish_panel(panel=panel)
    settings.SAMPLE = False
    assert not selectors.published_panels().exists()
    settings.SAMPLE = True
    assert selectors.published_panels().get() == panel


def test_who_leaves_takes_the_answers_out_of_both_rounds():
    panel, everybody = held(first=list("111115"), second=list("111115"))
    services.publish_panel(panel=panel)
    services.leave_panel(panellist=everybody[5])
    result = selectors.public_result(panel)
    assert (result.people_first, result.people_second) == (5, 5)
    assert {one.last.highest for one in result.items} == {1}
    assert not PanelAnswer.objects.filter(level=5).exists()
    assert not PanelAnswerVersion.objects.filter(level=5).exists()


def test_whoever_runs_the_panel_cannot_drop_a_voice():
    panellist = seated(set_up())[0]
    answer_round(panellist, {"I-SKL1": "0"})
    with pytest.raises(PanelError) as refused:
        services.withdraw_seat(panellist=panellist)
    assert refused.value.code == "finished"
    assert Panellist.objects.filter(pk=panellist.pk).exists()


# ---------------------------------------------------------------- composition
def test_only_those_who_agreed_are_counted_by_group():
    panel, everybody = held()
    found = {one.name: one for one in selectors.composition_of(panel).sides}
    assert found["not-said"].count == 8
    for panellist in everybody:
        services.describe_seat(panellist=panellist, gender="woman", is_counted=True)
    counted = selectors.composition_of(panel)
    assert counted.people == 8
    assert {one.name: one.count for one in counted.sides}["business"] == 5
    assert counted.groups == {"business": ("small-firm", "large-firm", "women-business", "workers")}
    assert {one.name: one.count for one in counted.genders}["woman"] == 8
    services.describe_seat(panellist=everybody[0], gender="woman", is_counted=False)
    assert {one.name: one.count for one in selectors.composition_of(panel).genders}["woman"] != 8


# ---------------------------------------------------------------- beside the firms
def firms(levels, **fields):
    for level in levels:
        lent(str(level), **({"country": "CV", "sector": "10"} | fields))


def test_gap_stands_beside_ten_firms_of_the_same_sector():
    firms([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    panel, _people = held(second=list("33333333"))
    beside = selectors.firms_beside(panel)
    assert (beside.basis, beside.is_of_sector, beside.n) == ("declared", True, 10)
    gaps = selectors.public_result(panel, firms=beside).gaps
    assert {gap.firms for gap in gaps} == {1.5}
    assert {gap.panel for gap in gaps} == {3}
    assert all(gap.is_gap and gap.lower >= 1 for gap in gaps)


def test_nine_firms_are_no_figure():
    firms([1] * 9)
    panel, _people = held()
    assert selectors.firms_beside(panel) is None
    assert selectors.public_result(panel).gaps == ()


def test_firms_of_the_country_stand_in_for_a_small_sector():
    firms([1] * 10, sector="14")
    firms([2] * 3)
    panel, _people = held()
    beside = selectors.firms_beside(panel)
    assert (beside.is_of_sector, beside.n) == (False, 13)


def test_sample_firms_never_stand_beside_a_real_panel():
    firms([1] * 10, is_sample=True)
    panel, _people = held()
    assert selectors.firms_beside(panel) is None


# ---------------------------------------------------------------- the end
def test_old_panels_lose_what_names_people(settings):
    published, everybody = held()
    services.publish_panel(panel=published)
    services.give_seat_key(panellist=everybody[0])
    PanelAnswer.objects.update(reason="Said by me.")
    stale = set_up(name="Never finished")
    young = set_up(name="Still young")
    old = timezone.now() - timedelta(days=settings.PANEL_DAYS + 1)
    Panel.objects.filter(pk__in=[published.pk, stale.pk]).update(changed_at=old)
    Panel.objects.filter(pk=published.pk).update(second_closed_at=old)
    assert services.tidy_panels() == 2
    assert services.tidy_panels() == 0
    assert set(Panel.objects.values_list("pk", flat=True)) == {published.pk, young.pk}
    assert not PanelKey.objects.filter(kind=AccessKey.Kind.BROWSER).exists()
    assert not PanelAnswerVersion.objects.exists()
    assert set(PanelAnswer.objects.values_list("reason", flat=True)) == {""}
    published.refresh_from_db()
    assert selectors.public_result(published).people_second == 8
    panellist = Panellist.objects.select_related("panel").get(pk=everybody[0].pk)
    with pytest.raises(PanelError):
        services.leave_panel(panellist=panellist)


def test_person_takes_her_place_along_and_erasing_takes_it_out():
    amina = members.create_account(email="amina@example.org", password="a long pass phrase", name="Amina")
    panel, everybody = held()
    services.keep_seat(panellist=everybody[0], account=amina)
    person = people.person_of(amina)
    (place,) = members.export_person(person)["rooms"]["readiness"]["panels"]
    assert (place["group"], len(place["answers"]), place["panel"]["name"]) == ("small-firm", 42, "Food makers of Praia")
    services.erase_person(person)
    assert not Panellist.objects.filter(pk=everybody[0].pk).exists()
    assert selectors.result_of(panel).people_second == 7


def test_one_account_has_one_voice_in_a_panel():
    amina = members.create_account(email="amina@example.org", password="a long pass phrase", name="Amina")
    one, two, *_rest = seated(set_up())
    services.keep_seat(panellist=one, account=amina)
    with pytest.raises(PanelError) as refused:
        services.keep_seat(panellist=two, account=amina)
    assert refused.value.code == "twice"
