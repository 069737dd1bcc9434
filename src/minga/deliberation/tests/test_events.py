"""A log of events: whatever people write comes back, and a wrong line is named with its key."""

from __future__ import annotations

import json

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.tests.data import acts

GOOD = {"event": "vote", "participant": 1, "statement": 0, "vote": 1}


def log(place, *lines):
    (place / "log.jsonl").write_bytes("\n".join(lines).encode())
    return place / "log.jsonl"


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0b", "\x0c", "\r", "\r\n", "\n", "\x1c"])
def test_a_text_keeps_every_mark_that_may_end_a_line(mark, tmp_path):
    votes = acts([1], [0], [1])
    text = f"one{mark}two"
    whole = deliberation.Conversation(
        votes, pl.DataFrame({"statement": [0], "text": [text]}), votes.select("participant")
    )
    deliberation.write_events(whole, tmp_path / "new" / "log.jsonl")
    assert deliberation.read_events(tmp_path / "new" / "log.jsonl").statements["text"].to_list() == [text]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"event": "vote"}, "line 2: the event 'vote' lacks 'participant'"),
        ({"event": "statement", "text": "x"}, "line 2: the event 'statement' lacks 'statement'"),
        ({"event": "participant", "xid": "x"}, "line 2: the event 'participant' lacks 'participant'"),
        ({"event": ["vote"]}, "line 2 is no event"),
        (GOOD | {"vote": "yes"}, "line 2: 'vote' is \"yes\", but a vote is 1"),
        (GOOD | {"vote": 0.5}, "line 2: 'vote' is 0.5"),
        (GOOD | {"vote": float("inf")}, "line 2: 'vote' is Infinity"),
        (GOOD | {"vote": True}, "line 2: 'vote' is true"),
        (GOOD | {"participant": "b"}, "line 2: 'participant' is 'b', but line 1 names it by a number"),
        (GOOD | {"participant": 2**63}, "line 2: 'participant' is 9223372036854775808, but a name is"),
        (GOOD | {"statement": 1.5}, "line 2: 'statement' is 1.5, but a name is"),
        (GOOD | {"timestamp": "noon"}, "line 2: 'timestamp' is \"noon\", but a time is"),
        ({"event": "conversation", "layout": 5}, "line 2: 'layout' is 5, but that is an object"),
        ({"event": "conversation", "summary": []}, "line 2: 'summary' is [], but that is an object"),
        ({"event": "statement", "statement": 0, "moderated": "no"}, "line 2: 'moderated' is \"no\""),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_key(event, words, tmp_path):
    with pytest.raises(deliberation.ExportError) as refused:
        deliberation.read_events(log(tmp_path, json.dumps(GOOD), json.dumps(event)))
    assert words in str(refused.value)


def test_a_log_that_is_not_utf_8_is_named_with_its_line(tmp_path):
    path = log(tmp_path, json.dumps(GOOD))
    path.write_bytes(path.read_bytes() + b"\n\xff\xfe\n")
    with pytest.raises(deliberation.ExportError, match="line 2 is not UTF-8"):
        deliberation.read_events(path)
