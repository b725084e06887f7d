"""The prices of a version, or of all plans, as a file; for everybody of the provider."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.price_file import PRICE_HEAD, price_cells
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.selectors.catalogue import plan_versions

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def all_prices(request: ProviderRequest) -> HttpResponseBase:
    """Send the prices of all plans with all their versions."""
    rows = partial(price_cells, request.provider.id)
    return list_file(request, "prices", PRICE_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def version_prices(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponseBase:
    """Send the prices of one version."""
    versions = plan_versions(request.provider.id, plan_id, now=now())
    if all(version.id != version_id for version in versions):
        raise Http404
    rows = partial(price_cells, request.provider.id, version_id=version_id)
    return list_file(request, "prices", PRICE_HEAD, rows)
