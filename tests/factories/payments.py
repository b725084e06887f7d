"""Rows of payments for tests that need no gateway."""

from __future__ import annotations

import secrets
from typing import Any

from accounts.services.credits import add_credit
from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.money import Money
from payments.models import Attempt, Connection, Credential, Dispute, Refund, RefundRequest
from payments.services.encryption import seal
from tests.cast import NOW


def make_connection(provider_id: int, **fields: Any) -> Connection:
    """Write a connection with its secrets down; the provider's scope is open."""
    values = {
        "gateway": "stripe",
        "label": "Card",
        "is_live": False,
        "account_id": f"acct_{secrets.token_hex(4)}",
        "created_at": NOW,
        "state_at": NOW,
        **fields,
    }
    row = Connection.objects.create(provider_id=provider_id, **values)
    sealed = seal('{"secret_key": "sk_test_canary"}')
    Credential.objects.create(
        provider_id=provider_id,
        connection_id=row.pk,
        sealed=sealed.text,
        key_id=sealed.key_id,
        hints={"secret_key": "nary"},
        updated_at=NOW,
        webhook_token=secrets.token_urlsafe(32),
    )
    return row


def make_attempt(connection: Connection, tenant_id: int, **fields: Any) -> Attempt:
    """Write a payment down; the provider's scope is open."""
    values = {
        "kind": "checkout",
        "amount_minor": 1050,
        "currency": "USD",
        "description": "Top-up",
        "key": new_public_id("key"),
        "request_key": secrets.token_urlsafe(8),
        "created_at": NOW,
        "state_at": NOW,
        **fields,
    }
    return Attempt.objects.create(
        provider_id=connection.provider_id,
        tenant_id=tenant_id,
        connection_id=connection.pk,
        **values,
    )


def make_refund(attempt: Attempt, state: str, minor: int = 100) -> Refund:
    """Write a refund, of 1.00 unless said, down with its posting; the provider's scope is open."""
    name = new_public_id("ref")
    given = add_credit(
        provider_id=attempt.provider_id,
        tenant_id=attempt.tenant_id,
        amount=Money(minor, "USD"),
        reason="for the refund",
        key=name,
        now=NOW,
    )
    return Refund.objects.create(
        public_id=name,
        provider_id=attempt.provider_id,
        tenant_id=attempt.tenant_id,
        connection_id=attempt.connection_id,
        attempt_id=attempt.pk,
        amount_minor=minor,
        currency="USD",
        key=name,
        request_key=name,
        created_at=NOW,
        state=state,
        state_at=NOW,
        posting_id=given.posting_id,
    )


def make_refund_request(attempt: Attempt, **fields: Any) -> RefundRequest:
    """Write a request for a refund of all of a payment down; the provider's scope is open."""
    values = {
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "reason": "Paid twice",
        "request_key": secrets.token_urlsafe(8),
        "asked_by": 7,
        "asked_at": NOW,
        **fields,
    }
    return RefundRequest.objects.create(
        provider_id=attempt.provider_id,
        tenant_id=attempt.tenant_id,
        attempt_id=attempt.pk,
        **values,
    )


def make_dispute(attempt: Attempt, state: str, **fields: Any) -> Dispute:
    """Write a dispute of 1.00 down that has moved nothing; the provider's scope is open."""
    values = {
        "external_id": f"dp_{secrets.token_hex(4)}",
        "currency": "USD",
        "amount_minor": 100,
        "reason": "fraudulent",
        "created_at": NOW,
        "state_at": NOW,
        "asked_at": NOW,
        **fields,
    }
    return Dispute.objects.create(
        provider_id=attempt.provider_id,
        tenant_id=attempt.tenant_id,
        connection_id=attempt.connection_id,
        attempt_id=attempt.pk,
        state=state,
        **values,
    )
