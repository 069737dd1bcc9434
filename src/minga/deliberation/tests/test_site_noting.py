"""What people say to clauses: without an account, looked at first, answered as a voice, and at times taken in."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from minga.deliberation import testing_voices as people
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, ClauseNote, Consultation, Disposition
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import answering, drafting, noting, receipts, versions
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]

HOME = "/en/deliberation/strategy/drafts/plan/"
NOTES = "/en/deliberation/strategy/desk/drafts/plan/notes/"
REASON = "It would cost more than the whole budget of the ministry."


@pytest.fixture
def draft():
    made = drafting.make_draft(consultation=people.consultation(), title="Plan", slug="plan")
    drafting.add_clause(draft=made, heading="Data", text="Firms may share data.")
    versions.publish_version(draft=made)
    return made


def sent(**fields):
    given = {"text": "Good.", "proposed": "Firms may share data.", "language": "en", "version": "1"}
    return given | {"sending": uuid.uuid4().hex} | fields


def say(client=None, **fields):
    """Send a note as a visitor, and read the code of its receipt."""
    browser = client or Client()
    response = browser.post(f"{HOME}c/1/say/", sent(**fields))
    assert response.status_code == 302, response.content.decode()
    shown = browser.get(response.url).content.decode()
    found = re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', shown)
    return ClauseNote.objects.order_by("created_at").last(), found and found.group(1)


def amendment(words="Firms shall share data."):
    return say(text="They never do it by themselves.", proposed=words)[0]


def at_desk(draft, *tasks):
    return people.at_work(draft.consultation, *(tasks or ("editor",)))[0]


def mark():
    clause = Clause.objects.select_related("draft").get(number=1)
    row = drafting.rows.latest(clause.draft, clause)
    return selectors.words_mark(row.heading, row.text)


def accept(browser, note, **fields):
    given = {"heading": "Data", "text": note.proposed, "seen": mark(), "reason": ""} | fields
    return browser.post(f"{NOTES}{note.pk}/accept/", given)


def standing(note):
    return Disposition.objects.get(voice=note.voice, superseded_by=None)


def words(draft, version=2):
    return selectors.clauses_at(draft, version)[0].text


# ---------------------------------------------------------------- saying something
def test_visitor_comments_and_finds_the_voice_again_by_the_code(draft):
    note, code = say(text="Which firms?")
    assert (note.kind, note.state, note.version, note.proposed) == ("comment", "waiting", 1, "")
    assert note.voice.text == "Which firms?"
    assert note.voice.source.kind == "comment"
    assert receipts.find_by_code(code) == note.voice.source
    assert note.author_hash == note.voice.source.receipt_hash
    assert code not in Client().get(f"{HOME}c/1/said/").content.decode()


def test_changed_words_are_an_amendment(draft):
    note = amendment()
    assert (note.kind, note.proposed) == ("amendment", "Firms shall share data.")
    assert note.voice.text == "Firms shall share data.\n\nThey never do it by themselves."


def test_form_shows_the_words_to_be_changed_and_works_without_script(draft):
    shown = Client().get(f"{HOME}c/1/say/").content.decode()
    assert re.search(r"<textarea[^>]*>\s*Firms may share data\.</textarea>", shown)
    assert "No account is needed" in shown
    assert "<script" not in shown


def test_double_press_is_one_note(draft):
    once, browser = sent(), Client()
    codes = []
    for _time in range(2):
        response = browser.post(f"{HOME}c/1/say/", once)
        codes.append(re.search(r'class="code"[^>]*>([0-9A-Z-]{19})<', browser.get(response.url).content.decode()))
    assert ClauseNote.objects.count() == draft.consultation.voices.count() == 1
    assert codes[0].group(1) == codes[1].group(1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "Nothing is said."),
        ({"text": "x" * 5001}, "at most 5000 characters"),
        ({"version": "2"}, "does not stand in that version"),
    ],
)
def test_what_cannot_be_taken_in_stays_in_the_form(draft, fields, said):
    response = Client().post(f"{HOME}c/1/say/", sent(**fields))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ClauseNote.objects.exists()


def test_nothing_is_taken_in_without_a_public_text_or_after_adoption(draft):
    drafting.make_draft(consultation=draft.consultation, title="Other", slug="other")
    assert Client().get(HOME.replace("/plan/", "/other/") + "c/1/say/").status_code == 404
    Consultation.objects.update(state="adopted")
    assert Client().post(f"{HOME}c/1/say/", sent()).status_code == 404
    with pytest.raises(ActError, match="adopted"):
        noting.take_note(clause=Clause.objects.get(), version=1, text="Late.")


def test_posting_is_limited(draft, settings):
    settings.RATE_LIMITS = True
    browser = Client()
    statuses = [browser.post(f"{HOME}c/1/say/", sent(text="")).status_code for _time in range(31)]
    assert statuses == [422] * 30 + [429]


# ---------------------------------------------------------------- moderating
def test_note_waits_until_somebody_shows_it(draft):
    note, _code = say(text="Which firms?")
    for address in (HOME, f"{HOME}c/1/"):
        assert "Which firms?" not in Client().get(address).content.decode()
    moderator = at_desk(draft, "moderator")
    assert "Which firms?" in moderator.get(f"{NOTES}?state=waiting").content.decode()
    assert moderator.post(f"{NOTES}{note.pk}/show/").status_code == 302
    assert "Which firms?" in Client().get(f"{HOME}c/1/").content.decode()
    assert "1 note<" in Client().get(HOME).content.decode()
    note.refresh_from_db()
    assert note.voice.source.may_publish


def test_hidden_note_is_answered_by_its_reason(draft):
    note, _code = say(text="Buy my watches.")
    moderator = at_desk(draft, "moderator")
    assert moderator.post(f"{NOTES}{note.pk}/hide/", {"reason": "Spam"}).status_code == 422
    assert moderator.post(f"{NOTES}{note.pk}/hide/", {"reason": REASON}).status_code == 302
    assert "Buy my watches." not in Client().get(f"{HOME}c/1/").content.decode()
    assert (standing(note).answer, standing(note).reason) == ("out_of_scope", REASON)
    assert moderator.post(f"{NOTES}{note.pk}/show/").status_code == 302, "a second look can bring it back"
    note.refresh_from_db()
    assert note.state == "shown"


def test_answer_that_was_given_is_not_replaced_by_hiding(draft):
    note, _code = say(text="More data.")
    answering.give_answer(target=note.voice, answer="rejected", reason=REASON)
    noting.hide_note(note=note, reason=f"{REASON} And it names a person.")
    assert standing(note).answer == "rejected"


def test_two_moderators_do_not_decide_twice(draft):
    note = amendment()
    noting.reject_amendment(note=note, reason=REASON)
    with pytest.raises(ActError) as refused:
        noting.hide_note(note=note, reason=REASON)
    assert refused.value.code == "decided"


# ---------------------------------------------------------------- amendments
def test_proposed_words_go_into_the_version_being_written_with_their_answer(draft):
    note = amendment()
    browser = at_desk(draft)
    assert re.search(r"<del>.*?may ", browser.get(f"{NOTES}{note.pk}/").content.decode(), re.DOTALL)
    assert accept(browser, note).status_code == 302
    note.refresh_from_db()
    assert note.state == "accepted"
    assert words(draft) == "Firms shall share data."
    answer = standing(note)
    assert (answer.answer, answer.reason) == ("accepted", "")
    assert answer.changes.get().version == 2
    draft.refresh_from_db()
    versions.publish_version(draft=draft)
    assert "Firms shall share data." in Client().get(f"{HOME}v/2/changes/").content.decode()
    assert "They never do it by themselves." in Client().get(f"{HOME}c/1/").content.decode()


def test_changed_proposal_is_accepted_in_part_and_needs_a_reason(draft):
    note = amendment()
    browser = at_desk(draft)
    changed = {"text": "Large firms shall share data."}
    short = accept(browser, note, **changed)
    assert short.status_code == 422
    assert "Large firms shall share data." in short.content.decode()
    assert words(draft) == "Firms may share data."
    assert accept(browser, note, reason=REASON, **changed).status_code == 302
    assert standing(note).answer == "accepted_in_part"
    assert words(draft) == "Large firms shall share data."


def test_reason_is_in_the_language_of_the_page_on_which_it_was_written(draft):
    french = NOTES.replace("/en/", "/fr/")
    browser = at_desk(draft)
    whole, refused, hidden = amendment(), amendment("Firms never share data."), amendment("Nobody shares.")
    given = {"heading": "Data", "text": "Large firms share data.", "seen": mark(), "reason": REASON}
    assert browser.post(f"{french}{whole.pk}/accept/", given).status_code == 302
    assert browser.post(f"{french}{refused.pk}/reject/", {"reason": REASON}).status_code == 302
    assert browser.post(f"{french}{hidden.pk}/hide/", {"reason": REASON}).status_code == 302
    assert {standing(note).language for note in (whole, refused, hidden)} == {"fr"}


def test_amendment_meets_newer_words_and_overwrites_nothing(draft):
    note, old = amendment(), mark()
    clause = Clause.objects.select_related("draft").get()
    drafting.save_clause(clause=clause, heading="Data", text="Firms may share open data.", seen=old)
    response = accept(at_desk(draft), note, seen=old)
    assert response.status_code == 409
    assert "Firms shall share data." in response.content.decode()
    assert words(draft) == "Firms may share open data."
    note.refresh_from_db()
    assert note.state == "waiting"
    assert not Disposition.objects.exists()


def test_refused_words_keep_their_reason_and_can_be_taken_up_later(draft):
    note = amendment()
    browser = at_desk(draft)
    assert browser.post(f"{NOTES}{note.pk}/reject/", {"reason": "No."}).status_code == 422
    assert browser.post(f"{NOTES}{note.pk}/reject/", {"reason": REASON}).status_code == 302
    shown = Client().get(f"{HOME}c/1/").content.decode()
    assert REASON in shown
    assert "Firms shall share data." in shown
    first = standing(note)
    assert accept(browser, note).status_code == 302
    assert standing(note).answer == "accepted"
    assert standing(note).supersedes == first
    assert words(draft) == "Firms shall share data."


def test_moderators_alone_do_not_write_the_draft(draft):
    note = amendment()
    moderator = at_desk(draft, "moderator")
    assert "Take them in" not in moderator.get(f"{NOTES}{note.pk}/").content.decode()
    assert accept(moderator, note).status_code == 404
    assert moderator.post(f"{NOTES}{note.pk}/reject/", {"reason": REASON}).status_code == 404
    for browser in (at_desk(draft, "analyst"), Client()):
        assert is_turned_away(browser.get(NOTES))
        assert is_turned_away(browser.post(f"{NOTES}{note.pk}/show/"))


def test_note_of_another_draft_is_not_found(draft):
    note = amendment()
    drafting.make_draft(consultation=draft.consultation, title="Other", slug="other")
    assert at_desk(draft).get(f"{NOTES}{note.pk}/".replace("/plan/", "/other/")).status_code == 404


# ---------------------------------------------------------------- taking words back
@pytest.mark.parametrize("whole", [True, False])
def test_words_taken_back_are_gone_beside_the_clause_too(draft, whole):
    note = amendment()
    noting.show_note(note=note)
    if whole:
        receipts.withdraw_source(source=note.voice.source)
    else:
        receipts.withdraw_voice(voice=note.voice)
    note.refresh_from_db()
    assert (note.text, note.proposed, note.state) == ("", "", "hidden")
    assert "They never do it" not in Client().get(f"{HOME}c/1/").content.decode()
    assert at_desk(draft).get(f"{NOTES}{note.pk}/").status_code == 404
    with pytest.raises(ActError, match="took these words back"):
        noting.accept_amendment(note=note, heading="", text="x", seen=mark())


# ---------------------------------------------------------------- whose words
def test_author_takes_the_permission_back_and_the_note_goes(draft):
    note, _code = say(text="Which firms?")
    noting.show_note(note=note)
    receipts.set_may_publish(source=note.voice.source, may_publish=False)
    for address in (HOME, f"{HOME}c/1/"):
        page = Client().get(address).content.decode()
        assert "Which firms?" not in page
        assert "1 note<" not in page
    noting.show_note(note=note)
    assert "Which firms?" not in Client().get(f"{HOME}c/1/").content.decode(), "only its author lets it be seen again"
    receipts.set_may_publish(source=note.voice.source, may_publish=True)
    assert "Which firms?" in Client().get(f"{HOME}c/1/").content.decode()


def test_showing_a_note_again_does_not_overrule_its_author(draft):
    note, _code = say(text="Which firms?")
    noting.show_note(note=note)
    receipts.set_may_publish(source=note.voice.source, may_publish=False)
    noting.hide_note(note=note, reason=REASON)
    noting.show_note(note=note)
    assert "Which firms?" not in Client().get(f"{HOME}c/1/").content.decode()


def test_author_cannot_publish_what_a_moderator_has_not_shown(draft):
    browser = Client()
    note, code = say(browser, text="Buy my watches.")
    source, voice = note.voice.source, f"/en/deliberation/strategy/voices/{note.voice.number}/"
    browser.post("/en/deliberation/receipt/", {"code": code})
    receipt = f"/en/deliberation/receipt/{source.pk}/"
    for _state in ("waiting", "hidden"):
        assert 'value="yes"' not in browser.get(receipt).content.decode()
        assert browser.post(f"{receipt}publish/", {"may_publish": "yes"}).status_code == 404
        assert Client().get(voice).status_code == 404
        note.refresh_from_db()
        if note.state == "waiting":
            noting.hide_note(note=note, reason=REASON)
    noting.show_note(note=note)
    assert Client().get(voice).status_code == 200
