"""A small shelf of records that the tests of this room share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from minga.knowledge.engine.records import RecordContent, Text

_COURSE = RecordContent(
    id="cv-bakers",
    type="course",
    countries=("CV",),
    sectors=("10",),
    factors=("skills", "data_quality"),
    level_from=0,
    level_to=2,
    audience=("sme", "women-led"),
    cost_band="c0",
    languages=("pt", "fr"),
    publisher="School of Praia",
    source="https://example.org/bakers",
    seen="The page of the school.",
    confidence="high",
    checked_on=None,
    is_sample=False,
    texts={
        "en": Text("Course for bakers", "Two weeks of practice in small bakeries.", ("Write to the school.",), True),
        "fr": Text("Cours pour boulangers", "Deux semaines de pratique.", ("Écrire à l'école.",), False),
        "ar": Text("دورة للخبازين", "أسبوعان من التدريب في المخابز الصغيرة.", ("اكتبوا إلى المدرسة.",), False),
    },
)


def record_content(slug: str, title: str = "", **changes: object) -> RecordContent:
    """Return a record like the course, with another id and whatever else is given."""
    if title:
        changes["texts"] = {"en": Text(title, f"About {title}.", (), True)}
    return replace(_COURSE, id=slug, **changes)


@pytest.fixture
def shelf(db):
    """Four records: a course in Praia, a law of Tunisia, a tool for everyone, and an invented expert."""
    from minga.knowledge import services

    shelf = [
        _COURSE,
        record_content(
            "tn-law",
            type="regulation",
            countries=("TN",),
            sectors=(),
            factors=("policies",),
            languages=("ar",),
            cost_band="c1",
            confidence="medium",
            texts={
                "en": Text("Law on personal data", "Rules for files about people.", ("Declare.", "Sign."), True),
                "fr": Text("Loi sur les données personnelles", "Règles pour les fichiers.", (), False),
                "zh": Text("个人数据法", "关于个人数据的规定。", (), False),
            },
        ),
        record_content(
            "int-tool",
            "Sensor kit",
            type="solution",
            countries=(),
            sectors=(),
            factors=("data_quality",),
            languages=("en",),
        ),
        record_content(
            "sample-expert",
            "Amel, data (sample, fictional)",
            type="expert",
            countries=("TN",),
            sectors=(),
            factors=("data_quality",),
            source="",
            seen="",
            confidence="",
            is_sample=True,
        ),
    ]
    services.import_records(shelf, reason="tests")
    return {one.id: one for one in shelf}


@pytest.fixture
def real_content(db):
    """The records every site starts with."""
    from minga.knowledge import services

    return services.load_start_content()


@pytest.fixture
def secretary(db):
    """The account of somebody who works for the secretariat."""
    from minga.members import services

    return services.createadmin(email="bao@alliance.example", password="tea-and-rice-99", name="Bao")
