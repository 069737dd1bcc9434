"""`minga site …` as an operator types it: what it does, what it refuses, how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sites import Site, free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that is ready to serve."""
    return Site(tmp_path_factory.mktemp("site")).prepared()


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("the council meets on Monday\n")
    return path


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 180) -> Any:
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} seconds")


# ---------------------------------------------------------------- preparing
def test_preparing_twice_says_and_changes_nothing_the_second_time(site: Site) -> None:
    before = site.rows()
    again = site.minga("site", "prepare")
    assert "database" not in again.stderr
    assert "static" not in again.stderr
    assert site.rows() == before


def test_a_changed_static_file_is_collected_again(site: Site) -> None:
    (site.var / "static" / "collected-from").write_text("another state")
    assert "Collecting the static files" in site.minga("site", "prepare").stderr


def test_a_broken_setting_stops_every_command_with_its_sentence_and_code_1(site: Site) -> None:
    broken = Site(site.var, settings={"MINGA_MIN_PEERS": "few"})
    for command in ("prepare", "check", "worker", "retention", "reindex", "sample"):
        refused = broken.minga("site", command, expect=1)
        assert 'MINGA_MIN_PEERS is "few"; give a whole number of at least 10.' in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_public_host_with_an_insecure_setting_does_not_start(site: Site) -> None:
    public = Site(site.var, settings={"MINGA_HOSTS": "minga.example.org", "MINGA_DEBUG": "on"})
    refused = public.minga("site", "run", "--port", str(free_port()), expect=1)
    assert "will not start" in refused.stderr
    assert "MINGA_DEBUG" in refused.stderr


def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path: Path) -> None:
    away = Site(tmp_path / "var", "postgres://minga:hunter2@127.0.0.1:1/minga")
    refused = away.minga("site", "check", expect=1)
    assert "The database cannot be reached" in refused.stdout
    assert "MINGA_DATABASE_URL" in refused.stdout
    assert "hunter2" not in refused.stdout + refused.stderr


def test_a_wrong_command_line_ends_with_code_2(site: Site) -> None:
    assert "backupp" in site.minga("site", "backupp", expect=2).stderr
    site.minga("site", "backup", expect=2)
    site.minga("site", "run", "--port", "70000", expect=2)


# ---------------------------------------------------------------- checking
def test_a_sound_site_has_no_fault(site: Site) -> None:
    assert site.json("site", "check") == {"ok": True, "faults": []}
    assert site.program("site", "check").stdout.strip() == "No fault found."


def test_missing_steps_of_the_database_are_named_with_their_remedy(tmp_path: Path) -> None:
    found = Site(tmp_path / "var").json("site", "check", expect=1)
    (fault,) = found["faults"]
    assert fault["part"] == "database"
    assert "minga site prepare" in fault["remedy"]


def test_a_changed_act_of_the_trail_is_found(site: Site, tmp_path: Path, password_file: Path) -> None:
    touched = copy_of(site, tmp_path)
    touched.minga("site", "createadmin", "bao@example.org", "--password-file", str(password_file))
    with closing(sqlite3.connect(touched.var / "minga.sqlite3")) as database:
        database.execute("DROP TRIGGER members_auditact_no_update")
        database.execute("UPDATE members_auditact SET reason = 'forged' WHERE sequence = 2")
        database.commit()
    found = touched.json("site", "check", expect=1)
    assert any(fault["part"] == "audit trail" and "ct 2" in fault["found"] for fault in found["faults"])


def test_documents_missing_from_the_search_index_are_counted_and_come_back(site: Site, tmp_path: Path) -> None:
    touched = copy_of(site, tmp_path)
    if not sum(touched.json("site", "reindex").values()):
        pytest.fail("A new site holds no document that can be found: the start content is missing.")
    with closing(sqlite3.connect(touched.var / "minga.sqlite3")) as database:
        database.execute("DELETE FROM web_search_words WHERE rowid = (SELECT min(id) FROM web_search_document)")
        database.execute("DELETE FROM web_search_document WHERE id = (SELECT min(id) FROM web_search_document)")
        database.commit()
    (fault,) = touched.json("site", "check", expect=1)["faults"]
    assert fault["part"] == "search index"
    assert "minga site reindex" in fault["remedy"]
    touched.minga("site", "reindex")
    assert touched.json("site", "check")["ok"]


