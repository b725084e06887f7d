"""The members of a provider and of a tenant: the same five actions, each with an address for either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.access import MemberRequest, provider_member, tenant_member
from tenants.enums import ProviderRole, TenantRole
from tenants.forms import InvitationForm
from tenants.mails import send_invitation
from tenants.selectors.members import list_invitations, list_members
from tenants.services.invitations import invite_member, withdraw_invitation
from tenants.services.members import change_role, remove_member

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse


def _tenant_id(request: MemberRequest) -> int:
    return request.membership.tenant_id or 0


def _route(request: MemberRequest) -> str:
    return "tenant-members" if request.membership.tenant_id else "provider-members"


def _page(request: MemberRequest, form: InvitationForm, *, status: int = 200) -> HttpResponse:
    route = _route(request)
    context = {
        "members": list_members(request.provider.id, _tenant_id(request)),
        "invitations": list_invitations(request.provider.id, _tenant_id(request), now=now()),
        "form": form,
        "roles": TenantRole.choices if request.membership.tenant_id else ProviderRole.choices,
        "zone": request.provider.time_zone,
        "urls": {
            verb: reverse(f"{route}-{verb}") for verb in ("invite", "withdraw", "role", "remove")
        },
    }
    return render(request, "tenants/members.html", context, status=status)


def _show(request: MemberRequest) -> HttpResponse:
    return _page(request, InvitationForm(is_provider=not request.membership.tenant_id))


def _invite(request: MemberRequest) -> HttpResponse:
    form = InvitationForm(request.POST, is_provider=not request.membership.tenant_id)
    if form.is_valid():
        try:
            invitation = invite_member(
                provider_id=request.provider.id,
                tenant_id=_tenant_id(request),
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                invited_by=request.user.pk,
                now=now(),
            )
        except (DomainError, ValidationError) as error:
            form.add_error("email", getattr(error, "message", str(error)))
        else:
            send_invitation(request, invitation)
            messages.success(request, _("%s is invited.") % invitation.email)
            return redirect(_route(request))
    return _page(request, form, status=422)


def _withdraw(request: MemberRequest) -> HttpResponse:
    return _act(
        request,
        lambda place: withdraw_invitation(**place, email=request.POST.get("email", ""), now=now()),
        _("The invitation is withdrawn."),
    )


def _role(request: MemberRequest) -> HttpResponse:
    role = request.POST.get("role", "")
    return _act(
        request,
        lambda place: change_role(**place, user_id=_user_id(request), role=role),
        _("The role is changed."),
    )


def _remove(request: MemberRequest) -> HttpResponse:
    return _act(
        request,
        lambda place: remove_member(**place, user_id=_user_id(request)),
        _("The member is removed."),
    )


def _act(
    request: MemberRequest, action: Callable[[dict[str, Any]], None], done: str
) -> HttpResponse:
    try:
        action({"provider_id": request.provider.id, "tenant_id": _tenant_id(request)})
    except DomainError as error:
        if error.http_status == 404:
            raise Http404 from error
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect(_route(request))


def _user_id(request: MemberRequest) -> int:
    text = request.POST.get("member", "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _routes(guard: Callable[..., Any]) -> dict[str, Any]:
    """Return the five views behind one guard."""
    views: dict[str, Any] = {"": require_safe(guard(_show))}
    for verb, view in (
        ("invite", _invite),
        ("withdraw", _withdraw),
        ("role", _role),
        ("remove", _remove),
    ):
        views[verb] = require_POST(guard(view))
    return views


PROVIDER_VIEWS = _routes(cast("Any", provider_member(ProviderRole.OWNER)))
TENANT_VIEWS = _routes(cast("Any", tenant_member(TenantRole.ADMIN)))
