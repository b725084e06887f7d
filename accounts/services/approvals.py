"""Postings by hand that need a second person: asked for, approved or declined by somebody else, posted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.enums import ApprovalState, PostingKind
from accounts.errors import ApprovalDecidedError, SamePersonError, UnknownApprovalError
from accounts.models import Approval
from accounts.services.credits import add_credit, adjust
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


@transaction.atomic
def request_approval(
    *,
    provider_id: int,
    tenant_id: int,
    kind: str,
    amount: Money,
    reason: str,
    key: str,
    user_id: int,
    now: datetime,
) -> bool:
    """Ask for a posting that a second person approves.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet, in the amount's currency.
        kind: PostingKind.CREDIT or ADJUSTMENT; REFUND for what payments carry out, once `settle_approval` allows it.
        amount: what is to be posted; a correction may be below 0, a refund is.
        reason: a person's words, at most 500 characters.
        key: the form's own, unique per provider.
        user_id: who asks.
        now: the moment.

    Returns:
        False when this form has asked before.

    Idempotency: by key.
    """
    row = Approval(
        provider_id=provider_id,
        tenant_id=tenant_id,
        kind=kind,
        currency=amount.currency,
        amount_minor=amount.amount_minor,
        reason=reason,
        key=key,
        requested_by=user_id,
        requested_at=now,
    )
    known = Approval.objects.filter(provider_id=provider_id, key=key).exists()
    Approval.objects.bulk_create([row], ignore_conflicts=True)
    return not known


@transaction.atomic
def approve(*, provider_id: int, approval_id: int, user_id: int, now: datetime) -> None:
    """Approve a posting and make it, in one transaction.

    Args:
        provider_id: whose; its scope is open.
        approval_id: which.
        user_id: who approves; not who asked.
        now: the moment of posting.

    Raises:
        UnknownApprovalError: no such request.
        ApprovalDecidedError: somebody decided before; nothing is posted again.
        SamePersonError: who asked cannot approve.
        AccountsError: the posting is refused; the request goes on waiting.

    Idempotency: the second of two finds it decided; the posting's key is the request's.
    """
    row = _lock(provider_id, approval_id)
    if row.requested_by == user_id:
        raise SamePersonError
    post = add_credit if row.kind == PostingKind.CREDIT else adjust
    post(
        provider_id=provider_id,
        tenant_id=row.tenant_id,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        key=f"staff:{row.requested_by}:approval-{row.pk}",
        now=now,
    )
    _decide(row, ApprovalState.APPROVED, user_id, now)


@transaction.atomic
def decline(*, provider_id: int, approval_id: int, user_id: int, now: datetime) -> None:
    """Decline a posting; whoever asked for it withdraws it.

    Args:
        provider_id: whose; its scope is open.
        approval_id: which.
        user_id: who decides.
        now: the moment.

    Raises:
        UnknownApprovalError: no such request.
        ApprovalDecidedError: somebody decided before.

    Idempotency: the second of two finds it decided.
    """
    row = _lock(provider_id, approval_id)
    is_own = row.requested_by == user_id
    _decide(row, ApprovalState.WITHDRAWN if is_own else ApprovalState.DECLINED, user_id, now)


@transaction.atomic
def settle_approval(*, provider_id: int, key: str, user_id: int, now: datetime) -> None:
    """Approve what another part carries out, in the transaction in which it does.

    Args:
        provider_id: whose; its scope is open.
        key: under which it was asked for.
        user_id: who approves; not who asked.
        now: the moment.

    Raises:
        UnknownApprovalError: no such request.
        ApprovalDecidedError: somebody decided before.
        SamePersonError: who asked cannot approve.

    Idempotency: the second of two finds it decided.
    """
    row = _waiting(Approval.objects.filter(provider_id=provider_id, key=key))
    if row.requested_by == user_id:
        raise SamePersonError
    _decide(row, ApprovalState.APPROVED, user_id, now)


@transaction.atomic
def drop_approval(
    *, provider_id: int, key: str, user_id: int, now: datetime, is_moot: bool = False
) -> None:
    """Decline what another part would carry out; whoever asked for it withdraws it.

    Args:
        provider_id: whose; its scope is open.
        key: under which it was asked for.
        user_id: who decides.
        now: the moment.
        is_moot: what it was for is not wanted any more, so it is withdrawn, whoever says so.

    Raises:
        UnknownApprovalError: no such request.
        ApprovalDecidedError: somebody decided before.

    Idempotency: the second of two finds it decided.
    """
    row = _waiting(Approval.objects.filter(provider_id=provider_id, key=key))
    is_own = is_moot or row.requested_by == user_id
    _decide(row, ApprovalState.WITHDRAWN if is_own else ApprovalState.DECLINED, user_id, now)


def _lock(provider_id: int, approval_id: int) -> Approval:
    rows = Approval.objects.filter(provider_id=provider_id, pk=approval_id)
    # A refund is decided where its payment is seen; this part cannot give anything back.
    return _waiting(rows.exclude(kind=PostingKind.REFUND))


def _waiting(rows: QuerySet[Approval]) -> Approval:
    row = rows.select_for_update().first()
    if row is None:
        raise UnknownApprovalError
    if row.state != ApprovalState.WAITING:
        raise ApprovalDecidedError
    return row


def _decide(row: Approval, state: ApprovalState, user_id: int, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, user_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
