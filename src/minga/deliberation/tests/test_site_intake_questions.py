"""Spreadsheets with several questions, and many of them: nothing is lost, and one sheet does not stop another."""

from __future__ import annotations

import pytest

from minga.deliberation.models import Intake, Source, Voice
from minga.deliberation.services.sources import take_in
from minga.deliberation.testing_voices import consultation
from minga.deliberation.tests.taking_in import address, analyst, page, post, sent
from minga.deliberation.tests.test_incoming_questions import FORM
from minga.deliberation.tests.test_incoming_sheets import workbook

pytestmark = [pytest.mark.page, pytest.mark.django_db]

SHORT = b"ID;First?;Second?\n1;Looms;Theory\n2;Kilns;\n"


@pytest.fixture
def asked(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return consultation()


@pytest.fixture
def bao(asked):
    return analyst(asked, "bao@example.org")


@pytest.fixture
def upload(bao, django_capture_on_commit_callbacks):
    def send(**files):
        with django_capture_on_commit_callbacks(execute=True):
            bao.post(address("upload"), sent({name.replace("_", "."): data for name, data in files.items()}))
        return Intake.objects.get()

    return send


@pytest.fixture
def press(bao, django_capture_on_commit_callbacks):
    def send(name, intake, **given):
        intake.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):
            return post(bao, name, intake.pk, seen=intake.revision, **given)

    return send


def test_each_answer_of_a_row_becomes_a_voice_under_its_question(bao, upload, press):
    intake = upload(form_xlsx=workbook(*FORM))
    shown = page(bao, "intake", intake.pk)
    assert "4 submissions can be taken in." in shown
    assert "La maintenance prédictive des fours numéro 2. · Les cours trop théoriques, numéro 2." in shown
    assert "These columns stay out." not in shown
    press("intake_confirm", intake)
    assert (Source.objects.count(), Source.objects.filter(read_at=None).count(), Voice.objects.count()) == (4, 0, 7)
    second = Source.objects.get(author_name="Personne 2")
    assert [second.text[one.start : one.end] == one.text for one in second.voices.all()] == [True, True]
    shown = page(bao, "source", second.number)
    assert "Under “Que doit enseigner le centre ?”" in shown
    assert "Under “Que faut-il éviter ?”" in shown


def test_a_dash_instead_of_an_answer_is_no_voice(upload, press):
    rows = [list(row) for row in FORM]
    rows[2][6] = "-"
    press("intake_confirm", upload(form_xlsx=workbook(*rows)))
    assert Voice.objects.filter(source__author_name="Personne 2").count() == 1
    assert not Source.objects.filter(read_at=None).exists()


def test_a_long_answer_lets_its_whole_row_wait(upload, press):
    rows = [list(row) for row in FORM]
    rows[2][6] = "Les cours trop théoriques, et tout ce qui suit. " * 20
    intake = upload(form_xlsx=workbook(*rows))
    press("intake_confirm", intake)
    waiting = Source.objects.get(read_at=None)
    assert (waiting.author_name, waiting.voices.count()) == ("Personne 2", 0)


def test_columns_that_stay_out_are_named_and_can_be_added(bao, upload, press):
    intake = upload(a_csv=b"Comment;Name;Why?;Empty\nTrain us.;Amina;Robots;\n")
    shown = page(bao, "intake", intake.pk)
    assert "These columns stay out." in shown
    assert '<a href="#file-0"><bdi>a.csv</bdi></a>: <bdi>Why?</bdi></li>' in shown
    press("intake_columns", intake, **{"file-0-text": ["Comment", "Why?"], "file-0-name": "Name"})
    assert "These columns stay out." not in page(bao, "intake", intake.pk)
    press("intake_confirm", intake)
    assert Source.objects.get().text == "# Comment\n\nTrain us.\n\n# Why?\n\nRobots"
    assert [one.text for one in Voice.objects.order_by("number")] == ["Train us.", "Robots"]


def test_columns_that_may_hold_the_text_are_ticked_beforehand_and_nothing_is_taken_in_unasked(bao, upload):
    intake = upload(a_csv=SHORT)
    assert intake.total == 0
    shown = page(bao, "intake", intake.pk)
    assert "What is ticked here is a guess" in shown
    assert shown.count(" checked>") == 2


