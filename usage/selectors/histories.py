"""Which changes of the catalogue and of subscriptions are kept, for the audit log, and what versions are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all
from tenants.selectors.changes import History

if TYPE_CHECKING:
    from collections.abc import Iterable

CATALOGUE_HISTORIES: Final = (
    History("meter", "usage_meter_event"),
    History("plan", "usage_plan_event"),
    History("plan_version", "usage_plan_version_event"),
    History("price", "usage_price_event"),
    History("subscription", "usage_subscription_event", tenant="e.tenant_id"),
)
_NAMES: Final = """
    SELECT v.id, p.name, v.number FROM usage_plan_version v
      JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
     WHERE v.provider_id = %s AND v.id = ANY(%s)
"""


def version_names(provider_id: int, version_ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Return the plan's name and the number of versions by their ids; dropped drafts are left out.

    Args:
        provider_id: whose; its scope is open.
        version_ids: which.
    """
    wanted = sorted(set(version_ids))
    rows = fetch_all(_NAMES, [provider_id, wanted]) if wanted else []
    return {version_id: (name, number) for version_id, name, number in rows}
