"""A document as the fields of EN 16931 (BT and BG), as the library takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.currencies import exponent
from invoicing.einvoice.breakdown import vat_groups
from invoicing.einvoice.lines import line_fields
from invoicing.einvoice.parties import (
    OWED_BY_SELLER,
    buyer_party,
    representative_party,
    seller_party,
)
from invoicing.einvoice.sums import check_sums
from invoicing.einvoice.texts import amount, figure, minor, plain
from invoicing.enums import DocumentKind
from invoicing.errors import EInvoiceRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from invoicing.einvoice.breakdown import VatGroup
    from invoicing.types import WholeDocument

# UNTDID 1001: commercial invoice and credit note.
CREDIT_NOTE: Final = "381"
TYPE_CODES: Final = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: CREDIT_NOTE}
_PLACES_MAX: Final = 2
# UNTDID 4461: credit transfer, and the SEPA one.
_TRANSFER, _SEPA_TRANSFER = "30", "58"
# UNTDID 5189: discount.
_DISCOUNT: Final = "95"
# Reasons that the European list of codes (VATEX) has a word for; the standard also takes the text.
_REASON_CODES: Final = {"AE": "VATEX-EU-AE", "O": "VATEX-EU-O", "G": "VATEX-EU-G"}


def en16931_fields(document: WholeDocument) -> dict[str, Any]:
    """Return the fields of a document; its sums are checked.

    Args:
        document: an issued invoice or credit note.

    Raises:
        EInvoiceSumsWrong: the sums break a rule.
        EInvoiceRefused: another kind of document, a currency with three places, or what EN 16931 demands is missing.

    Source: EN 16931-1:2017 (BT and BG numbers); BR-DEC-09 and its like (two places at most).
    """
    head, content = document.head, document.content
    if head.kind not in TYPE_CODES or not head.number or head.issued_on is None:
        words = _("Only issued invoices and credit notes can be electronic invoices.")
        raise EInvoiceRefused("einvoice_kind", words)
    currency = head.total.currency
    if exponent(currency) > _PLACES_MAX:
        words = _("EN 16931 knows two decimal places; %(currency)s has more.")
        raise EInvoiceRefused("einvoice_currency", words % {"currency": currency})
    groups = vat_groups(document)
    check_sums(document, groups)
    categories = frozenset(group.category for group in groups)
    by_tax_group = {name: group for group in groups for name in group.tax_groups}
    with override(str(content.get("language") or "en")):
        return {
            "BT-1": head.number,
            "BT-2": head.issued_on,
            "BT-3": TYPE_CODES[DocumentKind(head.kind)],
            "BT-5": currency,
            **_accounting(content),
            # Without a day of supply the CII has no valid delivery.
            "BT-72": head.supplied_on,
            **_period(document),
            "BG-1": _notes(document, categories),
            "BG-3": _corrected(document),
            "BG-4": seller_party(content, categories),
            "BG-7": buyer_party(content, categories),
            **representative_party(content, categories),
            **_payment(document),
            "BG-20": _discounts(groups, currency),
            "BG-23": [_breakdown(group, currency) for group in groups],
            "BG-25": [
                line_fields(line, by_tax_group[line.tax_group], currency) for line in document.lines
            ],
            **_totals(document),
        }


def _accounting(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the tax in the currency in which it is declared; the standard has room for one (BR-53)."""
    told: list[dict[str, Any]] = content.get("national_tax") or []
    if len(told) != 1:
        return {}
    only = told[0]
    return {"BT-6": only["currency"], "BT-111": minor(only["tax_minor"], only["currency"])}


def _totals(document: WholeDocument) -> dict[str, str]:
    head = document.head
    # What came in after the issue is no part of the document.
    paid = head.total if head.is_paid_at_issue else head.credit_used
    found = {
        "BT-106": amount(head.subtotal),
        "BT-109": amount(head.subtotal - head.discount),
        "BT-110": amount(head.tax),
        "BT-112": amount(head.total),
        "BT-115": amount(head.total - paid),
    }
    if head.discount:
        found["BT-107"] = amount(head.discount)
    if paid:
        found["BT-113"] = amount(paid)
    return found


def _period(document: WholeDocument) -> dict[str, Any]:
    period = document.head.period
    return {"BT-73": period[0], "BT-74": period[1]} if period else {}


def _notes(document: WholeDocument, categories: frozenset[str]) -> list[dict[str, str]]:
    content = document.content
    notes = [{"BT-22": plain(content.get(name))} for name in ("note", "reason")]
    # UNTDID 4451: regulatory information.
    notes.append({"BT-22": plain(content.get("legal_text")), "BT-21": "REG"})
    if content.get("cash_accounting") and categories & OWED_BY_SELLER:
        notes.append({"BT-22": _("Cash accounting"), "BT-21": "REG"})
    return [note for note in notes if note["BT-22"]]


def _corrected(document: WholeDocument) -> list[dict[str, Any]]:
    if document.corrects is None:
        return []
    number, on = document.corrects
    return [{"BT-25": number, "BT-26": on}]


def _payment(document: WholeDocument) -> dict[str, Any]:
    """Return terms, and the account to pay into; BR-CO-25 wants terms or a due date of all that is to be paid."""
    head, content = document.head, document.content
    if head.is_paid_at_issue:
        return {"BT-20": _("Nothing is to be transferred for this document.")}
    terms = plain(content.get("payment_terms"))
    if not terms and head.due_on is None:
        terms = _("Nothing is to be transferred for this document.")
    found: dict[str, Any] = {"BT-20": terms} if terms else {}
    if head.due_on is not None:
        found["BT-9"] = head.due_on
    account = content.get("payment") or {}
    if not account.get("iban"):
        return found
    is_sepa = head.total.currency == "EUR"
    found |= {
        "BT-81": _SEPA_TRANSFER if is_sepa else _TRANSFER,
        "BT-84": account["iban"],
        "BT-85": plain(account.get("holder")),
    }
    optional = {"BT-83": account.get("reference"), "BT-86": account.get("bic")}
    return found | {name: plain(value) for name, value in optional.items() if value}


def _discounts(groups: Sequence[VatGroup], currency: str) -> list[dict[str, str]]:
    return [
        {
            "amount": minor(group.discount, currency),
            "reason": _("Discount"),
            "reason_code": _DISCOUNT,
            "vat_category_code": group.category,
            **_rate(group, "vat_rate"),
        }
        for group in groups
        if group.discount
    ]


def _breakdown(group: VatGroup, currency: str) -> dict[str, str]:
    found = {
        "BT-116": minor(group.base, currency),
        "BT-117": minor(group.tax, currency),
        "BT-118": group.category,
        **_rate(group, "BT-119"),
    }
    if group.category in {"S", "Z"}:
        return found
    reason, code = plain(group.reason), _REASON_CODES.get(group.category, "")
    if not reason and not code:
        words = _("The reason why no tax is charged is missing.")
        raise EInvoiceRefused("einvoice_reason", words)
    return found | {k: v for k, v in (("BT-120", reason), ("BT-121", code)) if v}


def _rate(group: VatGroup, name: str) -> dict[str, str]:
    # Outside of the scope of tax there is no rate, not even none (BR-O-05).
    return {} if group.category == "O" else {name: figure(group.rate)}
