"""A tenant's own profile: for those who administer the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.company_tabs import DETAILS, company_tabs
from billing_platform.portal.profile_forms import PROFILE_FIELDS, ProfileForm
from tenants.access import tenant_member
from tenants.enums import TenantRole
from tenants.selectors.members import list_members
from tenants.selectors.profiles import tenant_profile
from tenants.services.profiles import save_profile

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import TenantRequest


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_member(TenantRole.ADMIN)
def profile(request: TenantRequest) -> HttpResponse:
    """Show the profile, and change it."""
    stored = tenant_profile(request.provider.id, request.tenant.id)
    if request.method != "POST":
        return _page(request, ProfileForm(tenant=request.tenant, profile=stored))
    form = ProfileForm(request.POST, tenant=request.tenant, profile=stored)
    if form.is_valid() and _save(request, form):
        messages.success(request, _("The profile is saved."))
        return redirect("profile")
    return _page(request, form, status=422)


def _save(request: TenantRequest, form: ProfileForm) -> bool:
    try:
        save_profile(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            profile=form.profile(),
            name=form.cleaned_data["name"],
            language=form.cleaned_data["language"],
            time_zone=form.cleaned_data["time_zone"],
            now=now(),
        )
    except DomainError as error:
        form.add_error(PROFILE_FIELDS.get(error.code), error.message)
        return False
    return True


def _page(request: TenantRequest, form: ProfileForm, *, status: int = 200) -> HttpResponse:
    members = list_members(request.provider.id, request.tenant.id)
    context = {
        "form": form,
        "members": members,
        "tenant": request.tenant,
        "tabs": company_tabs(DETAILS),
    }
    return render(request, "portal/profile.html", context, status=status)
