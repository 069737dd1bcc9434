"""Drafts and answers as files on the site: who gets them, in which words, and whose words stay hidden."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from hashlib import sha256

import docx
import openpyxl
import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from lxml import etree

from minga.deliberation import testing_voices as people
from minga.deliberation.engine.texts.akoma import NAMESPACE
from minga.deliberation.models import Draft
from minga.deliberation.services import answering, citing, drafting, versions
from minga.web import pdf
from minga.web.ratelimit import exceeded
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]

AKN = {"a": NAMESPACE}


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


@pytest.fixture
def asked():
    return people.consultation()


@pytest.fixture
def draft(asked):
    """Amina's voice led to the first clause; Bao did not agree to have his words shown."""
    voices = [
        people.heard(asked, "Send advisers to bakeries."),
        people.heard(asked, "Secret words.", may_publish=False),
    ]
    theme = people.themed(asked, "Advice", voices)
    text = drafting.make_draft(consultation=asked, title="A strategy & a plan", kind="strategy", language="fr")
    answer = answering.give_answer(target=theme, answer="accepted", responder="Unit for AI")
    clause = drafting.add_clause(draft=text, heading="Conseil", text="Un conseil\n\n- gratuit", dispositions=[answer])
    citing.cite(of=clause, link="https://example.org/figure", value="2.4", label="Readiness")
    versions.publish_version(draft=text, note="First")
    text.refresh_from_db()
    return text


def got(draft, ending, version=1, client=None, **query):
    where = address("draft_file", draft.consultation.slug, draft.slug, version, ending)
    return (client or Client()).get(where, query)


@pytest.mark.parametrize("ending", ["md", "html", "docx", "xml"])
def test_published_version_is_everyones_to_take_along(draft, ending):
    first, second = got(draft, ending), got(draft, ending)
    assert first.status_code == 200
    assert f'filename="{draft.slug}-v1.{ending}"' in first["Content-Disposition"]
    assert first.content == second.content


def test_words_around_a_text_are_in_its_language_not_in_that_of_the_page(draft):
    text = got(draft, "md").content.decode()
    assert "/fr/deliberation/" in text
    assert "/en/deliberation/" not in text
    page = got(draft, "html").content.decode()
    assert '<html lang="fr" dir="ltr">' in page


def test_policy_of_the_site_allows_the_style_sheet_of_a_page_by_its_content(asked, draft):
    asked.state = "closed"
    asked.save()
    replies = address("replies_file", asked.slug, "html")
    for response in (got(draft, "html"), Client().get(replies)):
        style = response.content.decode().partition("<style>")[2].partition("</style>")[0]
        mark = b64encode(sha256(style.encode()).digest()).decode()
        assert f"'sha256-{mark}'" in response["Content-Security-Policy"].partition("style-src")[2].partition(";")[0]
    assert Client().get(replies).content == Client().get(replies).content


def test_what_stands_behind_a_clause_shows_only_words_of_those_who_agreed(draft):
    for ending in ("md", "html", "xml"):
        text = got(draft, ending, trace="1").content.decode()
        assert "Send advisers to bakeries." in text
        assert "Secret words." not in text
        assert "https://example.org/figure" in text
    word = docx.Document(io.BytesIO(got(draft, "docx", trace="1").content))
    words = "\n".join(each.text for each in word.paragraphs)
    assert "Send advisers to bakeries." in words
    assert "Secret words." not in words
    assert "Send advisers" not in got(draft, "md").content.decode()


def test_later_versions_say_nothing_in_files_of_earlier_ones(asked, draft):
    late = people.themed(asked, "Later", [people.heard(asked, "Later words.")])
    answer = answering.give_answer(target=late, answer="accepted")
    clause = draft.clauses.order_by("-number").first()
    row = drafting.rows.latest(draft, clause)
    from minga.deliberation.selectors import drafts as selectors

    drafting.save_clause(
        clause=clause, heading="Conseil", text="Autre", seen=selectors.words_mark(row.heading, row.text),
        dispositions=[answer],
    )  # fmt: skip
    draft.refresh_from_db()
    versions.publish_version(draft=draft)
    assert "Later words." in got(draft, "md", 2, trace="1").content.decode()
    assert "Later words." not in got(draft, "md", 1, trace="1").content.decode()


def test_akoma_ntoso_of_the_site_holds_its_clauses_and_its_address(draft):
    root = etree.fromstring(got(draft, "xml").content)
    clause = draft.clauses.order_by("-number").first()
    heading = root.find(f".//a:clause[@wId='cl_{clause.number}']/a:heading", AKN)
    assert heading.text == "Conseil"
    assert root.find(".//a:FRBRExpression/a:FRBRalias", AKN).get("value").startswith("http://testserver/fr/")
    assert root.find(".//a:FRBRlanguage", AKN).get("language") == "fra"


def test_adopted_text_says_so_and_by_what(draft):
    Draft.objects.filter(pk=draft.pk).update(state="adopted", adopted_at=timezone.now(), decision="Council 12")
    assert "Council 12" in got(draft, "md").content.decode()


def test_what_is_being_written_is_the_teams_alone(asked, draft):
    drafting.add_clause(draft=draft, heading="Nouveau", text="Pas encore.")
    client, _account = people.at_work(asked, "editor")
    response = got(draft, "md", 2, client)
    assert "Pas encore." in response.content.decode()
    assert "1970" not in response.content.decode()
    assert "publiée" not in response.content.decode().partition("## Versions")[0], "it is not published yet"
    assert got(draft, "xml", 2, client).status_code == 404
    assert "no-store" in response["Cache-Control"]
    assert got(draft, "md", 2).status_code == 404
    assert got(draft, "md", 3, client).status_code == 404
    assert got(draft, "exe").status_code == 404


