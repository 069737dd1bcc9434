"""An answer "already covered" names the clause that says so: wherever the answer is read, and counted as no change."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, ClauseVersion, Consultation, Disposition, Draft
from minga.deliberation.selectors import tracing
from minga.deliberation.selectors.drafts import words_mark
from minga.deliberation.selectors.team_file import team_rows
from minga.deliberation.services import answering, drafting, reshaping, theming, versions
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import WHY, address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]

COVERED = Disposition.Answer.ALREADY_COVERED


@pytest.fixture
def asked():
    return consultation()


@pytest.fixture
def bao(asked):
    """Bao sorts and answers."""
    return at_work(asked, "analyst", "editor")[0]


@pytest.fixture
def plan(asked):
    """A published plan of two clauses, and a third that is only being written."""
    made = drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    first = drafting.add_clause(draft=made, heading="Power", text="Firms may share power.")
    second = drafting.add_clause(draft=made, heading="Skills", text="Schools teach data.", after=first)
    versions.publish_version(draft=made)
    made.refresh_from_db()
    drafting.add_clause(draft=made, heading="Roads", text="Roads are built.", after=second)
    return made


def clause(plan, number):
    return Clause.objects.select_related("draft").get(draft=plan, number=number)


def covered(target, by=None, **more):
    return answering.give_answer(target=target, answer=COVERED, reason=WHY, covered_by=by, responder="Ministry", **more)


# ---------------------------------------------------------------- the form
def test_officer_names_the_clause_and_everybody_finds_it(asked, bao, plan):
    voice = heard(asked, "Let schools teach data.", receipt_hash="a" * 64)
    page = address("answer_voice", asked.slug, voice.number)
    form = html(bao.get(page))
    assert "2 · C2 Skills" in form
    assert "Roads" not in form, "nobody can read yet what is only being written"
    given = {"answer": COVERED, "reason": WHY, "responder": "Ministry", "covered_by": "plan/C2"}
    assert bao.post(page, given).status_code == 302
    link = f'href="{address("clause", asked.slug, "plan", 2)}"'
    assert link in html(bao.get(page))
    assert 'value="plan/C2" selected' in html(bao.get(page)), "who replaces the answer begins with it"
    assert link in html(Client().get(address("voice", asked.slug, voice.number)))
    assert link in html(Client().get(address("coverage", asked.slug)))
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    assert told["said_already"] == [{"draft": "plan", "clause": "C2", "voices": 1}]


def test_clause_stays_out_of_other_answers_and_is_never_demanded(asked, bao, plan):
    voice = heard(asked, "Let schools teach data.")
    page = address("answer_voice", asked.slug, voice.number)
    given = {"reason": WHY, "responder": "Ministry", "covered_by": "plan/C2"}
    assert bao.post(page, given | {"answer": "rejected"}).status_code == 302
    first = answering.standing_answer(voice)
    assert first.covered_by is None
    given = given | {"answer": COVERED, "covered_by": "", "replaces": first.pk}
    assert bao.post(page, given).status_code == 302, "another law may cover it, which the reason names"
    assert answering.standing_answer(voice).covered_by is None


@pytest.mark.parametrize("name", ["plan/C3", "plan/C99", "other/C1", "C1", "plan/Cx"])
def test_only_a_clause_that_everybody_can_read_is_taken(asked, bao, plan, name):
    voice = heard(asked, "Let schools teach data.")
    given = {"answer": COVERED, "reason": WHY, "responder": "Ministry", "covered_by": name}
    page = html(bao.post(address("answer_voice", asked.slug, voice.number), given), 422)
    assert WHY in page
    assert answering.standing_answer(voice) is None


def test_without_a_published_text_no_clause_is_asked_for(asked, bao):
    drafting.make_draft(consultation=asked, title="Plan", slug="plan")
    voice = heard(asked, "Let schools teach data.")
    assert "covered_by" not in html(bao.get(address("answer_voice", asked.slug, voice.number)))


# ---------------------------------------------------------------- the rule
def test_service_refuses_what_is_unpublished_taken_out_withdrawn_or_of_others(asked, plan):
    voice = heard(asked, "Let schools teach data.")
    other = consultation("other")
    theirs = drafting.make_draft(consultation=other, title="Theirs", slug="theirs")
    drafting.add_clause(draft=theirs, heading="Power", text="Firms may share power.")
    versions.publish_version(draft=theirs)
    gone = clause(plan, 1)
    reshaping.delete_clause(clause=gone, seen=words_mark("Power", "Firms may share power."))
    versions.publish_version(draft=plan)
    for wrong in (gone, Clause.objects.get(draft=theirs, number=1)):
        with pytest.raises(ActError) as refused:
            covered(voice, wrong)
        assert refused.value.code == "covered"
    Draft.objects.filter(pk=plan.pk).update(state=Draft.State.WITHDRAWN)
    with pytest.raises(ActError, match="stands in no published text"):
        covered(voice, clause(plan, 2))
    assert not Disposition.objects.exists()


def test_it_counts_as_answered_and_not_as_traced(asked, plan):
    theme = themed(asked, "Schools", [heard(asked, "Teach data."), heard(asked, "Data in schools.")])
    covered(theme, clause(plan, 2))
    counted = tracing.coverage_of(tracing.trace_of(asked))
    assert counted.of("answered") == (2, 2)
    assert counted.of("accepted") == (0, 2)
    assert counted.of("traced") == (0, 0)
    page = html(Client().get(address("coverage", asked.slug)))
    row = page[page.index("What the text said already") :]
    assert '<td class="number" data-label="Voices">2</td>' in row[: row.index("</table>")]


def test_clause_goes_with_the_answer_when_its_theme_is_merged(asked, plan):
    first, second = themed(asked, "Schools", [heard(asked, "Teach data.")]), themed(asked, "Skills")
    covered(first, clause(plan, 2))
    theming.merge_theme(theme=first, into=second)
    assert answering.standing_answer(second).covered_by == clause(plan, 2)


def test_a_covering_clause_that_is_taken_out_keeps_the_draft_from_adoption(asked, plan):
    voice = heard(asked, "Firms should share power.")
    covered(voice, clause(plan, 1))
    assert "cover_gone" not in tracing.problems(asked, plan, working=True)["rule"].to_list()
    reshaping.delete_clause(clause=clause(plan, 1), seen=words_mark("Power", "Firms may share power."))
    found = tracing.problems(asked, plan, working=True)
    assert found.filter(found["rule"] == "cover_gone")["blocks"].to_list() == [True]
    assert not tracing.is_adoptable(asked, plan, working=True)


def test_withdrawn_text_leaves_no_broken_link(asked, plan):
    voice = heard(asked, "Let schools teach data.")
    covered(voice, clause(plan, 2))
    Draft.objects.filter(pk=plan.pk).update(state=Draft.State.WITHDRAWN)
    page = html(Client().get(address("voice", asked.slug, voice.number)))
    assert address("clause", asked.slug, "plan", 2) not in page
    assert tracing.trace_of(asked).dispositions["covered_by"].to_list() == [None]


# ---------------------------------------------------------------- files
def test_files_of_answers_name_the_clause(asked, plan):
    voice = heard(asked, "Let schools teach data.")
    covered(voice, clause(plan, 2))
    Consultation.objects.update(state="closed")
    (row,) = csv.DictReader(io.StringIO(Client().get(address("replies_file", asked.slug, "csv")).content.decode()))
    assert (row["answer"], row["clause"]) == ("already_covered", "plan/C2")
    page = html(Client().get(address("replies_file", asked.slug, "html")))
    assert f'{address("clause", asked.slug, "plan", 2)}">' in page
    (told,) = team_rows(asked)
    assert [one.clause.code for one in told.clauses] == ["C2"]
    assert ClauseVersion.objects.filter(dispositions__isnull=False).count() == 0
