"""From the database to the engine: 500 voices counted by hand, nothing unanswered adopted, a receipt for each."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import polars as pl
import pytest
from django.utils import timezone

from minga.deliberation.engine.audit import receipt
from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import (
    Citation,
    Clause,
    ClauseVersion,
    Consultation,
    Conversation,
    Disposition,
    Draft,
    MapRun,
    Source,
    Statement,
    Theme,
    ThemeLink,
    Voice,
)
from minga.deliberation.selectors import drafts, tracing, voices
from minga.deliberation.testing_voices import consultation, heard, strata_of, themed
from minga.deliberation.tests.traces import REASON, by_hand, seeded

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def stored(trace: Trace, slug: str = "seeded") -> tuple[Consultation, Draft]:
    """Write a trace of the engine's tests into the database."""
    asked = consultation(slug)
    sources: list[Source] = []
    voices: dict[str, Voice] = {}
    for at, row in enumerate(trace.voices.rows(named=True), start=1):
        source = Source(
            consultation=asked, number=at, kind="letter", text_hash=str(at).zfill(64), received_at=timezone.now(),
            author_address=f"{row['author']}@example.org", strata=strata_of(row, ("gender", "region")),
        )  # fmt: skip
        sources.append(source)
        voices[row["voice"]] = Voice(consultation=asked, source=source, number=at, text=row["text"])
    Source.objects.bulk_create(sources)
    Voice.objects.bulk_create(voices.values())
    names = sorted({*trace.links["theme"], *trace.dispositions["theme"].drop_nulls()}, key=lambda name: int(name[1:]))
    themes = {name: Theme.objects.create(consultation=asked, number=int(name[1:]), name=name) for name in names}
    ThemeLink.objects.bulk_create(
        ThemeLink(voice=voices[voice], theme=themes[theme]) for voice, theme in trace.links.rows()
    )
    answers: dict[str, Disposition] = {}
    for row in trace.dispositions.rows(named=True):
        answers[row["disposition"]] = Disposition.objects.create(
            consultation=asked, voice=voices.get(row["voice"]), theme=themes.get(row["theme"]), answer=row["answer"],
            reason=row["reason"] or "", supersedes=answers.get(row["supersedes"]),
        )  # fmt: skip
    return asked, _written(asked, trace, answers)


def _written(asked: Consultation, trace: Trace, answers: dict[str, Disposition]) -> Draft:
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=4)
    clauses: dict[str, Clause] = {}
    for row in trace.clauses.rows(named=True):
        if row["clause"] not in clauses:
            clauses[row["clause"]] = Clause.objects.create(draft=draft, number=len(clauses) + 1)
        change, _made = ClauseVersion.objects.get_or_create(
            clause=clauses[row["clause"]], version=row["version"],
            defaults={
                "kind": row["kind"], "came_from": [clauses[each].code for each in (row["came_from"] or "").split()]
            },
        )  # fmt: skip
        if row["disposition"]:
            change.dispositions.add(answers[row["disposition"]])
    return draft


@pytest.fixture(scope="module")
def drawn() -> Trace:
    return seeded()


def test_coverage_of_500_voices_equals_counting_by_hand(drawn):
    asked, _draft = stored(drawn)
    found = tracing.coverage_of(tracing.trace_of(asked))
    expected = by_hand(drawn)
    assert {name: found.of(name) for name in expected} == expected
    woman = found.strata.filter((pl.col("stratum") == "gender") & (pl.col("value") == "woman"))
    said = drawn.voices.with_columns(pl.col("gender").drop_nulls().first().over("author"))
    assert woman["denominator"].to_list()[0] == said.filter(pl.col("gender") == "woman").height


def test_every_one_of_500_voices_has_a_receipt(drawn):
    asked, _draft = stored(drawn)
    trace = tracing.trace_of(asked)
    told = [receipt(trace, f"V{at}") for at in range(1, 501)]
    assert [each["text"] for each in told] == drawn.voices["text"].to_list()
    assert sum(each["status"] == "answered" for each in told) == by_hand(drawn)["answered"][0]
    for mine, theirs in zip(told, (receipt(drawn, name) for name in drawn.voices["voice"]), strict=True):
        assert [each["answer"] for each in mine["answers"]] == [each["answer"] for each in theirs["answers"]]
        assert [len(each["changes"]) for each in mine["answers"]] == [
            len(each["changes"]) for each in theirs["answers"]
        ]


def test_a_draft_cannot_be_adopted_with_one_unanswered_voice():
    asked = consultation()
    bakery, council = heard(asked, "Flour is dear."), heard(asked, "Schools need power.")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=1)
    theme = themed(asked, "Costs", [bakery, council])
    for voice in (bakery, council):
        assert not tracing.is_adoptable(asked, draft)
        Disposition.objects.create(
            consultation=asked, voice=voice, answer="out_of_scope", reason=REASON.format("of it")
        )
    assert tracing.is_adoptable(asked, draft)
    late = heard(asked, "And what of fishing?")
    rows = tracing.problems(asked, draft).filter(pl.col("blocks")).select("rule", "where").rows()
    assert rows == [("voice_unanswered", "V3")]
    ThemeLink.objects.create(voice=late, theme=theme)
    assert not tracing.is_adoptable(asked, draft)
    Disposition.objects.create(consultation=asked, theme=theme, answer="rejected", reason=REASON.format("of cost"))
    assert tracing.is_adoptable(asked, draft)


