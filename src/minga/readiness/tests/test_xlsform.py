"""XLSForm out and back: other tools accept it, and nothing is lost on the way."""

from __future__ import annotations

import io
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minga import readiness
from minga.readiness.engine.instrument import plain
from minga.readiness.engine.xlsform import NOT_ASKED, languages_of
from minga.readiness.engine.xlsform_texts import LANGUAGES, form_version, texts_of, with_texts
from minga.readiness.tests.engine_support import GENERIC, overlay, tiny
from minga.tables.workbooks import read_workbook, write_workbook

INDUSTRY = readiness.load_instrument("generic-industry")
JORDAN = readiness.merge("generic-enterprise", "sector-food-processing", "country-jordan")
#: Every form that there is: the instrument of an industry has no short one.
FORMS = [
    pytest.param(one, form, id=f"{one.content_hash[7:13]}-{form}")
    for one in (GENERIC, INDUSTRY, JORDAN)
    for form in ("full", "short")
    if form == "full" or one.short_form is not None
]
#: What a cell of a workbook keeps: no control signs, no blanks alone, no word that a spreadsheet takes for an error.
cells = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=60).filter(
    lambda text: text.strip() and not text.startswith("#")
)


def content(instrument: readiness.Instrument) -> dict[str, object]:
    """Everything an instrument says, without where its files lay."""
    said = plain(instrument)
    return {key: value for key, value in said.items() if key not in ("sources", "original")}


def through_a_file(tables: dict[str, pl.DataFrame]) -> readiness.FormDraft:
    file = io.BytesIO()
    write_workbook(tables, file)
    file.seek(0)
    return readiness.from_xlsform(file)


@pytest.mark.parametrize(("instrument", "form"), FORMS)
def test_instrument_comes_back_with_every_field_and_every_language(instrument, form):
    draft = through_a_file(readiness.to_xlsform(instrument, form=form))
    assert content(draft.instrument) == content(instrument)
    assert draft.instrument.content_hash == instrument.content_hash
    assert draft.instrument.provenance == instrument.provenance
    assert draft.form == form
    assert {"en", "fr", "ar"} <= set(draft.languages)
    for language, spoken in draft.translations.items():
        assert content(spoken) == content(instrument.in_language(language)), language
        assert draft.missing[language] == tuple(sorted(instrument.in_language(language).untranslated))


@pytest.mark.parametrize(("instrument", "form"), FORMS)
def test_pyxform_accepts_the_form_in_every_language_without_a_warning(instrument, form, tmp_path):
    xls2xform = pytest.importorskip("pyxform.xls2xform")
    file = tmp_path / "form.xlsx"
    countries = {"iso3166": [("CV", {"en": "Cabo Verde", "ar": "الرأس الأخضر"}), ("JO", {"en": "Jordan"})]}
    write_workbook(readiness.to_xlsform(instrument, form=form, codes=countries), file)
    made = xls2xform.convert(str(file), validate=False)
    assert made.warnings == []
    for language in languages_of(instrument, LANGUAGES):
        assert f'lang="{LANGUAGES[language]} ({language})"' in made.xform
    assert f'id="{instrument.id}"' in made.xform
    assert f'version="{form_version(instrument, form)}"' in made.xform
    for item in instrument.items_of(form=form):
        assert f"/{item.factor}/{item.id.replace('-', '_')}" in made.xform
    assert f'lang="{LANGUAGES["en"]} (en)" default="true()"' in made.xform or instrument.default_language == "ar"


def test_rows_carry_the_question_its_levels_proof_and_reason():
    tables = readiness.to_xlsform(GENERIC)
    survey = {row["name"]: row for row in tables["survey"].to_dicts() if row["type"] != "end_group"}
    allowed = next(item for item in GENERIC.items if item.na_allowed)
    assert survey["integration"]["type"] == "begin_group"
    assert survey["INT1"]["type"] == "select_one INT1_levels"
    assert survey["INT1"]["minga::anchor"] == "yes"
    assert survey["INT1_evidence"]["type"] == "image"
    assert "${INT1} != 'dk'" in survey["INT1_evidence"]["relevant"]
    assert survey["INT1_why"]["type"] == "note"
    assert survey[f"{allowed.id}_reason"]["relevant"] == f"${{{allowed.id}}} = 'na'"
    choices = tables["choices"].filter(pl.col("list_name") == "INT1_levels")["name"].to_list()
    assert choices == ["0", "1", "2", "3", "4", "5", "dk"]
    assert "na" in tables["choices"].filter(pl.col("list_name") == f"{allowed.id}_levels")["name"].to_list()
    assert tables["settings"]["version"].item() == f"1.0.0-{GENERIC.content_hash[7:15]}"
    assert not [column for column in tables["survey"].columns if column.startswith("label::minga")]


