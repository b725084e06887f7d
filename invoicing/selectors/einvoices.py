"""Whether a provider's documents are electronic invoices, and why one is not. Called by pages and by who renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoicing.einvoice.fields import TYPE_CODES
from invoicing.einvoice.xml import einvoice_xml
from invoicing.errors import EInvoiceRefused
from tenants.registry_documents import DOCUMENTS_EINVOICE
from tenants.registry_tax import TAX_ROUNDING
from tenants.selectors.settings import get_settings

if TYPE_CHECKING:
    from invoicing.types import WholeDocument


def sends_einvoices(provider_id: int) -> bool:
    """Return whether a provider's invoices and credit notes are electronic ones, too; by one query.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.

    Source: EN 16931-1:2017, BR-CO-17: tax is rounded once per rate, so rounding on lines rules it out.
    """
    is_on, rounding = get_settings(provider_id, DOCUMENTS_EINVOICE, TAX_ROUNDING)
    return bool(is_on) and rounding == "document"


def is_of_a_kind(document: WholeDocument) -> bool:
    """Return whether a document is of a kind that electronic invoices are of, and issued."""
    return document.head.kind in TYPE_CODES and bool(document.head.number)


def why_no_einvoice(document: WholeDocument) -> str:
    """Return why a document cannot be an electronic invoice, in words; "" when it can.

    Args:
        document: issued.
    """
    try:
        einvoice_xml(document, "cii")
    except EInvoiceRefused as error:
        return error.message
    return ""
