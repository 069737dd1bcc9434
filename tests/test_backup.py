"""One file brings a whole site back, on either database, or leaves everything as it was."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sites import Site, assert_same_rows, postgres_database

pytestmark = pytest.mark.slow

#: Rows whose values are easily lost on the way: microseconds, scripts, empty against missing, nested JSON, big numbers.
STORY = """
from datetime import UTC, datetime, date
from django.contrib.sessions.models import Session
from minga.members import services
from minga.members.models import Account, Consent, Organization, Person

bao = services.createadmin(email="bao@example.org", password="the council meets on Monday", name="Bao")
amina = services.create_account(email="amina@example.org", password="bread every morning", name="أمينة 🥖")
person = services.person_for(amina)
bakery = services.create_organization(
    by=person, name="Padaria São Tiago, “Praia”\\n2nd line", type="sme", country="CV", sector="10", size="1-9",
    languages=["fr", "ar"], women_led=None,
)
services.give_consent(scope="benchmark", text_version="1", subject_key="a\\u00e9 b")
Organization.objects.filter(pk=bakery.pk).update(created_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
from minga.web.models import ScheduledRun
ScheduledRun.objects.create(name="نص", outcome={"deep": [1, 2.5, None, {"é": True}], "large": 9007199254740993})
Session.objects.create(session_key="open-sign-in", session_data="x", expire_date=datetime(2030, 1, 1, tzinfo=UTC))
"""


EVIDENCE_KEY = "bWluZ2EtdGVzdC1rZXktMDEyMzQ1Njc4OWFiY2RlZmc="
#: A photo behind an answer and a letter to a consultation, encrypted at rest.
EVIDENCE = """
import io
from PIL import Image
from minga.members.models import Account
from minga.readiness import services
photo = io.BytesIO()
Image.new("RGB", (40, 30), "teal").save(photo, "JPEG")
check = services.start_assessment(
    country="CV", sector="10", size="1-9", language="en", account=Account.objects.get(email="amina@example.org")
)
services.add_evidence(assessment=check, item="INT1", data=photo.getvalue(), caption="Plan on the wall")

from minga.deliberation.models import Consultation
from minga.deliberation.services.sources import File, take_in
asked = Consultation.objects.create(slug="strategy", title="A strategy", state="open")
take_in(asked, "letter", "Train the bakers.", file=File("letter.txt", "text/plain", b"A secret letter."))
"""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with people, an organization, acts, a consent and two uploads."""
    site = Site(tmp_path_factory.mktemp("lived-in"), settings={"MINGA_EVIDENCE_KEY": EVIDENCE_KEY}).prepared()
    site.python(STORY)
    place = site.var / "uploads" / "evidence" / "énergie.pdf"
    place.parent.mkdir(parents=True)
    place.write_bytes(bytes(range(256)) * 100)
    (site.var / "uploads" / "empty.txt").touch()
    site.python(EVIDENCE)
    return site


@pytest.fixture(scope="module")
def backup(lived_in: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backups") / "minga.zip"
    told = json.loads(lived_in.program("site", "backup", str(path), "--json").stdout)
    assert (told["uploads"], told["evidence"], told["sources"]) == (2, 1, 1)
    assert told["bytes"] == path.stat().st_size
    return path


@pytest.fixture
def empty_site(tmp_path: Path) -> Site:
    return Site(tmp_path / "var")


@pytest.fixture(scope="module")
def restored(backup: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site into which the backup was brought, for tests that only look at it."""
    site = Site(tmp_path_factory.mktemp("restored"), settings={"MINGA_EVIDENCE_KEY": EVIDENCE_KEY})
    site.program("site", "restore", str(backup))
    return site


def uploads(site: Site, part: str = "uploads") -> dict[str, bytes]:
    root = site.var / part
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_restoring_brings_back_every_row_and_every_upload(lived_in: Site, restored: Site) -> None:
    assert_same_rows(lived_in, restored)
    assert uploads(restored) == uploads(lived_in)
    assert restored.json("site", "check")["ok"]


def test_restoring_brings_back_evidence_still_encrypted_and_closed_to_others(
    lived_in: Site, backup: Path, restored: Site
) -> None:
    with zipfile.ZipFile(backup) as archive:
        packed = b"".join(archive.read(name) for name in archive.namelist())
    assert b"JFIF" not in packed, "the photo lies open in the backup"
    assert b"A secret letter" not in packed, "the letter lies open in the backup"
    assert uploads(restored, "evidence") == uploads(lived_in, "evidence")
    assert uploads(restored, "sources") == uploads(lived_in, "sources") != {}
    (file,) = [path for path in (restored.var / "evidence").rglob("*") if path.is_file()]
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    said = restored.python("""
        from minga.readiness import services
        from minga.readiness.models import Evidence
        print(services.read_evidence(evidence=Evidence.objects.get())[:3])
    """)
    assert said == repr(b"\xff\xd8\xff")


def test_a_restored_site_goes_on_where_it_stopped(restored: Site, tmp_path: Path) -> None:
    site = Site(shutil.copytree(restored.var, tmp_path / "copy"))
    site.python("""
        from minga.members import services
        services.create_account(email="chloe@example.org", name="Chloé")
    """)
    assert site.json("site", "check")["ok"], "new keys clash, or the trail is broken"


def test_open_sign_ins_are_not_in_the_backup(backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        assert "open-sign-in" not in "".join(archive.read(name).decode("latin-1") for name in archive.namelist())


def test_only_its_owner_can_read_the_backup(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_travels_from_sqlite_to_postgresql_and_back(lived_in: Site, backup: Path, tmp_path: Path) -> None:
    with postgres_database() as url:
        there = Site(tmp_path / "there", url)
        there.minga("site", "restore", str(backup))
        assert there.json("site", "check")["ok"]
        there.python("""
            from minga.members import services
            services.create_account(email="dora@example.org", name="Dora").delete()
            from minga.members.models import Person
            Person.objects.get(name="Dora").delete()
            from allauth.account.models import EmailAddress
            assert not EmailAddress.objects.filter(email="dora@example.org").exists()
        """)
        there.minga("site", "backup", str(tmp_path / "there.zip"))
        again = Site(tmp_path / "again")
        again.minga("site", "restore", str(tmp_path / "there.zip"))
        assert_same_rows(lived_in, again)
        assert uploads(again) == uploads(lived_in)


def test_restoring_over_a_postgresql_database_replaces_it(backup: Path, tmp_path: Path) -> None:
    with postgres_database() as url:
        there = Site(tmp_path / "there", url)
        there.minga("site", "prepare")
        there.python("""
            from minga.members import services
            services.create_account(email="old@example.org", name="Old")
        """)
        refused = there.minga("site", "restore", str(backup), expect=1)
        assert "not empty" in refused.stderr
        kept = there.json("site", "restore", str(backup), "--replace", "--yes")["kept"]
        names = there.python("""
            from minga.members.models import Account
            print(*Account.objects.order_by("email").values_list("email", flat=True))
        """)
        assert names == "amina@example.org bao@example.org"
        assert Path(kept).exists()


def test_a_database_with_rows_is_left_alone_without_replace(lived_in: Site, backup: Path, tmp_path: Path) -> None:
    site = Site(shutil.copytree(lived_in.var, tmp_path / "copy"))
    before = site.rows()
    refused = site.minga("site", "restore", str(backup), expect=1)
    assert "The database is not empty" in refused.stderr
    assert "--replace" in refused.stderr
    assert site.rows() == before


def test_replacing_asks_first_and_keeps_a_backup_of_what_was_there(backup: Path, tmp_path: Path) -> None:
    site = Site(tmp_path / "var").prepared()
    site.python("""
        from minga.members import services
        services.create_account(email="old@example.org", name="Old")
    """)
    (site.var / "uploads").mkdir(exist_ok=True)
    (site.var / "uploads" / "old.txt").write_text("old")
    before = site.rows()
    site.minga("site", "restore", str(backup), "--replace", typed="n\n", expect=1)
    assert site.rows() == before
    kept = site.json("site", "restore", str(backup), "--replace", "--yes")["kept"]
    assert {row[4] for row in site.rows()["members_account"]} != {row[4] for row in before["members_account"]}
    assert "old.txt" not in uploads(site)

    earlier = Site(tmp_path / "earlier")
    earlier.minga("site", "restore", kept)
    assert earlier.rows()["members_account"] == before["members_account"]
    assert uploads(earlier) == {"old.txt": b"old"}


# ---------------------------------------------------------------- files that are not what they should be
def rewritten(backup: Path, path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Copy a backup with its parts changed."""
    with zipfile.ZipFile(backup) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def with_manifest(parts: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads(parts["manifest.json"])
    change(manifest)
    parts["manifest.json"] = json.dumps(manifest).encode()


def flip_a_letter(parts: dict[str, bytes]) -> None:
    parts["tables/members.person.jsonl"] = parts["tables/members.person.jsonl"].replace(b"Bao", b"Bob")


def drop_a_table(parts: dict[str, bytes]) -> None:
    del parts["tables/members.person.jsonl"]


def add_a_file(parts: dict[str, bytes]) -> None:
    parts["uploads/guest.html"] = b"<script>"


def climb_out(parts: dict[str, bytes]) -> None:
    parts["uploads/../../escaped.txt"] = b""
    empty = hashlib.sha256(b"").hexdigest()
    with_manifest(parts, lambda m: m["uploads"].append({"name": "../../escaped.txt", "sha256": empty}))


def name_no_file(parts: dict[str, bytes]) -> None:
    parts["uploads/"] = b""
    empty = hashlib.sha256(b"").hexdigest()
    with_manifest(parts, lambda m: m["uploads"].append({"name": "", "sha256": empty}))


def say_next_to_nothing(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = b'{"format": 1}'


def hide_when_it_was_made(parts: dict[str, bytes]) -> None:
    with_manifest(parts, lambda m: m.update(made_at="amina@example.org"))


def come_from_the_future(parts: dict[str, bytes]) -> None:
    with_manifest(parts, lambda m: m["migrations"].update({"members": "0999_not_yet_written"}))


def speak_another_format(parts: dict[str, bytes]) -> None:
    with_manifest(parts, lambda m: m.update(format=2))


def lose_the_manifest(parts: dict[str, bytes]) -> None:
    del parts["manifest.json"]


def repeat_a_key(parts: dict[str, bytes]) -> None:
    """A file whose hashes are right but whose rows no database takes: found only in the middle of the work."""
    name = "tables/members.person.jsonl"
    head, first, *rest = parts[name].splitlines(keepends=True)
    parts[name] = b"".join([head, first, first, *rest])
    mark = hashlib.sha256(parts[name]).hexdigest()

    def told(manifest: dict[str, Any]) -> None:
        (table,) = [table for table in manifest["tables"] if table["name"] == "members.person"]
        table.update(sha256=mark, rows=table["rows"] + 1)

    with_manifest(parts, told)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (flip_a_letter, "members.person.jsonl in the backup is damaged"),
        (drop_a_table, "The backup is not whole: tables/members.person.jsonl"),
        (add_a_file, "The backup is not whole: uploads/guest.html"),
        (climb_out, "an upload outside its folder"),
        (name_no_file, "an upload outside its folder"),
        (say_next_to_nothing, "lacks what `minga site backup` writes"),
        (hide_when_it_was_made, "lacks what `minga site backup` writes"),
        (come_from_the_future, "members.0999_not_yet_written, which this one does not"),
        (speak_another_format, "format 2, but this version of Minga reads format 1"),
        (lose_the_manifest, "holds no manifest.json"),
        (repeat_a_key, "The database did not take the backup"),
    ],
)
def test_a_faulty_file_is_named_and_nothing_changes(
    change: Callable[[dict[str, bytes]], None], words: str, lived_in: Site, backup: Path, tmp_path: Path
) -> None:
    faulty = rewritten(backup, tmp_path / "faulty.zip", change)
    site = Site(shutil.copytree(lived_in.var, tmp_path / "copy"))
    before, files = site.rows(), uploads(site)
    refused = site.minga("site", "restore", str(faulty), "--replace", "--yes", expect=1)
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    assert site.rows() == before
    assert uploads(site) == files
    assert not (tmp_path / "escaped.txt").exists()
    # what the file itself shows is refused before the site is asked for anything
    assert bool(list(site.var.glob("before-restore-*"))) == (change is repeat_a_key)


def test_half_a_file_is_refused(backup: Path, empty_site: Site, tmp_path: Path) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    refused = empty_site.minga("site", "restore", str(half), expect=1)
    assert "cannot be read as a backup" in refused.stderr


def test_a_database_shared_with_another_program_is_refused(backup: Path, empty_site: Site) -> None:
    empty_site.prepared()
    empty_site.python("from django.db import connection; connection.cursor().execute('CREATE TABLE payroll (id int)')")
    refused = empty_site.minga("site", "restore", str(backup), "--replace", "--yes", expect=1)
    assert "payroll" in refused.stderr
    assert "a database of its own" in refused.stderr


def test_a_backup_never_overwrites_a_file(lived_in: Site, backup: Path) -> None:
    before = backup.read_bytes()
    refused = lived_in.minga("site", "backup", str(backup), expect=1)
    assert "exists already" in refused.stderr
    assert backup.read_bytes() == before


def test_people_can_go_on_working_during_a_backup_and_it_shows_one_moment(empty_site: Site) -> None:
    empty_site.prepared()
    printed = empty_site.python("""
        import sqlite3
        from django.conf import settings
        from minga.members.models import Body
        from minga.site.backup import one_moment

        other = sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0.5, isolation_level=None)
        with one_moment("default"):
            before = Body.objects.count()
            other.execute("INSERT INTO members_body (name, kind, is_sample) VALUES ('Council', 'council', 0)")
            during = Body.objects.count()
        print(before, during, Body.objects.count())
    """)
    assert printed == "0 0 1"
