"""Record files: what they must hold, how translations are merged, and what a fault says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

import minga.knowledge
from minga import knowledge, members
from tests.support import shared_data

CONTENT = Path(minga.knowledge.__file__).parent / "content"


@pytest.fixture(scope="module")
def vocabulary():
    return knowledge.Vocabulary(
        countries={country.iso2 for country in members.countries()},
        sectors={sector.code for sector in members.sectors(level="division")},
    )


BAKERY = """
- id: cv-bakers
  type: course
  countries: [CV]
  sectors: ["10"]
  factors: [skills]
  helps_levels: [0, 2]
  audience: [sme]
  cost_band: c0
  languages: [pt, fr]
  title: {en: Course for bakers, fr: Cours pour boulangers}
  summary: {en: Two weeks of practice., fr: Deux semaines de pratique.}
  steps: [Write to the school., Bring an apron.]
  publisher: School of Praia
  source: https://example.org/bakers
  seen: The page of the school.
  confidence: high
"""


@pytest.fixture
def faults(tmp_path, vocabulary):
    def write(text, **translations):
        (tmp_path / "records-x.yaml").write_text(text, encoding="utf-8")
        for language, translation in translations.items():
            (tmp_path / f"records-x.{language}.yaml").write_text(translation, encoding="utf-8")
        return knowledge.examine([tmp_path / "records-x.yaml"], vocabulary)

    return write


def test_the_start_content_is_sound_and_whole_in_three_languages(vocabulary):
    records = knowledge.load(sorted(CONTENT.glob("records-*.yaml")), vocabulary)
    originals = [
        row
        for path in sorted(shared_data("knowledge").glob("records-*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    assert {record.id for record in records} == {row["id"] for row in originals}
    for record in records:
        assert {"en", "fr", "ar"} <= record.texts.keys()
        steps = {len(record.texts[language].steps) for language in ("en", "fr", "ar")}
        assert len(steps) == 1, record.id
        assert record.source.startswith("http")
        assert record.checked_on is None
        assert not record.is_sample
        assert record.texts["en"].reviewed
        assert not record.texts["ar"].reviewed


def test_the_sample_experts_are_invented_and_say_so_in_every_language(vocabulary):
    experts = knowledge.load([CONTENT / "sample" / "records-experts.yaml"], vocabulary, is_sample=True)
    assert len(experts) == 6
    word = {"en": "fictional", "fr": "fictive", "ar": "خيالية"}
    for expert in experts:
        assert (expert.type, expert.source, expert.is_sample) == ("expert", "", True)
        for language, mark in word.items():
            assert mark in expert.texts[language].title
            assert mark in expert.texts[language].summary


def test_a_record_is_read_whole(faults):
    (record,), problems = faults(BAKERY.replace("confidence: high", "confidence: high\n  checked_on: 2026-11-01"))
    assert problems == []
    assert (record.countries, record.level_from, record.level_to) == (("CV",), 0, 2)
    assert record.checked_on == date(2026, 11, 1)
    assert record.texts["en"].steps == ("Write to the school.", "Bring an apron.")
    assert record.texts["fr"].steps == ()


def test_translations_add_what_the_base_file_lacks(faults):
    french = "language: fr\nreviewed: true\nrecords: {cv-bakers: {steps: [Écrire à l'école., Apporter un tablier.]}}"
    arabic = "language: ar\nreviewed: false\nrecords: {cv-bakers: {title: دورة, summary: أسبوعان., steps: [أ, ب]}}"
    (record,), problems = faults(BAKERY, fr=french, ar=arabic)
    assert problems == []
    assert record.texts["fr"].steps == ("Écrire à l'école.", "Apporter un tablier.")
    assert record.texts["fr"].title == "Cours pour boulangers"
    assert not record.texts["fr"].reviewed  # its title stands unreviewed in the base file
    assert record.texts["ar"].title == "دورة"
    assert not record.texts["ar"].reviewed


@pytest.mark.parametrize(
    ("before", "after", "key", "words"),
    [
        ("type: course", "type: curse", "type", "'curse'"),
        ("[CV]", "[NO]", "countries.0", 'Put it in quotes, as in "NO" for Norway'),
        ("[CV]", "[XX]", "countries", "'XX' is not a country code"),
        ('["10"]', "[10]", "sectors.0", "number 10. Put the code in quotes"),
        ('["10"]', '["99x"]', "sectors", "'99x' is not a division of ISIC Rev.4"),
        ("[skills]", "[skill]", "factors.0", "'skill'"),
        ("[skills]", "[]", "factors", "at least 1 item"),
        ("[0, 2]", "[0, 6]", "helps_levels.1", "less than or equal to 5"),
        ("[0, 2]", "[2, 2]", "helps_levels", "first level must be below the second"),
        ("cost_band: c0", "cost_band: c9", "cost_band", "'c9'"),
        ("fr: Deux semaines de pratique.", "es: Dos semanas.", "title", "es, fr has only one of them"),
        ("{en: Course for bakers, fr:", "{es: Curso, fr:", "title", "only one of them"),
        ("https://example.org/bakers", "see the book", "source", "'see the book'"),
        ("  publisher: School of Praia\n", "", "publisher", "missing. Add it"),
        ("  confidence: high\n", "  confidence: high\n  colour: red\n", "colour", "not known here"),
        ("id: cv-bakers", "id: CV Bakers", "id", "'CV Bakers'"),
    ],
)
def test_a_fault_names_file_line_record_and_key(faults, before, after, key, words):
    assert before in BAKERY
    records, (problem,) = faults(BAKERY.replace(before, after))
    assert records == []
    assert (problem.file, problem.line, problem.key) == ("records-x.yaml", 2, key)
    assert problem.record in ("cv-bakers", "CV Bakers")
    assert words in problem.message
    assert str(problem).startswith(f"records-x.yaml, line 2, record {problem.record!r}, key {key!r}: ")


def test_a_faulty_record_does_not_lose_the_others(faults):
    good = BAKERY.replace("cv-bakers", "cv-others")
    records, problems = faults(BAKERY.replace("type: course", "type: curse") + good)
    assert [record.id for record in records] == ["cv-others"]
    assert len(problems) == 1


def test_an_id_used_twice_is_a_fault(faults):
    _, (problem,) = faults(BAKERY + BAKERY)
    assert "used twice" in problem.message


@pytest.mark.parametrize(
    ("translation", "words"),
    [
        ("language: fr\nreviewed: false\nrecords: {cv-bakers: {title: A, summary: B}}", "already"),
        ("language: fr\nreviewed: false\nrecords: {cv-bakers: {steps: [un]}}", "has 1 steps, the English text 2"),
        ("language: fr\nreviewed: false\nrecords: {cv-nobody: {title: A}}", "no such record"),
        ("language: es\nreviewed: false\nrecords: {}", "Make them agree"),
        ("language: fr\nreviewed: perhaps\nrecords: {}", "'perhaps'"),
        ("language: fr\nreviewed: false\nrecords: {cv-bakers: {text: A}}", "not known here"),
    ],
)
def test_a_fault_of_a_translation_names_the_translation_file(faults, translation, words):
    _, (problem,) = faults(BAKERY, fr=translation)
    assert problem.file == "records-x.fr.yaml"
    assert words in problem.message


def test_a_translation_of_a_new_language_needs_title_and_summary(faults):
    _, (problem,) = faults(BAKERY, ar="language: ar\nreviewed: false\nrecords: {cv-bakers: {title: دورة}}")
    assert "Add both" in problem.message


def test_a_file_that_is_not_yaml_names_its_line(faults):
    _, (problem,) = faults("- id: a\n  type: [course\n- id: b\n")
    assert "not valid YAML" in problem.message
    assert problem.line == 3


@pytest.mark.parametrize("text", ["", "id: a", "- just words"])
def test_a_file_that_is_no_list_of_records_says_so(faults, text):
    records, problems = faults(text)
    assert records == []
    assert len(problems) == 1


def test_a_missing_file_says_so(vocabulary, tmp_path):
    with pytest.raises(knowledge.ContentError, match=r"nowhere\.yaml, line 0: The file cannot be read"):
        knowledge.load([tmp_path / "nowhere.yaml"], vocabulary)
