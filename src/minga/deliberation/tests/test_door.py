"""What ``help(deliberation)`` tells a newcomer is true and complete."""

from __future__ import annotations

import inspect
import re

import polars as pl

from minga import deliberation
from minga.deliberation.testing_conversations import planted


def test_the_first_example_runs_from_an_export_to_its_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deliberation.write_polis(planted(people=40, statements=12, camps=2), "export")
    lines = [line.strip() for line in deliberation.__doc__.splitlines() if line.startswith("    ")]
    names = {"deliberation": deliberation}
    exec("\n".join(lines).replace("export.zip", "export"), names)
    assert names["found"].k == 2
    assert isinstance(names["shown"], pl.DataFrame)
    assert (tmp_path / "out" / "map.json").exists()


def test_every_function_is_listed_by_its_subject():
    offered = {name for name in deliberation.__all__ if inspect.isfunction(getattr(deliberation, name))}
    subjects = deliberation.__doc__.partition("Conversations:")[2]
    assert set(re.findall(r"\b[a-z_]+\b(?=[,.;])", subjects)) == offered
