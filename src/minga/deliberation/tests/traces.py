"""Voices, answers and clauses as tables: a small consultation in which all holds, and large ones drawn by lot."""

from __future__ import annotations

import numpy as np
import polars as pl

from minga import deliberation
from minga.deliberation.engine.trace import ANSWERS, TABLES, Trace

SAME = "Amina said the same before, and her words were answered."
REASON = "The council discussed this in May and keeps to the earlier text, because {}."


def table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    needed, known = TABLES[name]
    return pl.DataFrame(rows, schema=dict.fromkeys((*needed, *known), pl.String), orient="row", strict=False)


def seeded(seed: int = 1, n: int = 500) -> Trace:
    """Draw voices, themes, answers and clauses, some of them missing, replaced or undone."""
    random = np.random.default_rng(seed)
    voices = [
        {
            "voice": f"v{at}", "text": f"words {at}", "author": f"p{at // 2}",
            "region": str(random.choice(["north", "south", "east"], p=[0.6, 0.35, 0.05])),
            "gender": [None, "woman", "man"][random.integers(3)],
        }
        for at in range(n)
    ]  # fmt: skip
    links = [
        {"voice": f"v{at}", "theme": f"t{theme}"} for at in range(n) for theme in range(12) if random.random() < 0.1
    ]
    answers: list[dict[str, object]] = []
    for target, names in (("theme", [f"t{at}" for at in range(9)]), ("voice", [f"v{at}" for at in range(0, n, 3)])):
        for name in names:
            kind = str(random.choice(ANSWERS[:5]))
            answers.append(
                {"disposition": f"d{len(answers)}", target: name, "answer": kind, "reason": REASON.format(name)}
            )
            if random.random() < 0.2:
                later = {"disposition": f"d{len(answers)}", target: name, "supersedes": answers[-1]["disposition"]}
                answers.append(later | {"answer": "rejected", "reason": REASON.format("of cost")})
    clauses: list[dict[str, object]] = [{"clause": f"c{at}", "version": 1, "kind": "add"} for at in range(30)]
    for answer in answers:
        if str(answer["answer"]).startswith("accepted") and random.random() < 0.8:
            clauses.append(
                {
                    "clause": f"c{random.integers(30)}",
                    "version": 2,
                    "kind": "edit",
                    "disposition": answer["disposition"],
                }
            )
    clauses += [{"clause": f"c{at}", "version": 3, "kind": "delete"} for at in range(3)]
    clauses += [{"clause": name, "version": 4, "kind": "split", "came_from": "c3"} for name in ("c3a", "c3b")]
    clauses += [{"clause": "c45", "version": 4, "kind": "merge", "came_from": "c4 c5"}]
    return Trace(
        pl.DataFrame(voices),
        pl.DataFrame(links),
        table("dispositions", answers),
        table("clauses", clauses).with_columns(pl.col("version").cast(pl.Int64)),
    )


def by_hand(trace: Trace) -> dict[str, tuple[int, int]]:
    """Count slowly, row by row, without the engine."""
    voices = trace.voices["voice"].to_list()
    links = trace.links.rows()
    rows = trace.dispositions.rows(named=True)
    standing = [row for row in rows if not any(other["supersedes"] == row["disposition"] for other in rows)]
    gone = {"c0", "c1", "c2"}  # deleted in version 3; c3, c4 and c5 live on in what came from them
    final = {}
    for voice in voices:
        own = [row for row in standing if row["voice"] == voice]
        themes = {theme for name, theme in links if name == voice}
        final[voice] = own or [row for row in standing if row["theme"] in themes]
    accepted = [voice for voice in voices if any("accepted" in row["answer"] for row in final[voice])]
    changes = [row for row in trace.clauses.rows(named=True) if row["disposition"]]
    traced = [
        voice
        for voice in accepted
        if any(
            change["disposition"] == row["disposition"] and change["clause"] not in gone
            for row in final[voice]
            if "accepted" in row["answer"]
            for change in changes
        )
    ]
    heard = {row["disposition"] for own in final.values() for row in own}
    with_voice = {change["clause"] for change in changes if change["disposition"] in heard}
    last = {f"c{at}" for at in range(6, 30)} | {"c3a", "c3b", "c45"}
    origin = {"c3a": {"c3"}, "c3b": {"c3"}, "c45": {"c4", "c5"}}
    unsourced = [clause for clause in last if not ({clause} | origin.get(clause, set())) & with_voice]
    rejected = [row for row in standing if row["answer"] == "rejected"]
    own_reason = [row for row in rejected if [other["reason"] for other in standing].count(row["reason"]) == 1]
    answered = [voice for voice in voices if final[voice]]
    return {
        "read": (len({name for name, _theme in links}), len(voices)),
        "answered": (len(answered), len(voices)),
        "accepted": (len(accepted), len(answered)),
        "traced": (len(traced), len(accepted)),
        "unsourced": (len(unsourced), len(last)),
        "own_reason": (len(own_reason), len(rejected)),
    }


def small() -> dict[str, list[dict[str, object]]]:
    """Three voices, all answered: one led to a change, one follows its theme, one says the same as the first."""
    return {
        "voices": [{"voice": name, "text": name.upper()} for name in ("amina", "bao", "chen")],
        "links": [
            {"voice": "amina", "theme": "data"},
            {"voice": "bao", "theme": "cost"},
            {"voice": "chen", "theme": "data"},
        ],
        "dispositions": [
            {"disposition": "d0", "voice": "amina", "answer": "rejected", "reason": REASON.format("it was early")},
            {"disposition": "d1", "voice": "amina", "answer": "accepted", "supersedes": "d0"},
            {"disposition": "d2", "theme": "cost", "answer": "out_of_scope", "reason": REASON.format("of the budget")},
            {"disposition": "d3", "voice": "chen", "answer": "duplicate_of", "duplicate_of": "amina", "reason": SAME},
            {"disposition": "d4", "theme": "data", "answer": "already_covered", "reason": REASON.format("of clause 1")},
        ],
        "clauses": [
            {"clause": "1", "version": "1", "kind": "add", "text": "Data may be shared."},
            {"clause": "1", "version": "2", "kind": "edit", "disposition": "d1", "text": "With consent, share data."},
        ],
        "evidence": [
            {"clause": "1", "link": "/i/asem/fra", "value": "63.2", "label": "Index", "cited_on": "2026-05-01"}
        ],
    }  # fmt: skip


def built(parts: dict[str, list[dict[str, object]]]) -> Trace:
    tables = {name: table(name, rows) for name, rows in parts.items()}
    numbered = tables.pop("clauses").with_columns(pl.col("version").cast(pl.Int64))
    return Trace(**tables, clauses=numbered)


def written(folder, parts):
    for name, rows in parts.items():
        table(name, rows).write_csv(folder / f"{name}.csv")
    return folder


def covered(trace: Trace, strata: tuple[str, ...] = ()) -> deliberation.Coverage:
    """Count what became of the voices of a trace."""
    return deliberation.coverage(trace.voices, trace.links, trace.dispositions, trace.clauses, strata)


def log(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Write the history of clauses: clause, version, kind and, where it has them, what it came from and its text."""
    names = ("clause", "version", "kind", "came_from", "text")
    return pl.DataFrame(
        [dict(zip(names, (*row, *[None] * (5 - len(row))), strict=True)) for row in rows],
        schema={"clause": pl.String, "version": pl.Int64, "kind": pl.String, "came_from": pl.String, "text": pl.String},
    )
