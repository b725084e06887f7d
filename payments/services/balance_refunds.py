"""Give money of a payment back to the customer's balance: no gateway is asked, and nothing counts twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind, PostingKind
from accounts.selectors.balances import wallet_of
from accounts.selectors.bonus import bonus_left
from accounts.services.posting import post
from accounts.services.wallets import lock_wallets, open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.kernel.markers import marker
from payments.services.refund_outcomes import SOURCE

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.models import Attempt

MARKERS: Final = ("refund.credited", "refund.taken")


def credit_balance(
    attempt: Attempt, public_id: str, amount: Money, *, now: datetime
) -> tuple[int | None, int]:
    """Credit a refund to the balance, and take out of it what of the payment is still unused there.

    The unused part stands in the balance already, so it leaves as the refund's own line and comes again with the
    credit; the rest was used up and is given by the provider. Both name the refund. The credit comes first, so that
    the balance never dips on the way.

    Args:
        attempt: the payment, locked.
        public_id: of the refund; both postings name it.
        amount: above 0, at most what is left of the payment.
        now: the moment of posting.

    Returns:
        The posting that took the unused part, None when nothing was unused, and the one that credited the whole.
    """
    provider_id, tenant_id = attempt.provider_id, attempt.tenant_id
    open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=amount.currency, now=now)
    unused = min(_free(attempt, amount.currency), amount.amount_minor)
    rest = amount.amount_minor - unused
    credit = PostingRequest(
        kind=PostingKind.CREDIT,
        currency=amount.currency,
        lines=(
            Line(kind=AccountKind.WALLET, amount_minor=amount.amount_minor, tenant_id=tenant_id),
            *_line(AccountKind.REFUND_PAYABLE, -unused, tenant_id),
            *_line(AccountKind.ADJUSTMENT, -rest, 0),
        ),
        key=f"refund:{public_id}:credit",
        source_type=SOURCE,
        source_id=public_id,
    )
    credited = post(provider_id=provider_id, request=credit, now=now).posting_id
    marker("refund.credited")
    if not unused:
        return None, credited
    taking = PostingRequest(
        kind=PostingKind.REFUND,
        currency=amount.currency,
        lines=(
            Line(kind=AccountKind.WALLET, amount_minor=-unused, tenant_id=tenant_id),
            *_line(AccountKind.REFUND_PAYABLE, unused, tenant_id),
        ),
        key=f"refund:{public_id}",
        source_type=SOURCE,
        source_id=public_id,
        spares_bonus=True,
    )
    taken = post(provider_id=provider_id, request=taking, now=now).posting_id
    marker("refund.taken")
    return taken, credited


def _line(kind: AccountKind, minor: int, tenant_id: int) -> tuple[Line, ...]:
    return (Line(kind=kind, amount_minor=minor, tenant_id=tenant_id),) if minor else ()


def _free(attempt: Attempt, currency: str) -> int:
    """Return what the wallet holds beside bonus, held still until the end of the transaction."""
    wallet = wallet_of(attempt.provider_id, attempt.tenant_id, currency)
    lock_wallets(provider_id=attempt.provider_id, wallet_ids=[wallet.id])
    wallet = wallet_of(attempt.provider_id, attempt.tenant_id, currency)
    bonus = bonus_left(attempt.provider_id, attempt.tenant_id, currency)
    return max(wallet.available - bonus, 0)
