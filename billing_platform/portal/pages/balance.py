"""The balance block: a tenant's wallets with their three faces, and how long the credit lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.kernel.money import Money
from billing_platform.portal.pages.blocks import BalanceBlock, RunwayBlock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.types import WalletView


def balance_blocks(wallets: Sequence[WalletView]) -> list[BalanceBlock]:
    """Return one block per wallet.

    Args:
        wallets: of one tenant.
    """
    return [
        BalanceBlock(
            settled=Money(wallet.settled, wallet.currency),
            reserved=Money(wallet.reserved, wallet.currency),
            available=Money(wallet.available, wallet.currency),
            is_suspended=wallet.suspended_at is not None,
        )
        for wallet in wallets
    ]


def runway_block(wallets: Sequence[WalletView], lasts_until: datetime | None) -> RunwayBlock | None:
    """Return how long the credit lasts, or None where nothing is charged to it.

    Args:
        wallets: of one tenant.
        lasts_until: what the runway selector says; None when nothing was used lately.
    """
    charged = [wallet for wallet in wallets if wallet.is_charged]
    if not charged:
        return None
    if all(wallet.available <= wallet.suspend_limit for wallet in charged):
        return RunwayBlock(None, _("The credit is used up."))
    if lasts_until is None:
        return RunwayBlock(None, _("Nothing was used lately: the credit lasts."))
    # A forecast by the minute would claim too much.
    hour = lasts_until.replace(minute=0, second=0, microsecond=0)
    return RunwayBlock(hour, _("At the present pace it lasts until"))
