"""The page of coverage: who spoke, measured against the population; nothing withheld is told."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client

from minga.deliberation.engine.intervals import ratio_interval
from minga.deliberation.services import answering
from minga.deliberation.services.sources import take_in
from minga.deliberation.testing_voices import consultation, heard
from minga.deliberation.tests.test_site_answering_pages import address
from minga.deliberation.tests.test_site_answering_public import WHY, html
from minga.deliberation.tests.test_site_tracing import mapped

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def many(asked, woman=6, man=6):
    voices = [
        heard(asked, f"Voice {at}", strata={"gender": "woman" if at < woman else "man"}) for at in range(woman + man)
    ]
    for voice in voices[: woman // 2]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    return voices


def test_coverage_shows_numerator_denominator_and_intervals():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census 2021")
    many(asked)
    mapped(asked, {0: (20, 1)})
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    assert '<td class="number" data-label="Counted">3</td><td class="number" data-label="Of">12</td>' in page
    assert "9 voices wait for their answer." in page
    assert '<td data-label="With an answer: difference to others">50.0 <span' in page
    assert "Statement 0" in page
    assert "Census 2021" in page
    assert "Index of dissimilarity: 0 per cent" in page


def test_coverage_shows_how_many_times_as_often_with_its_interval():
    """Four of eight women were answered, and two of eight men: twice as often, by the engine's own interval."""
    asked = consultation()
    voices = many(asked, woman=8, man=8)
    for voice in voices[8:10]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    low, high = ratio_interval(4, 8, 2, 8)
    assert f'2.00 times as often <span class="quiet">{low:.2f} to {high:.2f}</span>' in page
    assert "0.50 times as often" in page


def test_signs_of_differences_stay_in_front_of_their_numbers_in_arabic():
    asked = consultation()
    many(asked)
    page = " ".join(html(Client().get(address("coverage", asked.slug).replace("/en/", "/ar/"))).split())
    assert 'dir="rtl"' in page
    assert re.search(r'<td data-label="[^"]+"><bdi dir="ltr">-50[.,٫]0</bdi> <span', page), (
        "of the men fewer were answered"
    )
    bounds = re.findall(r'<span class="quiet">([^/]*<bdi dir="ltr">-[^<]*</bdi>[^/]*)', page)
    assert bounds, "an interval that reaches below 0 keeps its sign too"
    assert not re.search(r"(?<!>)-\d+[.,٫]\d", page), "no signed number stands unkept"


def test_no_two_columns_of_a_table_of_coverage_have_the_same_name():
    asked = consultation()
    many(asked)
    page = html(Client().get(address("coverage", asked.slug)))
    for head in re.findall(r"<thead>(.*?)</thead>", page):
        names = [" ".join(name.split()) for name in re.findall(r"<th[^>]*>(.*?)</th>", head)]
        assert len(names) == len(set(names)), names
    assert "Followed: difference to others" in page


def test_without_a_case_among_the_others_there_is_no_ratio():
    asked = consultation()
    many(asked, woman=8, man=8)
    page = html(Client().get(address("coverage", asked.slug)))
    assert re.findall(r"([0-9.]+) times as often <", page) == ["0.00"], "of the men alone: no man was answered"


def test_groups_under_five_stay_hidden_on_the_page_and_in_the_files():
    asked = consultation()
    many(asked, woman=8, man=2)
    page = html(Client().get(address("coverage", asked.slug)))
    assert "too few people to show" in page
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    hidden = [row for row in told["strata"] if row["value"] == "man"]
    assert hidden
    assert all(row["withheld"] and row["numerator"] is None for row in hidden)
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    assert [row["numerator"] for row in rows if row["measure"] == "answered" and not row["stratum"]] == ["4"]
    assert {row["numerator"] for row in rows if row["value"] == "man"} == {""}


def spoke(asked, **counts):
    for value, count in counts.items():
        for _voice in range(count):
            heard(asked, f"A {value} speaks.", strata={} if value == "nobody" else {"gender": value})


def test_shares_never_tell_the_one_group_that_is_withheld():
    """Twelve men are 80 per cent of those who said: then three women would be known."""
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    spoke(asked, man=12, woman=3, nobody=8)
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)["participation"]["gender"]
    assert [row["people"] for row in told["rows"]] == [row["share"] for row in told["rows"]] == [None, None]
    assert told["dissimilarity"] is None, "an index of nothing that may be shown"
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    assert "80" not in page.partition("Who spoke")[2].partition("As a table")[0]


def test_where_nothing_is_shown_there_is_no_index():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    spoke(asked, man=2, woman=3)
    page = html(Client().get(address("coverage", asked.slug)))
    assert "too few people to show" in page
    assert "Index of dissimilarity:" not in page


def test_shares_of_a_part_of_the_population_are_shown_as_they_were_given():
    """Three regions hold 22 per cent of the country: the other 78 per cent are others, not nobody."""
    shares = {"region": {"Tunis": 0.09, "Sfax": 0.08, "Kairouan": 0.05}}
    asked = consultation(reference_population=shares, reference_source="Statistics office")
    for region, count in {"Tunis": 10, "Sfax": 6, " sfax": 4, "Gabès": 10}.items():
        for _voice in range(count):
            heard(asked, "We need it here too.", strata={"region": region})
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    table = told["participation"]["region"]
    assert {row["value"]: (row["people"], row["reference"]) for row in table["rows"]} == {
        "Gabès": (10, None), "Sfax": (10, 0.08), "Tunis": (10, 0.09),
    }  # fmt: skip
    assert {row["value"] for row in told["strata"] if row["stratum"] == "region"} == {"Gabès", "Sfax", "Tunis"}
    assert table["rest"] == pytest.approx(0.78)
    apart = (abs(1 / 3 - 0.09) + abs(1 / 3 - 0.08) + 0.05 + abs(1 / 3 - 0.78)) / 2
    assert table["dissimilarity"] == pytest.approx(apart)
    assert "All others in the population: 78.0 per cent." in html(Client().get(address("coverage", asked.slug)))


