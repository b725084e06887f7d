"""A customer asks for a refund of a payment, told before what of it is unused, and may withdraw what is not decided."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.portal.pages.own_refunds import own_refunds
from billing_platform.portal.payment_forms import AskRefundForm
from payments.errors import PaymentNotFound, RequestNotFound
from payments.selectors.payments import payment_by_public_id
from payments.services.refund_requests import ask_refund, withdraw_request
from payments.services.refund_ways import refund_choice
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from payments.types import PaymentView
    from tenants.access import TenantRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def ask(request: TenantRequest, payment: str) -> HttpResponse:
    """Show what can come back and where it would go, and ask once per form that was opened."""
    with open_scope(request):
        row = _own(request, payment)
        back = own_refunds(request.provider.id, row, now=now())
        choice = refund_choice(request.provider.id, row.id, now=now())
    context = {"row": row, "back": back, "choice": choice, "zone": request.tenant.time_zone}
    if back.rest is None:
        return render(request, "portal/own_refund.html", context)
    most = back.rest.most if back.rest.most else back.rest.left
    first = {"key": secrets.token_urlsafe(16), "amount": most.to_major()}
    form = AskRefundForm(request.POST or None, initial=first)
    if form.is_valid() and _ask(request, row, form, back.rest.left.currency):
        return redirect("billing-payment", payment=payment)
    status = 422 if form.errors else 200
    return render(request, "portal/own_refund.html", context | {"form": form}, status=status)


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def withdraw(request: TenantRequest, payment: str) -> HttpResponse:
    """Withdraw a request that nobody has decided on."""
    with open_scope(request):
        row = _own(request, payment)
    try:
        withdraw_request(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            public_id=request.POST.get("request", ""),
            user_id=int(request.user.pk),
            now=now(),
        )
    except RequestNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect("billing-payment", payment=row.public_id)


def _ask(request: TenantRequest, row: PaymentView, form: AskRefundForm, currency: str) -> bool:
    try:
        ask_refund(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            public_id=row.public_id,
            amount=Money.from_major(form.cleaned_data["amount"], currency),
            reason=form.cleaned_data["reason"],
            request_key=f"form:{request.user.pk}:{form.cleaned_data['key']}",
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        form.add_error("amount", error.message)
        return False
    messages.success(request, _("Your request is on its way; you hear by mail what is decided."))
    return True


def _own(request: TenantRequest, payment: str) -> PaymentView:
    try:
        return payment_by_public_id(request.provider.id, payment, tenant_id=request.tenant.id)
    except PaymentNotFound as error:
        raise Http404 from error
