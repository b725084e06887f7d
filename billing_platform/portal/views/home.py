"""Where `/` leads: each person to the page that is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tenants.access import any_member, tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import MemberRequest, TenantRequest


@require_safe
@any_member
def home(request: MemberRequest) -> HttpResponse:
    """Lead everybody to the first page of the membership in use."""
    if request.membership.tenant_id is None:
        return redirect("provider-dashboard")
    is_admin = request.membership.role == TenantRole.ADMIN
    return redirect("dashboard" if is_admin else "welcome")


@require_safe
@tenant_member(*TenantRole)
def welcome(request: TenantRequest) -> HttpResponse:
    """Greet those who do not look after billing."""
    return render(request, "portal/welcome.html", {"tenant": request.tenant})
