"""Pages for saving a method that nobody came back from: asked about until they saved one or are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.enums import SetupState
from payments.errors_gateways import GatewayRefused
from payments.models import MethodSetup
from payments.services.method_setup import take_up_setup
from payments.services.schedule import KEY_HOLDS, PAGE_HOLDS
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


def sync_setup(*, provider_id: int, setup_id: int, now: datetime) -> str:
    """Ask what an open page has saved, and close it when it is a day old.

    Args:
        provider_id: whose; no transaction is open.
        setup_id: which.
        now: the present moment.

    Returns:
        Its state after it.

    Raises:
        GatewayDown: the gateway gives no answer that can be trusted.
        PaymentsError: it cannot be called at all.

    Idempotency: it may be called as often as one likes.
    """
    with own_transaction(provider_id):
        row = MethodSetup.objects.get(provider_id=provider_id, pk=setup_id)
    age = now - row.created_at
    if not row.checkout_id:
        # Nobody ever saw it. As long as the key holds the same form may still ask for it.
        return _close(row, now) if age > KEY_HOLDS else row.state
    try:
        return take_up_setup(
            provider_id=provider_id, setup_id=setup_id, now=now, closes=age > PAGE_HOLDS
        )
    except GatewayRefused as error:
        if error.is_key:
            return row.state
        # The gateway does not know the page any more.
        return _close(row, now) if age > PAGE_HOLDS else row.state


def _close(row: MethodSetup, now: datetime) -> str:
    with own_transaction(row.provider_id):
        rows = MethodSetup.objects.filter(provider_id=row.provider_id, pk=row.pk)
        rows.filter(state=SetupState.OPEN).update(
            state=SetupState.CLOSED, done_at=now, next_poll_at=None
        )
    return SetupState.CLOSED
