"""Suspend tenants and let them return: by their wallets in the ledger's own transaction, or by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import execute, fetch_all
from tenants.enums import SuspensionReason
from tenants.errors import AlreadySuspendedError, NotSuspendedError, TenantClosedError
from tenants.events import TenantStatusChanged
from tenants.models import Suspension
from tenants.selectors.tenants import tenant_by_id
from tenants.types import PLATFORM_SOURCE, StatusChange, WalletFlip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# Who makes tenants and who suspends the whole provider take turns under this name.
SUSPENDING: Final = "tenants.suspending"
_LOCK = """
SELECT id FROM tenants_tenant WHERE provider_id = %(provider)s AND id = ANY(%(tenants)s) ORDER BY id FOR NO KEY UPDATE
"""
_LIFT = """
UPDATE tenants_suspension s SET lifted_at = %(now)s
  FROM unnest(%(tenants)s::bigint[], %(sources)s::text[], %(suspended)s::boolean[]) AS f (tenant_id, source, suspended)
 WHERE s.provider_id = %(provider)s AND s.tenant_id = f.tenant_id AND s.source = f.source AND NOT f.suspended
   AND s.reason = %(reason)s AND s.lifted_at IS NULL
"""
# Every opened row has the next epoch of its tenant; a closed tenant is suspended no more.
_OPEN = """
INSERT INTO tenants_suspension (provider_id, tenant_id, epoch, reason, source, note, since)
SELECT t.provider_id, t.id, t.epoch + row_number() OVER (PARTITION BY t.id ORDER BY f.source), %(reason)s, f.source,
       %(note)s, %(now)s
  FROM unnest(%(tenants)s::bigint[], %(sources)s::text[], %(suspended)s::boolean[]) AS f (tenant_id, source, suspended)
  JOIN tenants_tenant t ON t.provider_id = %(provider)s AND t.id = f.tenant_id AND t.status <> 'closed'
 WHERE f.suspended AND NOT EXISTS (
       SELECT 1 FROM tenants_suspension s
        WHERE s.provider_id = t.provider_id AND s.tenant_id = t.id AND s.reason = %(reason)s AND s.source = f.source
          AND s.lifted_at IS NULL)
 ORDER BY t.id
"""
# The tenant's row follows: suspended as long as one reason is open; a return is an epoch of its own.
_FOLLOW = """
UPDATE tenants_tenant t SET status = n.status, epoch = n.epoch
  FROM (SELECT t.id,
               CASE WHEN count(s.id) > 0 THEN 'suspended'
                    WHEN t.status <> 'active' AND t.trial_ends_at > %(now)s THEN 'trial' ELSE 'active' END AS status,
               CASE WHEN count(s.id) > 0 THEN greatest(t.epoch, max(s.epoch))
                    WHEN t.status = 'suspended' THEN t.epoch + 1 ELSE t.epoch END AS epoch
          FROM tenants_tenant t
          LEFT JOIN tenants_suspension s ON s.provider_id = t.provider_id AND s.tenant_id = t.id AND s.lifted_at IS NULL
         WHERE t.provider_id = %(provider)s AND t.id = ANY(%(tenants)s) AND t.status <> 'closed'
         GROUP BY t.id) n
 WHERE t.provider_id = %(provider)s AND t.id = n.id AND (t.status, t.epoch) IS DISTINCT FROM (n.status, n.epoch)
