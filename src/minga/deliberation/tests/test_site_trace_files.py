"""The way from voices to clauses as tables: who gets which words, and that anybody counts the same from them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from minga.deliberation import testing_voices as people
from minga.deliberation.cli import app
from minga.deliberation.engine.trace import Trace, counted, read_trace
from minga.deliberation.models import Conversation, Draft, Statement
from minga.deliberation.selectors import publishing, tracing
from minga.deliberation.services import answering, citing, drafting, receipts, reshaping, versions
from minga.deliberation.tests.test_site_answering_public import WHY
from minga.deliberation.tests.test_site_publishing import address
from minga.deliberation.tests.test_site_tracing import mapped
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PRIVATE = ("Secret words.", "Taken back.", "amina@example.org", "woman", "Praia", "Kept to ourselves", "by-the-team")


@pytest.fixture
def asked():
    """Voices of every kind: to be shown, hidden, taken back, answered anew; a text of two versions, a citation."""
    made = people.consultation()
    seen = [people.heard(made, f"Send advisers {at}.", strata={"gender": "woman"}) for at in range(6)]
    seen += [people.heard(made, f"Cheaper power {at}.", strata={"gender": "man"}) for at in range(6)]
    hidden = people.heard(
        made, "Secret words.", may_publish=False, author_address="amina@example.org", strata={"region": "Praia"}
    )
    gone = people.heard(made, "Taken back.")
    formula = people.heard(made, "=1+1 and -5 degrees")
    theme = people.themed(made, "Advice", [*seen[:6], hidden, formula])
    power = people.themed(made, "Power", seen[6:])
    first = answering.give_answer(target=theme, answer="rejected", reason=f"{WHY} There is no money this year.")
    answer = answering.give_answer(target=theme, answer="accepted", responder="Unit for AI", replaces=str(first.pk))
    answering.give_answer(target=power, answer="rejected", reason=f"{WHY} It is another law.")
    private = answering.give_answer(target=hidden, answer="rejected", reason=f"Kept to ourselves. {WHY}")
    last = answering.give_answer(target=hidden, answer="rejected", reason=f"{WHY} It is so.", replaces=str(private.pk))
    citing.cite(of=last, link="https://example.org/seen-by-the-team", value="7")
    citing.cite(of=answer, link="https://example.org/of-the-theme", value="8")
    answering.give_answer(target=gone, answer="rejected", reason=f"{WHY} It was late.")
    receipts.withdraw_voice(voice=gone)
    text = drafting.make_draft(consultation=made, title="A plan", kind="empty", language="en")
    one = drafting.add_clause(draft=text, heading="Advice", text="- An adviser comes.", dispositions=[answer])
    under = drafting.add_clause(draft=text, heading="", text="In a week.", under=one)
    citing.cite(of=one, link="https://example.org/figure", value="-2.4", label="Readiness")
    versions.publish_version(draft=text)
    reshaping.move_clause(clause=under, after=one)
    versions.publish_version(draft=text)
    made.state = "closed"
    made.save()
    return made


def tables(response, folder) -> Trace:
    assert response.status_code == 200
    (folder / "all.zip").write_bytes(response.content)
    return read_trace(folder / "all.zip")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def team(asked):
    client, _account = people.at_work(asked, "analyst")
    return client.get(address("desk_trace_file", asked.slug))


def everyone(asked):
    return Client().get(address("trace_file", asked.slug))


@pytest.mark.parametrize("get", [team, everyone])
def test_anybody_counts_the_same_from_the_tables(asked, get, tmp_path):
    tables(get(asked), tmp_path)
    told = json.loads(run("trace", tmp_path / "all.zip", "--json").output)
    assert told["coverage"] == tracing.coverage_of(publishing.published_trace(asked)).measures.to_dicts()
    wanted = tracing.problems(asked)
    found = {(row["rule"], row["where"], row["blocks"]) for row in told["problems"]}
    assert found == set(wanted.select("rule", "where", "blocks").rows())


def test_team_counts_the_same_by_what_senders_said_of_themselves(asked, tmp_path):
    tables(team(asked), tmp_path)
    told = json.loads(run("trace", tmp_path / "all.zip", "--by", "gender", "--by", "region", "--json").output)
    wanted = tracing.coverage_of(publishing.published_trace(asked)).strata.to_dicts()
    assert told["strata"] == [row for row in wanted if row["stratum"] in ("gender", "region")]


def test_tables_for_everyone_hold_what_pages_show_and_nothing_else(asked, tmp_path):
    response = everyone(asked)
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert packed.namelist() == ["voices.csv", "links.csv", "dispositions.csv", "clauses.csv", "evidence.csv"]
        whole = "".join(packed.read(name).decode() for name in packed.namelist())
    for words in PRIVATE:
        assert words not in whole
    assert "of-the-theme" in whole
    with zipfile.ZipFile(io.BytesIO(team(asked).content)) as packed:
        assert b"by-the-team" in packed.read("evidence.csv")
    trace = tables(response, tmp_path)
    public = publishing.public_voices(asked)
    for row in trace.voices.iter_rows(named=True):
        assert (row["may_publish"] == "yes") == (row["voice"] in public)
        assert (row["text"] is not None) == (row["voice"] in public)
        assert (row["language"] is not None) == (row["voice"] in public)
    assert set(trace.voices.columns) == {"voice", "text", "language", "may_publish", "withdrawn", "author"}
    assert trace.voices["author"].null_count() == trace.voices.height
    # an answer before that of a theme stands on its page; one to a hidden voice on none
    theme = trace.dispositions.filter(theme="T1")
    assert theme.height == 2
    assert theme["supersedes"].drop_nulls().to_list() == [theme["disposition"][0]]
    assert trace.dispositions.filter(voice="V13")["supersedes"].to_list() == [None]
    # the list of answers for everyone has the same rows
    csv = Client().get(address("replies_file", asked.slug, "csv")).content.decode()
    assert csv.count("\n") - 1 == trace.voices.height


def test_answers_to_statements_that_nobody_may_read_yet_stay_with_the_team(asked, tmp_path):
    talk = mapped(asked, {0: (20, 1), 1: (20, 1)})
    Conversation.objects.filter(pk=talk.pk).update(state="closed")
    talk.statements.update(state="accepted")
    for statement in talk.statements.all():
        answering.give_answer(target=statement, answer="out_of_scope", reason=f"{WHY} Number {statement.number}.")
    hidden = talk.statements.get(number=1)
    assert tables(everyone(asked), tmp_path).dispositions["statement"].drop_nulls().len() == 2
    Statement.objects.filter(pk=hidden.pk).update(state="waiting")
    found = tables(everyone(asked), tmp_path).dispositions["statement"].drop_nulls()
    assert found.to_list() == [f"{talk.slug}/0"]
    assert tables(team(asked), tmp_path).dispositions["statement"].drop_nulls().len() == 2


def test_words_read_back_as_they_were_and_no_spreadsheet_runs_them(asked, tmp_path):
    response = team(asked)
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        voices, clauses, evidence = (packed.read(f"{name}.csv").decode() for name in ("voices", "clauses", "evidence"))
    assert ",'=1+1 and -5 degrees," in voices
    assert "'- An adviser comes." in clauses
    assert ",-2.4," in evidence
    trace = tables(response, tmp_path)
    assert "=1+1 and -5 degrees" in trace.voices["text"].to_list()
    assert "- An adviser comes." in trace.clauses["text"].to_list()
    assert counted(trace).voices.height == trace.voices.height - 1


def test_text_is_written_from_the_tables_as_the_site_writes_it(asked, tmp_path):
    tables(everyone(asked), tmp_path)
    done = run("export", tmp_path / "all.zip", "--out", tmp_path / "out", "--title", "A plan", "--format", "md")
    assert done.exit_code == 0, done.output
    own = (tmp_path / "out" / "draft.md").read_text(encoding="utf-8")
    site = Client().get(address("draft_file", asked.slug, "a-plan", 2, "md")).content.decode()
    assert "This is a draft. It is not adopted." in own
    day = f"{timezone.now().date():%-d %B %Y}"
    assert f"Version 2, published on {day}" in own
    for line in ("## 1 Advice", "## 2 "):
        assert line in own
        assert line in site
    assert [line for line in own.splitlines() if line.startswith(("- ", "In"))] == [
        line for line in site.splitlines() if line.startswith(("- ", "In"))
    ]


def test_adopted_text_is_called_adopted_in_files_from_tables(asked, tmp_path):
    Draft.objects.update(state="adopted", adopted_at=timezone.now())
    tables(everyone(asked), tmp_path)
    assert run("export", tmp_path / "all.zip", "--out", tmp_path, "--format", "md", "--language", "fr").exit_code == 0
    own = (tmp_path / "draft.md").read_text(encoding="utf-8")
    assert "Adopté le" in own
    assert "Il n'est pas adopté" not in own
    assert Client().get(f"/api/v1/deliberation/consultations/{asked.slug}/trace").json()["clauses"][0]["adopted"]


# ---------------------------------------------------------------- who gets them
@pytest.mark.parametrize("state", ["open", "closed", "adopted"])
def test_tables_are_everyones_once_no_more_voices_are_taken_in(asked, state):
    asked.state = state
    asked.save()
    wanted = 404 if state == "open" else 200
    assert everyone(asked).status_code == wanted
    assert Client().get(f"/api/v1/deliberation/consultations/{asked.slug}/trace").status_code == wanted
    page = Client().get(address("consultation", asked.slug)).content.decode()
    assert (address("trace_file", asked.slug) in page) == (wanted == 200)


def test_team_alone_gets_all_words(asked):
    where = address("desk_trace_file", asked.slug)
    assert is_turned_away(Client().get(where))
    stranger, _account = people.at_work(people.consultation(slug="other"), "lead")
    assert stranger.get(where).status_code == 404
    client, _account = people.at_work(asked, "moderator")
    response = client.get(where)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "for-the-team" in response["Content-Disposition"]
    page = client.get(address("desk_files", asked.slug)).content.decode()
    assert where in page
    assert address("trace_file", asked.slug) in page
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert b"Secret words." in packed.read("voices.csv")
        assert b"amina@example.org" not in packed.read("voices.csv")


def test_same_tables_are_the_same_file(asked):
    assert everyone(asked).content == everyone(asked).content


def test_programs_read_the_same_tables(asked, tmp_path):
    told = Client().get(f"/api/v1/deliberation/consultations/{asked.slug}/trace").json()
    trace = tables(everyone(asked), tmp_path)
    for name in ("voices", "links", "dispositions", "clauses", "evidence"):
        assert len(told[name]) == getattr(trace, name).height
    assert told["voices"][12] == {
        "voice": "V13", "text": None, "language": None, "may_publish": False, "withdrawn": False,
    }  # fmt: skip
    assert sorted(row["value"] for row in told["evidence"]) == ["-2.4", "8"]
    assert "Secret words." not in json.dumps(told)
