"""Charts that show how much an order is worth, each with its figures as the engine gives them."""

from __future__ import annotations

import gzip
import html
import re

import polars as pl
import pytest
from django.utils import translation

from minga.indicators import calculation, charts, doubt, plots, report
from minga.indicators.engine import uncertainty
from minga.indicators.tests import site
from minga.indicators.views import auditing, evidence, public

pytestmark = [pytest.mark.page, pytest.mark.django_db]

#: one far-off figure in twelve, so that the treatment of outliers has something to do
OUTLYING = pl.DataFrame({
    "iso2": ["TN", "MA", "EG", "KE", "VN", "CO", "JO", "SN", "BD", "GH", "PE", "RW"],
    "exports": [12.0, 13.0, 9.0, 7.0, 11.0, 14.0, 10.0, 8.0, 12.5, 9.5, 10.5, 900.0],
    "skills": [3.0, 2.5, 3.5, 2.0, 4.0, 3.0, 2.0, 3.2, 2.8, 3.1, 2.2, 2.6],
    "accidents": [40.0, 35.0, 30.0, 50.0, 20.0, 25.0, 45.0, 33.0, 38.0, 28.0, 42.0, 36.0],
})  # fmt: skip


def page(client, edition, name="", language="en"):
    return client.get(f"/{language}/indicators/{edition.index.slug}/{edition.name}/{name}").content.decode()


# ---------------------------------------------------------------- pairs
def test_pairs_are_those_of_the_engine(client, elif_, noor):
    edition = site.published(elif_, noor)
    drawn = uncertainty.uncertainty(
        site.definition(), site.TABLE, {"weights": doubt.uncertainty_of_weights(site.definition())},
        n=doubt.REPLICATIONS, seed=edition.seed,
    )  # fmt: skip
    wanted = {(one, other): share for one, other, share in drawn.pairwise.iter_rows()}
    found = evidence.pairs(report.shown(edition))
    order = [row["unit"].code for row in found["rows"]]
    assert len(order) == 7
    for row in found["rows"]:
        for other, cell in zip(order, row["cells"], strict=True):
            same = row["unit"].code == other
            assert cell["text"] == ("–" if same else f"{round(100 * wanted[row['unit'].code, other])} %")
    text = page(client, edition, "audit/")
    assert "Who ranks above whom" in text
    assert text.count('<td class="number none"><bdi dir="ltr">–</bdi></td>') == 7


def test_two_shares_of_a_pair_make_a_whole_unless_they_tie(elif_, noor):
    edition = site.published(elif_, noor)
    held = edition.results["intervals"]["all"]["above"]
    assert all(held[a][b] + held[b][a] <= 1.0001 for a in range(7) for b in range(a))
    best = min(range(7), key=lambda at: edition.results["rank"]["all"][at])
    worst = max(range(7), key=lambda at: edition.results["rank"]["all"][at])
    assert held[best][worst] > 0.5 > held[worst][best]


def test_pairs_are_stored_for_the_whole_alone_and_for_few_units(monkeypatch):
    found = calculation.results_of(site.definition(), site.TABLE)["intervals"]
    assert [code for code, held in found.items() if "above" in held] == ["all"]
    monkeypatch.setattr(doubt, "MAX_PAIRED", 6)
    assert "above" not in calculation.results_of(site.definition(), site.TABLE)["intervals"]["all"]


def test_edition_from_before_shows_neither_pairs_nor_treatment(elif_, noor):
    edition = site.published(elif_, noor)
    del edition.results["intervals"]["all"]["above"], edition.results["untreated"]
    view = report.shown(edition)
    assert evidence.pairs(view) is None
    assert evidence.treated(view) == []


