"""Uploads: five hundred submissions come in without being sent twice, and whatever stops is gone on with."""

from __future__ import annotations

import os
import time

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from typer.testing import CliRunner

from minga.deliberation import testing_intake, testing_voices
from minga.deliberation.cli import app
from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.incoming import Said
from minga.deliberation.models import Intake, IntakeFile, Source, Voice
from minga.deliberation.selectors import beside
from minga.deliberation.services import checking, keeping
from minga.deliberation.services import intake as intakes
from minga.deliberation.services.intake import Upload
from minga.deliberation.services.sources import Author, File, take_in
from minga.deliberation.vault import vault
from minga.text.testing_files import archive_file, mail_file, pdf_file, word_file

pytestmark = [pytest.mark.page, pytest.mark.django_db]

LONG = "We run a bakery and know ovens.\n\nTrain the bakers first.\n\nThen fund small machines."


@pytest.fixture(autouse=True)
def own_vault(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return settings.SOURCES_ROOT


@pytest.fixture
def asked():
    return testing_voices.consultation()


def begun(asked, files, **given):
    uploads = [Upload(name, data) for name, data in files.items()]
    intake = intakes.begin(consultation=asked, files=uploads, given=given, round=None, by=None)
    checking.check(intake=intake)
    intake.refresh_from_db()
    return intake


def taken_in(intake, **named):
    intakes.confirm(intake=intake, seen=intake.revision, **named)
    intakes.take_all_in(intake=intake)
    return intake


def files_in(root):
    return [path for path in root.rglob("*") if path.is_file()]


def test_five_hundred_mixed_submissions_come_in(asked, own_vault, django_capture_on_commit_callbacks, capsys):
    files = testing_intake.five_hundred()
    start = time.monotonic()
    intake = begun(asked, files)
    checked = time.monotonic()
    assert intake.state == Intake.State.CHECKED
    assert not Source.objects.exists(), "a dry run takes nothing in"
    assert intake.found["counts"] == {"entries": 502, "problems": 4, "cells": 0, "notes": 0}
    assert {one["code"] for one in intake.found["problems"]} == {"no_text", "protected", "picture", "no_words"}
    assert [one["twin"] != "" for one in intake.found["entries"]].count(True) == 2
    with django_capture_on_commit_callbacks(execute=True):
        taken_in(intake)
    done = time.monotonic()
    with capsys.disabled():
        print(f"\n500 submissions: checked in {checked - start:.1f} s, taken in in {done - checked:.1f} s")
    assert (intake.state, intake.done, intake.taken) == (Intake.State.DONE, 502, 500)
    sources = Source.objects.filter(consultation=asked)
    assert sources.count() == 500
    assert sorted(sources.values_list("number", flat=True)) == list(range(1, 501))
    kinds = {kind: sources.filter(kind=kind).count() for kind in ("letter", "word", "pdf", "email", "spreadsheet")}
    assert kinds == {"letter": 110, "word": 90, "pdf": 60, "email": 90, "spreadsheet": 150}
    guessed = {code: sources.filter(language=code).count() for code in testing_intake.LANGUAGES}
    assert sum(guessed.values()) == 500
    assert min(guessed.values()) >= 70
    assert Voice.objects.filter(source__kind="spreadsheet").count() == 150
    assert sources.filter(kind="spreadsheet", strata__region="Praia", strata__type="sme").count() == 75
    assert sources.filter(may_publish=True).count() == 75
    # letters and messages are kept as they came, rows are all in their text, and the upload itself is gone
    assert len(files_in(own_vault)) == 350 == sources.exclude(file_path="").count()
    assert not IntakeFile.objects.exists()


def test_the_upload_survives_until_the_word_is_given_and_goes_with_it(
    asked, own_vault, django_capture_on_commit_callbacks
):
    intake = begun(asked, {"letter.txt": LONG.encode()}, voices="later")
    assert len(files_in(own_vault)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        intakes.give_up(intake=intake)
    assert (files_in(own_vault), Intake.objects.count()) == ([], 0)


@pytest.mark.parametrize(("way", "count"), [("short", 0), ("later", 0), ("whole", 1)])
def test_a_long_letter_waits_to_be_split_unless_it_shall_be_one_voice(asked, way, count):
    taken_in(begun(asked, {"letter.txt": LONG.encode()}, voices=way))
    source = Source.objects.get()
    assert source.voices.count() == count
    assert (source.read_at is None) is (count == 0)


def test_quote_and_signature_of_a_short_mail_are_no_part_of_its_voice(asked):
    mail = mail_file("Train us first.\n\nOn Mon, 2 Mar 2026 the office wrote:\n> What do you need?\n\n-- \nAmina")
    taken_in(begun(asked, {"a.eml": mail}))
    source = Source.objects.get()
    assert "What do you need?" in source.text
    assert [voice.text for voice in source.voices.all()] == ["Train us first."]
    assert (source.author_name, source.author_address) == ("Amina Diallo", "amina@example.org")
    assert source.received_at.date().isoformat() == "2026-03-03"


ZELDA = ["Dear Minister,", "Train the bakers first.", "Yours sincerely,", "Zelda Uniquename", "12 Elm Street"]


@pytest.mark.parametrize("way", ["whole", "short"])
def test_names_and_streets_of_letters_are_in_no_voice(asked, way):
    files = {
        "a.txt": "\n".join(ZELDA).encode(),
        "b.docx": word_file(["# Our view", "Praia, 3 March 2026", *ZELDA]),
        "c.eml": mail_file("\n\n".join(["Good morning,", "Train the bakers now.", "Best", "Zelda", "12 Elm Street"])),
        "d.txt": b"Yours sincerely,\nZelda Uniquename",
    }
    taken_in(begun(asked, files, voices=way, may_publish=True), looked=True)
    assert [voice.text for voice in Voice.objects.order_by("number")] == [
        "Train the bakers first.",
        "Train the bakers first.",
        "Train the bakers now.",
    ]
    assert Source.objects.filter(read_at=None).get().name == "d.txt", "nothing but a name waits for a person"


def test_a_source_was_read_only_where_somebody_saw_what_its_voice_leaves_out(asked):
    long = "\n\n".join(["Train us.", "-- ", *["12 Elm Street, an address like many others."] * 12])
    files = {"a.txt": b"Train the millers.", "b.eml": mail_file("Fund us.\n\n-- \nAmina"), "c.eml": mail_file(long)}
    intake = begun(asked, files)
    assert intake.found["left_out"]["entries"] == 2
    assert [one.get("left_out", "")[:10] for one in intake.found["entries"]] == ["", "-- Amina", "-- 12 Elm "]
    taken_in(intake)
    assert set(Source.objects.filter(read_at=None).values_list("name", flat=True)) == {"b.eml", "c.eml"}
    assert Voice.objects.count() == 3
    taken_in(begun(testing_voices.consultation("b"), files), looked=True)
    unread = Source.objects.filter(read_at=None, consultation__slug="b").values_list("name", flat=True)
    assert list(unread) == ["c.eml"], "what is longer than what is shown is read on its own page"


def test_letters_attached_to_a_mail_are_none_of_its_signature(asked):
    letter = word_file(["# Our view", "Train the bakers first.", "Fund small machines after that."])
    mail = mail_file("Please find our view attached.\n\n-- \nAmina", attached={"view.docx": letter})
    taken_in(begun(asked, {"a.eml": mail}, voices="later"))
    new = beside.suggested(Source.objects.get())
    assert [cut.text for cut in new.cuts] == [
        "Train the bakers first.",
        "Fund small machines after that.",
    ]
    assert new.left_out == "Please find our view attached. -- Amina # Our view"


def test_the_same_words_of_another_sender_are_another_voice_and_of_the_same_one_are_not(asked):
    take_in(asked, "email", "Train us.", author=Author("Amina", address="amina@example.org"))
    files = {
        "same.eml": mail_file("Train us.", sender="Amina <AMINA@example.org>"),
        "other.eml": mail_file("Train us.", sender="Bao <bao@example.org>"),
        "unknown.txt": b"TRAIN   us.",
    }
    intake = begun(asked, files)
    assert [(one["twin"], one["alike"]) for one in intake.found["entries"]] == [("S1", ""), ("", "S1"), ("S1", "")]
    taken_in(intake)
    assert list(Source.objects.order_by("number").values_list("author_address", flat=True)) == [
        "amina@example.org",
        "bao@example.org",
    ]


def test_a_letter_that_comes_by_mail_and_as_a_file_is_seen(asked):
    words = ["Our view", "We ask that bakers be trained first.", "Fund machines after that.", "Regards, the Union"]
    letter = word_file([f"# {words[0]}", words[1], f"- {words[2]}", words[3]])
    mail = mail_file("Dear office, our letter is attached.\n\n-- \nThe Union", attached={"view.docx": letter})
    files = {"a.eml": mail, "b.docx": letter, "c.pdf": pdf_file([words]), "d.txt": b"Quite another wish than these."}
    intake = begun(asked, files)
    assert [one["twin"] for one in intake.found["entries"]] == ["", "a.eml", "", ""]
    assert intake.found["entries"][2]["holds"] == "a.eml", "other bytes: it is pointed out, and comes in"
    taken_in(intake)
    assert list(Source.objects.order_by("number").values_list("name", flat=True)) == ["a.eml", "c.pdf", "d.txt"]
    other = testing_voices.consultation("b")
    take_in(other, "letter", "\n\n".join(words))
    intake = begun(other, {"a.eml": mail, "e.eml": mail_file("\n\n".join(words) + "\n\n-- \nSent by machine")})
    assert [(one["twin"], one["holds"]) for one in intake.found["entries"]] == [("", "S1"), ("S1", "")]


def test_a_letter_of_many_is_known_by_the_name_beneath_it(asked):
    files = {f"{name}.txt": f"We ask that bakers be trained first.\n\nRegards,\n{name}".encode() for name in "ab"}
    assert [one["twin"] for one in begun(asked, files).found["entries"]] == ["", ""]


def test_twins_come_in_where_somebody_says_so(asked):
    take_in(asked, "letter", "Train us.")
    taken_in(begun(asked, {"again.txt": b"Train us."}), takes_twins=True)
    assert Source.objects.count() == 2


def test_an_import_that_was_killed_goes_on_where_it_stopped(asked, monkeypatch):
    rows = "\n".join(["text", *(testing_intake.said(number) for number in range(50))])
    intake = begun(asked, {"said.csv": rows.replace(",", ";").encode()})
    intakes.confirm(intake=intake, seen=intake.revision)
    told = []

    def die(done, total):
        told.append(done)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intakes.take_all_in(intake=intake, tell=die)
    assert Source.objects.count() == 40
    again = Intake.objects.get(pk=intake.pk)
    intakes.take_all_in(intake=again)
    assert (Source.objects.count(), again.taken, again.state) == (50, 50, "done")
    with pytest.raises(ActError, match="Another worker"):
        intakes._take_piece(intake, [], {}, {})


def test_two_people_cannot_both_confirm(asked):
    intake = begun(asked, {"letter.txt": b"Train us."})
    seen = intake.revision
    intakes.confirm(intake=intake, seen=seen)
    with pytest.raises(ActError) as refused:
        intakes.confirm(intake=Intake.objects.get(), seen=seen)
    assert refused.value.code == "changed"


def test_columns_are_asked_for_where_their_names_tell_nothing_and_wrong_cells_are_named(asked):
    rows = "A;B;C\nTrain us.;woman;31.31.26\nFund us.;both;2026-02-01\n;man;\n"
    intake = begun(asked, {"said.csv": rows.encode()})
    assert [one["code"] for one in intake.found["problems"]] == ["no_text_column"]
    said = {"0": Said({"text": "A", "gender": "B", "date": "C"})}
    intakes.choose_columns(intake=intake, said=said, seen=intake.revision)
    checking.check(intake=intake)
    intake.refresh_from_db()
    problems = [(one["place"], one["column"], one["code"]) for one in intake.found["problems"]]
    assert problems == [("row 2", "C", "date"), ("row 3", "B", "value"), ("row 4", "A", "no_words")]
    taken_in(intake)
    assert [one.strata for one in Source.objects.order_by("number")] == [{"gender": "woman"}, {}]
    assert [str(one.received_at.date()) for one in Source.objects.order_by("number")][1] == "2026-02-01"


def test_a_spreadsheet_that_nobody_could_read_waits_for_its_columns_after_the_rest_came_in(
    asked, own_vault, django_capture_on_commit_callbacks
):
    files = {"a.txt": b"Train us.", "said.csv": b"A;B\nFund us.;Amina\nHear us.;Bao\n"}
    intake = begun(asked, files)
    assert intake.found["tables"][0]["rows"] == 2
    with django_capture_on_commit_callbacks(execute=True):
        taken_in(intake)
    assert (intake.taken, intake.found["problems"], intake.found["files"]) == (1, [], ["a.txt", "said.csv"])
    waiting = Intake.objects.get(pk=intake.found["waiting"]["intake"])
    assert (waiting.state, [file.name for file in waiting.files.all()]) == ("checked", ["said.csv"])
    intakes.choose_columns(intake=waiting, said={"0": Said({"text": "A", "name": "B"})}, seen=waiting.revision)
    checking.check(intake=waiting)
    waiting.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        taken_in(waiting)
    assert sorted(Source.objects.values_list("text", flat=True)) == ["Fund us.", "Hear us.", "Train us."]
    assert len(files_in(own_vault)) == 1


RECEIVED = "Ministère de l'Industrie;;\nContributions reçues;;\n\nNom;Reçu le;Votre avis;Accord\n"


def test_letterheads_above_the_columns_are_no_submissions_and_another_row_can_be_chosen(asked):
    rows = f"{RECEIVED}Amina;31/10/2026;Formez-nous.;O\nBao;1/4/26;Payez-nous.;N\n"
    intake = begun(asked, {"recus.csv": rows.encode()})
    (table,) = intake.found["tables"]
    assert table["columns"] == {"name": "Nom", "date": "Reçu le", "text": "Votre avis", "may_publish": "Accord"}
    assert table["samples"]["Votre avis"] == ["Formez-nous.", "Payez-nous."]
    assert (table["header_line"], intake.found["problems"]) == (4, [])
    assert [line for line, _words in table["beginnings"]] == [1, 2, 4, 5, 6]
    taken_in(intake)
    amina, bao = Source.objects.order_by("number")
    assert (amina.place, amina.author_name, amina.may_publish) == ("row 5", "Amina", True)
    assert (bao.received_at.date().isoformat(), bao.may_publish) == ("2026-04-01", False)
    again = begun(testing_voices.consultation("b"), {"recus.csv": rows.encode()})
    intakes.choose_columns(intake=again, said={"0": Said(header=5)}, seen=again.revision)
    checking.check(intake=again)
    again.refresh_from_db()
    assert again.found["tables"][0]["header"] == ["Amina", "31/10/2026", "Formez-nous.", "O"]


def test_dates_that_nobody_can_read_are_asked_about_once_for_the_column(asked):
    rows = "text;date\n" + "\n".join(f"We ask for {n} ovens.;{n}/{n + 1}/2026" for n in range(1, 9))
    intake = begun(asked, {"a.csv": rows.encode()})
    (problem,) = intake.found["problems"]
    assert (problem["code"], problem["count"], problem["place"]) == ("date_order", 8, "rows 2, 3, 4, 5, 6, 7, 8, 9")
    assert intake.found["counts"] == {"entries": 8, "problems": 8, "cells": 8, "notes": 0}
    assert intake.found["tables"][0]["asks_order"]
    intakes.choose_columns(intake=intake, said={"0": Said(order="dmy")}, seen=intake.revision)
    checking.check(intake=intake)
    intake.refresh_from_db()
    assert intake.found["problems"] == []
    taken_in(intake)
    assert Source.objects.get(number=1).received_at.date().isoformat() == "2026-02-01"


def test_spreadsheets_in_an_archive_come_in_and_wait_for_their_columns(
    asked, own_vault, django_capture_on_commit_callbacks
):
    inner = {"a.txt": b"Train us.", "b.csv": b"text\nFund us.\n", "c.csv": b"A;B\nHear us.;Amina\n"}
    intake = begun(asked, {"z.txt": b"Pay us.", "all.zip": archive_file(inner)})
    assert [(one["key"], one["name"]) for one in intake.found["tables"]] == [("1-1", "b.csv"), ("1-2", "c.csv")]
    with django_capture_on_commit_callbacks(execute=True):
        taken_in(intake)
    assert sorted(Source.objects.values_list("text", flat=True)) == ["Fund us.", "Pay us.", "Train us."]
    waiting = Intake.objects.get(pk=intake.found["waiting"]["intake"])
    assert waiting.found["tables"][0]["key"] == "0-2"
    intakes.choose_columns(intake=waiting, said={"0-2": Said({"text": "A", "name": "B"})}, seen=waiting.revision)
    checking.check(intake=waiting)
    waiting.refresh_from_db()
    taken_in(waiting)
    assert Source.objects.get(text="Hear us.").author_name == "Amina"
    assert Source.objects.count() == 4


def test_what_was_left_out_as_being_here_stays_known_with_its_twin(asked):
    take_in(asked, "letter", "Train us.")
    intake = taken_in(begun(asked, {"again.txt": b"Train us.", "b.txt": b"Fund us.", "c.txt": b"Fund us."}))
    assert intake.found["left"] == [
        {"name": "again.txt", "place": "", "twin": "S1"},
        {"name": "c.txt", "place": "", "twin": "S2"},
    ]


def test_a_cell_that_is_no_address_is_named_and_its_row_kept(asked):
    intake = begun(asked, {"a.csv": b"text,email\nTrain us.,not an address\nFund us.,amina@example.org\n"})
    assert [(one["place"], one["column"], one["code"]) for one in intake.found["problems"]] == [
        ("row 2", "email", "address")
    ]
    assert intake.found["counts"] == {"entries": 2, "problems": 1, "cells": 1, "notes": 0}
    taken_in(intake)
    assert list(Source.objects.order_by("number").values_list("author_address", flat=True)) == ["", "amina@example.org"]


def test_check_shows_which_words_would_be_a_voice_and_which_are_left_out(asked):
    intake = begun(asked, {f"{n}.txt": "\n\n".join([*ZELDA, str(n)]).encode() for n in range(3)}, voices="whole")
    assert [(one["name"], one["voices"]) for one in intake.found["samples"]] == [
        ("0.txt", ["Train the bakers first."]),
        ("1.txt", ["Train the bakers first."]),
    ]
    left_out = intake.found["samples"][0]["left_out"]
    assert left_out == "Dear Minister, Yours sincerely, Zelda Uniquename 12 Elm Street 0"


def test_what_was_said_for_all_holds_unless_a_row_says_otherwise(asked):
    given = {"kind": "notes", "language": "fr", "may_publish": True, "strata": {"region": "Praia", "type": "sme"}}
    files = {"a.txt": b"Train us.", "b.csv": b"text,region,may publish\nFund us.,Mindelo,no\n"}
    taken_in(begun(asked, files, **given))
    notes, row = Source.objects.order_by("number")
    assert (notes.kind, notes.language, notes.may_publish, notes.strata["region"]) == ("notes", "fr", True, "Praia")
    assert (row.kind, row.may_publish, row.strata) == ("spreadsheet", False, {"region": "Mindelo", "type": "sme"})


@pytest.mark.parametrize(
    ("files", "code"),
    [({}, "none"), ({f"{n}.txt": b"x" for n in range(101)}, "many"), ({"big.txt": b"x" * (10 * 2**20 + 1)}, "size")],
)
def test_uploads_that_cannot_be_kept_are_refused(asked, own_vault, files, code):
    with pytest.raises(ActError) as refused:
        begun(asked, files)
    assert refused.value.code == code
    assert files_in(own_vault) == []


def test_nothing_to_take_in_is_said(asked):
    intake = begun(asked, {"scan.txt": b"\xff\xd8\xff\xe0"})
    with pytest.raises(ActError) as refused:
        intakes.confirm(intake=intake, seen=intake.revision)
    assert refused.value.code == "nothing"


# ---------------------------------------------------------------- in the course of time
def test_uploads_that_nobody_decides_about_are_forgotten(asked, own_vault, django_capture_on_commit_callbacks):
    old, fresh = (begun(asked, {f"{name}.txt": b"Train us."}) for name in "ab")
    Intake.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timezone.timedelta(days=4))
    with django_capture_on_commit_callbacks(execute=True):
        assert intakes.forget_uploads() == 1
    assert list(Intake.objects.all()) == [fresh]
    assert len(files_in(own_vault)) == 1


def test_senders_of_closed_consultations_are_forgotten_and_their_words_stay(
    asked, own_vault, settings, django_capture_on_commit_callbacks
):
    given = {"author": Author("Amina", "Bakery", "amina@example.org"), "strata": {"gender": "woman"}}
    source = take_in(asked, "letter", "Train us.", file=File("amina.txt", "text/plain", b"Train us."), **given).source
    asked.state, asked.closed_at = "closed", timezone.now() - timezone.timedelta(days=settings.SENDER_DAYS - 1)
    asked.save()
    assert keeping.forget_senders() == 0
    asked.closed_at -= timezone.timedelta(days=2)
    asked.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert (keeping.forget_senders(), keeping.forget_senders()) == (1, 0)
    source.refresh_from_db()
    assert (source.author_name, source.author_organization, source.author_address, source.name) == ("", "", "", "")
    assert (source.text, source.strata) == ("Train us.", {"gender": "woman"})
    assert files_in(own_vault) == []


def test_files_without_a_row_go_and_the_key_can_be_changed(
    asked, own_vault, settings, django_capture_on_commit_callbacks, caplog
):
    source = take_in(asked, "word", "Train us.", file=File("a.docx", "x", word_file(["Train us."]))).source
    orphan, _ = vault.write(b"left behind")
    os.utime(own_vault / orphan, (0, 0))
    assert keeping.delete_orphans() == 1
    assert (vault.exists(orphan), vault.exists(source.file_path)) == (False, True)
    settings.EVIDENCE_KEYS = [Fernet.generate_key()]
    with django_capture_on_commit_callbacks(execute=True):
        assert keeping.encrypt_anew() == 1
    source.refresh_from_db()
    (file,) = files_in(own_vault)
    assert b"PK" not in file.read_bytes()[:2]
    assert keeping.read_file(source=source)[:2] == b"PK"
    vault.delete(source.file_path)
    assert keeping.delete_orphans() == 0
    assert "not in their folder: 1" in caplog.text


def test_the_command_writes_files_under_the_newest_key_and_says_so_where_there_is_none(asked, settings):
    source = take_in(asked, "letter", "Train us.", file=File("a.txt", "x", b"Train us.")).source
    without = CliRunner().invoke(app, ["sources-rekey"])
    assert (without.exit_code, "MINGA_EVIDENCE_KEY is not set" in without.output) == (1, True)
    settings.EVIDENCE_KEYS = [Fernet.generate_key()]
    assert CliRunner().invoke(app, ["sources-rekey", "--json"]).stdout == '{"encrypted": 1}\n'
    source.refresh_from_db()
    assert source.is_encrypted
