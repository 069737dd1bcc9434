"""The report: one frozen value that page, JSON, Markdown and text share."""

from __future__ import annotations

import dataclasses
import json

import polars as pl
import pytest

from minga import readiness
from minga.readiness.engine.report import code_hash, data_hash
from minga.readiness.tests.engine_support import GENERIC, answered, everything

AMINA = {"goals": ["scrap"], "cash_limit": "c1", "horizon_limit": "h2", "sector": "10", "country": "CV"}
MIXED = everything(2) | {"INT1": 0, "SAF2": 4, "DAT5": 1, "INC3": "dk", "SAF3": "na"}


def report(levels=MIXED, **more):
    return readiness.assemble(answered(levels), GENERIC, profile=AMINA, **more)


def test_report_says_where_amina_stands_and_what_to_do():
    result = report(date="2026-11-14")
    assert [factor.node for factor in result.factors] == list(GENERIC.factor_ids)
    assert result.factors[0].weakest.item == "INT1"
    assert result.weakest.item == "INT1"
    assert result.strongest.item == "SAF2"
    assert result.first_steps[0].item == "DAT5"
    assert result.first_steps[0].rank == 1
    assert result.total.band_label == "Partial"
    assert {gate.gate: gate.is_open for gate in result.gates} == {
        "gate-human-control": True, "gate-backup": False, "gate-remote": False, "gate-privacy": True,
    }  # fmt: skip


def test_report_says_how_it_was_calculated():
    calculation = report().calculation
    assert calculation.label == "expert-written, not yet calibrated"
    assert calculation.instrument_hash == GENERIC.content_hash
    assert all(h.startswith("sha256:") for h in (calculation.code_hash, calculation.data_hash))
    assert (calculation.items_asked, calculation.items_answered) == (41, 39)


def test_hash_of_the_data_knows_no_order_and_every_change():
    table = answered(MIXED)
    same = data_hash(table.reverse(), enterprise="Amina's bakery")
    assert data_hash(table, enterprise="Amina's bakery") == same
    assert data_hash(answered(MIXED | {"INT1": 1}), enterprise="Amina's bakery") != same
    assert code_hash() == code_hash()


def test_everything_can_be_written_as_json_and_nothing_can_be_changed():
    result = report()
    assert json.loads(json.dumps(result.to_dict()))["factors"][0]["node"] == "integration"
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.enterprise = "Bao"
    assert isinstance(result.first_steps, tuple)


def test_text_and_markdown_tell_the_same_figures():
    result = report()
    plain, marked = result.to_text(), result.to_markdown()
    for words in ("not yet calibrated", "What to do first", result.calculation.data_hash, "Closed:", "Later"):
        assert words in plain
        assert words.replace("_", "\\_") in marked
    assert "| Integration | 1.7 |" in marked


def test_markdown_of_a_hostile_name_stays_text():
    table = answered(everything(2), "<script>|*Bao*")
    assert "<script>" not in readiness.assemble(table, GENERIC).to_markdown().replace("\\<script>", "")


def test_help_is_attached_by_item_or_else_by_factor():
    rows = [
        {"item": "DAT5", "title": "Backup guide", "kind": "course", "reason": "in Portuguese"},
        {"factor": "policies", "title": "Advice centre", "url": "/x"},
    ]
    steps = {step.item: [help.title for help in step.help] for step in report(help=pl.DataFrame(rows)).ranked}
    assert steps["DAT5"] == ["Backup guide"]
    assert steps["POL1"] == ["Advice centre"]
    assert steps["CUL1"] == []
    assert "Help that fits: Backup guide (in Portuguese)" in report(help=rows).to_text()


def test_inclusion_page_lists_every_item_with_the_lens_also_unanswered_ones():
    shown = {item.item: item.state for item in report().inclusion}
    assert len(shown) == 18
    assert shown["INC3"] == "dk"


def test_short_form_shows_its_items_only():
    result = report(form="short")
    assert len(result.items) == 14
    assert {step.item for step in result.ranked} <= {item.item for item in result.items}


