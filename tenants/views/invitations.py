"""The page behind the link of an invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.access import public, without_transaction
from tenants.errors import InvitationGoneError
from tenants.forms import NewLoginForm
from tenants.middleware import SESSION_KEY
from tenants.services.invitations import (
    OpenInvitation,
    accept_as_new_user,
    accept_invitation,
    open_invitation,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@never_cache
@public
@without_transaction
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a person is invited to, and let the person in."""
    try:
        invitation = open_invitation(token, now=now())
    except InvitationGoneError as gone:
        return render(
            request, "tenants/invitation_gone.html", {"message": gone.message}, status=404
        )
    if request.user.is_authenticated:
        return _as_member(request, token, invitation)
    if invitation.has_login:
        return render(request, "tenants/invitation.html", {"invitation": invitation})
    return _as_new(request, token, invitation)


def _as_member(request: HttpRequest, token: str, invitation: OpenInvitation) -> HttpResponse:
    context = {"invitation": invitation, "is_mine": request.user.email == invitation.email}  # type: ignore[union-attr]  # logged in
    if request.method != "POST":
        return render(request, "tenants/invitation.html", context)
    try:
        accept_invitation(token=token, user_id=request.user.pk or 0, now=now())
    except DomainError as error:
        messages.error(request, error.message)
        return render(request, "tenants/invitation.html", context, status=error.http_status)
    request.session.cycle_key()
    request.session[SESSION_KEY] = f"{invitation.provider_id}:{invitation.tenant_id}"
    return redirect("after-login")


def _as_new(request: HttpRequest, token: str, invitation: OpenInvitation) -> HttpResponse:
    form = NewLoginForm(request.POST or None)
    if form.is_valid():
        try:
            accept_as_new_user(
                token=token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                now=now(),
            )
        except ValidationError as error:
            form.add_error("password", error)
        else:
            messages.success(request, _("Welcome. Log in with your new password."))
            return redirect("account_login")
    status = 422 if form.errors else 200
    context = {"invitation": invitation, "form": form}
    return render(request, "tenants/invitation.html", context, status=status)
