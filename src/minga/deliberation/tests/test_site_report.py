"""The report of a conversation: what the team sees, what everyone sees, honest about doubt, and small enough."""

from __future__ import annotations

import gzip
import io
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from minga.deliberation import conversation_report, polis_words
from minga.deliberation.engine.exports import read_polis
from minga.deliberation.engine.votes import vote_table
from minga.deliberation.models import Disposition
from minga.deliberation.selectors import votes
from minga.deliberation.services import bulk, mapping
from minga.deliberation.services import moderating as moderation
from minga.deliberation.testing_conversations import QUEUE, conversation, joined, planted, said, voted, with_camps
from minga.deliberation.testing_voices import at_work
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


def published(where):
    run = mapping.refresh_map(conversation=where)
    mapping.publish_map(run=run)
    return run


def text_of(response):
    """Return the words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# ---------------------------------------------------------------- publishing
def test_report_is_the_teams_until_it_is_published():
    where = with_camps(2)
    run = mapping.refresh_map(conversation=where)
    analyst, _account = at_work(where.consultation, "analyst")
    assert "No report is published yet" in text_of(Client().get(address("report", where.slug)))
    assert Client().get(address("report_statements", where.slug)).status_code == 404
    assert "Nobody outside the team sees any report yet" in text_of(analyst.get(address("report", where.slug)))
    assert analyst.post(address("report_publish", where.slug), {"run": run.pk}).status_code == 302
    page = text_of(Client().get(address("report", where.slug)))
    assert "60 people voted" in page
    assert "Group A" in page
    analyst.post(address("report_publish", where.slug), {"act": "take-back"})
    assert votes.published_map(where) is None


def test_team_sees_the_newest_map_and_everyone_the_published_one():
    where = with_camps(2)
    published(where)
    voted(joined(where), where.statements.first(), 1)
    mapping.refresh_map(conversation=where)
    client, _account = at_work(where.consultation, "editor")
    assert "61 people voted" in text_of(client.get(address("report", where.slug)))
    assert "60 people voted" in text_of(client.get(address("report", where.slug), {"as": "everyone"}))
    assert "60 people voted" in text_of(Client().get(address("report", where.slug)))


@pytest.mark.parametrize("task", ["moderator", "editor", None])
def test_only_leads_and_analysts_publish(task):
    where = with_camps(2)
    run = mapping.refresh_map(conversation=where)
    client = at_work(where.consultation, task)[0] if task else Client()
    assert is_turned_away(client.post(address("report_publish", where.slug), {"run": run.pk}))
    assert votes.published_map(where) is None


def test_report_that_would_show_each_of_few_people_is_not_published():
    where = conversation()
    statement = said(where, "Robots for all.")
    for _one in range(4):
        voted(joined(where), statement, 1)
    run = mapping.refresh_map(conversation=where)
    client, _account = at_work(where.consultation, "lead")
    page = client.post(address("report_publish", where.slug), {"run": run.pk}, follow=True).content.decode()
    assert "Fewer than five people voted" in page
    assert votes.published_map(where) is None


def test_map_of_another_conversation_cannot_be_published_here():
    where, other = with_camps(2), conversation("other")
    run = mapping.refresh_map(conversation=where)
    client, _account = at_work(other.consultation, "lead")
    assert client.post(address("report_publish", other.slug), {"run": run.pk}).status_code == 404


def test_new_map_is_queued_and_never_calculated_in_the_request(settings):
    settings.TASKS = QUEUE
    where = with_camps(2)
    client, _account = at_work(where.consultation, "moderator")
    assert client.post(address("report_refresh", where.slug), {"k": "3"}).status_code == 302
    assert where.maps.count() == 0
    queued = DBTaskResult.objects.get(task_path="minga.deliberation.tasks.refresh_map")
    assert queued.args_kwargs["args"] == [str(where.pk), 3]
    assert is_turned_away(Client().post(address("report_refresh", where.slug)))


# ---------------------------------------------------------------- what it says
@pytest.mark.once
def test_random_votes_say_no_clear_groups():
    where = conversation()
    bulk.take_in(conversation=where, tables=planted(400, 100, 1, seed=5))
    published(where)
    page = text_of(Client().get(address("report", where.slug)))
    assert "No groups are clear" in page
    assert "no clear groups" in page
    assert "Group A" not in page
    assert "What people agree on" in page
    assert "All statements with their votes" in page


@pytest.mark.once
def test_report_fits_into_sixty_kilobytes_and_draws_the_map_with_its_table():
    where = conversation()
    bulk.take_in(conversation=where, tables=planted(1000, 100, 3, seed=2, share=0.4))
    published(where)
    response = Client().get(address("report", where.slug))
    page = response.content.decode()
    assert len(gzip.compress(response.content)) < 40_000
    assert re.search(r'<svg class="opinions".*class="group-2"', page)
    assert "The map as a table" in page
    listed = Client().get(address("report_statements", where.slug))
    assert len(gzip.compress(listed.content)) < 40_000
    assert "Page 1 of 2" in text_of(listed)


def test_all_statements_are_ranked_for_a_group():
    where = with_camps(2)
    run = published(where)
    page = Client().get(address("report_statements", where.slug), {"order": "B"}).content.decode()
    assert "Rank 1 tells it most clearly" in page
    shown = re.findall(r"report/(\d+)/", page)
    ranked = [row[1] for row in sorted(run.tables["ranked"]["rows"], key=lambda row: row[2]) if row[0] == 1]
    assert [int(number) for number in shown] == ranked
    assert len(shown) == 12
    assert Client().get(address("report_statements", where.slug), {"order": "Z"}).status_code == 200


def test_consensus_and_division_are_told_apart():
    where = with_camps(2)
    agreed = said(where, "Everybody wants clean water.")
    for person in where.participants.all():
        voted(person, agreed, 1)
    published(where)
    page = Client().get(address("report", where.slug)).content.decode()
    across = page.index("Every group stands on the same side")
    divides = page.index("What divides people")
    assert "Everybody wants clean water." in page[across:divides]
    assert "Everybody wants clean water." not in page[divides:]


def test_words_of_rejected_statements_are_shown_nowhere():
    where = with_camps(2)
    statement = where.statements.get(number=4)
    moderation.decide(statement=statement, state="rejected", seen_version=1, rule="insult", reason="It insults people.")
    published(where)
    for name, rest in (("report", ()), ("report_statements", ()), ("report_statement", (4,))):
        page = Client().get(address(name, where.slug, *rest)).content.decode()
        assert statement.text not in page
    assert "It insults people." in page


def test_statement_keeps_its_address_and_shows_votes_decisions_and_answer():
    where = with_camps(2)
    assert "No votes are published" in text_of(Client().get(address("report_statement", where.slug, 3)))
    published(where)
    statement = where.statements.get(number=3)
    Disposition.objects.create(
        consultation=where.consultation, statement=statement, answer="accepted", responder="Ministry of Industry"
    )
    page = text_of(Client().get(address("report_statement", where.slug, 3)))
    assert "Machines should do the work of kind 3." in page
    assert "Group B" in page
    assert "Ministry of Industry" in page
    assert Client().get(address("report_statement", where.slug, 99)).status_code == 404


def test_waiting_statement_of_a_strict_conversation_has_no_public_page():
    where = with_camps(2)
    waits = said(where, "Not looked at.", state="waiting")
    assert Client().get(address("report_statement", where.slug, waits.number)).status_code == 404
    client, _account = at_work(where.consultation, "moderator")
    assert client.get(address("report_statement", where.slug, waits.number)).status_code == 200


def test_translation_is_shown_with_its_mark_and_the_original():
    where = with_camps(2)
    where.statements.filter(number=0).update(translations={"fr": {"text": "Les machines.", "by": "machine"}})
    with translation.override("fr"):
        page = Client().get(reverse("deliberation:report_statement", args=[where.slug, 0])).content.decode()
    assert "Les machines." in page
    assert "Machines should do the work of kind 0." in page


def test_participation_and_flags_are_part_of_the_report():
    where = with_camps(2)
    where.consultation.reference_population = {"gender": {"woman": 0.5, "man": 0.5}}
    where.consultation.save()
    people = list(where.participants.order_by("pk"))
    for person, gender in zip(people, ["woman"] * 12 + ["man"] * 30 + ["other"] * 2, strict=False):
        person.strata = {"gender": gender}
        person.save()
    published(where)
    page = text_of(Client().get(address("report", where.slug)))
    assert "index of dissimilarity" in page
    assert "withheld" in page
    assert "No votes stand out" in page


# ---------------------------------------------------------------- files
def test_files_hold_pseudonyms_alone_and_read_back_as_the_same_votes(tmp_path):
    where = with_camps(2, state="closed", closed_at=timezone.now(), publishes_votes=True)
    assert Client().get(address("data_zip", where.slug)).status_code == 404, "no report is published"
    published(where)
    response = Client().get(address("data_zip", where.slug))
    path = tmp_path / "talk.zip"
    path.write_bytes(b"".join(response.streaming_content) if response.streaming else response.content)
    again = read_polis(path)
    kept = votes.read_tables(where)
    wanted = sorted(zip(kept.votes["statement"], kept.votes["vote"], strict=True))
    assert sorted(zip(again.votes["statement"], again.votes["vote"], strict=True)) == wanted
    matrix = vote_table(again.participants.select("participant").join(again.votes, on="participant"))
    assert matrix.shape == (60, 12)
    assert again.participants["xid"].n_unique() == 60
    assert set(again.participants["group"]) == {0, 1}
    stamps = again.votes["timestamp"].to_list()
    assert all(stamp % 60_000 == 0 and stamp > 1e12 for stamp in stamps), "milliseconds, of the full minute"
    assert again.topic == where.title
    secrets = {one.token_hash for one in where.participants.all()}
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        told = "".join(archive.read(name).decode() for name in names)
    assert names == {"votes.csv", "comments.csv", "participants-votes.csv", "summary.csv", "README.txt"}
    assert "1 agrees, -1 disagrees" in told
    # what people take along of their own holds their pseudonym, and must not prove how they voted
    secrets |= {str(one.pseudonym) for one in where.participants.all()}
    assert not [secret for secret in secrets if secret in told]


@pytest.mark.parametrize("given", [{"publishes_votes": True}, {"state": "closed", "closed_at": timezone.now()}])
def test_files_are_the_teams_while_it_is_open_and_where_nobody_was_told_of_them(given):
    where = with_camps(2, **given)
    published(where)
    assert Client().get(address("data_zip", where.slug)).status_code == 404
    assert address("data_zip", where.slug) not in Client().get(address("report", where.slug)).content.decode()
    client, _account = at_work(where.consultation, "editor")
    assert client.get(address("data_zip", where.slug)).status_code == 200


def test_files_keep_unread_words_back_and_are_harmless_in_a_spreadsheet():
    where = with_camps(2, is_strict=True, state="closed", closed_at=timezone.now(), publishes_votes=True)
    said(where, "Maria of the mill steals.", state="waiting")
    said(where, "=HYPERLINK(A1)")
    published(where)
    response = Client().get(address("data_zip", where.slug))
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        told = archive.read("comments.csv").decode()
    assert "Maria of the mill" not in told
    assert "'=HYPERLINK(A1)" in told


# ---------------------------------------------------------------- words
def tables_and_captions(page):
    return page.count("<table"), page.count("<caption")


def test_every_table_of_a_report_says_what_it_holds():
    where = with_camps(2)
    published(where)
    number = where.statements.first().number
    for name, *rest in (("report",), ("report_statements",), ("report_statement", number), ("log",)):
        tables, captions = tables_and_captions(Client().get(address(name, where.slug, *rest)).content.decode())
        assert tables == captions, name
    tables, captions = tables_and_captions(Client().get(address("report", where.slug)).content.decode())
    assert tables > 5


def test_log_of_moderation_says_what_its_table_holds():
    where = with_camps(2)
    one = where.statements.first()
    _client, account = at_work(where.consultation, "moderator")
    moderation.decide(statement=one, state="rejected", seen_version=one.version, rule="advertising", by=account)
    page = Client().get(address("log", where.slug)).content.decode()
    assert tables_and_captions(page) == (1, 1)


def test_words_beside_numbers_agree_with_them(monkeypatch):
    """One of something is not several, in any language: number and word are translated together."""
    where = with_camps(2)
    published(where)
    moved = {"all": False, "people": 1, "largest": 1, "k": 2, "k_without": 2, "moved": []}
    monkeypatch.setattr(conversation_report, "_without", lambda *_rest: moved)
    page = text_of(Client().get(address("report", where.slug)))
    assert "would move by 1 point at most" in page
    monkeypatch.setattr(conversation_report, "_without", lambda *_rest: moved | {"largest": 2})
    assert "would move by 2 points at most" in text_of(Client().get(address("report", where.slug)))


def test_report_explains_its_figures_where_they_stand():
    where = with_camps(2)
    published(where)
    page = text_of(Client().get(address("report", where.slug)))
    assert "The middle is the mean place of the people of a group" in page
    assert "is 0 where all people cast as many votes" in page
    statements = text_of(Client().get(address("report_statements", where.slug)))
    assert "A statement of twice the weight is drawn twice as often" in statements
    one = text_of(Client().get(address("report_statement", where.slug, where.statements.first().number)))
    assert "A statement of twice the weight is drawn twice as often" in one


# ---------------------------------------------------------------- gaps between groups
def table_named(response, caption):
    """Return the words of one table of a page."""
    page = response.content.decode().split(f"<caption>{caption}", 1)[1].split("</table>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


BORDERS = "People at the border of two groups, for every 100 in the middle where fewer stand"


def test_gap_between_camps_is_said_with_its_figure_and_stands_in_the_table():
    where = with_camps(2, people=120, statements=30)
    run = published(where)
    (row,) = run.facts["borders"]
    assert (run.facts["separation"], row["finding"]) == ("gap", "gap")
    response = Client().get(address("report", where.slug))
    people = round(100 * row["crowding"])
    said_so = f"Between groups A and B there is a gap: for every 100 people in the middle of a group, {people} stand at"
    assert said_so in text_of(response)
    assert f"A – B {people} ({round(100 * row['low'])}–{round(100 * row['high'])})" in table_named(response, BORDERS)
    told = Client().get(f"/api/v1/deliberation/conversations/{where.slug}/report").json()
    assert [(one["groups"], one["finding"], one["at_border_per_100"]) for one in told["borders"]] == [
        (["A", "B"], "gap", people)
    ]


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        ("no_gap", "Between groups A and B there is no gap: for every 100 people in the middle of a group, 118 stand"),
        ("unsure", "Whether there is a gap between groups A and B cannot be told from so few people, or so few votes"),
    ],
)
def test_missing_gap_and_doubt_are_said_too(finding, words):
    where = with_camps(2)
    run = published(where)
    run.facts["borders"][0] |= {"finding": finding, "crowding": 1.18, "low": 0.9, "high": 1.5, "if_alike": None}
    run.save(update_fields=["facts"])
    response = Client().get(address("report", where.slug))
    assert words in text_of(response)
    assert "118 (90–150) –" in table_named(response, BORDERS)


def test_map_of_an_older_version_says_nothing_of_gaps_and_is_shown():
    where = with_camps(2)
    run = published(where)
    for name in ("borders", "separation"):
        del run.facts[name]
    run.save(update_fields=["facts"])
    response = Client().get(address("report", where.slug))
    assert response.status_code == 200
    assert "stand at the border" not in text_of(response)
    assert BORDERS not in text_of(response)
    told = Client().get(f"/api/v1/deliberation/conversations/{where.slug}/report").json()
    assert told["borders"] == []


def test_border_of_a_group_that_is_not_shown_or_not_judged_is_left_out():
    where = with_camps(2)
    run = published(where)
    run.conversation = where
    run.facts["borders"][0] |= dict.fromkeys(("crowding", "low", "high", "if_alike"))
    assert conversation_report.build(run, "en").borders == ()
    again = mapping.refresh_map(conversation=where)
    again.conversation = where
    again.facts["shown"] = [0]
    assert conversation_report.build(again, "en").borders == ()


def test_files_are_explained_in_english_and_in_the_language_of_the_page():
    with translation.override("en"):
        english = polis_words.about_files()
    assert english.startswith("\ufeffvotes.csv has one row for each vote")
    assert english.count("CC BY 4.0") == 1
    with translation.override("ar"):
        both = polis_words.about_files()
    assert both.startswith(english.rstrip("\r\n"))
    assert both.count("CC BY 4.0") == 2
