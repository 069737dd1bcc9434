"""Definitions: immutable, hashable, changed by path, read from and written to TOML."""

from __future__ import annotations

import dataclasses

import polars as pl
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
        ("direction = -1", "direct = -1", r"Unknown key 'direct'.*Did you mean 'direction'"),
        ("winmax = 3", "winmux = 3", r"Unknown key 'winmux'.*Did you mean 'winmax'"),
        ("weight = 2", 'weight = "two"', r"'weight' of .*staff.*'two' is no number"),
        ("levels = {3", "level = {3", r"Unknown key 'level' in \[aggregate\].*Did you mean 'levels'"),
        ("changes = {", "change = {", r"Unknown key 'change'"),
        ("goalposts = [0, 40]", "goalposts = [0]", r"'goalposts' of .*cannot be read"),
    ],
)
def test_a_fault_in_toml_names_its_line(old, new, message):
    text = TOML.replace(old, new)
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if new in line)
    with pytest.raises(mi.DefinitionError, match=f"^Line {line}: {message}"):
        mi.Index.from_toml(text)


def test_a_table_without_a_code_or_with_an_unknown_rule_names_its_header():
    text = TOML.replace('code = "all"', 'name = "all"')
    line = text.splitlines().index('name = "all"')  # the header stands one line above
    with pytest.raises(mi.DefinitionError, match=f"^Line {line}: .*node.* has no 'code'"):
        mi.Index.from_toml(text)
    text = TOML.replace('method = "minmax"', 'method = "maxmin"')
    line = text.splitlines().index("[normalise]") + 1
    with pytest.raises(mi.DefinitionError, match=f"^Line {line}: .*'maxmin' is no way to normalise"):
        mi.Index.from_toml(text)


def test_all_faults_are_said_at_once():
    with pytest.raises(mi.DefinitionError) as wrong:
        mi.Index.from_toml(TOML.replace("winmax = 3", "winmux = 3").replace("direction = -1", "direct = -1"))
    assert len(wrong.value.findings) == 2
    assert "winmux" in str(wrong.value)
    assert "direct" in str(wrong.value)


def test_broken_toml_says_where():
    with pytest.raises(mi.DefinitionError, match=r"no valid TOML.*line 3"):
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
    with pytest.raises(mi.DefinitionError, match=r"no scenario 'loose'\. This index has: strict"):
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[indicator]\ncode = 'a'\n", r"Line 1: 'indicator' must be a list of tables: write \[\[indicator\]\]"),
        ("index = 3\n[[node]]\ncode = 'n'\n", r"Line 1: 'index' must be a table"),
        ("[weights]\na = 3\n[[node]]\ncode = 'n'\n", r"Line 2: .*write \[weights\.a\]"),
        ("impute = 'guess'\n[[node]]\ncode = 'n'\n", r"Line 1: .*'guess'"),
    ],
)
def test_a_table_of_the_wrong_form_names_its_line(text, message):
    with pytest.raises(mi.DefinitionError, match=message):
        mi.Index.from_toml(text)


def test_steps_may_be_single_words():
    text = "impute = 'mean'\ntreat = false\nnormalise = 'zscore'\naggregate = 'geometric'\n"
    text += "[[node]]\ncode = 'n'\n[[indicator]]\ncode = 'a'\nparent = 'n'\n"
    index = mi.Index.from_toml(text)
    assert (index.impute.method, index.treat.on) == ("mean", False)
    assert (index.normalise, index.aggregate.rule.method) == (mi.ZScore(), "geometric")


def test_a_missing_file_is_named():
    with pytest.raises(mi.DefinitionError, match=r"There is no file nowhere\.toml"):
        mi.Index.from_toml("nowhere.toml")


def test_names_in_further_languages_and_licences_go_round_by_toml_and_by_tables():
    index = mi.Index(
        indicators=(mi.Indicator("a", "top", name="Roads", licence="CC0", names=(("ar", "طرق"), ("fr", "Routes"))),),
        nodes=(mi.Node("top", name="All", names=(("fr", "Tout"),)),),
    )
    assert mi.Index.from_toml(index.to_toml()) == index
    data = pl.DataFrame({"unit": ["x", "y"], "a": [1.0, 2.0]})
    idata, imeta = mi.to_tables(index, data)
    again = mi.Index.from_tables(idata, imeta)
    assert again.indicators[0].names == (("ar", "طرق"), ("fr", "Routes"))
    assert again.nodes[0].names == (("fr", "Tout"),)
    plain = mi.Index.from_tables(idata, imeta.rename({"iName_fr": "name_fr"}).drop("iName_ar"))
    assert plain.indicators[0].names == (("fr", "Routes"),)


@pytest.mark.parametrize("names", ['"Routes"', "{fr = 1}"])
def test_names_that_are_no_texts_by_language_are_refused_with_their_line(names):
    text = f'[[indicator]]\ncode = "a"\nparent = "top"\nnames = {names}\n[[node]]\ncode = "top"\n'
    with pytest.raises(mi.DefinitionError, match=r"Line 4: 'names' of .*no table of texts by language"):
        mi.Index.from_toml(text)
