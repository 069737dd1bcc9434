"""Several processes add acts at the same moment: the chain never forks, and no act is lost."""

from __future__ import annotations

import pytest

from minga.members import services
from minga.members.models import AuditAct
from tests import at_once

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
    start = at_once.starter(tmp_path)
    before = int(start(_VERIFY).communicate(timeout=300)[0].split()[0])
    assert [one.wait(300) for one in [start(_RECORD) for _ in range(2)]] == [0, 0]
    words, _nothing = start(_VERIFY).communicate(timeout=300)
    assert [int(word) for word in words.split()] == [before + 40, before + 40, 0]


@pytest.mark.page
@pytest.mark.django_db(transaction=True)
def test_connections_at_once_on_postgresql(settings, tmp_path):
    at_once.needs_connections()
    settings.VAR = tmp_path

    def work(_name):
        for number in range(20):
            services.record(act="thing.done", on=f"thing:{number}")

    at_once.with_connections(work, range(4))
    assert AuditAct.objects.count() == 80
    assert services.verify_audit().is_intact
