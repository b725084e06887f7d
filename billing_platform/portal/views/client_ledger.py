"""A client's ledger as its provider's people read it: with who posted and why; and its download."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.ledger import STAFF_HEAD, LedgerPlace, ledger_cells
from billing_platform.portal.pages.ledger_filter import LedgerFilter
from billing_platform.portal.pages.transactions import transactions_page
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def ledger(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show a page of the ledger; days are those of the client, as on its own page."""
    tenant = client_of(request, public_id)
    at = {"public_id": tenant.public_id}
    place = LedgerPlace(
        reverse("provider-client-ledger", kwargs=at),
        reverse("provider-client-ledger-csv", kwargs=at),
        tenant.time_zone,
        is_staff=True,
    )
    context = {
        "tenant": tenant,
        "tabs": client_tabs(request.provider.id, tenant.public_id, "provider-client-ledger"),
        "page": transactions_page(tenant, LedgerFilter.of(request.GET), place, now=now()),
    }
    return render(request, "portal/client_ledger.html", context)


@require_safe
@provider_member(*ProviderRole)
def ledger_csv(request: ProviderRequest, public_id: str) -> HttpResponseBase:
    """Send all entries that match, as the page shows them."""
    tenant = client_of(request, public_id)
    rows = partial(
        ledger_cells,
        request.provider.id,
        tenant.id,
        LedgerFilter.of(request.GET),
        is_staff=True,
        zone=tenant.time_zone,
    )
    return list_file(request, "ledger", STAFF_HEAD, rows)
