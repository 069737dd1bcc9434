"""A conversation as the files of Pol.is, zipped: people under numbers and signs that lead to nobody."""

from __future__ import annotations

import io
import tempfile
import zipfile
from typing import Any

import polars as pl
from django.utils.crypto import salted_hmac

from minga.deliberation.engine.conversation import Conversation as Tables
from minga.deliberation.engine.polis_writing import write_polis
from minga.deliberation.engine.snapshot import points
from minga.deliberation.engine.texts.replies import without_formula
from minga.deliberation.models import Conversation, MapRun
from minga.deliberation.polis_words import about_files
from minga.deliberation.selectors import votes

#: Above this many cells the matrix of people and statements is left out: votes.csv says the same in less room.
MOST_CELLS = 5_000_000
#: in milliseconds, as all times of these files
_MINUTE = 60_000


def zipped(conversation: Conversation, address: str) -> bytes:
    """Return votes.csv, comments.csv, summary.csv, what they mean and, unless it would be huge, participants-votes.csv.

    Banned people are left out. Times are those of the full minute, so that nobody is found by having been watched.
    Words of rejected statements are left out, since they may be about somebody, and so are those that a moderator of a
    strict conversation has not read yet. What begins like a formula is marked, since spreadsheets open these files.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = write_polis(_tables(conversation, address), folder)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                archive.write(path, path.name)
            archive.writestr("README.txt", about_files())
    return packed.getvalue()


def _tables(conversation: Conversation, address: str) -> Tables:
    kept = votes.read_tables(conversation)
    sign = pl.col("participant").map_elements(_sign, return_dtype=pl.String)
    people = kept.participants.with_columns(sign=sign).sort("sign").with_row_index("number")
    people = people.with_columns(pl.col("number").cast(pl.Int64))
    numbers = people.select("participant", "number")
    acts = _acts(kept.votes, numbers)
    return Tables(
        votes=acts,
        statements=_statements(kept.statements, acts, numbers, least=1 if conversation.is_strict else 0),
        participants=_people(people, kept.statements, acts, _groups(conversation)),
        summary=_summary(conversation, acts, address),
    )


def _sign(pseudonym: str) -> str:
    """Return the sign of a person in the files, the same each time.

    The pseudonym stands in what people take along of their own, and could be demanded of them to prove how they voted;
    only the site's key leads from it to this sign.
    """
    return salted_hmac("minga.deliberation.files", pseudonym, algorithm="sha256").hexdigest()[:32]


def _acts(cast: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    minute = pl.col("timestamp") // _MINUTE * _MINUTE
    return cast.join(numbers, on="participant", maintain_order="left").select(
        timestamp=minute,
        datetime=_when(minute),
        statement=pl.col("statement"),
        participant=pl.col("number"),
        vote=pl.col("vote").cast(pl.Int64),
    )


def _when(milliseconds: pl.Expr) -> pl.Expr:
    return pl.from_epoch(milliseconds, time_unit="ms").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def _statements(told: pl.DataFrame, acts: pl.DataFrame, numbers: pl.DataFrame, least: int) -> pl.DataFrame:
    """Lay out the statements; words stand there from `least` on, as moderation is numbered."""
    counted = acts.group_by("statement").agg(agrees=(pl.col("vote") == 1).sum(), disagrees=(pl.col("vote") == -1).sum())
    minute = pl.col("timestamp") // _MINUTE * _MINUTE
    return (
        told.join(counted, on="statement", how="left", maintain_order="left")
        .join(numbers.rename({"participant": "author"}), on="author", how="left", maintain_order="left")
        .select(
            timestamp=minute,
            datetime=_when(minute),
            statement=pl.col("statement"),
            author=pl.col("number"),
            agrees=pl.col("agrees").fill_null(0),
            disagrees=pl.col("disagrees").fill_null(0),
            moderated=pl.col("moderated"),
            is_meta=pl.col("is_meta"),
            language=pl.col("language"),
            text=pl.when(pl.col("moderated") >= least).then(
                pl.col("text").map_elements(without_formula, return_dtype=pl.String)
            ),
        )
    )


def _groups(conversation: Conversation) -> pl.DataFrame:
    run: MapRun | None = conversation.maps.order_by("-is_published", "-pk").first()
    if run is None:
        return pl.DataFrame(schema={"participant": pl.String, "group": pl.Int64})
    return points(bytes(run.points)).select(participant=pl.col("pseudonym"), group=pl.col("group"))


def _people(people: pl.DataFrame, told: pl.DataFrame, acts: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    written = told.drop_nulls("author").group_by("author").agg(n_comments=pl.len().cast(pl.Int64))
    counted = acts.group_by("participant").agg(
        n_votes=pl.len().cast(pl.Int64), n_agree=(pl.col("vote") == 1).sum(), n_disagree=(pl.col("vote") == -1).sum()
    )
    listed = (
        people.join(groups, on="participant", how="left", maintain_order="left")
        .join(written, left_on="participant", right_on="author", how="left", maintain_order="left")
        .join(counted, left_on="number", right_on="participant", how="left", maintain_order="left")
        .select(
            participant=pl.col("number"),
            xid=pl.col("sign"),
            group=pl.col("group"),
            **{name: pl.col(name).fill_null(0) for name in ("n_comments", "n_votes", "n_agree", "n_disagree")},
        )
    )
    # without the column of groups the matrix is not written
    return listed if listed.height * told.height <= MOST_CELLS else listed.drop("group")


def _summary(conversation: Conversation, acts: pl.DataFrame, address: str) -> dict[str, Any]:
    run = conversation.maps.order_by("-is_published", "-pk").defer("points", "tables").first()
    return {
        "topic": conversation.title,
        "url": address,
        "voters": str(acts["participant"].n_unique()),
        "voters-in-conv": str(run.facts["counts"]["on_the_map"] if run is not None else 0),
        "commenters": str(conversation.statements.exclude(author=None).values("author").distinct().count()),
        "comments": str(conversation.statements.count()),
        "groups": str(len(run.facts["sizes"]) if run is not None else 0),
        "conversation-description": conversation.about,
    }
