"""A customer orders a top-up by bank transfer: the form, the question whether it is meant so, and the orders."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from kombu.exceptions import OperationalError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError, NotFoundError
from billing_platform.portal.code_tries import may_ask_code
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.bank_orders import order_currencies, orders_page
from billing_platform.portal.pages.topup import falls_short, first_values, suggestions_of
from billing_platform.portal.topup_forms import OrderForm
from invoicing.services.bank_orders import cancel_bank_order, open_bank_order
from invoicing.tasks import make_provider_pdfs
from payments.selectors.quotes import quote_topup
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole
from usage.selectors.cycle_forecast import next_cycles

if TYPE_CHECKING:
    from django.http import HttpResponse

    from billing_platform.kernel.money import Money
    from payments.selectors.quotes import Quote
    from tenants.access import TenantRequest


@require_http_methods(["GET", "POST"])
@tenant_member(TenantRole.ADMIN)
def orders(request: TenantRequest) -> HttpResponse:
    """Show balance, form and orders; a form that is sent is asked back before anything is ordered."""
    form = _form(request)
    quote = None
    if form.is_valid() and form.money is not None and may_ask_code(request, form):
        quote = _quote(request, form, form.money)
    return _show(request, form, quote)


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def order(request: TenantRequest) -> HttpResponse:
    """Open the order that was confirmed; one form opens one."""
    with open_scope(request):
        form = _form(request)
    if form.is_valid() and form.money is not None and may_ask_code(request, form):
        try:
            document = open_bank_order(
                provider_id=request.provider.id,
                tenant_id=request.tenant.id,
                amount=form.money,
                code=form.cleaned_data["code"],
                request_key=f"bank:{request.user.pk}:{form.cleaned_data['key']}",
                opened_by=int(request.user.pk),
                now=now(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            _ring(request)
            messages.success(request, _("The payment order is there. Please transfer the amount."))
            return redirect("billing-document", document=document)
    with open_scope(request):
        return _show(request, form, None)


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def cancel(request: TenantRequest, document: str) -> HttpResponse:
    """Cancel an order on which nothing came in."""
    try:
        cancel_bank_order(
            provider_id=request.provider.id,
            public_id=document,
            tenant_id=request.tenant.id,
            now=now(),
        )
    except NotFoundError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The payment order is cancelled."))
    return redirect("billing-bank")


def _form(request: TenantRequest) -> OrderForm:
    currencies = order_currencies(request.tenant)
    return OrderForm(
        request.POST if request.method == "POST" else None,
        currencies=currencies,
        initial=first_values(request.GET, currencies, own=request.tenant.currency),
    )


def _quote(request: TenantRequest, form: OrderForm, amount: Money) -> Quote | None:
    """Return what would be ordered, None with an error on the form; the service decides again."""
    quote = quote_topup(
        provider_id=request.provider.id,
        tenant_id=request.tenant.id,
        amount=amount,
        code=form.cleaned_data["code"],
        now=now(),
    )
    if quote.blocked_by:
        form.add_error(quote.blocked_about or None, quote.blocked_words)
        return None
    return quote


def _show(request: TenantRequest, form: OrderForm, quote: Quote | None) -> HttpResponse:
    before = row_number(request.GET.get("before", ""))
    forecasts = next_cycles(request.tenant, now=now()) if form.currencies else {}
    offered = [each for code, each in forecasts.items() if code in form.currencies]
    context = {
        "page": orders_page(request.tenant, before=before, now=now()),
        "form": form,
        "quote": quote,
        "suggestions": [] if quote else suggestions_of(request.tenant, offered, now=now()),
        "is_short": quote is not None and falls_short(quote, forecasts),
    }
    return render(request, "portal/bank_orders.html", context, status=422 if form.errors else 200)


def _ring(request: TenantRequest) -> None:
    """Have the proforma's PDF made at once, with which it is mailed; a lost message costs a minute."""
    with suppress(OperationalError):
        make_provider_pdfs.apply_async(kwargs={"provider_id": request.provider.id}, retry=False)
