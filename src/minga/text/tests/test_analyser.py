"""What people type finds what others wrote, in six languages, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.text import LANGUAGES, Term, analyse, analyse_query, fold
from tests.support import shared_data


def holds(tokens: list[str], term: Term) -> bool:
    """The plainest reading of a term: one of its phrases stands in the tokens, side by side."""
    if term.is_prefix:
        return any(token.startswith(words[0]) for words in term.alternatives for token in tokens)
    return any(tuple(tokens[i : i + len(words)]) == words for words in term.alternatives for i in range(len(tokens)))


def finds(query: str, text: str, lang: str, text_lang: str | None = None) -> bool:
    tokens = analyse(text, text_lang or lang)
    terms = analyse_query(query, lang)
    return bool(terms) and all(holds(tokens, term) for term in terms)


def test_all_pairs_of_the_shared_set_are_found_and_no_trap_is():
    pairs = json.loads(shared_data("hub/search_pairs.json").read_text(encoding="utf-8"))
    wrong = [p for p in pairs if finds(p["query"], p["text"], p["lang"]) != p["match"]]
    assert len(pairs) == 36
    assert wrong == []


OWN_PAIRS = [
    # Arabic: written-together prepositions, plurals, vowel signs, digits, words that begin with a preposition letter
    ("ar", "تدريب", "برنامج لتدريب العمال", True),
    ("ar", "صيانة", "تدريب وصيانة المعدات", True),
    ("ar", "وزارة الصناعة", "تشرف الوزارة على الصناعة الغذائية", True),
    ("ar", "مصنع", "المصانع الصغيرة في الأردن", True),
    ("ar", "البيانات", "حماية بيانات الأشخاص", True),
    ("ar", "آلة", "الآلات القديمة", True),
    ("ar", "قانون 2004", "قانون سنة ٢٠٠٤", True),
    ("ar", "كاميرا", "كاميرات المراقبة", True),
    ("ar", "برنامج", "برامج الدعم", True),
    ("ar", "مخبز", "تدريب في المخابز الصغيرة", True),
    ("ar", "مدارس", "مدرسة صناعية", True),
    ("ar", "قرض", "عرض الأسعار", False),
    ("ar", "عمل", "علم النفس", False),
    # Chinese: single characters, wholly inside a longer run, mixed with digits
    ("zh", "水", "工业用水管理", True),
    ("zh", "水", "企业节约用水", True),
    ("zh", "中小企业", "支持中小企业数字化转型", True),
    ("zh", "ISO 42001", "人工智能管理体系ISO42001标准 42001", False),  # ISO42001 written together is one word
    ("zh", "质量检测", "质量管理与检测设备", False),
    # Russian
    ("ru", "малые предприятия", "поддержка малых предприятий", True),
    ("ru", "искусственный интеллект", "применение искусственного интеллекта", True),
    ("ru", "обучение для рабочих", "обучение рабочих", True),
    ("ru", "станки", "станция метро", False),
    # French
    ("fr", "données personnelles", "la protection d'une donnée personnelle", True),
    ("fr", "entreprise", "aide à l’entreprise et aux entreprises", True),
    ("fr", "atelier", "les ateliers de couture", True),
    ("fr", "réseaux sociaux", "un réseau social", True),
    ("fr", "qualité", "contrôle des qualités", True),
    ("fr", "aide pour les PME", "les aides aux PME", True),
    ("fr", "œuvre", "mise en oeuvre", True),
    ("fr", "formation", "le formulaire", False),
    # Spanish
    ("es", "energías", "eficiencia de la energia", True),
    ("es", "formación", "formaciones técnicas", True),
    ("es", "políticas públicas", "una política pública", True),
    ("es", "peso", "pesca artesanal", False),
    # English
    ("en", "company's data", "the data of companies", True),
    ("en", "training for workers", "worker training", True),
    ("en", "café", "a cafe in Praia", True),
    ("en", "policy", "police", False),
    ("en", "CO2", "less CO₂", True),
]


@pytest.mark.parametrize(("lang", "query", "text", "match"), OWN_PAIRS)
def test_pair_written_here(lang, query, text, match):
    assert finds(query, text, lang) is match


@pytest.mark.parametrize("page", LANGUAGES)
@pytest.mark.parametrize(
    ("query", "text", "text_lang"),
    [
        ("formations", "une formation gratuite", "fr"),
        ("regulaciones", "la regulación de datos", "es"),
        ("factories", "a textile factory", "en"),
        ("الصناعات", "دعم الصناعة", "ar"),
        ("formações", "uma formação gratuita", "pt"),
    ],
)
def test_words_of_another_language_are_found_from_a_page_of_any_language(page, query, text, text_lang):
    assert finds(query, text, page, text_lang)


def test_a_query_of_little_words_only_is_still_a_query():
    assert analyse_query("the", "en") == (Term((("the",),)),)
    assert finds("What is it", "what is it", "en")


def test_a_query_without_letters_asks_for_nothing():
    assert analyse_query(" ?! -- ", "en") == ()


def test_chinese_run_gives_pairs_and_its_last_character():
    assert analyse("数字孪生AI", "zh") == ["数字", "字孪", "孪生", "生", "ai"]
    assert analyse_query("数字孪生", "zh") == (Term((("数字", "字孪", "孪生"),)),)
    assert analyse_query("水", "zh") == (Term((("水",),), is_prefix=True),)


def test_folding_brings_spellings_together():
    assert fold("Ｅｆｆｉｃａｃｉｔé Énergétique") == "efficacite energetique"
    assert fold("أُسُـس إدارة مبنى") == "اسس اداره مبني"
    assert fold("учёт") == "учет"
    assert fold("новый") == "новый"
    assert fold("٢٠٢٦ ۴") == "2026 4"


def test_a_run_of_letters_longer_than_any_word_is_cut_in_text_and_query_alike():
    assert [len(word) for word in analyse("x" * 5000, "en")] == [64]
    assert finds("x" * 5000, "before " + "x" * 4000, "en")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.sampled_from(LANGUAGES))
def test_any_text_gives_words_without_spaces_and_quotes(text, lang):
    for word in analyse(text, lang):
        assert word
        assert word == "".join(word.split())
        assert not set(word) & set("\"'\\()*:_")


@given(st.text(alphabet="abcdeéèçñüйщёоاأإبتةهوي水维护数字 '-’", min_size=1), st.sampled_from(LANGUAGES))
def test_a_text_finds_itself(text, lang):
    if analyse_query(text, lang):
        assert finds(text, text, lang)
