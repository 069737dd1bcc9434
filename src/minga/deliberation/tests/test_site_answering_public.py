"""What everyone reads: voices with their way to the clause and the action, coverage, and the private receipt."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.intervals import ratio_interval
from minga.deliberation.models import (
    Clause,
    ClauseVersion,
    Commitment,
    Consultation,
    Disposition,
    Draft,
    Source,
    ThemeLink,
    Voice,
)
from minga.deliberation.services import answering, citing, receipts, splitting
from minga.deliberation.services.sources import Author, take_in
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import address
from minga.deliberation.tests.test_site_tracing import mapped

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."
WORDS = "Our bakery cannot pay for power at night."


def html(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def whole_story(asked, voice):
    """From the theme over the answer to the clause, its evidence and the action."""
    theme = themed(asked, "Power at night", [voice])
    answer = answering.give_answer(target=theme, answer="accepted", responder="Ministry of Energy")
    citing.cite(of=answer, link="https://example.org/power", value="41 %", label="Firms without power")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Strategy", version=2)
    clause = Clause.objects.create(draft=draft, number=4)
    ClauseVersion.objects.create(clause=clause, version=1, kind="add", text="Power is sold by day.")
    change = ClauseVersion.objects.create(clause=clause, version=2, kind="edit", text="Power is cheap at night.")
    answering.link_change(disposition=answer, clause_version=change)
    Draft.objects.update(state=Draft.State.ADOPTED)
    promised = Commitment.objects.create(
        draft=draft, clause=clause, number=1, title="A tariff for the night", owner="Ministry of Energy",
        due_on=date(2027, 1, 1),
    )  # fmt: skip
    return theme, answer, promised


# ---------------------------------------------------------------- voices
def test_every_arrow_from_a_voice_to_the_action_is_a_link():
    asked = consultation()
    voice = heard(asked, WORDS)
    theme, _answer, promised = whole_story(asked, voice)
    page = html(Client().get(address("voice", asked.slug, 1)))
    assert WORDS in page
    for link in (
        address("public_theme", asked.slug, theme.number),
        address("clause", asked.slug, "text", 4),
        address("commitment", promised.pk),
        "https://example.org/power",
    ):
        assert f'href="{link}"' in page
    assert "Ministry of Energy" in page
    assert "41 %" in page
    assert '<del><span class="unseen" lang="en" dir="ltr">taken out: </span>sold by day' in page
    assert '<ins><span class="unseen" lang="en" dir="ltr">added: </span>cheap at night' in page
    places = [page.index(words) for words in ("Power at night</a>", "Ministry of Energy", "C4, since", "A tariff for")]
    assert places == sorted(places)


def test_only_what_its_sender_agreed_to_is_shown():
    asked = consultation()
    heard(asked, "Private words.", may_publish=False)
    gone = heard(asked, "Words that were taken back.")
    heard(asked, WORDS, author_name="Amina Tavares", author_address="amina@example.org")
    receipts.withdraw_voice(voice=gone)
    page = html(Client().get(address("voices", asked.slug)))
    assert WORDS in page
    assert "1 voice<" in page
    for hidden in ("Private words.", "taken back.", "Amina", "amina@"):
        assert hidden not in page
    assert [Client().get(address("voice", asked.slug, number)).status_code for number in (1, 2, 3, 4)] == [
        404, 404, 200, 404,
    ]  # fmt: skip
    assert "Amina" not in html(Client().get(address("voice", asked.slug, 3)))
    Consultation.objects.update(state="draft")
    for name in ("voices", "coverage", "coverage_csv", "coverage_json"):
        assert Client().get(address(name, asked.slug)).status_code == 404


def test_voices_are_found_by_words_theme_language_and_answer():
    asked = consultation()
    flour = themed(asked, "Flour", [heard(asked, "Flour is dear."), heard(asked, "Le blé est cher.", language="fr")])
    heard(asked, "Schools need power.")
    answering.give_answer(target=flour, answer="out_of_scope", reason=WHY)
    answering.give_answer(target=Voice.objects.get(number=2), answer="accepted")

    def found(**query):
        page = html(Client().get(address("voices", asked.slug), query))
        return [number for number in (1, 2, 3) if f">V{number}</a>" in page]

    assert found() == [1, 2, 3]
    assert found(q="DEAR flour") == [1]
    assert found(theme=str(flour.number)) == [1, 2]
    assert found(language="fr") == [2]
    assert found(answer="waiting") == [3]
    assert found(answer="out_of_scope") == [1]
    assert found(answer="accepted") == [2]
    assert found(answer="nonsense", theme="x") == [1, 2, 3]


def test_page_of_voices_needs_few_queries(django_assert_max_num_queries):
    asked = consultation()
    theme = themed(asked, "Power", [heard(asked, f"Power is dear {at}") for at in range(60)])
    answering.give_answer(target=theme, answer="accepted")
    with django_assert_max_num_queries(23):
        response = Client().get(address("voices", asked.slug))
    assert len(response.content) < 60_000


def test_duplicate_shows_what_became_of_the_first():
    asked = consultation()
    voice = heard(asked, WORDS)
    whole_story(asked, voice)
    second = heard(asked, "Power at night costs too much for us.")
    answering.give_answer(target=second, answer="duplicate_of", reason=WHY, duplicate_of=voice)
    page = html(Client().get(address("voice", asked.slug, 2)))
    assert "What became of V1, which says the same" in page
    assert "A tariff for the night" in page


def test_words_of_a_draft_that_is_not_published_are_not_shown():
    asked = consultation()
    voice = heard(asked, WORDS)
    answer = answering.give_answer(target=voice, answer="accepted")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Strategy", version=0)
    change = ClauseVersion.objects.create(
        clause=Clause.objects.create(draft=draft, number=1), version=1, kind="add", text="Secret plan."
    )
    answering.link_change(disposition=answer, clause_version=change)
    assert "Secret plan." not in html(Client().get(address("voice", asked.slug, 1)))


# ---------------------------------------------------------------- coverage
def many(asked, woman=6, man=6):
    voices = [
        heard(asked, f"Voice {at}", strata={"gender": "woman" if at < woman else "man"}) for at in range(woman + man)
    ]
    for voice in voices[: woman // 2]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    return voices


def test_coverage_shows_numerator_denominator_and_intervals():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census 2021")
    many(asked)
    mapped(asked, {0: (20, 1)})
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    assert '<td class="number" data-label="Counted">3</td><td class="number" data-label="Of">12</td>' in page
    assert "9 voices wait for their answer." in page
    assert '<td data-label="With an answer: difference to others">50.0 <span' in page
    assert "Statement 0" in page
    assert "Census 2021" in page
    assert "Index of dissimilarity: 0 per cent" in page


def test_coverage_shows_how_many_times_as_often_with_its_interval():
    """Four of eight women were answered, and two of eight men: twice as often, by the engine's own interval."""
    asked = consultation()
    voices = many(asked, woman=8, man=8)
    for voice in voices[8:10]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    low, high = ratio_interval(4, 8, 2, 8)
    assert f'2.00 times as often <span class="quiet">{low:.2f} to {high:.2f}</span>' in page
    assert "0.50 times as often" in page


