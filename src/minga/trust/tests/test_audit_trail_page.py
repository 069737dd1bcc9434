"""The worked example of docs/methods/audit-trail.md, word for word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from minga.trust.chain import Head, append, seal, verify

PAGE = (Path(__file__).parents[4] / "docs/methods/audit-trail.md").read_text(encoding="utf-8")

ACTS = [
    ("mandate.granted", "person:a1", "person:b2", "assessor in body:1", "2026-11-02"),
    ("record.checked", "person:b2", "record:tn-0007", "", "2026-11-03"),
    ("mandate.ended", "person:a1", "person:b2", "assessor in body:1", "2026-11-30"),
]


def example():
    entries, head = [], None
    for act, actor, on, reason, day in ACTS:
        content = {"act": act, "actor": actor, "on": on, "reason": reason, "at": f"{day}T09:00:00.000000+00:00"}
        entries.append(append(head, content))
        head = Head(entries[-1].sequence, entries[-1].hash)
    return entries


def test_the_hashes_of_the_page_are_those_of_the_code():
    for entry in example():
        assert f"`{entry.hash[:19]}…`" in PAGE


def test_the_findings_of_the_page_are_those_of_the_code():
    one, two, three = example()
    forged = {**two.act, "actor": "person:c3"}
    changed = replace(two, act=forged)
    assert [found.message for found in verify([one, changed, three])] == [
        "Act 2 was changed: what it says does not give its hash."
    ]
    rehashed = replace(changed, hash=seal(2, two.previous, forged))
    (found,) = verify([one, rehashed, three])
    assert found.message == "Act 2 was replaced: act 3 carries another hash for the act before it."
    for message in ("Act 2 was changed: what it says does not give its hash.", "another hash for the act before it."):
        assert message in " ".join(PAGE.split())
    last = append(Head(2, rehashed.hash), three.act)
    assert verify([one, rehashed, last]) == ()
    (found,) = verify([one, rehashed, last], expected_head=Head(3, three.hash))
    assert (found.kind, found.first, found.last) == ("rewritten", 1, 3)
