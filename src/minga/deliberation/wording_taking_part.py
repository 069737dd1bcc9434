"""What the pages of a conversation say: statements in the page's language, votes, doors, and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation.wording_consulting import language

Words = str | Promise


# ---------------------------------------------------------------- statements
@dataclass(frozen=True)
class Said:
    """A statement as the page shows it: the original, or a translation with the original beside it."""

    statement: Any
    text: str
    language: str
    #: "human" or "machine" where it is a translation
    translated_by: str = ""

    @property
    def original(self) -> str:
        """The words as they were written; empty where these are shown."""
        return self.statement.text if self.translated_by else ""

    @property
    def is_foreign(self) -> bool:
        """Whether it is shown in a language other than the page's."""
        return self.language != language()


def said(statement: Any) -> Said:
    """Return a statement in the language of the page if there is a translation, otherwise as it was written."""
    translated = statement.translations.get(language()) if statement.language != language() else None
    if not translated or not translated.get("text"):
        return Said(statement, statement.text, statement.language)
    return Said(statement, translated["text"], language(), "human" if translated.get("by") == "human" else "machine")


TRANSLATED_BY: Mapping[str, Words] = {
    "human": _("translated by a person"),
    "machine": _("translated by a machine: it may be wrong"),
}

VOTES: Mapping[int | None, Words] = {
    1: _("You agree"),
    -1: _("You disagree"),
    0: _("You passed"),
    None: _("Taken back"),
}

STATEMENT_STATES: Mapping[str, Words] = {
    "waiting": _("waits for a moderator"),
    "accepted": _("accepted: others vote on it"),
    "rejected": _("left out by a moderator"),
}

WITHDRAWN = _("withdrawn by you")
#: a waiting statement where others vote on it meanwhile
WAITS_OPENLY = _("others vote on it; a moderator has not looked yet")


# ---------------------------------------------------------------- refusals
REFUSALS: Mapping[str, Words] = {
    "closed": _("This conversation is closed, so nothing was changed. Its report shows what came of it."),
    "gone": _("Your vote was not stored: a moderator looks at this statement or left it out, or its author withdrew "
              "it."),
    "unknown": _("Your vote was not stored: this conversation has no such statement. Look at the page again."),
    "vote": _("The page was damaged on its way, so your vote was not stored. Please vote again."),
    "cookie": _("This browser does not keep cookies, so it cannot find its place again. Allow cookies for this site "
                "and try again."),
    "code": _("Only people with an invitation code take part here. Type your code first."),
    "wrong_code": _("This code opens nothing here: it is mistyped, or somebody has used it already. Check it letter by "
                    "letter, or ask for a new one."),
    "member": _("Only members of the alliance are verified: people who belong to an organization or hold a task in the "
                "alliance."),
    "no_statements": _("Only the organizers add statements to this conversation."),
    "empty": _("There are no words in it. Write what you think, in one sentence."),
    "many": _("Many of your statements still wait for a moderator. Add more when these were read."),
    "same": _("Somebody has said the same already. Vote on that statement: your voice counts there."),
    "same_waits": _("Somebody has sent the same already, and a moderator reads it first. Then you can vote on it."),
    "theirs": _("This is no statement of yours. Look at your place again."),
    "voted": _("Others have voted on these words, or they were left out, so they stay. Add new ones."),
    "stays": _("It was accepted and others have voted on it, or it was left out. Ask the organizers."),
    "changed": _("A moderator changed it meanwhile. Look at it again."),
    "strata": _("One of the answers is none of those offered. Choose another one, or leave it out."),
}  # fmt: skip


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page again."))
