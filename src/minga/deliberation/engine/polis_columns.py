"""What the files of an export of Pol.is and their columns are called, there and here."""

from __future__ import annotations

from collections.abc import Sequence

#: Each part of an export, and the names under which it is found.
FILES = {
    "votes": ("votes.csv",),
    "comments": ("comments.csv", "statements.csv"),
    "participants-votes": ("participants-votes.csv", "participant-votes.csv"),
    "summary": ("summary.csv",),
}
#: A name in a header (small letters, hyphens for underscores and blanks) and ours.
VOTES = {"timestamp": "timestamp", "datetime": "datetime", "comment-id": "statement", "statement-id": "statement",
         "tid": "statement", "voter-id": "participant", "participant-id": "participant", "participant": "participant",
         "pid": "participant", "vote": "vote"}  # fmt: skip
COMMENTS = {"timestamp": "timestamp", "datetime": "datetime", "comment-id": "statement", "statement-id": "statement",
            "tid": "statement", "author-id": "author", "agrees": "agrees", "disagrees": "disagrees",
            "moderated": "moderated", "mod": "moderated", "comment-body": "text", "txt": "text",
            "is-meta": "is_meta", "is-seed": "is_seed", "lang": "language"}  # fmt: skip
PEOPLE = {"participant": "participant", "xid": "xid", "group-id": "group", "n-comments": "n_comments",
          "n-votes": "n_votes", "n-agree": "n_agree", "n-disagree": "n_disagree"}  # fmt: skip
WHOLE = {"statement", "participant", "vote", "timestamp", "author", "agrees", "disagrees", "moderated", "is_meta",
         "is_seed", "group", "n_comments", "n_votes", "n_agree", "n_disagree"}  # fmt: skip
#: Columns that some exports fill with true and false.
TRUTHS = {"is_meta", "is_seed"}
#: By part of an export: the names of its columns, and those it cannot be without.
COLUMNS = {
    "votes": (VOTES, ("statement", "participant", "vote")),
    "comments": (COMMENTS, ("statement",)),
    "participants-votes": (PEOPLE, ("participant",)),
}


def own_names(header: Sequence[str], part: str) -> list[str]:
    """Return what the columns of a file are called here.

    Parameters
    ----------
    header : names of columns as they stand in the file
        With hyphens, underscores or blanks, in small or capital letters.
    part : "votes", "comments" or "participants-votes"

    Returns
    -------
    names, as many and in the same order
        A column that is unknown keeps its name; in the matrix as it is written, else with hyphens.
    """
    names = COLUMNS[part][0]
    is_matrix = part == "participants-votes"
    return [names.get(_plain(name), name.strip() if is_matrix else _plain(name)) for name in header]


def usual_names(part: str) -> dict[str, str]:
    """Return the names that Pol.is gives the columns of a file, by ours."""
    usual: dict[str, str] = {}
    for theirs, ours in COLUMNS[part][0].items():
        usual.setdefault(ours, theirs)
    return usual


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")
