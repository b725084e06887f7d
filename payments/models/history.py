"""Who connected gateways, set methods up and switched auto-pay; see `kernel.histories`. Nothing secret is kept."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from payments.models.auto_pay import AutoPay
from payments.models.bank_account import BankAccount
from payments.models.connection import Connection
from payments.models.credential import Credential
from payments.models.method import Method
from payments.models.recharge import RechargeRule
from payments.models.topup_limit import TopupLimit

# A gateway's sentence about a refused key may quote a part of it.
_CONNECTIONS = history_of(
    Connection, without=["state_at", "state_note", "listed_until"], keeps_former=True
)
# The seals, the hints that show the last characters, and the address of the webhooks, which is a password in itself.
_CREDENTIALS = history_of(
    Credential,
    without=[
        "sealed",
        "key_id",
        "hints",
        "webhook_token",
        "webhook_url",
        "secret_sealed",
        "secret_hint",
        "is_secret_made",
        "previous_sealed",
    ],
    keeps_former=True,
)


class ConnectionEvent(_CONNECTIONS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of a connection: made, named, ordered, switched on or off."""

    class Meta:
        db_table = "payments_connection_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="payments_connection_event_own"
            )
        ]


class CredentialEvent(_CREDENTIALS):  # type: ignore[misc, valid-type]  # made by pghistory
    """That secrets were replaced or webhooks registered, and when; never what they are."""

    class Meta:
        db_table = "payments_credential_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="payments_credential_event_own"
            )
        ]


# What a gateway says of a method changes by itself; the numbers that it knows one by are nobody's business here.
_METHODS = history_of(
    Method,
    without=[
        "public_id",
        "connection_id",
        "method_id",
        "customer_id",
        "expires_year",
        "expires_month",
        "holder",
        "bank_name",
        "payer",
        "number",
        "frozen_at",
        "created_at",
        "state_at",
    ],
    by_people=True,
)


class MethodEvent(_METHODS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of a saved method by a person: saved, made the default one, deleted."""

    class Meta:
        db_table = "payments_method_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"],
                name="payments_method_event_own",
            )
        ]


class AutoPayEvent(history_of(AutoPay, without=["changed_at"])):  # type: ignore[misc]  # made by pghistory
    """A change of auto-pay."""

    class Meta:
        db_table = "payments_auto_pay_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"],
                name="payments_auto_pay_event_own",
            )
        ]


# The wallet is named by its currency; what counts recharges is a machine's.
_RULES = history_of(RechargeRule, without=["wallet_id", "link_url", "changed_at", "next_number"])


class RechargeRuleEvent(_RULES):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of a rule of auto-recharge."""

    class Meta:
        db_table = "payments_recharge_rule_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"],
                name="payments_recharge_rule_ev_own",
            )
        ]


class TopupLimitEvent(history_of(TopupLimit, without=["changed_at"])):  # type: ignore[misc]  # made by pghistory
    """A change of a customer's own limits."""

    class Meta:
        db_table = "payments_topup_limit_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"],
                name="payments_topup_limit_event_own",
            )
        ]


class BankAccountEvent(history_of(BankAccount, without=["created_at"])):  # type: ignore[misc]  # made by pghistory
    """A change of how the bank of an account writes CSV."""

    class Meta:
        db_table = "payments_bank_account_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="payments_bank_event_own")
        ]
