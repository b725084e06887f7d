"""What a statement would bring and where its first lines would go, before it is imported. Called by a page."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db import DataError, IntegrityError, transaction

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_matching import match_line
from invoicing.services.bank_returns import named_payments
from payments.enums_bank import LineState
from payments.selectors.bank_lines import bank_line, credits_of_lines, first_lines
from payments.services.bank_import import read_file, rehearse_import

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from payments.selectors.bank_lines import BankLineView
    from payments.services.bank_import import StatementFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StatementPreview(Generic[T]):
    """What a file would bring.

    Attributes:
        shown: its first new lines, as the caller shows them.
        lines: how many are new; known: how many were there before; unbooked: how many the bank has not booked yet.
    """

    shown: Sequence[T]
    lines: int
    known: int
    unbooked: int


def preview_statement(
    *,
    provider_id: int,
    file: StatementFile,
    limit: int,
    show: Callable[[Sequence[BankLineView]], Sequence[T]],
    now: datetime,
) -> StatementPreview[T]:
    """Import a file and match its first lines by the very rules, then take all of it back.

    Lines that pay one order, and their returns, are matched one after the other, as they will be; each other line is
    taken back before the next, so that one client's rows are held at a time, as when it is matched.

    Args:
        provider_id: whose; no scope needs to be open.
        file: what was sent.
        limit: so many lines are matched and shown.
        show: makes of a line what a page shows, while it stands.
        now: the present moment.

    Raises:
        StatementUnreadable, StatementTooLarge, BalancesDiffer, ForeignAccount, StatementKnown: as `import_statement`.

    Idempotency: nothing stays; what would be told after the commit is not told.
    """
    read = read_file(provider_id=provider_id, file=file)
    with provider_scope(provider_id), transaction.atomic():
        done = rehearse_import(provider_id=provider_id, read=read, file=file, now=now)
        first = first_lines(provider_id, [one.id for one in done], limit=limit)
        preview = StatementPreview(
            shown=_shown(provider_id, first, show, now),
            lines=sum(one.lines for one in done),
            known=sum(one.known for one in done),
            unbooked=sum(one.unbooked for one in done),
        )
        transaction.set_rollback(True)
    return preview


def _shown(
    provider_id: int,
    line_ids: Sequence[int],
    show: Callable[[Sequence[BankLineView]], Sequence[T]],
    now: datetime,
) -> list[T]:
    """Return lines as they would be shown once they are matched; nothing of it stays."""
    found: dict[int, Sequence[T]] = {}
    lines: dict[int, BankLineView] = {}
    orders: dict[int, str] = {}
    for line_id in line_ids:
        with _tried():
            orders[line_id] = _match(provider_id, line_id, now)
            lines[line_id] = bank_line(provider_id, line_id)
            found[line_id] = show([lines[line_id]])
    for together in _belonging(lines, orders):
        with _tried():
            for line_id in together:
                _match(provider_id, line_id, now)
            for line_id in together:
                found[line_id] = show([bank_line(provider_id, line_id)])
    return [row for line_id in line_ids for row in found[line_id]]


def _belonging(lines: dict[int, BankLineView], orders: dict[int, str]) -> Iterator[list[int]]:
    """Yield lines that change how one another are matched, in their order: payments of one order, and their returns."""
    keys = {line_id: order or f"line/{line_id}" for line_id, order in orders.items()}
    for line_id, line in lines.items():
        if line.is_return and line.amount.amount_minor < 0 and line.state == LineState.OPEN:
            meant = {keys[one] for one in _meant(line, lines, orders)}
            # One that may mean several waits for a person, so no other client's rows are held for it.
            if len(meant) == 1:
                keys[line_id] = meant.pop()
    groups: dict[str, list[int]] = {}
    for line_id, key in keys.items():
        groups.setdefault(key, []).append(line_id)
    yield from (members for members in groups.values() if len(members) > 1)


def _meant(back: BankLineView, lines: dict[int, BankLineView], orders: dict[int, str]) -> list[int]:
    """Return the payments of its amount that a return names."""
    came = [(one, line, orders[one]) for one, line in lines.items() if line.amount == -back.amount]
    return named_payments(back, came)


@contextmanager
def _tried() -> Iterator[None]:
    """Take back what the block does, with every lock of it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _match(provider_id: int, line_id: int, now: datetime) -> str:
    """Match a line and return the reference of the order that it pays, or ""."""
    # A line that is refused would be looked at again; so it stays new here, too.
    with suppress(DomainError, DataError, IntegrityError), transaction.atomic():
        match_line(provider_id=provider_id, line_id=line_id, now=now)
    known = credits_of_lines(provider_id, [line_id]).get(line_id, [])
    return known[-1].reference if known else ""
