"""What was said already is found again in other words and endings; what is about something else is not."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.text import telling_words
from minga.text.similarity import texts

# One statement, the same thing said otherwise, and two about something else, in each language.
ALIKE = {
    "en": (
        "Small factories need training for their workers before they use AI",
        "Before AI is used, workers of small factories need trainings",
        "Every algorithm must be registered in public",
        "Electricity should cost less at night",
    ),
    "fr": (
        "Les petites usines ont besoin de formation pour leurs ouvriers",
        "Les ouvriers d'une petite usine ont besoin de formations",
        "Tout algorithme doit être inscrit dans un registre public",
        "L'électricité devrait coûter moins cher la nuit",
    ),
    "es": (
        "Las fábricas pequeñas necesitan formación para sus trabajadores",
        "Los trabajadores de una pequeña fábrica necesitan formaciones",
        "Todo algoritmo debe inscribirse en un registro público",
        "La electricidad debería costar menos de noche",
    ),
    "ru": (
        "Малым заводам нужно обучение рабочих",
        "Обучение рабочих нужно малому заводу",
        "Каждый алгоритм должен быть внесён в открытый реестр",
        "Электричество ночью должно стоить дешевле",
    ),
    "ar": (
        "تحتاج المصانع الصغيرة إلى تدريب العمال",
        "تدريب العمال تحتاج إليه مصانع صغيرة",
        "يجب تسجيل كل خوارزمية في سجل عام",
        "ينبغي أن تنخفض أسعار الكهرباء ليلا",
    ),
    "zh": (
        "小型工厂需要先培训工人再使用人工智能",
        "使用人工智能之前，小型工厂需要培训工人",
        "每个算法都必须公开登记",
        "夜间电价应该更低",
    ),
}


@pytest.mark.parametrize("lang", sorted(ALIKE))
def test_the_same_thing_in_other_words_is_found_first_and_alone(lang):
    asked, alike, *others = ALIKE[lang]
    found = texts([*others, alike], lang).nearest(asked, lang)
    assert [place for place, _similarity in found] == [2]
    assert found[0][1] >= 0.5


@pytest.mark.parametrize("lang", sorted(ALIKE))
def test_a_text_is_wholly_like_itself(lang):
    held = texts(ALIKE[lang], lang)
    for at, text in enumerate(ALIKE[lang]):
        assert held.to(text, lang)[at] == pytest.approx(1)


def test_small_words_alone_make_nothing_alike():
    held = texts(["What is in it for me"], "en")
    assert held.nearest("It is for me and for you", "en", at_least=0) == []


def test_words_that_nobody_wrote_before_count_against_being_alike():
    held = texts(["Training", "Taxes"], "en")
    alone = held.to("Training", "en")[0]
    among_others = held.to("Training of pilots, dentists, gardeners and weavers", "en")[0]
    assert alone == pytest.approx(1)
    assert 0 < among_others < 0.5


def test_a_rare_word_weighs_more_than_one_that_everybody_writes():
    held = texts(["data passports", "data", "data protection", "data spaces", "data centres", "passports"], "en")
    similarity = held.to("data passports", "en")
    assert similarity[5] > similarity[1]


def test_a_text_and_nothing():
    assert len(texts([], "en")) == 0
    assert texts([], "en").nearest("Training", "en") == []
    assert texts([], "en").pairs().height == 0
    assert texts(["", "…"], "en").to("Training", "en").tolist() == [0, 0]
    assert texts(["Training"], "en").to("", "en").tolist() == [0]


def test_pairs_name_the_smaller_place_first_and_the_most_alike_on_top():
    held = texts(["Training for workers", "Workers need training", "Open registers", "Training for workers!"], "en")
    pairs = held.pairs(at_least=0.3)
    assert pairs.select("first", "second").rows() == [(0, 3), (0, 1), (1, 3)]
    assert pairs["similarity"][0] == pytest.approx(1)


def test_pairs_agree_with_the_similarity_of_one_text(monkeypatch):
    monkeypatch.setattr("minga.text.similarity._ROWS", 3)  # several blocks
    written = [text for lang in sorted(ALIKE) for text in ALIKE[lang]]
    spoken = [lang for lang in sorted(ALIKE) for _text in ALIKE[lang]]
    held = texts(written, spoken)
    expected = {
        (first, second)
        for first in range(len(written))
        for second, similarity in enumerate(held.to(written[first], spoken[first]))
        if first < second and similarity >= 0.4
    }
    assert {(row[0], row[1]) for row in held.pairs(at_least=0.4).rows()} == expected != set()


def test_each_text_needs_its_language():
    with pytest.raises(ValueError, match="2 texts but 1 languages"):
        texts(["a", "b"], ["en"])


WORDS = st.lists(st.sampled_from(["training", "robots", "registers", "workers", "the"]), max_size=6).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_similarity_is_bounded_and_does_not_know_the_order_of_the_texts(written, asked):
    similarity = texts(written, "en").to(asked, "en")
    assert ((similarity >= 0) & (similarity <= 1)).all()
    assert np.allclose(texts(written[::-1], "en").to(asked, "en")[::-1], similarity)


def test_chinese_is_compared_by_its_pairs_alone():
    assert telling_words("培训 水", "zh") == ["培训", "水"]


def test_a_small_number_that_two_texts_share_makes_them_no_more_alike():
    held = texts(["Two hours, from 2 to 4", "Machines of 2026"], "en")
    assert held.to("Pay 2 bakers for 4 ovens", "en").tolist() == [0, 0]
    assert held.to("2026", "en")[1] > 0


def test_arabic_voices_that_share_only_small_words_are_not_alike():
    tax = "يجب على الحكومة أن تخفض الضرائب ومن ثم أن تفتح الموانئ لكل الشركات"
    training = "نريد أن يكون هناك تكوين للعمال في كل المصانع، ومن ثم يجب على الوزارة ذلك"
    roads = "ومن هنا فإن كل الطرق بين المدن يجب أن تكون جيدة"
    held = texts([tax, roads], "ar")
    assert held.to(training, "ar").tolist() == [0, 0]
    assert held.to("الضرائب مرتفعة وبعض الموانئ مغلقة", "ar")[0] > 0.3


def test_worked_example_of_the_method_page_is_true():
    page = Path(__file__).resolve().parents[4] / "docs" / "methods" / "similarity.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert (found.failed, found.attempted) == (0, 4)
