"""The benchmark of PDFs: a document of one page from its figures to its bytes, beside a bare render of the same page.

The bare render is WeasyPrint alone on HTML that is there already, with its fonts and style sheet cached and tables of
fixed columns: what is ours besides (words, figures, template) is the difference. No database is needed.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.benchmarks.pdf_documents import sample_document
from billing_platform.benchmarks.probes import rss_mb
from billing_platform.benchmarks.timing import seconds_of
from invoicing.errors import PdfUnavailable
from invoicing.rendering.assets import Assets, on_paper
from invoicing.rendering.html import document_html
from invoicing.rendering.pdf import ARCHIVE, render_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from invoicing.types import WholeDocument

GOAL_MS: Final = 140
ARCHIVE_GOAL_MS: Final = 190
# Of what is drawn after the warm-up.
MEMORY_GOAL_MB: Final = 10
# Until then a process takes what it keeps: 13 MB with the first 20 documents whose garbage is left to Python.
WARM_UP: Final = 40
_LINES: Final = 20
_IDENTIFIER: Final = b"bench-pdf-000000"


@dataclass(frozen=True, slots=True)
class PdfReport:
    """Milliseconds, medians; megabytes of the process.

    Attributes:
        pdf_ms, archive_ms: ours, from the frozen document, plain and as PDF/A-3b.
        bare_ms, bare_archive_ms: WeasyPrint alone on the same HTML.
        warmed_up, drawn: how many were drawn before the memory was watched, and while it was.
        rss_mb: after the warm-up, and after all.
    """

    repeat: int
    size: int
    pdf_ms: float
    bare_ms: float
    archive_ms: float
    bare_archive_ms: float
    warmed_up: int
    drawn: int
    rss_mb: tuple[float, float]

    def as_json(self) -> dict[str, float | int]:
        """Return the stable keys."""
        return {
            "pdf_ms": self.pdf_ms,
            "bare_ms": self.bare_ms,
            "pdfa3_ms": self.archive_ms,
            "bare_pdfa3_ms": self.bare_archive_ms,
            "bytes": self.size,
            "warmed_up": self.warmed_up,
            "drawn": self.drawn,
            "rss_mb_before": self.rss_mb[0],
            "rss_mb_after": self.rss_mb[1],
        }

    def as_lines(self) -> list[str]:
        """Return the figures for people, each with its goal."""
        before, after = self.rss_mb
        ours = f"PDF       ours {self.pdf_ms} ms   bare render {self.bare_ms} ms"
        archive = f"PDF/A-3b  ours {self.archive_ms} ms   bare render {self.bare_archive_ms} ms"
        memory = f"{before} MB after {self.warmed_up:,} PDFs, {after} MB after {self.drawn:,} more"
        return [
            f"one page of {_LINES} lines, logo, warm, medians of {self.repeat}; {self.size:,} bytes",
            f"{ours}   (goal <= {GOAL_MS})",
            f"{archive}   (goal <= {ARCHIVE_GOAL_MS})",
            f"memory    {memory}, {after - before:+.1f}   (goal +{MEMORY_GOAL_MB})",
        ]

    def problems(self) -> list[str]:
        """Return which goals are missed."""
        growth = self.rss_mb[1] - self.rss_mb[0]
        missed = (
            (self.pdf_ms > GOAL_MS, f"A PDF takes {self.pdf_ms} ms."),
            (self.archive_ms > ARCHIVE_GOAL_MS, f"A PDF/A-3 takes {self.archive_ms} ms."),
            (growth > MEMORY_GOAL_MB, f"The memory grew by {growth:.1f} MB."),
        )
        return [words for is_missed, words in missed if is_missed]


def measure_pdf(
    *, repeat: int, memory: int, tell: Callable[[str], None], warm_up: int = WARM_UP
) -> PdfReport:
    """Draw documents in this process.

    Args:
        repeat: PDFs timed of each kind, 1 or more; ours and the bare render in turn.
        memory: PDFs drawn for the memory, 10 or more; a tenth of them warm up.
        tell: takes the lines of progress.
        warm_up: drawn before the memory is watched, at least.

    Raises:
        BenchmarkError: this machine cannot draw PDFs.
    """
    document, assets = _document(), Assets(logo=on_paper(_logo()))
    html = document_html(document, assets)
    try:
        size = len(_draw(html, assets, None))
    except PdfUnavailable as error:
        raise BenchmarkError(str(error)) from error
    tell(f"Drawing {4 * repeat} PDFs for the time …")
    taken: dict[tuple[bool, str | None], list[float]] = {}
    for _ in range(repeat):
        for variant in (None, ARCHIVE):
            for is_ours, work in (
                (True, partial(_ours, document, assets, variant)),
                (False, partial(_draw, html, assets, variant)),
            ):
                taken.setdefault((is_ours, variant), []).append(seconds_of(work))
    tenth = memory // 10
    first, drawn = max(tenth, warm_up), memory - tenth
    return PdfReport(
        repeat=repeat,
        size=size,
        pdf_ms=_median_ms(taken[True, None]),
        bare_ms=_median_ms(taken[False, None]),
        archive_ms=_median_ms(taken[True, ARCHIVE]),
        bare_archive_ms=_median_ms(taken[False, ARCHIVE]),
        warmed_up=first,
        drawn=drawn,
        rss_mb=_memory(partial(_ours, document, assets, None), first, drawn, tell),
    )


def _document() -> WholeDocument:
    return sample_document(lines=_LINES, payment={}, payment_terms="", legal_text="")


def _ours(document: WholeDocument, assets: Assets, variant: str | None) -> bytes:
    return _draw(document_html(document, assets), assets, variant)


def _draw(html: str, assets: Assets, variant: str | None) -> bytes:
    return render_pdf(html, assets, identifier=_IDENTIFIER, variant=variant)


def _memory(
    draw: Callable[[], bytes], first: int, drawn: int, tell: Callable[[str], None]
) -> tuple[float, float]:
    for _ in range(first):
        draw()
    before = rss_mb()
    for number in range(first, first + drawn):
        if number % 1000 == 0:
            tell(f"  {number:,} PDFs: {rss_mb()} MB")
        draw()
    return before, rss_mb()


def _median_ms(seconds: Sequence[float]) -> float:
    return round(1000 * statistics.median(seconds), 1)


def _logo() -> bytes:
    """Return a logo as large as they are kept, with transparency."""
    picture = Image.new("RGBA", (480, 144))
    ImageDraw.Draw(picture).rounded_rectangle((0, 0, 143, 143), radius=32, fill="#f5b800")
    png = BytesIO()
    picture.save(png, format="PNG")
    return png.getvalue()
