"""Themes, answers, coverage and receipts in the words of the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models import Disposition
from minga.deliberation.selectors.citing import UNCHECKED
from minga.web.numbers import local_number

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    # themes
    "name": _("A theme needs a name. Write one."),
    "twice": _("There is a theme of this name already. Use it, or choose another name."),
    "changed": _("Somebody else changed this meanwhile. Read their words, then save yours again."),
    "same": _("Choose another theme: the voices stand under this one already."),
    "ended": _("This theme is out of use. Choose another one."),
    "voices": _("Voices stand under this theme. Move them, or merge it into another theme."),
    "none_chosen": _("Tick the voices that belong together, then choose what to do with them."),
    "nowhere": _("Choose a theme, or name a new one."),
    "listed": _("Other voices are listed now than when this page was made, so nothing was changed. Look at the list, "
                "then send again."),
    # answers
    "answer": _("Choose an answer."),
    "reason": _("Who is not fully followed is owed a reason of at least 40 characters. Say why."),
    "duplicate": _("Name the voice of this consultation that says the same, by its number."),
    "covered": _("This clause stands in no published text of the consultation. Choose another one, or none."),
    "itself": _("A voice cannot say the same as itself. Name another one, which said it first."),
    "circle": _("That voice was itself said to repeat this one, so nobody would be answered. Answer one of them."),
    "answered": _("Somebody else answered this while you were writing. Their answer stands below; yours is kept in the "
                  "form. Save again if yours shall replace theirs."),
    "adopted": _("The draft is adopted, so this stays as it is."),
    "replaced": _("A later answer replaced this one. Go on with that."),
    "elsewhere": _("The clause belongs to another consultation. Choose one of this consultation."),
    # evidence
    "link": _("A permanent link begins with https://, or is the address of a page of this site. Copy it from there."),
    "nothing": _("This page of this site holds no figure that can be cited. These do: a figure of an index, the "
                 "published result of a panel, and a record. Copy the permanent link of one of them."),
    "cited": _("This is cited here already, with the same value."),
    "value": _("Write the value as it is today, so that a reader sees later what was known."),
}  # fmt: skip


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page again."))


def cited_value(value: str, link: str) -> str:
    """Word the value of a piece of evidence in the language of the page: a number, or when a record was checked.

    Only this site keeps days as values; another site's words stay as somebody typed them.
    """
    if not link.startswith("/"):
        return local_number(value)
    if value == UNCHECKED:
        return gettext("no date of check")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return local_number(value)
    return gettext("checked on %(day)s") % {"day": date_format(day, "DATE_FORMAT")}


#: Answers as whole words to a reader.
ANSWERS: Mapping[str, Words] = dict(Disposition.Answer.choices)


# ---------------------------------------------------------------- coverage
MEASURES: Mapping[str, tuple[Words, Words]] = {
    # files keep the older word "read"; the page says what is counted
    "read": (_("Given a theme"), _("voices in which somebody found a theme, of all voices")),
    "answered": (_("With an answer"), _("voices with an answer, their own or that of a theme, of all voices")),
    "accepted": (_("Followed"), _("voices that were accepted, at least in part, of those answered")),
    "traced": (_("Found in the text"), _("accepted voices that led to a change now in force, of those accepted")),
    "unsourced": (_("Clauses without a voice"), _("clauses of the last version behind which no voice stands")),
    "own_reason": (_("Reasons of their own"), _("rejections whose reason no other answer repeats, of all rejections")),
}

#: The same words as in the files.
NOT_STATED: Words = _("not stated")

#: What the columns of the files hold, in the words of the page; the measures stand in `MEASURES`.
COLUMNS: Mapping[str, Words] = {
    "numerator": _("Counted"),
    "denominator": _("Of"),
    "share": _("Per cent, here as a share from 0 to 1"),
    "difference": _("Difference to others"),
    "ratio": _("How many times as often as among others"),
    "who_spoke": _("Who spoke"),
    "people": _("Senders"),
    "reference": _("In the population, as a share from 0 to 1"),
    "dissimilarity": _("Index of dissimilarity"),
    "other_population": _("All others in the population"),
    "not stated": NOT_STATED,
    "withheld": _("withheld"),
}

WITHHELD: Mapping[str, Words] = {
    "few": _("too few people to show"),
    "protects": _("not shown, because a smaller group could be worked out"),
}

#: What happened to a clause, as a reader sees it.
KINDS: Mapping[str, Words] = {
    "add": _("added"),
    "edit": _("changed"),
    "split": _("came of a split"),
    "merge": _("came of a merge"),
    "delete": _("taken out"),
    "none": _("said so already"),
}
