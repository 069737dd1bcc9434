"""Themes, answers, evidence and receipts as they are written: nothing is overwritten, and words can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.utils import translation

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import (
    Citation,
    Clause,
    ClauseVersion,
    Consultation,
    Conversation,
    Disposition,
    Draft,
    Statement,
    ThemeLink,
)
from minga.deliberation.selectors import citing as published
from minga.deliberation.selectors import tracing
from minga.deliberation.services import answering, citing, drafting, receipts, theming
from minga.deliberation.services.sources import Author, File, Part, take_in
from minga.deliberation.testing_voices import consultation, heard, themed
from minga.deliberation.vault import vault
from minga.members import selectors as members
from minga.members import services as people
from minga.readiness import selectors as checks
from minga.readiness import services as readiness

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WHY = "The council discussed this in May and keeps to the earlier text."


def refused(code, function, **named):
    with pytest.raises(ActError) as caught:
        function(**named)
    assert caught.value.code == code


def linked(theme):
    return sorted(theme.links.filter(ended_at=None).values_list("voice__number", flat=True))


def acts():
    return list(members.acts().order_by("sequence").values_list("act", flat=True))


# ---------------------------------------------------------------- themes
def test_theme_is_renamed_with_its_history_and_the_later_one_is_told():
    asked = consultation()
    theme = theming.make_theme(consultation=asked, name="  Costs  of flour ", about="What it costs.")
    assert (theme.code, theme.name) == ("T1", "Costs of flour")
    theming.rename_theme(theme=theme, name="Costs", about="", seen=1)
    refused("changed", theming.rename_theme, theme=theme, name="Prices", about="", seen=1)
    assert list(theme.history.order_by("version").values_list("name", flat=True)) == ["Costs of flour", "Costs"]
    refused("twice", theming.make_theme, consultation=asked, name="COSTS")
    refused("name", theming.make_theme, consultation=asked, name="  ")
    assert acts() == ["theme.made", "theme.renamed"]


def test_voices_of_a_merged_theme_go_to_the_other_with_its_answer():
    asked = consultation()
    first, second = heard(asked, "Flour is dear."), heard(asked, "Bread is dear.")
    flour, bread = themed(asked, "Flour", [first, second]), themed(asked, "Bread", [second])
    said = answering.give_answer(target=flour, answer="rejected", reason=WHY)
    assert theming.merge_theme(theme=flour, into=bread) == 1
    assert (linked(flour), linked(bread)) == ([], [1, 2])
    assert answering.standing_answer(bread).reason == said.reason
    assert answering.standing_answer(flour) == said
    flour.refresh_from_db()
    assert flour.merged_into == bread
    refused("ended", theming.put_under, theme=flour, voices=[first])
    refused("ended", theming.merge_theme, theme=flour, into=bread)
    refused("same", theming.merge_theme, theme=bread, into=bread)
    theming.reopen_theme(theme=flour)
    assert theming.put_under(theme=flour, voices=[first]).done == 1
    assert acts()[-2:] == ["theme.merged", "theme.reopened"]


def test_answer_of_the_theme_that_stays_is_not_replaced_by_a_merge():
    asked = consultation()
    flour, bread = themed(asked, "Flour", [heard(asked, "a")]), themed(asked, "Bread", [heard(asked, "b")])
    for theme, answer in ((flour, "rejected"), (bread, "out_of_scope")):
        answering.give_answer(target=theme, answer=answer, reason=WHY)
    theming.merge_theme(theme=flour, into=bread)
    assert answering.standing_answer(bread).answer == "out_of_scope"


def test_theme_with_voices_stays_in_use():
    asked = consultation()
    voice = heard(asked, "Flour is dear.")
    theme = themed(asked, "Flour", [voice])
    refused("voices", theming.retire_theme, theme=theme)
    assert theming.take_out(voices=[voice], theme=theme).done == 1
    theming.retire_theme(theme=theme)
    refused("ended", theming.put_under, theme=theme, voices=[voice])
    themed(asked, "Flour")
    refused("twice", theming.reopen_theme, theme=theme)
    assert ThemeLink.objects.count() == 1


def test_two_people_sorting_the_same_voices_lose_nothing():
    asked = consultation()
    voices = [heard(asked, f"voice {at}") for at in range(4)]
    loose, one, two = themed(asked, "Loose", voices), themed(asked, "One"), themed(asked, "Two")
    assert theming.move(voices=voices[:3], out_of=loose, into=one) == theming.Sorted(3, 0)
    # the second person still saw all four in the first theme
    assert theming.move(voices=voices[1:], out_of=loose, into=two) == theming.Sorted(1, 2)
    assert (linked(loose), linked(one), linked(two)) == ([], [1, 2, 3], [4])
    assert theming.put_under(theme=one, voices=voices) == theming.Sorted(1, 3)
    assert theming.put_under(theme=one, voices=[heard(consultation("other"), "elsewhere")]) == theming.Sorted(0, 0)
    refused("same", theming.move, voices=voices, out_of=one, into=one)


# ---------------------------------------------------------------- answers
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"answer": "perhaps"}, "answer"),
        ({"answer": "rejected", "reason": "Too dear."}, "reason"),
        ({"answer": "accepted_in_part", "reason": " " * 60}, "reason"),
        ({"answer": "duplicate_of", "reason": WHY}, "duplicate"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(given, code):
    asked = consultation()
    refused(code, answering.give_answer, target=heard(asked, "Flour is dear."), **given)
    assert not Disposition.objects.exists()


def test_of_two_answers_at_once_one_stands_and_the_other_is_told():
    asked = consultation()
    voice = heard(asked, "Flour is dear.")
    first = answering.give_answer(target=voice, answer="accepted")
    refused("answered", answering.give_answer, target=voice, answer="rejected", reason=WHY)
    second = answering.give_answer(target=voice, answer="rejected", reason=WHY, replaces=first.pk)
    refused("answered", answering.give_answer, target=voice, answer="accepted", replaces=first.pk)
    assert answering.standing_answer(voice) == second
    assert second.supersedes == first
    assert Disposition.objects.count() == 2
    assert acts() == ["answer.given", "answer.replaced"]


def test_answer_given_between_looking_and_saving_is_found_by_the_database(monkeypatch):
    asked = consultation()
    voice = heard(asked, "Flour is dear.")
    answering.give_answer(target=voice, answer="accepted")
    monkeypatch.setattr(answering, "standing_answer", lambda target: None)
    refused("answered", answering.give_answer, target=voice, answer="rejected", reason=WHY)
    assert Disposition.objects.count() == 1


def test_duplicates_never_run_in_a_circle():
    asked = consultation()
    one, two, three = (heard(asked, words) for words in ("one", "two", "three"))
    said = {"answer": "duplicate_of", "reason": WHY}
    answering.give_answer(target=one, duplicate_of=two, **said)
    answering.give_answer(target=two, duplicate_of=three, **said)
    refused("circle", answering.give_answer, target=three, duplicate_of=one, **said)
    refused("itself", answering.give_answer, target=three, duplicate_of=three, **said)
    refused("duplicate", answering.give_answer, target=three, duplicate_of=heard(consultation("b"), "x"), **said)
    refused("duplicate", answering.give_answer, target=themed(asked, "Theme"), duplicate_of=one, **said)


def test_statement_is_answered_and_an_adopted_consultation_is_not():
    asked = consultation()
    talk = Conversation.objects.create(consultation=asked, slug="talk-a", title="What?")
    statement = Statement.objects.create(conversation=talk, number=0, text="Power first.", language="en")
    made = answering.give_answer(target=statement, answer="accepted", responder=" Ministry of  Industry ")
    assert (made.consultation, made.statement, made.responder) == (asked, statement, "Ministry of Industry")
    Consultation.objects.update(state=Consultation.State.ADOPTED)
    statement.conversation.consultation.refresh_from_db()
    refused("adopted", answering.give_answer, target=statement, answer="accepted", replaces=made.pk)


def change_of(asked, number=1):
    draft, _made = Draft.objects.get_or_create(
        consultation=asked, slug="text", defaults={"title": "Text", "version": 1}
    )
    clause = Clause.objects.create(draft=draft, number=number)
    return ClauseVersion.objects.create(clause=clause, version=1, kind="add", text="Words.")


def test_changes_and_evidence_go_on_under_the_later_answer():
    asked = consultation()
    voice, change = heard(asked, "Flour is dear."), change_of(asked)
    first = answering.give_answer(target=voice, answer="accepted")
    answering.link_change(disposition=first, clause_version=change)
    citing.cite(of=first, link="https://example.org/prices", value="12 %")
    second = answering.give_answer(target=voice, answer="accepted_in_part", reason=WHY, replaces=first.pk)
    assert list(second.changes.all()) == [change]
    assert [one.value for one in second.citations.all()] == ["12 %"]
    third = answering.give_answer(target=voice, answer="rejected", reason=WHY, replaces=second.pk)
    assert not third.changes.exists()
    assert third.citations.exists()
    refused("replaced", answering.link_change, disposition=second, clause_version=change)
    refused("answer", answering.link_change, disposition=third, clause_version=change)


def test_link_to_a_change_stays_within_the_consultation_and_ends_until_adoption():
    asked = consultation()
    change = change_of(asked)
    made = answering.give_answer(target=heard(asked, "Flour is dear."), answer="accepted")
    refused("elsewhere", answering.link_change, disposition=made, clause_version=change_of(consultation("other")))
    answering.link_change(disposition=made, clause_version=change)
    answering.unlink_change(disposition=made, clause_version=change)
    assert not made.changes.exists()
    answering.link_change(disposition=made, clause_version=change)
    Draft.objects.update(state=Draft.State.ADOPTED)
    change.clause.draft.refresh_from_db()
    refused("adopted", answering.unlink_change, disposition=made, clause_version=change)


# ---------------------------------------------------------------- evidence
def test_evidence_of_other_sites_needs_a_lasting_link_and_its_value():
    asked = consultation()
    made = answering.give_answer(target=heard(asked, "Flour is dear."), answer="accepted")
    refused("link", citing.cite, of=made, link="http://example.org", value="1")
    refused("link", citing.cite, of=made, link="javascript:alert(1)", value="1")
    refused("value", citing.cite, of=made, link="https://example.org/a", value=" ")
    refused("nothing", citing.cite, of=made, link="/en/deliberation/", value="1")
    refused("nothing", citing.cite, of=made, link="/en/knowledge/no-such-record/", value="1")
    cited = citing.cite(of=made, link="https://example.org/a", value="12 %")
    assert (cited.kind, cited.consultation) == (Citation.Kind.OTHER, asked)
    citing.end_citation(citation=cited)
    citing.end_citation(citation=cited)
    assert acts()[-2:] == ["evidence.cited", "evidence.ended"]


def test_evidence_of_an_adopted_clause_stays():
    asked = consultation()
    clause = change_of(asked).clause
    cited = citing.cite(of=clause, link="https://example.org/a", value="12 %")
    Draft.objects.update(state=Draft.State.ADOPTED)
    clause.draft.refresh_from_db()
    refused("adopted", citing.cite, of=clause, link="https://example.org/b", value="1")
    refused("adopted", citing.end_citation, citation=Citation.objects.get(pk=cited.pk))


def test_links_of_this_site_follow_the_language_of_the_page():
    with translation.override("fr"):
        assert published.shown_link("/en/deliberation/receipt/") == "/fr/deliberation/receipt/"
        assert published.shown_link("https://example.org/en/a") == "https://example.org/en/a"


# ---------------------------------------------------------------- taking back
TEXT = "Flour is dear, says Amina.\nSchools need power."


def two_voices(asked, **fields):
    return take_in(asked, "letter", TEXT, voices=None, **fields)


def test_words_of_one_voice_are_taken_back_from_the_source_too():
    asked = consultation()
    file = File("letter.txt", "text/plain", TEXT.encode())
    parts = [Part(TEXT[:26], 0, 26), Part(TEXT[27:], 27, len(TEXT))]
    taken = take_in(asked, "letter", TEXT, voices=parts, file=file, may_publish=True)
    path = taken.source.file_path
    assert vault.read(path, is_encrypted=taken.source.is_encrypted) == TEXT.encode()
    assert receipts.withdraw_voice(voice=taken.voices[0])
    taken.source.refresh_from_db()
    assert "Amina" not in taken.source.text
    assert taken.source.text.endswith("\nSchools need power.")
    assert len(taken.source.text) == len(TEXT)
    assert (taken.source.file_path, taken.source.may_publish) == ("", True)
    assert not receipts.withdraw_voice(voice=taken.voices[0])
    assert receipts.withdraw_voice(voice=taken.voices[1])
    taken.source.refresh_from_db()
    assert (taken.source.text, taken.source.may_publish) == ("", False)


def test_whole_submission_is_taken_back_with_who_sent_it():
    asked = consultation()
    taken = two_voices(asked, author=Author("Amina", "Bakery", "amina@example.org"), strata={"gender": "woman"})
    assert receipts.find_by_code(taken.receipt_code.lower()).pk == taken.source.pk
    assert receipts.find_by_code("7QK4-0M2X-V9TB-3HFA") is None
    assert receipts.find_by_code("short") is None
    assert receipts.withdraw_source(source=taken.source) == 1
    source = taken.source
    assert (source.text, source.author_name, source.author_address, source.strata) == ("", "", "", {})
    assert [(voice.text, voice.withdrawn_at is None) for voice in source.voices.all()] == [("", False)]
    assert receipts.find_by_code(taken.receipt_code).pk == source.pk


def test_permission_to_be_shown_is_given_and_taken_and_exported():
    asked = consultation()
    account = people.create_account(email="amina@example.org", password="a long enough password", name="Amina")
    taken = two_voices(asked, account=account)
    receipts.set_may_publish(source=taken.source, may_publish=True)
    (told,) = receipts.export_receipts(account)
    assert (told["may_publish"], told["voices"][0]["number"], told["text"]) == (True, "V1", TEXT)


# ---------------------------------------------------------------- figures of this site
def edition_of(name, value, published_at):
    """Publish an edition of one country and one part."""
    # the room of indexes publishes after long calculations; here one row of it is enough
    index, _made = apps.get_model("indicators", "CompositeIndex").objects.get_or_create(
        slug="readiness", defaults={"titles": {"en": "Readiness"}, "units": "country"}
    )
    results = {
        "root": "all",
        "items": [{"code": "all", "name": "Overall"}, {"code": "skills", "name": "Skills"}],
        "units": [{"code": "CV", "name": "CV", "groups": {}}, {"code": "TN", "name": "TN", "groups": {}}],
        "score": {"all": [50.0, None], "skills": [value, 10.0]},
    }
    return apps.get_model("indicators", "Edition").objects.create(
        index=index, name=name, state="published", definition="", definition_hash="", data={}, data_hash="",
        results=results, published_at=published_at, proposed_by_mark="first", approved_by_mark="second",
    )  # fmt: skip


def test_figure_of_an_index_is_taken_from_its_permanent_path_and_kept():
    edition_of("readiness-2026.1", 46.04, datetime(2026, 1, 1, tzinfo=UTC))
    asked = consultation()
    answer = answering.give_answer(target=heard(asked, "Train people."), answer="accepted")
    cited = citing.cite(of=answer, link="/fr/indicators/readiness/readiness-2026.1/CV/skills/", value="99")
    assert (cited.kind, cited.value) == ("figure", "46.0")
    assert cited.link == "/en/indicators/readiness/readiness-2026.1/CV/skills/"
    assert cited.label == "Readiness, readiness-2026.1: Cabo Verde, Skills"
    assert published.changed_values(tracing.trace_of(asked)) == {}
    edition_of("readiness-2026.2", 51.0, datetime(2026, 7, 1, tzinfo=UTC))
    assert published.changed_values(tracing.trace_of(asked)) == {cited.link: "51.0"}
    cited.refresh_from_db()
    assert cited.value == "46.0"


@pytest.mark.parametrize(
    "link",
    [
        "/en/indicators/readiness/readiness-2026.1/TN/",  # has no score
        "/en/indicators/readiness/readiness-2026.1/XX/skills/",
        "/en/indicators/readiness/readiness-2026.1/CV/nothing/",
        "/en/indicators/other/readiness-2026.1/CV/skills/",
        "/en/indicators/readiness/readiness-2020.1/CV/skills/",
        "/xx/indicators/readiness/readiness-2026.1/CV/skills/",
    ],
)
def test_path_without_a_published_figure_cannot_be_cited(link):
    edition_of("readiness-2026.1", 46.04, datetime(2026, 1, 1, tzinfo=UTC))
    answer = answering.give_answer(target=heard(consultation(), "Train people."), answer="accepted")
    refused("nothing", citing.cite, of=answer, link=link, value="1")


def test_the_same_path_of_another_site_is_no_figure_of_ours(settings):
    edition_of("readiness-2026.1", 46.04, datetime(2026, 1, 1, tzinfo=UTC))
    settings.ALLOWED_HOSTS = ["alliance.example"]
    path = "/en/indicators/readiness/readiness-2026.1/CV/"
    assert published.look_up(f"https://alliance.example{path}").value == "50.0"
    assert published.look_up(f"https://elsewhere.example{path}") is None
    assert published.look_up(f"http://alliance.example:8123{path}").value == "50.0", "as the browser shows it"
    assert published.look_up(f"http://alliance.example.elsewhere.example:8123{path}") is None
    assert published.look_up("https://[half") is None


def test_the_name_of_a_figure_is_kept_in_the_language_of_the_draft_or_the_answer():
    edition_of("readiness-2026.1", 46.04, datetime(2026, 1, 1, tzinfo=UTC))
    apps.get_model("indicators", "CompositeIndex").objects.update(titles={"en": "Readiness", "fr": "Maturité"})
    asked = consultation()
    draft = drafting.make_draft(consultation=asked, title="Stratégie", language="fr")
    clause = drafting.add_clause(draft=draft, heading="Former", text="On forme.")
    link = "/en/indicators/readiness/readiness-2026.1/CV/skills/"
    assert citing.cite(of=clause, link=link).label.startswith("Maturité, readiness-2026.1: ")
    answer = answering.give_answer(target=heard(asked, "Train people."), answer="accepted", language="en")
    assert citing.cite(of=answer, link=link).label.startswith("Readiness, ")


def test_result_of_a_panel_is_cited_once_it_is_published():
    panel = readiness.set_up_panel(name="Food makers of Praia", country="CV", sector="10")
    seats = [readiness.invite_panellist(panel=panel, group="workers").panellist for _seat in range(5)]
    for number, stage in ((1, "first"), (2, "second")):
        for seat in seats:
            for item in checks.industry("en").item_ids:
                readiness.save_panel_answer(
                    panellist=seat, round_number=number, item=item, value="2", seen_version=0, language="en"
                )
            readiness.finish_round(panellist=seat)
        readiness.close_round(panel=panel, stage=stage)
    link = f"/en/readiness/panels/{panel.pk}/result/"
    assert published.look_up(link) is None
    readiness.publish_panel(panel=panel)
    found = published.look_up(link)
    assert (found.kind, found.label) == ("readiness", panel.name)
    assert 0 <= float(found.value) <= 5
