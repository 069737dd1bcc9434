"""What the check of an upload asks about a spreadsheet: its row of names, its columns by what they hold, its dates."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from minga.deliberation.models import Intake, Source
from minga.deliberation.services.sources import take_in
from minga.deliberation.testing_voices import at_work, consultation
from minga.deliberation.tests.test_site_answering_pages import address, html

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ROWS = "Contributions;;\nAlpha;Beta;Date\nFormez-nous.;O;1/4/26\nPayez-nous.;N;2/5/26\n"


@pytest.fixture
def asked(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return consultation()


@pytest.fixture
def analyst(asked):
    return at_work(asked, "analyst")[0]


@pytest.fixture
def uploaded(asked, analyst, django_capture_on_commit_callbacks):
    files = {"files": [SimpleUploadedFile("a.csv", ROWS.encode())], "kind": "letter", "voices": "short"}
    with django_capture_on_commit_callbacks(execute=True):
        analyst.post(address("upload", asked.slug), files)
    return Intake.objects.get()


def test_columns_are_offered_with_what_stands_in_their_cells(asked, analyst, uploaded):
    shown = html(analyst.get(address("intake", asked.slug, uploaded.pk)))
    assert '<option value="Alpha">Alpha: Formez-nous. · Payez-nous.</option>' in shown
    assert '<option value="2" selected>Row 2: Alpha | Beta | Date</option>' in shown
    assert "In dates such as 3/4/2026, which comes first?" in shown


def test_columns_order_of_dates_and_another_row_are_chosen(
    asked, analyst, uploaded, django_capture_on_commit_callbacks
):
    page, columns = address("intake", asked.slug, uploaded.pk), address("intake_columns", asked.slug, uploaded.pk)
    refused = analyst.post(columns, {"seen": uploaded.revision, "file-0-header": "2"})
    assert refused.status_code == 422
    assert "Say which column holds the text, or leave this spreadsheet out." in html(refused, 422)
    given = {"file-0-header": "2", "file-0-text": "Alpha", "file-0-may_publish": "Beta", "file-0-date": "Date"}
    with django_capture_on_commit_callbacks(execute=True):
        analyst.post(columns, {"seen": uploaded.revision, **given})
    shown = html(analyst.get(page))
    assert "In dates such as 1/4/26, 2/5/26 nobody can tell day and month apart" in shown
    assert "rows 3, 4" in shown
    uploaded.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        analyst.post(columns, {"seen": uploaded.revision, "file-0-order": "dmy", **given})
    assert "nobody can tell" not in html(analyst.get(page))
    uploaded.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        analyst.post(address("intake_confirm", asked.slug, uploaded.pk), {"seen": uploaded.revision})
    first, second = Source.objects.order_by("number")
    assert (first.text, first.may_publish, str(first.received_at.date())) == ("Formez-nous.", True, "2026-04-01")
    assert (second.text, second.may_publish) == ("Payez-nous.", False)


def test_another_row_of_names_is_guessed_anew(asked, analyst, uploaded, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        analyst.post(
            address("intake_columns", asked.slug, uploaded.pk),
            {"seen": uploaded.revision, "file-0-header": "1"},
        )
    uploaded.refresh_from_db()
    (table,) = uploaded.found["tables"]
    assert (table["header"], table["columns"]) == (["Contributions", "column_2", "column_3"], {"text": "Contributions"})


def test_numbers_to_call_in_words_that_may_be_shown_are_pointed_out_beside_the_voice(asked, analyst):
    for may_publish in (True, False):
        take_in(asked, "letter", "Train us, call +216 22 345 678.", may_publish=may_publish)
    shown, hidden = (html(analyst.get(address("source", asked.slug, number))) for number in (1, 2))
    assert "<bdi>+216 22 345 678</bdi>" in shown
    assert "<bdi>+216 22 345 678</bdi>" not in hidden


def test_wishes_of_a_list_stand_under_its_title(asked, analyst):
    text = "Our wishes\n\n- Train us.\n- Fund us."
    take_in(asked, "letter", text, voices=["Train us.", "Fund us."])
    assert html(analyst.get(address("source", asked.slug, 1))).count("Under “Our wishes”") == 2


def test_languages_of_the_filter_bear_their_own_names(asked, analyst):
    page = html(analyst.get(address("sources", asked.slug).replace("/en/", "/fr/")))
    assert 'value="en">English</option>' in page
    assert 'value="ru">Русский</option>' in page
    assert ">lire</option>" not in page
