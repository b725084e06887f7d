"""A customer's auto-recharge: the rule, how it stands, what it charged, and the link that pays what was declined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.company_tabs import ACCOUNTING, company_tabs
from billing_platform.portal.pages.recharges import recharges_page
from billing_platform.portal.recharge_forms import RechargeForm, first_values
from billing_platform.portal.views.payer import back_url, payer_of
from payments.errors_recharges import RechargeNotFound
from payments.recharge_types import LinkTerms
from payments.selectors.auto_pay import is_auto_pay_on
from payments.selectors.recharges import has_rule, recharge_to_pay
from payments.services.auto_pay import set_auto_pay
from payments.services.recharge_links import pay_recharge
from payments.services.recharge_rules import save_recharge_rule, switch_recharge_rule_off
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole
from tenants.places import site_url

if TYPE_CHECKING:
    from django.http import HttpResponse

    from billing_platform.portal.pages.recharges import RechargesPage
    from tenants.access import TenantRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def recharges(request: TenantRequest) -> HttpResponse:
    """Show the rules and what they charged, and save one; whoever saves it agrees to be charged."""
    with open_scope(request):
        page = recharges_page(request.tenant, now=now())
        form = _form(request, page)
        context = {"page": page, "form": form, "tabs": company_tabs(ACCOUNTING)}
    if form.is_valid() and _save(request, form):
        messages.success(request, _("Auto-recharge is saved and switched on."))
        return redirect("billing-recharges")
    return render(request, "portal/own_recharges.html", context, status=422 if form.errors else 200)


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def switch_off(request: TenantRequest, currency: str) -> HttpResponse:
    """Switch the rule of a balance off."""
    with open_scope(request):
        if not has_rule(request.provider.id, request.tenant.id, currency):
            raise Http404
    switch_recharge_rule_off(
        provider_id=request.provider.id, tenant_id=request.tenant.id, currency=currency, now=now()
    )
    messages.success(request, _("Auto-recharge is switched off."))
    return redirect("billing-recharges")


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def stop_auto_pay(request: TenantRequest) -> HttpResponse:
    """Take the agreement back that the default method is charged without asking; it holds every rule up."""
    with open_scope(request):
        if not is_auto_pay_on(request.provider.id, request.tenant.id):
            return redirect("billing-recharges")
    set_auto_pay(
        provider_id=request.provider.id, tenant_id=request.tenant.id, is_on=False, now=now()
    )
    messages.success(request, _("Auto-pay is off: nothing is charged without asking you."))
    return redirect("billing-recharges")


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def pay(request: TenantRequest, recharge: str) -> HttpResponse:
    """Ask whether a declined recharge is to be paid now, and open the gateway's page for it."""
    with open_scope(request):
        try:
            row = recharge_to_pay(request.provider.id, request.tenant.id, recharge)
        except RechargeNotFound as error:
            raise Http404 from error
    if request.method == "GET":
        return render(request, "portal/recharge_pay.html", {"row": row})
    try:
        payment = pay_recharge(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            terms=LinkTerms(
                recharge=recharge,
                return_url=back_url(request, "billing-payment-return", "payment"),
                opened_by=request.user.pk,
            ),
            payer=payer_of(request),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("billing-recharges")
    return redirect("billing-payment-continue", payment=payment)


def _form(request: TenantRequest, page: RechargesPage) -> RechargeForm:
    tenant = request.tenant
    held = [row.currency for row in wallets_of(request.provider.id, [tenant.id])]
    currencies = list(dict.fromkeys([tenant.currency, *held]))
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in currencies else tenant.currency
    rules = {line.row.currency: line.row for line in page.rules}
    return RechargeForm(
        request.POST or None,
        currencies=currencies,
        initial=first_values(rules.get(currency), currency),
    )


def _save(request: TenantRequest, form: RechargeForm) -> bool:
    path = reverse("recharge-link", args=["TOKEN"])
    try:
        save_recharge_rule(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            terms=form.terms(),
            link_url=site_url(request, path).replace("TOKEN", "{token}"),
            now=now(),
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True
