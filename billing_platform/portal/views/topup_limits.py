"""A customer's people say how much one top-up may be at least and at most, beside what their provider says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.topup_limit_forms import TopupLimitForm, first_limits
from payments.selectors.topup_limits import topup_currencies, topup_limits
from payments.services.topup_limits import save_own_limits
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import TenantRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def limits(request: TenantRequest) -> HttpResponse:
    """Show the limits of a currency, the provider's and the customer's own, and save the latter."""
    tenant = request.tenant
    with open_scope(request):
        currencies = topup_currencies(tenant)
        wanted = request.POST.get("currency") or request.GET.get("currency", "")
        currency = wanted if wanted in currencies else currencies[0]
        found = topup_limits(tenant.provider_id, tenant.id, currency)
    form = TopupLimitForm(
        request.POST or None, currencies=currencies, initial=first_limits(found.own, currency)
    )
    if form.is_valid() and _save(request, form):
        messages.success(request, _("Your limits for top-ups are saved."))
        return redirect("billing-pay")
    context = {
        "form": form,
        "limits": found,
        "currency": currency,
        "others": [each for each in currencies if each != currency],
    }
    return render(request, "portal/topup_limits.html", context, status=422 if form.errors else 200)


def _save(request: TenantRequest, form: TopupLimitForm) -> bool:
    try:
        save_own_limits(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            currency=form.cleaned_data["currency"],
            least_minor=form.minor.get("least"),
            most_minor=form.minor.get("most"),
            now=now(),
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True
