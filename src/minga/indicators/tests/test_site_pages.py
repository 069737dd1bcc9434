"""Public pages: every figure as the engine gives it, in every language, light, without style or script in the page."""

from __future__ import annotations

import csv
import gzip
import io
import re

import polars as pl
import pytest

from minga.indicators import calculation, charts, report, services
from minga.indicators.tests import site
from minga.indicators.views.trying import recalculated

pytestmark = [pytest.mark.page, pytest.mark.django_db]

PAGES = ("", "audit/", "compare/?u=TN&u=MA&u=EG", "what-if/?w_people=5&rule=arithmetic", "TN/", "JO/", "TN/people/",
         "JO/exports/")  # fmt: skip


@pytest.fixture
def edition(elif_, noor):
    return site.published(elif_, noor)


def address(edition, page="", language="en"):
    return f"/{language}/indicators/{edition.index.slug}/{edition.name}/{page}"


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_page_stands_in_every_language(client, edition, language):
    for page in ("", *PAGES):
        response = client.get(address(edition, page, language))
        assert response.status_code == 200, page
        text = response.content.decode()
        assert len(re.findall(r"<h1", text)) == 1
        assert not re.search(r"<[^>]+ style=|<style|<script(?![^>]*src)", text), page
        assert "{{" not in text
        assert "{%" not in text


def test_countries_have_names_in_the_language_of_the_page(client, edition):
    assert ">Tunisia</a>" in client.get(address(edition)).content.decode()
    assert ">تونس</a>" in client.get(address(edition, language="ar")).content.decode()
    assert "Indice d’essai" in client.get(address(edition, language="fr")).content.decode()
    # no Arabic title was given: English stands in
    assert "Test index" in client.get(address(edition, language="ar")).content.decode()


def test_parts_have_names_in_the_language_of_the_page(client, elif_, noor):
    names = (("ar", "الصادرات"), ("fr", "Exportations"))
    edition = site.published(elif_, noor, indicator__exports__names=names, node__output__names=(("fr", "Production"),))
    assert "Exportations" in client.get(address(edition, "TN/", "fr")).content.decode()
    assert "Production" in client.get(address(edition, "audit/", "fr")).content.decode()
    assert "الصادرات" in client.get(address(edition, language="ar")).content.decode()
    assert "Exports" in client.get(address(edition, "TN/", "en")).content.decode()
    assert client.get(address(edition, "TN/exports/figure.json", "fr")).json()["node"]["name"] == "Exportations"


def test_scores_are_those_of_the_engine(client, edition):
    result = site.definition().fit(site.TABLE)
    expected = {(row["iso2"], row["node"]): row for row in result.scores.to_dicts()}
    rows = list(csv.DictReader(io.StringIO(client.get(address(edition, "scores.csv")).content.decode())))
    seen = 0
    for row in rows:
        if (wanted := expected.get((row["unit"], row["node"]))) is not None:
            assert float(row["score"]) == pytest.approx(wanted["score"], abs=1e-9)
            assert int(row["rank"]) == wanted["rank"]
            seen += 1
    assert seen == len(expected) == 7 * 3


def test_ranking_shows_intervals_that_hold_the_published_rank(client, edition):
    view = report.shown(edition)
    assert [one.rank for one in view.ranking] == sorted(one.rank for one in view.ranking)
    for one in view.ranking:
        assert one.rank_low <= one.rank <= one.rank_high
        assert one.score_low <= one.score <= one.score_high
    assert any(one.rank_low < one.rank_high for one in view.ranking)
    text = client.get(address(edition)).content.decode()
    low, high = next((one.rank_low, one.rank_high) for one in view.ranking if one.rank_low < one.rank_high)
    assert f'<bdi dir="ltr">{low} – {high}</bdi>' in text


def test_intervals_repeat_with_the_same_seed(edition):
    again = calculation.results_of(site.definition(), site.TABLE, seed=edition.seed)
    assert again == edition.results
    other = calculation.results_of(site.definition(), site.TABLE, seed=edition.seed + 1)
    assert other["score"] == again["score"]
    assert other["intervals"] != again["intervals"]


