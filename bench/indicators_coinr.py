"""Composite indexes beside COINr (R): building, uncertainty, sensitivity, and two larger tables.

Where R has COINr, both are measured in this run. Otherwise the table recorded with COINr 1.1.14 under R 4.2.2 is
printed beside our figures of this run, and every such ratio is marked "recorded": it is from another machine.

Run: python bench/indicators_coinr.py [ASEM folder]. The folder holds iData.csv and iMeta.csv (default: the shared data
beside the project). Prints CPU seconds of one thread and the largest memory; leaves with 1 when a limit is missed.
"""

from __future__ import annotations

# ruff: noqa: E402 - the number of threads is set before the libraries load
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(name, "1")  # one thread, before the libraries load

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from minga import indicators as mi

ASEM = Path(__file__).resolve().parents[2] / "shared" / "data" / "composite" / "asem"

#: CPU seconds of COINr 1.1.14, R 4.2.2; "*" marks what was extrapolated from the time of one run.
RECORDED = {
    "build": (0.165, ""), "uncached": (270.0, "*"), "uncertainty": (270.0, "*"), "sensitivity": (813.0, "*"),
    "removals": (12.6, ""), "2000x100": (1.24 + 0.07 + 2.07 + 0.02 + 0.52, ""),
}  # fmt: skip
#: name: (what, least ratio or None, most seconds or None)
LIMITS = {
    "build": ("ASEM built end to end, nothing kept", 12.0, 0.013),
    "uncached": ("1,000 replications, each with its own winsorising limit and threshold", 100.0, 2.5),
    "uncertainty": ("1,000 replications, four uncertain choices", 1000.0, 0.25),
    "sensitivity": ("3,000 runs (N = 500, d = 4)", None, 0.5),
    "removals": ("the index without each of 49 indicators", None, None),
    "2000x100": ("2,000 units x 100 indicators, 4 levels, 5% missing", None, 0.15),
    "copeland": ("Copeland, 2,000 units x 10 columns", None, 1.0),
}
R_CODE = """
library(COINr); t <- function(e) cat(deparse(substitute(e))[1], system.time(e)["user.self"], "\\n")
cat("build", min(replicate(4, system.time(build_example_coin(quietly = TRUE))["user.self"])), "\\n")
coin <- build_example_coin(quietly = TRUE)
coin$Log$Normalise$global_specs <- list(f_n = "n_minmax", f_n_para = list(c(1, 100)))
coin <- Regen(coin, quietly = TRUE); set.seed(7)
nw <- get_noisy_weights(coin$Meta$Weights$Original, data.frame(Level = 2:3, NoiseFactor = .25), 100)
specs <- list(
  Winmax = list(Address = "$Log$Treat$global_specs$f1_para$winmax", Distribution = 1:5, Type = "discrete"),
  Normalisation = list(Address = "$Log$Normalise$global_specs", Type = "discrete", Distribution = list(
    list(f_n = "n_minmax", f_n_para = list(c(1, 100))), list(f_n = "n_zscore", f_n_para = list(c(10, 2))))),
  Weights = list(Address = "$Log$Aggregate$w", Distribution = nw, Type = "discrete"),
  Aggregation = list(Address = "$Log$Aggregate$f_ag", Distribution = c("a_amean", "a_gmean"), Type = "discrete"))
ua <- system.time(get_sensitivity(coin, specs, N = 100, SA_type = "UA", dset = "Aggregated", iCode = "Index",
  quietly = TRUE, check_addresses = FALSE))["user.self"]
cat("uncertainty", ua * 10, "\\n"); cat("uncached", ua * 10, "\\n"); cat("sensitivity", ua * 30, "\\n")
"""


def asem(folder: Path) -> tuple[mi.Index, pl.DataFrame]:
    """COINr's example with its default steps, min-max to 1..100."""
    idata = pl.read_csv(folder / "iData.csv", infer_schema_length=None)
    imeta = pl.read_csv(folder / "iMeta.csv", infer_schema_length=None)
    index = mi.Index.from_tables(idata, imeta, impute={"method": "mean", "group": "EurAsia_group"})
    return index.replace("normalise", mi.MinMax(1, 100)), idata


def large(units: int, columns: int, missing: float) -> pl.DataFrame:
    """Log-normal columns of four spreads, some cells empty."""
    random = np.random.default_rng(1)
    found: dict[str, object] = {"unit": [f"u{at}" for at in range(units)]}
    for at in range(columns):
        values = np.exp(random.normal(0.0, (0.3, 0.6, 1.0, 1.6)[at % 4], units))
        values[random.random(units) < missing] = np.nan
        found[f"i{at}"] = pl.Series(values).fill_nan(None)
    return pl.DataFrame(found)


