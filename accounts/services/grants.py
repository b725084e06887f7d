"""Give credit with a priority or an expiry, and post what expired. Called by promotions and the daily job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from accounts.enums import AccountKind, PostingKind
from accounts.errors import InvalidPostingAmount
from accounts.services.posting import post
from accounts.services.wallets import lock_wallets
from accounts.types import GrantTerms, Line, PostingRequest
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_all, fetch_dicts

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.types import PostingResult
    from billing_platform.kernel.money import Money

_DUE: Final = """
SELECT DISTINCT g.wallet_id FROM accounts_credit_grant g
 WHERE g.provider_id = %s AND g.remaining > 0 AND g.expires_at <= %s ORDER BY g.wallet_id LIMIT %s
"""
# The newest use makes the key: what was given back to an expired grant expires again, under a key of its own.
_EXPIRED: Final = """
SELECT g.id, g.tenant_id, w.currency, g.remaining, g.expires_at,
       (SELECT coalesce(max(c.id), 0) FROM accounts_grant_consumption c
         WHERE c.provider_id = g.provider_id AND c.wallet_id = g.wallet_id AND c.grant_id = g.id) AS last_use
  FROM accounts_credit_grant g JOIN accounts_wallet w ON w.provider_id = g.provider_id AND w.id = g.wallet_id
 WHERE g.provider_id = %s AND g.wallet_id = %s AND g.remaining > 0 AND g.expires_at <= %s
 ORDER BY g.expires_at, g.id
"""


def grant_credit(
    *,
    provider_id: int,
    tenant_id: int,
    amount: Money,
    key: str,
    now: datetime,
    priority: int = 50,
    expires_at: datetime | None = None,
    source_type: str = "",
    source_id: str = "",
    reason: str = "",
) -> PostingResult:
    """Give a tenant promotional credit; it pays first what the wallet already owes.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet, in the amount's currency.
        amount: above 0.
        key: unique per provider.
        now: the moment of posting.
        priority: lower is used first; paid credit counts as 100.
        expires_at: the first moment at which it is gone, after `now`; None for never.
        source_type: the kind of thing that caused it.
        source_id: which one.
        reason: a person's words, at most 500 characters.

    Returns:
        The posting.

    Raises:
        InvalidPostingAmount: the amount is not above 0 or out of range, or the grant would be over before it begins.
        WalletNotFound: the tenant has no wallet in this currency.
        IdempotencyConflict: the key stands for another posting.
        TransactionRequiredError: no transaction is open.

    Idempotency: by key.
    """
    if amount.amount_minor <= 0:
        raise InvalidPostingAmount(message=_("A grant must be above 0."))
    if expires_at is not None and expires_at <= now:
        raise InvalidPostingAmount(message=_("A grant must expire in the future."))
    request = PostingRequest(
        kind=PostingKind.GRANT,
        currency=amount.currency,
        lines=(
            Line(kind=AccountKind.WALLET, amount_minor=amount.amount_minor, tenant_id=tenant_id),
            Line(kind=AccountKind.PROMOTION_EXPENSE, amount_minor=-amount.amount_minor),
        ),
        key=key,
        source_type=source_type,
        source_id=source_id,
        reason=reason,
        grant=GrantTerms(
            amount_minor=amount.amount_minor, priority=priority, expires_at=expires_at
        ),
    )
    return post(provider_id=provider_id, request=request, now=now)


def expire_grants(*, provider_id: int, now: datetime, limit: int = 500) -> int:
    """Post what is left of grants whose time is over.

    Args:
        provider_id: whose; its scope is open.
        now: grants that expire by then are over.
        limit: how many wallets at most in this transaction; call again until 0.

    Returns:
        How many grants expired with something left.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state and by key; the effective time of each posting is the grant's expiry.
    """
    require_atomic()
    expired = 0
    due = [wallet_id for (wallet_id,) in fetch_all(_DUE, [provider_id, now, limit])]
    # All wallets before the first tenant: a posting may suspend its tenant, and a charging run holds the other wallets.
    for wallet_id in lock_wallets(provider_id=provider_id, wallet_ids=due):
        for row in fetch_dicts(_EXPIRED, [provider_id, wallet_id, now]):
            request = PostingRequest(
                kind=PostingKind.GRANT_EXPIRY,
                currency=row["currency"],
                lines=(
                    Line(
                        kind=AccountKind.WALLET,
                        amount_minor=-row["remaining"],
                        tenant_id=row["tenant_id"],
                    ),
                    Line(kind=AccountKind.PROMOTION_EXPENSE, amount_minor=row["remaining"]),
                ),
                key=f"grant-expiry:{row['id']}:{row['last_use']}",
                effective_at=row["expires_at"],
                source_type="grant",
                source_id=str(row["id"]),
                draws_on=row["id"],
            )
            post(provider_id=provider_id, request=request, now=now)
            expired += 1
    return expired
