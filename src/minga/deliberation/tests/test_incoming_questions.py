"""Spreadsheets with several questions: which columns hold answers, and that no answer and no row is lost."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from minga.deliberation.engine.incoming import Said
from minga.deliberation.engine.incoming_columns import guess, hold
from minga.deliberation.engine.splitting import NEW, OUT, PARAGRAPHS, pieces, title_above
from minga.deliberation.tests.test_incoming_sheets import read, workbook

FORM = [
    ["Horodateur", "Courriel", "Nom et prénom", "Genre", "Gouvernorat", "Que doit enseigner le centre ?",
     "Que faut-il éviter ?", "Acceptez-vous la publication ?"],
    *(
        [f"2026/03/{n} 10:14", f"p{n}@example.org", f"Personne {n}", "Femme", "Sfax",
         f"La maintenance prédictive des fours numéro {n}.",
         f"Les cours trop théoriques, numéro {n}." if n > 1 else None,
         "Oui"]
        for n in range(1, 5)
    ),
]  # fmt: skip


def test_every_answer_of_a_row_is_kept_under_its_question():
    (table,), entries, problems = read(workbook(*FORM))
    assert (table.columns["text"], table.more) == ("Que doit enseigner le centre ?", ("Que faut-il éviter ?",))
    assert (table.columns["may_publish"], table.columns["region"]) == ("Acceptez-vous la publication ?", "Gouvernorat")
    assert problems == []
    first, second = entries[:2]
    assert [first.text[start:end] for start, end in first.answers] == ["La maintenance prédictive des fours numéro 1."]
    said = [second.text[start:end] for start, end in second.answers]
    assert said == ["La maintenance prédictive des fours numéro 2.", "Les cours trop théoriques, numéro 2."]
    cut = pieces(second.text, PARAGRAPHS)
    assert [piece.suggestion for piece in cut] == [OUT, NEW, OUT, NEW]
    assert title_above(cut, second.answers[1][0]) == "Que faut-il éviter ?"


def test_columns_that_a_person_ticks_are_answers_too_and_one_alone_needs_no_question():
    rows = [["A?", "B?", "C?"], ["Looms", "Theory", "3"], ["Thanks", "Sfax", "4"]]
    (table,), entries, (problem,) = read(workbook(*rows))
    assert (table.columns, table.asked, entries, problem.code) == ({}, ("A?", "B?"), [], "no_text_column")
    _tables, entries, problems = read(workbook(*rows), **{"0": Said({"text": "A?"}, more=["B?"])})
    assert [one.text for one in entries] == ["# A?\n\nLooms\n\n# B?\n\nTheory", "# A?\n\nThanks\n\n# B?\n\nSfax"]
    assert [piece.suggestion for piece in pieces(entries[1].text, PARAGRAPHS)][-1] == NEW
    _tables, entries, problems = read(workbook(*rows), **{"0": Said({"text": "B?"})})
    assert [one.text for one in entries] == ["Theory", "Sfax"]
    (table,), entries, problems = read(workbook(*rows), **{"0": Said({"text": "B?"}, is_left_out=True)})
    assert (table.is_left_out, entries, problems) == (True, [], [])


def test_sheets_of_one_workbook_may_call_their_text_differently():
    book = Workbook()
    for row in (["opinion", "name"], ["Teach the old.", "Amina"]):
        book.active.append(row)
    second = book.create_sheet("Second")
    for row in (["text", "gender"], ["Open on Saturdays.", "f"]):
        second.append(row)
    file = io.BytesIO()
    book.save(file)
    _tables, entries, problems = read(file.getvalue())
    assert ([one.text for one in entries], problems) == (["Teach the old.", "Open on Saturdays."], [])


@pytest.mark.parametrize(
    "name",
    [
        "الرأي",
        "المقترحات",
        "آراء",
        "Sugerencia",
        "Sugerencias",
        "Suggestions",
        "Vos idées",
        "Пожелания",
        "看法",
        "Comments",
    ],
)
def test_usual_names_of_the_column_with_the_text_are_known_with_article_and_plural(name):
    assert guess(["الاسم", name])["text"] == name


@pytest.mark.parametrize(
    ("name", "cells", "field"),
    [
        ("Quel type de formation voulez-vous ?", ["Une formation de trois mois au moins"], "text"),
        ("Que doit faire votre région ?", ["Elle doit ouvrir un centre à Gabès"], "text"),
        ("Dans quelle région vivez-vous ?", ["Sfax", "Gabès"], "region"),
        ("Comment avez-vous connu cette enquête ?", ["Radio", "Radio", "Facebook"], "text"),
    ],
)
def test_a_part_of_a_name_says_what_a_column_holds_only_if_its_cells_fit(name, cells, field):
    assert hold([name], {name: cells}).columns == {field: name}


def test_notes_of_the_office_become_no_answers_by_themselves():
    said = ["The centre should be open on Saturdays."]
    cells = {"Comment": said, "Comments of the team": said, "Internal: what do we think of it?": said}
    assert hold(list(cells), cells).columns == {"text": "Comment"}
    assert hold(list(cells), cells).more == ()
    assert hold(list(cells)[1:], cells).columns == {"text": "Comments of the team"}
    asked = "What should the international community do?"
    assert hold([asked], {asked: said}).columns == {"text": asked}


def test_where_no_name_helps_the_column_with_the_longest_cells_is_suggested():
    cells = {"Q1": ["1", "2"], "Q2": ["Train us.", "Fund small machines."], "Q3": ["yes", "no"]}
    assert (hold(list(cells), cells).columns, hold(list(cells), cells).asked) == ({}, ("Q2",))


def test_one_bad_cell_concerns_its_row_alone():
    rows = [["name", "opinion", "n"], ["A", "Text one.", "#REF!"], ["B", "=A2&B2", 1], ["C", "=- more courses", 2]]
    _tables, entries, problems = read(workbook(*rows, ["=D1", "Text four.", 3]))
    assert [one.text for one in entries] == ["Text one.", "- more courses", "Text four."]
    assert [(one.place, one.column, one.code, one.values["value"]) for one in problems] == [
        ("row 3", "opinion", "formula", "=A2&B2"),
        ("row 5", "name", "formula_cell", "=D1"),
    ]
    assert entries[2].author_name == ""


def test_commas_of_a_text_between_two_columns_and_rows_that_all_are_wrong():
    ragged = b"name,opinion\nA,Teach welding, painting, and cleaning\nB\n"
    _tables, (entry,), (problem,) = read(ragged, "a.csv")
    assert (entry.author_name, entry.text) == ("A", "Teach welding, painting, and cleaning")
    assert (problem.place, problem.code) == ("row 3", "row")
    _tables, (entry,), _none = read(b"opinion,name\nTeach welding, painting,A\n", "a.csv")
    assert (entry.author_name, entry.text) == ("A", "Teach welding, painting")
    tables, entries, problems = read(b"name,opinion,city\nA,Teach welding, painting,Sfax\nB\n", "a.csv")
    assert ([tables, entries], [one.place for one in problems]) == ([[], []], ["row 2", "row 3"])
