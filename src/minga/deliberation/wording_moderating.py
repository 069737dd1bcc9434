"""Moderation, maps and set-up in the words of the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    "reason": _("Write the reason, at least ten characters. It stands in the public log."),
    "changed": _("Somebody else decided on this meanwhile. Look at it again, then decide."),
    "second": _("You asked for a second look, so somebody else decides on this statement."),
    "voted": _("People have voted on these words, so they stay. Reject the statement, or leave it as it is."),
    "length": _("The statement is empty or too long. Mend it, then save."),
    "language": _("Choose a language other than the one in which it was written."),
    "state": _("The conversation has moved on meanwhile. Look at this page again."),
    "gone": _("This map was deleted meanwhile, since newer ones took its place. Publish a newer one."),
    "few": _("Fewer than five people voted, so that a report would show each of them. Publish it when more have."),
    "taken": _("Another conversation has this address already. Choose another word."),
    "slug": _("This word cannot stand in an address. Use small letters of the Latin alphabet, digits and hyphens."),
    "consultation": _("The consultation is not open. Open it first, then its conversation."),
    "nothing": _("There is no statement to vote on. Write the first ones, at least three, then open."),
    "codes": _("So many codes cannot be made at once. Ask for 1 to 500."),
    "not_empty": _("The conversation has statements already. Take the files into a new one."),
    "text": _("No statement was found. Write one a line, or give a file with a column “text”."),
}  # fmt: skip

FLAGS: Mapping[str, Words] = {
    "identical": _("The same ten or more votes as four or more others who began at the same time"),
    "one_answer": _("Ten or more votes, all the same"),
    "speed": _("Half of the votes came within a second of the one before"),
    "late_bloc": _("Began late, together with others who vote much alike"),
}

#: orders in which all statements are listed
ORDERS: Mapping[str, Words] = {
    "number": _("by number"),
    "agree": _("most agreement first"),
    "disagree": _("most disagreement first"),
    "divisive": _("most divided first"),
    "weight": _("most often asked first"),
}

#: why a first statement stays out
FAULTS: Mapping[str, Words] = {
    "long": _("too long"),
    "twice": _("stands there already"),
    "language": _("the language is none of this site’s"),
    "many": _("more than 500 at once"),
    "unread": _("the row has more or fewer cells than the header"),
}


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page again."))


def flag(kind: str) -> Words:
    """Say what a flag means."""
    return FLAGS.get(kind, kind)


def rules(consultation: Any) -> list[tuple[str, str]]:
    """Return the published rules as choices, by their number."""
    return [(str(number), line) for number, line in enumerate(wording_consulting.policy(consultation), start=1)]


def full_reason(consultation: Any, rule: str, words: str) -> str:
    """Put the rule that is broken before the moderator's own words, as the log keeps both."""
    line = dict(rules(consultation)).get(rule, "")
    return " ".join(part for part in (line, words.strip()) if part)
