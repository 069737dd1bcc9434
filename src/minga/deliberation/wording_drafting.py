"""Drafts in the words of the page's language: changes of clauses, refusals, and what stands behind a clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_answering
from minga.deliberation.engine.texts.document import first_words

Words = str | Promise

_CHANGED = _("Somebody else changed this clause meanwhile. Their words stand beside yours: read them, then save again.")
REFUSALS: Mapping[str, Words] = {
    # beginning and writing
    "title": _("The draft needs a title. Write one."),
    "taken": _("Another draft of this consultation has this word in its address. Choose another one."),
    "consultation": _("This consultation is adopted, so no draft begins in it any more."),
    "published": _("A version of this draft is published, so it stays. Publish a better one instead."),
    "why": _("Say why the draft is withdrawn: everyone reads it."),
    "state": _("This draft is adopted or withdrawn, so nothing in it changes any more."),
    "gone": _("This clause was taken out of the draft meanwhile. Bring it back, or leave it."),
    "empty": _("The clause has neither a heading nor a text. Write one, or take the clause out."),
    "long": _("The clause is too long. Shorten it, or split it in two."),
    "many": _("This draft holds as many clauses as a draft can hold. Begin a second one."),
    "changed": _CHANGED,
    "answer": _("Only answers of this consultation that accept something can lead to a change."),
    # shape
    "inside": _("A clause cannot be put inside or behind itself. Choose another place."),
    "parts": _("There must be at least two parts. Choose where the second one begins, or another clause."),
    "standing": _("This clause stands in the draft already."),
    "lives_on": _("This clause lives on in another one. Split that one, or write a new clause."),
    # versions and adoption
    "preparation": _("The consultation is still in preparation. Open it, then publish the draft."),
    "unchanged": _("Nothing was changed since the last version, so there is nothing to publish."),
    "blank": _("No clause stands in the draft. Write one first."),
    "lineage": _("Two clauses come from each other in a circle. Take the last merge back, then publish."),
    "unpublished": _("No version of this draft is published. Publish one, then adopt it."),
    "unheard": _("Letters wait in which nobody has looked for voices. Split them, or say that none needs an answer."),
    "unmapped": _(
        "The last votes of a conversation stand in no map. Calculate it, then answer what all groups agree on."
    ),
    "prompts": _(
        "Clauses still say what the template says belongs there. Write them, or take them out, and publish again."
    ),
    "newer": _("Something was changed since the last version. Publish it first, so that it is clear what is adopted."),
    "open": _("The consultation still takes voices in. Close it, answer what came in, then adopt the draft."),
    "second": _("You published the last version yourself. Ask a second person of the team to adopt it."),
    "decision": _("Name the decision: who decided and when, or its permanent link."),
    "missing": _("Something still stands in the way of adopting the draft. It is listed below."),
    # notes
    "silent": _("Nothing is said. Write a comment, or the words that the clause should have."),
    "long_note": _("A comment has at most 5,000 characters. Shorten it."),
    "unread": _("This clause does not stand in that version of the draft. Look at the newest version."),
    "same": _("The proposed words are those that stand there already. Change them, or add a comment."),
    "taken_back": _("The author took these words back, so nothing can be decided about them any more."),
    "decided": _("Somebody decided about this note meanwhile. Look at it again."),
    "amendment": _("Only proposed words can be taken into the draft or refused. Answer this comment."),
    "adopted": _("The draft is adopted, so nothing can be taken in any more."),
}


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code) or wording_answering.refusal(code)


#: What happened to a clause, as a tag beside its number.
KINDS: Mapping[str, Words] = {
    **wording_answering.KINDS,
    "same": _("unchanged"),
    "moved": _("moved"),
}
#: Colour of the tag; the word says the same.
KIND_TONES: Mapping[str, str] = {"add": "good", "delete": "bad", "edit": "warn", "split": "warn", "merge": "warn"}

#: Rules of the trace that stop an adoption: what to do, and where (a page of the desk).
MISSING: Mapping[str, tuple[Words, str]] = {
    "voice_unanswered": (_("This voice has no answer, neither its own nor that of a theme."), "answers"),
    "consensus_unanswered": (_("All groups agree on this statement, but nobody answered it."), "answers"),
    "change_undone": (
        _("An answer accepts and points to a clause, but that change is no longer in the draft."),
        "answers",
    ),
    "cover_gone": (
        _("An answer says that a clause covers it already, but that clause is no longer in the draft."),
        "answers",
    ),
    "accepted_without_clause": (
        _("This answer accepts something, but no clause carries it. Say at a clause which answer led to it."),
        "answers",
    ),
    "evidence_incomplete": (_("A piece of evidence lacks its link or the value cited."), ""),
    "reason_short": (_("An answer that does not follow a voice gives no reason of 40 characters."), "answers"),
}
#: Rules of the trace that stop nothing, but that who adopts should know.
ADVICE: Mapping[str, Words] = {
    "clause_unsourced": _("No voice stands behind this clause. Say where it comes from."),
    "theme_unanswered": _("The theme as a whole has no answer, so each of its voices needs one of its own."),
    "voice_unread": _("Nobody found a theme in this voice. Give it one."),
}
#: Beside an accepted answer that a clause carries in words that are not published yet.
NOT_PUBLISHED: Words = _("It stands in a text that is not published yet. Publish version %(number)s.")
#: Beside a clause that nobody has written yet.
PROMPT: Words = _("It still says what the template says belongs there. Write it, or take it out.")
#: Beside the number of letters that nobody has looked through.
UNREAD: Words = _(
    "Voices may be hidden there. Split what is read into voices, or say that nothing in it needs an answer."
)
#: Beside a conversation whose last votes stand in no map.
UNMAPPED: Words = REFUSALS["unmapped"]
_OTHER = _("Answers and clauses do not hold together here. Look at the answer again.")


def missing(rule: str) -> Words:
    """Say what stands in the way of adopting a draft, or what is good to know before."""
    return ADVICE.get(rule) or MISSING.get(rule, (_OTHER, ""))[0]


def answer_name(answer: Any) -> str:
    """Name what an answer answers: a theme by its name, a voice or a statement by its first words."""
    if answer.theme is not None:
        return f"{answer.theme.code} {answer.theme.name}"
    if answer.statement is not None:
        return f"{answer.statement.number}: {_short(answer.statement.text)}"
    return f"{answer.voice.code} {_short(answer.voice.text)}".strip()


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 90 else f"{line[:89]}…"


def heading_of(heading: str, text: str) -> str:
    """Return the heading of a clause; one without is called by its first words."""
    return heading or first_words(text)


def clause_name(row: Any) -> str:
    """Name a clause by its number and its heading, or by its first words."""
    return clause_title(row.code, row.heading, row.text)


def clause_title(code: str, heading: str, text: str) -> str:
    """Name a clause by its number and its heading, or by its first words."""
    return f"{code} {heading_of(heading, text)}".strip()
