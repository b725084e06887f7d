"""What customers pay with: the kinds, what a gateway keeps, and what a payment was made with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MethodKind(StrEnum):
    """What a saved method is."""

    CARD = "card"
    BANK_ACCOUNT = "bank_account"
    AGREEMENT = "agreement"
    UPI = "upi"


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A method that the gateway keeps; what we may show of it and nothing more.

    Attributes:
        method_id: the gateway's id.
        customer_id: whose it is.
        kind: what it is.
        brand: of the card, or "".
        last4: of the card or the bank account, or "".
        expires: last month of validity as (year, month), or None.
        holder: the name on it, or "".
        bank_name: of a bank account, or "".
        payer: the e-mail address of an agreement's payer, or "".
        number: what the payer knows an agreement by, or "".
    """

    method_id: str
    customer_id: str
    kind: MethodKind
    brand: str = ""
    last4: str = ""
    expires: tuple[int, int] | None = None
    holder: str = ""
    bank_name: str = ""
    payer: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class PaidWith:
    """What a payment was made with, as far as the gateway says.

    Attributes:
        kind: what it is.
        brand: of the card, or "".
        last4: of the card or the bank account, or "".
        name: the bank's, the payer's e-mail address or UPI address, or "".
    """

    kind: MethodKind
    brand: str = ""
    last4: str = ""
    name: str = ""
