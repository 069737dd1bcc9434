"""Reading and checking instruments: every finding names file, item, key and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from minga import readiness
from minga.readiness.engine.instrument import INSTRUMENTS
from minga.readiness.tests.engine_support import GENERIC, tiny

FILES = sorted(INSTRUMENTS.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_that_comes_with_minga_passes(path):
    assert readiness.check_instrument(path) == []


def test_generic_instrument_has_the_figures_its_description_states():
    assert len(GENERIC.items) == 41
    assert [len(GENERIC.items_of(factor)) for factor in GENERIC.factor_ids] == [6, 6, 6, 6, 6, 5, 6]
    assert sum(item.anchor for item in GENERIC.items) == 31
    assert sum(item.has_inclusion_lens for item in GENERIC.items) == 18
    assert len(GENERIC.items_of(form="short")) == 14


def test_factors_as_plain_ids_get_a_readable_name():
    industry = readiness.load_instrument("generic-industry")
    assert industry.factor("data_quality").name == "Data quality"


def test_id_and_name_open_the_same_instrument():
    assert readiness.load_instrument("minga-generic-enterprise").content_hash == GENERIC.content_hash


def test_hash_changes_with_a_level_text_and_not_with_the_language():
    changed = tiny()
    changed["items"][0]["levels"][3] = "another text"
    assert readiness.load_instrument(changed).content_hash != readiness.load_instrument(tiny()).content_hash
    assert GENERIC.in_language("fr").content_hash == GENERIC.content_hash


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def generic_with(folder: Path, old: str, new: str) -> Path:
    text = (INSTRUMENTS / "generic-enterprise.yaml").read_text(encoding="utf-8")
    assert old in text
    return write(folder, text.replace(old, new, 1))


def one_finding(path: Path) -> readiness.Finding:
    found = readiness.check_instrument(path)
    assert len(found) == 1, [str(finding) for finding in found]
    return found[0]


def test_unknown_key_is_named_with_file_item_and_line(tmp_path):
    path = generic_with(tmp_path, "  short: From order to delivery", "  shrot: x\n  short: From order to delivery")
    found = one_finding(path)
    line = path.read_text(encoding="utf-8").split("\n").index("  shrot: x") + 1
    assert (found.file, found.item, found.line) == ("mine.yaml", "INT1", line)
    assert "unknown key 'shrot'" in found.message
    assert "Did you mean 'short'?" in found.message


def test_bare_no_in_a_flow_list_is_called_what_it_is(tmp_path):
    text = (INSTRUMENTS / "generic-industry.yaml").read_text(encoding="utf-8")
    path = write(
        tmp_path, text.replace('levels: ["No.", "On personal request."', "levels: [no, On personal request.", 1)
    )
    found = one_finding(path)
    assert found.item == "I-DAT2"
    assert "truth value false" in found.message
    assert "quotes" in found.message


def test_five_level_texts_are_too_few(tmp_path):
    path = generic_with(tmp_path, "    - Little is recorded.\n", "")
    found = one_finding(path)
    assert found.item == "DAT2"
    assert "5 level texts, but the scale has 6 levels" in found.message


def test_missing_key_is_named(tmp_path):
    path = generic_with(tmp_path, "  anchor: true\n  short: From order", "  short: From order")
    found = one_finding(path)
    assert (found.item, found.message) == ("INT1", "Item INT1 lacks the key 'anchor'. Add it.")


def test_key_written_twice_is_found_though_yaml_would_keep_the_last(tmp_path):
    path = generic_with(tmp_path, "  cost_band: c2\n", "  cost_band: c2\n  cost_band: c0\n")
    found = one_finding(path)
    assert "'cost_band' stands twice" in found.message
    assert found.line is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("- id: INT2", "- id: INT1", "The id 'INT1' stands 2 times"),
        ("if_item: SAF5", "if_item: SAF9", "gate-human-control stands on item 'SAF9'"),
        ("  factor: integration", "  factor: integratoin", "'integratoin' in 'factor', which is not defined"),
        ("  cost_band: c2", "  cost_band: c9", "'c9' in 'cost_band'"),
        ("kpis: [lead_time, otd,", "kpis: [leadtime, otd,", "'leadtime' in 'kpis'"),
        ("items: [INT1, INT2, DAT2", "items: [INT7, INT2, DAT2", "short form names item 'INT7'"),
        ("weights: {integration: 1", "weights: {integrity: 1, integration: 1", "weight for 'integrity'"),
    ],
)
def test_broken_references_are_named(tmp_path, old, new, words):
    found = readiness.check_instrument(generic_with(tmp_path, old, new))
    assert any(words in finding.message for finding in found), [str(finding) for finding in found]


def test_factor_with_two_anchors_is_refused():
    content = tiny()
    content["items"][0]["anchor"] = False
    with pytest.raises(readiness.InstrumentError, match="Factor 'a' keeps 2 of its 2 anchor items, but at least 3"):
        readiness.load_instrument(content)


def test_missing_file_and_unknown_name_say_what_to_do(tmp_path):
    with pytest.raises(readiness.InstrumentError, match="There is no file"):
        readiness.load_instrument(tmp_path / "none.yaml")
    with pytest.raises(readiness.InstrumentError, match="one of: generic-enterprise, generic-industry"):
        readiness.load_instrument("generic-firm")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("c2: 0.6", "c2: 0.7", "'cost_relief' says {'c0': 1.0, 'c1': 0.85, 'c2': 0.7"),
        ("1: [0.5, 1.5]", "1: [0.5, 1.4]", "Band 1 ends at 1.4, but the engine puts 1.4 into band 1"),
        ("priority: 10.4}", "priority: 10.5}", "Worked example e3 states 10.5, but the engine computes 10.4000"),
        ("minimum_answered: 2/3", "minimum_answered: 1/2", "'minimum_answered' says '1/2'"),
    ],
)
def test_rule_book_and_engine_cannot_drift_apart(tmp_path, old, new, words):
    text = (INSTRUMENTS / "scoring.yaml").read_text(encoding="utf-8")
    assert old in text
    found = readiness.check_instrument(write(tmp_path, text.replace(old, new, 1)))
    assert any(words in finding.message and finding.line for finding in found), [str(f) for f in found]


def test_empty_fields_do_not_enter_the_hash():
    bare, said = tiny(), tiny()
    said["items"][0]["na_allowed"] = False
    assert readiness.load_instrument(bare).content_hash == readiness.load_instrument(said).content_hash


def test_broken_yaml_is_an_instrument_error(tmp_path):
    with pytest.raises(readiness.InstrumentError, match="not valid YAML"):
        readiness.load_instrument(write(tmp_path, "items: [a, {"))


def test_unknown_item_lists_those_there_are():
    with pytest.raises(readiness.InstrumentError, match=r"no item 'X1'.*INT1"):
        GENERIC.item("X1")


class TestLanguages:
    """Texts in other languages, falling back field by field."""

    def test_french_short_form_is_complete(self):
        french = GENERIC.in_language("fr-CA")
        assert french.language == "fr"
        assert [item.id for item in french.items_of(form="short") if french.fallback(item.id)] == []
        assert french.item("INT1").text != GENERIC.item("INT1").text

    def test_arabic_runs_from_right_to_left(self):
        assert GENERIC.in_language("ar").direction == "rtl"

    def test_language_without_a_file_stays_in_english_and_says_so(self):
        other = GENERIC.in_language("pt")
        assert other.language == "en"
        assert other.untranslated == {"*"}

    def test_missing_field_falls_back_and_is_named(self, tmp_path):
        base = (INSTRUMENTS / "generic-enterprise.yaml").read_text(encoding="utf-8")
        (tmp_path / "mine.yaml").write_text(base, encoding="utf-8")
        (tmp_path / "mine.pt.yaml").write_text(
            "schema: minga.readiness.translation/1\ninstrument: minga-generic-enterprise\nversion: 1.0.0\n"
            "language: pt\nitems:\n  INT1: {short: Do pedido, text: 'Como?'}\n",
            encoding="utf-8",
        )
        shown = readiness.load_instrument(tmp_path / "mine.yaml").in_language("pt")
        assert shown.item("INT1").short == "Do pedido"
        assert shown.item("INT1").why == GENERIC.item("INT1").why
        assert "why" in shown.fallback("INT1")
        assert "text" not in shown.fallback("INT1")

    def test_text_an_overlay_changed_is_never_shown_in_the_translation_of_the_base(self):
        changed = readiness.merge(
            GENERIC,
            {
                "schema": "minga.readiness.overlay/1",
                "id": "x",
                "version": "1.0.0",
                "applies_to": {"isic4": ["1"]},
                "base": {"id": "minga-generic-enterprise", "version": ">=1"},
                "language": "en",
                "status": "example",
                "rationale": "x",
                "operations": [{"op": "reword", "item": "INC3", "text": "Another question?"}],
            },
        )
        french = changed.in_language("fr")
        assert french.item("INC3").text == "Another question?"
        assert french.fallback("INC3") == ("text",)

    def test_appended_evidence_is_joined_in_the_language(self):
        french = readiness.merge(GENERIC, "country-jordan").in_language("fr")
        base = GENERIC.in_language("fr")
        assert french.item("POL2").evidence.startswith(base.item("POL2").evidence)
        assert len(french.item("POL2").evidence) > len(base.item("POL2").evidence)

    def test_translation_with_a_stray_item_and_five_levels_is_found(self, tmp_path):
        path = tmp_path / "other.pt.yaml"
        path.write_text(
            "schema: minga.readiness.translation/1\ninstrument: minga-generic-enterprise\nlanguage: pt\nitems:\n"
            "  INT9: {short: x}\n  INT1:\n    levels: [a, b, c, d, e]\n",
            encoding="utf-8",
        )
        found = readiness.check_instrument(path)
        assert [(finding.item, finding.line) for finding in found] == [("INT9", 5), ("INT1", 7)]
        assert "5 level texts" in found[1].message


def test_door_names_are_one_list():
    assert sorted(readiness.__all__) == sorted(readiness._WHERE)
    assert all(getattr(readiness, name) is not None for name in readiness.__all__)
