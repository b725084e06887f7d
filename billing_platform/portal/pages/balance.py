"""The balance block: a tenant's wallets with their three faces, and how long the credit lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.money import Money, sum_money
from billing_platform.portal.pages.blocks import BalanceBlock, GrantLine, RunwayBlock
from billing_platform.portal.words import POSTING_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.selectors.grants import GrantView
    from accounts.types import WalletView

# How many grants stand below a balance one by one.
_SHOWN: Final = 5


def balance_blocks(
    wallets: Sequence[WalletView], grants: Sequence[GrantView] = ()
) -> list[BalanceBlock]:
    """Return one block per wallet.

    Args:
        wallets: of one tenant.
        grants: what it has left of bonus credit, the earliest to expire first.
    """
    return [
        BalanceBlock(
            settled=Money(wallet.settled, wallet.currency),
            reserved=Money(wallet.reserved, wallet.currency),
            available=Money(wallet.available, wallet.currency),
            is_suspended=wallet.suspended_at is not None,
            grants=[_grant(each) for each in _of(wallet, grants)[:_SHOWN]],
            further=_sum(_of(wallet, grants)[_SHOWN:]),
        )
        for wallet in wallets
    ]


def _of(wallet: WalletView, grants: Sequence[GrantView]) -> list[GrantView]:
    return [each for each in grants if each.wallet_id == wallet.id]


def _grant(row: GrantView) -> GrantLine:
    return GrantLine(POSTING_KINDS[row.kind], row.left, row.expires_at)


def _sum(rows: Sequence[GrantView]) -> Money | None:
    return sum_money([row.left for row in rows], rows[0].left.currency) if rows else None


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
