"""Setting a conversation up: its question, first statements with a dry run, codes shown once, opening and closing."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from minga.deliberation import tasks
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Conversation, EntryCode
from minga.deliberation.services import setting_up as services
from minga.deliberation.services import taking_part
from minga.deliberation.testing_conversations import conversation, said
from minga.deliberation.testing_voices import at_work, consultation
from minga.deliberation.views import setting_up
from minga.web.codes import new_secret
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LINES = "Every bakery gets a sensor.\n\nNo bakery gets a sensor.\nTrain people first."


def address(name, *rest):
    with translation.override("en"):
        return reverse(f"deliberation:{name}", args=rest)


def sent(**fields):
    given = {"title": "How shall ovens think?", "language": "en", "entry": "anyone", "longest": "280"}
    return given | {"takes_statements": "on", "is_strict": "on"} | fields


@pytest.fixture
def lead():
    """Nadia leads the consultation."""
    asked = consultation()
    return at_work(asked, "lead")[0], asked


def test_conversation_is_set_up_filled_opened_and_closed(lead):
    client, asked = lead
    response = client.post(address("conversation_new", asked.slug), sent())
    talk = Conversation.objects.get()
    assert response.url == address("set_up", talk.slug)
    assert (talk.slug, talk.state, talk.is_strict) == ("how-shall-ovens-think", "draft", True)
    assert Client().get(address("report", talk.slug)).status_code == 404, "nobody outside the team sees it"
    refused = client.post(address("open_conversation", talk.slug), follow=True)
    assert "There is no statement to vote on" in refused.content.decode()
    page = client.post(address("first_statements", talk.slug), {"lines": LINES}).content.decode()
    assert "3 statements would come in" in page
    assert not talk.statements.exists(), "a dry run writes nothing"
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)
    client.post(address("first_statements_put_in", talk.slug), {"sealed": sealed})
    client.post(address("first_statements_put_in", talk.slug), {"sealed": sealed})
    assert list(talk.statements.values_list("number", "state")) == [(n, "accepted") for n in range(3)]
    client.post(address("open_conversation", talk.slug))
    talk.refresh_from_db()
    assert talk.state == "open"
    client.post(address("close_conversation", talk.slug))
    talk.refresh_from_db()
    assert talk.state == "closed"


def test_every_row_that_stays_out_is_named(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked)
    said(talk, "Known already.")
    table = "text,language,theme\nknown  already.,en,\nBonjour les fours.,fr,Ovens\nWords,xx,\n" + "a" * 300 + ",en,\n"
    file = SimpleUploadedFile("first.csv", table.encode())
    page = client.post(address("first_statements", talk.slug), {"file": file}).content.decode()
    assert "1 statement would come in" in page
    for words in ("Line 2: stands there already", "Line 4: the language is none", "Line 5: too long"):
        assert words in page


def test_file_that_is_no_table_is_refused_with_its_fault(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked)
    for content, words in ((b"a,b\n1,2\n", "has no column of texts"), (b"text,text\n1,2\n", "names a column twice")):
        file = SimpleUploadedFile("x.csv", content)
        response = client.post(address("first_statements", talk.slug), {"file": file})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert client.post(address("first_statements", talk.slug), {"lines": " \n"}).status_code == 422


@pytest.mark.parametrize(
    "table",
    [
        "texte;langue;thème\nPlus de fours.;français;Fours\n",
        "Texto,Idioma,Tema\nPlus de fours.,francés,Fours\n",
        "текст\tязык\tтема\nPlus de fours.\tfr\tFours\n",
        "نص,اللغة,الموضوع\nPlus de fours.,fr,Fours\n",
        "文本,语言,主题\nPlus de fours.,法语,Fours\n",
        "theme,Statement\nFours,Plus de fours.\n",
    ],
)
def test_columns_are_known_by_their_names_in_each_language(lead, table):
    client, asked = lead
    talk = conversation("ovens", consultation=asked, language="fr")
    file = SimpleUploadedFile("first.csv", table.encode("utf-8-sig"))
    page = client.post(address("first_statements", talk.slug), {"file": file}).content.decode()
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)
    client.post(address("first_statements_put_in", talk.slug), {"sealed": sealed})
    made = talk.statements.get()
    assert (made.text, made.language, made.theme) == ("Plus de fours.", "fr", "Fours")


def test_checked_statements_go_into_their_own_conversation_alone(lead):
    client, asked = lead
    one, other = conversation("one", consultation=asked), conversation("two", consultation=asked)
    page = client.post(address("first_statements", one.slug), {"lines": LINES}).content.decode()
    sealed = re.search(r'name="sealed" value="([^"]+)"', page).group(1)
    assert client.post(address("first_statements_put_in", other.slug), {"sealed": sealed}).status_code == 404
    assert client.post(address("first_statements_put_in", one.slug), {"sealed": f"{sealed}x"}).status_code == 404


def test_check_that_stood_open_too_long_shows_the_statements_again_and_then_takes_them_in(lead, monkeypatch):
    client, asked = lead
    talk = conversation("ovens", consultation=asked)
    put_in = address("first_statements_put_in", talk.slug)
    table = "text,language,theme\nBonjour les fours.,fr,Ovens\nTrain people first.,en,\n"
    file = SimpleUploadedFile("first.csv", table.encode())
    page = client.post(address("first_statements", talk.slug), {"file": file}).content.decode()
    said(talk, "Train people first.")  # by another lead, meanwhile
    with monkeypatch.context() as later:
        later.setattr(setting_up, "_SEALED_FOR", -1)
        late = client.post(put_in, {"sealed": re.search(r'name="sealed" value="([^"]+)"', page).group(1)})
    assert late.status_code == 422
    words = late.content.decode()
    assert "open for more than twelve hours" in words
    assert "1 statement would come in" in words
    assert "Line 2: stands there already" in words
    client.post(put_in, {"sealed": re.search(r'name="sealed" value="([^"]+)"', words).group(1)})
    made = talk.statements.get(text="Bonjour les fours.")
    assert (made.language, made.theme) == ("fr", "Ovens"), "what the table said of each row is not lost"


def test_set_up_that_somebody_else_changed_is_not_overwritten(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked)
    seen = services.set_up_mark(talk)
    assert client.post(address("set_up", talk.slug), sent(title="First", seen=seen)).status_code == 302
    response = client.post(address("set_up", talk.slug), sent(title="Second", seen=seen))
    assert response.status_code == 422
    assert 'value="Second"' in response.content.decode(), "the loser's words stand there still"
    talk.refresh_from_db()
    assert talk.title == "First"


def test_set_up_keeps_translations_round_and_last_day(lead):
    client, asked = lead
    one = asked.rounds.create(number=1, title="Praia", level="city")
    talk = conversation("ovens", consultation=asked)
    given = {"title-fr": "Et les fours ?", "round": "1", "closes_on": "2027-01-31", "may_embed": "on"}
    client.post(address("set_up", talk.slug), sent(seen=services.set_up_mark(talk), **given))
    talk.refresh_from_db()
    assert (talk.round, talk.may_embed, talk.closes_at.isoformat()[:19]) == (one, True, "2027-01-31T23:59:59")
    assert talk.translations == {"fr": {"title": "Et les fours ?", "about": ""}}


def test_votes_are_not_published_where_people_read_before_they_were_told(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked, state="draft", opened_at=None)

    def save(**given):
        talk.refresh_from_db()
        return client.post(address("set_up", talk.slug), sent(seen=services.set_up_mark(talk), **given))

    assert save(publishes_votes="on").status_code == 302
    assert save().status_code == 302
    # whoever reads the notice now may vote after the switch
    for number in range(services.LEAST_STATEMENTS):
        said(talk, f"Statement {number}")
    services.open_to_votes(conversation=talk)
    response = save(publishes_votes="on", title="Which ovens?")
    assert response.status_code == 422
    assert "people were not told that votes are published" in response.content.decode()
    talk.refresh_from_db()
    assert not talk.publishes_votes
    assert save(title="Which ovens?").status_code == 302


def test_codes_are_shown_once_and_let_one_person_in_each(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked, entry="code")
    response = client.post(address("codes", talk.slug), {"count": "3"}, follow=True)
    assert response.redirect_chain, "loading the page again makes no others"
    codes = re.findall(r'class="code">([0-9A-Z-]{19})<', response.content.decode())
    assert len(set(codes)) == EntryCode.objects.filter(conversation=talk).count() == 3
    assert "no-store" in response["Cache-Control"]
    assert not EntryCode.objects.filter(code_hash__in=codes).exists(), "only hashes are kept"
    assert codes[0] not in client.get(address("codes", talk.slug)).content.decode()
    assert not any(codes[0] in str(value) for value in client.session.values()), "nothing is kept for later"
    sealed = re.search(r'name="sealed" value="([^"]+)"', response.content.decode()).group(1)
    table = client.post(address("codes", talk.slug), {"do": "file", "sealed": sealed})
    assert table.content.startswith(b"\xef\xbb\xbfcode,address")
    assert all(code in table.content.decode() for code in codes)
    other = conversation("others", consultation=asked, entry="code")
    assert client.post(address("codes", other.slug), {"do": "file", "sealed": sealed}).status_code == 404
    taking_part.use_code(conversation=talk, typed=codes[0].lower(), secret=new_secret())
    assert talk.participants.count() == 1
    with pytest.raises(ActError):
        taking_part.use_code(conversation=talk, typed=codes[0], secret=new_secret())
    assert client.post(address("codes", talk.slug), {"count": "501"}).status_code == 422


def test_unused_codes_are_withdrawn_and_used_ones_stay(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked, entry="code")
    used, unused = services.make_codes(conversation=talk, count=2)
    taking_part.use_code(conversation=talk, typed=used, secret=new_secret())
    assert "1 unused, 1 used." in client.get(address("codes", talk.slug)).content.decode()
    page = client.post(address("codes", talk.slug), {"do": "withdraw"}, follow=True).content.decode()
    assert "1 unused code opens nothing any more." in page
    assert "0 unused, 1 used." in page
    assert talk.participants.count() == 1
    with pytest.raises(ActError):
        taking_part.use_code(conversation=talk, typed=unused, secret=new_secret())


def test_code_for_other_sites_is_shown_once_they_may_show_it(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked, title='"Ovens" & <machines>')
    assert "iframe" not in client.get(address("set_up", talk.slug)).content.decode()
    Conversation.objects.update(may_embed=True)
    page = client.get(address("set_up", talk.slug)).content.decode()
    code = unescape(re.search(r'<textarea id="embed-code"[^>]*>(.*?)</textarea>', page).group(1))
    assert f'src="http://testserver{address("embed", talk.slug)}"' in code
    assert 'title="&quot;Ovens&quot; &amp; &lt;machines&gt;"' in code, "also a title with quotes makes no other code"
    assert 'height="1050"' in code


def test_no_conversation_is_prepared_where_it_could_never_be_opened(lead):
    client, asked = lead
    asked.state = "closed"
    asked.save()
    for response in (
        client.get(address("conversation_new", asked.slug), follow=True),
        client.post(address("conversation_new", asked.slug), sent(), follow=True),
    ):
        assert "Open the consultation again first." in response.content.decode()
    assert not Conversation.objects.exists()
    with pytest.raises(ActError) as refused:
        services.set_up(consultation=asked, title="Too late")
    assert refused.value.code == "ended"


def test_consultation_that_cannot_be_closed_leads_to_what_is_open(lead):
    client, asked = lead
    talk = conversation("ovens", consultation=asked, title="Ovens & <machines>")
    page = client.post(address("close", asked.slug), follow=True).content.decode()
    assert f'<a href="{address("set_up", talk.slug)}">Ovens &amp; &lt;machines&gt;</a>' in page


def test_conversation_closes_by_itself_when_its_time_is_over():
    over = conversation("over", closes_at=timezone.now() - timedelta(minutes=1))
    later = conversation("later", closes_at=timezone.now() + timedelta(days=1))
    assert tasks.refresh_due()["closed"] == 1
    over.refresh_from_db()
    later.refresh_from_db()
    assert (over.state, later.state) == ("closed", "open")


@pytest.mark.parametrize("task", ["moderator", "analyst", "editor", None])
def test_only_who_leads_sets_up(task):
    asked = consultation()
    talk = conversation("ovens", consultation=asked)
    client = at_work(asked, task)[0] if task else Client()
    assert is_turned_away(client.get(address("conversation_new", asked.slug)))
    for name in ("set_up", "codes"):
        assert is_turned_away(client.get(address(name, talk.slug)))
        assert is_turned_away(client.post(address(name, talk.slug), sent()))
    for name in ("open_conversation", "close_conversation"):
        assert is_turned_away(client.post(address(name, talk.slug)))


def test_word_in_the_address_is_taken_once(lead):
    client, asked = lead
    conversation("ovens", consultation=asked)
    response = client.post(address("conversation_new", asked.slug), sent(slug="ovens"))
    assert response.status_code == 422
    assert "Another conversation has this address already" in response.content.decode()
