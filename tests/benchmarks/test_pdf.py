"""The harness of the PDF benchmark: one page, every figure, and a missed goal is a fault."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from pypdf import PdfReader

from billing_platform.benchmarks import pdf
from billing_platform.benchmarks.pdf import _document, measure_pdf
from invoicing.rendering.assets import Assets
from invoicing.services.files import pdf_of

if TYPE_CHECKING:
    import pytest


def test_it_draws_one_page() -> None:
    assert len(PdfReader(io.BytesIO(pdf_of(_document(), Assets()))).pages) == 1


def test_every_figure_is_there_and_goals_are_goals() -> None:
    told: list[str] = []

    report = measure_pdf(repeat=1, memory=10, tell=told.append, warm_up=2)

    found = report.as_json()
    assert all(value > 0 for value in found.values())
    assert (found["warmed_up"], found["drawn"]) == (2, 9)
    assert len(report.as_lines()) == 4
    fine = replace(report, pdf_ms=140.0, archive_ms=190.0, rss_mb=(100.0, 110.0))
    assert fine.problems() == []
    assert len(replace(fine, pdf_ms=141.0, archive_ms=191.0, rss_mb=(9.0, 99.0)).problems()) == 3


def test_the_memory_is_watched_after_the_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(html: str, *_more: object) -> bytes:
        drawn.append(html)
        return b"x"

    monkeypatch.setattr(pdf, "_draw", draw)
    monkeypatch.setattr(pdf, "rss_mb", lambda: float(len(drawn)))

    few = measure_pdf(repeat=1, memory=20, tell=lambda _words: None)
    many = measure_pdf(repeat=1, memory=1000, tell=lambda _words: None)

    # One for its size and four for the time come first.
    assert few.rss_mb == (5.0 + pdf.WARM_UP, 5.0 + pdf.WARM_UP + 18)
    assert many.rss_mb[1] - many.rss_mb[0] == 900
    assert (few.warmed_up, many.warmed_up) == (pdf.WARM_UP, 100)