def test_a_group_that_is_withheld_for_who_said_nothing_is_not_told_either():
    asked = consultation()
    spoke(asked, man=12, woman=9, other=7, nobody=2)
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)["participation"]["gender"]
    shown = {row["value"]: row["people"] for row in told["rows"]}
    assert sum(people is None for people in shown.values()) == 2
    assert shown["man"] == 12


def test_coverage_calls_a_voice_with_a_theme_so_and_names_the_columns_of_its_files():
    asked = consultation()
    many(asked)
    page = html(Client().get(address("coverage", asked.slug)))
    assert "Given a theme" in page
    assert ">Read " not in page
    assert "What was read" not in page
    assert 'href="#key"' in page
    key = page.partition('id="key"')[2]
    for row in json.loads(Client().get(address("coverage_json", asked.slug)).content)["measures"]:
        assert f'<code dir="ltr">{row["measure"]}</code>' in key
    assert '<th scope="row">not stated</th>' in key


def test_table_of_coverage_holds_what_the_file_for_programs_holds():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    many(asked, woman=6, man=7)
    spoke(asked, nobody=9)
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    assert Client().get(address("coverage_csv", asked.slug)).content.startswith(b"\xef\xbb\xbf")
    assert {row["is_sample"] for row in rows} == {str(told["is_sample"])}
    compared = [row for row in rows if row["measure"] == "answered" and row["stratum"]]
    kept = {
        (row["stratum"], row["value"]): row["people"] or 0 for row in told["strata"] if row["measure"] == "answered"
    }
    assert {(row["stratum"], row["value"]): int(row["people"] or 0) for row in compared} == kept
    spoken = {
        row["value"]: row["people"] for row in rows if (row["stratum"], row["measure"]) == ("gender", "who_spoke")
    }
    assert spoken == {"woman": "6", "man": "7", "not stated": "9"}
    index = [row["share"] for row in rows if row["measure"] == "dissimilarity"]
    assert [float(share) for share in index] == [told["participation"]["gender"]["dissimilarity"]]


def test_table_of_coverage_tells_no_group_that_the_page_withholds():
    asked = consultation()
    spoke(asked, man=12, woman=3, nobody=8)
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    spoken = [row for row in rows if (row["stratum"], row["measure"]) == ("gender", "who_spoke")]
    assert [row["people"] for row in spoken if row["value"] in {"man", "woman"}] == ["", ""]
    assert {row["withheld"] for row in spoken if row["value"] in {"man", "woman"}} == {"True"}


def test_every_table_of_coverage_says_what_it_holds():
    asked = consultation()
    many(asked)
    page = html(Client().get(address("coverage", asked.slug)))
    assert page.count("<table") == page.count("<caption") > 3


def test_both_tables_about_the_same_people_withhold_the_same():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    spoke(asked, man=12, woman=9, other=7, nobody=2)
    for voice in asked.voices.filter(source__strata__gender__in=["man", "woman"]).order_by("number")[:15]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    ours = {row["value"] for row in told["strata"] if row["stratum"] == "gender" and row["withheld"]}
    theirs = {row["value"] for row in told["participation"]["gender"]["rows"] if row["withheld"]}
    assert ours == theirs | {"not stated"} == {"woman", "other", "not stated"}
    assert told["participation"]["gender"]["not_stated"] is None
    # a share of twelve men would tell how many said something, and so how many did not
    assert {row["share"] for row in told["participation"]["gender"]["rows"]} == {None}
    assert told["participation"]["gender"]["dissimilarity"] is None
    assert {row["people"] for row in told["strata"] if row["stratum"] == "size"} == {30}


def test_a_rest_that_is_just_the_withheld_is_compared_with_nobody():
    asked = consultation()
    spoke(asked, man=12, woman=9, other=3)
    for voice in list(asked.voices.filter(source__strata__gender="woman"))[:4]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    man = next(row for row in told["strata"] if row["value"] == "man")
    assert (man["numerator"], man["rest_share"], man["ratio"], man["reason"]) == (0, None, None, "protects")
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    assert "0 of 12" in page


def test_coverage_does_not_say_that_all_were_heard_while_letters_lie_unread():
    asked = consultation()
    take_in(asked, "letter", "Bread is dear.\n\nThe roads are bad.", voices=[])
    page = html(Client().get(address("coverage", asked.slug)))
    assert "1 letter is not yet read." in page
    assert "Nothing: every voice has its answer." not in page


def test_coverage_of_nothing_is_a_page_too():
    page = html(Client().get(address("coverage", consultation().slug)))
    assert "Nobody said anything about themselves." in page


def test_table_of_coverage_holds_no_formula():
    asked = consultation()
    for region in ("=1+1", "Coast"):
        for _voice in range(6):
            heard(asked, "Flour is dear.", strata={"region": region})
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    assert {row["value"] for row in rows} >= {"'=1+1", "Coast"}
