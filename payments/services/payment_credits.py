"""Post what a payment has brought into its customer's wallet. Called by settlement, under the payment's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.markers import marker
from payments.events import PaymentSettled
from payments.selectors.topups import topup_of_attempt
from payments.services.topup_money import credit_topup

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.types import PostingResult
    from billing_platform.kernel.money import Money
    from payments.models import Attempt
    from payments.selectors.topups import TopupView

SOURCE: Final = "payment"


def credit_payment(row: Attempt, amount: Money, now: datetime) -> None:
    """Post what a payment has brought, with what was bought by it, and tell who listens.

    Args:
        row: the attempt, locked in an open transaction; whoever calls saves it.
        amount: what came.
        now: the present moment.

    Idempotency: by the posting's key.
    """
    topup = topup_of_attempt(row.provider_id, row.pk)
    result = _post(row, amount, now) if topup is None else _post_topup(row, topup, amount, now)
    marker("payment.posted")
    row.posting_id, row.settled_at = result.posting_id, now
    dispatcher.send(
        PaymentSettled(
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            payment=row.public_id,
            reference=row.reference,
            posting_id=result.posting_id,
            settled_at=now,
            currency=amount.currency,
            amount_minor=amount.amount_minor,
            topup=topup.public_id if topup else "",
        )
    )


def _post(row: Attempt, amount: Money, now: datetime) -> PostingResult:
    open_wallet(
        provider_id=row.provider_id, tenant_id=row.tenant_id, currency=amount.currency, now=now
    )
    minor = amount.amount_minor
    lines = (
        Line(kind=AccountKind.WALLET, amount_minor=minor, tenant_id=row.tenant_id),
        Line(kind=AccountKind.GATEWAY_CLEARING, amount_minor=-minor),
    )
    request = PostingRequest(
        kind=PostingKind.TOP_UP,
        currency=amount.currency,
        lines=lines,
        key=f"payment:{row.public_id}",
        source_type=SOURCE,
        source_id=row.public_id,
    )
    return post(provider_id=row.provider_id, request=request, now=now)


def _post_topup(row: Attempt, topup: TopupView, amount: Money, now: datetime) -> PostingResult:
    return credit_topup(
        topup=topup,
        received=amount,
        clearing=AccountKind.GATEWAY_CLEARING,
        key=f"payment:{row.public_id}",
        source_type=SOURCE,
        source_id=row.public_id,
        now=now,
    )
