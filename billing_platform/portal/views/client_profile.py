"""A client's profile: read by everybody of the provider; its company data are changed by who may edit clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.client_profile import client_profile_page
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.clients import MAY_ADD
from billing_platform.portal.profile_forms import PROFILE_FIELDS, CompanyForm
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.selectors.profiles import tenant_profile
from tenants.services.profiles import save_profile

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.types import TenantView


@require_safe
@provider_member(*ProviderRole)
def profile(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show the profile."""
    tenant = client_of(request, public_id)
    context = {
        "tenant": tenant,
        "tabs": client_tabs(request.provider.id, tenant.public_id, "provider-client-profile"),
        "page": client_profile_page(
            request.provider, tenant, role=request.membership.role, now=now()
        ),
    }
    return render(request, "portal/client_profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@provider_member(*MAY_ADD)
def company(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Change company data, billing addresses and language; the client's own people may change them too."""
    tenant = client_of(request, public_id)
    stored = tenant_profile(request.provider.id, tenant.id)
    form = CompanyForm(request.POST or None, tenant=tenant, profile=stored)
    if form.is_valid() and _save(tenant, form):
        messages.success(request, _("The profile is saved."))
        return redirect("provider-client-profile", public_id=tenant.public_id)
    context = {"form": form, "tenant": tenant}
    status = 422 if form.errors else 200
    return render(request, "portal/client_company.html", context, status=status)


def _save(tenant: TenantView, form: CompanyForm) -> bool:
    try:
        save_profile(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            profile=form.profile(),
            language=form.cleaned_data["language"],
            now=now(),
        )
    except DomainError as error:
        form.add_error(PROFILE_FIELDS.get(error.code), error.message)
        return False
    return True
