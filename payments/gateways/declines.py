"""What a gateway's refusal of a saved method means for the next try: one table, pure; called by auto-recharge.

Sources, read on 2026-11-21:
- https://docs.stripe.com/declines/codes and https://docs.stripe.com/declines/card (do not retry, try later, act);
- https://developer.paypal.com/docs/api/reference/orders-v2-errors and the capture's `status_details.reason`;
- https://razorpay.com/docs/errors/payments/list;
- Visa's decline categories, as told to merchants at https://support.cardpointe.com/compliance/visa-decline-rules:
  category 1 (blocked, closed or stolen) is never tried again, all others at most 15 times in 30 days.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


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


_NEVER: Final = (
    # Stripe, cards
    "card_not_supported",
    "currency_not_supported",
    "do_not_try_again",
    "expired_card",
    "fraudulent",
    "incorrect_cvc",
    "incorrect_number",
    "invalid_account",
    "invalid_cvc",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "invalid_number",
    "lost_card",
    "merchant_blacklist",
    "new_account_information_available",
    "not_permitted",
    "pickup_card",
    "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "security_violation",
    "service_not_allowed",
    "stolen_card",
    "stop_payment_order",
    "testmode_decline",
    "transaction_not_allowed",
    # Stripe, bank accounts, and methods that are gone
    "account_closed",
    "bank_account_restricted",
    "debit_not_authorized",
    "no_account",
    "resource_missing",
    # PayPal
    "agreement_already_cancelled",
    "billing_agreement_not_found",
    "card_expired",
    "invalid_resource_id",
    "payer_account_locked_or_closed",
    "payer_account_restricted",
    "payer_cannot_pay",
    "resource_not_found",
    "token_id_not_found",
    "token_not_found",
    # Razorpay
    "bank_account_invalid",
    "card_number_invalid",
    "card_reported_lost_or_stolen",
    "debit_instrument_blocked",
    "debit_instrument_inactive",
    "mandate_revoked",
    "token_cancelled",
    "token_expired",
)
_CUSTOMER: Final = (
    # Stripe: off-session 3-D Secure, and banks that want to be called
    "approve_with_id",
    "authentication_not_handled",
    "authentication_required",
    "call_issuer",
    "do_not_honor",
    "offline_pin_required",
    "online_or_offline_pin_required",
    "payment_intent_authentication_failure",
    # PayPal
    "order_not_approved",
    "payer_action_required",
    "redirect_payer_for_alternate_funding",
    # Razorpay
    "authentication_failed",
    "incorrect_otp",
    "payment_cancelled",
    "transaction_limit_exceeded",
)
_LATER: Final = (
    # Stripe: what may work another day
    "card_declined",
    "card_velocity_exceeded",
    "generic_decline",
    "insufficient_funds",
    "issuer_not_available",
    "no_action_taken",
    "processing_error",
    "reenter_transaction",
    "try_again_later",
    "withdrawal_count_limit_exceeded",
    # PayPal: the order's refusals, and a capture that was declined, with its reason or without
    "declined",
    "instrument_declined",
    "max_number_of_payment_attempts_exceeded",
    "other",
    "transaction_refused",
    # Razorpay
    "auto_refunded",
    "bank_technical_error",
    "gateway_technical_error",
    "payment_declined",
    "payment_failed",
    "payment_timed_out",
)
_FAULT: Final = (
    # Our own: nothing was asked of a bank
    "amount_invalid",
    "currency_refused",
    "endpoint_insecure",
    "keys_differ",
    "live_refused",
    "method_foreign",
    "payer_taken",
    # Gateways
    "account_invalid",
    "amount_less_than_minimum_amount",
    "amount_too_large",
    "amount_too_small",
    "authentication",
    "currency_not_supported_by_account",
    "idempotency_error",
    "input_validation_failed",
    "invalid_amount",
    "invalid_currency",
    "invalid_request_error",
    "key_reused",
    "live_mode_not_enabled",
    "not_offered",
    "parameter_invalid",
    "parameter_invalid_integer",
    "parameter_missing",
    "parameter_unknown",
    "permission",
    "recurring_payment_not_enabled",
    "rejected",
    # PayPal: amounts, invoice numbers, orders and pages that are not as they should be, and an account that may not
    "cannot_be_zero_or_negative",
    "capture_fully_refunded",
    "capture_not_completed",
    "currency_mismatch",
    "decimals_not_supported",
    "duplicate_invoice_id",
    "order_already_captured",
    "permission_denied",
    "refund_amount_exceeded",
    "setup_token_already_used",
    "setup_token_not_approved",
    # Razorpay
    "bad_request_error",
    "order_already_paid",
)
CLASSES: Final[dict[str, DeclineClass]] = {
    **dict.fromkeys(_NEVER, DeclineClass.NEVER),
    **dict.fromkeys(_CUSTOMER, DeclineClass.CUSTOMER),
    **dict.fromkeys(_FAULT, DeclineClass.FAULT),
    **dict.fromkeys(_LATER, DeclineClass.LATER),
}


def decline_class(code: str) -> DeclineClass:
    """Return what may be done after a refusal; a word that is not known is a bank's no that may change.

    Args:
        code: the gateway's or the bank's word, as an attempt keeps it.
    """
    return CLASSES.get(code.lower(), DeclineClass.LATER)