def test_a_public_site_behind_no_trusted_proxy_and_without_mail_is_told_so(site: Site) -> None:
    key = "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    public = {"MINGA_HOSTS": "minga.example.org", "MINGA_SECRET_KEY": key}
    faults = Site(site.var, settings=public).json("site", "check", expect=1)["faults"]
    remedies = " ".join(fault["remedy"] for fault in faults)
    assert "MINGA_HTTPS_PROXY" in remedies
    assert "MINGA_MAIL_URL" in remedies
    mended = public | {"MINGA_HTTPS_PROXY": "on", "MINGA_MAIL_URL": "smtp://mail.example.org"}
    assert Site(site.var, settings=mended).json("site", "check")["ok"]


def copy_of(site: Site, place: Path) -> Site:
    place = place / "copy"
    place.mkdir()
    with (
        closing(sqlite3.connect(site.var / "minga.sqlite3")) as source,
        closing(sqlite3.connect(place / "minga.sqlite3")) as target,
    ):
        source.backup(target)
    return Site(place)


# ---------------------------------------------------------------- beginning
def test_an_administrator_is_made_and_belongs_to_the_secretariat_once_the_second_step_is_set_up(
    site: Site, tmp_path: Path, password_file: Path
) -> None:
    own = copy_of(site, tmp_path)
    made = own.json("site", "createadmin", "Bao@Example.org", "--name", "Bao", "--password-file", str(password_file))
    assert made == {"email": "bao@example.org"}
    printed = own.python("""
        from django.contrib.auth import authenticate
        from django.test import RequestFactory
        from minga.members import selectors
        request = RequestFactory().get("/")
        account = authenticate(request, email="bao@example.org", password="the council meets on Monday")
        print(selectors.holds_guarded_role(account), selectors.is_secretariat(account))
    """)
    assert printed == "True False"


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("bao", "the council meets on Monday", "email"),
        ("bao@example.org", "short", "too short"),
        ("bao@example.org", "password1234", "too common"),
    ],
)
def test_an_administrator_needs_an_address_and_a_good_password(
    email: str, password: str, words: str, site: Site, tmp_path: Path
) -> None:
    own = copy_of(site, tmp_path)
    (tmp_path / "password").write_text(password)
    refused = own.minga("site", "createadmin", email, "--password-file", str(tmp_path / "password"), expect=1)
    assert words in refused.stderr
    assert own.rows()["members_account"] == []


def test_the_sample_wants_a_database_of_its_own(site: Site, tmp_path: Path) -> None:
    own = copy_of(site, tmp_path)
    before = own.rows()
    assert "MINGA_SAMPLE=on" in own.minga("site", "sample", expect=1).stderr
    assert own.rows() == before


def test_the_sample_never_joins_real_organizations(site: Site, tmp_path: Path) -> None:
    own = copy_of(site, tmp_path)
    own.python("""
        from minga.members import services
        services.create_organization(by=None, name="Padaria", type="sme", country="CV", sector="10", size="1-9")
    """)
    before = own.rows()
    own.settings["MINGA_SAMPLE"] = "on"
    refused = own.minga("site", "sample", expect=1)
    assert "never mixed" in refused.stderr
    assert own.rows() == before


def test_a_sample_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    demo = Site(tmp_path / "var", settings={"MINGA_SAMPLE": "on"}).prepared()
    before = demo.rows()
    left = demo.python("""
        from minga.readiness import sample as of_readiness
        from minga.site import sample

        def broken():
            raise ValueError("the power went")

        of_readiness.load_sample = broken
        try:
            sample.load(lambda _text: None)
        except ValueError:
            from minga.knowledge.models import Record
            print(Record.objects.filter(is_sample=True).count())
    """)
    assert left == "0"
    assert demo.rows() == before, "what is left would be in the way of the next attempt"


