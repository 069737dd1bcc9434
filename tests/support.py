"""What tests of the whole house share: the one door to the golden data beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(relative: str) -> Path:
    """Return the path of a golden file; without it the test skips loudly, and under CI=true it fails."""
    path = SHARED_DATA / relative
    if path.exists():
        return path
    message = f"Golden data {relative!r} not found in {SHARED_DATA}. Place the shared data folder beside the project."
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
