"""Mails as Outlook keeps them are read like all others; hostile ones are refused before they unpack."""

from __future__ import annotations

import struct

import pytest

from minga.text.extraction import digests_of_attached, without_words
from minga.text.testing_files import outlook_file, pdf_file
from minga.text.tests.test_extraction import read, refused


def values(**more: str) -> dict[str, bytes]:
    """Return what Outlook keeps of a mail, each value under its number."""
    told = {"0037": "Our view", "0C1A": "Amina Diálló", "5D01": "amina@example.org", "1000": "Train us.", **more}
    sent = struct.pack("<IIQ", 0x00390040, 6, 134_170_000_000_000_000)
    return {
        "__properties_version1.0": bytes(32) + sent,
        **{f"__substg1.0_{number}001F": text.encode("utf-16-le") for number, text in told.items() if text},
    }


def attached(number: int, name: str, data: bytes) -> dict[str, bytes]:
    folder = f"__attach_version1.0_#0000000{number}"
    return {f"{folder}/__substg1.0_3707001F": name.encode("utf-16-le"), f"{folder}/__substg1.0_37010102": data}


def test_mail_of_outlook_gives_its_words_sender_day_and_attached_files():
    letter = pdf_file([["Fund our kilns please."]]).ljust(9000)
    files = attached(0, "view.pdf", letter) | attached(1, "scan.pdf", pdf_file([[]]))
    data = outlook_file(values() | files)
    found = read(data, "view.msg")
    assert found.text == "Train us.\n\n══ view.pdf\n\nFund our kilns please.\n\n══ scan.pdf"
    assert (found.kind, found.media_type) == ("email", "application/vnd.ms-outlook")
    assert (found.subject, found.sender_name, found.sender_address) == ("Our view", "Amina Diálló", "amina@example.org")
    assert found.sent_at is not None
    assert found.sent_at.date().isoformat() == "2026-03-03"
    assert [(one.code, one.file, one.place) for one in found.left_out] == [("no_text", "view.msg", "scan.pdf")]
    assert len(digests_of_attached(data)) == 2


def test_name_of_an_office_server_is_no_address_and_a_reply_is_told_apart():
    said = "Train us.\r\n\r\nDe : Office <office@example.org>\r\nEnvoyé : lundi\r\nObjet : x\r\n\r\nWhat do you need?"
    found = read(outlook_file(values(**{"5D01": "/O=EXCHANGE/CN=AMINA", "1000": said})))
    assert (found.sender_name, found.sender_address) == ("Amina Diálló", "")
    assert [part.kind for part in found.parts] == ["paragraph", "quote", "quote"]


def test_words_in_the_form_of_a_web_page_alone_are_read_and_rich_text_alone_says_what_to_do():
    page = {"__substg1.0_10130102": "<p>Formez&nbsp;les employés.</p>".encode()}
    assert read(outlook_file(values(**{"1000": ""}) | page)).text == "Formez les employés."
    wrong = refused(outlook_file(values(**{"1000": ""}) | {"__substg1.0_10090102": b"packed"}), "view.msg")
    assert wrong.code == "outlook"
    assert "Text Only" in wrong.message


def test_small_pictures_within_a_mail_are_no_attachments():
    picture = attached(0, "logo.png", b"\x89PNG\r\n\x1a\n" + bytes(900))
    within = {"__attach_version1.0_#00000000/__substg1.0_3712001F": "logo@1".encode("utf-16-le")}
    assert without_words(read(outlook_file(values() | picture)).text) == ["logo.png"]
    assert read(outlook_file(values() | picture | within)).text == "Train us."


@pytest.mark.parametrize("cut", [513, 5000, -600])
def test_damaged_mail_of_outlook_is_refused(cut):
    data = outlook_file(values())
    assert refused(data[:cut] + bytes(len(data))[cut:] if cut > 0 else data[:cut]).code in {"outlook", "old_office"}


def test_mail_made_of_streams_that_share_their_bytes_is_not_unpacked():
    files = {name: data.ljust(60_000, b"x") for name, data in values(**{"0065": "a", "0042": "b"}).items()}
    assert refused(outlook_file(files, shares=True)).code == "outlook"
