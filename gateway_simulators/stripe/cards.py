"""Stripe's magic cards and bank accounts: what happens to whoever pays with them; told apart by their last digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.stripe.problems import Problem

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

BANK_DAYS: Final = 4
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Card:
    """A method of payment with a fate.

    Attributes:
        token: Stripe's name of the test method.
        last4: the last digits of its number.
        code: the error when it is charged, or "".
        decline_code: the bank's reason, or "".
        is_challenged: asks for 3-D Secure while the customer is there, and is declined while away.
        is_disputed: the charge is disputed a day later.
        bank: name of the bank when it is a bank account, or "".
    """

    token: str
    last4: str
    code: str = ""
    decline_code: str = ""
    is_challenged: bool = False
    is_disputed: bool = False
    bank: str = ""


# Source: https://docs.stripe.com/testing. Declining cards can be saved here, so that a later decline can be seen; the
# real ones but 0341 are refused already when they are saved.
CARDS: Final = (
    Card("pm_card_visa", "4242"),
    Card("pm_card_mastercard", "4444"),
    Card("pm_card_authenticationRequired", "3155", is_challenged=True),
    Card("pm_card_visa_chargeDeclined", "0002", "card_declined", "generic_decline"),
    Card("pm_card_chargeCustomerFail", "0341", "card_declined", "generic_decline"),
    Card(
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "9995",
        "card_declined",
        "insufficient_funds",
    ),
    Card("pm_card_visa_chargeDeclinedStolenCard", "9979", "card_declined", "stolen_card"),
    Card("pm_card_chargeDeclinedExpiredCard", "0069", "expired_card", "expired_card"),
    Card("pm_card_chargeDeclinedProcessingError", "0119", "processing_error", "processing_error"),
    Card("pm_card_createDispute", "0259", is_disputed=True),
    Card("pm_usBankAccount_success", "6789", bank="STRIPE TEST BANK"),
    Card("pm_usBankAccount_noAccount", "1116", code="no_account", bank="STRIPE TEST BANK"),
)
BY_TOKEN: Final = {card.token: card for card in CARDS}
BY_LAST4: Final = {card.last4: card for card in CARDS}


def card_of(method: dict[str, Any]) -> Card:
    """Return the fate of a payment method.

    Args:
        method: the account's object.
    """
    return BY_TOKEN[method["_token"]]


def card_of_number(number: str) -> Card:
    """Return the card that a customer typed.

    Args:
        number: digits, spaces do no harm.

    Raises:
        Problem: `incorrect_number`.
    """
    digits = number.replace(" ", "")
    found = BY_LAST4.get(digits[-4:])
    if found is None or not digits.isdecimal() or bool(found.bank) == (len(digits) > 12):
        words = "Your card number is incorrect."
        raise Problem(402, words, "card_error", code="incorrect_number", param="number")
    return found


def new_method(account: Account, card: Card, *, holder: str = "") -> dict[str, Any]:
    """Make a payment method that belongs to nobody yet.

    Args:
        account: where.
        card: its fate.
        holder: the name on it.
    """
    fields: dict[str, Any] = {"_token": card.token, "customer": None, "allow_redisplay": "always"}
    fields["billing_details"] = {"name": holder or None, "email": None}
    if card.bank:
        shown = {
            "bank_name": card.bank,
            "last4": card.last4,
            "account_type": "checking",
            "account_holder_type": "individual",
            "status_details": None,
        }
        return account.add(
            "pm", "payment_method", type="us_bank_account", us_bank_account=shown, **fields
        )
    face: dict[str, Any] = {
        "brand": "mastercard" if card.last4 == "4444" else "visa",
        "last4": card.last4,
        "exp_month": 12,
        "exp_year": 2030,
        "fingerprint": f"fp{card.last4}",
    }
    return account.add("pm", "payment_method", type="card", card=face, **fields)
