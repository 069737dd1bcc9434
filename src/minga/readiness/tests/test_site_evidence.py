"""Evidence: who adds and sees it, what the server refuses, how it lies at rest, and when it goes."""

from __future__ import annotations

import logging
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from minga.members import selectors as people
from minga.members import services as members
from minga.readiness import services
from minga.readiness.engine.errors import EvidenceError
from minga.readiness.models import Assessment, Evidence
from minga.readiness.testing import address, invited, start_in_browser, started
from minga.readiness.testing_validation import (
    assessor_account,
    completed,
    full_check,
    owner_account,
    photo,
    sent_file,
    shown,
    under_way,
)
from minga.readiness.vault import vault

pytestmark = [pytest.mark.page, pytest.mark.django_db]
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def own_vault(settings, tmp_path) -> Path:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return settings.EVIDENCE_ROOT


@pytest.fixture
def amina(db):
    return owner_account()


@pytest.fixture
def browser(amina) -> Client:
    return browser_of(amina)


def browser_of(account) -> Client:
    client = Client()
    client.force_login(account, backend=_BACKEND)
    return client


def files_in(vault_root: Path) -> list[Path]:
    return [path for path in vault_root.rglob("*") if path.is_file()]


def add(browser, assessment, item="INT1", **fields):
    return browser.post(address("evidence_item", assessment, item), {"file": sent_file(), **fields})


# ---------------------------------------------------------------- adding
def test_owner_adds_a_photo_and_sees_it_again(browser, amina, own_vault):
    check = started(account=amina)
    assert add(browser, check, caption="  Plan \n on the wall ", client="c1").status_code == 302
    one = Evidence.objects.get()
    assert (one.caption, one.content_type, one.account, one.is_encrypted) == (
        "Plan on the wall",
        "image/jpeg",
        amina,
        False,
    )
    page = browser.get(address("evidence_item", check, "INT1")).content.decode()
    assert "Plan on the wall" in page
    given = browser.get(address("evidence_file", check, one.pk))
    assert given.status_code == 200
    assert given.content.startswith(b"\xff\xd8\xff")
    (file,) = files_in(own_vault)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(one.pk.hex) not in str(file)


def test_file_that_is_given_out_can_do_nothing_and_is_kept_nowhere(browser, amina):
    (one,) = shown(started(account=amina), "INT1")
    given = browser.get(address("evidence_file", one.assessment, one.pk))
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"].endswith("sandbox")
    assert "no-store" in given["Cache-Control"]
    assert given["Content-Disposition"].startswith("inline")
    pdf = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    document = services.add_evidence(assessment=one.assessment, item="INT1", data=pdf).evidence
    assert browser.get(address("evidence_file", one.assessment, document.pk))["Content-Disposition"].startswith(
        "attachment"
    )


def test_the_same_upload_twice_is_one_piece_of_evidence(browser, amina, own_vault):
    check = started(account=amina)
    for _time in range(2):
        assert add(browser, check, client="same").status_code == 302
    assert Evidence.objects.count() == len(files_in(own_vault)) == 1
    again = services.add_evidence(assessment=check, item="INT1", data=photo(), client_id="same")
    assert (again.is_new, again.evidence) == (False, Evidence.objects.get())


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"<svg onload=alert(1)>", "This is no photo"), (photo()[:300], "cannot be read")],
)
def test_what_cannot_be_kept_is_said_beside_the_field(browser, amina, own_vault, data, said):
    check = started(account=amina)
    response = browser.post(address("evidence_item", check, "INT1"), {"file": sent_file(data)})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Evidence.objects.exists()
    assert files_in(own_vault) == []


def test_too_large_files_are_refused_and_far_too_large_ones_never_received(browser, amina, settings):
    check = started(account=amina)
    settings.UPLOAD_MB = 1
    large = browser.post(
        address("evidence_item", check, "INT1"), {"file": sent_file(b"\xff\xd8\xff" + bytes(1_500_000))}
    )
    assert "larger than 1 MB" in large.content.decode()
    flood = browser.post(
        address("evidence_item", check, "INT1"), {"file": sent_file(b"\xff\xd8\xff" + bytes(3_000_000))}
    )
    assert (flood.status_code, "far too large" in flood.content.decode()) == (422, True)
    assert not Evidence.objects.exists()


