"""Whoever asks for several large PDFs at once does not stop the site for others."""

from __future__ import annotations

import threading
import time

import pytest
from django.test import RequestFactory

from minga.web import pdf

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def slow(monkeypatch):
    """Let a PDF take as long as the test wishes; count those that are drawn at the same moment."""
    goes_on, drawn = threading.Event(), {"now": 0, "most": 0}

    def render(html, address):
        drawn["now"] += 1
        drawn["most"] = max(drawn["most"], drawn["now"])
        assert goes_on.wait(120)
        drawn["now"] -= 1
        return b"%PDF-"

    monkeypatch.setattr(pdf, "render", render)
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    return goes_on, drawn


def test_one_is_drawn_one_waits_and_the_third_is_told_to_come_again(slow):
    goes_on, drawn = slow
    request = RequestFactory().get("/en/", headers={"host": "localhost"})
    answers = []
    asked = [threading.Thread(target=lambda: answers.append(pdf.answer(request, str, "a.pdf"))) for _ in range(2)]
    for one in asked:
        one.start()
    patience = time.monotonic() + 120
    while pdf._PLACES._value and time.monotonic() < patience:  # until both have their places
        time.sleep(0.01)
    refused = pdf.answer(request, str, "a.pdf")
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert "Content-Disposition" not in refused, "a page is no file"
    goes_on.set()
    for one in asked:
        one.join(120)
    assert [one.status_code for one in answers] == [200, 200]
    assert drawn["most"] == 1
    assert pdf.answer(request, str, "a.pdf").status_code == 200, "the places are free again"


def test_a_page_that_cannot_be_drawn_frees_its_place(slow, monkeypatch):
    def broken(html, address):
        raise ValueError("no font")

    monkeypatch.setattr(pdf, "render", broken)
    request = RequestFactory().get("/en/", headers={"host": "localhost"})
    for _turn in range(3):
        with pytest.raises(ValueError, match="no font"):
            pdf.answer(request, str, "a.pdf")


def test_only_what_everyone_may_read_is_kept(monkeypatch):
    drawn = []
    monkeypatch.setattr(pdf, "render", lambda html, address: drawn.append(html) or b"%PDF-")
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    request = RequestFactory().get("/en/", headers={"host": "localhost"})
    for _turn in range(2):
        pdf.answer(request, lambda: "for all", "a.pdf", is_public=True)
        pdf.answer(request, lambda: "for one", "b.pdf")
    assert drawn == ["for all", "for one", "for one"]
