"""Evidence: what an adopted text rests on stays, this site's own figures cannot be invented, records say their day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation import triggers, wording_answering, wording_publishing
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Citation, ClauseVersion, Draft
from minga.deliberation.selectors import citing as published
from minga.deliberation.services import answering, citing, committing, drafting, versions
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_services import edition_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."
LINK = "https://example.org/power"


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


def refused(code, function, **named):
    with pytest.raises(ActError) as caught:
        function(**named)
    assert caught.value.code == code


def shown(client, place, status=200):
    response = client.get(place)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def asked():
    return consultation()


@pytest.fixture
def answer(asked):
    """An answer to a theme, carried by the one clause of a published text."""
    theme = themed(asked, "Power", [heard(asked, "Power fails at night.")])
    answer = answering.give_answer(target=theme, answer="accepted")
    draft = drafting.make_draft(consultation=asked, title="Strategy", slug="text")
    drafting.add_clause(draft=draft, heading="Power", text="Bakeries get power first.", dispositions=[answer])
    versions.publish_version(draft=draft)
    return answer


def adopt():
    """Adopt the only text; the consultation has another one that is still being written."""
    Draft.objects.update(state="adopted", adopted_at=timezone.now(), decision="Council 12")


# ---------------------------------------------------------------- what was adopted stays
def test_what_an_adopted_text_rests_on_through_its_answers_stays(asked, answer):
    cited = citing.cite(of=answer, link=LINK, value="41 %")
    (change,) = answer.changes.all()
    later = answering.give_answer(target=themed(asked, "Costs", [heard(asked, "Light is dear.")]), answer="accepted")
    adopt()
    refused("adopted", citing.cite, of=answer, link="https://example.org/other", value="1")
    refused("adopted", citing.end_citation, citation=Citation.objects.get(pk=cited.pk))
    refused("adopted", answering.give_answer, target=answer.theme, answer="rejected", reason=WHY, replaces=answer.pk)
    refused("adopted", answering.link_change, disposition=later, clause_version=change)
    citing.cite(of=later, link=LINK, value="41 %")
    assert Citation.objects.get(pk=cited.pk).ended_at is None


def test_database_itself_keeps_what_an_adopted_text_rests_on(asked, answer):
    clause = answer.changes.get().clause
    for of in (answer, clause):
        citing.cite(of=of, link=LINK, value="41 %", label="Firms without power")
    adopt()
    triggers.install(connection)
    try:
        for forged in (
            lambda: Citation.objects.update(ended_at=timezone.now()),
            lambda: Citation.objects.filter(clause=None).update(value="14 %"),
            lambda: Citation.objects.filter(disposition=None).delete(),
            lambda: Citation.objects.create(
                consultation=asked, disposition=answer, kind="other", link=LINK, value="1", cited_on=date.today()
            ),
            lambda: ClauseVersion.dispositions.through.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                forged()
        Citation.objects.update(by_mark="")
        other = answering.give_answer(target=themed(asked, "Costs"), answer="accepted")
        citing.end_citation(citation=citing.cite(of=other, link=LINK, value="1"))
    finally:
        if triggers.is_throwaway(connection):
            triggers.remove(connection)


def test_desk_shows_the_evidence_of_an_adopted_answer_without_buttons(asked, answer):
    nadia, _account = at_work(asked, "analyst")
    cited = citing.cite(of=answer, link=LINK, value="41 %")
    place = address("answer_theme", asked.slug, answer.theme.number)
    ending = address("answer_uncite", asked.slug, answer.pk, cited.pk)
    assert ending in shown(nadia, place)
    clause = address("clause", asked.slug, "text", 1)
    assert f'href="{clause}"' in shown(nadia, place), "the clause that follows is a link"
    adopt()
    page = shown(nadia, place)
    assert "41 %" in page
    assert ending not in page
    assert "Cite a figure or a record" not in page
    assert "Replace the answer" not in page
    assert "its evidence stay as they are" in page
    nadia.post(ending)
    assert "so this stays as it is" in shown(nadia, place)
    cite = {"cite-link": "https://example.org/b", "cite-value": "1"}
    assert nadia.post(address("answer_cite", asked.slug, answer.pk), cite).status_code == 422
    assert Citation.objects.get().ended_at is None


def test_what_was_taken_out_before_the_adoption_is_told_in_public(asked, answer):
    for value in ("41 %", "12 %"):
        cited = citing.cite(of=answer, link=LINK, value=value, label="Firms without power")
    citing.end_citation(citation=cited)
    again = answering.give_answer(target=answer.theme, answer="accepted", replaces=answer.pk)
    (copied,) = again.citations.all()
    assert copied.value == "41 %"
    for place in (address("clause", asked.slug, "text", 1), address("public_theme", asked.slug, 1)):
        page = shown(Client(), place)
        standing, _mark, gone = page.partition("Evidence that was taken out")
        assert "<b>41 %</b>" in standing
        assert "12 %" in gone
        assert "41 %" not in gone
    citing.end_citation(citation=copied)
    page = shown(Client(), address("clause", asked.slug, "text", 1))
    assert "41 %" in page.partition("Evidence that was taken out")[2]


def test_the_same_value_is_cited_once(asked, answer):
    citing.cite(of=answer, link=LINK, value="41 %")
    refused("cited", citing.cite, of=answer, link=LINK, value="41 %", label="Once more")
    second = citing.cite(of=answer, link=LINK, value="12 %", label="Another figure of that page")
    citing.end_citation(citation=second)
    citing.cite(of=answer, link=LINK, value="12 %")


# ---------------------------------------------------------------- this site's own pages
@pytest.mark.parametrize(
    "link",
    [
        "https://alliance.example/fr/indicators/readiness/readiness-2026.1/TN/nonsense/",
        "https://ALLIANCE.example.:8443/en/indicators/readiness/readiness-2026.1/TN/",
        "http://alliance.example/en/indicators/compare/",
        "//alliance.example/en/deliberation/",
    ],
)
def test_own_pages_without_a_figure_are_refused_and_say_why(asked, answer, settings, link):
    settings.ALLOWED_HOSTS = ["alliance.example", "testserver"]
    refused("nothing", citing.cite, of=answer, link=link, value="99.9")
    nadia, _account = at_work(asked, "analyst")
    sent = nadia.post(address("answer_cite", asked.slug, answer.pk), {"cite-link": link, "cite-value": "99.9"})
    assert "holds no figure that can be cited" in sent.content.decode()
    assert not Citation.objects.exists()


# ---------------------------------------------------------------- records
def record(checked_on=None):
    """Publish a record of the knowledge base."""
    # writing and reviewing one takes a whole room; here one row of it is enough
    made = apps.get_model("knowledge", "Record").objects.create(
        slug="lamps", type="case", level_from=0, level_to=3, cost_band="0", source="https://example.org/lamps",
        status="published", checked_on=checked_on,
    )  # fmt: skip
    made.texts.create(language="en", title="Lamps for bakeries", summary="They last.")
    return made


def test_the_day_of_a_check_is_kept_as_data_and_worded_for_each_reader(answer):
    made = record(date(2026, 3, 1))
    cited = citing.cite(of=answer, link="/fr/knowledge/lamps/")
    assert (cited.kind, cited.value) == ("record", "2026-03-01")
    place = address("clause", answer.consultation.slug, "text", 1)
    assert "<b>checked on 1 March 2026</b>" in shown(Client(), place)
    assert "<b>checked on 1 March 2026</b>" in shown(Client(), address("voice", answer.consultation.slug, 1))
    with translation.override("fr"):
        assert "1 mars 2026" in wording_answering.cited_value(cited.value, cited.link)
        assert "2026-03-01" in wording_answering.cited_value("2026-03-01", LINK), "words of others stay"
    made.checked_on = date(2026, 5, 2)
    made.save()
    assert "now: checked on 2 May 2026" in shown(Client(), place)


def test_a_record_that_nobody_checked_says_so_instead_of_its_title(answer):
    record()
    cited = citing.cite(of=answer, link="/en/knowledge/lamps/")
    assert cited.value == published.UNCHECKED
    page = shown(Client(), address("clause", answer.consultation.slug, "text", 1))
    assert "Lamps for bakeries</bdi></a>: <b>no date of check</b>" in page


@pytest.mark.parametrize(
    ("kept", "day"), [("checked on 2026-03-01", "2026-03-01"), ("Lamps for bakeries", published.UNCHECKED)]
)
def test_records_cited_in_english_are_kept_as_data_by_the_upgrade(kept, day):
    upgrade = import_module("minga.deliberation.migrations.0013_evidence_stays")
    assert upgrade.plain_day(kept) == day


# ---------------------------------------------------------------- in files
def test_figures_in_files_are_written_as_the_language_of_the_text_does(answer):
    citing.cite(of=answer, link=LINK, value="46.0", label="Entreprises sans courant")
    Draft.objects.update(language="fr")
    text, _labels = wording_publishing.draft_text(Draft.objects.get(), 1, str, with_trace=True)
    (said,) = [note.text for note in text.clauses[0].notes if note.kind == "evidence"]
    assert "Entreprises sans courant · 46,0 · " in said


def test_figure_of_a_promise_is_named_in_its_language_and_found_by_whoever_holds_the_file(answer):
    edition_of("readiness-2026.1", 46.04, datetime(2026, 1, 1, tzinfo=UTC))
    apps.get_model("indicators", "CompositeIndex").objects.update(titles={"en": "Readiness", "fr": "Maturité"})
    Draft.objects.update(language="fr")
    adopt()
    path = "/en/indicators/readiness/readiness-2026.1/CV/skills/"
    made = committing.commit(
        clause=answer.changes.get().clause, title="On forme.", owner="Unité", due_on=date(2030, 1, 1),
        indicator_link=path,
    )  # fmt: skip
    assert made.indicator.startswith("Maturité, readiness-2026.1: ")
    for place in (address("commitments_file", "json"), "/api/v1/deliberation/commitments"):
        (row,) = Client().get(place).json()["commitments"]
        assert row["indicator_link"] == f"http://testserver{path}"
    french = Client().get(address("commitments_file", "csv").replace("/en/", "/fr/", 1)).content.decode()
    assert f"http://testserver{path.replace('/en/', '/fr/', 1)}" in french


def test_a_promise_is_not_measured_by_a_page_of_this_site_without_a_figure(answer):
    adopt()
    given = {"clause": answer.changes.get().clause, "title": "Train.", "owner": "Unit", "due_on": date(2030, 1, 1)}
    for link in ("/en/deliberation/", "https://testserver/en/indicators/readiness/none/TN/"):
        refused("figure", committing.commit, indicator_link=link, **given)
    made = committing.commit(indicator_link=LINK, **given)
    made.indicator_link = "/en/indicators/readiness/withdrawn/TN/"
    made.save()
    committing.amend(commitment=made, seen=1, note=WHY, target="40")
    committing.amend(commitment=made, seen=2, note=WHY, indicator_link="")
    assert (made.indicator_link, made.target) == ("", "40")
