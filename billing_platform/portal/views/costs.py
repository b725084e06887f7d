"""A customer's costs by day, and the budget that is drawn beside them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.portal.budget_forms import BudgetForm
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.costs_csv import COSTS_HEAD, costs_cells
from billing_platform.portal.pages.period_costs import costs_page
from tenants.access import tenant_member
from tenants.enums import TenantRole
from usage.selectors.budgets import budgets_of
from usage.services.budgets import remove_budget, set_budget

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def costs(request: TenantRequest) -> HttpResponse:
    """Show what the days of the running period cost, and what its rest will come to."""
    page = costs_page(request.tenant, **_asked(request), now=now())
    return render(request, "portal/costs.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def costs_csv(request: TenantRequest) -> HttpResponseBase:
    """Send the figures of the page."""
    rows = partial(costs_cells, request.tenant, **_asked(request), now=now())
    return list_file(request, "costs", COSTS_HEAD, rows)


@require_http_methods(["GET", "POST"])
@tenant_member(TenantRole.ADMIN)
def budget(request: TenantRequest) -> HttpResponse:
    """Show the budget of a currency and save it; an empty amount takes it away."""
    tenant = request.tenant
    held = [row.currency for row in wallets_of(tenant.provider_id, [tenant.id])]
    currencies = list(dict.fromkeys([tenant.currency, *held]))
    wanted = (request.POST or request.GET).get("currency", "")
    currency = wanted if wanted in currencies else currencies[0]
    known = budgets_of(tenant.provider_id, tenant.id).get(currency)
    form = BudgetForm(
        request.POST or None,
        currencies=currencies,
        initial={"currency": currency, "budget": known.to_major() if known else None},
    )
    if form.is_valid():
        _save(request, form)
        return redirect("billing-costs")
    others = [each for each in currencies if each != currency]
    context = {"form": form, "currency": currency, "others": others}
    return render(request, "portal/budget.html", context, status=422 if form.errors else 200)


def _asked(request: TenantRequest) -> dict[str, str]:
    asked = request.GET
    return {
        "view": asked.get("show", ""),
        "grain": asked.get("by", ""),
        "part": asked.get("of", ""),
    }


def _save(request: TenantRequest, form: BudgetForm) -> None:
    tenant, currency = request.tenant, form.cleaned_data["currency"]
    if "budget" not in form.minor:
        remove_budget(provider_id=tenant.provider_id, tenant_id=tenant.id, currency=currency)
        messages.success(request, _("There is no budget in %s any more.") % currency)
        return
    set_budget(
        provider_id=tenant.provider_id,
        tenant_id=tenant.id,
        amount=Money(form.minor["budget"], currency),
        changed_by=request.user.pk,
        now=now(),
    )
    messages.success(request, _("Your budget is saved."))
