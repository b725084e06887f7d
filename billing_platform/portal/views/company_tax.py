"""A customer's own tax details: for those who administer the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.address_forms import AddressForm, address_values
from billing_platform.portal.pages.tax_details import tax_details_page
from billing_platform.portal.tax_forms import (
    ExemptionForm,
    NumberForm,
)
from billing_platform.portal.views.tax_changes import (
    added_number,
    asked_exemption,
    certificate,
    change_number,
    saved_address,
)
from tenants.access import tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import TenantRequest

_PAGE = "company-tax"


@require_safe
@tenant_member(TenantRole.ADMIN)
def details(request: TenantRequest) -> HttpResponse:
    """Show what is known of the company for tax."""
    return _show(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_member(TenantRole.ADMIN)
def edit(request: TenantRequest) -> HttpResponse:
    """Change name and address."""
    tenant = request.tenant
    page = tax_details_page(tenant, now=now(), may_change=True, zone=tenant.time_zone)
    form = AddressForm(request.POST or None, initial=address_values(page.company, page.profile))
    if request.method == "POST" and saved_address(request, tenant, form):
        return redirect(_PAGE)
    status = 422 if form.errors else 200
    return render(request, "portal/company_tax_edit.html", {"form": form}, status=status)


@require_POST
@tenant_member(TenantRole.ADMIN)
def number_add(request: TenantRequest) -> HttpResponse:
    """Store a tax number."""
    form = NumberForm(request.POST)
    if added_number(request, request.tenant, form):
        return redirect(_PAGE)
    return _show(request, number_form=form, status=422)


@require_POST
@tenant_member(TenantRole.ADMIN)
def number_remove(request: TenantRequest) -> HttpResponse:
    """Stop using a tax number."""
    change_number(request, request.tenant, "remove")
    return redirect(_PAGE)


@require_POST
@tenant_member(TenantRole.ADMIN)
def exemption_add(request: TenantRequest) -> HttpResponse:
    """Ask for an exemption."""
    form = ExemptionForm(request.POST, request.FILES)
    if asked_exemption(request, request.tenant, form):
        return redirect(_PAGE)
    return _show(request, exemption_form=form, status=422)


@require_safe
@tenant_member(TenantRole.ADMIN)
def exemption_file(request: TenantRequest, exemption: str) -> HttpResponse:
    """Send a certificate back."""
    return certificate(request.tenant, exemption)


def _show(request: TenantRequest, status: int = 200, **forms: Any) -> HttpResponse:
    tenant = request.tenant
    context = {
        "page": tax_details_page(tenant, now=now(), may_change=True, zone=tenant.time_zone),
        "number_form": forms.get("number_form") or NumberForm(),
        "exemption_form": forms.get("exemption_form") or ExemptionForm(),
    }
    return render(request, "portal/company_tax.html", context, status=status)