def test_parts_of_a_score_add_up(edition):
    view = report.shown(edition)
    for unit in view.units.values():
        parts = [view.value("contribution", item.code, unit) for item in view.children("all")]
        assert sum(parts) == pytest.approx(view.value("score", "all", unit), abs=1e-9)


def test_figure_that_was_filled_in_says_so_everywhere(client, edition):
    page = client.get(address(edition, "JO/exports/")).content.decode()
    assert "filled in, not measured" in page
    assert "filled in, not measured" in client.get(address(edition, "JO/")).content.decode()
    assert "1 figure not as measured" in client.get(address(edition)).content.decode()
    assert "filled in, not measured" not in client.get(address(edition, "TN/")).content.decode()
    values = client.get(address(edition, "JO/exports/figure.json")).json()
    assert values["raw"] is None
    assert values["used"] == pytest.approx(site.TABLE["exports"].mean())


def test_figure_page_holds_all_it_takes_to_cite_and_check(client, edition):
    page = client.get(address(edition, "TN/people/")).content.decode()
    assert f"http://testserver{address(edition, 'TN/people/')}" in page
    assert f"{edition.name}/TN/people" in page
    assert edition.results_hash in page
    values = client.get(address(edition, "TN/people/figure.json")).json()
    assert values["id"] == f"{edition.name}/TN/people"
    assert values["hashes"]["data"] == edition.data_hash
    assert f"{values['score']:.2f}".rstrip("0") in page


@pytest.mark.parametrize("page", ["XX/", "TN/nothing/", "XX/people/", "TN/nothing/figure.json"])
def test_unknown_figures_are_not_found(client, edition, page):
    assert client.get(address(edition, page)).status_code == 404


def test_edition_is_found_only_under_its_own_index(client, edition, elif_):
    site.begun(elif_, "another")
    assert client.get(f"/en/indicators/another/{edition.name}/").status_code == 404


# ---------------------------------------------------------------- map
def test_no_two_countries_share_a_square_and_all_are_known():
    from minga.indicators import wording

    places = [(tile.column, tile.row) for tile in charts.tiles()]
    assert len(set(places)) == len(places) == len({tile.code for tile in charts.tiles()}) > 190
    assert all(wording.iso2(tile.code) for tile in charts.tiles())


def test_map_hatches_countries_without_a_figure(client, edition):
    text = client.get(address(edition)).content.decode()
    hatched = text.count('fill="url(#map-none)"')
    assert hatched == len(charts.tiles()) - 7
    assert ">TN</text>" in text
    assert "<title>Tunisia:" in text


def test_index_of_other_units_has_no_map(client, elif_, noor):
    other = site.published(elif_, noor, site.begun(elif_, "towns", units="other"))
    text = client.get(address(other)).content.decode()
    assert "tilemap" not in text
    assert ">TN</a>" in text


# ---------------------------------------------------------------- trying
def test_what_if_gives_what_the_engine_gives(client, edition):
    view = report.shown(edition)
    rows = recalculated(view, {"people": 0.5, "output": 3.0}, "geometric")
    index = site.definition().replace("weights", {"people": 0.5, "output": 3.0}).replace("aggregate", "geometric")
    result = index.fit(site.TABLE)
    wanted = {row["iso2"]: row for row in result.scores.filter(pl.col("node") == "all").to_dicts()}
    assert len(rows) == 7
    for row in rows:
        assert row["score"] == pytest.approx(wanted[row["unit"].code]["score"], abs=1e-9)
        assert row["rank"] == wanted[row["unit"].code]["rank"]
    text = client.get(address(edition, "what-if/?w_people=0.5&w_output=3&rule=geometric")).content.decode()
    assert "not the published result" in text
    first = rows[0]
    assert f"{round(first['score'], 2)}" in text


def test_what_if_with_the_published_weights_is_the_published_result(edition):
    view = report.shown(edition)
    for row in recalculated(view, {}, "as_published"):
        assert row["rank"] == row["published"]
        assert row["move"] == 0


def test_what_if_changes_nothing_that_is_stored(client, edition):
    client.get(address(edition, "what-if/?w_people=0"))
    assert services.intact(edition) == []