def test_signs_of_differences_stay_in_front_of_their_numbers_in_arabic():
    asked = consultation()
    many(asked)
    page = " ".join(html(Client().get(address("coverage", asked.slug).replace("/en/", "/ar/"))).split())
    assert 'dir="rtl"' in page
    assert re.search(r'<td data-label="[^"]+"><bdi dir="ltr">-50[.,٫]0</bdi> <span', page), (
        "of the men fewer were answered"
    )
    bounds = re.findall(r'<span class="quiet">([^/]*<bdi dir="ltr">-[^<]*</bdi>[^/]*)', page)
    assert bounds, "an interval that reaches below 0 keeps its sign too"
    assert not re.search(r"(?<!>)-\d+[.,٫]\d", page), "no signed number stands unkept"


def test_no_two_columns_of_a_table_of_coverage_have_the_same_name():
    asked = consultation()
    many(asked)
    page = html(Client().get(address("coverage", asked.slug)))
    for head in re.findall(r"<thead>(.*?)</thead>", page):
        names = [" ".join(name.split()) for name in re.findall(r"<th[^>]*>(.*?)</th>", head)]
        assert len(names) == len(set(names)), names
    assert "Followed: difference to others" in page


def test_without_a_case_among_the_others_there_is_no_ratio():
    asked = consultation()
    many(asked, woman=8, man=8)
    page = html(Client().get(address("coverage", asked.slug)))
    assert re.findall(r"([0-9.]+) times as often <", page) == ["0.00"], "of the men alone: no man was answered"


