"""The alliance's own indexes: from what was lent, under the disclosure policy, apart from the sample."""

from __future__ import annotations

import polars as pl
import pytest
from django.conf import settings as site_settings

from minga.indicators import alliance, disclosing, report, selectors, services
from minga.indicators.calculation import POOLED
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.models import Disclosure, Edition
from minga.indicators.tests import site
from minga.indicators.tests.lending import and_others_alike
from minga.members import services as members
from minga.readiness import selectors as readiness_selectors
from minga.readiness import services as readiness

pytestmark = [pytest.mark.page, pytest.mark.django_db, pytest.mark.usefixtures("few_draws")]

FACTORS = ("integration", "data_quality", "safety", "inclusiveness", "skills", "culture", "policies")


def lent(count, country, level, *, size="10-49", women_led=None, location="", sector="10", is_sample=False, lends=True):
    """Businesses that all stand at one level on every factor and lend their scores."""
    if not count:
        return
    organization = members.create_organization(
        by=None, name=f"{country} {size} {women_led} {location}", type="sme", country=country, sector=sector,
        size=size, women_led=women_led, is_sample=is_sample,
    )  # fmt: skip
    assessment = readiness.start_assessment(
        country=country, sector=sector, size=size, location=location, language="en", organization=organization,
        is_sample=is_sample,
    )  # fmt: skip
    scores = [{"kind": "link", "node": node, "score": level} for node in (*FACTORS, "total")]
    readiness.submit_assessment(assessment=assessment, scores=scores)
    if lends:
        readiness.give_benchmark(assessment=assessment)
    and_others_alike(count - 1, assessment)


def collected(units="country", *, is_sample=False):
    return alliance.collect("readiness", units, is_sample=is_sample)


# ---------------------------------------------------------------- readiness
def test_countries_with_fewer_than_ten_businesses_are_not_in_it(db):
    lent(10, "TN", 2.0)
    lent(9, "MA", 4.0)
    lent(12, "KE", 3.0)
    lent(12, "VN", 1.0)
    table = collected().table
    # Tunisia goes too: from its figure and that of Northern Africa, Morocco's could be worked out
    assert table["code"].to_list() == ["KE", "VN"]
    assert table.filter(pl.col("code") == "KE")["skills"].item() == 3.0


def test_raised_threshold_holds(db, settings):
    settings.MIN_PEERS = 12
    lent(11, "TN", 2.0)
    lent(12, "KE", 3.0)
    lent(13, "VN", 1.0)
    lent(14, "CO", 1.0)
    # Kenya is the smallest of the others and goes with Tunisia, so that nothing can be found by subtraction
    assert collected().table["code"].to_list() == ["CO", "VN"]


def test_businesses_that_did_not_agree_do_not_count(db):
    lent(10, "KE", 3.0)
    lent(12, "CO", 3.0)
    lent(12, "VN", 1.0)
    lent(30, "VN", 5.0, lends=False)
    lent(9, "TN", 2.0)
    lent(30, "TN", 5.0, lends=False)
    table = collected().table
    assert table["code"].to_list() == ["CO", "VN"]
    assert table.filter(pl.col("code") == "VN")["skills"].item() == 1.0


def test_sample_and_real_never_mix(db):
    lent(10, "KE", 3.0)
    lent(10, "VN", 1.0)
    lent(40, "KE", 5.0, is_sample=True)
    lent(40, "TN", 5.0, is_sample=True)
    real, sample = collected().table, collected(is_sample=True).table
    assert real["code"].to_list() == ["KE", "VN"]
    assert real["skills"].max() == 3.0
    assert sample["code"].to_list() == ["KE", "TN"]
    assert sample["skills"].min() == 5.0


def test_nothing_to_rank_is_an_error_in_plain_words(db):
    lent(10, "KE", 3.0)
    with pytest.raises(IndicatorsError, match="nothing to rank"):
        collected()


