"""Speaking by form: points become voices, no account is needed, and the code is shown where it was sent from."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Source, Voice
from minga.deliberation.selectors import publishing
from minga.deliberation.services import consulting as services
from minga.deliberation.services import theming
from minga.deliberation.views import speaking
from minga.members import services as members

pytestmark = [pytest.mark.page, pytest.mark.django_db]

SENDING = "0123456789abcdef" * 2
CODE = re.compile(r'<span class="code" lang="en" dir="ltr">([^<]+)</span>')


@pytest.fixture
def asked():
    made = services.begin(title="AI in our factories", about="The ministry decides in June, and answers every voice.")
    services.open_to_all(consultation=made)
    return made


@pytest.fixture
def address(asked):
    return f"/en/deliberation/{asked.slug}/speak/"


def said(**more):
    return {"language": "en", "sending": SENDING, "point-1": "Train people first."} | more


def test_points_become_voices_of_one_source(client, asked, address):
    assert client.post(address, said(**{"point-3": "Then buy machines."})).status_code == 302
    source = Source.objects.get()
    assert [one.text for one in source.voices.all()] == ["Train people first.", "Then buy machines."]
    assert source.text == "Train people first.\n\nThen buy machines."
    assert (source.kind, source.account, source.may_publish, source.author_name) == ("form", None, False, "")


def test_who_speaks_says_only_what_they_wish(client, address):
    client.post(
        address,
        said(name="Rosa", organization="Weavers", email="rosa@example.org", may_publish="on",
             **{"stratum-gender": "woman", "stratum-region": "Santiago", "stratum-size": ""}),
    )  # fmt: skip
    source = Source.objects.get()
    assert (source.author_name, source.author_organization) == ("Rosa", "Weavers")
    assert source.strata == {"gender": "woman", "region": "Santiago"}
    assert source.may_publish


def test_words_of_strangers_wait_until_the_team_has_read_them(client, asked, address):
    """Anybody can write anything about anybody, and the page bears the name of a ministry."""
    told = "The foreman Ali cheats us, +216 22 345 678."
    client.post(address, said(may_publish="on", reachable="1", **{"point-1": told}))
    voice = Voice.objects.get()
    addresses = [f"/en/deliberation/{asked.slug}/voices/", f"/en/deliberation/{asked.slug}/voices/{voice.number}/"]
    assert all("foreman" not in client.get(one).content.decode() for one in addresses)
    assert not publishing.public_voices(asked)
    theming.put_under(theme=theming.make_theme(consultation=asked, name="Pay", language="en"), voices=[voice])
    assert all("foreman" in client.get(one).content.decode() for one in addresses)
    assert publishing.public_voices(asked) == {voice.code}


def test_receipt_is_shown_to_the_sender_alone_and_stored_nowhere(client, asked, address):
    page = client.post(address, said(), follow=True)
    code = CODE.search(page.content.decode()).group(1)
    assert "Thank you" in page.content.decode()
    assert code in client.get(f"/en/deliberation/{asked.slug}/spoken/").content.decode()
    stranger = Client().get(f"/en/deliberation/{asked.slug}/spoken/").content.decode()
    assert code not in stranger
    assert "not shown any more" in stranger
    source = Source.objects.get()
    assert source.receipt_hash
    assert code not in repr(list(Source.objects.values())) + repr(list(Voice.objects.values()))
    assert code not in page.request["PATH_INFO"] + page.request["QUERY_STRING"]


def test_receipt_opens_at_one_press_and_its_code_can_be_kept_as_a_file(client, asked, address):
    page = client.post(address, said(), follow=True).content.decode()
    code = CODE.search(page).group(1)
    assert f'<input type="hidden" name="code" value="{code}">' in page
    assert client.post("/en/deliberation/receipt/", {"code": code}).status_code == 302
    kept = client.get(f"/en/deliberation/{asked.slug}/spoken/code.txt")
    assert "attachment" in kept["Content-Disposition"]
    assert "no-store" in kept["Cache-Control"]
    assert code in kept.content.decode()
    assert f"http://testserver/en/deliberation/receipt/link/{code}/" in kept.content.decode()
    assert Client().get(f"/en/deliberation/{asked.slug}/spoken/code.txt").status_code == 404


def test_pressing_twice_takes_the_words_in_once(client, address):
    first, second = (client.post(address, said()) for _press in range(2))
    assert first["Location"] == second["Location"]
    assert Source.objects.count() == 1


def test_going_back_and_sending_the_same_words_again_is_asked_once_and_counts_once(client, asked, address):
    client.post(address, said())
    again = client.post(address, said(sending="e" * 32, **{"point-1": "TRAIN  people first."}))
    assert again.status_code == 422
    assert "You have sent these words already" in again.content.decode()
    assert f'href="/en/deliberation/{asked.slug}/spoken/"' in again.content.decode()
    assert Source.objects.count() == 1
    assert client.post(address, said(sending="e" * 32, **{"point-1": "Other words."})).status_code == 302
    assert client.post(address, said(sending="d" * 32, again="1")).status_code == 302
    assert Source.objects.count() == 3
    assert client.post(address, said(sending="d" * 32)).status_code == 302, "the same page sent again is no question"
    assert Source.objects.count() == 3


def test_who_is_signed_in_is_asked_on_another_device_too(address):
    account = members.create_account(email="rosa@example.org", password="a-long-password")
    for sending, status in (("a" * 32, 302), ("b" * 32, 422)):
        browser = Client()
        browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert browser.post(address, said(sending=sending)).status_code == status


def test_telephone_numbers_in_words_that_would_be_shown_are_asked_about(client, address):
    words = {"point-1": "Train us.", "point-2": "Call +216 22 345 678 for more."}
    shown = client.post(address, said(may_publish="on", **words))
    assert shown.status_code == 422
    assert "<bdi>+216 22 345 678</bdi>" in shown.content.decode()
    out = client.post(address, said(may_publish="on", contacts="out", **words)).content.decode()
    assert "It is taken out." in out
    assert "22 345 678" not in out
    assert not Source.objects.exists()
    assert client.post(address, said(may_publish="on", reachable="1", **words)).status_code == 302
    assert client.post(address, said(sending="c" * 32, **{"point-1": "Call +216 22 345 678."})).status_code == 302, (
        "words for the team alone may hold a number"
    )


def test_all_that_is_lost_by_a_reload_is_kept_on_the_device_but_names(client, address):
    shown = client.get(address).content.decode()
    kept = set(re.findall(r'name="([^"]+)"[^>]*data-keep', shown))
    assert kept >= {"language", "may_publish", "point-1", "point-5", "stratum-gender", "stratum-region", "stratum-size"}
    assert not kept & {"name", "organization", "email"}
    assert "data-kept-note" in shown


def test_two_people_may_say_the_same(client, address):
    client.post(address, said())
    Client().post(address, said(sending="f" * 32))
    assert Source.objects.count() == 2


def test_too_many_characters_are_refused_and_the_words_stay(client, address):
    page = client.post(address, said(**{"point-1": "a" * 4000, "point-2": "b" * 1001}))
    assert page.status_code == 422
    assert "Your points have 5001 characters together" in page.content.decode()
    assert "b" * 1001 in page.content.decode()
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"point-1": "  "}, {"stratum-gender": "boss"}, {"email": "rosa"}, {"language": "xx"}, {"sending": "1"}]
)
def test_what_is_wrong_is_refused(client, address, wrong):
    assert client.post(address, said(**wrong)).status_code == 422
    assert not Source.objects.exists()


def test_words_stay_when_the_draft_is_adopted_meanwhile(client, address, monkeypatch):
    def refuse(*_words, **_more):
        raise ActError("adopted", "The draft is adopted.")

    monkeypatch.setattr(speaking.sources, "take_in", refuse)
    page = client.post(address, said())
    assert page.status_code == 422
    assert "The draft is adopted" in page.content.decode()
    assert "Train people first." in page.content.decode()
    monkeypatch.undo()
    assert client.post(address, said()).status_code == 302, "the same page can be sent again"
    assert Source.objects.count() == 1


def test_round_of_the_address_is_chosen_and_a_foreign_one_refused(client, asked, address):
    praia = services.save_round(consultation=asked, title="Praia", level="city", country="CV", place="Praia")
    page = client.get(f"{address}?round={praia.number}").content.decode()
    assert f'<option value="{praia.number}" selected>' in page
    assert client.post(address, said(round="7")).status_code == 422
    client.post(address, said(round=str(praia.number)))
    assert Source.objects.get().round == praia


def test_who_is_signed_in_finds_it_in_the_own_copy(address):
    account = members.create_account(email="rosa@example.org", password="a-long-password")
    browser = Client()
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.post(address, said())
    assert Source.objects.get().account == account


def test_one_address_cannot_flood_a_consultation(client, address, settings):
    settings.RATE_LIMITS = True
    codes = {
        client.post(address, said(sending=f"{number:032x}", **{"point-1": f"Wish {number}"})).status_code
        for number in range(31)
    }
    assert codes == {302, 429}
    assert Source.objects.count() == 30


def test_nothing_is_taken_in_after_the_closing(client, asked, address):
    services.close(consultation=asked)
    assert client.post(address, said()).status_code == 302
    assert not Source.objects.exists()
