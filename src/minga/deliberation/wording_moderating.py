"""Moderation, maps and set-up in the words of the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting
from minga.deliberation.models import ModerationAct

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    "rule": _("Choose the rule that the statement breaks: it is left out only for one of these rules. A sentence can "
              "say more."),
    "reason": _("Write the reason, at least ten characters. It stands in the public log."),
    "changed": _("Somebody else decided on this meanwhile. Look at it again, then decide."),
    "second": _("You asked for a second look, so somebody else decides on this statement."),
    "asked": _("A second look is asked for already. Somebody else decides, or the request is taken back."),
    "withdrawn": _("Its author withdrew this statement, so nobody decides on it any more."),
    "nobody": _("Choose at least one person, then decide."),
    "unchosen": _("Choose at least one statement, then what shall become of it."),
    "voted": _("Others have voted on these words, so they stay. Reject the statement, or leave it as it is."),
    "same_words": _("These are the words as they stand. Change them, then save."),
    "length": _("The statement is empty or too long. Mend it, then save."),
    "language": _("Choose a language other than the one in which it was written."),
    "state": _("The conversation has moved on meanwhile. Look at this page again."),
    "gone": _("This map was deleted meanwhile, since newer ones took its place. Publish a newer one."),
    "few": _("Fewer than five people voted, so that a report would show each of them. Publish it when more have."),
    "promised": _("The conversation was open already, and people were not told that votes are published. Leave that "
                  "switched off."),
    "taken": _("Another conversation has this address already. Choose another word."),
    "slug": _("This word cannot stand in an address. Use small letters of the Latin alphabet, digits and hyphens."),
    "consultation": _("The consultation is not open. Open it first, then its conversation."),
    "ended": _("The consultation is not open any more, so a conversation in it could not be opened. Open the "
               "consultation again first."),
    "nothing": _("There is no statement to vote on. Write the first ones, at least three, then open."),
    "codes": _("So many codes cannot be made at once. Ask for 1 to 500."),
    "not_empty": _("The conversation has statements already. Take the files into a new one."),
    "no_table": _("The file could not be read as a table: it is empty, names a column twice, or is no CSV. Mend it, "
                  "then try again."),
    "no_column": _("The table has no column of texts. Call one of its columns “text”."),
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


def reasoned(consultation: Any, rule: str, words: str) -> dict[str, str]:
    """Return rule and reason as a decision keeps them.

    A rule with which every consultation begins is kept by its name, so that everyone reads it in their language; one
    of the consultation's own is put before the moderator's words, since the team may write other rules tomorrow.
    """
    line = dict(wording_consulting.grounds(consultation)).get(rule, "")
    if wording_consulting.rule(rule) and line:
        return {"rule": rule, "reason": words.strip()}
    mark = ModerationAct.OWN_RULE if line else ""
    return {"rule": mark, "reason": " ".join(part for part in (line, words.strip()) if part)}


def figure(flag: Any) -> Words:
    """Say the figure behind a flag; the number of votes stands beside it anyway."""
    value = flag.detail.get("figure")
    if value is None or flag.kind not in FIGURES:
        return ""
    return FIGURES[flag.kind] % {"seconds": formats.number_format(value, 2), "percent": round(100 * value)}


FIGURES: Mapping[str, Words] = {
    "speed": _("Middle time between two votes: %(seconds)s s"),
    "late_bloc": _("Where two of them voted on the same statement, %(percent)s %% of the votes are the same"),
}
