"""Paper on the site: printed with a code that finds the check again, typed in with one key a question."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import keys, selectors, services
from minga.readiness.models import Assessment
from minga.readiness.testing import address, answered, signed_in, start_in_browser, submitted

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sent(assessment, **typed):
    stored = selectors.answers_of(assessment)
    instrument = selectors.instrument_of(assessment, "en")
    form = typed.pop("form", assessment.form)
    fields = {"form": form, "client": typed.pop("client", "nonce-1")}
    for item in instrument.items_of(None, form):
        fields[item.id] = {"dk": "d", "na": "n"}.get(*[stored[item.id].value] * 2) if item.id in stored else ""
        fields[f"{item.id}-version"] = str(stored[item.id].version if item.id in stored else 0)
    return fields | typed


def levels(assessment):
    return {item: answer.value for item, answer in selectors.answers_of(assessment).items()}


# ---------------------------------------------------------------- the reference
@given(st.uuids())
def test_reference_means_its_own_assessment_however_it_is_written(pk):
    code = keys.paper_code(pk)
    first, last = keys.tidy_paper_code(f" {code.lower().replace('-', ' ')} ")
    assert first <= pk <= last
    assert len(code) == 11


@given(st.uuids(), st.integers(1, 9), st.sampled_from(ALPHABET))
def test_misread_letter_is_noticed(pk, at, letter):
    drawn = keys.paper_code(pk).replace("-", "")
    if {drawn[at], letter} in ({"0", "Z"}, {letter}):
        return  # the one pair that weighs the same, and no misreading at all
    assert keys.tidy_paper_code(drawn[:at] + letter + drawn[at + 1 :]) is None


def test_misread_shapes_are_forgiven_and_nonsense_is_not():
    code = keys.paper_code(uuid.UUID("00000000-0100-4000-8000-000000000000"))
    assert keys.tidy_paper_code(code.replace("0", "O").replace("1", "l")) is not None
    assert keys.tidy_paper_code("7QK4-0M2X-V9TB-3HFA") is None
    assert keys.tidy_paper_code("") is None


# ---------------------------------------------------------------- printing
@pytest.mark.parametrize("language", ["en", "fr", "ar", "es", "ru", "zh"])
def test_form_is_printed_in_every_language_with_code_and_picture(client, language):
    assessment = start_in_browser(client)
    with translation.override(language):
        page = client.get(reverse("readiness:paper_form", args=[assessment.pk]), {"form": "short"})
    html = page.content.decode()
    assert keys.paper_code(assessment.pk) in html
    assert "<svg" in html
    assert 'dir="rtl"' in html if language == "ar" else 'dir="rtl"' not in html
    assert html.count('class="item" id="') == 14
    assert "<script" not in html
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_style_of_the_form_is_the_only_one_and_allowed_by_its_mark(client):
    assessment = start_in_browser(client)
    page = client.get(address("paper_form", assessment), {"form": "full"})
    (nonce,) = re.findall(r'<style nonce="([^"]+)">', page.content.decode())
    assert f"'nonce-{nonce}'" in page["Content-Security-Policy"]
    assert re.findall(r"<style>| style=", page.content.decode()) == []


def test_page_shows_the_code_and_leads_to_both_forms(client):
    assessment = start_in_browser(client)
    page = client.get(address("paper", assessment)).content.decode()
    assert keys.paper_code(assessment.pk) in page
    assert "?form=short" in page
    assert "?form=full" in page


# ---------------------------------------------------------------- typing in
def test_keys_become_answers_marked_as_from_paper(client):
    assessment = start_in_browser(client)
    response = client.post(address("paper_type", assessment), sent(assessment, INT1="3", INT2="d", DAT2="0"))
    assert response.url == address("assessment", assessment)
    assert levels(assessment) == {"INT1": "3", "INT2": "dk", "DAT2": "0"}
    assert all(row.client_id.startswith(services.FROM_PAPER) for row in assessment.history.all())
    exported = services.export_assessment(Assessment.objects.get(pk=assessment.pk))
    assert {row["came_from"] for row in exported["history"]} == {"paper"}


def test_same_page_sent_twice_counts_once(client):
    assessment = start_in_browser(client)
    fields = sent(assessment, INT1="3")
    for _time in range(2):
        assert client.post(address("paper_type", assessment), fields).status_code == 302
    assert assessment.history.count() == 1


def test_wrong_key_is_named_and_everything_else_is_saved(client):
    assessment = start_in_browser(client)
    response = client.post(address("paper_type", assessment), sent(assessment, INT1="7", INT2="n", DAT2="4"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Type one key: 0 to 5" in page
    assert "This question applies to every business. Type 0 to 5, or d." in page
    assert levels(assessment) == {"DAT2": "4"}
    assert 'id="key-INT1" name="INT1" value="7"' in page


def test_full_form_needs_the_reason_where_a_question_does_not_apply(client):
    assessment = start_in_browser(client)
    instrument = selectors.instrument_of(assessment, "en")
    item = next(one.id for one in instrument.items if one.na_allowed)
    fields = sent(assessment, form="full", **{item: "n"})
    assert (
        "Type the reason that stands on the paper."
        in client.post(address("paper_type", assessment), fields).content.decode()
    )
    fields[f"{item}-reason"] = "Nobody works at heights."
    assert client.post(address("paper_type", assessment), fields).status_code == 302
    assert selectors.answers_of(assessment)[item].reason == "Nobody works at heights."
    assert Assessment.objects.get(pk=assessment.pk).form == "full"


def test_answer_that_came_meanwhile_is_never_overwritten_unseen(client):
    assessment = start_in_browser(client)
    fields = sent(assessment, INT1="3")
    services.save_answer(assessment=assessment, item="INT1", value="5", seen_version=0, language="en")
    response = client.post(address("paper_type", assessment), fields)
    assert response.status_code == 422
    assert "“5” is stored" in response.content.decode()
    assert levels(assessment) == {"INT1": "5"}
    fields |= {"INT1-version": "1"}
    assert client.post(address("paper_type", assessment), fields).status_code == 302
    assert levels(assessment) == {"INT1": "3"}


def test_emptied_cell_takes_no_answer_away(client):
    assessment = start_in_browser(client)
    client.post(address("paper_type", assessment), sent(assessment, INT1="3"))
    client.post(address("paper_type", assessment), sent(assessment, INT1="", client="nonce-2"))
    assert levels(assessment) == {"INT1": "3"}


def test_closed_check_takes_no_paper(client):
    _client, account = signed_in("amina@bakery.example")
    assessment = submitted("2", account=account)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(address("paper_type", assessment), sent(assessment, INT1="5")).status_code == 302
    assert levels(assessment)["INT1"] == "2"


# ---------------------------------------------------------------- finding it again
def find(client, code):
    return client.post("/en/readiness/paper/", {"code": code})


def test_guest_finds_the_check_by_the_reference_and_by_the_resume_code(client):
    assessment = start_in_browser(client)
    grid = address("paper_type", assessment)
    assert find(client, keys.paper_code(assessment.pk)).url == grid
    code = services.give_key(assessment=assessment, kind="code")
    stranger = Client()
    assert find(stranger, code).url == grid
    assert stranger.get(grid).status_code == 200


def test_reference_alone_opens_nothing():
    assessment = answered("2")
    response = find(Client(), keys.paper_code(assessment.pk))
    assert response.status_code == 422
    assert "finds no check that you may fill in" in response.content.decode()
    assert "not a complete code" in find(Client(), "7QK4").content.decode()


def test_adviser_types_for_a_client_and_gets_no_key_of_the_client():
    client, account = signed_in("elena@chamber.example")
    members.grant_in_alliance(person=people.person_of(account), role="adviser")
    assessment, _share = services.start_for_client(
        adviser=account, how="written", country="CV", sector="10", size="10-49", language="en"
    )
    code = services.paper_for_client(assessment=assessment).code
    for typed in (keys.paper_code(assessment.pk), code):
        assert find(client, typed).url == address("paper_type", assessment)
    assert not assessment.keys.filter(kind="browser").exists()
    client.post(address("paper_type", assessment), sent(assessment, INT1="3"))
    row = assessment.history.get()
    assert (row.is_assisted, row.account, row.client_id.startswith("paper:")) == (True, account, True)


def test_adviser_who_may_only_read_types_nothing():
    _owner, amina = signed_in("amina@bakery.example")
    client, account = signed_in("elena@chamber.example")
    members.grant_in_alliance(person=people.person_of(account), role="adviser")
    assessment = answered({"INT1": "2"}, account=amina)
    services.share_with_adviser(assessment=assessment, adviser=account, may_answer=False)
    assert find(client, keys.paper_code(assessment.pk)).status_code == 422
    for name in ("paper", "paper_form", "paper_type"):
        assert client.get(address(name, assessment)).status_code == 404
    assert client.post(address("paper_type", assessment), sent(assessment, INT1="5")).status_code == 404
    assert levels(assessment) == {"INT1": "2"}


def test_strangers_find_no_paper_of_others():
    assessment = answered("2")
    for client in (Client(), signed_in("bao@mill.example")[0]):
        for name in ("paper", "paper_form", "paper_type"):
            assert client.get(address(name, assessment)).status_code == 404
