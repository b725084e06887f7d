"""The harness of the PDF benchmark: one page, every figure, and a missed goal is a fault."""

from __future__ import annotations

import io
from dataclasses import replace

from pypdf import PdfReader

from billing_platform.benchmarks.pdf import _document, measure_pdf
from invoicing.rendering.assets import Assets
from invoicing.services.files import pdf_of


def test_it_draws_one_page() -> None:
    assert len(PdfReader(io.BytesIO(pdf_of(_document(), Assets()))).pages) == 1


def test_every_figure_is_there_and_goals_are_goals() -> None:
    told: list[str] = []

    report = measure_pdf(repeat=1, memory=10, tell=told.append)

    found = report.as_json()
    assert all(value > 0 for value in found.values())
    assert found["drawn"] == 10
    assert len(report.as_lines()) == 4
    fine = replace(report, pdf_ms=140.0, archive_ms=190.0, rss_mb=(100.0, 110.0))
    assert fine.problems() == []
    assert len(replace(fine, pdf_ms=141.0, archive_ms=191.0, rss_mb=(9.0, 99.0)).problems()) == 3
