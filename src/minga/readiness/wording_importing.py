"""What pages say about imports: the codes of the engine in the words of the page's language."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.readiness.engine.incoming import CellProblem, Notice

Words = str | Promise

PROBLEMS: dict[str, Words] = {
    "no_name": _("The name of the business is missing. Write it, or give the code of its paper form."),
    "unknown_country": _(
        "“%(found)s” is no country. Write its two letters, such as CV; the sheet of codes lists them."
    ),
    "unknown_sector": _(
        "“%(found)s” is no activity. Write the two digits of its ISIC division, such as 10; the sheet of codes lists "
        "them."
    ),
    "unknown_size": _("“%(found)s” is no size. Write micro, small, medium or large, or how many people work there."),
    "size_became_a_date": _("“%(found)s” is a date: spreadsheet programs turn 1-9 into one. Write micro instead."),
    "unknown_location": _("“%(found)s” is no location. Write city, town or rural, or leave the cell empty."),
    "unknown_form": _("“%(found)s” is no form. Write short or full, or leave the cell empty."),
    "unknown_language": _("“%(found)s” is no language of this site. Write one of %(known)s, or leave the cell empty."),
    "unknown_goals": _(
        "“%(found)s” cannot be used as goals. Write at most three of %(known)s, with blanks between them."
    ),
    "unknown_limit": _("“%(found)s” is no limit. Write one of %(known)s, or leave the cell empty."),
    "bad_date": _("“%(found)s” is no date. Write it as year-month-day, such as 2026-03-31."),
    "future_date": _("“%(found)s” lies in the future. Write the day on which the answers were given."),
    "bad_level": _(
        "“%(found)s” is no answer. Write a level from 0 to %(top)s, dk (do not know), na (does not apply), or "
        "leave the cell empty."
    ),
    "na_not_allowed": _("This question applies to every business, so na cannot stand here. Write a level, or dk."),
    "na_without_reason": _("na needs a reason. Write in column %(reason)s why the question does not apply."),
    "too_long": _("The text has %(found)s characters, but at most %(most)s can be kept. Shorten it."),
    "no_answers": _("The row holds no answer. Write levels into the columns of the questions, or remove the row."),
    "unknown_item": _(
        "“%(found)s” is not among the questions that were chosen. Correct it, or choose the supplement it belongs to."
    ),
    "answered_twice": _(
        "The question %(found)s is answered twice, first in row %(first)s. Remove one of the two rows."
    ),
    "twice": _(
        "The same business stands in row %(first)s already. Remove one of the two rows, or write an id in each."
    ),
    "differs": _("The business has other values in row %(first)s. Write the same in every row of a business."),
    "bad_code": _("“%(found)s” is no complete code. Compare it with the paper form, or leave the cell empty."),
    "no_such_code": _(
        "“%(found)s” opens no assessment that you may fill in. Compare it with the paper form, or leave the cell empty "
        "to make a new one."
    ),
    "closed": _(
        "The assessment of this code was submitted, so its answers are closed. Ask its owner to open it again."
    ),
    "other_questions": _(
        "The assessment of this code asks other questions: %(found)s. Use the form that belongs to it."
    ),
    "no_version": _("The submission does not say which form it answers. Export it with the question minga_version."),
    "unknown_version": _(
        "It answers the form version “%(found)s”, which is not known here. Bring the form: the secretariat gives the "
        "XLSX file it was made from together with the answers."
    ),
    "row_shape": _("The row has more or fewer cells than the header, or a quote that is not closed. Complete it."),
}
NOTICES: dict[str, Words] = {
    "column_ignored": _("Column “%(found)s” is not known and was left aside."),
    "repeated": _("Repeated submissions: %(count)s. Each submission counts once."),
    "repeated_differs": _("The submission %(found)s came twice with different answers; the newer one counts."),
    "no_sheet_of_answers": _("Sheet “%(found)s” was read; others were left aside."),
}
BASES: dict[str, Words] = {
    "in-person": _("face to face"),
    "telephone": _("on the telephone"),
    "written": _("in writing, such as on the paper form"),
}
OUTCOMES: dict[str, Words] = {
    "made": _("new"),
    "known": _("imported before"),
    "added": _("added to its own check"),
    "refused": _("not stored"),
}


def problem(one: CellProblem) -> str:
    """Say what is wrong with a cell, what was expected there, and what to do."""
    return str(PROBLEMS[one.code]) % one.values


def notice(one: Notice) -> str:
    """Say what is worth knowing."""
    return str(NOTICES[one.code]) % one.values


def outcomes(results: list[Any]) -> dict[str, int]:
    """Count what became of the businesses."""
    return {name: sum(one.outcome == name for one in results) for name in OUTCOMES}
