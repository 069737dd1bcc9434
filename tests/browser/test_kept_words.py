"""An answer that somebody is writing: words, the dot and the clause chosen outlive a reload, and a crash of the tab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import steps
from tests.browser.house import House

pytestmark = pytest.mark.browser

WHY = "The council discussed this in May and keeps to the earlier text."
_FORM = "/deliberation/sample-training-centre/desk/answers/voice/{}/"


@pytest.fixture
def karim(browser: Browser, house: House) -> Iterator[Page]:
    """Karim of the secretariat answers."""
    context = steps.new_context(browser, storage_state=house.remembers["secretariat"])
    yield context.new_page()
    context.close()


def write(page: Page, answer: str, words: str, *, clause: int = 0) -> None:
    """Fill the form without sending it."""
    page.check(f"input[name=answer][value={answer}]")
    if clause:
        page.select_option("select[name=covered_by]", index=clause)
    page.fill("textarea[name=reason]", words)


def send(page: Page) -> None:
    """Give the answer."""
    steps.go(page, "#give form button.button:not(.plain)")


def kept(page: Page) -> int:
    """Count what the browser keeps."""
    return int(page.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('minga-words')).length"))


def test_the_chosen_answer_and_clause_outlive_a_reload_as_the_words_do(karim: Page, house: House):
    karim.goto(f"{house.address}/en{_FORM.format(5)}")
    write(karim, "already_covered", WHY, clause=1)
    clause = karim.locator("select[name=covered_by]").input_value()
    assert clause
    context = karim.context
    karim.close(run_before_unload=False)
    again = context.new_page()
    again.goto(f"{house.address}/en{_FORM.format(5)}")
    expect(again.locator("input[name=answer]:checked")).to_have_value("already_covered")
    expect(again.locator("select[name=covered_by]")).to_have_value(clause)
    expect(again.locator("textarea[name=reason]")).to_have_value(WHY)
    expect(again.locator("[data-kept-old]")).to_be_hidden()
    send(again)
    expect(again.locator("#answer")).to_contain_text("already covered")
    expect(again.locator("#answer a[href*='/c/']")).to_be_visible()
    assert kept(again) == 0


def test_a_choice_alone_is_kept_and_the_last_one_counts(karim: Page, house: House):
    karim.goto(f"{house.address}/en{_FORM.format(3)}")
    chosen = karim.locator("input[name=answer]:checked")
    expect(chosen).to_have_count(0)
    karim.check("input[name=answer][value=rejected]")
    karim.reload()
    expect(chosen).to_have_value("rejected")
    karim.check("input[name=answer][value=out_of_scope]")
    karim.reload()
    expect(chosen).to_have_value("out_of_scope")


def test_what_was_chosen_before_somebody_else_answered_is_shown_in_words(browser: Browser, karim: Page, house: House):
    there = f"{house.address}/en{_FORM.format(4)}"
    karim.goto(there)
    write(karim, "out_of_scope", "My own words about whose business this is.")
    other = steps.new_context(browser, storage_state=house.remembers["secretariat"])
    nadia = other.new_page()
    nadia.goto(there)
    write(nadia, "rejected", WHY)
    send(nadia)
    other.close()
    karim.reload()
    expect(karim.locator("input[name=answer]:checked")).to_have_value("rejected")
    old = karim.locator("[data-kept-old]")
    expect(old).to_be_visible()
    expect(old).to_contain_text("out of scope")
    expect(old).to_contain_text("whose business this is")
    old.locator("button").click()
    assert kept(karim) == 0
