"""A customer tops up: the form, what it would cost, and the payment once it is agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.code_tries import may_ask_code
from billing_platform.portal.pages.topup import (
    falls_short,
    first_values,
    suggestions_of,
    topup_page,
)
from billing_platform.portal.topup_forms import TopupForm
from billing_platform.portal.views.payer import back_url, payer_of
from payments.errors import PaymentsError
from payments.errors_topups import QuoteChanged
from payments.selectors.quotes import quote_topup
from payments.services.payable import check_way
from payments.services.topups import start_topup
from payments.types import TopupTerms
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from billing_platform.kernel.money import Money
    from billing_platform.portal.pages.topup import Suggestion, TopupPage
    from payments.selectors.quotes import Quote
    from tenants.access import TenantRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def topup(request: TenantRequest) -> HttpResponse:
    """Ask how much and by which way, show what it costs, and open one payment per form that was agreed to."""
    page, form = _form(request)
    quote = None
    if form.is_valid() and form.money is not None and may_ask_code(request, form):
        payment = _start(request, form, form.money) if form.agreed_total else ""
        if payment:
            return redirect("billing-payment-continue", payment=payment)
        if not form.errors:
            quote = _quote(request, form, form.money)
            if quote.blocked_by:
                form.add_error(quote.blocked_about or None, quote.blocked_words)
            elif words := _why_not_payable(request, form, quote):
                form.add_error("way", words)
    is_agreed_next = quote is not None and not form.errors
    context = {
        "page": page,
        "form": form,
        "suggestions": [] if is_agreed_next else _suggestions(request, page),
        "quote": quote if is_agreed_next else None,
        "is_short": quote is not None and falls_short(quote, page.forecasts),
        "is_changed": bool(quote and form.agreed_total),
    }
    return render(request, "portal/pay.html", context, status=422 if form.errors else 200)


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def quote(request: TenantRequest) -> HttpResponse:
    """Say what the form as it stands would cost, while it is being filled in; nothing is opened."""
    page, form = _form(request)
    form.is_valid()
    found, words = None, ""
    if form.money is not None and may_ask_code(request, form):
        found = _quote(request, form, form.money)
        words = found.blocked_words
    context = {
        "quote": None if words else found,
        "is_short": found is not None and falls_short(found, page.forecasts),
        "words": words or " ".join(map(str, form.errors.get("code", ()))),
    }
    return render(request, "portal/_topup_quote.html", context)


def _form(request: TenantRequest) -> tuple[TopupPage, TopupForm]:
    with open_scope(request):
        page = topup_page(request.tenant, now=now())
    first = {
        **first_values(request.GET, page.currencies, own=request.tenant.currency),
        "way": page.ways[0].public_id if page.ways else "",
    }
    return page, TopupForm(
        request.POST if request.method == "POST" else None,
        currencies=page.currencies,
        ways=page.ways,
        initial=first,
    )


def _suggestions(request: TenantRequest, page: TopupPage) -> list[Suggestion]:
    with open_scope(request):
        return suggestions_of(request.tenant, page.forecasts.values(), now=now())


def _quote(request: TenantRequest, form: TopupForm, amount: Money) -> Quote:
    return quote_topup(
        provider_id=request.provider.id,
        tenant_id=request.tenant.id,
        amount=amount,
        code=form.cleaned_data.get("code", ""),
        now=now(),
    )


def _why_not_payable(request: TenantRequest, form: TopupForm, quote: Quote) -> str:
    """Return why the chosen way does not take a total, before anybody agrees to it; empty when it does."""
    try:
        check_way(provider_id=request.provider.id, way=form.cleaned_data["way"], amount=quote.total)
    except PaymentsError as error:
        return error.message
    return ""


def _start(request: TenantRequest, form: TopupForm, amount: Money) -> str:
    """Return the payment, or "" with what is wrong on the form; a total that has changed is shown again."""
    try:
        return start_topup(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            terms=TopupTerms(
                connection=form.cleaned_data["way"],
                amount=amount,
                code=form.cleaned_data["code"],
                request_key=f"form:{request.user.pk}:{form.cleaned_data['key']}",
                return_url=back_url(request, "billing-payment-return", "payment"),
                opened_by=request.user.pk,
                agreed=form.agreed_total,
            ),
            payer=payer_of(request),
            now=now(),
        )
    except QuoteChanged:
        return ""
    except DomainError as error:
        form.add_error(None, error.message)
    return ""
