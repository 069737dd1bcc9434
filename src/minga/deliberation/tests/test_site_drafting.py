"""Writing a draft: numbers that stay, words that nobody loses, splits and merges with a lineage, frozen versions."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from minga.deliberation import testing_voices as people
from minga.deliberation import triggers
from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Clause, ClauseRevision, ClauseVersion, Disposition, Draft, DraftVersion
from minga.deliberation.selectors import drafts as selectors
from minga.deliberation.services import drafting, reshaping, versions

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def draft():
    return drafting.make_draft(consultation=people.consultation(), title="A strategy for the islands")


def add(draft, text, **place):
    return drafting.add_clause(draft=draft, heading="", text=text, **place)


def mark(clause):
    row = drafting.rows.latest(clause.draft, clause)
    return selectors.words_mark(row.heading, row.text)


def save(clause, text, seen=None, **more):
    clause.draft.refresh_from_db()
    return drafting.save_clause(clause=clause, heading="", text=text, seen=seen or mark(clause), **more)


def split(clause, *texts):
    clause.draft.refresh_from_db()
    return reshaping.split_clause(clause=clause, parts=[("", text) for text in texts], seen=mark(clause))


def merge(*clauses, text="Both."):
    for clause in clauses:
        clause.draft.refresh_from_db()
    seen = {clause.code: mark(clause) for clause in clauses}
    return reshaping.merge_clauses(clauses=clauses, heading="", text=text, seen=seen)


def delete(clause):
    clause.draft.refresh_from_db()
    reshaping.delete_clause(clause=clause, seen=mark(clause))


def publish(draft):
    return versions.publish_version(draft=draft)


def tree(draft, version=None):
    rows = selectors.clauses_at(draft, draft.version + 1 if version is None else version)
    return [f"{row.place} {row.code}" for row in rows]


def words(draft, version):
    return {row.code: row.text for row in selectors.clauses_at(draft, version)}


def agreed(draft, text="We want training."):
    voice = people.heard(draft.consultation, text)
    return Disposition.objects.create(consultation=draft.consultation, voice=voice, answer="accepted")


# ---------------------------------------------------------------- beginning
@pytest.mark.parametrize("kind", ["strategy", "guideline", "recommendation", "standard"])
def test_draft_begins_with_the_clauses_of_its_template(kind):
    made = drafting.make_draft(consultation=people.consultation(), title="Text", kind=kind, language="en")
    rows = selectors.clauses_at(made, 1)
    assert len(rows) >= 5
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.heading and row.kind == "add" for row in rows)
    codes = [row.code for row in rows]
    assert all(row.parent is None or codes.index(row.parent) < place for place, row in enumerate(rows))


def test_two_drafts_with_one_title_have_two_addresses():
    consultation = people.consultation()
    slugs = [drafting.make_draft(consultation=consultation, title="AI plan").slug for _one in range(3)]
    assert slugs == ["ai-plan", "ai-plan-2", "ai-plan-3"]
    assert drafting.make_draft(consultation=consultation, title="战略").slug == "draft"
    with pytest.raises(ActError, match="has this word in its address"):
        drafting.make_draft(consultation=consultation, title="Other", slug="ai-plan")


# ---------------------------------------------------------------- places
def test_clauses_stand_where_they_are_put_and_keep_their_numbers(draft):
    first = add(draft, "First.")
    add(draft, "Second.", after=first)
    add(draft, "Between.", after=first)
    under = add(draft, "Under the first.", under=first)
    add(draft, "At the beginning.")
    assert tree(draft) == ["1 C5", "2 C1", "2.1 C4", "3 C3", "4 C2"]
    reshaping.move_clause(clause=first, after=Clause.objects.get(number=2))
    assert tree(draft) == ["1 C5", "2 C3", "3 C2", "4 C1", "4.1 C4"]
    reshaping.shift_clause(clause=first, up=True)
    assert tree(draft) == ["1 C5", "2 C3", "3 C1", "3.1 C4", "4 C2"]
    reshaping.shift_clause(clause=under, up=False)
    reshaping.shift_clause(clause=Clause.objects.get(number=5), up=True)
    assert tree(draft) == ["1 C5", "2 C3", "3 C1", "3.1 C4", "4 C2"]
    with pytest.raises(ActError, match="inside or behind itself"):
        reshaping.move_clause(clause=first, under=under)


def test_room_is_made_where_no_number_is_left_between_neighbours(draft):
    first = add(draft, "First.")
    add(draft, "Last.", after=first)
    for _time in range(30):
        add(draft, "Between.", after=first)
    expected = ["C1", *(f"C{number}" for number in range(32, 2, -1)), "C2"]
    assert [line.split()[1] for line in tree(draft)] == expected
    publish(draft)
    for _time in range(15):
        add(draft, "Once more.", after=first)
    assert len(tree(draft, 1)) == 32
    assert [line.split()[1] for line in tree(draft)][:3] == ["C1", "C47", "C46"]


# ---------------------------------------------------------------- words
def test_who_saves_on_old_words_gets_them_back_and_changes_nothing(draft):
    clause = add(draft, "Firms may share data.")
    seen = mark(clause)
    assert not save(clause, "Firms shall share data.", seen).is_outdated
    saving = save(clause, "Firms can share data.", seen)
    assert saving.is_outdated
    assert saving.row.text == "Firms shall share data."
    save(clause, "Firms can share data.", seen)
    aside = ClauseRevision.objects.get(revision=None)
    assert aside.text == "Firms can share data."
    assert words(draft, 1) == {"C1": "Firms shall share data."}


def test_saving_twice_is_saving_once(draft):
    clause = add(draft, "Firms may share data.")
    seen = mark(clause)
    for _time in range(2):
        assert not save(clause, "Firms shall share data.", seen).is_outdated
    assert list(clause.versions.get().history.values_list("revision", flat=True)) == [1, 2]


def test_moving_a_clause_makes_nobodys_words_old(draft):
    first = add(draft, "First.")
    second = add(draft, "Second.", after=first)
    publish(draft)
    seen = mark(second)
    reshaping.shift_clause(clause=second, up=True)
    assert not save(second, "Second, better.", seen).is_outdated


def test_change_belongs_to_the_version_being_written(draft):
    clause, other = add(draft, "Old."), add(draft, "Stays.")
    publish(draft)
    answer = agreed(draft)
    save(clause, "New.", dispositions=[answer])
    assert words(draft, 1) == {"C1": "Old.", "C2": "Stays."}
    assert words(draft, 2) == {"C1": "New.", "C2": "Stays."}
    row = clause.versions.get(version=2)
    assert (row.kind, list(row.dispositions.all())) == ("edit", [answer])
    assert not other.versions.filter(version=2).exists()


def test_answer_can_point_to_a_clause_that_says_so_already(draft):
    clause = add(draft, "There shall be training.")
    publish(draft)
    save(clause, "There shall be training.", dispositions=[agreed(draft)])
    assert clause.versions.get(version=2).kind == "none"


def test_only_accepting_answers_of_this_consultation_lead_to_changes(draft):
    clause = add(draft, "Words.")
    refused = agreed(draft)
    Disposition.objects.update(answer="rejected")
    refused.refresh_from_db()
    elsewhere = agreed(drafting.make_draft(consultation=people.consultation("other"), title="Other"))
    for answer in (refused, elsewhere):
        with pytest.raises(ActError, match="Only answers of this consultation"):
            save(clause, "Other words.", dispositions=[answer])
    assert words(draft, 1) == {"C1": "Words."}


@pytest.mark.parametrize(("text", "code"), [("  \n", "empty"), ("x" * 20_001, "long")])
def test_empty_and_endless_clauses_are_refused(draft, text, code):
    with pytest.raises(ActError) as refused:
        add(draft, text)
    assert refused.value.code == code


# ---------------------------------------------------------------- splits and merges
def test_split_keeps_the_number_of_the_first_part(draft):
    clause = add(draft, "One. Two. Three.")
    add(draft, "After.", after=clause)
    publish(draft)
    split(clause, "One.", "Two.", "Three.")
    assert tree(draft) == ["1 C1", "2 C3", "3 C4", "4 C2"]
    lines = selectors.lineage_of(draft)
    assert lines.descendants("C1") == {"C1", "C3", "C4"}
    assert lines.live == {"C1", "C2", "C3", "C4"}


def test_merge_keeps_the_first_and_lifts_what_stood_under_the_others(draft):
    first = add(draft, "One.")
    second = add(draft, "Two.", after=first)
    add(draft, "Under two.", under=second)
    publish(draft)
    assert merge(first, second) == first
    assert tree(draft) == ["1 C1", "1.1 C3"]
    lines = selectors.lineage_of(draft)
    assert lines.ancestors("C1") == {"C1", "C2"}
    assert lines.live == {"C1", "C3"}
    assert lines.stands("C2", "edit")


def test_putting_a_published_split_together_again_gives_a_new_number(draft):
    clause = add(draft, "One. Two.")
    publish(draft)
    parts = split(clause, "One.", "Two.")
    publish(draft)
    kept = merge(*parts)
    assert kept.code == "C3"
    assert tree(draft) == ["1 C3"]
    publish(draft)
    assert selectors.lineage_of(draft).ancestors("C3") == {"C1", "C2", "C3"}


def test_split_taken_back_before_it_was_published_leaves_the_clause_as_it_was(draft):
    clause = add(draft, "One. Two.")
    publish(draft)
    parts = split(clause, "One.", "Two.")
    assert merge(*parts, text="One. Two.") == clause
    assert tree(draft) == ["1 C1"]
    publish(draft)
    assert selectors.lineage_of(draft).live == {"C1"}


def test_answers_behind_a_clause_go_on_with_what_it_is_merged_into(draft):
    first = add(draft, "One.")
    second = add(draft, "Two.", after=first)
    publish(draft)
    answer = agreed(draft)
    save(second, "Two, with training.", dispositions=[answer])
    merge(first, second)
    assert list(first.versions.get(version=2).dispositions.all()) == [answer]


def test_clause_is_not_merged_with_one_above_it(draft):
    first = add(draft, "One.")
    under = add(draft, "Under.", under=first)
    with pytest.raises(ActError, match="inside or behind itself"):
        merge(under, first)
    assert merge(first, under) == first
    assert tree(draft) == ["1 C1"]


def test_nothing_is_split_merged_or_taken_out_on_old_words(draft):
    first = add(draft, "One.")
    second = add(draft, "Two.", after=first)
    old = mark(first)
    save(first, "One, newer.")
    with pytest.raises(ActError, match="changed this clause meanwhile"):
        reshaping.split_clause(clause=first, parts=[("", "a"), ("", "b")], seen=old)
    with pytest.raises(ActError, match="changed this clause meanwhile"):
        reshaping.delete_clause(clause=first, seen=old)
    seen = {"C1": old, "C2": mark(second)}
    with pytest.raises(ActError, match="changed this clause meanwhile"):
        reshaping.merge_clauses(clauses=[first, second], heading="", text="Both.", seen=seen)
    assert words(draft, 1) == {"C1": "One, newer.", "C2": "Two."}


def test_clause_taken_out_leaves_what_stood_under_it_and_comes_back(draft):
    first = add(draft, "One.")
    add(draft, "Under.", under=first)
    add(draft, "Last.", after=first)
    publish(draft)
    delete(first)
    assert tree(draft) == ["1 C2", "2 C3"]
    assert selectors.lineage_of(draft).deleted == {"C1"}
    with pytest.raises(ActError, match="taken out of the draft meanwhile"):
        save(first, "Other words.")
    publish(draft)
    reshaping.bring_back(clause=first)
    assert words(draft, 3)["C1"] == "One."
    assert "C1" in selectors.lineage_of(draft).live
    with pytest.raises(ActError, match="stands in the draft already"):
        reshaping.bring_back(clause=first)


# ---------------------------------------------------------------- publishing
def test_published_version_carries_the_hash_of_its_clauses(draft):
    add(draft, "Words.")
    version = publish(draft)
    assert (version.number, draft.version) == (1, 1)
    assert selectors.is_intact(version)
    triggers.remove(connection)
    ClauseVersion.objects.update(text="Forged.")
    assert not selectors.is_intact(DraftVersion.objects.get())


def test_nothing_new_and_nothing_at_all_is_not_published(draft):
    with pytest.raises(ActError, match="Nothing was changed"):
        publish(draft)
    clause = add(draft, "Words.")
    delete(clause)
    with pytest.raises(ActError, match="No clause stands"):
        publish(draft)
    draft.consultation.state = "draft"
    draft.consultation.save()
    with pytest.raises(ActError, match="still in preparation"):
        publish(draft)


def test_only_a_draft_that_nobody_saw_is_deleted(draft):
    add(draft, "Words.")
    other = drafting.make_draft(consultation=draft.consultation, title="Mistake", kind="strategy")
    drafting.delete_draft(draft=other)
    assert list(Draft.objects.all()) == [draft]
    publish(draft)
    with pytest.raises(ActError, match="is published, so it stays"):
        drafting.delete_draft(draft=draft)


@pytest.fixture
def guarded():
    """Hold the rules in this test's database; on PostgreSQL they hold from its first migration on."""
    triggers.install(connection)
    yield
    if triggers.is_throwaway(connection):
        triggers.remove(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deliberation_clauseversion SET text = 'forged' WHERE version = 1",
        "UPDATE deliberation_clauseversion SET version = 1 WHERE version = 2",
        "UPDATE deliberation_clauseversion SET version = 2 WHERE version = 1",
        "DELETE FROM deliberation_clauseversion WHERE version = 1",
        "INSERT INTO deliberation_clauseversion (clause_id, version, kind, position, heading, text, came_from,"
        " revision, by_mark, changed_at) SELECT clause_id, 0, kind, position, heading, text, came_from,"
        " revision, by_mark, changed_at FROM deliberation_clauseversion WHERE version = 1",
        "UPDATE deliberation_draftversion SET text_hash = ''",
        "UPDATE deliberation_draftversion SET note = 'other'",
        "DELETE FROM deliberation_draftversion",
        "UPDATE deliberation_draft SET version = 0",
        "DELETE FROM deliberation_draft",
    ],
)
def test_database_itself_keeps_a_published_version(draft, guarded, statement):
    clause = add(draft, "Words.")
    publish(draft)
    save(clause, "Newer words.")
    with pytest.raises(DatabaseError, match=r"never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert selectors.is_intact(DraftVersion.objects.get())


def test_writing_on_passes_the_database(draft, guarded):
    clause = add(draft, "One. Two.")
    publish(draft)
    parts = split(clause, "One.", "Two.")
    merge(*parts)
    delete(clause)
    reshaping.bring_back(clause=clause)
    publish(draft)
    ClauseVersion.objects.update(by_mark="")
    clause.versions.get(version=1).dispositions.add(agreed(draft))
    assert draft.version == 2


def test_adopted_draft_stays_adopted_in_the_database(draft, guarded):
    clause = add(draft, "Words.")
    publish(draft)
    Draft.objects.update(state="adopted", decision="Council, 3 May")
    for change in ({"state": "writing"}, {"decision": "Nobody"}, {"title": "Other"}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Draft.objects.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ClauseVersion.objects.create(clause=clause, version=2, kind="edit", text="Later words.")
    Draft.objects.update(adopted_by_mark="")
    assert Draft.objects.get().state == "adopted"


def test_triggers_name_columns_that_there_are():
    for table, columns in triggers.CONTENT.items():
        with connection.cursor() as cursor:
            found = {one.name for one in connection.introspection.get_table_description(cursor, table)}
        assert set(columns) <= found
