"""Imported bank statements as pages list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from billing_platform.kernel.money import Money
from payments.errors_bank import StatementNotFound
from payments.models import BankAccount, BankLine, BankStatement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A file's statements of one account; the fields as of `BankStatement`.

    Attributes:
        states: how many of its lines stand where; what is new is still to be matched.
    """

    id: int
    public_id: str
    iban: str
    name: str
    format: str
    numbers: str
    opening: Money | None
    closing: Money | None
    first_day: date | None
    last_day: date | None
    lines: int
    known: int
    unbooked: int
    imported_by: int | None
    imported_at: datetime
    states: dict[str, int]


def list_statements(
    provider_id: int, *, before: int | None = None, limit: int = 50
) -> list[StatementView]:
    """Return imported statements, newest first, by three queries.

    Args:
        provider_id: whose; its scope is open.
        before: the row before which the page begins.
        limit: at most so many.
    """
    rows = BankStatement.objects.filter(provider_id=provider_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _statements(provider_id, list(rows.order_by("-pk")[:limit]))


def statements_by_ids(provider_id: int, ids: Sequence[int]) -> list[StatementView]:
    """Return imported statements by their numbers, oldest first.

    Args:
        provider_id: whose; its scope is open.
        ids: which.
    """
    rows = BankStatement.objects.filter(provider_id=provider_id, pk__in=ids)
    return _statements(provider_id, list(rows.order_by("pk")))


def statement_by_public_id(provider_id: int, public_id: str) -> StatementView:
    """Return an imported statement.

    Raises:
        StatementNotFound: the provider has no such statement.
    """
    rows = BankStatement.objects.filter(provider_id=provider_id, public_id=public_id)
    found = _statements(provider_id, list(rows))
    if not found:
        raise StatementNotFound
    return found[0]


def _statements(provider_id: int, rows: Sequence[BankStatement]) -> list[StatementView]:
    ids = [row.pk for row in rows]
    mine = {"provider_id": provider_id}
    accounts: dict[int, str] = dict(
        BankAccount.objects.filter(**mine).values_list("pk", "iban"),
    )
    states: dict[int, dict[str, int]] = {}
    counted = BankLine.objects.filter(**mine, statement_id__in=ids).values("statement_id", "state")
    for row in counted.annotate(count=Count("pk")):
        states.setdefault(row["statement_id"], {})[row["state"]] = row["count"]
    return [_statement(row, accounts[row.account_id], states.get(row.pk, {})) for row in rows]


def _statement(row: BankStatement, iban: str, states: dict[str, int]) -> StatementView:
    def money(minor: int | None) -> Money | None:
        return Money(minor, row.currency) if minor is not None else None

    return StatementView(
        id=row.pk,
        public_id=row.public_id,
        iban=iban,
        name=row.name,
        format=row.format,
        numbers=row.numbers,
        opening=money(row.opening_minor),
        closing=money(row.closing_minor),
        first_day=row.first_day,
        last_day=row.last_day,
        lines=row.lines,
        known=row.known,
        unbooked=row.unbooked,
        imported_by=row.imported_by,
        imported_at=row.imported_at,
        states=states,
    )