def test_draft_of_a_consultation_in_preparation_is_nobodys_business(asked, draft):
    asked.state = "draft"
    asked.save()
    assert got(draft, "md").status_code == 404


@pytest.mark.skipif(not pdf.is_available(), reason="WeasyPrint is not installed")
def test_pdf_is_made_of_the_page(draft):
    from pypdf import PdfReader

    response = got(draft, "pdf")
    assert response["Content-Type"] == "application/pdf"
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert "Conseil" in words


# ---------------------------------------------------------------- answers
@pytest.mark.parametrize("state", ["open", "closed", "adopted"])
def test_answers_are_public_once_no_more_voices_are_taken_in(asked, draft, state):
    asked.state = state
    asked.save()
    response = Client().get(address("replies_file", asked.slug, "csv"))
    assert response.status_code == (404 if state == "open" else 200)
    if state != "open":
        rows = list(csv.DictReader(io.StringIO(response.content.decode())))
        assert [row["voice"] for row in rows] == ["V1", "V2"]
        assert [row["answer"] for row in rows] == ["accepted", "accepted"]
        assert rows[0]["clause"] == f"{draft.slug}/{draft.clauses.order_by('-number').first().code}"
        assert rows[1]["text"] == "", "a table for programs says nothing in words"
        assert rows[0]["theme"] == "Advice"


def test_table_for_programs_is_the_same_in_every_language_and_the_workbook_is_not(asked, draft):
    asked.state = "closed"
    asked.save()

    def replies(language, ending):
        with translation.override(language):
            return Client().get(reverse("deliberation:replies_file", args=[asked.slug, ending])).content

    assert replies("fr", "csv") == replies("en", "csv")
    sheet = openpyxl.load_workbook(io.BytesIO(replies("fr", "xlsx"))).active
    assert "acceptée" in [cell.value for cell in next(sheet.iter_rows(min_row=2))]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "html", "docx"])
def test_team_gets_all_words_and_nobody_else_does(asked, draft, ending):
    where = address("desk_replies_file", asked.slug, ending)
    client, _account = people.at_work(asked, "analyst")
    response = client.get(where)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert is_turned_away(Client().get(where))
    stranger, _account = people.at_work(people.consultation(slug="other"), "lead")
    assert stranger.get(where).status_code == 404
    assert "for-the-team" in response["Content-Disposition"], "it must not be taken for the public file"
    if ending in ("csv", "html"):
        assert "Secret words." in response.content.decode()
    if ending == "html":
        assert "For the team alone" in response.content.decode()
        assert "only where their sender agreed" not in response.content.decode()
    if ending == "docx":
        assert any("For the team alone" in one.text for one in docx.Document(io.BytesIO(response.content)).paragraphs)
        cells = [cell.text for row in docx.Document(io.BytesIO(response.content)).tables[0].rows for cell in row.cells]
        assert "Secret words." in cells


def test_desk_lists_every_file(asked, draft):
    client, _account = people.at_work(asked, "moderator")
    page = client.get(address("desk_files", asked.slug)).content.decode()
    for ending in ("md", "html", "docx", "xml"):
        assert address("draft_file", asked.slug, draft.slug, 1, ending) in page
    assert address("desk_replies_file", asked.slug, "xlsx") in page
    assert address("replies_file", asked.slug, "csv") not in page
    assert is_turned_away(Client().get(address("desk_files", asked.slug)))


def test_paper_is_limited_since_it_is_dear_to_make(draft, settings, monkeypatch):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    monkeypatch.setattr(pdf, "render", lambda *_words: b"%PDF")
    browser = Client()
    statuses = [got(draft, "pdf", client=browser).status_code for _time in range(61)]
    assert statuses == [200] * 60 + [429]
    assert got(draft, "html").status_code == 200


def came_before(scope, times):
    """Count as if this address had come so often already."""
    assert not exceeded(RequestFactory().get("/"), scope, times=120, seconds=600, weight=times)


def test_files_and_figures_are_not_made_without_end(draft, settings):
    settings.RATE_LIMITS = True
    browser, slug = Client(), draft.consultation.slug
    came_before("deliberation-files", 117)
    assert [got(draft, "md", client=browser).status_code for _time in range(4)] == [200] * 3 + [429]
    assert browser.get(address("replies_file", slug, "html")).status_code == 429
    figures = f"/api/v1/deliberation/consultations/{slug}/coverage"
    came_before("deliberation-coverage", 117)
    assert [browser.get(figures).status_code for _time in range(4)] == [200] * 3 + [429]


# ---------------------------------------------------------------- names, links and languages
def test_theme_has_its_name_in_every_file_and_leads_to_its_page(asked, draft):
    for ending in ("md", "html", "xml"):
        text = got(draft, ending, trace="1").content.decode()
        assert "Advice" in text
        assert f"http://testserver/fr/deliberation/{asked.slug}/themes/1/" in text


def test_page_of_all_answers_leads_to_voices_themes_clauses_and_back(asked, draft):
    asked.state = "closed"
    asked.save()
    page = Client().get(address("replies_file", asked.slug, "html")).content.decode()
    home = f"http://testserver/en/deliberation/{asked.slug}/"
    number = draft.clauses.order_by("-number").first().number
    assert f'<a href="{home}">Back to the consultation</a>' in page
    assert (
        f'<a href="{home}drafts/{draft.slug}/c/{number}/"><span lang="fr" dir="ltr">C{number} Conseil</span></a>'
        in page
    )
    assert f'<a href="{home}themes/1/"><span lang="en" dir="ltr">T1 Advice</span></a>' in page
    assert f"{home}voices/1/" in page
    assert f"{home}voices/2/" not in page
