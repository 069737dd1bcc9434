"""At 320 px nothing is cut or scrolls sideways, chart text stays readable, and no page has a script or CSP error.

Where a page stands open on the phone anyway, axe looks at it in that language too.
"""

from __future__ import annotations

import pytest

from tests.browser.barriers import bring_axe, other_faults
from tests.browser.page_types import ON_A_PHONE, PAGE_TYPES, PageType, in_turn
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser

_PHONE = {"viewport": {"width": 320, "height": 700}}

#: Texts that leave the screen without standing in something that scrolls inside itself.
_CUT = """() => {
  const cut = [], wide = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const look = getComputedStyle(up);
      if (/auto|scroll/.test(look.overflowX) || look.clipPath !== "none" || up.matches(".skip")) return true;
    }
    return false;
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, holder = text.parentElement;
    if (!text.textContent.trim() || holder.closest("option, script, style") || !holder.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects())
      if (box.width && (box.left < -1 || box.right > wide + 1) && !scrolls(holder)) {
        cut.push(text.textContent.trim().slice(0, 80));
        break;
      }
  }
  return cut;
}"""

#: Texts in drawings that are smaller than 12 px on the screen.
_SMALL = """() => [...document.querySelectorAll("svg text")].filter((text) => text.checkVisibility()
  && parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b) < 12)
  .map((text) => text.textContent)"""


@pytest.mark.parametrize(("kind", "language"), in_turn(ON_A_PHONE))
def test_page_fits_a_phone(kind: PageType, language: str, visits: Visits):
    page = visits.open(kind, language, **_PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, f"{kind.name} is {width} px wide"
    assert page.evaluate(_CUT) == []
    assert page.evaluate(_SMALL) == []
    assert visits.heard(page) == []
    bring_axe(page)
    assert other_faults(page) == [], f"{kind.name}, {language}"


def test_the_check_finds_a_planted_overflow(visits: Visits):
    page = visits.open(PAGE_TYPES[0], "en", **_PHONE)
    page.evaluate("""() => { const wide = document.createElement("p"); wide.textContent = "w".repeat(90);
      wide.className = "planted"; document.querySelector("main").append(wide);
      const sheet = new CSSStyleSheet(); sheet.replaceSync(".planted { overflow-wrap: normal; white-space: nowrap }");
      document.adoptedStyleSheets = [sheet]; }""")
    assert page.evaluate("document.documentElement.scrollWidth") > 320
    assert page.evaluate(_CUT) != []


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_the_languages_are_one_touch_away_on_a_phone(language: str, visits: Visits):
    page = visits.open(PAGE_TYPES[0], language, **_PHONE)
    door = page.locator(".masthead__languages summary")
    box = door.bounding_box()
    assert box is not None
    assert box["y"] < 60
    assert box["height"] >= 44
    door.click()
    for code in sorted({"en", "fr", "es", "ru", "ar", "zh"} - {language}):
        box = page.locator(f".masthead a[hreflang={code}]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 44


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_menu_shows_the_whole_name_of_the_page_one_is_on(language: str, visits: Visits):
    """The row of the menu is longer than a phone is wide, so it begins where one is."""
    kind = next(one for one in PAGE_TYPES if one.name == "consultations")
    page = visits.open(kind, language, **_PHONE)
    box = page.locator(".masthead nav a[aria-current]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
