"""What some tenants' running billing periods came to so far, charged or not. Called by pages that list tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.rows import fetch_all
from usage.selectors.due_sql import due_selection

if TYPE_CHECKING:
    from collections.abc import Sequence


def dues_by_period(provider_id: int, tenant_ids: Sequence[int]) -> dict[int, int]:
    """Return what is due in the tenants' open periods, by period id, in whole minor units, by one query.

    Args:
        provider_id: whose; its scope is open.
        tenant_ids: a page of tenants; periods in which nothing was used are left out.
    """
    if not tenant_ids:
        return {}
    selection = due_selection(
        provider_id=provider_id,
        tenant_from=min(tenant_ids),
        tenant_to=max(tenant_ids) + 1,
        tenant_ids=tenant_ids,
    )
    return {period: int(due) for period, due in fetch_all(selection.sql, selection.params)}
