"""The report as PDF: the figures of the page, words whole in every script, and nothing fetched from elsewhere."""

from __future__ import annotations

import io
import os
import re

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.test import Client

from minga.readiness.testing import address, page_of, start_in_browser
from minga.web import pdf

pytestmark = [pytest.mark.page, pytest.mark.once, pytest.mark.django_db]
needs_weasyprint = pytest.mark.skipif(
    not pdf.is_available() and os.environ.get("CI") != "true", reason="WeasyPrint and Pango are not installed"
)


FACTORS = ("integration", "data_quality", "safety", "inclusiveness", "skills", "culture", "policies")


def finished(client):
    assessment = start_in_browser(client)
    for place, factor in enumerate(
        ("integration", "data_quality", "safety", "inclusiveness", "skills", "culture", "policies")
    ):
        client.post(address("answer", assessment, factor), page_of(assessment, factor, str(place % 4)))
    client.post(address("submit", assessment))
    return assessment


def text_of(content: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@needs_weasyprint
def test_pdf_says_the_same_figures_as_the_page(client):
    assessment = finished(client)
    made = client.get(address("report_json", assessment)).json()
    response = client.get(address("report_pdf", assessment))
    assert response["Content-Type"] == "application/pdf"
    written = re.sub(r"\s+", " ", text_of(response.content))
    for node in made["factors"]:
        row = f"{node['name']} {node['score']:.1f} {node['lower']:.1f} – {node['upper']:.1f}"
        assert row in written
    assert f"Level {made['total']['score']:.1f} of 5" in written
    assert made["calculation"]["data_hash"] in written.replace(" ", "")


@needs_weasyprint
@pytest.mark.parametrize("language", ["ar", "zh", "ru"])
def test_words_of_the_drawing_stay_whole(client, language):
    assessment = finished(client)
    page = client.get(f"/{language}/readiness/a/{assessment.pk}/report/").content.decode()
    name = re.search(r'<svg class="chart".*?<text x=[^>]*y="18">([^<]+)', page, re.DOTALL)[1]
    drawn = "".join(
        pdf._drawing_on_paper(part, is_rtl=language == "ar") for part in pdf._parts(page) if 'class="chart"' in part
    )
    assert "<text" not in drawn
    assert re.search(
        rf'<span style="top: 5.0px; {"right" if language == "ar" else "left"}: [^"]+">{re.escape(name)}</span>', drawn
    )
    content = client.get(f"/{language}/readiness/a/{assessment.pk}/report.pdf").content
    assert content.startswith(b"%PDF")
    assert len(content) < 2_000_000


@needs_weasyprint
def test_nothing_is_fetched_from_elsewhere():
    fetch = pdf._fetcher().fetch
    for url in ("http://127.0.0.1:1/secret", "file:///etc/passwd", "http://testserver/static/../settings.py"):
        with pytest.raises((ValueError, SuspiciousFileOperation), match=r"from elsewhere|no static file|outside"):
            fetch(url)


def test_without_weasyprint_the_page_offers_no_pdf_and_the_address_says_how_to_print(client, monkeypatch):
    assessment = finished(client)
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    assert "report.pdf" not in client.get(address("report", assessment)).content.decode()
    response = client.get(address("report_pdf", assessment))
    assert response.status_code == 501
    assert "print it from your browser" in response.content.decode()


def test_nobody_else_gets_the_pdf(client):
    assert Client().get(address("report_pdf", finished(client))).status_code == 404


def test_paper_takes_the_light_colour_of_each_pair():
    css = ":root { --a: light-dark(#fff, #000); --b: light-dark(rgb(1, 2, 3), #000); }"
    assert pdf.on_paper(css) == ":root { --a: #fff; --b: rgb(1, 2, 3); }"


@needs_weasyprint
def test_pdf_holds_no_form_and_no_token(client):
    assessment = finished(client)
    page = client.get(address("report", assessment)).content.decode()
    written = text_of(client.get(address("report_pdf", assessment)).content)
    assert "May your scores count" in page
    assert "May your scores count" not in written
    assert re.search(r"[A-Za-z0-9]{64}", page)
    hashes = re.compile(r"sha256:\s*[0-9a-f\s]{64,}")
    assert not re.search(r"[A-Za-z0-9]{40,}", hashes.sub("", written))