@pytest.mark.parametrize("weight", ["-1", "many", "1001", "nan", "inf", "1e400"])
def test_what_if_refuses_other_weights_next_to_their_field(client, edition, weight):
    response = client.get(address(edition, f"what-if/?w_people={weight}"))
    assert response.status_code == 422
    text = response.content.decode()
    assert text.count("Give a number from 0 to 1000.") == 1
    assert f'value="{weight}"' in text
    assert "Your trial" not in text


def test_what_if_with_all_weights_zero_says_so(client, edition):
    response = client.get(address(edition, "what-if/?w_people=0&w_output=0"))
    assert response.status_code == 200
    assert "Your trial" in response.content.decode() or "cannot be calculated" in response.content.decode()


def test_compare_takes_four_units_at_most_and_ignores_unknown_ones(client, edition):
    text = client.get(address(edition, "compare/?u=TN&u=XX&u=MA&u=EG&u=KE&u=VN")).content.decode()
    head = re.search(r"<thead>.*?</thead>", text, flags=re.DOTALL).group(0)
    assert [name for name in ("Tunisia", "Morocco", "Egypt", "Kenya", "Viet Nam") if name in head] == [
        "Tunisia", "Morocco", "Egypt", "Kenya",
    ]  # fmt: skip
    assert "Choose two to four units." in client.get(address(edition, "compare/?u=TN")).content.decode()


# ---------------------------------------------------------------- method, files, weight
def test_method_text_follows_the_definition(client, elif_, noor, edition):
    text = client.get(address(edition)).content.decode()
    assert "3 indicators are arranged in 3 parts. In 1 of them less is better; it is turned around." in text
    assert "Gaps are filled with the mean of the other units" in text
    other = site.published(elif_, noor, edition.index, impute__method="none", aggregate="geometric", treat=False)
    text = client.get(address(other)).content.decode()
    assert "Gaps stay gaps" in text
    assert "weighted geometric mean" in text
    assert "outliers" not in text


def test_files_give_back_what_went_in(client, edition):
    from minga.indicators.engine.definition import Index

    assert Index.from_toml(client.get(address(edition, "definition.toml")).content.decode()) == site.definition()
    table = pl.read_csv(client.get(address(edition, "data.csv")).content)
    assert table.equals(site.TABLE)
    everything = client.get(address(edition, "edition.json")).json()
    assert len(everything["scores"]) == 7 * 6
    assert everything["replications"] == 1000


def test_names_that_begin_like_formulas_are_harmless_in_files(client, elif_, noor):
    table = site.TABLE.with_columns(town=pl.Series(["=1+1", "b", "c", "d", "e", "f", "g"]))
    index = site.begun(elif_, "towns", units="other")
    edition = site.published(elif_, noor, index, table=table, unit_name="town")
    text = client.get(address(edition, "scores.csv")).content.decode()
    assert ",'=1+1," in text


def test_largest_page_stays_light(client, elif_, noor):
    """An edition of 200 units and 30 indicators: what travels is compressed, as the site sends it."""
    import numpy as np

    from minga.indicators import wording
    from minga.indicators.engine.definition import Index, Indicator, Node

    codes = [tile.code for tile in charts.tiles()]
    draw = np.random.default_rng(3)
    names = [f"figure-{at}" for at in range(30)]
    table = pl.DataFrame({"iso2": codes} | {name: draw.normal(50, 10, len(codes)) for name in names})
    nodes = (Node(code="all"), *(Node(code=f"part-{at}", parent="all") for at in range(5)))
    index = Index(
        indicators=tuple(Indicator(code=name, parent=f"part-{at % 5}") for at, name in enumerate(names)),
        nodes=nodes, unit="iso2",
    )  # fmt: skip
    stored = site.begun(elif_, "large")
    edition = services.create_draft(index=stored, definition=index, table=table, by=elif_, year=2026)
    edition = services.calculate(edition=edition)
    services.propose(edition=edition, by=elif_)
    services.publish(edition=edition, by=noor)
    assert wording.iso2(codes[0])
    for page in ("", "audit/", "compare/?u=TN&u=MA", "what-if/?w_part-0=3", "TN/", "TN/part-0/"):
        size = len(gzip.compress(client.get(address(edition, page)).content))
        assert size < 45_000, (page, size)