# ---------------------------------------------------------------- weights
@pytest.mark.parametrize("language", ["en", "ar"])
def test_tree_has_a_bar_as_wide_as_each_effective_weight(client, elif_, noor, language):
    text = page(client, site.published(elif_, noor), language=language)
    track = r'fill-opacity=".5"/><rect x="([\d.]+)%" y="2" width="([\d.]+)%"'
    bars = re.findall(track, text)
    assert [float(width) for _left, width in bars] == [100.0, 33.33, 33.33, 66.67, 33.33, 33.33]
    wanted = [100 - float(width) for _left, width in bars] if language == "ar" else [0.0] * 6
    assert [float(left) for left, _width in bars] == pytest.approx(wanted, abs=0.02)
    depths = re.findall(r'<span class="depth-(\d)">', text)
    assert depths == ["0", "1", "2", "1", "2", "2"]


# ---------------------------------------------------------------- treatment
def test_only_treated_indicators_are_shown_before_and_after(client, elif_, noor):
    edition = site.published(elif_, noor, table=OUTLYING)
    assert list(edition.results["untreated"]) == ["exports"]
    assert max(edition.results["untreated"]["exports"]) == 900.0
    assert max(edition.results["used"]["exports"]) == 14.0
    (one,) = evidence.treated(report.shown(edition))
    before, after = one["sides"]
    # on the scale of the far one nothing else could be told apart, so the figures drawn in have their own
    assert [side["bins"][-1]["high"] for side in one["sides"]] == ["1000", "15"]
    assert after["head"] == "After, on a scale of its own"
    assert before["bins"][0]["count"] == 11
    assert sum(one["count"] for one in after["bins"]) == 12
    text = page(client, edition, "audit/")
    assert text.count("Exports before treatment") == text.count("Exports after treatment") == 1


def test_nothing_is_said_of_treatment_that_changed_nothing(client, elif_, noor):
    edition = site.published(elif_, noor)
    assert edition.results["untreated"] == {}
    assert "before and after treatment" not in page(client, edition, "audit/")


def test_bins_over_a_wider_range_keep_every_value():
    bins = charts.bins_of([1.0, 2.0, 3.0], [0.0, 90.0])
    assert (bins[0].low, bins[0].count, sum(one.count for one in bins)) == (0, 3, 3)
    assert bins[-1].high > 90


def test_figures_drawn_in_a_little_keep_the_scale_of_before(monkeypatch, elif_, noor):
    edition = site.published(elif_, noor, table=OUTLYING)
    edition.results["untreated"] = {"exports": [7.0, 8.0, 9.0, 9.5, 10.0, 10.5, 11.0, 12.0, 12.5, 13.0, 14.0, 18.0]}
    (one,) = evidence.treated(report.shown(edition))
    before, after = one["sides"]
    assert after["head"] == "After, on the same scale"
    assert [bin["low"] for bin in before["bins"]] == [bin["low"] for bin in after["bins"]]


# ---------------------------------------------------------------- parts
def test_rings_give_each_part_as_much_of_the_circle_as_it_decides(client, elif_, noor):
    view = report.shown(site.published(elif_, noor))
    assert evidence.numbers(view) == {
        "all": "", "output": "1", "exports": "1.1", "people": "2", "skills": "2.1", "accidents": "2.2",
    }  # fmt: skip
    text = str(evidence.rings(view))
    assert text.count("<path") == 5
    assert "<title>2 People · 66.7 %</title>" in text
    shown_page = page(client, view.edition)
    assert 'class="rings"' in shown_page
    assert re.search(r'class="depth-2">\s*2\.1 Skills', shown_page)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_arcs_of_a_ring_close_and_run_as_the_page_is_read(language):
    with translation.override(language):
        right = plots._place(0.25, 100.0)
        half = plots._arc(plots.Arc("1", "", 1, 0.0, 0.5, 0), 22.0, 61.0)
        whole = plots._arc(plots.Arc("1", "", 1, 0.0, 1.0, 0), 22.0, 61.0)
    assert right[0] == pytest.approx(-100.0 if language == "ar" else 100.0)
    half = half.replace("-0.00", "0.00")
    assert half.startswith("M0.00 -61.00A")
    assert half.endswith("0.00 -22.00Z")
    assert whole.count("Z") == 2


