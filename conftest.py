"""Fixtures for the tests of every room."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
import time
from types import SimpleNamespace

# Named here rather than in pyproject.toml: there pytest-django would read the settings before these lines hold.
os.environ["DJANGO_SETTINGS_MODULE"] = "minga.site.settings"
# Tests never touch the site's own folder, whatever is set outside; every process of a parallel run has its own.
os.environ["MINGA_VAR"] = tempfile.mkdtemp(prefix="minga-tests-")
atexit.register(shutil.rmtree, os.environ["MINGA_VAR"], ignore_errors=True)
# Sites that tests copy are made once for all processes of a run; `make test` keeps them from stage to stage.
if "MINGA_TEST_SITES" not in os.environ:
    os.environ["MINGA_TEST_SITES"] = tempfile.mkdtemp(prefix="minga-sites-")
    atexit.register(shutil.rmtree, os.environ["MINGA_TEST_SITES"], ignore_errors=True)
# Several processes share the processors: threads of the linear algebra would only wait for each other, busily.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A PostgreSQL run sets MINGA_DATABASE_URL from outside.
os.environ["MINGA_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["MINGA_HTTPS"] = "off"
os.environ.setdefault("MINGA_SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789")

import hypothesis  # noqa: E402 - the settings above come first
import pytest  # noqa: E402

# How long one example takes says more about the machine than about the code; `make check` tries fewer examples.
# The same examples each time, so that a change decides whether tests pass and never chance: --hypothesis-profile=search
# tries others, and what it finds becomes a test of its own.
_PATIENT = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("house", **_PATIENT, derandomize=True)
hypothesis.settings.register_profile("quick", **_PATIENT, derandomize=True, max_examples=20)
hypothesis.settings.register_profile("search", **_PATIENT, max_examples=500)
hypothesis.settings.load_profile("house")
from django.conf import settings as _site  # noqa: E402

assert str(_site.VAR) == os.path.realpath(os.environ["MINGA_VAR"])  # read now; pytest-django starts the site from them
del os.environ["DJANGO_SETTINGS_MODULE"]  # the processes of a parallel run would inherit it and read too early


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker, django_db_modify_db_settings):
    """Migrate one test database, and give the other processes of a run copies of it."""
    from tests.databases import migrated_once

    with django_db_blocker.unblock(), migrated_once():
        request.getfixturevalue("django_db_setup")


def pytest_unconfigure(config):
    """Leave no copy of a test database behind on a PostgreSQL that goes on."""
    if not hasattr(config, "workerinput") and os.environ.get("MINGA_DATABASE_URL"):
        from tests.databases import drop_kept

        drop_kept()


def pytest_collection_finish(session):
    """Let the collector pass over what stays till the end: thousands of tests, which cost a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True)
def _english():
    """Begin in English: a page asked for in Arabic leaves its language active for the next test."""
    from django.utils import translation

    with translation.override("en"):
        yield


def _uses_site(request) -> bool:
    """Whether a test stores anything: by a fixture, or by its mark alone."""
    named = {"db", "transactional_db", "client", "live_server"} & set(request.fixturenames)
    return bool(named) or request.node.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def _plain_settings(request):
    """Run tasks at once, keep mail in memory and hash passwords fast; only where a test uses the site."""
    if not _uses_site(request):
        yield
        return
    settings = request.getfixturevalue("settings")
    from tests import plain

    for name, value in plain.SETTINGS.items():
        setattr(settings, name, value)
    from django.core.cache import cache

    cache.clear()
    # A new window begins every ten minutes, also amid a test that counts; tests about windows set their own.
    from minga.web import ratelimit

    began = time.time()
    request.getfixturevalue("monkeypatch").setattr(ratelimit, "time", SimpleNamespace(time=lambda: began))
    yield


@pytest.fixture(autouse=True)
def _second_factors(request):
    """Give an app with codes to whoever gets a role that demands one, as such people set up before they act.

    A test about the demand itself is marked `bare_roles`, and there people have what they set up.
    """
    if request.node.get_closest_marker("bare_roles"):
        yield
        return
    if not _uses_site(request):
        yield
        return
    from tests.plain import second_factors

    with second_factors():
        yield
