"""Validated levels before self-declared ones, never mixed in a figure, and how much other businesses would matter."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from minga.indicators import alliance, report, services
from minga.indicators.calculation import BASIS, SHARE
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.tests.lending import and_others_alike
from minga.indicators.tests.test_site_alliance import FACTORS, collected
from minga.members import services as members
from minga.readiness import selectors as readiness_selectors
from minga.readiness import services as readiness
from minga.readiness.selectors import Cell

pytestmark = [pytest.mark.page, pytest.mark.django_db, pytest.mark.usefixtures("few_draws")]

SPREAD = (1.0, 1.5, 2.0, 2.5, 3.0)


def business(country, level, *, checked=None, days=30, size="10-49"):
    """A business that lends its scores; `checked` is the level an assessor found, valid for some days more."""
    organization = members.create_organization(
        by=None, name=f"{country} {level}", type="sme", country=country, sector="10", size=size
    )
    assessment = readiness.start_assessment(
        country=country, sector="10", size=size, language="en", organization=organization
    )
    nodes = (*FACTORS, "total")
    readiness.submit_assessment(
        assessment=assessment, scores=[{"kind": "link", "node": node, "score": level} for node in nodes]
    )
    if checked is not None:
        assessment.scores.bulk_create(
            [
                assessment.scores.model(assessment=assessment, kind="link-validated", node=node, score=checked)
                for node in nodes
            ]
        )
        assessment.status = "validated"
        assessment.validated_at = timezone.now()
        assessment.valid_until = timezone.now() + timedelta(days=days)
        assessment.save()
    readiness.give_benchmark(assessment=assessment)
    return assessment


def businesses(count, country, level, **more):
    return and_others_alike(count - 1, business(country, level, **more))


def rows():
    return {row["code"]: row for row in collected().table.to_dicts()}


def published(by, other):
    edition = services.rebuild(kind="readiness", units="country", by=by, is_sample=False, year=2026)
    services.calculate(edition=edition)
    services.propose(edition=edition, by=by)
    return services.publish(edition=edition, by=other)


def test_ten_validated_businesses_put_a_country_on_validated_levels_and_nine_do_not(db):
    businesses(12, "KE", 4.0, checked=3.0)
    businesses(20, "KE", 5.0)
    businesses(9, "VN", 4.0, checked=1.0)
    businesses(20, "VN", 4.0)
    businesses(10, "CO", 4.0, checked=3.0)  # withheld with Viet Nam, or the nine could be worked out
    found = rows()
    assert {found["KE"][f"{factor}{BASIS}"] for factor in FACTORS} == {"validated"}
    assert {found["VN"][f"{factor}{BASIS}"] for factor in FACTORS} == {"declared"}
    # never a mixture: the twenty unchecked fives and the nine checked ones change nothing
    assert {found["KE"][factor] for factor in FACTORS} == {3.0}
    assert {found["VN"][factor] for factor in FACTORS} == {4.0}
    assert (found["KE"]["businesses"], found["VN"]["businesses"]) == (12, 29)
    assert found["CO"][f"skills{BASIS}"] == "declared"
    assert "partly_validated" in collected().notes


def test_validation_that_has_run_out_does_not_count(db):
    businesses(12, "KE", 4.0, checked=3.0, days=-1)
    businesses(12, "VN", 2.0)
    assert {row[f"skills{BASIS}"] for row in rows().values()} == {"declared"}
    assert "declared" in collected().notes


def test_share_of_validated_businesses_is_given_only_where_it_counts_nobody_out(db):
    businesses(12, "KE", 4.0, checked=3.0)
    businesses(12, "KE", 4.0)
    businesses(12, "VN", 4.0, checked=3.0)
    businesses(10, "CO", 4.0, checked=3.0)
    businesses(4, "CO", 4.0)
    businesses(3, "GH", 4.0, checked=3.0)
    businesses(10, "GH", 4.0)
    businesses(10, "SN", 4.0, checked=3.0)  # withheld with Ghana's three
    assert {code: row[SHARE] for code, row in rows().items()} == {
        "KE": 0.5,
        "VN": 1.0,
        "CO": None,
        "GH": None,
        "SN": None,
    }


def test_gap_compares_checked_levels_only_with_checked_ones(db):
    businesses(10, "KE", 4.0, checked=1.0)
    businesses(12, "KE", 4.0, checked=3.0, size="250+")
    businesses(10, "VN", 1.0)
    businesses(10, "VN", 1.5, size="250+")
    found = rows()
    assert (found["KE"]["size_gap"], found["KE"][f"size_gap{BASIS}"]) == (2.0, "validated")
    assert (found["VN"]["size_gap"], found["VN"][f"size_gap{BASIS}"]) == (0.5, "declared")


def test_basis_stands_beside_each_figure_on_pages_and_in_files(client, elif_, noor):
    businesses(10, "KE", 4.0, checked=3.0)
    businesses(10, "VN", 2.0)
    edition = published(elif_, noor)
    base = f"/en/indicators/readiness/{edition.name}/"
    page = client.get(base).content.decode()
    assert "1 of 2 units stands on levels" in page or "1 of 2 units stand on levels" in page
    assert "Self-declared levels are often higher" in page
    assert '<td data-label="Levels">validated</td>' in page
    assert '<td data-label="Levels">self-declared, not yet checked</td>' in page
    unit = client.get(f"{base}KE/").content.decode()
    assert "The levels behind it were checked by assessors. Validated are 100 % of its businesses." in unit
    assert "<dt>Levels</dt><dd>self-declared, not yet checked</dd>" in client.get(f"{base}VN/skills/").content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{base}scores.csv").content.decode())))
    assert {row["basis"] for row in rows if row["unit"] == "KE"} == {"validated"}
    assert {row["basis"] for row in rows if row["unit"] == "VN"} == {"declared"}
    values = client.get(f"{base}KE/skills/figure.json").json()
    assert (values["basis"], values["validated_share"]) == ("validated", 1.0)


# ---------------------------------------------------------------- other businesses
def test_interval_of_few_businesses_that_differ_is_wide_and_says_where_it_comes_from(client, elif_, noor):
    for country, middle in (("KE", 0.0), ("VN", 0.4), ("CO", 0.8)):
        for level in SPREAD * 2:
            business(country, level + middle)
    edition = published(elif_, noor)
    view = report.shown(edition)
    figure = view.figure(view.units["KE"], view.root)
    method, sampling = figure.doubts["method"], figure.doubts["sampling"]
    assert sampling["score_high"] - sampling["score_low"] > 10 > method["score_high"] - method["score_low"]
    assert figure.score_low <= sampling["score_low"] + 1
    assert sampling["rank_low"] <= figure.rank <= sampling["rank_high"]
    unit = client.get(f"/en/indicators/readiness/{edition.name}/KE/").content.decode()
    for words in ("Choice of method", "Which businesses took part", "Both together"):
        assert words in unit
    assert "with other reasonable choices and other businesses taking part" in unit
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"/en/indicators/readiness/{edition.name}/scores.csv").content.decode()))
    )
    root = next(row for row in rows if row["unit"] == "KE" and row["node"] == "readiness_index")
    assert int(root["rank_low_sampling"]) == sampling["rank_low"]


def test_businesses_that_all_stand_alike_leave_only_doubt_about_the_method(elif_, noor):
    businesses(10, "KE", 3.0)
    businesses(10, "VN", 1.0)
    view = report.shown(published(elif_, noor))
    figure = view.figure(view.units["KE"], view.root)
    assert figure.doubts["sampling"]["score_low"] == figure.doubts["sampling"]["score_high"] == 60.0


def test_same_businesses_give_the_same_intervals(elif_):
    for country in ("KE", "VN"):
        for level in SPREAD * 2:
            business(country, level)
    one, two = (services.rebuild(kind="readiness", units="country", by=elif_, is_sample=False) for _ in range(2))
    assert services.calculate(edition=one).results_hash == services.calculate(edition=two).results_hash


def test_draft_whose_group_became_too_small_is_not_calculated(elif_):
    businesses(10, "VN", 3.0)
    lent = businesses(10, "KE", 1.0)
    edition = services.rebuild(kind="readiness", units="country", by=elif_, is_sample=False)
    readiness.revoke_benchmark(assessment=lent[0])
    assert "took their consent back" in services.calculate(edition=edition).problem
    assert not edition.is_calculated


def test_nothing_is_drawn_of_groups_that_may_not_be_shown(db):
    for level in SPREAD * 2:
        business("KE", level)
    businesses(9, "VN", 3.0)
    cells = [Cell("skills", "declared", {"country": code}) for code in ("KE", "VN")]
    today, drawn = readiness_selectors.medians_resampled(
        is_sample=False, within="country", cells=[*cells, Cell("skills", "validated", {"country": "KE"})],
        times=30, seed=1,
    )  # fmt: skip
    assert today[0] == 2.0
    assert len(set(drawn[:, 0])) > 1
    assert np.isnan(today[1:]).all()
    assert np.isnan(drawn[:, 1:]).all()


def test_sample_businesses_are_not_drawn_among_real_ones(db):
    businesses(10, "KE", 3.0)
    today, _drawn = readiness_selectors.medians_resampled(
        is_sample=True, within="country", cells=[Cell("skills", "declared", {"country": "KE"})], times=5, seed=1
    )
    assert np.isnan(today).all()


def test_fewer_than_two_countries_is_still_an_error(db):
    businesses(10, "KE", 3.0, checked=2.0)
    with pytest.raises(IndicatorsError, match="nothing to rank"):
        alliance.collect("readiness", "country", is_sample=False)
