"""Where people stand: the figures of published conversations, whichever way they are solved."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from minga import deliberation
from minga.deliberation.engine import components as parts
from minga.deliberation.engine.projection import place_beside
from minga.deliberation.tests.data import MATH, REAL, acts, fixture, golden, real, with_groups


def gap(one: pl.Series, other: pl.Series) -> float:
    return float(np.abs(one.to_numpy() - other.to_numpy()).max())


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("mode", ["polis", "stable"])
def test_points_and_axes_are_those_of_the_golden_files(name, mode):
    found = deliberation.opinion_map(real(name), mode=mode, solver="exact")
    people, statements = golden(name, "participants"), golden(name, "statements")
    assert found.points["participant"].to_list() == people["participant"].to_list()
    assert found.points["n_votes"].to_list() == people["n_votes"].to_list()
    assert found.points["in_conv"].cast(pl.Int64).to_list() == people["in_conv"].to_list()
    assert found.statements["mod_out"].cast(pl.Int64).to_list() == statements["mod_out"].to_list()
    for column in ("mean", "pc1", "pc2", "extremity"):
        assert gap(found.statements[column], statements[column]) <= 1e-9, column
    for column in ("x", "y"):
        assert gap(found.points[column], people[column]) <= 1e-7, column


@pytest.mark.parametrize("name", REAL)
def test_random_solver_finds_the_same_axes(name):
    found = deliberation.opinion_map(real(name), mode="polis", solver="rsvd")
    for column in ("pc1", "pc2"):
        mine, theirs = found.statements[column].to_numpy(), golden(name, "statements")[column].to_numpy()
        cosine = mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs)
        assert cosine >= 0.999999


@pytest.mark.parametrize("name", MATH)
def test_centre_and_extremity_are_those_of_the_mathematics_of_polis(name):
    conversation, math, _labels = fixture(name)
    found = deliberation.opinion_map(conversation, mode="polis")
    assert found.statements["statement"].to_list() == math["tids"]
    assert sorted(found.statements.filter("mod_out")["statement"]) == sorted(math["mod-out"])
    centre = -np.array(math["pca"]["center"])  # it keeps agreement as -1
    assert np.abs(found.statements["mean"].to_numpy() - centre).max() <= 1e-9
    extremity = np.array(math["pca"]["comment-extremity"])
    assert np.abs(found.statements["extremity"].to_numpy() - extremity).max() <= 1e-9


def test_three_ways_to_solve_agree():
    votes, _side = with_groups(1, people=200, statements=60)
    table = deliberation.vote_table(votes)
    centred = sparse.csr_array(table.matrix() - 0)
    vectors, values = parts._dense(centred, 3)
    for other, eigen in (parts._lanczos(centred, 3), parts._random(centred, 3, seed=1)):
        assert np.abs((vectors * other).sum(axis=1)) == pytest.approx(np.ones(3), abs=1e-9)
        assert eigen == pytest.approx(values, rel=1e-9)


@pytest.mark.parametrize("solver", ["exact", "rsvd"])
def test_same_votes_give_the_same_figures_again(solver):
    votes, _side = with_groups(2)
    first, second = (deliberation.opinion_map(votes, solver=solver, seed=3) for _ in range(2))
    assert first.points.equals(second.points)
    assert first.statements.equals(second.statements)


def test_largest_weight_of_each_axis_is_positive():
    found = deliberation.opinion_map(with_groups(3)[0], n_components=3)
    for column in ("pc1", "pc2", "pc3"):
        weights = found.statements[column].to_numpy()
        assert weights[np.abs(weights).argmax()] > 0
    assert found.points.columns == ["participant", "n_votes", "in_conv", "x", "y", "pc3"]


def test_rejected_statements_count_for_nobody_and_unmoderated_ones_only_without_strict():
    votes, _side = with_groups(4, statements=12)
    statements = pl.DataFrame({"statement": range(12), "moderated": [-1, 0, *[1] * 10]})
    found = deliberation.opinion_map(votes, statements)
    assert found.statements.filter("mod_out")["statement"].to_list() == [0]
    assert found.statements.row(0, named=True)["extremity"] == 0
    strict = deliberation.opinion_map(votes, statements, strict=True)
    assert strict.statements.filter("mod_out")["statement"].to_list() == [0, 1]


def test_fifteen_people_are_grouped_even_when_few_voted_often():
    people = np.repeat(np.arange(20), 10)
    votes = acts(people, np.tile(np.arange(10), 20), np.tile([1, -1], 100))
    few = votes.filter((pl.col("participant") < 4) | (pl.col("statement") < pl.col("participant") % 7))
    assert deliberation.opinion_map(few, mode="polis").points["in_conv"].sum() == 15
    found = deliberation.opinion_map(few)
    assert found.points["in_conv"].sum() == 16, "the fifteenth and the sixteenth voted just as often"
    assert found.points.filter("in_conv")["n_votes"].min() >= found.points.filter(~pl.col("in_conv"))["n_votes"].max()


def test_sparsity_and_unevenness_say_how_thin_the_votes_are():
    even = deliberation.opinion_map(acts([1, 1, 2, 2], [1, 2, 1, 2], [1, -1, 1, 1]))
    assert (even.sparsity, even.unevenness) == (0.0, 0.0)
    uneven = deliberation.opinion_map(acts([1, 1, 1, 2], [1, 2, 3, 1], [1, -1, 1, 1]))
    assert uneven.sparsity == pytest.approx(1 / 3)
    assert uneven.unevenness == pytest.approx(0.25)


def test_people_without_a_vote_change_no_figure_of_those_who_voted():
    conversation = real("london-policing")
    none = pl.Series("participant", range(1000, 1100), dtype=conversation.votes["participant"].dtype)
    names = pl.concat([conversation.votes["participant"].unique().sort(), none])
    one, more = (
        deliberation.map_facts(deliberation.groups(deliberation.opinion_map(votes, conversation.statements)))
        for votes in (
            deliberation.vote_table(conversation.votes),
            deliberation.vote_table(conversation.votes, participants=names),
        )
    )
    assert more["variance"] == pytest.approx(one["variance"])
    figures = ("participants", "sparsity", "unevenness", "k")
    assert [more[name] for name in figures] == pytest.approx([one[name] for name in figures])
    assert more["participants"] == 26


def test_people_who_all_vote_the_same_stand_in_one_place():
    found = deliberation.opinion_map(acts(np.repeat([1, 2, 3], 4), np.tile(range(4), 3), np.tile([1, -1, 0, 1], 3)))
    assert found.points["x"].to_list() == [0.0, 0.0, 0.0]
    assert found.variance == (0.0, 0.0)


@pytest.mark.parametrize("options", [{"mode": "best"}, {"solver": "magic"}, {"n_components": 0}, {"seed": -1}])
def test_unknown_options_are_refused(options):
    with pytest.raises(deliberation.MapError):
        deliberation.opinion_map(with_groups(5)[0], **options)


def test_without_votes_there_is_no_map():
    with pytest.raises(deliberation.MapError, match="There is no vote"):
        deliberation.opinion_map(with_groups(5)[0].clear())


@pytest.mark.parametrize("vote", [2, None])
def test_a_vote_off_the_scale_is_refused(vote):
    with pytest.raises(deliberation.VoteError, match="Participant 4"):
        deliberation.vote_table(acts([4], [1], pl.Series([vote], dtype=pl.Int64)))


def test_people_who_are_in_the_votes_alone_are_counted_too():
    votes = acts([1, 2, 3], [1, 1, 1], [1, 1, -1])
    listed = pl.DataFrame({"participant": [3, 9]})
    whole = deliberation.Conversation(votes, pl.DataFrame({"statement": [1]}), listed)
    table = deliberation.vote_table(whole)
    assert table.participants.to_list() == [3, 9, 1, 2]
    assert table.n_votes.tolist() == [1, 0, 1, 1]


def test_a_person_listed_twice_is_refused():
    with pytest.raises(deliberation.VoteError, match="listed twice"):
        deliberation.vote_table(acts([1], [1], [1]), participants=[1, 1])


def test_statements_about_the_conversation_may_be_marked_by_truth():
    statements = pl.DataFrame({"statement": [1, 2], "is_meta": [True, None]})
    found = deliberation.opinion_map(acts([1, 2, 1, 2], [1, 1, 2, 2], [1, -1, 1, -1]), statements)
    assert found.statements["mod_out"].to_list() == [True, False]


def test_a_missing_column_is_named():
    with pytest.raises(deliberation.VoteError, match="vote"):
        deliberation.vote_table(pl.DataFrame({"participant": [1], "statement": [1]}))


def alike(people: int, statements: int, vote: int = 1) -> pl.DataFrame:
    return acts(np.repeat(np.arange(people), statements), np.tile(np.arange(statements), people), vote)


@pytest.mark.parametrize("solver", ["auto", "exact", "rsvd"])
@pytest.mark.parametrize(("people", "statements", "vote"), [(20, 100, 1), (1, 100, -1), (20, 100, 0), (5000, 30, 1)])
def test_people_who_all_vote_the_same_stand_in_one_place_at_every_size(people, statements, vote, solver):
    found = deliberation.opinion_map(alike(people, statements, vote), solver=solver)
    assert not found.position.any()
    assert found.eigenvalues == (0.0, 0.0)
    assert deliberation.groups(found).k == 1


def test_nobody_is_left_out_by_their_place_in_a_file():
    people = np.repeat([f"p{at}" for at in range(40)], 5)
    votes = acts(people, np.arange(200) % 20, np.where(np.arange(200) % 3, 1, -1))
    maps = [deliberation.opinion_map(rows) for rows in (votes, votes.reverse())]
    grouped = [set(found.points.filter("in_conv")["participant"].to_list()) for found in maps]
    assert grouped[0] == grouped[1] == set(people.tolist())
    assert deliberation.opinion_map(votes, mode="polis").points["in_conv"].sum() == 15, "polis stays as published"


def test_sums_do_not_hang_on_how_many_threads_there_are():
    """A product of long vectors is split between threads, which moves its last digits; a plain sum is not."""
    values = np.random.default_rng(1).random((4000, 10))
    assert parts.squared(sparse.csr_array(values)) == float(np.square(values.ravel()).sum())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": 1.5}, r"seed is 1\.5.*from 0 to"),
        ({"seed": 2**70}, "seed is 1180591620717411303424.*from 0 to 9223372036854775807"),
        ({"n_components": 2.0}, r"n_components is 2\.0.*at least 1"),
        ({"n_components": True}, "n_components is True"),
    ],
)
def test_an_option_that_is_no_whole_number_is_named(options, words):
    with pytest.raises(deliberation.MapError, match=words):
        deliberation.opinion_map(with_groups(5)[0], **options)


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        (pl.Series([1.0, float("nan")]), r"Participant 2 gave statement 1 the vote nan \(row 1 of the votes"),
        (pl.Series([1.0, 0.5]), "the vote 0.5"),
        (pl.Series(["1", "-1"]), r"the vote '1' \(row 0 .*as a number and not as text"),
        (pl.Series([True, False]), "the vote True"),
    ],
)
def test_votes_of_another_kind_are_named_with_their_row(votes, words):
    with pytest.raises(deliberation.VoteError, match=words):
        deliberation.vote_table(acts([1, 2], [1, 1], votes))


def test_votes_may_be_whole_numbers_of_any_type():
    assert deliberation.vote_table(acts([1, 2], [1, 1], pl.Series([1.0, -1.0]))).value.tolist() == [1, -1]
    assert deliberation.vote_table(acts([1, 2], [1, 1], pl.Series([1, 0], dtype=pl.UInt8))).value.tolist() == [1, 0]


@pytest.mark.parametrize("lacks", ["participant", "statement"])
def test_a_row_that_lacks_a_name_is_named(lacks):
    votes = acts([1, 2], [1, 1], [1, 1]).with_columns(pl.Series(lacks, [1, None]))
    with pytest.raises(deliberation.VoteError, match=f"Row 1 .* lacks its {lacks}"):
        deliberation.vote_table(votes)


def test_what_is_no_table_is_refused():
    with pytest.raises(deliberation.VoteError, match="Votes are dict"):
        deliberation.vote_table({"participant": [1], "statement": [1], "vote": [1]})


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ({"tid": [1], "moderated": [-1]}, "lacks the column 'statement'"),
        ({"statement": ["a", "b"], "moderated": [-1, 1]}, "holds 'a', but the votes name them by whole numbers"),
        ({"statement": [1.5], "moderated": [-1]}, "holds 1.5"),
        ({"statement": [1], "moderated": ["-1"]}, "The column 'moderated' of the statements holds String"),
    ],
)
def test_statements_that_do_not_fit_the_votes_are_refused(statements, words):
    with pytest.raises(deliberation.VoteError, match=words):
        deliberation.opinion_map(with_groups(5)[0], pl.DataFrame(statements))


def test_who_is_placed_beside_a_map_stands_where_the_map_would_have_them():
    conversation = real("biodiversity")
    found = deliberation.opinion_map(conversation, seed=4)
    kept = found.statements.select("statement", "mod_out", "mean", "pc1", "pc2")
    again = place_beside(conversation.votes, kept).join(found.points, on="participant", suffix="_then")
    assert again.height == found.points.filter(pl.col("n_votes") > 0).height
    assert again["n_votes"].equals(again["n_votes_then"], null_equal=True)
    assert again["in_conv"].to_list() == again["in_conv_then"].to_list()
    for axis in ("x", "y"):
        assert again[axis].to_numpy() == pytest.approx(again[f"{axis}_then"].to_numpy(), abs=1e-9)


def test_votes_on_statements_that_a_map_does_not_know_move_nobody():
    votes = with_groups(3, people=40, statements=12)[0]
    kept = deliberation.opinion_map(votes).statements
    own = acts([1] * 7, list(range(7)), [1] * 7)
    more = acts([1] * 8, [*range(7), 900], [1] * 8)
    assert place_beside(own, kept).equals(place_beside(more, kept))
    assert place_beside(own, kept)["in_conv"].to_list() == [True]
    assert place_beside(acts([1] * 7, [*range(6), 900], [1] * 7), kept)["in_conv"].to_list() == [False]
