from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.trust.chain import GENESIS, Entry, Head, append, link, seal, verify

sizes = st.integers(3, 25)


def chain_of(count: int, word: str = "act") -> list[Entry]:
    entries: list[Entry] = []
    head = None
    for number in range(1, count + 1):
        entries.append(append(head, {"what": f"{word} {number}"}))
        head = Head(entries[-1].sequence, entries[-1].hash)
    return entries


def head_of(entries: list[Entry]) -> Head:
    return Head(len(entries), entries[-1].hash)


def found(entries, **heads):
    return [(one.kind, one.first, one.last) for one in verify(entries, **heads)]


@st.composite
def chain_and_place(draw, margin: int = 0):
    count = draw(st.integers(4, 25))
    return chain_of(count), draw(st.integers(1 + margin, count - margin))


@given(sizes, st.randoms())
def test_an_untouched_chain_is_intact_whatever_order_it_is_read_in(count, random):
    entries = chain_of(count)
    shuffled = random.sample(entries, count)
    anchors = [Head(entry.sequence, entry.hash) for entry in entries[::3]]
    assert verify(shuffled, expected_head=head_of(entries), anchors=anchors) == ()


def test_an_empty_chain_is_intact_until_a_head_says_otherwise():
    assert verify([]) == ()
    assert found([], expected_head=Head(2, "sha256:ab")) == [("truncated", 1, 2)]


def test_a_link_depends_on_the_act_and_on_what_came_before():
    assert link(GENESIS, {"a": 1}) != link(GENESIS, {"a": 2})
    assert link(GENESIS, {"a": 1}) != link(link(GENESIS, {}), {"a": 1})


@given(chain_and_place())
def test_a_changed_act_is_found_where_it_stands(case):
    entries, place = case
    entries[place - 1] = replace(entries[place - 1], act={"what": "something else"})
    assert found(entries) == [("changed", place, place)]


@given(chain_and_place(), st.sampled_from(["hash", "previous"]))
def test_a_changed_hash_is_found_where_it_stands(case, field):
    entries, place = case
    entries[place - 1] = replace(entries[place - 1], **{field: "sha256:" + "ab" * 32})
    assert found(entries) == [("changed", place, place)]


@given(chain_and_place(margin=1))
def test_a_changed_act_with_a_new_hash_is_given_away_by_the_next(case):
    entries, place = case
    old = entries[place - 1]
    act = {"what": "something else"}
    entries[place - 1] = Entry(old.sequence, act, old.previous, seal(old.sequence, old.previous, act))
    assert found(entries) == [("changed", place, place)]


@given(chain_and_place(margin=1))
def test_a_dropped_act_is_found_by_its_number(case):
    entries, place = case
    del entries[place - 1]
    assert found(entries) == [("dropped", place, place)]


@given(chain_and_place(margin=1))
def test_a_dropped_act_is_found_after_renumbering_too(case):
    entries, place = case
    last = len(entries)
    shifted = [replace(entry, sequence=entry.sequence - 1) for entry in entries[place:]]
    assert found(entries[: place - 1] + shifted) == [
        ("dropped", place, place),
        ("reordered", place + 1, last),
    ]


@given(chain_and_place(margin=1))
def test_an_added_act_is_found_by_its_number(case):
    entries, place = case
    forged = append(Head(place - 1, entries[place - 1].previous), {"what": "forged"})
    assert found([*entries, forged]) == [("added", place, place)]


@given(chain_and_place(margin=1))
def test_an_added_act_is_found_after_renumbering_too(case):
    entries, place = case
    forged = append(Head(place - 1, entries[place - 1].previous), {"what": "forged"})
    shifted = [replace(entry, sequence=entry.sequence + 1) for entry in entries[place - 1 :]]
    assert found([*entries[: place - 1], forged, *shifted]) == [
        ("added", place, place),
        ("reordered", place, len(entries)),
    ]


@given(chain_and_place(margin=1))
def test_two_acts_that_changed_places_are_found(case):
    entries, place = case
    one, other = entries[place - 1], entries[place]
    entries[place - 1 : place + 1] = [
        replace(other, sequence=one.sequence),
        replace(one, sequence=other.sequence),
    ]
    assert found(entries) == [("reordered", place, place), ("reordered", place + 1, place + 1)]


@given(chain_and_place(margin=1))
def test_a_cut_off_end_is_found_by_the_recorded_head(case):
    entries, place = case
    head = head_of(entries)
    assert found(entries[:place]) == []
    assert found(entries[:place], expected_head=head) == [("truncated", place + 1, len(entries))]
    assert found(entries[:place], anchors=[head]) == [("truncated", place + 1, len(entries))]


@given(sizes)
def test_acts_after_the_recorded_head_are_found(count):
    entries = chain_of(count)
    longer = [*entries, append(head_of(entries), {"what": "forged"})]
    assert found(longer, expected_head=head_of(entries)) == [("added", len(longer), len(longer))]
    assert found(longer, anchors=[head_of(entries)]) == []


@given(chain_and_place(margin=1))
def test_a_chain_written_anew_is_found_between_two_recorded_heads(case):
    entries, place = case
    anchors = [Head(entry.sequence, entry.hash) for entry in entries]
    forged = entries[: place - 1]
    head = Head(place - 1, entries[place - 1].previous) if place > 1 else None
    for _ in entries[place - 1 :]:
        forged.append(append(head, {"what": "forged"}))
        head = Head(forged[-1].sequence, forged[-1].hash)
    assert found(forged) == []
    assert found(forged, anchors=anchors)[0] == ("rewritten", place, place)
    assert found(forged, expected_head=anchors[-1]) == [("rewritten", 1, len(entries))]


@given(sizes, st.data())
def test_any_single_tampering_is_found(count, data):
    entries = chain_of(count)
    head = head_of(entries)
    place = data.draw(st.integers(0, count - 1))
    field = data.draw(st.sampled_from(["sequence", "act", "previous", "hash", "row"]))
    if field == "row":
        del entries[place]
    else:
        other = GENESIS[:-1] + "1"
        forged = {"sequence": count + 90, "act": {"what": "x"}, "previous": other, "hash": other}
        entries[place] = replace(entries[place], **{field: forged[field]})
    assert verify(entries, expected_head=head)


def test_links_that_run_in_a_circle_are_read_and_reported():
    entries = chain_of(3)
    entries[0] = replace(entries[0], previous=entries[2].hash)
    assert ("changed", 1, 1) in found(entries)


def test_a_break_says_in_words_what_is_wrong():
    entries = chain_of(5)
    del entries[1:3]
    (one,) = verify(entries)
    assert one.message == "Acts 2 to 3 are missing from the chain."


@pytest.mark.parametrize("extra", [1, 3])
def test_heads_of_an_intact_chain_with_later_acts_are_fine_as_anchors(extra):
    entries = chain_of(4)
    assert verify(entries, anchors=[head_of(entries[:-extra])]) == ()
