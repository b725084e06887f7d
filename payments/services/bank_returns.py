"""The money of returns: what a bank took back of one transfer or of several, whole or in part. Called by invoicing.

Runs in the caller's transaction under the row locks of all lines; each posting's key is made from both lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind, PostingKind
from accounts.selectors.balances import wallets_of
from accounts.selectors.posting_lines import lines_of
from accounts.services.posting import post
from accounts.services.wallets import lock_wallets
from accounts.types import Line, PostingRequest
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums_bank import CreditEnd, LineReason, LineState
from payments.errors_bank import LineDecided, ReturnDiffers
from payments.models import BankReturn
from payments.models.bank_return import new_return_id
from payments.selectors.bank_lines import credit_view
from payments.selectors.bank_returns import return_view
from payments.selectors.tax_returns import TaxReturn
from payments.selectors.topups import topup_by_public_id
from payments.services.bank_lines import REASON_MAX, locked_line, move_line
from payments.services.bank_money import SOURCE, end_credit, hold_credit, live_credit, uncount
from payments.services.bank_requests import check_no_match_waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.models import BankCredit, BankLine
    from payments.selectors.bank_lines import CreditView
    from payments.selectors.bank_returns import ReturnView
    from payments.services.bank_lines import Decision

MARKERS: Final = ("return.posted",)


@dataclass(frozen=True, slots=True)
class Returned:
    """What went back of one credit.

    Attributes:
        credit: as it stands afterwards; it ended when nothing is left of it.
        part: what this return took.
        left: what is left of the credit.
    """

    credit: CreditView
    part: ReturnView
    left: Money


@dataclass(frozen=True, slots=True)
class _Came:
    """A line that had come in.

    Attributes:
        credit: what it became; None while it is nobody's.
        before: what went back of it before, oldest first; the line is locked, so it stays all of it.
    """

    line: BankLine
    credit: BankCredit | None
    before: Sequence[BankReturn]

    @property
    def rest(self) -> int:
        """Return what is left of it, minor units."""
        return self.line.amount_minor - sum(row.amount_minor for row in self.before)


def book_return(
    *, provider_id: int, line_id: int, source_ids: Sequence[int], decision: Decision
) -> list[Returned]:
    """Take back what the bank took back: the opposite of what the credits posted, below zero too.

    Of one transfer it may be a part, with its share of the tax; of several it is all that is left of each. Money that
    was nobody's yet goes back as it came: nothing is posted, and both lines are done.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: the line of the return, outgoing.
        source_ids: the lines that had come in, one or more.
        decision: who decided; nobody when the bank names the payment.

    Returns:
        What went back of each credit.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: the return is booked, or the money is not there any more.
        ReturnDiffers: the transfers do not come to what went out.
        MatchWaits: a match of a line that is nobody's waits for a second person.

    Idempotency: a return is booked once, by its line's lock and state; of a line it takes something once, by a key.
    """
    wanted = sorted(set(source_ids))
    rows = {each: locked_line(provider_id, each) for each in sorted({line_id, *wanted})}
    back = rows[line_id]
    may = back.state in (LineState.NEW, LineState.OPEN, LineState.OUTGOING)
    if not may or back.reason == LineReason.DUPLICATE or back.amount_minor >= 0:
        raise LineDecided
    found = [_come(rows[each]) for each in wanted]
    amounts = _amounts(back, found)
    for one in found:
        if one.credit is None:
            check_no_match_waits(provider_id, one.line.pk)
    _hold(back, [one.credit for one in found if one.credit is not None])
    done = []
    for one, amount in zip(found, amounts, strict=True):
        if one.credit is None:
            _give_back_unused(back, one.line, decision)
        else:
            done.append(_take(back, one, one.credit, amount, decision))
    move_line(back, LineState.RETURNED, LineReason.NONE, decision)
    return done


def _hold(back: BankLine, taken: Sequence[BankCredit]) -> None:
    """Lock what is moved before any of it moves: top-ups, as where transfers are credited, then all wallets."""
    for credit in sorted(taken, key=lambda one: one.topup):
        hold_credit(credit)
    owners = sorted({credit.tenant_id for credit in taken})
    wallets = wallets_of(back.provider_id, owners)
    lock_wallets(
        provider_id=back.provider_id,
        wallet_ids=[wallet.id for wallet in wallets if wallet.currency == back.currency],
    )


def _come(line: BankLine) -> _Came:
    credit = live_credit(line)
    if credit is None:
        return _Came(line, None, ())
    rows = BankReturn.objects.filter(provider_id=line.provider_id, credit_id=credit.pk)
    return _Came(line, credit, list(rows.order_by("pk")))


def _amounts(back: BankLine, found: Sequence[_Came]) -> list[int]:
    """Return what goes back of each transfer, minor units."""
    for one in found:
        line = one.line
        is_free = line.state == LineState.OPEN and line.reason != LineReason.DUPLICATE
        same = (line.account_id, line.currency) == (back.account_id, back.currency)
        if not same or line.amount_minor <= 0 or (one.credit is None and not is_free):
            raise LineDecided
    out, rests = -back.amount_minor, [one.rest for one in found]
    if len(found) == 1 and found[0].credit is not None and out <= rests[0]:
        return [out]
    if not found or sum(rests) != out:
        raise ReturnDiffers
    return rests


def _give_back_unused(back: BankLine, source: BankLine, decision: Decision) -> None:
    BankReturn.objects.create(
        provider_id=back.provider_id,
        line_id=back.pk,
        source_id=source.pk,
        amount_minor=source.amount_minor,
        decided_by=decision.user_id,
        at=decision.now,
    )
    move_line(source, LineState.ASIDE, LineReason.WENT_BACK, decision)


def _take(
    back: BankLine, came: _Came, credit: BankCredit, amount: int, decision: Decision
) -> Returned:
    source, before = came.line, came.before
    left = came.rest - amount
    parts = _tax_parts(credit, before, amount)
    public_id = new_return_id()
    # The share of the bonus goes first, from where it was given, then the money, from what was paid: the other way
    # round the bonus would pay for the return, and paid credit would stay in its place.
    uncount(credit, amount, key=f"bank/{public_id}", now=decision.now)
    request = PostingRequest(
        kind=PostingKind.BANK_RETURN,
        currency=back.currency,
        lines=_lines(credit, amount, sum(parts), is_whole=not before and not left),
        key=f"bank:{back.public_id}:return:{source.public_id}",
        source_type=SOURCE,
        source_id=credit.public_id,
        reason=decision.reason[:REASON_MAX],
        spares_bonus=True,
    )
    posting_id = post(provider_id=back.provider_id, request=request, now=decision.now).posting_id
    marker("return.posted")
    row = BankReturn.objects.create(
        public_id=public_id,
        provider_id=back.provider_id,
        line_id=back.pk,
        source_id=source.pk,
        credit_id=credit.pk,
        amount_minor=amount,
        tax_parts=list(parts),
        posting_id=posting_id,
        decided_by=decision.user_id,
        at=decision.now,
    )
    if not left:
        end_credit(credit, CreditEnd.RETURNED, posting_id, back.pk, decision)
    return Returned(
        credit=credit_view(credit),
        part=return_view(row, back.currency),
        left=Money(left, back.currency),
    )


def _lines(credit: BankCredit, amount: int, tax: int, *, is_whole: bool) -> tuple[Line, ...]:
    """Return what a return posts: the opposite of the credit's posting, or of a part of it."""
    if is_whole:
        return tuple(
            Line(kind=each.kind, amount_minor=-each.amount_minor, tenant_id=each.tenant_id)
            for each in lines_of(credit.provider_id, credit.posting_id)
        )
    lines = (
        Line(kind=AccountKind.WALLET, amount_minor=tax - amount, tenant_id=credit.tenant_id),
        Line(kind=AccountKind.TAX_PAYABLE, amount_minor=-tax),
        Line(kind=AccountKind.BANK_CLEARING, amount_minor=amount),
    )
    return tuple(line for line in lines if line.amount_minor)


def _tax_parts(credit: BankCredit, before: Sequence[BankReturn], amount: int) -> tuple[int, ...]:
    """Return what of an amount is tax, one per tax of the invoice: in the end exactly what came with the transfer."""
    if not credit.topup:
        return ()
    topup = topup_by_public_id(credit.provider_id, credit.topup)
    share = topup.share_of(Money(credit.amount_minor, credit.currency))
    if share.taxes is None:
        return ()
    # An invoice without tax has one line that says why.
    taxes = tuple(line.tax.amount_minor for line in share.taxes.taxes) or (0,)
    told = TaxReturn(
        received=credit.amount_minor,
        taxes=taxes,
        refunded=sum(row.amount_minor for row in before),
        returned=tuple(sum(row.tax_parts[at] for row in before) for at in range(len(taxes))),
    )
    return told.parts_of(amount)