def large_index() -> mi.Index:
    """100 indicators in 10 groups, 2 above, 1 at the top."""
    indicators = tuple(mi.Indicator(f"i{at}", f"g{at // 10}", direction=-1 if at % 4 == 3 else 1) for at in range(100))
    nodes = (*(mi.Node(f"g{at}", f"s{at // 5}") for at in range(10)), mi.Node("s0", "top"), mi.Node("s1", "top"))
    return mi.Index(indicators, (*nodes, mi.Node("top")), impute=mi.Impute("mean"), normalise=mi.MinMax(1, 100))


def best_of(times: int, work: Callable[[], object]) -> float:
    """The least CPU time of several runs, after one that loads what is loaded lazily."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def ours(folder: Path) -> dict[str, float]:
    """Measure everything here and now."""
    index, table = asem(folder)
    choices = {
        "treat.winmax": [1, 2, 3, 4, 5],
        "normalise": [mi.MinMax(1, 100), mi.ZScore(10, 2)],
        "weights": mi.Jitter(0.25, levels=(2, 3)),
        "aggregate": ["arithmetic", "geometric"],
    }
    distinct = choices | {"treat.winmax": mi.Uniform(1, 1000, whole=True), "treat.skew": mi.Uniform(0.5, 3.0)}
    wide, ten, wide_index = large(2000, 100, 0.05), large(2000, 10, 0.0), large_index()
    return {
        "build": best_of(15, lambda: index.fit(table)),
        "uncached": best_of(3, lambda: mi.uncertainty(index, table, distinct, n=1000)),
        "uncertainty": best_of(3, lambda: mi.uncertainty(index, table, choices, n=1000)),
        "sensitivity": best_of(3, lambda: mi.sobol(index, table, choices, n=500)),
        "removals": best_of(3, lambda: mi.drop_each(index, table, level=1)),
        "2000x100": best_of(3, lambda: wide_index.fit(wide)),
        "copeland": best_of(2, lambda: mi.copeland(ten)),
    }


#: name: (what, most MB)
MEMORY = {
    "draws": ("100,000 replications of ASEM", 500),
    "rows": ("1,000,000 units x 20 indicators", 2048),
}


def memory(name: str, folder: Path) -> float:
    """Largest memory, in MB, of a process of its own that does one thing."""
    done = subprocess.run([sys.executable, __file__, str(folder), name], capture_output=True, text=True, check=True)
    return float(done.stdout)


def alone(name: str, folder: Path) -> float:
    """Do one thing, and say how much memory this process took in all."""
    if name == "draws":
        index, table = asem(folder)
        mi.uncertainty(index, table, {"treat.winmax": [1, 3, 5], "weights": mi.Jitter(0.25, sets=1000)}, n=100_000)
    else:
        codes = [f"c{at}" for at in range(20)]
        draw = np.random.default_rng(1)
        rows = pl.DataFrame({code: draw.lognormal(0, 0.5, 1_000_000) for code in codes}).with_row_index("unit")
        parts = tuple(mi.Node(f"n{at}", "top") for at in range(4))
        indicators = tuple(mi.Indicator(code, f"n{at % 4}") for at, code in enumerate(codes))
        mi.Index(indicators, (mi.Node("top"), *parts)).fit(rows.with_columns(pl.col("unit").cast(pl.String)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def coinr() -> dict[str, float]:
    """Measure COINr where R has it; nothing elsewhere. Uncertainty is measured at N = 100 and scaled up."""
    if shutil.which("Rscript") is None:
        return {}
    done = subprocess.run(["Rscript", "-e", R_CODE], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {}
    return {name: float(value) for name, value in (line.split()[:2] for line in done.stdout.splitlines() if line)}


def main() -> int:
    """Print a line for each figure, then the verdict."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ASEM
    if not (folder / "iData.csv").exists():
        print(f"There is no iData.csv in {folder}. Name the folder of COINr's ASEM example.")
        return 2
    if len(sys.argv) > 2:
        print(alone(sys.argv[2], folder))
        return 0
    here, there = ours(folder), coinr()
    print("COINr measured in this run." if there else "R with COINr was not found: its recorded times are shown.")
    missed = []
    for name, (what, least, most) in LIMITS.items():
        recorded, mark = RECORDED.get(name, (None, ""))
        theirs = there.get(name, recorded)
        source = "this run" if name in there else f"recorded{' and extrapolated' if mark else ''}"
        ratio = None if theirs is None else theirs / here[name]
        beside = "" if ratio is None else f"; COINr {theirs:.3g} s ({source}), {ratio:,.0f} times"
        print(f"{what}: {here[name]:.4f} s{beside}")
        if (most is not None and here[name] > most) or (least is not None and ratio is not None and ratio < least):
            missed.append(f"{what}: at least {least} times, at most {most} s")
    for name, (what, largest) in MEMORY.items():
        taken = memory(name, folder)
        print(f"{what}: {taken:.0f} MB at most")
        if taken > largest:
            missed.append(f"{what}: at most {largest} MB")
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
