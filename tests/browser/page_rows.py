"""Rows for pages that are asked for by name and that the demo has none for: a saved card whose recharge was declined,
an invoice that is owed, an invitation, and a watched folder.

Called by a process of its own, on the database of the demo that is looked at.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.enums import AttemptState, MethodState, RechargeState
from payments.models import Method, Recharge, RechargeRule
from tenants.models import Invitation, User
from tenants.selectors.providers import provider_id_by_slug
from tenants.selectors.tenants import tenants_by_external_id
from tests.factories.documents import make_invoice
from tests.factories.payments import make_attempt
from usage.models import CallFolder

if TYPE_CHECKING:
    from payments.models import Connection

# Whose recharge is declined: a client that is suspended, so that all others are looked at without its banner.
CLIENT = "blue-harbor"
INVITATION = "an-invitation-to-look-at"


def write(connection: Connection) -> None:
    """Write everything down, what is paid by a connection of the demo's Nimbus."""
    with provider_scope(connection.provider_id):
        tenant = tenants_by_external_id(connection.provider_id, [CLIENT])[CLIENT]
        _save_card(connection, tenant.id)
        _decline(connection, tenant.id)
        make_invoice(
            connection.provider_id, tenant.id, public_id="doc_owed", minor=25000, name="Set-up"
        )
        _invite(connection.provider_id)
    sonora = provider_id_by_slug("sonora")
    with provider_scope(sonora):
        CallFolder.objects.create(
            provider_id=sonora,
            path="/srv/calls/sonora",
            pattern="Master.csv*",
            source="asterisk",
            created_at=now(),
        )


def _save_card(connection: Connection, tenant_id: int) -> None:
    Method.objects.create(
        public_id="met_seen",
        provider_id=connection.provider_id,
        tenant_id=tenant_id,
        connection_id=connection.pk,
        method_id="pm_seen",
        customer_id="cus_seen",
        kind="card",
        brand="visa",
        last4="4242",
        expires_year=2040,
        expires_month=12,
        holder="Blue Harbor",
        state=MethodState.ACTIVE,
        created_at=now(),
        state_at=now(),
    )


def _decline(connection: Connection, tenant_id: int) -> None:
    provider_id = connection.provider_id
    (wallet,) = wallets_of(provider_id, [tenant_id])
    rule = RechargeRule.objects.create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        wallet_id=wallet.id,
        currency=wallet.currency,
        is_on=True,
        threshold_minor=1000,
        mode="amount",
        amount_minor=2500,
        link_url="http://nimbus.localhost/pay/recharge/{token}",
        changed_at=now(),
        next_number=2,
    )
    attempt = make_attempt(connection, tenant_id, amount_minor=2500, created_at=now())
    attempt.state, attempt.failure_code = AttemptState.FAILED, "card_declined"
    attempt.save(update_fields=["state", "failure_code"])
    Recharge.objects.create(
        public_id="rec_seen",
        provider_id=provider_id,
        tenant_id=tenant_id,
        rule_id=rule.pk,
        number=1,
        currency=wallet.currency,
        amount_minor=2500,
        connection_id=connection.pk,
        method_mark="met_seen",
        state=RechargeState.DONE,
        claimed_until=now(),
        created_at=now(),
        attempt_id=attempt.pk,
        decided_at=now(),
        decline="customer",
        code="card_declined",
    )


def _invite(provider_id: int) -> None:
    Invitation.objects.create(
        provider_id=provider_id,
        email="new@nimbus.example",
        role="support",
        digest=hashlib.sha256(INVITATION.encode()).digest(),
        invited_by=User.objects.get(email="paula@nimbus.example"),
        created_at=now(),
        expires_at=now() + timedelta(days=7),
    )