def test_boxes_of_correlations_hold_the_indicators_of_one_part(client, elif_, noor):
    edition = site.published(elif_, noor)
    found = auditing._heat(report.shown(edition), edition.results["audit"]["correlations"])
    css = [[cell["css"].split()[1:] for cell in row["cells"]] for row in found["rows"]]
    assert [row["item"].code for row in found["rows"]] == ["exports", "skills", "accidents"]
    assert css[0] == [["own-start", "own-end", "own-step"]]
    assert css[1] == [[], ["own-start", "own-step"]]
    assert css[2] == [[], ["own-start", "own-end"], ["own-end", "own-step"]]


def test_marks_that_lie_on_each_other_are_drawn_aside():
    text = str(charts.strips([charts.Strip("one", [], None, [40.0, 40.0, 90.0])], "label"))
    heights = re.findall(r'<svg x="[\d.]+%" y="(\d+)" overflow', text)
    assert len(set(heights[:2])) == 2
    assert heights[2] == heights[0]


def test_strengths_are_of_the_better_half_and_weaknesses_of_the_other(client, elif_, noor):
    edition = site.published(elif_, noor)
    view = report.shown(edition)
    for unit in view.units.values():
        figures = [view.figure(unit, item) for item in view.tree if item.is_indicator]
        better, worse = public._sides(figures)
        assert all(one.rank <= (one.of + 1) / 2 for one in better)
        assert all(one.rank > (one.of + 1) / 2 for one in worse)
        assert len(better) + len(worse) == sum(one.rank is not None for one in figures)
    assert "It ranks best in" in page(client, edition, "VN/")


# ---------------------------------------------------------------- moves
def test_moves_stand_where_there_is_an_edition_before(client, elif_, noor):
    first = site.published(elif_, noor)
    assert evidence.moves(report.shown(first), None) is None
    assert "Rank before" not in page(client, first)
    changed = site.TABLE.with_columns(pl.col("skills") + pl.Series([9.0, 0, 0, 0, 0, 0, 0]))
    second = site.published(elif_, noor, first.index, table=changed)
    found = evidence.moves(report.shown(second), first)
    ranks = {edition.name: dict(zip([one["code"] for one in edition.results["units"]], edition.results["rank"]["all"],
             strict=True)) for edition in (first, second)}  # fmt: skip
    tunisia = next(row for row in found["rows"] if row.name == "Tunisia")
    assert (tunisia.then, tunisia.now) == (ranks[first.name]["TN"], ranks[second.name]["TN"])
    assert tunisia.now < tunisia.then
    text = page(client, second)
    assert f'<tr><th scope="row">Tunisia</th><td class="number">{tunisia.then:g}</td>' in text
    assert text.count("<g><title>") >= 7
    assert "Rank before" not in page(client, first)


def test_slopes_escape_names_shorten_long_ones_and_run_the_other_way_in_arabic(settings):
    from django.utils.translation import override

    name = "<b>Société & fils</b> with a name that goes on and on"
    rows = [plots.Slope(name, 2, 1), plots.Slope("Other", 1, 2)]
    with override("en"):
        drawn = plots.slopes(rows, "Ranks")
    assert "<b>" not in drawn
    assert f"<title>{html.escape(name)}</title>" in drawn
    assert "goes on and on</text>" not in drawn
    assert 'x1="8.0%" x2="36.0%" y1="42.0" y2="14.0" stroke="var(--assess)"' in drawn
    with override("ar"):
        assert 'x1="92.0%" x2="64.0%"' in plots.slopes(rows, "Ranks")


def test_slopes_keep_units_of_one_name_apart():
    drawn = plots.slopes([plots.Slope("Same", 1, 2), plots.Slope("Same", 2, 1)], "Ranks")
    assert re.findall(r'y1="([\d.]+)" y2="([\d.]+)"', drawn) == [("42.0", "14.0"), ("14.0", "42.0")]


@pytest.mark.parametrize(("language", "words"), [("fr", "Qui se classe devant qui"), ("ar", "من يتقدّم على من")])
def test_audit_speaks_the_language_of_the_page_and_stays_light(client, elif_, noor, language, words):
    text = page(client, site.published(elif_, noor, table=OUTLYING), "audit/", language)
    assert words in text
    assert "before treatment" not in text
    assert len(gzip.compress(text.encode())) < 60_000
