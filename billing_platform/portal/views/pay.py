"""A customer's payments: the way to the gateway's page and back, what became of each, and all of them."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.own_refunds import own_refunds
from billing_platform.portal.pages.payment import own_payment_page
from billing_platform.portal.pages.payment_papers import payment_papers
from billing_platform.portal.pages.payments import (
    history_page,
)
from billing_platform.portal.pages.payments_csv import HISTORY_HEAD, history_cells
from billing_platform.portal.pages.payments_filter import PaymentFilter
from billing_platform.portal.views.leading import led_on
from payments.errors import PaymentNotFound
from payments.selectors.payments import payment_by_public_id
from payments.services.sync import sync_payment
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from payments.types import PaymentView
    from tenants.access import TenantRequest


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
    row, moment = _own(request, payment), now()
    context = {
        "page": own_payment_page(row, request.tenant.time_zone),
        "back": own_refunds(request.provider.id, row, now=moment),
        "papers": payment_papers(request.provider.id, row, portal="billing", now=moment),
    }
    return render(request, "portal/own_payment.html", context)


@require_safe
@tenant_member(TenantRole.ADMIN)
def history(request: TenantRequest) -> HttpResponse:
    """Show the customer's payments."""
    page = history_page(request.tenant, PaymentFilter.own(request.GET))
    return render(request, "portal/own_payments.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def history_csv(request: TenantRequest) -> HttpResponseBase:
    """Send the customer's payments that match."""
    rows = partial(history_cells, request.tenant, PaymentFilter.own(request.GET))
    return list_file(request, "payments", HISTORY_HEAD, rows)


def _own(request: TenantRequest, payment: str) -> PaymentView:
    try:
        return payment_by_public_id(request.provider.id, payment, tenant_id=request.tenant.id)
    except PaymentNotFound as error:
        raise Http404 from error
