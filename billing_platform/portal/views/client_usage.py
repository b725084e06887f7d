"""From a line on a client's page down to its hours and their events: for everybody of the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_safe

from billing_platform.portal.pages.usage_places import client_places
from billing_platform.portal.views import usage_answers
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from billing_platform.portal.pages.usage_places import UsagePlaces
    from tenants.access import ProviderRequest
    from tenants.types import TenantView


@require_safe
@provider_member(*ProviderRole)
def line(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show the hours of a line."""
    return usage_answers.show_line(request, *_client(request, public_id))


@require_safe
@provider_member(*ProviderRole)
def line_csv(request: ProviderRequest, public_id: str) -> HttpResponseBase:
    """Send all hours of a line."""
    return usage_answers.send_line(request, *_client(request, public_id))


@require_safe
@provider_member(*ProviderRole)
def periods(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show the client's billing periods and the lines of one."""
    return usage_answers.show_periods(request, *_client(request, public_id))


@require_safe
@provider_member(*ProviderRole)
def events(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show what was counted in one hour of a line."""
    return usage_answers.show_events(request, *_client(request, public_id))


def _client(request: ProviderRequest, public_id: str) -> tuple[TenantView, UsagePlaces]:
    tenant = client_of(request, public_id)
    return tenant, client_places(tenant.provider_id, tenant.public_id, tenant.name)
