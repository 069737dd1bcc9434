"""Five translations are complete: every string of the site, the short form, every record."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import polib
import pytest
import yaml
from django.utils import dates, translation

from minga import readiness
from scripts import translations

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = translations.LANGUAGES
RECORDS = sorted((translations.PACKAGE / "knowledge" / "content").glob("records-*.yaml"))


def shown(missing: list[str]) -> str:
    return f"{len(missing)} texts: " + "; ".join(repr(text) for text in missing[:10])


def po(language: str) -> polib.POFile:
    path = translations.po_path(language)
    assert path.exists(), f"{path} is missing. Run `python -m scripts.translations`, translate, run it again."
    return polib.pofile(str(path))


# ---------------------------------------------------------------- the site
@pytest.fixture(scope="module")
def marked() -> polib.POFile:
    """Collect every text that code and templates mark for translation."""
    if not shutil.which("xgettext"):
        message = "xgettext is missing, so the marked texts were not compared. Install it: apt-get install gettext."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return translations.collected()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_text_is_in_the_file_and_no_other(marked, language):
    wanted = {translations.key(entry) for entry in marked}
    there = {translations.key(entry) for entry in po(language) if not entry.obsolete}
    assert not wanted - there, shown([text for _context, text, _plural in wanted - there])
    assert not there - wanted, shown([text for _context, text, _plural in there - wanted])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_guessed(language):
    missing = translations.untranslated(po(language))
    assert not missing, shown(missing)


def test_no_marked_text_is_the_name_of_a_month_or_a_day(marked):
    """Our words come before Django's: "May" as what somebody may do would stand in every date of that month."""
    names = {*dates.MONTHS.values(), *dates.MONTHS_3.values(), *dates.WEEKDAYS.values(), *dates.WEEKDAYS_ABBR.values()}
    with translation.override("en"):
        taken = {str(name) for name in names}
    ours = {text for context, text, _plural in map(translations.key, marked) if not context}
    assert not ours & taken, shown(sorted(ours & taken))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}|%[sd]", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders_of_the_text(language):
    wrong = []
    for entry in po(language):
        wanted = placeholders(entry.msgid)
        for form in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            # a plural form may say "one record" instead of showing the number
            lost = wanted - placeholders(form) if not entry.msgid_plural else set()
            if form and (lost or placeholders(form) - wanted - placeholders(entry.msgid_plural or "")):
                wrong.append(entry.msgid)
    assert not wrong, shown(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_file_says_what_the_readable_one_says(language):
    path = translations.po_path(language).with_suffix(".mo")
    assert path.exists(), f"{path} is missing. Run `python -m scripts.translations --compile`."
    compiled = polib.mofile(str(path))
    readable = po(language).translated_entries()

    def said(entries):
        return {translations.key(entry): (entry.msgstr, entry.msgstr_plural) for entry in entries}

    assert said(compiled) == said(readable)


# ---------------------------------------------------------------- nothing is left unmarked
MARKED = re.compile(
    r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}|{% comment %}.*?{% endcomment %}", re.DOTALL
)
NOT_TEXT = re.compile(r"<(style|script|code|pre)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"{}<>]*[^\W\d_]{2}[^"{}<>]*)"')
#: A name that is the same in every language.
NAMES = {
    "Minga",
    "API",
    "JSON",
    "CSV",
    "PDF",
    "ZIP",
    "OpenAPI",
    "Markdown",
    "Akoma",
    "Ntoso",
    "CC",
    "BY",
    "ISIC",
    "GET",
    "POST",
    "English",
    "Français",
}


def unmarked_words(template: str) -> list[str]:
    """Return words that a person would see and no translator would."""
    template = NOT_TEXT.sub("", MARKED.sub("", template))
    spoken = SPOKEN.findall(re.sub(r"{[%{#].*?[#%}]}", "", template))
    text = re.sub(r"<[^>]*>", " ", re.sub(r"{[%{#].*?[#%}]}", "", template, flags=re.DOTALL))
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"&\w+;", " ", text))
    return [word for word in words if word not in NAMES] + spoken


def test_unmarked_words_are_found():
    template = '<p title="Hello">{% translate "Yes" %} plain {{ name }} <a href="x">{# note #}Minga</a></p>'
    assert unmarked_words(template) == ["plain", "Hello"]


def templates() -> list[str]:
    # 500.html says the same in three languages at once: nothing can be looked up when everything is broken
    found = [path for path in translations.PACKAGE.rglob("templates/**/*.[ht][tx][mt]*") if path.name != "500.html"]
    return sorted(str(path.relative_to(translations.PACKAGE)) for path in found)


@pytest.mark.parametrize("template", templates())
def test_template_marks_every_word(template):
    assert unmarked_words((translations.PACKAGE / template).read_text(encoding="utf-8")) == []


# ---------------------------------------------------------------- instruments
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_of_the_short_form_is_written_in_the_language(language):
    instrument = readiness.load_instrument("generic-enterprise").in_language(language)
    items = instrument.items_of(form="short")
    assert len(items) == 14
    assert {item.id: instrument.fallback(item.id) for item in items if instrument.fallback(item.id)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_form_texts_differ_from_the_english(language):
    english = readiness.load_instrument("generic-enterprise")
    translated = english.in_language(language)
    for item in english.items_of(form="short"):
        other = translated.item(item.id)
        assert other.text != item.text, item.id
        assert len(other.levels) == len(item.levels), item.id
        assert not set(other.levels) & set(item.levels), item.id


# ---------------------------------------------------------------- records
def records_of(path: Path) -> list[dict]:
    """Read one base file of records with the translations that stand beside it."""
    records = yaml.safe_load(path.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        beside = path.with_name(f"{path.stem}.{language}.yaml")
        more = yaml.safe_load(beside.read_text(encoding="utf-8"))["records"] if beside.exists() else {}
        for record in records:
            for field, text in more.get(record["id"], {}).items():
                if isinstance(record.get(field), list):
                    record.setdefault(f"{field}.{language}", text)
                else:
                    record.setdefault(field, {}).setdefault(language, text)
    return records


BASES = [path for path in RECORDS if path.name.count(".") == 1]


@pytest.mark.parametrize("base", BASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_record_has_title_summary_and_steps_in_the_language(base, language):
    records = records_of(base)
    assert len(records) > 20
    lacking = [
        f"{record['id']}.{field}"
        for record in records
        for field in ("title", "summary")
        if not record[field].get(language, "").strip()
    ]
    lacking += [
        f"{record['id']}.steps"
        for record in records
        if len(record.get("steps") or []) != len(record.get(f"steps.{language}") or [])
    ]
    assert not lacking, shown(lacking)


def test_there_are_records_to_look_at():
    assert len(BASES) >= 2
