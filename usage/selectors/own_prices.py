"""The prices that a tenant has agreed for itself, in force or to come. Called by the provider's pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_OWN: Final = """
SELECT o.id, o.price_id, x.plan_version_id AS version_id, x.code, x.currency, w.model, w.spec,
       lower(o.valid) AS starts_at, upper(o.valid) AS ends_at
  FROM usage_price_override o
  JOIN usage_price x ON x.provider_id = o.provider_id AND x.id = o.price_id
  JOIN usage_price w ON w.provider_id = o.provider_id AND w.id = o.own_price_id
 WHERE o.provider_id = %s AND o.tenant_id = %s AND NOT isempty(o.valid)
   AND (upper_inf(o.valid) OR upper(o.valid) > %s)
 ORDER BY lower(o.valid), o.id
"""


@dataclass(frozen=True, slots=True)
class OwnPriceRow:
    """An agreement on one component of a plan version.

    Attributes:
        price_id: the public price that it stands for.
        code, currency: of the component.
        figures: the JSON of `usage.pricing.spec`, amounts in major units.
        ends_at: None for no end.
    """

    id: int
    price_id: int
    version_id: int
    code: str
    currency: str
    model: str
    figures: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime | None


def own_prices_of(provider_id: int, tenant_id: int, *, now: datetime) -> list[OwnPriceRow]:
    """Return a tenant's own prices that have not ended, by their beginning, by one query.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        now: the present moment.
    """
    rows = fetch_dicts(_OWN, [provider_id, tenant_id, now])
    return [OwnPriceRow(figures=json.loads(row.pop("spec")), **row) for row in rows]
