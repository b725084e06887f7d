"""Every public price of a provider's plans, in the order of a price list; for the file of prices."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

BATCH: Final = 500
_LISTED: Final = """
    SELECT p.code AS plan, p.name AS plan_name, v.number AS version, v.state, x.id, x.code, x.name, x.kind, x.model,
           x.currency, x.spec, x.interval_months, x.valid_from, x.valid_to,
           coalesce(m.code, '') AS meter, coalesce(m.unit_name, '') AS unit
      FROM usage_price x
      JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
      JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
      LEFT JOIN usage_meter m ON m.provider_id = x.provider_id AND m.id = x.meter_id
     WHERE x.provider_id = %(provider)s AND x.tenant_id = 0
       AND (x.valid_from IS NULL OR x.valid_to IS NULL OR x.valid_from < x.valid_to)
       AND (%(version)s = 0 OR x.plan_version_id = %(version)s)
       AND (p.code, v.number, x.id) > (%(plan)s, %(number)s, %(id)s)
     ORDER BY p.code, v.number, x.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A public price with its plan and version; `figures` are the JSON of `usage.pricing.spec`, in major units."""

    plan: str
    plan_name: str
    version: int
    state: str
    id: int
    code: str
    name: str
    kind: str
    model: str
    currency: str
    figures: Mapping[str, Any]
    interval_months: int
    valid_from: datetime | None
    valid_to: datetime | None
    meter: str
    unit: str


def listed_prices(provider_id: int, *, version_id: int = 0) -> Iterator[ListedPrice]:
    """Yield the prices by plan and version, a query per 500, so that their number costs no memory.

    Args:
        provider_id: whose; its scope is open while they are read.
        version_id: of this version only; 0 for all plans with all their versions.
    """
    place: dict[str, Any] = {"plan": "", "number": 0, "id": 0}
    wanted = {"provider": provider_id, "version": version_id, "limit": BATCH}
    while True:
        rows = fetch_dicts(_LISTED, {**wanted, **place})
        yield from (ListedPrice(figures=json.loads(row.pop("spec")), **row) for row in rows)
        if len(rows) < BATCH:
            return
        last = rows[-1]
        place = {"plan": last["plan"], "number": last["version"], "id": last["id"]}
