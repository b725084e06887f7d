"""Which filters of the list of tenants a person may open: the own ones and those shared with everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billing_platform.kernel.rows import fetch_dicts

_FILTERS: Final = """
SELECT f.id, f.name, f.query, f.is_shared, f.user_id = %(user)s AS is_own, u.email AS author,
       EXISTS (SELECT FROM tenants_default_filter d WHERE d.provider_id = f.provider_id
                  AND d.user_id = %(user)s AND d.saved_filter_id = f.id) AS is_default
  FROM tenants_saved_filter f JOIN tenants_user u ON u.id = f.user_id
 WHERE f.provider_id = %(provider)s AND (f.user_id = %(user)s OR f.is_shared)
 ORDER BY lower(f.name), f.id
"""


@dataclass(frozen=True, slots=True)
class SavedFilterView:
    """A saved filter as one person sees it; `query` is without the question mark."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_own: bool
    author: str
    is_default: bool


def saved_filters(provider_id: int, user_id: int) -> list[SavedFilterView]:
    """Return the filters that a person may open, by name, by one query.

    Args:
        provider_id: whose list; its scope is open.
        user_id: who looks.
    """
    wanted = {"provider": provider_id, "user": user_id}
    return [SavedFilterView(**row) for row in fetch_dicts(_FILTERS, wanted)]
