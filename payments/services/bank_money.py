"""The money of bank lines: credited and taken back; returns have `bank_returns`. Called by invoicing, which matches.

Every function runs in the caller's transaction under the line's row lock; each posting's key is made from the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post, reverse
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums_bank import CreditEnd, LineReason, LineState
from payments.errors_bank import LineDecided, NothingToTakeBack, PartlyReturned
from payments.events import PaymentSettled
from payments.models import BankCredit, BankReturn
from payments.models.bank_credit import new_credit_id
from payments.selectors.bank_lines import credit_view
from payments.selectors.topups import topup_by_public_id
from payments.services.bank_lines import REASON_MAX, locked_line, move_line
from payments.services.topup_money import credit_topup, hold_topup, uncount_topup

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import BankLine
    from payments.selectors.bank_lines import CreditView
    from payments.services.bank_lines import Decision

SOURCE: Final = "bank_credit"
MARKERS: Final = ("transfer.posted",)


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """Whose money a line brings.

    Attributes:
        reference: what it is for, opaque here, at most 64 characters.
        topup: the public id of the top-up that it pays, or "".
    """

    tenant_id: int
    reference: str = ""
    topup: str = ""


def credit_line(
    *, provider_id: int, line_id: int, purpose: Purpose, decision: Decision
) -> CreditView:
    """Credit a line to a client's balance.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which; money that came in.
        purpose: whose money it is.
        decision: who decided.

    Returns:
        The credit.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: it is credited, or it is none that can be, or not before somebody says that it is no duplicate.
        WalletNotFound: the provider has no such tenant.

    Idempotency: a line is credited once, by its row lock, a unique key, and the posting's key.
    """
    row = locked_line(provider_id, line_id)
    may = row.state in (LineState.NEW, LineState.OPEN) and row.reason != LineReason.DUPLICATE
    # Until it is matched nobody was asked whether it is a copy.
    may = may and not (row.state == LineState.NEW and row.equal_line_id is not None)
    if not may or row.amount_minor <= 0:
        raise LineDecided
    amount = Money(row.amount_minor, row.currency)
    public_id = new_credit_id()
    posting_id = _post_credit(row, amount, public_id, purpose, decision)
    marker("transfer.posted")
    credit = BankCredit.objects.create(
        public_id=public_id,
        provider_id=provider_id,
        tenant_id=purpose.tenant_id,
        line_id=row.pk,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reference=purpose.reference,
        topup=purpose.topup,
        posting_id=posting_id,
        matched_by=decision.user_id,
        reason=decision.reason[:REASON_MAX],
        matched_at=decision.now,
    )
    move_line(row, LineState.MATCHED, LineReason.NONE, decision)
    _announce(credit, amount)
    return credit_view(credit)


def take_back_credit(*, provider_id: int, line_id: int, decision: Decision) -> CreditView:
    """Take a wrong match back by a reversal; the line waits for a decision again.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: a line that is credited.
        decision: who decided, and why.

    Returns:
        The credit as it ended.

    Raises:
        BankLineNotFound: the provider has no such line.
        NothingToTakeBack: it is not credited, or the bank took the money back.
        PartlyReturned: the bank took a part back, so that the whole is not there any more.

    Idempotency: a credit ends once; the second call is refused.
    """
    row = locked_line(provider_id, line_id)
    credit = live_credit(row)
    if row.state != LineState.MATCHED or credit is None:
        raise NothingToTakeBack
    if BankReturn.objects.filter(provider_id=provider_id, credit_id=credit.pk).exists():
        raise PartlyReturned
    hold_credit(credit)
    # As for a return: the bonus before the money.
    uncount(credit, credit.amount_minor, key=f"bank/{credit.public_id}", now=decision.now)
    result = reverse(
        provider_id=provider_id,
        posting_id=credit.posting_id,
        key=f"bank:{credit.public_id}:undo",
        now=decision.now,
        reason=decision.reason[:REASON_MAX],
    )
    end_credit(credit, CreditEnd.UNMATCHED, result.posting_id, None, decision)
    move_line(row, LineState.OPEN, LineReason.UNMATCHED, decision)
    return credit_view(credit)


def _post_credit(
    row: BankLine, amount: Money, public_id: str, purpose: Purpose, decision: Decision
) -> int:
    """Post a credit: of a top-up as that was agreed, with its tax; of anything else the whole amount."""
    key = f"bank:{row.public_id}:{_credits(row)}"
    if purpose.topup:
        return credit_topup(
            topup=topup_by_public_id(row.provider_id, purpose.topup),
            received=amount,
            clearing=AccountKind.BANK_CLEARING,
            key=key,
            source_type=SOURCE,
            source_id=public_id,
            now=decision.now,
        ).posting_id
    open_wallet(
        provider_id=row.provider_id,
        tenant_id=purpose.tenant_id,
        currency=amount.currency,
        now=decision.now,
    )
    request = PostingRequest(
        kind=PostingKind.PAYMENT,
        currency=amount.currency,
        lines=(
            Line(
                kind=AccountKind.WALLET,
                amount_minor=amount.amount_minor,
                tenant_id=purpose.tenant_id,
            ),
            Line(kind=AccountKind.BANK_CLEARING, amount_minor=-amount.amount_minor),
        ),
        key=key,
        source_type=SOURCE,
        source_id=public_id,
        reason=decision.reason[:REASON_MAX],
    )
    return post(provider_id=row.provider_id, request=request, now=decision.now).posting_id


def _credits(row: BankLine) -> int:
    return BankCredit.objects.filter(provider_id=row.provider_id, line_id=row.pk).count() + 1


def hold_credit(credit: BankCredit) -> None:
    """Lock the top-up that a credit pays before its client's wallet, as whoever credits it does."""
    if credit.topup:
        hold_topup(provider_id=credit.provider_id, public_id=credit.topup)


