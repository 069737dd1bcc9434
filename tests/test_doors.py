"""Every package and the command's help work where neither Django nor its companions are installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from minga.site.rooms import ROOMS

GROUND = ["stats", "tables", "text", "trust"]

#: Runs first in the fresh interpreter: whatever belongs to the site cannot be found.
BLOCK = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "ninja", "allauth", "django_tasks", "django_tasks_db", "csp", "rules"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""


def fresh(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter in which the site's packages are absent."""
    return subprocess.run([sys.executable, "-c", BLOCK + code], capture_output=True, text=True, check=False)


def test_the_block_really_blocks():
    assert "No module named 'django'" in fresh("import django").stderr


@pytest.mark.parametrize("package", ["", *GROUND, *ROOMS])
def test_package_imports_without_django_and_offers_what_it_promises(package):
    name = f"minga.{package}".rstrip(".")
    done = fresh(
        f"import {name} as door\n"
        "for offered in getattr(door, '__all__', []):\n"
        "    getattr(door, offered)\n"
        "print('open')\n"
    )
    assert done.stdout.strip() == "open", done.stderr


def test_help_works_without_django_and_names_every_room_that_has_commands():
    done = fresh("from minga.site.cli import app\napp(['--help'])")
    assert done.returncode == 0, done.stderr
    assert "readiness" in done.stdout
    assert "Exit codes" in done.stdout


def test_help_loads_no_heavy_package():
    """The 0.3 seconds of `minga --help` are kept by what is not imported; `bench/cli_start.py` prints the time."""
    done = fresh(
        "from minga.site.cli import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'numpy', 'scipy', 'polars', 'pydantic', 'yaml', 'django'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))\n"
    )
    assert done.stdout.strip().endswith("heavy: []"), done.stdout + done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_door_says_so_when_asked_for_what_it_does_not_offer(room):
    done = fresh(f"import minga.{room}\nminga.{room}.nothing_of_this_name")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("AttributeError")
    assert f"minga.{room}" in last
    assert "nothing_of_this_name" in last
