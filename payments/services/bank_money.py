"""The money of bank lines: credited, taken back, returned. Called by invoicing, which matches.

Every function runs in the caller's transaction under the line's row lock; each posting's key is made from the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from accounts.enums import AccountKind, PostingKind
from accounts.selectors.posting_lines import lines_of
from accounts.services.posting import post, reverse
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums_bank import CreditEnd, LineReason, LineState
from payments.errors_bank import LineDecided, NothingToTakeBack
from payments.events import PaymentSettled
from payments.models import BankCredit
from payments.models.bank_credit import new_credit_id
from payments.selectors.bank_lines import credit_view
from payments.selectors.topups import topup_by_public_id
from payments.services.bank_lines import REASON_MAX, locked_line, move_line
from payments.services.topup_money import credit_topup, hold_topup, uncount_topup

if TYPE_CHECKING:
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

    Idempotency: a credit ends once; the second call is refused.
    """
    row = locked_line(provider_id, line_id)
    credit = _live_credit(row)
    if row.state != LineState.MATCHED or credit is None:
        raise NothingToTakeBack
    _hold(credit)
    result = reverse(
        provider_id=provider_id,
        posting_id=credit.posting_id,
        key=f"bank:{credit.public_id}:undo",
        now=decision.now,
        reason=decision.reason[:REASON_MAX],
    )
    _end(credit, CreditEnd.UNMATCHED, result.posting_id, None, decision)
    move_line(row, LineState.OPEN, LineReason.UNMATCHED, decision)
    return credit_view(credit)


def book_return(
    *, provider_id: int, line_id: int, credit_line_id: int, decision: Decision
) -> CreditView:
    """Take back what the bank took back: the opposite of the credit's posting, below zero too.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: the line of the return, as much as was credited, outgoing.
        credit_line_id: the line that had been credited.
        decision: who decided; nobody when the bank names the payment.

    Returns:
        The credit as it ended.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: the return is booked, is of another amount, or the money was taken back before.

    Idempotency: a credit ends once, and a return ends one credit, by unique keys.
    """
    first, second = sorted((line_id, credit_line_id))
    rows = {number: locked_line(provider_id, number) for number in (first, second)}
    back, source = rows[line_id], rows[credit_line_id]
    credit = _live_credit(source)
    fits = (
        credit is not None
        and back.state in (LineState.NEW, LineState.OPEN, LineState.OUTGOING)
        and back.reason != LineReason.DUPLICATE
        and back.currency == source.currency
        and back.amount_minor == -source.amount_minor
    )
    if credit is None or not fits:
        raise LineDecided
    _hold(credit)
    lines = tuple(
        Line(kind=each.kind, amount_minor=-each.amount_minor, tenant_id=each.tenant_id)
        for each in lines_of(provider_id, credit.posting_id)
    )
    request = PostingRequest(
        kind=PostingKind.BANK_RETURN,
        currency=back.currency,
        lines=lines,
        key=f"bank:{back.public_id}:return",
        source_type=SOURCE,
        source_id=credit.public_id,
        reason=decision.reason[:REASON_MAX],
    )
    posting_id = post(provider_id=provider_id, request=request, now=decision.now).posting_id
    marker("transfer.posted")
    _end(credit, CreditEnd.RETURNED, posting_id, back.pk, decision)
    move_line(back, LineState.RETURNED, LineReason.NONE, decision)
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


def _hold(credit: BankCredit) -> None:
    if credit.topup:
        hold_topup(provider_id=credit.provider_id, public_id=credit.topup)


def _live_credit(row: BankLine) -> BankCredit | None:
    rows: Any = BankCredit.objects.filter(provider_id=row.provider_id, line_id=row.pk, end="")
    found: BankCredit | None = rows.first()
    return found


def _end(
    credit: BankCredit, end: str, posting_id: int, line_id: int | None, decision: Decision
) -> None:
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
    if credit.topup:
        uncount_topup(
            topup=topup_by_public_id(credit.provider_id, credit.topup),
            received=Money(credit.amount_minor, credit.currency),
            key=f"bank/{credit.public_id}",
            now=decision.now,
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
