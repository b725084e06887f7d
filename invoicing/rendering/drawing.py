"""WeasyPrint with what all documents share; imported by `invoicing.rendering.pdf` when the first PDF is drawn."""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

import cssselect2
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from invoicing.rendering.html import style_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def _parsed(name: str) -> Any:
    return weasyprint.CSS(string=style_sheet(name), font_config=_FONTS, url_fetcher=Files({}))


_STYLE: Final = _parsed("document")
_ELEMENTS: Final = _parsed("elements")


class Page(weasyprint.HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """HTML whose elements are styled by our few rules; should WeasyPrint ever ask otherwise, by its own.

    Our template is well-formed, so that Python's parser of XML reads it, which is written in C: the one of HTML takes a
    tenth of a document's whole time. What is not well-formed, by a sign that XML cannot write, is read as HTML.
    """

    def __init__(self, html: str, fetcher: URLFetcher) -> None:
        try:
            root = ElementTree.fromstring(html)  # noqa: S314 (our own template, all texts in it escaped)
        except ElementTree.ParseError:
            super().__init__(string=html, url_fetcher=fetcher)
            return
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[Any]:  # noqa: FBT001, FBT002  # as it is called
        return [_ELEMENTS]


def draw(html: str, files: Mapping[str, bytes], identifier: bytes, variant: str | None) -> bytes:
    """Return a PDF.

    Args:
        html: a whole page.
        files: all that it can show, by address.
        identifier: names the file within.
        variant: of WeasyPrint, or None.
    """
    with _garbage_kept():
        page = Page(html, Files(files))
        made: bytes = page.write_pdf(
            font_config=_FONTS, stylesheets=[_STYLE], pdf_identifier=identifier, pdf_variant=variant
        )
    return made


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Look for garbage when a document is done: its boxes live until then, and looking again and again finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