def test_groups_under_five_stay_hidden_on_the_page_and_in_the_files():
    asked = consultation()
    many(asked, woman=8, man=2)
    page = html(Client().get(address("coverage", asked.slug)))
    assert "too few people to show" in page
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    hidden = [row for row in told["strata"] if row["value"] == "man"]
    assert hidden
    assert all(row["withheld"] and row["numerator"] is None for row in hidden)
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    assert [row["numerator"] for row in rows if row["measure"] == "answered" and not row["stratum"]] == ["4"]
    assert {row["numerator"] for row in rows if row["value"] == "man"} == {""}


def spoke(asked, **counts):
    for value, count in counts.items():
        for _voice in range(count):
            heard(asked, f"A {value} speaks.", strata={} if value == "nobody" else {"gender": value})


def test_shares_never_tell_the_one_group_that_is_withheld():
    """Twelve men are 80 per cent of those who said: then three women would be known."""
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    spoke(asked, man=12, woman=3, nobody=8)
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)["participation"]["gender"]
    assert [row["people"] for row in told["rows"]] == [row["share"] for row in told["rows"]] == [None, None]
    assert told["dissimilarity"] is None, "an index of nothing that may be shown"
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    assert "80" not in page.partition("Who spoke")[2].partition("As a table")[0]


def test_where_nothing_is_shown_there_is_no_index():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    spoke(asked, man=2, woman=3)
    page = html(Client().get(address("coverage", asked.slug)))
    assert "too few people to show" in page
    assert "Index of dissimilarity:" not in page


def test_shares_of_a_part_of_the_population_are_shown_as_they_were_given():
    """Three regions hold 22 per cent of the country: the other 78 per cent are others, not nobody."""
    shares = {"region": {"Tunis": 0.09, "Sfax": 0.08, "Kairouan": 0.05}}
    asked = consultation(reference_population=shares, reference_source="Statistics office")
    for region, count in {"Tunis": 10, "Sfax": 6, " sfax": 4, "Gabès": 10}.items():
        for _voice in range(count):
            heard(asked, "We need it here too.", strata={"region": region})
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    table = told["participation"]["region"]
    assert {row["value"]: (row["people"], row["reference"]) for row in table["rows"]} == {
        "Gabès": (10, None), "Sfax": (10, 0.08), "Tunis": (10, 0.09),
    }  # fmt: skip
    assert {row["value"] for row in told["strata"] if row["stratum"] == "region"} == {"Gabès", "Sfax", "Tunis"}
    assert table["rest"] == pytest.approx(0.78)
    apart = (abs(1 / 3 - 0.09) + abs(1 / 3 - 0.08) + 0.05 + abs(1 / 3 - 0.78)) / 2
    assert table["dissimilarity"] == pytest.approx(apart)
    assert "All others in the population: 78.0 per cent." in html(Client().get(address("coverage", asked.slug)))


def test_a_group_that_is_withheld_for_who_said_nothing_is_not_told_either():
    asked = consultation()
    spoke(asked, man=12, woman=9, other=7, nobody=2)
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)["participation"]["gender"]
    shown = {row["value"]: row["people"] for row in told["rows"]}
    assert sum(people is None for people in shown.values()) == 2
    assert shown["man"] == 12


def test_coverage_calls_a_voice_with_a_theme_so_and_names_the_columns_of_its_files():
    asked = consultation()
    many(asked)
    page = html(Client().get(address("coverage", asked.slug)))
    assert "Given a theme" in page
    assert ">Read " not in page
    assert "What was read" not in page
    assert 'href="#key"' in page
    key = page.partition('id="key"')[2]
    for row in json.loads(Client().get(address("coverage_json", asked.slug)).content)["measures"]:
        assert f'<code dir="ltr">{row["measure"]}</code>' in key
    assert '<th scope="row">not stated</th>' in key


