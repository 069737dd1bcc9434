"""Findings in other languages: every sentence of the engine has one, and holds nothing the engine does not give."""

from __future__ import annotations

import re
from string import Formatter

import polars as pl
import pytest

from minga.indicators import findings
from minga.indicators.engine.sentences import SENTENCES, finding
from minga.indicators.tests import site


def given(code):
    return {name for _text, name, _format, _conversion in Formatter().parse(SENTENCES[code]) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_of_the_engine_can_be_said_in_the_language_of_the_page(code):
    asked = set(re.findall(r"%\((\w+)\)s", str(findings.SENTENCES[code])))
    assert asked <= given(code)
    values = {name: 1.5 if name in ("low", "value") else f"<{name}>" for name in given(code)}
    said = findings.sentence(code, values)
    assert "%" not in said
    assert {f"<{name}>" for name in asked - {"low", "value"}} <= set(re.findall(r"<\w+>", said))
    assert finding("error", code, **values).rule in {*findings.HEADS, "best"}


def test_no_sentence_is_kept_that_the_engine_no_longer_says():
    assert set(findings.SENTENCES) == set(SENTENCES)


def test_parts_and_units_are_named_and_numbers_written_short():
    said = findings.sentence("zero_range", {"part": "skills", "value": 3.0}, {"skills": "Skills of people"}.get)
    assert said.startswith("The indicator “Skills of people” is 3 for every unit")
    assert "“Kenya”" in findings.sentence("zero_denominator", {"part": "gdp", "unit": "KE"}, unit=lambda _code: "Kenya")
    assert findings.sentence("unknown", {}) == ""


@pytest.mark.page
@pytest.mark.django_db
def test_draft_says_what_is_wrong_once_with_the_name_of_the_indicator(elif_):
    from minga.indicators import services

    flat = site.TABLE.with_columns(skills=pl.lit(3.0))
    edition = services.create_draft(
        index=site.begun(elif_), definition=site.definition(), table=flat, by=elif_, year=2026
    )
    text = site.browser(elif_).get(f"/en/indicators/build/{edition.name}/").content.decode()
    assert "The indicator “Skills” is 3 for every unit, so it cannot tell them apart." in text
    assert "Indicator &#x27;skills&#x27; is 3" not in text


@pytest.mark.page
@pytest.mark.django_db
def test_audit_says_its_doubts_in_words_of_the_site(client, elif_, noor):
    gaps = site.TABLE.with_columns(
        pl.when(pl.col("iso2") == "JO").then(None).otherwise(column).alias(column) for column in ("skills", "accidents")
    )
    edition = site.published(elif_, noor, table=gaps, impute__method="none")
    text = client.get(f"/en/indicators/{edition.index.slug}/{edition.name}/audit/").content.decode()
    assert "Too little data: JO. Units without an overall score, 1 in all, are not ranked." in text
