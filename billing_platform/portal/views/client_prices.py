"""A client's prices: what its plans charge, and own prices in their place, agreed and ended by who sells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.own_prices import (
    find_component,
    own_price_preview,
    priced_plans,
)
from billing_platform.portal.pages.plans import MAY_SELL, examples
from billing_platform.portal.price_forms import (
    TIERED,
    OwnPriceForm,
    figures_of,
    first_values,
    tier_forms,
    with_tier_rows,
)
from billing_platform.portal.views.lookups import client_of, period_end
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.enums import PriceKind, PricingModel
from usage.errors import InvalidPriceError
from usage.services.overrides import end_override, replace_override

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse, QueryDict

    from billing_platform.portal.pages.own_prices import Component
    from tenants.access import ProviderRequest
    from tenants.types import TenantView

_HOUR: Final = timedelta(hours=1)
_NO_PERIOD: Final = gettext_lazy("No billing period runs for this client yet. Choose now.")
_ROUTE: Final = "provider-client-prices"


@require_safe
@provider_member(*ProviderRole)
def prices(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show what the client pays for each component of its plans."""
    tenant, moment = client_of(request, public_id), now()
    context = {
        **_common(request, tenant),
        "plans": priced_plans(request.provider.id, tenant, now=moment),
        "may_sell": request.membership.role in MAY_SELL,
    }
    return render(request, "portal/client_prices.html", context)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SELL)
def own_price(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Agree an own price for one component; the address names it, and a pricing model when it shall be another."""
    tenant = client_of(request, public_id)
    component = _component(request, tenant)
    if component is None:
        messages.warning(request, _("Choose a price of a plan that the client has."))
        return redirect(_ROUTE, public_id=tenant.public_id)
    model = _model(request, component)
    posted: QueryDict | None = request.POST if request.method == "POST" else None
    pressed = "" if posted is None else posted.get("do", "save")
    has_tiers = component.public.kind == PriceKind.USAGE and model in TIERED
    if posted is not None and has_tiers:
        posted = with_tier_rows(posted, pressed)
    newest = component.newest
    form = OwnPriceForm(
        posted, kind=newest.kind, model=model, initial={**first_values(newest), "starts": "now"}
    )
    tiers = tier_forms(posted, newest) if has_tiers else None
    is_whole = form.is_valid() and (tiers is None or tiers.is_valid())
    rows = [each.cleaned_data for each in tiers.forms] if is_whole and tiers is not None else []
    if is_whole and pressed == "save" and _save(tenant, component, form, rows):
        messages.success(request, _("The own price is agreed."))
        return redirect(_ROUTE, public_id=tenant.public_id)
    figures: Mapping[str, Any] | None = None
    if posted is not None:
        figures = figures_of(form.cleaned_data, rows) if is_whole and form.is_valid() else None
    elif newest.model == model:  # figures of another model do not fit it
        figures = newest.figures
    context = {
        **_common(request, tenant),
        "component": component,
        "form": form,
        "tiers": tiers,
        "models": _models(component, model),
        **_tried(request, tenant, component, form, figures),
    }
    is_refused = pressed == "save" and (form.errors or not is_whole)
    return render(request, "portal/own_price.html", context, status=422 if is_refused else 200)


@require_POST
@provider_member(*MAY_SELL)
def end(request: ProviderRequest, public_id: str) -> HttpResponse:
    """End an own price with the running hour or with the billing period; one that is to come is taken back."""
    tenant, moment = client_of(request, public_id), now()
    plans = priced_plans(request.provider.id, tenant, now=moment)
    number = row_number(request.POST.get("own", ""))
    agreed = [own.row for each in plans for line in each.components for own in line.own]
    found = next((row for row in agreed if row.id == number), None)
    if found is None:
        messages.error(request, _("There is no such own price."))
        return redirect(_ROUTE, public_id=tenant.public_id)
    at = hour_floor(moment) + _HOUR
    if request.POST.get("ends") == "period":
        at = period_end(tenant, found.currency, moment) or at
    try:
        end_override(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            price_id=found.price_id,
            at=max(at, found.starts_at),
            now=moment,
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The end of the own price is set."))
    return redirect(_ROUTE, public_id=tenant.public_id)


def _save(
    tenant: TenantView, component: Component, form: OwnPriceForm, rows: list[dict[str, Any]]
) -> bool:
    moment = now()
    starts = hour_floor(moment)
    if form.cleaned_data["starts"] == "period":
        ends = period_end(tenant, component.public.currency, moment)
        if ends is None:
            form.add_error("starts", _NO_PERIOD)
            return False
        starts = ends
    try:
        replace_override(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            price_id=component.public.id,
            figures=figures_of(form.cleaned_data, rows),
            valid_from=starts,
            now=moment,
            model=form.model,
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True


def _tried(
    request: ProviderRequest,
    tenant: TenantView,
    component: Component,
    form: OwnPriceForm,
    figures: Mapping[str, Any] | None,
) -> dict[str, Any]:
    public = component.public
    if figures is None:
        return {"examples": [], "preview": None}
    try:
        return {
            "examples": examples(form.model, figures, public.currency)
            if public.kind == PriceKind.USAGE
            else [],
            "preview": own_price_preview(
                request.provider, tenant, public, model=form.model, figures=figures, now=now()
            ),
        }
    except InvalidPriceError as error:
        if form.is_bound:
            form.add_error(None, error.message)
        return {"examples": [], "preview": None}


def _component(request: ProviderRequest, tenant: TenantView) -> Component | None:
    return find_component(
        priced_plans(request.provider.id, tenant, now=now()),
        code=request.GET.get("line", ""),
        currency=request.GET.get("currency", ""),
        version_id=row_number(request.GET.get("version", "")),
    )


def _model(request: ProviderRequest, component: Component) -> str:
    wanted = request.GET.get("model", "")
    is_usage = component.public.kind == PriceKind.USAGE
    return wanted if is_usage and wanted in PricingModel.values else component.newest.model


def _models(component: Component, model: str) -> list[dict[str, Any]]:
    if component.public.kind != PriceKind.USAGE:
        return []
    return [
        {
            "label": each.label,
            "url": f"{component.url}&model={each.value}",
            "is_current": each == model,
        }
        for each in PricingModel
    ]


def _common(request: ProviderRequest, tenant: TenantView) -> dict[str, Any]:
    route = "provider-client-subscriptions"
    return {
        "tenant": tenant,
        "tabs": client_tabs(request.provider.id, tenant.public_id, route),
        "zone": request.provider.time_zone,
    }
