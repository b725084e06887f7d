"""One question at a time to each member state's register, whichever provider asks. Called by checks of tax numbers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute, fetch_all

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY: Final = "hashtextextended('tax.register:' || %s, 0)"


@contextmanager
def line_to(country: str) -> Iterator[bool]:
    """Hold the only line to a member state's register, for as long as the block takes.

    The session holds it, not a transaction: none is open while a register is asked, and whoever dies in the question
    lets it go.

    Args:
        country: ISO 3166, two letters.

    Yields:
        Whether it is held; False while somebody else asks.

    Source: VIES answers MS_MAX_CONCURRENT_REQ where one asker has several questions at a state at once.
    """
    ((is_held,),) = fetch_all(f"SELECT pg_try_advisory_lock({_KEY})", [country])
    try:
        yield is_held
    finally:
        if is_held:
            execute(f"SELECT pg_advisory_unlock({_KEY})", [country])
