"""A statement from file to matched lines, in one go. Called by the command; pages let a worker match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_matching import match_new_lines
from payments.selectors.bank_statements import statements_by_ids
from payments.services.bank_import import import_statement
from payments.statements.errors import StatementKnown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from payments.selectors.bank_statements import StatementView
    from payments.services.bank_import import StatementFile


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file brought.

    Attributes:
        is_known: the same file was imported before; nothing was done but matching what still waited.
        statements: one per account of the file, with where its lines stand.
        failed: lines whose matching was refused, by reason; they are looked at again within a minute.
    """

    is_known: bool
    statements: Sequence[StatementView]
    failed: Mapping[str, int]


def take_statement(
    *, provider_id: int, file: StatementFile, user_id: int | None, now: datetime
) -> Intake:
    """Import a file and match its lines.

    Args:
        provider_id: whose; no transaction is open.
        file: what was sent.
        user_id: who sent it, None for a command.
        now: the present moment.

    Raises:
        StatementRefused: the file is not taken; its classes say why.

    Idempotency: by the file; a run that was cut off is taken up.
    """
    try:
        done = import_statement(provider_id=provider_id, file=file, user_id=user_id, now=now)
    except StatementKnown:
        done = []
    is_known = not done
    failed = match_new_lines(provider_id=provider_id, now=now).failed
    with provider_scope(provider_id):
        statements = statements_by_ids(provider_id, [one.id for one in done])
    return Intake(is_known, statements, failed)
