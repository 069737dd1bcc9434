"""Add up the results that pytest wrote, for the last line of `make test` and `make check`."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree


def totals(paths: list[Path]) -> dict[str, int]:
    """Count tests passed, failed and skipped over all files; an error counts as failed."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        for suite in ElementTree.parse(path).getroot().iter("testsuite"):  # noqa: S314 - pytest wrote it a moment ago
            ran, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            counts["passed"] += ran - failed - skipped
            counts["failed"] += failed
            counts["skipped"] += skipped
    return counts


def main(names: list[str]) -> None:
    """Print the totals as one phrase."""
    counts = totals([path for path in map(Path, names) if path.exists()])
    print(", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
