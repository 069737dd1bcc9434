"""Mail as people send it: replies over an earlier letter, forwards, broken headers and files that cannot be read."""

from __future__ import annotations

import pytest

from minga.text.extraction import LIMITS, Document, earlier_mail, extract, without_words
from minga.text.testing_files import archive_file, mail_file, mailbox_file, pdf_file
from minga.text.tests.test_extraction import read, refused

#: Heads of an earlier mail as programs write them, in six languages.
HEADS = [
    "From: Office <office@example.org>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Sam\nSubject: Consultation",
    "De : Ministère <office@example.org>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Sami\nObjet : Consultation",
    "*De :* Ministère\n*Envoyé :* lundi 2 mars 2026 10:00\n*À :* Sami\n*Objet :* Consultation",
    "De: Oficina <office@example.org>\nEnviado: lunes, 2 de marzo de 2026\nPara: Luis\nAsunto: Consulta",
    "От: Министерство\nОтправлено: 2 марта 2026\nКому: Анна\nТема: Консультация",
    "من: الوزارة <office@example.org>\nتم الإرسال: الاثنين 2 مارس 2026\nإلى: سامي\nالموضوع: استشارة",
    "发件人: 部门 <office@example.org>\n发送时间: 2026年3月2日\n收件人: 小明\n主题: 咨询",
    "-----Message d'origine-----\nDe : Ministère\nÀ : Sami",
    "________________________________\nFrom: Office <office@example.org>\nTo: Sam; Ana;\n Bao\nSubject: Consultation",
    "-----Original Message-----",
]


@pytest.mark.parametrize("head", HEADS)
def test_what_a_reply_repeats_is_a_quote_to_its_end(head):
    found = read(mail_file(f"We need evening classes.\n\nSami\n\n{head}\n\nTell us what you think.\n\nThe office"))
    assert [part.text for part in found.parts if part.kind == "paragraph"] == ["We need evening classes.", "Sami"]
    assert {part.kind for part in found.parts[2:]} == {"quote"}
    assert found.sender_address == "amina@example.org"


def test_a_reply_in_the_form_of_a_web_page_is_told_apart_too():
    head = HEADS[1].replace("<", "&lt;").replace(">", "&gt;").replace(" :", "&nbsp;:").replace("\n", "<br>")
    found = read(mail_file("", html=f"<p>Train us.</p><div><p>{head}</p></div><p>Tell us what you think.</p>"))
    assert [part.kind for part in found.parts] == ["paragraph", "quote", "quote"]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("From: Bao Li <bao@example.org>", ("Bao Li", "bao@example.org")),
        ('From: "Li, Bao" [mailto:bao@example.org]', ("Li, Bao", "bao@example.org")),
        ("From: Bao Li", ("Bao Li", "")),
    ],
)
@pytest.mark.parametrize("above", ["", "Sent from my phone\n\n", "---------- Forwarded message ---------\n"])
def test_a_mail_that_forwards_another_says_what_that_one_says_and_comes_from_its_author(line, author, above):
    head = f"{line}\nDate: Mon, 2 Mar 2026\nSubject: Our view\nTo: office@example.org"
    older = "From: Office <office@example.org>\nSent: Sunday\nTo: Bao\nSubject: Consultation\n\nWhat do you need?"
    found = read(mail_file(f"{above}{head}\n\nTrain us.\n\n{older}"))
    assert (found.sender_name, found.sender_address) == author
    assert [part.text for part in found.parts if part.kind == "paragraph"] == ["Train us."]


@pytest.mark.parametrize(
    "text",
    [
        "The day of work is too long.\nFrom: 8 h\nTo: 19 h\nThat must change.",
        "Date: 2 March\nSubject: our view\nWe need classes.",
        "Hello,\nTo: be heard is what we want.",
    ],
)
def test_lines_that_only_look_like_a_head_are_said(text):
    lines = text.split("\n")
    assert earlier_mail(lines) == (0, len(lines), "")


@pytest.mark.parametrize("names", [("From", "Sent", "To", "Subject"), ("De", "Envoyé", "À", "Objet")])
def test_a_mail_that_outlook_saved_as_text_says_who_wrote_it(names):
    told = ("Amina Diallo <amina@example.org>", "3 March 2026", "Office", "Our view")
    head = "".join(f"{name}:\t{value}\r\n" for name, value in zip(names, told, strict=True))
    found = read(f"{head}\r\nTrain us.\r\n".encode(), "view.txt")
    assert (found.kind, found.sender_name, found.sender_address) == ("email", "Amina Diallo", "amina@example.org")
    assert found.parts[-1].text == "Train us."


# ---------------------------------------------------------------- headers
def test_a_broken_header_loses_neither_its_mail_nor_the_others():
    broken = b"From: =?utf-8?B?broken?= <a@\nDate: Tue, 99 Mar\nSubject: Our view\nMIME-Version: 1.0\n\nTrain us.\n"
    found = read(broken)
    assert (found.text, found.subject, found.sent_at) == ("Train us.", "Our view", None)
    box = mailbox_file([broken, mail_file("Hear us.")])
    assert [one.text for one in extract(box, "box.mbox") if isinstance(one, Document)] == ["Train us.", "Hear us."]


# ---------------------------------------------------------------- attachments
@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("position.pdf", pdf_file([[]]), "no_text"),
        ("answer.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_office"),
        ("answers.zip", archive_file({"a.txt": b"Train us."}), "nested"),
        ("letter.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_mail_and_stands_in_the_text_without_words(name, data, code):
    found = read(mail_file("See our position.", attached={name: data}), "mail: 1.eml")
    assert [(one.code, one.file, one.place) for one in found.left_out] == [(code, "mail: 1.eml", name)]
    assert without_words(found.text) == [name]
    box = list(extract(mailbox_file([mail_file("x y z", attached={name: data})]), "box.mbox"))
    assert [one.place for one in box[0].left_out] == [f"message 1 › {name}"]
    assert refused(mail_file("", attached={name: data}), "a.eml").code == code


def test_pages_of_an_attached_file_that_are_pictures_are_named():
    scan = pdf_file([["We run a small bakery in Praia."], []])
    found = read(mail_file("See below.", attached={"view.pdf": scan}))
    assert without_words(found.text) == ["view.pdf › page 2"]


def test_a_logo_within_a_message_is_no_attachment():
    from email import message_from_bytes, policy

    message = message_from_bytes(mail_file("Train us."), policy=policy.default)
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(900), maintype="image", subtype="png", disposition="inline")
    assert read(message.as_bytes()).text == "Train us."
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(99_000), maintype="image", subtype="png", disposition="inline")
    assert without_words(read(message.as_bytes(), limits=LIMITS).text) == ["attachment 2"]
