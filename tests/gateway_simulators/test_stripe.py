"""Stripe's simulator refuses as Stripe does, and imports no app."""

import ast

import pytest

from gateway_simulators.stripe.account import Account
from gateway_simulators.stripe.problems import Problem
from tests.architecture.source import PARTS, python_files, syntax_tree


class TestAccount:
    @pytest.mark.parametrize(
        ("path", "form", "code"),
        [
            ("/v1/customers", {"emial": "a"}, "parameter_unknown"),
            ("/v1/payment_intents", {"amount": "1"}, "parameter_missing"),
            ("/v1/refunds", {"payment_intent": "pi_none"}, "resource_missing"),
            ("/v1/payment_methods/pm_card_visa/attach", {}, "parameter_missing"),
        ],
    )
    def test_refuses_with_stripes_word(self, path: str, form: dict[str, str], code: str) -> None:
        with pytest.raises(Problem) as caught:
            Account("acct_A").answer("POST", path, form, "")

        assert caught.value.body["error"]["code"] == code

    def test_refuses_a_refund_of_a_failed_payment(self) -> None:
        account = Account("acct_A")
        account.objects["pi_1"] = {
            "id": "pi_1",
            "object": "payment_intent",
            "status": "requires_payment_method",
        }

        with pytest.raises(Problem) as caught:
            account.answer("POST", "/v1/refunds", {"payment_intent": "pi_1"}, "")

        assert caught.value.body["error"]["code"] == "payment_intent_unexpected_state"


class TestBorder:
    def test_simulators_import_no_app(self) -> None:
        found = {
            node.module.partition(".")[0]
            for path in python_files("gateway_simulators")
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.ImportFrom) and node.module
        }

        assert "gateway_simulators" in found
        assert found & set(PARTS) == {"gateway_simulators"}