def test_gap_of_a_unit_is_shown_only_where_both_groups_are_large_enough(db):
    lent(10, "GH", 1.0)
    lent(12, "GH", 3.0, size="250+")
    lent(10, "KE", 1.0)
    lent(10, "KE", 3.0, size="250+")
    lent(10, "RW", 2.0)
    lent(4, "RW", 5.0, size="250+")
    lent(10, "VN", 1.0)
    lent(10, "VN", 1.5, size="250+")
    made = collected()
    rows = {row["code"]: row for row in made.table.to_dicts()}
    assert rows["GH"]["size_gap"] == 2.0
    assert rows["GH"][f"size_gap{POOLED}"] == ""
    assert rows["VN"]["size_gap"] == 0.5
    # Rwanda's four large businesses are never shown, nor Kenya's, by which they could be worked out: the figures are
    # those of a wider group, and say so
    assert rows["RW"][f"size_gap{POOLED}"] != ""
    assert rows["KE"][f"size_gap{POOLED}"] != ""
    assert rows["RW"]["size_gap"] != 3.0
    assert "pooled" in made.notes
    assert "leadership_gap" in made.notes
    assert "location_gap" in made.notes
    assert "location" not in made.notes


def test_gap_between_businesses_led_by_women_and_others(db):
    for country, women, others in (("KE", 2.0, 3.0), ("VN", 2.0, 2.0)):
        lent(10, country, women, women_led=True)
        lent(10, country, others, women_led=False)
    rows = {row["code"]: row["leadership_gap"] for row in collected().table.to_dicts()}
    assert rows == {"KE": 1.0, "VN": 0.0}


def test_gap_between_rural_businesses_and_others(db):
    for country, rural, others in (("KE", 2.0, 3.0), ("VN", 2.0, 2.0)):
        lent(10, country, rural, location="rural")
        lent(6, country, others, location="city")
        lent(6, country, others, location="town")
        lent(10, country, 5.0)  # did not say: counted on neither side
    made = collected()
    rows = {row["code"]: (row["location_gap"], row[f"location_gap{POOLED}"]) for row in made.table.to_dicts()}
    assert rows == {"KE": (1.0, ""), "VN": (0.0, "")}
    assert "location_gap" in {one.code for one in made.definition.indicators}
    assert not {"location", "location_gap"} & set(made.notes)


def test_rural_gap_of_too_few_businesses_is_that_of_the_wider_group_and_said_so(db):
    for country, others in (("GH", 3.0), ("VN", 2.5)):
        lent(10, country, 2.0, location="rural")
        lent(10, country, others, location="town")
    lent(4, "CO", 0.0, location="rural")
    lent(10, "CO", 5.0, location="city")
    made = collected()
    rows = {row["code"]: row for row in made.table.to_dicts()}
    assert (rows["GH"]["location_gap"], rows["VN"]["location_gap"]) == (1.0, 0.5)
    # Colombia's four rural businesses are never shown
    assert rows["CO"][f"location_gap{POOLED}"] == "all"
    assert rows["CO"]["location_gap"] == 1.0
    assert "pooled" in made.notes


def test_edition_made_before_the_check_asked_still_says_so(client, elif_, noor):
    edition = site.published(elif_, noor)
    edition.notes = ["location"]
    text = report.shown(edition).notes[0]
    assert "when it was made, the check did not ask where a business is" in text


def test_worked_example_of_the_method_page(db):
    """docs/methods/alliance-indexes.md: levels 2.0, gaps of 1.0, 0.0 and 0.5 levels: 50."""
    index = alliance.readiness_definition(list(FACTORS), ["size_gap", "leadership_gap", "location_gap"], "country")
    table = pl.DataFrame(
        {"code": ["KE"]}
        | {factor: [2.0] for factor in FACTORS}
        | {"size_gap": [1.0], "leadership_gap": [0.0], "location_gap": [0.5]}
    )
    scores = dict(index.fit(table).scores.select("node", "score").iter_rows())
    assert scores == pytest.approx({"readiness": 40.0, "divide": 80.0, "readiness_index": 50.0})


def test_sectors_can_be_ranked_too(db):
    lent(10, "KE", 3.0, sector="10")
    lent(10, "VN", 1.0, sector="14")
    assert collected("sector").table["code"].to_list() == ["10", "14"]


def test_rebuilt_index_is_a_draft_until_two_people_publish_it(client, elif_, noor):
    lent(10, "KE", 3.0)
    lent(11, "VN", 1.0)
    edition = services.rebuild(kind="readiness", units="country", by=elif_, is_sample=False, year=2026)
    assert edition.name == "readiness-2026.1"
    services.calculate(edition=edition)
    assert client.get("/en/indicators/readiness/").status_code == 404
    services.propose(edition=edition, by=elif_)
    services.publish(edition=edition, by=noor)
    text = client.get("/en/indicators/readiness/").content.decode()
    assert "Kenya stands first with a score of 60.0." in text
    assert "not drawn by lot" in text
    assert ">sample<" not in text
    again = services.rebuild(kind="readiness", units="country", by=elif_, is_sample=False, year=2026)
    assert (again.name, again.index_id) == ("readiness-2026.2", edition.index_id)


