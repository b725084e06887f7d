"""What payments hears of other parts: each receiver is one line that calls a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.services.recharging import ring_recharge

if TYPE_CHECKING:
    from accounts.events import DuesPosted


def on_dues(event: DuesPosted) -> None:
    """Recharge at once what fell below its threshold."""
    ring_recharge(provider_id=event.provider_id)
