"""What the law wants known of a buyer before its invoice is issued. Called at issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from invoicing.enums import DocumentKind, SourceType
from invoicing.errors import BuyerIncomplete, StateLearnt
from tax.errors import StateMissing
from tax.selectors.rates import INDIA_STATES
from tenants.registry_documents import DOCUMENTS_IRN
from tenants.registry_tax import TAX_ONLINE_INDIA
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from invoicing.models import Document

_INDIA: Final = "IN"
# 50,000 rupees.
_TOLD_FROM_MINOR: Final = 5_000_000


def told_buyer(row: Document, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the buyer as the document names it.

    Args:
        row: about to be issued.
        content: of `frozen_content`.

    Returns:
        JSON, as in `content`; of a buyer without GSTIN from 50,000 rupees on with its address of delivery, which is its
        own where there is no other.

    Raises:
        BuyerIncomplete: name, address or state of such a buyer is not known; of online services the state of any.
        StateLearnt: such a service was taxed in the provider's state before the buyer's was known as another, by its
            address or its GSTIN.

    Source: CGST Rules 2017, rule 46 (f) with its proviso, and (o); CBIC Circular 242/36/2024-GST.
    """
    buyer = dict(content["buyer"])
    is_online = _is_first(row) and bool(
        row.tax_minor and get_setting(row.provider_id, TAX_ONLINE_INDIA)
    )
    if not _is_to_unregistered(row, content):
        if is_online and _is_gstin(content):
            _check_place(content, buyer["tax_id"][:2])
        return buyer
    if is_online:
        if buyer["region"] not in INDIA_STATES:
            raise BuyerIncomplete(message=StateMissing().message)
        _check_place(content, buyer["region"])
    if not _is_large(row):
        return buyer
    if not (buyer["name"] and buyer["street"] and buyer["region"] in INDIA_STATES):
        raise BuyerIncomplete
    return {**buyer, "delivery": buyer["delivery"] or buyer["address"]}


def has_irn(row: Document, content: Mapping[str, Any]) -> bool:
    """Return whether a document has to be registered with India's portal before it counts as one.

    Args:
        row: about to be issued; its provider's scope is open.
        content: of `frozen_content`.

    Source: CGST Rules 2017, rule 48 (4) and (5): invoices and credit notes to registered persons, and exports, of
        suppliers that are notified.
    """
    seller, buyer, tax = (content[name] for name in ("seller", "buyer", "tax"))
    is_business = bool(tax.get("customer_number") or buyer["tax_id"])
    return (
        row.kind in (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)
        and seller["country"] == _INDIA
        and (is_business or buyer["country"] not in {"", _INDIA})
        and bool(get_setting(row.provider_id, DOCUMENTS_IRN))
    )


def _check_place(content: Mapping[str, Any], state: str) -> None:
    """Refuse what was taxed in a state that was assumed, and which the buyer's is not.

    The state on the invoice counts as the address on record, which places the supply, and so does that of a GSTIN:
    CGST and SGST of the provider's own state would contradict it. A buyer that moved keeps the place of its order.
    """
    place = (content.get("tax") or {}).get("place") or {}
    if place.get("is_assumed") and place["region"] != state:
        raise StateLearnt


def _is_first(row: Document) -> bool:
    """Return whether a document is the first of its supply: what follows has to say the same as what was issued."""
    return row.kind == DocumentKind.INVOICE and row.source_type != SourceType.DOCUMENT


def _is_gstin(content: Mapping[str, Any]) -> bool:
    """Return whether an Indian buyer is named with a number that begins with its state."""
    seller, buyer = content["seller"], content["buyer"]
    is_indian = (seller["country"], buyer["country"]) == (_INDIA, _INDIA)
    return is_indian and buyer["tax_id"][:2] in INDIA_STATES


def _is_large(row: Document) -> bool:
    net_minor = row.subtotal_minor - row.discount_minor
    return row.currency == "INR" and net_minor >= _TOLD_FROM_MINOR


def _is_to_unregistered(row: Document, content: Mapping[str, Any]) -> bool:
    seller, buyer, tax = (content[name] for name in ("seller", "buyer", "tax"))
    return (
        row.kind == DocumentKind.INVOICE
        and seller["country"] == _INDIA
        and buyer["country"] in {"", _INDIA}
        and not (tax.get("customer_number") or buyer["tax_id"])
    )
