"""A provider's meters: looked at by everybody of the provider, archived by who sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.meter_forms import MeterForm, values_like
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.plans import MAY_SELL
from billing_platform.portal.undo import tell_undoable
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.enums import Aggregation
from usage.errors import MeterInUseError, UnknownCatalogueError
from usage.selectors.meters import find_meter, list_meters
from usage.services.meter_archive import archive_meter, restore_meter
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def meters(request: ProviderRequest) -> HttpResponse:
    """Show what the provider measures and which plans charge it."""
    page = {
        "meters": [
            {"row": row, "counts": Aggregation(row.aggregation).label}
            for row in list_meters(request.provider.id)
        ],
        "may_sell": request.membership.role in MAY_SELL,
        "zone": request.provider.time_zone,
    }
    return render(request, "portal/meters.html", {"page": page})


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SELL)
def new_meter(request: ProviderRequest) -> HttpResponse:
    """Make a meter, like another one when the address names it; a code is taken once."""
    form = MeterForm(request.POST or None, initial=_values(request))
    if form.is_valid():
        rules = form.rules()
        if any(row.code == rules["code"] for row in list_meters(request.provider.id)):
            form.add_error("code", _("A meter of this code exists already."))
        else:
            try:
                meter_id = create_meter(provider_id=request.provider.id, now=now(), **rules)
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("The meter is made. Put a price on it in a plan."))
                return redirect("provider-meter", meter_id=meter_id)
    status = 422 if form.errors else 200
    return render(request, "portal/new_meter.html", {"form": form}, status=status)


@require_POST
@provider_member(*MAY_SELL)
def archive(request: ProviderRequest, meter_id: int) -> HttpResponse:
    """Stop a meter from counting."""
    try:
        archive_meter(provider_id=request.provider.id, meter_id=meter_id, now=now())
    except UnknownCatalogueError as error:
        raise Http404 from error
    except MeterInUseError as error:
        messages.error(request, error.message)
    else:
        words = _("The meter is archived; it counts no more events.")
        tell_undoable(request, words, url=reverse("provider-meter-restore", args=[meter_id]))
    return redirect("provider-meters")


@require_POST
@provider_member(*MAY_SELL)
def restore(request: ProviderRequest, meter_id: int) -> HttpResponse:
    """Let a meter count again."""
    try:
        restore_meter(provider_id=request.provider.id, meter_id=meter_id)
    except UnknownCatalogueError as error:
        raise Http404 from error
    words = _("The meter counts events again, from now on.")
    tell_undoable(request, words, url=reverse("provider-meter-archive", args=[meter_id]))
    return redirect("provider-meters")


def _values(request: ProviderRequest) -> dict[str, Any]:
    like = row_number(request.GET.get("like", ""))
    try:
        return values_like(find_meter(request.provider.id, like)) if like else {}
    except UnknownCatalogueError as error:
        raise Http404 from error
