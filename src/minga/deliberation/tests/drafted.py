"""A strategy of an island country with every kind of words in it, as tests of its files write it."""

from __future__ import annotations

import io
from datetime import date

import docx

from minga.deliberation.engine.templates import template
from minga.deliberation.engine.texts.akoma import NAMESPACE
from minga.deliberation.engine.texts.document import ClauseText, DraftText, Note, VersionLine
from minga.deliberation.engine.texts.drafts import write_draft

AKN = {"a": NAMESPACE}
WORDS = """Small firms & co. get <advice>.

- by telephone
- at their site,
  in a week

3. First try.
4. Then buy.

Two
lines."""
VOICE = Note("voice", "V3", "We need <advice> & time.", "https://minga.example/v/3/")
EVIDENCE = Note("evidence", "", "Readiness of Tunisia · 2.4", "https://minga.example/figure?a=1&b=2")


def clauses(language="en"):
    """Number the clauses of a template as a draft does."""
    found = []

    def add(given, above="", parent=None, depth=0):
        for count, each in enumerate(given, start=1):
            code = f"C{len(found) + 1}"
            notes = (VOICE, EVIDENCE) if code == "C2" else ()
            link = f"https://minga.example/c/{len(found) + 1}/"
            found.append(
                ClauseText(code, f"{above}{count}", each.heading, f"{each.text}\n\n{WORDS}", depth, parent, link, notes)
            )
            add(each.children, f"{above}{count}.", code, depth + 1)

    add(template("strategy", language))
    return tuple(found)


def draft(language="en", **changed):
    given = {
        "title": "A strategy *for* the <islands>",
        "name": "islands",
        "kind": "strategy",
        "language": language,
        "version": 2,
        "clauses": changed.get("clauses") or clauses(language),
        "versions": (VersionLine(1, date(2026, 3, 1)), VersionLine(2, date(2026, 5, 2), "Skills\nadded")),
        "consultation": "AI for the islands",
        "publisher": "Ministry of Industry",
        "country": "CV",
        "address": "https://minga.example/v/2/",
    }
    return DraftText(**given | changed)


def opened(**changed):
    return docx.Document(io.BytesIO(write_draft(draft(**changed), "docx")))
