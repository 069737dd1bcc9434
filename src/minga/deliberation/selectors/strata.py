"""Who takes part in a conversation, as far as people said: counts that may be shown, beside the stated population."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from minga.deliberation.engine.coverage import NOT_STATED, participation
from minga.deliberation.engine.vocabulary import STRATA
from minga.deliberation.models import Conversation
from minga.stats.release import withhold_small_groups

#: Stands for all values that are withheld, where they are compared with the population together.
_POOLED = "withheld values together"


def participation_of(conversation: Conversation, voters: Iterable[str], least: int) -> dict[str, Any]:
    """Count voters by what they said about themselves.

    Returns
    -------
    by stratum: ``rows`` (``value``, ``people``, ``share``, ``reference``, ``withheld``), ``not_stated`` and
    ``dissimilarity``, which is null without a stated population, and counts withheld values together
    """
    counted = set(voters)
    people = [
        (str(pseudonym), told)
        for pseudonym, told in conversation.participants.filter(banned_at=None).values_list("pseudonym", "strata")
        if str(pseudonym) in counted
    ]
    population = conversation.consultation.reference_population or {}
    return {stratum: stratum_of(people, stratum, population.get(stratum) or {}, least) for stratum in STRATA}


def stratum_of(
    people: list[tuple[str, Mapping[str, str]]], stratum: str, reference: Mapping[str, float], least: int
) -> dict[str, Any]:
    """Count people by what they said of one thing, and set them beside a population; as in `participation_of`."""
    said = [(name, told.get(stratum) or None) for name, told in people]
    table = pl.DataFrame(said, schema={"author": pl.String, stratum: pl.String}, orient="row")
    shown = _counted(table, stratum, least)
    rows = shown.filter(pl.col("value") != NOT_STATED).rows(named=True)
    silent = shown.filter(pl.col("value") == NOT_STATED)["people"].to_list()
    wanted = {value: share for value, share in reference.items() if share > 0}
    total = sum(wanted.values())
    for row in rows:
        row["reference"] = wanted[row["value"]] / total if row["value"] in wanted else None
    return {
        "rows": rows,
        "not_stated": silent[0] if silent else 0,
        "dissimilarity": _dissimilarity(table, stratum, wanted, {row["value"] for row in rows if row["withheld"]}),
    }


def _counted(table: pl.DataFrame, stratum: str, least: int) -> pl.DataFrame:
    counted = (
        table.with_columns(value=pl.col(stratum).fill_null(NOT_STATED))
        .group_by("value")
        .agg(people=pl.len().cast(pl.Int64))
        .sort("value")
    )
    whole = table.drop_nulls(stratum).height
    with_share = counted.with_columns(share=pl.col("people") / max(whole, 1))
    # how many voted is shown as well, so that no value may be found by subtraction
    shown = withhold_small_groups(
        with_share, count="people", min_group=least, of="persons", keep=["value"], within=[]
    ).drop("reason")
    return _withhold_more(shown, dict(counted.rows()), least)


def _withhold_more(shown: pl.DataFrame, people: Mapping[str, int], least: int) -> pl.DataFrame:
    """Withhold further values while those withheld are one alone, or fewer people than `least`.

    A share tells how many said anything: with it a single withheld value could be worked out, even where the count of
    those who said nothing is withheld too.
    """
    stated = shown.filter(pl.col("value") != NOT_STATED)
    hidden = stated.filter(pl.col("withheld"))["value"].to_list()
    others = sorted(stated.filter(~pl.col("withheld"))["value"].to_list(), key=lambda value: (people[value], value))
    while hidden and others and (len(hidden) == 1 or sum(people[value] for value in hidden) < least):
        hidden.append(others.pop(0))
    is_hidden = pl.col("value").is_in(hidden) | pl.col("withheld")
    blanked = [pl.when(is_hidden).then(None).otherwise(pl.col(name)).alias(name) for name in ("people", "share")]
    return shown.with_columns(*blanked, withheld=is_hidden)


def _dissimilarity(
    table: pl.DataFrame, stratum: str, reference: Mapping[str, float], withheld: set[str]
) -> float | None:
    """Compare with the population; values that are withheld count together, so that the index gives none away."""
    if not reference or not table.drop_nulls(stratum).height:
        return None
    pooled: dict[str, float] = {}
    for value, share in reference.items():
        name = _POOLED if value in withheld else value
        pooled[name] = pooled.get(name, 0.0) + share
    names = dict.fromkeys(withheld, _POOLED)
    told = table.with_columns(pl.col(stratum).replace(names)) if names else table
    return float(participation(told, stratum, pooled)["dissimilarity"][0])
