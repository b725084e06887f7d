"""Dated prices: every price of a component in time, and how far its clients follow the last changes. For pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.rows import fetch_all, fetch_dicts
from usage.errors import UnknownCatalogueError

if TYPE_CHECKING:
    from datetime import datetime

_LINE: Final = """
    SELECT x.id, x.code, x.currency, x.plan_version_id AS version_id, v.plan_id, p.name AS plan, v.number, v.state,
           coalesce(m.aggregation, '') AS aggregation
      FROM usage_price x
      JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
      JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
      LEFT JOIN usage_meter m ON m.provider_id = x.provider_id AND m.id = x.meter_id
     WHERE x.provider_id = %s AND x.id = %s AND x.tenant_id = 0 AND x.activated_at IS NOT NULL
"""
_DATED: Final = """
    SELECT id FROM usage_price
     WHERE provider_id = %s AND plan_version_id = %s AND code = %s AND currency = %s AND tenant_id = 0
       AND (valid_from IS NULL OR valid_to IS NULL OR valid_from < valid_to)
     ORDER BY valid_from NULLS FIRST, id
"""
_CHANGES: Final = """
    SELECT c.id, c.price_id, c.valid_from, c.asked_by_id, c.asked_at, c.clients, c.done, c.finished_at
      FROM usage_price_change c
     WHERE c.provider_id = %s AND c.version_id = %s AND c.code = %s AND c.currency = %s
     ORDER BY c.id DESC LIMIT %s
"""
_OPEN: Final = (
    "SELECT DISTINCT provider_id FROM usage_price_change WHERE finished_at IS NULL ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class PriceLineRow:
    """A component of a version that is or was on sale; `aggregation` of its meter, empty for a fee."""

    id: int
    code: str
    currency: str
    version_id: int
    plan_id: int
    plan: str
    number: int
    state: str
    aggregation: str


@dataclass(frozen=True, slots=True)
class PriceChangeRow:
    """An order to change a price; `clients` is None until the job has counted who is to follow."""

    id: int
    price_id: int
    valid_from: datetime
    asked_by_id: int
    asked_at: datetime
    clients: int | None
    done: int
    finished_at: datetime | None


def find_line(provider_id: int, price_id: int) -> PriceLineRow:
    """Return the component that a public price belongs to.

    Args:
        provider_id: whose; its scope is open.
        price_id: any price of it that is or was on sale.

    Raises:
        UnknownCatalogueError: the provider has no such price, or it is a draft's.
    """
    found = fetch_dicts(_LINE, [provider_id, price_id])
    if not found:
        raise UnknownCatalogueError(message=_("There is no such price."))
    return PriceLineRow(**found[0])


def dated_prices(provider_id: int, line: PriceLineRow) -> list[int]:
    """Return the prices of a component in the order of time; those that never held are left out.

    Args:
        provider_id: whose; its scope is open.
        line: the component.
    """
    rows = fetch_all(_DATED, [provider_id, line.version_id, line.code, line.currency])
    return [int(price_id) for (price_id,) in rows]


def price_changes(provider_id: int, line: PriceLineRow, *, limit: int) -> list[PriceChangeRow]:
    """Return the orders of a component, the newest first.

    Args:
        provider_id: whose; its scope is open.
        line: the component.
        limit: how many at most.
    """
    wanted = [provider_id, line.version_id, line.code, line.currency, limit]
    return [PriceChangeRow(**row) for row in fetch_dicts(_CHANGES, wanted)]


def providers_with_price_changes() -> list[int]:
    """Return the providers with an order that is not done; the system's scope is open."""
    return [int(provider_id) for (provider_id,) in fetch_all(_OPEN)]