def test_country_page_shows_its_place(client, elif_, noor):
    site.published(elif_, noor)
    text = client.get("/en/knowledge/countries/TN/").content.decode()
    assert "In the indexes of the alliance" in text
    assert "Test index" in text
    assert "of 7" in text
    assert "In the indexes of the alliance" not in client.get("/en/knowledge/countries/FR/").content.decode()


def test_withheld_groups_are_empty_in_the_selector(db):
    lent(10, "KE", 1.0)
    lent(3, "RW", 5.0)
    table = readiness_selectors.medians_by(is_sample=False, by=["region", "country"])
    rwanda = table.filter(pl.col("country") == "RW")
    assert set(rwanda["withheld"]) == {"few"}
    assert not {5.0} & set(rwanda["median"].drop_nulls())
    assert readiness_selectors.medians_by(is_sample=True, by=["region", "country"]).is_empty()


# ---------------------------------------------------------------- responsibility
def answers(answer):
    link = "" if answer == "no" else "https://company.example/page"
    return {one.id: {"answer": answer, "evidence": link} for one in disclosing.questionnaire().questions}


def company(name, answer, *, agrees=True):
    account = members.create_account(email=f"{name.lower()}@company.example", password="a long enough password")
    owner = members.person_for(account)
    organization = members.create_organization(by=owner, name=name, type="company", country="KE", size="250+")
    disclosure = services.disclose(organization=organization, answers=answers(answer), by=owner)
    if agrees:
        services.agree_to_publication(disclosure=disclosure, by=owner, agrees=True)
    return owner, organization, disclosure


def responsibility(by, other):
    edition = services.rebuild(
        kind="responsibility", units="organization", by=by, is_sample=site_settings.SAMPLE, year=2026
    )
    services.calculate(edition=edition)
    services.propose(edition=edition, by=by)
    return services.publish(edition=edition, by=other)


def test_only_companies_that_agreed_are_in_it(client, elif_, noor):
    company("Azimuth", "yes")
    company("Beta", "partly")
    company("Gamma", "no")
    company("Silent", "yes", agrees=False)
    edition = responsibility(elif_, noor)
    ranking = report.shown(edition).ranking
    assert [(one.unit.name, one.score) for one in ranking] == [("Azimuth", 100.0), ("Beta", 50.0), ("Gamma", 0.0)]
    assert "Silent" not in client.get("/en/indicators/responsibility/").content.decode()


def test_company_that_takes_its_consent_back_vanishes_from_every_edition(client, elif_, noor):
    owner, _organization, disclosure = company("Azimuth", "yes")
    company("Beta", "partly")
    company("Gamma", "no")
    edition = responsibility(elif_, noor)
    code = selectors.unit_code(disclosure)
    base = f"/en/indicators/responsibility/{edition.name}/"
    assert client.get(f"{base}{code}/").status_code == 200
    services.agree_to_publication(disclosure=disclosure, by=owner, agrees=False)
    for page in ("", "audit/", "compare/", "what-if/?w_data=2", "scores.csv", "data.csv", "edition.json"):
        text = client.get(f"{base}{page}").content.decode()
        assert "Azimuth" not in text, page
        assert code not in text, page
    for page in (f"{code}/", f"{code}/data/", f"{code}/data/figure.json"):
        assert client.get(f"{base}{page}").status_code == 404
    scores = client.get(f"/api/v1/indicators/editions/{edition.name}/scores").json()["scores"]
    assert {row["name"] for row in scores} == {"Beta", "Gamma"}
    # ranks of the others stay what was published
    assert [one.rank for one in report.shown(Edition.objects.get()).ranking] == [2, 3]


def test_deleted_company_vanishes_too(client, elif_, noor):
    _owner, organization, _disclosure = company("Azimuth", "yes")
    company("Beta", "partly")
    company("Gamma", "no")
    edition = responsibility(elif_, noor)
    members.delete_organization(organization=organization, by=None)
    assert "Azimuth" not in client.get(f"/en/indicators/responsibility/{edition.name}/").content.decode()