def test_table_of_coverage_holds_what_the_file_for_programs_holds():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    many(asked, woman=6, man=7)
    spoke(asked, nobody=9)
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    assert Client().get(address("coverage_csv", asked.slug)).content.startswith(b"\xef\xbb\xbf")
    assert {row["is_sample"] for row in rows} == {str(told["is_sample"])}
    compared = [row for row in rows if row["measure"] == "answered" and row["stratum"]]
    kept = {
        (row["stratum"], row["value"]): row["people"] or 0 for row in told["strata"] if row["measure"] == "answered"
    }
    assert {(row["stratum"], row["value"]): int(row["people"] or 0) for row in compared} == kept
    spoken = {
        row["value"]: row["people"] for row in rows if (row["stratum"], row["measure"]) == ("gender", "who_spoke")
    }
    assert spoken == {"woman": "6", "man": "7", "not stated": "9"}
    index = [row["share"] for row in rows if row["measure"] == "dissimilarity"]
    assert [float(share) for share in index] == [told["participation"]["gender"]["dissimilarity"]]


def test_table_of_coverage_tells_no_group_that_the_page_withholds():
    asked = consultation()
    spoke(asked, man=12, woman=3, nobody=8)
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    spoken = [row for row in rows if (row["stratum"], row["measure"]) == ("gender", "who_spoke")]
    assert [row["people"] for row in spoken if row["value"] in {"man", "woman"}] == ["", ""]
    assert {row["withheld"] for row in spoken if row["value"] in {"man", "woman"}} == {"True"}


def test_every_table_of_coverage_says_what_it_holds():
    asked = consultation()
    many(asked)
    page = html(Client().get(address("coverage", asked.slug)))
    assert page.count("<table") == page.count("<caption") > 3


def test_both_tables_about_the_same_people_withhold_the_same():
    asked = consultation(reference_population={"gender": {"woman": 0.5, "man": 0.5}}, reference_source="Census")
    spoke(asked, man=12, woman=9, other=7, nobody=2)
    for voice in asked.voices.filter(source__strata__gender__in=["man", "woman"]).order_by("number")[:15]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    ours = {row["value"] for row in told["strata"] if row["stratum"] == "gender" and row["withheld"]}
    theirs = {row["value"] for row in told["participation"]["gender"]["rows"] if row["withheld"]}
    assert ours == theirs | {"not stated"} == {"woman", "other", "not stated"}
    assert told["participation"]["gender"]["not_stated"] is None
    # a share of twelve men would tell how many said something, and so how many did not
    assert {row["share"] for row in told["participation"]["gender"]["rows"]} == {None}
    assert told["participation"]["gender"]["dissimilarity"] is None
    assert {row["people"] for row in told["strata"] if row["stratum"] == "size"} == {30}


def test_a_rest_that_is_just_the_withheld_is_compared_with_nobody():
    asked = consultation()
    spoke(asked, man=12, woman=9, other=3)
    for voice in list(asked.voices.filter(source__strata__gender="woman"))[:4]:
        answering.give_answer(target=voice, answer="rejected", reason=f"{WHY} It is number {voice.number}.")
    told = json.loads(Client().get(address("coverage_json", asked.slug)).content)
    man = next(row for row in told["strata"] if row["value"] == "man")
    assert (man["numerator"], man["rest_share"], man["ratio"], man["reason"]) == (0, None, None, "protects")
    page = " ".join(html(Client().get(address("coverage", asked.slug))).split())
    assert "0 of 12" in page


def test_coverage_does_not_say_that_all_were_heard_while_letters_lie_unread():
    asked = consultation()
    take_in(asked, "letter", "Bread is dear.\n\nThe roads are bad.", voices=[])
    page = html(Client().get(address("coverage", asked.slug)))
    assert "1 letter is not yet read." in page
    assert "Nothing: every voice has its answer." not in page


def test_coverage_of_nothing_is_a_page_too():
    page = html(Client().get(address("coverage", consultation().slug)))
    assert "Nobody said anything about themselves." in page


# ---------------------------------------------------------------- receipts
@pytest.fixture
def sent():
    asked = consultation()
    return take_in(
        asked, "form", WORDS + "\n\nAnd the roads are bad.", voices=[WORDS, "And the roads are bad."],
        author=Author("Amina Tavares", "", "amina@example.org"), may_publish=True,
    )  # fmt: skip


