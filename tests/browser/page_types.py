"""Every page type of the site: who sees it, where it is, and how to bring it into the state that is meant."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import steps
from tests.browser.house import House


@dataclass(frozen=True)
class PageType:
    """A kind of page: who sees it, where it is, and how to get there when an address is not enough."""

    name: str
    path: str | Callable[[House], str]
    who: str = "visitor"
    status: int = 200
    #: does on the page what brings the state that is meant
    then: Callable[[Page], None] | None = None


def _make_code(page: Page) -> None:
    steps.go(page, "main form[method=post] button.button")
    page.wait_for_selector(".code")


def _print_paper(page: Page) -> None:
    """Make the paper of the first client anew; the cards are unfolded for it."""
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    steps.go(page, "form[action$='/paper-for-client/'] button")
    page.wait_for_selector(".paper__qr")


def _give_password(page: Page) -> None:
    """Type the password once more, where the page asks whether it is still the same person."""
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", "sample-alliance-2026")
        steps.go(page, "main form[method=post] button.button")
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def _send_without_seal(page: Page) -> None:
    """Post a form whose security mark is gone, which is answered with 403."""
    page.context.clear_cookies(name="csrftoken")
    page.fill("input[name=login]", "nobody@nowhere.example")
    page.fill("input[name=password]", "whatever it was")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        steps.go(page, "main form[method=post] button.button")
    assert answered.value.status == 403


_FIRMS = b"name,country,sector,size,INT1\nPadaria da Praia,CV,10,small,3\nMetal Fogo,XX,25,small,9\n"


def _check_file(page: Page) -> None:
    """Upload a sheet with one good row and one to mend; nothing is stored."""
    page.set_input_files("input[name=file]", {"name": "firms.csv", "mimeType": "text/csv", "buffer": _FIRMS})
    steps.go(page, "main form[enctype] button.button")
    page.wait_for_selector("input[name=sealed]", state="attached")


def _open_first(page: Page) -> None:
    """Open the first card."""
    steps.go(page, "main .cards h3 a")
    page.wait_for_selector("main .facts")


_EDITION = "/indicators/readiness/readiness-2026.1/"
_ADOPTED = "/deliberation/sample-ai-strategy/"
_OPEN = "/deliberation/sample-training-centre/"


def _rebuild(page: Page) -> None:
    """Calculate one of the alliance's own indexes anew, which leads to its draft."""
    steps.go(page, "main form[action$='/build/alliance/'] button")
    page.wait_for_selector("form[action$='/delete/']")


#: the owner's first check in the sample, which colleagues answered too; its id is the same each time
_VOICES = "0ed97c53-4e98-5a4b-a1cb-0dd8c8dbc9b6"
_ASKED = "sector=10&country=TN&size=10-49"


def _sample_id(name: str) -> uuid.UUID:
    """Return the id of a thing of the sample, which is the same on every site."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"minga-sample/{name}")


_PANEL = f"/readiness/panels/{_sample_id('Food makers of Tunisia (sample)')}/"
_HEARING = f"/meetings/{_sample_id('Regional hearing in Sfax: AI in small workshops (sample)')}/"
_WORKSHOP = f"/meetings/{_sample_id('Workshop: first steps with machine data (sample)')}/"
_SEAT = f"/readiness/p/{_sample_id('All industry of Sfax (sample)/3')}/"


def _make_invitation(page: Page) -> None:
    """Set up a panel and invite the first person."""
    page.fill("input[name=name]", "Weavers of Sfax")
    page.select_option("select[name=country]", "TN")
    steps.go(page, "main form.stack button.button")
    steps.go(page, "main form[action$='/invite/'] button.button")
    page.wait_for_selector(".code")


#: the sample's conversation that is closed and reported
_REPORTED = "/deliberation/talk/sample-ai-for-industry/"
#: the sample's conversation that is open
TALK = "/deliberation/talk/sample-training-in-sfax/"


def _check_statements(page: Page) -> None:
    """Look at what would come in; nothing is written."""
    page.fill("textarea[name=lines]", "Every workshop has a trainer.")
    steps.go(page, "form[action$='/set-up/statements/'] button")
    page.wait_for_selector("input[name=sealed]", state="attached")


def _vote_and_look(page: Page) -> None:
    """Vote once, and look at one's own place: the vote is stored once its answer is there."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/vote/")):
        page.click("button[value=agree]")
    steps.go(page, "a[href$='/mine/']")
    page.wait_for_selector(".talk__votes")


