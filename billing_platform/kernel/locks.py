"""Row locks in one order, and the guard that refuses to work without a transaction. Called by deciding services."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import connection
from django.db.models import Model

from billing_platform.kernel.errors import NotFoundError, TransactionRequiredError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

M = TypeVar("M", bound=Model)


def require_atomic() -> None:
    """Refuse to go on outside a transaction.

    Raises:
        TransactionRequiredError: no transaction is open on the default connection.
    """
    if not connection.in_atomic_block:
        raise TransactionRequiredError("This must run inside transaction.atomic().")


def lock_rows(rows: QuerySet[M], ids: Iterable[int]) -> list[M]:
    """Lock rows for update in the order of their ids, whatever the order given, so that no two callers deadlock.

    Args:
        rows: the queryset that holds the rows, already filtered by provider.
        ids: primary keys; repeated ones count once.

    Returns:
        The rows, by id.

    Raises:
        NotFoundError: a row does not exist or is not visible.
        TransactionRequiredError: no transaction is open, so the locks would be lost at once.
    """
    require_atomic()
    wanted = sorted(set(ids))
    # FOR NO KEY UPDATE: rows that point to these may still be inserted meanwhile.
    locked = list(
        rows.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted).order_by("pk")
    )
    if len(locked) != len(wanted):
        raise NotFoundError
    return locked


def try_lock_name(name: int) -> bool:
    """Take a named lock until the end of the transaction, without waiting.

    Args:
        name: any number of PostgreSQL's bigint; two callers of one number exclude each other.

    Returns:
        Whether the lock is ours. It is freed by commit, rollback, or the death of the session.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [name])
        (taken,) = cursor.fetchone() or (False,)
    return bool(taken)


def hold_name(name: str, number: int) -> None:
    """Take a named lock until the end of the transaction; whoever asks for the same one waits.

    For what no row stands for yet: of two that would make it at once the second sees what the first one made.

    Args:
        name: what is made, with its package, for instance `tax.registrations`.
        number: whose, a provider's id.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, number])


def try_one_of(names: Sequence[str], number: int) -> bool:
    """Take the first free one of some named locks until the end of the transaction, without waiting.

    Args:
        names: what they stand for, with their package, in the order in which they are tried.
        number: whose, a provider's id.

    Returns:
        Whether one is ours. It is freed by commit, rollback, or the death of the session.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    with connection.cursor() as cursor:
        # One name after the other: the limit ends the search at the first that is free.
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name"
            " WHERE pg_try_advisory_xact_lock(hashtextextended(name, %s)) LIMIT 1",
            [list(names), number],
        )
        return cursor.fetchone() is not None