def test_the_sample_is_loaded_once_and_its_logins_open_the_site(tmp_path: Path) -> None:
    demo = Site(tmp_path / "var").with_sample()
    logins = json.loads((demo.var / "logins.json").read_text(encoding="utf-8"))
    assert {login["role"] for login in logins} >= {"owner", "respondent", "adviser", "assessor", "secretariat"}
    before = demo.rows()
    assert len(before["members_organization"]) >= 200
    opened = demo.python(f"""
        from django.contrib.auth import authenticate
        from django.test import RequestFactory
        from minga.knowledge.models import Record
        request = RequestFactory().get("/")
        print(Record.objects.filter(is_sample=True).exists())
        print(all(authenticate(request, email=one["email"], password=one["password"]) for one in {logins!r}))
    """)
    assert opened.split() == ["True", "True"]
    assert demo.json("site", "sample")["logins"] == logins
    assert demo.rows() == before
    assert demo.json("site", "check")["ok"]


# ---------------------------------------------------------------- running
@contextmanager
def running(site: Site, *options: str) -> Iterator[tuple[Any, str]]:
    port = free_port()
    command = [sys.executable, "-m", "minga.site.cli", "site", "run", "--port", str(port), *options]
    program = subprocess.Popen(
        command, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    base = f"http://127.0.0.1:{port}"

    def up() -> bool:
        assert program.poll() is None, program.stdout.read().decode()
        return healthy(base)

    try:
        wait_for(up, "the site is healthy")
        yield program, base
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait(60)
        program.stdout.close()


def healthy(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def children(parent: int) -> dict[int, str]:
    """List the direct children of a process with their command lines."""
    found = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                status = (place / "stat").read_text().rsplit(")", 1)[1].split()
                if int(status[1]) == parent and status[0] != "Z":
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def worker_of(program: Any) -> int | None:
    workers = [pid for pid, command in children(program.pid).items() if "site worker" in command]
    return workers[0] if workers else None


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes under /proc")
def test_server_and_worker_run_and_stop_together(site: Site) -> None:
    with running(site) as (program, base):
        assert httpx.get(f"{base}/en/").status_code == 200
        worker = wait_for(lambda: worker_of(program), "the worker runs")
        program.terminate()
        assert program.wait(120) == 0
        said = program.stdout.read().decode()
        assert base in said
        wait_for(lambda: not is_alive(worker), "the worker stops")
    assert "Traceback" not in said


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes under /proc")
def test_a_killed_worker_and_a_killed_server_process_come_back(site: Site) -> None:
    with running(site) as (program, base):
        worker = wait_for(lambda: worker_of(program), "the worker runs")
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: (pid := worker_of(program)) and pid != worker, "another worker runs")
        (server,) = set(children(program.pid)) - {worker_of(program)}
        os.kill(server, signal.SIGKILL)
        wait_for(lambda: healthy(base), "another server answers")
        assert server not in children(program.pid)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes under /proc")
def test_when_the_first_process_is_killed_the_others_leave_and_free_the_port(site: Site) -> None:
    with running(site) as (program, base):
        wait_for(lambda: worker_of(program), "the worker runs")
        others = list(children(program.pid))
        assert len(others) == 2
        os.kill(program.pid, signal.SIGKILL)
        program.wait(60)
        wait_for(lambda: not any(map(is_alive, others)), "the others see that it is gone")
        socket.create_server(("127.0.0.1", int(base.rsplit(":", 1)[1]))).close()


def test_static_files_carry_their_hash_are_compressed_and_kept_for_a_year(site: Site) -> None:
    with running(site, "--no-worker") as (_program, base):
        page = httpx.get(f"{base}/en/").text
        sheet = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
        assert sheet, "the page names no style sheet with a hash"
        answer = httpx.get(base + sheet[1], headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert "max-age=315360000" in answer.headers["cache-control"]


def test_a_taken_port_is_said_in_words_before_anything_starts(site: Site) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        refused = site.minga("site", "run", "--port", str(port), expect=1)
    assert f"Port {port} on 127.0.0.1 cannot be used" in refused.stderr
    assert "--port" in refused.stderr
