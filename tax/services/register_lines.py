"""One question at a time to each member state's register, whichever provider asks. Called by checks of tax numbers."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import OperationalError, transaction

from billing_platform.kernel.database_faults import LOCK_TIMEOUT, code_of
from billing_platform.kernel.rows import execute, fetch_all

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY: Final = "hashtextextended('tax.register:' || %s, 0)"


_AT_ONCE: Final = timedelta(0)


@contextmanager
def line_to(country: str, *, patience: timedelta = _AT_ONCE) -> Iterator[bool]:
    """Hold the only line to a member state's register, for as long as the block takes.

    The session holds it, not a transaction: none is open while a register is asked, and whoever dies in the question
    lets it go. Those who wait come in their order, before any that only tries.

    Args:
        country: ISO 3166, two letters.
        patience: how long to wait for it.

    Yields:
        Whether it is held; False while somebody else asks.

    Source: VIES answers MS_MAX_CONCURRENT_REQ where one asker has several questions at a state at once.
    """
    is_held = _awaited(country, patience) if patience else _tried(country)
    try:
        yield is_held
    finally:
        if is_held:
            execute(f"SELECT pg_advisory_unlock({_KEY})", [country])


def _tried(country: str) -> bool:
    ((is_held,),) = fetch_all(f"SELECT pg_try_advisory_lock({_KEY})", [country])
    return bool(is_held)


def _awaited(country: str, patience: timedelta) -> bool:
    limit = f"{int(patience.total_seconds() * 1000)}ms"
    try:
        # The limit ends with this transaction; what it waited for stays with the session.
        with transaction.atomic():
            execute("SELECT set_config('lock_timeout', %s, true)", [limit])
            execute(f"SELECT pg_advisory_lock({_KEY})", [country])
    except OperationalError as error:
        if code_of(error) != LOCK_TIMEOUT:
            raise
        return False
    return True
