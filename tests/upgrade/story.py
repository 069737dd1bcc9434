"""The small site kept from every release, and what must still be true of it in every later one.

`python -m tests.upgrade.story FILE` plays the story on a new site and keeps its backup as FILE, with the facts beside
it as JSON. `facts` asks the running site through its pages and selectors, so that later versions may store things
otherwise, as long as the answers stay the same.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ANSWERS = {"INT1": "2", "INT2": "0", "DAT1": "3", "DAT2": "dk", "SAF1": "5", "SKL1": "1"}


def play() -> None:
    """Amina answers for her bakery and submits, Bao keeps the secretariat, a guest has only begun."""
    from minga.members import services as members
    from minga.readiness import report
    from minga.readiness import services as readiness

    bao = members.createadmin(email="bao@example.org", password="the council meets on Monday", name="Bao")
    amina = members.create_account(email="amina@example.org", password="bread every morning", name="Amina")
    bakery = members.create_organization(
        by=members.person_for(amina), name="Padaria São Tiago", type="sme", country="CV", sector="10", size="1-9"
    )
    profile = {"country": "CV", "sector": "10", "size": "1-9", "language": "en"}
    hers = readiness.start_assessment(**profile, name="2026", account=amina, organization=bakery)
    for item, value in ANSWERS.items():
        readiness.save_answer(assessment=hers, item=item, value=value, seen_version=0, language="en", account=amina)
    readiness.save_answer(
        assessment=hers, item="INT1", value="4", seen_version=1, language="fr", note="relu ensemble", account=amina
    )
    readiness.give_benchmark(assessment=hers)
    readiness.submit_assessment(assessment=hers, scores=report.score_rows(hers))
    guests = readiness.start_assessment(**profile, name="guest")
    readiness.save_answer(assessment=guests, item="INT1", value="1", seen_version=0, language="ar")
    members.record(by=bao, act="story.told", on="upgrade", reason="kept for later versions")


def facts() -> dict[str, Any]:
    """Return what must still be true of the site in every later version."""
    from django.test import Client

    from minga.members import selectors as members
    from minga.members.models import Account, Organization
    from minga.readiness import selectors as readiness
    from minga.readiness.models import Assessment

    amina = Account.objects.get(email="amina@example.org")
    (hers,) = readiness.assessments_of(amina)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(amina, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = browser.get(f"/en/readiness/a/{hers.pk}/report.json")
    page = browser.get(f"/fr/readiness/a/{hers.pk}/report/")
    acts = members.acts().order_by("sequence")
    return {
        "accounts": sorted(Account.objects.values_list("email", flat=True)),
        "passwords": [amina.check_password("bread every morning"), amina.check_password("another")],
        "roles": {account.email: sorted(_roles(account)) for account in Account.objects.order_by("email")},
        "organizations": list(Organization.objects.values_list("name", "country", "sector", "size")),
        "answers": {
            one.name: {item: [answer.value, answer.version, answer.note] for item, answer in _answers(one).items()}
            for one in Assessment.objects.order_by("name")
        },
        "history": readiness.history_of(hers).count(),
        "submitted_at": hers.submitted_at.isoformat(),
        "instrument": hers.edition.content_hash,
        "report": [shown.status_code, page.status_code],
        "scores": {node["node"]: node["score"] for node in shown.json()["factors"] if node["score"] is not None},
        "acts": [[act.act, act.reason] for act in acts if act.act != "trail.end_accepted"],
        "upload": _upload().read_text(encoding="utf-8"),
    }


def _roles(account: Any) -> set[str]:
    from minga.members import selectors

    person = selectors.person_of(account)
    # held, whether or not a second step of sign-in lets its holder act in it yet
    return {one.role for one in selectors.mandates_of(person)} if person else set()


def _answers(assessment: Any) -> dict[str, Any]:
    from minga.readiness import selectors

    return dict(sorted(selectors.answers_of(assessment).items()))


def _upload() -> Path:
    from django.conf import settings

    return Path(settings.MEDIA_ROOT) / "evidence" / "note.txt"


def main(file: Path) -> None:
    """Make the site in a folder that is thrown away, play the story, keep backup and facts."""
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("MINGA_")]:
            del os.environ[name]
        os.environ["MINGA_VAR"] = folder
        os.environ["MINGA_LOG_LEVEL"] = "WARNING"
        from minga.web.setup import django_setup

        django_setup()
        from minga.site.backup import write
        from minga.site.prepare import prepare

        prepare(print)
        play()
        _upload().parent.mkdir(parents=True)
        _upload().write_text("évidence – دليل", encoding="utf-8")
        write(file)
        text = json.dumps(facts(), ensure_ascii=False, indent=1, default=str)
        file.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