def test_no_more_than_five_files_a_question(amina):
    check = started(account=amina)
    shown(check, *["INT1"] * services.MAX_AN_ITEM)
    with pytest.raises(EvidenceError, match=r"has 5 files already"):
        shown(check, "INT1")
    assert files_in(vault.root()).__len__() == services.MAX_AN_ITEM


def test_guest_must_claim_first(client):
    check = start_in_browser(client)
    assert "Claim it" in client.get(address("evidence", check)).content.decode()
    assert add(client, check).status_code == 302
    assert not Evidence.objects.exists()


def test_question_of_another_form_has_no_page(browser, amina):
    check = started(account=amina)
    assert browser.get(address("evidence_item", check, "INT3")).status_code == 404
    assert browser.get(address("evidence_item", check, "NOPE")).status_code == 404


def test_sending_is_limited(browser, amina, settings, monkeypatch):
    check = started(account=amina)
    settings.RATE_LIMITS = True
    monkeypatch.setattr("minga.web.ratelimit.exceeded", lambda *_counted: True)
    assert add(browser, check).status_code == 429


# ---------------------------------------------------------------- who sees it
def test_nobody_sees_it_but_owners_the_sender_and_a_declared_assessor(amina):
    bakery = members.create_organization(
        by=people.person_of(amina), name="Bakery", type="sme", country="CV", sector="10"
    )
    check = full_check(amina, organization=bakery)
    (one,) = shown(check, "INT1")
    where = address("evidence_file", check, one.pk)
    seen = {}
    for role in ("owner", "respondent", "adviser"):
        account = owner_account(f"{role}@example.org")
        members.grant_mandate(person=people.person_of(account), role=role, organization=bakery)
        seen[role] = browser_of(account).get(where).status_code
    for role in ("assessor", "secretariat"):
        account = owner_account(f"{role}@example.org")
        members.grant_in_alliance(person=people.person_of(account), role=role)
        seen[role] = browser_of(account).get(where).status_code
    assert seen == {"owner": 200, "respondent": 404, "adviser": 404, "assessor": 404, "secretariat": 404}
    assert Client().get(where).status_code == 404


def test_respondent_sees_and_deletes_only_what_they_sent(amina):
    bakery = members.create_organization(
        by=people.person_of(amina), name="Bakery", type="sme", country="CV", sector="10"
    )
    karim = owner_account("karim@example.org")
    members.grant_mandate(person=people.person_of(karim), role="respondent", organization=bakery)
    check = started(account=amina, organization=bakery)
    (owners,) = shown(check, "INT1")
    browser = browser_of(karim)
    assert add(browser, check).status_code == 302
    mine = Evidence.objects.get(account=karim)
    assert browser.get(address("evidence_file", check, mine.pk)).status_code == 200
    assert browser.post(address("evidence_delete", check, owners.pk)).status_code == 404
    assert browser.post(address("evidence_delete", check, mine.pk)).status_code == 302
    assert list(Evidence.objects.all()) == [owners]


def test_colleague_sends_for_the_own_questions_and_sees_only_that(amina, own_vault):
    check = started(form="full", account=amina)
    shown(check, "INT1")
    colleague = invited(check)
    karim = owner_account("karim@example.org")
    services.keep_place(colleague=colleague, account=karim)
    browser = browser_of(karim)
    where = reverse("readiness:colleague_evidence", args=[colleague.pk, "INT1"])
    assert "Nothing is here yet" in browser.get(where).content.decode()
    assert browser.post(where, {"file": sent_file()}).status_code == 302
    mine = Evidence.objects.get(colleague=colleague)
    assert browser.get(reverse("readiness:colleague_evidence_file", args=[colleague.pk, mine.pk])).status_code == 200
    other = Evidence.objects.get(colleague=None)
    assert browser.get(reverse("readiness:colleague_evidence_file", args=[colleague.pk, other.pk])).status_code == 404
    services.delete_colleague(colleague=colleague)
    assert not Evidence.objects.filter(pk=mine.pk).exists()


