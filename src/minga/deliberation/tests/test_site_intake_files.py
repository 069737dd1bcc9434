"""Files of unknown senders are known again by their bytes alone, and what nobody could read is said on every page."""

from __future__ import annotations

import pytest

from minga.deliberation import testing_voices
from minga.deliberation.models import Source
from minga.deliberation.services.sources import take_in
from minga.deliberation.tests.test_site_answering_pages import address, html
from minga.deliberation.tests.test_site_intake import begun, taken_in
from minga.text.testing_files import archive_file, mail_file, mailbox_file, pdf_file, word_file

pytestmark = [pytest.mark.page, pytest.mark.django_db]

WORDS = "We ask that bakers be trained first."
SCAN = pdf_file([[]])


@pytest.fixture
def asked(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return testing_voices.consultation()


def twins_of(intake):
    return [(one["twin"], one["holds"]) for one in intake.found["entries"]]


# ---------------------------------------------------------------- the same file, or the same words
def test_files_of_unknown_senders_with_the_same_words_come_in_and_the_same_file_does_not(asked):
    letter = word_file([WORDS])
    intake = begun(asked, {"a.docx": letter, "b.pdf": pdf_file([[WORDS]]), "again.docx": letter})
    assert twins_of(intake) == [("", ""), ("", "a.docx"), ("a.docx", "")]
    taken_in(intake)
    assert list(Source.objects.order_by("number").values_list("name", flat=True)) == ["a.docx", "b.pdf"]
    later = begun(asked, {"a.docx": letter, "c.pdf": pdf_file([[WORDS]])})
    assert [twin for twin, _holds in twins_of(later)] == ["S1", "S2"], "they are known by the hash that is kept"


def test_the_file_that_came_attached_to_a_mail_is_known_also_later_and_from_a_mailbox(asked):
    letter = word_file([WORDS])
    mail = mail_file("Our letter.", attached={"view.docx": letter})
    intake = begun(asked, {"box.mbox": mailbox_file([mail]), "b.docx": letter})
    assert [twin for twin, _holds in twins_of(intake)] == ["", "box.mbox, message 1"]
    taken_in(intake)
    assert twins_of(begun(asked, {"b.docx": letter, "c.docx": word_file([WORDS, "And fund them."])})) == [
        ("S1", ""),
        ("", ""),
    ]


def test_short_words_of_unknown_senders_are_pointed_out(asked):
    intake = begun(asked, {"a.docx": word_file(["Train us."]), "b.pdf": pdf_file([["Train us at last."]])})
    assert twins_of(intake) == [("", ""), ("", "")]
    intake = begun(asked, {"a.docx": word_file(["Train us."]), "b.txt": b"Train us."})
    assert twins_of(intake) == [("", ""), ("", "a.docx")]


def test_mails_of_one_sender_with_other_files_that_nobody_could_read_are_two(asked):
    def sent(page: bytes, day: str) -> bytes:
        mail = mail_file("Please see our position, which is attached.", attached={"position.pdf": page})
        return mail.replace(b"<1@example.org>", day.encode())

    files = {"a.eml": sent(SCAN, "1"), "b.eml": sent(pdf_file([[], []]), "2"), "c.eml": sent(SCAN, "3")}
    assert twins_of(begun(asked, files)) == [("", ""), ("", "a.eml"), ("a.eml", "")]


# ---------------------------------------------------------------- what nobody could read
@pytest.mark.parametrize("way", ["short", "whole"])
def test_a_mail_whose_attachment_was_not_read_waits_and_names_it(asked, way):
    mails = {f"{name}.eml": mail_file("See our position.", attached={"position.pdf": SCAN}) for name in "ab"}
    intake = begun(asked, {"mails.zip": archive_file(mails)}, voices=way)
    assert [(one["name"], one["place"]) for one in intake.found["problems"]] == [
        ("a.eml", "position.pdf"),
        ("b.eml", "position.pdf"),
    ]
    taken_in(intake, looked=True, takes_twins=True)
    assert [(one.read_at, one.voices.count()) for one in Source.objects.all()] == [(None, 0)] * 2
    analyst = testing_voices.at_work(asked, "analyst")[0]
    shown = html(analyst.get(address("source", asked.slug, 1)))
    assert "Not all of this was read" in shown
    assert "<li><bdi>position.pdf</bdi></li>" in shown
    listed = html(analyst.get(address("sources", asked.slug)))
    assert 'name="source"' not in listed, "no voice of it is made together with others"


def test_a_page_without_text_and_crossed_out_words_keep_a_source_waiting(asked):
    half = pdf_file([["We run a small bakery in Praia."], []])
    files = {"half.pdf": half, "rich.rtf": rb"{\rtf1 No {\strike more} ovens.\par}"}
    taken_in(begun(asked, files, voices="whole"), looked=True)
    assert [(one.text.split("\n")[-1], one.read_at) for one in Source.objects.order_by("number")] == [
        ("══ page 2", None),
        ("No ~~more~~ ovens.", None),
    ]


def test_a_source_that_was_typed_says_nothing_about_files(asked):
    take_in(asked, "letter", WORDS)
    analyst = testing_voices.at_work(asked, "analyst")[0]
    assert "Not all of this was read" not in html(analyst.get(address("source", asked.slug, 1)))
