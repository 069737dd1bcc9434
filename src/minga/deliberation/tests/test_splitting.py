"""A letter is cut where a person would cut it, loses no word, and its voices keep to what was said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minga.deliberation.engine.splitting import (
    NEW,
    OUT,
    PARAGRAPHS,
    POINTS,
    SENTENCES,
    WAYS,
    WITH,
    cuts,
    is_one_thing,
    keeps_to,
    own_words,
    pieces,
    suggest_way,
    title_above,
)

LETTER = """Dear committee,

We run a bakery in Praia. Mr. Silva helps us.

Our wishes:
1. Train the bakers first.
2. Fund small machines,
   not large ones.

Kind regards,
Amina

--
Amina's bakery"""


def shown(text, way):
    return [(piece.text, piece.suggestion) for piece in pieces(text, way)]


def test_points_are_told_from_greeting_introduction_and_signature():
    assert suggest_way(LETTER) == POINTS
    assert shown(LETTER, POINTS) == [
        ("Dear committee,", OUT),
        ("We run a bakery in Praia. Mr. Silva helps us.", NEW),
        ("Our wishes:", OUT),
        ("1. Train the bakers first.", NEW),
        ("2. Fund small machines,\n   not large ones.", NEW),
        ("Kind regards,\nAmina", OUT),
        ("--\nAmina's bakery", OUT),
    ]


def test_paragraphs_hold_their_list_and_sentences_do_not_end_at_mister():
    assert ("Our wishes:\n1. Train the bakers first.\n2. Fund small machines,\n   not large ones.", NEW) in shown(
        LETTER, PARAGRAPHS
    )
    found = shown("We run a bakery, e.g. here. Mr. Silva helps us! Does he? Yes.", SENTENCES)
    assert found == [
        ("We run a bakery, e.g. here.", NEW),
        ("Mr. Silva helps us!", NEW),
        ("Does he?", NEW),
        ("Yes.", OUT),
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("应当培训工人。政府应当出资！谁来负责？", 3),
        ("يجب تدريب العمال. هل ستدفع الحكومة؟ نعم ستدفع.", 3),
        ("Нужно обучать рабочих. Кто платит? Государство.", 3),
        ("¿Quién paga? El Estado debe pagar. ¡Ya!", 3),
    ],
)
def test_sentences_end_in_every_script(text, count):
    assert len(pieces(text, SENTENCES)) == count


def test_a_long_text_without_paragraphs_is_cut_by_sentences_and_a_short_one_is_one():
    assert suggest_way("We need training for our people. " * 10) == SENTENCES
    assert suggest_way("Train us.") == PARAGRAPHS
    assert shown("Hello,", PARAGRAPHS) == [("Hello,", NEW)], "a submission is never suggested away whole"


def test_dash_or_number_of_an_item_is_no_part_of_its_voice():
    text = "- Train us.\n2) Fund us.\n   And soon."
    made = cuts(text, pieces(text, POINTS), {1: NEW, 2: NEW})
    assert [(cut.text, text[cut.start : cut.end]) for cut in made] == [
        ("Train us.", "Train us."),
        ("Fund us.\n   And soon.", "Fund us.\n   And soon."),
    ]


def test_quoted_mail_is_left_out_of_the_one_voice():
    text = "Train us first.\n\nOn Mon, 2 Mar 2026 the office wrote:\n> What do you need?\n\nAnd fund us."
    assert [piece.text for piece in own_words(text)] == ["Train us first.", "And fund us."]


def test_pieces_are_joined_as_chosen_and_a_gap_is_marked():
    text = "One thing.\n\nMore of it.\n\nAn aside.\n\nStill it.\n\nAnother thing."
    found = pieces(text, PARAGRAPHS)
    made = cuts(text, found, {1: NEW, 2: WITH, 3: OUT, 4: WITH, 5: NEW})
    assert [cut.text for cut in made] == ["One thing.\n\nMore of it.\n[…]\nStill it.", "Another thing."]
    assert [text[cut.start : cut.end].startswith(cut.text[:5]) for cut in made] == [True, True]
    assert [cut.text for cut in cuts(text, found, {2: WITH})] == ["More of it."], "nothing before it: a voice begins"


@pytest.mark.parametrize(
    ("words", "is_kept"),
    [
        ("Train the bakers", True),
        ("TRAIN […] first!", True),
        ("Train the millers first", False),
        ("bakers Train", False),
        ("", True),
    ],
)
def test_words_may_be_left_out_of_a_voice_but_none_put_in(words, is_kept):
    assert keeps_to(words, "Train the bakers first.") is is_kept


ZELDA = "Dear Minister,\n\nTrain the bakers.\n\nYours sincerely,\nZelda Uniquename\n12 Elm Street"


