"""What payment methods are called: saved ones, and those that payments were made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payments.gateways.methods import MethodKind

if TYPE_CHECKING:
    from payments.types import MethodView, PaymentView

# Proper names; another brand is shown as the gateway writes it.
BRANDS: Final = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "rupay": "RuPay",
    "maestro": "Maestro",
}


def method_title(row: MethodView) -> str:
    """Return what a saved method is called.

    Args:
        row: the method.
    """
    return kept_title(row.kind, row.brand, row.last4, row.bank_name) or row.connection


def paid_title(row: PaymentView) -> str:
    """Return what a payment is made with; the way to pay while nobody has said more.

    Args:
        row: the payment.
    """
    return (
        kept_title(row.paid_kind, row.paid_brand, row.paid_last4, row.paid_name) or row.connection
    )


def paid_details(row: PaymentView) -> str:
    """Return what stands beneath the title: who paid by an agreement, or the way of a card; "" for nothing.

    Args:
        row: the payment.
    """
    if row.paid_kind in (MethodKind.AGREEMENT, MethodKind.UPI):
        return row.paid_name
    return row.connection if paid_title(row) != row.connection else ""


def kept_title(kind: str, brand: str, last4: str, bank: str = "") -> str:
    """Return what a card or a bank account is called, "" for anything else.

    Args:
        kind: of MethodKind.
        brand: of a card.
        last4: of either, or "".
        bank: the bank's name, or "".
    """
    name = BRANDS.get(brand, brand) if kind == MethodKind.CARD else ""
    if kind == MethodKind.BANK_ACCOUNT:
        name = bank
    # A bank that is not named is still known by the account's last digits.
    return f"{name} •••• {last4}".strip() if last4 else name
