"""A document's HTML as PDF. Fonts and style sheet are read once per process, and nothing is fetched."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from invoicing.errors import PdfUnavailable, RenderFailed
from invoicing.rendering.html import style_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from invoicing.rendering.assets import Assets

# For an archive, and for the XML of an electronic invoice inside (ISO 19005-3, level B).
ARCHIVE: Final = "pdf/a-3b"
# What a library of its size may stumble over in a text that nobody has tried; each is one document's fault.
_FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class _Engine:
    """WeasyPrint with what all documents share."""

    html: Any
    response: Any
    fonts: Any
    style: Any


def render_pdf(
    html: str, assets: Assets, *, identifier: bytes, variant: str | None = None
) -> bytes:
    """Return a PDF.

    Args:
        html: of `document_html`.
        assets: the pictures that it names; any other address finds nothing.
        identifier: names the file within (its digest), so that the same document gives the same bytes.
        variant: ARCHIVE, or None for a plain one.

    Raises:
        PdfUnavailable: this machine lacks Pango.
        RenderFailed: it could not be laid out.
    """
    engine = _engine()
    try:
        page = engine.html(string=html, url_fetcher=_only(assets.files(), engine))
        made: bytes = page.write_pdf(
            font_config=engine.fonts,
            stylesheets=[engine.style],
            pdf_identifier=identifier,
            pdf_variant=variant,
        )
    except _FAULTS as error:
        raise RenderFailed from error
    return made


def _only(files: Mapping[str, bytes], engine: _Engine) -> Any:
    """Return a fetcher that knows nothing but these files: no network, no disk."""

    def fetch(url: str) -> Any:
        if url not in files:
            raise ValueError(f"A document shows its own pictures only, not {url[:100]}.")
        return engine.response(url, files[url], {"Content-Type": "image/png"})

    return fetch


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """Load WeasyPrint on first use, by workers only: it takes a second and the libraries of Pango."""
    try:
        weasyprint = import_module("weasyprint")
        fonts = import_module("weasyprint.text.fonts").FontConfiguration()
        response = import_module("weasyprint.urls").URLFetcherResponse
    except OSError as error:
        raise PdfUnavailable from error
    # It tells every step of every document.
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    style = weasyprint.CSS(string=style_sheet(), font_config=fonts, url_fetcher=_refuse)
    return _Engine(weasyprint.HTML, response, fonts, style)


def _refuse(url: str) -> Any:
    raise ValueError(f"The style sheet of documents asks for nothing, not even {url[:100]}.")
