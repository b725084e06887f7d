"""What a gateway's refusal means for the next try, and what a customer reads: one table, pure; see `refusals`.

Sources, read on 2026-11-21:
- https://docs.stripe.com/declines/codes and https://docs.stripe.com/declines/card (do not retry, try later, act);
- https://developer.paypal.com/docs/api/reference/orders-v2-errors and the capture's `status_details.reason`;
- https://razorpay.com/docs/errors/payments/list;
- Visa's decline categories, as told to merchants at https://support.cardpointe.com/compliance/visa-decline-rules:
  category 1 (blocked, closed or stolen) is never tried again, all others at most 15 times in 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from payments.gateways.texts import gettext_noop


class DeclineClass(StrEnum):
    """What may be done after a refusal."""

    # The bank will never approve this method: only another one, or new details of it, is tried.
    NEVER = "never"
    # It may work later by itself: tried again after doubling waits, a few times.
    LATER = "later"
    # The customer has to do something first: to confirm the payment, or to talk to the bank.
    CUSTOMER = "customer"
    # Nobody's bank has said no: the request or the gateway's account is wrong, and the provider has to look.
    FAULT = "fault"


GENERAL: Final = gettext_noop("It did not work. Please try another way to pay.")


@dataclass(frozen=True, slots=True)
class Decline:
    """A gateway's word for a refusal.

    Attributes:
        kind: what may be done after it.
        words: what a customer reads, English source text marked by `gettext_noop`.
    """

    kind: DeclineClass
    words: str = GENERAL


_NEVER, _CUSTOMER = DeclineClass.NEVER, DeclineClass.CUSTOMER
_LATER, _FAULT = DeclineClass.LATER, DeclineClass.FAULT
_OTHER_CARD: Final = gettext_noop("The bank declined the card. Please try another one.")
_CARD_UNFIT: Final = gettext_noop("This card cannot be used for this payment. Please try another.")
_EXPIRED: Final = gettext_noop("The card has expired.")
_CODE_WRONG: Final = gettext_noop("The card's security code is not right.")
_NUMBER_WRONG: Final = gettext_noop("The card's number is not right.")
_DATE_WRONG: Final = gettext_noop("The card's expiry date is wrong or has passed.")
_WITHDRAWN: Final = gettext_noop(
    "The permission to debit was withdrawn. Please set the payment method up again, or use another."
)
_ACCOUNT_UNFIT: Final = gettext_noop(
    "The bank account is closed, wrong, or cannot be debited. Please use another one."
)
_GONE: Final = gettext_noop(
    "The payment method does not exist any more. Please set it up again, or use another one."
)
_PAYER_BARRED: Final = gettext_noop(
    "The payment service does not let your account there pay. Please choose another way to pay."
)
_NOT_CONFIRMED: Final = gettext_noop("The payment was not confirmed.")
_CONFIRM: Final = gettext_noop("The bank wants you to confirm the payment.")
_CALL: Final = gettext_noop(
    "The bank wants to hear from you first. Please call it, or choose another way to pay."
)
_PIN: Final = gettext_noop(
    "The bank wants the card's PIN, which cannot be entered here. Please use another card."
)
_ASKED: Final = gettext_noop("The payment service wants you to choose or confirm how you pay.")
_BANK_LIMIT: Final = gettext_noop(
    "The amount is above the limit that your bank has set. Please ask it, or pay less at once."
)
_POOR: Final = gettext_noop("There is not enough money on the card or account.")
_AGAIN: Final = gettext_noop("It did not work this time. Please try again in a few minutes.")
_TOO_OFTEN: Final = gettext_noop(
    "The card was used too often or for too much. Please try again tomorrow, or use another one."
)
_OTHER_METHOD: Final = gettext_noop("The payment method was declined. Please try another one.")
_TOO_LATE: Final = gettext_noop("The payment came too late, and the money is going back.")
_TOO_SMALL: Final = gettext_noop("The amount is less than the smallest one that can be paid.")
_AMOUNT: Final = gettext_noop("This amount cannot be paid in this way.")

# Class, sentence, words. Of cards and bank debits (Stripe), also said while a card is entered.
_STRIPE: Final = (
    (_NEVER, _OTHER_CARD, "do_not_try_again fraudulent lost_card merchant_blacklist"),
    (_NEVER, _OTHER_CARD, "pickup_card restricted_card security_violation stolen_card"),
    (_NEVER, _OTHER_CARD, "testmode_decline"),
    (_NEVER, _CARD_UNFIT, "card_not_supported currency_not_supported not_permitted"),
    (_NEVER, _CARD_UNFIT, "service_not_allowed transaction_not_allowed"),
    (_NEVER, _EXPIRED, "expired_card new_account_information_available"),
    (_NEVER, _CODE_WRONG, "incorrect_cvc invalid_cvc"),
    (_NEVER, _NUMBER_WRONG, "incorrect_number invalid_number"),
    (_NEVER, _DATE_WRONG, "invalid_expiry_month invalid_expiry_year"),
    (_NEVER, _WITHDRAWN, "revocation_of_all_authorizations revocation_of_authorization"),
    (_NEVER, _WITHDRAWN, "debit_not_authorized stop_payment_order"),
    (_NEVER, _ACCOUNT_UNFIT, "account_closed bank_account_restricted invalid_account no_account"),
    (_NEVER, _GONE, "resource_missing"),
    (_CUSTOMER, _CONFIRM, "authentication_required"),
    (_CUSTOMER, _NOT_CONFIRMED, "authentication_not_handled payment_intent_authentication_failure"),
    (
        _CUSTOMER,
        gettext_noop("The bank's question was not confirmed."),
        "setup_intent_authentication_failure",
    ),
    (_CUSTOMER, _CALL, "approve_with_id call_issuer do_not_honor"),
    (_CUSTOMER, _PIN, "offline_pin_required online_or_offline_pin_required"),
    (_LATER, _OTHER_CARD, "card_declined generic_decline"),
    (_LATER, _POOR, "insufficient_funds"),
    (_LATER, _TOO_OFTEN, "card_velocity_exceeded withdrawal_count_limit_exceeded"),
    (_LATER, _AGAIN, "issuer_not_available no_action_taken processing_error"),
    (_LATER, _AGAIN, "reenter_transaction try_again_later"),
    (_FAULT, _TOO_SMALL, "amount_too_small"),
    (_FAULT, _AMOUNT, "amount_too_large"),
    (_FAULT, GENERAL, "account_invalid idempotency_error invalid_request_error parameter_invalid"),
    (_FAULT, GENERAL, "parameter_invalid_integer parameter_missing parameter_unknown"),
)
_PAYPAL: Final = (
    (_NEVER, _GONE, "agreement_already_cancelled billing_agreement_not_found resource_not_found"),
    (_NEVER, _GONE, "invalid_resource_id token_id_not_found token_not_found"),
    (_NEVER, _EXPIRED, "card_expired"),
    (_NEVER, _PAYER_BARRED, "payer_account_locked_or_closed payer_account_restricted"),
    (_NEVER, _PAYER_BARRED, "payer_cannot_pay"),
    (_CUSTOMER, _NOT_CONFIRMED, "order_not_approved"),
    (_CUSTOMER, _ASKED, "payer_action_required redirect_payer_for_alternate_funding"),
    # The order's refusals, and a capture that was declined, with its reason or without.
    (_LATER, _OTHER_METHOD, "declined instrument_declined other transaction_refused"),
    (_LATER, _OTHER_METHOD, "max_number_of_payment_attempts_exceeded"),
    # Amounts, invoice numbers, orders and pages that are not as they should be, and an account that may not.
    (_FAULT, GENERAL, "cannot_be_zero_or_negative capture_fully_refunded capture_not_completed"),
    (_FAULT, GENERAL, "currency_mismatch currency_not_supported_by_account decimals_not_supported"),
    (_FAULT, GENERAL, "duplicate_invoice_id order_already_captured permission_denied"),
    (_FAULT, GENERAL, "refund_amount_exceeded setup_token_already_used setup_token_not_approved"),
)
_RAZORPAY: Final = (
    (_NEVER, _ACCOUNT_UNFIT, "bank_account_invalid debit_instrument_inactive"),
    (_NEVER, _NUMBER_WRONG, "card_number_invalid"),
    (_NEVER, _OTHER_CARD, "card_reported_lost_or_stolen debit_instrument_blocked"),
    (_NEVER, _WITHDRAWN, "mandate_revoked token_cancelled"),
    (_NEVER, _GONE, "token_expired"),
    (_CUSTOMER, _NOT_CONFIRMED, "authentication_failed incorrect_otp payment_cancelled"),
    (_CUSTOMER, _BANK_LIMIT, "transaction_limit_exceeded"),
    (_LATER, _TOO_LATE, "auto_refunded"),
    (_LATER, _AGAIN, "bank_technical_error gateway_technical_error payment_timed_out"),
    (_LATER, _OTHER_CARD, "payment_declined payment_failed"),
    (_FAULT, _TOO_SMALL, "amount_less_than_minimum_amount"),
    (_FAULT, GENERAL, "bad_request_error input_validation_failed order_already_paid"),
    (_FAULT, GENERAL, "recurring_payment_not_enabled"),
)
# Our own: nothing was asked of a bank.
_OURS: Final = (
    (_FAULT, _AMOUNT, "amount_invalid currency_refused invalid_amount invalid_currency"),
    (_FAULT, GENERAL, "authentication endpoint_insecure key_reused keys_differ"),
    (_FAULT, GENERAL, "live_mode_not_enabled live_refused method_foreign not_offered"),
    (_FAULT, GENERAL, "payer_taken permission rejected"),
)


def _spread(*tables: tuple[tuple[DeclineClass, str, str], ...]) -> dict[str, Decline]:
    return {
        code: Decline(kind, words)
        for table in tables
        for kind, words, codes in table
        for code in codes.split()
    }


CARD_DECLINES: Final = _spread(_STRIPE)
DECLINES: Final = _spread(_STRIPE, _PAYPAL, _RAZORPAY, _OURS)
