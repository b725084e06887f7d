"""The calls of all of a provider's clients, or of one that is chosen, with whose each is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from billing_platform.portal.pages.calls import (
    CALLS_HEAD,
    EXPORT_ROWS,
    CallClient,
    call_file_cells,
    call_line,
    calls_page,
)
from billing_platform.portal.pages.client_choice import choose_client
from tenants.selectors.tenants import tenants_by_id
from usage.selectors.calls import call_components, list_calls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.calls import CallsPage
    from billing_platform.portal.pages.calls_filter import CallFilter
    from tenants.types import ProviderView, TenantView

ALL_CALLS_HEAD: Final = ("client", "client_id", *CALLS_HEAD)


def all_calls_page(provider: ProviderView, wanted: CallFilter, *, now: datetime) -> CallsPage:
    """Return a page of calls, newest first, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        wanted: which, and from where on.
        now: the present moment.
    """
    choice = choose_client(provider.id, wanted.client, now=now)
    client = choice.client
    shown = replace(
        wanted,
        client=client.public_id if client else "",
        problem=wanted.problem or choice.problem,
    )
    page = calls_page(
        provider.id,
        client.id if client else None,
        shown,
        path=reverse("provider-calls"),
        csv_path=reverse("provider-calls-csv"),
        back=("", ""),
        zone=provider.time_zone,
    )
    tenants = tenants_by_id(provider.id, {row.tenant_id for row in page.rows})
    clients = {tenant.id: _client(tenant) for tenant in tenants.values()}
    return replace(
        page,
        rows=[replace(row, client=clients[row.tenant_id]) for row in page.rows],
        has_clients=True,
        client_text=client.external_id if client else wanted.client,
        has_meters=bool(call_components(provider.id)),
    )


def all_call_cells(
    provider: ProviderView, wanted: CallFilter, *, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV: the page's calls with its filters, all of them.

    Args:
        provider: whose; its scope is open while it is read.
        wanted: which; the place is ignored.
        now: the present moment.
    """
    client = choose_client(provider.id, wanted.client, now=now).client
    query, before = wanted.wanted(provider.time_zone), None
    zone = ZoneInfo(provider.time_zone)
    while True:
        found = list_calls(
            provider.id,
            client.id if client else None,
            wanted=query,
            before=before,
            limit=EXPORT_ROWS,
        )
        tenants = tenants_by_id(provider.id, {row.tenant_id for row in found.rows})
        for row in found.rows:
            tenant = tenants[row.tenant_id]
            cells = call_file_cells(call_line(row), zone)
            yield (tenant.name, tenant.external_id, *cells)
        before = found.next_before
        if before is None:
            return


def _client(tenant: TenantView) -> CallClient:
    place = {"public_id": tenant.public_id}
    return CallClient(
        tenant.name, tenant.external_id, reverse("provider-client-calls", kwargs=place)
    )
