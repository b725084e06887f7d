"""Which of some wallets have fallen below a threshold of their own. Called by the part that tops them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from accounts.types import ThresholdSelection

# From the thresholds, of which there are few, to the wallets by their keys: no index may hold a balance.
_BELOW: Final = """
SELECT t.mark
  FROM ({selection}) t JOIN accounts_wallet w ON w.provider_id = %(thresholds_provider)s AND w.id = t.wallet_id
 WHERE w.is_charged AND w.balance - w.reserved < t.threshold
 ORDER BY t.mark LIMIT %(thresholds_limit)s
"""


def below_thresholds(provider_id: int, selection: ThresholdSelection, *, limit: int) -> list[int]:
    """Return the marks of wallets whose available credit is below their threshold, by one query.

    Args:
        provider_id: whose; its scope is open.
        selection: the wallets, each with its threshold and the mark by which the caller knows it.
        limit: at most so many, by their marks.
    """
    params = {
        **selection.params,
        "thresholds_provider": provider_id,
        "thresholds_limit": limit,
    }
    return [row[0] for row in fetch_all(_BELOW.format(selection=selection.sql), params)]