def test_assessor_opening_evidence_is_recorded_without_content(amina, django_capture_on_commit_callbacks):
    check = full_check(amina)
    (one,) = shown(check, "INT1", caption="Secret plan")
    farid = assessor_account()
    validation = under_way(check, farid)
    response = browser_of(farid).get(reverse("readiness:assess_file", args=[validation.pk, one.pk]))
    assert response.status_code == 200
    act = people.acts().first()
    assert (act.act, act.on, act.actor) == (
        "evidence.opened",
        f"evidence:{one.pk.hex}",
        people.person_of(farid).reference,
    )
    assert "Secret" not in f"{act.reason}{act.on}"


# ---------------------------------------------------------------- at rest
def test_with_a_key_the_file_on_the_disk_is_closed(browser, amina, settings, own_vault):
    settings.EVIDENCE_KEYS = [Fernet.generate_key().decode()]
    (one,) = shown(started(account=amina), "INT1")
    (file,) = files_in(own_vault)
    assert b"JFIF" not in file.read_bytes()
    assert browser.get(address("evidence_file", one.assessment, one.pk)).content.startswith(b"\xff\xd8\xff")
    settings.EVIDENCE_KEYS = [Fernet.generate_key().decode()]
    assert browser.get(address("evidence_file", one.assessment, one.pk)).status_code == 410


def test_rekeying_moves_everything_to_the_newest_key(amina, settings, own_vault, django_capture_on_commit_callbacks):
    check = started(account=amina)
    shown(check, "INT1")
    old, new = (Fernet.generate_key().decode() for _key in range(2))
    settings.EVIDENCE_KEYS = [old]
    shown(check, "SKL1")
    settings.EVIDENCE_KEYS = [new, old]
    with django_capture_on_commit_callbacks(execute=True):
        assert services.encrypt_anew() == 2
    settings.EVIDENCE_KEYS = [new]
    assert len(files_in(own_vault)) == 2
    for one in Evidence.objects.all():
        assert one.is_encrypted
        assert services.read_evidence(evidence=one).startswith(b"\xff\xd8\xff")


def test_a_file_that_was_changed_or_is_gone_is_said(browser, amina, own_vault):
    (one,) = shown(started(account=amina), "INT1")
    (file,) = files_in(own_vault)
    file.write_bytes(photo("red"))
    with pytest.raises(EvidenceError, match=r"not what was stored"):
        services.read_evidence(evidence=one)
    file.unlink()
    assert browser.get(address("evidence_file", one.assessment, one.pk)).status_code == 410


def test_path_out_of_the_folder_opens_nothing(amina):
    (one,) = shown(started(account=amina), "INT1")
    Evidence.objects.update(path="../../etc/passwd")
    with pytest.raises(EvidenceError, match=r"leads out of its folder"):
        services.read_evidence(evidence=Evidence.objects.get(pk=one.pk))


# ---------------------------------------------------------------- the end
def test_deleting_takes_row_and_file_and_a_rolled_back_deletion_takes_neither(
    amina, own_vault, django_capture_on_commit_callbacks
):
    check = started(account=amina)
    first, second = shown(check, "INT1", "SKL1")
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_evidence(evidence=first)
    assert [str(path.relative_to(own_vault)) for path in files_in(own_vault)] == [second.path]
    with django_capture_on_commit_callbacks() as waiting:
        services.remove_evidence(evidence=second)
    assert len(waiting) == 1
    assert len(files_in(own_vault)) == 1, "the file waits for the row to be gone for certain"


def test_file_of_an_upload_whose_row_failed_does_not_stay(amina, own_vault, monkeypatch):
    def fail(*_arguments, **_named):
        raise RuntimeError("the power went")

    monkeypatch.setattr(Evidence.objects, "create", fail)
    with pytest.raises(RuntimeError):
        shown(started(account=amina), "INT1")
    assert files_in(own_vault) == []