def mapped(asked: Consultation, sides: dict[int, tuple[int, int]], groups: int = 2) -> Conversation:
    """Publish a map: agreements and disagreements by statement, the same in each group."""
    talk = Conversation.objects.create(consultation=asked, slug=f"talk-{asked.slug}", title="What matters?")
    for number in sides:
        Statement.objects.create(conversation=talk, number=number, text=f"Statement {number}", language="en")
    rows, stats = [], []
    for number, (agree, disagree) in sides.items():
        rows.append([number, 0, agree * groups, disagree * groups, 0])
        for group in range(groups):
            n = agree + disagree
            half = [2 * (n + 1) ** 0.5 * ((side + 1) / (n + 1) - 0.5) for side in (agree, disagree)]
            stats.append([group, number, n, (agree + 1) / (n + 2), (disagree + 1) / (n + 2), *half])
    MapRun.objects.create(
        conversation=talk, is_published=True,
        tables={
            "statements": {"columns": ["comment-id", "mod_out", "n_agree", "n_disagree", "n_pass"], "rows": rows},
            "group_stats": {"columns": ["group_id", "statement_id", "ns", "pa", "pd", "pat", "pdt"], "rows": stats},
        },
    )  # fmt: skip
    return talk


def test_a_statement_all_groups_agree_on_is_owed_an_answer():
    asked = consultation()
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=1)
    talk = mapped(asked, {0: (20, 1), 1: (11, 10), 2: (1, 20), 3: (20, 1)})
    Statement.objects.filter(number=3).update(is_meta=True)
    assert tracing.consensus_of(asked) == {"talk-strategy/0": "agree", "talk-strategy/2": "disagree"}
    rules = tracing.problems(asked, draft).select("rule", "where").rows()
    assert rules == [("consensus_unanswered", "talk-strategy/0"), ("consensus_unanswered", "talk-strategy/2")]
    for number in (0, 2):
        Disposition.objects.create(
            consultation=asked, statement=talk.statements.get(number=number), answer="already_covered",
            reason=REASON.format("of clause 1"),
        )  # fmt: skip
    assert tracing.is_adoptable(asked, draft)


def test_without_groups_everybody_is_one_group():
    asked = consultation()
    mapped(asked, {0: (20, 1), 1: (11, 10)}, groups=1)
    run = MapRun.objects.get()
    run.tables["group_stats"]["rows"] = []
    run.save()
    assert tracing.consensus_of(asked) == {"talk-strategy/0": "agree"}


def test_what_was_taken_back_is_counted_nowhere_but_its_answer_stays():
    asked = consultation()
    first, second, third = (heard(asked, words) for words in ("one", "two", "three"))
    now = timezone.now()
    Disposition.objects.create(consultation=asked, voice=first, answer="rejected", reason=REASON.format("of cost"))
    Voice.objects.filter(pk__in=[first.pk, second.pk]).update(withdrawn_at=now)
    trace = tracing.trace_of(asked)
    assert trace.voices.select("voice", "text").rows() == [("V1", ""), ("V3", "three")]
    assert tracing.coverage_of(trace).of("answered") == (0, 1)
    assert third.code == "V3"


def test_clauses_count_from_their_publication_unless_asked_otherwise():
    asked = consultation()
    voice = heard(asked, "Flour is dear.")
    answer = Disposition.objects.create(consultation=asked, voice=voice, answer="accepted")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=1)
    clause = Clause.objects.create(draft=draft, number=1)
    ClauseVersion.objects.create(clause=clause, version=1, kind="add", heading="Costs", text="Flour costs.")
    change = ClauseVersion.objects.create(
        clause=clause, version=2, kind="edit", heading="Costs", text="Flour is cheap."
    )
    change.dispositions.add(answer)
    Citation.objects.create(consultation=asked, clause=clause, kind="other", link="https://example.org/a", value="12",
                            cited_on=date(2026, 5, 1))  # fmt: skip
    rules = tracing.problems(asked, draft)["rule"].to_list()
    assert "accepted_without_clause" in rules
    assert "accepted_without_clause" not in tracing.problems(asked, draft, working=True)["rule"].to_list()
    told = receipt(tracing.trace_of(asked, working=True), "V1")["answers"][0]
    (shown,) = told["changes"]
    assert (shown["heading_before"], shown["before"]) == ("Costs", "Flour costs.")
    assert (shown["heading_after"], shown["after"]) == ("Costs", "Flour is cheap.")
    assert [each["value"] for each in told["evidence"]] == ["12"]
    Draft.objects.update(state=Draft.State.WITHDRAWN)
    assert tracing.trace_of(asked, working=True).clauses.height == 0


