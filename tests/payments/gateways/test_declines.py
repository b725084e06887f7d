"""Every refusal that a gateway is known to give is classed on purpose, none by default."""

from __future__ import annotations

import pytest

from payments.gateways.declines import CLASSES, decline_class

# PayPal: issues of orders and captures. Razorpay: `error_reason` of payments, and codes of requests.
PAYPAL = {
    "INSTRUMENT_DECLINED": "later",
    "TRANSACTION_REFUSED": "later",
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": "later",
    "OTHER": "later",
    "ORDER_NOT_APPROVED": "customer",
    "PAYER_ACTION_REQUIRED": "customer",
    "PAYER_CANNOT_PAY": "never",
    "PAYER_ACCOUNT_RESTRICTED": "never",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": "never",
    "AGREEMENT_ALREADY_CANCELLED": "never",
    "RESOURCE_NOT_FOUND": "never",
    "ORDER_ALREADY_CAPTURED": "fault",
    "DUPLICATE_INVOICE_ID": "fault",
    "PERMISSION_DENIED": "fault",
}
RAZORPAY = {
    "payment_failed": "later",
    "payment_declined": "later",
    "payment_timed_out": "later",
    "insufficient_funds": "later",
    "gateway_technical_error": "later",
    "bank_technical_error": "later",
    "authentication_failed": "customer",
    "payment_cancelled": "customer",
    "transaction_limit_exceeded": "customer",
    "card_expired": "never",
    "debit_instrument_blocked": "never",
    "mandate_revoked": "never",
    "token_cancelled": "never",
    "BAD_REQUEST_ERROR": "fault",
    "input_validation_failed": "fault",
    "order_already_paid": "fault",
    "recurring_payment_not_enabled": "fault",
}


class TestDeclineClass:
    @pytest.mark.parametrize(("code", "kind"), [*PAYPAL.items(), *RAZORPAY.items()])
    def test_it_is_said_on_purpose(self, code: str, kind: str) -> None:
        assert CLASSES[code.lower()] == decline_class(code) == kind

    def test_a_word_that_nobody_knows_may_work_later(self) -> None:
        assert "no_such_word" not in CLASSES
        assert decline_class("no_such_word") == "later"
