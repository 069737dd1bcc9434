"""What was kept from every release so far comes back in this version, whole, on either database."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

import minga
from tests.sites import Site, postgres_database

pytestmark = pytest.mark.slow

KEPT = sorted((Path(__file__).parent / "upgrade").glob("*.zip"))
FACTS = """
import json
from tests.upgrade.story import facts
print(json.dumps(facts(), ensure_ascii=False, default=str))
"""


def assert_facts_hold(backup: Path, site: Site) -> None:
    site.minga("site", "restore", str(backup))
    assert site.json("site", "check") == {"ok": True, "faults": []}
    expected = json.loads(backup.with_suffix(".json").read_text(encoding="utf-8"))
    assert json.loads(site.python(FACTS)) == expected


def test_every_release_so_far_is_kept() -> None:
    assert minga.__version__ in {path.stem for path in KEPT}, (
        f"tests/upgrade holds no backup made by version {minga.__version__}. Run scripts/make_upgrade_fixture."
    )


@pytest.mark.parametrize("backup", KEPT, ids=lambda path: path.stem)
def test_a_kept_site_is_upgraded_on_sqlite(backup: Path, tmp_path: Path) -> None:
    assert_facts_hold(backup, Site(tmp_path / "var", settings={"PYTHONPATH": os.getcwd()}))


@pytest.mark.parametrize("backup", KEPT, ids=lambda path: path.stem)
def test_a_kept_site_is_upgraded_on_postgresql(backup: Path, tmp_path: Path) -> None:
    with postgres_database() as url:
        assert_facts_hold(backup, Site(tmp_path / "var", url, settings={"PYTHONPATH": os.getcwd()}))


@pytest.mark.parametrize("backup", KEPT, ids=lambda path: path.stem)
def test_a_kept_site_is_small_and_holds_no_real_person(backup: Path) -> None:
    assert backup.stat().st_size < 1_000_000
    with zipfile.ZipFile(backup) as archive:
        accounts = archive.read("tables/members.account.jsonl").decode()
    assert accounts.count("@") == accounts.count("@example.org") == 2


def test_a_database_of_an_earlier_version_is_brought_up_to_date_where_it_stands(tmp_path: Path) -> None:
    """The other way to upgrade: the new version finds the old tables in place."""
    site = Site(tmp_path / "var", settings={"PYTHONPATH": os.getcwd()})
    site.python("""
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor
        executor = MigrationExecutor(connection)
        executor.migrate([("web", "0001_search"), ("members", "0001_members_and_trail")])
    """)
    assert "steps" in site.minga("site", "check", expect=1).stdout
    assert "Preparing the database" in site.minga("site", "prepare").stderr
    assert site.json("site", "check")["ok"]
