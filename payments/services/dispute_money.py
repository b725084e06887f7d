"""The postings of a dispute: what left the gateway for it, what came back, and the gateway's fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post, reverse
from accounts.types import Line, PostingRequest
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.services.bonus_returns import bring_bonus

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Dispute
    from payments.services.dispute_verdicts import Held

SOURCE: Final = "dispute"


def hold(row: Dispute, holds: Held, now: datetime) -> None:
    """Bring the ledger to what it has to hold for a dispute.

    Args:
        row: locked with its payment in an open transaction; what the ledger holds and how is written into it.
        holds: what it has to hold.
        now: the moment of posting.

    Idempotency: only the difference to what the row says is posted; each posting has a key of its own by its number.
    """
    if holds.total != row.taken_minor + row.borne_minor:
        gone = Money(holds.total, row.currency)
        bring_bonus(row.provider_id, row.attempt_id, gone, f"{SOURCE}:{row.public_id}", now)
    if holds.total or not row.posting_id:
        _move(row, holds, now)
    else:
        # All of it comes back: the posting is taken back, so that bonus it drew on is bonus again.
        reverse(provider_id=row.provider_id, posting_id=row.posting_id, key=next_key(row), now=now)
        row.taken_minor, row.borne_minor, row.posting_id = 0, 0, None
    _keep_fee(row, holds.fee, now)
    marker("dispute.posted")


def _move(row: Dispute, holds: Held, now: datetime) -> None:
    taken, borne = holds.taken - row.taken_minor, holds.borne - row.borne_minor
    if not taken and not borne:
        return
    is_first = not row.taken_minor and not row.borne_minor
    kind = PostingKind.BANK_RETURN if row.is_return else PostingKind.DISPUTE
    lines = (
        Line(kind=AccountKind.WALLET, amount_minor=-taken, tenant_id=row.tenant_id),
        Line(kind=AccountKind.BAD_DEBT, amount_minor=-borne),
        Line(kind=AccountKind.GATEWAY_CLEARING, amount_minor=taken + borne),
    )
    posting_id = _post(row, kind if taken + borne > 0 else PostingKind.DISPUTE_WON, lines, now)
    row.taken_minor, row.borne_minor = holds.taken, holds.borne
    row.posting_id = posting_id if is_first else None


def _keep_fee(row: Dispute, fee: int, now: datetime) -> None:
    more = fee - row.fee_minor
    if more:
        lines = (
            Line(kind=AccountKind.GATEWAY_FEES, amount_minor=-more),
            Line(kind=AccountKind.GATEWAY_CLEARING, amount_minor=more),
        )
        _post(row, PostingKind.GATEWAY_FEE, lines, now)
        row.fee_minor = fee


def _post(row: Dispute, kind: PostingKind, lines: tuple[Line, ...], now: datetime) -> int:
    request = PostingRequest(
        kind=kind,
        currency=row.currency,
        lines=tuple(line for line in lines if line.amount_minor),
        key=next_key(row),
        source_type=SOURCE,
        source_id=row.public_id,
        spares_bonus=True,
    )
    return post(provider_id=row.provider_id, request=request, now=now).posting_id


def next_key(row: Dispute) -> str:
    """Return the key of a dispute's next posting, and count it.

    Args:
        row: locked; who posts saves it.
    """
    row.moves += 1
    return f"dispute:{row.public_id}:{row.moves}"
