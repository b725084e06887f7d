"""Gapless numbers: one locked row per provider and series. Called by the services that issue documents."""

from __future__ import annotations

from billing_platform.kernel.kernel_rows import kernel_rows_of
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_one

_TAKE = """
    UPDATE kernel_counter SET value = value + %(count)s
    WHERE provider_id = %(provider_id)s AND series = %(series)s RETURNING value
"""
# Two first users meet here: the second waits for the first and then counts on from its number.
_OPEN = """
    INSERT INTO kernel_counter AS counter (provider_id, series, value)
    VALUES (%(provider_id)s, %(series)s, %(count)s)
    ON CONFLICT (provider_id, series) DO UPDATE SET value = counter.value + excluded.value
    RETURNING value
"""


def next_number(*, provider_id: int, series: str) -> int:
    """Take the next number of a series; it goes back when the transaction is rolled back, so no gap can arise.

    The series' row stays locked until the transaction ends: take the number last, and keep what follows short.

    Args:
        provider_id: whose series.
        series: for instance `invoice/2026`, at most 100 characters.

    Returns:
        1 for the first, then 2, 3, … in the order of commits.

    Raises:
        TransactionRequiredError: no transaction is open, so the number would not hang on the document.

    Idempotency:
        None: each call takes a number. Look up the document's own key first.
    """
    return next_numbers(provider_id=provider_id, series=series, count=1)[0]


def next_numbers(*, provider_id: int, series: str, count: int) -> range:
    """Take a block of numbers at once, for a run that issues many documents in one statement.

    Args:
        provider_id: whose series.
        series: as in `next_number`.
        count: how many, 1 or more.

    Returns:
        The numbers, ascending and without a gap.

    Raises:
        TransactionRequiredError: no transaction is open.
        ValueError: `count` is below 1.

    Idempotency:
        None, as `next_number`.
    """
    require_atomic()
    if count < 1:
        raise ValueError("A block has at least one number.")
    params = {"provider_id": provider_id, "series": series, "count": count}
    with kernel_rows_of(provider_id):
        row = fetch_one(_TAKE, params) or fetch_one(_OPEN, params) or (0,)
    last = int(row[0])
    return range(last - count + 1, last + 1)
