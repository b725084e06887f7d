"""What a statement would bring and where its first lines would go, before it is imported. Called by a page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db import DataError, IntegrityError, transaction

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_matching import match_line
from payments.selectors.bank_lines import bank_line, first_lines
from payments.services.bank_import import read_file, rehearse_import

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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

    Each line is taken back before the next, so that one client's rows are held at a time, as when it is matched. So
    two lines that pay one order both find it open.

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
            shown=[row for line_id in first for row in _matched(provider_id, line_id, show, now)],
            lines=sum(one.lines for one in done),
            known=sum(one.known for one in done),
            unbooked=sum(one.unbooked for one in done),
        )
        transaction.set_rollback(True)
    return preview


def _matched(
    provider_id: int,
    line_id: int,
    show: Callable[[Sequence[BankLineView]], Sequence[T]],
    now: datetime,
) -> Sequence[T]:
    """Return a line as it would be shown once it is matched; nothing of the match stays, nor any lock of it."""
    # A line that is refused would be looked at again; so it stays new here, too.
    with suppress(DomainError, DataError, IntegrityError), transaction.atomic():
        match_line(provider_id=provider_id, line_id=line_id, now=now)
        found = show([bank_line(provider_id, line_id)])
        transaction.set_rollback(True)
        return found
    return show([bank_line(provider_id, line_id)])
