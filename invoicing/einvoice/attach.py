"""The electronic invoice within the PDF (Factur-X), called by who renders documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facturx import generate_from_binary

from invoicing.einvoice.xml import LEVEL, einvoice_xml

if TYPE_CHECKING:
    from invoicing.types import WholeDocument

# The XML says the same as the pages, so either may be read.
_RELATIONSHIP: Final = "alternative"


def with_xml(pdf_bytes: bytes, document: WholeDocument) -> bytes:
    """Return a PDF/A-3 with the document's electronic invoice inside.

    Args:
        pdf_bytes: the document as PDF/A-3, without attachments.
        document: the same, an issued invoice or credit note.

    Raises:
        EInvoiceSumsWrong, EInvoiceRefused: as `einvoice_xml`; the PDF is good without it.

    Source: Factur-X 1.0.9 / ZUGFeRD 2.4, profile EN 16931.
    """
    head, content = document.head, document.content
    title = f"{content['seller']['name']}: {head.number}"
    pdf: bytes = generate_from_binary(
        pdf_bytes,
        einvoice_xml(document, "cii"),
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,  # done when it was made
        check_schematron=False,
        pdf_metadata={
            "author": content["seller"]["name"],
            "keywords": "Factur-X, EN 16931",
            "title": title,
            "subject": title,
        },
        lang=str(content.get("language") or "en"),
        afrelationship=_RELATIONSHIP,
    )
    return pdf