def test_owner_answers_on_the_page_and_loses_nothing_by_a_mistake(db):
    owner, organization, disclosure = company("Azimuth", "no", agrees=False)
    client = site.browser(owner)
    address = f"/en/indicators/disclosure/{organization.mark}/"
    sent = {f"a_{one.id}": "no" for one in disclosing.questionnaire().questions}
    sent |= {"a_accountable": "yes", "e_accountable": "", "a_register": "partly", "e_register": "ftp://x"}
    response = client.post(address, sent)
    assert response.status_code == 422
    text = response.content.decode()
    assert "2 questions need another look" in text
    assert 'value="ftp://x"' in text
    assert Disclosure.objects.get().answers["accountable"]["answer"] == "no"
    sent |= {"e_accountable": "https://azimuth.example/board", "e_register": "https://azimuth.example/ai"}
    assert client.post(address, sent).status_code == 302
    assert Disclosure.objects.get().answers["accountable"] == {
        "answer": "yes", "evidence": "https://azimuth.example/board",
    }  # fmt: skip
    assert not selectors.is_agreed(disclosure)
    client.post(f"{address}consent/", {"agrees": "yes"})
    assert selectors.is_agreed(disclosure)
    client.post(f"{address}consent/", {"agrees": "no"})
    assert not selectors.is_agreed(disclosure)


def test_only_owners_see_a_disclosure(client, elif_):
    _owner, organization, _disclosure = company("Azimuth", "yes")
    other, _organization, _theirs = company("Beta", "yes")
    address = f"/en/indicators/disclosure/{organization.mark}/"
    assert client.get(address).status_code == 302
    assert site.browser(other).get(address).status_code == 404
    assert site.browser(elif_).get(address).status_code == 404


def test_person_takes_her_disclosures_along_and_leaves_no_trace(db):
    owner, _organization, _disclosure = company("Azimuth", "yes")
    exported = services.export_person(owner)
    assert exported["disclosures"][0]["organization"] == "Azimuth"
    assert services.erase_person(owner) == 1
    assert Disclosure.objects.get().changed_by is None


@pytest.mark.parametrize(
    ("given", "problem"),
    [({}, "missing"), ({"answer": "perhaps"}, "answer"), ({"answer": "yes"}, "evidence"),
     ({"answer": "partly", "evidence": "see our site"}, "link"),
     ({"answer": "yes", "evidence": "javascript:alert(1)"}, "link"),
     ({"answer": "no", "evidence": "http://["}, "link")],
)  # fmt: skip
def test_answers_are_checked(given, problem):
    sent = answers("no") | {"energy": given}
    assert disclosing.problems(sent) == {"energy": problem}
    with pytest.raises(IndicatorsError, match="energy"):
        disclosing.checked(sent)


SIX = {"en", "fr", "es", "ru", "ar", "zh"}


def test_the_indexes_are_named_in_six_languages():
    for said in (*alliance.TITLES.values(), *alliance.SUMMARIES.values()):
        assert set(said) == SIX
        assert len(set(said.values())) == len(SIX)


def test_questions_are_written_in_six_languages():
    asked = disclosing.questionnaire()
    assert len(asked.questions) == 12
    assert len({one.id for one in asked.questions}) == 12
    for part in asked.parts:
        for texts in (part.names, *(one.texts for one in part.questions)):
            assert set(texts) == SIX
            assert len(set(texts.values())) == len(SIX)


# ---------------------------------------------------------------- the sample
def test_sample_alliance_shows_both_kinds_labelled_and_loads_once(client, settings):
    from minga.web import rooms

    settings.SAMPLE = True
    rooms.call_each("load_sample")
    names = set(Edition.objects.values_list("name", flat=True))
    assert names == {"readiness-2026.1", "readiness-sectors-2026.1", "responsibility-2026.1"}
    logins = rooms.call_each("load_sample")["indicators"]
    assert set(Edition.objects.values_list("name", flat=True)) == names
    assert {one["email"] for one in logins} == {"editor@sample.example", "approver@sample.example"}
    for name in ("readiness", "responsibility"):
        text = client.get(f"/en/indicators/{name}/").content.decode()
        assert '<span class="tag warn">sample</span>' in text
    text = client.get("/en/indicators/readiness/").content.decode()
    assert "3 of 8 units stand on levels that assessors checked; the others are self-declared" in text
    assert "Validated are 47 %" in client.get("/en/indicators/readiness/readiness-2026.1/TN/").content.decode()
    assert "In the indexes of the alliance" in client.get("/en/knowledge/countries/TN/").content.decode()
    settings.SAMPLE = False
    assert "In the indexes of the alliance" not in client.get("/en/knowledge/countries/TN/").content.decode()
