"""How often somebody may try something: counted in the cache, which may forget. Never what money depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from datetime import datetime


def may_try(*, what: str, who: str, most: int, per_s: int, now: datetime) -> bool:
    """Count a try, and return whether it is within the limit.

    Args:
        what: a stable word of what is tried.
        who: whose tries are counted together, without personal text.
        most: so many in a span are within the limit.
        per_s: the span's length in seconds; spans follow each other.
        now: the present moment.
    """
    key = f"tries:{what}:{who}:{int(now.timestamp()) // per_s}"
    cache.add(key, 0, timeout=2 * per_s)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the cache has just dropped it
        return True