RETURNING t.id, t.status, t.epoch
"""


def apply_wallet_flips(
    *, provider_id: int, flips: Sequence[WalletFlip], now: datetime
) -> list[StatusChange]:
    """Let tenants follow their wallets, set-based, in the transaction that changed the wallets.

    Args:
        provider_id: whose; its scope, the system's, or that of the one tenant concerned is open.
        flips: wallets that fell to their limit or came back; at most one per tenant and source.
        now: the moment of the flip.

    Returns:
        The tenants whose status or epoch changed, for who sends word of it.
        A tenant that is suspended for two reasons returns when the last one is lifted.

    Raises:
        TransactionRequiredError: no transaction is open, so the wallets could disagree with the tenants.

    Idempotency: by state; a flip to where the tenant already stands changes nothing.
    """
    require_atomic()
    return _apply(provider_id, flips, now=now, reason=SuspensionReason.EXHAUSTED, note="")


@transaction.atomic
def suspend_for_debt(
    *, provider_id: int, flips: Sequence[WalletFlip], now: datetime
) -> list[StatusChange]:
    """Suspend postpaid tenants whose invoices are overdue, or let them return; the same as for wallets.

    Args:
        provider_id: whose; its scope, or the system's, is open.
        flips: `source` names what is owed (a currency).
        now: the moment of the decision.

    Idempotency: by state.
    """
    return _apply(provider_id, flips, now=now, reason=SuspensionReason.OVERDUE, note="")


@transaction.atomic
def suspend_by_hand(*, provider_id: int, tenant_id: int, note: str, now: datetime) -> StatusChange:
    """Suspend a tenant by a person's decision.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the row's number.
        note: why, at most 500 characters; the tenant's admins see it.
        now: the moment of the decision.

    Returns:
        The tenant's new status and epoch.

    Raises:
        TenantNotFoundError: the provider has no such tenant.
        TenantClosedError: it is closed.
        AlreadySuspendedError: it is suspended by hand already.
    """
    if tenant_by_id(provider_id, tenant_id).status == "closed":
        raise TenantClosedError
    return _by_hand(provider_id, tenant_id, note=note[:500], now=now, suspended=True)


@transaction.atomic
def resume_by_hand(*, provider_id: int, tenant_id: int, now: datetime) -> StatusChange | None:
    """Lift the suspension that a person decided; other reasons stay.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the row's number.
        now: the moment of the decision.

    Returns:
        The tenant's new status and epoch, or None when another reason keeps it suspended.

    Raises:
        TenantNotFoundError: the provider has no such tenant.
        NotSuspendedError: it is not suspended by hand.
    """
    tenant_by_id(provider_id, tenant_id)
    is_open = Suspension.objects.filter(
        provider_id=provider_id,
        tenant_id=tenant_id,
        reason=SuspensionReason.BY_HAND,
        source="",
        lifted_at__isnull=True,
    )
    if not is_open.exists():
        raise NotSuspendedError
    flip = WalletFlip(tenant_id, "", suspended=False)
    changes = _apply(provider_id, [flip], now=now, reason=SuspensionReason.BY_HAND, note="")
    _tell(provider_id, changes)
    return changes[0] if changes else None


@transaction.atomic
def follow_provider(
    *, provider_id: int, tenant_ids: Sequence[int], suspended: bool, now: datetime
) -> list[StatusChange]:
    """Suspend tenants because their whole provider is, or lift that; other reasons stay.

    Args:
        provider_id: whose; its scope, or the system's, is open.
        tenant_ids: which, each once; closed ones stay as they are.
        suspended: whether the provider is suspended now.
        now: the moment of the decision.

    Returns:
        The tenants whose status or epoch changed.

    Idempotency: by state.
    """
    flips = [WalletFlip(each, PLATFORM_SOURCE, suspended=suspended) for each in tenant_ids]
    changes = _apply(provider_id, flips, now=now, reason=SuspensionReason.BY_HAND, note="")
    _tell(provider_id, changes)
    return changes


def _by_hand(
    provider_id: int, tenant_id: int, *, note: str, now: datetime, suspended: bool
) -> StatusChange:
    flip = WalletFlip(tenant_id, "", suspended=suspended)
    changes = _apply(provider_id, [flip], now=now, reason=SuspensionReason.BY_HAND, note=note)
    if not changes:
        raise AlreadySuspendedError
    _tell(provider_id, changes)
    return changes[0]


def _tell(provider_id: int, changes: Sequence[StatusChange]) -> None:
    for change in changes:
        dispatcher.send(
            TenantStatusChanged(
                provider_id=provider_id,
                tenant_id=change.tenant_id,
                status=change.status,
                epoch=change.epoch,
            )
        )


def _apply(
    provider_id: int, flips: Sequence[WalletFlip], *, now: datetime, reason: str, note: str
) -> list[StatusChange]:
    if not flips:
        return []
    params = {
        "provider": provider_id,
        "tenants": [flip.tenant_id for flip in flips],
        "sources": [flip.source for flip in flips],
        "suspended": [flip.suspended for flip in flips],
        "reason": str(reason),
        "note": note,
        "now": now,
    }
    # The tenants' rows are locked first, in order, so that two wallets of a tenant never decide at the same time.
    fetch_all(_LOCK, params)
    execute(_LIFT, params)
    execute(_OPEN, params)
    return [StatusChange(*row) for row in fetch_all(_FOLLOW, params)]
