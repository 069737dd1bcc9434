"""What is withheld about people cannot be worked out: neither from totals and rests nor from another table."""

from __future__ import annotations

import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.trace import TABLES
from minga.deliberation.engine.withholding import NOT_STATED, Counted, withheld_values

WHY = "The council keeps to the earlier text, because of its cost, voice {}."
#: Answered and accepted voices of each value, of how many: what a reader may or may not see.
EXAMPLES = {
    "the sample: all are followed but some men": {"man": (12, 12, 8), "woman": (7, 7, 7), None: (2, 2, 2)},
    "one few": {"n": (12, 6, 3), "s": (9, 4, 2), "e": (2, 1, 0)},
    "two few that their reasons would tell": {"n": (9, 5, 3), "s": (4, 2, 1), "e": (4, 3, 1)},
    "few that have one voice each": {"n": (9, 5, 3), "a": (1, 1, 0), "b": (1, 0, 0), "c": (1, 1, 1), "d": (1, 0, 0),
                                     "e": (1, 1, 0)},
    "one beside five": {"n": (1, 1, 0), "s": (5, 3, 2)},
    "five beside one and many": {"n": (1, 1, 0), "s": (5, 3, 2), "e": (9, 6, 4)},
    "the rest was never answered": {"n": (8, 5, 2), "s": (5, 0, 0), "e": (3, 0, 0)},
    "the rest was never followed": {"n": (8, 5, 2), "s": (5, 3, 0), "e": (3, 2, 0)},
    "nobody said anything but a few": {"n": (2, 1, 1), None: (9, 4, 2)},
    "nobody is few": {"n": (7, 4, 2), "s": (8, 8, 8)},
}  # fmt: skip


def tables(example):
    """Make a voice of its own person for each that is counted."""
    voices, answers, clauses = [], [], [{"clause": "c", "version": 1, "kind": "add"}]
    for region, (of, answered, accepted) in example.items():
        for at in range(of):
            name = f"v{len(voices)}"
            voices.append({"voice": name, "region": region})
            if at < answered:
                said = "accepted" if at < accepted else "rejected"
                answers.append({"disposition": f"d{name}", "voice": name, "answer": said, "reason": WHY.format(name)})
    needed, known = TABLES["dispositions"]
    return (
        pl.DataFrame(voices, schema={"voice": pl.String, "region": pl.String}),
        pl.DataFrame(schema={"voice": pl.String, "theme": pl.String}),
        pl.DataFrame(answers, schema=dict.fromkeys((*needed, *known), pl.String)),
        pl.DataFrame(clauses),
    )


def consistent(strata: pl.DataFrame, totals: tuple[int, int, int]):
    """Find all that each withheld value may be: its voices, answered and accepted, each voice its own person.

    The others may then be anything up to what they may be at most, so a value fits where they can hold what is left.
    """
    rows = strata.filter(pl.col("measure") == "answered").rows(named=True)
    second = {row["value"]: row["numerator"] for row in strata.filter(pl.col("measure") == "accepted").rows(named=True)}
    shown = [(row["denominator"], row["numerator"], second[row["value"]]) for row in rows if not row["withheld"]]
    left = [total - sum(row[at] for row in shown) for at, total in enumerate(totals)]
    hidden = [row for row in rows if row["withheld"]]
    ranges = [range(1, 5) if row["reason"] == "few" else range(1 if not shown else 5, left[0] + 1) for row in hidden]
    for at, own in enumerate(ranges):
        others = ranges[:at] + ranges[at + 1 :]
        held = range(sum(each[0] for each in others), sum(each[-1] for each in others) + 1)
        yield {
            (of, answered, accepted)
            for of in own
            if left[0] - of in held
            for answered in range(of + 1)
            if 0 <= left[1] - answered <= left[0] - of
            for accepted in range(answered + 1)
            if 0 <= left[2] - accepted <= left[1] - answered
        }


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_withheld_count_and_share_may_be_another_one(name):
    example = EXAMPLES[name]
    found = deliberation.coverage(*tables(example), ["region"])
    totals = tuple(sum(cells) for cells in zip(*example.values(), strict=True))
    assert (found.of("answered"), found.of("accepted")) == (totals[1::-1], totals[:0:-1])
    possible = list(consistent(found.strata, totals))
    assert len(possible) == found.strata.filter(pl.col("withheld"))["value"].n_unique()
    for triples in possible:
        assert len({of for of, _answered, _accepted in triples}) > 1, "voices"
        assert len({answered for _of, answered, _accepted in triples}) > 1, "answered"
        assert len({accepted for _of, _answered, accepted in triples}) > 1, "accepted"
        # what is so of everybody is so of them
        if totals[1] not in (0, totals[0]):
            assert len({answered / of for of, answered, _accepted in triples}) > 1, "share answered"
        if totals[2] not in (0, totals[1]):
            assert len({accepted / max(answered, 1) for _of, answered, accepted in triples}) > 1, "share accepted"