@pytest.mark.parametrize(
    "text",
    [
        ZELDA,
        ZELDA.replace("\n\n", "\n"),
        ZELDA.replace("\n", "\n\n"),
        "# Our view\n\nPraia, 3 March 2026\n\n12 Elm Street\n\n" + ZELDA,
        ZELDA.replace("Minister,", "Mr. Silva,").replace("Yours sincerely,", "Best"),
        ZELDA + "\n\n> Zelda wrote before.",
        ZELDA.replace("Yours sincerely,", "Thanks"),
        "Train the bakers. Kind regards, Zelda Uniquename",
    ],
)
@pytest.mark.parametrize("way", [PARAGRAPHS, SENTENCES])
def test_names_and_streets_around_a_letter_are_in_no_voice(text, way):
    assert [piece.text for piece in pieces(text, way) if piece.suggestion == NEW] == ["Train the bakers."]
    assert [piece.text for piece in own_words(text)] == ["Train the bakers."]
    assert is_one_thing(text)


@pytest.mark.parametrize(
    ("greeting", "closing"),
    [
        ("Hello everyone!", "Cheers,"),
        ("To whom it may concern", "Best wishes"),
        ("Madame, Monsieur,", "Veuillez agréer, Madame, Monsieur, l’expression de mes salutations distinguées."),
        ("Bonjour,", "Bien à vous"),
        ("Estimados señores:", "Un cordial saludo,"),
        ("Уважаемая комиссия!", "С уважением,"),
        ("السادة أعضاء اللجنة،", "وتفضلوا بقبول فائق الاحترام،"),
        ("تحية طيبة وبعد،", "مع خالص التحية"),
        ("尊敬的部长：", "此致\n敬礼！"),
    ],
)
def test_greetings_and_closings_are_known_in_six_languages(greeting, closing):
    text = f"{greeting}\n\nTrain the bakers.\n\n{closing}\n\nZelda Uniquename\n\n12 Elm Street"
    assert [piece.text for piece in own_words(text)] == ["Train the bakers."]


@pytest.mark.parametrize(
    "said",
    [
        "Best practice should be taught in schools.",
        "Thanks to the new law, we trained five bakers.",
        "Sincerely, we think that bakers need training.",
        "Dear flour hurts every bakery in the country today",
        "P.S. Mind the ovens.",
    ],
)
def test_what_only_begins_like_a_greeting_or_a_closing_is_said(said):
    assert said in [piece.text for piece in own_words(f"{said}\n\nTrain the bakers.\n\n{said}")]


def test_thanks_before_more_is_said_end_nothing_and_an_afterword_is_said():
    text = "We bake.\n\nThank you for hearing us.\n\nTrain the bakers first.\n\nBest,\nAmina\n\nP.S. Mind the ovens."
    assert [piece.text for piece in own_words(text)] == [
        "We bake.",
        "Thank you for hearing us.",
        "Train the bakers first.",
        "P.S. Mind the ovens.",
    ]


def test_nothing_but_a_signature_holds_no_words_of_a_voice():
    assert own_words("Yours sincerely,\nZelda Uniquename\n12 Elm Street") == []


def test_inner_heading_stays_in_the_one_voice_without_its_mark():
    text = "# Our view\n\nTrain us.\n\n# Money\n\nFund us."
    assert cuts(text, own_words(text), {2: NEW, 3: WITH, 4: WITH})[0].text == "Train us.\n\nMoney\n\nFund us."


MAIL = """Bonjour,

Veuillez trouver ci-joint notre lettre.

Formez-nous.

--
Amina
Kairouan

══ lettre.docx

# Nos demandes

Madame la Ministre,

Il faut former les artisans.

--

Il faut financer les machines.

Cordialement,
L'Union

══ ancien.eml

Autre chose est urgente.

--
Bao""".replace("--\nAmina", "-- \nAmina")


def test_an_attached_file_is_a_section_of_its_own_and_no_part_of_the_signature_of_the_mail():
    assert shown(MAIL, PARAGRAPHS) == [
        ("Bonjour,", OUT),
        ("Veuillez trouver ci-joint notre lettre.", OUT),
        ("Formez-nous.", NEW),
        ("-- \nAmina\nKairouan", OUT),
        ("══ lettre.docx", OUT),
        ("# Nos demandes", OUT),
        ("Madame la Ministre,", OUT),
        ("Il faut former les artisans.", NEW),
        ("--", OUT),
        ("Il faut financer les machines.", NEW),
        ("Cordialement,\nL'Union", OUT),
        ("══ ancien.eml", OUT),
        ("Autre chose est urgente.", NEW),
        ("--\nBao", OUT),
    ]
    assert [piece.text for piece in own_words(MAIL)] == [
        "Formez-nous.",
        "# Nos demandes",
        "Il faut former les artisans.",
        "--",
        "Il faut financer les machines.",
        "Autre chose est urgente.",
    ]
    assert not is_one_thing(MAIL)


