"""Taking in, in the words of the page: refusals, problems of files with their remedy, and places in files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.deliberation import wording_consulting
from minga.deliberation.engine.vocabulary import STRATA

Words = str | Promise

REFUSALS: Mapping[str, Words] = {
    "none": _("There is no file. Choose one or more files."),
    "many": _("At most 100 files can be sent at once. Put more of them into one .zip file."),
    "size": _("A file is larger than this site takes. Send it in parts."),
    "adopted": _("The draft is adopted, so this stays as it is."),
    "changed": _("Somebody else changed this meanwhile. Read their words, then save yours again."),
    "nothing": _("There is nothing to take in. Mend the files, then send them again."),
    "running": _("It is being taken in. Wait until it is done."),
    "empty": _("There are no words. Type or paste what was said."),
    "long": _("The text is too long. Send it in parts."),
    "strata": _("One of the values is none of those offered. Choose again."),
    "no_pieces": _("No piece is chosen. Choose where a voice begins, or say that nothing here needs an answer."),
    "overlap": _("Some of these words are in a voice already. Choose other pieces, or undo that voice."),
    "words": _("A word stands here that the sender did not write. Leave words out, but put none in."),
    "withdrawn": _("The sender took this voice back. Nothing of it can be changed."),
    "answered": _("An answer or a comment rests on this voice, so it stays."),
    "missing": _("No file is kept of this source. Its text stands on its page."),
    "damaged": _("The file is not what was stored. Bring it back from a backup."),
    "no_key": _("The file is encrypted, and the site has no key for it. Ask whoever runs the site."),
    "wrong_key": _("The file is encrypted, and the site has no key for it. Ask whoever runs the site."),
    "twin": _("The same words of the same sender are here already."),
    "known": _("All of this is in the consultation already."),
}

#: What was left out and what to do about it, by the code of the problem.
PROBLEMS: Mapping[str, Words] = {
    "empty": _("The file is empty. Send it again, or leave it out."),
    "no_words": _("There are no words here. Look into it, fill the cell with the text, or leave it out."),
    "bytes": _("The file is larger than %(most)s MB. Send it in parts."),
    "kind": _("The content is nothing that can be read, whatever the name says. Save it as .docx, .pdf, .txt, .eml, "
              ".xlsx or .csv."),
    "old_office": _("The file is in an old format of Office (.doc or .xls). Save it as .docx or .xlsx."),
    "outlook": _("This mail of Outlook (.msg) cannot be read. Open it in Outlook, save it with “File”, “Save As” as "
                 "“Text Only (*.txt)”, and save what is attached to it beside it."),
    "form": _("The answers in this form can be read by the program alone in which it was filled in. Open it there, and "
              "print it to a new PDF file."),
    "picture": _("The file is a picture or a recording, and holds no text. Type what it says, or scan it with text "
                 "recognition (OCR)."),
    "protected": _("The file is protected by a password. Save it without one, then send it again."),
    "damaged": _("The file is damaged or incomplete. Open it in its program and save it again."),
    "macros": _("The file holds macros, which are programs. Save it as .docx or .xlsx without them."),
    "format": _("The file is a presentation or in a format of another office program. Save it as .docx, .xlsx or "
                ".pdf."),
    "bomb": _("The file would unpack to more than this site can hold, so it was not opened."),
    "many_files": _("There are %(count)s files or messages in it; %(most)s are the most. Send it in parts."),
    "attachments": _("There are more than %(most)s attachments. Send the others by themselves."),
    "pages": _("The file has %(count)s pages; %(most)s are the most. Send it in parts."),
    "characters": _("The text has more than %(most)s characters. Send it in parts."),
    "slow": _("Reading takes longer than %(most)s seconds. Save it again as PDF, or as text."),
    "no_text": _("There is no text, only a picture of it, as from a scanner. Scan it with text recognition (OCR), or "
                 "type what it says."),
    "crossed_out": _("Words are crossed out on this page. See in the file which ones."),
    "arabic_order": _("The order of Arabic words in this PDF is not sure. Check it against the file."),
    "nested": _("A spreadsheet or an archive inside another file is not read. Send it by itself."),
    "table": _("The spreadsheet cannot be read: %(reason)s"),
    "row": _("The row has too few or too many cells, or a double quote is not closed. Mend it."),
    "no_rows": _("The spreadsheet has no rows under its header. Add some, or leave it out."),
    "no_text_column": _("No column is known to hold the text. Say below which one it is, then check again."),
    "value": _("“%(value)s” is not known here; the cell was left out, the row is kept. Write one of: %(known)s."),
    "formula": _("“%(value)s” is a formula without a result, so the row was left out. Put the words there, then send "
                 "the row again."),
    "formula_cell": _("“%(value)s” is a formula without a result; the cell was left out, the row is kept. Put the "
                      "words there, or empty the cell."),
    "address": _("“%(value)s” is no e-mail address; the cell was left out, the row is kept. Write it as "
                 "name@example.org."),
    "date_order": _("In dates such as %(value)s nobody can tell day and month apart; the cells were left out, the rows "
                    "are kept. Say below which comes first, then check again."),
    "date": _("“%(value)s” cannot be read as a date; the cell was left out, the row is kept. Write it as 2026-03-31."),
}  # fmt: skip

#: Fields that a column can hold.
COLUMNS: Mapping[str, Words] = {
    "text": _("Columns with the text"),
    "name": _("Name"),
    "organization": _("Organization"),
    "address": _("E-mail address"),
    **wording_consulting.STRATUM_NAMES,
    "date": _("Day it was sent"),
    "language": _("Language"),
    "may_publish": _("May be shown in public (yes or no)"),
}
_PLACES: Mapping[str, Words] = {
    "page": _("page %(number)s"),
    "row": _("row %(number)s"),
    "rows": _("rows %(number)s"),
    "message": _("message %(number)s"),
    "paragraph": _("paragraph %(number)s"),
    "table": _("table %(number)s"),
    "sheet": _("sheet %(number)s"),
}
_PLACE = re.compile(r"\b(page|row|rows|message|paragraph|table) (\d+(?:, \d+)*)\b|\b(sheet) ([^;]+)")
_IS_FILE = re.compile(r"\.\w{2,5}$")
#: So many rows are named on a page; the table of all problems names the rest.
_ROWS = 12


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page again."))


def problem(one: Mapping[str, Any]) -> str:
    """Say what was left out and what to do about it; in English where no words of ours fit."""
    words = PROBLEMS.get(one["code"])
    if words is None:
        return str(one["message"])
    try:
        return str(words) % (one["values"] | _known(one["values"]))
    except (KeyError, TypeError, ValueError):
        return str(one["message"])


def _known(values: Mapping[str, Any]) -> dict[str, str]:
    """Name the values that a cell can have, in the language of the page."""
    wanted = values.get("wanted", "")
    if wanted == "may_publish":
        return {"known": f"{_('yes')}; {_('no')}"}
    if wanted == "language":
        return {"known": "; ".join(name for _code, name in settings.LANGUAGES)}
    if wanted in STRATA:
        return {"known": "; ".join(str(wording_consulting.stratum_value(wanted, one)) for one in STRATA[wanted])}
    return {}


def place(text: str, most: int = _ROWS) -> str:
    """Name a place in a file, such as "page 3"; of many rows the first ones."""

    def named(found: re.Match[str]) -> str:
        word, number = (found[1], found[2]) if found[1] else (found[3], found[4])
        rows = number.split(", ")
        if word == "rows" and len(rows) > most:
            number = f"{', '.join(rows[:most])} …"
        return str(_PLACES[word]) % {"number": number}

    steps = text.split(" › ")  # of a file in a file; the name of one stays as it is
    return " › ".join(step if _IS_FILE.search(step) else _PLACE.sub(named, step) for step in steps)
