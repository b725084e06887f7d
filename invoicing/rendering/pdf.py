"""A document's HTML as PDF. Fonts and style sheet are read once per process, and nothing is fetched."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from invoicing.errors import PdfUnavailable, RenderFailed

if TYPE_CHECKING:
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
    drawing = _drawing()
    try:
        made: bytes = drawing.draw(html, assets.files(), identifier, variant)
    except _FAULTS as error:
        raise RenderFailed from error
    return made


@lru_cache(maxsize=1)
def _drawing() -> Any:
    """Load what draws, by workers only: it takes a second and the libraries of Pango."""
    try:
        return import_module("invoicing.rendering.drawing")
    except OSError as error:
        raise PdfUnavailable from error
