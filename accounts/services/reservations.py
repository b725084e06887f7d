"""Set, raise and release the reserved part of a wallet. Called by upper parts that know what is spoken for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.errors import InsufficientFunds, InvalidKey, InvalidPostingAmount, WalletNotFound
from accounts.services.effects import StateOutcome, follow_up
from accounts.services.wallet_sql import MARK, OUTCOME, STATE_COLUMNS, change_ctes, state_sets
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_dicts, fetch_one

if TYPE_CHECKING:
    from datetime import datetime

_HELD: Final = """
SELECT balance - reserved FROM accounts_wallet WHERE provider_id = %s AND id = %s FOR NO KEY UPDATE
"""
_OLD: Final = (
    "SELECT amount FROM accounts_reservation WHERE provider_id = %s AND wallet_id = %s AND key = %s"
)
_SET: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET reserved = w.reserved + %(delta)s, {state_sets(reserved="w.reserved + %(delta)s")}
          FROM mark WHERE w.provider_id = %(dues_provider)s AND w.id = %(wallet)s
        RETURNING {STATE_COLUMNS}),
    r AS (
        INSERT INTO accounts_reservation (provider_id, tenant_id, wallet_id, key, amount, changed_at)
        SELECT %(dues_provider)s, u.tenant_id, u.id, %(key)s, %(amount)s, %(dues_now)s FROM u
        ON CONFLICT (provider_id, wallet_id, key) DO UPDATE
           SET amount = excluded.amount, changed_at = excluded.changed_at),
    {change_ctes("reserved")}
SELECT {OUTCOME}
"""


def set_reserved(
    *,
    provider_id: int,
    wallet_id: int,
    key: str,
    amount_minor: int,
    now: datetime,
    floor: int | None = None,
) -> int:
    """Reserve a part of a wallet's balance for something, or change how much; the suspension rule runs at once.

    Args:
        provider_id: whose; its scope is open.
        wallet_id: which wallet.
        key: what it is held for, `<source>:<id>`, 1 to 100 characters.
        amount_minor: how much from now on, minor units, 0 or more; 0 releases it.
        now: the moment of the change.
        floor: what must stay available, minor units; None when more may be reserved than there is.

    Returns:
        By how much the wallet's reserved amount changed, minor units.

    Raises:
        WalletNotFound: the provider has no such wallet.
        InvalidPostingAmount: the amount is below 0 or out of range.
        InvalidKey: the key is empty or too long.
        InsufficientFunds: less than `floor` would stay available.
        TransactionRequiredError: no transaction is open.

    Idempotency: by key; the same amount again changes nothing.
    """
    require_atomic()
    if not 0 <= amount_minor <= 10**15:
        raise InvalidPostingAmount
    if not 0 < len(key) <= 100:
        raise InvalidKey
    held = fetch_one(_HELD, [provider_id, wallet_id])
    if held is None:
        raise WalletNotFound
    old = fetch_one(_OLD, [provider_id, wallet_id, key])
    delta = amount_minor - (old[0] if old else 0)
    if delta == 0:
        return 0
    if delta > 0 and floor is not None and held[0] - delta < floor:
        raise InsufficientFunds
    params = {
        "dues_provider": provider_id,
        "dues_now": now,
        "wallet": wallet_id,
        "key": key,
        "amount": amount_minor,
        "delta": delta,
    }
    (row,) = fetch_dicts(_SET, params)
    follow_up(provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=(), now=now)
    return int(delta)


def raise_reserved(
    *,
    provider_id: int,
    wallet_id: int,
    key: str,
    by_minor: int,
    now: datetime,
    floor: int | None = None,
) -> int:
    """Reserve more (or less) for something that is reserved already.

    Args:
        provider_id: whose; its scope is open.
        wallet_id: which wallet.
        key: what it is held for.
        by_minor: the change, minor units; what is reserved may not fall below 0.
        now: the moment of the change.
        floor: what must stay available, minor units; None when more may be reserved than there is.

    Returns:
        What is reserved under this key now, minor units.

    Raises:
        WalletNotFound: the provider has no such wallet.
        InvalidPostingAmount: the amount would fall below 0 or out of range.
        InsufficientFunds: less than `floor` would stay available.
        TransactionRequiredError: no transaction is open.

    Idempotency: none; who may be repeated uses `set_reserved`.
    """
    require_atomic()
    if fetch_one(_HELD, [provider_id, wallet_id]) is None:
        raise WalletNotFound
    old = fetch_one(_OLD, [provider_id, wallet_id, key])
    amount: int = (old[0] if old else 0) + by_minor
    set_reserved(
        provider_id=provider_id,
        wallet_id=wallet_id,
        key=key,
        amount_minor=amount,
        now=now,
        floor=floor,
    )
    return amount


def release_reserved(*, provider_id: int, wallet_id: int, key: str, now: datetime) -> int:
    """Release what is reserved for something.

    Args:
        provider_id: whose; its scope is open.
        wallet_id: which wallet.
        key: what it was held for.
        now: the moment of the change.

    Returns:
        How much was released, minor units; 0 when nothing was held.

    Raises:
        WalletNotFound: the provider has no such wallet.
        TransactionRequiredError: no transaction is open.

    Idempotency: by key.
    """
    return -set_reserved(
        provider_id=provider_id, wallet_id=wallet_id, key=key, amount_minor=0, now=now
    )
