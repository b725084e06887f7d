"""A customer pays into the balance: the form, the way to the gateway's page and back, and what became of it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.csv_export import csv_response
from billing_platform.portal.pages.own_refunds import own_refunds
from billing_platform.portal.pages.payment import own_payment_page
from billing_platform.portal.pages.payments import (
    history_page,
)
from billing_platform.portal.pages.payments_csv import HISTORY_HEAD, history_cells
from billing_platform.portal.pages.payments_filter import PaymentFilter
from billing_platform.portal.payment_forms import PayForm
from billing_platform.portal.views.leading import led_on
from payments.errors import PaymentNotFound
from payments.selectors.connections import offered_connections
from payments.selectors.payments import payment_by_public_id
from payments.services.checkout import start_checkout
from payments.services.sync import sync_payment
from payments.types import PayerDetails, PaymentTerms
from tenants.access import open_scope, streamed, tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from payments.types import PaymentView
    from tenants.access import TenantRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def pay(request: TenantRequest) -> HttpResponse:
    """Ask how much and by which way, and open one payment per form that was opened."""
    tenant = request.tenant
    with open_scope(request):
        ways = offered_connections(request.provider.id)
        wallets = wallets_of(request.provider.id, [tenant.id])
    currencies = list(dict.fromkeys([tenant.currency, *(row.currency for row in wallets)]))
    first: dict[str, Any] = {
        "key": secrets.token_urlsafe(16),
        "currency": tenant.currency,
        "way": ways[0].public_id if ways else "",
    }
    form = PayForm(request.POST or None, currencies=currencies, ways=ways, initial=first)
    if form.is_valid():
        payment = _start(request, form)
        if payment:
            return redirect("billing-payment-continue", payment=payment)
    context = {"form": form, "ways": ways}
    return render(request, "portal/pay.html", context, status=422 if form.errors else 200)


@require_safe
@tenant_member(TenantRole.ADMIN)
def go_on(request: TenantRequest, payment: str) -> HttpResponse:
    """Send the customer to the gateway's page while it is open, else to what became of the payment."""
    row = _own(request, payment)
    page = own_payment_page(row, request.tenant.time_zone)
    if not page.goes_on:
        return redirect("billing-payment", payment=payment)
    answer = render(request, "portal/pay_continue.html", {"page": page})
    return led_on(answer, row.checkout_url)


@require_safe
@without_transaction
@tenant_member(TenantRole.ADMIN)
def come_back(request: TenantRequest, payment: str) -> HttpResponse:
    """Ask the gateway what became of the payment; the address itself proves nothing."""
    with open_scope(request):
        row = _own(request, payment)
    # When the gateway cannot be asked now, the page says that we are confirming, never that it failed.
    with suppress(DomainError):
        sync_payment(provider_id=request.provider.id, attempt_id=row.id, now=now())
    return redirect("billing-payment", payment=payment)


@require_safe
@tenant_member(TenantRole.ADMIN)
def payment(request: TenantRequest, payment: str) -> HttpResponse:
    """Tell the truth about a payment; while it is not decided the page looks again by itself."""
    row = _own(request, payment)
    context = {
        "page": own_payment_page(row, request.tenant.time_zone),
        "back": own_refunds(request.provider.id, row, now=now()),
    }
    return render(request, "portal/own_payment.html", context)


@require_safe
@tenant_member(TenantRole.ADMIN)
def history(request: TenantRequest) -> HttpResponse:
    """Show the customer's payments."""
    page = history_page(request.tenant, PaymentFilter.of(request.GET))
    return render(request, "portal/own_payments.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def history_csv(request: TenantRequest) -> HttpResponseBase:
    """Send all the customer's payments."""
    rows = partial(history_cells, request.provider.id, request.tenant.id)
    return csv_response("payments.csv", HISTORY_HEAD, streamed(request, rows))


def _start(request: TenantRequest, form: PayForm) -> str:
    tenant = request.tenant
    back = reverse("billing-payment-return", args=["PAYMENT"])
    try:
        return start_checkout(
            provider_id=request.provider.id,
            tenant_id=tenant.id,
            terms=PaymentTerms(
                connection=form.cleaned_data["way"],
                amount=form.money(),
                description=_("Credit for %s") % tenant.name[:150],
                request_key=f"form:{request.user.pk}:{form.cleaned_data['key']}",
                return_url=request.build_absolute_uri(back).replace("PAYMENT", "{payment}"),
                opened_by=request.user.pk,
            ),
            payer=PayerDetails(
                name=tenant.name, email=request.user.email, reference=tenant.public_id
            ),
            now=now(),
        )
    except DomainError as error:
        form.add_error(None, error.message)
    return ""


def _own(request: TenantRequest, payment: str) -> PaymentView:
    try:
        return payment_by_public_id(request.provider.id, payment, tenant_id=request.tenant.id)
    except PaymentNotFound as error:
        raise Http404 from error
