"""The commands people type: the Makefile only calls scripts, the locks are pinned, the last line adds up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.totals import totals

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ["setup", "demo", "test", "check", "bench", "docs", "lock", "make_upgrade_fixture"]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def test_every_target_of_the_makefile_calls_its_script_and_nothing_else():
    recipes = re.findall(r"^(\w+):\n((?:\t.*\n?)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    called = {target: lines.strip() for target, lines in recipes if target != "help"}
    assert called == {
        "setup": "@scripts/setup dev",
        **{target: f"@scripts/{target}" for target in ("demo", "test", "check", "bench", "docs")},
    }


def test_continuous_integration_runs_make_test_and_nothing_else():
    commands = [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["exec make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("name", [*SCRIPTS, "lib.sh", "steps.sh"])
def test_script_is_sound_and_can_be_started(name):
    path = ROOT / "scripts" / name
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert name.endswith(".sh") or os.access(path, os.X_OK)


def test_an_unknown_kind_of_setup_says_which_there_are():
    done = subprocess.run([ROOT / "scripts" / "setup", "everything"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "WHAT TO DO: Use site, pdf, dev or bench." in done.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_a_hash_and_no_address(lock):
    text = lock.read_text()
    assert "://" not in text
    assert "--index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 3
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._\-\[\],]+==[^\s;]+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_locks_agree_on_every_version():
    versions: dict[tuple[str, str], set[str]] = {}
    for lock in LOCKS:
        for name, version, marker in re.findall(
            r"^([A-Za-z0-9._\-\[\]]+)==([^\s;\\]+)([^\\\n]*)", lock.read_text(), re.M
        ):
            versions.setdefault((name, marker.strip()), set()).add(version)
    assert {key: found for key, found in versions.items() if len(found) > 1} == {}


def test_the_last_line_adds_up_what_pytest_wrote(tmp_path):
    one = '<testsuites><testsuite tests="10" failures="1" errors="1" skipped="2"/></testsuites>'
    two = '<testsuites><testsuite tests="5" failures="0" errors="0" skipped="0"/></testsuites>'
    for name, text in (("one.xml", one), ("two.xml", two)):
        (tmp_path / name).write_text(text)
    assert totals([tmp_path / "one.xml", tmp_path / "two.xml"]) == {"passed": 11, "failed": 2, "skipped": 2}


def steps(tmp_path: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a few steps in a copy of what the scripts share."""
    (tmp_path / "scripts").mkdir()
    for name in ("lib.sh", "steps.sh", "totals.py", "__init__.py"):
        (tmp_path / "scripts" / name).write_text((ROOT / "scripts" / name).read_text())
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    path = tmp_path / "scripts" / "try"
    path.write_text(f'. "$(dirname "$0")/lib.sh"\n. scripts/steps.sh\n{script}\nfinish "make try"\n')
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(["bash", path], env=kept | environment, capture_output=True, text=True, check=False)


def test_a_failing_step_does_not_stop_the_others_and_fails_the_whole(tmp_path):
    done = steps(tmp_path, 'run "one" false\nrun "two" true')
    assert done.returncode == 1
    assert "-- two: good" in done.stdout
    assert "FAILED: one" in done.stdout
    assert done.stdout.splitlines()[-1].startswith(
        "make try FAILED: 1 steps good, 1 failed, 0 not run; tests: 0 passed"
    )


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_what_was_not_run_is_said_and_fails_only_in_continuous_integration(tmp_path, ci, code):
    done = steps(tmp_path, 'run "one" true\nleave "two" "no browser"', CI=ci)
    assert done.returncode == code
    assert "NOT RUN: two (no browser)" in done.stdout
