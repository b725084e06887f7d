"""Forget what gateways' deliveries said once nobody needs it; that they came stays. Called by a nightly task."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payments.enums import EventState
from payments.models import WebhookEvent
from payments.services.transactions import own_transaction
from tenants.registry_payments import PAYMENTS_WEBHOOK_DAYS
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

BATCH: Final = 5000


def erase_bodies(*, provider_id: int, now: datetime) -> int:
    """Empty the bodies of deliveries older than the provider keeps them; one that waits to be worked off is kept.

    Args:
        provider_id: whose; no transaction is open, each batch has its own.
        now: the moment of the run; the provider's setting `payments.webhook_days` counts back from it.

    Returns:
        How many were emptied. The digest stays, so a delivery that is sent again is still known.

    Idempotency: by state.
    """
    erased = 0
    while True:
        with own_transaction(provider_id):
            days = get_setting(provider_id, PAYMENTS_WEBHOOK_DAYS)
            rows = WebhookEvent.objects.filter(provider_id=provider_id, body__isnull=False)
            old = rows.filter(received_at__lt=now - timedelta(days=days))
            done = old.exclude(state=EventState.RECEIVED).order_by("pk").values("pk")[:BATCH]
            count = WebhookEvent.objects.filter(provider_id=provider_id, pk__in=done).update(
                body=None
            )
        erased += count
        if count < BATCH:
            return erased
