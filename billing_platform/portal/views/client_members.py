"""Who logs in for a client, looked after by its provider's people: invited, sent for again, changed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.client import LOG_IN_AS
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole, TenantRole
from tenants.forms import InvitationForm
from tenants.mails import send_invitation
from tenants.selectors.members import list_invitations, list_members
from tenants.services.invitations import invite_member, renew_invitation, withdraw_invitation
from tenants.services.members import change_role, remove_member

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.types import TenantView

MAY_LOOK_AFTER: Final = (ProviderRole.OWNER, ProviderRole.BILLING, ProviderRole.SUPPORT)


@require_safe
@provider_member(*ProviderRole)
def members(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show who logs in for the client, and who is invited."""
    return _page(request, client_of(request, public_id), InvitationForm(is_provider=False))


@require_POST
@provider_member(*MAY_LOOK_AFTER)
def invite(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Invite somebody; an address that is invited already is not mailed again."""
    tenant = client_of(request, public_id)
    form = InvitationForm(request.POST, is_provider=False)
    if form.is_valid():
        try:
            made = invite_member(
                provider_id=tenant.provider_id,
                tenant_id=tenant.id,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                invited_by=request.user.pk,
                now=now(),
                replaces=False,
            )
        except (DomainError, ValidationError) as error:
            form.add_error("email", getattr(error, "message", str(error)))
        else:
            send_invitation(request, made, tenant=tenant)
            messages.success(request, _("%s is invited.") % made.email)
            return redirect("provider-client-members", public_id=tenant.public_id)
    return _page(request, tenant, form, status=422)


@require_POST
@provider_member(*MAY_LOOK_AFTER)
def resend(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Send an invitation again with a new link; the link before ends."""

    def act(tenant: TenantView) -> None:
        made = renew_invitation(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            invitation_id=row_number(request.POST.get("invitation", "")),
            invited_by=request.user.pk,
            now=now(),
        )
        send_invitation(request, made, tenant=tenant)

    return _act(
        request, public_id, act, _("The invitation is sent again; only its newest link works.")
    )


@require_POST
@provider_member(*MAY_LOOK_AFTER)
def withdraw(request: ProviderRequest, public_id: str) -> HttpResponse:
    """End an invitation."""
    email = request.POST.get("email", "")
    return _act(
        request,
        public_id,
        lambda tenant: withdraw_invitation(**_place(tenant), email=email, now=now()),
        _("The invitation is withdrawn."),
    )


@require_POST
@provider_member(*MAY_LOOK_AFTER)
def role(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Give a member another role; it holds from the next request."""
    wanted = request.POST.get("role", "")
    return _act(
        request,
        public_id,
        lambda tenant: change_role(**_place(tenant), user_id=_user_id(request), role=wanted),
        _("The role is changed."),
    )


@require_POST
@provider_member(*MAY_LOOK_AFTER)
def remove(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Take a member's role away; it holds from the next request."""
    return _act(
        request,
        public_id,
        lambda tenant: remove_member(**_place(tenant), user_id=_user_id(request)),
        _("The member is removed, and sees nothing of this client any more."),
    )


def _act(
    request: ProviderRequest, public_id: str, action: Callable[[TenantView], None], done: str
) -> HttpResponse:
    tenant = client_of(request, public_id)
    try:
        action(tenant)
    except DomainError as error:
        if error.http_status == 404:
            raise Http404 from error
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("provider-client-members", public_id=tenant.public_id)


def _page(
    request: ProviderRequest, tenant: TenantView, form: InvitationForm, *, status: int = 200
) -> HttpResponse:
    moment = now()
    found = list_members(request.provider.id, tenant.id)
    context = {
        "tenant": tenant,
        "tabs": client_tabs(request.provider.id, tenant.public_id, "provider-client-members"),
        "members": found,
        "invitations": [
            (row, row.expires_at <= moment)
            for row in list_invitations(request.provider.id, tenant.id, now=None)
        ],
        "has_admin": any(member.role == TenantRole.ADMIN for member in found),
        "form": form,
        "roles": TenantRole.choices,
        "may_look_after": request.membership.role in MAY_LOOK_AFTER,
        "may_log_in_as": request.membership.role in LOG_IN_AS,
        "zone": request.provider.time_zone,
    }
    return render(request, "portal/client_members.html", context, status=status)


def _place(tenant: TenantView) -> dict[str, Any]:
    return {"provider_id": tenant.provider_id, "tenant_id": tenant.id}


def _user_id(request: ProviderRequest) -> int:
    return row_number(request.POST.get("member", ""))
