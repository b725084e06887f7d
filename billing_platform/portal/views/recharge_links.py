"""The page behind the link of a declined recharge: whoever got the mail pays it, without signing in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import tenant_scope
from billing_platform.portal.pages.recharges import link_page
from billing_platform.portal.views.leading import led_on
from payments.errors_recharges import RechargeNotFound
from payments.recharge_types import LinkTerms
from payments.selectors.payments import payment_by_public_id
from payments.selectors.recharge_needs import pages_of_need
from payments.selectors.recharges import recharge_to_pay
from payments.services.payers import payer_of_tenant
from payments.services.recharge_links import pay_recharge
from payments.services.recharge_tokens import read_token
from payments.services.sync import sync_payment
from tenants.access import public, without_transaction
from tenants.middleware import host_name
from tenants.selectors.hosts import provider_id_by_host
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from payments.selectors.recharges import RechargeView
    from payments.services.recharge_tokens import LinkClaim
    from payments.types import PaymentView
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class _Linked:
    """What a link leads to: the recharge to pay; `payment` is the one by hand, None before there is one."""

    tenant: TenantView
    row: RechargeView
    payment: PaymentView | None


@require_http_methods(["GET", "POST"])
@never_cache
@public
@without_transaction
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Say what is to be paid and how it stands, and open the gateway's page for it."""
    try:
        found = _linked(request, token)
    except RechargeNotFound:
        return render(request, "portal/recharge_link_gone.html", status=404)
    if request.method == "GET":
        page = link_page(found.tenant, found.row)
        return render(request, "portal/recharge_link.html", {"page": page, "token": token})
    tenant = found.tenant
    with tenant_scope(tenant.provider_id, tenant.id):
        payer = payer_of_tenant(tenant)
    back = request.build_absolute_uri(reverse("recharge-link-return", args=[token]))
    try:
        pay_recharge(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            terms=LinkTerms(recharge=found.row.public_id, return_url=back, opened_by=None),
            payer=payer,
            now=now(),
        )
    except RechargeNotFound:
        return render(request, "portal/recharge_link_gone.html", status=404)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("recharge-link", token=token)
    return redirect("recharge-link-continue", token=token)


@require_safe
@never_cache
@public
@without_transaction
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """Send whoever pays to the gateway's page while it is open."""
    try:
        found = _linked(request, token)
    except RechargeNotFound as error:
        raise Http404 from error
    if found.payment is None or not found.payment.checkout_url:
        return redirect("recharge-link", token=token)
    answer = render(request, "portal/recharge_link_continue.html", {"payment": found.payment})
    return led_on(answer, found.payment.checkout_url)


@require_safe
@never_cache
@public
@without_transaction
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the gateway what became of the payment; the address itself proves nothing."""
    try:
        claim = _claim(request, token)
        with tenant_scope(claim.provider_id, claim.tenant_id):
            opened = pages_of_need(claim.provider_id, claim.tenant_id, claim.recharge)
    except RechargeNotFound as error:
        raise Http404 from error
    for number in opened:
        # When the gateway cannot be asked now, the page says that we are confirming, never that it failed.
        with suppress(DomainError):
            sync_payment(provider_id=claim.provider_id, attempt_id=number, now=now())
    return redirect("recharge-link", token=token)


def _linked(request: HttpRequest, token: str) -> _Linked:
    claim = _claim(request, token)
    with tenant_scope(claim.provider_id, claim.tenant_id):
        row = recharge_to_pay(claim.provider_id, claim.tenant_id, claim.recharge)
        by_hand = row.payment if row.is_by_hand else ""
        return _Linked(
            tenant=tenant_by_id(claim.provider_id, claim.tenant_id),
            row=row,
            payment=payment_by_public_id(claim.provider_id, by_hand) if by_hand else None,
        )


def _claim(request: HttpRequest, token: str) -> LinkClaim:
    claim = read_token(token, now=now())
    if provider_id_by_host(host_name(request)) not in {None, claim.provider_id}:
        raise RechargeNotFound
    return claim
