"""WeasyPrint with what all documents share; imported by `invoicing.rendering.pdf` when the first PDF is drawn."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from invoicing.rendering.html import style_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

# It tells every step of every document.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)


class Files(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Answer from a few files; there is no network and no disk, whatever the address."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._files = files

    def fetch(self, url: str, headers: object = None) -> Any:
        """Return a picture.

        Raises:
            ValueError: there is none of this address; what asked for it goes without.
        """
        if url not in self._files:
            raise ValueError(f"A document shows its own pictures only, not {url[:100]}.")
        return URLFetcherResponse(url, self._files[url], {"Content-Type": "image/png"})


_FONTS: Final = FontConfiguration()
_STYLE: Final = weasyprint.CSS(string=style_sheet(), font_config=_FONTS, url_fetcher=Files({}))


def draw(html: str, files: Mapping[str, bytes], identifier: bytes, variant: str | None) -> bytes:
    """Return a PDF.

    Args:
        html: a whole page.
        files: all that it can show, by address.
        identifier: names the file within.
        variant: of WeasyPrint, or None.
    """
    page = weasyprint.HTML(string=html, url_fetcher=Files(files))
    made: bytes = page.write_pdf(
        font_config=_FONTS, stylesheets=[_STYLE], pdf_identifier=identifier, pdf_variant=variant
    )
    return made