def test_nothing_is_compared_with_a_rest_that_is_just_the_withheld():
    example = {"n": (20, 12, 6), "s": (6, 4, 2), "e": (3, 2, 1)}
    strata = deliberation.coverage(*tables(example), ["region"]).strata
    north = strata.filter(pl.col("value") == "n")
    assert north["numerator"].to_list() == [12, 6]
    assert not north["withheld"].any()
    assert north["reason"].to_list() == ["protects", "protects"]
    beside = ("rest_share", "difference", "lower", "upper", "ratio", "ratio_lower", "ratio_upper")
    assert all(north[name].null_count() == 2 for name in beside)


def test_values_that_all_may_see_stay_as_they_are():
    strata = deliberation.coverage(*tables(EXAMPLES["nobody is few"]), ["region"]).strata
    assert not strata["withheld"].any()
    assert strata["rest_share"].null_count() == 0


def test_one_value_alone_is_never_withheld_among_those_who_said_anything():
    counts = {"man": Counted(12), "woman": Counted(9), "other": Counted(7), NOT_STATED: Counted(2)}
    assert set(withheld_values(counts)) == {NOT_STATED, "other", "woman"}


# ---------------------------------------------------------------- participation
def spoke(**counts):
    regions = [region for region, count in counts.items() for _one in range(count)]
    return pl.DataFrame({"voice": [f"v{at}" for at in range(len(regions))], "region": regions})


def test_dissimilarity_tells_no_withheld_count():
    reference = {"n": 0.6, "s": 0.39, "e": 0.01}
    found = deliberation.participation(spoke(n=40, s=17, e=3), "region", reference)
    assert found.filter("withheld")["value"].to_list() == ["e", "s"]
    assert found["dissimilarity"][0] == pytest.approx(abs(40 / 60 - 0.6))
    others = [deliberation.participation(spoke(n=40, s=20 - e, e=e), "region", reference) for e in (1, 2, 4)]
    assert {round(each["dissimilarity"][0], 12) for each in others} == {round(found["dissimilarity"][0], 12)}


def test_a_voice_without_an_author_is_its_own_person():
    voices = spoke(n=20, s=20).with_columns(author=pl.lit(None, dtype=pl.String))
    assert deliberation.participation(voices, "region", {"n": 1, "s": 1})["people"].to_list() == [20, 20]
    known = voices.with_columns(author=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("amina")))
    assert deliberation.participation(known, "region", {"n": 1, "s": 1})["people"].to_list() == [18, 20]
    rest = tables({"n": (20, 10, 5), "s": (20, 12, 4)})
    strata = deliberation.coverage(known, *rest[1:], ["region"]).strata
    assert strata["people"].to_list() == [18, 18, 20, 20]


@pytest.mark.parametrize(
    ("stratum", "reference", "words"),
    [
        ("place", {"n": 1}, "lacks the column place"),
        ("region", {"n": float("nan"), "s": 1}, "gives 'n' as nan"),
        ("region", {"n": "0.5", "s": 1}, "gives 'n' as '0.5'"),
        ("region", {"n": True}, "positive"),
        ("region", {}, "is empty"),
    ],
)
def test_a_reference_that_cannot_be_is_refused(stratum, reference, words):
    with pytest.raises(deliberation.TraceError, match=words):
        deliberation.participation(spoke(n=6, s=7), stratum, reference)


@pytest.mark.parametrize("at", range(4))
def test_a_table_without_its_columns_is_named(at):
    given = list(tables(EXAMPLES["nobody is few"]))
    given[at] = pl.DataFrame({"x": ["1"]})
    with pytest.raises(deliberation.TraceError, match=r"lacks the column .*; it has x"):
        deliberation.coverage(*given)


def test_a_stratum_may_be_called_like_a_figure_and_counts_once():
    given = list(tables(EXAMPLES["nobody is few"]))
    names = ("answered", "accepted", "people", "value", "person")
    given[0] = given[0].with_columns([pl.col("region").alias(name) for name in names])
    strata = deliberation.coverage(*given, [*names, "region", "region"]).strata
    told = {name: strata.filter(pl.col("stratum") == name).drop("stratum").rows() for name in (*names, "region")}
    assert all(rows == told["region"] for rows in told.values())
    assert len(told["region"]) == 4