def live_credit(row: BankLine) -> BankCredit | None:
    """Return the credit of a line that has not ended, None when there is none."""
    rows: Any = BankCredit.objects.filter(provider_id=row.provider_id, line_id=row.pk, end="")
    found: BankCredit | None = rows.first()
    return found


def end_credit(
    credit: BankCredit, end: str, posting_id: int, line_id: int | None, decision: Decision
) -> None:
    """Write down how a credit ended, once.

    Args:
        credit: live, its line locked in an open transaction.
        end: of CreditEnd.
        posting_id: the posting that took it, or the last of it, back.
        line_id: the line of the return, None for a match that was taken back.
        decision: who decided.
    """
    credit.end, credit.end_posting_id, credit.end_line_id = end, posting_id, line_id
    credit.ended_by, credit.ended_at = decision.user_id, decision.now
    credit.end_reason = decision.reason[:REASON_MAX]
    credit.save(
        update_fields=[
            "end",
            "end_posting_id",
            "end_line_id",
            "ended_by",
            "ended_at",
            "end_reason",
        ]
    )


def uncount(credit: BankCredit, amount_minor: int, *, key: str, now: datetime) -> None:
    """Take an amount that went back off the top-up that it had paid, with its share of the promotion.

    Args:
        credit: its top-up is locked.
        amount_minor: above 0.
        key: of what takes it back, at most 100 characters.
        now: the present moment.
    """
    if credit.topup:
        uncount_topup(
            topup=topup_by_public_id(credit.provider_id, credit.topup),
            received=Money(amount_minor, credit.currency),
            key=key,
            now=now,
        )


def _announce(credit: BankCredit, amount: Money) -> None:
    dispatcher.send(
        PaymentSettled(
            provider_id=credit.provider_id,
            tenant_id=credit.tenant_id,
            payment=credit.public_id,
            reference=credit.reference,
            posting_id=credit.posting_id,
            settled_at=credit.matched_at,
            currency=amount.currency,
            amount_minor=amount.amount_minor,
            topup=credit.topup,
        )
    )