def voices(**levels):
    return pl.concat(
        [answered(everything(2)).with_columns(respondent=pl.lit("owner")),
         answered(everything(2) | levels).with_columns(respondent=pl.lit("worker"))]
    )  # fmt: skip


def test_items_far_apart_are_up_for_discussion_until_a_level_is_agreed():
    open_points = readiness.assemble(voices(DAT2=5, DAT3=3), GENERIC)
    assert [(item.item, item.spread) for item in open_points.discussion] == [("DAT2", 3)]
    assert open_points.calculation.respondents == 2
    agreed = readiness.assemble(voices(DAT2=5), GENERIC, agreed=answered({"DAT2": 4}))
    assert agreed.discussion == ()
    assert next(item.level for item in agreed.items if item.item == "DAT2") == 4


def test_level_of_the_assessor_comes_last():
    result = readiness.assemble(
        answered(everything(4)), GENERIC, agreed=answered({"DAT2": 3}), assessor=answered({"DAT2": 1})
    )
    assert next(item.level for item in result.items if item.item == "DAT2") == 1


class TestChange:
    """Change since last time: on common items, only beyond the interval."""

    def test_one_item_up_by_one_is_no_change(self):
        result = report(everything(2) | {"INT1": 3}, previous=answered(everything(2)))
        assert result.changes_compared
        assert [change.node for change in result.change if change.is_change] == []
        assert "No change beyond the interval." in result.to_text()

    def test_a_whole_factor_up_by_one_level_is_a_change(self):
        up = everything(2) | {i.id: 3 for i in GENERIC.items_of("skills")}
        found = {c.node: c for c in report(up, previous=answered(everything(2))).change}
        assert found["skills"].is_change
        assert found["skills"].difference == pytest.approx(1)
        assert found["skills"].lower > 0
        assert not found["culture"].is_change

    def test_short_and_full_form_meet_on_the_common_items(self):
        short = {item.id: 1 for item in GENERIC.items_of(form="short")}
        found = report(everything(4), previous=answered(short)).change
        assert {change.items for change in found} == {2, 14}
        assert all((change.before, change.now) == (pytest.approx(1), pytest.approx(4)) for change in found)

    def test_nothing_in_common_claims_nothing(self):
        found = report(everything(4), previous=answered({"INT1": "dk"})).change
        assert found == ()

    def test_first_time_says_nothing_about_change(self):
        assert not report().changes_compared
        assert "Change since" not in report().to_text()


def test_peers_are_compared_on_the_link_score():
    others = pl.concat([answered(everything(n % 6), f"firm {n}") for n in range(12)])
    where = pl.DataFrame({"enterprise": [f"firm {n}" for n in range(12)], "sector": ["10"] * 12})
    result = report(peers=readiness.score(others, GENERIC, "link"), peer_profiles=where, by=["sector"])
    figures = result.factors[1].peers
    assert (figures.n, figures.kind, figures.group) == (12, "link", (("sector", "10"),))
    assert result.ranked[0].target_source == "peers"
    few = report(peers=readiness.score(others.head(41 * 9), GENERIC, "link"), by=[])
    assert few.total.peers.withheld == "few"
    assert "Fewer than 10 in this group" in few.to_text()


def test_panel_of_an_industry_gets_a_report_without_steps():
    industry = readiness.load_instrument("generic-industry")
    result = readiness.assemble(answered(everything(2, industry)), industry)
    assert result.total.score == pytest.approx(2)
    assert result.first_steps == ()


def test_two_enterprises_need_a_name():
    both = pl.concat([answered(everything(1)), answered(everything(2), "Bao")])
    with pytest.raises(readiness.ReadinessError, match="a report is about one"):
        readiness.assemble(both, GENERIC)
    assert readiness.assemble(both, GENERIC, enterprise="Bao").enterprise == "Bao"


def test_untranslated_texts_are_named_in_the_report():
    result = readiness.assemble(answered(everything(2)), GENERIC.in_language("fr"))
    assert result.instrument.language == "fr"
    assert not result.instrument.translation_reviewed
    assert result.items[0].fallback == GENERIC.in_language("fr").fallback("INT1")
