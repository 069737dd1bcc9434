"""People whom tests of meetings share."""

from __future__ import annotations

import pytest


@pytest.fixture
def amina():
    """Amina owns a chamber that is listed."""
    from minga.meetings.testing import owned_by, signed_in

    client, account, person = signed_in("amina@example.org")
    return client, account, owned_by(person)


@pytest.fixture
def khadija():
    """Khadija has an account, and no task."""
    from minga.meetings.testing import signed_in

    return signed_in("khadija@example.org")[0]
