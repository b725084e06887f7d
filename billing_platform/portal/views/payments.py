"""A provider's payments: the list, one with its timeline, and what people do about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.payment import payment_page
from billing_platform.portal.pages.payment_papers import payment_papers
from billing_platform.portal.pages.payments import payments_page
from billing_platform.portal.pages.payments_csv import PAYMENTS_HEAD, payment_cells
from billing_platform.portal.pages.payments_filter import PaymentFilter
from billing_platform.portal.views.asking import ask_gateway
from payments.enums import AttemptState
from payments.errors import EventNotFound, PaymentNotFound
from payments.selectors.payments import payment_by_public_id
from payments.services.charge_giving_up import give_up_charge
from payments.services.quarantine import accept_payment
from payments.services.sync import ask_payment
from payments.services.webhooks import process_event
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from payments.types import PaymentView
    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def payments(request: ProviderRequest) -> HttpResponse:
    """Show a page of payments."""
    page = payments_page(request.provider, PaymentFilter.of(request.GET))
    return render(request, "portal/payments.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def payments_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all payments that match."""
    rows = partial(payment_cells, request.provider, PaymentFilter.of(request.GET))
    return list_file(request, "payments", PAYMENTS_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def payment(request: ProviderRequest, payment: str) -> HttpResponse:
    """Show a payment with its timeline."""
    may_post = request.membership.role in MAY_POST
    row = _of(request, payment)
    context = {
        "page": payment_page(request.provider, row, may_post=may_post),
        "papers": payment_papers(request.provider.id, row, portal="provider", now=now()),
    }
    return render(request, "portal/payment.html", context)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def ask(request: ProviderRequest, payment: str) -> HttpResponse:
    """Ask the gateway now where the payment stands."""
    with open_scope(request):
        row = _of(request, payment)
    question = partial(ask_payment, provider_id=request.provider.id, attempt_id=row.id, now=now())
    ask_gateway(request, row.state, question)
    return redirect("provider-payment", payment=payment)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def accept(request: ProviderRequest, payment: str) -> HttpResponse:
    """Credit the amount that came instead of the one that was asked for."""
    with open_scope(request):
        row = _of(request, payment)
    try:
        if row.received is None:
            raise Http404
        seen = Money(row_number(request.POST.get("seen", "")), row.received.currency)
        accept_payment(
            provider_id=request.provider.id,
            public_id=row.public_id,
            seen=seen,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%s credited.") % seen)
    return redirect("provider-payment", payment=payment)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def give_up(request: ProviderRequest, payment: str) -> HttpResponse:
    """Take a charge for not made of which its gateway never said what became."""
    with open_scope(request):
        row = _of(request, payment)
    try:
        state = give_up_charge(
            provider_id=request.provider.id,
            public_id=row.public_id,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        is_over = state == AttemptState.CANCELED
        words = _("It counts as not made.") if is_over else _("It moved on.")
        messages.success(request, words)
    return redirect("provider-payment", payment=payment)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def replay(request: ProviderRequest, payment: str) -> HttpResponse:
    """Work an event of the timeline off again; what it did is not done twice."""
    with open_scope(request):
        _of(request, payment)
    try:
        process_event(
            provider_id=request.provider.id,
            event_id=row_number(request.POST.get("event", "")),
            now=now(),
            again=True,
        )
    except EventNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Worked off again."))
    return redirect("provider-payment", payment=payment)


def _of(request: ProviderRequest, payment: str) -> PaymentView:
    try:
        return payment_by_public_id(request.provider.id, payment)
    except PaymentNotFound as error:
        raise Http404 from error
