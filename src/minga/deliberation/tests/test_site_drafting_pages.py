"""The pages of drafts: reading, changes, one clause, the desk of editors, publishing, adopting, and who gets what."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from django.test import Client

from minga.deliberation import testing_voices as people
from minga.deliberation.models import Citation, Clause, ClauseRevision, ClauseVersion, Consultation, Draft
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import answering, citing, drafting, versions
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]

HOME = "/en/deliberation/strategy/drafts/plan/"
DESK = "/en/deliberation/strategy/desk/drafts/plan/"


@pytest.fixture
def draft():
    """A draft about data in three clauses, its first version published by Bao."""
    made = drafting.make_draft(consultation=people.consultation(), title="Plan", slug="plan")
    first = add(made, "Firms may share data.", heading="Data")
    add(made, "Training is free. It is offered in every town.", heading="Skills", after=first)
    add(made, "Terms & <conditions>\n\n- one\n- two", after=first)
    versions.publish_version(draft=made)
    return made


def add(draft, text, heading="", **place):
    return drafting.add_clause(draft=draft, heading=heading, text=text, **place)


def clause(number):
    return Clause.objects.select_related("draft").get(number=number)


def mark(number):
    row = drafting.rows.latest(clause(number).draft, clause(number))
    return selectors.words_mark(row.heading, row.text)


def change(number, text, **more):
    row = drafting.rows.latest(clause(number).draft, clause(number))
    return drafting.save_clause(clause=clause(number), heading=row.heading, text=text, seen=mark(number), **more)


def publish(draft, **more):
    draft.refresh_from_db()
    return versions.publish_version(draft=draft, **more)


def agreed(draft, text="We want training.", answer="accepted", **fields):
    return answering.give_answer(target=people.heard(draft.consultation, text, **fields), answer=answer)


def page(address, client=None, status=200):
    response = (client or Client()).get(address)
    assert response.status_code == status
    return response.content.decode()


def editor(draft, *tasks, **more):
    return people.at_work(draft.consultation, *(tasks or ("editor",)), **more)[0]


def words(draft, version):
    return {row.code: row.text for row in selectors.clauses_at(draft, version)}


# ---------------------------------------------------------------- reading
def test_everyone_reads_the_published_version_with_permanent_numbers(draft):
    change(1, "Firms shall share data.")
    shown = page(HOME)
    assert "Firms may share data." in shown
    assert "Firms shall share data." not in shown
    assert 'href="/en/deliberation/strategy/drafts/plan/c/1/"' in shown
    assert re.search(r'<a href="#C2">3 Skills</a>', shown)
    assert '<a href="#C3">2 Terms &amp; &lt;conditions&gt;</a>' in shown, (
        "a clause without a heading is in the contents"
    )
    assert re.search(r'>C2</a> <span class="quiet">3</span> <span lang="en"[^>]*>Skills', shown)
    assert "Terms &amp; &lt;conditions&gt;" in shown
    assert len(re.findall(r"<li[^>]*>(?:<p>)?(?:one|two)", shown)) == 2
    page(f"{HOME}v/2/", status=404)
    page(f"{HOME}c/9/", status=404)


def test_draft_without_a_version_is_the_teams_alone(draft):
    drafting.make_draft(consultation=draft.consultation, title="Other", slug="other")
    other = HOME.replace("/plan/", "/other/")
    page(other, status=404)
    assert "Only the team sees it" in page(other, editor(draft))


def test_team_reads_what_is_being_written(draft):
    change(1, "Firms shall share data.")
    browser = editor(draft)
    assert "Firms shall share data." in page(f"{HOME}v/2/", browser)
    assert "not published yet" in page(f"{HOME}c/1/", browser)
    assert "not published yet" not in page(f"{HOME}c/1/")


def test_changes_are_shown_word_by_word_with_the_answers_behind_them(draft):
    change(1, "Firms shall share data.", dispositions=[agreed(draft, "Make firms share their data!")])
    publish(draft)
    shown = page(f"{HOME}v/2/changes/")
    assert re.search(r"<del>.*?may .*?</del><ins>.*?shall .*?</ins>share data\.", shown, re.DOTALL)
    assert '<span class="unseen" lang="en" dir="ltr">removed: </span>' in shown
    assert "Make firms share their data!" in shown
    assert "2 clauses stayed as they were." in shown
    page(f"{HOME}v/1/changes/", status=404)


def test_arabic_draft_reads_from_right_to_left():
    made = drafting.make_draft(consultation=people.consultation(), title="خطة", slug="plan", language="ar")
    add(made, "تتقاسم الشركات البيانات.")
    versions.publish_version(draft=made)
    change(1, "تتقاسم المصانع البيانات.")
    publish(made)
    shown = page(f"{HOME}v/2/changes/")
    assert '<div lang="ar" dir="rtl"><p class="change">' in shown
    assert re.search(r"<ins>.*?المصانع .*?</ins>", shown, re.DOTALL)


def test_clause_page_tells_its_whole_story(draft):
    browser = editor(draft)
    change(2, "Training is free. It is offered in every town and village.", dispositions=[agreed(draft)])
    answer = {"seen": mark(2), "begins-1": "on", "heading-1": "Where"}
    assert browser.post(f"{DESK}c/2/split/", answer).status_code == 302
    publish(draft)
    shown = page(f"{HOME}c/2/")
    assert "Went on as:" in shown
    assert "Version 1" in shown
    assert "Version 2" in shown
    assert "We want training." in shown
    part = page(f"{HOME}c/4/")
    assert re.search(r'Came of:\s*<a href="[^"]+/c/2/">C2</a>', part)
    assert "We want training." in part, "what stands behind a clause stands behind its parts"


def test_words_of_senders_who_did_not_agree_are_never_quoted(draft):
    change(1, "Firms shall share data.", dispositions=[agreed(draft, "Secret words.", may_publish=False)])
    publish(draft)
    for address in (HOME, f"{HOME}c/1/", f"{HOME}v/2/changes/"):
        shown = page(address)
        assert "Secret words." not in shown
        assert "the senders did not agree" in shown


def test_reader_asks_the_same_number_of_questions_for_any_number_of_clauses(draft, django_assert_max_num_queries):
    for number in range(20):
        add(draft, f"Clause {number}.", after=clause(1))
    change(1, "New.", dispositions=[agreed(draft, f"Voice {number}") for number in range(3)])
    publish(draft)
    with django_assert_max_num_queries(24):
        page(HOME)


# ---------------------------------------------------------------- the desk
def test_editor_writes_a_draft_from_a_template_and_publishes_it():
    consultation = people.consultation()
    browser, _account = people.at_work(consultation, "editor")
    begun = browser.post(
        "/en/deliberation/strategy/desk/drafts/", {"title": "AI plan", "kind": "strategy", "language": "en"}
    )
    assert begun.url == "/en/deliberation/strategy/desk/drafts/ai-plan/"
    shown = page(begun.url, browser)
    assert shown.count('class="row whole__acts"') == Clause.objects.count() >= 5
    added = browser.post(f"{begun.url}add/", {"heading": "Women", "text": "Half of it.", "how": "under", "target": "1"})
    last = Clause.objects.order_by("number").last()
    assert added.url == f"{begun.url}#{last.code}"
    assert browser.post(f"{begun.url}publish/", {"note": "A first text.", "unwritten": "on"}).url.endswith(
        "/drafts/ai-plan/v/1/"
    )
    reader = page("/en/deliberation/strategy/drafts/ai-plan/")
    assert "Half of it." in reader
    assert "A first text." in reader


def test_two_editors_on_one_clause_see_both_texts(draft):
    seen = mark(1)
    first, second = editor(draft), editor(draft)
    sent = {"heading": "Data", "seen": seen}
    assert first.post(f"{DESK}c/1/", sent | {"text": "Firms shall share data."}).status_code == 302
    response = second.post(f"{DESK}c/1/", sent | {"text": "Firms can share data."})
    assert response.status_code == 409
    shown = response.content.decode()
    assert "<p>Firms shall share data.</p>" in shown
    assert re.search(r"<textarea[^>]*>\s*Firms can share data\.</textarea>", shown)
    assert "Somebody else saved this clause" in shown
    assert ClauseRevision.objects.filter(revision=None, text="Firms can share data.").exists()
    again = re.search(r'name="seen" value="([0-9a-f]+)"', shown).group(1)
    assert second.post(f"{DESK}c/1/", {"text": "Firms can share data.", "seen": again}).status_code == 302
    assert words(draft, 2)["C1"] == "Firms can share data."


def test_history_names_who_saved_and_knows_ones_own_second_window(draft):
    browser, account = people.at_work(draft.consultation, "editor")
    seen = mark(1)
    assert browser.post(f"{DESK}c/1/", {"heading": "Data", "text": "First.", "seen": seen}).status_code == 302
    second = browser.post(f"{DESK}c/1/", {"heading": "Data", "text": "Second.", "seen": seen})
    assert second.status_code == 409
    assert "You saved this clause in another window" in second.content.decode()
    assert "Somebody else saved" not in second.content.decode()
    name = str(account.person)
    assert f"<bdi>{name}</bdi>" in page(f"{DESK}c/1/", browser)
    assert f"<bdi>{name}</bdi>" not in page(f"{HOME}c/1/")


def test_answers_that_led_to_a_change_are_chosen_while_writing(draft):
    answer = agreed(draft)
    browser = editor(draft)
    assert "V1 We want training." in page(f"{DESK}c/2/", browser)
    sent = {"heading": "Skills", "text": "Training for all.", "seen": mark(2), "answers": [str(answer.pk)]}
    assert browser.post(f"{DESK}c/2/", sent).status_code == 302
    assert list(clause(2).versions.get(version=2).dispositions.all()) == [answer]
    assert "not carried into the text yet" not in page(DESK, browser)


def test_clauses_are_moved_merged_taken_out_and_brought_back_without_script(draft):
    browser = editor(draft)

    def order():
        return [row.code for row in selectors.clauses_at(draft, 2)]

    assert order() == ["C1", "C3", "C2"]
    browser.post(f"{DESK}c/2/shift/", {"way": "up"})
    assert order() == ["C1", "C2", "C3"]
    browser.post(f"{DESK}c/3/move/", {"how": "first"})
    assert order() == ["C3", "C1", "C2"]
    assert browser.post(f"{DESK}c/1/move/", {"how": "after", "target": ""}).status_code == 422
    assert "Choose a clause." in page(f"{DESK}c/1/merge/?with=", browser)
    form = page(f"{DESK}c/1/merge/?with=2", browser)
    seen = dict(re.findall(r'name="(seen|seen_other)" value="([0-9a-f]+)"', form))
    merged = browser.post(f"{DESK}c/1/merge/", seen | {"with": "2", "heading": "Both", "text": "Data and training."})
    assert merged.url == f"{DESK}#C1"
    assert order() == ["C3", "C1"]
    assert "Bring back" not in page(DESK, browser), "C2 lives on in C1"
    browser.post(f"{DESK}c/2/back/")
    assert "lives on in another one" in page(DESK, browser)
    assert order() == ["C3", "C1"]
    assert browser.post(f"{DESK}c/3/delete/", {"seen": mark(3)}).status_code == 302
    assert order() == ["C1"]
    assert "Bring back" in page(DESK, browser)
    browser.post(f"{DESK}c/3/back/")
    assert order() == ["C3", "C1"]


def test_clause_that_was_split_and_then_taken_out_can_be_brought_back(draft):
    browser = editor(draft)
    sent = {"seen": mark(2), "begins-1": "on", "heading-1": "Where"}
    assert browser.post(f"{DESK}c/2/split/", sent).status_code == 302
    assert browser.post(f"{DESK}c/2/delete/", {"seen": mark(2)}).status_code == 302
    assert "Bring back" in page(DESK, browser)
    browser.post(f"{DESK}c/2/back/")
    assert [row.code for row in selectors.clauses_at(draft, 2)] == ["C1", "C3", "C2", "C4"]


def test_mistakes_in_forms_stand_beside_what_was_typed(draft):
    browser = editor(draft)
    empty = browser.post(f"{DESK}c/1/", {"heading": "", "text": " ", "seen": mark(1)})
    assert empty.status_code == 422
    assert "neither a heading nor a text" in empty.content.decode()
    nowhere = browser.post(f"{DESK}add/", {"heading": "Kept words", "text": "", "how": "after", "target": ""})
    assert nowhere.status_code == 422
    assert 'value="Kept words"' in nowhere.content.decode()
    uncut = browser.post(f"{DESK}c/2/split/", {"seen": mark(2)})
    assert uncut.status_code == 422
    assert "There must be at least two parts." in uncut.content.decode()


def test_evidence_is_cited_for_a_clause_and_shown_to_everyone(draft):
    browser = editor(draft)
    sent = {"link": "https://example.org/figure", "label": "Share of firms", "value": "12 %"}
    assert browser.post(f"{DESK}c/1/evidence/", sent).status_code == 302
    for address in (HOME, f"{HOME}c/1/"):
        shown = page(address)
        assert "Share of firms" in shown
        assert "12 %" in shown
    wrong = browser.post(f"{DESK}c/1/evidence/", {"link": "ftp://example.org", "value": "1"})
    assert wrong.status_code == 422
    assert browser.post(f"{DESK}c/1/evidence/{Citation.objects.get().pk}/end/").status_code == 302
    assert "Share of firms" not in page(HOME)


def test_evidence_of_an_answer_stands_behind_the_clause_that_follows_from_it(draft):
    answer = agreed(draft)
    for of in (answer, clause(1)):
        citing.cite(of=of, link="https://example.org/figure", value="12 %", label="Share of firms")
    change(1, "Firms shall share data.", dispositions=[answer])
    change(2, "Training for all.", dispositions=[answer])
    publish(draft)
    for number in (1, 2):
        assert page(f"{HOME}c/{number}/").count("Share of firms") == 1
    assert "Share of firms" not in page(f"{HOME}c/3/")


def test_draft_is_renamed_and_an_unpublished_one_deleted(draft):
    browser = editor(draft)
    browser.post(f"{DESK}title/", {"title": "A better plan"})
    assert "A better plan" in page(HOME)
    page(f"{DESK}delete/", browser, status=404)
    other = drafting.make_draft(consultation=draft.consultation, title="Mistake", slug="mistake", kind="standard")
    address = DESK.replace("/plan/", "/mistake/")
    assert "goes for ever" in page(f"{address}delete/", browser)
    browser.post(f"{address}delete/")
    assert not Draft.objects.filter(pk=other.pk).exists()


# ---------------------------------------------------------------- who gets what
_READ = ("", "c/1/", "add/", "publish/", "c/1/move/", "c/1/split/", "c/1/merge/", "c/1/delete/")
_WRITE = ("title/", "c/1/shift/", "c/1/back/", "c/1/evidence/", "publish/", "c/1/", "c/1/delete/")


@pytest.mark.parametrize("tasks", [("analyst",), ("moderator",), ()])
def test_only_editors_write(draft, tasks):
    browser, _account = people.at_work(draft.consultation, *tasks)
    before = list(ClauseVersion.objects.values("pk", "text", "version"))
    for rest in _READ:
        page(f"{DESK}{rest}", browser, status=404)
    for rest in _WRITE:
        if not (rest == "c/1/evidence/" and "analyst" in tasks):
            assert browser.post(f"{DESK}{rest}", {"seen": mark(1), "text": "No."}).status_code == 404
    assert list(ClauseVersion.objects.values("pk", "text", "version")) == before


def test_editor_of_another_consultation_and_visitors_get_nothing(draft):
    stranger, _account = people.at_work(people.consultation("other"), "lead", "editor")
    for browser in (stranger, Client()):
        for rest in (*_READ, "notes/", "adopt/"):
            assert is_turned_away(browser.get(f"{DESK}{rest}"))


# ---------------------------------------------------------------- adopting
@pytest.fixture
def closed(draft):
    """All is answered: two voices, one accepted and carried into version 2, one refused."""
    yes = agreed(draft)
    change(2, "Training is free for all.", dispositions=[yes])
    answering.give_answer(
        target=people.heard(draft.consultation, "Pay me."),
        answer="rejected",
        reason="Nobody is paid for taking part " * 3,
    )
    bao, _account = people.at_work(draft.consultation, "lead", "editor")
    assert bao.post(f"{DESK}publish/").status_code == 302
    Consultation.objects.update(state="closed")
    draft.refresh_from_db()
    return draft, bao


def test_second_person_adopts_and_then_nothing_changes_any_more(closed):
    draft, bao = closed
    refused = bao.post(f"{DESK}adopt/", {"decision": "Council, 3 May"})
    assert refused.status_code == 422
    assert "Ask a second person" in refused.content.decode()
    noor, _account = people.at_work(draft.consultation, "lead")
    assert "Every voice has its answer." in page(f"{DESK}adopt/", noor)
    assert noor.post(f"{DESK}adopt/", {"decision": "Council, 3 May"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.decision, draft.consultation.state) == ("adopted", "Council, 3 May", "adopted")
    assert "Council, 3 May" in page(HOME)
    bao.post(f"{DESK}c/1/", {"text": "Too late.", "seen": mark(1)})
    bao.post(f"{DESK}c/1/shift/", {"way": "down"})
    bao.post(f"{DESK}c/1/delete/", {"seen": mark(1)})
    assert not ClauseVersion.objects.filter(version=3).exists()


def test_draft_is_not_adopted_while_a_voice_waits(closed):
    draft, _bao = closed
    waiting = people.heard(draft.consultation, "And what about farmers?")
    noor, _account = people.at_work(draft.consultation, "lead")
    shown = page(f"{DESK}adopt/", noor)
    assert f'/desk/answers/voice/{waiting.number}/">{waiting.code}</a>: This voice has no answer' in shown
    assert 'name="decision"' not in shown
    assert noor.post(f"{DESK}adopt/", {"decision": "Council"}).status_code == 422
    draft.refresh_from_db()
    assert draft.state == "writing"


def test_acceptance_without_a_clause_is_named_by_its_words(closed):
    draft, _bao = closed
    theme = people.themed(draft.consultation, "Farmers", [people.heard(draft.consultation, "And farmers?")])
    answering.give_answer(target=theme, answer="accepted")
    noor, _account = people.at_work(draft.consultation, "lead")
    shown = page(f"{DESK}adopt/", noor)
    assert '/desk/answers/theme/1/">T1 Farmers</a>: This answer accepts something, but no clause carries it.' in shown


def test_draft_is_not_adopted_while_open_or_half_written(closed):
    draft, _bao = closed
    noor, _account = people.at_work(draft.consultation, "lead")
    Consultation.objects.update(state="open")
    assert "still takes voices in" in page(f"{DESK}adopt/", noor)
    Consultation.objects.update(state="closed")
    change(1, "Newer words.")
    assert "Something was changed since the last version." in page(f"{DESK}adopt/", noor)
    assert noor.post(f"{DESK}adopt/", {"decision": "Council"}).status_code == 422


def test_editors_alone_do_not_adopt(closed):
    draft, _bao = closed
    page(f"{DESK}adopt/", editor(draft), status=404)


# ---------------------------------------------------------------- files
def test_files_with_what_stands_behind_have_a_name_of_their_own_and_earlier_versions_are_offered(draft):
    change(1, "Firms shall share data.")
    publish(draft)
    plain, traced = (Client().get(f"{HOME}v/2/text.md{asked}") for asked in ("", "?trace=1"))
    assert plain["Content-Disposition"].endswith('filename="plan-v2.md"')
    assert traced["Content-Disposition"].endswith('filename="plan-v2-trace.md"')
    shown = page("/en/deliberation/strategy/desk/files/", editor(draft))
    assert "Earlier versions" in shown
    assert re.search(r'href="[^"]*/v/1/text.md\?trace=1"', shown)


# ---------------------------------------------------------------- the fingerprint
def recalculated(told):
    """Calculate a fingerprint as the method page says, from what everyone can read."""
    kept = ("code", "heading", "parent", "place", "text")
    clauses = [{name: one[name] for name in kept} for one in told["clauses"]]
    covered = {**told["text_hash_names"], "version": told["version"], "clauses": clauses}
    written = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def told_by_the_api(number):
    return Client().get(f"/api/v1/deliberation/consultations/strategy/drafts/plan/versions/{number}").json()


def test_fingerprint_can_be_calculated_again_from_what_is_public(draft):
    change(1, "Firms shall share data: نعم.")
    publish(draft)
    for number in (1, 2):
        told = told_by_the_api(number)
        assert told["text_hash_names"] == {"consultation": "strategy", "draft": "plan"}
        assert recalculated(told) == told["text_hash"]
    shown = page(HOME)
    assert told["text_hash"] in shown
    assert "/api/v1/deliberation/consultations/strategy/drafts/plan/versions/2" in shown


def test_fingerprint_of_an_old_version_says_that_it_covers_the_id(draft, monkeypatch):
    change(1, "Firms shall share data.")
    old = {"draft": str(draft.pk)}
    covered = selectors._covered(draft, 2)
    monkeypatch.setattr(selectors, "text_hash", lambda _draft, number: selectors._hashed(old, number, covered))
    publish(draft)
    told = told_by_the_api(2)
    assert told["text_hash_names"] == old
    assert recalculated(told) == told["text_hash"]
    assert selectors.is_intact(draft.versions.get(number=2))


def test_fingerprint_that_fits_no_more_names_nothing(draft, monkeypatch):
    change(1, "Firms shall share data.")
    monkeypatch.setattr(selectors, "text_hash", lambda *_given: "0" * 64)
    publish(draft)
    assert told_by_the_api(2)["text_hash_names"] is None