def test_one_of_two_sheets_is_named_and_the_other_waits_or_is_left_out(bao, upload, press):
    intake = upload(a_csv=SHORT, b_csv=SHORT.replace(b"Looms", b"Ovens"))
    press("intake_columns", intake, **{"file-0-text": ["First?", "Second?"]})
    shown = page(bao, "intake", intake.pk)
    assert "2 submissions can be taken in." in shown
    assert "b.csv with 2 rows stays out" in shown
    press("intake_columns", intake, **{"file-0-text": ["First?", "Second?"], "file-1-is_left_out": "on"})
    assert "b.csv with 2 rows stays out" not in page(bao, "intake", intake.pk)
    press("intake_confirm", intake)
    assert Source.objects.count() == 2
    assert Intake.objects.count() == 1


def test_what_is_missing_stands_on_top_with_a_link_to_its_sheet(bao, upload, press):
    intake = upload(a_csv=SHORT, b_csv=b"Comment;Name\nTrain us.;Amina\n")
    refused = press("intake_columns", intake, **{"file-0-text": ["First?"], "file-1-name": "Name"})
    assert refused.status_code == 422
    above, below = refused.content.decode().split('<h2 id="columns">')
    assert (
        '<a href="#file-1"><bdi>b.csv</bdi></a> Say which column holds the text, or leave this spreadsheet out.'
        in above
    )
    assert 'id="file-1"' in below
    assert 'value="First?" id="id_file-0-text_1" checked>' in below


def test_what_was_left_out_of_an_archive_stays_out_when_the_rest_of_it_waits(upload, press):
    from minga.text.testing_files import archive_file

    intake = upload(
        letter_txt=b"Train the bakers first.",
        all_zip=archive_file({"a.csv": SHORT, "b.csv": SHORT, "c.csv": b"Comment\nFund small machines.\n"}),
    )
    press("intake_columns", intake, **{"file-1-0-is_left_out": "on", "file-1-2-text": "Comment"})
    press("intake_confirm", intake)
    kept = Intake.objects.get(state="checked")
    assert [one["key"] for one in kept.found["tables"]] == ["0-1"]
    press("intake_columns", kept, **{"file-0-1-text": "First?"})
    press("intake_confirm", kept)
    assert sorted(one.text for one in Source.objects.exclude(kind="letter")) == [
        "Fund small machines.",
        "Kilns",
        "Looms",
    ]


def test_ninety_sheets_are_named_at_once(upload, press):
    intake = upload(**{f"a{n}_csv": f"ID;First?;Second?\n1;Loom {n};Theory {n}\n".encode() for n in range(90)})
    fields = ("name", "organization", "address", "gender", "region", "type", "size", "date", "language", "may_publish")
    given = {f"file-{n}-{field}": "" for n in range(90) for field in fields}
    given |= {f"file-{n}-text": ["First?", "Second?"] for n in range(90)}
    assert press("intake_columns", intake, **given).status_code == 302
    intake.refresh_from_db()
    assert intake.total == 90


def test_twelve_hundred_pieces_are_split_at_once_and_their_voices_stand_on_pages(bao, asked):
    made = take_in(asked, "letter", "\n\n".join(f"Wish {n}: teach lesson {n}." for n in range(1, 1201)), voices=[])
    given = {f"piece-{n}": "new" for n in range(1, 1201)}
    assert post(bao, "source_split", 1, seen=0, by="paragraphs", **given).status_code == 302
    assert made.source.voices.count() == 1200
    first = page(bao, "source", 1)
    assert (first.count('<article class="card voice"'), "Page 1 of 24" in first) == (50, True)
    assert '<a href="?by=paragraphs&amp;voice=1200#V1200">in V1200</a>' in first
    assert 'id="V1200"' in page(bao, "source", 1, query="?voice=1200")
    made.source.refresh_from_db()
    saved = post(bao, "voice_edit", 1200, seen=made.source.revision, text="Wish 1200", language="en")
    assert saved.url == address("source", 1) + "?voice=1200#V1200"


def test_more_answers_than_a_form_may_have_are_refused_in_plain_words(bao, asked, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    take_in(asked, "letter", "Train us.", voices=[])
    refused = post(bao, "source_split", 1, seen=0, by="paragraphs", **{"piece-1": "new"})
    assert refused.status_code == 400
    assert "A form may have at most 2 answers, so nothing of it was kept." in refused.content.decode()
