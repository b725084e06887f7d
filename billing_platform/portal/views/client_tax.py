"""A client's tax details: read by everybody of the provider, changed by owners and billing staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.address_forms import AddressForm, address_values
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.tax_details import MAY_CHANGE, tax_details_page
from billing_platform.portal.tax_forms import (
    HandCheckForm,
    NumberForm,
    ProofForm,
)
from billing_platform.portal.views.lookups import client_of
from billing_platform.portal.views.tax_changes import (
    added_number,
    certificate,
    change_number,
    do,
    saved_address,
    tried,
)
from tax.services.exemptions import decide_exemption
from tax.services.number_checks import record_by_hand
from tax.services.profiles import record_proof
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.types import TenantView

_PAGE = "provider-client-tax"


@require_safe
@provider_member(*ProviderRole)
def details(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show what is known of the client for tax."""
    return _show(request, client_of(request, public_id))


@require_http_methods(["GET", "HEAD", "POST"])
@provider_member(*MAY_CHANGE)
def edit(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Change name and address."""
    tenant = client_of(request, public_id)
    page = tax_details_page(tenant, now=now(), may_change=True, zone=request.provider.time_zone)
    form = AddressForm(request.POST or None, initial=address_values(page.company, page.profile))
    if request.method == "POST" and saved_address(request, tenant, form):
        return redirect(_PAGE, public_id=tenant.public_id)
    context = {"form": form, "tenant": tenant}
    status = 422 if form.errors else 200
    return render(request, "portal/client_tax_edit.html", context, status=status)


@require_POST
@provider_member(*MAY_CHANGE)
def number_add(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Store a tax number."""
    tenant = client_of(request, public_id)
    form = NumberForm(request.POST)
    if added_number(request, tenant, form):
        return redirect(_PAGE, public_id=tenant.public_id)
    return _show(request, tenant, number_form=form, status=422)


@require_POST
@provider_member(*MAY_CHANGE)
def number_remove(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Stop using a tax number."""
    change_number(request, client_of(request, public_id), "remove")
    return redirect(_PAGE, public_id=public_id)


@require_POST
@provider_member(*MAY_CHANGE)
def number_check(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Have a tax number checked at once."""
    change_number(request, client_of(request, public_id), "check")
    return redirect(_PAGE, public_id=public_id)


@require_POST
@provider_member(*MAY_CHANGE)
def number_record(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Note what a person read in a register."""
    tenant = client_of(request, public_id)
    form = HandCheckForm(request.POST)
    if not form.is_valid():
        return _show(request, tenant, hand_form=form, status=422)
    clean = form.cleaned_data
    do(
        request,
        lambda: record_by_hand(
            provider_id=request.provider.id,
            tenant_id=tenant.id,
            user_id=request.user.pk,
            public_id=clean["number"],
            is_valid=clean["says"],
            consultation_number=clean["consultation_number"],
            note=clean["note"],
            now=now(),
        ),
        _("The check is kept."),
    )
    return redirect(_PAGE, public_id=public_id)


@require_POST
@provider_member(*MAY_CHANGE)
def proof_add(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Keep a proof of where the client is."""
    tenant = client_of(request, public_id)
    form = ProofForm(request.POST)
    is_done = tried(
        request,
        form,
        lambda: record_proof(
            provider_id=request.provider.id,
            tenant_id=tenant.id,
            user_id=request.user.pk,
            now=now(),
            **form.cleaned_data,
        ),
        _("The proof is kept."),
    )
    if is_done:
        return redirect(_PAGE, public_id=public_id)
    return _show(request, tenant, proof_form=form, status=422)


@require_POST
@provider_member(*MAY_CHANGE)
def exemption_decide(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Accept, refuse or withdraw an exemption."""
    tenant = client_of(request, public_id)
    do(
        request,
        lambda: decide_exemption(
            provider_id=request.provider.id,
            tenant_id=tenant.id,
            public_id=request.POST.get("exemption", ""),
            state=request.POST.get("state", ""),
            note=request.POST.get("note", ""),
            user_id=request.user.pk,
            now=now(),
        ),
        _("The decision is kept."),
    )
    return redirect(_PAGE, public_id=public_id)


@require_safe
@provider_member(*ProviderRole)
def exemption_file(request: ProviderRequest, public_id: str, exemption: str) -> HttpResponse:
    """Send a certificate."""
    return certificate(client_of(request, public_id), exemption)


def _show(
    request: ProviderRequest, tenant: TenantView, status: int = 200, **forms: Any
) -> HttpResponse:
    may_change = request.membership.role in MAY_CHANGE
    context = {
        "tenant": tenant,
        "tabs": client_tabs(request.provider.id, tenant.public_id, _PAGE),
        "page": tax_details_page(
            tenant, now=now(), may_change=may_change, zone=request.provider.time_zone
        ),
        "number_form": forms.get("number_form") or NumberForm(),
        "proof_form": forms.get("proof_form") or ProofForm(),
        "hand_form": forms.get("hand_form") or HandCheckForm(),
    }
    return render(request, "portal/client_tax.html", context, status=status)
