"""Amina's acts, and what a check says after somebody tampered with them behind the site's back."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from minga.members import MembersError, anchors, services, triggers
from minga.members.models import AuditAct, AuditHead
from minga.trust.chain import seal

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def trail(tmp_path, settings):
    """Ten acts, with their heads kept outside the database."""
    settings.VAR = tmp_path
    triggers.remove(connection)
    for number in range(1, 11):
        services.record(act="thing.done", on=f"thing:{number}")
        head = AuditHead.objects.get()
        anchors.add(head.chain.hex, anchors.Head(head.count, head.hash))
    return AuditAct.objects.all()


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def found():
    return [(one.kind, one.first, one.last) for one in services.verify_audit().breaks]


def test_an_untouched_trail_is_intact(trail):
    report = services.verify_audit()
    assert (report.is_intact, report.count, report.anchors) == (True, 10, 10)


def test_a_trail_without_acts_is_intact(db, settings, tmp_path):
    settings.VAR = tmp_path
    assert services.verify_audit().is_intact


@pytest.mark.parametrize("column", ["act", "actor", "on", "reason", "previous", "hash"])
def test_a_changed_column_is_found_at_its_act(trail, column):
    sql(f'UPDATE members_auditact SET "{column}" = %s WHERE sequence = 4', "forged.word")
    assert found() == [("changed", 4, 4)]


def test_a_changed_time_is_found_at_its_act(trail):
    sql("UPDATE members_auditact SET at = '2020-01-01 00:00:00+00:00' WHERE sequence = 7")
    assert found() == [("changed", 7, 7)]


def test_a_dropped_act_is_found(trail):
    sql("DELETE FROM members_auditact WHERE sequence = 5")
    assert found() == [("dropped", 5, 5)]


def test_a_dropped_act_is_found_after_renumbering(trail):
    sql("DELETE FROM members_auditact WHERE sequence = 5")
    for number in range(6, 11):
        sql("UPDATE members_auditact SET sequence = %s WHERE sequence = %s", number - 1, number)
    assert ("dropped", 5, 5) in found()


def test_an_act_added_at_the_end_is_found_though_its_hash_is_right(trail):
    last = trail.get(sequence=10)
    forged = AuditAct(sequence=11, at=last.at, act="mandate.granted", on="person:x", previous=last.hash)
    forged.hash = seal(11, last.hash, forged.content())
    forged.save()
    assert found() == [("added", 11, 11)]


def test_an_act_added_in_the_middle_is_found(trail):
    for number in range(10, 4, -1):
        sql("UPDATE members_auditact SET sequence = %s WHERE sequence = %s", number + 1, number)
    before = trail.get(sequence=4)
    forged = AuditAct(sequence=5, at=before.at, act="mandate.granted", previous=before.hash)
    forged.hash = seal(5, before.hash, forged.content())
    forged.save()
    assert ("added", 5, 5) in found()


def test_two_acts_that_changed_places_are_found(trail):
    for old, new in ((3, 99), (6, 3), (99, 6)):
        sql("UPDATE members_auditact SET sequence = %s WHERE sequence = %s", new, old)
    assert found() == [("reordered", 3, 3), ("reordered", 6, 6)]


def test_a_cut_off_end_is_found_by_the_head_in_the_database(trail):
    sql("DELETE FROM members_auditact WHERE sequence > 7")
    anchors.path().unlink()
    assert found() == [("truncated", 8, 10)]


def test_a_cut_off_end_is_found_by_the_file_though_the_head_was_moved_back(trail):
    sql("DELETE FROM members_auditact WHERE sequence > 7")
    sql("UPDATE members_audithead SET count = 7, hash = %s", trail.get(sequence=7).hash)
    assert found() == [("truncated", 8, 10)]


def test_a_trail_written_anew_is_found_by_the_file(trail):
    sql("DELETE FROM members_auditact WHERE sequence > 7")
    sql("UPDATE members_audithead SET count = 7, hash = %s", trail.get(sequence=7).hash)
    for _ in range(3):
        services.record(act="other.story")
    assert found()[0] == ("rewritten", 8, 8)


def test_a_trail_whose_end_was_lost_refuses_new_acts_until_it_is_accepted(trail, bao):
    sql("DELETE FROM members_audithead")
    with pytest.raises(MembersError, match="audit verify"):
        services.record(act="thing.done")
    with transaction.atomic():
        services.accept_audit_head(by=bao, reason="restored from the backup of Friday")
    assert found() == []


@hypothesis_settings(max_examples=20, deadline=None)
@given(
    number=st.integers(1, 6),
    column=st.sampled_from(["act", "actor", "on", "reason"]),
    text=st.text("abcxyz .", max_size=20),
)
def test_any_change_of_any_act_is_found_and_located(number, column, text):
    with transaction.atomic():
        for one in range(6):
            services.record(act="thing.done", on=f"thing:{one}", reason="because")
        start = AuditHead.objects.get().count - 6
        act = AuditAct.objects.get(sequence=start + number)
        same = getattr(act, column) == text
        triggers.remove(connection)
        sql(f'UPDATE members_auditact SET "{column}" = %s WHERE sequence = %s', text, start + number)
        breaks = found()
        transaction.set_rollback(True)
    assert breaks == ([] if same else [("changed", start + number, start + number)])


def test_acts_are_only_added(trail):
    act = trail.first()
    act.reason = "another"
    for forbidden in (act.save, act.delete, trail.delete, lambda: trail.update(reason="another")):
        with pytest.raises(MembersError, match="acts are only added"):
            forbidden()


@pytest.mark.parametrize("statement", ["UPDATE members_auditact SET reason = 'x'", "DELETE FROM members_auditact"])
def test_the_database_refuses_too(trail, statement):
    triggers.install(connection)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert found() == []


def record_and_fail():
    with transaction.atomic():
        services.record(act="thing.done")
        raise RuntimeError("the rest went wrong")


def test_an_act_of_a_failed_transaction_leaves_no_gap(trail):
    with pytest.raises(RuntimeError):
        record_and_fail()
    services.record(act="thing.done")
    assert found() == []
    assert trail.count() == 11


def test_the_trail_holds_marks_and_no_personal_content(amina, bao, bakery):
    services.edit_organization(organization=bakery, by=amina, name="Padaria Nova")
    stored = json.dumps(list(AuditAct.objects.values_list("act", "actor", "on", "reason")))
    assert amina.reference in stored
    for personal in ("Amina", "amina@", "Padaria", "Bao"):
        assert personal not in stored


def test_an_address_in_a_reason_is_refused(db):
    with pytest.raises(MembersError, match="no personal content"):
        services.record(act="mandate.granted", reason="asked by amina@bakery.example")


def test_an_act_reads_thing_done(db):
    with pytest.raises(MembersError, match=r"mandate\.granted"):
        services.record(act="Granted a mandate")


def test_a_damaged_file_of_heads_is_named_with_its_line(trail):
    with anchors.path().open("a") as file:
        file.write("not a head\n")
    with pytest.raises(MembersError, match=r"Line 11 of .*audit-heads"):
        services.verify_audit()


@pytest.mark.django_db(transaction=True)
def test_heads_reach_the_file_once_the_act_is_kept(settings, tmp_path):
    settings.VAR = tmp_path
    services.record(act="thing.done")
    head = AuditHead.objects.get()
    assert anchors.read(head.chain.hex).heads == (anchors.Head(1, head.hash),)
    with pytest.raises(RuntimeError):
        record_and_fail()
    assert len(anchors.read(head.chain.hex).heads) == 1
