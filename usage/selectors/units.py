"""How many units of its recurring fees and licences a tenant has and will have. Called by the provider's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.enums import PriceKind

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

_COUNTED: Final = """
    SELECT DISTINCT ON (x.code) x.code, x.name, x.kind FROM usage_price x
     WHERE x.provider_id = %s AND x.plan_version_id = %s AND x.tenant_id = 0 AND x.kind IN ('recurring', 'licence')
     ORDER BY x.code, x.valid_from, x.id
"""
_HELD: Final = """
    SELECT i.subscription_id, x.code, x.name, x.kind, i.quantity, lower(i.valid) AS starts_at
      FROM usage_subscription_item i JOIN usage_price x ON x.provider_id = i.provider_id AND x.id = i.price_id
     WHERE i.provider_id = %s AND i.tenant_id = %s AND x.kind IN ('recurring', 'licence') AND NOT isempty(i.valid)
       AND (upper_inf(i.valid) OR upper(i.valid) > %s)
     ORDER BY i.subscription_id, x.kind, x.name, x.code, lower(i.valid)
"""


@dataclass(frozen=True, slots=True)
class CountedFee:
    """A component of a plan that is charged once for each unit."""

    code: str
    name: str
    kind: str

    @property
    def is_licence(self) -> bool:
        """Whether its units are what is sold; of a plain fee nearly everybody has one."""
        return self.kind == PriceKind.LICENCE


@dataclass(frozen=True, slots=True)
class HeldUnits:
    """What a tenant has of a component, and what is agreed for later.

    Attributes:
        quantity: from `starts_at` on; a subscription that has not begun has its first ones.
        coming: later quantities and when they begin.
    """

    code: str
    name: str
    quantity: Decimal
    starts_at: datetime
    coming: tuple[tuple[Decimal, datetime], ...] = ()


def counted_fees(provider_id: int, version_id: int) -> list[CountedFee]:
    """Return the recurring fees and licences of a plan version, one per component, by one query.

    Args:
        provider_id: whose; its scope is open.
        version_id: the version.
    """
    return [CountedFee(**row) for row in fetch_dicts(_COUNTED, [provider_id, version_id])]


def held_units(provider_id: int, tenant_id: int, *, now: datetime) -> dict[int, list[HeldUnits]]:
    """Return the units that a tenant has and will have, by subscription, by one query.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        now: the present moment; what is over is left out.
    """
    found: dict[int, dict[str, HeldUnits]] = {}
    for row in fetch_dicts(_HELD, [provider_id, tenant_id, now]):
        components = found.setdefault(row["subscription_id"], {})
        code, quantity, starts_at = row["code"], row["quantity"], row["starts_at"]
        known = components.get(code)
        coming = (*known.coming, (quantity, starts_at)) if known else ()
        components[code] = (
            HeldUnits(code, known.name, known.quantity, known.starts_at, coming)
            if known
            else HeldUnits(code, row["name"], quantity, starts_at)
        )
    return {number: list(components.values()) for number, components in found.items()}
