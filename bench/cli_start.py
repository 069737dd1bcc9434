"""How long `minga --help` takes from the first byte to the last, beside an empty Python; the limit is 0.3 s.

Run: python bench/cli_start.py [times]. Prints medians of wall time and of CPU time, taken in turns in this run; the
limit is on CPU time, because the machine may be shared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

LIMIT = 0.3
HELP = [str(Path(sys.executable).with_name("minga")), "--help"]
EMPTY = [sys.executable, "-c", "pass"]


def measure(command: list[str]) -> tuple[float, float]:
    """Run a command; return its wall and CPU seconds."""
    wall, cpu = time.perf_counter(), _spent()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - wall, _spent() - cpu


def _spent() -> float:
    used = os.times()
    return used.children_user + used.children_system


def main() -> int:
    """Measure in turns and print the medians."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    measure(HELP)  # write the compiled files once
    taken = {"minga --help": [], "python -c pass": []}
    for _ in range(times):
        taken["minga --help"].append(measure(HELP))
        taken["python -c pass"].append(measure(EMPTY))
    medians = {name: (median(wall for wall, _ in runs), median(cpu for _, cpu in runs)) for name, runs in taken.items()}
    for name, (wall, cpu) in medians.items():
        print(f"{name:<15} {wall:.3f} s wall, {cpu:.3f} s CPU")
    cpu = medians["minga --help"][1]
    ratio = cpu / max(medians["python -c pass"][1], 0.001)
    print(f"minga --help takes {ratio:.1f} times the CPU of an empty Python; limit {LIMIT} s of CPU")
    return 0 if cpu <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
