"""What banks took back of transfers, and which transfers a line of a return may be about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef

from billing_platform.kernel.money import Money
from payments.enums_bank import LineReason, LineState
from payments.models import BankCredit, BankLine, BankReturn
from payments.selectors.bank_lines import credit_view, line_view

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from payments.selectors.bank_lines import BankLineView, CreditView

# Of the exact amount any that is likely; of another one those that a person may look through.
_EXACT_MAX: Final = 500
_OTHERS_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """What one line of a return took of one transfer; the fields as of `BankReturn`."""

    public_id: str
    line_id: int
    source_id: int
    credit_id: int | None
    amount: Money
    tax_parts: tuple[int, ...]
    posting_id: int | None
    decided_by: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Returnable:
    """A transfer that may have gone back.

    Attributes:
        credit: whose money it became; None while it waits.
        left: what of it has not gone back yet.
    """

    line: BankLineView
    credit: CreditView | None
    left: Money


def returns_of_credits(
    provider_id: int, credit_ids: Collection[int]
) -> dict[int, list[ReturnView]]:
    """Return what went back of credits, oldest first, by credit, by one query.

    Args:
        provider_id: whose; its scope is open.
        credit_ids: which.
    """
    rows = BankReturn.objects.filter(provider_id=provider_id, credit_id__in=credit_ids)
    found: dict[int, list[ReturnView]] = {}
    currencies = dict(
        BankCredit.objects.filter(provider_id=provider_id, pk__in=credit_ids).values_list(
            "pk", "currency"
        )
    )
    for row in rows.order_by("pk"):
        if row.credit_id is not None:
            view = return_view(row, currencies[row.credit_id])
            found.setdefault(row.credit_id, []).append(view)
    return found


def returns_of_credit(provider_id: int, public_id: str) -> list[ReturnView]:
    """Return what went back of a credit, oldest first, by one query where there is no such credit.

    Args:
        provider_id: whose; its scope is open.
        public_id: of the credit; one of another payment has none.
    """
    row = BankCredit.objects.filter(provider_id=provider_id, public_id=public_id).first()
    return returns_of_credits(provider_id, [row.pk]).get(row.pk, []) if row else []


def returnable_lines(provider_id: int, back: BankLineView) -> list[Returnable]:
    """Return the transfers whose money a return may take back, those of its amount first, then the newest.

    A transfer that waits is among them only with its whole amount: a part of it goes back once it is somebody's.

    Args:
        provider_id: whose; its scope is open.
        back: the line of the return, money that went out.
    """
    amount = -back.amount.amount_minor
    came = BankLine.objects.filter(
        provider_id=provider_id,
        account_id=back.account_id,
        currency=back.amount.currency,
        booked_on__lte=back.booked_on,
    ).order_by("-pk")
    # What went back to its last cent stays matched, and takes nobody's place.
    live = BankCredit.objects.filter(provider_id=provider_id, end="", line_id=OuterRef("pk"))
    credited = came.filter(Exists(live), state=LineState.MATCHED)
    rows = list(credited.filter(amount_minor=amount)[:_EXACT_MAX])
    rows += credited.exclude(amount_minor=amount)[:_OTHERS_MAX]
    found = _with_credits(provider_id, rows)
    waiting = came.filter(state=LineState.OPEN, amount_minor=amount)
    found += [
        Returnable(line_view(row), None, Money(amount, row.currency))
        for row in waiting.exclude(reason=LineReason.DUPLICATE)[:_OTHERS_MAX]
    ]
    return sorted(found, key=lambda one: (one.left.amount_minor != amount, -one.line.id))


def return_view(row: BankReturn, currency: str) -> ReturnView:
    """Return the view of a row."""
    return ReturnView(
        public_id=row.public_id,
        line_id=row.line_id,
        source_id=row.source_id,
        credit_id=row.credit_id,
        amount=Money(row.amount_minor, currency),
        tax_parts=tuple(row.tax_parts),
        posting_id=row.posting_id,
        decided_by=row.decided_by,
        at=row.at,
    )


def _with_credits(provider_id: int, rows: Collection[BankLine]) -> list[Returnable]:
    lines = {row.pk: row for row in rows}
    live = _live(provider_id, lines)
    gone = returns_of_credits(provider_id, [credit.pk for credit in live])
    found = []
    for credit in live:
        back = sum(each.amount.amount_minor for each in gone.get(credit.pk, ()))
        if back < credit.amount_minor:
            left = Money(credit.amount_minor - back, credit.currency)
            found.append(Returnable(line_view(lines[credit.line_id]), credit_view(credit), left))
    return found


def _live(provider_id: int, lines: Collection[int]) -> QuerySet[BankCredit]:
    return BankCredit.objects.filter(provider_id=provider_id, line_id__in=lines, end="")
