"""A new room is its folder plus one line: check, menu, API root and command list show it without another change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]

ROOM = {
    "__init__.py": '"""Innovation: who works with whom on what."""\n',
    "apps.py": """
from django.utils.translation import gettext_lazy as _

from minga.web.rooms import MenuEntry, Room


class InnovationConfig(Room):
    name = "minga.innovation"
    label = "innovation"
    verbose_name = _("Innovation")
    menu = (MenuEntry(_("Network of innovators"), "innovation:network", order=90),)
""",
    "urls.py": """
from django.urls import path

from minga.innovation import views

app_name = "innovation"
urlpatterns = [path("", views.network, name="network")]
""",
    "views.py": """
from django.http import HttpResponse


def network(request):
    return HttpResponse("the network")
""",
    "api.py": """
from ninja import Router

router = Router()


@router.get("/actors")
def actors(request):
    return {"actors": []}
""",
    "cli.py": """
import typer

app = typer.Typer(help="Who works with whom.")


@app.command()
def actors() -> None:
    \"\"\"List the actors.\"\"\"
    typer.echo("no actors yet")


@app.callback()
def group() -> None:
    \"\"\"Who works with whom.\"\"\"
""",
}

VISIT = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client

call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
for address in ("/en/", "/en/innovation/", "/api/v1/innovation/actors", "/api/v1/openapi.json"):
    answer = Client().get(address)
    print("=====", address, answer.status_code)
    print(answer.content.decode())
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Copy the package, add the folder and the one line."""
    house = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src" / "minga", house / "src" / "minga", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", house)
    room = house / "src" / "minga" / "innovation"
    room.mkdir()
    for name, text in ROOM.items():
        (room / name).write_text(text.lstrip(), encoding="utf-8")
    rooms = house / "src" / "minga" / "site" / "rooms.py"
    text = rooms.read_text(encoding="utf-8")
    rooms.write_text(text.replace("\n]", '\n    "innovation",\n]'), encoding="utf-8")
    return house


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, on a database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGA_")}
    environment = kept | {
        "PYTHONPATH": str(house / "src"),
        "DJANGO_SETTINGS_MODULE": "minga.site.settings",
        "MINGA_VAR": str(house / "var"),
        "MINGA_HOSTS": "localhost,testserver",
        "MINGA_LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=house, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def pages(house):
    """Visit the pages of the copy; return status and body by address."""
    done = run(house, "-c", VISIT)
    assert done.returncode == 0, done.stderr
    visited = {}
    for part in done.stdout.split("===== ")[1:]:
        head, _, body = part.partition("\n")
        address, status = head.split()
        visited[address] = (int(status), body)
    return visited


def test_the_copy_is_what_runs(house):
    done = run(house, "-c", "import minga; print(minga.__file__)")
    assert done.stdout.strip() == str(house / "src" / "minga" / "__init__.py")


def test_check_accepts_the_room(house):
    done = run(house, "manage.py", "check")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_menu_on_the_first_page_has_its_entry(pages):
    status, body = pages["/en/"]
    assert status == 200
    assert '<a href="/en/innovation/">Network of innovators</a>' in body


def test_its_page_is_served(pages):
    assert pages["/en/innovation/"] == (200, "the network\n")


def test_its_router_stands_under_the_api_root(pages):
    assert pages["/api/v1/innovation/actors"] == (200, '{"actors": []}\n')
    assert "/api/v1/innovation/actors" in pages["/api/v1/openapi.json"][1]


def test_its_command_is_listed_and_runs(house):
    listed = run(house, "-m", "minga.site.cli", "--help").stdout
    assert "innovation" in listed
    assert "Innovation: who works with whom on what." in " ".join(listed.split())
    assert run(house, "-m", "minga.site.cli", "innovation", "actors").stdout == "no actors yet\n"
