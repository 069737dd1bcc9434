"""Six languages are told apart, and their neighbours are not taken for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.text.languages import guess_language

SAID = {
    "en": "The council should pay for the training, and small firms have to be heard before a rule is made.",
    "fr": "Il faut que les petites entreprises soient entendues avant que la règle ne soit faite, dans chaque région.",
    "es": "El consejo debe pagar la formación, y las pequeñas empresas tienen que ser oídas antes de la norma.",
    "ru": "Совет должен платить за обучение, и малые предприятия нужно выслушать до того, как примут правило.",
    "ar": "يجب أن تدفع الحكومة تكاليف التدريب، وأن تُسمع الشركات الصغيرة قبل وضع القاعدة.",
    "zh": "政府应当为培训付费,在制定规则之前要听取小企业的意见。",
}
OTHERS = {
    "Portuguese": "O conselho deve pagar a formação, e as pequenas empresas não são ouvidas antes da regra. É isso.",
    "Italian": "Il consiglio deve pagare la formazione, e le piccole imprese sono da sentire prima della regola.",
    "German": "Der Rat soll die Ausbildung bezahlen, und kleine Betriebe müssen vor der Regel gehört werden.",
    "Ukrainian": "Рада має платити за навчання, і малі підприємства потрібно вислухати до ухвалення правила.",
    "Bulgarian": "Съветът трябва да плаща за обучението, а малките фирми са тези, които ще бъдат чути преди това.",
    "Persian": "شورا باید هزینهٔ آموزش را بپردازد و شرکت‌های کوچک پیش از قانون‌گذاری شنیده شوند.",
    "Japanese": "政府は研修の費用を支払うべきです。規則を作る前に小さな企業の声を聞いてください。",
    "Korean": "정부는 교육 비용을 지불해야 합니다.",
}


@pytest.mark.parametrize("language", SAID)
def test_a_sentence_is_recognized(language):
    assert guess_language(SAID[language]) == language


@pytest.mark.parametrize("name", OTHERS)
def test_a_neighbour_is_none_of_the_six(name):
    assert guess_language(OTHERS[name]) is None


@pytest.mark.parametrize("text", ["", "   ", "42 / 7", "OK", "Nairobi", "AI 4.0", "data data data"])
def test_too_little_is_not_guessed(text):
    assert guess_language(text) is None


def test_half_and_half_is_not_guessed():
    assert guess_language(SAID["ru"] + " " + SAID["en"] + SAID["en"][:20]) is None


def test_a_name_in_another_script_changes_nothing():
    assert guess_language(SAID["ar"] + " (UNIDO, Vienna)") == "ar"
    assert guess_language("UNIDO: " + SAID["zh"]) == "zh"


@given(st.text(max_size=300))
def test_any_text_gives_one_of_six_or_none(text):
    assert guess_language(text) in {"ar", "en", "es", "fr", "ru", "zh", None}


@given(st.sampled_from(sorted(SAID)), st.integers(2, 5))
def test_saying_it_again_changes_no_guess(language, times):
    assert guess_language(" ".join([SAID[language]] * times)) == language