def opened(taken):
    client = Client()
    response = client.post(address("receipt"), {"code": taken.receipt_code.lower().replace("-", " ")})
    assert response.url == address("my_receipt", taken.source.pk)
    return client


def test_code_opens_the_receipt_in_this_browser_alone(sent):
    client = opened(sent)
    page = client.get(address("my_receipt", sent.source.pk))
    assert WORDS in html(page)
    assert "no-store" in page["Cache-Control"] or "private" in page["Cache-Control"]
    assert Client().get(address("my_receipt", sent.source.pk)).status_code == 404
    forged = Client()
    forged.cookies[f"receipt_{sent.source.pk.hex}"] = sent.source.receipt_hash
    assert forged.get(address("my_receipt", sent.source.pk)).status_code == 404
    client.post(address("receipt_close", sent.source.pk))
    assert client.get(address("my_receipt", sent.source.pk)).status_code == 404


@pytest.mark.parametrize("code", ["7QK4-0M2X-V9TB-3HFA", "short", ""])
def test_wrong_code_opens_nothing(sent, code):
    assert Client().post(address("receipt"), {"code": code}).status_code == 422


def test_link_is_exchanged_by_a_button_and_the_code_leaves_the_address(sent):
    client = Client()
    link = address("receipt_link", sent.receipt_code)
    assert WORDS not in html(client.get(link))
    response = client.post(link)
    assert response.url == address("my_receipt", sent.source.pk)
    assert sent.receipt_code not in response.url
    assert WORDS in html(client.get(response.url))
    assert "opens nothing" in html(Client().post(address("receipt_link", "7QK4-0M2X-V9TB-3HFA")), 410)


def test_codes_cannot_be_tried_without_end(sent, settings):
    settings.RATE_LIMITS = True
    client = Client(REMOTE_ADDR="203.0.113.77")
    tries = [client.post(address("receipt"), {"code": "7QK4-0M2X-V9TB-3HFA"}).status_code for _try in range(11)]
    assert tries == [422] * 10 + [429]


def test_receipt_follows_the_words_to_the_clause_and_the_action(sent):
    client = opened(sent)
    page = html(client.get(address("my_receipt", sent.source.pk)))
    assert page.count("Not answered yet. This page will show the answer") == 2
    _theme, _answer, promised = whole_story(sent.source.consultation, sent.voices[0])
    page = html(client.get(address("my_receipt", sent.source.pk)))
    assert page.count("Not answered yet.") == 1
    assert f'href="{address("commitment", promised.pk)}"' in page
    assert f'href="{address("clause", "strategy", "text", 4)}"' in page


def test_who_sent_it_signed_in_needs_no_code():
    asked = consultation()
    client, account = at_work(asked)
    taken = take_in(asked, "form", WORDS, account=account)
    assert address("my_receipt", taken.source.pk) in html(client.get(address("receipt")))
    assert WORDS in html(client.get(address("my_receipt", taken.source.pk)))
    assert at_work(asked, "lead")[0].get(address("my_receipt", taken.source.pk)).status_code == 404


def test_one_voice_is_taken_back_after_a_question(sent):
    client = opened(sent)
    page = f"{address('receipt_withdraw', sent.source.pk)}?voice=1"
    assert "This cannot be undone." in html(client.get(page))
    assert Voice.objects.filter(withdrawn_at=None).count() == 2
    shown = html(client.post(page, follow=True))
    assert WORDS not in shown
    assert "And the roads are bad." in shown
    assert "1 voice was taken back" in shown
    assert WORDS not in Source.objects.get().text
    assert client.get(page).status_code == 404
    assert client.get(f"{address('receipt_withdraw', sent.source.pk)}?voice=x").status_code == 404


def test_everything_is_taken_back_with_name_and_address(sent):
    client = opened(sent)
    shown = html(client.post(address("receipt_withdraw", sent.source.pk), follow=True))
    assert "2 voices were taken back" in shown
    source = Source.objects.get()
    assert (source.text, source.author_name, source.author_address) == ("", "", "")
    assert Client().get(address("voice", "strategy", 1)).status_code == 404
    assert client.post(address("receipt_publish", source.pk), {"may_publish": "yes"}).status_code == 404


