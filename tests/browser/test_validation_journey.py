"""From a photo to a validated report: owner, secretariat and assessor, each in a browser of their own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.house import Logins
from tests.sites import Site

pytestmark = pytest.mark.browser

#: A check of the sample's owner, answered in full and submitted; nobody has looked at it.
_READY = """
from django.utils import timezone
from minga.members.models import Account
from minga.readiness import report, selectors, services
from minga.readiness.models import Answer
owner = Account.objects.get(email="owner@sample.example")
check = services.start_assessment(
    country="TN", sector="25", size="10-49", language="en", form="full", name="Sample Journey {name}", account=owner,
    is_sample=True,
)
Answer.objects.bulk_create(
    Answer(assessment=check, item=item.id, given="level", level=3, saved_at=timezone.now())
    for item in selectors.instrument_of(check, "en").items_of(None, "full")
)
services.submit_assessment(assessment=check, scores=report.score_rows(check))
print(check.pk)
"""


@contextmanager
def _as(browser: Browser, address: str, login: tuple[str, str], *, script: bool = True) -> Iterator[Page]:
    with steps.someone(browser, height=900, script=script) as page:
        steps.sign_in(page, address, *login)
        yield page


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo as telephones take them: large, and noisy enough not to shrink by itself."""
    path = tmp_path_factory.mktemp("photos") / "IMG_0815.jpg"
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(path, "JPEG", quality=92)
    assert path.stat().st_size > 1_000_000
    return path


def _upload(page: Page, check: str, item: str, photo: Path, caption: str) -> int:
    """Add a photo on the page of a question; return how large the kept one is, as its owner gets it."""
    page.goto(f"{check}evidence/{item}/")
    page.set_input_files("input[type=file]", photo)
    page.fill("input[name=caption]", caption)
    return _sent(page, caption)


def _sent(page: Page, caption: str) -> int:
    page.locator("form[data-evidence] button").click()
    expect(page.locator(".messages")).to_contain_text("The evidence is kept")
    picture = page.locator(f".files-kept img[alt='{caption}']")
    expect(picture).to_be_visible()
    body = page.request.get(f"{page.url.split('/en/')[0]}{picture.get_attribute('src')}").body()
    with Image.open(io.BytesIO(body)) as kept:
        assert not kept.getexif()
    return len(body)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_check_is_shown_judged_visited_and_validated(
    script: bool, site: Site, browser: Browser, address: str, logins: Logins, photo: Path
):
    name = f"{'with' if script else 'without'} script"
    check = f"{address}/en/readiness/a/{site.python(_READY.format(name=name)).splitlines()[-1]}/"

    with _as(browser, address, logins["owner"], script=script) as owner:
        owner.goto(f"{check}evidence/INT1/")
        owner.set_input_files("input[type=file]", photo)
        if script:
            expect(owner.locator("[data-say]")).to_contain_text("made smaller")
        owner.fill("input[name=caption]", "Plan on the wall")
        size = _sent(owner, "Plan on the wall")
        assert (size <= 300 * 1024) is script
        _upload(owner, check, "SKL1", photo, "List of jobs")
        owner.goto(f"{check}validation/")
        expect(owner.locator("main")).to_contain_text("2 questions have evidence")
        owner.check("input[name=understood]")
        steps.go(owner, "main form:has(input[name=understood]) button")
        expect(owner.locator("main")).to_contain_text("requested")

    with _as(browser, address, logins["secretariat"], script=script) as secretariat:
        secretariat.goto(f"{address}/en/readiness/queue/")
        row = secretariat.locator("tr", has_text=f"Sample Journey {name}")
        steps.go(secretariat, row.locator("a"))
        expect(secretariat.locator("main")).not_to_contain_text("Plan on the wall")
        secretariat.locator("label", has_text="Chloé Sample").locator("input").check()
        steps.go(secretariat, "main form:has(input[name=assessor]) button")
        expect(secretariat.locator(".messages")).to_contain_text("The assessor is asked")
        assert secretariat.goto(check).status == 404

    with _as(browser, address, logins["assessor"], script=script) as assessor:
        assessor.goto(f"{address}/en/readiness/validations/")
        steps.go(assessor, assessor.locator("th a", has_text=f"Sample Journey {name}"))
        expect(assessor.locator("main")).not_to_contain_text("Integration")
        assessor.check("input[name=has_conflict][value=no]")
        steps.go(assessor, "main form button.button")
        overview = assessor.url
        steps.go(assessor, ".factors a >> nth=0")
        shown = assessor.locator("#item-INT1 li a").first
        picture = assessor.request.get(f"{address}{shown.get_attribute('href')}")
        assert picture.headers["content-type"] == "image/jpeg"
        assert "sandbox" in picture.headers["content-security-policy"]
        assessor.check("input[name=INT1-level][value='1']")
        assessor.fill("textarea[name=INT1-comment]", "The plan is from last year")
        assessor.check("input[name=INT2-visit]")
        steps.go(assessor, "main form button.button:not([name])")
        assessor.goto(f"{overview}visit/")
        assessor.emulate_media(media="print")
        expect(assessor.locator("textarea[name=INT2-comment]")).to_be_visible()
        expect(assessor.locator(".masthead nav")).to_be_hidden()
        assert len(assessor.pdf()) > 5_000
        assessor.emulate_media(media="screen")
        assessor.fill("input[name=visited_on]", datetime.now(UTC).date().isoformat())
        assessor.check("input[name=INT2-level][value='4']")
        assessor.fill("textarea[name=INT2-comment]", "Seen at two machines")
        steps.go(assessor, "form.visit button")
        expect(assessor.locator("main")).to_contain_text("Still open")
        steps.go(assessor, "main form[action$='/confirm/'] button")
        expect(assessor.locator(".messages")).to_contain_text("1 level of the business is confirmed")
        assessor.fill("form[action$='/complete/'] textarea", "Sound; the plan needs a new date.")
        assessor.check("form[action$='/complete/'] input[name=understood]")
        steps.go(assessor, "form[action$='/complete/'] button")
        expect(assessor.locator(".messages")).to_contain_text("validated for two years")
        assert assessor.goto(overview).status == 404

    with _as(browser, address, logins["owner"], script=script) as owner:
        owner.goto(f"{check}report/")
        expect(owner.locator(".report__status")).to_contain_text(re.compile(r"validated until \d+ \w+ 20\d\d"))
        row = owner.locator("table tr", has_text="The plan is from last year")
        expect(row.locator("td").nth(0)).to_have_text("3")
        expect(row.locator("td").nth(1)).to_have_text("1")
        expect(owner.locator("table tr", has_text="Seen at two machines")).to_contain_text("the visit")
        expect(owner.locator("main")).to_contain_text("Sound; the plan needs a new date.")
        expect(owner.locator("main")).not_to_contain_text("Chloé")
