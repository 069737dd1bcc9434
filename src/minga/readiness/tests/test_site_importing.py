"""Answers from elsewhere on a site: a dry run writes nothing, and whatever is pressed twice happens once."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from minga import readiness
from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import keys, selectors, services
from minga.readiness.engine.sheet import read_any
from minga.readiness.engine.xlsform_texts import form_version
from minga.readiness.models import AnswerVersion, Assessment, InstrumentEdition, Share
from minga.readiness.testing import address, answered, signed_in, submitted
from minga.readiness.tests.engine_support import GENERIC, overlay
from minga.tables.workbooks import read_workbook, write_workbook

pytestmark = [pytest.mark.page, pytest.mark.django_db]

HERE = Path(__file__).parent / "fixtures"
SHEET = """name,country,sector,size,date,INT1,DAT2,SAF2
Padaria da Praia,CV,10,small,2026-03-02,3,dk,2
Moinho Santiago,CV,10,micro,,0,1,
Metal Fogo,CV,25,medium,,9,1,2
"""
AGREED = {"basis": "written", "agreed": "on", "state": "draft"}


def page_of(name: str) -> str:
    return reverse(f"readiness:{name}", urlconf=None).replace("/fr/", "/en/")


@pytest.fixture(autouse=True)
def _english():
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def elena():
    client, account = signed_in("elena@chamber.example")
    members.grant_in_alliance(person=people.person_of(account), role="adviser")
    return client, account


@pytest.fixture
def sofia():
    from tests.people import give_app

    client, account = signed_in("sofia@alliance.example")
    members.grant_in_alliance(person=people.person_of(account), role="secretariat")
    give_app(account)
    return client, account


def upload(client: Client, content: str | bytes = SHEET, name: str = "firms.csv", **fields):
    raw = content.encode() if isinstance(content, str) else content
    return client.post(page_of("import"), {"file": SimpleUploadedFile(name, raw)} | fields)


def hidden(page: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}"[^>]* value="([^"]+)"', page).group(1))


def confirm(client: Client, checked, **changes):
    sent = AGREED | {"sealed": hidden(checked.content.decode(), "sealed")} | changes
    return client.post(page_of("import_confirm"), {key: value for key, value in sent.items() if value})


def codes_of(response) -> list[str]:
    return re.findall(r'class="code"[^>]*>([0-9A-Z-]{19})<', response.content.decode())


def test_dry_run_names_every_problem_and_writes_nothing(elena):
    client, _account = elena
    before = AnswerVersion.objects.count(), Assessment.objects.count(), people.acts().count()
    page = upload(client).content.decode()
    assert "2 businesses can be stored." in page
    assert "1 row must be mended first." in page
    assert '<th scope="row">Row 4</th>' in page
    assert "“9” is no answer. Write a level from 0 to 5" in page
    assert (AnswerVersion.objects.count(), Assessment.objects.count(), people.acts().count()) == before
    assert not InstrumentEdition.objects.exists()


def test_rows_to_mend_come_back_as_a_file_that_can_be_imported(elena, tmp_path):
    client, _account = elena
    page = upload(client).content.decode()
    response = client.post(page_of("import_mend"), {"mend": hidden(page, "mend")})
    assert 'filename="firms-to-mend.csv"' in response["Content-Disposition"]
    (tmp_path / "a.csv").write_bytes(response.content)
    table, _broken, _notices = read_any(tmp_path / "a.csv")
    assert table["name"].to_list() == ["Metal Fogo"]
    assert "INT1: '9' is no answer." in table["problem"].item()
    mended = response.content.decode("utf-8-sig").replace(",9,", ",4,")
    assert "1 business can be stored." in upload(client, mended).content.decode()


def test_good_rows_become_assisted_drafts_with_a_share_codes_and_a_line_in_the_trail(elena):
    client, account = elena
    done = confirm(client, upload(client))
    bakery, mill = Assessment.objects.order_by("-name")
    assert (bakery.name, mill.name) == ("Padaria da Praia", "Moinho Santiago")
    assert (bakery.status, bakery.is_assisted, bakery.is_claimed, bakery.form) == ("draft", True, False, "short")
    assert {answer.item: answer.value for answer in bakery.answers.all()} == {"INT1": "3", "DAT2": "dk", "SAF2": "2"}
    assert set(bakery.history.values_list("version", "is_assisted", "account")) == {(1, True, account.pk)}
    share = Share.objects.get(assessment=bakery)
    assert (share.account, share.may_answer, share.how, share.text_version) == (account, True, "written", "import-1")
    assert bakery.edition.content_hash == GENERIC.content_hash
    imported = people.acts().filter(act="assessment.imported")
    assert [act.reason for act in imported] == ["agreed: written"] * 2
    assert len(codes_of(done)) == 2
    assert client.get(address("assessment", bakery)).status_code == 200


def test_business_opens_its_answers_with_the_code_of_its_letter(elena):
    client, _account = elena
    code = codes_of(confirm(client, upload(client)))[0]
    guest = Client()
    opened = guest.post(reverse("readiness:resume"), {"code": code})
    assert opened.url == address("assessment", Assessment.objects.get(name="Padaria da Praia"))
    assert guest.get(opened.url).status_code == 200


def test_pressing_twice_and_importing_again_makes_nothing_double(elena):
    client, _account = elena
    checked = upload(client)
    confirm(client, checked)
    acts = people.acts().count()
    again = confirm(client, checked)
    confirm(client, upload(client, name="renamed.csv"))
    assert "2 were imported before and stay as they are" in again.content.decode()
    assert codes_of(again) == []
    assert (Assessment.objects.count(), Share.objects.count(), people.acts().count()) == (2, 2, acts)
    assert AnswerVersion.objects.count() == 5


def test_new_codes_replace_the_printed_ones_only_on_demand(elena):
    client, _account = elena
    checked = upload(client)
    first = codes_of(confirm(client, checked))
    second = codes_of(confirm(client, checked, new_codes="on"))
    assert len(second) == 2
    assert services.resume(kind="code", secret=first[0]) is None
    assert services.resume(kind="code", secret=second[0]) is not None


def test_no_new_code_once_the_business_came_in(elena):
    """The letter says: until you take that back. A new code would open the check again, and as its owner."""
    client, _account = elena
    checked = upload(client)
    first = codes_of(confirm(client, checked))
    opened, _secret = services.resume(kind="code", secret=first[0])
    for share in opened.shares.all():
        services.revoke_share(share=share)
    again = codes_of(confirm(client, checked, new_codes="on"))
    assert len(again) == 1
    assert not opened.keys.filter(kind="code").exists()
    assert client.get(address("assessment", opened)).status_code == 404


def test_submitted_checks_have_a_report_and_count_from_their_day(elena):
    client, _account = elena
    confirm(client, upload(client), state="submitted")
    bakery = Assessment.objects.get(name="Padaria da Praia")
    assert bakery.status == "self-declared"
    assert bakery.submitted_at.date().isoformat() == "2026-03-02"
    assert client.get(address("report", bakery)).status_code == 200


def test_small_workbook_that_unpacks_to_much_is_not_read(elena, monkeypatch):
    """41 MB of nothing in 41 kB: reading it would keep a worker busy for as long as the sender likes."""
    monkeypatch.setattr("minga.readiness.views.importing._read", lambda *_given: pytest.fail("It was read."))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (41 * 2**20))
    client, _account = elena
    response = upload(client, packed.getvalue(), "firms.xlsx")
    assert response.status_code == 422
    assert "The file has more than 40 MB." in response.content.decode()


@pytest.mark.parametrize("missing", ["basis", "agreed"])
def test_nothing_is_stored_without_how_they_agreed(elena, missing):
    client, _account = elena
    response = confirm(client, upload(client), **{missing: ""})
    assert response.status_code == 422
    assert "Without it nothing can be stored." in response.content.decode()
    assert hidden(response.content.decode(), "sealed")
    assert not Assessment.objects.exists()


def test_checked_file_cannot_be_changed_or_confirmed_by_somebody_else(elena, sofia):
    sealed = hidden(upload(elena[0]).content.decode(), "sealed")
    for client, text in ((elena[0], sealed[:-3] + "abc"), (sofia[0], sealed), (elena[0], "")):
        assert client.post(page_of("import_confirm"), AGREED | {"sealed": text}).status_code == 302
    assert not Assessment.objects.exists()


def test_secretariat_stores_without_opening_anything(sofia):
    client, _account = sofia
    confirm(client, upload(client))
    assert not Share.objects.exists()
    for assessment in Assessment.objects.all():
        assert client.get(address("assessment", assessment)).status_code == 404


@pytest.mark.parametrize("name", ["import", "import_confirm", "import_mend", "import_template", "import_xlsform"])
def test_pages_exist_for_the_secretariat_and_advisers_alone(name):
    owner, _account = signed_in("amina@bakery.example")
    visitor = Client()
    for method in ("get", "post"):
        response = getattr(owner, method)(page_of(name))
        assert response.status_code in {404, 405}
        response = getattr(visitor, method)(page_of(name))
        assert response.status_code == 405 or "/account/login/" in response.url


@pytest.mark.bare_roles
def test_secretariat_without_a_second_step_imports_nothing():
    client, account = signed_in("new@alliance.example")
    members.grant_in_alliance(person=people.person_of(account), role="secretariat")
    assert client.get(page_of("import")).status_code in {302, 404}
    assert upload(client).status_code in {302, 404}


# ---------------------------------------------------------------- into the assessment of a code
def with_code(code: str, *cells: str) -> str:
    return f"code,date,INT1,DAT2\n{code},{','.join(cells)}\n"


def test_code_adds_answers_as_versions_and_keeps_what_is_newer(elena):
    client, _account = elena
    assessment = answered({"INT1": "2"}, account=None)
    code = services.give_key(assessment=assessment, kind="code")
    done = confirm(client, upload(client, with_code(code.lower(), "2020-01-01", "5", "4")))
    assert "Answered later elsewhere, so what was stored stays: INT1." in done.content.decode()
    assert {item: one.value for item, one in selectors.answers_of(assessment).items()} == {"INT1": "2", "DAT2": "4"}
    set_aside = assessment.history.get(item="INT1", level=5)
    assert (set_aside.version, set_aside.is_assisted) == (None, True)
    confirm(client, upload(client, with_code(code.lower(), "2020-01-01", "5", "4")))
    assert assessment.history.count() == 3


def test_code_with_the_day_of_the_paper_replaces_what_is_older(elena):
    client, _account = elena
    assessment = answered({"INT1": "2"})
    code = services.give_key(assessment=assessment, kind="code")
    today = assessment.answers.get().saved_at.date().isoformat()
    confirm(client, upload(client, with_code(code, today, "5", "")))
    stored = selectors.answers_of(assessment)["INT1"]
    assert (stored.value, stored.version) == ("5", 2)


def test_reference_on_paper_opens_only_what_the_importer_may_answer_anyway(elena):
    client, _account = elena
    foreign = answered({"INT1": "2"})
    page = upload(client, with_code(keys.paper_code(foreign.pk), "", "5", "")).content.decode()
    assert "opens no assessment that you may fill in" in page
    assert 'name="sealed"' not in page
    confirm(client, upload(client))
    own = Assessment.objects.get(name="Moinho Santiago")
    confirm(client, upload(client, with_code(keys.paper_code(own.pk), "", "", "5")))
    assert own.answers.get(item="DAT2").value == "1"
    confirm(client, upload(client, "code,SAF2\n" + keys.paper_code(own.pk) + ",5\n"))
    assert own.answers.get(item="SAF2").value == "5"


@pytest.mark.parametrize(
    ("change", "words"),
    [("closed", "was submitted, so its answers are closed"), ("wrong", "is no complete code"),
     ("other", "asks other questions: INT3")],
)  # fmt: skip
def test_code_that_cannot_be_used_is_named(elena, change, words):
    assessment = submitted("2") if change == "closed" else answered({"INT1": "2"}, overlays=["sector-food-processing"])
    code = services.give_key(assessment=assessment, kind="code")
    content = with_code("7QK4" if change == "wrong" else code, "", "5", "")
    if change == "other":
        content = content.replace("DAT2", "INT3").replace(",5,", ",5,3")
    page = upload(elena[0], content).content.decode()
    assert words in page
    assert 'name="sealed"' not in page


# ---------------------------------------------------------------- ODK and KoboToolbox
def kobo(version: str = "") -> str:
    text = (HERE / "kobo.json").read_text(encoding="utf-8")
    return text.replace("1.0.0-dd387190-short", version or form_version(GENERIC, "short"))


def test_submissions_are_stored_once_whatever_file_brings_them(elena):
    client, _account = elena
    confirm(client, upload(client, kobo(), "kobo.json"))
    text = (HERE / "central.csv").read_text(encoding="utf-8")
    again = confirm(
        client, upload(client, text.replace("1.0.0-dd387190-short", form_version(GENERIC, "short")), "central.csv")
    )
    assert "2 were imported before" in again.content.decode()
    bakery = Assessment.objects.get(name="Padaria da Praia")
    assert (bakery.goals, bakery.cash_limit, bakery.location) == (["scrap", "energy"], "c1", "rural")
    assert bakery.answers.count() == 14


def test_version_of_a_form_with_overlays_finds_and_pins_its_edition(elena):
    client, _account = elena
    merged = readiness.merge("generic-enterprise", "country-jordan")
    confirm(client, upload(client, kobo(form_version(merged, "short")), "kobo.json"))
    hashes = set(Assessment.objects.values_list("edition__content_hash", flat=True))
    assert hashes == {merged.content_hash}


def form_of(instrument) -> bytes:
    file = io.BytesIO()
    write_workbook(readiness.to_xlsform(instrument, form="short"), file)
    return file.getvalue()


def test_unknown_form_is_named_and_the_secretariat_brings_it(elena, sofia):
    own = readiness.merge(GENERIC, overlay({"op": "weight", "factor": "safety", "weight": 2.0}))
    content = kobo(form_version(own, "short"))
    page = upload(elena[0], content, "kobo.json").content.decode()
    assert "is not known here. Bring the form" in page
    form = SimpleUploadedFile("form.xlsx", form_of(own))
    ignored = upload(elena[0], content, "kobo.json", form_file=form).content.decode()
    assert 'name="sealed"' not in ignored
    form.seek(0)
    confirm(sofia[0], upload(sofia[0], content, "kobo.json", form_file=form))
    edition = InstrumentEdition.objects.get(content_hash=own.content_hash)
    assert edition.assessments.count() == 2
    assert {"en", "fr", "ar"} <= set(edition.texts)
    assert selectors.instrument_of(edition.assessments.first(), "fr").item("INT1").text == (
        own.in_language("fr").item("INT1").text
    )


# ---------------------------------------------------------------- what is taken along, and what is refused
def test_template_and_form_are_files_that_the_import_reads_back(elena):
    client, _account = elena
    template = client.get(page_of("import_template"), {"form": "short", "overlay": "sector-food-processing"})
    sheets = read_workbook(io.BytesIO(template.content))
    assert len(sheets["questions"]) == 14
    assert "CV" in sheets["codes"]["code"].to_list()
    form = client.get(page_of("import_xlsform"), {"form": "full", "overlay": "sector-food-processing"})
    draft = readiness.from_xlsform(io.BytesIO(form.content))
    assert draft.instrument.content_hash == readiness.merge(GENERIC, "sector-food-processing").content_hash


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("name,INT1\nA,3\n", "a.csv", "lacks &#x27;country&#x27;"),
        ("x", "a.pdf", "This file is none of: .csv, .tsv, .xlsx, .json."),
        (b"\xff\xfe\x00", "a.csv", "is not UTF-8"),
        (b"PK\x03\x04", "a.xlsx", "cannot be read as an XLSX workbook"),
        ("{", "a.json", "cannot be read as JSON"),
        ("[[1]]", "a.json", "holds no list of submissions"),
    ],
)
def test_file_that_cannot_be_read_says_why(elena, content, name, words):
    response = upload(elena[0], content, name)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_too_many_businesses_are_sent_in_parts(elena, monkeypatch):
    monkeypatch.setattr("minga.readiness.views.importing.MOST_FIRMS", 1)
    checked = upload(elena[0])
    assert "more than 1 businesses" in checked.content.decode()
    assert 'name="sealed"' not in checked.content.decode()


def test_names_of_businesses_are_never_read_as_markup(elena):
    content = SHEET.replace("Padaria da Praia", "<b>Padaria</b>")
    checked = upload(elena[0], content)
    done = confirm(elena[0], checked)
    for page in (checked, done):
        assert "<b>Padaria" not in page.content.decode()


def test_importing_uses_few_questions_to_the_database(elena, django_assert_max_num_queries):
    client, _account = elena
    checked = upload(client)
    with django_assert_max_num_queries(120):
        confirm(client, checked)
