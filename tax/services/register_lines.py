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
_WAITS: Final = "hashtextextended('tax.register.waits:' || %s, 0)"
_AT_ONCE: Final = timedelta(0)


@contextmanager
def line_to(country: str, *, patience: timedelta = _AT_ONCE) -> Iterator[bool]:
    """Hold the only line to a member state's register, for as long as the block takes.

    The session holds it, not a transaction: none is open while a register is asked, and whoever dies in the question
    lets it go. One may wait for it, and comes before any that only tries; nobody waits behind that one, so that a
    silent state keeps two processes at most.

    Args:
        country: ISO 3166, two letters.
        patience: how long to wait for it.

    Yields:
        Whether it is held; False while somebody else asks.

    Source: VIES answers MS_MAX_CONCURRENT_REQ where one asker has several questions at a state at once.
    """
    is_held = _awaited(country, patience) if patience else _tried(_KEY, country)
    try:
        yield is_held
    finally:
        if is_held:
            _let_go(_KEY, country)


def _tried(key: str, country: str) -> bool:
    ((is_held,),) = fetch_all(f"SELECT pg_try_advisory_lock({key})", [country])
    return bool(is_held)


def _let_go(key: str, country: str) -> None:
    execute(f"SELECT pg_advisory_unlock({key})", [country])


def _awaited(country: str, patience: timedelta) -> bool:
    if not _tried(_WAITS, country):
        return False
    try:
        # The limit ends with this transaction; what it waited for stays with the session.
        with transaction.atomic():
            limit = f"{int(patience.total_seconds() * 1000)}ms"
            execute("SELECT set_config('lock_timeout', %s, true)", [limit])
            execute(f"SELECT pg_advisory_lock({_KEY})", [country])
    except OperationalError as error:
        if code_of(error) != LOCK_TIMEOUT:
            raise
        return False
    finally:
        _let_go(_WAITS, country)
    return True
