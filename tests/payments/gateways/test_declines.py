"""Every refusal that a gateway is known to give is classed on purpose, none by default."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gateway_simulators.paypal
import payments.gateways
from billing_platform.portal.payment_words import card_failures, failure_words
from payments.gateways.declines import CARD_DECLINES, DECLINES, GENERAL
from payments.gateways.refusals import decline_class

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
    "TOKEN_ID_NOT_FOUND": "never",
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
        assert DECLINES[code.lower()].kind == decline_class(code) == kind

    def test_a_word_that_nobody_knows_may_work_later(self) -> None:
        assert "no_such_word" not in DECLINES
        assert decline_class("no_such_word") == "later"

    def test_what_our_own_code_refuses_is_said_on_purpose_too(self) -> None:
        (folder,) = payments.gateways.__path__
        said = {word for file in Path(folder).rglob("*.py") for word in own_codes(file.read_text())}

        assert "amount_invalid" in said
        assert said - DECLINES.keys() == set()
        assert {decline_class(word) for word in OURS} == {"fault"}

    def test_each_word_of_paypals_simulator_is_said_on_purpose(self) -> None:
        (folder,) = gateway_simulators.paypal.__path__
        said = {
            word.lower()
            for file in Path(folder).rglob("*.py")
            for word in own_codes(file.read_text(), "impossible")
        }

        assert "token_id_not_found" in said
        assert said - DECLINES.keys() == set()


class TestWords:
    def test_whatever_a_customer_can_do_about_it_is_said(self) -> None:
        silent = {code for code, one in DECLINES.items() if one.words == GENERAL}

        assert {DECLINES[code].kind for code in silent} == {"fault"}
        assert {code for code in DECLINES if code != code.lower()} == set()

    @pytest.mark.parametrize("code", ["INSTRUMENT_DECLINED", "call_issuer", "card_expired"])
    def test_a_page_says_the_tables_words(self, code: str) -> None:
        assert failure_words(code) == DECLINES[code.lower()].words != GENERAL

    def test_what_no_gateway_refused_has_words_too(self) -> None:
        assert failure_words("expired") not in {"", GENERAL}
        assert failure_words("") == ""
        assert failure_words("no_such_word") == GENERAL

    def test_a_form_for_cards_knows_the_words_of_cards_only(self) -> None:
        assert dict(card_failures()).keys() == CARD_DECLINES.keys()
        assert "expired_card" in CARD_DECLINES
        assert "mandate_revoked" not in CARD_DECLINES


OURS = ("amount_invalid", "currency_refused", "key_reused", "live_refused", "payer_taken")


def own_codes(source: str, name: str = "GatewayRejected") -> set[str]:
    """Return the codes that a module refuses with, of the calls `GatewayRejected("...", ...)`."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    codes = [
        call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == name
    ]
    # One of two words is written as `"this" if … else "that"`.
    either = [[code.body, code.orelse] if isinstance(code, ast.IfExp) else [code] for code in codes]
    words = [node for nodes in either for node in nodes if isinstance(node, ast.Constant)]
    return {str(node.value) for node in words}