def reshaped(kinds: dict[int, dict[str, Any]]) -> list[voices.Change]:
    """Publish clauses 1 and 2, then change them; return what the receipt of the one voice says of its change."""
    asked = consultation()
    voice = heard(asked, "Open a centre, and train pilots.")
    answer = Disposition.objects.create(consultation=asked, voice=voice, answer="accepted")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=2)
    first, second = (Clause.objects.create(draft=draft, number=number) for number in (1, 2))
    for clause, text in ((first, "Open a centre."), (second, "Train pilots.")):
        if clause == first or kinds[2]["kind"] == "delete":
            ClauseVersion.objects.create(clause=clause, version=1, kind="add", text=text)
    for clause in (first, second):
        change = ClauseVersion.objects.create(clause=clause, version=2, **kinds[clause.number])
        if clause == first:
            change.dispositions.add(answer)
    (story,) = voices.stories(asked, [voice])
    return list(story.answers[0].changes)


def test_a_receipt_shows_both_clauses_before_a_merge_that_keeps_a_number():
    both = {"kind": "merge", "came_from": ["C1", "C2"], "text": "Open a centre.\nTrain all pilots."}
    (change,) = reshaped({1: both, 2: {"kind": "delete", "text": "Train pilots."}})
    assert [piece.text for piece in change.text if piece.kind == "added"] == ["all "]
    assert not [piece for piece in change.text if piece.kind == "removed" and not piece.is_blank]


def test_a_receipt_shows_the_old_words_before_a_split_that_keeps_a_number():
    part = {"kind": "split", "came_from": ["C1"]}
    (change,) = reshaped({1: part | {"text": "Open a"}, 2: part | {"text": "centre."}})
    assert [(piece.kind, piece.text.strip()) for piece in change.text] == [("same", "Open a"), ("removed", "centre.")]


def test_a_clause_made_and_taken_out_before_publication_stops_nothing():
    asked = consultation()
    voice = heard(asked, "Flour is dear.")
    answer = Disposition.objects.create(consultation=asked, voice=voice, answer="accepted")
    draft = Draft.objects.create(consultation=asked, slug="text", title="Text", version=1)
    kept, gone = (Clause.objects.create(draft=draft, number=number) for number in (1, 2))
    ClauseVersion.objects.create(clause=gone, version=1, kind="delete", text="Flour.")
    change = ClauseVersion.objects.create(
        clause=kept, version=1, kind="merge", came_from=["C1", "C2"], text="Flour is cheap."
    )
    change.dispositions.add(answer)
    assert tracing.trace_of(asked).lineage.live == {"text/C1"}
    assert tracing.is_adoptable(asked, draft)
    assert drafts.lineage_of(draft, 1).live == {"C1"}


def test_a_sender_of_two_letters_counts_once_in_each_stratum():
    asked = consultation()
    for text, said in (("One.", {"gender": "woman"}), ("Two.", {}), ("Three.", {"gender": "man"})):
        heard(asked, text, strata=said, author_address="amina@example.org")
    told = tracing.said_by_senders(tracing.trace_of(asked).voices)
    assert told["gender"].to_list() == ["woman"] * 3


def test_clauses_of_another_draft_do_not_stop_this_one_but_carry_acceptances():
    asked = consultation()
    answer = Disposition.objects.create(consultation=asked, voice=heard(asked, "Flour is dear."), answer="accepted")
    this, other = (
        Draft.objects.create(consultation=asked, slug=slug, title=slug, version=1) for slug in ("this", "other")
    )
    for draft in (this, other):
        for number in (1, 2):
            clause = Clause.objects.create(draft=draft, number=number)
            change = ClauseVersion.objects.create(clause=clause, version=1, kind="add", text="Words.")
            if draft == other and number == 1:
                change.dispositions.add(answer)
    found: list[tuple[Any, ...]] = tracing.problems(asked, this).select("rule", "where").rows()
    assert found == [("voice_unread", "V1"), ("clause_unsourced", "this/C1"), ("clause_unsourced", "this/C2")]
    assert tracing.is_adoptable(asked, this)


def test_ten_thousand_voices_come_in_a_second_and_the_same_queries(django_assert_max_num_queries):
    asked = consultation()
    source = Source.objects.create(consultation=asked, number=1, kind="letter", received_at=timezone.now())
    Voice.objects.bulk_create(
        [Voice(consultation=asked, source=source, number=at, text=f"Words of voice {at}") for at in range(1, 10_001)],
        batch_size=1000,
    )
    theme = Theme.objects.create(consultation=asked, number=1, name="All")
    ThemeLink.objects.bulk_create(
        [ThemeLink(voice=voice, theme=theme) for voice in asked.voices.only("pk")], batch_size=1000
    )
    begun = time.process_time()
    with django_assert_max_num_queries(6):
        trace = tracing.trace_of(asked)
    assert time.process_time() - begun < 1
    assert trace.voices.height == trace.links.height == 10_000
