"""Where a person goes after the login: which membership, and whether the tenant is suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenants.access import MemberRequest, TenantRequest, any_member, public, tenant_member
from tenants.enums import SuspensionReason, TenantRole, TenantStatus
from tenants.middleware import SESSION_KEY
from tenants.selectors.members import list_members
from tenants.selectors.suspensions import entitlement_of, open_suspensions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tenants.types import Entitlement


@require_safe
@any_member
def after_login(request: MemberRequest) -> HttpResponse:
    """Lead to the start page; people of a suspended tenant see first why."""
    tenant = getattr(request, "tenant", None)
    if tenant is not None and tenant.status == TenantStatus.SUSPENDED:
        return redirect("suspended")
    return redirect("/")


@require_http_methods(["GET", "POST"])
@public
@login_required
def choose_membership(request: HttpRequest) -> HttpResponse:
    """Choose for whom to work, when a person has several memberships on this host."""
    memberships = getattr(request, "memberships", ())
    if not memberships:
        raise Http404
    if request.method == "POST":
        key = request.POST.get("membership", "")
        if key not in {row.key for row in memberships}:
            raise Http404
        # Another place is another session: whoever knew the old id does not come along.
        request.session.cycle_key()
        request.session[SESSION_KEY] = key
        return redirect("after-login")
    context = {"memberships": memberships, "membership": getattr(request, "membership", None)}
    return render(request, "tenants/choose_membership.html", context)


def _effects(now_may: Entitlement) -> list[str]:
    words = (
        (_("Nothing new can be started."), now_may.outbound == "block"),
        (_("What comes in is turned away."), now_may.inbound == "reject"),
        (_("Who calls in hears an announcement."), now_may.inbound == "announce"),
        (_("What is running has been stopped."), now_may.resources == "stop"),
        (_("What is running goes on, and goes on to cost."), now_may.resources == "run"),
        (_("New resources cannot be made."), not now_may.may_create),
    )
    return [text for text, holds in words if holds]


@require_safe
@tenant_member(*TenantRole)
def suspended(request: TenantRequest) -> HttpResponse:
    """Say why the tenant is suspended, since when, and what to do."""
    reasons = open_suspensions(request.provider.id, request.tenant.id)
    if not reasons:
        return redirect("/")
    members = list_members(request.provider.id, request.tenant.id)
    context = {
        "tenant": request.tenant,
        "provider": request.provider,
        "reasons": reasons,
        "effects": _effects(entitlement_of(request.tenant)),
        "admins": [row for row in members if row.role == TenantRole.ADMIN],
        "is_exhausted": any(row.reason == SuspensionReason.EXHAUSTED for row in reasons),
        "may_pay": request.membership.role == TenantRole.ADMIN,
    }
    return render(request, "tenants/suspended.html", context)
