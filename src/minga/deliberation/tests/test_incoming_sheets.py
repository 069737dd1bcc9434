"""Spreadsheets as ministries keep them: letterheads above, words of six languages in the cells, dates of every kind."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from django.conf import settings
from django.utils import translation

from minga.deliberation import wording_consulting, wording_intake
from minga.deliberation.engine.incoming import Entry, Problem, Table, read_upload
from minga.deliberation.engine.incoming_headers import find_header, from_header
from minga.deliberation.engine.incoming_words import value_of
from minga.deliberation.engine.vocabulary import STRATA
from minga.text.testing_files import open_file


def workbook(*rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(data, name="a.xlsx", **said):
    found = list(read_upload([(name, lambda: data)], said))
    return [[one for one in found if isinstance(one, kind)] for kind in (Table, Entry, Problem)]


@pytest.mark.parametrize(
    ("wanted", "value", "meant"),
    [
        *(
            ("may_publish", word, "yes")
            for word in ("O", "Oui", "نعم", "да", "sí", "是", "D'accord", "موافق", "✓", "TRUE")
        ),
        *(("may_publish", word, "no") for word in ("N", "Non", "لا", "нет", "no", "否", "не согласна")),
        *(("gender", word, "woman") for word in ("Mme", "F.", "femme", "السيدة", "г-жа", "Sra.", "女士", "Mlle")),
        *(("gender", word, "man") for word in ("M.", "H", "Mr.", "السيد", "г-н", "Sr.", "先生")),
        *(("size", word, "1-9") for word in ("moins de 10", "<10", "7 employés", "أقل من 10", "少于10人", "1 à 10")),
        *(("size", word, "10-49") for word in ("de 10 à 49", "10 – 49", "23", "от 10 до 49", "11-50")),
        *(("size", word, "250+") for word in ("plus de 250", "250 et plus", "más de 250", "1 200", "250人以上")),
        ("size", "10-250", None),
        ("size", "beaucoup", None),
        ("gender", "ne souhaite pas répondre", ""),
        ("gender", "-", ""),
        ("gender", "both", None),
    ],
)
def test_usual_words_of_cells_are_known(wanted, value, meant):
    assert value_of(wanted, value) == meant


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_word_that_a_remedy_offers_is_understood(language):
    with translation.override(language):
        for wanted in ("gender", "type", "size"):
            for value in STRATA[wanted]:
                assert value_of(wanted, str(wording_consulting.stratum_value(wanted, value))) == value
        for wanted, values in (("may_publish", ("yes", "no")), ("language", [code for code, _ in settings.LANGUAGES])):
            values_given = {"value": "?", "wanted": wanted}
            told = wording_intake.problem({"code": "value", "message": "", "values": values_given})
            offered = wording_intake._known(values_given)["known"]
            assert offered in told
            assert [value_of(wanted, one) for one in offered.split("; ")] == list(values)


def test_names_of_columns_are_found_beneath_titles_and_true_dates_kept():
    data = workbook(
        ["Ministère de l'Industrie"],
        ["Contributions reçues", None, "Tunis, 2026"],
        [],
        ["N°", "Nom et prénom", "Reçu le", "Votre avis sur la\nstratégie", "Genre"],
        [1, "Amina", datetime(2026, 10, 31), "Formez-nous.", "Mme"],
        [2, "Bao", 46327, "Payez-nous.", "M."],
        [3, "Chloé", "12 mars 2026", "Écoutez-nous.", "F"],
    )
    (table,), entries, problems = read(data)
    assert (table.header_line, problems) == (4, [])
    assert table.columns == {
        "text": "Votre avis sur la stratégie", "name": "Nom et prénom", "date": "Reçu le", "gender": "Genre",
    }  # fmt: skip
    assert table.samples["Reçu le"] == ["2026-10-31", "46327", "12 mars 2026"]
    assert [(one.place, one.text, str(one.received_at.date()), one.strata["gender"]) for one in entries] == [
        ("row 5", "Formez-nous.", "2026-10-31", "woman"),
        ("row 6", "Payez-nous.", "2026-11-01", "man"),
        ("row 7", "Écoutez-nous.", "2026-03-12", "woman"),
    ]


def test_sheets_of_libreoffice_are_read_with_their_dates_and_repeated_cells():
    def row(*cells, more=""):
        shown = "".join(f"<table:table-cell{kept}><text:p>{text}</text:p></table:table-cell>" for text, kept in cells)
        return f"<table:table-row{more}>{shown}</table:table-row>"

    day = ' office:value-type="date" office:date-value="2026-10-31"'
    empty = ' table:number-columns-repeated="3"'
    data = open_file(
        "spreadsheet",
        '<table:table table:name="Reçus">'
        + row(("Contributions", ""))
        + row(("", empty), more=' table:number-rows-repeated="2"')
        + row(("Nom", ""), ("Avis", ""), ("Date", ""))
        + row(("Amina", ""), ("Formez-nous.", ""), ("31 oct.", day))
        + row(("", ' table:number-columns-repeated="1024"'), more=' table:number-rows-repeated="1048000"')
        + "</table:table>",
    )
    (table,), (entry,), problems = read(data, "a.ods")
    assert (table.header, table.header_line, problems) == (("Nom", "Avis", "Date"), 4, [])
    assert (entry.place, entry.author_name, entry.text) == ("row 5", "Amina", "Formez-nous.")
    assert str(entry.received_at.date()) == "2026-10-31"


def test_a_sheet_without_a_title_begins_with_its_names():
    assert find_header([["A", "B"], ["Train us.", "Amina"]]) == 0
    assert find_header([["Train us.", "1"], ["Fund us.", "2"]]) == 0
    assert find_header([["All that came in"], ["Comment"], ["Train us."]]) == 1
    assert find_header([["Title"], ["Who", "What", "When"], ["Amina", "Train us.", "2026"]]) == 1
    assert find_header([]) == 0


def test_a_plain_table_keeps_the_lines_of_its_rows_and_names_of_several_lines():
    text = 'Enquête 2026;;\r\n\r\n"Votre\r\navis";;Nom\r\nFormez-nous.;;Amina\r\n'
    above = from_header(text)
    assert above.text.split("\n")[:2] == ["Votre avis;column_2;Nom", "Formez-nous.;;Amina"]
    assert (above.header, above.lines) == (3, 3)
    _tables, (entry,), problems = read(text.encode(), "a.csv")
    assert (entry.text, entry.author_name, entry.place, problems) == ("Formez-nous.", "Amina", "row 5", [])


def test_the_same_problem_of_a_column_is_named_once_with_all_its_rows():
    data = workbook(["text", "gender"], *[[f"Wish {n}", f"G{n % 7}"] for n in range(20)])
    _tables, entries, (problem,) = read(data)
    assert len(entries) == 20
    assert (problem.code, problem.column, problem.count) == ("value", "gender", 20)
    assert problem.place.startswith("rows 2, 3, 4")
    assert problem.values["value"] == "G0, G1, G2, G3, G4 …"
    assert wording_intake.place(problem.place).endswith("13 …")
