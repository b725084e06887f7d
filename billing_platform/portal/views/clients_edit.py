"""Take on a client and change one: for owners and for the people of billing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_forms import (
    NewClientForm,
    TermsForm,
    new_client_values,
    terms_values,
)
from billing_platform.portal.pages.clients import MAY_ADD
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.mails import send_invitation
from tenants.services.providers import check_time_zone
from usage.selectors.sale import offered_versions
from usage.selectors.units import counted_fees
from usage.services.clients import add_client, change_client

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from usage.services.clients import NewClient


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_ADD)
def new_client(request: ProviderRequest) -> HttpResponse:
    """Take on a client."""
    given = request.POST or request.GET
    form = NewClientForm(
        request.POST or None,
        versions=offered_versions(request.provider.id),
        chosen=given.get("plan", ""),
        fees_of=partial(counted_fees, request.provider.id),
        initial=new_client_values(request.provider),
    )
    if form.is_valid():
        try:
            made = _add(request, form)
        except DomainError as error:
            form.refuse(error)
        else:
            if made.invitation is not None:
                send_invitation(request, made.invitation, tenant=made.tenant)
                messages.success(
                    request,
                    _("%(name)s is added; %(email)s is invited.")
                    % {"name": made.tenant.name, "email": made.invitation.email},
                )
            return redirect("provider-client", public_id=made.tenant.public_id)
    context = {"form": form}
    status = 422 if form.errors else 200
    return render(request, "portal/new_client.html", context, status=status)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_ADD)
def edit_client(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Change a client's terms."""
    tenant = client_of(request, public_id)
    form = TermsForm(request.POST or None, initial=terms_values(tenant))
    if form.is_valid():
        try:
            change_client(
                provider_id=request.provider.id,
                tenant_id=tenant.id,
                terms=form.terms(tenant.currency),
                now=now(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The client is saved."))
            return redirect("provider-client", public_id=public_id)
    context = {"form": form, "tenant": tenant}
    status = 422 if form.errors else 200
    return render(request, "portal/edit_client.html", context, status=status)


def _add(request: ProviderRequest, form: NewClientForm) -> NewClient:
    at = now()
    spec = form.spec()
    zone = check_time_zone(form.cleaned_data["time_zone"])
    return add_client(
        provider_id=request.provider.id,
        key=form.cleaned_data["key"],
        spec=spec,
        admin_email=form.cleaned_data["email"],
        contract=form.contract(zone, now=at),
        invited_by=request.user.pk,
        now=at,
    )
