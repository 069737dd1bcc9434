"""The engine beside a scorer in plain Python, written from scoring.yaml alone: no arrays, nothing shared but the files.

Three hundred made-up enterprises answer by chance: levels, "dk", "na", nothing, one voice or several.
"""

from __future__ import annotations

import math
import random
import statistics

import polars as pl
import pytest
import yaml
from scipy import stats

from minga import readiness
from minga.readiness.engine.instrument import INSTRUMENTS
from minga.readiness.tests.engine_support import overlay

WEIGHTY = overlay(
    {"op": "weight", "item": "SKL1", "weight": 2.5},
    {"op": "weight", "item": "SKL4", "weight": 0.5},
    {"op": "weight", "factor": "culture", "weight": 2},
    {"op": "drop", "item": "CUL4", "reason": "For a test."},
)
FOOD = yaml.safe_load((INSTRUMENTS / "overlays" / "sector-food-processing.yaml").read_text(encoding="utf-8"))
JORDAN = yaml.safe_load((INSTRUMENTS / "overlays" / "country-jordan.yaml").read_text(encoding="utf-8"))
MODELS = {"generic": [], "food": [FOOD], "food in Jordan": [FOOD, JORDAN], "weighted": [WEIGHTY]}


def naive_model(overlays):
    """Items as {id: (factor, anchor, weight)}, factor weights, and the items of the short form."""
    base = yaml.safe_load((INSTRUMENTS / "generic-enterprise.yaml").read_text(encoding="utf-8"))
    items = {i["id"]: [i["factor"], bool(i.get("anchor")), 1.0] for i in base["items"]}
    weights = {f["id"]: float(base["weights"][f["id"]]) for f in base["factors"]}
    may_be_na = {i["id"] for i in base["items"] if i.get("na_allowed")}
    for operation in [one for layer in overlays for one in layer["operations"]]:
        match operation:
            case {"op": "add", "item": item}:
                items[item["id"]] = [item["factor"], False, 1.0]
            case {"op": "drop", "item": item}:
                del items[item]
            case {"op": "reanchor", "item": item}:
                items[item][1] = False
            case {"op": "weight", "item": item, "weight": weight}:
                items[item][2] = float(weight)
            case {"op": "weight", "factor": factor, "weight": weight}:
                weights[factor] = float(weight)
    return items, weights, set(base["short_form"]["items"]), may_be_na


def one_level(voices):
    """Lower median of the levels; without any, "na" before "dk" before nothing."""
    levels = sorted(voice for voice in voices if isinstance(voice, int))
    if levels:
        return levels[(len(levels) - 1) // 2]
    return next((state for state in ("na", "dk") if state in voices), None)


def naive_factor(given, weights, size):
    """Score, share answered, standard error and its degrees of freedom of one factor."""
    levels = {item: level for item, level in given.items() if isinstance(level, int)}
    applicable = sum(level != "na" for level in given.values())
    n = len(levels)
    answered = n / applicable if applicable else None
    if n == 0 or 3 * n < 2 * applicable:
        return None, answered, 0.0, 1
    score = math.fsum(weights[i] * levels[i] for i in levels) / math.fsum(weights[i] for i in levels)
    spread = statistics.stdev(levels.values()) if n > 2 else 1.0
    return score, answered, (spread or 1.0) / math.sqrt(n) * math.sqrt(max(1 - n / size, 0)), max(n - 1, 1)


def interval(score, error, degrees):
    half = stats.t.ppf(0.95, max(1, math.floor(degrees))) * error
    return max(0.0, score - half), min(5.0, score + half)


def naive_scores(model, answers, kind, form):
    """Return {node: (score, answered, lower, upper)} of one enterprise."""
    items, weights, short, _ = model
    found, parts, counts = {}, [], [0, 0]
    for factor in weights:
        pool = [i for i, (of, anchor, _w) in items.items() if of == factor and (anchor or kind == "local")]
        asked = [i for i in pool if form == "full" or i in short]
        given = {i: one_level(answers.get(i, [])) for i in asked}
        each = {i: items[i][2] if kind == "local" else 1.0 for i in asked}
        score, answered, error, degrees = naive_factor(given, each, len(pool))
        found[factor] = (score, answered, *(interval(score, error, degrees) if score is not None else (None, None)))
        counts[0] += sum(isinstance(level, int) for level in given.values())
        counts[1] += sum(level != "na" for level in given.values())
        if score is not None:
            parts.append((weights[factor] if kind == "local" else 1.0, score, error, degrees))
    share = counts[0] / counts[1]
    if len(parts) < 6:
        return found | {"total": (None, share, None, None)}
    whole = sum(weight for weight, *_ in parts)
    score = math.fsum(weight * one for weight, one, *_ in parts) / whole
    variances = [((weight / whole * error) ** 2, degrees) for weight, _, error, degrees in parts]
    variance = math.fsum(v for v, _ in variances)
    below = math.fsum(v * v / degrees for v, degrees in variances)
    degrees = variance**2 / below if below else 1
    return found | {"total": (score, share, *interval(score, math.sqrt(variance), degrees))}


def made_up(model, seed, count=75):
    """Enterprises that answer by chance: {enterprise: {item: [voices]}}, most of them mostly."""
    chance, (items, _, _, may_be_na) = random.Random(seed), model
    world = {}
    for number in range(count):
        silence = chance.choice([0.0, 0.1, 0.3, 0.6])
        voices = chance.choice([1, 1, 2, 3, 4])
        answers = {}
        for item in items:
            states = ["dk", None, *(["na"] * 3 if item in may_be_na else [])]
            answers[item] = [
                chance.choice(states) if chance.random() < silence else chance.randint(0, 5) for _ in range(voices)
            ]
        world[f"firm {number}"] = answers
    return world


def table_of(world):
    rows = [
        (firm, f"voice {number}", item, None if voice is None else str(voice))
        for firm, answers in world.items()
        for item, voices in answers.items()
        for number, voice in enumerate(voices)
    ]
    random.Random(1).shuffle(rows)
    schema = dict.fromkeys(["enterprise", "respondent", "item", "level"], pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("form", ["full", "short"])
@pytest.mark.parametrize("kind", ["local", "link"])
def test_engine_agrees_with_the_rules_done_by_hand(name, kind, form):
    naive = naive_model(MODELS[name])
    world = made_up(naive, seed=name)
    base = readiness.load_instrument("generic-enterprise")
    merged = readiness.merge(base, *MODELS[name]) if MODELS[name] else base
    nodes = readiness.score(table_of(world), merged, kind, form).nodes
    seen = {"scored": 0, "not scored": 0}
    for firm, answers in world.items():
        expected = naive_scores(naive, answers, kind, form)
        rows = {row["node"]: row for row in nodes.filter(pl.col("enterprise") == firm).iter_rows(named=True)}
        assert list(rows) == list(expected)
        for node, (score, answered, lower, upper) in expected.items():
            row = rows[node]
            assert row["score"] == (None if score is None else pytest.approx(score, abs=1e-12)), (firm, node)
            assert row["answered"] == (None if answered is None else pytest.approx(answered, abs=1e-12)), (firm, node)
            for column, bound in (("lower", lower), ("upper", upper)):
                assert row[column] == (None if bound is None else pytest.approx(bound, abs=1e-9)), (firm, node, column)
            seen["not scored" if score is None else "scored"] += 1
    assert min(seen.values()) > 20, "the made-up enterprises must meet both sides of the two thirds rule"