def _add_and_mend(page: Page) -> None:
    """Add a statement, and open the page on which its author corrects or withdraws it."""
    page.fill("textarea[name=text]", "Weavers should lend each other their looms.")
    steps.go(page, "main form.stack p.row > button.button:not([name])")
    steps.go(page, "a[href$='/mine/']")
    steps.go(page, "main .talk__votes a[href*='/mine/']")
    page.wait_for_selector("button[value=withdraw]")


#: digits of a random number as letters, since a number might be one to call
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def _speak(page: Page) -> None:
    """Say something without an account, each time something else; the page with the code opens."""
    page.fill("textarea[name=point-1]", f"Teach in the evening, says {uuid.uuid4().hex.translate(_LETTERS)}.")
    steps.go(page, "main form.stack button.button")
    page.wait_for_selector(".code")


def _upload(page: Page) -> None:
    """Upload a letter, and wait for what the check found."""
    letter = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Train bakers first.\n\nThen buy ovens."}
    page.set_input_files("input[name=files]", letter)
    steps.go(page, "main form.stack button.button")
    # the page looks again by itself until the files are read
    page.wait_for_selector("main p.lead")


_OPEN_DRAFT = f"{_OPEN}drafts/curriculum/"


def _open_clause(page: Page) -> None:
    """Follow the number of a clause to its page."""
    steps.go(page, "main .clause__number")
    page.wait_for_selector("main .stages")


def _say_something(page: Page) -> None:
    """Comment on a clause, which shows the code of the receipt."""
    page.fill("textarea[name=text]", "Who is it for?")
    steps.go(page, "main form.stack button.button")
    page.wait_for_selector(".code")


def _open_receipt(page: Page) -> None:
    """Say something, and follow it with the code."""
    _speak(page)
    code = page.inner_text(".code")
    page.goto(f"{page.url.partition('/deliberation/')[0]}/deliberation/receipt/")
    page.fill("input[name=code]", code)
    steps.go(page, "main form.stack button.button")
    page.wait_for_selector(".chain")


