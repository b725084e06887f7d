"""The usage explorer by client: who used most where that can be told at once, else page by page in a fixed order.

Nobody adds up millions of hourly rows while a page is waited for. Where the hours asked for hold few rows, the clients
who used most are shown; where they hold more, clients stand in the order in which they were added, a page at a time.
What the others used is the sum of all clients, which is stored, less what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.portal.pages.explorer_rows import ExplorerRow, line_url, lines_of
from tenants.selectors.tenants import tenants_by_id
from usage.selectors.directory import TenantQuery, find_tenants
from usage.selectors.explorer import (
    Hours,
    TenantUsed,
    hourly_rows,
    tenants_used,
    top_tenants,
    used_by_meter,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billing_platform.portal.pages.explorer_money import Amounts
    from billing_platform.portal.pages.explorer_rows import Asked
    from tenants.types import TenantView

PAGE_CLIENTS: Final = 25
# So many hourly rows are read for one page at most.
READ_MAX: Final = 20_000
_FILE_CLIENTS: Final = 500


@dataclass(frozen=True, slots=True)
class ClientRows:
    """Some clients, and what all others used, so that the rows add up to the total.

    Attributes:
        is_ranked: whether these are the ones who used most.
        next_after: the client behind which the next page begins; 0 when there is none.
    """

    rows: Sequence[ExplorerRow]
    is_ranked: bool
    next_after: int = 0


def client_rows(asked: Asked, amounts: Amounts) -> ClientRows:
    """Return a page of clients by a fixed number of queries; each row opens the client's own usage.

    Args:
        asked: what the explorer shows; its meter is chosen.
        amounts: what it cost, where one client is chosen.
    """
    found, is_ranked, next_after = _page(asked)
    known = tenants_by_id(asked.provider.id, [row.tenant_id for row in found])
    lines = lines_of(asked, list(known))
    shown = [
        replace(
            _row(asked, row, tenant),
            url=line_url(asked, tenant, lines.get(tenant.id, ())),
            amounts=amounts.of(tenant.id),
        )
        for row in found
        for tenant in (known[row.tenant_id],)
    ]
    return ClientRows([*shown, *_rest(asked, found)], is_ranked, next_after)


def all_client_rows(asked: Asked, amounts: Amounts) -> Iterator[ExplorerRow]:
    """Yield every client who used the meter in the order in which they were added, for a file.

    Args:
        asked: what the explorer shows; its meter is chosen, and its scope is open while it is read.
        amounts: what it cost, where one client is chosen.
    """
    after: int | None = None
    if asked.meter is None:
        return
    while True:
        ids = [asked.client.id] if asked.client else _ids(asked, after, _FILE_CLIENTS)
        used = tenants_used(asked.provider.id, asked.hours, ids)
        known = tenants_by_id(asked.provider.id, list(used))
        for tenant_id in ids:
            if tenant_id in used and tenant_id in known:
                row = _row(asked, used[tenant_id], known[tenant_id])
                yield replace(row, amounts=amounts.of(tenant_id))
        if asked.client or len(ids) < _FILE_CLIENTS:
            return
        after = ids[-1]


def _page(asked: Asked) -> tuple[list[TenantUsed], bool, int]:
    provider_id = asked.provider.id
    if asked.client is not None:
        return list(tenants_used(provider_id, asked.hours, [asked.client.id]).values()), True, 0
    # All meters are counted, since all are read past.
    every = Hours(asked.hours.since, asked.hours.until)
    if hourly_rows(provider_id, every) <= READ_MAX:
        return top_tenants(provider_id, asked.hours, limit=PAGE_CLIENTS), True, 0
    ids = _ids(asked, asked.wanted.after or None, PAGE_CLIENTS + 1)
    shown = ids[:PAGE_CLIENTS]
    used = tenants_used(provider_id, asked.hours, shown)
    none = Decimal(0)
    rows = [used.get(tenant_id) or TenantUsed(tenant_id, none, 0) for tenant_id in shown]
    has_more = len(ids) > PAGE_CLIENTS
    if not has_more and not asked.wanted.after:
        return sorted(rows, key=lambda row: -row.quantity), True, 0
    return rows, False, shown[-1] if has_more else 0


def _ids(asked: Asked, after: int | None, limit: int) -> list[int]:
    query = TenantQuery(order="oldest")
    return find_tenants(asked.provider.id, query, now=asked.now, after=after, limit=limit).ids


def _rest(asked: Asked, shown: Sequence[TenantUsed]) -> list[ExplorerRow]:
    if asked.client is not None:
        return []
    total = next(iter(used_by_meter(asked.provider.id, asked.hours)), None)
    quantity = (total.quantity if total else Decimal(0)) - sum(row.quantity for row in shown)
    events = (total.events if total else 0) - sum(row.events for row in shown)
    if not quantity and not events:
        return []
    return [
        ExplorerRow(
            label=_("All other clients"),
            quantity=quantity,
            unit=asked.meter.unit if asked.meter else "",
            events=events,
            is_rest=True,
        )
    ]


def _row(asked: Asked, used: TenantUsed, tenant: TenantView) -> ExplorerRow:
    return ExplorerRow(
        label=tenant.name,
        detail=tenant.external_id,
        quantity=used.quantity,
        unit=asked.meter.unit if asked.meter else "",
        events=used.events,
    )