def test_short_form_asks_only_its_items_and_keeps_the_others_aside():
    tables = readiness.to_xlsform(GENERIC, form="short")
    asked = tables["survey"]["minga::item"].drop_nulls().to_list()
    assert set(asked) == set(GENERIC.short_form.items)
    assert len(tables[NOT_ASKED]["minga::item"].drop_nulls()) == len(GENERIC.items) - len(asked)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_text_in_any_place_comes_back(data):
    instrument = JORDAN
    keys = data.draw(st.lists(st.sampled_from(sorted(texts_of(instrument))), min_size=1, max_size=12, unique=True))
    changed = with_texts(instrument, {key: data.draw(cells) for key in keys})
    tables = readiness.to_xlsform(replace(changed, sources=()), ["en"])
    assert content(readiness.from_xlsform(tables).instrument) == content(changed)


def test_a_level_that_begins_with_a_blank_keeps_it():
    changed = with_texts(JORDAN, {"items.CUL2.levels.0": "\u00a0None yet", "items.CUL2.levels.1": "  Some"})
    tables = readiness.to_xlsform(replace(changed, sources=()), ["en"])
    assert content(readiness.from_xlsform(tables).instrument) == content(changed)


ids = st.text("ABCxyz019-_. ", min_size=1, max_size=8).filter(lambda text: text.strip() == text)


@settings(max_examples=40, deadline=None)
@given(st.lists(ids, min_size=3, max_size=8, unique=True), st.randoms(use_true_random=False), st.data())
def test_any_field_of_an_item_comes_back(names, chance, data):
    codes = st.lists(st.sampled_from(["scrap", "two words", "[x"]), max_size=3, unique=True)
    optional = st.none() | cells
    base = readiness.load_instrument(tiny())
    items = []
    for number, name in enumerate(names):
        items.append(
            replace(
                base.items[0],
                id=name,
                factor=("a", "b", "c")[number % 3],
                anchor=data.draw(st.booleans()),
                weight=data.draw(st.floats(0.01, 100)),
                na_allowed=data.draw(st.booleans()),
                kpis=tuple(data.draw(codes)),
                who=tuple(data.draw(codes)),
                enterprise_items=tuple(data.draw(codes)),
                cost_band=data.draw(st.none() | st.just("c0")),
                **{key: data.draw(optional) for key in ("why", "inclusion", "evidence", "na_when", "indicator")},
            )
        )
    chance.shuffle(items)
    changed = replace(base, items=tuple(items))
    assert content(through_a_file(readiness.to_xlsform(changed)).instrument) == content(changed)


def test_edited_text_is_read_from_the_sheet_where_people_edit():
    tables = readiness.to_xlsform(GENERIC, ["en", "fr"])
    column = "label::French (fr)"
    named = pl.col("name") == "INT1"
    edited = pl.when(named).then(pl.lit("Et chez vous ?")).otherwise(pl.col(column)).alias(column)
    draft = readiness.from_xlsform(tables | {"survey": tables["survey"].with_columns(edited)})
    assert draft.translations["fr"].item("INT1").text == "Et chez vous ?"
    assert draft.instrument.content_hash == GENERIC.content_hash


def test_missing_translation_falls_back_to_the_base_and_is_listed():
    tables = readiness.to_xlsform(GENERIC, ["en", "fr"])
    column = "label::French (fr)"
    emptied = pl.when(pl.col("name") == "INT1").then(None).otherwise(pl.col(column)).alias(column)
    draft = readiness.from_xlsform(tables | {"survey": tables["survey"].with_columns(emptied)})
    assert draft.translations["fr"].item("INT1").text == GENERIC.item("INT1").text
    assert draft.missing["fr"] == ("items.INT1.text",)
    assert draft.translations["fr"].fallback("INT1") == ("text",)


