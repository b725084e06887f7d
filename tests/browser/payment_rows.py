"""Payments of the demo's Acme, with a request for a refund and a dispute: no gateway runs before the browser tests.

Called by a process of its own, on the database of the demo that is looked at.
"""

from __future__ import annotations

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope, system_scope
from payments.gateways.values import GatewayPayment, PaymentState
from payments.services.settlement import settle
from tenants.models import Tenant
from tests.browser import page_rows
from tests.factories.bank import make_bank_line
from tests.factories.documents import make_receipt
from tests.factories.payments import (
    make_attempt,
    make_connection,
    make_dispute,
    make_refund_request,
)


def write() -> None:
    """Write a connection, payments that came, and what was said of them down, and what other pages need."""
    with system_scope():
        tenant = Tenant.objects.get(external_id="acme")
        provider_id, tenant_id = tenant.provider_id, tenant.pk
    with provider_scope(provider_id):
        connection = make_connection(provider_id, public_id="gwc_seen")
        payments = [
            make_attempt(
                connection,
                tenant_id,
                public_id=name,
                amount_minor=2500,
                description="Credit for Acme",
                created_at=now(),
            )
            for name in ("pay_seen", "pay_free", "pay_disputed")
        ]
    for row in payments:
        amount = Money(2500, "USD")
        found = GatewayPayment(
            payment_id=f"pi_{row.public_id}",
            state=PaymentState.SUCCEEDED,
            amount=amount,
            received=amount,
            reference=row.public_id,
            is_live=False,
            failure_code="",
        )
        settle(provider_id=provider_id, attempt_id=row.pk, found=found, now=now())
    with provider_scope(provider_id):
        make_receipt(provider_id, tenant_id, public_id="doc_seen", minor=2500, name="Top-up")
        make_refund_request(
            payments[0], public_id="rrq_seen", reason="Paid twice by mistake", asked_at=now()
        )
        make_dispute(payments[2], "inquiry", public_id="dis_seen", created_at=now())
        make_bank_line(provider_id)
    page_rows.write(connection)
