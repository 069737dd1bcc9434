"""`minga knowledge`: files are checked without a site; search and load use one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import minga.knowledge
from minga.knowledge.cli import app

CONTENT = Path(minga.knowledge.__file__).parent / "content"
runner = CliRunner()

WITHOUT_DJANGO = """
import sys
for name in ("django", "ninja", "allauth"):
    sys.modules[name] = None
from minga.knowledge.cli import app
app()
"""


def test_record_files_are_checked_with_django_absent():
    files = [str(path) for path in sorted(CONTENT.glob("records-*.yaml"))]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, "check", *files], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout == "Records without fault: 163. Faults: 0.\n"
    assert done.returncode == 0


def test_a_fault_is_listed_and_the_command_fails(tmp_path):
    file = tmp_path / "records-x.yaml"
    file.write_text("- id: a\n  type: curse\n")
    done = runner.invoke(app, ["check", str(file)])
    assert done.exit_code == 1
    assert "records-x.yaml, line 1, record 'a', key 'type': " in done.output
    listed = json.loads(runner.invoke(app, ["check", str(file), "--json"]).output)
    assert listed["records"] == 0
    assert {"file", "line", "record", "key", "message"} == listed["problems"][0].keys()


@pytest.mark.page
def test_the_records_of_a_site_are_searched(shelf):
    done = runner.invoke(app, ["search", "bakery"])
    assert done.exit_code == 0
    assert "cv-bakers  [course]  Course for bakers" in done.output
    assert "1 of 1 records." in done.output
    found = json.loads(runner.invoke(app, ["search", "donnée personnelle", "--lang", "fr", "--json"]).output)
    assert found["records"] == [{"slug": "tn-law", "type": "regulation", "title": "Loi sur les données personnelles"}]
    assert "these hold some" in runner.invoke(app, ["search", "bakery spaceship"]).output


@pytest.mark.page
@pytest.mark.django_db
def test_the_start_content_is_loaded_and_a_second_time_nothing_changes():
    assert "Records added: 163. Changed: 0. Unchanged: 0." in runner.invoke(app, ["load"]).output
    again = runner.invoke(app, ["load", "--json"]).output
    assert json.loads(again) == {"added": 0, "changed": 0, "unchanged": 163}
