"""What tests of intake share: five hundred submissions as a ministry gets them, invented, in six languages."""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl

from minga.tables.workbooks import write_workbook
from minga.text.testing_files import archive_file, mail_file, mailbox_file, pdf_file, word_file

#: Sentences of invented senders, and the old code page in which some still save them.
_SAID = {
    "en": ("The council should pay for training number {n}, and small firms have to be heard before that.", "cp1252"),
    "fr": (
        "Il faut que l’État paie la formation numéro {n}, et que les petites entreprises soient entendues.",
        "cp1252",
    ),
    "es": ("El Estado debe pagar la formación número {n}, y las pequeñas empresas tienen que ser oídas.", "cp1252"),
    "ru": ("Государство должно платить за обучение номер {n}, и малые предприятия нужно выслушать.", "cp1251"),
    "ar": ("يجب أن تدفع الدولة تكاليف التدريب رقم {n}، وأن تُسمع الشركات الصغيرة قبل ذلك.", "cp1256"),
    "zh": ("政府应当为第{n}号培训付费,并且要听取小企业的意见。", "gb18030"),
}
LANGUAGES = tuple(_SAID)


def said(number: int, language: str = "en") -> str:
    """Return what an invented sender says."""
    return _SAID[language][0].format(n=number)


def _languages() -> Iterator[tuple[int, str]]:
    number = 0
    while True:
        number += 1
        yield number, LANGUAGES[number % len(LANGUAGES)]


def five_hundred() -> dict[str, bytes]:
    """Return an archive of letters, a mailbox, a workbook and a CSV file: 500 submissions that can be taken in.

    Among them lie four that cannot (a scan, a picture, a protected PDF, a row without text) and two that are there
    twice.
    """
    drawn = _languages()
    letters: dict[str, bytes] = {}
    for number, language in (next(drawn) for _letter in range(110)):
        text, page = said(number, language), _SAID[language][1]
        letters[f"letters/{number}.txt"] = text.encode(page if number % 3 == 0 else "utf-8", "replace")
    for number, language in (next(drawn) for _letter in range(90)):
        points = [
            f"# {number}",
            said(number, language),
            f"- {said(number, language)} 1",
            f"- {said(number, language)} 2",
        ]
        letters[f"word/{number}.docx"] = word_file(points)
    for number, _language in (next(drawn) for _letter in range(60)):
        letters[f"pdf/{number}.pdf"] = pdf_file([[said(number), f"And this is our second wish, number {number}."]])
    for number, language in (next(drawn) for _letter in range(40)):
        sender = f"Sender {number} <sender{number}@example.org>"
        letters[f"mail/{number}.eml"] = mail_file(f"{said(number, language)}\n\n-- \nSender {number}", sender=sender)
    letters |= {
        "pdf/scan.pdf": pdf_file([[]]),
        "pdf/closed.pdf": pdf_file([["We ask for training."]], password="secret"),  # noqa: S106
        "photo.txt": b"\xff\xd8\xff\xe0 not a letter",
        "letters/again.txt": letters["letters/1.txt"],
    }
    box = [
        mail_file(said(number, language), sender=f"sender{number}@example.org")
        for number, language in (next(drawn) for _message in range(50))
    ]
    rows = [_row(*next(drawn)) for _row_number in range(100)]
    workbook = io.BytesIO()
    write_workbook({"Said": pl.DataFrame([*rows, {**rows[0], "Comment": ""}, rows[0]])}, workbook)
    plain = pl.DataFrame([_row(*next(drawn)) for _row_number in range(50)]).write_csv(separator=";")
    return {
        "letters.zip": archive_file(letters),
        "inbox.mbox": mailbox_file(box),
        "form.xlsx": workbook.getvalue(),
        "hearing.csv": plain.encode("utf-8-sig"),
    }


def _row(number: int, language: str) -> dict[str, str]:
    return {
        "Date": "2026-03-31",
        "Name": f"Sender {number}",
        "Gender": ("woman", "man", "")[number % 3],
        "Region": ("Praia", "Mindelo")[number % 2],
        "Type of organization": "SME",
        "Comment": said(number, language),
        "May be published": ("yes", "no")[number % 2],
    }
