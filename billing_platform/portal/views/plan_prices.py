"""The price editor of a draft version: choose what to charge, write its figures, see what quantities cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.plans import MAY_SELL, examples, plan_page
from billing_platform.portal.price_forms import (
    TIERED,
    PriceForm,
    figures_of,
    first_values,
    tier_forms,
    with_tier_rows,
)
from tenants.access import provider_member
from usage.enums import PriceKind, PricingModel
from usage.errors import InvalidPriceError, UnknownCatalogueError
from usage.selectors.catalogue import meter_choices
from usage.services.drafts import remove_price, replace_price
from usage.services.prices import add_price

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from billing_platform.portal.pages.plans import PlanPage
    from tenants.access import ProviderRequest
    from usage.selectors.catalogue import PriceRow


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the editor works: a version, the kind and model of the price, and the price when there is one."""

    page: PlanPage
    kind: str
    model: str
    row: PriceRow | None = None

    @property
    def version_id(self) -> int:
        """The version's number; 0 where the plan has none."""
        return self.page.version.id if self.page.version else 0

    @property
    def is_tiered(self) -> bool:
        """Whether the price has tiers."""
        return self.kind == PriceKind.USAGE and self.model in TIERED


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SELL)
def new_price(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Ask what is charged, then its figures."""
    page = _page(request, plan_id, version_id)
    kind, model = request.GET.get("kind", ""), request.GET.get("model", PricingModel.PER_UNIT)
    if kind not in PriceKind.values or model not in PricingModel.values:
        context = {"page": page, "has_meters": bool(_meters(request))}
        return render(request, "portal/choose_price.html", context)
    return _edit(request, _Place(page, kind, model))


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SELL)
def price(request: ProviderRequest, plan_id: int, version_id: int, price_id: int) -> HttpResponse:
    """Change a price of a draft; another model may be asked for in the address."""
    page = _page(request, plan_id, version_id)
    row = next((line.row for line in page.prices if line.row.id == price_id), None)
    if row is None or not page.is_draft:
        raise Http404
    model = request.GET.get("model", row.model)
    if model not in PricingModel.values or row.kind != PriceKind.USAGE:
        model = row.model
    return _edit(request, _Place(page, row.kind, model, row))


@require_POST
@provider_member(*MAY_SELL)
def remove(request: ProviderRequest, plan_id: int, version_id: int, price_id: int) -> HttpResponse:
    """Take a price out of a draft."""
    try:
        remove_price(provider_id=request.provider.id, price_id=price_id)
    except UnknownCatalogueError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The price is removed."))
    return redirect(_plan_url(plan_id, version_id))


def _edit(request: ProviderRequest, place: _Place) -> HttpResponse:
    row = place.row
    first = {"currency": request.provider.currency} if row is None else first_values(row)
    posted: QueryDict | None = request.POST if request.method == "POST" else None
    pressed = "" if posted is None else posted.get("do", "save")
    if posted is not None and place.is_tiered:
        posted = with_tier_rows(posted, pressed)
    form = PriceForm(
        posted, kind=place.kind, model=place.model, meters=_meters(request), initial=first
    )
    tiers = tier_forms(posted, row) if place.is_tiered else None
    is_whole = form.is_valid() and (tiers is None or tiers.is_valid())
    rows = [each.cleaned_data for each in tiers.forms] if is_whole and tiers is not None else []
    if is_whole and pressed == "save" and _save(request, place, form, rows):
        messages.success(request, _("The price is saved."))
        return redirect(_plan_url(place.page.plan.id, place.version_id))
    context = {
        "form": form,
        "tiers": tiers,
        "is_new": row is None,
        "examples": _examples(form, rows, posted, row) if place.kind == PriceKind.USAGE else [],
        "page": place.page,
        "models": _models(place),
    }
    is_refused = pressed == "save" and (form.errors or not is_whole)
    return render(request, "portal/price.html", context, status=422 if is_refused else 200)


def _save(
    request: ProviderRequest, place: _Place, form: PriceForm, rows: list[dict[str, Any]]
) -> bool:
    draft, provider_id = form.draft(rows), request.provider.id
    try:
        if place.row is None:
            add_price(provider_id=provider_id, version_id=place.version_id, draft=draft, now=now())
        else:
            replace_price(provider_id=provider_id, price_id=place.row.id, draft=draft, now=now())
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True


def _examples(
    form: PriceForm, rows: list[dict[str, Any]], posted: QueryDict | None, row: PriceRow | None
) -> list[Any]:
    if posted is None:
        # Another model was asked for: the figures of the price fit it no longer.
        is_same = row is not None and form.model == row.model
        return examples(form.model, row.figures, row.currency) if row and is_same else []
    if not form.is_valid():
        return []
    said = form.cleaned_data
    try:
        return examples(form.model, figures_of(said, rows), said["currency"])
    except InvalidPriceError as error:
        form.add_error(None, error.message)
        return []


def _models(place: _Place) -> list[dict[str, Any]]:
    if place.kind != PriceKind.USAGE:
        return []
    return [
        {
            "label": each.label,
            "url": f"?kind={place.kind}&model={each.value}",
            "is_current": each == place.model,
        }
        for each in PricingModel
    ]


def _meters(request: ProviderRequest) -> list[Any]:
    return meter_choices(request.provider.id)


def _page(request: ProviderRequest, plan_id: int, version_id: int) -> PlanPage:
    try:
        return plan_page(
            request.provider.id,
            plan_id,
            version_id=version_id,
            role=request.membership.role,
            zone=request.provider.time_zone,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error


def _plan_url(plan_id: int, version_id: int) -> str:
    return reverse("provider-plan", kwargs={"plan_id": plan_id}, query={"version": version_id})