def test_files_that_a_crash_left_behind_go_after_an_hour_and_lost_ones_are_counted(amina, own_vault, caplog):
    kept, lost = shown(started(account=amina), "INT1", "SKL1")
    orphan, fresh = (vault.write(b"left behind")[0] for _file in range(2))
    hours_ago = timezone.now().timestamp() - 7200
    for path in (orphan, kept.path):
        os.utime(own_vault / path, (hours_ago, hours_ago))
    vault.delete(lost.path)
    with caplog.at_level(logging.WARNING, logger="minga.readiness"):
        assert services.delete_orphans() == 1
    assert (vault.exists(orphan), vault.exists(fresh), vault.exists(kept.path)) == (False, True, True)
    assert "not in their folder: 1" in caplog.text
    assert lost.path not in caplog.text


def moved(assessment, days, **fields):
    since = timezone.now() - timedelta(days=days)
    Assessment.objects.filter(pk=assessment.pk).update(
        **dict.fromkeys(fields or ("submitted_at", "last_answer_at"), since)
    )
    assessment.evidence.update(added_at=since)
    assessment.validations.exclude(completed_at=None).update(completed_at=since)


def test_evidence_goes_after_its_time_and_not_while_somebody_validates(
    amina, settings, django_capture_on_commit_callbacks, own_vault
):
    settings.EVIDENCE_DAYS = 180
    done, asked, idle, draft, new = (full_check(amina, name=name) for name in ("a", "b", "c", "d", "e"))
    services.reopen_assessment(assessment=draft)
    for one in (done, asked, idle, draft, new):
        shown(one, "INT1")
    completed(under_way(done, assessor_account()), INT1=3)
    services.request_validation(assessment=asked, by=amina)
    for one in (done, asked, idle, draft):
        moved(one, 181)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.delete_old_evidence() == 3
    assert {one.assessment for one in Evidence.objects.all()} == {asked, new}
    assert len(files_in(own_vault)) == 2


def test_evidence_goes_with_the_check_and_with_the_person(amina, own_vault, django_capture_on_commit_callbacks):
    first, second = started(account=amina, name="1"), started(account=amina, name="2")
    shown(first, "INT1")
    shown(second, "INT1")
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_assessment(assessment=first)
    assert len(files_in(own_vault)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        members.erase_person(people.person_of(amina))
    assert files_in(own_vault) == []


def test_export_lists_evidence_and_never_findings_of_a_validation_under_way(amina):
    check = full_check(amina)
    shown(check, "INT1", caption="Plan")
    validation = under_way(check, assessor_account())
    services.save_finding(validation=validation, item="INT1", level=1, comment="not yet for your eyes")
    given = services.export_assessment(check)
    assert (given["evidence"][0]["caption"], given["validations"][0]["findings"]) == ("Plan", [])
    assert completed(validation)
    assert services.export_assessment(check)["validations"][0]["findings"][0]["comment"] == "not yet for your eyes"


def test_erasing_an_assessor_gives_the_work_back(amina):
    farid = assessor_account()
    validation = under_way(full_check(amina), farid)
    members.erase_person(people.person_of(farid))
    validation.refresh_from_db()
    assert (validation.status, validation.assessor, validation.has_conflict) == ("requested", None, None)


def test_evidence_goes_with_an_invitation_that_is_taken_back(amina, own_vault, django_capture_on_commit_callbacks):
    """Nobody could see or delete it any more, and it would count against what the owner may add."""
    check = started(account=amina)
    karim = invited(check, role="production")
    services.add_evidence(assessment=check, item="INT1", data=photo(), colleague=karim)
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_invitation(colleague=karim)
    assert not Evidence.objects.exists()
    assert files_in(own_vault) == []


def test_what_one_sent_for_the_check_of_somebody_else_is_taken_along(amina):
    """An owner of the same organization, whose account is not that of the check."""
    luis = owner_account("luis@example.org")
    check = started(account=amina)
    services.add_evidence(assessment=check, item="INT1", data=photo(), caption="Flour mill", account=luis)
    (listed,) = services.export_person(people.person_of(luis))["evidence_elsewhere"]
    assert (listed["assessment"], listed["caption"]) == (str(check.pk), "Flour mill")
    assert services.export_person(people.person_of(amina))["evidence_elsewhere"] == []