def test_sender_decides_whether_the_words_are_shown(sent):
    client = opened(sent)
    themed(sent.source.consultation, "Power", sent.voices)
    client.post(address("receipt_publish", sent.source.pk), {"may_publish": "no"})
    assert Client().get(address("voice", "strategy", 1)).status_code == 404
    client.post(address("receipt_publish", sent.source.pk), {"may_publish": "yes"})
    assert Client().get(address("voice", "strategy", 1)).status_code == 200


def test_receipt_says_that_words_wait_to_be_read(sent):
    client = opened(sent)
    receipt = address("my_receipt", sent.source.pk)
    page = client.get(receipt).content.decode()
    assert "once the team has read them" in page
    assert "As everyone sees it" not in page
    themed(sent.source.consultation, "Power", sent.voices)
    page = client.get(receipt).content.decode()
    assert "once the team has read them" not in page
    assert "As everyone sees it" in page


def test_nobody_else_changes_a_submission(sent):
    stranger = Client()
    for name in ("receipt_publish", "receipt_withdraw", "receipt_close"):
        assert stranger.post(address(name, sent.source.pk), {"may_publish": "no"}).status_code == 404
    assert Source.objects.get().may_publish
    assert Voice.objects.filter(withdrawn_at=None).count() == 2


def test_submission_that_nobody_split_yet_shows_its_words():
    asked = consultation()
    taken = take_in(asked, "letter", WORDS, voices=[])
    page = html(opened(taken).get(address("my_receipt", taken.source.pk)))
    assert WORDS in page
    assert "waits to be read" in page


def test_withdrawn_voice_keeps_its_answer_and_the_theme_link(sent):
    answering.give_answer(target=sent.voices[0], answer="rejected", reason=WHY)
    themed(sent.source.consultation, "Power", [sent.voices[0]])
    receipts.withdraw_source(source=sent.source)
    assert Disposition.objects.count() == ThemeLink.objects.count() == 1
    assert Voice.objects.filter(withdrawn_at__lte=timezone.now()).count() == 2


def test_table_of_coverage_holds_no_formula():
    asked = consultation()
    for region in ("=1+1", "Coast"):
        for _voice in range(6):
            heard(asked, "Flour is dear.", strata={"region": region})
    rows = list(
        csv.DictReader(io.StringIO(Client().get(address("coverage_csv", asked.slug)).content.decode("utf-8-sig")))
    )
    assert {row["value"] for row in rows} >= {"'=1+1", "Coast"}


@pytest.mark.parametrize("act", ["forbids", "deletes"])
def test_form_opened_before_brings_nothing_back(sent, act):
    """An analyst's page still holds name and permission while the sender takes them back."""
    seen = Source.objects.get().revision
    if act == "forbids":
        receipts.set_may_publish(source=sent.source, may_publish=False)
    else:
        receipts.withdraw_source(source=sent.source)
    with pytest.raises(ActError, match="Somebody else changed"):
        splitting.describe(
            source=Source.objects.get(), author=Author("Amina Tavares"), strata={}, may_publish=True, language="en",
            round=None, seen=seen,
        )  # fmt: skip
    assert not Source.objects.get().may_publish


@pytest.mark.parametrize("agrees", [True, False])
def test_what_the_sender_decided_nobody_of_the_team_changes(sent, agrees):
    receipts.set_may_publish(source=sent.source, may_publish=agrees)
    source = Source.objects.get()
    desk, _account = at_work(Consultation.objects.get(), "analyst")
    where = address("source_describe", source.consultation.slug, source.number)
    page = desk.get(address("source", source.consultation.slug, source.number)).content.decode()
    assert "The sender decided this" in page
    given = {"seen": source.revision, "author_name": "Amina"} | ({} if agrees else {"may_publish": "on"})
    assert desk.post(where, given).status_code == 302
    source.refresh_from_db()
    assert (source.author_name, source.may_publish) == ("Amina", agrees)


def test_character_that_nobody_types_breaks_no_page():
    asked = consultation()
    heard(asked, "Flour is dear.")
    for field in ("q", "theme", "language", "answer"):
        assert Client().get(address("voices", asked.slug), {field: "a\x00"}).status_code == 200
    assert Client().get(address("commitments"), {"owner": "a\x00"}).status_code == 200
    assert Client().get(address("list"), {"q": "a\x00"}).status_code == 200