PAGE_TYPES = (
    PageType("home", "/"),
    PageType("find help", "/knowledge/"),
    PageType("find help, filtered", "/knowledge/?country=TN&factor=skills"),
    PageType("find help, nothing found", "/knowledge/?q=xyzzyplugh"),
    PageType("record", lambda house: house.record),
    PageType("country", "/knowledge/countries/TN/"),
    PageType("start", "/readiness/"),
    PageType("start with a mistake", "/readiness/confirm/?sector=&country=TN&size=10-49", status=422),
    PageType("overlays", f"/readiness/confirm/?{_ASKED}"),
    PageType("answer", lambda house: f"{house.open_check}data_quality/", "guest"),
    PageType("check", lambda house: house.open_check, "guest"),
    PageType("goals", lambda house: f"{house.open_check}goals/", "guest"),
    PageType("continue later", lambda house: f"{house.open_check}keep/", "guest"),
    PageType("continue later, code made", lambda house: f"{house.open_check}keep/", "guest", then=_make_code),
    PageType("continue with code", "/readiness/resume/"),
    PageType("on paper", lambda house: f"{house.open_check}paper/", "guest"),
    PageType("typing in a paper form", lambda house: f"{house.open_check}paper/type/?form=full", "guest"),
    PageType("paper form by its code", "/readiness/paper/"),
    PageType("answers from elsewhere", "/readiness/import/", "secretariat"),
    PageType("check of a file of answers", "/readiness/import/", "secretariat", then=_check_file),
    PageType("answers as a file", lambda house: f"{house.open_check}draft/", "guest"),
    PageType("panels", "/readiness/panels/"),
    PageType("panel, set up", "/readiness/panels/new/", "secretariat"),
    PageType("panel, invitation", "/readiness/panels/new/", "secretariat", then=_make_invitation),
    PageType("panel, for those who run it", _PANEL, "secretariat"),
    PageType("panel, deleting", f"{_PANEL}delete/", "secretariat"),
    PageType("panel, result", f"{_PANEL}result/"),
    PageType("place in a panel", _SEAT, "adviser"),
    PageType("place in a panel, second round", f"{_SEAT}skills/", "adviser"),
    PageType("place in a panel, continue later", f"{_SEAT}keep/", "adviser"),
    PageType("place in a panel, leaving", f"{_SEAT}leave/", "adviser"),
    PageType("programmes", "/readiness/programmes/"),
    PageType("translations", "/readiness/translations/?language=ar"),
    PageType("compare two checks", lambda house: f"{house.owners_check}compare/", "owner"),
    PageType("programmes of a check", lambda house: f"{house.open_check}programmes/", "guest"),
    PageType("delete", lambda house: f"{house.open_check}delete/", "guest"),
    PageType("report", lambda house: f"{house.finished_check}report/", "guest"),
    PageType("report with too few answers", lambda house: f"{house.thin_check}report/", "guest"),
    PageType("report with peers", lambda house: f"{house.owners_check}report/", "owner"),
    PageType("report with voices", f"/readiness/a/{_VOICES}/report/", "owner"),
    PageType("my checks", "/readiness/mine/", "owner"),
    PageType("evidence", lambda house: f"{house.owners_check}evidence/", "owner"),
    PageType("evidence of a question", lambda house: f"{house.owners_check}evidence/INT1/", "owner"),
    PageType("validation, done", lambda house: f"{house.owners_check}validation/", "owner"),
    PageType("validations to make", "/readiness/validations/", "assessor"),
    PageType("validation, overview", lambda house: house.validation, "assessor"),
    PageType("validation, one factor", lambda house: f"{house.validation}items/integration/", "assessor"),
    PageType("list for the visit", lambda house: f"{house.validation}visit/", "assessor"),
    PageType("queue of validations", "/readiness/queue/", "secretariat"),
    PageType("choose an assessor", lambda house: house.queued, "secretariat"),
    PageType("colleagues", lambda house: f"{house.differing}colleagues/", "guest"),
    PageType("invitation", lambda house: f"{house.open_check}colleagues/", "guest", then=_make_code),
    PageType("agree on a level", lambda house: f"{house.differing}agreement/", "guest"),
    PageType("who is let in", lambda house: f"{house.open_check}sharing/", "guest"),
    PageType("colleague's questions", lambda house: house.colleague, "colleague"),
    PageType("colleague answers", lambda house: f"{house.colleague}integration/", "colleague"),
    PageType("colleague continues later", lambda house: f"{house.colleague}keep/", "colleague", then=_make_code),
    PageType("colleague deletes", lambda house: f"{house.colleague}delete/", "colleague"),
    PageType("my clients", "/readiness/clients/", "adviser"),
    PageType("client's paper", "/readiness/clients/", "adviser", then=_print_paper),
    PageType("begin for a client", "/readiness/clients/new/", "adviser"),
    PageType("check of a client", lambda house: house.client, "adviser"),
    PageType("client's answers", lambda house: f"{house.client}integration/", "adviser"),
    PageType("conversation", TALK),
    PageType("conversation, inside another site", f"{TALK}embed/"),
    PageType("conversation, adding a statement", f"{TALK}add/"),
    PageType("conversation, about me", f"{TALK}about-me/"),
    PageType("conversation, my place", TALK, then=_vote_and_look),
    PageType("conversation, a statement of one's own", f"{TALK}add/", then=_add_and_mend),
    PageType("conversation, report", f"{_REPORTED}report/"),
    PageType("conversation, all statements", f"{_REPORTED}report/statements/?order=A"),
    PageType("conversation, routing log", f"{_REPORTED}report/routing/"),
    PageType("conversation, one statement", f"{_REPORTED}report/3/"),
    PageType("conversation, moderation log", f"{_REPORTED}log/"),
    PageType("conversation, report for the team", f"{_REPORTED}report/", "secretariat"),
    PageType("conversation, flagged votes", f"{_REPORTED}flags/?decision=all", "secretariat"),
    PageType("conversation, queue", f"{TALK}queue/?state=", "secretariat"),
    PageType("conversation, one statement in the queue", f"{TALK}queue/1/", "secretariat"),
    PageType("conversation, set-up", f"{TALK}set-up/", "secretariat"),
    PageType("conversation, first statements", f"{TALK}set-up/", "secretariat", then=_check_statements),
    PageType("conversation, invitation codes", f"{TALK}codes/", "secretariat"),
    PageType("conversation, setting one up", f"{_OPEN}desk/conversations/new/", "secretariat"),
    PageType("consultations", "/deliberation/"),
    PageType("consultation that is open", _OPEN),
    PageType("consultation that was adopted", _ADOPTED),
    PageType("round of a consultation", f"{_OPEN}rounds/2/"),
    PageType("speaking by form", f"{_OPEN}speak/"),
    PageType("speaking, the code of the receipt", f"{_OPEN}speak/", then=_speak),
    PageType("begin a consultation", "/deliberation/new/", "secretariat"),
    PageType("desk of a consultation", f"{_OPEN}desk/", "secretariat"),
    PageType("settings of a consultation", f"{_OPEN}desk/settings/", "secretariat"),
    PageType("rounds of a consultation", f"{_OPEN}desk/rounds/", "secretariat"),
    PageType("round, changing it", f"{_OPEN}desk/rounds/3/", "secretariat"),
    PageType("team of a consultation", f"{_OPEN}desk/team/", "secretariat"),
    PageType("voices", f"{_ADOPTED}voices/"),
    PageType("voice", f"{_ADOPTED}voices/1/"),
    PageType("themes", f"{_ADOPTED}themes/"),
    PageType("theme that everyone reads", f"{_ADOPTED}themes/1/"),
    PageType("coverage", f"{_ADOPTED}coverage/"),
    PageType("receipt", f"{_OPEN}speak/", then=_open_receipt),
    PageType("code of a receipt", "/deliberation/receipt/"),
    PageType("link of a receipt", "/deliberation/receipt/link/7QK4-0M2X-V9TB-3HFA/"),
    PageType("taking in", f"{_OPEN}desk/import/", "secretariat"),
    PageType("taking in, check of an upload", f"{_OPEN}desk/import/", "secretariat", then=_upload),
    PageType("taking in, takeaways of a meeting", f"{_OPEN}desk/import/meeting/", "secretariat"),
    PageType("taking in, statements of a conversation", f"{_OPEN}desk/import/conversation/", "secretariat"),
    PageType("sources", f"{_OPEN}desk/sources/", "secretariat"),
    PageType("source, typing one in", f"{_OPEN}desk/sources/new/", "secretariat"),
    PageType("source beside its voices", f"{_OPEN}desk/sources/1/", "secretariat"),
    PageType("theme board", f"{_OPEN}desk/themes/?in=all", "secretariat"),
    PageType("theme", f"{_OPEN}desk/themes/1/", "secretariat"),
    PageType("answers", f"{_OPEN}desk/answers/", "secretariat"),
    PageType("answer to a theme", f"{_OPEN}desk/answers/theme/1/", "secretariat"),
    PageType("answer to a voice", f"{_OPEN}desk/answers/voice/4/", "secretariat"),
    PageType("draft, adopted", f"{_ADOPTED}drafts/strategy/"),
    PageType("draft, changes of a version", f"{_ADOPTED}drafts/strategy/v/2/changes/"),
    PageType("clause", f"{_ADOPTED}drafts/strategy/", then=_open_clause),
    PageType("draft, open to comments", f"{_OPEN_DRAFT}"),
    PageType("note on a clause", f"{_OPEN_DRAFT}c/1/say/"),
    PageType("note on a clause, code", f"{_OPEN_DRAFT}c/1/say/", then=_say_something),
    PageType("drafts, for editors", f"{_OPEN}desk/drafts/", "secretariat"),
    PageType("draft, for editors", f"{_OPEN}desk/drafts/curriculum/", "secretariat"),
    PageType("draft, withdrawing", f"{_OPEN}desk/drafts/curriculum/withdraw/", "secretariat"),
    PageType("clause, for editors", f"{_OPEN}desk/drafts/curriculum/c/1/", "secretariat"),
    PageType("clause, adding", f"{_OPEN}desk/drafts/curriculum/add/", "secretariat"),
    PageType("clause, moving", f"{_OPEN}desk/drafts/curriculum/c/1/move/", "secretariat"),
    PageType("clause, splitting", f"{_OPEN}desk/drafts/curriculum/c/1/split/", "secretariat"),
    PageType("clause, merging", f"{_OPEN}desk/drafts/curriculum/c/1/merge/?with=2", "secretariat"),
    PageType("clause, taking out", f"{_OPEN}desk/drafts/curriculum/c/1/delete/", "secretariat"),
    PageType("draft, publishing", f"{_OPEN}desk/drafts/curriculum/publish/", "secretariat"),
    PageType("draft, adopting", f"{_OPEN}desk/drafts/curriculum/adopt/", "secretariat"),
    PageType("notes of readers", f"{_OPEN}desk/drafts/curriculum/notes/", "secretariat"),
    PageType("commitments", "/deliberation/commitments/"),
    PageType("commitments that are late", "/deliberation/commitments/?status=overdue"),
    PageType("commitment", "/deliberation/commitments/", then=_open_first),
    PageType("commitment, reporting", "/deliberation/commitments/", "secretariat", then=_open_first),
    PageType("commitments of a consultation", f"{_ADOPTED}commitments/"),
    PageType("commitments on the desk", f"{_ADOPTED}desk/commitments/", "secretariat"),
    PageType("commitment, making one", f"{_ADOPTED}desk/commitments/new/", "secretariat"),
    PageType("files of a consultation", f"{_ADOPTED}desk/files/", "secretariat"),
    PageType("indexes", "/indicators/"),
    PageType("index", "/indicators/readiness/"),
    PageType("unit of an index", f"{_EDITION}TN/"),
    PageType("figure of an index", f"{_EDITION}TN/skills/"),
    PageType("audit of an index", f"{_EDITION}audit/"),
    PageType("units compared", f"{_EDITION}compare/?u=TN&u=KE"),
    PageType("other weights", f"{_EDITION}what-if/?w_readiness=2"),
    PageType("index of companies", "/indicators/responsibility/"),
    PageType("workbench of indexes", "/indicators/build/", "secretariat"),
    PageType("upload of a table", "/indicators/build/new/", "secretariat"),
    PageType("draft of an index", "/indicators/build/", "secretariat", then=_rebuild),
    PageType("meetings", "/meetings/"),
    PageType("meeting that was held", _HEARING),
    PageType("meeting to come", _WORKSHOP),
    PageType("coming to a meeting", f"{_WORKSHOP}register/", "owner"),
    PageType("own calendar", "/meetings/calendar/", "owner"),
    PageType("new meeting", "/meetings/new/", "secretariat"),
    PageType("agenda", f"{_WORKSHOP}sessions/", "secretariat"),
    PageType("list of people at a meeting", f"{_HEARING}people/", "secretariat"),
    PageType("minutes", f"{_HEARING}minutes/", "secretariat"),
    PageType("takeaways", f"{_HEARING}takeaways/", "secretariat"),
    PageType("my page", "/members/me/", "owner"),
    PageType("my organization", lambda house: house.organization, "owner"),
    PageType("page of the secretariat", "/members/me/", "secretariat"),
    PageType("roles", "/members/roles/", "secretariat"),
    PageType("audit trail", "/members/trail/", "secretariat"),
    PageType("new organization", "/members/organizations/new/", "secretariat"),
    PageType("API tokens", "/members/me/tokens/", "owner"),
    PageType("second step", "/account/second-step/", "owner"),
    PageType("app with codes", "/account/second-step/totp/activate/", "owner", then=_give_password),
    PageType("new passkey", "/account/second-step/webauthn/add/", "owner", then=_give_password),
    PageType("passkeys", "/account/second-step/webauthn/", "owner"),
    PageType("lost second step", "/members/second-step/", "secretariat"),
    PageType("directory", "/members/organizations/"),
    PageType("privacy", "/members/privacy/"),
    PageType("sign in", "/account/login/"),
    PageType("sign up", "/account/signup/"),
    PageType("forgotten password", "/account/password/reset/"),
    PageType("API", "/api/"),
    PageType("accessibility", "/accessibility/"),
    PageType("404", "/nothing/stands/here/", status=404),
    PageType("403", "/account/login/", then=_send_without_seal),
)


#: The languages in which page types are looked at in turn, on a wide screen and on a phone: side by side they differ,
#: so that every page type meets two, and one of them is Arabic in three of four.
WIDE, ON_A_PHONE = ["en", "ar", "ar", "zh"], ["ar", "ru", "zh", "fr"]


def in_turn(languages: Sequence[str]) -> list[Any]:
    """Pair every page type with one of the languages in turn; with all of them where EVERY_PAGE is set.

    All pairs take a quarter of an hour. In turn the neighbours of a page, which share their parts with it, meet the
    languages that it does not meet.
    """
    every = bool(os.environ.get("EVERY_PAGE"))
    return [
        pytest.param(kind, language, id=f"{kind.name}-{language}")
        for place, kind in enumerate(PAGE_TYPES)
        for language in (dict.fromkeys(languages) if every else [languages[place % len(languages)]])
    ]
