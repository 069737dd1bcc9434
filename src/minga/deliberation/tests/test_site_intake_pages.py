"""Pages of taking in: an officer uploads, checks and confirms, or types a letter in; and nobody else."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.utils import timezone

from minga.deliberation import testing_intake, testing_voices
from minga.deliberation.models import Conversation, Intake, Source, Voice
from minga.deliberation.selectors import access
from minga.deliberation.services import checking
from minga.deliberation.services import intake as intakes
from minga.deliberation.services.sources import Author, File, take_in
from minga.deliberation.tests.taking_in import LETTER, address, analyst, page, post, sent
from minga.meetings import services as meetings
from minga.members import services as members
from minga.text.testing_files import word_file
from minga.web.testing_access import is_turned_away

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_vault(settings, tmp_path):
    settings.SOURCES_ROOT = tmp_path / "sources"
    return settings.SOURCES_ROOT


@pytest.fixture
def asked():
    return testing_voices.consultation()


@pytest.fixture
def bao(asked):
    """Bao sits in the ministry and takes in what people send."""
    return analyst(asked, "bao@example.org")


@pytest.fixture
def letter(asked):
    return take_in(asked, "letter", LETTER, voices=[], file=File("amina.txt", "text/plain", LETTER.encode())).source


# ---------------------------------------------------------------- uploads
def test_officer_gets_letters_and_a_table_in_by_pages_alone(bao, asked, django_capture_on_commit_callbacks):
    files = {
        "letters.docx": word_file(["Train the bakers of Praia first."]),
        "said.csv": b"Bemerkung;Name\nFund small machines.;Amina\n;Bao\n",
        "scan.pdf": b"\xff\xd8\xff\xe0 a picture",
    }
    with django_capture_on_commit_callbacks(execute=True):
        response = bao.post(address("upload"), sent(files))
    intake = Intake.objects.get()
    assert response.url == address("intake", intake.pk)
    shown = page(bao, "intake", intake.pk)
    assert "1 submission can be taken in." in shown
    assert "Nothing is taken in yet." in shown
    assert "No column is known to hold the text." in shown
    assert "The file is a picture or a recording" in shown
    assert "<legend><bdi>said.csv</bdi></legend>" in shown
    assert not Source.objects.exists()
    columns = {"seen": intake.revision, "file-1-text": "Bemerkung", "file-1-name": "Name"}
    with django_capture_on_commit_callbacks(execute=True):
        post(bao, "intake_columns", intake.pk, **columns)
    shown = page(bao, "intake", intake.pk)
    assert "2 submissions can be taken in." in shown
    assert "row 3" in shown
    table = bao.get(address("intake_problems", intake.pk)).content.decode("utf-8-sig")
    assert table.splitlines()[0] == "File,Place,Column,What to do"
    assert len(table.splitlines()) == 3
    intake.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        post(bao, "intake_confirm", intake.pk, seen=intake.revision)
    assert "2 submissions are taken in." in page(bao, "intake", intake.pk)
    assert [(one.kind, one.author_name) for one in Source.objects.order_by("number")] == [
        ("word", ""),
        ("spreadsheet", "Amina"),
    ]
    assert Voice.objects.count() == 2


@pytest.mark.once
def test_five_hundred_come_in_by_pages_without_help(bao, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("upload"), sent(testing_intake.five_hundred()))
    intake = Intake.objects.get()
    shown = bao.get(address("intake", intake.pk))
    assert "500 submissions can be taken in. 2 are here already. 4 files and rows are left out." in " ".join(
        shown.content.decode().split()
    )
    assert "the same words as letters/1.txt" in shown.content.decode()
    assert len(shown.content) < 60_000
    with django_capture_on_commit_callbacks(execute=True):
        post(bao, "intake_confirm", intake.pk, seen=intake.revision)
    assert "500 submissions are taken in. 2 were left out" in " ".join(page(bao, "intake", intake.pk).split())
    assert len(bao.get(address("sources")).content) < 60_000


def test_an_empty_file_is_named_and_the_others_come_in(bao, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("upload"), sent({"empty.txt": b"", "a.txt": b"Train the bakers."}))
    shown = page(bao, "intake", Intake.objects.get().pk)
    assert "1 submission can be taken in." in shown
    assert "<bdi>empty.txt</bdi>" in shown
    assert "The file is empty." in shown


def test_more_files_than_are_received_lead_back_to_the_form_and_are_no_attack(bao, asked, caplog):
    assert "At most 100 files at once." in page(bao, "upload")
    with caplog.at_level("INFO"):
        response = bao.post(address("upload"), sent({f"{number}.txt": b"Train us." for number in range(101)}))
    assert response.status_code == 400
    assert f'href="{address("upload")}"' in response.content.decode()
    assert [(one.levelname, one.exc_info) for one in caplog.records if "many" in one.getMessage().lower()] == [
        ("INFO", None)
    ]


def test_desk_of_an_adopted_draft_does_not_offer_taking_in(bao, asked):
    assert address("upload") in page(bao, "desk")
    assert address("upload") in page(bao, "sources")
    asked.state = "adopted"
    asked.save()
    assert address("upload") not in page(bao, "desk")
    assert address("upload") not in page(bao, "sources")


def test_page_shows_what_would_be_a_voice_and_what_stays_out(bao, asked, django_capture_on_commit_callbacks):
    files = {"a.txt": LETTER.replace("\n\nThen fund small machines.", "").encode(), "said.csv": b"A;B\nFund us.;x\n"}
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("upload"), sent(files))
    intake = Intake.objects.get()
    shown = page(bao, "intake", intake.pk)
    assert '<blockquote dir="auto">Train the bakers of Praia first.</blockquote>' in shown
    assert "Dear committee, Kind regards, Amina" in shown
    assert "said.csv with 1 row stays out" in shown
    with django_capture_on_commit_callbacks(execute=True):
        post(bao, "intake_confirm", intake.pk, seen=intake.revision)
    done = page(bao, "intake", intake.pk)
    assert "1 spreadsheet waits" in done
    assert "below" not in done
    recent = page(bao, "upload")
    assert "said.csv" in recent
    assert "1 submission is taken in." in recent


def test_what_was_left_out_is_named_with_its_twin_after_taking_in(bao, asked, django_capture_on_commit_callbacks):
    take_in(asked, "letter", "Train the bakers.", file=File("first.txt", "text/plain", b"Train the bakers."))
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("upload"), sent({"again.txt": b"Train the bakers.", "b.txt": b"Fund us."}))
        intake = Intake.objects.get()
        post(bao, "intake_confirm", intake.pk, seen=intake.revision)
    shown = page(bao, "intake", intake.pk)
    assert f'<a href="{address("source", 1)}">the same words as S1</a> (<bdi>first.txt</bdi>)' in shown


@pytest.mark.parametrize("state", ["reading", "running"])
def test_somebody_who_waits_sees_how_far_it_is_and_looks_again_without_script(bao, asked, state):
    intake = intakes.begin(consultation=asked, files=[intakes.Upload("a.txt", b"x")], given={}, round=None, by=None)
    Intake.objects.filter(pk=intake.pk).update(state=state, total=5)
    shown = page(bao, "intake", intake.pk)
    assert "Look again" in shown
    assert "waiting.js" in shown


def test_a_second_press_takes_nothing_in_twice(bao, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bao.post(address("upload"), sent({"a.txt": b"Train the bakers."}))
        intake = Intake.objects.get()
        post(bao, "intake_confirm", intake.pk, seen=intake.revision)
        again = bao.post(address("intake_confirm", intake.pk), {"seen": intake.revision}, follow=True)
    assert "Somebody else changed this meanwhile" in again.content.decode()
    assert Source.objects.count() == 1


def test_upload_without_a_file_says_so_beside_the_field_and_an_upload_can_be_forgotten(bao, asked):
    response = bao.post(address("upload"), {"kind": "letter", "voices": "short"})
    assert response.status_code == 422
    assert "This field is required." in response.content.decode()
    bao.post(address("upload"), sent({"a.txt": b"Train the bakers."}))
    post(bao, "intake_forget", Intake.objects.get().pk)
    assert not Intake.objects.exists()


def test_a_cell_that_would_be_a_formula_is_made_harmless(bao, asked):
    intake = intakes.begin(consultation=asked, files=[intakes.Upload("=cmd.txt", b" ")], given={}, round=None, by=None)
    checking.check(intake=intake)
    assert "'=cmd.txt" in bao.get(address("intake_problems", intake.pk)).content.decode()


# ---------------------------------------------------------------- typing one in, and the list
def test_letter_that_is_typed_in_gets_a_code_and_waits_to_be_split(bao, asked):
    given = {"kind": "letter", "text": LETTER, "author_name": "Amina", "stratum-gender": "woman"}
    response = post(bao, "source_new", **given)
    shown = response.content.decode()
    source = Source.objects.get()
    assert 'class="code"' in shown
    assert source.receipt_hash
    assert (source.strata, source.read_at, source.taken_in_by_mark != "") == ({"gender": "woman"}, None, True)
    again = post(bao, "source_new", **given)
    assert again.status_code == 422
    assert "are here already" in again.content.decode()
    assert "Train the bakers of Praia first." in again.content.decode(), "what was typed is still there"


def test_the_one_voice_of_a_letter_that_is_typed_in_holds_no_name(bao, asked):
    post(bao, "source_new", kind="letter", text=LETTER + "\n12 Elm Street", is_one="on", may_publish="on")
    assert Voice.objects.get().text == "Train the bakers of Praia first.\n\nThen fund small machines."


def test_day_that_has_not_come_is_refused(bao, asked):
    tomorrow = timezone.localdate() + timezone.timedelta(days=1)
    response = post(bao, "source_new", kind="letter", text="Train us.", received_on=tomorrow.isoformat())
    assert response.status_code == 422
    assert "This day has not come yet" in response.content.decode()


def test_list_is_filtered_and_names_what_waits(bao, asked, django_assert_max_num_queries):
    for number in range(60):
        take_in(asked, "letter", f"Train the bakers, letter {number}.", author=Author(f"Sender {number}"))
    take_in(asked, "notes", "Много было сказано о хлебе и о печах.", voices=[])
    with django_assert_max_num_queries(30):
        assert page(bao, "sources").count("/desk/sources/") >= 50
    assert "1 source waits" in page(bao, "sources")
    for query, count in (("?state=waiting", 1), ("?kind=notes", 1), ("?language=ru", 1), ("?q=letter+7", 1)):
        assert page(bao, "sources", query=query).count('<th scope="row">') == count
    assert "Nothing fits" in page(bao, "sources", query="?kind=pdf")


# ---------------------------------------------------------------- meetings and conversations
def _met(title, *said, **fields):
    """Hold a meeting and note what was said."""
    now = timezone.now()
    meeting = meetings.call_meeting(title=title, kind="hearing", starts_at=now, ends_at=now, **fields)
    meetings.announce(meeting=meeting)
    noted = [meetings.add_takeaway(meeting=meeting, kind="point", text=text, language="en") for text in said]
    meetings.hold(meeting=meeting)
    return meeting, noted


def test_takeaways_of_a_meeting_become_voices_once(bao, asked):
    held, (first, second) = _met(
        "Hearing in Praia", "Bakers ask for training.", "Ovens are too dear for small firms.", is_public=True
    )
    assert "Hearing in Praia" in page(bao, "take_takeaways")
    post(bao, "take_takeaways", takeaway=[str(first.pk)])
    post(bao, "take_takeaways", takeaway=[str(first.pk), str(second.pk)])
    assert [(voice.takeaway, voice.source.meeting) for voice in Voice.objects.order_by("number")] == [
        (first, held),
        (second, held),
    ]
    assert Source.objects.filter(kind="meeting", may_publish=True).count() == 2
    response = bao.post(address("take_takeaways"), {"takeaway": [str(first.pk)]}, follow=True)
    assert "in the consultation already" in response.content.decode()
    assert Voice.objects.count() == 2


def test_takeaways_of_a_closed_meeting_of_others_are_not_offered(bao, asked):
    _closed, (secret,) = _met("Board of others", "Between us.")
    assert "Between us." not in page(bao, "take_takeaways")
    post(bao, "take_takeaways", takeaway=[str(secret.pk)])
    assert not Voice.objects.exists()


def test_accepted_statements_become_voices_once(bao, asked):
    talk = Conversation.objects.create(consultation=asked, slug="talk", title="Ovens?", state="open")
    for number, state in enumerate(("accepted", "accepted", "waiting", "rejected")):
        talk.statements.create(number=number, text=f"We need oven number {number}.", language="en", state=state)
    talk.statements.create(number=9, text="This page is slow.", language="en", state="accepted", is_meta=True)
    assert "Take in all 2 accepted statements" in page(bao, "take_statements")
    post(bao, "take_statements", conversation="talk", which="accepted")
    assert [voice.statement.number for voice in Voice.objects.order_by("number")] == [0, 1]
    assert all(voice.source.text[voice.start : voice.end] == voice.text for voice in Voice.objects.all())
    assert "Every accepted statement is here already." in page(bao, "take_statements")


# ---------------------------------------------------------------- who may
PAGES = ["upload", "sources", "source_new", "take_takeaways", "take_statements"]


@pytest.mark.parametrize("task", [None, access.Task.MODERATOR, access.Task.EDITOR, "visitor"])
def test_nobody_but_analysts_and_leads_takes_in_or_reads_what_was_sent(asked, letter, task):
    if task == "visitor":
        client = Client()
    elif task is None:
        account = members.create_account(email="chloe@example.org", password="the ministry opens at nine")
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    else:
        client = analyst(asked, "chloe@example.org", task)
    intake = intakes.begin(consultation=asked, files=[intakes.Upload("a.txt", b"x")], given={}, round=None, by=None)
    voice = take_in(asked, "form", "Listen.").voices[0]
    for name in PAGES:
        assert is_turned_away(client.get(address(name)))
        sent = client.post(address(name), {})
        assert sent.status_code == 405 or is_turned_away(sent)
    for name, rest in (("intake", intake.pk), ("intake_problems", intake.pk), ("source", 1), ("source_file", 1)):
        assert is_turned_away(client.get(address(name, rest)))
    for name, rest in (
        *((f"intake_{act}", intake.pk) for act in ("columns", "confirm", "forget")),
        *((f"source_{act}", 1) for act in ("split", "read", "describe")),
        *((f"voice_{act}", voice.number) for act in ("edit", "undo", "theme")),
    ):
        assert is_turned_away(client.post(address(name, rest), {"seen": "0"}))
    assert Intake.objects.get().state == "reading"


def test_sources_of_another_consultation_are_not_reached_through_ones_own(bao, asked):
    other = testing_voices.consultation("other")
    take_in(other, "letter", "Between us.")
    voice = Voice.objects.get()
    assert bao.get(address("source", 1)).status_code == 404
    assert post(bao, "voice_edit", voice.number, seen=0, text="x", language="").status_code == 404


def test_too_many_files_at_once_says_to_pack_them(bao, asked):
    files = [io.BytesIO(b"x") for _file in range(101)]
    response = bao.post(address("upload"), {"kind": "letter", "voices": "short", "files": files})
    assert response.status_code == 400
    assert ".zip" in response.content.decode()
