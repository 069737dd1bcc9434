"""What the files of a conversation hold, for whoever opens them: in English, and in the language of the page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

#: One paragraph each, as the files follow.
_PARAGRAPHS: tuple[Promise, ...] = (
    _("votes.csv has one row for each vote, participants-votes.csv one for each person and one column for each "
      "statement. In both, 1 agrees, -1 disagrees, and 0 passes; an empty cell is no vote."),
    _("group-id says to which group of opinion somebody belongs: 0 is group A of the report, 1 is group B, and so on; "
      "it is empty for people in no group."),
    _("xid is a random sign of a person in this conversation. It leads to nobody: the site keeps no name beside a "
      "vote, and times are those of the full minute or coarser. Votes of banned people and words of rejected "
      "statements are left out."),
    _("Licence: CC BY 4.0. Name the consultation and its address, which stands in summary.csv."),
)  # fmt: skip


def about_files() -> str:
    """Return the text that lies beside the files; twice where the page is not in English."""
    current = get_language() or "en"
    texts = [_in("en"), *([_in(current)] if current != "en" else [])]
    # a text editor reads UTF-8 by the mark at its beginning
    return "\ufeff" + "\r\n".join(line for text in texts for line in text) + "\r\n"


def _in(language: str) -> list[str]:
    with override(language):
        return list(_lines())


def _lines() -> Iterator[str]:
    for paragraph in _PARAGRAPHS:
        yield str(paragraph)
        yield ""