def test_the_title_above_a_wish_is_known():
    text = "Nos demandes\n\nNous voulons :\n- Former.\n- Financer.\n\n══ b.txt\n\nÉcoutez-nous."
    text += "\n\nQ2. Et encore ?\nUn centre."
    found = pieces(text, POINTS)
    titles = [title_above(found, text.index(words)) for words in ("Former", "Financer", "Écoutez", "Un centre", "Nos")]
    assert titles == ["Nous voulons :", "Nous voulons :", "", "Q2. Et encore ?", ""]


def test_a_covering_sentence_is_said_where_nothing_is_attached():
    text = "The list is attached to the wall of the mill.\n\nTrain us."
    assert shown(text, PARAGRAPHS)[0][1] == NEW


def test_titles_particulars_of_meetings_and_questions_of_forms_are_no_voices():
    notes = (
        "Atelier de Kairouan\nDate : 12 mars 2026\nPrésents : 23 personnes\n\nQ7. De quoi avez-vous besoin ?\n"
        "Il faut former les tisserandes.\n\nAtelier de Sfax\nالحضور: 12 شخصا\n\nLes ports manquent de machines."
    )
    assert shown(notes, PARAGRAPHS) == [
        ("Atelier de Kairouan", OUT),
        ("Date : 12 mars 2026\nPrésents : 23 personnes", OUT),
        ("Q7. De quoi avez-vous besoin ?", OUT),
        ("Il faut former les tisserandes.", NEW),
        ("Atelier de Sfax", OUT),
        ("الحضور: 12 شخصا", OUT),
        ("Les ports manquent de machines.", NEW),
    ]
    said = "Q7. De quoi avez-vous besoin ? De machines."
    assert shown(said, PARAGRAPHS) == [(said, NEW)], "an answer on the line of its question is no question"


def test_names_of_a_form_are_no_voices_and_its_answers_are():
    form = "Nom et prénom : Sami Ben Ali\n\nالاسم: سالم\n\nWhat should it teach? Kilns and glazes, please."
    assert [way for _text, way in shown(form, PARAGRAPHS)] == [OUT, OUT, NEW]


def test_earlier_letter_beneath_a_reply_and_the_name_above_it_are_no_voices():
    head = "De : Ministère <office@example.org>\nEnvoyé : lundi 2 mars 2026\nObjet : Consultation"
    reply = f"Il faut des cours du soir.\n\nSami\n\n{head}\n\nDonnez votre avis avant le premier avril."
    assert [way for _text, way in shown(reply, PARAGRAPHS)] == [NEW, OUT, OUT, OUT]
    assert [piece.text for piece in own_words(reply)] == ["Il faut des cours du soir."]
    forward = f"{head}\n\nIl faut un bus."
    assert [way for _text, way in shown(forward, PARAGRAPHS)] == [OUT, NEW], "a forward says what the other one says"
    wishes = "We need two things.\n\nTraining\n\nMachines"
    assert {way for _text, way in shown(wishes, PARAGRAPHS)} == {NEW}, "a last word is no name"


def test_short_wishes_without_full_stops_are_no_titles():
    assert {way for _text, way in shown("Former les artisans\n\nFinancer les machines\n\nUn centre", PARAGRAPHS)} == {
        NEW
    }
    assert shown("We need machines\n\nTrain the bakers first.", PARAGRAPHS)[0][1] == NEW
    assert shown("Subject: we ask that training be free.", PARAGRAPHS)[0][1] == NEW


@pytest.mark.parametrize(
    "wishes",
    [
        "1. Former les artisans\n2. Financer les machines\n3. Ouvrir un centre",
        "1- Former les artisans\n2- Financer les machines\n3- Ouvrir un centre",
        "\uf0b7Former les artisans\n\uf0b7Financer les machines\n\uf0b7Ouvrir un centre",
        "Former les artisans ;\nFinancer les machines ;\nOuvrir un centre",
    ],
)
def test_each_wish_of_a_list_is_suggested_as_a_voice_and_its_title_is_not(wishes):
    text = f"Nos demandes\n\n{wishes}"
    way = suggest_way(text)
    found = pieces(text, way)
    made = cuts(text, found, {piece.number: piece.suggestion for piece in found})
    assert [cut.text.rstrip(" ;") for cut in made] == [
        "Former les artisans",
        "Financer les machines",
        "Ouvrir un centre",
    ]
    assert not is_one_thing(text)


texts = st.text(alphabet="ab.!? \n1-#>。══", max_size=120)


@given(texts, st.sampled_from(WAYS))
def test_pieces_cover_every_sign_once_and_in_order(text, way):
    found = pieces(text, way)
    assert "".join("".join(piece.text.split()) for piece in found) == "".join(text.split())
    assert all(text[piece.start : piece.end] == piece.text for piece in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(texts, st.sampled_from(WAYS), st.data())
def test_what_is_cut_keeps_to_the_text(text, way, data):
    found = pieces(text, way)
    choices = {piece.number: data.draw(st.sampled_from([NEW, WITH, OUT])) for piece in found}
    made = cuts(text, found, choices)
    assert len(made) <= len(found)
    assert all(keeps_to(cut.text, text[cut.start : cut.end]) for cut in made)
