"""Lines of bank statements and their credits as pages and the matching read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from billing_platform.kernel.money import Money
from payments.enums_bank import LineReason, LineState
from payments.errors_bank import BankLineNotFound
from payments.models import BankCredit, BankLine

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineView:
    """A line as the bank wrote it, and where it stands; the fields as of `BankLine`."""

    id: int
    public_id: str
    account_id: int
    statement_id: int
    number: int
    booked_on: date
    valued_on: date | None
    amount: Money
    bank_ref: str
    reference: str
    end_to_end: str
    text: str
    party_name: str
    party_iban: str
    is_return: bool
    return_reason: str
    is_batch: bool
    equal_line_id: int | None
    state: str
    state_at: datetime
    reason: str
    note: str
    decided_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditView:
    """A line's credit: whose money it became, by which posting, and how that ended."""

    id: int
    public_id: str
    line_id: int
    tenant_id: int
    amount: Money
    reference: str
    topup: str
    posting_id: int
    matched_by: int | None
    reason: str
    matched_at: datetime
    end: str
    end_posting_id: int | None
    end_line_id: int | None
    ended_by: int | None
    end_reason: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineQuery:
    """Which lines are asked for; what is None or empty does not narrow.

    Attributes:
        text: a part of name, text or reference; or the whole of an IBAN.
        since, until: half-open, days of booking.
        before: the row before which the page begins; newest first.
    """

    state: str = ""
    reason: str = ""
    statement_id: int | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


def new_lines(provider_id: int, *, after: int, limit: int) -> list[int]:
    """Return the numbers of lines that nobody looked at yet, oldest first.

    Args:
        provider_id: whose; its scope is open.
        after: behind this one.
        limit: at most so many.
    """
    rows = BankLine.objects.filter(provider_id=provider_id, state=LineState.NEW, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def first_lines(provider_id: int, statement_ids: Collection[int], *, limit: int) -> list[int]:
    """Return the numbers of the first lines of statements, in the order of their files.

    Args:
        provider_id: whose; its scope is open.
        statement_ids: which.
        limit: at most so many.
    """
    rows = BankLine.objects.filter(provider_id=provider_id, statement_id__in=statement_ids)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def providers_with_new_lines() -> list[int]:
    """Return the providers with lines that nobody looked at yet; the system's scope is open."""
    rows = BankLine.objects.filter(state=LineState.NEW).order_by("provider_id")
    return list(rows.values_list("provider_id", flat=True).distinct())


def bank_line(provider_id: int, line_id: int) -> BankLineView:
    """Return a line by its number.

    Raises:
        BankLineNotFound: the provider has no such line.
    """
    return _one(BankLine.objects.filter(provider_id=provider_id, pk=line_id))


def line_by_public_id(provider_id: int, public_id: str) -> BankLineView:
    """Return a line.

    Raises:
        BankLineNotFound: the provider has no such line.
    """
    return _one(BankLine.objects.filter(provider_id=provider_id, public_id=public_id))


def lines_by_ids(provider_id: int, ids: Collection[int]) -> dict[int, BankLineView]:
    """Return lines by their numbers, by one query; the provider's scope is open."""
    rows = BankLine.objects.filter(provider_id=provider_id, pk__in=ids)
    return {row.pk: line_view(row) for row in rows}


def count_equal_lines(provider_id: int) -> int:
    """Return of how many lines it is asked whether they are second copies; the provider's scope is open."""
    rows = BankLine.objects.filter(provider_id=provider_id, state=LineState.OPEN)
    return rows.filter(reason=LineReason.DUPLICATE).count()


def list_lines(provider_id: int, query: LineQuery, *, limit: int) -> list[BankLineView]:
    """Return lines, newest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        query: which.
        limit: at most so many.
    """
    rows = _lines(provider_id, query)
    if query.before is not None:
        rows = rows.filter(pk__lt=query.before)
    return [line_view(row) for row in rows.order_by("-pk")[:limit]]


def count_lines(provider_id: int, query: LineQuery) -> dict[str, int]:
    """Return how many lines that match stand where, whatever state is asked for, by one query."""
    rows = _lines(provider_id, query, with_state=False).values("state")
    found = rows.annotate(count=Count("pk")).order_by("state")
    return {row["state"]: row["count"] for row in found}


def count_open_lines(provider_id: int) -> int:
    """Return how many lines wait for somebody of the provider."""
    return BankLine.objects.filter(provider_id=provider_id, state=LineState.OPEN).count()


def credits_of_lines(provider_id: int, line_ids: Collection[int]) -> dict[int, list[CreditView]]:
    """Return the credits of lines, oldest first, by line, by one query.

    Args:
        provider_id: whose; its scope is open.
        line_ids: which.
    """
    rows = BankCredit.objects.filter(provider_id=provider_id, line_id__in=line_ids)
    found: dict[int, list[CreditView]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.line_id, []).append(credit_view(row))
    return found


def payers_by_iban(provider_id: int, ibans: Collection[str]) -> dict[str, set[int]]:
    """Return for accounts of payers the tenants for whom money came from there before, by one query.

    Args:
        provider_id: whose; its scope is open.
        ibans: which accounts.
    """
    known = [each for each in set(ibans) if each]
    lines = BankLine.objects.filter(
        provider_id=provider_id, party_iban__in=known, state=LineState.MATCHED
    )
    rows = dict(lines.values_list("pk", "party_iban"))
    found: dict[str, set[int]] = {}
    live = BankCredit.objects.filter(provider_id=provider_id, line_id__in=rows, end="")
    for line_id, tenant_id in live.values_list("line_id", "tenant_id"):
        found.setdefault(rows[line_id], set()).add(tenant_id)
    return found


def _one(rows: QuerySet[BankLine]) -> BankLineView:
    row = rows.first()
    if row is None:
        raise BankLineNotFound
    return line_view(row)


def _lines(provider_id: int, query: LineQuery, *, with_state: bool = True) -> QuerySet[BankLine]:
    rows = BankLine.objects.filter(provider_id=provider_id)
    if query.state and with_state:
        rows = rows.filter(state=query.state)
    if query.reason:
        rows = rows.filter(reason=query.reason)
    if query.statement_id is not None:
        rows = rows.filter(statement_id=query.statement_id)
    if query.text:
        rows = rows.filter(
            Q(party_name__icontains=query.text)
            | Q(text__icontains=query.text)
            | Q(reference__icontains=query.text.replace(" ", ""))
            | Q(party_iban=query.text.replace(" ", "").upper())
        )
    if query.since:
        rows = rows.filter(booked_on__gte=query.since)
    return rows.filter(booked_on__lt=query.until) if query.until else rows


_SAME: Any = tuple(
    name for name in BankLineView.__dataclass_fields__ if name not in ("id", "amount")
)


def line_view(row: BankLine) -> BankLineView:
    """Return the view of a line."""
    same = {name: getattr(row, name) for name in _SAME}
    return BankLineView(id=row.pk, amount=Money(row.amount_minor, row.currency), **same)


_SAME_OF_CREDIT: Any = tuple(
    name for name in CreditView.__dataclass_fields__ if name not in ("id", "amount")
)


def credit_view(row: BankCredit) -> CreditView:
    """Return the view of a credit."""
    same = {name: getattr(row, name) for name in _SAME_OF_CREDIT}
    return CreditView(id=row.pk, amount=Money(row.amount_minor, row.currency), **same)
