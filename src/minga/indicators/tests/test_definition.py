"""Definitions: immutable, hashable, changed by path, read from and written to TOML."""

from __future__ import annotations

import dataclasses

import pytest

from minga import indicators as mi
from minga.indicators.tests import asem
from minga.indicators.tests.makers import flat, nested

TOML = """
[index]
id = "mills"
title = {en = "Mills ready for AI", fr = "Moulins prêts pour l'IA"}
unit = "mill"

[treat]
winmax = 3

[normalise]
method = "minmax"
lower = 1
upper = 100

[aggregate]
method = "arithmetic"
levels = {3 = "geometric"}
min_share = 0.5

[uncertainty]
"treat.winmax" = [1, 3, 5]
weights = {jitter = 0.25, levels = [2]}

[[indicator]]
code = "data"
parent = "skills"
direction = -1
treat = {on = false}

[[indicator]]
code = "staff"
parent = "skills"
weight = 2
normalise = {method = "goalposts", scale = 100.0}
goalposts = [0, 40]

[[node]]
code = "skills"
parent = "all"

[[node]]
code = "all"

[weights.expert]
data = 3.0

[[scenario]]
name = "strict"
changes = {"treat.winmax" = 1, weights = "expert"}
"""


def test_toml_is_read_and_written_without_loss():
    index = mi.Index.from_toml(TOML)
    assert mi.Index.from_toml(index.to_toml()) == index
    assert index.treat.winmax == 3
    assert index.aggregate.for_level(3).method == "geometric"
    assert index.indicators[0].direction == -1


def test_the_asem_example_round_trips_through_toml():
    assert mi.Index.from_toml(asem.index().to_toml()) == asem.index()


def test_a_definition_is_immutable_and_hashable():
    index = mi.Index.from_toml(TOML)
    with pytest.raises(dataclasses.FrozenInstanceError):
        index.treat.winmax = 9
    assert hash(index) == hash(mi.Index.from_toml(TOML))
    assert len({index, mi.Index.from_toml(TOML), index.replace("treat.winmax", 4)}) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("direction = -1", "directon = -1", "Line 29: Unknown key 'directon'.*Did you mean 'direction'"),
        ("winmax = 3", "winmux = 3", "Line 8: Unknown key 'winmux'.*Did you mean 'winmax'"),
        ("weight = 2", 'weight = "two"', "Line 35: 'weight' of .*staff.*'two' is no number"),
        ('method = "minmax"', 'method = "maxmin"', "Line 10: .*'maxmin' is no way to normalise"),
        ('[[node]]\ncode = "all"', '[[node]]\nname = "all"', "Line 43: .*has no 'code'"),
        ('changes = {"treat', 'change = {"treat', "Line 51: Unknown key 'change'"),
    ],
)
def test_a_fault_in_toml_names_its_line(old, new, message):
    assert old in TOML
    with pytest.raises(mi.DefinitionError, match=message):
        mi.Index.from_toml(TOML.replace(old, new))


def test_all_faults_are_said_at_once():
    with pytest.raises(mi.DefinitionError) as wrong:
        mi.Index.from_toml(TOML.replace("winmax = 3", "winmux = 3").replace("direction = -1", "directon = -1"))
    assert [finding.line for finding in wrong.value.findings] == [29, 8] or len(wrong.value.findings) == 2


def test_broken_toml_says_where():
    with pytest.raises(mi.DefinitionError, match="no valid TOML.*line 3"):
        mi.Index.from_toml('[index]\nid = "x"\ntitle = \n')


def test_replace_by_path_changes_only_that():
    index = nested({"g": ["a", "b"], "h": ["c"]})
    changed = (
        index.replace("treat.winmax", 2)
        .replace("indicator.a.weight", 4.0)
        .replace("indicator.a.treat.winmax", 1)
        .replace("node.g.aggregate", "geometric")
        .replace("normalise.upper", 10.0)
        .replace("aggregate.min_share", 0.6)
    )
    assert changed.treat.winmax == 2
    assert changed.weights["a"] == 4.0
    assert dict(changed.indicators[0].treat) == {"winmax": 1}
    assert changed.nodes[0].aggregate.method == "geometric"
    assert changed.normalise == mi.MinMax(0.0, 10.0)
    assert changed.aggregate.min_share == 0.6
    assert index.treat.winmax == 5


def test_node_changes_one_node():
    index = nested({"g": ["a"], "h": ["b"]}).node("g", aggregate="harmonic", weight=3.0)
    assert index.nodes[0].aggregate.method == "harmonic"
    assert index.weights["g"] == 3.0


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("nonsense", 1, "There is no 'nonsense'"), ("treat.limit", 1, "'treat' has no option 'limit'"),
        ("indicator.z.weight", 1, "no indicator or node with the code 'z'"), ("normalise", "best", "'best' is no way"),
        ("normalise.height", 1, "'minmax' has no option 'height'"), ("treat.winmax", -1, "whole number of at least 0"),
        ("weights", "experts", "no weight set 'experts'"), ("weights", {"z": 1}, "Weights are given for z"),
        ("aggregate", "median", "'median'. Choose one of"), ("impute.method", "guess", "'guess'. Choose one of"),
    ],
)  # fmt: skip
def test_a_wrong_path_or_value_says_what_there_is(path, value, message):
    with pytest.raises(mi.DefinitionError, match=message):
        flat("a", "b").replace(path, value)


def test_scenarios_and_weight_sets_by_name():
    index = mi.Index.from_toml(TOML)
    strict = index.scenario("strict")
    assert strict.treat.winmax == 1
    assert strict.weights["data"] == 3.0
    with pytest.raises(mi.DefinitionError, match="no scenario 'loose'. This index has: strict"):
        index.scenario("loose")


def test_an_own_function_cannot_be_written_to_a_file():
    with pytest.raises(mi.DefinitionError, match="function of your own"):
        flat("a").replace("normalise", lambda x: x).to_toml()


def test_the_door_offers_every_name_it_lists():
    for name in mi.__all__:
        assert getattr(mi, name).__name__ == name
    assert list(mi.__all__) == list(mi._WHERE)
    with pytest.raises(AttributeError, match="no attribute 'magic'"):
        mi.magic  # noqa: B018
