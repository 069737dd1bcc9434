"""Themes in public: each at its permanent address, with figures that coverage and the trace give too."""

from __future__ import annotations

import random
import re

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation.models import (
    Clause,
    ClauseVersion,
    Consultation,
    Disposition,
    Draft,
    Source,
    Theme,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import themes, tracing
from minga.deliberation.services import answering, citing, receipts, theming
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import WHY, address, html
from minga.deliberation.tests.test_site_answering_public import WORDS, whole_story

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def shown(name, *rest, **query):
    return html(Client().get(address(name, *rest), query))


# ---------------------------------------------------------------- one theme
def test_every_arrow_of_a_theme_is_a_link():
    asked = consultation()
    theme, _answer, promised = whole_story(asked, heard(asked, WORDS))
    Theme.objects.update(about="What firms say of power after dark.")
    page = shown("public_theme", asked.slug, theme.number)
    assert "Power at night" in page
    assert "What firms say of power after dark." in page
    for link in (
        address("voice", asked.slug, 1),
        address("clause", asked.slug, "text", 4),
        address("draft_changes", asked.slug, "text", 2),
        address("commitment", promised.pk),
        "https://example.org/power",
    ):
        assert f'href="{link}"' in page
    for words in (WORDS, "accepted", "Ministry of Energy", "41 %", "1 voice says this", "since version 2"):
        assert words in page


@pytest.mark.parametrize("name", ["voice", "voices", "clause", "my_receipt"])
def test_whatever_names_a_theme_leads_to_its_page(name):
    asked = consultation()
    client, account = at_work(asked)
    voice = heard(asked, WORDS, account=account)
    theme, _answer, _promised = whole_story(asked, voice)
    place = {
        "voice": (asked.slug, 1), "voices": (asked.slug,), "clause": (asked.slug, "text", 4),
        "my_receipt": (voice.source.pk,),
    }[name]  # fmt: skip
    assert f'href="{address("public_theme", asked.slug, theme.number)}"' in html(client.get(address(name, *place)))


def test_files_lead_to_the_page_of_a_theme():
    asked = consultation()
    theme, _answer, _promised = whole_story(asked, heard(asked, WORDS))
    Consultation.objects.update(state="closed")
    there = address("public_theme", asked.slug, theme.number)
    assert f'{there}">' in shown("replies_file", asked.slug, "html")
    assert there in shown("draft_file", asked.slug, "text", 2, "html", trace="1")


def test_words_are_shown_only_where_their_sender_agreed_and_all_are_counted():
    asked = consultation()
    hidden = heard(asked, "Private words.", may_publish=False)
    gone = heard(asked, "Words taken back.")
    theme = themed(asked, "Power", [hidden, gone, heard(asked, WORDS), heard(asked, "Light is dear.")])
    receipts.withdraw_voice(voice=gone)
    page = shown("public_theme", asked.slug, theme.number)
    assert "3 voices say this" in page
    assert "2 of them may be read here." in page
    assert WORDS in page
    assert "Private words." not in page
    assert "taken back." not in page
    assert address("voice", asked.slug, hidden.number) not in page
    Source.objects.update(may_publish=False)
    page = shown("public_theme", asked.slug, theme.number)
    assert "3 voices say this" in page
    assert "None can be read here" in page


def test_a_theme_without_an_answer_says_so_and_shows_answers_of_single_voices():
    asked = consultation()
    alone, other = heard(asked, WORDS), heard(asked, "Light is dear.")
    theme = themed(asked, "Power", [alone, other])
    themed(asked, "Bakeries", [alone])
    answering.give_answer(target=alone, answer="rejected", reason=WHY)
    page = shown("public_theme", asked.slug, theme.number)
    assert "waits for its answer" in page
    assert "1 voice has an answer of its own." in page
    assert "It has an answer of its own: rejected." in page
    assert f'href="{address("public_theme", asked.slug, 2)}"' in page
    Consultation.objects.update(state="adopted")
    assert "waits for its answer" not in shown("public_theme", asked.slug, theme.number)


def test_answers_that_were_replaced_stay_readable():
    asked = consultation()
    theme = themed(asked, "Power", [heard(asked, WORDS)])
    first = answering.give_answer(target=theme, answer="rejected", reason=WHY, responder="Council")
    answering.give_answer(target=theme, answer="accepted", replaces=first.pk, responder="Ministry")
    page = shown("public_theme", asked.slug, theme.number)
    assert page.index("Ministry") < page.index("Answers before it") < page.index("Council")
    assert WHY in page
    assert "Still to be carried into the draft." in page


def test_history_of_names_and_merges_is_told_without_who_did_it():
    asked = consultation()
    _client, account = at_work(asked, "analyst")
    theme = theming.make_theme(consultation=asked, name="Power", about="At night.", by=account)
    theming.put_under(theme=theme, voices=[heard(asked, WORDS)], by=account)
    theming.rename_theme(theme=theme, name="Energy", about="", seen=1, by=account)
    into = themed(asked, "Costs")
    theming.merge_theme(theme=theme, into=into, by=account)
    page = shown("public_theme", asked.slug, theme.number)
    assert "its voices stand there" in page
    assert f'href="{address("public_theme", asked.slug, into.number)}"' in page
    assert re.search(r"What it was called before.*<bdi lang=\"en\" dir=\"ltr\">Power</bdi>.*At night", page, re.S)
    assert "0 voices say this" in page
    page = shown("public_theme", asked.slug, into.number)
    assert "Themes that were merged into it" in page
    assert "1 voice says this" in page
    for place in (theme, into):
        assert "Nadia" not in shown("public_theme", asked.slug, place.number)
    listed = shown("public_themes", asked.slug)
    assert "merged into" in listed
    assert listed.index("Costs") < listed.index("Out of use") < listed.index("Energy")


def test_who_may_see_what():
    asked = consultation()
    empty = themed(asked, "Nobody spoke of it")
    theme = themed(asked, "Power", [heard(asked, WORDS)])
    assert Client().get(address("public_theme", asked.slug, empty.number)).status_code == 404
    assert Client().get(address("public_theme", asked.slug, 99)).status_code == 404
    assert "Nobody spoke of it" not in shown("public_themes", asked.slug)
    assert Client().post(address("public_theme", asked.slug, theme.number)).status_code == 405
    nadia, _account = at_work(asked, "analyst")
    assert address("theme", asked.slug, theme.number) in html(nadia.get(address("public_theme", asked.slug, 2)))
    assert address("theme", asked.slug, theme.number) not in shown("public_theme", asked.slug, 2)
    assert address("public_theme", asked.slug, 2) in html(nadia.get(address("theme", asked.slug, 2)))
    assert address("public_theme", asked.slug, 1) not in html(nadia.get(address("theme", asked.slug, 1)))
    Consultation.objects.update(state="draft")
    for place in (address("public_theme", asked.slug, 2), address("public_themes", asked.slug)):
        assert Client().get(place).status_code == 404
        assert nadia.get(place).status_code == 200


def test_nothing_unpublished_is_shown():
    asked = consultation()
    theme = themed(asked, "Power", [heard(asked, WORDS)])
    answer = answering.give_answer(target=theme, answer="accepted")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Strategy", version=1)
    clause = Clause.objects.create(draft=draft, number=1)
    row = ClauseVersion.objects.create(clause=clause, version=2, kind="add", heading="Secret", text="Being written.")
    answering.link_change(disposition=answer, clause_version=row)
    citing.cite(of=clause, link="https://example.org/secret", value="1")
    page = shown("public_theme", asked.slug, theme.number)
    assert "Secret" not in page
    assert "example.org" not in page
    Draft.objects.update(version=2)
    assert "Secret" in shown("public_theme", asked.slug, theme.number)
    Draft.objects.update(state="withdrawn")
    assert "Secret" not in shown("public_theme", asked.slug, theme.number)


# ---------------------------------------------------------------- the same figures everywhere
def busy(seed):
    """Draw a consultation with themes, links, answers replaced or not, words taken back, and clauses split or out."""
    luck = random.Random(seed)
    asked = consultation(f"busy-{seed}")
    voices = [heard(asked, f"voice {at}", may_publish=luck.random() < 0.6) for at in range(40)]
    found = [themed(asked, f"Theme {at}", luck.sample(voices, luck.randrange(1, 15))) for at in range(6)]
    ThemeLink.objects.filter(pk__in=luck.sample(list(ThemeLink.objects.values_list("pk", flat=True)), 5)).update(
        ended_at=timezone.now()
    )
    draft = Draft.objects.create(consultation=asked, slug="text", title="Strategy", version=2)
    clauses = [Clause.objects.create(draft=draft, number=at) for at in range(1, 6)]
    rows = [ClauseVersion.objects.create(clause=one, version=1, kind="add", text="Words.") for one in clauses]
    for target in [*found[:4], *luck.sample(voices, 12)]:
        before = None
        for _again in range(luck.randrange(1, 3)):
            answer = luck.choice(["accepted", "accepted", "rejected", "already_covered"])
            named = clauses[0] if answer == "already_covered" else None
            before = answering.give_answer(
                target=target, answer=answer, reason=WHY, covered_by=named, replaces=before and before.pk
            )
        if before.answer == "accepted" and luck.random() < 0.8:
            answering.link_change(disposition=before, clause_version=luck.choice(rows))
    ClauseVersion.objects.create(clause=clauses[1], version=2, kind="delete")
    ClauseVersion.objects.create(clause=clauses[2], version=2, kind="delete")
    parts = [Clause.objects.create(draft=draft, number=at) for at in (6, 7)]
    for part in parts:
        ClauseVersion.objects.create(clause=part, version=2, kind="split", came_from=["C3"], text="Part.")
    for voice in luck.sample(voices, 4):
        receipts.withdraw_voice(voice=voice)
    return asked


@pytest.mark.parametrize("seed", range(4))
def test_figures_of_themes_agree_with_trace_and_coverage(seed):
    asked = busy(seed)
    trace = tracing.trace_of(asked)
    standing = set(asked.voices.filter(withdrawn_at=None).values_list("number", flat=True))
    names = [f"V{number}" for number in sorted(standing)]
    rows = themes.counted(asked, themes.listed(asked))
    assert {one.theme.pk for one in rows} == set(asked.themes.values_list("pk", flat=True))
    order = [(-one.voices, one.theme.number) for one in rows]
    assert order == sorted(order)
    for one in rows:
        code = one.theme.code
        under = [name for name in names if code in trace.themes.get(name, [])]
        alone = [name for name in under if any(row["voice"] for row in trace.answer_of(name))]
        assert (one.voices, one.alone) == (len(under), len(alone))
        assert one.shown == themes.voices_of(asked, one.theme).count() <= one.voices
        if under:
            given = [row["disposition"] for row in trace.answer_to("theme", code)]
            assert given == ([str(one.answer.pk)] if one.answer else [])
        own = {row["disposition"] for name in alone for row in trace.answer_of(name)}
        own |= {row["disposition"] for row in trace.answer_to("theme", code)} if under else set()
        led = {change["clause"]: change for name in own for change in trace.changes.get(name, [])}
        told = themes.followed(asked, one.theme)
        if under:
            assert {f"text/{each.change.clause.code}" for each in told} == set(led)
        for each in told:
            change = trace.lineage.stands(f"text/{each.change.clause.code}", each.change.kind)
            assert each.stands == change
    read, of = tracing.coverage_of(trace).of("read")
    page = shown("public_themes", asked.slug)
    assert f"{read} of {of}" in page
    assert (themes.with_a_theme(asked).count(), len(standing)) == (read, of)


def test_pages_need_the_same_queries_for_many_voices(django_assert_max_num_queries):
    asked = consultation()
    voices = [heard(asked, f"voice {at}") for at in range(60)]
    for at in range(8):
        theme = themed(asked, f"Theme {at}", voices[: 60 - at])
        answering.give_answer(target=theme, answer="rejected", reason=WHY)
    for voice in voices[:30]:
        answering.give_answer(target=voice, answer="rejected", reason=WHY)
    assert Disposition.objects.count() == 38
    assert Voice.objects.count() == 60
    with django_assert_max_num_queries(30):
        page = shown("public_theme", asked.slug, 1)
    assert page.count('class="card deliberate"') == 20
    assert "Page 1 of 3" in page
    with django_assert_max_num_queries(15):
        page = shown("public_themes", asked.slug)
    assert page.index("T1 ") < page.index("T8 ")
    assert 'data-label="Voices">60<' in page
