"""Two people of the secretariat for page tests; engine tests here need no site, so nothing of it loads at once."""

from __future__ import annotations

import pytest


@pytest.fixture
def elif_(db):
    """Elif builds indexes."""
    from minga.indicators.tests import site

    return site.secretary("elif")


@pytest.fixture
def noor(db):
    """Noor publishes what Elif proposes."""
    from minga.indicators.tests import site

    return site.secretary("noor")


@pytest.fixture
def few_draws(monkeypatch):
    """Calculate with fewer replications, where a test asks what an index holds and not how finely it was drawn.

    Pages and evidence are tested with as many as sites draw.
    """
    monkeypatch.setattr("minga.indicators.doubt.REPLICATIONS", 200)
    monkeypatch.setattr("minga.indicators.calculation.SENSITIVITY_BASE", 32)
