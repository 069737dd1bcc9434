"""Several processes add acts at the same moment: the chain never forks, and no act is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread

import pytest
from django.db import connection

from minga.members import services
from minga.members.models import AuditAct

_BEGIN = "from minga.web.setup import django_setup; django_setup(); "
_MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
_RECORD = (
    "from minga.members import services\n"
    "for number in range(20): services.record(act='thing.done', on=f'thing:{number}')"
)
_VERIFY = (
    "from minga.members import services; report = services.verify_audit()\n"
    "print(report.count, report.anchors, len(report.breaks))"
)


@pytest.mark.slow
def test_processes_at_once_on_sqlite(tmp_path):
    environment = {
        **os.environ,
        "MINGA_VAR": str(tmp_path),
        "MINGA_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "minga.site.settings",
    }

    def start(code):
        command = [sys.executable, "-c", _BEGIN + "\n" + code]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    assert start(_MIGRATE).wait(120) == 0
    assert [one.wait(120) for one in [start(_RECORD) for _ in range(2)]] == [0, 0]
    words, _nothing = start(_VERIFY).communicate(timeout=120)
    assert words.split() == ["40", "40", "0"]


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_connections_at_once_on_postgresql(settings, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection; its processes are tested on a file above.")
    settings.VAR = tmp_path

    def work():
        try:
            for number in range(20):
                services.record(act="thing.done", on=f"thing:{number}")
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditAct.objects.count() == 80
    assert services.verify_audit().is_intact
