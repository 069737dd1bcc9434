"""A vote is stored exactly once, whatever way it comes, and the last act that was stored counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Consultation, Conversation, Statement, Vote
from minga.deliberation.selectors import taking_part as selectors
from minga.deliberation.selectors import votes
from minga.deliberation.services import voting
from minga.deliberation.testing_conversations import joined, said
from minga.deliberation.testing_talk import talk

pytestmark = [pytest.mark.page]

#: an act of voting: on which statement, and what; its place in the list is its mark
ACTS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([1, 0, -1, None])), min_size=1, max_size=8)


@st.composite
def deliveries(draw):
    """Acts, each delivered once or several times, in any order."""
    acts = draw(ACTS)
    repeated = [at for at in range(len(acts)) for _time in range(draw(st.integers(1, 3)))]
    return acts, draw(st.permutations(repeated))


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_shuffled_and_repeated_deliveries_store_each_act_once(sent):
    acts, order = sent
    Consultation.objects.all().delete()
    asked = talk(statements=3)
    person = joined(asked)
    first_time: dict[int, None] = {}
    for at in order:
        number, value = acts[at]
        stored = voting.cast_vote(person, number, value, f"act-{at}")
        assert stored == (at not in first_time)
        first_time.setdefault(at)
    rows = list(Vote.objects.order_by("pk").values_list("client_id", "statement__number", "value"))
    assert rows == [(f"act-{at}", *acts[at]) for at in first_time]
    # what counts is the last act by its first delivery; sending an older one again changes nothing
    counts = {acts[at][0]: acts[at][1] for at in first_time}
    assert {one.statement.number: one.value for one in selectors.votes_of(person)} == counts
    table = votes.read_tables(asked).votes
    read = {row["statement"]: row["vote"] for row in table.rows(named=True)}
    assert read == {number: value for number, value in counts.items() if value is not None}


@pytest.mark.django_db(transaction=True)
def test_the_same_act_sent_by_many_workers_at_once_is_one_row():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection; bench/load_votes.py kills workers on both databases.")
    asked = talk(statements=1)
    person, statement = joined(asked), asked.statements.get()

    def send(number):
        try:
            return voting.cast_vote(person, statement.number, 1, f"act-{number % 2}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(send, range(24)))
    assert sorted(Vote.objects.values_list("client_id", flat=True)) == ["act-0", "act-1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "client_id", "code"), [(2, "a", "vote"), (1, "", "vote"), (1, "x" * 41, "vote"), (True, "a", None)]
)
def test_what_is_no_vote_is_refused(value, client_id, code):
    asked = talk(statements=1)
    person, statement = joined(asked), asked.statements.get()
    if code is None:
        assert voting.cast_vote(person, statement.number, value, client_id)
        return
    with pytest.raises(ActError) as refused:
        voting.cast_vote(person, statement.number, value, client_id)
    assert refused.value.code == code


@pytest.mark.django_db
def test_votes_are_refused_where_the_statement_or_the_conversation_does_not_take_them():
    asked, other = talk(statements=1), talk("mills", statements=1)
    person, statement = joined(asked), asked.statements.get()
    waiting = said(asked, "Waits.", state=Statement.State.WAITING)
    rejected = said(asked, "Rejected.", state=Statement.State.REJECTED)
    only_there = said(other, "Only in the other conversation.", number=90)
    for closed_to, code in ((waiting, "gone"), (rejected, "gone"), (only_there, "unknown")):
        with pytest.raises(ActError) as refused:
            voting.cast_vote(person, closed_to.number, 1, "a")
        assert refused.value.code == code
    Conversation.objects.update(is_strict=False)
    assert voting.cast_vote(person, waiting.number, 1, "a")
    Conversation.objects.update(state=Conversation.State.CLOSED)
    for value in (1, None):
        # the page may be older than the closing: what counts is the conversation as it is now
        with pytest.raises(ActError) as refused:
            voting.cast_vote(person, statement.number, value, "b")
        assert refused.value.code == "closed"
    assert Vote.objects.count() == 1


@pytest.mark.django_db
def test_a_vote_can_be_taken_back_from_a_statement_that_was_left_out():
    asked = talk(statements=1)
    person, statement = joined(asked), asked.statements.get()
    voting.cast_vote(person, statement.number, 1, "a")
    Statement.objects.update(state=Statement.State.REJECTED)
    assert voting.cast_vote(person, statement.number, None, "b")
    assert selectors.value_now(person, statement) is None
