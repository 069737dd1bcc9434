"""The import contracts hold in the house, and each one breaks when somebody breaks its rule."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps

from minga.site.rooms import ROOMS

ROOT = Path(__file__).resolve().parents[1]

#: What is planted (file under src/minga, line added to it) and the contracts that must break, by their number.
VIOLATIONS = {
    "an engine imports Django": ("readiness/engine/planted.py", "import django", {"1a"}),
    "the ground imports typer": ("stats/planted.py", "import typer", {"1a"}),
    "an engine asks its own database": (
        "readiness/engine/planted.py",
        "import minga.readiness.selectors",
        {"1a", "1b", "2"},
    ),
    "an engine uses another room's engine": (
        "readiness/engine/planted.py",
        "import minga.knowledge.engine",
        {"1b", "3"},
    ),
    "a model calls a service": ("readiness/models.py", "from minga.readiness import services", {"2"}),
    "a service starts a task": ("readiness/services.py", "from minga.readiness import tasks", {"2"}),
    "a view reads another room's models": ("readiness/views.py", "import minga.members.models", {"3"}),
    "a function hides the import of another room's models": (
        "readiness/views.py",
        "def planted():\n    import minga.members.models",
        {"3"},
    ),
    "a helper file of another name is used": ("members/planted.py", "", {"3"}),
    "a room looks up": ("knowledge/planted.py", "import minga.readiness", {"4"}),
    "a room imports the roof": ("knowledge/planted.py", "import minga.site.rooms", {"3", "4"}),
    "a folder stands in no list": ("innovation/__init__.py", '"""Innovation."""', {"4"}),
    "the ground imports a room": ("web/planted.py", "import minga.members", {"4", "5"}),
    "a room's door imports Django": ("readiness/__init__.py", "import django", {"6"}),
}
#: Some violations need a second file.
ALSO = {
    "a service starts a task": ("readiness/tasks.py", ""),
    "a helper file of another name is used": ("readiness/views.py", "import minga.members.planted"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the contracts speak of: the source without its tests, the custom contract and pyproject.toml."""
    copy = tmp_path_factory.mktemp("house")
    others = ("__pycache__", "content", "instruments", "static", "templates", "locale", "tests", "migrations")
    shutil.copytree(ROOT / "src" / "minga", copy / "src" / "minga", ignore=shutil.ignore_patterns(*others))
    shutil.copytree(ROOT / "scripts", copy / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.fixture
def plant(house: Path) -> Iterator[Callable[[str, str], None]]:
    """Return what adds a line to a file of the copy; afterwards the copy is as it was."""
    before: dict[Path, str | None] = {}

    def put(file: str, line: str) -> None:
        path = house / "src" / "minga" / file
        path.parent.mkdir(exist_ok=True)
        before[path] = path.read_text(encoding="utf-8") if path.exists() else None
        path.write_text(f"{before[path] or ''}\n{line}\n", encoding="utf-8")

    yield put
    for path, text in before.items():
        if text is not None:
            path.write_text(text, encoding="utf-8")
            continue
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def broken_contracts(house: Path) -> tuple[set[str], str]:
    """Run the contracts in a folder; return the numbers of the broken ones and all that was said."""
    command = Path(sys.executable).with_name("lint-imports")
    paths = os.pathsep.join([str(house / "src"), str(house)])
    done = subprocess.run(
        [command, "--no-cache", "--no-logo"],
        cwd=house,
        env=os.environ | {"PYTHONPATH": paths, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    verdicts = re.findall(r"^(\d\w?) .*?\b(KEPT|BROKEN)\b", said, flags=re.MULTILINE)
    assert len(verdicts) == 7, said
    return {number for number, verdict in verdicts if verdict == "BROKEN"}, said


def test_the_house_keeps_every_contract():
    broken, said = broken_contracts(ROOT)
    assert not broken, said


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_planted_violation_breaks_its_contracts_and_no_other(house, plant, violation):
    file, line, expected = VIOLATIONS[violation]
    plant(file, line)
    if violation in ALSO:
        plant(*ALSO[violation])
    broken, said = broken_contracts(house)
    assert broken == expected, said


def test_every_contract_is_broken_by_some_violation():
    planted = set().union(*(expected for _file, _line, expected in VIOLATIONS.values()))
    assert planted == {"1a", "1b", "2", "3", "4", "5", "6"}


def foreign_keys_upward(order: list[str]) -> list[str]:
    """List the relations that point from a room to one above it: import contracts cannot see a key named by string."""
    rank = {room: place for place, room in enumerate(order)}
    return [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in rank
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model
        and rank.get(field.related_model._meta.app_label, -1) > rank[model._meta.app_label]
    ]


def test_foreign_keys_point_downwards_only():
    assert foreign_keys_upward(ROOMS) == []


def test_a_foreign_key_upwards_would_be_seen():
    upside_down = foreign_keys_upward(list(reversed(ROOMS)))
    assert any(line.startswith("readiness.") and "-> members." in line for line in upside_down)


def test_ground_and_web_hold_no_key_to_a_room():
    kept = {"web"}
    assert [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in kept
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model._meta.app_label in ROOMS
    ] == []
