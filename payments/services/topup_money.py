"""The money of a top-up: what comes in is split between wallet and tax, and brings its promotion once it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import TopupState
from payments.errors_topups import TopupNotFound
from payments.models import Topup
from payments.selectors.topups import TopupView, topup_by_public_id
from promotions.services.redeeming import confirm, give_again, release, take_back

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.types import PostingResult

MARKERS = ("topup.posted", "topup.promised")


def credit_topup(
    *,
    topup: TopupView,
    received: Money,
    clearing: AccountKind,
    key: str,
    source_type: str,
    source_id: str,
    now: datetime,
) -> PostingResult:
    """Credit what came in for a top-up: net of its tax to the wallet, the tax to the state's account.

    The promotion follows in the same transaction as soon as the whole total has come in, however many payments it took.

    Args:
        topup: which; its provider's scope is open, in a transaction.
        received: above 0; another amount or currency than was agreed bears the same taxes, as an amount that contains
            them, and by itself no promotion.
        clearing: GATEWAY_CLEARING or BANK_CLEARING, where the money is.
        key: of the posting.
        source_type: what kind of thing brought it.
        source_id: its public id.
        now: the moment of posting.

    Returns:
        The posting of the money.

    Raises:
        TopupNotFound: the provider has no such top-up.
        IdempotencyConflict: the key stands for another posting.

    Idempotency: by `key`; what was counted once is not counted again.
    Source: docs/decisions/0022-the-money-of-a-top-up.md.
    """
    provider_id, tenant_id = topup.provider_id, topup.tenant_id
    row = _locked(topup)
    open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=received.currency, now=now)
    share = TopupView.of(row).share_of(received)
    lines = (
        Line(kind=AccountKind.WALLET, amount_minor=share.net.amount_minor, tenant_id=tenant_id),
        Line(kind=AccountKind.TAX_PAYABLE, amount_minor=share.tax.amount_minor),
        Line(kind=clearing, amount_minor=-received.amount_minor),
    )
    is_bank = clearing == AccountKind.BANK_CLEARING
    request = PostingRequest(
        kind=PostingKind.PAYMENT if is_bank else PostingKind.TOP_UP,
        currency=received.currency,
        lines=tuple(line for line in lines if line.amount_minor),
        key=key,
        source_type=source_type,
        source_id=source_id,
    )
    result = post(provider_id=provider_id, request=request, now=now)
    marker("topup.posted")
    if result.created and received.currency == row.currency:
        _count(row, received.amount_minor, now)
    return result


def close_topup(*, provider_id: int, attempt_id: int, now: datetime) -> None:
    """Write down that the payment of a top-up came to nothing: its promotion is free again.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        attempt_id: the payment's number; one without a top-up is nothing to do.
        now: the present moment.

    Idempotency: by top-up; one that is credited stays so.
    """
    rows = Topup.objects.select_for_update(no_key=True).filter(provider_id=provider_id)
    _close(rows.filter(attempt_id=attempt_id).first(), now)


def close_bank_topup(*, provider_id: int, public_id: str, now: datetime) -> None:
    """Write down that nobody will transfer the money of a top-up: its promotion is free again.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        public_id: of the top-up; one for which something came in stays as it is.
        now: the present moment.

    Idempotency: by top-up; money that comes after all opens it again.
    """
    rows = Topup.objects.select_for_update(no_key=True).filter(provider_id=provider_id)
    _close(rows.filter(public_id=public_id, received_minor=0).first(), now)


def _close(row: Topup | None, now: datetime) -> None:
    if row is None or row.state != TopupState.OPEN:
        return
    row.state, row.state_at = TopupState.CLOSED, now
    row.save(update_fields=["state", "state_at"])
    if row.code:
        release(provider_id=row.provider_id, source=row.public_id, now=now)


def uncount_topup(*, topup: TopupView, received: Money, key: str, now: datetime) -> None:
    """Write down that money which came in for a top-up has gone back; with it goes its share of the promotion.

    Args:
        topup: which; its provider's scope is open, in the transaction that takes the money back.
        received: what had come in.
        key: of what takes it back, at most 100 characters.
        now: the present moment.

    Raises:
        TopupNotFound: the provider has no such top-up.
    """
    row = _locked(topup)
    if received.currency != row.currency:
        return
    before, row.received_minor = row.received_minor, row.received_minor - received.amount_minor
    missing = max(0, row.total_minor - row.received_minor) - max(0, row.total_minor - before)
    if row.code and missing:
        take_back(
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            source=row.public_id,
            refunded=Money(missing, row.currency),
            paid=Money(row.total_minor, row.currency),
            key=key,
            now=now,
        )
    if row.state == TopupState.CREDITED and row.received_minor < row.total_minor:
        row.state, row.state_at = TopupState.OPEN, now
    row.save(update_fields=["received_minor", "state", "state_at"])


def hold_topup(*, provider_id: int, public_id: str) -> None:
    """Lock a top-up before its client's wallet, as whoever credits it does.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        public_id: of the top-up.

    Raises:
        TopupNotFound: the provider has no such top-up.
    """
    _locked(topup_by_public_id(provider_id, public_id))


def _locked(topup: TopupView) -> Topup:
    rows = Topup.objects.select_for_update(no_key=True).filter(provider_id=topup.provider_id)
    row = rows.filter(pk=topup.id).first()
    if row is None:
        raise TopupNotFound
    return row


def _count(row: Topup, received_minor: int, now: datetime) -> None:
    row.received_minor += received_minor
    is_whole = row.received_minor >= row.total_minor and row.state != TopupState.CREDITED
    if is_whole and row.code:
        # A match that was taken back took its share along; the next one brings it again.
        give_again(
            provider_id=row.provider_id, tenant_id=row.tenant_id, source=row.public_id, now=now
        )
        # A use that was let go is taken again if there is one left; else the money is credited without it.
        confirm(provider_id=row.provider_id, tenant_id=row.tenant_id, source=row.public_id, now=now)
        marker("topup.promised")
    if is_whole:
        row.state, row.state_at = TopupState.CREDITED, now
    row.save(update_fields=["received_minor", "state", "state_at"])
