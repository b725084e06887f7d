"""Read what stands in a PDF."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pypdf import PdfReader

from invoicing.rendering.assets import Assets
from invoicing.services.files import pdf_of

if TYPE_CHECKING:
    from invoicing.types import WholeDocument


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, with single spaces between words."""
    return " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages
    )


def drawn_text(document: WholeDocument) -> str:
    """Draw a document without pictures and return its text."""
    return text_of(pdf_of(document, Assets()))