def test_form_shows_the_base_language_where_a_translation_is_missing():
    added = {"id": "NEW1", "factor": "skills", "anchor": False, "short": "New", "text": "Only in English?",
             "levels": [f"English {level}" for level in range(6)], "cost_band": "c0", "horizon": "h1", "kpis": ["oee"],
             "evidence": "A page.", "why": "It pays.", "who": ["owner"]}  # fmt: skip
    merged = readiness.merge(GENERIC, overlay({"op": "add", "item": added}))
    tables = readiness.to_xlsform(merged, ["fr"])
    row = tables["survey"].row(by_predicate=pl.col("name") == "NEW1", named=True)
    assert row["label::French (fr)"] == "Only in English?"
    assert "items.NEW1.text" in readiness.from_xlsform(tables).missing["fr"]


def test_columns_of_other_tools_are_kept_and_can_be_written_again():
    tables = readiness.to_xlsform(GENERIC, ["en"])
    survey = tables["survey"].with_columns(
        pl.col("name").replace_strict({"INT1": "a.mp3"}, default=None).alias("audio")
    )
    draft = through_a_file(tables | {"survey": survey})
    assert draft.extra == {"survey": {"INT1": {"audio": "a.mp3"}}}
    again = readiness.to_xlsform(draft.instrument, ["en"], extra=draft.extra)
    assert again["survey"].filter(pl.col("name") == "INT1")["audio"].item() == "a.mp3"


def test_order_of_columns_does_not_matter():
    tables = readiness.to_xlsform(JORDAN)
    turned = {name: table.select(table.columns[::-1]) for name, table in tables.items()}
    assert content(readiness.from_xlsform(turned).instrument) == content(JORDAN)


def test_form_of_another_tool_becomes_a_draft_that_says_what_it_lacks():
    survey = pl.DataFrame({"type": ["begin_group", "select_one l", "text", "end_group"],
                           "name": ["skills", "train", "remark", ""],
                           "label": ["Skills", "Who trains?", "Anything else?", ""]})  # fmt: skip
    choices = pl.DataFrame({"list_name": ["l"] * 3, "name": [0, 1, 2], "label": ["Nobody", "Some", "All"]})
    form = pl.DataFrame({"form_id": ["theirs"], "form_title": ["Their check"], "version": ["2024031501"]})
    draft = readiness.from_xlsform({"survey": survey, "choices": choices, "settings": form})
    item = draft.instrument.item("train")
    assert (item.factor, item.text, item.levels, item.anchor) == (
        "skills",
        "Who trains?",
        ("Nobody", "Some", "All"),
        False,
    )
    assert draft.instrument.factor("skills").name == "Skills"
    assert draft.instrument.top_level == 2
    assert "no anchor" in draft.findings[0]


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"answers": pl.DataFrame({"a": ["1"]})}, "lacks the sheet 'survey', 'choices', 'settings'"),
        (
            {"survey": pl.DataFrame({"type": ["text"], "name": ["x"]}), "choices": pl.DataFrame({"list_name": ["l"]}),
             "settings": pl.DataFrame({"form_id": ["x"]})},
            "no question that can be an item",
        ),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_in_words(tables, words):
    with pytest.raises(readiness.InstrumentError, match=words):
        readiness.from_xlsform(tables)


def test_broken_sheet_of_our_own_is_named():
    tables = readiness.to_xlsform(GENERIC, ["en"])
    broken = tables["minga"].with_columns(
        pl.when(pl.col("key") == "instrument.gates").then(pl.lit("[{}]")).otherwise(pl.col("value")).alias("value")
    )
    with pytest.raises(readiness.InstrumentError, match=r"key 'instrument\.gates' cannot be read"):
        readiness.from_xlsform(tables | {"minga": broken})


def test_language_without_translation_is_refused_with_those_there_are():
    with pytest.raises(readiness.InstrumentError, match=r"not translated into 'pt'.*languages are en"):
        readiness.to_xlsform(GENERIC, ["pt"])


def test_file_that_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "form.xlsx").write_text("no workbook")
    with pytest.raises(readiness.InstrumentError, match=r"form.xlsx cannot be read"):
        readiness.from_xlsform(tmp_path / "form.xlsx")


def test_written_file_holds_the_same_sheets(tmp_path):
    write_workbook(readiness.to_xlsform(GENERIC, ["en"]), tmp_path / "form.xlsx")
    assert list(read_workbook(tmp_path / "form.xlsx")) == ["survey", "choices", "settings", "minga"]
