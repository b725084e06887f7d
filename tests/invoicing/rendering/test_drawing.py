"""Documents are read as XML, which is quicker, and look as if they had been read as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from billing_platform.benchmarks.pdf_documents import sample_document
from invoicing.rendering.assets import Assets
from invoicing.rendering.html import document_html
from invoicing.rendering.pdf import render_pdf
from tests.invoicing.rendering.test_setting import EVIL, named

if TYPE_CHECKING:
    from invoicing.types import WholeDocument

FOREIGN = named("株式会社 & Söhne «ООО»", language="de")


@pytest.mark.parametrize("whole", [sample_document(), named(EVIL), FOREIGN])
def test_it_is_well_formed(whole: WholeDocument) -> None:
    page = document_html(whole, Assets())

    assert ElementTree.fromstring(page).tag == "html"  # noqa: S314 (our own)


def test_it_looks_the_same_read_as_html(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_text: str) -> None:
        raise ElementTree.ParseError

    page = document_html(FOREIGN, Assets())
    quick = render_pdf(page, Assets(), identifier=b"1")
    monkeypatch.setattr(ElementTree, "fromstring", refuse)

    assert render_pdf(page, Assets(), identifier=b"1") == quick


def test_a_sign_that_xml_cannot_write_is_drawn_all_the_same() -> None:
    page = document_html(sample_document(), Assets()).replace("Outgoing", "Out\ufffegoing")

    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(page)  # noqa: S314 (our own)
    assert render_pdf(page, Assets(), identifier=b"1").startswith(b"%PDF-")
