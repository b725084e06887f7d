"""Credit and adjust a wallet by a person's decision. Called by staff pages and the command `add_credit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.enums import AccountKind, PostingKind
from accounts.errors import InvalidPostingAmount
from accounts.services.posting import post
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.kernel.locks import require_atomic

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.types import PostingResult
    from billing_platform.kernel.money import Money


def add_credit(
    *, provider_id: int, tenant_id: int, amount: Money, reason: str, key: str, now: datetime
) -> PostingResult:
    """Credit a tenant's wallet by hand and let it return when that is enough; the wallet is opened when there is none.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet, in the amount's currency.
        amount: above 0.
        reason: a person's words, at most 500 characters.
        key: unique per provider.
        now: the moment of posting.

    Returns:
        The posting.

    Raises:
        InvalidPostingAmount: the amount is not above 0, or out of range.
        WalletNotFound: the provider has no such tenant.
        IdempotencyConflict: the key stands for another posting.
        TransactionRequiredError: no transaction is open.

    Idempotency: by key.
    """
    require_atomic()
    if amount.amount_minor <= 0:
        raise InvalidPostingAmount(message=_("A credit must be above 0."))
    open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=amount.currency, now=now)
    request = _request(PostingKind.CREDIT, tenant_id, amount, reason, key)
    return post(provider_id=provider_id, request=request, now=now)


def adjust(
    *, provider_id: int, tenant_id: int, amount: Money, reason: str, key: str, now: datetime
) -> PostingResult:
    """Correct a tenant's wallet by hand, in either direction; debt is allowed.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet, in the amount's currency.
        amount: + credits the wallet, − debits it; not 0.
        reason: a person's words, at most 500 characters.
        key: unique per provider.
        now: the moment of posting.

    Returns:
        The posting.

    Raises:
        InvalidPostingAmount: the amount is 0 or out of range.
        WalletNotFound: the tenant has no wallet in this currency.
        IdempotencyConflict: the key stands for another posting.
        TransactionRequiredError: no transaction is open.

    Idempotency: by key.
    """
    request = _request(PostingKind.ADJUSTMENT, tenant_id, amount, reason, key)
    return post(provider_id=provider_id, request=request, now=now)


def _request(
    kind: PostingKind, tenant_id: int, amount: Money, reason: str, key: str
) -> PostingRequest:
    return PostingRequest(
        kind=kind,
        currency=amount.currency,
        lines=(
            Line(kind=AccountKind.WALLET, amount_minor=amount.amount_minor, tenant_id=tenant_id),
            Line(kind=AccountKind.ADJUSTMENT, amount_minor=-amount.amount_minor),
        ),
        key=key,
        source_type="staff",
        reason=reason,
    )
